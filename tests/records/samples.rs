//! Records of every kind that somebody may write.

use jiff::civil::{Date, Time, date};
use patchline::{
    disclose::{
        Policy,
        export::{Export, Format, ReleasedVersion, Source, export},
        policy::CveOrganisation,
        privacy::secrecy,
        record::{
            Credit, Cve, Delivery, Disclosure, Embargo, LineRow, LineStatus, Moment, Package,
            Record, Reference, Revision, Slot, Step,
        },
    },
    model::{LineId, Rating},
    severity,
};

pub(crate) const TODAY: Date = date(2031, 3, 10);
pub(crate) const ORGANISATION: &str = "f1b2c3d4-0000-4000-8000-000000000000";

pub(crate) const V31: &str = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H";
pub(crate) const V40: &str = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:H/SC:N/SI:N/SA:N";

/// A record with what the project's refs show beside it.
#[derive(Debug)]
pub(crate) struct Sample {
    pub(crate) name: &'static str,
    pub(crate) record: Record,
    pub(crate) releases: Vec<ReleasedVersion>,
    pub(crate) policy: Policy,
    /// The formats that can tell it.
    pub(crate) formats: Vec<Format>,
}

impl Sample {
    pub(crate) fn export(&self, format: Format) -> Export {
        self.export_one(format, None)
    }

    /// Of one advisory, by any of its names; `None`: of all.
    pub(crate) fn export_one(&self, format: Format, advisory: Option<&str>) -> Export {
        let source = Source {
            record: &self.record,
            releases: &self.releases,
            tracked: None,
            branches: &[],
            policy: &self.policy,
            secrecy: secrecy(&self.record, TODAY, None),
            today: TODAY,
        };
        export(format, source, advisory)
    }

    /// The only document.
    pub(crate) fn document(&self, format: Format) -> String {
        let mut export = self.export(format);
        assert_eq!(export.lacks, [], "{} in {format:?}", self.name);
        assert_eq!(export.documents.len(), 1, "{} in {format:?}", self.name);
        export.documents.remove(0).content
    }

    pub(crate) fn json(&self, format: Format) -> serde_json::Value {
        serde_json::from_str(&self.document(format)).expect("JSON")
    }
}

pub(crate) fn policy() -> Policy {
    Policy {
        namespace: Some("https://ferry.example.org".to_owned()),
        cve: CveOrganisation { id: Some(ORGANISATION.to_owned()), name: Some("ferry".to_owned()) },
        ..Policy::default()
    }
}

pub(crate) fn row(line: &str, status: LineStatus) -> LineRow {
    LineRow::new(LineId(line.to_owned()), status)
}

pub(crate) fn affected(line: &str, range: &str, fixed: Option<&str>) -> LineRow {
    LineRow {
        affected: Some(range.to_owned()),
        fixed_in: fixed.map(ToOwned::to_owned),
        ..row(line, LineStatus::Affected)
    }
}

/// Every version of a line up to its last patch release, tagged.
pub(crate) fn releases(lines: &[(&str, u64)]) -> Vec<ReleasedVersion> {
    let of_line = |(line, last): &(&str, u64)| {
        let line = (*line).to_owned();
        (0..=*last).map(move |patch| ReleasedVersion {
            version: format!("{line}.{patch}"),
            tag: format!("v{line}.{patch}"),
            line: LineId(line.clone()),
        })
    };
    lines.iter().flat_map(of_line).collect()
}

pub(crate) fn at(day: Date, hour: i8) -> Moment {
    Moment { day, time: Time::new(hour, 0, 0, 0).ok() }
}

pub(crate) fn happened(step: Step, day: Date, hour: i8) -> (Step, Slot) {
    (step, Slot { expected: None, actual: Some(at(day, hour)) })
}

fn commit(digit: char) -> String {
    digit.to_string().repeat(40)
}

pub(crate) fn disclosure() -> Disclosure {
    Disclosure {
        id: "FERRY-2031-1".to_owned(),
        cve: Cve::Id("CVE-2031-0001".to_owned()),
        ghsa: Some("GHSA-2222-3333-4444".to_owned()),
        aliases: vec!["TALOS-2031-1".to_owned()],
        title: "Endless wait on a locked door".to_owned(),
        summary: "A request with a closed door makes the ferry wait for ever.".to_owned(),
        description: "A request with a *closed* door.\n\nThe ferry waits for ever.".to_owned(),
        component: Some("door".to_owned()),
        likely_affected: None,
        severity: Some(Rating::High),
        cvss: [V31, V40].iter().filter_map(|v| severity::of_vector("project", v)).collect(),
        cwe: vec!["CWE-835".to_owned(), "CWE-400".to_owned()],
        capec: vec!["CAPEC-469".to_owned()],
        impact: Some("Nobody gets across.".to_owned()),
        attack: Some("network".to_owned()),
        conditions: Some("Only with `door = \"automatic\"`.".to_owned()),
        check: Some("ferry config get door".to_owned()),
        mitigation: Some("Set `door = \"manual\"`.".to_owned()),
        action: Some("Restart every ferry".to_owned()),
        side_effects: Some("Doors close later.".to_owned()),
        detection: Some("Look for `waiting` in the log.".to_owned()),
        discovery: Some("external".to_owned()),
        package: Some(Package { ecosystem: "crates.io".to_owned(), name: "ferry".to_owned() }),
        introduced: vec![commit('a')],
        fix: vec![commit('b')],
        credits: vec![
            Credit {
                name: "Ada Byron".to_owned(),
                affiliation: Some("Analytical Engines".to_owned()),
                role: "reporter".to_owned(),
                consent: true,
                contact: vec![
                    "https://github.com/ada".to_owned(),
                    "mailto:ada@example.org".to_owned(),
                ],
            },
            Credit {
                name: "Nobody Asked".to_owned(),
                role: "finder".to_owned(),
                consent: false,
                contact: vec!["https://github.com/nobody-asked".to_owned()],
                ..Credit::default()
            },
        ],
        references: vec![
            Reference {
                kind: "fix".to_owned(),
                url: "https://git.example.org/ferry/commit/bbbb".to_owned(),
            },
            Reference {
                kind: "advisory".to_owned(),
                url: "https://ferry.example.org/1".to_owned(),
            },
        ],
        lines: vec![
            LineRow {
                fix: vec![commit('c')],
                ..affected("1.2", ">= 1.2.1, < 1.2.3", Some("1.2.3"))
            },
            LineRow { fix: vec![commit('d')], ..affected("1.3", "< 1.3.2", Some("1.3.2")) },
        ],
    }
}

pub(crate) fn record() -> Record {
    Record {
        id: "2031-03".to_owned(),
        product: "Ferry".to_owned(),
        repository: Some("https://github.com/ferry/ferry".to_owned()),
        url: Some("https://ferry.example.org/news/2031-03".to_owned()),
        contact: Some("security@ferry.example.org".to_owned()),
        embargo: Embargo {
            may_deploy: Some(false),
            may_share: None,
            terms: Some("Do not tell anybody".to_owned()),
        },
        steps: vec![
            happened(Step::Reported, date(2031, 2, 1), 9),
            happened(Step::FixReady, date(2031, 2, 20), 9),
            happened(Step::Public, date(2031, 3, 4), 15),
        ],
        advisories: vec![disclosure()],
        deliveries: vec![Delivery {
            channel: "github-release".to_owned(),
            line: Some(LineId("1.3".to_owned())),
            promised: Ok(Slot { expected: None, actual: Some(at(date(2031, 3, 4), 14)) }),
            url: Some("https://github.com/ferry/ferry/releases/tag/v1.3.2".to_owned()),
        }],
        ..Record::default()
    }
}

pub(crate) fn sample(name: &'static str, record: Record) -> Sample {
    Sample {
        name,
        record,
        releases: releases(&[("1.2", 4), ("1.3", 2)]),
        policy: policy(),
        formats: Format::ALL.to_vec(),
    }
}

fn with(name: &'static str, change: impl FnOnce(&mut Record)) -> Sample {
    let mut record = record();
    change(&mut record);
    sample(name, record)
}

/// All of them.
pub(crate) fn all() -> Vec<Sample> {
    let mut samples = vec![
        sample("ordinary", record()),
        with("unfixed-oldest", |record| {
            let rows = &mut record.advisories[0].lines;
            rows[0] = affected("1.2", ">= 1.2.1", None);
            rows[0].no_fix = Some("The fix needs what only 1.3 has".to_owned());
        }),
        with("unfixed-newest", |record| {
            record.advisories[0].lines[1] = affected("1.3", ">= 1.3.0", None);
        }),
        with("courtesy", |record| {
            let rows = &mut record.advisories[0].lines;
            rows[0] = affected("1.2", ">= 1.2.1", None);
            rows[0].is_courtesy = true;
            rows[0].reviews = vec!["https://github.com/ferry/ferry/pull/7".to_owned()];
        }),
        with("unfixed-before-one-that-never-had-it", |record| {
            let rows = &mut record.advisories[0].lines;
            rows[0] = affected("1.2", ">= 1.2.1", None);
            rows[1] = row("1.3", LineStatus::NotAffected);
            rows[1].justification = Some("component_not_present".to_owned());
        }),
        with("not-affected-without-a-word", |record| {
            record.advisories[0].lines[1] = row("1.3", LineStatus::NotAffected);
            record.advisories[0].lines[1].note = Some("It was written anew".to_owned());
        }),
        with("ended-and-not-evaluated", |record| {
            let rows = &mut record.advisories[0].lines;
            rows.push(row("1.1", LineStatus::Ended));
            rows.push(row("1.0", LineStatus::Ended));
            rows.push(row("1.4", LineStatus::NotEvaluated));
            rows.push(row("main", LineStatus::Affected));
        }),
        with("two-packages", |record| {
            let mut other = disclosure();
            other.id = "FERRY-2031-2".to_owned();
            other.cve = Cve::Id("CVE-2031-0002".to_owned());
            other.ghsa = None;
            other.package = Some(Package {
                ecosystem: "crates.io".to_owned(),
                name: "ferry-client".to_owned(),
            });
            record.advisories.push(other);
        }),
        with("several", |record| {
            for number in 2..5 {
                let mut other = disclosure();
                other.id = format!("FERRY-2031-{number}");
                other.cve = Cve::Id(format!("CVE-2031-000{number}"));
                other.ghsa = None;
                other.lines.truncate(1);
                record.advisories.push(other);
            }
        }),
        with("revised", |record| {
            let summary = "1.2.1 is affected, too".to_owned();
            record.revisions = vec![Revision { at: at(date(2031, 3, 6), 8), summary }];
        }),
        with("embargoed", |record| {
            record.steps = vec![(
                Step::Public,
                Slot { expected: Some(at(date(2031, 3, 20), 15)), actual: None },
            )];
            record.embargo.may_share = Some("With your own distributors".to_owned());
        }),
    ];
    samples[6].releases =
        releases(&[("0.9", 2), ("1.0", 3), ("1.1", 1), ("1.2", 4), ("1.3", 2), ("1.4", 1)]);
    samples[10].releases = releases(&[("1.2", 2), ("1.3", 1)]);
    samples.extend([bare(), unpackaged(), python(), hostile()]);
    samples.extend(weaknesses());
    samples
}

/// Whatever may be absent is.
fn bare() -> Sample {
    let disclosure = Disclosure {
        id: "F-1".to_owned(),
        cve: Cve::Id("CVE-2031-0001".to_owned()),
        title: "Endless wait".to_owned(),
        severity: Some(Rating::Low),
        package: Some(Package { ecosystem: "crates.io".to_owned(), name: "ferry".to_owned() }),
        lines: vec![affected("1.2", "< 1.2.3", None)],
        ..Disclosure::default()
    };
    let record = Record {
        id: "1".to_owned(),
        product: "Ferry".to_owned(),
        url: Some("https://ferry.example.org/1".to_owned()),
        steps: vec![happened(Step::Public, date(2031, 3, 4), 15)],
        advisories: vec![disclosure],
        ..Record::default()
    };
    Sample { releases: releases(&[("1.2", 2)]), ..sample("bare", record) }
}

/// A program that no registry has.
fn unpackaged() -> Sample {
    let mut sample = with("unpackaged", |record| record.advisories[0].package = None);
    sample.formats.retain(|format| *format != Format::RustSec);
    sample
}

/// Versions that are no semantic ones.
fn python() -> Sample {
    let mut sample = with("python", |record| {
        let disclosure = &mut record.advisories[0];
        let package = Package { ecosystem: "PyPI".to_owned(), name: "Ferry.Boat".to_owned() };
        disclosure.package = Some(package);
        disclosure.lines = vec![
            affected("2030", "< 2030.4", Some("2030.4")),
            affected("2031", ">= 2031.1, <= 2031.2.post1", Some("2031.3")),
        ];
    });
    let released = [
        ("2030", "2030.3"),
        ("2030", "2030.4"),
        ("2031", "2031.1rc1"),
        ("2031", "2031.1"),
        ("2031", "2031.2.post1"),
        ("2031", "2031.3"),
    ];
    sample.releases = released
        .iter()
        .map(|(line, version)| ReleasedVersion {
            line: LineId((*line).to_owned()),
            version: (*version).to_owned(),
            tag: format!("ferry-{version}"),
        })
        .collect();
    sample.formats.retain(|format| *format != Format::RustSec);
    sample
}

/// Whatever somebody may write into a text.
pub(crate) const HOSTILE: &str = "</script><b>\"'`\n::error::x\r\n\u{1b}[31m\u{202e}```\n# [x](javascript:1) |@all #1 ${{ x }} \u{0}é😀\\";

fn hostile() -> Sample {
    let text = || Some(HOSTILE.to_owned());
    let mut sample = with("hostile", |record| {
        record.product = HOSTILE.to_owned();
        record.contact = text();
        record.embargo.terms = text();
        let disclosure = &mut record.advisories[0];
        disclosure.id = HOSTILE.to_owned();
        disclosure.ghsa = text();
        disclosure.aliases = vec![HOSTILE.to_owned(), String::new(), " ".to_owned()];
        disclosure.title = HOSTILE.repeat(20);
        disclosure.summary = HOSTILE.repeat(100);
        disclosure.description = HOSTILE.repeat(2000);
        disclosure.cwe = vec![HOSTILE.to_owned(), "CWE-0".to_owned(), "CWE-99999".to_owned()];
        disclosure.capec = vec![HOSTILE.to_owned(), "CAPEC-0".to_owned()];
        disclosure.impact = text();
        disclosure.attack = text();
        disclosure.conditions = text();
        disclosure.check = text();
        disclosure.mitigation = text();
        disclosure.action = text();
        disclosure.side_effects = text();
        disclosure.detection = text();
        disclosure.discovery = text();
        disclosure.credits[0].name = HOSTILE.to_owned();
        disclosure.credits[0].affiliation = text();
        disclosure.credits[0].role = HOSTILE.to_owned();
        disclosure.credits[0].contact =
            vec![HOSTILE.to_owned(), "https://github.com/a/../b".to_owned()];
        disclosure.references[0].kind = HOSTILE.to_owned();
        disclosure.lines[0].note = text();
        disclosure.lines[0].no_fix = text();
        disclosure.lines[1] = row(HOSTILE, LineStatus::NotAffected);
        disclosure.lines[1].justification = text();
        disclosure.lines[1].note = text();
        disclosure.lines.push(row("1.3", LineStatus::NotEvaluated));
        disclosure.lines[2].note = text();
        record.deliveries[0].url = text();
        record.deliveries[0].channel = HOSTILE.to_owned();
    });
    for release in &mut sample.releases {
        release.tag = format!("{HOSTILE}{}", release.version);
    }
    sample
}

/// Every weakness that has a name.
fn weaknesses() -> Vec<Sample> {
    let mut sample = with("weaknesses", |record| {
        record.advisories = (1..1500)
            .map(|number| Disclosure {
                id: format!("FERRY-{number}"),
                cve: Cve::Requested,
                cwe: vec![format!("CWE-{number}")],
                lines: vec![affected("1.2", ">= 1.2.0", None)],
                ..disclosure()
            })
            .collect();
    });
    sample.releases = releases(&[("1.2", 0)]);
    sample.formats = vec![Format::Csaf];
    vec![sample]
}
