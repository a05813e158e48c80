//! How far a disclosure has come: the lines, their fixes and their channels, and what is missing.

mod around;
mod json;
mod page;

use jiff::civil::Date;

pub use self::{around::around, json::json, page::page};
use super::{
    Record,
    track::{Need, Tracked, Weight, needs},
};

/// Everything that `disclose status` says.
#[derive(Clone, Copy, Debug)]
pub struct Status<'a> {
    pub record: &'a Record,
    pub tracked: &'a Tracked,
    pub needs: &'a [Need],
    pub today: Date,
}

/// What follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Completeness {
    /// Every line that was promised a fix has it, on every channel that was promised.
    Complete,
    Missing,
    /// Nothing is known to be missing, and something that is needed is not known.
    Unknown,
}

impl Completeness {
    /// Of what is missing.
    pub fn of(needs: &[Need]) -> Self {
        match needs.iter().map(|need| need.weight).max() {
            Some(Weight::Missing) => Self::Missing,
            Some(Weight::Unknown) => Self::Unknown,
            None => Self::Complete,
        }
    }

    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Complete => "complete",
            Self::Missing => "missing",
            Self::Unknown => "unknown",
        }
    }
}

/// What is missing of a record, by git and by what is around it, the worst first, each in the order
/// of the record.
pub fn sorted_needs(record: &Record, tracked: &Tracked, around: Vec<Need>) -> Vec<Need> {
    let mut found = needs(record, tracked);
    found.extend(around);
    found.sort_by_key(|need| std::cmp::Reverse(need.weight));
    found
}
