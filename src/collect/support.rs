//! What the repository's files say about support: each is found in its tree, read once and handed to
//! its reader. A file that cannot be read is trouble and coverage, never an error.

use std::collections::HashMap;

use crate::{
    discover::Refs,
    edge::git::{Blobs, Found, Git, Walked},
    model::{BlobId, Claim, CommitId, Coverage, Covered, Origin, Trouble},
    support::{self, LARGEST, Read, SupportReader},
};

/// More statements than this are not read.
const MOST_FILES: usize = 400;
/// Nor more bytes than this in all.
const MOST_BYTES: u64 = 16 * 1024 * 1024;
/// A byte order mark, which is no part of the text.
const BOM: char = '\u{feff}';

/// Who reads the file at a path, such as [`support::reader_of`].
pub type Readers = fn(&str) -> Option<&'static dyn SupportReader>;

/// What files said, and what could not be heard.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Collected {
    /// File by file, in the order of each.
    pub claims: Vec<Claim>,
    /// Of the source `support`.
    pub coverage: Vec<Coverage>,
    pub trouble: Vec<Trouble>,
}

impl Collected {
    fn cover(&mut self, covered: Covered) {
        let source = "support".to_owned();
        self.coverage.push(Coverage { source, at: None, covered });
    }

    fn fail(&mut self, because: String) {
        self.trouble.push(Trouble::warning(because.clone()));
        self.cover(Covered::Failed { because });
    }

    /// One statement per thing that is missing, or that all was read.
    fn close(&mut self, gaps: &[String]) {
        if gaps.is_empty() {
            self.cover(Covered::Complete);
        } else {
            self.cover(Covered::Partial { because: gaps.join(", ") });
        }
        self.trouble.sort();
        self.trouble.dedup();
    }
}

/// What the files of the default branch say: it speaks for all lines, and what a line's own branch
/// says of the others is a copy from the day it was cut.
pub fn support(git: &Git, refs: &Refs, readers: Readers) -> Collected {
    let mut collected = Collected::default();
    let Some(reference) = &refs.default else {
        collected.fail("it is not known which branch is the default one".to_owned());
        return collected;
    };
    let entry = refs.entries.iter().find(|entry| entry.name == *reference);
    let Some(commit) = entry.and_then(|entry| entry.commit.as_ref()) else {
        collected.fail(format!("this clone does not have the commit of `{reference}`"));
        return collected;
    };
    let wants = |path: &str| readers(path).is_some();
    let mut walked = match git.statements(commit, &wants, &support::enters) {
        Ok(walked) => walked,
        Err(error) => {
            collected.fail(format!("`{reference}`: {error}"));
            return collected;
        }
    };
    // What stands nearest to the root speaks for the project.
    walked.files.sort_by_cached_key(|file| (file.path.matches('/').count(), file.path.clone()));
    let mut gaps = skipped(&walked, reference, &mut collected.trouble);
    let mut statements = Statements::new(git, readers);
    let mut bytes = 0;
    for (number, file) in walked.files.iter().enumerate() {
        bytes += statements.blobs.size(&file.blob).unwrap_or(0).min(LARGEST as u64);
        if number >= MOST_FILES || bytes > MOST_BYTES {
            let because = format!(
                "`{reference}` has {} files that may speak of support, and only {number} were read",
                walked.files.len()
            );
            collected.trouble.push(Trouble::warning(because.clone()));
            gaps.push(because);
            break;
        }
        let read = statements.read(reference, file);
        collected.claims.extend(read.claims);
        collected.trouble.extend(read.trouble);
        gaps.extend(read.gap);
    }
    collected.close(&gaps);
    collected
}

/// What the files at `paths` say on the branches of lines, each about its own line. Heads are full
/// refs and their commits; a file that several heads share is read once.
pub fn on_lines(
    git: &Git,
    heads: &[(String, CommitId)],
    paths: &[&str],
    readers: Readers,
) -> Collected {
    let mut collected = Collected::default();
    let wants = |path: &str| paths.contains(&path) && readers(path).is_some();
    let leads_there = |folder: &str| {
        paths.iter().any(|path| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/')))
    };
    let mut statements = Statements::new(git, readers);
    let mut gaps = Vec::new();
    for (reference, commit) in heads {
        let walked = match git.statements(commit, &wants, &leads_there) {
            Ok(walked) => walked,
            Err(error) => {
                let because = format!("`{reference}`: {error}");
                collected.trouble.push(Trouble::warning(because.clone()));
                gaps.push(because);
                continue;
            }
        };
        gaps.extend(skipped(&walked, reference, &mut collected.trouble));
        for file in &walked.files {
            let read = statements.read(reference, file);
            collected.claims.extend(read.claims);
            collected.trouble.extend(read.trouble);
            gaps.extend(read.gap);
        }
    }
    collected.close(&gaps);
    collected
}

/// What was not followed.
fn skipped(walked: &Walked, reference: &str, trouble: &mut Vec<Trouble>) -> Vec<String> {
    let mut gaps = Vec::new();
    for skipped in &walked.skipped {
        let message = format!("`{}` {}", skipped.path, skipped.why);
        if skipped.is_gap {
            let at = origin(reference, &skipped.path);
            trouble.push(Trouble::warning(message.clone()).at(at));
            gaps.push(message);
        } else {
            trouble.push(Trouble::info(message));
        }
    }
    gaps
}

/// What one file says.
#[derive(Clone, Default)]
struct Said {
    claims: Vec<Claim>,
    trouble: Vec<Trouble>,
    /// Set if it could not be read.
    gap: Option<String>,
}

impl Said {
    /// The same file on another branch.
    fn on(mut self, reference: &str) -> Self {
        let origins = self.claims.iter_mut().map(|claim| &mut claim.origin);
        let troubles = self.trouble.iter_mut().filter_map(|trouble| trouble.origin.as_mut());
        for origin in origins.chain(troubles) {
            origin.reference = Some(reference.to_owned());
        }
        self
    }
}

/// Reads statements, each once.
struct Statements {
    blobs: Blobs,
    readers: Readers,
    known: HashMap<(BlobId, String), Said>,
}

impl Statements {
    fn new(git: &Git, readers: Readers) -> Self {
        Self { blobs: git.blobs(), readers, known: HashMap::new() }
    }

    fn read(&mut self, reference: &str, file: &Found) -> Said {
        // By path as well, since that decides who reads it.
        let key = (file.blob.clone(), file.path.clone());
        if let Some(known) = self.known.get(&key) {
            return known.clone().on(reference);
        }
        let said = self.say(reference, file);
        self.known.insert(key, said.clone());
        said
    }

    fn say(&self, reference: &str, file: &Found) -> Said {
        let at = origin(reference, &file.path);
        let Some(reader) = (self.readers)(&file.path) else { return Said::default() };
        let size = self.blobs.size(&file.blob);
        if let Some(size) = size.ok().filter(|size| *size > LARGEST as u64) {
            let message = format!(
                "it has {size} bytes, which is too much for a statement about support, and was not \
                 read"
            );
            return Said { trouble: vec![Trouble::info(message).at(at)], ..Said::default() };
        }
        let bytes = match self.blobs.read(&file.blob) {
            Ok(bytes) => bytes,
            Err(error) => {
                let trouble = vec![Trouble::warning(error.to_string()).at(at)];
                let gap = Some(format!("`{}` could not be read", file.path));
                return Said { trouble, gap, ..Said::default() };
            }
        };
        let mut trouble = Vec::new();
        let text = String::from_utf8(bytes).unwrap_or_else(|error| {
            let message = "it is not UTF-8, and what is not was replaced";
            trouble.push(Trouble::info(message).at(at.clone()));
            String::from_utf8_lossy(error.as_bytes()).into_owned()
        });
        let text = text.strip_prefix(BOM).unwrap_or(&text);
        let Read { claims, trouble: found } = reader.read(text, &at);
        trouble.extend(found);
        Said { claims, trouble, gap: None }
    }
}

fn origin(reference: &str, path: &str) -> Origin {
    Origin { reference: Some(reference.to_owned()), path: path.to_owned(), row: None }
}
