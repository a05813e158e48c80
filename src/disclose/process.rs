//! The project's disclosure policy, as SECURITY.md tells it: how to report, what happens then, how
//! it is published. All of it comes from the configuration, so that what is promised, planned and
//! measured is the same.

pub mod practice;

use std::fmt::Write as _;

use jiff::civil::Weekday;

use super::policy::{EndedLines, LeadTimes, Policy, SlotPolicy};
use crate::{
    escape,
    model::{Rating, Targets},
    report::kept::{ByHand, Kept},
};

/// The part of SECURITY.md that is the policy.
pub const POLICY: Kept = Kept {
    marker: "patchline:disclosure-policy",
    heading: "Reporting a vulnerability",
    by_hand: ByHand::Text,
};

/// From the worst to the least: the order in which people ask.
const RATINGS: [Rating; 4] = [Rating::Critical, Rating::High, Rating::Medium, Rating::Low];

/// The policy in Markdown, without its heading.
pub fn section(product: &str, policy: &Policy, targets: &Targets) -> String {
    let mut text = String::new();
    report_to(&mut text, product, policy);
    response(&mut text, policy, targets);
    publication(&mut text, policy);
    delivery(&mut text, policy);
    text
}

fn report_to(text: &mut String, product: &str, policy: &Policy) {
    let product = escape::markdown(product);
    let _ = writeln!(
        text,
        "If you think that you found a vulnerability in {product}, tell us in private:\n"
    );
    for way in &policy.contact {
        let _ = writeln!(text, "- {}", link(way));
    }
    text.push_str(
        "\nPlease open no public issue, pull request or discussion about it.\n\
         Tell us what you found, in which versions, how to see it, and whether you would like to be \
         named: nobody is named who did not agree.\n",
    );
}

/// An address as a link that shows itself; one of mail as text that can be copied.
fn link(way: &str) -> String {
    let plain = way.strip_prefix("mailto:").unwrap_or(way);
    escape::link(&escape::code(plain), way)
}

fn response(text: &mut String, policy: &Policy, targets: &Targets) {
    let lead = &policy.lead;
    text.push_str("\n### What you can expect\n\n| What | Within |\n|---|---|\n");
    let _ = writeln!(text, "| We confirm that we have your report | {} |", days(lead.acknowledge));
    let _ = writeln!(text, "| A fix for every affected supported version | {} |", days(lead.fix));
    let _ = writeln!(
        text,
        "| Everything is public, whatever the state of the fix | {} from your report |",
        days(lead.embargo_at_most)
    );
    let known: Vec<(Rating, u32)> =
        RATINGS.iter().filter_map(|rating| Some((*rating, *targets.days.get(rating)?))).collect();
    if known.is_empty() {
        return;
    }
    text.push_str(
        "\nOnce a vulnerability is public, in our own code or in what we depend on, every supported \
         version that has it gets a release without it:\n\n| Severity | Within |\n|---|---|\n",
    );
    for (rating, within) in known {
        let _ = writeln!(text, "| {} | {} |", rating.as_str(), days(i64::from(within)));
    }
}

fn publication(text: &mut String, policy: &Policy) {
    let LeadTimes { prenotify, pre_announce, close, .. } = policy.lead;
    let _ = write!(
        text,
        "\n### How it is published\n\n\
         1. The fix is made in private, for every supported version that is affected.\n\
         2. {} before the release, distributors are told under embargo.\n\
         3. {} before the release, everybody is told that it comes: the versions, the day and the \
         hour, how many vulnerabilities there are, and the highest severity. Nothing else is told.\n\
         4. All versions are released together, {}; then the advisories are published, with a CVE \
         id each.\n\
         5. Within {} after that, the whole timeline is told.\n\n{}\n",
        capital(&days(prenotify)),
        capital(&days(pre_announce)),
        slot(&policy.slot),
        days(close),
        ended(policy.ended),
    );
}

fn ended(ended: EndedLines) -> &'static str {
    match ended {
        EndedLines::NotEvaluated => {
            "Versions whose support has ended are not evaluated and may be affected."
        }
        EndedLines::Affected => {
            "Versions whose support has ended count as affected and get no fix."
        }
    }
}

/// `on a Tuesday or Wednesday at 15:00 UTC`
fn slot(slot: &SlotPolicy) -> String {
    let names: Vec<&str> = slot.weekdays.iter().map(|day| weekday(*day)).collect();
    let zone = slot.zone.as_deref();
    let zone =
        zone.map(|zone| format!(" (we count in {})", escape::cell(zone))).unwrap_or_default();
    format!("on a {} at {:02}:00 UTC{zone}", names.join(" or "), slot.hour)
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

fn delivery(text: &mut String, policy: &Policy) {
    if policy.channels.is_empty() {
        return;
    }
    text.push_str("\n### Where the fix is to be had\n\n| Channel | When |\n|---|---|\n");
    for channel in &policy.channels {
        let when = match &channel.within {
            Ok(0) => "on the day".to_owned(),
            Ok(within) => format!("within {}", days(*within)),
            Err(because) => format!("not promised: {}", escape::cell(because)),
        };
        let _ = writeln!(text, "| {} | {when} |", escape::cell(&channel.id));
    }
}

fn days(count: i64) -> String {
    match count {
        1 => "a day".to_owned(),
        count => format!("{count} days"),
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disclose::policy::Channel;

    #[test]
    fn the_policy_tells_what_the_configuration_says() {
        let policy = Policy {
            contact: vec![
                "https://github.com/ferry/boat/security/advisories/new".to_owned(),
                "mailto:security@boat.example".to_owned(),
            ],
            channels: vec![
                Channel { id: "crates.io".to_owned(), within: Ok(0) },
                Channel { id: "container".to_owned(), within: Ok(2) },
                Channel { id: "apt".to_owned(), within: Err("Debian | packages it".to_owned()) },
            ],
            ..Policy::default()
        };
        let targets = Targets { days: [(Rating::Critical, 7), (Rating::Low, 1)].into() };
        let text = section("Boat", &policy, &targets);
        for row in [
            "- [`https://github.com/ferry/boat/security/advisories/new`]\
             (https://github.com/ferry/boat/security/advisories/new)",
            "- `security@boat.example`",
            "| We confirm that we have your report | 2 days |",
            "| critical | 7 days |",
            "| low | a day |",
            "2. 7 days before the release, distributors are told under embargo.",
            "4. All versions are released together, on a Tuesday or Wednesday at 15:00 UTC; then the \
             advisories are published, with a CVE id each.",
            "Versions whose support has ended are not evaluated and may be affected.",
            "| crates.io | on the day |",
            "| container | within 2 days |",
            "| apt | not promised: Debian &#124; packages it |",
        ] {
            assert!(text.lines().any(|line| line == row), "{row}\nis not in\n{text}");
        }
        let plain = section("Boat", &Policy::default(), &Targets::default());
        assert!(!plain.contains("Severity") && !plain.contains("Channel"), "{plain}");
    }

    #[test]
    fn names_cannot_act_in_the_document() {
        let policy = Policy {
            contact: vec!["javascript:alert(1)".to_owned(), "<script>`|".to_owned()],
            ..Policy::default()
        };
        let text = section("Boat <b> @team\n# Title", &policy, &Targets::default());
        assert!(!text.contains("<script>") && !text.contains("](javascript"), "{text}");
        assert!(!text.lines().any(|line| line.starts_with("# ")), "{text}");
    }
}
