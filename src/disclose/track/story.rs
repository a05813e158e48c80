//! The story of one commit: where its change came to, under whatever name, and where it was undone.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    facts::{Content, Facts, Named},
    graph::{Cut, Node, Reach},
    touch::Hollow,
};

/// How it is known that a change is at a tip, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// The very commit is in its history.
    Ancestry,
    /// A commit in its history says so.
    Trailers,
    /// A commit in its history makes the same change.
    PatchId,
    /// The record says so.
    Declared,
    /// The files say so.
    Content,
}

impl Method {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ancestry => "ancestry",
            Self::Trailers => "trailers",
            Self::PatchId => "patch-id",
            Self::Declared => "declared",
            Self::Content => "content",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Does {
    /// From here on the change is there.
    Apply,
    /// From here on it is not.
    Undo,
}

impl Does {
    pub(super) fn opposite(self) -> Self {
        match self {
            Self::Apply => Self::Undo,
            Self::Undo => Self::Apply,
        }
    }
}

/// What a commit is to an advisory. Good news has to be more than words; bad news needs one witness.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Fix,
    /// It brought the hole in.
    Hole,
}

impl Role {
    /// What nobody hopes for.
    pub(super) fn bad(self) -> Does {
        match self {
            Self::Fix => Does::Undo,
            Self::Hole => Does::Apply,
        }
    }
}

const TOO_MANY: &str = "more commits speak of it than are looked at";

/// What became of one commit's change.
#[derive(Clone, Debug)]
pub(super) struct Story {
    /// As the record writes it.
    pub name: String,
    pub named: Named,
    pub role: Role,
    pub events: BTreeMap<Node, (Does, Method)>,
    /// Commits that say that they bring good news and change nothing of it. They are not believed.
    pub hollow: BTreeMap<Node, Hollow>,
    /// Of the events, those with bad news that nothing but words speaks for.
    pub words: BTreeMap<Node, Hollow>,
    /// Commits that say that they bring good news, and why nobody can tell what they change.
    pub unsure: BTreeMap<Node, String>,
    /// Commits whose changes decide what is believed.
    pub weighed: BTreeSet<Node>,
    /// More commits speak of it than are looked at.
    pub is_cut: bool,
    /// Why the change itself could not be compared.
    pub uncompared: Option<String>,
}

/// How a change stands at one tip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum At {
    /// It is there, by this commit.
    There {
        by: Node,
        method: Method,
    },
    /// It was there, and this commit undid it.
    Undone {
        by: Node,
    },
    /// This commit is there, and of what it changes nothing is.
    Gone {
        of: Node,
        how: Content,
    },
    Lacking,
    /// Why nobody can tell.
    Unknown(String),
}

impl Story {
    /// A story of which nothing is told yet.
    pub(super) fn new(name: &str, named: Named, role: Role) -> Self {
        Self {
            name: name.to_owned(),
            named,
            role,
            events: BTreeMap::new(),
            hollow: BTreeMap::new(),
            words: BTreeMap::new(),
            unsure: BTreeMap::new(),
            weighed: BTreeSet::new(),
            is_cut: false,
            uncompared: None,
        }
    }

    /// Every commit that is part of it, or says so.
    pub(super) fn nodes(&self) -> impl Iterator<Item = Node> + '_ {
        self.events.keys().chain(self.hollow.keys()).chain(self.unsure.keys()).copied()
    }

    /// Every commit that makes the change.
    pub(super) fn appliers(&self) -> Vec<Node> {
        let applies = self.events.iter().filter(|(_, (does, _))| *does == Does::Apply);
        applies.map(|(node, _)| *node).collect()
    }

    /// Every commit at a tip that makes the change, and that nothing undid there.
    pub(super) fn live(&self, tip: Node, reach: &Reach) -> Vec<Node> {
        let here = |does: Does| {
            let of = self.events.iter().filter(move |(_, (own, _))| *own == does);
            of.map(|(node, _)| *node).filter(|node| reach.has(tip, *node))
        };
        let undoes: Vec<Node> = here(Does::Undo).collect();
        let is_live = |node: &Node| !undoes.iter().any(|undo| reach.has(*undo, *node));
        here(Does::Apply).filter(is_live).collect()
    }

    /// How it stands at a tip. `reach` was asked about all of [`Self::nodes`].
    pub(super) fn at(&self, tip: Node, reach: &Reach, facts: &Facts) -> At {
        let graph = &facts.graph;
        let here = || self.events.iter().filter(|(node, _)| reach.has(tip, **node));
        let applies: Vec<(Node, Method)> = here()
            .filter(|(_, (does, _))| *does == Does::Apply)
            .map(|(n, (_, m))| (*n, *m))
            .collect();
        let undoes: Vec<Node> =
            here().filter(|(_, (does, _))| *does == Does::Undo).map(|(n, _)| *n).collect();
        // What comes after a change undoes it, and nothing else does: a copy that comes later, or
        // that is merged from beside, stays.
        let is_live = |(node, _): &&(Node, Method)| !undoes.iter().any(|u| reach.has(*u, *node));
        let seconds = |node: Node| graph.commit(node).seconds;
        let best = applies.iter().filter(is_live).min_by_key(|(n, m)| (*m, seconds(*n), *n));
        if let Some((by, method)) = best.copied() {
            // What undoes it may be among what nobody looked at.
            if let (true, Role::Fix) = (self.is_cut, self.role) {
                return At::Unknown(TOO_MANY.to_owned());
            }
            return match reach.cut_since(tip, seconds(by)) {
                Some(cut) if by != tip => At::Unknown(cut.because().to_owned()),
                _ => self.by_content(tip, by, method, &applies, facts),
            };
        }
        let is_here = |node: &Node| {
            reach.has(tip, *node) && !undoes.iter().any(|undo| reach.has(*undo, *node))
        };
        if let Some((node, why)) = self.unsure.iter().find(|(node, _)| is_here(node)) {
            let short = graph.id(*node).short().to_owned();
            return At::Unknown(format!("commit {short} says that it has the fix, and {why}"));
        }
        let doubt = self.doubt(reach.cut(tip), facts);
        // Where it came in need not be seen to believe that it went.
        if let Some(by) = undoes.iter().copied().max_by_key(|node| (seconds(*node), *node))
            && (doubt.is_some() || !applies.is_empty())
        {
            return At::Undone { by };
        }
        match doubt {
            Some(why) => At::Unknown(why),
            None => At::Lacking,
        }
    }

    /// History has it, by one of `applies`. That counts unless the files show that nothing is left of
    /// it.
    fn by_content(
        &self,
        tip: Node,
        by: Node,
        method: Method,
        applies: &[(Node, Method)],
        facts: &Facts,
    ) -> At {
        let content = |node: &Node| facts.contents.get(&(*node, tip)).copied();
        let found = || applies.iter().map(|(node, _)| (*node, content(node)));
        let there = At::There { by, method };
        if self.role == Role::Hole || found().any(|(_, how)| how == Some(Content::Whole)) {
            return there;
        }
        let restored = found().find(|(_, how)| *how == Some(Content::Restored));
        let is_left_out =
            |(_, how): (Node, Option<Content>)| matches!(how, Some(Content::LeftOut(_)));
        if let Some((of, Some(how))) =
            restored.or_else(|| found().all(is_left_out).then_some((by, content(&by))))
        {
            return At::Gone { of, how };
        }
        if content(&by) == Some(Content::Alike) {
            let short = facts.graph.id(by).short().to_owned();
            return At::Unknown(format!(
                "the lines that commit {short} took out are back, and those that it added are gone"
            ));
        }
        there
    }

    /// Why not finding it is no proof that it is not there.
    pub(super) fn doubt(&self, cut: Option<Cut>, facts: &Facts) -> Option<String> {
        match self.named {
            Named::Absent { is_shallow: true } => {
                return Some(format!(
                    "this clone is shallow, and commit `{}` is not in it",
                    self.name
                ));
            }
            Named::Absent { is_shallow: false } => {
                return Some(format!("commit `{}` is not in this repository", self.name));
            }
            Named::Ambiguous => {
                return Some(format!("more than one commit begins with `{}`", self.name));
            }
            Named::NoCommit => return Some(format!("`{}` is not the name of a commit", self.name)),
            Named::Commit(_) => {}
        }
        if let Some(cut) = cut {
            return Some(cut.because().to_owned());
        }
        if self.is_cut {
            return Some(TOO_MANY.to_owned());
        }
        if let Some(gap) = &facts.patches.gap {
            return Some(gap.clone());
        }
        let why = self.uncompared.as_ref();
        why.map(|why| format!("the change of commit `{}` could not be compared: {why}", self.name))
    }
}
