//! `patchline security-md`

use std::fmt::Write as _;

use super::{Error, Exit, discover, document::Document, none_supported, print};
use crate::{
    cli::{Color, SecurityMdArgs},
    config, escape,
    model::ReleaseLine,
    report::{
        kept::{self, Check},
        lines::security_md::{self, TABLE},
    },
};

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
    let document = Document::find(&discovered.git, args.file.as_deref())?;
    if args.check {
        return check(&document, &table);
    }
    let said = document.keep(TABLE, "table", &table)?;
    print::page(&format!("{said}\n"), Color::Never)?;
    Ok(Exit::Pass)
}

fn check(document: &Document, table: &str) -> Result<Exit, Error> {
    let shown = escape::line(&document.shown);
    let (what, difference) = match kept::check(TABLE, document.text.as_deref(), table) {
        Check::Same => return Ok(Exit::Pass),
        Check::Refused(refusal) => return Err(document.refused(refusal)),
        Check::Missing if document.text.is_none() => {
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
