//! The story of one commit: where its change came to, under whatever name, and where it was undone.

use std::collections::BTreeMap;

use super::{
    facts::{Facts, Named},
    graph::{Cut, Node, Reach},
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
}

impl Method {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ancestry => "ancestry",
            Self::Trailers => "trailers",
            Self::PatchId => "patch-id",
            Self::Declared => "declared",
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

/// What became of one commit's change.
#[derive(Clone, Debug)]
pub(super) struct Story {
    /// As the record writes it.
    pub name: String,
    pub named: Named,
    pub events: BTreeMap<Node, (Does, Method)>,
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
    Lacking,
    /// Why nobody can tell.
    Unknown(String),
}

impl Story {
    /// Every commit that is part of it.
    pub(super) fn nodes(&self) -> impl Iterator<Item = Node> + '_ {
        self.events.keys().copied()
    }

    /// Every commit that makes the change.
    pub(super) fn appliers(&self) -> Vec<Node> {
        let applies = self.events.iter().filter(|(_, (does, _))| *does == Does::Apply);
        applies.map(|(node, _)| *node).collect()
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
            return match reach.cut_since(tip, seconds(by)) {
                Some(cut) if by != tip => At::Unknown(cut.because().to_owned()),
                _ => At::There { by, method },
            };
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

    /// Why not finding it is no proof that it is not there.
    fn doubt(&self, cut: Option<Cut>, facts: &Facts) -> Option<String> {
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
        if let Some(gap) = &facts.patches.gap {
            return Some(gap.clone());
        }
        let why = self.uncompared.as_ref();
        why.map(|why| format!("the change of commit `{}` could not be compared: {why}", self.name))
    }
}
