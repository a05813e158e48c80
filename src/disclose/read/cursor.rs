//! A table of TOML, key by key: what is there, and what is wrong with it, with its row.
//!
//! A reader that stops at the first mistake makes somebody run it ten times, on the worst day of
//! their year; hence not serde, which does.

use std::{num::NonZeroU32, ops::Range};

use jiff::{civil, tz};
use toml::{
    de::{DeTable, DeValue},
    value::{Datetime, Offset},
};

use super::{Complaint, MOST_COMPLAINTS, nearest::nearest};
use crate::disclose::{keys::Key, record::Moment};

/// No list has more entries.
const MOST: usize = 1000;
/// A value is quoted up to here.
const LONGEST_QUOTE: usize = 60;

/// What is wrong, and where rows begin.
pub(super) struct Notes {
    /// The offset of every row.
    rows: Vec<usize>,
    pub(super) complaints: Vec<Complaint>,
    /// There was more to complain of.
    pub(super) is_cut: bool,
}

impl Notes {
    pub(super) fn new(text: &str) -> Self {
        let feeds = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let rows = std::iter::once(0).chain(feeds.map(|(at, _)| at + 1)).collect();
        Self { rows, complaints: Vec::new(), is_cut: false }
    }

    pub(super) fn row(&self, span: &Range<usize>) -> NonZeroU32 {
        let row = self.rows.partition_point(|start| *start <= span.start);
        u32::try_from(row).ok().and_then(NonZeroU32::new).unwrap_or(NonZeroU32::MIN)
    }

    fn is_full(&self) -> bool {
        self.complaints.len() >= MOST_COMPLAINTS
    }

    pub(super) fn complain(&mut self, row: NonZeroU32, message: impl Into<String>) {
        if self.is_full() {
            self.is_cut = true;
            return;
        }
        self.complaints.push(Complaint { row: Some(row), message: message.into() });
    }
}

/// A table of the file.
#[derive(Clone, Copy)]
pub(super) struct Section<'a> {
    table: &'a DeTable<'a>,
    /// Where it begins.
    pub(super) row: NonZeroU32,
}

/// A text and its row.
pub(super) type Text = (String, NonZeroU32);

impl<'a> Section<'a> {
    /// A table with its keys; every other key is complained of, with what was probably meant.
    pub(super) fn new(
        table: &'a DeTable<'a>,
        row: NonZeroU32,
        keys: &[Key],
        notes: &mut Notes,
    ) -> Self {
        for (name, _) in table {
            let typed: &str = name.get_ref();
            if keys.iter().any(|key| key.name == typed) {
                continue;
            }
            if notes.is_full() {
                notes.is_cut = true;
                break;
            }
            let row = notes.row(&name.span());
            let known = || keys.iter().map(|key| key.name);
            let meant = match nearest(typed, known()) {
                Some(meant) => format!("it may be `{meant}`"),
                _ => format!("there are {}", known().collect::<Vec<_>>().join(", ")),
            };
            let message = format!("there is no key `{}`; {meant}", cut(typed));
            notes.complain(row, message);
        }
        Self { table, row }
    }

    fn get(&self, key: &str) -> Option<(Range<usize>, &'a DeValue<'a>)> {
        let (_, value) = self.table.iter().find(|(name, _)| name.get_ref() == key)?;
        Some((value.span(), value.get_ref()))
    }

    /// The row of a key's value, or where the table begins.
    pub(super) fn row_of(&self, key: &str, notes: &Notes) -> NonZeroU32 {
        self.get(key).map_or(self.row, |(span, _)| notes.row(&span))
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// A text without white space around it; an empty one says nothing.
    pub(super) fn text(&self, key: &str, notes: &mut Notes) -> Option<String> {
        self.text_at(key, notes).map(|(text, _)| text)
    }

    pub(super) fn text_at(&self, key: &str, notes: &mut Notes) -> Option<Text> {
        let (span, value) = self.get(key)?;
        let row = notes.row(&span);
        let Some(text) = value.as_str() else {
            notes.complain(row, format!("`{key}` is {}; it is a text in quotes", kind(value)));
            return None;
        };
        Some((text.trim().to_owned(), row)).filter(|(text, _)| !text.is_empty())
    }

    /// One of some words.
    pub(super) fn word<T: Copy>(
        &self,
        key: &str,
        words: &[(&str, T)],
        notes: &mut Notes,
    ) -> Option<T> {
        let (typed, row) = self.text_at(key, notes)?;
        let found = words.iter().find(|(word, _)| *word == typed).map(|(_, meant)| *meant);
        if found.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let known = known.join(", ");
            notes.complain(row, format!("`{key}` is `{}`; it is one of {known}", cut(&typed)));
        }
        found
    }

    pub(super) fn flag(&self, key: &str, notes: &mut Notes) -> Option<bool> {
        let (span, value) = self.get(key)?;
        let flag = value.as_bool();
        if flag.is_none() {
            let row = notes.row(&span);
            notes.complain(row, format!("`{key}` is {}; it is true or false", kind(value)));
        }
        flag
    }

    pub(super) fn number(&self, key: &str, notes: &mut Notes) -> Option<i64> {
        let (span, value) = self.get(key)?;
        let number = value
            .as_integer()
            .and_then(|number| i64::from_str_radix(number.as_str(), number.radix()).ok());
        if number.is_none() {
            let row = notes.row(&span);
            notes.complain(row, format!("`{key}` is {}; it is a number", kind(value)));
        }
        number
    }

    /// Texts, each with its row.
    pub(super) fn texts(&self, key: &str, notes: &mut Notes) -> Vec<Text> {
        let Some((span, value)) = self.get(key) else { return Vec::new() };
        let row = notes.row(&span);
        let Some(list) = value.as_array() else {
            let message = format!("`{key}` is {}; it is a list of texts: [\"…\"]", kind(value));
            notes.complain(row, message);
            return Vec::new();
        };
        bound(key, row, list.len(), notes);
        let mut texts = Vec::new();
        for item in list.iter().take(MOST) {
            let row = notes.row(&item.span());
            match item.get_ref().as_str().map(str::trim) {
                Some("") => notes.complain(row, format!("`{key}` has an empty text")),
                Some(text) => texts.push((text.to_owned(), row)),
                None => {
                    let kind = kind(item.get_ref());
                    notes.complain(row, format!("`{key}` has {kind}; it is a list of texts"));
                }
            }
        }
        texts
    }

    /// A table in the table.
    pub(super) fn table(&self, key: &str, keys: &[Key], notes: &mut Notes) -> Option<Self> {
        let (span, value) = self.get(key)?;
        let row = notes.row(&span);
        let Some(table) = value.as_table() else {
            notes.complain(row, format!("`{key}` is {}; it is a table: [{key}]", kind(value)));
            return None;
        };
        Some(Self::new(table, row, keys, notes))
    }

    /// Tables in the table, one after the other.
    pub(super) fn tables(&self, key: &str, keys: &[Key], notes: &mut Notes) -> Vec<Self> {
        let Some((span, value)) = self.get(key) else { return Vec::new() };
        let row = notes.row(&span);
        let Some(list) = value.as_array() else {
            let message = match value {
                DeValue::Table(_) => {
                    format!("`{key}` is one table; write [[{key}]], as there may be more")
                }
                _ => format!("`{key}` is {}; it is a list of tables: [[{key}]]", kind(value)),
            };
            notes.complain(row, message);
            return Vec::new();
        };
        bound(key, row, list.len(), notes);
        let mut tables = Vec::new();
        for item in list.iter().take(MOST) {
            let row = notes.row(&item.span());
            if let Some(table) = item.get_ref().as_table() {
                tables.push(Self::new(table, row, keys, notes));
            } else {
                let kind = kind(item.get_ref());
                notes.complain(row, format!("`{key}` has {kind}; it is a list of tables"));
            }
        }
        tables
    }

    /// A day, or a moment with its offset, in UTC.
    pub(super) fn moment(&self, key: &str, notes: &mut Notes) -> Option<Moment> {
        let (span, value) = self.get(key)?;
        let row = notes.row(&span);
        let read = match value {
            DeValue::Datetime(typed) => moment(typed),
            DeValue::String(_) => Err("it is a day or a moment without quotes"),
            _ => Err("it is a day, such as 2031-03-04, or a moment, such as 2031-03-04T15:00:00Z"),
        };
        read.map_err(|because| {
            let typed = match value {
                DeValue::Datetime(typed) => format!("`{typed}`"),
                value => kind(value).to_owned(),
            };
            notes.complain(row, format!("`{key}` is {typed}; {because}"));
        })
        .ok()
    }
}

fn moment(typed: &Datetime) -> Result<Moment, &'static str> {
    const NO_DAY: &str = "there is no such day";
    const NO_TIME: &str = "there is no such time";
    let typed_day = typed.date.ok_or("it has no day")?;
    let small = |number: u8| i8::try_from(number).ok();
    let day = i16::try_from(typed_day.year)
        .ok()
        .zip(small(typed_day.month).zip(small(typed_day.day)))
        .and_then(|(year, (month, day))| civil::Date::new(year, month, day).ok())
        .ok_or(NO_DAY)?;
    let Some(time) = typed.time else { return Ok(Moment { day, time: None }) };
    let nanosecond = time.nanosecond.map_or(Some(0), |nano| i32::try_from(nano).ok());
    let time = small(time.hour)
        .zip(small(time.minute))
        .zip(time.second.map_or(Some(0), small).zip(nanosecond))
        .and_then(|((hour, minute), (second, nano))| {
            civil::Time::new(hour, minute, second, nano).ok()
        })
        .ok_or(NO_TIME)?;
    let minutes = match typed.offset {
        Some(Offset::Z) => 0,
        Some(Offset::Custom { minutes }) => minutes,
        None => {
            return Err("no time without UTC: write it with a `Z`, or with its offset, \
                        such as +01:00");
        }
    };
    let moment = tz::Offset::from_seconds(i32::from(minutes) * 60)
        .ok()
        .and_then(|offset| offset.to_timestamp(day.to_datetime(time)).ok())
        .ok_or(NO_TIME)?;
    let utc = tz::Offset::UTC.to_datetime(moment);
    Ok(Moment { day: utc.date(), time: Some(utc.time()) })
}

fn bound(key: &str, row: NonZeroU32, length: usize, notes: &mut Notes) {
    if length > MOST {
        notes.complain(row, format!("`{key}` has {length} entries; {MOST} are the most"));
    }
}

/// A value as a message quotes it.
pub(super) fn cut(text: &str) -> String {
    crate::escape::cut(text, LONGEST_QUOTE)
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a day",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
