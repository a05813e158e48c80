//! The stages of a disclosure: whose text is wanted, and what has to be in the record for it.

/// The stages whose texts can be rendered, in the order in which they are needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// To those who decide and help, when a report came in.
    Escalation,
    /// To distributors, under embargo.
    Prenotification,
    /// To everybody: lines, day and hour, count, highest severity, and nothing else.
    PreAnnouncement,
    /// To everybody, with all that helps them.
    Announcement,
    /// The mail to oss-security.
    OssSecurity,
    /// A paragraph for the notes of each release.
    ReleaseNote,
    /// The whole timeline, afterwards.
    Retrospective,
}

impl Stage {
    /// Every stage, in order.
    pub const ALL: [Self; 7] = [
        Self::Escalation,
        Self::Prenotification,
        Self::PreAnnouncement,
        Self::Announcement,
        Self::OssSecurity,
        Self::ReleaseNote,
        Self::Retrospective,
    ];

    /// The word of the command line and of `[[recipients]]`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Escalation => "escalation",
            Self::Prenotification => "prenotification",
            Self::PreAnnouncement => "pre-announcement",
            Self::Announcement => "announcement",
            Self::OssSecurity => "oss-security",
            Self::ReleaseNote => "release-note",
            Self::Retrospective => "retrospective",
        }
    }

    /// The fields without which its text would be wrong or empty.
    pub fn needs(self) -> &'static [Need] {
        match self {
            Self::Escalation => ESCALATION,
            Self::Prenotification => PRENOTIFICATION,
            Self::PreAnnouncement => PRE_ANNOUNCEMENT,
            Self::Announcement => ANNOUNCEMENT,
            Self::OssSecurity => OSS_SECURITY,
            Self::ReleaseNote => RELEASE_NOTE,
            Self::Retrospective => RETROSPECTIVE,
        }
    }
}

/// Something that the text of a stage cannot do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    Product,
    Contact,
    Coordinator,
    /// Where the published text will be read.
    Url,
    /// The day of the report.
    Reported,
    /// The public day, and its hour.
    PublicTime,
    /// The days on which the steps up to the public one happened.
    Happened,
    /// What those who are told early may do.
    Embargo,
    /// To whom the text goes.
    Recipients,
    /// At least one.
    Advisories,
    Title,
    Summary,
    Description,
    Component,
    /// A word or a vector.
    Severity,
    /// A CVSS vector.
    Vectors,
    /// A CWE.
    Weakness,
    /// A CVE id, or that one was asked for.
    CveStated,
    CveId,
    Conditions,
    /// How somebody can tell that they are affected.
    Check,
    /// What to do before the upgrade.
    Mitigation,
    /// What may be said early, where it is allowed to.
    AllowedTexts,
    /// Every supported line has a row.
    EveryLine,
    /// Somebody looked at every supported line.
    Evaluated,
    AffectedRange,
    /// The fixed version, or why there is none.
    FixOrReason,
    FixCommit,
    /// For every affected line, when it can be had where.
    Channels,
    /// When it could be had, where that was promised.
    Delivered,
}

const ESCALATION: &[Need] = &[
    Need::Product,
    Need::Contact,
    Need::Coordinator,
    Need::Reported,
    Need::Advisories,
    Need::Title,
    Need::Summary,
    Need::Component,
    Need::Severity,
];
const PRENOTIFICATION: &[Need] = &[
    Need::Product,
    Need::Contact,
    Need::Coordinator,
    Need::Embargo,
    Need::PublicTime,
    Need::Recipients,
    Need::Advisories,
    Need::Title,
    Need::Summary,
    Need::Description,
    Need::Severity,
    Need::Vectors,
    Need::Weakness,
    Need::CveStated,
    Need::Conditions,
    Need::EveryLine,
    Need::Evaluated,
    Need::AffectedRange,
    Need::FixOrReason,
    Need::FixCommit,
];
const PRE_ANNOUNCEMENT: &[Need] = &[
    Need::Product,
    Need::Contact,
    Need::PublicTime,
    Need::Advisories,
    Need::Severity,
    Need::EveryLine,
    Need::Evaluated,
    Need::AllowedTexts,
];
const ANNOUNCEMENT: &[Need] = &[
    Need::Product,
    Need::Contact,
    Need::PublicTime,
    Need::Advisories,
    Need::Title,
    Need::Summary,
    Need::Description,
    Need::Severity,
    Need::Vectors,
    Need::Weakness,
    Need::CveStated,
    Need::Conditions,
    Need::Check,
    Need::Mitigation,
    Need::EveryLine,
    Need::Evaluated,
    Need::AffectedRange,
    Need::FixOrReason,
    Need::FixCommit,
    Need::Channels,
];
const OSS_SECURITY: &[Need] = &[
    Need::Product,
    Need::Contact,
    Need::PublicTime,
    Need::Url,
    Need::Advisories,
    Need::Title,
    Need::Summary,
    Need::Description,
    Need::Severity,
    Need::CveId,
    Need::EveryLine,
    Need::Evaluated,
    Need::AffectedRange,
    Need::FixOrReason,
    Need::FixCommit,
];
const RELEASE_NOTE: &[Need] = &[
    Need::Advisories,
    Need::Title,
    Need::Severity,
    Need::CveStated,
    Need::EveryLine,
    Need::Evaluated,
    Need::FixOrReason,
];
const RETROSPECTIVE: &[Need] = &[
    Need::Product,
    Need::Url,
    Need::Reported,
    Need::Happened,
    Need::Advisories,
    Need::Title,
    Need::CveId,
    Need::EveryLine,
    Need::Evaluated,
    Need::FixOrReason,
    Need::Channels,
    Need::Delivered,
];
