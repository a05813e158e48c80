//! Advisories × inventories → evidence: the one place where versions are matched.
//!
//! Equal lockfiles are matched once, however many tips share them. What a git or path package
//! carries is unknown, so it is only ever possible, and nothing is matched by name alone.

mod attribute;
mod graph;
mod reported;
mod spelling;
mod update;

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use semver::Version;

pub use self::attribute::{Attribution, attribute};
use self::graph::Paths;
pub use self::{reported::reported, spelling::spelled};
use crate::model::{
    Advisory, AdvisoryDatabase, Basis, Certainty, Coverage, Covered, Ecosystem, Entry, Evidence,
    Inventory, Lockfile, Origin, Place, Reach, Supply, Trouble, Update,
};

/// What matching brought to light.
#[derive(Debug, Default)]
pub struct Scanned {
    /// Sorted by place, lockfile, row and advisory.
    pub evidence: Vec<Evidence>,
    /// Packages whose version cannot be compared: nobody can say that they are clean.
    pub incomparable: BTreeSet<(Place, String)>,
    /// The same as gaps.
    pub coverage: Vec<Coverage>,
    pub trouble: Vec<Trouble>,
}

impl Scanned {
    /// Both together.
    pub fn append(&mut self, mut other: Self) {
        self.evidence.append(&mut other.evidence);
        self.incomparable.append(&mut other.incomparable);
        self.coverage.append(&mut other.coverage);
        self.trouble.append(&mut other.trouble);
    }
}

/// Matches every advisory against every locked package.
pub fn evidence(inventories: &[Inventory], databases: &[AdvisoryDatabase]) -> Scanned {
    let mut scanned = Scanned::default();
    let mut known: HashMap<*const Lockfile, Matches<'_>> = HashMap::new();
    for inventory in inventories {
        for file in &inventory.lockfiles {
            let matches = known
                .entry(Arc::as_ptr(&file.content))
                .or_insert_with(|| Matches::of(&file.content, databases));
            for (index, source) in &matches.incomparable {
                let entry = &file.content.entries[*index];
                scanned.trouble.push(incomparable(entry, inventory, &file.path));
                scanned.coverage.push(Coverage {
                    source: (*source).to_owned(),
                    at: Some(inventory.place.clone()),
                    covered: Covered::Partial {
                        because: format!("the version of `{}` cannot be compared", entry.name),
                    },
                });
                scanned.incomparable.insert((inventory.place.clone(), entry.name.to_string()));
            }
            for found in &matches.found {
                let entry = &file.content.entries[found.entry];
                let update = match found.certainty {
                    Certainty::Possible => Update::NO_FIX,
                    Certainty::Certain => update::find(
                        found.entry,
                        &found.version,
                        found.advisory,
                        &file.content,
                        &matches.paths,
                        &file.path,
                        &inventory.manifests,
                    ),
                };
                scanned.evidence.push(Evidence {
                    source: found.source.to_owned(),
                    basis: found.basis,
                    advisory: Arc::clone(found.advisory),
                    at: inventory.place.clone(),
                    version: Some(entry.version.to_string()),
                    supply: Some(entry.supply.clone()),
                    certainty: found.certainty,
                    lockfile: Some(file.path.clone()),
                    row: Some(entry.row),
                    path: found.path.clone(),
                    update,
                    reach: Reach::Unasked,
                });
            }
        }
    }
    scanned
}

/// What one lockfile matches, wherever it lies.
struct Matches<'a> {
    found: Vec<Match<'a>>,
    /// Entries and the database that knows their package.
    incomparable: Vec<(usize, &'a str)>,
    paths: Paths,
}

struct Match<'a> {
    entry: usize,
    version: Version,
    source: &'a str,
    advisory: &'a Arc<Advisory>,
    basis: Basis,
    certainty: Certainty,
    path: Vec<String>,
}

impl<'a> Matches<'a> {
    fn of(lockfile: &Lockfile, databases: &'a [AdvisoryDatabase]) -> Self {
        let mut matches =
            Self { found: Vec::new(), incomparable: Vec::new(), paths: Paths::default() };
        for locked in locked(lockfile, databases) {
            let Locked { entry, database, version: Some((version, concerns)) } = locked else {
                matches.incomparable.push((locked.entry, &locked.database.stamp.id));
                continue;
            };
            let basis = if database.is_projected { Basis::Projected } else { Basis::Matched };
            for (advisory, certainty) in concerns {
                if matches.paths.is_empty() {
                    matches.paths = Paths::of(lockfile);
                }
                matches.found.push(Match {
                    entry,
                    version: version.clone(),
                    source: &database.stamp.id,
                    advisory,
                    basis,
                    certainty,
                    path: matches.paths.to(entry, lockfile),
                });
            }
        }
        matches
    }
}

/// Records that call a version affected.
pub type Concerns<'a> = Vec<(&'a Arc<Advisory>, Certainty)>;

/// A locked package that a database has records about.
#[derive(Debug)]
pub struct Locked<'a> {
    /// Its place in the lockfile.
    pub entry: usize,
    pub database: &'a AdvisoryDatabase,
    /// Its version and the records that call it affected; `None`: the version cannot be compared.
    pub version: Option<(Version, Concerns<'a>)>,
}

/// The packages of a lockfile that databases have records about, entry by entry: the one matcher.
pub fn locked<'a>(
    lockfile: &Lockfile,
    databases: &'a [AdvisoryDatabase],
) -> impl Iterator<Item = Locked<'a>> {
    let pairs = lockfile.entries.iter().enumerate().flat_map(move |(index, entry)| {
        databases.iter().map(move |database| (index, entry, database))
    });
    pairs.filter_map(|(index, entry, database)| {
        let advisories = database.by_package.get(&*entry.name)?;
        // This lockfile's packages are of one ecosystem; another's may share a name.
        let ours = |advisory: &&Arc<Advisory>| advisory.ecosystem == Ecosystem::CRATES_IO;
        advisories.iter().find(ours)?;
        let version = Version::parse(&entry.version).ok().map(|version| {
            let concerns = advisories.iter().filter(ours).filter(|a| a.affects(&version));
            let certainty = |advisory: &Advisory| {
                let is_ours = entry.supply == Supply::Registry && advisory.is_of_default_registry;
                if is_ours { Certainty::Certain } else { Certainty::Possible }
            };
            let concerns = concerns.map(|advisory| (advisory, certainty(advisory))).collect();
            (version, concerns)
        });
        Some(Locked { entry: index, database, version })
    })
}

fn incomparable(entry: &Entry, inventory: &Inventory, path: &str) -> Trouble {
    Trouble::warning(format!(
        "`{}` is locked at `{}`, which is not a version, and there are advisories about it",
        entry.name, entry.version
    ))
    .at(Origin {
        reference: Some(inventory.commit.0.clone()),
        path: path.to_owned(),
        row: Some(entry.row),
    })
    .hint("regenerate the lockfile with `cargo update --workspace`")
}
