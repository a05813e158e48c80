//! The pages about lines: the table of `patchline lines`, the story of one of them, and where what
//! is said about them disagrees.

use std::fmt::Write as _;

use jiff::civil::Date;

use super::{
    BOLD, DIM, YELLOW, assumed_hint, columns, day, place, short_ref, standing_style, troubles,
};
use crate::{
    escape,
    model::{
        Contradiction, Declaration, DeclaredBy, LineKind, ReleaseLine, SOME_BRANCH, Standing,
        Support, Tier,
    },
};

/// More lines that are ended or unknown than this are counted, not listed.
const PAST_LINES: usize = 12;
/// The last column is never narrower, whatever the width of the terminal.
const BECAUSE: usize = 64;
/// More contradictions than this are counted, not listed.
const CONTRADICTIONS: usize = 20;

/// The page of `patchline lines`.
pub fn page(support: &Support, as_of: Date, width: usize) -> String {
    let mut page = String::new();
    let _ = writeln!(page, "{BOLD}Release lines{BOLD:#} as of {as_of}\n");
    let default = support.default_ref.as_deref();
    let mut rows =
        vec![["LINE", "STATUS", "BRANCH", "RELEASE", "RELEASED", "BECAUSE"].map(str::to_owned)];
    let (shown, folded) = fold(&support.lines);
    for line in &shown {
        rows.push([
            escape::line(&line.id.0),
            super::words::standing(line),
            line.head.as_ref().map_or_else(|| "-".to_owned(), |head| short_ref(&head.reference)),
            line.release.as_ref().map_or_else(|| "-".to_owned(), |r| escape::line(&r.tag)),
            line.release
                .as_ref()
                .and_then(|release| release.date)
                .map_or_else(|| "-".to_owned(), day),
            line.because.first().map_or_else(String::new, |first| because(first, default)),
        ]);
    }
    let widths: [usize; 6] = std::array::from_fn(|column| {
        rows.iter().map(|row| columns(&row[column])).max().unwrap_or(0)
    });
    for (index, row) in rows.iter().enumerate() {
        let style = match index.checked_sub(1).map(|index| shown[index]) {
            None => BOLD,
            Some(line) => standing_style(line.standing),
        };
        let mut text = String::new();
        for (cell, width) in row[..5].iter().zip(widths) {
            text.push_str(cell);
            text.extend(std::iter::repeat_n(' ', width + 2 - columns(cell)));
        }
        // The last column takes what is left, and enough to be read.
        let left = width.saturating_sub(columns(&text)).max(BECAUSE);
        text.push_str(&escape::cut(&row[5], left));
        let _ = writeln!(page, "{style}{}{style:#}", text.trim_end());
    }
    if support.lines.is_empty() {
        let _ = writeln!(page, "none");
    }
    if folded > 0 {
        let _ = writeln!(page, "{DIM}and {folded} older lines (--format json has them all){DIM:#}");
    }
    page.push('\n');
    contradictions(&mut page, &support.contradictions, default);
    troubles(&mut page, &support.trouble);
    assumed_hint(&mut page, &support.lines);
    while page.ends_with("\n\n") {
        page.pop();
    }
    page
}

/// Living lines, and the newest of the others, so that decades of ended lines do not bury the news;
/// and how many are left out.
fn fold(lines: &[ReleaseLine]) -> (Vec<&ReleaseLine>, usize) {
    let mut past = 0;
    let shown: Vec<&ReleaseLine> = lines
        .iter()
        .filter(|line| {
            let is_past = matches!(line.standing, Standing::Eol | Standing::Unknown);
            past += usize::from(is_past);
            !is_past || past <= PAST_LINES
        })
        .collect();
    let folded = lines.len() - shown.len();
    (shown, folded)
}

/// The story of one line, or of each: what it is, who says so in which words, and who disagrees.
pub fn explanation(support: &Support, lines: &[&ReleaseLine]) -> String {
    let default = support.default_ref.as_deref();
    let stories: Vec<String> = lines.iter().map(|line| story(line, support, default)).collect();
    stories.join("\n")
}

fn story(line: &ReleaseLine, support: &Support, default: Option<&str>) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{BOLD}{}{BOLD:#} {}.", escape::line(&line.id.0), verb(line));
    if let Some(where_it_is) = whereabouts(line) {
        let _ = writeln!(text, "  {DIM}{where_it_is}{DIM:#}");
    }
    for (index, declaration) in line.because.iter().enumerate() {
        let label = match (index, declaration.standing == line.standing) {
            (0, _) => "Why",
            (_, true) => "Agrees",
            (_, false) => "Disagrees",
        };
        let _ = writeln!(text, "  {label}: {}", reason(declaration, default));
    }
    let own = support.contradictions.iter().filter(|c| c.line.as_ref() == Some(&line.id));
    for contradiction in own {
        let at = contradiction.at.as_ref().map(|at| format!(" {}:", place(at, default)));
        let _ = writeln!(
            text,
            "  {YELLOW}To mend:{YELLOW:#}{} {} {DIM}({}){DIM:#}",
            at.unwrap_or_default(),
            escape::line(&contradiction.mend),
            contradiction.kind.as_str(),
        );
    }
    text
}

/// What a line is, as the end of a sentence.
fn verb(line: &ReleaseLine) -> String {
    let tier = match line.tier {
        Tier::Full => "",
        Tier::SecurityOnly => " with security fixes only",
        Tier::CriticalOnly => " with critical fixes only",
    };
    match (line.standing, line.until) {
        (Standing::Supported, _) if line.is_assumed() => {
            "is taken as supported, since nobody says anything".to_owned()
        }
        (Standing::Supported, Some(until)) => format!("is supported{tier} until {until}"),
        (Standing::Supported, None) => format!("is supported{tier}"),
        (Standing::Eol, Some(until)) => format!("ended on {until}"),
        (Standing::Eol, None) => "is no longer supported".to_owned(),
        (Standing::Upcoming, _) => "is still to be released".to_owned(),
        (Standing::Unknown, _) => "may or may not be supported: nobody says".to_owned(),
    }
}

fn whereabouts(line: &ReleaseLine) -> Option<String> {
    let mut parts = Vec::new();
    match line.head.as_ref().map(|head| head.reference.as_str()) {
        Some(SOME_BRANCH) => parts.push("its branch may be missing in this clone".to_owned()),
        Some(reference) => parts.push(format!("branch {}", short_ref(reference))),
        None if line.kind == LineKind::Release => parts.push("no branch of its own".to_owned()),
        None => {}
    }
    if let Some(release) = &line.release {
        let date = release.date.map(|date| format!(" of {}", day(date))).unwrap_or_default();
        parts.push(format!("latest release {}{date}", escape::line(&release.tag)));
    }
    parts.extend(line.first_release.map(|first| format!("first release on {first}")));
    parts.extend(line.bug_fixes_until.map(|day| format!("bug fixes until {day}")));
    parts.extend(line.extended_until.map(|day| format!("extended support until {day}")));
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Who says what, where, in which words.
fn reason(declaration: &Declaration, default: Option<&str>) -> String {
    let who = who(declaration.by);
    let says = escape::line(&declaration.says);
    let Some(origin) = &declaration.origin else { return says };
    let words = declaration
        .words
        .as_ref()
        .map(|words| format!("\n    {DIM}\"{}\"{DIM:#}", escape::line(words)))
        .unwrap_or_default();
    format!("{says}, by {who} {}{words}", place(origin, default))
}

fn who(by: DeclaredBy) -> &'static str {
    match by {
        DeclaredBy::CommandLine => "the command line",
        DeclaredBy::Configuration => "the configuration at",
        DeclaredBy::Manifest => "the manifest at",
        DeclaredBy::BranchDate => "the changelog at",
        DeclaredBy::Table => "the list at",
        DeclaredBy::Prose => "the text at",
        DeclaredBy::EndOfLife => "endoflife.date's data at",
        DeclaredBy::Bots => "the bots' list at",
        DeclaredBy::Tags | DeclaredBy::Newest | DeclaredBy::DefaultBranch | DeclaredBy::Assumed => {
            "the documented default at"
        }
    }
}

fn because(declaration: &Declaration, default: Option<&str>) -> String {
    let says = escape::line(&declaration.says);
    match &declaration.origin {
        Some(origin) => format!("{}: {says}", place(origin, default)),
        None => says,
    }
}

/// The places that disagree, each with the other one and the mend.
pub(super) fn contradictions(page: &mut String, all: &[Contradiction], default: Option<&str>) {
    if all.is_empty() {
        return;
    }
    let _ = writeln!(page, "{BOLD}Contradictions{BOLD:#}");
    for contradiction in all.iter().take(CONTRADICTIONS) {
        let at = contradiction.at.as_ref().map(|at| place(at, default)).unwrap_or_default();
        let against = contradiction
            .against
            .as_ref()
            .map(|against| format!(" ({})", place(against, default)))
            .unwrap_or_default();
        let _ = writeln!(page, "  {YELLOW}{}{YELLOW:#}  {at}", contradiction.kind.as_str());
        let _ = writeln!(page, "    {}{against}", escape::line(&contradiction.message));
        let _ = writeln!(page, "    {DIM}mend: {}{DIM:#}", escape::line(&contradiction.mend));
    }
    if all.len() > CONTRADICTIONS {
        let more = all.len() - CONTRADICTIONS;
        let _ = writeln!(page, "  and {more} more (--format json has them all)");
    }
    page.push('\n');
}
