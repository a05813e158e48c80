//! What commits change, and whether one that calls itself a copy of another changes anything of it.
//!
//! A message is words. That its commit changes one of the files that the original changes is no proof
//! either, and it is what an empty commit, a merge that took nothing and a wrong number do not have.
//! Tests, documents and lockfiles come along with many a change, so of those only the weightiest files
//! of the original count.

use std::collections::BTreeSet;

/// A path inside a tree, with forward slashes: git knows no encoding.
pub type FilePath = Vec<u8>;

/// What a commit changes, against its first parent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Touched {
    Known(Touch),
    /// Why nobody can tell.
    Unknown(String),
}

/// The files of a change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Touch {
    pub changed: BTreeSet<FilePath>,
    /// The files that the commit has, of the weightiest ones of all changes, and of those that share
    /// their names with another changed file.
    pub present: BTreeSet<FilePath>,
}

/// Whether a commit changes anything of another one's change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Bearing {
    Something,
    /// What it changes is none of it.
    Hollow(Hollow),
    /// Why nobody can tell.
    Unknown(String),
}

/// How a commit has nothing of what it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Hollow {
    /// It changes no file at all.
    Empty,
    /// It changes other files.
    Elsewhere,
    /// It changes only what goes with the weightiest files.
    Beside,
}

impl Hollow {
    /// What it does, after "it names the fix, and".
    pub(super) fn words(self, what: &str) -> String {
        match self {
            Self::Empty => "changes nothing".to_owned(),
            Self::Elsewhere => format!("changes nothing that {what} changes"),
            Self::Beside => {
                format!("changes only tests, documents or lockfiles of what {what} changes")
            }
        }
    }
}

/// How much a file says about a change, little first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// Tests, documents, what a project's machines do.
    Aside,
    /// What is depended on, and the project's own version.
    Manifest,
    Code,
}

/// Whether `commit` changes one of the weightiest files that `original` changes, by its path or where
/// that one is in the commit's tree.
pub(super) fn bearing(original: &Touched, commit: &Touched) -> Bearing {
    let (original, commit) = match (original, commit) {
        (Touched::Unknown(why), _) | (_, Touched::Unknown(why)) => {
            return Bearing::Unknown(why.clone());
        }
        (Touched::Known(original), Touched::Known(commit)) => (original, commit),
    };
    if commit.changed.is_empty() {
        return Bearing::Hollow(Hollow::Empty);
    }
    let has = |path: &FilePath| commit.changed.contains(path) || is_moved(path, original, commit);
    if weightiest(original).into_iter().any(has) {
        return Bearing::Something;
    }
    let is_beside = original.changed.iter().any(has);
    let mut lost = weightiest(original)
        .into_iter()
        .filter(|path| original.present.contains(*path) && !commit.present.contains(*path));
    if !is_beside && let Some(path) = lost.next() {
        return Bearing::Unknown(format!(
            "`{}` is not there by that name, and may have another one",
            String::from_utf8_lossy(path)
        ));
    }
    Bearing::Hollow(if is_beside { Hollow::Beside } else { Hollow::Elsewhere })
}

/// The files of a change that say the most.
pub(super) fn weightiest(touch: &Touch) -> Vec<&FilePath> {
    weightiest_of(touch.changed.iter())
}

/// Of the paths of a change, those that say the most of it.
pub fn weightiest_of<'a>(paths: impl Iterator<Item = &'a FilePath> + Clone) -> Vec<&'a FilePath> {
    let most = paths.clone().map(|path| kind(path)).max();
    paths.filter(|path| Some(kind(path)) == most).collect()
}

/// A file of the same name is changed in another folder, and neither of the two has both.
fn is_moved(path: &FilePath, original: &Touch, commit: &Touch) -> bool {
    let is_it = |other: &FilePath| {
        file_name(other) == file_name(path)
            && kind(other) == kind(path)
            && !original.present.contains(other)
    };
    !commit.present.contains(path) && commit.changed.iter().any(is_it)
}

/// What stands behind the last slash.
pub fn file_name(path: &[u8]) -> &[u8] {
    path.rsplit(|byte| *byte == b'/').next().unwrap_or(path)
}

/// Folders of what goes with the code.
const ASIDE: [&str; 19] = [
    "test",
    "tests",
    "__tests__",
    "testdata",
    "testing",
    "fixtures",
    "spec",
    "specs",
    "e2e",
    "doc",
    "docs",
    "documentation",
    "changelog",
    "changelogs",
    "changelog.d",
    "newsfragments",
    "releasenotes",
    ".github",
    ".circleci",
];
/// Files of the same.
const ASIDE_FILES: [&str; 12] = [
    "authors",
    "changelog",
    "changes",
    "contributors",
    "copying",
    "history",
    "license",
    "news",
    "notice",
    "readme",
    "thanks",
    ".gitlab-ci.yml",
];
/// What is depended on, where the name does not end in `.lock`.
const MANIFESTS: [&str; 17] = [
    "build.gradle",
    "build.gradle.kts",
    "cargo.toml",
    "composer.json",
    "gemfile",
    "go.mod",
    "go.sum",
    "go.work",
    "go.work.sum",
    "package-lock.json",
    "package.json",
    "pipfile",
    "pnpm-lock.yaml",
    "pom.xml",
    "pyproject.toml",
    "version",
    "npm-shrinkwrap.json",
];

pub(super) fn kind(path: &[u8]) -> Kind {
    let path = String::from_utf8_lossy(path).to_lowercase();
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", &path));
    if folders.split('/').any(|folder| ASIDE.contains(&folder)) || ASIDE_FILES.contains(&name) {
        return Kind::Aside;
    }
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let is_list = name.starts_with("requirements") && extension == "txt";
    if is_list || extension == "lock" || MANIFESTS.contains(&name) {
        return Kind::Manifest;
    }
    let is_prose = matches!(extension, "md" | "rst" | "adoc" | "txt") && name != "cmakelists.txt";
    let is_test = matches!(stem, "test" | "tests")
        || stem.starts_with("test_")
        || ["_test", "_tests", ".test", ".spec", "_spec"].iter().any(|end| stem.ends_with(end));
    if is_prose || is_test { Kind::Aside } else { Kind::Code }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(paths: &str) -> BTreeSet<FilePath> {
        paths.split_whitespace().map(|path| path.as_bytes().to_vec()).collect()
    }

    fn touched(changed: &str, present: &str) -> Touched {
        Touched::Known(Touch { changed: paths(changed), present: paths(present) })
    }

    #[test]
    fn files_say_more_or_less_of_a_change() {
        for (path, expected) in [
            ("src/net.rs", Kind::Code),
            ("net.c", Kind::Code),
            ("CMakeLists.txt", Kind::Code),
            ("src/latest.rs", Kind::Code),
            ("src/contest/rules.py", Kind::Code),
            ("src/history.rs", Kind::Code),
            ("Cargo.lock", Kind::Manifest),
            ("a/b/go.sum", Kind::Manifest),
            ("requirements-dev.txt", Kind::Manifest),
            ("VERSION", Kind::Manifest),
            ("tests/net.rs", Kind::Aside),
            ("src/net/tests.rs", Kind::Aside),
            ("net_test.go", Kind::Aside),
            ("src/a.spec.ts", Kind::Aside),
            ("test_net.py", Kind::Aside),
            ("CHANGELOG.md", Kind::Aside),
            ("NEWS", Kind::Aside),
            ("docs/conf.py", Kind::Aside),
            (".github/workflows/ci.yml", Kind::Aside),
        ] {
            assert_eq!(kind(path.as_bytes()), expected, "{path}");
        }
    }

    #[test]
    fn a_copy_changes_one_of_the_weightiest_files_or_where_it_was_moved() {
        let hollow = Bearing::Hollow;
        let lost = "`src/net.c` is not there by that name, and may have another one";
        let lost = Bearing::Unknown(lost.to_owned());
        let fix = "src/net.c src/win.c tests/net.c NEWS Cargo.lock";
        for (changed, expected) in [
            ("src/net.c", Bearing::Something),
            ("src/win.c other.c", Bearing::Something),
            ("", hollow(Hollow::Empty)),
            ("other.c", hollow(Hollow::Elsewhere)),
            ("tests/net.c NEWS", hollow(Hollow::Beside)),
            ("Cargo.lock other.c", hollow(Hollow::Beside)),
        ] {
            let found =
                bearing(&touched(fix, "src/net.c tests/net.c"), &touched(changed, "src/net.c"));
            assert_eq!(found, expected, "{changed}");
        }
        for (fix, changed, expected) in [
            ("tests/a.c NEWS", "NEWS", Bearing::Something),
            ("Cargo.lock tests/a.c", "Cargo.lock", Bearing::Something),
            ("Cargo.lock tests/a.c", "tests/a.c", hollow(Hollow::Beside)),
            ("", "net.c", hollow(Hollow::Elsewhere)),
        ] {
            assert_eq!(bearing(&touched(fix, ""), &touched(changed, "")), expected, "{fix}");
        }
        for (of_fix, of_commit, changed, expected) in [
            ("src/net.c", "lib/net.c", "lib/net.c", Bearing::Something),
            ("src/net.c", "src/net.c tests/net.c", "tests/net.c", hollow(Hollow::Elsewhere)),
            // It may be a file of another name there.
            ("src/net.c", "reader.c", "reader.c", lost.clone()),
            ("src/net.c", "tests/net.c", "tests/net.c", lost.clone()),
            // Both are there, so that one is not the other.
            ("src/net.c lib/net.c", "lib/net.c", "lib/net.c", lost),
            ("src/net.c", "lib/net.c src/net.c", "lib/net.c", hollow(Hollow::Elsewhere)),
        ] {
            let found = bearing(&touched("src/net.c", of_fix), &touched(changed, of_commit));
            assert_eq!(found, expected, "{of_fix}; {of_commit}");
        }
        let unknown = Touched::Unknown("cut".to_owned());
        assert_eq!(bearing(&unknown, &touched("a", "")), Bearing::Unknown("cut".to_owned()));
        assert_eq!(bearing(&touched("a", ""), &unknown), Bearing::Unknown("cut".to_owned()));
    }
}
