//! The scores of FIRST's Exploit Prediction Scoring System, in CSV, plain or with gzip.
//!
//! <https://www.first.org/epss/data_stats>. A score is a probability, and one that is missing is not
//! zero. Only the scores that somebody asks for are kept.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{self, BufRead, BufReader, Read as _, Take},
};

use flate2::bufread::MultiGzDecoder;
use jiff::civil::Date;

use crate::model::{Epss, canonical_id};

/// The name of this source.
pub const ID: &str = "epss";

/// What gzip makes of a file is not read beyond this; the whole list has 10 MB.
const LARGEST: u64 = 256 * 1024 * 1024;
/// A row has 40 bytes.
const LONGEST_ROW: u64 = 4096;

/// What was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scores {
    /// What was asked for and is in it.
    pub scores: BTreeMap<String, Epss>,
    /// The model that the scores are of.
    pub model: Option<String>,
    pub on: Option<Date>,
    /// All rows with a score, readable or not.
    pub rows: usize,
    /// Why it was not read whole.
    pub gaps: Vec<String>,
}

/// Reads scores and keeps what is wanted: CVE ids in capitals.
pub fn read(bytes: &[u8], wanted: &BTreeSet<String>) -> Scores {
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return rows(BufReader::new(MultiGzDecoder::new(bytes)).take(LARGEST), wanted);
    }
    rows(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).take(LARGEST), wanted)
}

/// Where the columns are.
#[derive(Clone, Copy)]
struct Columns {
    id: usize,
    score: usize,
    percentile: usize,
}

fn rows(mut text: Take<impl BufRead>, wanted: &BTreeSet<String>) -> Scores {
    let largest = text.limit();
    let mut read = Scores::default();
    let mut columns = None;
    let mut bad = 0;
    let mut row = Vec::new();
    loop {
        match next(&mut text, &mut row) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => {
                read.gaps.push(format!("it cannot be read beyond row {}: {error}", read.rows));
                break;
            }
        }
        let row = String::from_utf8_lossy(&row);
        let row = row.trim();
        if let Some(comment) = row.strip_prefix('#') {
            read.about(comment);
        } else if !row.is_empty() {
            if let Some(columns) = columns {
                bad += usize::from(!read.take(row, columns, wanted));
            } else if let Some(found) = Columns::of(row) {
                columns = Some(found);
            } else {
                read.gaps.push("it does not begin with cve, epss and percentile".to_owned());
                break;
            }
        }
    }
    if text.limit() == 0 {
        read.gaps.push(format!("it has more than {largest} bytes"));
    }
    if bad > 0 {
        read.gaps.push(format!("{bad} of {} rows could not be read", read.rows));
    }
    let on = read.on;
    read.scores.values_mut().for_each(|score| score.on = on);
    read
}

/// Reads a row; false: there is none.
fn next(text: &mut impl BufRead, row: &mut Vec<u8>) -> io::Result<bool> {
    row.clear();
    let size = text.by_ref().take(LONGEST_ROW).read_until(b'\n', row)?;
    if size as u64 == LONGEST_ROW && row.last() != Some(&b'\n') {
        return Err(io::Error::other("a row is too long"));
    }
    Ok(size > 0)
}

impl Columns {
    fn of(header: &str) -> Option<Self> {
        let names: Vec<String> = fields(header).map(str::to_ascii_lowercase).collect();
        let at = |name: &str| names.iter().position(|found| found == name);
        Some(Self { id: at("cve")?, score: at("epss")?, percentile: at("percentile")? })
    }
}

impl Scores {
    /// `model_version:v2025.03.14,score_date:2025-08-20T12:55:00Z`
    fn about(&mut self, comment: &str) {
        for (name, value) in comment.split(',').filter_map(|part| part.split_once(':')) {
            match name.trim() {
                "model_version" => self.model = Some(value.trim().to_owned()),
                "score_date" => self.on = super::day(value),
                _ => {}
            }
        }
    }

    /// False: the row cannot be read.
    fn take(&mut self, row: &str, columns: Columns, wanted: &BTreeSet<String>) -> bool {
        self.rows += 1;
        let fields: Vec<&str> = fields(row).collect();
        let number = |at: usize| {
            let number: f64 = fields.get(at)?.parse().ok()?;
            (0.0..=1.0).contains(&number).then_some(number)
        };
        let id = fields.get(columns.id).map(|id| canonical_id(id));
        let id = id.filter(|id| id.starts_with("CVE-"));
        let (Some(id), Some(score), Some(percentile)) =
            (id, number(columns.score), number(columns.percentile))
        else {
            return false;
        };
        if wanted.contains(&id) {
            self.scores.insert(id, Epss { score, percentile, on: None });
        }
        true
    }
}

fn fields(row: &str) -> impl Iterator<Item = &str> {
    row.split(',').map(|field| field.trim().trim_matches('"').trim())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::{Compression, write::GzEncoder};
    use jiff::civil::date;

    use super::*;

    const SCORES: &str = "#model_version:v2031.03.14,score_date:2031-06-14T12:55:00Z\n\
                          cve,epss,percentile\n\
                          CVE-2031-0001,0.94321,0.99977\n\
                          CVE-2031-0002,0.00042,0.12001\n\
                          CVE-2031-0003,1,1\n";

    fn wanted(ids: &[&str]) -> BTreeSet<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    fn zipped(text: &[u8]) -> Vec<u8> {
        let mut zipper = GzEncoder::new(Vec::new(), Compression::default());
        zipper.write_all(text).expect("memory");
        zipper.finish().expect("memory")
    }

    #[test]
    fn what_is_asked_for_is_kept_from_a_plain_file_and_a_zipped_one() {
        let other = SCORES
            .replace("cve,epss,percentile", "percentile, CVE, \"epss\"")
            .replace("CVE-2031-0001,0.94321,0.99977", "\"0.99977\",cve-2031-0001,0.94321")
            .replace("CVE-2031-0002,0.00042,0.12001", "0.12001,CVE-2031-0002,4.2e-4")
            .replace("CVE-2031-0003,1,1", "1,CVE-2031-0003,1\r\n");
        let two = [zipped(&SCORES.as_bytes()[..90]), zipped(&SCORES.as_bytes()[90..])].concat();
        for bytes in [SCORES.as_bytes(), &zipped(SCORES.as_bytes()), other.as_bytes(), &two] {
            let read = read(bytes, &wanted(&["CVE-2031-0001", "CVE-9"]));
            let on = Some(date(2031, 6, 14));
            let score = Epss { score: 0.94321, percentile: 0.99977, on };
            assert_eq!(read.scores, BTreeMap::from([("CVE-2031-0001".to_owned(), score)]));
            assert_eq!((read.rows, &read.gaps, read.on), (3, &Vec::new(), on));
            assert_eq!(read.model.as_deref(), Some("v2031.03.14"));
        }
    }

    #[test]
    fn a_row_that_cannot_be_read_costs_itself_and_is_counted() {
        for bad in [
            "CVE-2031-0002,0.00042",
            "CVE-2031-0002,many,0.1",
            "CVE-2031-0002,NaN,0.1",
            "CVE-2031-0002,inf,0.1",
            "CVE-2031-0002,-0.1,0.1",
            "CVE-2031-0002,0.1,1.1",
            "2031-0002,0.1,0.1",
            ",,",
        ] {
            let text = SCORES.replace("CVE-2031-0002,0.00042,0.12001", bad);
            let read = read(text.as_bytes(), &wanted(&["CVE-2031-0002", "CVE-2031-0003"]));
            assert_eq!(read.scores.keys().collect::<Vec<_>>(), ["CVE-2031-0003"], "{bad}");
            assert_eq!(read.gaps, ["1 of 3 rows could not be read"], "{bad}");
        }
    }

    #[test]
    fn what_is_no_list_of_scores_or_ends_early_is_never_whole() {
        for text in ["<html>\n<body>", "{\"status\": \"OK\"}", "cve,score\nCVE-1,1\n"] {
            let read = read(text.as_bytes(), &wanted(&["CVE-2031-0001"]));
            let gap = ["it does not begin with cve, epss and percentile"];
            assert_eq!((read.rows, &*read.gaps), (0, &gap.map(str::to_owned)[..]), "{text}");
        }
        assert_eq!(read(b"", &wanted(&[])).rows, 0);
        let zipped = zipped(SCORES.as_bytes());
        for end in 2..zipped.len() {
            assert!(!read(&zipped[..end], &wanted(&[])).gaps.is_empty(), "{end}");
        }
        for at in 0..zipped.len() {
            let mut bent = zipped.clone();
            bent[at] ^= 0x55;
            let _ = read(&bent, &wanted(&[]));
        }
    }

    #[test]
    fn a_file_that_grows_without_end_is_cut() {
        let long = [SCORES.as_bytes(), &b"x".repeat(10_000)].concat();
        let read_long = read(&long, &wanted(&[]));
        assert_eq!(read_long.gaps, ["it cannot be read beyond row 3: a row is too long"]);
    }

    #[test]
    fn a_file_that_is_small_and_grows_large_is_cut() {
        let blank = [&b" ".repeat(4000)[..], b"\n"].concat().repeat(300);
        let bytes = zipped(&[SCORES.as_bytes(), &blank].concat());
        assert!(bytes.len() < 10_000);
        let largest = 1_000_000;
        let text = BufReader::new(MultiGzDecoder::new(&bytes[..])).take(largest);
        let read = rows(text, &wanted(&["CVE-2031-0001"]));
        assert_eq!(read.scores.len(), 1);
        assert_eq!(read.gaps, [format!("it has more than {largest} bytes")]);
    }
}
