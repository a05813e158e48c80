//! How the hole and its fix stand at one tip of a line.

use super::{
    facts::{Content, Facts},
    graph::{Node, Reach},
    story::{At, Method, Story},
};

/// Ways to say what the fix is, the best first; one of them is enough.
pub(super) struct Fixes<'a> {
    pub ways: Vec<Way<'a>>,
    /// What brought the hole in: where it comes again after the fix, it is open.
    pub holes: Vec<&'a Story>,
}

/// Commits that are the fix together.
pub(super) struct Way<'a> {
    /// Of each commit that is needed, the commits that may stand for it.
    pub stories: Vec<Vec<&'a Story>>,
    /// What answers if these commits are there; `None`: what answered for each.
    pub method: Option<Method>,
}

/// How the fix stands at a tip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum FixAt {
    /// By this commit, the last one that came.
    There {
        by: Node,
        method: Method,
    },
    /// Of the commits that are needed, these are there and those are not.
    Partly {
        present: Vec<String>,
        missing: Vec<String>,
    },
    Undone {
        by: Node,
    },
    /// History has this commit, and the files have nothing of it.
    Gone {
        of: Node,
        how: Content,
    },
    Lacking,
    Unknown(String),
}

/// How the hole stands at a tip.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum HoleAt {
    There {
        by: Node,
        method: Method,
    },
    /// What brought it in was undone.
    Undone {
        by: Node,
    },
    Lacking,
    Unknown(String),
    /// Nobody named a commit.
    Unsaid,
}

/// Any of the commits brings the hole in: bad news needs one witness.
pub(super) fn hole_at(stories: &[&Story], tip: Node, reach: &Reach, facts: &Facts) -> HoleAt {
    let mut hole = if stories.is_empty() { HoleAt::Unsaid } else { HoleAt::Lacking };
    for story in stories {
        match (story.at(tip, reach, facts), &hole) {
            (At::There { by, method }, _) => return HoleAt::There { by, method },
            (At::Unknown(why), _) => hole = HoleAt::Unknown(why),
            (At::Undone { by }, HoleAt::Lacking) => hole = HoleAt::Undone { by },
            (At::Undone { .. } | At::Gone { .. } | At::Lacking, _) => {}
        }
    }
    hole
}

impl Fixes<'_> {
    /// How the fix stands at a tip.
    pub(super) fn at(&self, tip: Node, reach: &Reach, facts: &Facts) -> FixAt {
        let mut worst = FixAt::Lacking;
        for (place, way) in self.ways.iter().enumerate() {
            let found = match way.at(tip, reach, facts) {
                there @ (FixAt::There { .. } | FixAt::Unknown(_)) => {
                    match self.reopened(way, tip, reach, facts) {
                        Some(by) => FixAt::Undone { by },
                        None => there,
                    }
                }
                found => found,
            };
            // Reviews stand for the whole only where none of its commits is seen.
            let is_partial =
                matches!(worst, FixAt::Partly { .. } | FixAt::Undone { .. } | FixAt::Gone { .. });
            if matches!(found, FixAt::There { .. })
                && !(is_partial && place > 0 && way.method == Some(Method::Trailers))
            {
                return found;
            }
            if badness(&found) > badness(&worst) {
                worst = found;
            }
        }
        worst
    }

    /// The last commit that brings the hole in again, after everything that mends it.
    fn reopened(&self, way: &Way<'_>, tip: Node, reach: &Reach, facts: &Facts) -> Option<Node> {
        let stories = way.stories.iter().flatten();
        let mends: Vec<Node> = stories.flat_map(|story| story.live(tip, reach)).collect();
        let comes_after =
            |hole: &Node| mends.iter().all(|mend| mend != hole && reach.has(*hole, *mend));
        if mends.is_empty() {
            return None;
        }
        let holes = self.holes.iter().flat_map(|story| {
            // Nothing but words speaks for some of them.
            let all = story.live(tip, reach).into_iter();
            all.filter(|node| !story.words.contains_key(node))
        });
        let seconds = |node: &Node| (facts.graph.commit(*node).seconds, *node);
        holes.filter(comes_after).max_by_key(seconds)
    }
}

/// What is said where no way is open: the news that is worth most.
fn badness(fix: &FixAt) -> u8 {
    match fix {
        FixAt::There { .. } | FixAt::Lacking => 0,
        FixAt::Unknown(_) => 1,
        FixAt::Partly { .. } => 2,
        FixAt::Undone { .. } | FixAt::Gone { .. } => 3,
    }
}

impl Way<'_> {
    fn at(&self, tip: Node, reach: &Reach, facts: &Facts) -> FixAt {
        let (mut present, mut missing) = (Vec::new(), Vec::new());
        let mut unknown = None;
        let mut there: Option<(Node, Method)> = None;
        for stories in &self.stories {
            let name = stories.first().map(|story| story.name.clone()).unwrap_or_default();
            match any(stories, tip, reach, facts) {
                At::There { by, method } => {
                    let seconds = |node: Node| facts.graph.commit(node).seconds;
                    let is_later = |(known, _): &(Node, Method)| seconds(*known) >= seconds(by);
                    let last = there.filter(is_later).map_or(by, |(known, _)| known);
                    there = Some((last, there.map_or(method, |(_, known)| known.max(method))));
                    present.push(name);
                }
                At::Undone { by } => return FixAt::Undone { by },
                At::Gone { of, how } => return FixAt::Gone { of, how },
                At::Unknown(why) => unknown = Some(why),
                At::Lacking => missing.push(name),
            }
        }
        match (there, unknown) {
            (None, Some(why)) if missing.is_empty() => FixAt::Unknown(why),
            (None, _) => FixAt::Lacking,
            (Some((by, method)), None) if missing.is_empty() => {
                FixAt::There { by, method: self.method.unwrap_or(method) }
            }
            (Some(_), Some(why)) if missing.is_empty() => FixAt::Unknown(why),
            (Some(_), _) => FixAt::Partly { present, missing },
        }
    }
}

/// The best that any of the commits gives.
fn any(stories: &[&Story], tip: Node, reach: &Reach, facts: &Facts) -> At {
    let mut found = At::Lacking;
    for story in stories {
        match (story.at(tip, reach, facts), &found) {
            (at @ At::There { .. }, _) => return at,
            (at @ (At::Undone { .. } | At::Gone { .. }), _)
            | (at @ At::Unknown(_), At::Lacking) => found = at,
            (At::Unknown(_) | At::Lacking, _) => {}
        }
    }
    found
}
