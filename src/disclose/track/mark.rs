//! What a commit's message says about other commits: where it was picked from, what it reverts, and
//! under which review it was made.
//!
//! The lines are those that `git cherry-pick -x`, `git revert`, the stable trees of Linux, Django,
//! Node.js, Gerrit and GitHub write. A message is written by whoever made the commit, and what it
//! says is worth what its author is worth: nothing here is a proof.

/// Nobody writes a longer message; what is behind it is not read.
const LONGEST_MESSAGE: usize = 64 * 1024;
/// Nor one that speaks of more commits.
const MOST_MARKS: usize = 64;
/// A subject or an address that is longer than this is none.
const LONGEST_TEXT: usize = 500;
/// Fewer digits than this are a word or a number.
const FEWEST_DIGITS: usize = 7;

/// One thing that a message says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// It is another commit, picked, or its adaption: the digits of that one, as far as they are
    /// given.
    Pick(String),
    /// It undoes another commit.
    Revert(String),
    /// It undoes what came with the pull request of this number.
    RevertOf(String),
    /// It mends what another commit brought in.
    Fixes(String),
    /// The address of its review.
    Review(String),
    /// The change that it is a copy of, as Gerrit counts.
    Change(String),
    /// Its subject, where that names a pull request, `Bound the window (#123)`, or where there is a
    /// review.
    Subject(String),
}

/// What a message says, in its order.
pub fn marks(message: &[u8]) -> Vec<Mark> {
    let message = &message[..message.len().min(LONGEST_MESSAGE)];
    let mut marks = Vec::new();
    let mut subject = None;
    for (row, line) in message.split(|byte| *byte == b'\n').enumerate() {
        if row > 0 && !is_of_interest(line) {
            continue;
        }
        let line = String::from_utf8_lossy(line);
        // What is quoted or shown as code is somebody else's.
        if line.starts_with(['>', '\t']) || line.starts_with("    ") {
            continue;
        }
        let line = line.trim();
        if row == 0 && line.len() <= LONGEST_TEXT {
            subject = Some(line.to_owned());
        }
        read(line, &mut marks);
        if marks.len() >= MOST_MARKS {
            break;
        }
    }
    marks.truncate(MOST_MARKS);
    let is_reviewed = marks.iter().any(|mark| matches!(mark, Mark::Review(_)));
    let subject = subject.filter(|subject| is_reviewed || subject.contains("(#"));
    marks.extend(subject.map(Mark::Subject));
    marks
}

/// A cheap look that spares nearly every line the rest.
fn is_of_interest(line: &[u8]) -> bool {
    line.len() > FEWEST_DIGITS && line.iter().any(|byte| matches!(byte, b'(' | b':' | b' ' | b'['))
}

/// What stands before the digits, in lower case.
const PICKS: [&str; 9] = [
    "cherry picked from commit ",
    "cherry-picked from commit ",
    "cherry picked from ",
    "backported from commit ",
    "backport of ",
    "backport-of: ",
    "upstream commit ",
    "upstream-commit: ",
    "commit ",
];

/// What stands before the commits that are undone, in lower case. Who takes back a part of a fix opens the
/// hole, as far as anybody can tell.
const REVERTS: [&str; 10] = [
    "this reverts ",
    "this partially reverts ",
    "this partly reverts ",
    "this backs out ",
    "this rolls back ",
    "reverts: ",
    "reverts ",
    "revert ",
    "back out ",
    "backs out ",
];

/// What may stand before and between the names of what is undone.
const FILLERS: [&str; 11] = [
    "and", "change", "changes", "commit", "commits", "merge", "patch", "pr", "pull", "request",
    "the",
];

/// The commits of a list, and the pull requests: `commits 0123abc, and 4567def`, `owner/name#12`. It ends
/// where anything else is said.
fn reverted(list: &str) -> Vec<Mark> {
    let mut found = Vec::new();
    for word in list.split([' ', ',', ';', ':']).filter(|word| !word.is_empty()) {
        let bare = word.trim_matches(['(', ')', '[', ']', '`', '.']);
        let named = word.trim_end_matches('.').split_once('#').filter(|(project, number)| {
            (project.is_empty() || project.contains('/'))
                && (1..=9).contains(&number.len())
                && number.bytes().all(|byte| byte.is_ascii_digit())
        });
        if let Some((digits, "")) = digits(bare) {
            found.push(Mark::Revert(digits));
        } else if let Some((_, number)) = named {
            found.push(Mark::RevertOf(number.to_owned()));
        } else if !FILLERS.contains(&bare.to_ascii_lowercase().as_str()) {
            break;
        }
    }
    found
}

fn read(line: &str, marks: &mut Vec<Mark>) {
    let bare = line.trim_start_matches(['(', '[', ' ']);
    for words in PICKS {
        let Some(rest) = without(bare, words) else { continue };
        let Some((digits, rest)) = digits(rest) else { continue };
        // `commit 0123… upstream.` is a line of its own, and other lines begin with that word, too.
        if words != "commit " || without(rest.trim_start(), "upstream").is_some() {
            marks.push(Mark::Pick(digits));
        }
        return;
    }
    if let Some(rest) = REVERTS.iter().find_map(|words| without(bare, words)) {
        marks.extend(reverted(rest));
    } else if let Some(rest) = without(line, "fixes: ") {
        marks.extend(digits(rest).map(|(digits, _)| Mark::Fixes(digits)));
    } else if let Some(rest) = without(line, "change-id: ") {
        let id = rest.strip_prefix('I').filter(|id| digits(id).is_some_and(|(d, _)| d.len() == 40));
        marks.extend(id.map(|_| Mark::Change(rest.trim_end().to_owned())));
    } else {
        let named = ["pr-url: ", "reviewed-on: ", "pull-request: "];
        let address = named.iter().find_map(|words| without(line, words)).map(str::trim);
        let is_address = |text: &&str| {
            text.starts_with("https://") && text.len() <= LONGEST_TEXT && !text.contains(' ')
        };
        marks.extend(address.filter(is_address).map(|text| Mark::Review(review(text))));
    }
}

/// An address of a review so that two spellings of one are equal.
pub(super) fn review(address: &str) -> String {
    address.trim().trim_end_matches('/').to_lowercase()
}

/// The rest of a text that begins with these words, which are lower case.
fn without<'a>(text: &'a str, words: &str) -> Option<&'a str> {
    let begins = text.get(..words.len())?;
    begins.eq_ignore_ascii_case(words).then(|| &text[words.len()..])
}

/// The digits of a commit at the beginning of a text, in lower case, and what follows.
fn digits(text: &str) -> Option<(String, &str)> {
    let end = text.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(text.len());
    // `deadbeefs` is a word.
    let ends = !text[end..].starts_with(|c: char| c.is_alphanumeric() || c == '_');
    let is_name = ends && (FEWEST_DIGITS..=40).contains(&end);
    is_name.then(|| (text[..end].to_ascii_lowercase(), &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: &str = "0123456789abcdef0123456789abcdef01234567";

    #[test]
    fn each_way_to_name_another_commit_is_read() {
        let pick = |digits: &str| vec![Mark::Pick(digits.to_owned())];
        let revert = |digits: &str| vec![Mark::Revert(digits.to_owned())];
        for (message, expected) in [
            (format!("Fix\n\n(cherry picked from commit {FULL})"), pick(FULL)),
            (format!("Fix\n\n(cherry picked from commit {FULL})\r"), pick(FULL)),
            ("Fix\n\n(cherry picked from commit 0123ABC)".to_owned(), pick("0123abc")),
            (format!("[1.4] Fix\n\nBackport of {FULL} from main."), pick(FULL)),
            (format!("Fix\n\nBackport-of: {FULL}"), pick(FULL)),
            (format!("Fix\n\n(backported from commit {FULL})"), pick(FULL)),
            (format!("Fix\n\n[ Upstream commit {FULL} ]"), pick(FULL)),
            (format!("Fix\n\ncommit {FULL} upstream."), pick(FULL)),
            (format!("Revert \"Fix\"\n\nThis reverts commit {FULL}."), revert(FULL)),
            (format!("Reapply \"Fix\"\n\nThis reverts commit {FULL}."), revert(FULL)),
            (
                format!(
                    "Revert \"Merge\"\n\nThis reverts commit {FULL}, reversing\nchanges made to 99"
                ),
                revert(FULL),
            ),
            (
                "Undo\n\nThis reverts commits 0123abc, and 4567def.".to_owned(),
                vec![Mark::Revert("0123abc".to_owned()), Mark::Revert("4567def".to_owned())],
            ),
            (format!("Undo\n\nThis backs out commit {FULL}"), revert(FULL)),
            (format!("Undo\n\nThis partially reverts commit {FULL}."), revert(FULL)),
            (format!("Undo\n\nReverts: {FULL}"), revert(FULL)),
            (format!("Revert {FULL}"), revert(FULL)),
            (format!("This reverts commit {FULL}, which reverts 0123abcd"), revert(FULL)),
            (
                "Revert \"Fix (#12)\" (#40)".to_owned(),
                vec![Mark::Subject("Revert \"Fix (#12)\" (#40)".to_owned())],
            ),
            (
                format!("Undo\n\nThis reverts commit abcdef1234, {FULL}."),
                [revert("abcdef1234"), revert(FULL)].concat(),
            ),
            ("Undo\n\nReverts ferry/ferry#77".to_owned(), vec![Mark::RevertOf("77".to_owned())]),
            (
                "Fix\n\nFixes: 0123abcdef (\"Add\")".to_owned(),
                vec![Mark::Fixes("0123abcdef".into())],
            ),
            (
                "Fix it\n\nPR-URL: https://example.org/P/pull/12/".to_owned(),
                vec![
                    Mark::Review("https://example.org/p/pull/12".to_owned()),
                    Mark::Subject("Fix it".to_owned()),
                ],
            ),
            (format!("Fix\n\nChange-Id: I{FULL}"), vec![Mark::Change(format!("I{FULL}"))]),
            ("Fix it (#12)\n\nmore".to_owned(), vec![Mark::Subject("Fix it (#12)".to_owned())]),
        ] {
            assert_eq!(marks(message.as_bytes()), expected, "{message}");
        }
    }

    #[test]
    fn words_numbers_and_quotations_are_no_commits() {
        for message in [
            "Fix\n\nFixes: #1234567",
            "Fix\n\nFixes: 123456",
            "Fix\n\nThis reverts commit deadbeefs",
            "Revert the window to what it was",
            "Revert to 0123abcd",
            "Revert \"Bound 0123abcd\" again",
            "Reverts the window of 0123abcd",
            "Fix\n\nReverts the bad idea of 2031",
            "Fix\n\n> This reverts commit 0123abcd.",
            "Fix\n\n    This reverts commit 0123abcd.",
            "Fix\n\ncommit 0123abcd is bad",
            "Fix\n\nChange-Id: I0123",
            "Fix\n\nPR-URL: javascript:alert(1)",
            "Backport of the window",
            "",
        ] {
            assert_eq!(marks(message.as_bytes()), [], "{message}");
        }
    }

    #[test]
    fn a_hostile_message_costs_little_and_says_little() {
        let row = format!("(cherry picked from commit {FULL})\n");
        assert_eq!(marks(row.repeat(100_000).as_bytes()).len(), MOST_MARKS);
        assert_eq!(marks(&vec![0xff; 1_000_000]), []);
        assert_eq!(marks("é(cherry picked from commit 0123abé)".as_bytes()), []);
        let late = format!("{}{row}", "x ".repeat(LONGEST_MESSAGE));
        assert_eq!(marks(late.as_bytes()), []);
    }
}
