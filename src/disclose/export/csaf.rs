//! CSAF 2.0, profile "security advisory":
//! <https://docs.oasis-open.org/csaf/csaf/v2.0/csaf-v2.0.html>.
//!
//! It knows no ranges, so every released version is a product. A line that nobody evaluated is under
//! investigation. While the record is under embargo the document is a draft that says to whom it may
//! be shown. CSAF 2.0 has no place for CVSS 4.0: that vector is told in a note.

pub(super) mod cwe;
mod products;
mod shape;
mod vulnerability;

use self::{
    products::Products,
    shape::{
        CsafDocument, Distribution, Document as Head, Engine, Generator, Note, Publisher,
        Reference, Revision, Severity, Tlp, Tracking,
    },
};
use super::{Document, Export, Lack, Source, json, lines::Facts, words};
use crate::disclose::record::{Disclosure, Step};

pub(super) fn write(source: Source<'_>, facts: &[Facts<'_>], export: &mut Export) {
    let before = export.lacks.len();
    let record = source.record;
    let namespace = source.policy.namespace.as_deref().or(record.repository.as_deref());
    let namespace = namespace.filter(|url| words::is_address(url));
    if namespace.is_none() {
        export.lacks.push(Lack::of_record(
            "nothing says who publishes: set `namespace` in `[disclose]` to an address of the project",
        ));
    }
    if words::one_line(&record.product).is_empty() {
        export.lacks.push(Lack::of_record("the record has no `product`"));
    }
    for one in facts {
        lacks(one, facts, export);
    }
    let (Some(namespace), true) = (namespace, export.lacks.len() == before) else { return };
    let products = Products::of(record, facts);
    let document = CsafDocument {
        document: head(source, facts, namespace),
        product_tree: products.tree(record),
        vulnerabilities: facts
            .iter()
            .map(|facts| vulnerability::vulnerability(source, facts, &products))
            .collect(),
    };
    notes(source, facts, export);
    let file = file(&document.document.tracking.id);
    export.documents.push(Document { file, content: json::print_sorted(&document) });
}

/// What CSAF cannot do without.
fn lacks(facts: &Facts<'_>, all: &[Facts<'_>], export: &mut Export) {
    let disclosure = facts.of;
    let mut lack = |message: &str| export.lacks.push(Lack::of(disclosure, message));
    if facts.released.is_empty() {
        lack("has no released version on any line, and CSAF has to name each one");
    }
    if words::summary(disclosure).is_empty() && disclosure.description.trim().is_empty() {
        lack("has no `summary`, `title` or `description`");
    }
    let twin =
        |other: &&Disclosure| other.cve.id().is_some() && other.cve.id() == disclosure.cve.id();
    if all.iter().map(|other| other.of).filter(twin).count() > 1 {
        lack("has the CVE id of another advisory");
    }
    if disclosure.cve.id().is_some_and(|id| !super::cve::is_cve(id)) {
        lack("has a CVE id that is not written as `CVE-2031-0001`");
    }
    for url in words::broken(disclosure) {
        lack(&format!("has the reference `{url}`, which is no address"));
    }
}

fn notes(source: Source<'_>, facts: &[Facts<'_>], export: &mut Export) {
    for facts in facts {
        let lines: Vec<&str> = facts.unversioned.iter().map(|row| row.line.0.as_str()).collect();
        if !lines.is_empty() {
            export.notes.push(format!(
                "{}: without a release there is no product, so nothing is said of {}",
                facts.of.id,
                lines.join(", ")
            ));
        }
        let untagged = facts.released.iter().filter(|release| release.tag.is_none());
        let untagged: Vec<String> = untagged.map(|release| release.version.to_string()).collect();
        if source.is_public() && !untagged.is_empty() {
            export.notes.push(format!("{}: no tag shows {} yet", facts.of.id, untagged.join(", ")));
        }
    }
}

/// By the rule of the standard, section 5.1: lower case, and what is no letter, digit, plus or minus
/// becomes an underscore.
fn file(id: &str) -> String {
    let mut name = String::new();
    for character in id.to_lowercase().chars() {
        let is_kept = character.is_ascii_lowercase() || character.is_ascii_digit();
        if is_kept || matches!(character, '+' | '-') {
            name.push(character);
        } else if !name.ends_with('_') {
            name.push('_');
        }
    }
    format!("{name}.json")
}

fn head<'a>(source: Source<'a>, facts: &[Facts<'a>], namespace: &'a str) -> Head<'a> {
    let record = source.record;
    let product = words::one_line(&record.product);
    let title = match facts {
        [one] if !one.of.title.trim().is_empty() => {
            format!("{product}: {}", words::one_line(&one.of.title))
        }
        _ => format!("{product}: security release {}", record.id),
    };
    let rating = facts.iter().filter_map(|facts| facts.of.rating()).max();
    let url = record.url.as_deref().filter(|url| words::is_address(url));
    Head {
        acknowledgments: Vec::new(),
        aggregate_severity: rating.map(|rating| Severity { text: rating.as_str() }),
        category: "csaf_security_advisory",
        csaf_version: "2.0",
        distribution: distribution(source),
        lang: "en",
        notes: facts.iter().filter_map(evaluation).collect(),
        publisher: Publisher {
            category: "vendor",
            contact_details: words::stated(record.contact.as_ref()),
            name: product.clone(),
            namespace,
        },
        references: url
            .map(|url| Reference { category: "external", summary: "The published text", url })
            .into_iter()
            .collect(),
        title: json::text(&title, 1024),
        tracking: tracking(source, facts, &product),
    }
}

fn evaluation(facts: &Facts<'_>) -> Option<Note> {
    let text = words::unknown(facts.of)?;
    let title = format!("{}: lines that were not evaluated", facts.of.name());
    Some(Note { category: "general", title: Some(title), text })
}

/// Under embargo it is for those who were told by name, or for whom the terms name beside them.
fn distribution(source: Source<'_>) -> Distribution {
    let embargo = &source.record.embargo;
    if source.is_public() {
        return Distribution { text: None, tlp: Tlp { label: "WHITE" } };
    }
    let share = words::stated(embargo.may_share.as_ref());
    let label = if share.is_some() { "AMBER" } else { "RED" };
    let mut sentences: Vec<String> = Vec::new();
    let public = source.record.step(Step::Public).best();
    sentences.push(match public {
        Some(moment) => format!("Under embargo until {moment}."),
        None => "Under embargo.".to_owned(),
    });
    sentences.extend(share.map(|share| format!("It may be shared: {}", words::ended(share))));
    sentences.extend(words::stated(embargo.terms.as_ref()).map(words::ended));
    Distribution { text: Some(json::text(&sentences.join(" "), 4000)), tlp: Tlp { label } }
}

fn tracking(source: Source<'_>, facts: &[Facts<'_>], product: &str) -> Tracking {
    let history = history(source);
    let dates = history.iter().map(|revision| revision.date.as_str());
    let (first, last) = (dates.clone().min(), dates.max());
    let last_number = history.last().map(|revision| revision.number.clone());
    Tracking {
        current_release_date: last.unwrap_or_default().to_owned(),
        generator: Generator {
            engine: Engine { name: "Patchline", version: env!("CARGO_PKG_VERSION") },
        },
        id: words::one_line(&format!("{product}-{}", words::identity(source.record, facts)))
            .replace(' ', "-"),
        initial_release_date: first.unwrap_or_default().to_owned(),
        status: if source.is_public() { "final" } else { "draft" },
        version: last_number.unwrap_or_default(),
        revision_history: history,
    }
}

/// A draft has no history yet: what was shown under embargo is no release of the document.
fn history(source: Source<'_>) -> Vec<Revision> {
    let Some(published) = source.published() else {
        let date = words::start_of(source.today);
        let summary = "A draft under embargo.".to_owned();
        return vec![Revision { date, number: "0".to_owned(), summary }];
    };
    let first = ("Published.".to_owned(), published);
    let revisions = source.revisions();
    std::iter::once(first)
        .chain(revisions)
        .enumerate()
        .map(|(index, (summary, date))| Revision { date, number: (index + 1).to_string(), summary })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_by_the_rule_of_the_standard() {
        for (id, name) in [
            ("Ferry-2031-03", "ferry-2031-03.json"),
            ("Ferry & Co: 2031/03", "ferry_co_2031_03.json"),
            ("../../x", "_x.json"),
            ("a+b", "a+b.json"),
        ] {
            assert_eq!(file(id), name);
        }
    }
}
