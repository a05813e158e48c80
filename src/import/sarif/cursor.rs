//! A cursor over JSON bytes that finds where values start and end, without reading them.
//!
//! It is deliberately no parser: what is inside a value is checked when the value is read, so that
//! a broken result costs itself. It does not recurse, so depth costs nothing, and where the bytes
//! end too early it says so after having handed out everything before.

use std::{borrow::Cow, fmt, ops::Range};

use crate::import::pieces::{Bytes, View};

/// Where and why the cursor could not go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stop {
    pub at: usize,
    /// True if the bytes end there, false if what stands there is no JSON.
    pub is_end: bool,
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_end {
            write!(f, "it is cut short at byte {}", self.at)
        } else {
            write!(f, "it is no JSON from byte {} on", self.at)
        }
    }
}

/// Bytes that change what is open.
const STRUCTURE: [bool; 256] = {
    let mut table = [false; 256];
    table[b'"' as usize] = true;
    table[b'{' as usize] = true;
    table[b'}' as usize] = true;
    table[b'[' as usize] = true;
    table[b']' as usize] = true;
    table
};

/// Bytes that end a number or a word.
const END: [bool; 256] = {
    let mut table = [false; 256];
    let ends = b"\",:{}[] \t\r\n";
    let mut index = 0;
    while index < ends.len() {
        table[ends[index] as usize] = true;
        index += 1;
    }
    table
};

pub(super) struct Cursor<'a> {
    view: View<'a>,
    at: usize,
    /// What is open while a value is skipped; kept for its memory.
    open: Vec<u8>,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self::over(Bytes::Whole(bytes))
    }

    /// Goes over bytes that may not be at hand.
    pub(super) fn over(bytes: Bytes<'a>) -> Self {
        Self { view: View::new(bytes), at: 0, open: Vec::new() }
    }

    /// Why the bytes end too early, if they cannot be read.
    pub(super) fn failed(&self) -> Option<&str> {
        self.view.failed()
    }

    /// The next byte that is no white space.
    pub(super) fn peek(&mut self) -> Option<u8> {
        self.find(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n'))
    }

    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Goes over one value.
    pub(super) fn skip(&mut self) -> Result<Range<usize>, Stop> {
        let first = self.peek();
        let start = self.at;
        match first {
            Some(b'"') => self.string()?,
            Some(b'{' | b'[') => self.nested()?,
            Some(_) => match self.find(|byte| END[usize::from(byte)]) {
                Some(_) if self.at == start => return Err(self.stop()),
                Some(_) => {}
                None => return Err(self.end()),
            },
            None => return Err(self.end()),
        }
        Ok(start..self.at)
    }

    /// The bytes of one value.
    pub(super) fn value(&mut self) -> Result<Cow<'a, [u8]>, Stop> {
        let range = self.skip()?;
        Ok(self.view.bytes().part(range))
    }

    /// Goes through an object; `visit` goes over the value of each key. Another value is skipped.
    pub(super) fn entries(
        &mut self,
        mut visit: impl FnMut(&str, &mut Self) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        self.each(b'{', b'}', |cursor| {
            if cursor.peek() != Some(b'"') {
                return Err(cursor.stop());
            }
            let start = cursor.at;
            cursor.string()?;
            let range = start..cursor.at;
            let key = key(cursor.view.slice(range)).into_owned();
            if cursor.peek() != Some(b':') {
                return Err(cursor.stop());
            }
            cursor.at += 1;
            visit(&key, cursor)
        })
    }

    /// Goes through a list; `visit` goes over each element. Another value is skipped.
    pub(super) fn elements(
        &mut self,
        visit: impl FnMut(&mut Self) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        self.each(b'[', b']', visit)
    }

    fn each(
        &mut self,
        opening: u8,
        closing: u8,
        mut visit: impl FnMut(&mut Self) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        if self.peek() != Some(opening) {
            return self.skip().map(|_| ());
        }
        self.at += 1;
        loop {
            match self.peek() {
                Some(byte) if byte == closing => {
                    self.at += 1;
                    return Ok(());
                }
                // Some tools leave a comma too much; nothing is lost by going on.
                Some(b',') => self.at += 1,
                Some(_) => visit(self)?,
                None => return Err(self.end()),
            }
        }
    }

    /// Goes to the next byte that is wanted, or to the end.
    fn find(&mut self, is_wanted: impl Fn(u8) -> bool) -> Option<u8> {
        loop {
            let rest = self.view.rest(self.at);
            if let Some(found) = rest.iter().position(|byte| is_wanted(*byte)) {
                self.at += found;
                return rest.get(found).copied();
            }
            if rest.is_empty() {
                return None;
            }
            self.at += rest.len();
        }
    }

    /// Goes over a string, from its opening quote.
    fn string(&mut self) -> Result<(), Stop> {
        self.at += 1;
        loop {
            match self.find(|byte| matches!(byte, b'"' | b'\\')) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(_) => self.at += 2,
                None => return Err(self.end()),
            }
        }
    }

    /// Goes over an object or list.
    fn nested(&mut self) -> Result<(), Stop> {
        self.open.clear();
        loop {
            match self.find(|byte| STRUCTURE[usize::from(byte)]) {
                Some(b'"') => {
                    self.string()?;
                    continue;
                }
                Some(b'{') => self.open.push(b'}'),
                Some(b'[') => self.open.push(b']'),
                Some(closing) => {
                    if self.open.pop() != Some(closing) {
                        return Err(self.stop());
                    }
                }
                None => return Err(self.end()),
            }
            self.at += 1;
            if self.open.is_empty() {
                return Ok(());
            }
        }
    }

    fn stop(&self) -> Stop {
        Stop { at: self.at, is_end: self.at >= self.view.length() }
    }

    fn end(&self) -> Stop {
        Stop { at: self.view.length(), is_end: true }
    }
}

/// The text of a key with its quotes.
fn key(quoted: &[u8]) -> Cow<'_, str> {
    let bare = quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default();
    if bare.contains(&b'\\') {
        let decoded = serde_json::from_slice::<String>(quoted);
        return Cow::Owned(decoded.unwrap_or_default());
    }
    String::from_utf8_lossy(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> (Vec<String>, Option<Stop>) {
        let mut found = Vec::new();
        let stop = Cursor::new(text.as_bytes()).entries(|key, cursor| {
            let value = cursor.value()?;
            found.push(format!("{key}={}", String::from_utf8_lossy(&value)));
            Ok(())
        });
        (found, stop.err())
    }

    #[test]
    fn values_are_found_without_being_read() {
        let (found, stop) = keys(r#" {"a" : "x\"}", "b":[1,{"c":"]"}],"\u0063":-1e5 , "d":null} "#);
        assert_eq!(found, [r#"a="x\"}""#, r#"b=[1,{"c":"]"}]"#, "c=-1e5", "d=null"]);
        assert_eq!(stop, None);
    }

    #[test]
    fn what_comes_before_a_cut_is_handed_out() {
        for text in [r#"{"a":1,"b"#, r#"{"a":1,"b":"#, r#"{"a":1,"b":[2,"#, r#"{"a":1,"b":"x"#] {
            let (found, stop) = keys(text);
            assert_eq!(found, ["a=1"], "{text}");
            assert_eq!(stop, Some(Stop { at: text.len(), is_end: true }), "{text}");
        }
    }

    #[test]
    fn what_is_no_json_stops_there() {
        let (found, stop) = keys(r#"{"a":1,"b":[}],"c":2}"#);
        assert_eq!(found, ["a=1"]);
        assert_eq!(stop, Some(Stop { at: 12, is_end: false }));
    }

    #[test]
    fn depth_costs_nothing() {
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(200_000), "]".repeat(200_000));
        assert_eq!(keys(&deep).1, None);
    }
}
