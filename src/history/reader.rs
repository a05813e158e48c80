//! Reads the lockfiles of the past: each package of them once, however many lockfiles have it.

use std::{collections::HashMap, sync::Arc};

use super::{Catalogue, Marks};
use crate::{
    lockfile::{self, LockfileFormat},
    model::Lockfile,
};

/// Reads lockfiles, and remembers the packages.
#[derive(Debug)]
pub struct Reader {
    catalogue: Arc<Catalogue>,
    /// What was read of each piece; `None`: its file has to be read whole.
    pieces: HashMap<Box<str>, Option<usize>>,
    read: Vec<Read>,
    names: HashMap<Box<str>, usize>,
    /// By the number of a name: the last file that has it.
    seen: Vec<usize>,
    /// The number of the file at hand.
    file: usize,
}

#[derive(Debug)]
struct Read {
    name: usize,
    needs: Vec<usize>,
    /// `None`: nothing is known about the package.
    marks: Option<Marks>,
}

impl Reader {
    /// Nothing is remembered yet.
    pub fn new(catalogue: Arc<Catalogue>) -> Self {
        Self {
            catalogue,
            pieces: HashMap::new(),
            read: Vec::new(),
            names: HashMap::new(),
            seen: Vec::new(),
            file: 0,
        }
    }

    /// What a lockfile has of the vulnerabilities that are looked for; a path that is no lockfile's has
    /// nothing that is known.
    pub fn marks(&mut self, path: &str, bytes: &[u8]) -> Marks {
        let Some(format) = lockfile::format_of(path) else { return Marks::unknown() };
        let text = std::str::from_utf8(bytes).ok();
        let quick = text.and_then(|text| self.of_pieces(format, &format.pieces(text)?));
        quick.unwrap_or_else(|| self.catalogue.marks(&format.read(bytes)))
    }

    fn of_pieces(&mut self, format: &dyn LockfileFormat, pieces: &[&str]) -> Option<Marks> {
        let numbers: Option<Vec<usize>> =
            pieces.iter().map(|piece| self.piece(format, piece)).collect();
        let numbers = numbers?;
        self.file += 1;
        for number in &numbers {
            let name = self.read[*number].name;
            self.seen[name] = self.file;
        }
        let is_whole = numbers
            .iter()
            .flat_map(|number| &self.read[*number].needs)
            .all(|name| self.seen[*name] == self.file);
        let joined = Marks::joined(numbers.iter().filter_map(|n| self.read[*n].marks.as_ref()));
        Some(if is_whole { joined } else { joined.not_whole() })
    }

    fn piece(&mut self, format: &dyn LockfileFormat, piece: &str) -> Option<usize> {
        if let Some(known) = self.pieces.get(piece) {
            return *known;
        }
        let number = format.piece(piece).map(|read| {
            let name = self.name(&read.entry.name);
            let needs = read.needs.iter().map(|needed| self.name(needed)).collect();
            let lockfile = Lockfile { entries: vec![read.entry], trouble: Vec::new() };
            let marks = self.catalogue.marks(&lockfile);
            let is_empty = marks == Marks::joined([]);
            self.read.push(Read { name, needs, marks: (!is_empty).then_some(marks) });
            self.read.len() - 1
        });
        self.pieces.insert(piece.into(), number);
        number
    }

    fn name(&mut self, name: &str) -> usize {
        if let Some(known) = self.names.get(name) {
            return *known;
        }
        self.seen.push(0);
        self.names.insert(name.into(), self.seen.len() - 1);
        self.seen.len() - 1
    }
}
