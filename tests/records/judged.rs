//! What the makers of each format say of our documents: their schemas are in the folder that
//! `PATCHLINE_SCHEMAS` names, and their other tests are run over what is written into the one that
//! `PATCHLINE_RECORDS` names.

use std::{collections::BTreeMap, fs, path::PathBuf};

use patchline::disclose::export::Format;
use serde_json::Value;

use crate::samples;

pub(crate) fn name(format: Format) -> &'static str {
    match format {
        Format::Osv => "osv",
        Format::Csaf => "csaf",
        Format::Cve => "cve",
        Format::OpenVex => "openvex",
        Format::Github => "github",
        Format::RustSec => "rustsec",
    }
}

/// RustSec has no schema: its own reader judges, in `again`.
pub(crate) fn judges() -> Option<BTreeMap<&'static str, jsonschema::Validator>> {
    let folder = PathBuf::from(std::env::var_os("PATCHLINE_SCHEMAS")?);
    let with_schema = Format::ALL.into_iter().filter(|format| *format != Format::RustSec);
    let judge = |format| {
        let path = folder.join(format!("{}.json", name(format)));
        let text =
            fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let schema: Value = serde_json::from_str(&text).expect("the schema is JSON");
        let options = jsonschema::options().should_validate_formats(true);
        (name(format), options.build(&schema).expect("the schema is one"))
    };
    Some(with_schema.map(judge).collect())
}

#[track_caller]
pub(crate) fn assert_valid(judge: &jsonschema::Validator, document: &Value, what: &str) {
    let errors: Vec<String> =
        judge.iter_errors(document).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(errors.is_empty(), "{what}: {}\n{document:#}", errors.join("\n"));
}

#[test]
fn every_document_is_what_its_official_schema_says() {
    let Some(judges) = judges() else {
        eprintln!("skipped: PATCHLINE_SCHEMAS is not set");
        return;
    };
    let mut count = 0;
    for sample in samples::all() {
        for format in &sample.formats {
            let export = sample.export(*format);
            assert_eq!(export.lacks, [], "{} in {format:?}", sample.name);
            assert!(!export.documents.is_empty());
            let Some(judge) = judges.get(name(*format)) else { continue };
            for document in export.documents {
                let value: Value = serde_json::from_str(&document.content).expect("JSON");
                assert_valid(judge, &value, &format!("{} in {format:?}", sample.name));
                count += 1;
            }
        }
    }
    assert!(count > 70, "{count}");
    eprintln!("{count} documents judged by {} schemas", judges.len());
}

#[test]
fn a_judge_that_finds_no_fault_is_none() {
    let Some(judges) = judges() else {
        eprintln!("skipped: PATCHLINE_SCHEMAS is not set");
        return;
    };
    let ordinary = samples::sample("ordinary", samples::record());
    for (format, pointer, wrong) in [
        (Format::Osv, "/affected/0/ranges/0/type", "SEMANTIC"),
        (Format::Csaf, "/vulnerabilities/0/scores/0/cvss_v3/baseSeverity", "SOME"),
        (Format::Cve, "/containers/cna/affected/0/defaultStatus", "maybe"),
        (Format::OpenVex, "/statements/0/status", "perhaps"),
        (Format::Github, "/vulnerabilities/0/package/ecosystem", "crates.io"),
    ] {
        let mut document = ordinary.json(format);
        *document.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = wrong.into();
        assert!(!judges[name(format)].is_valid(&document), "{format:?}");
    }
}

/// For judges that are no schemas.
#[test]
fn documents_are_written_for_other_judges() {
    let Some(folder) = std::env::var_os("PATCHLINE_RECORDS").map(PathBuf::from) else {
        eprintln!("skipped: PATCHLINE_RECORDS is not set");
        return;
    };
    fs::create_dir_all(&folder).expect("a folder");
    for sample in samples::all() {
        for format in &sample.formats {
            for (index, document) in sample.export(*format).documents.into_iter().enumerate() {
                let end = if *format == Format::RustSec { "md" } else { "json" };
                let file = format!("{}-{index}.{}.{end}", sample.name, name(*format));
                fs::write(folder.join(file), document.content).expect("it is written");
            }
        }
    }
}
