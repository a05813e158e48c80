//! The texts of a disclosure: what each says, read by people in `fixtures/disclose/texts`, and what
//! none may say.
#![expect(clippy::disallowed_methods, reason = "tests read and write their fixtures")]

use std::{collections::BTreeMap, fs, path::Path};

use jiff::{
    civil::{Date, Time},
    tz::TimeZone,
};
use patchline::{
    disclose::{
        Policy, Record, Stage,
        record::{
            Credit, Cve, Delivery, Disclosure, Embargo, LineRow, LineStatus, Moment, Package,
            Recipients, Reference, Slot, Step,
        },
        text::{self, Around, Own, Preset, Syntax},
    },
    model::{LineId, LineKind, Rating, ReleaseLine, Standing},
    severity,
};

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
    LineRow {
        line: LineId(line.to_owned()),
        status,
        affected: None,
        introduced_in: None,
        introduced: Vec::new(),
        fix: Vec::new(),
        fixed_in: None,
        no_fix: None,
        justification: None,
        is_courtesy: false,
        note: None,
        reviews: Vec::new(),
    }
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
    }
}

fn rendered(stage: Stage, record: &Record, preset: Preset, own: &[Own]) -> String {
    rendered_as(stage, record, preset, own).0
}

fn rendered_as(stage: Stage, record: &Record, preset: Preset, own: &[Own]) -> (String, Syntax) {
    let (lines, policy) = (lines(), policy());
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
