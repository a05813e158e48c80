//! A clone's remote: what the clone lacks is fetched from there, commit by commit and, where the
//! remote can leave things out, file by file.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use jiff::Timestamp;

use super::reads::Reads;
use crate::{
    collect::Error,
    discover::{Histories, Refs},
    edge::{
        causes,
        git::{self, Access, Ask, Credential, Depth, Git, Listing, Remote, Store, Token},
    },
    model::{CommitId, Trouble},
};

/// Files that are asked for in one request.
const MOST_FILES: usize = 4000;
/// Links that lead to links are followed so often.
const MOST_ROUNDS: usize = 8;
/// After a request for many things failed, so many are asked for one by one.
const MOST_ALONE: usize = 64;
/// So many commits behind a head are searched for tags.
const HISTORY: u32 = 20_000;
/// Where nothing can be left out, no more tags than this are fetched for their dates.
const MOST_WHOLE: usize = 200;
/// How far histories are deepened for a common commit, step by step.
const STEPS: [u32; 3] = [50, 500, 5000];
const WITHOUT_FILES: &str = "blob:none";
const ONLY_COMMITS: &str = "tree:0";

/// A remote and what came from there.
#[derive(Debug)]
pub(super) struct Fetched {
    /// The clone as it is.
    clone: Git,
    /// What the clone shows itself.
    own: Refs,
    access: Access,
    remote: Remote,
    store: Arc<Store>,
    place: std::path::PathBuf,
    listing: Listing,
    /// Every commit of the clone is there with all of its files.
    is_clone_whole: bool,
    /// The history came without its files, so that no commit stands for those behind it.
    has_bare_history: bool,
    /// Commits that came with everything.
    whole: BTreeSet<CommitId>,
    /// Commits that came with their trees.
    walked: BTreeSet<CommitId>,
    /// What was asked for and did not come is not asked for again.
    lost: BTreeSet<CommitId>,
    lost_files: BTreeSet<String>,
    pub trouble: Vec<Trouble>,
}

impl Fetched {
    /// Asks the remote for its branches and tags.
    pub(super) fn connect(
        clone: &Git,
        own: Refs,
        token: Option<&Token>,
        place: &Path,
    ) -> Result<Self, Error> {
        let access = clone.access(token).map_err(|source| Error::NoRemote { source })?;
        let failed = |source| Error::Remote { credential: access.credential, source };
        let mut remote = Remote::connect(&access).map_err(failed)?;
        let listing = remote.list().map_err(failed)?;
        let store =
            Arc::new(Store::beside(clone, place).map_err(|source| Error::Store { source })?);
        Ok(Self {
            clone: clone.clone(),
            own,
            access,
            remote,
            store,
            place: place.to_path_buf(),
            listing,
            is_clone_whole: !clone.is_promised(),
            has_bare_history: false,
            whole: BTreeSet::new(),
            walked: BTreeSet::new(),
            lost: BTreeSet::new(),
            lost_files: BTreeSet::new(),
            trouble: Vec::new(),
        })
    }

    /// The clone with what came.
    pub(super) fn git(&self) -> Git {
        self.clone.with(Arc::clone(&self.store))
    }

    pub(super) fn refs(&self, until: Option<Timestamp>, default: Option<&str>) -> Refs {
        let remote = Some(self.access.remote.as_str());
        self.git().listed(&self.listing, &self.own, remote, until, default)
    }

    /// The commit of a branch or a tag of the remote.
    pub(super) fn resolve(&self, name: &str) -> Option<CommitId> {
        let remote = format!("{}/", self.access.remote);
        let short = name.strip_prefix(&remote).unwrap_or(name);
        let places = [name.to_owned(), format!("refs/tags/{name}"), format!("refs/heads/{short}")];
        let refs = &self.listing.refs;
        let found = places.iter().find_map(|place| refs.iter().find(|l| l.name == *place));
        found.map(|listed| listed.commit.clone())
    }

    /// Brings commits with the files that are read; true: something came.
    pub(super) fn bring(&mut self, commits: &[CommitId], reads: &Reads) -> bool {
        let commits: Vec<CommitId> =
            commits.iter().filter(|commit| !self.is_known(commit)).cloned().collect();
        if commits.is_empty() {
            return false;
        }
        if !self.remote.can_filter() || matches!(reads, Reads::All) {
            let came = self.commits(&commits, None);
            self.whole.extend(came.iter().cloned());
            return !came.is_empty();
        }
        let without_trees: Vec<CommitId> =
            commits.iter().filter(|commit| !self.walked.contains(commit)).cloned().collect();
        let came = self.commits(&without_trees, Some(WITHOUT_FILES));
        self.walked.extend(came.iter().cloned());
        let walked: Vec<CommitId> =
            commits.into_iter().filter(|commit| self.walked.contains(commit)).collect();
        self.files(&walked, reads) || !came.is_empty()
    }

    /// True of a commit that is here whole, or will not come.
    fn is_known(&self, commit: &CommitId) -> bool {
        self.whole.contains(commit)
            || self.lost.contains(commit)
            || (self.is_clone_whole && self.clone.has(commit))
    }

    /// Brings commits, and gives those that came.
    fn commits(&mut self, commits: &[CommitId], filter: Option<&'static str>) -> Vec<CommitId> {
        // What is said to be here is left out of what comes, so it has to be here whole.
        let here = self.is_clone_whole.then(|| self.clone.head()).flatten();
        let mut haves: BTreeSet<CommitId> = here.map(|(commit, _)| commit).into_iter().collect();
        haves.extend(self.whole.iter().cloned());
        if filter.is_some() {
            haves.extend(self.walked.iter().cloned());
        }
        if self.has_bare_history {
            haves.clear();
        }
        let haves: Vec<String> = haves.into_iter().map(|commit| commit.0).collect();
        let objects = commits.iter().flat_map(|commit| self.listing.objects_of(commit));
        let wants: BTreeSet<String> = objects.collect();
        let wants: Vec<String> = wants.into_iter().collect();
        let lost = self.fetch(&Ask { wants: &wants, haves: &haves, filter, ..Ask::default() });
        let is_lost = |commit: &CommitId| !self.listing.objects_of(commit).is_disjoint(&lost);
        let (lost, came): (Vec<CommitId>, Vec<CommitId>) =
            commits.iter().cloned().partition(is_lost);
        self.lost.extend(lost);
        came
    }

    /// Brings the files of commits that are read and not here; true: something came.
    fn files(&mut self, commits: &[CommitId], reads: &Reads) -> bool {
        let mut has_come = false;
        // A link that came leads to a file that is wanted, too.
        for _ in 0..MOST_ROUNDS {
            let git = self.git();
            let wants = reads.missing(&git, commits, &self.lost_files, &mut self.trouble);
            if wants.is_empty() {
                return has_come;
            }
            for wants in wants.chunks(MOST_FILES) {
                let ask = Ask { wants, haves: &[], depth: Depth::Kept, ..Ask::default() };
                let lost = self.fetch(&ask);
                has_come |= lost.len() < wants.len();
                self.lost_files.extend(lost);
            }
        }
        has_come
    }

    /// Fetches, and gives what could not be. One bad thing costs itself.
    fn fetch(&mut self, ask: &Ask<'_>) -> BTreeSet<String> {
        let Err(error) = self.remote.fetch(ask, &self.store) else { return BTreeSet::new() };
        let mut lost: BTreeSet<String> = ask.wants.iter().cloned().collect();
        let mut because = causes(&error);
        if ask.wants.len() > 1 && ask.wants.len() <= MOST_ALONE {
            for want in ask.wants {
                // A connection on which something failed is in no state to be used.
                let Ok(remote) = Remote::connect(&self.access) else { break };
                self.remote = remote;
                let alone = Ask { wants: std::slice::from_ref(want), ..ask.clone() };
                match self.remote.fetch(&alone, &self.store) {
                    Ok(()) => {
                        lost.remove(want);
                    }
                    Err(error) => because = causes(&error),
                }
            }
        } else if let Ok(remote) = Remote::connect(&self.access) {
            self.remote = remote;
        }
        if !lost.is_empty() {
            self.trouble.push(Trouble::warning(because).hint(hint(self.access.credential, false)));
        }
        lost
    }

    /// Brings the commits of refs for their dates.
    pub(super) fn bring_dates(&mut self, commits: &[CommitId]) {
        let git = self.git();
        let commits: BTreeSet<&CommitId> = commits.iter().collect();
        let refs = self.listing.refs.iter().filter(|listed| commits.contains(&listed.commit));
        let objects = refs.map(|listed| &listed.object).filter(|object| !git.has_object(object));
        let wants: BTreeSet<String> = objects.cloned().collect();
        let wants: Vec<String> = wants.into_iter().collect();
        if wants.is_empty() {
            return;
        }
        if !self.remote.can_filter() && wants.len() > MOST_WHOLE {
            let message = format!(
                "the dates of {} branches and tags are not known: `{}` gives them only with all of \
                 their files",
                wants.len(),
                self.access.shown()
            );
            self.trouble.push(Trouble::warning(message).hint("clone the repository whole"));
            return;
        }
        // They are no part of what is scanned, and where their histories end is not remembered.
        let filter = Some(ONLY_COMMITS);
        self.fetch(&Ask { wants: &wants, filter, is_passing: true, ..Ask::default() });
    }

    /// Brings the whole history of every branch and tag: what a day of the past needs.
    pub(super) fn bring_history(&mut self) {
        let wants: BTreeSet<String> =
            self.listing.refs.iter().map(|listed| listed.object.clone()).collect();
        let wants: Vec<String> = wants.into_iter().collect();
        self.has_bare_history = self.remote.can_filter();
        let (depth, filter) = (Depth::All, Some(ONLY_COMMITS));
        self.fetch(&Ask { wants: &wants, depth, filter, ..Ask::default() });
    }

    /// Looks for tagged commits behind heads, in a store of their own: where a history ends there is
    /// no end anywhere else.
    pub(super) fn histories(
        &mut self,
        heads: &[CommitId],
        tagged: &BTreeSet<CommitId>,
    ) -> Histories {
        match self.history(heads, HISTORY) {
            Ok(git) => git.histories(heads, tagged),
            Err(error) => {
                self.lost("the histories of some branches are not known", &error);
                Histories::new()
            }
        }
    }

    /// The newest common commit of two, from histories that are deepened in steps.
    pub(super) fn merge_base(&mut self, one: &CommitId, other: &CommitId) -> Option<CommitId> {
        let heads = [one.clone(), other.clone()];
        STEPS.iter().find_map(|depth| self.history(&heads, *depth).ok()?.merge_base(one, other))
    }

    fn history(&mut self, heads: &[CommitId], depth: u32) -> Result<Git, git::Error> {
        let store = Arc::new(Store::new(&self.place, None)?);
        let wants: Vec<String> = heads.iter().map(|head| head.0.clone()).collect();
        let depth = std::num::NonZeroU32::new(depth).map_or(Depth::One, Depth::Some);
        let filter = Some(ONLY_COMMITS);
        let ask = Ask { wants: &wants, depth, filter, ..Ask::default() };
        self.remote.fetch(&ask, &store)?;
        Ok(store.git())
    }

    fn lost(&mut self, what: &str, error: &git::Error) {
        let message = format!("{what}: {}", causes(error));
        self.trouble.push(Trouble::warning(message).hint(hint(self.access.credential, false)));
        if let Ok(remote) = Remote::connect(&self.access) {
            self.remote = remote;
        }
    }
}

/// What to do about a remote that gives nothing.
pub(in crate::collect) fn hint(credential: Credential, is_refused: bool) -> &'static str {
    match (is_refused, credential) {
        (false, _) => {
            "check the network, or clone the repository whole: in GitHub Actions give \
             actions/checkout `fetch-depth: 0`"
        }
        (true, Credential::Token) => {
            "is the token valid, and may it read this repository? It needs `contents: read`"
        }
        (true, Credential::Clone) => {
            "the credentials that the clone keeps are not taken: put a token with `contents: read` \
             into the variable PATCHLINE_TOKEN"
        }
        (true, Credential::None) => {
            "put a token with `contents: read` into the variable PATCHLINE_TOKEN"
        }
    }
}
