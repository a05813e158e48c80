//! What a repository's files say about the support of its lines: bytes in, claims and trouble out.
//!
//! One small reader per kind of file, in [`ALL`]. A reader knows nothing of refs and of the day: it
//! says what is written, where, and in which words. What that means for which line is decided in
//! `discover`.

mod about;
mod day;
mod folders;
mod reading;

mod branches_json;
mod changelog;
mod dependabot;
mod endoflife;
mod markdown;
mod openeox;
mod release_cycle;
mod renovate;
mod schedule_json;
mod schedule_yaml;
mod versions_hcl;
mod versions_table;
mod versions_yaml;
mod workflow;

use std::collections::BTreeSet;

pub use self::folders::enters;
use crate::{
    model::{Claim, Origin, Trouble},
    tree,
};

/// Reads one kind of file.
pub trait SupportReader: Sync {
    /// Its name, equal to that of its source file.
    fn id(&self) -> &'static str;

    /// True of the paths that it reads; no two readers claim one path. Relative to the tree's root,
    /// with forward slashes.
    fn claims(&self, path: &str) -> bool;

    /// False if what it reads only shows that somebody cares for a branch, so that a file that could
    /// not be read whole hides no promise.
    fn may_decide(&self) -> bool {
        true
    }

    /// True if it looks at the first rows only, so that the file may be of any size.
    fn reads_head_only(&self) -> bool {
        false
    }

    /// Reads a file. `at` has its ref and path, and no row.
    fn read(&self, text: &str, at: &Origin) -> Read;
}

/// What a reader made of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// In the order of the file.
    pub claims: Vec<Claim>,
    pub trouble: Vec<Trouble>,
}

/// All readers.
pub const ALL: &[&dyn SupportReader] = &[
    &branches_json::BranchesJson,
    &changelog::Changelog,
    &dependabot::Dependabot,
    &endoflife::EndOfLife,
    &markdown::Markdown,
    &openeox::OpenEox,
    &release_cycle::ReleaseCycle,
    &renovate::Renovate,
    &schedule_json::ScheduleJson,
    &schedule_yaml::ScheduleYaml,
    &versions_hcl::VersionsHcl,
    &versions_table::VersionsTable,
    &versions_yaml::VersionsYaml,
    &workflow::Workflow,
];

/// The reader of what `endoflife` in the configuration names.
pub const END_OF_LIFE: &dyn SupportReader = &endoflife::EndOfLife;
/// The reader of what `openeox` in the configuration names, whatever its path.
pub const OPENEOX: &dyn SupportReader = &openeox::OpenEox;

/// A file with more bytes is not a statement.
pub const LARGEST: usize = 1024 * 1024;
/// Nor are more bytes than this the head of one: a file may be one row.
pub const LONGEST_HEAD: usize = 64 * 1024;
/// A file that makes more claims than this is cut there, and that is said.
pub const MOST_CLAIMS: usize = 2_000;

/// The reader of a path.
pub fn reader_of(path: &str) -> Option<&'static dyn SupportReader> {
    ALL.iter().copied().find(|reader| reader.claims(path))
}

/// Drops what is said of other products, such as "the last three Kubernetes versions". `names` are
/// those, in lowercase, that the project goes by.
pub fn keep_own(claims: &mut Vec<Claim>, names: &BTreeSet<String>) {
    claims.retain(|claim| claim.product.as_ref().is_none_or(|product| names.contains(product)));
}

/// The first heading of a document.
pub fn title(text: &str) -> Option<&str> {
    let mut rows = text.lines().take(60).peekable();
    while let Some(row) = rows.next() {
        if let Some(title) = row.strip_prefix("# ") {
            return Some(title);
        }
        let is_underlined = rows
            .peek()
            .is_some_and(|next| next.len() >= 3 && next.bytes().all(|byte| byte == b'='));
        if is_underlined && !row.trim().is_empty() {
            return Some(row);
        }
    }
    None
}
