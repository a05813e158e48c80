//! A record → the documents that machines read: OSV, CSAF, CVE JSON, OpenVEX, what GitHub takes for a
//! repository advisory, and RustSec.
//!
//! `lines` lays the rows of an advisory beside each other on the axis of versions, and every format
//! says of each stretch what it has a word for. What it has no word for is left out and told in a
//! note; what it cannot do without is a lack, and then there is no document. Nobody is named who did
//! not agree. What the record says of itself is never checked here against git: that is `status`. OSV
//! is told of the commits that were found besides.

pub(in crate::disclose) mod version;
mod hole;
mod lines;
mod words;
mod purl;
mod score;
mod json;
mod osv;
mod csaf;
mod cve;
mod openvex;
mod github;
mod rustsec;

use jiff::civil::Date;

use self::lines::Facts;
use super::{
    Policy, Record,
    privacy::Secrecy,
    record::{Disclosure, LineRow, Moment, Step},
    track::Tracked,
};
use crate::model::LineId;

/// What the documents are made of.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    pub record: &'a Record,
    /// Of every line of the project, also of those that have ended.
    pub releases: &'a [ReleasedVersion],
    /// What git shows of the fixes; `None`: nobody looked.
    pub tracked: Option<&'a Tracked>,
    /// The lines that are branches and no release series, such as the default branch: their versions
    /// are those of other lines.
    pub branches: &'a [LineId],
    pub policy: &'a Policy,
    /// What is under embargo was not published, whatever its dates say.
    pub secrecy: Secrecy,
    /// The day on which they are made.
    pub today: Date,
}

/// A version that was released.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReleasedVersion {
    pub line: LineId,
    /// Without the prefix of its tag, `1.4.7`.
    pub version: String,
    /// `v1.4.7`
    pub tag: String,
}

/// A format of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// <https://ossf.github.io/osv-schema/>
    Osv,
    /// <https://docs.oasis-open.org/csaf/csaf/v2.0/csaf-v2.0.html>
    Csaf,
    /// <https://github.com/CVEProject/cve-schema>
    Cve,
    /// <https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md>
    OpenVex,
    /// <https://docs.github.com/rest/security-advisories/repository-advisories>
    Github,
    /// <https://github.com/RustSec/advisory-db/blob/main/CONTRIBUTING.md>
    RustSec,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 6] =
        [Self::Osv, Self::Csaf, Self::Cve, Self::OpenVex, Self::Github, Self::RustSec];

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Osv => "OSV",
            Self::Csaf => "CSAF",
            Self::Cve => "CVE JSON",
            Self::OpenVex => "OpenVEX",
            Self::Github => "GitHub's advisories",
            Self::RustSec => "RustSec",
        }
    }

    /// True if a document of it can say that it is under embargo.
    pub fn can_be_secret(self) -> bool {
        self == Self::Csaf
    }

    /// True if one document holds all advisories of a record.
    pub fn is_of_record(self) -> bool {
        matches!(self, Self::Csaf | Self::OpenVex)
    }
}

/// A document for machines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The name of its file, by the rule of its standard if there is one.
    pub file: String,
    pub content: String,
}

/// What became of a record.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Export {
    /// Only what is complete.
    pub documents: Vec<Document>,
    /// Why a document is not there: everything that is missing or contradicts itself.
    pub lacks: Vec<Lack>,
    /// What its readers should know and cannot see in it.
    pub notes: Vec<String>,
}

/// Something without which a document would be wrong or incomplete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// The advisory; `None`: the whole record, or the configuration.
    pub advisory: Option<String>,
    pub message: String,
}

impl Lack {
    fn of_record(message: &str) -> Self {
        Self { advisory: None, message: message.to_owned() }
    }

    fn of(disclosure: &Disclosure, message: &str) -> Self {
        Self { advisory: Some(disclosure.id.clone()), message: message.to_owned() }
    }

    fn of_row(disclosure: &Disclosure, row: &LineRow, message: &str) -> Self {
        Self::of(disclosure, &format!("the line `{}` {message}", row.line))
    }
}

/// What the rows say of versions that cannot be true, or not of their line: no format can tell it.
pub fn contradictions(source: Source<'_>) -> Vec<Lack> {
    let mut lacks = Vec::new();
    for disclosure in &source.record.advisories {
        Facts::of(disclosure, source, &mut lacks);
    }
    lacks
}

/// Every document of one format, for one advisory or for all: `advisory` is any of its names.
pub fn export(format: Format, source: Source<'_>, advisory: Option<&str>) -> Export {
    let mut export = Export::default();
    let meant = |disclosure: &&Disclosure| {
        advisory.is_none_or(|name| {
            words::names(disclosure).any(|known| known.eq_ignore_ascii_case(name))
        })
    };
    let disclosures: Vec<&Disclosure> = source.record.advisories.iter().filter(meant).collect();
    if disclosures.is_empty() {
        export.lacks.push(Lack::of_record(&match advisory {
            Some(name) => format!("no advisory of the record has the name `{name}`"),
            None => "the record has no advisory".to_owned(),
        }));
        return export;
    }
    let facts = disclosures
        .into_iter()
        .map(|disclosure| Facts::of(disclosure, source, &mut export.lacks))
        .collect::<Vec<_>>();
    match format {
        Format::Csaf => csaf::write(source, &facts, &mut export),
        Format::OpenVex => openvex::write(source, &facts, &mut export),
        _ => {
            for facts in &facts {
                match format {
                    Format::Osv => osv::write(source, facts, &mut export),
                    Format::Cve => cve::write(source, facts, &mut export),
                    Format::Github => github::write(source, facts, &mut export),
                    _ => rustsec::write(source, facts, &mut export),
                }
            }
        }
    }
    let mut files: Vec<&str> = export.documents.iter().map(|document| &*document.file).collect();
    files.sort_unstable();
    let twins = files.iter().zip(files.iter().skip(1));
    if let Some((twin, _)) = twins.clone().find(|(one, other)| one == other) {
        let message = format!("two advisories have names that make the same file, `{twin}`");
        export.lacks.push(Lack::of_record(&message));
    }
    if !export.lacks.is_empty() {
        export.documents.clear();
    }
    export.notes.dedup();
    export
}

impl Source<'_> {
    fn is_public(&self) -> bool {
        self.secrecy == Secrecy::Public
    }

    /// When it became public, as a timestamp; `None`: it did not.
    fn published(&self) -> Option<String> {
        let moment = self.record.step(Step::Public).actual.filter(|_| self.is_public())?;
        Some(words::timestamp(moment))
    }

    /// What was changed since, with when, in the order of time. What is dated before the publication
    /// or after the day is none. Days are compared where an hour is missing, and what was changed on
    /// the day of the publication was not changed before it.
    fn revisions(&self) -> Vec<(String, String)> {
        let public = self.record.step(Step::Public).actual.filter(|_| self.is_public());
        let Some(public) = public else { return Vec::new() };
        let is_later = |at: Moment| match (at.time, public.time) {
            (Some(_), Some(_)) => at > public,
            _ => at.day >= public.day,
        };
        let revisions = self.record.revisions.iter();
        let revisions =
            revisions.filter(|revision| revision.at.day <= self.today && is_later(revision.at));
        let at = |at: Moment| words::timestamp(at).max(words::timestamp(public));
        let mut revisions: Vec<(String, String)> = revisions
            .map(|revision| (words::ended(&revision.summary), at(revision.at)))
            .filter(|(summary, _)| summary.len() > 1)
            .collect();
        revisions.sort_by(|one, other| one.1.cmp(&other.1));
        revisions
    }

    /// The last time at which something of it changed, as far as it can be told.
    fn modified(&self) -> String {
        let today = words::start_of(self.today);
        self.published().map_or_else(|| today.clone(), |published| published.max(today.clone()))
    }
}
