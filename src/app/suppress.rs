//! `patchline suppress`

use std::{
    fmt::Write as _,
    path::{Component, Path, PathBuf, absolute},
};

use jiff::civil::Date;
use toml::Value;

use super::{Error, Exit, print, tree, write};
use crate::{
    cli::{Color, SuppressArgs},
    collect,
    config::{self, Overrides},
    edge::{clock, files, git::Git},
    escape, judge,
    model::{JUSTIFICATIONS, Opinion, Origin, Suppression, Weight, canonical_id},
    opinion,
};

/// Folders whose name says what the files in them are.
const SETTINGS: [&str; 3] = [".cargo", ".grype", ".openvex"];

/// Appends suppressions to the configuration, and leaves the rest of it byte for byte as it is.
pub(super) fn suppress(args: &SuppressArgs) -> Result<Exit, Error> {
    let today = args.as_of.unwrap_or_else(clock::today);
    let file = file(args)?;
    let overrides = Overrides { today: Some(today.max(clock::today())), ..Overrides::default() };
    let known = match &file.text {
        Some(text) => parsed(text, &file.shown, &overrides)?,
        None => Vec::new(),
    };
    let (mut wanted, mut refused) = match &args.adopt {
        Some(path) => adopted(args, path, today)?,
        None => (vec![typed(args)], Vec::new()),
    };
    wanted.retain(|new| match known.iter().find(|old| is_same(old, new)) {
        Some(old) => {
            let row = old.origin.row.map(|row| format!(":{row}")).unwrap_or_default();
            refused.push(format!("`{}` is suppressed already, in `{}{row}`", new.id, file.shown));
            false
        }
        None => true,
    });
    if wanted.is_empty() && args.adopt.is_none() {
        return Err(Error::Suppress { because: refused.join(", ") });
    }
    let blocks: Vec<String> = wanted.iter().map(block).collect();
    if !blocks.is_empty() {
        parsed(&blocks.concat(), "the command line", &overrides).map_err(without_rows)?;
        let text = appended(file.text.as_deref(), &blocks);
        parsed(&text, &file.shown, &overrides)?;
        write(&file.path, text.as_bytes())?;
    }
    print::page(&told(&file.shown, &blocks, &refused), Color::Never)?;
    Ok(Exit::Pass)
}

/// The configuration and its text, if it is there.
struct File {
    path: PathBuf,
    /// As people say it.
    shown: String,
    text: Option<String>,
}

fn file(args: &SuppressArgs) -> Result<File, Error> {
    if let Some(path) = &args.config {
        // A configuration is never one of git's own files.
        if path.components().any(|part| part.as_os_str() == ".git") {
            let because = format!("`{}` is in git's own folder", path.display());
            return Err(Error::Suppress { because });
        }
        let text = tree::read(path)?;
        return Ok(File { path: path.clone(), shown: path.display().to_string(), text });
    }
    let root = tree::root(&Git::open(&args.repo)?)?;
    let there: Vec<&str> =
        config::PATHS.into_iter().filter(|path| files::exists(&root.join(path))).collect();
    let shown = match there.as_slice() {
        [] => config::PATHS[1],
        [one] => one,
        _ => return Err(collect::Error::TwoPolicies.into()),
    };
    let path = tree::inside(&root, shown)?;
    let text = tree::read(&path)?;
    Ok(File { path, shown: shown.to_owned(), text })
}

/// The suppressions of a configuration that is valid.
fn parsed(text: &str, shown: &str, overrides: &Overrides) -> Result<Vec<Suppression>, Error> {
    let origin = Origin { reference: None, path: shown.to_owned(), row: None };
    Ok(config::parse(Some((text, &origin)), overrides)?.silence.suppressions)
}

/// Of what was typed there are no rows.
fn without_rows(error: Error) -> Error {
    match error {
        Error::Config(mut error) => {
            error.complaints.iter_mut().for_each(|complaint| complaint.origin.row = None);
            Error::Config(error)
        }
        other => other,
    }
}

fn is_same(one: &Suppression, other: &Suppression) -> bool {
    let lines = |suppression: &Suppression| {
        let mut lines = suppression.lines.clone();
        lines.sort();
        lines
    };
    canonical_id(&one.id) == canonical_id(&other.id)
        && one.package == other.package
        && lines(one) == lines(other)
}

/// What was typed.
fn typed(args: &SuppressArgs) -> Suppression {
    Suppression {
        id: canonical_id(args.id.as_deref().unwrap_or_default()),
        package: args.package.clone(),
        lines: args.lines.clone(),
        reason: args.reason.clone().unwrap_or_default(),
        justification: args.justification.clone(),
        until: args.until,
        origin: Origin { reference: None, path: "the command line".to_owned(), row: None },
    }
}

/// What another tool's list becomes, and what of it has no words in ours.
fn adopted(
    args: &SuppressArgs,
    path: &Path,
    today: Date,
) -> Result<(Vec<Suppression>, Vec<String>), Error> {
    let shown = path.display();
    let inside = in_repository(&args.repo, path);
    let Some(reader) = opinion::reader_of(&inside) else {
        let kinds: Vec<&str> = opinion::ALL.iter().map(|reader| reader.id()).collect();
        let because =
            format!("`{shown}` is no list that is known by its name: {}", kinds.join(", "));
        return Err(Error::Suppress { because });
    };
    let Some(text) = tree::read(path)? else {
        return Err(Error::Suppress { because: format!("there is no `{shown}`") });
    };
    let origin = Origin { reference: None, path: inside, row: None };
    let read = reader.read(&text, &origin);
    print::warnings(&read.trouble);
    let is_broken = read.trouble.iter().any(|trouble| trouble.weight == Weight::Warning);
    if read.opinions.is_empty() {
        let why = if is_broken { "it could not be read" } else { "it ignores nothing" };
        return Err(Error::Suppress { because: format!("`{shown}`: {why}") });
    }
    let (mut wanted, mut refused): (Vec<Suppression>, Vec<String>) = (Vec::new(), Vec::new());
    for opinion in &read.opinions {
        match adopt(opinion, args, today) {
            Ok(new) if wanted.iter().any(|old| is_same(old, &new)) => {
                refused.push(format!("{}: it is there twice", named(opinion)));
            }
            Ok(new) => wanted.push(new),
            Err(because) => refused.push(format!("{}: {because}", named(opinion))),
        }
    }
    Ok((wanted, refused))
}

/// An opinion as a suppression, or why it cannot be one.
fn adopt(opinion: &Opinion, args: &SuppressArgs, today: Date) -> Result<Suppression, String> {
    if !opinion.stance.asks_for_silence() {
        return Err(format!("it is {}, which asks for no silence", opinion.stance.as_str()));
    }
    if !opinion.only_if.is_empty() {
        return Err(format!("it holds only if {}", opinion.only_if.join(" and ")));
    }
    let Some(id) = opinion.ids.first() else {
        return Err("it is about a whole package, and a suppression names a vulnerability".into());
    };
    let package = opinion.package.as_ref();
    if let Some(version) = package.and_then(|package| package.version.as_ref()) {
        return Err(format!("it holds for version {version} only"));
    }
    let Some(last) = judge::suppress::last_day(&opinion.expiry) else {
        return Err("nobody can tell when it ends".into());
    };
    if last < today {
        return Err(format!("it held until {last}"));
    }
    let reason = opinion.reason.as_ref().or(args.reason.as_ref());
    let Some(reason) = reason.filter(|reason| !reason.trim().is_empty()) else {
        return Err("it has no reason; give one with --reason".into());
    };
    let is_known = |word: &&String| JUSTIFICATIONS.contains(&word.as_str());
    Ok(Suppression {
        id: id.clone(),
        package: package.map(|package| package.name.clone()),
        lines: args.lines.clone(),
        reason: reason.clone(),
        justification: opinion.justification.as_ref().filter(is_known).cloned(),
        until: last.min(args.until),
        origin: opinion.origin.clone(),
    })
}

/// What an opinion is about, and where it stands.
fn named(opinion: &Opinion) -> String {
    let row = opinion.origin.row.map(|row| format!(":{row}")).unwrap_or_default();
    let ids: Vec<&str> = opinion.ids.iter().map(String::as_str).collect();
    let package = opinion.package.as_ref().map(|package| package.name.as_str());
    let what: Vec<&str> = ids.into_iter().chain(package).collect();
    let what =
        if what.is_empty() { "an entry".to_owned() } else { format!("`{}`", what.join(" ")) };
    format!("{}{row}: {what}", opinion.origin.path)
}

/// The path from the top of the repository. Of a file elsewhere its name, with the folder of settings
/// that it is in: what it is about is what is scanned here.
fn in_repository(repo: &Path, path: &Path) -> String {
    let root = Git::open(repo).ok().and_then(|git| git.work_dir());
    let full = absolute(path).unwrap_or_else(|_| path.to_path_buf());
    let root = root.and_then(|root| absolute(root).ok());
    let inside = root.as_ref().and_then(|root| full.strip_prefix(root).ok());
    let names = |path: &Path| -> Option<Vec<String>> {
        let part = |part: Component<'_>| match part {
            Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
            _ => None,
        };
        path.components().map(part).collect()
    };
    if let Some(inside) = inside.and_then(names) {
        return inside.join("/");
    }
    let name = |path: &Path| path.file_name().map(|name| name.to_string_lossy().into_owned());
    let file = name(path).unwrap_or_default();
    match full.parent().and_then(name) {
        Some(folder) if SETTINGS.contains(&folder.as_str()) => format!("{folder}/{file}"),
        _ => file,
    }
}

/// One `[[suppress]]`.
fn block(suppression: &Suppression) -> String {
    // A reason in several rows is one sentence here.
    let quoted = |text: &str| {
        let words: Vec<&str> = text.split_whitespace().collect();
        Value::String(words.join(" ")).to_string()
    };
    let mut block = format!("[[suppress]]\nid = {}\n", quoted(&suppression.id));
    if let Some(package) = &suppression.package {
        let _ = writeln!(block, "package = {}", quoted(package));
    }
    if !suppression.lines.is_empty() {
        let lines: Vec<String> = suppression.lines.iter().map(|line| quoted(line)).collect();
        let _ = writeln!(block, "lines = [{}]", lines.join(", "));
    }
    let _ = writeln!(block, "reason = {}", quoted(&suppression.reason));
    if let Some(justification) = &suppression.justification {
        let _ = writeln!(block, "justification = {}", quoted(justification));
    }
    let _ = writeln!(block, "until = {}", suppression.until);
    block
}

/// The text with the blocks at its end, in its own line endings.
fn appended(text: Option<&str>, blocks: &[String]) -> String {
    let mut text = text.unwrap_or("schema = 1\n").to_owned();
    let ending = if text.contains("\r\n") { "\r\n" } else { "\n" };
    if !text.is_empty() && !text.ends_with('\n') {
        text.push_str(ending);
    }
    for block in blocks {
        if !text.is_empty() {
            text.push_str(ending);
        }
        text.push_str(&block.replace('\n', ending));
    }
    text
}

fn told(shown: &str, blocks: &[String], refused: &[String]) -> String {
    let mut page = match blocks.len() {
        0 => "wrote nothing\n".to_owned(),
        _ => format!("wrote to `{}`:\n", escape::line(shown)),
    };
    for row in blocks.iter().flat_map(|block| std::iter::once("").chain(block.lines())) {
        let _ = writeln!(page, "{}", escape::line(row));
    }
    if !refused.is_empty() {
        page.push_str("\nnot written:\n");
    }
    for refusal in refused {
        let _ = writeln!(page, "  {}", escape::line(refusal));
    }
    page
}
