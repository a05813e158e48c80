//! A `patchline.toml` that states what was found, with the reasons as comments.

use std::{collections::BTreeSet, fmt::Write as _};

use jiff::civil::Date;

use super::releases;
use crate::{
    discover::ASSUMED_LINES,
    escape,
    model::{Declaration, LineId, ReleaseLine, Rule, Standing, Support, Tier, Unit, short_name},
    report::branch_name,
};

/// More reasons for one line are noise.
const REASONS: usize = 3;

/// The text of the file. A run that obeys it takes the same lines as supported.
pub fn policy_file(support: &Support, as_of: Date) -> String {
    let mut text = format!(
        "# Which release lines are supported, as Patchline found them on {as_of}.\n\
         # Correct what is wrong: what stands here wins. `patchline lines` shows what follows.\n\
         schema = 1\n\n[support]\n"
    );
    if is_assumed(support) {
        let _ = write!(
            text,
            "# Nothing in the repository says which lines are supported, so this is an assumption:\n\
             # the newest lines with a stable release. If it is wrong, others rely on a promise that\n\
             # nobody made.\nnewest = {ASSUMED_LINES}\n"
        );
    }
    text.push_str("default-branch = true # the default branch is a supported line, too\n");
    if !is_assumed(support) {
        let default = support.default_ref.as_deref();
        let by_rule = rules(&mut text, support, default);
        if by_rule.is_empty() {
            text.push_str("# A line that is released later is supported when it is added below.\n");
        }
        if !by_rule.is_empty() {
            exceptions(&mut text, support, default);
        }
        let mut seen = by_rule;
        for line in releases(support).filter(|line| line.is_scanned()) {
            if !line.id.0.trim().is_empty() && seen.insert(&line.id) {
                declare(&mut text, line, as_of, default);
            }
        }
    }
    text.push_str(
        "\n# What fails a run, with the defaults; the README tells the rest.\n\
         # [gate]\n# fail-at = \"any\"        # any | low | medium | high | critical | never\n\
         # contradictions = \"warn\" # statements about support that cannot all hold\n",
    );
    text
}

/// True if nobody says anything about any line. Where somebody ended every line, "the newest" would
/// revive some.
fn is_assumed(support: &Support) -> bool {
    let mut supported = releases(support).filter(|line| line.is_scanned()).peekable();
    if supported.peek().is_none() {
        return !releases(support).any(|line| line.standing == Standing::Eol);
    }
    supported.all(ReleaseLine::is_assumed)
}

/// States the rules that give lines, each once, and returns the lines that need no entry of their
/// own: a list of today's lines would forget the next one.
fn rules<'a>(
    text: &mut String,
    support: &'a Support,
    default: Option<&str>,
) -> BTreeSet<&'a LineId> {
    let mut stated: Vec<Rule> = Vec::new();
    let mut given = BTreeSet::new();
    for line in releases(support).filter(|line| line.is_scanned()) {
        let Some(first) = line.because.first() else { continue };
        // A rule on a line's own branch is of its time, and no policy for all.
        let reference = first.origin.as_ref().and_then(|origin| origin.reference.as_deref());
        let is_general = reference.is_none() || reference == default;
        let is_plain = line.tier == Tier::Full && line.edition.is_none();
        let Some(rule) = first.rule.filter(|_| is_general && is_plain) else { continue };
        given.insert(&line.id);
        if !stated.contains(&rule) {
            stated.push(rule);
            let _ =
                write!(text, "\n[[support.rule]]\n# {}\n{}", reason(first, default), keys(rule));
        }
    }
    given
}

/// Lines that have ended although a newer rule would give them again: those between supported ones.
fn exceptions(text: &mut String, support: &Support, default: Option<&str>) {
    let all: Vec<&ReleaseLine> = releases(support).collect();
    let oldest = all.iter().rposition(|line| line.is_scanned()).unwrap_or(0);
    for line in all[..oldest].iter().filter(|line| line.standing == Standing::Eol) {
        text.push_str("\n[[support.line]]\n");
        if let Some(first) = line.because.first() {
            let _ = writeln!(text, "# {}", reason(first, default));
        }
        let _ = writeln!(text, "id = {}\nstatus = \"eol\"", escape::quoted(&line.id.0));
    }
}

/// A rule as the configuration writes it.
fn keys(rule: Rule) -> String {
    match rule {
        Rule::Newest { lines, majors: None } => format!("newest = {lines}\n"),
        Rule::Newest { lines, majors: Some(majors) } => {
            format!("newest = {lines}\nmajors = {majors}\n")
        }
        Rule::Months { months } => format!("months = {months}\n"),
        Rule::AfterNext { months } => format!("after-next = {months}\n"),
        Rule::LastOfMajor { months } => format!("last-of-major = {months}\n"),
        Rule::EveryNth { every, of, months } => {
            let of = match of {
                Unit::Major => "major",
                Unit::Minor => "minor",
            };
            format!("lts-every = {every}\nof = \"{of}\"\nmonths = {months}\n")
        }
    }
}

fn declare(text: &mut String, line: &ReleaseLine, as_of: Date, default: Option<&str>) {
    text.push_str("\n[[support.line]]\n");
    let agreeing = line.because.iter().filter(|because| because.standing == line.standing);
    for because in agreeing.take(REASONS) {
        let _ = writeln!(text, "# {}", reason(because, default));
    }
    let mut key = |key: &str, value: Option<String>| {
        if let Some(value) = value {
            let _ = writeln!(text, "{key} = {value}");
        }
    };
    let day = |day: Option<Date>| day.filter(|day| day.year() > 0);
    // The newest line may outlive its day; to write that day here would end it.
    let until = day(line.until).filter(|until| *until >= as_of);
    let bug_fixes = day(line.bug_fixes_until);
    let bug_fixes = bug_fixes.filter(|day| until.is_none_or(|until| *day <= until));
    let branch = branch_name(line).filter(|branch| !is_shown(&line.id.0, branch));
    let edition = line.edition.as_deref().filter(|edition| !edition.trim().is_empty());
    key("id", Some(escape::quoted(&line.id.0)));
    key("branch", branch.map(escape::quoted));
    key("tier", (line.tier != Tier::Full).then(|| escape::quoted(line.tier.as_str())));
    key("bug-fixes-until", bug_fixes.map(|day| day.to_string()));
    key("until", until.map(|day| day.to_string()));
    key("lts", line.is_lts.then(|| "true".to_owned()));
    key("edition", edition.map(escape::quoted));
}

/// What somebody says, where: `SECURITY.md:12 "1.4 | supported"`. Safe in a comment, which ends
/// with its row.
fn reason(because: &Declaration, default: Option<&str>) -> String {
    let place = because.origin.as_ref().map(|origin| {
        let row = origin.row.map(|row| format!(":{row}")).unwrap_or_default();
        let reference = origin.reference.as_deref().filter(|name| Some(*name) != default);
        let branch = reference.map(|name| format!("{}:", short_name(name))).unwrap_or_default();
        format!("{branch}{}{row} ", origin.path)
    });
    let says = match &because.words {
        Some(words) => format!("\"{words}\""),
        None => because.says.clone(),
    };
    escape::line(&format!("{}{says}", place.unwrap_or_default()))
}

/// True if a branch is named after its line, so that the names alone find it: `8-1-stable` of 8.1.
fn is_shown(id: &str, branch: &str) -> bool {
    fn numbers(text: &str) -> Vec<&str> {
        text.split(|c: char| !c.is_ascii_digit()).filter(|number| !number.is_empty()).collect()
    }
    let of_line = numbers(id);
    let is_plain = id.chars().all(|c| c.is_ascii_digit() || c == '.');
    is_plain && !of_line.is_empty() && numbers(branch).windows(of_line.len()).any(|w| w == of_line)
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use jiff::civil::date;

    use super::*;
    use crate::{
        model::{DeclaredBy, LineKind, Origin},
        report::lines::tests::{line, support},
    };

    /// Without the comments at the start and the end.
    fn body(support: &Support) -> String {
        let text = policy_file(support, date(2031, 6, 15));
        let (_, text) = text.split_once("[support]\n").expect("a table");
        let (text, _) = text.split_once("\n# What fails").expect("the end");
        text.to_owned()
    }

    #[test]
    fn what_was_found_is_stated_with_its_reasons() {
        let mut support = support();
        support.lines[1].because[0].origin = Some(Origin {
            reference: None,
            path: "SECURITY.md".to_owned(),
            row: NonZeroU32::new(12),
        });
        support.lines[1].because[0].words = Some("1.4 | yes".to_owned());
        support.lines[3].head = line("1.2", "old", "").head;
        assert_eq!(
            body(&support),
            r#"default-branch = true # the default branch is a supported line, too
# A line that is released later is supported when it is added below.

[[support.line]]
# SECURITY.md:12 "1.4 | yes"
id = "1.4"

[[support.line]]
# a table says so
id = "1.2"
branch = "old"
tier = "security-only"
bug-fixes-until = 2030-01-31
until = 2032-01-31
lts = true
"#
        );
    }

    #[test]
    fn an_assumption_is_called_one() {
        let mut line = line("1.4", "", "v1.4.0");
        line.because[0].by = DeclaredBy::Assumed;
        let main = ReleaseLine { kind: LineKind::Default, ..line.clone() };
        for lines in [vec![line], vec![main]] {
            let text = body(&Support { lines, ..Support::default() });
            assert!(text.contains("\nnewest = 3\ndefault-branch = true"), "{text}");
            assert!(!text.contains("[[support.line]]"), "{text}");
        }
    }

    #[test]
    fn where_every_line_has_ended_none_is_revived() {
        let ended = ReleaseLine { standing: Standing::Eol, ..line("1.4", "", "v1.4.0") };
        let text = body(&Support { lines: vec![ended], ..Support::default() });
        assert!(!text.contains("newest"), "{text}");
    }

    #[test]
    fn a_day_that_has_passed_does_not_end_what_is_supported() {
        let late = ReleaseLine { until: Some(date(2031, 6, 14)), ..line("1.4", "", "v1.4.0") };
        let text = body(&Support { lines: vec![late], ..Support::default() });
        assert!(!text.contains("until ="), "{text}");
    }

    #[test]
    fn a_branch_is_written_down_where_its_name_does_not_tell() {
        for (id, branch, expected) in [
            ("1.4", "release-1.4", true),
            ("8.1", "8-1-stable", true),
            ("15", "REL_15_STABLE", true),
            ("5.3", "release/v5.3.10", true),
            ("1.2", "1.x", false),
            ("0.99", "host-1.98.0", false),
            ("1.1", "release-11.1", false),
            ("lts", "release-1.0", false),
            ("1.4", "main", false),
        ] {
            assert_eq!(is_shown(id, branch), expected, "{id} {branch}");
        }
    }
}
