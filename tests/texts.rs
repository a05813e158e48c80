//! The texts of a disclosure: what each says, read by people in `fixtures/disclose/texts`, and what
//! none may say.
#![expect(
    clippy::disallowed_methods,
    clippy::unnecessary_wraps,
    reason = "tests read and write their fixtures, and build optional texts by a short name"
)]

use std::{collections::BTreeMap, fs, path::Path};

use jiff::{
    civil::{Date, Time},
    tz::TimeZone,
};
use patchline::{
    disclose::{
        Policy, Record, Stage,
        privacy::Secrecy,
        record::{
            Credit, Cve, Delivery, Disclosure, Embargo, LineRow, LineStatus, Moment, Package,
            Recipients, Reference, Revision, Slot, Step,
        },
        text::{self, Around, Own, Preset, Syntax},
    },
    model::{LineId, LineKind, Rating, ReleaseLine, SeverityClaim, Standing},
    severity,
};
use proptest::prelude::*;

fn moment(text: &str) -> Moment {
    let (day, time) = text.split_once(' ').map_or((text, None), |(day, time)| (day, Some(time)));
    let time = time.map(|time| time.parse::<Time>().expect("a time"));
    Moment { day: day.parse().expect("a day"), time }
}

fn slot(expected: &str, actual: &str) -> Slot {
    let read = |text: &str| (!text.is_empty()).then(|| moment(text));
    Slot { expected: read(expected), actual: read(actual) }
}

fn row(line: &str, status: LineStatus) -> LineRow {
    LineRow::new(LineId(line.to_owned()), status)
}

fn affected(line: &str, versions: &str, fixed_in: &str, fix: &str) -> LineRow {
    LineRow {
        affected: Some(versions.to_owned()),
        fixed_in: Some(fixed_in.to_owned()),
        fix: vec![fix.to_owned()],
        reviews: vec![format!("https://patches.example.org/secret/{line}.patch")],
        ..row(line, LineStatus::Affected)
    }
}

fn credit(name: &str, affiliation: &str, role: &str, consent: bool) -> Credit {
    Credit {
        name: name.to_owned(),
        affiliation: Some(affiliation.to_owned()).filter(|text| !text.is_empty()),
        role: role.to_owned(),
        consent,
        contact: Vec::new(),
    }
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// A release of everything: two vulnerabilities, five lines, each in another state.
#[expect(clippy::too_many_lines, reason = "it is one record, with everything that one can hold")]
fn full() -> Record {
    let traversal = Disclosure {
        id: "TEA-2031-01".to_owned(),
        cve: Cve::Id("CVE-2031-0117".to_owned()),
        ghsa: some("GHSA-23cq-h8rw-5xpv"),
        title: "Upload names can leave the upload folder".to_owned(),
        summary: "A name of an uploaded file that holds `..` is not checked before the file is \
                  written, so that somebody who may upload can write anywhere the server can."
            .to_owned(),
        description: "Uploads are written below the folder that `uploads.root` names. The name that \
                      the client gives is joined to it as it is.\n\nNames are now resolved first, and \
                      an upload that would leave the folder is answered with 400."
            .to_owned(),
        component: some("upload service"),
        likely_affected: some("You are likely affected if clients can upload files."),
        severity: Some(Rating::High),
        cvss: [
            "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:N/I:H/A:H",
            "CVSS:4.0/AV:N/AC:L/AT:N/PR:L/UI:N/VC:N/VI:H/VA:H/SC:N/SI:N/SA:N",
        ]
        .iter()
        .filter_map(|vector| severity::of_vector("record", vector))
        .collect(),
        cwe: vec!["CWE-22".to_owned()],
        capec: vec!["CAPEC-126".to_owned()],
        impact: some("Files of the server can be replaced, and code of the attacker can run."),
        attack: some("Remote, by an account that may upload."),
        conditions: some("`uploads.enabled` is `true`, which it is by default since 1.3."),
        check: some("teapotctl config get uploads.enabled"),
        mitigation: some("Set `uploads.enabled = false` and restart the server."),
        action: some("Restart every server: a running one keeps the old code."),
        side_effects: some("Uploads whose names hold `..` are refused with status 400."),
        detection: some(
            "Look for `..` in the names of uploads:\n\n```\ngrep -F '..' /var/log/teapot/upload.log\n```",
        ),
        discovery: some("external"),
        package: Some(Package { ecosystem: "crates.io".to_owned(), name: "teapot".to_owned() }),
        introduced: vec!["3f0a5b1c9d2e4f60718293a4b5c6d7e8f9012345".to_owned()],
        fix: vec!["9c8b7a6958473625140392817263544536271809".to_owned()],
        credits: vec![
            credit("Ada Example", "Example Labs", "finder", true),
            credit("Silent Sam", "Quiet Ltd", "reporter", false),
            credit("Bob Sample", "", "remediation-developer", true),
        ],
        references: vec![Reference {
            kind: "advisory".to_owned(),
            url: "https://teapot.example.org/security/TEA-2031-01".to_owned(),
        }],
        lines: vec![
            LineRow { note: some("Uploads are off by default here."), ..affected(
                "1.5", ">= 1.5.0, < 1.5.2", "1.5.2", "aaaa567890123456789012345678901234567890",
            ) },
            affected("1.4", ">= 1.4.0, < 1.4.7", "1.4.7", "bbbb567890123456789012345678901234567890"),
            LineRow {
                affected: some(">= 1.3.0"),
                no_fix: some("the upload service was rewritten in 1.4, and the fix does not fit"),
                ..row("1.3", LineStatus::Affected)
            },
            LineRow {
                justification: some("component_not_present"),
                ..row("1.2", LineStatus::NotAffected)
            },
            row("1.1", LineStatus::Ended),
            LineRow { fix: vec!["cccc".repeat(10)], ..row("2.0", LineStatus::Affected) },
        ],
        ..Disclosure::default()
    };
    let crash = Disclosure {
        id: "TEA-2031-02".to_owned(),
        cve: Cve::Requested,
        title: "A long header ends the server".to_owned(),
        summary: "A request whose header has more than 64 KiB ends the process.".to_owned(),
        component: some("HTTP parser"),
        severity: Some(Rating::Medium),
        cwe: vec!["CWE-617".to_owned()],
        conditions: some("The server is reached without a proxy that limits headers."),
        mitigation: some("Limit headers to 32 KiB in a proxy."),
        credits: vec![credit("Ada Example", "Example Labs", "finder", true)],
        lines: vec![
            affected(
                "1.5",
                ">= 1.5.1, < 1.5.2",
                "1.5.2",
                "dddd567890123456789012345678901234567890",
            ),
            row("1.4", LineStatus::NotAffected),
        ],
        ..Disclosure::default()
    };
    Record {
        id: "2031-03".to_owned(),
        product: "Teapot".to_owned(),
        repository: some("https://git.example.org/teapot"),
        url: some("https://teapot.example.org/security/2031-03"),
        contact: some("security@teapot.example.org"),
        coordinator: some("Carol Coordinator"),
        release_managers: vec!["Rita Release".to_owned()],
        embargo: Embargo {
            may_deploy: Some(false),
            may_share: some("those who build packages with you, under the same terms"),
            terms: some("Packages may be built and tested in private."),
        },
        steps: vec![
            (Step::Reported, slot("", "2031-02-01")),
            (Step::Acknowledged, slot("2031-02-03", "2031-02-02")),
            (Step::Confirmed, slot("2031-02-05", "2031-02-06")),
            (Step::FixReady, slot("2031-02-18", "2031-02-20")),
            (Step::Prenotified, slot("2031-02-25", "2031-02-25")),
            (Step::PreAnnounced, slot("2031-02-25 15:00", "2031-02-25 15:10")),
            (Step::Public, slot("2031-03-04 15:00", "2031-03-04 16:30")),
            (Step::Closed, slot("2031-03-07", "")),
        ],
        recipients: vec![
            Recipients {
                stage: "prenotification".to_owned(),
                to: vec!["distributors@teapot.example.org".to_owned()],
                cc: vec!["security@teapot.example.org".to_owned()],
            },
            Recipients {
                stage: "oss-security".to_owned(),
                to: vec!["oss-security@lists.openwall.com".to_owned()],
                cc: Vec::new(),
            },
        ],
        advisories: vec![traversal, crash],
        deliveries: vec![
            Delivery {
                channel: "crates.io".to_owned(),
                line: None,
                promised: Ok(slot("2031-03-04 15:00", "2031-03-04 16:30")),
                url: some("https://crates.io/crates/teapot"),
            },
            Delivery {
                channel: "container".to_owned(),
                line: Some(LineId("1.5".to_owned())),
                promised: Ok(slot("2031-03-05", "")),
                url: None,
            },
            Delivery {
                channel: "apt".to_owned(),
                line: None,
                promised: Err("Debian builds its own packages".to_owned()),
                url: None,
            },
        ],
        revisions: vec![Revision {
            at: moment("2031-03-05"),
            summary: "The versions of 1.3 were corrected.".to_owned(),
        }],
        ..Record::default()
    }
}

fn line(id: &str, standing: Standing) -> ReleaseLine {
    let mut line = ReleaseLine::new(LineId(id.to_owned()), LineKind::Release, Vec::new());
    line.standing = standing;
    line
}

fn lines() -> Vec<ReleaseLine> {
    vec![
        line("2.0", Standing::Upcoming),
        line("1.5", Standing::Supported),
        line("1.4", Standing::Supported),
        line("1.3", Standing::Supported),
        line("1.2", Standing::Supported),
        line("1.1", Standing::Eol),
        line("1.0", Standing::Eol),
        line("0.9", Standing::Eol),
        line("0.8", Standing::Eol),
    ]
}

fn policy() -> Policy {
    Policy { contact: vec!["https://teapot.example.org/report".to_owned()], ..Policy::default() }
}

fn around<'a>(preset: Preset, lines: &'a [ReleaseLine], policy: &'a Policy) -> Around<'a> {
    let day = |day: &str| day.parse::<Date>().expect("a day");
    Around {
        policy,
        preset,
        lines,
        released: BTreeMap::from([
            ("1.5.2".to_owned(), day("2031-03-04")),
            ("1.4.7".to_owned(), day("2031-03-04")),
        ]),
        committed: BTreeMap::from([
            ("aaaa567890123456789012345678901234567890".to_owned(), day("2031-02-19")),
            ("bbbb567890123456789012345678901234567890".to_owned(), day("2031-02-20")),
        ]),
        zone: Some(("Example/Time".to_owned(), TimeZone::fixed(jiff::tz::offset(1)))),
        secrecy: Secrecy::Public,
    }
}

fn rendered(stage: Stage, record: &Record, preset: Preset, own: &[Own]) -> String {
    rendered_as(stage, record, preset, own).0
}

fn rendered_as(stage: Stage, record: &Record, preset: Preset, own: &[Own]) -> (String, Syntax) {
    let (lines, policy) = (lines(), Policy { ended: preset.ended(), ..policy() });
    let rendered = text::render(stage, record, &around(preset, &lines, &policy), own);
    assert_eq!(rendered.complaints, Vec::<String>::new());
    (rendered.text.expect("a text"), rendered.syntax)
}

#[test]
fn the_texts_are_those_that_people_read() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/disclose/texts");
    let update = std::env::var_os("UPDATE_GOLDENS").is_some();
    let mut seen = 0;
    for preset in Preset::ALL {
        for stage in Stage::ALL {
            let (text, syntax) = rendered_as(stage, &full(), preset, &[]);
            let end = if syntax == Syntax::Plain { "txt" } else { "md" };
            let is_ours = preset == Preset::Patchline;
            if !is_ours && text == rendered(stage, &full(), Preset::Patchline, &[]) {
                continue;
            }
            let path = folder.join(preset.as_str()).join(format!("{}.{end}", stage.as_str()));
            if update {
                fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
                fs::write(&path, &text).expect("written");
            }
            let known = fs::read_to_string(&path).unwrap_or_default();
            assert_eq!(text, known, "{}", path.display());
            seen += 1;
        }
    }
    assert!(seen >= Stage::ALL.len(), "{seen}");
}

/// Every supported line of these, and the ended ones, by names that stand in no other word.
const SUPPORTED: [&str; 4] = ["spring", "summer", "autumn", "winter"];
const ENDED: [&str; 3] = ["yesteryear", "antiquity", "bronze"];

fn seasons() -> Vec<ReleaseLine> {
    let mut lines = vec![line("tomorrow", Standing::Upcoming)];
    lines.extend(SUPPORTED.map(|id| line(id, Standing::Supported)));
    lines.extend(ENDED.map(|id| line(id, Standing::Eol)));
    lines
}

/// A record of strange words about the lines of [`seasons`]: some have rows of every kind, some have
/// none.
fn seasonal(seed: u64) -> Record {
    let mut salt = Salted { state: seed, count: 0 };
    let mut record = salt.record();
    for advisory in &mut record.advisories {
        advisory.lines.clear();
        for id in SUPPORTED.into_iter().chain(["tomorrow"]) {
            if salt.chance(5) > 0 {
                advisory.lines.push(salt.line_row(id));
            }
        }
        for id in ENDED {
            match salt.chance(3) {
                0 => advisory.lines.push(salt.line_row(id)),
                1 => advisory.lines.push(row(id, LineStatus::Ended)),
                _ => {}
            }
        }
    }
    record
}

/// A score that no text says by chance.
const CANARY_SCORE: f64 = 7654.3;

/// A record with a word in every field that nobody else has, so that a leak is seen.
struct Salted {
    state: u64,
    count: u32,
}

impl Salted {
    /// A different number each time, from the seed alone.
    fn chance(&mut self, below: u64) -> u64 {
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.state >> 33) % below
    }

    fn word(&mut self) -> String {
        self.count += 1;
        // Some look like what people write, some like what acts.
        match self.chance(4) {
            0 => format!("CANARY{}", self.count),
            1 => format!("https://canary.example/CANARY{}", self.count),
            2 => format!("a\n# CANARY{} **b** {{{{ product }}}}", self.count),
            _ => format!("CANARY{}\r\nBcc: CANARY@example.org", self.count),
        }
    }

    fn maybe(&mut self) -> Option<String> {
        (self.chance(4) > 0).then(|| self.word())
    }

    fn words(&mut self) -> Vec<String> {
        (0..self.chance(3)).map(|_| self.word()).collect()
    }

    /// A moment of the year 2099, in which nothing public is planned.
    fn slot(&mut self) -> Slot {
        let hidden = moment("2099-09-09 09:09");
        Slot {
            expected: (self.chance(3) > 0).then_some(hidden),
            actual: (self.chance(3) > 0).then_some(hidden),
        }
    }

    fn line_row(&mut self, line: &str) -> LineRow {
        let status = match self.chance(4) {
            0 => LineStatus::NotAffected,
            1 => LineStatus::NotEvaluated,
            _ => LineStatus::Affected,
        };
        LineRow {
            line: LineId(line.to_owned()),
            status,
            affected: self.maybe(),
            introduced_in: self.maybe(),
            introduced: self.words(),
            fix: self.words(),
            fixed_in: self.maybe(),
            no_fix: if self.chance(4) == 0 { self.maybe() } else { None },
            justification: self.maybe(),
            is_courtesy: self.chance(4) == 0,
            note: self.maybe(),
            reviews: self.words(),
        }
    }

    fn disclosure(&mut self) -> Disclosure {
        let mut lines = vec![self.line_row("1.5"), self.line_row("1.4")];
        // A line that has nothing is named nowhere before the day.
        let hidden = format!("CANARYLINE{}", self.count);
        lines.push(LineRow { status: LineStatus::NotAffected, ..self.line_row(&hidden) });
        lines.push(LineRow { status: LineStatus::NotEvaluated, ..self.line_row(&hidden) });
        lines.push(LineRow { status: LineStatus::Ended, ..self.line_row("1.1") });
        Disclosure {
            id: self.word(),
            cve: match self.chance(3) {
                0 => Cve::Unstated,
                1 => Cve::Requested,
                _ => Cve::Id(self.word()),
            },
            ghsa: self.maybe(),
            aliases: self.words(),
            title: self.word(),
            summary: self.word(),
            description: self.word(),
            component: self.maybe(),
            likely_affected: self.maybe(),
            severity: match self.chance(3) {
                0 => None,
                1 => Some(Rating::Low),
                _ => Some(Rating::Critical),
            },
            // Scores that stand in no day and no hour, and more of the vector than a reader may drop.
            cvss: severity::of_vector("CANARY", "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:N/I:H/A:H")
                .into_iter()
                .map(|claim| SeverityClaim {
                    score: Some(CANARY_SCORE),
                    vector: claim.vector.map(|vector| format!("{vector}/{}", self.word())),
                    ..claim
                })
                .collect(),
            cwe: self.words(),
            capec: self.words(),
            impact: self.maybe(),
            attack: self.maybe(),
            conditions: self.maybe(),
            check: self.maybe(),
            mitigation: self.maybe(),
            action: self.maybe(),
            side_effects: self.maybe(),
            detection: self.maybe(),
            discovery: self.maybe(),
            package: Some(Package { ecosystem: self.word(), name: self.word() }),
            introduced: self.words(),
            fix: self.words(),
            credits: (0..3)
                .map(|_| {
                    let consent = self.chance(2) == 0;
                    let silent = |word: String| {
                        if consent { word } else { word.replace("CANARY", "SILENT") }
                    };
                    Credit {
                        name: silent(self.word()),
                        affiliation: self.maybe().map(silent),
                        role: silent(self.word()),
                        consent,
                        contact: vec![self.word().replace("CANARY", "SILENT")],
                    }
                })
                .collect(),
            references: vec![Reference { kind: self.word(), url: self.word() }],
            lines,
        }
    }

    fn record(&mut self) -> Record {
        let steps = Step::ALL.into_iter().map(|step| {
            let mut slot = self.slot();
            if step == Step::Public {
                slot.expected = Some(moment("2031-03-04 15:00"));
            }
            (step, slot)
        });
        Record {
            steps: steps.collect(),
            id: self.word(),
            product: "Teapot".to_owned(),
            repository: self.maybe(),
            url: self.maybe(),
            contact: self.maybe(),
            coordinator: self.maybe(),
            release_managers: self.words(),
            embargo: Embargo {
                may_deploy: Some(true),
                may_share: self.maybe(),
                terms: self.maybe(),
            },
            recipients: Stage::ALL
                .into_iter()
                .map(|stage| Recipients {
                    stage: stage.as_str().to_owned(),
                    to: self.words(),
                    cc: self.words(),
                })
                .collect(),
            advisories: (0..=self.chance(2)).map(|_| self.disclosure()).collect(),
            deliveries: vec![
                Delivery {
                    channel: self.word(),
                    line: Some(LineId("1.5".to_owned())),
                    promised: Ok(self.slot()),
                    url: self.maybe(),
                },
                Delivery {
                    channel: self.word(),
                    line: None,
                    promised: Err(self.word()),
                    url: None,
                },
            ],
            revisions: vec![Revision { at: moment("2099-09-09"), summary: self.word() }],
            ..Record::default()
        }
    }
}

fn salted(seed: u64) -> Record {
    Salted { state: seed, count: 0 }.record()
}

/// Templates that ask for what they should not get.
const HOSTILE: [&str; 21] = [
    "{{ debug(others) }}{{ others | string }}{{ others[0].status }}",
    "{{ record }}",
    "{{ self }}",
    "{{ debug() }}",
    "{{ debug(product, lines, ended) }}",
    "{{ __context__ }}{{ __record__ }}",
    "{{ product.__class__.__mro__ }}",
    "{% for key in lines %}{{ key }}{{ key | items }}{% endfor %}{{ lines | string }}",
    "{% for line in lines %}{% for key, value in line | items %}{{ key }}={{ value }}{% endfor %}{% endfor %}",
    "{% include \"escalation.md\" %}",
    "{% include \"prenotification.txt\" %}",
    "{% include \"patchline/announcement.md\" %}",
    "{% import \"blocks.md\" as b %}{{ b }}{{ b.scope(lines, true) }}",
    "{% extends \"announcement.md\" %}",
    "{% include \"pre-announcement.md\" ignore missing %}{{ advisories }}",
    "{{ advisories[0].title }}",
    "{{ lines[0].fixed_in }}{{ lines[0].versions }}",
    "{{ recipients }}{{ steps }}{{ credits }}{{ deliveries }}",
    "{{ namespace(record=record) }}",
    "{% set x = self %}{{ x | string }}{{ x.record }}",
    "{{ [product, lines, ended, components, likely_affected, contact] | string }}",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn a_pre_announcement_holds_nothing_that_is_hidden(seed: u64) {
        let record = salted(seed);
        let (lines, policy) = (lines(), policy());
        for preset in Preset::ALL {
            let text = rendered(Stage::PreAnnouncement, &record, preset, &[]);
            prop_assert!(!text.contains("CANARY") && !text.contains("SILENT"), "{text}");
            prop_assert!(!text.contains("2099") && !text.contains("canary"), "{text}");
            prop_assert!(!text.contains("7654") && !text.contains("CVSS"), "{text}");
            prop_assert!(text.contains("2031-03-04") && text.contains("Teapot"), "{text}");
        }
        for source in HOSTILE {
            let own = Own {
                name: "pre-announcement.md".to_owned(),
                path: "texts/pre-announcement.md".to_owned(),
                source: source.to_owned(),
            };
            let around = around(Preset::Patchline, &lines, &policy);
            let rendered = text::render(Stage::PreAnnouncement, &record, &around, &[own]);
            let all = format!("{:?} {:?}", rendered.text, rendered.complaints);
            prop_assert!(!all.contains("CANARY") && !all.contains("SILENT"), "{source}: {all}");
            prop_assert!(!all.contains("2099") && !all.contains("canary"), "{source}: {all}");
            prop_assert!(!all.contains("7654") && !all.contains("CVSS:"), "{source}: {all}");
        }
        // The others tell a lot of it, so that the search is one.
        let told = rendered(Stage::Escalation, &record, Preset::Patchline, &[]);
        prop_assert!(told.contains("CANARY") && told.contains("7654.3"), "{told}");
        let vector = "CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:U/C:N/I:H/A:H/";
        prop_assert!(told.contains(vector), "{told}");
    }

    #[test]
    fn every_text_names_every_supported_line_and_those_that_have_ended(seed: u64) {
        let record = seasonal(seed);
        let (lines, policy) = (seasons(), policy());
        for preset in Preset::ALL {
            for stage in Stage::ALL {
                let around = around(preset, &lines, &policy);
                let rendered = text::render(stage, &record, &around, &[]);
                let Some(text) = rendered.text else {
                    // No line gets a release, and so no note.
                    prop_assert!(stage == Stage::ReleaseNote, "{:?}", rendered.complaints);
                    continue;
                };
                let notes = if stage == Stage::ReleaseNote { "\n---\n" } else { "\u{0}" };
                for text in text.split(notes) {
                    for name in SUPPORTED.into_iter().chain(ENDED) {
                        prop_assert!(text.contains(name), "{stage:?} of {preset:?}: {name}: {text}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_pre_announcement_tells_of_a_line_only_whether_it_gets_a_release(seed: u64, other: u64) {
        let record = seasonal(seed);
        let (lines, policy) = (seasons(), policy());
        let gets_a_release = |record: &Record, line: &LineId| {
            let rows = || record.advisories.iter().filter_map(|of| of.row(line));
            rows().any(LineRow::gets_release) && line.0 != "tomorrow"
        };
        // Whatever else is true of the lines without a release.
        let mut changed = record.clone();
        let mut salt = Salted { state: other, count: 0 };
        let mut count = 0;
        for id in SUPPORTED.into_iter().chain(ENDED).chain(["tomorrow"]) {
            let id = LineId(id.to_owned());
            if gets_a_release(&record, &id) {
                continue;
            }
            count += 1;
            for advisory in &mut changed.advisories {
                advisory.lines.retain(|row| row.line != id);
                let drawn = salt.line_row(&id.0);
                match salt.chance(4) {
                    0 => {}
                    1 => advisory.lines.push(row(&id.0, LineStatus::Ended)),
                    2 => advisory.lines.push(LineRow { is_courtesy: true, ..drawn }),
                    _ => advisory.lines.push(LineRow { no_fix: some("no"), ..drawn }),
                }
            }
        }
        prop_assert!(count > 0);
        for preset in Preset::ALL {
            let around = around(preset, &lines, &policy);
            let of = |record: &Record| text::render(Stage::PreAnnouncement, record, &around, &[]).text;
            prop_assert_eq!(of(&record), of(&changed));
        }
    }

    #[test]
    fn what_may_be_said_early_is_said_alone(seed: u64) {
        let mut record = salted(seed);
        record.pre_announce.component = true;
        record.pre_announce.likely_affected = true;
        for advisory in &mut record.advisories {
            advisory.component = some("OPENCOMPONENT");
            advisory.likely_affected = some("OPENTEST");
        }
        for preset in Preset::ALL {
            let text = rendered(Stage::PreAnnouncement, &record, preset, &[]);
            prop_assert!(text.contains("OPENCOMPONENT") && text.contains("OPENTEST"), "{text}");
            prop_assert!(!text.contains("CANARY") && !text.contains("SILENT"), "{text}");
        }
    }

    #[test]
    fn who_did_not_agree_is_named_nowhere(seed: u64) {
        let record = salted(seed);
        let (lines, policy) = (lines(), policy());
        for preset in Preset::ALL {
            for stage in Stage::ALL {
                let around = around(preset, &lines, &policy);
                let rendered = text::render(stage, &record, &around, &[]);
                let all = format!("{:?} {:?}", rendered.text, rendered.complaints);
                prop_assert!(!all.contains("SILENT"), "{all}");
            }
        }
        // Had they agreed, they would be.
        let mut agreed = record;
        let credits = agreed.advisories.iter_mut().flat_map(|of| &mut of.credits);
        let silent = credits.filter(|credit| !credit.consent).map(|credit| credit.consent = true);
        if silent.count() > 0 {
            let text = rendered(Stage::Announcement, &agreed, Preset::Patchline, &[]);
            prop_assert!(text.contains("SILENT"), "{text}");
        }
    }

    #[test]
    fn nothing_in_a_record_writes_the_head_of_a_mail(seed: u64) {
        let record = salted(seed);
        let (lines, policy) = (lines(), policy());
        let mails = [Stage::Escalation, Stage::Prenotification, Stage::OssSecurity];
        for (stage, secrecy) in mails.into_iter().flat_map(|stage| {
            [Secrecy::Embargoed, Secrecy::Public].map(|secrecy| (stage, secrecy))
        }) {
            let around = Around { secrecy, ..around(Preset::Patchline, &lines, &policy) };
            let text = text::render(stage, &record, &around, &[]).text.expect("a text");
            let (head, _) = text.split_once("\n\n").expect("a head and a body");
            for row in head.lines() {
                let is_known = ["Subject: ", "To: ", "Cc: ", " "].iter().any(|start| row.starts_with(start));
                prop_assert!(is_known, "{row}");
            }
            prop_assert!(!text.contains('\r'));
            let is_marked = text.starts_with("Subject: [EMBARGOED] ");
            let is_secret = text::is_embargoed(stage) || secrecy == Secrecy::Embargoed;
            prop_assert_eq!(is_marked, is_secret, "{}", head);
        }
    }
}

fn own(name: &str, source: &str) -> Own {
    Own { name: name.to_owned(), path: format!("texts/{name}"), source: source.to_owned() }
}

fn complaint(stage: Stage, own: &[Own]) -> String {
    let (lines, policy) = (lines(), policy());
    let rendered = text::render(stage, &full(), &around(Preset::Patchline, &lines, &policy), own);
    assert_eq!(rendered.text, None);
    rendered.complaints.join("\n")
}

#[test]
fn a_template_that_is_wrong_is_named_with_its_row_and_what_it_may_say() {
    let announcement =
        |source: &str| complaint(Stage::Announcement, &[own("announcement.md", source)]);
    let found = announcement("a\n\nb {{ prodct }}\n");
    assert!(found.starts_with("texts/announcement.md:3: there is no name `prodct`"), "{found}");
    assert!(found.contains("`product`") && found.contains("`advisories`"), "{found}");
    let found = announcement("{% for a in advisories %}\n{{ a.titel }}{% endfor %}");
    assert!(found.starts_with("texts/announcement.md:2: there is no name `a.titel`"), "{found}");
    let found = announcement("x\n{% for a in %}");
    assert!(found.starts_with("texts/announcement.md:2: syntax error"), "{found}");
    let found = announcement("{{ product | shout }}");
    assert!(found.contains("shout"), "{found}");
    let found = announcement("{% include 'missing.md' %}");
    assert!(found.contains("missing.md"), "{found}");
    let found = complaint(
        Stage::Announcement,
        &[own("announcement.md", "{% include 'piece.md' %}"), own("piece.md", "\n{{ nothing }}")],
    );
    assert!(found.starts_with("texts/piece.md:2: there is no name `nothing`"), "{found}");
}

#[test]
fn a_template_without_end_is_stopped() {
    for source in [
        "{% for a in range(10000) %}{% for b in range(10000) %}x{% endfor %}{% endfor %}",
        "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
        "{% include 'announcement.md' %}",
        "{{ 'x' * 1000000000000 }}",
    ] {
        let found = complaint(Stage::Announcement, &[own("announcement.md", source)]);
        assert!(found.starts_with("texts/announcement.md:1: "), "{found}");
    }
}

#[test]
fn a_template_of_the_project_takes_the_place_of_ours() {
    let text = rendered(
        Stage::Announcement,
        &full(),
        Preset::Node,
        &[own(
            "announcement.md",
            "Hello from {{ product }}\n{% for a in advisories %}\n- {{ a.name }}: {{ a.title }}\n{% endfor %}",
        )],
    );
    assert_eq!(
        text,
        "Hello from Teapot\n- CVE-2031-0117: Upload names can leave the upload folder\n- TEA-2031-02: A \
         long header ends the server\n"
    );
    // A text under embargo says so, whatever its template does.
    let text = rendered(
        Stage::Prenotification,
        &full(),
        Preset::Patchline,
        &[own("prenotification.txt", "Subject: soon\n\nHello\n")],
    );
    assert!(
        text.starts_with("Subject: [EMBARGOED] soon\nTo: distributors@teapot.example.org\n"),
        "{text}"
    );
    // Theirs may go on from ours.
    let text = rendered(
        Stage::PreAnnouncement,
        &full(),
        Preset::Envoy,
        &[own("pre-announcement.md", "{% include 'envoy/pre-announcement.md' %}\n\nYours")],
    );
    assert!(
        text.contains("Upcoming security release of Teapot") && text.ends_with("Yours\n"),
        "{text}"
    );
}

#[test]
fn every_block_of_a_good_advisory_is_in_the_texts_that_tell_all() {
    let said = [
        "CVE-2031-0117",
        "GHSA-23cq-h8rw-5xpv",
        "TEA-2031-01",
        "Upload names can leave",
        "high",
        "7.2",
        "8.1",
        "CVSS:4.0/",
        "CVSS:3.1/",
        "CWE-22",
        "CAPEC-126",
        "upload service",
        ">= 1.4.0, < 1.4.7",
        "1.5.2",
        "1.4.7",
        "rewritten in 1.4",
        "bbbb567890",
        "2031-03-04",
        "not evaluated",
        "1.1",
        "1.0",
        "uploads.enabled",
        "teapotctl config get",
        "uploads.enabled = false",
        "Restart every server",
        "status 400",
        "grep -F",
        "teapot.example.org/report",
        "Ada Example",
        "Example Labs",
        "Bob Sample",
        "crates.io",
        "CVE id: requested",
        "no fix is planned",
        "2.0 has only pre-releases: it is patched on its branch, and no release",
        "not affected, because it does not have the component",
        "2031-03-04 16:30 UTC (2031-03-04 17:30 Example/Time)",
        "apt: not promised",
        // Reported, confirmed, fix ready, distributors told.
        "2031-02-01",
        "2031-02-06",
        "2031-02-20",
        "2031-02-25",
    ];
    for preset in Preset::ALL {
        for stage in [Stage::Prenotification, Stage::Announcement, Stage::OssSecurity] {
            let text = rendered(stage, &full(), preset, &[]);
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ").replace("**", "");
            let public =
                ["teapot.example.org/security/2031-03", "The versions of 1.3 were corrected"];
            let public = public.iter().filter(|_| stage != Stage::Prenotification);
            for said in said.iter().chain(public).copied() {
                let is_elsewhere = preset == Preset::Node && said == "not evaluated";
                assert!(
                    text.contains(said) || is_elsewhere,
                    "{stage:?} of {preset:?} lacks {said}: {text}"
                );
            }
        }
        let early = rendered(Stage::Prenotification, &full(), preset, &[]);
        for said in [
            "under embargo until",
            "not allowed",
            "build packages with you",
            "1.5.patch",
            "apt: not promised",
        ] {
            assert!(early.contains(said), "{said}: {early}");
        }
        let public = rendered(Stage::Announcement, &full(), preset, &[]);
        assert!(!public.contains("secret") && !public.contains("Carol"), "{public}");
    }
}

#[test]
fn each_process_has_its_subjects() {
    let mut record = full();
    record.recipients = Stage::ALL
        .into_iter()
        .map(|stage| Recipients {
            stage: stage.as_str().to_owned(),
            to: vec!["list@example.org".to_owned()],
            cc: Vec::new(),
        })
        .collect();
    let mut one = record.clone();
    one.advisories.truncate(1);
    let subject = |record: &Record, preset, stage| {
        let text = rendered(stage, record, preset, &[]);
        let row = text.lines().next().and_then(|row| row.strip_prefix("Subject: "));
        row.expect("a subject").to_owned()
    };
    for preset in Preset::ALL {
        let of = |stage| subject(&record, preset, stage);
        assert_eq!(
            of(Stage::OssSecurity),
            "[Teapot] CVE-2031-0117, TEA-2031-02: 2 vulnerabilities, up to high"
        );
        assert_eq!(
            subject(&one, preset, Stage::OssSecurity),
            "[Teapot] CVE-2031-0117: Upload names can leave the upload folder"
        );
        assert!(of(Stage::Escalation).starts_with("[EMBARGOED] Teapot: high vulnerability"));
        assert!(of(Stage::Prenotification).starts_with("[EMBARGOED] Teapot security release on"));
    }
    for (preset, many, single) in [
        (
            Preset::Patchline,
            "Teapot security release: 1.5.2, 1.4.7 (CVE-2031-0117, TEA-2031-02)",
            "Teapot security release: 1.5.2, 1.4.7 (CVE-2031-0117)",
        ),
        (
            Preset::Kubernetes,
            "[Security Advisory] CVE-2031-0117, TEA-2031-02: 2 vulnerabilities in Teapot",
            "[Security Advisory] CVE-2031-0117: Upload names can leave the upload folder",
        ),
        (
            Preset::Node,
            "Teapot security releases of 2031-03-04 are available",
            "Teapot security releases of 2031-03-04 are available",
        ),
        (
            Preset::Django,
            "Teapot security releases issued: 1.5.2, 1.4.7",
            "Teapot security releases issued: 1.5.2, 1.4.7",
        ),
        (
            Preset::OpenStack,
            "[CVE-2031-0117, TEA-2031-02] Teapot: 2 vulnerabilities",
            "[CVE-2031-0117] Upload names can leave the upload folder",
        ),
        (
            Preset::Envoy,
            "Security release of Teapot 1.5.2, 1.4.7 is now available",
            "Security release of Teapot 1.5.2, 1.4.7 is now available",
        ),
    ] {
        assert_eq!(subject(&record, preset, Stage::Announcement), many);
        assert_eq!(subject(&one, preset, Stage::Announcement), single);
    }
}

#[test]
fn a_mail_has_rows_that_mail_shows_whole() {
    let (lines, policy) = (lines(), policy());
    for stage in [Stage::Prenotification, Stage::OssSecurity] {
        for secrecy in [Secrecy::Public, Secrecy::Embargoed] {
            let around = Around { secrecy, ..around(Preset::Patchline, &lines, &policy) };
            let text = text::render(stage, &full(), &around, &[]).text.expect("a text");
            for row in text.lines().skip(1) {
                assert!(row.chars().count() <= 72 || row.starts_with("    "), "{row}");
            }
        }
    }
}

#[test]
fn what_is_for_everybody_is_a_marked_draft_until_it_is_public() {
    let until = "EMBARGOED DRAFT until 2031-03-04 16:30 UTC.";
    let (lines, policy) = (lines(), policy());
    let mut marked = 0;
    for preset in Preset::ALL {
        for stage in Stage::ALL {
            // A template of the project's own cannot leave it out.
            let theirs = own(&format!("{}.md", stage.as_str()), "Subject: soon\n\n# Ours\n");
            for own in [&[][..], &[theirs]] {
                let of = |secrecy| {
                    let around = Around { secrecy, ..around(preset, &lines, &policy) };
                    let rendered = text::render(stage, &full(), &around, own);
                    (rendered.text.expect("a text"), rendered.syntax)
                };
                let ((early, syntax), (late, _)) = (of(Secrecy::Embargoed), of(Secrecy::Public));
                assert!(!late.contains("EMBARGOED DRAFT"), "{late}");
                if !text::tells_all(stage) {
                    assert_eq!(early, late);
                    continue;
                }
                marked += 1;
                let first = match syntax {
                    Syntax::Markdown => format!("> **{until}** Do not publish it"),
                    Syntax::Plain => format!("{until} Do not publish it"),
                };
                let notes = if stage == Stage::ReleaseNote { "\n---\n\n" } else { "\u{0}" };
                for text in early.split(notes) {
                    let body = match text.strip_prefix("Subject: ") {
                        Some(mail) => mail.split_once("\n\n").expect("a body").1,
                        None => text,
                    };
                    assert!(body.starts_with(&first), "{text}");
                }
                // It is the only difference.
                let mark = first.split(" Do").next().expect("a mark");
                let unmarked: Vec<&str> = early.split(mark).collect();
                assert_eq!(unmarked.len(), early.matches(notes).count() + 2, "{early}");
                let is_mail = late.starts_with("Subject: ");
                assert_eq!(early.starts_with("Subject: [EMBARGOED] "), is_mail, "{early}");
                assert_eq!(is_mail, stage == Stage::OssSecurity, "{late}");
            }
        }
    }
    assert_eq!(marked, Preset::ALL.len() * 4 * 2);
    // Without a day there is none to name.
    let undated = Record { steps: Vec::new(), ..full() };
    let secret =
        Around { secrecy: Secrecy::Embargoed, ..around(Preset::Patchline, &lines, &policy) };
    let text = text::render(Stage::Announcement, &undated, &secret, &[]).text.expect("a text");
    assert!(text.starts_with("> **EMBARGOED DRAFT until it is public.** Do not"), "{text}");
}

#[test]
fn a_release_note_tells_of_its_own_line_and_where_the_others_go() {
    let text = rendered(Stage::ReleaseNote, &full(), Preset::Patchline, &[]);
    let (first, second) = text.split_once("\n---\n").expect("two notes");
    for (note, own, other) in [
        (first, "1.5.2 fixes 2 vulnerabilities", "- **1.4**: upgrade to **1.4.7**"),
        (second, "1.4.7 fixes 1 vulnerability, rated **high**", "- **1.5**: upgrade to **1.5.2**"),
    ] {
        let (told, elsewhere) = note.split_once("On other lines:\n").expect("two parts");
        let (own_line, other_line) =
            if own.starts_with("1.5") { ("1.5", "1.4") } else { ("1.4", "1.5") };
        assert!(told.contains(own) && !told.contains(other_line), "{told}");
        let is_own = elsewhere.contains(&format!("- **{own_line}**"));
        assert!(elsewhere.contains(other) && !is_own, "{elsewhere}");
        assert!(elsewhere.contains("- **1.3**: CVE-2031-0117 stays open"), "{elsewhere}");
        assert!(elsewhere.contains("- **1.2**: not evaluated for all of it"), "{elsewhere}");
        assert!(elsewhere.contains("Support has ended for 1.1, 1.0 and 0.9"), "{elsewhere}");
    }
    assert!(!second.contains("header"), "{second}");
}

#[test]
fn a_release_note_rates_what_the_release_closes_and_is_of_no_candidate() {
    let mut record = full();
    // The graver one stays open on 1.5, and a candidate has the fix of the other.
    let [traversal, crash] = record.advisories.as_mut_slice() else { panic!("two of them") };
    traversal.lines[0] =
        LineRow { no_fix: some("it breaks uploads"), ..row("1.5", LineStatus::Affected) };
    crash.lines.push(affected("2.0", "= 2.0.0-rc.1", "2.0.0-rc.2", "eeee567890"));
    let text = rendered(Stage::ReleaseNote, &record, Preset::Patchline, &[]);
    assert!(text.contains("Teapot 1.5.2 fixes 1 vulnerability, rated **medium**"), "{text}");
    assert!(!text.contains("2.0.0"), "{text}");
}

/// A record whose vulnerability has this Markdown wherever Markdown may stand.
fn worded(markdown: &str) -> Record {
    let mut record = full();
    record.advisories.truncate(1);
    for of in &mut record.advisories {
        for text in [&mut of.summary, &mut of.description] {
            markdown.clone_into(text);
        }
        for text in [
            &mut of.conditions,
            &mut of.mitigation,
            &mut of.action,
            &mut of.side_effects,
            &mut of.detection,
        ] {
            *text = some(markdown);
        }
    }
    record
}

#[test]
fn what_begins_with_code_or_a_list_stays_inside_its_section() {
    use pulldown_cmark::{Event, Parser, Tag, TagEnd};
    /// The rows of code, how many items say `ferry`, and how many headings there are.
    fn seen(text: &str) -> (Vec<String>, usize, usize) {
        let (mut code, mut items, mut headings) = (Vec::new(), 0, 0);
        let (mut is_code, mut is_item) = (false, false);
        for event in Parser::new(text) {
            match event {
                Event::Start(Tag::CodeBlock(_)) => is_code = true,
                Event::End(TagEnd::CodeBlock) => is_code = false,
                Event::Start(Tag::Item) => is_item = true,
                Event::Start(Tag::Heading { .. }) => headings += 1,
                Event::Text(text) if is_code => code.push(text.trim().to_owned()),
                Event::Text(text) => {
                    items += usize::from(is_item && text.starts_with("ferry"));
                    is_item = false;
                }
                _ => {}
            }
        }
        (code, items, headings)
    }
    let mut count = 0;
    for preset in Preset::ALL {
        for stage in [Stage::Escalation, Stage::Announcement] {
            let of = |markdown: &str| rendered(stage, &worded(markdown), preset, &[]);
            let (words, code, list) =
                (of("ferry stop"), of("```sh\nferry stop\n```"), of("- ferry stop\n- boat stop"));
            let (_, _, headings) = seen(&words);
            let (blocks, _, with_code) = seen(&code);
            assert_eq!(with_code, headings, "{stage:?} of {preset:?}: {code}");
            let is_known = |code: &String| code == "ferry stop" || code.starts_with("teapotctl");
            assert!(blocks.iter().all(is_known), "{stage:?} of {preset:?}: {blocks:?}");
            let told = words.matches("ferry stop").count();
            assert!(told > 1, "{words}");
            let said = blocks.iter().filter(|code| *code == "ferry stop").count();
            assert_eq!(said, told, "{stage:?} of {preset:?}: {code}");
            let (_, items, with_list) = seen(&list);
            assert_eq!((items, with_list), (told, headings), "{stage:?} of {preset:?}: {list}");
            count += 1;
        }
    }
    assert_eq!(count, Preset::ALL.len() * 2);
}

#[test]
fn no_text_promises_a_channel_of_a_line_that_gets_no_release() {
    let mut record = full();
    let unneeded = ["1.3", "1.2"].map(|line| Delivery {
        channel: "snap".to_owned(),
        line: Some(LineId(line.to_owned())),
        promised: Ok(slot("2031-03-05", "")),
        url: None,
    });
    record.deliveries.extend(unneeded);
    for preset in Preset::ALL {
        for stage in Stage::ALL {
            let text = rendered(stage, &record, preset, &[]);
            assert_eq!(text, rendered(stage, &full(), preset, &[]), "{stage:?} of {preset:?}");
        }
    }
}

#[test]
fn a_courtesy_hides_no_release_of_its_line() {
    let mut record = full();
    let [traversal, crash] = record.advisories.as_mut_slice() else { panic!("two of them") };
    // The release of 1.4 closes the second one, and of the first there are only patches.
    traversal.lines[1].is_courtesy = true;
    traversal.lines[1].fixed_in = None;
    crash.lines[1] = affected("1.4", "< 1.4.3", "1.4.3", "eeee567890");
    for preset in Preset::ALL {
        let of = |stage| rendered(stage, &record, preset, &[]);
        for stage in [Stage::Prenotification, Stage::Announcement, Stage::OssSecurity] {
            let text = of(stage).replace("**", "");
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(text.contains("1.4: upgrade to 1.4.3"), "{stage:?} of {preset:?}: {text}");
            let open = "1.4: CVE-2031-0117 stays open in it; patches are offered as a courtesy";
            assert!(text.contains(open), "{stage:?} of {preset:?}: {text}");
            assert!(!text.contains("1.4: patches are offered"), "{stage:?} of {preset:?}: {text}");
        }
        let told = of(Stage::PreAnnouncement);
        let mut released = full();
        released.advisories[1].lines[1] = record.advisories[1].lines[1].clone();
        released.advisories[0].lines.remove(1);
        assert_eq!(told, rendered(Stage::PreAnnouncement, &released, preset, &[]));
        let note = of(Stage::ReleaseNote);
        assert!(note.contains("Teapot 1.4.3 fixes 1 vulnerability"), "{note}");
        let story = of(Stage::Retrospective).replace("**", "");
        assert!(
            story.contains("1.4.3 released; for CVE-2031-0117 patches were offered"),
            "{story}"
        );
    }
    // Where there are only patches, there is no release.
    record.advisories[1].lines[1].is_courtesy = true;
    for stage in [Stage::PreAnnouncement, Stage::ReleaseNote, Stage::Announcement] {
        let text = rendered(stage, &record, Preset::Patchline, &[]);
        assert!(!text.contains("1.4.3 fixes"), "{text}");
        assert!(!text.contains("upgrade to **1.4.3"), "{text}");
    }
}
