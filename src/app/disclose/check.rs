//! `patchline disclose check`

use std::fmt::Write as _;

use super::{
    Opened, export,
    exposure::{self, exposure},
    guard, open,
};
use crate::{
    app::{Error, Exit, print},
    cli::{Color, disclose::CheckArgs},
    disclose::{
        Stage,
        check::{Doubt, Gravity, Missing, doubts, early_deliveries, missing},
        export::{self as documents, Source},
    },
    escape,
};

/// What the record lacks and what is doubtful about it, all at once.
pub(super) async fn check(args: &CheckArgs) -> Result<Exit, Error> {
    let opened = open(&args.record).await?;
    guard::reveal(&opened, args.privacy, "what the record lacks")?;
    print::warnings(&opened.support.trouble);
    let asked: Vec<Stage> = match args.stage {
        Some(stage) => vec![stage.into()],
        None => Stage::ALL.to_vec(),
    };
    let missing = missing(&opened.record, &opened.support, &asked);
    let Opened { record, support, config, today, .. } = &opened;
    let mut doubts = doubts(record, support, &config.disclose, *today);
    let exposed = exposure(&opened);
    if let Ok(Some(exposure)) = &exposed {
        let message = format!("{}; to mend it: {}", exposure.what, exposure.remedy);
        doubts.push(Doubt { gravity: Gravity::Wrong, message });
    }
    doubts.extend(contradictions(&opened));
    doubts.extend(early_deliveries(record, &opened.releases));
    print::page(&page(&record.id, &asked, &missing, &doubts), Color::Never)?;
    let is_wrong = doubts.iter().any(|doubt| doubt.gravity == Gravity::Wrong);
    if !missing.is_empty() || is_wrong {
        return Ok(Exit::Fail);
    }
    if let Err(error) = &exposed {
        print::note(&exposure::unknown(error));
        return Ok(Exit::Incomplete);
    }
    // Whether every supported line has a row is not known where the lines are not.
    match support.coverage.iter().find_map(|coverage| coverage.covered.because()) {
        Some(gap) => {
            print::note(&format!("whether every line has a row is not known: {gap}"));
            Ok(Exit::Incomplete)
        }
        None => Ok(Exit::Pass),
    }
}

/// What no document for machines could tell.
fn contradictions(opened: &Opened) -> Vec<Doubt> {
    let (releases, branches) = (export::released(opened), export::branches(opened));
    let source = Source {
        record: &opened.record,
        releases: &releases,
        tracked: None,
        branches: &branches,
        policy: &opened.config.disclose,
        secrecy: guard::secrecy_of(opened),
        today: opened.today,
    };
    let lacks = documents::contradictions(source);
    let wrong = |lack| Doubt { gravity: Gravity::Wrong, message: export::lack(&lack) };
    lacks.into_iter().map(wrong).collect()
}

fn page(id: &str, asked: &[Stage], missing: &[Missing], doubts: &[Doubt]) -> String {
    let id = escape::line(id);
    let what = match asked {
        [stage] => format!("the {}", stage.as_str()),
        _ => "all its stages".to_owned(),
    };
    let mut page = match missing.len() {
        0 => format!("`{id}` has everything for {what}\n"),
        1 => format!("`{id}` lacks one thing for {what}:\n"),
        many => format!("`{id}` lacks {many} things for {what}:\n"),
    };
    let mut place = String::new();
    for missing in missing {
        let mut of = vec![missing.table.to_owned()];
        of.extend(missing.of.iter().map(|name| escape::line(name)));
        of.retain(|part| !part.is_empty());
        let here = if of.is_empty() { "at the top".to_owned() } else { of.join(" ") };
        if here != place {
            let _ = writeln!(page, "\n  {here}");
            place = here;
        }
        let stage = match asked {
            [_] => String::new(),
            _ => format!(" ({})", missing.stage.as_str()),
        };
        let _ = writeln!(page, "    {:<16}{}{stage}", missing.key, escape::line(&missing.message));
    }
    for (gravity, title) in
        [(Gravity::Wrong, "what cannot be right"), (Gravity::Note, "what to look at again")]
    {
        let of = || doubts.iter().filter(|doubt| doubt.gravity == gravity);
        if of().next().is_some() {
            let _ = writeln!(page, "\n{title}:");
        }
        for doubt in of() {
            let _ = writeln!(page, "  {}", escape::line(&doubt.message));
        }
    }
    page
}
