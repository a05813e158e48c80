//! The texts of known processes, in our own words: what is told at which stage, in which order, and
//! under which subject. Each has only what differs from ours.

use jiff::civil::Weekday;

use crate::disclose::policy::{EndedLines, LeadTimes, SlotPolicy};

/// A set of texts, with the times of the process that they are from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preset {
    /// Our own, which joins what the others have.
    #[default]
    Patchline,
    Kubernetes,
    Node,
    Django,
    OpenStack,
    Envoy,
}

impl Preset {
    /// Every preset.
    pub const ALL: [Self; 6] =
        [Self::Patchline, Self::Kubernetes, Self::Node, Self::Django, Self::OpenStack, Self::Envoy];

    /// The word of the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Patchline => "patchline",
            Self::Kubernetes => "kubernetes",
            Self::Node => "node",
            Self::Django => "django",
            Self::OpenStack => "openstack",
            Self::Envoy => "envoy",
        }
    }

    /// The preset of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.as_str() == word)
    }

    /// How long each step takes in the process: what a policy obeys that says nothing else.
    pub fn lead(self) -> LeadTimes {
        let standard = LeadTimes::default();
        match self {
            // OpenStack's five business days are seven of a calendar.
            Self::Patchline | Self::Django | Self::Node | Self::OpenStack => standard,
            Self::Kubernetes => LeadTimes { acknowledge: 1, fix: 7, ..standard },
            // Distributors of a proxy need weeks to roll it out.
            Self::Envoy => LeadTimes { acknowledge: 1, fix: 7, prenotify: 21, ..standard },
        }
    }

    /// When the process publishes.
    pub fn slot(self) -> SlotPolicy {
        let middle = vec![Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday];
        let standard = SlotPolicy::default();
        match self {
            Self::Patchline | Self::Django | Self::Envoy => standard,
            Self::Kubernetes => SlotPolicy { weekdays: middle, hour: 16, ..standard },
            Self::Node => SlotPolicy { weekdays: vec![Weekday::Tuesday], ..standard },
            Self::OpenStack => SlotPolicy { weekdays: middle, ..standard },
        }
    }

    /// What the process says of lines past their support.
    pub fn ended(self) -> EndedLines {
        match self {
            // It counts every one as affected, without a look at it.
            Self::Node => EndedLines::Affected,
            Self::Patchline | Self::Kubernetes | Self::Django | Self::OpenStack | Self::Envoy => {
                EndedLines::NotEvaluated
            }
        }
    }

    /// What differs from our own texts.
    fn own(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Patchline => PATCHLINE,
            Self::Kubernetes => KUBERNETES,
            Self::Node => NODE,
            Self::Django => DJANGO,
            Self::OpenStack => OPENSTACK,
            Self::Envoy => ENVOY,
        }
    }
}

/// A template by its name: that of the preset, else ours. `<preset>/<name>` is that of one preset alone,
/// so that others can include it.
pub(super) fn template(preset: Preset, name: &str) -> Option<&'static str> {
    let of = |preset: Preset, name: &str| {
        preset.own().iter().find(|(known, _)| *known == name).map(|(_, source)| *source)
    };
    match name.split_once('/') {
        Some((word, name)) => Preset::parse(word).and_then(|preset| of(preset, name)),
        None => of(preset, name).or_else(|| of(Preset::Patchline, name)),
    }
}

const PATCHLINE: &[(&str, &str)] = &[
    ("blocks.md", include_str!("templates/patchline/blocks.md")),
    ("blocks.txt", include_str!("templates/patchline/blocks.txt")),
    ("escalation.md", include_str!("templates/patchline/escalation.md")),
    ("prenotification.txt", include_str!("templates/patchline/prenotification.txt")),
    ("pre-announcement.md", include_str!("templates/patchline/pre-announcement.md")),
    ("announcement.md", include_str!("templates/patchline/announcement.md")),
    ("oss-security.txt", include_str!("templates/patchline/oss-security.txt")),
    ("release-note.md", include_str!("templates/patchline/release-note.md")),
    ("retrospective.md", include_str!("templates/patchline/retrospective.md")),
];

const KUBERNETES: &[(&str, &str)] =
    &[("announcement.md", include_str!("templates/kubernetes/announcement.md"))];

const NODE: &[(&str, &str)] = &[
    ("announcement.md", include_str!("templates/node/announcement.md")),
    ("pre-announcement.md", include_str!("templates/node/pre-announcement.md")),
];

const DJANGO: &[(&str, &str)] = &[
    ("announcement.md", include_str!("templates/django/announcement.md")),
    ("pre-announcement.md", include_str!("templates/django/pre-announcement.md")),
];

const OPENSTACK: &[(&str, &str)] =
    &[("announcement.md", include_str!("templates/openstack/announcement.md"))];

const ENVOY: &[(&str, &str)] = &[
    ("announcement.md", include_str!("templates/envoy/announcement.md")),
    ("pre-announcement.md", include_str!("templates/envoy/pre-announcement.md")),
];
