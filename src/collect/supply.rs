//! What a clone lacks of its lines is brought: its remote's branches and tags, then the default
//! branch for the policy and the statements, then the tips of the lines, and of each no more than
//! somebody reads.
//!
//! Nothing is written into the clone. What could not be brought stays away, so that whoever reads it
//! finds a gap, and it is named here as well: a part that is missing is never an empty one.

mod api;
mod remote;
mod reads;

use std::collections::BTreeSet;

use jiff::Timestamp;

pub(super) use self::remote::hint;
use self::{api::Api, reads::Reads, remote::Fetched};
use super::Error;
use crate::{
    config::Config,
    discover::{self, Histories, Refs},
    edge::{
        files,
        git::{self, Git},
        github::{Environment, Github, Pace, RepositoryName, Session},
    },
    model::{CommitId, Coverage, Covered, ReleaseLine, Trouble},
};

/// What is looked at, and how.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// What the clone lacks may be fetched.
    pub fetches: bool,
    /// The last moment of a day that is past.
    pub until: Option<Timestamp>,
    /// The default branch's short name, if somebody knows it.
    pub default: Option<String>,
}

/// Where the objects of a repository come from.
#[derive(Debug)]
pub struct Supply {
    git: Git,
    wish: Wish,
    from: From,
}

#[derive(Debug)]
enum From {
    /// The clone has what there is.
    Clone,
    /// The clone's remote.
    Remote(Box<Fetched>),
    /// GitHub's interface.
    Api(Box<Api>),
}

impl Supply {
    /// A clone and, where it lacks something and that may be fetched, its remote.
    pub fn of_clone(git: Git, wish: Wish) -> Result<Self, Error> {
        if !wish.fetches {
            return Ok(Self { git, wish, from: From::Clone });
        }
        let own = git.refs(None, wish.default.as_deref()).map_err(Error::Refs)?;
        if !own.partial && !own.without_tags && !git.is_promised() {
            return Ok(Self { git, wish, from: From::Clone });
        }
        let environment = Environment::read();
        let token = environment.token.clone();
        let token = token.map(|secret| git::Token { secret, server: environment.server() });
        let mut fetched = Fetched::connect(&git, own, token.as_ref(), &files::scratch_folder())?;
        if wish.until.is_some() {
            fetched.bring_history();
        }
        Ok(Self { git: fetched.git(), wish, from: From::Remote(Box::new(fetched)) })
    }

    /// A repository on GitHub that nobody cloned.
    pub async fn of_remote(name: &str, wish: Wish) -> Result<Self, Error> {
        let name = RepositoryName::parse(name).ok_or_else(|| Error::NoName(name.to_owned()))?;
        if wish.until.is_some() {
            return Err(Error::NoHistory);
        }
        let api = Api::connect(&name, &files::scratch_folder()).await?;
        Ok(Self { git: api.git(), wish, from: From::Api(Box::new(api)) })
    }

    /// The repository, with all that was brought.
    pub fn git(&self) -> &Git {
        &self.git
    }

    /// Its branches and tags. What was brought dates them.
    pub fn refs(&self) -> Result<Refs, git::Error> {
        match &self.from {
            From::Clone => self.git.refs(self.wish.until, self.wish.default.as_deref()),
            From::Remote(fetched) => {
                Ok(fetched.refs(self.wish.until, self.wish.default.as_deref()))
            }
            From::Api(api) => Ok(api.refs(self.wish.default.as_deref())),
        }
    }

    /// Brings what the policy and the statements need of the default branch; `policy` is the path of
    /// the policy, if it is not a usual one.
    pub async fn bring_default(&mut self, refs: &Refs, policy: Option<&str>) {
        let default = refs.default.as_ref();
        let entry = default.and_then(|name| refs.entries.iter().find(|e| e.name == *name));
        let commit = entry.and_then(|entry| entry.commit.clone());
        self.bring(commit.as_slice(), &Reads::Default).await;
        if let Some(path) = policy {
            let named = Reads::Named([path.to_owned()].into());
            self.bring(commit.as_slice(), &named).await;
        }
    }

    /// Brings the dates that tell lines apart, and gives the refs with them.
    pub async fn bring_dates(&mut self, refs: Refs, config: &Config) -> Result<Refs, git::Error> {
        match &mut self.from {
            From::Clone => return Ok(refs),
            From::Remote(fetched) => fetched.bring_dates(&discover::dated(&refs, &config.support)),
            From::Api(api) => api.bring_dates(&discover::dated(&refs, &config.support)).await,
        }
        self.refs()
    }

    /// The tagged commits behind the branches of which only history tells whose they are.
    pub fn histories(&mut self, refs: &Refs, config: &Config) -> Histories {
        let heads = discover::wanted_histories(refs, &config.support);
        let tagged = refs.tagged_commits();
        match &mut self.from {
            From::Remote(fetched) if !heads.is_empty() => fetched.histories(&heads, &tagged),
            From::Api(api) if !heads.is_empty() => {
                api.without_history(heads.len());
                Histories::new()
            }
            From::Api(_) | From::Remote(_) | From::Clone => self.git.histories(&heads, &tagged),
        }
    }

    /// Brings the files that the policy names, and what lines may say of themselves.
    pub async fn bring_statements(&mut self, refs: &Refs, histories: &Histories, config: &Config) {
        if matches!(self.from, From::Clone) {
            return;
        }
        let named = reads::named(config);
        if !named.is_empty()
            && let Some(default) = refs.default.as_ref()
        {
            let entry = refs.entries.iter().find(|entry| entry.name == *default);
            let commit = entry.and_then(|entry| entry.commit.clone());
            self.bring(commit.as_slice(), &Reads::Named(named)).await;
        }
        if config.support.evidence && config.support.only.is_none() {
            let heads = discover::line_heads(refs, histories, &config.support);
            let heads = heads.into_iter().take(super::support::MOST_LINES);
            let heads: Vec<CommitId> = heads.map(|(_, commit)| commit).collect();
            self.bring(&heads, &Reads::Line).await;
        }
    }

    /// Brings the tips of the lines that are scanned; true: something came that may change the lines.
    pub async fn bring_tips(&mut self, lines: &[ReleaseLine], config: &Config) -> bool {
        let tips = lines.iter().filter(|line| line.is_scanned()).flat_map(|line| {
            let head = line.head.as_ref().and_then(|head| head.commit.clone());
            head.into_iter().chain(line.release.as_ref().and_then(|release| release.commit.clone()))
        });
        let tips: BTreeSet<CommitId> = tips.collect();
        let tips: Vec<CommitId> = tips.into_iter().collect();
        // A program that looks at a tree may look at every file.
        let is_exported = config.scan.allow_commands || config.scan.deep;
        self.bring(&tips, if is_exported { &Reads::All } else { &Reads::Tip }).await
    }

    /// Brings commits by their ids, with what is compared of a change.
    pub async fn bring_commits(&mut self, commits: &[CommitId]) -> bool {
        self.bring(commits, &Reads::Default).await
    }

    /// The commit that a branch, a tag or a commit's digits name.
    pub fn resolve(&self, name: &str) -> Option<CommitId> {
        match &self.from {
            From::Clone | From::Api(_) => self.git.resolve(name),
            From::Remote(fetched) => fetched.resolve(name).or_else(|| self.git.resolve(name)),
        }
    }

    /// Where two histories part, as far as that can be found: here, else in what the remote gives of
    /// them, else as GitHub says it.
    pub async fn merge_base(&mut self, one: &CommitId, other: &CommitId) -> Option<CommitId> {
        if let Some(here) = self.git.merge_base(one, other) {
            return Some(here);
        }
        let From::Remote(fetched) = &mut self.from else { return None };
        if let Some(there) = fetched.merge_base(one, other) {
            return Some(there);
        }
        let environment = Environment::read();
        let name = environment.repository(self.git.address().as_deref())?;
        let github = Github::new(&environment, Github::PATIENCE).ok()?;
        let mut session = Session::new(&github, &name, Pace::of(&environment)).ok()?;
        session.merge_base(one, other).await.ok()
    }

    async fn bring(&mut self, commits: &[CommitId], reads: &Reads) -> bool {
        match &mut self.from {
            From::Clone => false,
            From::Remote(fetched) => fetched.bring(commits, reads),
            From::Api(api) => api.bring(commits, reads).await,
        }
    }

    /// What could not be brought since somebody last asked.
    pub fn missing(&mut self) -> (Vec<Trouble>, Vec<Coverage>) {
        let trouble = match &mut self.from {
            From::Clone => Vec::new(),
            From::Remote(fetched) => std::mem::take(&mut fetched.trouble),
            From::Api(api) => std::mem::take(&mut api.trouble),
        };
        let coverage = trouble.iter().map(|trouble| Coverage {
            source: "lines".to_owned(),
            at: None,
            covered: Covered::Partial { because: trouble.message.clone() },
        });
        let coverage = coverage.collect();
        (trouble, coverage)
    }
}
