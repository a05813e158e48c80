//! What files say about the support of release lines, and what follows from it.

use jiff::civil::Date;

use super::{LineId, Origin, Standing, Tier};

/// Who says something about the support of a line, most trusted first.
///
/// The order is written down, with its reasons, in ARCHITECTURE.md.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeclaredBy {
    /// The command line named the ref.
    CommandLine,
    /// `patchline.toml`.
    Configuration,
    /// A file that the maintainers keep for machines: `.release/versions.hcl`, `branches.json`.
    Manifest,
    /// A dated sentence on the line's own branch.
    BranchDate,
    /// A table or list in a document.
    Table,
    /// A sentence in a document.
    Prose,
    /// An endoflife.date product that the configuration names.
    EndOfLife,
    /// What bots and workflows are told to look after.
    Bots,
    /// A tag that ends a line, such as `2031.2-eol`, or a line without a stable one.
    Tags,
    /// It is the newest stable line, and nobody ended it.
    Newest,
    /// It is the default branch of a project that says which lines it supports.
    DefaultBranch,
    /// Nobody said anything, and this is the documented default.
    Assumed,
}

impl DeclaredBy {
    /// Everybody, the most trusted first.
    pub const ALL: [Self; 12] = [
        Self::CommandLine,
        Self::Configuration,
        Self::Manifest,
        Self::BranchDate,
        Self::Table,
        Self::Prose,
        Self::EndOfLife,
        Self::Bots,
        Self::Tags,
        Self::Newest,
        Self::DefaultBranch,
        Self::Assumed,
    ];

    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CommandLine => "command-line",
            Self::Configuration => "configuration",
            Self::Manifest => "manifest",
            Self::BranchDate => "branch-date",
            Self::Table => "table",
            Self::Prose => "prose",
            Self::EndOfLife => "endoflife",
            Self::Bots => "bots",
            Self::Tags => "tags",
            Self::Newest => "newest",
            Self::DefaultBranch => "default-branch",
            Self::Assumed => "assumed",
        }
    }
}

/// When something ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum End {
    /// The last day on which it holds. A month is its last day.
    Day(Date),
    /// The release that ends it, by its numbers: `1.13`.
    Release(String),
}

/// What a claim is about, in the terms of whoever made it; `discover` finds the lines that are
/// meant. Versions are numbers with dots, without prefix and without `.x`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum About {
    /// A line, or the line of a release: `22`, `1.4`, `1.4.2`. A major of a project that counts in
    /// minors means the newest line of that major.
    Version(String),
    /// The line of the branch with this short name.
    Branch(String),
    /// The branches that match, a glob or a `/regular expression/`: who writes one looks after
    /// whatever there is, and says nothing about a single line.
    Matching(String),
    /// Every line below this version.
    Below(String),
    /// This version's line and every newer one.
    From(String),
    /// The lines between two versions, both included.
    Between(String, String),
    /// The newest line with a stable release.
    Newest,
    /// The lines that a rule gives.
    Rule(Rule),
    /// Every line that the same statement does not speak of otherwise.
    Others,
}

/// Arithmetic that gives the supported lines. Lines are counted, never computed: minors go missing
/// and majors roll over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// The newest `lines` lines; of each of the newest `majors` majors, if that is given.
    Newest { lines: usize, majors: Option<usize> },
    /// So many months from the first stable release.
    Months { months: u32 },
    /// Until so many months after the next line's first stable release.
    AfterNext { months: u32 },
    /// The last line of a major until so many months after the next major's first stable release.
    LastOfMajor { months: u32 },
    /// Every `every`-th major or minor, for so many months from its first stable release.
    EveryNth { every: u64, of: Unit, months: u32 },
}

/// Which number of a version is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    Major,
    Minor,
}

/// What one row of a file says about support, as it is written there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Claim {
    pub by: DeclaredBy,
    pub about: About,
    /// `None`: only days are given, and the standing follows from them.
    pub standing: Option<Standing>,
    pub tier: Option<Tier>,
    /// It is called a long-term line. In a list of those the newest line is not named.
    pub is_lts: bool,
    /// `ce`, `enterprise`.
    pub edition: Option<String>,
    /// The first day.
    pub from: Option<Date>,
    /// When only security fixes are left.
    pub bug_fixes_until: Option<End>,
    /// When the public gets no more security fixes.
    pub security_until: Option<End>,
    /// When paying users get no more, either.
    pub extended_until: Option<End>,
    pub origin: Origin,
    /// A well-known product that the text names beside the versions, lowercase. Unless it is the
    /// project itself, the claim is about somebody else's versions.
    pub product: Option<String>,
    /// The words that were read, at most [`LONGEST_WORDS`] characters.
    pub words: String,
}

/// A quotation is no longer than this, in characters.
pub const LONGEST_WORDS: usize = 160;

impl Claim {
    /// A claim that says nothing yet.
    pub fn new(by: DeclaredBy, about: About, origin: Origin, words: &str) -> Self {
        let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
        let words = match words.char_indices().nth(LONGEST_WORDS) {
            Some((end, _)) => format!("{}…", &words[..end]),
            None => words,
        };
        Self {
            by,
            about,
            standing: None,
            tier: None,
            is_lts: false,
            edition: None,
            from: None,
            bug_fixes_until: None,
            security_until: None,
            extended_until: None,
            product: None,
            origin,
            words,
        }
    }

    /// The same, with a standing.
    #[must_use]
    pub fn standing(mut self, standing: Standing) -> Self {
        self.standing = Some(standing);
        self
    }
}

/// What a claim means for one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declaration {
    pub by: DeclaredBy,
    pub standing: Standing,
    /// In words, for `patchline lines`.
    pub says: String,
    pub origin: Option<Origin>,
    /// The words that were read, if it was a text.
    pub words: Option<String>,
    /// The last supported day that it gives.
    pub until: Option<Date>,
    /// The rule that gives the line, if one does.
    pub rule: Option<Rule>,
}

impl Declaration {
    /// A declaration without a place, words or days.
    pub fn new(by: DeclaredBy, standing: Standing, says: impl Into<String>) -> Self {
        Self { by, standing, says: says.into(), origin: None, words: None, until: None, rule: None }
    }
}

/// A kind of disagreement; its name is the rule's id in SARIF.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ContradictionKind {
    /// A place lists a line that has ended.
    EndedLineListed,
    /// A list of lines lacks a supported one.
    SupportedLineMissing,
    /// A statement is so far behind that it decides nothing.
    StaleStatement,
    /// Two places give different last days.
    DatesDiffer,
    /// Two statements differ about a line's standing.
    StandingsDiffer,
    /// A declared line has neither a branch nor a tag.
    LineWithoutRefs,
    /// A line was released after its stated end.
    ReleasedAfterEnd,
    /// A line that looks maintained, and that no statement names.
    UndeclaredLine,
}

impl ContradictionKind {
    pub const ALL: [Self; 8] = [
        Self::EndedLineListed,
        Self::SupportedLineMissing,
        Self::StaleStatement,
        Self::DatesDiffer,
        Self::StandingsDiffer,
        Self::LineWithoutRefs,
        Self::ReleasedAfterEnd,
        Self::UndeclaredLine,
    ];

    /// The rule's id.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EndedLineListed => "support/ended-line-listed",
            Self::SupportedLineMissing => "support/supported-line-missing",
            Self::StaleStatement => "support/stale-statement",
            Self::DatesDiffer => "support/dates-differ",
            Self::StandingsDiffer => "support/standings-differ",
            Self::LineWithoutRefs => "support/line-without-refs",
            Self::ReleasedAfterEnd => "support/released-after-end",
            Self::UndeclaredLine => "support/undeclared-line",
        }
    }
}

/// Claims that cannot all hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Contradiction {
    pub kind: ContradictionKind,
    /// The line that it is about; `None`: a statement as a whole.
    pub line: Option<LineId>,
    /// What is wrong, a fragment without a full stop.
    pub message: String,
    /// The place that should be mended: the weaker one.
    pub at: Option<Origin>,
    /// The place, or the ref, that says otherwise.
    pub against: Option<Origin>,
    /// What to change.
    pub mend: String,
}
