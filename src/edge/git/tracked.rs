//! Whether git keeps a file of the work tree, and whether a remote had it already.

use gix::bstr::ByteSlice as _;

use super::{Error, Git};

impl Git {
    /// True if the index or the commit of `HEAD` has the file. `path` is from the top of the work tree,
    /// with `/` between its parts.
    pub fn tracks(&self, path: &str) -> Result<bool, Error> {
        let repository = self.repository.to_thread_local();
        let index =
            repository.try_index().map_err(Error::new("failed to read the index".to_owned()))?;
        if index.is_some_and(|index| index.entry_by_path(path.as_bytes().as_bstr()).is_some()) {
            return Ok(true);
        }
        match self.head() {
            Some((commit, _)) => self.has_entry(&commit.0, path),
            None => Ok(false),
        }
    }

    /// The first branch of a remote, as this clone knows it, whose newest commit has the file. What
    /// cannot be read has nothing to say.
    pub fn remote_branch_with(&self, path: &str) -> Option<String> {
        let repository = self.repository.to_thread_local();
        let platform = repository.references().ok()?;
        let branches = platform.prefixed("refs/remotes/").ok()?;
        let mut found = branches.flatten().filter_map(|mut reference| {
            let name = reference.name().shorten().to_str().ok()?.to_owned();
            let commit = reference.peel_to_id().ok()?.detach().to_string();
            self.has_entry(&commit, path).ok()?.then_some(name)
        });
        found.next()
    }

    fn has_entry(&self, commit: &str, path: &str) -> Result<bool, Error> {
        let repository = self.objects();
        let what = || format!("failed to look for `{path}` at {commit}");
        let id = super::object_id(commit).ok_or_else(|| Error::bare(what()))?;
        let tree = self
            .tree_of(&repository, id)
            .and_then(|tree| repository.find_tree(tree))
            .map_err(Error::new(what()))?;
        Ok(tree.lookup_entry_by_path(path).map_err(Error::new(what()))?.is_some())
    }
}
