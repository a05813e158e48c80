//! `[disclose]`: what a project promises about its own vulnerabilities.

use std::collections::BTreeSet;

use jiff::civil::Weekday;
use toml::Spanned;

use super::Checker;
use crate::{
    config::raw::{RawChannel, RawDisclose, RawLead, RawSlot},
    disclose::{
        Policy,
        policy::{Channel, CveOrganisation, EndedLines, LeadTimes, Promise, SlotPolicy},
        record::Package,
        shape,
        text::Preset,
    },
};

/// Days are added to dates, and those end.
const MOST_DAYS: i64 = 3650;
const WEEKDAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// What somebody wrote, key by key or as the process that it is.
fn promised(raw: &RawDisclose) -> BTreeSet<Promise> {
    let is_whole = raw.preset.is_some();
    let written = [
        (Promise::Acknowledge, raw.lead.acknowledge.is_some()),
        (Promise::Fix, raw.lead.fix.is_some()),
        (Promise::Publish, raw.lead.embargo_at_most.is_some()),
        (Promise::Ended, raw.ended_lines.is_some()),
    ];
    let written = written.into_iter().filter(|(_, is_written)| *is_written || is_whole);
    written.map(|(promise, _)| promise).collect()
}

impl Checker<'_> {
    pub(super) fn disclose(&mut self, raw: &RawDisclose) -> Policy {
        let standard = Policy::default();
        let preset = self.preset(raw.preset.as_ref());
        Policy {
            records: self.folder("records", raw.records.as_ref()).unwrap_or(standard.records),
            product: self.said("product", raw.product.as_ref()),
            contact: raw.contact.iter().filter_map(|way| self.way(way)).collect(),
            is_private: raw.private,
            ended: self.ended(raw.ended_lines.as_ref(), preset.unwrap_or_default().ended()),
            slot: self.slot(&raw.slot, preset.unwrap_or_default().slot()),
            lead: self.lead(&raw.lead, preset.unwrap_or_default().lead()),
            channels: self.channels(&raw.channel),
            preset: preset.map(|preset| preset.as_str().to_owned()),
            templates: self.folder("templates", raw.templates.as_ref()),
            package: raw.package.as_ref().and_then(|package| {
                let ecosystem = self.filled("ecosystem", &package.ecosystem);
                let name = self.filled("name", &package.name);
                Some(Package { ecosystem: ecosystem?, name: name? })
            }),
            namespace: self.shaped("namespace", raw.namespace.as_ref(), shape::is_web, WEB),
            promised: promised(raw),
            cve: CveOrganisation {
                id: self.shaped("cve-org", raw.cve_org.as_ref(), shape::is_uuid, "a UUID"),
                name: self.said("cve-org-name", raw.cve_org_name.as_ref()),
            },
        }
    }

    fn preset(&mut self, typed: Option<&Spanned<String>>) -> Option<Preset> {
        let typed = typed?;
        let found = Preset::parse(typed.get_ref());
        if found.is_none() {
            let words = Preset::ALL.map(Preset::as_str).join(", ");
            let message = format!("`preset` is `{}`; it is one of {words}", typed.get_ref());
            self.complain(typed, message);
        }
        found
    }

    fn said(&mut self, key: &str, text: Option<&Spanned<String>>) -> Option<String> {
        text.and_then(|text| self.filled(key, text))
    }

    fn shaped(
        &mut self,
        key: &str,
        typed: Option<&Spanned<String>>,
        has_shape: fn(&str) -> bool,
        shape: &str,
    ) -> Option<String> {
        let typed = typed?;
        let text = self.filled(key, typed)?;
        if !has_shape(&text) {
            self.complain(typed, format!("`{key}` is `{text}`; it is {shape}"));
            return None;
        }
        Some(text)
    }

    fn way(&mut self, typed: &Spanned<String>) -> Option<String> {
        let shape = "an address of mail or of the web";
        self.shaped("contact", Some(typed), shape::is_way, shape)
    }

    /// A folder in the repository: a configuration may be a stranger's, and must not say what is
    /// written elsewhere.
    fn folder(&mut self, key: &str, typed: Option<&Spanned<String>>) -> Option<String> {
        let typed = typed?;
        let text = self.filled(key, typed)?;
        let is_inside = !text.starts_with(['/', '~'])
            && !text.contains(['\\', ':'])
            && text.split('/').all(|part| !matches!(part, ".." | ".git"));
        if !is_inside {
            self.complain(typed, format!("`{key}` is `{text}`; it is a folder in the repository"));
            return None;
        }
        Some(text.trim_end_matches('/').to_owned())
    }

    fn ended(&mut self, typed: Option<&Spanned<String>>, standard: EndedLines) -> EndedLines {
        let Some(typed) = typed else { return standard };
        let known = [EndedLines::NotEvaluated, EndedLines::Affected];
        let found = known.into_iter().find(|ended| ended.as_str() == typed.get_ref());
        found.unwrap_or_else(|| {
            let text = typed.get_ref();
            let message =
                format!("`ended-lines` is `{text}`; it is one of not-evaluated, affected");
            self.complain(typed, message);
            standard
        })
    }

    fn slot(&mut self, raw: &RawSlot, standard: SlotPolicy) -> SlotPolicy {
        let weekdays = raw.weekdays.as_ref().map_or(standard.weekdays, |typed| {
            if typed.get_ref().is_empty() {
                let message = "`weekdays` is empty, so nothing would ever be public";
                self.complain(typed, message.to_owned());
            }
            let mut days: Vec<Weekday> =
                typed.get_ref().iter().filter_map(|day| self.weekday(day)).collect();
            days.sort_by_key(|day| day.to_monday_zero_offset());
            days.dedup();
            days
        });
        let hour = raw.hour.as_ref().map_or(standard.hour, |typed| {
            let hour = i8::try_from(*typed.get_ref()).ok().filter(|hour| (0..24).contains(hour));
            hour.unwrap_or_else(|| {
                let message = format!("`hour` is {}; it is 0 to 23, in UTC", typed.get_ref());
                self.complain(typed, message);
                standard.hour
            })
        });
        let mut holidays: Vec<_> =
            raw.holidays.iter().filter_map(|day| self.day("holidays", day)).collect();
        holidays.sort();
        holidays.dedup();
        let zone = self.shaped("zone", raw.zone.as_ref(), is_zone, "a name such as Europe/Berlin");
        SlotPolicy { weekdays, hour, zone, holidays }
    }

    fn weekday(&mut self, typed: &Spanned<String>) -> Option<Weekday> {
        let found = WEEKDAYS.iter().find(|(word, _)| word == typed.get_ref()).map(|(_, day)| *day);
        if found.is_none() {
            let words = WEEKDAYS.map(|(word, _)| word).join(", ");
            let message = format!("`weekdays` has `{}`; it has some of {words}", typed.get_ref());
            self.complain(typed, message);
        }
        found
    }

    fn lead(&mut self, raw: &RawLead, standard: LeadTimes) -> LeadTimes {
        let lead = LeadTimes {
            acknowledge: self.time("acknowledge", raw.acknowledge.as_ref(), standard.acknowledge),
            fix: self.time("fix", raw.fix.as_ref(), standard.fix),
            prenotify: self.time("prenotify", raw.prenotify.as_ref(), standard.prenotify),
            pre_announce: self.time(
                "pre-announce",
                raw.pre_announce.as_ref(),
                standard.pre_announce,
            ),
            embargo_at_most: self.time(
                "embargo-at-most",
                raw.embargo_at_most.as_ref(),
                standard.embargo_at_most,
            ),
            close: self.time("close", raw.close.as_ref(), standard.close),
        };
        for (key, typed, days) in [
            ("fix", raw.fix.as_ref(), lead.fix),
            ("prenotify", raw.prenotify.as_ref(), lead.prenotify),
            ("pre-announce", raw.pre_announce.as_ref(), lead.pre_announce),
        ] {
            if let Some(typed) = typed.filter(|_| days > lead.embargo_at_most) {
                let most = lead.embargo_at_most;
                self.complain(typed, format!("`{key}` is longer than `embargo-at-most`, {most}d"));
            }
        }
        lead
    }

    fn time(&mut self, key: &str, typed: Option<&Spanned<String>>, standard: i64) -> i64 {
        let Some(typed) = typed else { return standard };
        let Some(days) = self.days(key, typed) else { return standard };
        if days > MOST_DAYS {
            self.complain(typed, format!("`{key}` is {days}d; {MOST_DAYS}d are the most"));
            return standard;
        }
        days
    }

    fn channels(&mut self, typed: &[Spanned<RawChannel>]) -> Vec<Channel> {
        let mut seen = BTreeSet::new();
        let mut channels = Vec::new();
        for typed in typed {
            let raw = typed.get_ref();
            if !seen.insert(raw.id.get_ref().as_str()) {
                self.complain(
                    &raw.id,
                    format!("the channel `{}` is there twice", raw.id.get_ref()),
                );
            }
            let id = self.filled("id", &raw.id);
            let within = raw.within.as_ref().map(|days| (days, self.time("within", Some(days), 0)));
            let because = raw.because.as_ref().map(|text| (text, self.filled("because", text)));
            let is_promised = raw.promised.as_ref().is_none_or(|promised| *promised.get_ref());
            let within = match (is_promised, within, because) {
                (true, within, None) => Ok(within.map_or(0, |(_, days)| days)),
                (true, _, Some((text, _))) => {
                    self.complain(text, "`because` belongs to `promised = false`".to_owned());
                    continue;
                }
                (false, None, Some((_, because))) => Err(because.unwrap_or_default()),
                (false, Some((days, _)), _) => {
                    self.complain(days, "what is not promised has no `within`".to_owned());
                    continue;
                }
                (false, None, None) => {
                    let message = "`promised = false` needs `because`, the reason";
                    self.complain(typed, message.to_owned());
                    continue;
                }
            };
            channels.extend(id.map(|id| Channel { id, within }));
        }
        channels
    }
}

const WEB: &str = "an address of the web";

/// The shape of a name in the IANA time zone database.
fn is_zone(text: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || "_+-/".contains(c);
    text.len() <= 64 && text.split('/').all(|part| !part.is_empty()) && text.chars().all(is_letter)
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use jiff::civil::{Weekday, date};

    use crate::{
        config::{Overrides, parse},
        disclose::{
            Policy,
            policy::{Channel, EndedLines},
        },
        model::Origin,
    };

    fn read(text: &str) -> Result<Policy, String> {
        let origin = Origin { reference: None, path: "patchline.toml".to_owned(), row: None };
        parse(Some((text, &origin)), &Overrides::default()).map(|config| config.disclose).map_err(
            |error| {
                let shown = error.complaints.iter().map(|complaint| {
                    let row = complaint.origin.row.map_or(0, NonZeroU32::get);
                    format!("{row}: {}", complaint.message)
                });
                shown.collect::<Vec<_>>().join("\n")
            },
        )
    }

    #[test]
    fn nothing_said_is_the_documented_default() {
        assert_eq!(read(""), Ok(Policy::default()));
    }

    #[test]
    fn a_policy_is_what_its_keys_say() {
        let text = r#"
[disclose]
records = "docs/security/"
product = "Ferry"
contact = ["security@ferry.example", "https://ferry.example/report"]
private = true
ended-lines = "affected"
preset = "django"
templates = "security/texts"
package = { ecosystem = "crates.io", name = "ferry" }
namespace = "https://ferry.example"
cve-org = "0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"
cve-org-name = "ferry"
[disclose.slot]
weekdays = ["wed", "mon", "wed"]
hour = 16
zone = "Europe/Berlin"
holidays = [2031-12-25, 2031-01-01]
[disclose.lead]
prenotify = "10d"
embargo-at-most = "60d"
[[disclose.channel]]
id = "container"
within = "1d"
[[disclose.channel]]
id = "apt"
promised = false
because = "volunteers build it"
"#;
        let policy = read(text).expect("it is valid");
        assert_eq!((policy.records.as_str(), policy.is_private), ("docs/security", true));
        assert_eq!((policy.contact.len(), policy.ended), (2, EndedLines::Affected));
        assert_eq!(policy.slot.weekdays, [Weekday::Monday, Weekday::Wednesday]);
        assert_eq!(policy.slot.holidays, [date(2031, 1, 1), date(2031, 12, 25)]);
        assert_eq!((policy.lead.prenotify, policy.lead.pre_announce), (10, 7));
        let channels = [
            Channel { id: "container".to_owned(), within: Ok(1) },
            Channel { id: "apt".to_owned(), within: Err("volunteers build it".to_owned()) },
        ];
        assert_eq!(policy.channels, channels);
    }

    #[test]
    fn a_preset_brings_the_times_of_its_process() {
        let policy = read("[disclose]\npreset = \"envoy\"\nlead.close = \"9d\"\n").expect("valid");
        assert_eq!((policy.lead.prenotify, policy.lead.fix, policy.lead.close), (21, 7, 9));
        let policy = read("[disclose]\npreset = \"node\"\n").expect("valid");
        assert_eq!(policy.slot.weekdays, [Weekday::Tuesday]);
    }

    #[test]
    fn what_makes_no_sense_about_disclosure_is_refused() {
        for (text, expected) in [
            ("records = \"../x\"", "2: `records` is `../x`; it is a folder in the repository"),
            ("records = \"/srv\"", "2: `records` is `/srv`; it is a folder in the repository"),
            (
                "templates = \".git/x\"",
                "2: `templates` is `.git/x`; it is a folder in the repository",
            ),
            ("contact = [\"us\"]", "2: `contact` is `us`; it is an address of mail or of the web"),
            ("cve-org = \"ferry\"", "2: `cve-org` is `ferry`; it is a UUID"),
            (
                "ended-lines = \"fine\"",
                "2: `ended-lines` is `fine`; it is one of not-evaluated, affected",
            ),
            (
                "slot.weekdays = [\"tuesday\"]",
                "2: `weekdays` has `tuesday`; it has some of mon, tue, wed, thu, fri, sat, sun",
            ),
            (
                "preset = \"jango\"",
                "2: `preset` is `jango`; it is one of patchline, kubernetes, node, django, openstack, \
                 envoy",
            ),
            ("slot.weekdays = []", "2: `weekdays` is empty, so nothing would ever be public"),
            ("slot.hour = 24", "2: `hour` is 24; it is 0 to 23, in UTC"),
            ("slot.zone = \"../x\"", "2: `zone` is `../x`; it is a name such as Europe/Berlin"),
            ("slot.holidays = [2031-01-01T10:00:00]", "2: `holidays` is a day, such as 2027-06-30"),
            ("lead.fix = \"soon\"", "2: `fix` is `soon`; write a number of days, such as \"30d\""),
            ("lead.close = \"9999d\"", "2: `close` is 9999d; 3650d are the most"),
            ("lead.prenotify = \"91d\"", "2: `prenotify` is longer than `embargo-at-most`, 90d"),
            (
                "channel = [{ id = \"apt\", promised = false }]",
                "2: `promised = false` needs `because`, the reason",
            ),
            (
                "channel = [{ id = \"apt\", because = \"x\" }, { id = \"apt\" }]",
                "2: `because` belongs to `promised = false`\n2: the channel `apt` is there twice",
            ),
        ] {
            assert_eq!(read(&format!("[disclose]\n{text}\n")), Err(expected.to_owned()), "{text}");
        }
    }
}
