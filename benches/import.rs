//! How long reports of other tools take to read, without any file: `cargo bench --bench import`.
//!
//! The inputs are made here, so that a figure means the same everywhere: SARIF with 200 rules and
//! 5,000 results, half of them about packages and half about code.

use std::fmt::Write as _;

use patchline::import::{self, Document};

const RULES: usize = 200;
const RESULTS: usize = 2_500;

fn main() {
    divan::main();
}

/// A run of Trivy about packages, and one of another tool about code.
fn sarif() -> String {
    let prose = "A sentence of a description. ".repeat(20);
    let rules = |id: &dyn Fn(usize) -> String, name: &str| {
        let rules: Vec<String> = (0..RULES)
            .map(|number| {
                format!(
                    r#"{{"id":"{}","name":"{name}","shortDescription":{{"text":"Title {number}"}},"fullDescription":{{"text":"{prose}"}},"properties":{{"security-severity":"7.5"}}}}"#,
                    id(number)
                )
            })
            .collect();
        rules.join(",")
    };
    let cve = |number: usize| format!("CVE-2031-{number:04}");
    let code = |number: usize| format!("code/rule-{number}");
    let mut packages = String::new();
    let mut places = String::new();
    for number in 0..RESULTS {
        let comma = if number == 0 { "" } else { "," };
        let id = cve(number % RULES);
        let _ = write!(
            packages,
            r#"{comma}{{"ruleId":"{id}","ruleIndex":{},"level":"error","message":{{"text":"Package: package-{}\nInstalled Version: 1.{number}.0\nVulnerability {id}\nSeverity: HIGH\nFixed Version: 2.0.0\nLink: [{id}](https://example.org/{id})"}},"locations":[{{"physicalLocation":{{"artifactLocation":{{"uri":"crates/{number}/Cargo.lock","uriBaseId":"ROOTPATH"}},"region":{{"startLine":7,"startColumn":1,"endLine":7,"endColumn":1}}}}}}]}}"#,
            number % RULES,
            number % RULES
        );
        let id = code(number % RULES);
        let _ = write!(
            places,
            r#"{comma}{{"ruleId":"{id}","message":{{"text":"{prose}"}},"locations":[{{"physicalLocation":{{"artifactLocation":{{"uri":"src/{number}.py","uriBaseId":"%SRCROOT%"}},"region":{{"startLine":{number},"snippet":{{"text":"{prose}"}}}}}}}}],"fingerprints":{{"matchBasedId/v1":"{number:0128}"}}}}"#
        );
    }
    format!(
        r#"{{"version":"2.1.0","runs":[{{"tool":{{"driver":{{"name":"Trivy","rules":[{}]}}}},"results":[{packages}]}},{{"tool":{{"driver":{{"name":"Coder","rules":[{}]}}}},"results":[{places}]}}]}}"#,
        rules(&cve, "LanguageSpecificPackageVulnerability"),
        rules(&code, "Code")
    )
}

#[divan::bench]
fn read_sarif_of_5000_results(bencher: divan::Bencher<'_, '_>) {
    let text = sarif();
    let read = || {
        let document = Document::open(text.as_bytes());
        let imported = import::importer(&document, None).map(|importer| importer.read(&document));
        imported.map_or(0, |imported| imported.runs.iter().map(|run| run.results).sum::<usize>())
    };
    assert_eq!(read(), 2 * RESULTS);
    bencher.counter(divan::counter::BytesCount::of_str(&text)).bench(read);
}
