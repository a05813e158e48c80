//! CISA's catalogue of known exploited vulnerabilities, in JSON.
//!
//! <https://www.cisa.gov/known-exploited-vulnerabilities-catalog>. What is in it was used in an
//! attack; what is not in it may have been as well. Only the entries that somebody asks for are kept.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use jiff::civil::Date;
use serde::de::{DeserializeSeed, Deserializer as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::model::{Exploited, canonical_id};

/// The name of this source.
pub const ID: &str = "kev";

/// No more unreadable entries than this are named.
const MOST_NAMED: usize = 5;

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// What was asked for and is in it.
    pub exploited: BTreeMap<String, Exploited>,
    pub version: Option<String>,
    pub released: Option<Date>,
    /// All entries, readable or not.
    pub entries: usize,
    /// Why it was not read whole.
    pub gaps: Vec<String>,
}

/// Reads a catalogue and keeps what is wanted: CVE ids in capitals.
pub fn read(bytes: &[u8], wanted: &BTreeSet<String>) -> Catalogue {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reading =
        Reading { wanted, catalogue: Catalogue::default(), count: None, bad: 0, named: Vec::new() };
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let read = deserializer.deserialize_map(&mut reading).and_then(|()| deserializer.end());
    let Reading { mut catalogue, count, bad, named, .. } = reading;
    if let Err(error) = read {
        catalogue.gaps.push(format!("it is no JSON of a catalogue: {error}"));
    } else if let Some(count) = count.filter(|count| *count != catalogue.entries as u64) {
        catalogue.gaps.push(format!("it has {} entries and says {count}", catalogue.entries));
    }
    if bad > 0 {
        catalogue.gaps.push(format!("{bad} of {} entries could not be read", catalogue.entries));
    }
    for id in named {
        catalogue.gaps.push(format!("the entry of {id} could not be read"));
    }
    catalogue
}

struct Reading<'a> {
    wanted: &'a BTreeSet<String>,
    catalogue: Catalogue,
    /// How many entries it says that it has.
    count: Option<u64>,
    bad: usize,
    /// What is wanted and could not be read.
    named: Vec<String>,
}

impl<'de> Visitor<'de> for &mut Reading<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with `vulnerabilities`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "catalogVersion" => {
                    let version = map.next_value::<Value>()?;
                    self.catalogue.version = version.as_str().map(str::to_owned);
                }
                "dateReleased" => {
                    let released = map.next_value::<Value>()?;
                    self.catalogue.released = released.as_str().and_then(super::day);
                }
                "count" => self.count = map.next_value::<Value>()?.as_u64(),
                "vulnerabilities" => map.next_value_seed(Entries(&mut *self))?,
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

/// The list of entries, one at a time.
struct Entries<'a, 'b>(&'a mut Reading<'b>);

impl<'de> DeserializeSeed<'de> for Entries<'_, '_> {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Entries<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of entries")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while let Some(entry) = entries.next_element::<Value>()? {
            self.0.take(&entry);
        }
        Ok(())
    }
}

impl Reading<'_> {
    fn take(&mut self, entry: &Value) {
        self.catalogue.entries += 1;
        let text = |name: &str| entry.get(name)?.as_str();
        let Some(id) = text("cveID").map(canonical_id).filter(|id| id.starts_with("CVE-")) else {
            self.bad += 1;
            return;
        };
        let added = text("dateAdded").and_then(super::day);
        let is_wanted = self.wanted.contains(&id);
        let Some(added) = added else {
            self.bad += 1;
            if is_wanted && self.named.len() < MOST_NAMED {
                self.named.push(id);
            }
            return;
        };
        if !is_wanted {
            return;
        }
        // "Unknown" is the other word.
        let ransomware = text("knownRansomwareCampaignUse")
            .is_some_and(|word| word.trim().eq_ignore_ascii_case("known"));
        let known = self.catalogue.exploited.entry(id).or_insert(Exploited { added, ransomware });
        known.added = known.added.min(added);
        known.ransomware |= ransomware;
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const CATALOGUE: &str = r#"{
        "title": "Catalogue",
        "catalogVersion": "2031.06.14",
        "dateReleased": "2031-06-14T16:00:04.1234Z",
        "count": 3,
        "vulnerabilities": [
            {"cveID": "CVE-2031-0001", "vendorProject": "Ferry", "dateAdded": "2031-06-01",
             "dueDate": "2031-06-22", "knownRansomwareCampaignUse": "Known", "cwes": ["CWE-20"]},
            {"cveID": "CVE-2031-0002", "dateAdded": "2031-06-02", "dueDate": "2031-06-23",
             "knownRansomwareCampaignUse": "Unknown"},
            {"cveID": "CVE-2031-0003", "dateAdded": "2031-06-03"}
        ]
    }"#;

    fn wanted(ids: &[&str]) -> BTreeSet<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn what_is_asked_for_is_kept() {
        let read =
            read(CATALOGUE.as_bytes(), &wanted(&["CVE-2031-0001", "CVE-2031-0003", "CVE-9"]));
        let of = |day, ransomware| Exploited { added: date(2031, 6, day), ransomware };
        let expected = [("CVE-2031-0001", of(1, true)), ("CVE-2031-0003", of(3, false))];
        let expected = expected.map(|(id, exploited)| (id.to_owned(), exploited));
        assert_eq!(read.exploited, BTreeMap::from(expected));
        assert_eq!(
            (read.version.as_deref(), read.released),
            (Some("2031.06.14"), Some(date(2031, 6, 14)))
        );
        assert_eq!((read.entries, read.gaps), (3, Vec::new()));
    }

    #[test]
    fn an_entry_that_cannot_be_read_costs_itself_and_is_counted() {
        for (from, to, gaps) in [
            ("\"2031-06-02\"", "\"soon\"", "1 of 3 entries could not be read"),
            ("\"2031-06-02\"", "null", "1 of 3 entries could not be read"),
            ("\"CVE-2031-0002\"", "17", "1 of 3 entries could not be read"),
            ("\"CVE-2031-0002\"", "\"EUVD-1\"", "1 of 3 entries could not be read"),
            (
                "{\"cveID\": \"CVE-2031-0003\", \"dateAdded\": \"2031-06-03\"}",
                "null",
                "1 of 3 entries could not be read",
            ),
            (
                "\"2031-06-03\"",
                "\"\"",
                "1 of 3 entries could not be read, the entry of CVE-2031-0003 could not be read",
            ),
            ("\"count\": 3", "\"count\": 4", "it has 3 entries and says 4"),
            ("\"count\": 3", "\"count\": \"many\"", ""),
        ] {
            let text = CATALOGUE.replacen(from, to, 1);
            let read = read(text.as_bytes(), &wanted(&["CVE-2031-0001", "CVE-2031-0003"]));
            assert!(read.exploited.contains_key("CVE-2031-0001"), "{to}");
            assert_eq!((read.entries, &*read.gaps.join(", ")), (3, gaps), "{to}");
        }
    }

    #[test]
    fn what_is_no_catalogue_or_ends_early_is_never_whole() {
        for text in
            ["", "null", "[]", "<html>", "{\"vulnerabilities\": {}}", "{\"vulnerabilities\": []} x"]
        {
            let read = read(text.as_bytes(), &wanted(&["CVE-2031-0001"]));
            assert_eq!((read.entries, read.gaps.len()), (0, 1), "{text}: {:?}", read.gaps);
        }
        assert_eq!(read(b"{\"message\": \"no\"}", &wanted(&[])).entries, 0);
        let all = wanted(&["CVE-2031-0001", "CVE-2031-0002", "CVE-2031-0003"]);
        for end in 0..CATALOGUE.len() {
            let read = read(&CATALOGUE.as_bytes()[..end], &all);
            assert!(!read.gaps.is_empty(), "{end}");
        }
        let deep = format!("{{\"vulnerabilities\": [{}", "[".repeat(100_000));
        assert_eq!(read(deep.as_bytes(), &all).gaps.len(), 1);
    }
}
