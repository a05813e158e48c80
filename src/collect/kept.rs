//! The copy that is kept of a document that was fetched, in the cache folder: a row of JSON about it,
//! and then the document as it came.

use std::path::PathBuf;

use jiff::civil::Date;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{edge::files, escape::hex};

/// The row before the document is shorter.
const LONGEST_ROW: u64 = 64 * 1024;

/// A copy of what an address gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Kept {
    pub bytes: Vec<u8>,
    /// What the server calls this state of it.
    pub tag: Option<String>,
    /// The day on which the server last said that this is it.
    pub checked: Date,
}

/// Whose copy it is: the source, and the address that it was fetched from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Of<'a> {
    pub source: &'a str,
    pub address: &'a str,
}

impl Kept {
    /// The copy of an address; one that is damaged is none.
    pub(super) fn read(of: Of<'_>, largest: usize) -> Option<Self> {
        let mut bytes = files::read(&path(of)?, LONGEST_ROW + largest as u64).ok()?;
        let end = bytes.iter().position(|byte| *byte == b'\n')?;
        let document = bytes.split_off(end + 1);
        let value: Value = serde_json::from_slice(&bytes).ok()?;
        let field = |name: &str| value.get(name)?.as_str();
        let is_whole = value.get("size")?.as_u64()? == document.len() as u64;
        Some(Self {
            bytes: is_whole.then_some(document)?,
            tag: field("tag").map(str::to_owned),
            checked: field("checked")?.parse().ok()?,
        })
    }

    /// Keeps it. Where there is no cache folder, nothing is kept.
    pub(super) fn write(&self, of: Of<'_>) -> std::io::Result<()> {
        let Some(path) = path(of) else { return Ok(()) };
        let row = json!({
            "tag": self.tag,
            "checked": self.checked.to_string(),
            "size": self.bytes.len(),
        });
        files::replace(&path, &[row.to_string().as_bytes(), b"\n", &self.bytes].concat())
    }
}

/// By a digest, since an address may hold a secret.
fn path(of: Of<'_>) -> Option<PathBuf> {
    let key = hex(&Sha256::digest(of.address.as_bytes()));
    Some(files::cache_folder()?.join(format!("{}-{}.kept", of.source, &key[..16])))
}
