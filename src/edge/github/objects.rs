//! Trees and files of a repository by their ids: by GraphQL many a request, by REST one by one.
//!
//! <https://docs.github.com/en/rest/git/trees>, <https://docs.github.com/en/rest/git/blobs>. Whether
//! they are what their ids say is seen by whoever puts them into a store.

use std::{collections::BTreeMap, fmt::Write as _};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use super::{CHECK_API, Failure, Session, http::Request};
use crate::edge::git::Entry;

/// So many trees are asked for in one request.
const TREES: usize = 60;
/// And so many files: one of half a megabyte is still told whole.
const FILES: usize = 20;
/// GitHub lists no more in one answer, and says so.
const MOST_ENTRIES: usize = 200_000;

impl Session {
    /// What trees hold, each by its id; those that are not told are left out.
    pub async fn trees(&mut self, ids: &[String]) -> Result<BTreeMap<String, Vec<Entry>>, Failure> {
        let mut found = BTreeMap::new();
        for ids in ids.chunks(TREES) {
            let data = self.objects(ids, "...on Tree{entries{name mode oid}}").await?;
            for (id, told) in ids.iter().zip(data) {
                let Some(entries) = told["entries"].as_array() else { continue };
                let entry = |entry: &Value| {
                    let mode = u32::try_from(entry["mode"].as_u64()?).ok()?;
                    let text = |key: &str| entry[key].as_str().map(str::to_owned);
                    Some(Entry { name: text("name")?, mode, id: text("oid")? })
                };
                let entries: Option<Vec<Entry>> = entries.iter().map(entry).collect();
                found.extend(entries.map(|entries| (id.clone(), entries)));
            }
        }
        Ok(found)
    }

    /// The texts of files, each by its id; those that are no text, or long, are left out.
    pub async fn texts(&mut self, ids: &[String]) -> Result<BTreeMap<String, String>, Failure> {
        let mut found = BTreeMap::new();
        for ids in ids.chunks(FILES) {
            let data = self.objects(ids, "...on Blob{text isBinary isTruncated}").await?;
            for (id, told) in ids.iter().zip(data) {
                let is_whole = told["isTruncated"] == false && told["isBinary"] != true;
                let text = told["text"].as_str().filter(|_| is_whole);
                found.extend(text.map(|text| (id.clone(), text.to_owned())));
            }
        }
        Ok(found)
    }

    /// Many objects in one request, in the order of their ids.
    async fn objects(&mut self, ids: &[String], fields: &str) -> Result<Vec<Value>, Failure> {
        let mut query =
            "query($owner:String!,$name:String!){repository(owner:$owner,name:$name){".to_owned();
        for (index, id) in ids.iter().enumerate() {
            // Only digits stand in the query itself.
            if !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return Err(Failure::of(format!("`{id}` is no id"), CHECK_API));
            }
            let _ = write!(query, "o{index}:object(oid:\"{id}\"){{{fields}}}");
        }
        query.push_str("}rateLimit{cost remaining resetAt}}");
        let variables = json!({ "owner": self.of.owner, "name": self.of.name });
        let mut data = self.query(&query, variables).await?;
        let repository = &mut data["repository"];
        Ok((0..ids.len()).map(|index| repository[format!("o{index}")].take()).collect())
    }

    /// A tree with everything below it, by REST; true: GitHub left something out.
    pub async fn whole_tree(&mut self, id: &str) -> Result<(Vec<Entry>, bool), Failure> {
        self.listed_tree(&format!("git/trees/{id}?recursive=1")).await
    }

    /// A tree alone, by REST.
    pub async fn tree(&mut self, id: &str) -> Result<(Vec<Entry>, bool), Failure> {
        self.listed_tree(&format!("git/trees/{id}")).await
    }

    /// Entries by their paths.
    async fn listed_tree(&mut self, path: &str) -> Result<(Vec<Entry>, bool), Failure> {
        let address = self.address(path);
        let said = self.document(&Request::of(&address), |_, _| None).await?;
        let broken = || Failure::of("what came is no tree", CHECK_API);
        let entries = said["tree"].as_array().filter(|entries| entries.len() <= MOST_ENTRIES);
        let entry = |entry: &Value| {
            let mode = u32::from_str_radix(entry["mode"].as_str()?, 8).ok()?;
            let text = |key: &str| entry[key].as_str().map(str::to_owned);
            Some(Entry { name: text("path")?, mode, id: text("sha")? })
        };
        let entries: Option<Vec<Entry>> = entries.ok_or_else(broken)?.iter().map(entry).collect();
        Ok((entries.ok_or_else(broken)?, said["truncated"] != false))
    }

    /// The bytes of a file, by REST.
    pub async fn file(&mut self, id: &str) -> Result<Vec<u8>, Failure> {
        let address = self.address(&format!("git/blobs/{id}"));
        let said = self.document(&Request::of(&address), |_, _| None).await?;
        let broken = || Failure::of("what came is no file", CHECK_API);
        let content = said["content"].as_str().ok_or_else(broken)?;
        if said["encoding"] != "base64" {
            return Ok(content.as_bytes().to_vec());
        }
        let digits: Vec<u8> = content.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
        BASE64_STANDARD.decode(digits).map_err(|_| broken())
    }
}
