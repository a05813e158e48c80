//! Suppressions that a report holds: shown as opinions, so that nothing vanishes in another tool's
//! ignore list.

use std::collections::BTreeSet;

use super::Run;
use crate::model::{Advisory, Expiry, Opinion, Origin, PackagePattern, Stance};

/// An opinion from a report, which knows no row of itself. `ids` are canonical.
pub(super) fn opinion(
    kind: &'static str,
    ids: impl IntoIterator<Item = String>,
    stance: Stance,
) -> Opinion {
    Opinion {
        kind,
        ids: ids.into_iter().collect::<BTreeSet<_>>(),
        package: None,
        stance,
        justification: None,
        reason: None,
        expiry: Expiry::Never,
        by: None,
        origin: Origin { reference: None, path: String::new(), row: None },
        at: None,
        only_if: Vec::new(),
    }
}

/// What the tool did not want to tell of one claim.
pub(super) fn of_claim(
    kind: &'static str,
    advisory: &Advisory,
    version: Option<&str>,
    stance: Stance,
) -> Opinion {
    let ids = std::iter::once(&advisory.id).chain(&advisory.aliases).cloned();
    let package = PackagePattern {
        ecosystem: advisory.ecosystem.clone(),
        name: advisory.package.clone(),
        version: version.map(str::to_owned),
    };
    Opinion { package: Some(package), ..opinion(kind, ids, stance) }
}

/// Leaves one of several equal opinions: one entry of an ignore list meets many claims.
pub(super) fn once_each(run: &mut Run) {
    let mut seen = BTreeSet::new();
    run.opinions.retain(|opinion| seen.insert(opinion.clone()));
}
