//! What has become of a change in the files of later commits: whether it is there as it was made, is
//! gone altogether, or was left out by a merge.
//!
//! A merge that takes a file from one side has that side's past only, as `git log -- FILE` counts it
//! (<https://git-scm.com/docs/git-log#_history_simplification>). Elsewhere code moves on, and nothing
//! is said.

use std::collections::{BTreeMap, HashMap};

use gix::{ObjectId, objs::tree::EntryKind};

use super::{
    Git,
    changed::{Reader, Side},
    touched::Trees,
};
use crate::disclose::track::{Content, FilePath, Graph, Node, weightiest_of};

/// A change of more files is not followed through merges, nor line by line.
const MOST_FOLLOWED: usize = 64;
/// Larger files are not compared line by line.
const LARGEST: u64 = 1024 * 1024;
/// So much text is held against the lines of fixes, the newest releases first.
const MOST_READ: u64 = 64 * 1024 * 1024;
/// Fewer letters and digits than this are no line that says something.
const FEWEST: usize = 5;

impl Git {
    /// What became of the change of each commit at each of the tips that have it in their history.
    /// What nothing is said of may be anything.
    pub fn contents(
        &self,
        graph: &Graph,
        wanted: &BTreeMap<Node, Vec<Node>>,
    ) -> BTreeMap<(Node, Node), Content> {
        let mut repository = self.objects();
        repository.object_cache_size(8 * 1024 * 1024);
        let reader = Reader { git: self, repository: &repository, graph };
        let mut trees = Trees::new(self, &repository);
        let mut found = BTreeMap::new();
        let mut budget = MOST_READ;
        for (node, tips) in wanted {
            // What cannot be read was said where the change is compared.
            let Ok(files) = reader.files(*node) else { continue };
            let paths = weightiest_of(files.keys());
            let files: Vec<(&FilePath, [Side; 2])> =
                paths.into_iter().filter_map(|path| Some((path, *files.get(path)?))).collect();
            if files.is_empty() {
                continue;
            }
            let mut change = Change { files, lines: BTreeMap::new(), changed: BTreeMap::new() };
            let past = change.past(*node, graph, &mut trees);
            // The newest releases matter most.
            let mut tips = tips.clone();
            tips.sort_by_key(|tip| std::cmp::Reverse(graph.commit(*tip).seconds));
            for tip in &tips {
                let Some(tree) = trees.of(graph, *tip) else { continue };
                let now: Vec<Side> =
                    change.files.iter().map(|(path, _)| trees.file(tree, path)).collect();
                if let Some(content) =
                    change.content(&now, past.get(*tip), &repository, &mut budget)
                {
                    found.insert((*node, *tip), content);
                }
            }
        }
        found
    }
}

/// The weightiest files of a commit, with what they were before and after it.
struct Change<'a> {
    files: Vec<(&'a FilePath, [Side; 2])>,
    /// By the place of the file and what it is now: whether the lines are as before.
    lines: BTreeMap<(usize, ObjectId), Option<bool>>,
    /// By the place of the file: which lines it takes out and adds; `None`: nobody can tell.
    changed: BTreeMap<usize, Option<Lines>>,
}

/// The lines that a change has less or more often than before, with how often they were there before.
struct Lines {
    removed: Vec<(Vec<u8>, usize)>,
    added: Vec<(Vec<u8>, usize)>,
}

/// Through which files a commit is part of what each later one is, as bits, and the merge that left
/// out the last of them.
struct Past {
    parts: Vec<u64>,
    left_out: Vec<Option<Node>>,
    is_known: bool,
}

impl Past {
    fn get(&self, node: Node) -> Option<(u64, Option<Node>)> {
        let place = node.0 as usize;
        self.is_known.then(|| (self.parts[place], self.left_out[place]))
    }
}

impl Change<'_> {
    fn past(&self, node: Node, graph: &Graph, trees: &mut Trees<'_>) -> Past {
        let mut past = Past {
            parts: vec![0; graph.len()],
            left_out: vec![None; graph.len()],
            is_known: self.files.len() <= MOST_FOLLOWED,
        };
        if !past.is_known {
            return past;
        }
        past.parts[node.0 as usize] = u64::MAX >> (MOST_FOLLOWED - self.files.len());
        let later = graph.order().iter().skip_while(|other| **other != node).skip(1);
        for child in later {
            let parents = &graph.commit(*child).parents;
            let parts: Vec<u64> = parents.iter().map(|p| past.parts[p.0 as usize]).collect();
            let any = parts.iter().fold(0, |all, part| all | part);
            let all = parts.iter().fold(u64::MAX, |all, part| all & part);
            let mut left = any;
            // Whether a merge kept it is a question only where one side has it and another has not.
            let mixed = any & !all;
            if mixed != 0 {
                for (place, (path, _)) in self.files.iter().enumerate() {
                    let bit = 1 << place;
                    if mixed & bit != 0 {
                        let mut at = |node: Node| {
                            trees.of(graph, node).and_then(|tree| trees.file(tree, path))
                        };
                        let now = at(*child);
                        let mut same = parents.iter().zip(&parts).filter(|(p, _)| at(**p) == now);
                        let is_taken = same.by_ref().next();
                        let is_kept = is_taken.is_none_or(|(_, part)| part & bit != 0)
                            || same.any(|(_, part)| part & bit != 0);
                        if !is_kept {
                            left &= !bit;
                        }
                    }
                }
            }
            let inherited = parents.iter().find_map(|parent| past.left_out[parent.0 as usize]);
            past.left_out[child.0 as usize] = match (any, left) {
                (0, _) => inherited,
                (_, 0) => Some(*child),
                _ => None,
            };
            past.parts[child.0 as usize] = left;
        }
        past
    }

    /// What became of it, where its files are `now`.
    fn content(
        &mut self,
        now: &[Side],
        past: Option<(u64, Option<Node>)>,
        repository: &gix::Repository,
        budget: &mut u64,
    ) -> Option<Content> {
        let both = || self.files.iter().map(|(_, sides)| sides).zip(now);
        if both().all(|([_, after], now)| after == now) {
            return Some(Content::Whole);
        }
        // A file that was made by it and is gone may have been moved.
        let was_there = both().any(|([before, _], now)| before.is_some() && before == now);
        if was_there && both().all(|([before, _], now)| before == now) {
            return Some(Content::Restored);
        }
        if let Some((parts, by)) = past {
            let is_gone = |(place, ([before, _], now)): (usize, (&[Side; 2], &Side))| {
                before == now || now.is_some() && parts & (1 << place) == 0
            };
            if both().any(|(_, now)| now.is_some()) && both().enumerate().all(is_gone) {
                return Some(Content::LeftOut(by));
            }
        }
        self.is_undone_by_lines(now, repository, budget).then_some(Content::Alike)
    }

    /// True if in each file the lines that it took out are back, and those that it added are gone.
    fn is_undone_by_lines(
        &mut self,
        now: &[Side],
        repository: &gix::Repository,
        budget: &mut u64,
    ) -> bool {
        if self.files.len() > MOST_FOLLOWED {
            return false;
        }
        let mut is_back = false;
        for (place, (_, sides)) in self.files.iter().enumerate() {
            if sides[0] == now[place] {
                is_back |= sides[0].is_some();
                continue;
            }
            let Some((_, id)) = now[place] else { return false };
            let known = self.lines.entry((place, id));
            let changed = &mut self.changed;
            let judge = || {
                let changed = changed.entry(place).or_insert_with(|| lines(*sides, repository));
                let text = text(now[place], repository)?;
                *budget = budget.checked_sub(text.len() as u64)?;
                changed.as_ref()?.are_back(&text)
            };
            match *known.or_insert_with(judge) {
                Some(has_removed) => is_back |= has_removed,
                None => return false,
            }
        }
        is_back
    }
}

/// What a change does to the lines of a file.
fn lines([before, after]: [Side; 2], repository: &gix::Repository) -> Option<Lines> {
    let (before, after) = (text(before, repository)?, text(after, repository)?);
    let [before, after] = [&before, &after].map(|text| counted(text));
    let count = |lines: &HashMap<&[u8], usize>, line: &[u8]| lines.get(line).copied().unwrap_or(0);
    let mut lines = Lines { removed: Vec::new(), added: Vec::new() };
    for (line, was) in &before {
        if count(&after, line) < *was {
            lines.removed.push((line.to_vec(), *was));
        }
    }
    for (line, is) in &after {
        let was = count(&before, line);
        if *is > was {
            lines.added.push((line.to_vec(), was));
        }
    }
    Some(lines)
}

impl Lines {
    /// `None`: what the change did is there in part, or it did nothing that can be told. Else whether it
    /// took out a line that is back: where it only added some, others may have taken them elsewhere.
    fn are_back(&self, text: &[u8]) -> Option<bool> {
        let changed = self.removed.iter().chain(&self.added);
        let mut stands: HashMap<&[u8], usize> = changed.map(|(line, _)| (&**line, 0)).collect();
        for line in text.split(|byte| *byte == b'\n') {
            if let Some(count) = stands.get_mut(line.trim_ascii()) {
                *count += 1;
            }
        }
        let is_back = self.removed.iter().all(|(line, was)| stands[&**line] >= *was);
        let is_gone = self.added.iter().all(|(line, was)| stands[&**line] <= *was);
        (!stands.is_empty() && is_back && is_gone).then_some(!self.removed.is_empty())
    }
}

/// How often each line is there that says something, without the space around it.
fn counted(text: &[u8]) -> HashMap<&[u8], usize> {
    let mut lines: HashMap<&[u8], usize> = HashMap::new();
    for line in text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii) {
        if line.iter().filter(|byte| byte.is_ascii_alphanumeric()).count() >= FEWEST {
            *lines.entry(line).or_default() += 1;
        }
    }
    lines
}

/// The text of a file, which is empty where there is none; `None`: it is no text, or too large.
fn text(side: Side, repository: &gix::Repository) -> Option<Vec<u8>> {
    let Some((mode, id)) = side else { return Some(Vec::new()) };
    let is_file = matches!(mode.kind(), EntryKind::Blob | EntryKind::BlobExecutable);
    let header = repository.find_header(id).ok()?;
    if !is_file || header.size() > LARGEST {
        return None;
    }
    let data = repository.find_blob(id).ok()?.take_data();
    (!data.contains(&0)).then_some(data)
}
