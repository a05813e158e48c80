//! The texts of known processes, in our own words: what is told at which stage, in which order, and
//! under which subject. Each has only what differs from ours.

/// A set of texts.
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

    /// True of a process that counts every line past its support as affected, without a look at it.
    pub(super) fn says_ended_are_affected(self) -> bool {
        self == Self::Node
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

/// The templates of a preset by their names. Those of ours are also there as `patchline/<name>`, and
/// those of the preset as `<preset>/<name>`, so that others can include them.
pub(super) fn templates(preset: Preset) -> Vec<(String, String)> {
    let mut templates = Vec::new();
    for preset in [Preset::Patchline, preset] {
        for (name, source) in preset.own() {
            templates.push((format!("{}/{name}", preset.as_str()), (*source).to_owned()));
            templates.push(((*name).to_owned(), (*source).to_owned()));
        }
    }
    templates
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
