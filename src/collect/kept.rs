//! The copy that is kept of a document that was fetched, in the cache folder.

use std::path::PathBuf;

use jiff::civil::Date;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{
    edge::{files, http},
    escape::hex,
};

/// A text in JSON is at most so many times as long as it is.
const LONGEST_ESCAPE: u64 = 6;

/// A copy of what an address gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    pub text: String,
    /// What the server calls this state of it.
    pub tag: Option<String>,
    /// The day on which the server last said that this is it.
    pub checked: Date,
}

impl Kept {
    /// The copy of an address; one that is damaged is none.
    pub(super) fn read(address: &str) -> Option<Self> {
        let largest = LONGEST_ESCAPE * (http::LARGEST as u64) + 1024;
        let bytes = files::read(&path(address)?, largest).ok()?;
        let value: Value = serde_json::from_slice(&bytes).ok()?;
        let field = |name: &str| value.get(name)?.as_str();
        Some(Self {
            text: field("text")?.to_owned(),
            tag: field("tag").map(str::to_owned),
            checked: field("checked")?.parse().ok()?,
        })
    }

    /// Keeps it. Where there is no cache folder, nothing is kept.
    pub(super) fn write(&self, address: &str) -> std::io::Result<()> {
        let Some(path) = path(address) else { return Ok(()) };
        let value =
            json!({ "tag": self.tag, "checked": self.checked.to_string(), "text": self.text });
        files::replace(&path, value.to_string().as_bytes())
    }
}

/// By a digest, since an address may hold a secret.
fn path(address: &str) -> Option<PathBuf> {
    let key = hex(&Sha256::digest(address.as_bytes()));
    Some(files::cache_folder()?.join(format!("endoflife-{}.json", &key[..16])))
}
