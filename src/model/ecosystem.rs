//! Ecosystems, as OSV names them: <https://ossf.github.io/osv-schema/#affectedpackage-field>.

use std::{borrow::Cow, fmt};

/// A package ecosystem. A name says which package is meant only together with it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ecosystem(Cow<'static, str>);

/// OSV's name and the type of its package URLs:
/// <https://github.com/package-url/purl-spec/blob/main/PURL-TYPES.rst>.
const KNOWN: [(&str, &str); 22] = [
    ("Alpine", "apk"),
    ("Bitnami", "bitnami"),
    ("ConanCenter", "conan"),
    ("Conda", "conda"),
    ("CRAN", "cran"),
    ("crates.io", "cargo"),
    ("Debian", "deb"),
    ("GitHub Actions", "githubactions"),
    ("Go", "golang"),
    ("Hackage", "hackage"),
    ("Hex", "hex"),
    ("Maven", "maven"),
    ("npm", "npm"),
    ("NuGet", "nuget"),
    ("Packagist", "composer"),
    ("Pub", "pub"),
    ("PyPI", "pypi"),
    ("Red Hat", "rpm"),
    ("RubyGems", "gem"),
    ("SwiftURL", "swift"),
    ("Ubuntu", "deb"),
    ("VSCode", "vscode"),
];

/// Files that lock or require packages, and whose.
const FILES: [(&str, &str); 32] = [
    ("Cargo.lock", "crates.io"),
    ("Cargo.toml", "crates.io"),
    ("Gemfile", "RubyGems"),
    ("Gemfile.lock", "RubyGems"),
    ("Package.resolved", "SwiftURL"),
    ("Pipfile", "PyPI"),
    ("Pipfile.lock", "PyPI"),
    ("build.gradle", "Maven"),
    ("build.gradle.kts", "Maven"),
    ("buildscript-gradle.lockfile", "Maven"),
    ("bun.lock", "npm"),
    ("cabal.project.freeze", "Hackage"),
    ("composer.json", "Packagist"),
    ("composer.lock", "Packagist"),
    ("conan.lock", "ConanCenter"),
    ("go.mod", "Go"),
    ("go.sum", "Go"),
    ("gradle.lockfile", "Maven"),
    ("mix.exs", "Hex"),
    ("mix.lock", "Hex"),
    ("npm-shrinkwrap.json", "npm"),
    ("package-lock.json", "npm"),
    ("package.json", "npm"),
    ("packages.lock.json", "NuGet"),
    ("pdm.lock", "PyPI"),
    ("pnpm-lock.yaml", "npm"),
    ("poetry.lock", "PyPI"),
    ("pom.xml", "Maven"),
    ("pubspec.lock", "Pub"),
    ("requirements.txt", "PyPI"),
    ("uv.lock", "PyPI"),
    ("yarn.lock", "npm"),
];

impl Ecosystem {
    pub const CRATES_IO: Self = Self(Cow::Borrowed("crates.io"));
    pub const GO: Self = Self(Cow::Borrowed("Go"));
    pub const HEX: Self = Self(Cow::Borrowed("Hex"));
    pub const MAVEN: Self = Self(Cow::Borrowed("Maven"));
    pub const NPM: Self = Self(Cow::Borrowed("npm"));
    pub const PYPI: Self = Self(Cow::Borrowed("PyPI"));
    /// The source does not say.
    pub const UNKNOWN: Self = Self(Cow::Borrowed(""));

    /// OSV's name, in any case and with any `:suffix` (`Debian:12`); another word is kept as it is.
    pub fn named(name: &str) -> Self {
        let name = name.trim();
        let base = name.split(':').next().unwrap_or(name);
        match KNOWN.iter().find(|(known, _)| known.eq_ignore_ascii_case(base)) {
            Some((known, _)) => Self(Cow::Borrowed(known)),
            None => Self(Cow::Owned(name.to_owned())),
        }
    }

    /// The ecosystem of a package URL's type.
    pub fn of_purl_type(kind: &str) -> Self {
        match KNOWN.iter().find(|(_, purl)| purl.eq_ignore_ascii_case(kind)) {
            Some((known, _)) => Self(Cow::Borrowed(known)),
            None => Self(Cow::Owned(kind.to_ascii_lowercase())),
        }
    }

    /// Whose packages a file holds, by its name.
    pub fn of_file(path: &str) -> Option<Self> {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let found = FILES.iter().find(|(file, _)| *file == name);
        found.map(|(_, ecosystem)| Self(Cow::Borrowed(ecosystem)))
    }

    /// OSV's name; empty if no source says.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// True if some source says which it is.
    pub fn is_known(&self) -> bool {
        !self.0.is_empty()
    }

    /// The type of its package URLs; `generic` where there is none.
    pub fn purl_type(&self) -> &str {
        let known = KNOWN.iter().find(|(known, _)| *known == self.0);
        known.map_or(if self.is_known() { &self.0 } else { "generic" }, |(_, purl)| purl)
    }

    /// A package's name in the one spelling that the ecosystem compares.
    pub fn canonical(&self, name: &str) -> String {
        match self.as_str() {
            // PEP 503.
            "PyPI" => {
                let mut plain = String::with_capacity(name.len());
                for part in name.split(['-', '_', '.']).filter(|part| !part.is_empty()) {
                    if !plain.is_empty() {
                        plain.push('-');
                    }
                    plain.push_str(&part.to_ascii_lowercase());
                }
                // A name of separators alone is none, and stays what it is.
                if plain.is_empty() { name.to_owned() } else { plain }
            }
            "NuGet" | "Packagist" | "GitHub Actions" => name.to_ascii_lowercase(),
            "Maven" => name.replace('/', ":"),
            _ => name.to_owned(),
        }
    }

    /// A version in the one spelling that the ecosystem compares: Go's `v1.2.3` is `1.2.3`.
    pub fn version<'a>(&self, version: &'a str) -> &'a str {
        let bare =
            version.strip_prefix('v').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        if self.as_str() == "Go" { bare.unwrap_or(version) } else { version }
    }
}

impl fmt::Display for Ecosystem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_known() { &self.0 } else { "unknown" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_osv() {
        assert_eq!(Ecosystem::named("CRATES.IO"), Ecosystem::CRATES_IO);
        assert_eq!(Ecosystem::named("Debian:12").as_str(), "Debian");
        assert_eq!(Ecosystem::named("Zig").as_str(), "Zig");
        assert_eq!(Ecosystem::of_purl_type("golang"), Ecosystem::GO);
        assert_eq!(Ecosystem::of_file("a/b/Cargo.lock"), Some(Ecosystem::CRATES_IO));
        assert_eq!(Ecosystem::of_file("lock.txt"), None);
        assert_eq!(Ecosystem::UNKNOWN.purl_type(), "generic");
    }

    #[test]
    fn names_and_versions_have_one_spelling() {
        assert_eq!(Ecosystem::PYPI.canonical("Foo__Bar.baz"), "foo-bar-baz");
        assert_eq!(Ecosystem::PYPI.canonical("-"), "-");
        assert_eq!(Ecosystem::CRATES_IO.canonical("foo_bar"), "foo_bar");
        assert_eq!(Ecosystem::MAVEN.canonical("org.example/thing"), "org.example:thing");
        assert_eq!(Ecosystem::GO.version("v1.2.3"), "1.2.3");
        assert_eq!(Ecosystem::GO.version("version"), "version");
        assert_eq!(Ecosystem::NPM.version("v1.2.3"), "v1.2.3");
    }
}
