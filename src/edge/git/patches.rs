//! What a commit changes, as one number that is the same wherever in the files the change is.
//!
//! It is what `git patch-id --stable` compares: the lines of a unified diff with three lines of
//! context, without white space, without row numbers, file by file in any order
//! (<https://git-scm.com/docs/git-patch-id>). The numbers are not git's. Files that are no text count
//! by their ids, renames are a removal and an addition, and the change of a merge is that against its
//! first parent.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Range,
};

use gix::{
    ObjectId,
    diff::blob::{Algorithm, Diff, InternedInput},
    objs::tree::EntryKind,
};
use sha2::{Digest as _, Sha256};

use super::{
    Git,
    changed::{Files, Reader, Side, Trouble},
};
use crate::disclose::track::{Comparison, Facts, Node, PatchId, Patches};

/// More commits than this are not compared.
const MOST_COMPARED: usize = 20_000;
/// Larger files count by their ids.
const LARGEST_FILE: u64 = 4 * 1024 * 1024;
/// The text of one change, all files together.
const LARGEST_CHANGE: u64 = 32 * 1024 * 1024;
/// So much text is compared in all where nothing speaks for it: a copy has as many bytes more or less
/// as its original, unless its white space differs. Of lockfiles it is a dozen changes, of source files
/// a hundred.
const GUESSED: u64 = 4 * 1024 * 1024;
/// git looks for a zero byte in as much to tell text from other files.
const LOOKED_AT: usize = 8000;
/// Lines around a change that belong to it.
const CONTEXT: u32 = 3;

impl Git {
    /// Compares changes and says of each commit what it changes. Candidates that touch other files
    /// than every source are not read.
    pub fn compare(&self, facts: &Facts, wanted: &Comparison) -> Patches {
        let mut repository = self.objects();
        repository.object_cache_size(8 * 1024 * 1024);
        let reader = Reader { git: self, repository: &repository, graph: &facts.graph };
        let mut patches = Patches::default();
        let mut known = Alike::default();
        for source in &wanted.sources {
            let found = reader.files(*source).and_then(|files| {
                let growth = reader.growth(&files)?;
                Ok((reader.patch(&files)?, growth, files))
            });
            match found {
                // What changes nothing is like everything else that changes nothing.
                Ok((_, _, files)) if files.is_empty() => {}
                Ok((patch, growth, files)) => {
                    patches.known.insert(*source, patch);
                    known.add(files, growth);
                }
                Err(trouble) => {
                    patches.unknown.insert(*source, trouble.to_string());
                }
            }
        }
        if known.growths.is_empty() {
            return patches;
        }
        if wanted.candidates.len() > MOST_COMPARED {
            let why = format!("only the newest {MOST_COMPARED} commits were compared with it");
            patches.gap = Some(why);
        }
        for candidate in wanted.candidates.iter().take(MOST_COMPARED) {
            if patches.known.contains_key(candidate) {
                continue;
            }
            match known.patch(&reader, *candidate) {
                Ok(patch) => patches.known.extend(patch.map(|patch| (*candidate, patch))),
                // It touches more files than any source.
                Err(Trouble::TooManyFiles) => {}
                // It may be the one that is looked for.
                Err(trouble) => {
                    let id = facts.graph.id(*candidate);
                    let short = id.short();
                    let why = format!("the change of commit {short} cannot be compared: {trouble}");
                    patches.gap.get_or_insert(why);
                }
            }
        }
        patches
    }
}

/// What the changes that are looked for look like from afar.
#[derive(Default)]
struct Alike {
    /// By the paths that they touch: by how many bytes each file grows, forwards and backwards.
    growths: BTreeMap<Paths, BTreeSet<Vec<i64>>>,
    /// How much was compared without such a reason.
    guessed: u64,
}

impl Alike {
    fn add(&mut self, files: Files, growth: Growth) {
        let known = self.growths.entry(files.into_keys().collect()).or_default();
        known.insert(growth.files.iter().map(|bytes| -bytes).collect());
        known.insert(growth.files);
    }

    /// The change of a commit, if it may be one of these.
    fn patch(
        &mut self,
        reader: &Reader<'_>,
        node: Node,
    ) -> Result<Option<(PatchId, PatchId)>, Trouble> {
        let files = reader.files(node)?;
        let paths: Paths = files.keys().cloned().collect();
        let Some(known) = self.growths.get(&paths) else { return Ok(None) };
        let growth = reader.growth(&files)?;
        if !known.contains(&growth.files) {
            if self.guessed + growth.size > GUESSED {
                return Ok(None);
            }
            self.guessed += growth.size;
        }
        reader.patch(&files).map(Some)
    }
}

/// By how many bytes each of the files grows, and how many there are to read.
struct Growth {
    files: Vec<i64>,
    size: u64,
}

type Paths = Vec<Vec<u8>>;

impl Reader<'_> {
    fn growth(&self, files: &Files) -> Result<Growth, Trouble> {
        let mut growth = Growth { files: Vec::new(), size: 0 };
        for sides in files.values() {
            let mut sizes = [0, 0];
            for (size, side) in sizes.iter_mut().zip(sides) {
                let Some((mode, id)) = side else { continue };
                if mode.kind() != EntryKind::Commit {
                    *size = self.size(*id)?;
                    growth.size += *size;
                }
            }
            let [old, new] = sizes.map(|size| i64::try_from(size).unwrap_or(i64::MAX));
            growth.files.push(new - old);
        }
        Ok(growth)
    }

    fn size(&self, id: ObjectId) -> Result<u64, Trouble> {
        let header = self.repository.find_header(id).map_err(|_| Trouble::Missing)?;
        Ok(header.size())
    }

    /// The change of these files, and the one that would undo it.
    fn patch(&self, files: &Files) -> Result<(PatchId, PatchId), Trouble> {
        let mut hashers = [Sha256::new(), Sha256::new()];
        let mut read = 0;
        for (path, sides) in files {
            for hasher in &mut hashers {
                part(hasher, b'f', path);
            }
            self.file(*sides, &mut hashers, &mut read)?;
        }
        let [forward, backward] = hashers.map(|hasher| hasher.finalize().into());
        Ok((forward, backward))
    }

    fn file(
        &self,
        sides: [Side; 2],
        hashers: &mut [Sha256; 2],
        read: &mut u64,
    ) -> Result<(), Trouble> {
        let modes = sides.map(|side| side.map(|(mode, _)| mode.value()));
        if modes[0] != modes[1] {
            for (hasher, order) in hashers.iter_mut().zip([[0, 1], [1, 0]]) {
                part(hasher, b'm', format!("{:?}", order.map(|side| modes[side])).as_bytes());
            }
        }
        let ids = sides.map(|side| side.map(|(_, id)| id));
        if ids[0] == ids[1] {
            return Ok(());
        }
        let texts = [self.text(sides[0], read)?, self.text(sides[1], read)?];
        let [Some(old), Some(new)] = texts else {
            for (hasher, order) in hashers.iter_mut().zip([[0, 1], [1, 0]]) {
                part(hasher, b'b', format!("{:?}", order.map(|side| ids[side])).as_bytes());
            }
            return Ok(());
        };
        lines(&old, &new, hashers);
        Ok(())
    }

    /// The text of a side, which is empty where there is no file; `None`: it is no text.
    fn text(&self, side: Side, read: &mut u64) -> Result<Option<Vec<u8>>, Trouble> {
        let Some((mode, id)) = side else { return Ok(Some(Vec::new())) };
        if mode.kind() == EntryKind::Commit {
            return Ok(None);
        }
        let bytes = self.size(id)?;
        if bytes > LARGEST_FILE {
            return Ok(None);
        }
        *read += bytes;
        if *read > LARGEST_CHANGE {
            return Err(Trouble::TooLarge);
        }
        let data = self.repository.find_blob(id).map_err(|_| Trouble::Missing)?.take_data();
        Ok((!data.iter().take(LOOKED_AT).any(|byte| *byte == 0)).then_some(data))
    }
}

/// The lines that differ and those around them, in both directions.
fn lines(old: &[u8], new: &[u8], hashers: &mut [Sha256; 2]) {
    let input = InternedInput::new(
        gix::diff::blob::sources::byte_lines(old),
        gix::diff::blob::sources::byte_lines(new),
    );
    let mut diff = Diff::compute(Algorithm::Myers, &input);
    diff.postprocess_lines(&input);
    let line = |token: &gix::diff::blob::Token| input.interner[*token];
    let mut shown = 0;
    let mut hunks = diff.hunks().peekable();
    let length = u32::try_from(input.before.len()).unwrap_or(u32::MAX);
    while let Some(hunk) = hunks.next() {
        let place = |range: Range<u32>| range.start as usize..range.end as usize;
        let before = hunk.before.start.saturating_sub(CONTEXT).max(shown)..hunk.before.start;
        let next = hunks.peek().map_or(length, |next| next.before.start);
        let after = hunk.before.end..(hunk.before.end.saturating_add(CONTEXT)).min(next);
        shown = after.end;
        let removed = &input.before[place(hunk.before)];
        let added = &input.after[place(hunk.after)];
        for (hasher, [gone, come]) in hashers.iter_mut().zip([[removed, added], [added, removed]]) {
            for (mark, tokens) in [
                (b' ', &input.before[place(before.clone())]),
                (b'-', gone),
                (b'+', come),
                (b' ', &input.before[place(after.clone())]),
            ] {
                for token in tokens {
                    part(hasher, mark, line(token));
                }
            }
        }
    }
}

/// Adds bytes without their white space, so that no two sequences of parts are alike.
fn part(hasher: &mut Sha256, mark: u8, bytes: &[u8]) {
    let bytes: Vec<u8> = match mark {
        b' ' | b'-' | b'+' => {
            bytes.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect()
        }
        _ => bytes.to_vec(),
    };
    hasher.update([mark]);
    hasher.update((bytes.len() as u64).to_le_bytes());
    hasher.update(bytes);
}
