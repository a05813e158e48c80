//! Whatever strangers write, no page of a report does what they want.
#![expect(
    clippy::too_many_lines,
    clippy::unnecessary_wraps,
    clippy::disallowed_methods,
    reason = "a report has many fields, most may be missing, and the worst page is kept"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroU32,
    sync::Arc,
};

use jiff::civil::date;
use patchline::{
    model::{
        Advisory, AdvisoryClass, Alert, Basis, Began, Certainty, Change, CommitId, Contradiction,
        ContradictionKind, Coverage, Covered, DatabaseUse, Decision, Declaration, DeclaredBy,
        Dependent, Disagreement, Ecosystem, Episode, Evidence, Expiry, Exposure, Finding,
        FindingKey, Fingerprints, Fit, GateRule, Head, History, Level, LineId, LineKind, Opinion,
        Origin, Outcome, Place, PolicyOrigin, Proposal, Quarantined, Rating, Reach, Release,
        ReleaseLine, Report, Requirement, Scale, Severity, SeverityClaim, Sight, Silence, Stamp,
        Stance, Stand, Standing, Supply, Suppression, SuppressionState, SuppressionUse, Targets,
        Tip, Trouble, Turn, Update, Verdict, View, Word,
    },
    publish::{self, Effect, Issues, Policy, Publishes, Remote, Run},
    report::{
        annotations, badge, csv,
        html::{self, Process, Shown},
        json, junit, markdown, openvex, outputs, sarif, text,
    },
};
use proptest::{collection::vec, prelude::*, sample::select};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use semver::Version;

// A report in which every text is somebody else's.

/// Pieces of attacks, and what they are made of.
const PIECES: [&str; 48] = [
    "\n",
    "\r\n",
    "::error::owned",
    "::add-mask::x",
    "##[error]",
    "##[",
    "%0A",
    "%0A::error::y",
    "\u{1b}[31m",
    "-->",
    "<!--",
    "<img src=x>",
    "</details>",
    "<script>",
    "@octocat",
    "@org/team",
    "#1",
    "GH-1",
    "owner/repo#1",
    "`",
    "``",
    "```",
    "|",
    "\\|",
    "\\",
    "](javascript:alert(1))",
    "[x](https://evil.example)",
    "![x](https://evil.example)",
    "https://evil.example",
    "www.evil.example",
    "a@b.example",
    "\u{202e}",
    "\u{2028}",
    "\u{200b}",
    "\u{feff}",
    "# title",
    "- item",
    "1. item",
    "> quote",
    "---",
    "===",
    "| a | b |",
    "$x$",
    "~~~",
    "**",
    "&#64;",
    ":tada:",
    "  ",
];

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => select(PIECES.to_vec()).prop_map(str::to_owned),
        1 => "[a-z0-9.-]{0,6}",
        1 => any::<char>().prop_map(|c| c.to_string()),
    ];
    let short = vec(piece, 0..5).prop_map(|pieces| pieces.concat());
    prop_oneof![9 => short.clone(), 1 => short.prop_map(|text| text.repeat(300))]
}

/// Hands out one text after the other, again and again.
struct Texts(Vec<String>, usize);

impl Texts {
    fn next(&mut self) -> String {
        self.1 += 1;
        self.0[self.1 % self.0.len()].clone()
    }

    fn some(&mut self) -> Option<String> {
        Some(self.next())
    }

    /// An address: a good one with a bad end, or one that leads somewhere else.
    fn url(&mut self) -> Option<String> {
        let starts = ["https://page.example/", "javascript:", "https://page.example@", "http://"];
        Some(format!("{}{}", starts[self.1 % starts.len()], self.next()))
    }

    fn origin(&mut self) -> Origin {
        Origin { reference: self.some(), path: self.next(), row: NonZeroU32::new(7) }
    }

    fn suppression(&mut self) -> Suppression {
        Suppression {
            id: self.next(),
            package: self.some(),
            lines: vec![self.next()],
            reason: self.next(),
            justification: self.some(),
            until: date(2031, 9, 1),
            origin: self.origin(),
        }
    }

    fn opinion(&mut self) -> Opinion {
        Opinion {
            kind: "trivyignore",
            ids: BTreeSet::from([self.next()]),
            package: None,
            stance: Stance::Ignored,
            justification: self.some(),
            reason: self.some(),
            expiry: Expiry::Never,
            by: self.some(),
            origin: self.origin(),
            at: None,
            only_if: vec![self.next()],
        }
    }

    fn line(&mut self, standing: Standing) -> ReleaseLine {
        let mut because = Declaration::new(DeclaredBy::Table, standing, self.next());
        (because.origin, because.words) = (Some(self.origin()), self.some());
        let mut line = ReleaseLine::new(LineId(self.next()), LineKind::Release, vec![because]);
        line.head = Some(Head {
            reference: format!("refs/heads/{}", self.next()),
            commit: Some(CommitId(self.next())),
            date: None,
        });
        line.release = Some(Release {
            tag: self.next(),
            version: self.next(),
            commit: Some(CommitId("2".repeat(40))),
            date: None,
        });
        line
    }

    fn finding(&mut self, line: &LineId, number: usize) -> (Finding, Verdict) {
        let claim = SeverityClaim {
            by: self.next(),
            scale: Scale::Word,
            rating: Rating::High,
            score: None,
            vector: self.some(),
        };
        let occurrence = patchline::model::Occurrence {
            lockfile: self.some(),
            row: NonZeroU32::new(3),
            version: self.some(),
            supply: Some(Supply::Git(self.next())),
        };
        let view = View {
            sight: Sight::Affected,
            occurrences: vec![occurrence.clone()],
            versions: BTreeSet::from([self.next()]),
        };
        let ecosystem = if number.is_multiple_of(2) {
            Ecosystem::CRATES_IO
        } else {
            Ecosystem::named(&self.next())
        };
        let key = FindingKey {
            vulnerability: self.next(),
            ecosystem,
            package: self.next(),
            certainty: Certainty::Certain,
            line: line.clone(),
        };
        let advisory = Advisory {
            id: key.vulnerability.clone(),
            aliases: vec![self.next()],
            package: key.package.clone(),
            title: self.next(),
            details: self.next(),
            url: self.url(),
            patched: vec![self.next()],
            ..Advisory::default()
        };
        let fit = [Fit::Compatible, Fit::Unverified, Fit::Breaking, Fit::NoFix][number % 4];
        let dependent = Dependent {
            name: self.next(),
            version: self.next(),
            requires: Requirement::Stated {
                requirement: self.next(),
                manifest: self.next(),
                row: NonZeroU32::MIN,
                accepts: false,
            },
        };
        let evidence = Evidence {
            source: self.next(),
            basis: Basis::Reported,
            advisory: Arc::new(advisory),
            at: Place { line: line.clone(), tip: Tip::Head },
            version: occurrence.version.clone(),
            supply: occurrence.supply.clone(),
            certainty: Certainty::Certain,
            lockfile: occurrence.lockfile.clone(),
            row: occurrence.row,
            path: (0..8).map(|_| self.next()).collect(),
            update: Update {
                fit,
                to: (fit != Fit::NoFix).then(|| Version::new(1, 2, 3)),
                dependents: vec![dependent],
            },
            reach: Reach::Built { via: vec![self.next()] },
        };
        let finding = Finding {
            names: vec![key.vulnerability.clone(), self.next()],
            key,
            class: AdvisoryClass::Vulnerability,
            title: self.next(),
            details: self.next(),
            url: self.url(),
            severity: Severity { decided: Some(claim.clone()), rule: "x", claims: vec![claim] },
            fixed_in: vec![self.next()],
            disagreements: vec![Disagreement {
                about: "fix",
                says: vec![(self.next(), self.next())],
            }],
            published: Some(date(2031, 5, 1)),
            fixed_on: None,
            exploited: None,
            epss: None,
            head: Some(view.clone()),
            release: Some(view),
            evidence: vec![evidence],
        };
        let (word, decision) = [
            (Word::Unpatched, Decision::Fail),
            (Word::FixedUnreleased, Decision::Warn),
            (Word::Suppressed, Decision::Note),
            (Word::Unknown, Decision::Warn),
            (Word::Unpatched, Decision::Warn),
        ][number % 5];
        let silence = match number % 2 {
            0 => Silence::Suppression(self.suppression()),
            _ => Silence::Opinion(self.opinion()),
        };
        let verdict = Verdict {
            exposure: Exposure::Unpatched { shipped: true },
            word,
            decision,
            because: if decision == Decision::Warn {
                GateRule::NotIntroduced
            } else {
                GateRule::FailAt
            },
            suppressed: (word == Word::Suppressed).then_some(silence),
        };
        (finding, verdict)
    }

    fn turn(&mut self) -> Option<Turn> {
        Some(Turn { commit: CommitId(self.next()), tag: self.some(), day: date(2031, 5, 20) })
    }

    /// A past of the lines of a report.
    fn history(&mut self, report: &Report) -> History {
        let stands =
            [Stand::Open, Stand::Unreleased, Stand::Released, Stand::NeverReleased, Stand::Ended];
        let lines: Vec<LineId> = report.lines.iter().map(|line| line.id.clone()).collect();
        let episodes = stands.into_iter().enumerate().map(|(at, stand)| Episode {
            vulnerability: self.next(),
            aliases: vec![self.next()],
            title: self.next(),
            ecosystem: Ecosystem::named(&self.next()),
            package: self.next(),
            rating: Some(Rating::High),
            line: lines[at % 2].clone(),
            is_supported: at != 4,
            stand,
            is_of_branch: at == 3,
            began: Began::Earlier,
            is_cut: true,
            published: Some(date(2031, 5, 1)),
            introduced: self.turn(),
            first_release: self.turn(),
            fixed: self.turn().filter(|_| at > 0),
            released: self.turn().filter(|_| at == 2),
            unknown_since: self.turn(),
            ended: (at == 4).then(|| date(2031, 6, 1)),
            versions: vec![self.next()],
        });
        History {
            as_of: report.as_of,
            since: None,
            part: report.part.clone(),
            episodes: episodes.collect(),
            lines,
            timelines: Vec::new(),
            targets: Targets { days: BTreeMap::from([(Rating::High, 7)]) },
            stamps: Vec::new(),
            possible: 1,
            coverage: report.coverage.clone(),
            trouble: report.trouble.clone(),
        }
    }

    fn report(&mut self, outcome: Outcome, findings: usize, has_proposal: bool) -> Report {
        let lines = vec![
            self.line(Standing::Supported),
            self.line(Standing::Supported),
            self.line(Standing::Eol),
        ];
        let findings: Vec<(Finding, Verdict)> = (0..findings)
            .map(|number| self.finding(&lines[number % lines.len()].id.clone(), number))
            .collect();
        let introduced: BTreeMap<_, _> = findings
            .iter()
            .map(|(finding, _)| {
                let view = finding.head.as_ref().expect("a head");
                (finding.key.clone(), view.occurrences.clone())
            })
            .collect();
        let proposal = Proposal {
            number: Some(12),
            into: lines[0].id.clone(),
            base: CommitId(self.next()),
            head: CommitId(self.next()),
            introduced,
            fixed: BTreeSet::from([(self.next(), self.next())]),
        };
        let covered =
            [Covered::Failed { because: self.next() }, Covered::Skipped { because: self.next() }];
        let coverage = covered.into_iter().map(|covered| Coverage {
            source: self.next(),
            at: Some(Place { line: lines[0].id.clone(), tip: Tip::Head }),
            covered,
        });
        let coverage = coverage.collect();
        let own = Silence::Suppression(self.suppression());
        Report {
            as_of: date(2031, 6, 15),
            repository: self.some(),
            policy: PolicyOrigin { path: self.some(), read_from: self.next() },
            part: self.some(),
            proposal: has_proposal.then_some(proposal),
            databases: vec![DatabaseUse {
                stamp: Stamp {
                    id: self.next(),
                    from: self.next(),
                    revision: self.some(),
                    date: None,
                },
                digest: self.some(),
                advisories: 3,
                withdrawn: 0,
                toolchain: 0,
                quarantined: vec![Quarantined {
                    path: self.next(),
                    package: self.some(),
                    error: self.next(),
                }],
                age_days: Some(2),
            }],
            default_ref: self.some(),
            contradictions: vec![Contradiction {
                kind: ContradictionKind::DatesDiffer,
                line: Some(lines[1].id.clone()),
                message: self.next(),
                at: Some(self.origin()),
                against: Some(self.origin()),
                mend: self.next(),
            }],
            contradictions_are: Decision::Fail,
            findings,
            alerts: vec![Alert {
                source: self.next().into(),
                rule: self.next().into(),
                level: Level::Error,
                severity: None,
                message: self.next().into(),
                file: self.some(),
                row: NonZeroU32::new(1),
                fingerprints: Fingerprints::default(),
                suppressed: None,
                at: None,
            }],
            alerts_are: Decision::Note,
            opinions: vec![self.opinion()],
            suppressions: vec![SuppressionUse {
                suppression: self.suppression(),
                state: SuppressionState::Unknown { because: self.next() },
                matched: 1,
                unknown_lines: vec![self.next()],
            }],
            changes: vec![
                Change::Added(own.clone()),
                Change::Removed(Silence::Opinion(self.opinion())),
                Change::Changed {
                    before: Box::new(own),
                    after: Box::new(Silence::Suppression(self.suppression())),
                },
            ],
            changes_are: Decision::Fail,
            coverage,
            trouble: vec![
                Trouble::warning(self.next()).hint(self.next()).at(self.origin()),
                Trouble::info(self.next()),
            ],
            outcome,
            lines,
        }
    }
}

/// What a report is made of: a report itself is too long to be read when a test fails.
#[derive(Clone, Debug)]
struct Seed {
    texts: Vec<String>,
    outcome: Outcome,
    findings: usize,
    has_proposal: bool,
}

impl Seed {
    fn report(&self) -> Report {
        let mut texts = Texts(self.texts.clone(), 0);
        texts.report(self.outcome, self.findings, self.has_proposal)
    }

    /// The page that a project publishes, with a past and a process.
    fn page(&self) -> String {
        let report = self.report();
        let mut texts = Texts(self.texts.clone(), 7);
        let history = texts.history(&report);
        let contact = vec![texts.next(), "https://ferry.example/security".to_owned()];
        let process = Process { contact, ..Process::default() };
        html::page(&Shown { report: &report, history: Some(&history), process: &process })
    }
}

fn seed(most: usize) -> impl Strategy<Value = Seed> {
    let outcomes = select(vec![Outcome::Pass, Outcome::Fail, Outcome::Incomplete]);
    (vec(hostile(), 1..24), outcomes, 0..most, any::<bool>()).prop_map(
        |(texts, outcome, findings, has_proposal)| Seed { texts, outcome, findings, has_proposal },
    )
}

// What a page may be.

/// True of a character that acts where it should be read.
fn acts(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{feff}')
}

/// No line of a log is a command, and no character acts.
fn assert_quiet(page: &str) {
    for line in page.lines() {
        assert!(!line.trim_start().starts_with("::"), "{line:?}");
        assert!(!line.contains("##["), "{line:?}");
        assert_eq!(line.chars().find(|character| acts(*character)), None, "{line:?}");
    }
}

/// HTML that is ours.
fn is_ours(html: &str) -> bool {
    let html = html.trim();
    let is_summary = html.starts_with("<summary>") && html.ends_with("</summary>");
    let words = html.trim_start_matches("<summary>").trim_end_matches("</summary>");
    let tags =
        ["<details>", "</details>", "<br>", "<code>", "</code>", "<sub>", "</sub>"].contains(&html);
    tags || is_summary && !words.contains(['<', '>', '&', '@', '#'])
}

/// Words in which GitHub would see people, issues or addresses.
fn calls(text: &str) -> bool {
    let characters: Vec<char> = text.to_lowercase().chars().collect();
    let is_at = |index: usize, word: &str| {
        characters[index..].iter().copied().take(word.len()).eq(word.chars())
    };
    (0..characters.len()).any(|index| {
        let next = |ahead: usize| characters.get(index + ahead).copied().unwrap_or(' ');
        match characters[index] {
            '@' => next(1).is_alphanumeric(),
            '#' => next(1).is_ascii_digit(),
            'g' => is_at(index, "gh-") && next(3).is_ascii_digit(),
            ':' => is_at(index, "://"),
            'w' => is_at(index, "www."),
            _ => false,
        }
    })
}

/// Markdown that holds text, code and our own markup, and nothing that a stranger asks for.
fn assert_tame(page: &str) {
    assert_quiet(page);
    let mut cells = None;
    for line in page.lines() {
        let pipes = line.matches('|').count();
        match cells {
            _ if !line.starts_with('|') => cells = None,
            None => cells = Some(pipes),
            Some(cells) => assert_eq!(pipes, cells, "a row has other cells than its head: {line}"),
        }
        assert!(line.starts_with('|') || pipes == 0, "{line}");
    }
    // What GitHub knows beside the standard.
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM;
    let (mut folded, mut in_list, mut in_code, mut text) = (0, false, false, String::new());
    for event in Parser::new_ext(page, options) {
        match event {
            Event::Html(html) | Event::InlineHtml(html) => {
                for html in html.lines().filter(|html| !html.trim().is_empty()) {
                    assert!(is_ours(html), "{html:?} in\n{page}");
                }
                folded += html.matches("<details>").count();
                folded -= html.matches("</details>").count();
                in_code = if html.contains("code>") { !in_code } else { in_code };
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                assert!(dest_url.starts_with("https://page.example/"), "{dest_url}");
            }
            Event::End(TagEnd::Heading(_)) => {
                let known = [
                    "✅ Patchline",
                    "❌ Patchline",
                    "⚠️ Patchline",
                    "Pull request 12",
                    "The lines",
                    "Not looked at",
                    "Advisories",
                    "What to do",
                    "Suppressions to look at",
                    "Places that disagree",
                    "Looked at with",
                ];
                assert!(known.iter().any(|known| text.starts_with(known)), "heading {text:?}");
            }
            Event::Start(Tag::List(first)) => {
                assert!(!in_list && first.is_none(), "a list in a list:\n{page}");
                in_list = true;
            }
            Event::End(TagEnd::List(_)) => in_list = false,
            Event::Text(piece) => {
                assert!(in_code || !calls(&piece), "{piece:?} in\n{page}");
                text.push_str(&piece);
            }
            Event::Code(_) => {}
            Event::Start(
                Tag::Heading { .. }
                | Tag::Paragraph
                | Tag::Item
                | Tag::Strong
                | Tag::Table(_)
                | Tag::TableHead
                | Tag::TableRow
                | Tag::TableCell
                | Tag::HtmlBlock,
            )
            | Event::End(_)
            | Event::SoftBreak => text.clear(),
            other => panic!("{other:?} in\n{page}"),
        }
    }
    assert_eq!(folded, 0, "something is folded and never ends:\n{page}");
}

fn decoded(text: &str) -> String {
    text.replace("%0A", "\n").replace("%25", "%")
}

/// The titles and pages of the issues that are opened for a report, of both kinds, without their
/// markers.
fn issues(report: &Report) -> Vec<(String, String)> {
    // Only a run that is about everything speaks in issues.
    let report = Report { part: None, proposal: None, ..report.clone() };
    let run = Run { event: publish::Event::Lines, is_selection: false, address: None };
    let viewer = Some("us".to_owned());
    let remote = Remote { issues: Some(Vec::new()), viewer, ..Remote::default() };
    let opened = [Issues::Vulnerability, Issues::Line].into_iter().flat_map(|issues| {
        let policy = Policy { code_scanning: Publishes::Off, issues, ..Policy::default() };
        publish::plan(&report, &policy, &run, None, &remote).effects
    });
    opened
        .map(|effect| {
            let Effect::OpenIssue(issue) = effect else { panic!("{effect:?}") };
            let (marker, body) = issue.body.split_once('\n').expect("a marker");
            assert!(marker.starts_with("<!-- patchline:issue/v1 {"), "{marker}");
            assert_eq!(marker.find("-->"), Some(marker.len() - 3), "{marker}");
            assert!(issue.body.chars().count() <= 65_536);
            (issue.title, body.to_owned())
        })
        .collect()
}

/// What the runner makes of a line, as <https://github.com/actions/runner> does.
fn command(line: &str) -> (String, BTreeMap<String, String>, String) {
    let rest = line.strip_prefix("::").expect("a command");
    let (head, data) = rest.split_once("::").expect("its data");
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let properties = properties.split(',').map(|property| {
        let (key, value) = property.split_once('=').expect("a value");
        (key.to_owned(), decoded(value))
    });
    (name.to_owned(), properties.collect(), decoded(data))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn no_page_does_what_strangers_want(seed in seed(9)) {
        let report = seed.report();
        assert_tame(&markdown::summary(&report));
        assert_tame(&markdown::comment(&report));
        for (title, body) in issues(&report) {
            assert_quiet(&title);
            prop_assert!(title.chars().count() <= 256 && !title.contains('\n'));
            assert_tame(&body);
        }
    }

    #[test]
    fn no_annotation_is_more_than_it_says(seed in seed(40)) {
        let report = seed.report();
        let page = annotations::annotations(&report, "see the job summary");
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for line in page.lines() {
            prop_assert!(!line.contains("##[") && !line.contains(acts), "{line:?}");
            let (name, properties, data) = command(line);
            prop_assert!(["error", "warning", "notice"].contains(&name.as_str()), "{line:?}");
            for key in properties.keys() {
                prop_assert!(["file", "line", "title"].contains(&key.as_str()), "{line:?}");
            }
            prop_assert!(properties.values().all(|value| !value.contains('\n')), "{line:?}");
            prop_assert!(data.chars().count() <= 4_096 && data.lines().count() <= 4, "{data:?}");
            *counts.entry(name).or_default() += 1;
        }
        prop_assert!(counts.values().all(|count| *count <= 10), "{counts:?}");
        let fails = report.outcome == Outcome::Fail;
        prop_assert!(!fails || counts.contains_key("error"), "a failure without an error:\n{page}");
    }

    #[test]
    fn no_other_format_speaks_for_strangers(seed in seed(9)) {
        let report = seed.report();
        let page = text::report(&report, 120);
        assert_quiet(&anstream::adapter::strip_str(&page).to_string());
        let lines: Vec<&ReleaseLine> = report.lines.iter().collect();
        for document in [
            json::report(&report),
            sarif::merged(&report, &lines, true),
            openvex::openvex(&report),
        ] {
            let read = serde_json::from_str::<serde_json::Value>(&document);
            prop_assert!(read.is_ok(), "{:?}", read.err());
        }
        for (name, value) in outputs::outputs(&report) {
            prop_assert!(!value.contains(acts), "{name}: {value:?}");
        }
    }

    #[test]
    fn the_same_report_gives_the_same_pages(seed in seed(9)) {
        let report = seed.report();
        prop_assert_eq!(markdown::summary(&report), markdown::summary(&report.clone()));
        prop_assert_eq!(markdown::comment(&report), markdown::comment(&report.clone()));
    }
}

#[test]
fn pages_stay_below_what_github_takes() {
    let texts = (0..97).map(|number| format!("text {number} {}", "ü|".repeat(number * 3)));
    let report = Texts(texts.collect(), 0).report(Outcome::Fail, 4_000, true);
    let summary = markdown::summary(&report);
    assert!(summary.len() <= 1_000_000, "{}", summary.len());
    let comment = markdown::comment(&report);
    assert!(comment.chars().count() <= 60_000, "{}", comment.chars().count());
    assert_tame(&comment);
    assert!(issues(&report).len() > 3, "each is short enough");
    assert_tame(&summary);
    assert!(summary.contains("**This page is cut:**"), "and says so");
}

// What a browser, an XML parser and a spreadsheet read.

/// The elements of the page, and their attributes.
const ELEMENTS: &str = "!doctype html head meta title style body a header div p h1 svg circle path \
    strong span time dl dt dd nav ul li main section h2 h3 rect b br i code details summary fieldset \
    legend label select option table caption thead tbody tr th td footer use g line text desc small \
    testsuites testsuite testcase skipped failure error clipPath";
const ATTRIBUTES: &str = "lang data-generator charset http-equiv content name class href id tabindex viewBox \
    aria-hidden aria-label aria-labelledby role datetime cx cy r d x y x1 x2 y1 y2 width height for \
    value autocomplete scope colspan text-anchor preserveAspectRatio html xmlns rx clip-path fill \
    stroke stroke-opacity stroke-dasharray font-family font-size textLength lengthAdjust time tests \
    failures errors skipped timestamp classname message type";

/// Markup in which every element, attribute and address is ours.
fn assert_is_ours(markup: &str) {
    assert_quiet(markup);
    let is_known = |list: &str, name: &str| list.split_whitespace().any(|known| known == name);
    let mut rest = markup;
    while let Some((before, tag)) = rest.split_once('<') {
        assert!(!before.contains('>'), "{before:?}");
        let name = tag.trim_start_matches('/');
        let name = &name[..name.find([' ', '>', '/', '\n']).unwrap_or(name.len())];
        if name == "?xml" {
            (_, rest) = tag.split_once('>').expect("an end");
            continue;
        }
        assert!(is_known(ELEMENTS, name), "<{name}");
        // What is in quotes is no end.
        let (mut end, mut is_quoted) = (None, false);
        for (at, character) in tag.char_indices() {
            match character {
                '"' => is_quoted = !is_quoted,
                '>' if !is_quoted => {
                    end = Some(at);
                    break;
                }
                _ => {}
            }
        }
        let end = end.expect("every tag ends");
        let start = name.len() + usize::from(tag.starts_with('/'));
        for (index, piece) in tag[start..end].split('"').enumerate() {
            if index % 2 == 1 {
                assert!(!piece.contains(['<', '>', '\n']), "{piece:?}");
                continue;
            }
            let names = piece.split_whitespace().filter(|name| *name != "/");
            for attribute in names.map(|name| name.split('=').next().unwrap_or(name)) {
                let attribute = attribute.trim_start_matches('/');
                let is_rest = attribute.is_empty() || attribute == name;
                assert!(is_rest || is_known(ATTRIBUTES, attribute), "<{name} {attribute}");
            }
        }
        rest = &tag[end + 1..];
        if name == "style" && !tag.starts_with('/') {
            (_, rest) = rest.split_once("</style>").expect("an end");
        }
    }
    for address in markup.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
        let is_web = ["#", "https://", "http://"].iter().any(|start| address.starts_with(start));
        // What is before `@` in a host is a name that looks like one.
        let host = address.split_once("://").map_or("", |(_, rest)| rest);
        let host = host.split(['/', '?', '#']).next().unwrap_or_default();
        let is_tame = !address.contains(['<', '>', ' ']) && !host.contains('@');
        assert!(is_web && is_tame, "{address:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_stranger_writes_markup_for_a_browser_or_a_test_report(seed in seed(9)) {
        assert_is_ours(&seed.page());
        let report = seed.report();
        assert_is_ours(&junit::junit(&report));
        assert_is_ours(&badge::overall(&report).svg());
        for line in &report.lines {
            let badge = badge::line(&report, &line.id);
            assert_is_ours(&badge.svg());
            let endpoint: serde_json::Value =
                serde_json::from_str(&badge.endpoint()).expect("JSON");
            prop_assert_eq!(&endpoint["schemaVersion"], 1);
        }
    }

    #[test]
    fn no_stranger_writes_a_formula_or_a_row(seed in seed(9)) {
        let report = seed.report();
        let table = csv::csv(&report);
        assert_quiet(&table.replace("\r\n", "\n"));
        let gaps = report.coverage.iter().filter(|coverage| coverage.covered.is_gap()).count();
        prop_assert_eq!(table.matches("\r\n").count(), 1 + gaps + report.findings.len());
        for row in table.lines() {
            // Every quote in a field is doubled, so what is left stands between fields.
            let plain = row.replace("\"\"", "");
            prop_assert!(plain.starts_with('"') && plain.ends_with('"') || row.ends_with("\"\""));
            for field in row.trim_matches('"').split("\",\"") {
                let first = field.trim_start().chars().next();
                prop_assert!(!matches!(first, Some('=' | '+' | '-' | '@')), "{}", field);
            }
        }
    }
}

#[test]
fn the_worst_page_is_kept_for_the_browser_that_judges_pages() {
    let texts = PIECES.map(str::to_owned).to_vec();
    let (outcome, findings, has_proposal) = (Outcome::Fail, 24, true);
    let page = Seed { texts, outcome, findings, has_proposal }.page();
    assert_is_ours(&page);
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile.html");
    std::fs::write(path, page).expect("a file");
}
