//! Where in a repository statements about support live, and where only look-alikes do.

/// Documents nested deeper than this below their folder are not looked for.
const DEEPEST: usize = 6;
/// Names of folders at the root of a repository that may hold a statement.
const ROOTS: [&str; 30] = [
    ".release",
    "adev",
    "book",
    "community",
    "content",
    "contributing",
    "contributor-guide",
    "data",
    "developer-guide",
    "doc",
    "docs",
    "documentation",
    "governance",
    "guide",
    "guides",
    "handbook",
    "include",
    "maintenance",
    "manual",
    "mechanics",
    "policies",
    "policy",
    "process",
    "project",
    "reference",
    "release",
    "releases",
    "security",
    "site",
    "support",
];
/// A folder at the root with one of these words in its name holds documents.
const WORDS: [&str; 5] = ["doc", "docs", "documentation", "guide", "website"];
/// The folder at the root with the changelogs of lines; elsewhere it holds those of parts.
const CHANGELOGS: &str = "changelog";
/// Names of folders whose content is somebody else's, made for tests, about a single version, or of
/// the past.
const NEVER: [&str; 46] = [
    "3rdparty",
    "__tests__",
    "adr",
    "adrs",
    "architecture",
    "decisions",
    "design",
    "designs",
    "enhancements",
    "proposal",
    "proposals",
    "rfc",
    "rfcs",
    "spec",
    "specs",
    "announcements",
    "archive",
    "archived",
    "archives",
    "assets",
    "blog",
    "blogs",
    "changelog",
    "changelogs",
    "example",
    "examples",
    "fixtures",
    "i18n",
    "images",
    "locale",
    "locales",
    "news",
    "node_modules",
    "posts",
    "release-notes",
    "release_notes",
    "releasenotes",
    "test",
    "testdata",
    "tests",
    "third-party",
    "third_party",
    "translations",
    "vendor",
    "versioned_docs",
    "whatsnew",
];
/// Languages that documents are translated into; their originals are nearly always English.
const LANGUAGES: [&str; 36] = [
    "ar", "bg", "bn", "ca", "cs", "da", "de", "el", "es", "fa", "fi", "fr", "he", "hi", "hu", "id",
    "it", "ja", "jp", "ko", "kr", "nl", "pl", "pt", "ro", "ru", "sk", "sr", "sv", "th", "tr", "uk",
    "ur", "vi", "zh", "cn",
];

/// True if a folder, by its path from the root, may hold a statement about support or lead to one.
pub fn enters(folder: &str) -> bool {
    let folder = folder.to_lowercase();
    let mut names = folder.split('/');
    let Some(root) = names.next() else { return false };
    if matches!(root, ".github" | ".gitlab") {
        return names.count() <= 1;
    }
    // A changelog for each line, `CHANGELOG/CHANGELOG-3.4.md`: their heads may date its end.
    if folder == CHANGELOGS {
        return true;
    }
    let is_root =
        ROOTS.contains(&root) || root.split(['-', '_', '.']).any(|word| WORDS.contains(&word));
    is_root
        && folder.split('/').count() <= 1 + DEEPEST
        && !folder.split('/').any(|name| {
            NEVER.contains(&name)
                || name.starts_with('.') && name != root
                || is_version(name)
                || is_translation(name)
        })
}

/// `v1.2`, `1.x`, `version-1.2`, `release-22`, `2031-04`: about one version, or of one day.
fn is_version(name: &str) -> bool {
    let prefixes = ["versions", "version", "releases", "release", "ver", "rel", "v", "r"];
    let rest = prefixes.iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name);
    let rest = rest.trim_start_matches(['-', '_', '.']);
    rest.starts_with(|c: char| c.is_ascii_digit())
        && rest.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | '-' | '_' | 'x'))
}

/// `de`, `zh-cn`, `pt_br`.
fn is_translation(name: &str) -> bool {
    let (language, region) = name.split_once(['-', '_']).unwrap_or((name, ""));
    LANGUAGES.contains(&language)
        && region.len() <= 4
        && region.chars().all(|c| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::enters;

    #[test]
    fn folders_of_documents_and_of_the_forge_are_entered() {
        for folder in [
            ".github",
            ".github/workflows",
            ".gitlab",
            ".release",
            "CHANGELOG",
            "Documentation",
            "Documentation/process",
            "contributor-guide",
            "data/releases",
            "developer-docs",
            "docs",
            "docs/content/deprecation",
            "docs/src/content/docs/project/policy",
            "documentation/manual/releases",
            "include",
            "site/content/resources",
            "content/en/releases",
            "website/docs/en-US/support",
        ] {
            assert!(enters(folder), "{folder}");
        }
    }

    #[test]
    fn code_of_others_translations_and_the_past_are_not() {
        for folder in [
            "",
            ".github/actions/some/folder",
            ".gitignore.d",
            "content/zh-cn/releases",
            "CHANGELOG/2",
            "crates/support",
            "docs/CHANGELOG",
            "docs/1.x",
            "docs/2031-04",
            "docs/a/b/c/d/e/f/g",
            "docs/archive/2",
            "docs/blog",
            "docs/changelogs",
            "docs/de",
            "docs/node_modules/other/docs",
            "docs/pt_BR",
            "docs/release-1.2",
            "docs/releases/v1.2",
            "docs/vendor",
            "docs/version-1.2",
            "examples/docs",
            "site/.cache",
            "src",
            "src/docs",
            "tests",
            "third_party/docs",
            "vendor",
            "website/versioned_docs/current",
        ] {
            assert!(!enters(folder), "{folder}");
        }
    }

    #[test]
    fn who_is_in_a_folder_was_let_into_those_above_it() {
        for folder in ["docs/src/content", "website/docs/en/support", ".github/workflows"] {
            for (at, _) in folder.match_indices('/') {
                assert!(enters(&folder[..at]), "{folder}");
            }
        }
    }
}
