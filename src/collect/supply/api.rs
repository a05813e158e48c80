//! A repository that is only at hand through GitHub's interface: trees and files come by their ids
//! and are put into a store, where they are what those ids say or not there at all.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};

use super::reads::Reads;
use crate::{
    collect::Error,
    discover::Refs,
    edge::{
        git::{Entry, Git, Listing, Store},
        github::{Environment, Failure, Github, Pace, RepositoryName, Session},
    },
    model::{CommitId, Trouble},
};

/// Folders deeper than this are not followed.
const DEEPEST: usize = 128;
/// Links that lead to links are followed so often.
const MOST_ROUNDS: usize = 8;
/// Folders of one tree.
const MOST_FOLDERS: usize = 100_000;
const CLONE: &str = "clone the repository, and run without --remote";

/// A repository on GitHub, and what came from there.
#[derive(Debug)]
pub(super) struct Api {
    session: Session,
    store: Arc<Store>,
    listing: Listing,
    trees: BTreeMap<CommitId, String>,
    has_graphql: bool,
    /// Trees that are here with everything below.
    whole: BTreeSet<String>,
    /// What did not come is not asked for again.
    lost: BTreeSet<String>,
    pub trouble: Vec<Trouble>,
}

impl Api {
    /// Asks for the branches and tags.
    pub(super) async fn connect(name: &RepositoryName, place: &Path) -> Result<Self, Error> {
        let failed = |failure| Error::Api { name: name.to_string(), failure };
        let environment = Environment::read();
        let github = Github::new(&environment, Github::PATIENCE).map_err(failed)?;
        let mut session = Session::new(&github, name, Pace::of(&environment)).map_err(failed)?;
        let found = session.repository().await.map_err(failed)?;
        let address = format!("{}/{name}", environment.server());
        let store = Store::new(place, Some(&address)).map_err(|source| Error::Store { source })?;
        let mut api = Self {
            session,
            store: Arc::new(store),
            listing: found.listing,
            trees: found.trees,
            has_graphql: found.has_graphql,
            whole: BTreeSet::new(),
            lost: BTreeSet::new(),
            trouble: Vec::new(),
        };
        if let Some(missing) = &found.missing {
            api.miss("not all branches and tags were listed", missing);
        }
        Ok(api)
    }

    pub(super) fn git(&self) -> Git {
        self.store.git()
    }

    pub(super) fn refs(&self, default: Option<&str>) -> Refs {
        self.git().listed(&self.listing, &Refs::default(), None, None, default)
    }

    /// What needs the history that no interface gives.
    pub(super) fn without_history(&mut self, heads: usize) {
        let message = format!(
            "only their histories tell whose {heads} branches are, and GitHub's interface gives none"
        );
        self.trouble.push(Trouble::warning(message).hint(CLONE));
    }

    /// Brings commits with the files that are read; true: something came.
    pub(super) async fn bring(&mut self, commits: &[CommitId], reads: &Reads) -> bool {
        if matches!(reads, Reads::All) {
            let message =
                "programs read every file, and GitHub's interface was asked for a few only";
            let trouble = Trouble::warning(message).hint(CLONE);
            if !self.trouble.contains(&trouble) {
                self.trouble.push(trouble);
            }
        }
        let mut roots = Vec::new();
        for commit in commits {
            if let Some(tree) = self.tree_of(commit).await {
                roots.push(tree);
            }
        }
        let came = match reads {
            Reads::Line => self.near(&roots).await,
            _ => self.below(&roots).await,
        };
        let here: Vec<CommitId> = commits
            .iter()
            .filter(|commit| self.trees.get(*commit).is_some_and(|tree| self.store.has(tree)))
            .cloned()
            .collect();
        let reads = if matches!(reads, Reads::All) { &Reads::Tip } else { reads };
        self.files(&here, reads).await || came
    }

    async fn tree_of(&mut self, commit: &CommitId) -> Option<String> {
        if !self.trees.contains_key(commit) && !self.lost.contains(&commit.0) {
            match self.session.commit(commit).await {
                Ok((tree, date)) => {
                    for listed in &mut self.listing.refs {
                        if listed.commit == *commit && listed.date.is_none() {
                            listed.date = date;
                        }
                    }
                    self.trees.insert(commit.clone(), tree);
                }
                Err(failure) => {
                    self.lost.insert(commit.0.clone());
                    self.miss(&format!("the commit {} was not read", commit.short()), &failure);
                }
            }
        }
        let tree = self.trees.get(commit)?.clone();
        self.store.add_commit(commit, &tree);
        Some(tree)
    }

    /// Brings the dates of commits that are not known yet.
    pub(super) async fn bring_dates(&mut self, commits: &[CommitId]) {
        let undated = self.listing.refs.iter().filter(|listed| listed.date.is_none());
        let undated: BTreeSet<CommitId> = undated.map(|listed| listed.commit.clone()).collect();
        for commit in commits.iter().filter(|commit| undated.contains(commit)) {
            self.tree_of(commit).await;
        }
    }

    /// Brings the top of trees, and the one folder in which a line may speak of itself.
    async fn near(&mut self, roots: &[String]) -> bool {
        let mut came = self.folders(roots).await;
        let inner = roots.iter().filter_map(|root| self.store.folders(root)).flatten();
        let inner: Vec<String> =
            inner.filter(|(name, _)| name == ".github").map(|(_, id)| id).collect();
        came |= self.folders(&inner).await;
        came
    }

    /// Brings trees with everything below them, level by level: branches share most of it.
    async fn below(&mut self, roots: &[String]) -> bool {
        let mut came = false;
        let mut level: BTreeSet<String> =
            roots.iter().filter(|root| !self.whole.contains(*root)).cloned().collect();
        let (all, lost) = (level.clone(), self.lost.len());
        for _ in 0..DEEPEST {
            if level.is_empty() {
                break;
            }
            let ids: Vec<String> = level.iter().cloned().collect();
            came |= self.folders(&ids).await;
            let inner = ids.iter().filter_map(|id| self.store.folders(id)).flatten();
            level = inner.map(|(_, id)| id).filter(|id| !self.whole.contains(id)).collect();
            self.whole.extend(ids);
        }
        if self.lost.len() > lost {
            self.whole.retain(|id| !all.contains(id));
        }
        came
    }

    /// Brings folders by their ids; true: something came.
    async fn folders(&mut self, ids: &[String]) -> bool {
        let is_wanted = |id: &&String| !self.store.has(id) && !self.lost.contains(*id);
        let wanted: BTreeSet<String> = ids.iter().filter(is_wanted).cloned().collect();
        let wanted: Vec<String> = wanted.into_iter().collect();
        if wanted.is_empty() {
            return false;
        }
        let mut came = false;
        if self.has_graphql {
            match self.session.trees(&wanted).await {
                Ok(trees) => {
                    for (id, entries) in trees {
                        came |= self.store.add_tree(&id, &entries);
                    }
                }
                Err(_) => self.has_graphql = false,
            }
        }
        for id in &wanted {
            if self.store.has(id) {
                continue;
            }
            match self.folder_by_rest(id).await {
                Ok(()) if self.store.has(id) => came = true,
                Ok(()) => {
                    let because =
                        "what GitHub lists is not what its id says: a name may be no text";
                    let failure = Failure { because: because.to_owned(), hint: CLONE.to_owned() };
                    self.lose(id, &failure);
                }
                Err(failure) => self.lose(id, &failure),
            }
        }
        came
    }

    fn lose(&mut self, id: &str, failure: &Failure) {
        self.lost.insert(id.to_owned());
        let short = id.get(..12).unwrap_or(id);
        self.miss(&format!("the folder or file `{short}` was not read"), failure);
    }

    /// A folder with all that is below it, as far as GitHub lists it in one answer.
    async fn folder_by_rest(&mut self, id: &str) -> Result<(), Failure> {
        let (entries, is_cut) = self.session.whole_tree(id).await?;
        let (entries, is_cut) =
            if is_cut { self.session.tree(id).await? } else { (entries, is_cut) };
        let mut folders: BTreeMap<String, (String, Vec<Entry>)> = BTreeMap::new();
        folders.insert(String::new(), (id.to_owned(), Vec::new()));
        if !is_cut {
            let inner = entries.iter().filter(|entry| entry.is_folder());
            folders.extend(inner.map(|e| (e.name.clone(), (e.id.clone(), Vec::new()))));
        }
        for entry in entries {
            let (folder, name) = entry.name.rsplit_once('/').unwrap_or(("", &entry.name));
            let entry = Entry { name: name.to_owned(), ..entry.clone() };
            if let Some((_, inside)) = folders.get_mut(folder) {
                inside.push(entry);
            }
        }
        for (id, entries) in folders.values().take(MOST_FOLDERS) {
            self.store.add_tree(id, entries);
        }
        Ok(())
    }

    /// Brings the files of commits that are read and not here; true: something came.
    async fn files(&mut self, commits: &[CommitId], reads: &Reads) -> bool {
        let mut has_come = false;
        for _ in 0..MOST_ROUNDS {
            let git = self.git();
            let wants = reads.missing(&git, commits, &self.lost, &mut self.trouble);
            if wants.is_empty() {
                return has_come;
            }
            if self.has_graphql {
                match self.session.texts(&wants).await {
                    Ok(texts) => {
                        for (id, text) in texts {
                            // What is told as text may have been something else.
                            has_come |= self.store.add_file(&id, text.as_bytes());
                        }
                    }
                    Err(_) => self.has_graphql = false,
                }
            }
            for id in &wants {
                if self.store.has(id) {
                    continue;
                }
                match self.session.file(id).await {
                    Ok(bytes) if self.store.add_file(id, &bytes) => has_come = true,
                    Ok(_) => {
                        let because = "what came is not what its id says".to_owned();
                        self.lose(id, &Failure { because, hint: CLONE.to_owned() });
                    }
                    Err(failure) => self.lose(id, &failure),
                }
            }
        }
        has_come
    }

    fn miss(&mut self, what: &str, failure: &Failure) {
        let message = format!("{what}: {}", failure.because);
        self.trouble.push(Trouble::warning(message).hint(failure.hint.clone()));
    }
}
