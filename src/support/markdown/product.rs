//! Other people's products. "We support the last three Kubernetes versions" is no statement about
//! one's own lines, unless one is Kubernetes; that is decided where the project's name is known.

use super::cell::contains_word;

/// Platforms that projects say they run on, lowercase.
const PRODUCTS: &[&str] = &[
    "kubernetes",
    "k8s",
    "openshift",
    "golang",
    "go",
    "rust",
    "rustc",
    "python",
    "cpython",
    "pypy",
    "node",
    "node.js",
    "nodejs",
    "npm",
    "deno",
    "bun",
    "php",
    "ruby",
    "jruby",
    "java",
    "jdk",
    "jre",
    "openjdk",
    "jvm",
    "kotlin",
    "scala",
    "gradle",
    "maven",
    ".net",
    "dotnet",
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "mongodb",
    "sqlite",
    "oracle",
    "mssql",
    "elasticsearch",
    "opensearch",
    "chrome",
    "firefox",
    "safari",
    "edge",
    "browser",
    "browsers",
    "chromium",
    "macos",
    "ios",
    "android",
    "windows",
    "linux",
    "ubuntu",
    "debian",
    "rhel",
    "centos",
    "fedora",
    "alpine",
    "freebsd",
    "kernel",
    "docker",
    "typescript",
    "react",
    "angular",
    "vue",
    "erlang",
    "otp",
    "swift",
    "xcode",
    "gcc",
    "clang",
    "llvm",
    "cmake",
    "openssl",
    "msrv",
    "git",
    "haskell",
    "ghc",
    "ocaml",
    "perl",
    "julia",
    "numpy",
    "wordpress",
    "spark",
    "hadoop",
];

/// The first product that a text names.
pub(super) fn named(text: &str) -> Option<String> {
    let lower = text.to_lowercase();
    let found = PRODUCTS.iter().filter(|product| contains_word(&lower, product));
    // `go` is also a verb; only the capitalised word is the language.
    found
        .filter(|product| **product != "go" || contains_word(text, "Go"))
        .filter(|product| **product != "edge" || contains_word(text, "Edge"))
        .filter(|product| **product != "node" || !contains_word(&lower, "nodes"))
        .min_by_key(|product| lower.find(**product))
        .map(|product| (*product).to_owned())
}
