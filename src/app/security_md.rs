//! `patchline security-md`

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use super::{Discovered, Error, Exit, discover, none_supported, print, tree, write};
use crate::{
    cli::{Color, SecurityMdArgs},
    config, escape,
    model::ReleaseLine,
    report::{
        kept::{self, Check, Place, Refusal, Splice},
        lines::security_md::{self, TABLE},
    },
};

/// Where the file is looked for in the working tree, in this order.
const PATHS: [&str; 3] = ["SECURITY.md", ".github/SECURITY.md", "docs/SECURITY.md"];

/// Prints the table, or compares it with the one in the file, or puts it there.
pub(super) async fn security_md(args: &SecurityMdArgs) -> Result<Exit, Error> {
    let discovered = discover(&args.place.repository(), config::Overrides::default()).await?;
    let support = &discovered.support;
    if !support.lines.iter().any(ReleaseLine::is_scanned) {
        return Err(none_supported(support, discovered.today));
    }
    print::assumed(&support.lines);
    print::warnings(&support.trouble);
    let table = security_md::table(support);
    if !args.check && !args.write {
        print::data(&table)?;
        return Ok(Exit::Pass);
    }
    // A table for users is not made of what this clone happens to have.
    if let Some(gap) = support.coverage.iter().find_map(|coverage| coverage.covered.because()) {
        print::note(&format!("nothing was compared or written: {gap}"));
        return Ok(Exit::Incomplete);
    }
    let file = file(&discovered, args.file.as_deref())?;
    if args.check { check(&file, &table) } else { keep(&file, &table) }
}

/// The file and its text, if it is there.
struct File {
    path: PathBuf,
    /// As people say it.
    shown: String,
    text: Option<String>,
}

fn file(discovered: &Discovered, named: Option<&Path>) -> Result<File, Error> {
    if let Some(path) = named {
        // A document is never one of git's own files.
        if path.components().any(|part| part.as_os_str() == ".git") {
            return Err(Error::SecurityMd {
                place: path.display().to_string(),
                because: "it is in git's own folder".to_owned(),
            });
        }
        let text = tree::read(path)?;
        return Ok(File { path: path.to_path_buf(), shown: path.display().to_string(), text });
    }
    let root = tree::root(&discovered.git)?;
    for shown in PATHS {
        let path = tree::inside(&root, shown)?;
        if let Some(text) = tree::read(&path)? {
            return Ok(File { path, shown: shown.to_owned(), text: Some(text) });
        }
    }
    let shown = PATHS[0].to_owned();
    Ok(File { path: root.join(&shown), shown, text: None })
}

fn check(file: &File, table: &str) -> Result<Exit, Error> {
    let shown = escape::line(&file.shown);
    let (what, difference) = match kept::check(TABLE, file.text.as_deref(), table) {
        Check::Same => return Ok(Exit::Pass),
        Check::Refused(refusal) => return Err(refused(file, refusal)),
        Check::Missing if file.text.is_none() => {
            (format!("there is no `{shown}` with the supported versions"), Vec::new())
        }
        Check::Missing => (format!("`{shown}` has no table between markers"), Vec::new()),
        Check::Differs { row, difference } => {
            (format!("`{shown}` does not say what is supported, from row {row} on"), difference)
        }
    };
    let mut page = format!("{what}\n");
    for row in difference {
        let _ = writeln!(page, "  {}", escape::line(&row));
    }
    page.push_str("mend it with `patchline security-md --write`\n");
    print::page(&page, Color::Never)?;
    Ok(Exit::Fail)
}

fn keep(file: &File, table: &str) -> Result<Exit, Error> {
    let (text, place) = match kept::splice(TABLE, file.text.as_deref(), table) {
        Splice::Written { text, place } => (text, place),
        Splice::Refused(refusal) => return Err(refused(file, refusal)),
    };
    let shown = escape::line(&file.shown);
    let said = match place {
        Place::Unchanged => format!("`{shown}` says it already"),
        Place::Markers => format!("wrote the table in `{shown}`"),
        Place::Table(row) => {
            format!("wrote the table in `{shown}`, in place of the one in row {row}")
        }
        Place::Heading(row) => {
            format!("wrote the table in `{shown}`, under the heading in row {row}")
        }
        Place::End => format!("wrote the table in `{shown}`, in a section at the end"),
        Place::New => format!("wrote `{shown}`"),
    };
    if place != Place::Unchanged {
        write(&file.path, text.as_bytes())?;
    }
    print::page(&format!("{said}\n"), Color::Never)?;
    Ok(Exit::Pass)
}

fn refused(file: &File, refusal: Refusal) -> Error {
    let row = refusal.row.map(|row| format!(":{row}")).unwrap_or_default();
    Error::SecurityMd { place: format!("{}{row}", file.shown), because: refusal.because }
}
