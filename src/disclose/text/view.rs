//! What the texts of a stage may see: one serialised structure for each, made here field by field.
//!
//! The names in these structures are a contract with everybody who has own templates; names are
//! added, never changed. What is not in the view of a stage cannot be in its text.

pub(super) mod announcement;
pub(super) mod early;
pub(super) mod escalation;
mod line;
pub(super) mod notice;
pub(super) mod release_note;
pub(super) mod retrospective;
mod step;

use serde::Serialize;

use self::line::{Affected, Named, NotAffected};
use super::Around;
use crate::{
    disclose::{Record, policy::EndedLines, record},
    model::{Rating, Scale, SeverityClaim, Standing},
};

/// One vulnerability, with all that helps those who have it.
#[derive(Debug, Serialize)]
pub(super) struct Advisory {
    /// The name that people use: the CVE id, else the GHSA, else the project's own.
    name: String,
    /// The other names.
    aliases: Vec<String>,
    id: String,
    cve: Option<String>,
    /// A CVE id was asked for and is not there yet.
    is_cve_requested: bool,
    ghsa: Option<String>,
    title: String,
    summary: String,
    description: String,
    component: Option<String>,
    package: Option<String>,
    severity: Option<&'static str>,
    cvss: Vec<Cvss>,
    cwe: Vec<String>,
    capec: Vec<String>,
    impact: Option<String>,
    attack: Option<String>,
    conditions: Option<String>,
    check: Option<String>,
    mitigation: Option<String>,
    action: Option<String>,
    side_effects: Option<String>,
    detection: Option<String>,
    discovery: Option<String>,
    credits: Vec<Credit>,
    references: Vec<Reference>,
    /// Commits of the default branch.
    introduced: Vec<String>,
    fix: Vec<String>,
    affected: Vec<Affected>,
    not_affected: Vec<NotAffected>,
    /// Supported lines at which nobody looked.
    not_evaluated: Vec<Named>,
    /// Lines whose support has ended, at which nobody looked.
    ended: Vec<Named>,
    /// Lines that have only pre-releases: patched, and nothing is released for it.
    pre_release: Vec<Named>,
}

/// A vector of CVSS and what follows from it.
#[derive(Debug, Serialize)]
pub(super) struct Cvss {
    /// `4.0`
    version: String,
    score: Option<String>,
    vector: Option<String>,
}

/// Somebody who agreed to be named.
#[derive(Debug, Serialize)]
pub(super) struct Credit {
    name: String,
    affiliation: Option<String>,
    /// `remediation developer`
    role: String,
}

#[derive(Debug, Serialize)]
pub(super) struct Reference {
    kind: String,
    url: String,
}

impl Advisory {
    /// What everybody may know once all is public. Reviews are left out of it: they lie where the work
    /// was private.
    pub(super) fn public(of: &record::Disclosure, around: &Around<'_>) -> Self {
        let mut advisory = Self::private(of, around);
        for affected in &mut advisory.affected {
            affected.reviews.clear();
        }
        advisory
    }

    /// The same with the patches that are not merged yet.
    pub(super) fn private(of: &record::Disclosure, around: &Around<'_>) -> Self {
        let name = of.name().to_owned();
        let names = [Some(of.id.clone()), of.cve.id().map(str::to_owned), of.ghsa.clone()];
        let mut aliases: Vec<String> = Vec::new();
        for alias in names.into_iter().flatten().chain(of.aliases.iter().cloned()) {
            if alias != name && !aliases.contains(&alias) {
                aliases.push(alias);
            }
        }
        Self {
            name,
            aliases,
            id: of.id.clone(),
            cve: of.cve.id().map(str::to_owned),
            is_cve_requested: of.cve == record::Cve::Requested,
            ghsa: of.ghsa.clone(),
            title: of.title.clone(),
            summary: of.summary.clone(),
            description: of.description.clone(),
            component: of.component.clone(),
            package: of.package.as_ref().map(|p| format!("{} ({})", p.name, p.ecosystem)),
            severity: of.rating().map(Rating::as_str),
            cvss: cvss(&of.cvss),
            cwe: of.cwe.clone(),
            capec: of.capec.clone(),
            impact: of.impact.clone(),
            attack: of.attack.clone(),
            conditions: of.conditions.clone(),
            check: of.check.clone(),
            mitigation: of.mitigation.clone(),
            action: of.action.clone(),
            side_effects: of.side_effects.clone(),
            detection: of.detection.clone(),
            discovery: of.discovery.clone(),
            credits: credits(&of.credits),
            references: of
                .references
                .iter()
                .map(|r| Reference { kind: r.kind.clone(), url: r.url.clone() })
                .collect(),
            introduced: of.introduced.clone(),
            fix: of.fix.clone(),
            affected: line::affected(of, around),
            not_affected: line::not_affected(of),
            not_evaluated: line::not_evaluated(of, around),
            ended: line::ended(of, around),
            pre_release: line::pre_release(of, around),
        }
    }
}

/// The vectors, the newest version first.
fn cvss(claims: &[SeverityClaim]) -> Vec<Cvss> {
    let mut claims: Vec<&SeverityClaim> = claims.iter().collect();
    claims.sort_by(|a, b| b.scale.cmp(&a.scale).then_with(|| a.vector.cmp(&b.vector)));
    let of = |claim: &SeverityClaim| {
        let written = claim.vector.as_deref().and_then(|vector| vector.strip_prefix("CVSS:"));
        let version = written.and_then(|rest| rest.split_once('/')).map(|(version, _)| version);
        let version = version.unwrap_or(match claim.scale {
            Scale::CvssV2 => "2.0",
            Scale::CvssV3 => "3.1",
            Scale::CvssV4 => "4.0",
            Scale::Word | Scale::Score => "",
        });
        Cvss {
            version: version.to_owned(),
            score: claim.score.map(|score| format!("{score:.1}")),
            vector: claim.vector.clone(),
        }
    };
    claims.into_iter().map(of).collect()
}

/// Those who agreed to be named; nobody else is in any view.
fn credits(credits: &[record::Credit]) -> Vec<Credit> {
    let agreed = credits.iter().filter(|credit| credit.consent && !credit.name.trim().is_empty());
    let of = |credit: &record::Credit| Credit {
        name: credit.name.clone(),
        affiliation: credit.affiliation.clone(),
        role: credit.role.replace(['-', '_'], " "),
    };
    agreed.map(of).collect()
}

/// The highest rating of all.
fn highest(record: &Record) -> Option<&'static str> {
    record.advisories.iter().filter_map(record::Disclosure::rating).max().map(Rating::as_str)
}

/// The ways to reach the project: those of its configuration, else that of the record.
fn contact(record: &Record, around: &Around<'_>) -> Vec<String> {
    if around.policy.contact.is_empty() {
        return record.contact.iter().cloned().collect();
    }
    around.policy.contact.clone()
}

/// True if every line whose support has ended counts as affected.
fn ended_are_affected(around: &Around<'_>) -> bool {
    around.policy.ended == EndedLines::Affected
}

fn standing(around: &Around<'_>, line: &crate::model::LineId) -> Option<Standing> {
    around.lines.iter().find(|known| known.id == *line).map(|known| known.standing)
}
