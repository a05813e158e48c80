//! What we remember in a page of GitHub that is ours: a comment of HTML that nobody sees.
//!
//! `<!-- patchline:issue/v1 {…} -->` holds what an issue is about and how it stood. Whatever is in the
//! document, the comment ends where it should: `<`, `>`, `&` and `-` are written as escapes of JSON.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{escape, model::Word};

const START: &str = "<!-- patchline:issue/v1 ";
const END: &str = " -->";
/// The marker of the comment on a pull request.
pub(super) const COMMENT: &str = "<!-- patchline:comment/v1 -->";
/// Nobody has a larger one, so nobody reads one.
const LARGEST: usize = 48 * 1024;
/// A vulnerability has a few names.
const MOST_NAMES: usize = 64;
/// What is remembered of one issue, the worst first.
const MOST_WORDS: usize = 400;

/// What an issue is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// A vulnerability, by all its names.
    Vulnerability(Vec<String>),
    Line(String),
}

/// What an issue is about, and what was known last: the word of each line, or of each vulnerability.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Memory {
    pub(super) subject: Subject,
    pub(super) words: BTreeMap<String, Word>,
}

impl Memory {
    /// The marker, on one line.
    pub(super) fn marker(&self) -> String {
        let mut words: Vec<(&str, Word)> =
            self.words.iter().map(|(of, word)| (&**of, *word)).collect();
        words.sort_by_key(|(of, word)| (*word, *of));
        words.truncate(MOST_WORDS);
        let words: BTreeMap<&str, &str> =
            words.into_iter().map(|(of, word)| (of, word.as_str())).collect();
        let document = match &self.subject {
            Subject::Vulnerability(names) => {
                let names: Vec<&String> = names.iter().take(MOST_NAMES).collect();
                json!({ "vulnerability": names, "is": words })
            }
            Subject::Line(line) => json!({ "line": line, "is": words }),
        };
        let mut safe = String::new();
        // Outside of texts, none of these is in a document of ours.
        for character in escape::json(&document.to_string()).chars() {
            match character {
                '<' => safe.push_str("\\u003c"),
                '>' => safe.push_str("\\u003e"),
                '&' => safe.push_str("\\u0026"),
                '-' => safe.push_str("\\u002d"),
                character => safe.push(character),
            }
        }
        format!("{START}{safe}{END}")
    }

    /// What a page says that we wrote; `None`: it has no marker, or one that nobody can read.
    pub(super) fn read(page: &str) -> Option<Self> {
        let (_, rest) = page.split_once(START)?;
        let (document, _) = rest.split_once(END)?;
        if document.len() > LARGEST {
            return None;
        }
        let document: Value = serde_json::from_str(document).ok()?;
        let names = document.get("vulnerability").and_then(Value::as_array);
        let subject = match (names, document.get("line").and_then(Value::as_str)) {
            (Some(names), None) => {
                let names = names.iter().filter_map(Value::as_str).take(MOST_NAMES);
                let names: Vec<String> = names.map(str::to_owned).collect();
                if names.is_empty() {
                    return None;
                }
                Subject::Vulnerability(names)
            }
            (None, Some(line)) => Subject::Line(line.to_owned()),
            _ => return None,
        };
        let word = |name: &str| Word::ALL.into_iter().find(|word| word.as_str() == name);
        let words = document.get("is")?.as_object()?.iter();
        let words = words.filter_map(|(of, name)| Some((of.clone(), word(name.as_str()?)?)));
        Some(Self { subject, words: words.collect() })
    }
}

/// True of a page that has a marker of ours, whether it can be read or not.
pub(super) fn is_marked(page: &str) -> bool {
    page.contains(START)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_comes_back_and_stays_in_its_comment() {
        let hostile = "--> <script> & <!-- -- \" \\ \u{202e}\n";
        for subject in [
            Subject::Vulnerability(vec!["CVE-2031-1".to_owned(), hostile.to_owned()]),
            Subject::Line(hostile.to_owned()),
        ] {
            let words = BTreeMap::from([
                ("1.2".to_owned(), Word::Unpatched),
                (hostile.to_owned(), Word::Patched),
            ]);
            let memory = Memory { subject, words };
            let marker = memory.marker();
            let inside = marker.strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->"));
            let inside = inside.expect("one comment");
            assert!(!inside.contains(['<', '>', '\n']) && !inside.contains("--"), "{inside}");
            assert_eq!(Memory::read(&format!("before\n{marker}\nafter")), Some(memory));
        }
    }

    #[test]
    fn what_is_no_marker_is_none() {
        for page in [
            "",
            "<!-- patchline:issue/v1 -->",
            "<!-- patchline:issue/v1 {} -->",
            "<!-- patchline:issue/v1 {\"line\": 1, \"is\": {}} -->",
            "<!-- patchline:issue/v1 {\"line\": \"1.2\"} -->",
            "<!-- patchline:issue/v1 {\"line\": \"1.2\", \"is\": {}}",
            "<!-- patchline:issue/v1 {\"line\": \"1.2\", \"vulnerability\": [\"A\"], \"is\": {}} -->",
            "<!-- patchline:issue/v1 {\"vulnerability\": [], \"is\": {}} -->",
            "<!-- patchline:issue/v2 {\"line\": \"1.2\", \"is\": {}} -->",
        ] {
            assert_eq!(Memory::read(page), None, "{page}");
        }
        let deep = format!("{START}{}{END}", "[".repeat(40_000));
        assert_eq!(Memory::read(&deep), None);
    }
}
