//! OpenVEX 0.2.0: <https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md>.
//!
//! It knows no ranges, so every released version is named, by its registry's package URL and by its
//! tag. There is one statement for each advisory, line and status. Later statements overrule earlier
//! ones, and none here is about the same version twice.

use super::{
    Document, Export, Lack, Source,
    hole::is_given_up,
    lines::{Facts, Released, State},
    purl, words,
};
use crate::{
    disclose::record::{LineRow, LineStatus},
    escape,
    model::JUSTIFICATIONS,
    report::openvex::document::{
        Component, Document as Vex, NO_REASONS, Reasons, Statement, Status, Vulnerability,
    },
};

pub(super) fn write(source: Source<'_>, facts: &[Facts<'_>], export: &mut Export) {
    let before = export.lacks.len();
    for facts in facts {
        if facts.released.is_empty() {
            let message = "has no released version on any line, and OpenVEX has to name each one";
            export.lacks.push(Lack::of(facts.of, message));
        }
        let lines: Vec<&str> = facts.unversioned.iter().map(|row| row.line.0.as_str()).collect();
        if !lines.is_empty() {
            export.notes.push(format!(
                "{}: without a release there is no product, so nothing is stated of {}",
                facts.of.id,
                lines.join(", ")
            ));
        }
    }
    let record = source.record;
    let author = words::one_line(&record.product);
    if author.is_empty() {
        export.lacks.push(Lack::of_record("the record has no `product`"));
    }
    if export.lacks.len() > before {
        return;
    }
    let mut statements: Vec<Statement<'_>> = Vec::new();
    for facts in facts {
        for row in &facts.of.lines {
            for state in [State::Affected, State::Fixed, State::Clear, State::Unknown] {
                statements.extend(statement(source, facts, row, state));
            }
        }
    }
    let identity = words::identity(record, facts);
    let revisions = source.revisions();
    let timestamp = source.published().unwrap_or_else(|| words::start_of(source.today));
    let document = Vex::lasting(
        &author,
        // A line feed stands in neither.
        &format!("{}\n{}", record.repository.as_deref().unwrap_or(&record.product), identity),
        revisions.len() + 1,
        timestamp,
        revisions.into_iter().last().map(|(_, date)| date),
        statements,
    );
    let file = format!("{}.openvex.json", escape::segment(&identity));
    export.documents.push(Document { file, content: document.print() });
}

/// `None`: no version of the line is in that state.
fn statement<'a>(
    source: Source<'a>,
    facts: &Facts<'a>,
    row: &'a LineRow,
    state: State,
) -> Option<Statement<'a>> {
    let disclosure = facts.of;
    let is_meant = |release: &&Released<'a>| release.row.line == row.line && release.state == state;
    let released = facts.released.iter().filter(is_meant);
    let urls = released
        .flat_map(|release| purl::of_release(source.record, disclosure.package.as_ref(), release));
    let mut products: Vec<Component> = urls.map(Component::new).collect();
    products.dedup();
    if products.is_empty() {
        return None;
    }
    let name = disclosure.name();
    let mut links = disclosure.references.iter().filter(|link| link.kind == "advisory");
    let url = links.next().map(|link| link.url.as_str()).filter(|url| words::is_address(url));
    let (status, reasons) = status(facts, row, state);
    Some(Statement {
        vulnerability: Vulnerability { id: url, name, aliases: words::aliases(disclosure, name) },
        products,
        status,
        reasons,
    })
}

fn status<'a>(facts: &Facts<'a>, row: &'a LineRow, state: State) -> (Status, Reasons<'a>) {
    let notes = words::stated(row.note.as_ref()).map(escape::paragraphs);
    match state {
        State::Affected => {
            let mut sentences = vec![words::action(row)];
            let mitigation = words::stated(facts.of.mitigation.as_ref());
            let when = if is_given_up(row) { "Mitigation" } else { "Until then" };
            sentences.extend(mitigation.map(|text| format!("{when}: {}", words::ended(text))));
            let action = Some(escape::paragraphs(&sentences.join(" ")));
            (Status::Affected, Reasons { action, notes, ..NO_REASONS })
        }
        State::Fixed => (Status::Fixed, NO_REASONS),
        State::Unknown => {
            let notes = notes.or_else(|| {
                let is_ended = row.status == LineStatus::Ended;
                let sentence = if is_ended {
                    "Its support has ended. It was not evaluated and may be affected."
                } else {
                    "It was not evaluated and may be affected."
                };
                Some(sentence.to_owned())
            });
            (Status::UnderInvestigation, Reasons { notes, ..NO_REASONS })
        }
        State::Clear => (Status::NotAffected, clear(row, notes)),
    }
}

/// Why a version is not affected: in a word of OpenVEX, else in the project's own.
fn clear(row: &LineRow, notes: Option<String>) -> Reasons<'_> {
    if row.status == LineStatus::Affected {
        let notes = Some("The hole is in other versions of the line.".to_owned());
        return Reasons { justification: Some("vulnerable_code_not_present"), notes, ..NO_REASONS };
    }
    let known = row.justification.as_deref().filter(|word| JUSTIFICATIONS.contains(word));
    if let Some(word) = known {
        return Reasons { justification: Some(word), impact: notes, ..NO_REASONS };
    }
    let impact = notes.unwrap_or_else(|| "The project says that it is not affected.".to_owned());
    Reasons { impact: Some(impact), ..NO_REASONS }
}
