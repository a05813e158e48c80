//! Where what is said about a line disagrees.

use jiff::civil::Date;

use super::{Refs, resolve::Known, statement::Statement, weigh::Weighed};
use crate::model::Contradiction;

pub(super) fn all(
    _known: &Known<'_>,
    _statements: &[Statement<'_>],
    _weighed: &[Weighed],
    _refs: &Refs,
    _today: Date,
) -> Vec<Contradiction> {
    Vec::new()
}
