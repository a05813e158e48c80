//! Values with a form of their own: shares of the lines, databases, repositories and reports.

use crate::model::Tip;

/// `2/4`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// From 1 to `of`.
    pub number: usize,
    pub of: usize,
}

/// `1.2@release=reports/trivy.json`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportArg {
    /// `None`: the report itself says what it is about.
    pub line: Option<String>,
    /// `None`: the line's branch, and its release if it has no branch.
    pub tip: Option<Tip>,
    /// A path or a glob.
    pub path: String,
}

/// `rustsec=../advisory-db`
pub(super) fn database(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some(("rustsec", place)) if !place.is_empty() => {
            Ok(("rustsec".to_owned(), place.to_owned()))
        }
        Some(("rustsec", _)) => Err("no place is given after `rustsec=`".to_owned()),
        Some((name, _)) => Err(format!("`{name}` is not a known database; rustsec is")),
        None => Err("write it as rustsec=PATH or rustsec=URL".to_owned()),
    }
}

/// `ferry/boat`
pub(super) fn remote(text: &str) -> Result<String, String> {
    let is_name = |text: &str| !matches!(text, "" | "." | "..") && !text.contains(['/', '\\', ' ']);
    match text.split_once('/') {
        Some((owner, name)) if is_name(owner) && is_name(name) => Ok(text.to_owned()),
        _ => Err("write it as OWNER/NAME".to_owned()),
    }
}

/// A share of the lines.
pub(super) fn shard(text: &str) -> Result<Shard, String> {
    let numbers = text.split_once('/');
    let numbers = numbers.and_then(|(i, n)| Some((i.trim().parse().ok()?, n.trim().parse().ok()?)));
    match numbers {
        Some((number, of)) if (1..=of).contains(&number) => Ok(Shard { number, of }),
        _ => Err("write it as I/N, with I from 1 to N".to_owned()),
    }
}

/// A report, with its line before the first `=`; a path with a `=` in a folder's name has a slash
/// before it, and starts with `./` if it has not.
pub(super) fn import(text: &str) -> Result<ImportArg, String> {
    let named = text.split_once('=').filter(|(line, _)| !line.contains(['/', '\\']));
    let Some((named, path)) = named else {
        return match text {
            "" => Err("no path is given".to_owned()),
            path => Ok(ImportArg { line: None, tip: None, path: path.to_owned() }),
        };
    };
    let (line, tip) = match named.rsplit_once('@') {
        Some((line, "release")) => (line, Some(Tip::Release)),
        Some((line, "head")) => (line, Some(Tip::Head)),
        Some((_, tip)) => return Err(format!("`{tip}` is not a tip; it is one of head, release")),
        None => (named, None),
    };
    match (line, path) {
        ("", _) => Err("no line is given before `=`".to_owned()),
        (_, "") => Err(format!("no path is given after `{named}=`")),
        (line, path) => Ok(ImportArg { line: Some(line.to_owned()), tip, path: path.to_owned() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_a_name_and_a_place() {
        assert_eq!(database("rustsec=x=y"), Ok(("rustsec".to_owned(), "x=y".to_owned())));
        assert!(database("rustsec=").is_err());
        assert!(database("rustsec").is_err());
        assert!(database("osv=x").is_err());
    }

    #[test]
    fn a_share_is_one_of_so_many() {
        assert_eq!(shard("2/4"), Ok(Shard { number: 2, of: 4 }));
        for text in ["", "0/4", "5/4", "1", "a/b", "1/0", "-1/2"] {
            assert!(shard(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_report_may_name_its_line() {
        let report = |line: Option<&str>, tip, path: &str| {
            Ok(ImportArg { line: line.map(str::to_owned), tip, path: path.to_owned() })
        };
        for (text, expected) in [
            ("trivy.json", report(None, None, "trivy.json")),
            ("1.2=reports/*.json", report(Some("1.2"), None, "reports/*.json")),
            ("1.2@release=a=b", report(Some("1.2"), Some(Tip::Release), "a=b")),
            ("1.2@head=a", report(Some("1.2"), Some(Tip::Head), "a")),
            ("./a=b.json", report(None, None, "./a=b.json")),
            ("reports/a=b.json", report(None, None, "reports/a=b.json")),
            ("C:\\a=b.json", report(None, None, "C:\\a=b.json")),
        ] {
            assert_eq!(import(text), expected, "{text}");
        }
        for text in ["", "=a", "1.2=", "1.2@tail=a"] {
            assert!(import(text).is_err(), "{text}");
        }
    }
}
