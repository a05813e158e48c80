//! `patchline disclose policy`

use std::fmt::Write as _;

use super::{find, find::Kept, guard};
use crate::{
    app::{Discovered, Error, Exit, discover, document::Document, history, none_supported, print},
    cli::{Color, disclose::PolicyArgs},
    config,
    disclose::{
        Policy, Record,
        privacy::{Audience, Secrecy},
        process::{
            self, POLICY,
            practice::{self, Problem},
        },
    },
    edge::progress::Progress,
    escape,
    model::ReleaseLine,
    report::{kept::Place, lines::security_md},
};

/// Prints the policy, or compares the document and practice with it, or puts it there.
pub(super) async fn policy(args: &PolicyArgs) -> Result<Exit, Error> {
    let discovered = discover(&args.place.repository(), config::Overrides::default()).await?;
    print::warnings(&discovered.support.trouble);
    let policy = with_contact(&discovered)?;
    let targets = &discovered.config.targets;
    let section = process::section(&product(&discovered), &policy, targets);
    let table = security_md::table(&discovered.support);
    if !args.check && !args.write {
        let (versions, report) = (security_md::TABLE.heading, POLICY.heading);
        print::data(&format!("## {versions}\n\n{table}\n## {report}\n\n{section}"))?;
        return Ok(Exit::Pass);
    }
    let document = Document::find(&discovered.git, args.file.as_deref())?;
    if args.check {
        return Box::pin(check(discovered, &document, &policy, &section)).await;
    }
    if !discovered.support.lines.iter().any(ReleaseLine::is_scanned) {
        return Err(none_supported(&discovered.support, discovered.today));
    }
    // A table for users is not made of what this clone happens to have.
    let gap = discovered.support.coverage.iter().find_map(|coverage| coverage.covered.because());
    if let Some(gap) = gap {
        print::note(&format!("nothing was written: {gap}"));
        return Ok(Exit::Incomplete);
    }
    write(args, &discovered, &document, &table, &section)
}

/// Puts the table and the policy into the document, if somebody agrees to it: both of them or neither.
fn write(
    args: &PolicyArgs,
    discovered: &Discovered,
    document: &Document,
    table: &str,
    section: &str,
) -> Result<Exit, Error> {
    let (with_table, place_of_table) = document.with(security_md::TABLE, table)?;
    let (whole, place) = with_table.with(POLICY, section)?;
    let parts = [(place_of_table, TABLE_NAME), (place, POLICY_NAME)];
    let changed: Vec<&str> = parts
        .iter()
        .filter(|(place, _)| *place != Place::Unchanged)
        .map(|(_, name)| *name)
        .collect();
    if !changed.is_empty() {
        guard::agree(&document.path, &format!("the {}", changed.join(" and the ")), args.yes)?;
        // Whoever was asked agreed to a change of what was there.
        if Document::find(&discovered.git, args.file.as_deref())?.text != document.text {
            return Err(guard::changed(&document.path));
        }
        whole.save()?;
    }
    for (place, name) in parts {
        print::page(&format!("{}\n", document.said(place, name)), Color::Never)?;
    }
    Ok(Exit::Pass)
}

const TABLE_NAME: &str = "table of supported versions";
const POLICY_NAME: &str = "policy";

/// The policy, with a way to report: a project on GitHub has one that needs no address of mail.
fn with_contact(discovered: &Discovered) -> Result<Policy, Error> {
    let mut policy = discovered.config.disclose.clone();
    if policy.contact.is_empty() {
        let address = discovered.git.address();
        let repository = address.as_deref().and_then(on_github).ok_or_else(|| Error::Disclose {
            because: "nothing says how a vulnerability is reported in private".to_owned(),
            hint: Some(
                "name the ways, the best one first, with `contact` in `[disclose]`, such as \
                 `contact = [\"mailto:security@example.org\"]`"
                    .to_owned(),
            ),
        })?;
        policy.contact.push(format!("https://github.com/{repository}/security/advisories/new"));
    }
    Ok(policy)
}

/// `ferry/boat`
fn on_github(address: &str) -> Option<&str> {
    let path = ["https://github.com/", "ssh://github.com/"]
        .into_iter()
        .find_map(|start| address.strip_prefix(start))?;
    let name = path.trim_end_matches('/').trim_end_matches(".git");
    (name.split('/').count() == 2).then_some(name)
}

/// What the project is called: by its policy, else by its repository, else by its folder.
fn product(discovered: &Discovered) -> String {
    let last = |text: &str| {
        let name = text.trim_end_matches('/').trim_end_matches(".git").rsplit('/').next();
        name.filter(|name| !name.is_empty()).map(str::to_owned)
    };
    let named = discovered.config.disclose.product.clone();
    let address = || discovered.git.address().as_deref().and_then(last);
    let folder = || {
        let folder = discovered.git.work_dir()?;
        Some(folder.file_name()?.to_string_lossy().into_owned())
    };
    named.or_else(address).or_else(folder).unwrap_or_else(|| "this project".to_owned())
}

/// Tells what the document lacks, and which promises were never kept.
async fn check(
    discovered: Discovered,
    document: &Document,
    policy: &Policy,
    section: &str,
) -> Result<Exit, Error> {
    let support = &discovered.support;
    if !support.lines.iter().any(ReleaseLine::is_scanned) {
        return Err(none_supported(support, discovered.today));
    }
    let table = security_md::table(support);
    let text = document.text.as_deref();
    let mut problems =
        practice::document(&document.shown, text, section, &table, &support.contradictions);
    let mut gaps: Vec<String> = Vec::new();
    gaps.extend(support.coverage.iter().find_map(|c| c.covered.because()).map(str::to_owned));
    let records = practised(&discovered, &mut gaps)?;
    let mut promises = practice::promises(policy, &records);
    if !discovered.config.targets.days.is_empty() {
        let progress = Progress::on_stderr();
        let history = history::of(discovered, None, &progress).await;
        progress.finish();
        match history {
            Ok(history) => {
                let gap = history.coverage.iter().find_map(|c| c.covered.because());
                gaps.extend(gap.map(str::to_owned));
                promises.extend(practice::aims(&history));
            }
            // What was found all the same is told.
            Err(error) => gaps.push(format!("the history cannot be told: {error}")),
        }
    }
    problems.extend(practice::never_kept(&promises));
    gaps.sort();
    gaps.dedup();
    for gap in &gaps {
        print::note(&format!("not everything could be compared: {gap}"));
    }
    print::page(&page(&problems), Color::Never)?;
    Ok(match (problems.is_empty(), gaps.is_empty()) {
        (false, _) => Exit::Fail,
        (true, false) => Exit::Incomplete,
        (true, true) => Exit::Pass,
    })
}

/// The records that practice is read from. Where strangers read along, one that is under embargo is
/// none: when it was reported is a part of it.
fn practised(discovered: &Discovered, gaps: &mut Vec<String>) -> Result<Vec<Record>, Error> {
    let audience = guard::audience(&discovered.config);
    let (valid, broken): (Vec<Kept>, Vec<Kept>) =
        find::all(&discovered.git, &discovered.config)?.into_iter().partition(Kept::is_valid);
    gaps.extend(broken.iter().map(|kept| match audience {
        Audience::Others => "a record is not valid".to_owned(),
        Audience::Own | Audience::Members => {
            format!("the record `{}` is not valid; see `patchline disclose check`", kept.id)
        }
    }));
    let may_be_known = |record: &Record| {
        audience != Audience::Others
            || guard::is_secret(record, discovered.today) == Secrecy::Public
    };
    let records = valid.into_iter().filter_map(|kept| kept.reading.record);
    Ok(records.filter(may_be_known).collect())
}

fn page(problems: &[Problem]) -> String {
    let mut page = String::new();
    for problem in problems {
        let row = problem.row.map(|row| format!(" (row {row})")).unwrap_or_default();
        let _ = writeln!(page, "{}{row}", escape::line(&problem.what));
        for row in &problem.difference {
            let _ = writeln!(page, "    {}", escape::line(row));
        }
        let _ = writeln!(page, "    to mend it: {}", escape::line(&problem.mend));
    }
    page
}
