//! From offsets to rows.

use std::num::NonZeroU32;

/// Turns offsets into rows; a row ends with a line feed, as in git.
pub(crate) struct Rows {
    ends: Vec<usize>,
}

impl Rows {
    pub(crate) fn of_characters(text: &str) -> Self {
        Self {
            ends: text.chars().enumerate().filter(|(_, c)| *c == '\n').map(|(i, _)| i).collect(),
        }
    }

    pub(crate) fn of_bytes(text: &str) -> Self {
        Self {
            ends: text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i).collect(),
        }
    }

    pub(crate) fn at(&self, offset: usize) -> NonZeroU32 {
        let row = self.ends.partition_point(|end| *end < offset);
        u32::try_from(row)
            .ok()
            .and_then(|row| NonZeroU32::MIN.checked_add(row))
            .unwrap_or(NonZeroU32::MAX)
    }
}
