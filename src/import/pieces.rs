//! The bytes of a report that is not held in memory whole, because it may be large.
//!
//! Who opens the report says how bytes are read; what is read, and in which order, is decided by
//! the importer. It goes over the bytes more than once, so a pipe does not do.

use std::{borrow::Cow, fmt, ops::Range};

/// So many bytes are read at once.
const PIECE: usize = 256 * 1024;

/// Bytes that are read as they are asked for.
pub trait Pieces: fmt::Debug + Send {
    /// How many there are.
    fn length(&self) -> usize;

    /// Fills `into` with the bytes from `at` on. Both are inside the length.
    ///
    /// # Errors
    ///
    /// In words: why they cannot be read.
    fn read(&self, at: usize, into: &mut [u8]) -> Result<(), String>;
}

/// What there is of a report before anybody looks into it.
#[derive(Debug)]
pub enum Content {
    Whole(Vec<u8>),
    Pieces(Box<dyn Pieces>),
}

/// A report's bytes, wherever they are.
#[derive(Clone, Copy, Debug)]
pub(super) enum Bytes<'a> {
    Whole(&'a [u8]),
    Pieces(&'a dyn Pieces),
}

impl<'a> Bytes<'a> {
    /// The bytes of one part, as far as they can be read.
    pub(super) fn part(self, range: Range<usize>) -> Cow<'a, [u8]> {
        match self {
            Self::Whole(bytes) => Cow::Borrowed(bytes.get(range).unwrap_or_default()),
            Self::Pieces(pieces) => {
                let range = range.start..range.end.min(pieces.length());
                let mut part = vec![0; range.len()];
                let read = pieces.read(range.start, &mut part);
                Cow::Owned(if read.is_ok() { part } else { Vec::new() })
            }
        }
    }
}

/// A view of the bytes from the front to the end, of which a piece is at hand at a time.
#[derive(Debug)]
pub(super) struct View<'a> {
    bytes: Bytes<'a>,
    piece: Vec<u8>,
    /// Where the piece starts.
    start: usize,
    /// Where the bytes end: earlier than said if some cannot be read.
    end: usize,
    failed: Option<String>,
}

impl<'a> View<'a> {
    pub(super) fn new(bytes: Bytes<'a>) -> Self {
        let end = match bytes {
            Bytes::Whole(bytes) => bytes.len(),
            Bytes::Pieces(pieces) => pieces.length(),
        };
        Self { bytes, piece: Vec::new(), start: 0, end, failed: None }
    }

    pub(super) fn bytes(&self) -> Bytes<'a> {
        self.bytes
    }

    /// How many bytes there are.
    pub(super) fn length(&self) -> usize {
        self.end
    }

    /// Why the bytes end earlier than they ought to.
    pub(super) fn failed(&self) -> Option<&str> {
        self.failed.as_deref()
    }

    /// The bytes from a place on that are at hand: none only where the end is.
    pub(super) fn rest(&mut self, at: usize) -> &[u8] {
        if let Bytes::Whole(bytes) = self.bytes {
            return bytes.get(at..).unwrap_or_default();
        }
        if at < self.start || at - self.start >= self.piece.len() {
            self.load(at, PIECE);
        }
        self.piece.get(at.saturating_sub(self.start)..).unwrap_or_default()
    }

    /// These bytes, as far as there are so many.
    pub(super) fn slice(&mut self, range: Range<usize>) -> &[u8] {
        if let Bytes::Whole(bytes) = self.bytes {
            return bytes.get(range).unwrap_or_default();
        }
        if range.start < self.start || range.end > self.start + self.piece.len() {
            self.load(range.start, range.len().max(PIECE));
        }
        let end = range.end.saturating_sub(self.start).min(self.piece.len());
        self.piece.get(range.start.saturating_sub(self.start)..end).unwrap_or_default()
    }

    fn load(&mut self, at: usize, length: usize) {
        self.start = at;
        if self.piece.capacity() > 4 * length.max(PIECE) {
            self.piece = Vec::new();
        }
        self.piece.resize(length.min(self.end.saturating_sub(at)), 0);
        let Bytes::Pieces(pieces) = self.bytes else { return };
        if let Err(because) = pieces.read(at, &mut self.piece) {
            self.piece.clear();
            self.end = at;
            self.failed = Some(because);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes in memory that are read like those of a file; from `broken` on they cannot be.
    #[derive(Debug)]
    struct Kept<'a> {
        bytes: &'a [u8],
        broken: usize,
    }

    impl Pieces for Kept<'_> {
        fn length(&self) -> usize {
            self.bytes.len()
        }

        fn read(&self, at: usize, into: &mut [u8]) -> Result<(), String> {
            let end = at + into.len();
            if end > self.broken {
                return Err("the disk is broken".to_owned());
            }
            into.copy_from_slice(&self.bytes[at..end]);
            Ok(())
        }
    }

    #[test]
    fn pieces_are_the_whole() {
        let bytes: Vec<u8> = (0..=250_u8).cycle().take(PIECE * 2 + 7).collect();
        let kept = Kept { bytes: &bytes, broken: usize::MAX };
        let mut view = View::new(Bytes::Pieces(&kept));
        let mut at = 0;
        while let rest @ [_, ..] = view.rest(at) {
            assert_eq!(rest, &bytes[at..at + rest.len()]);
            at += rest.len();
        }
        assert_eq!(at, bytes.len());
        for range in [0..1, PIECE - 3..PIECE + 3, 5..PIECE * 2, 7..7, PIECE * 2..PIECE * 2 + 7] {
            assert_eq!(view.slice(range.clone()), &bytes[range]);
        }
        assert_eq!(view.slice(PIECE * 2..PIECE * 9), &bytes[PIECE * 2..]);
    }

    #[test]
    fn what_cannot_be_read_is_the_end() {
        let bytes = vec![b'x'; PIECE * 2];
        let kept = Kept { bytes: &bytes, broken: PIECE };
        let mut view = View::new(Bytes::Pieces(&kept));
        assert_eq!(view.rest(0).len(), PIECE);
        assert_eq!(view.rest(PIECE), b"");
        assert_eq!((view.length(), view.failed()), (PIECE, Some("the disk is broken")));
    }
}
