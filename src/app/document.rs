//! SECURITY.md in the working tree: where it is, and the parts of it that are kept.

use std::path::{Path, PathBuf};

use super::{Error, tree, write};
use crate::{
    edge::git::Git,
    escape,
    report::kept::{self, Kept, Place, Refusal, Splice},
};

/// Where it is looked for, in this order.
const PATHS: [&str; 3] = ["SECURITY.md", ".github/SECURITY.md", "docs/SECURITY.md"];

/// The document and its text, if it is there.
pub(super) struct Document {
    pub(super) path: PathBuf,
    /// As people say it.
    pub(super) shown: String,
    pub(super) text: Option<String>,
}

impl Document {
    /// The one that is named, else the first that is there.
    pub(super) fn find(git: &Git, named: Option<&Path>) -> Result<Self, Error> {
        if let Some(path) = named {
            // A document is never one of git's own files.
            if path.components().any(|part| part.as_os_str() == ".git") {
                return Err(Error::SecurityMd {
                    place: path.display().to_string(),
                    because: "it is in git's own folder".to_owned(),
                });
            }
            let text = tree::read(path)?;
            return Ok(Self { path: path.to_path_buf(), shown: path.display().to_string(), text });
        }
        let root = tree::root(git)?;
        for shown in PATHS {
            let path = tree::inside(&root, shown)?;
            if let Some(text) = tree::read(&path)? {
                return Ok(Self { path, shown: shown.to_owned(), text: Some(text) });
            }
        }
        let shown = PATHS[0].to_owned();
        Ok(Self { path: root.join(&shown), shown, text: None })
    }

    /// Puts a part into it; says what was done. `name` is what people call the part.
    pub(super) fn keep(&self, kept: Kept, name: &str, part: &str) -> Result<String, Error> {
        let (with, place) = self.with(kept, part)?;
        if place != Place::Unchanged {
            with.save()?;
        }
        Ok(self.said(place, name))
    }

    /// The document as it is with a part in it, and where that went.
    pub(super) fn with(&self, kept: Kept, part: &str) -> Result<(Self, Place), Error> {
        match kept::splice(kept, self.text.as_deref(), part) {
            Splice::Written { text, place } => {
                let (path, shown) = (self.path.clone(), self.shown.clone());
                Ok((Self { path, shown, text: Some(text) }, place))
            }
            Splice::Refused(refusal) => Err(self.refused(refusal)),
        }
    }

    /// Writes it as it is here.
    pub(super) fn save(&self) -> Result<(), Error> {
        write(&self.path, self.text.as_deref().unwrap_or_default().as_bytes())
    }

    /// What was done to put a part there.
    pub(super) fn said(&self, place: Place, name: &str) -> String {
        let shown = escape::line(&self.shown);
        match place {
            Place::Unchanged => format!("`{shown}` says it already"),
            Place::Markers => format!("wrote the {name} in `{shown}`"),
            Place::Table(row) => {
                format!("wrote the {name} in `{shown}`, in place of the one in row {row}")
            }
            Place::Heading(row) => {
                format!("wrote the {name} in `{shown}`, under the heading in row {row}")
            }
            Place::End => format!("wrote the {name} in `{shown}`, in a section at the end"),
            Place::New => format!("wrote `{shown}`"),
        }
    }

    /// Why nothing was done with it.
    pub(super) fn refused(&self, refusal: Refusal) -> Error {
        let row = refusal.row.map(|row| format!(":{row}")).unwrap_or_default();
        Error::SecurityMd { place: format!("{}{row}", self.shown), because: refusal.because }
    }
}
