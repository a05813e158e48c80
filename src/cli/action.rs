//! The inputs of the GitHub Action: `INPUT_*` → what is asked for, every complaint at once.
//!
//! The runner sets a variable for every input of `action.yml`, empty where nothing is given: upper
//! case, spaces as `_`, hyphens kept. <https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax#inputs>

use std::path::PathBuf;

use super::{ImportArg, Shard, import, shard};
use crate::publish::{Issues, Publishes};

/// Every input, by the names in `action.yml`, but `token` and `alerts-token`: those are secrets, and
/// read where they are sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is an input of the action")]
pub struct Inputs {
    /// The path of the configuration, on the branch that the policy is read from.
    pub config: Option<String>,
    /// Exactly these branches and tags.
    pub lines: Vec<String>,
    pub fail_at: Option<String>,
    /// `None`: as the configuration says, and so the two below.
    pub upload: Option<Publishes>,
    pub comment: Option<Publishes>,
    pub issues: Option<Issues>,
    /// Reports of other tools.
    pub imports: Vec<ImportArg>,
    /// Reports that are joined in the place of a scan.
    pub reports: Vec<ImportArg>,
    pub shard: Option<Shard>,
    /// Where the RustSec database is.
    pub database: Option<String>,
    pub baseline: Option<PathBuf>,
    /// The folder for what is written.
    pub output: PathBuf,
    pub offline: bool,
    pub deep: bool,
    /// Print what GitHub would be told, and tell it nothing.
    pub dry_run: bool,
    /// End with 0 where it would be 1 or 3.
    pub exit_zero: bool,
}

/// The inputs of `action.yml`.
pub const NAMES: [&str; 18] = [
    "config",
    "lines",
    "fail-at",
    "token",
    "alerts-token",
    "upload",
    "comment",
    "issues",
    "imports",
    "reports",
    "shard",
    "database",
    "baseline",
    "output",
    "offline",
    "deep",
    "dry-run",
    "exit-zero",
];

/// The variable of an input.
pub fn variable(name: &str) -> String {
    format!("INPUT_{}", name.to_ascii_uppercase().replace(' ', "_"))
}

/// Reads the inputs; `get` gives a variable. An error is every complaint, a sentence each.
pub fn inputs(get: &dyn Fn(&str) -> Option<String>) -> Result<Inputs, Vec<String>> {
    let mut reader = Reader { get, complaints: Vec::new() };
    let inputs = Inputs {
        config: reader.text("config"),
        lines: reader.rows("lines"),
        fail_at: reader.one_of("fail-at", &FAIL_AT).map(str::to_owned),
        upload: reader.publishes("upload"),
        comment: reader.publishes("comment"),
        issues: reader.one_of("issues", &["off", "vulnerability", "line"]).map(|word| match word {
            "vulnerability" => Issues::Vulnerability,
            "line" => Issues::Line,
            _ => Issues::Off,
        }),
        imports: reader.reports("imports"),
        reports: reader.reports("reports"),
        shard: reader.parsed("shard", shard),
        database: reader.text("database"),
        baseline: reader.text("baseline").map(PathBuf::from),
        output: reader.text("output").unwrap_or_else(|| "patchline".to_owned()).into(),
        offline: reader.is_set("offline"),
        deep: reader.is_set("deep"),
        dry_run: reader.is_set("dry-run"),
        exit_zero: reader.is_set("exit-zero"),
    };
    let is_scan = !inputs.imports.is_empty() || !inputs.lines.is_empty();
    if is_scan && !inputs.reports.is_empty() {
        reader
            .complain("reports", "are joined without a scan, so `imports` and `lines` have no use");
    }
    if reader.complaints.is_empty() { Ok(inputs) } else { Err(reader.complaints) }
}

/// From which severity on a vulnerability may fail.
pub(super) const FAIL_AT: [&str; 6] = ["any", "low", "medium", "high", "critical", "never"];

struct Reader<'a> {
    get: &'a dyn Fn(&str) -> Option<String>,
    complaints: Vec<String>,
}

impl Reader<'_> {
    fn complain(&mut self, name: &str, because: &str) {
        self.complaints.push(format!("the input `{name}`: {because}"));
    }

    /// `None`: nothing is given.
    fn text(&self, name: &str) -> Option<String> {
        let text = (self.get)(&variable(name))?;
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// The rows that say something.
    fn rows(&self, name: &str) -> Vec<String> {
        let text = self.text(name).unwrap_or_default();
        text.lines().map(str::trim).filter(|row| !row.is_empty()).map(str::to_owned).collect()
    }

    fn one_of<'a>(&mut self, name: &str, words: &[&'a str]) -> Option<&'a str> {
        let text = self.text(name)?;
        let known = words.iter().find(|word| **word == text).copied();
        if known.is_none() {
            self.complain(name, &format!("`{text}` is none of {}", words.join(", ")));
        }
        known
    }

    /// A boolean as the runner's own actions read it.
    fn is_set(&mut self, name: &str) -> bool {
        match self.text(name).as_deref() {
            Some("true" | "True" | "TRUE") => true,
            None | Some("false" | "False" | "FALSE") => false,
            Some(other) => {
                let because = format!("`{other}` is neither true nor false");
                self.complain(name, &because);
                false
            }
        }
    }

    fn publishes(&mut self, name: &str) -> Option<Publishes> {
        match self.text(name).as_deref() {
            None => None,
            Some("auto") => Some(Publishes::Auto),
            Some("true" | "True" | "TRUE") => Some(Publishes::Required),
            Some("false" | "False" | "FALSE") => Some(Publishes::Off),
            Some(other) => {
                let because = format!("`{other}` is none of auto, true, false");
                self.complain(name, &because);
                None
            }
        }
    }

    fn parsed<T>(&mut self, name: &str, parse: fn(&str) -> Result<T, String>) -> Option<T> {
        let text = self.text(name)?;
        parse(&text).map_err(|because| self.complain(name, &because)).ok()
    }

    fn reports(&mut self, name: &str) -> Vec<ImportArg> {
        let mut reports = Vec::new();
        for row in self.rows(name) {
            match import(&row) {
                Ok(report) => reports.push(report),
                Err(because) => self.complain(name, &format!("`{row}`: {because}")),
            }
        }
        reports
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: &[(&str, &str)]) -> Result<Inputs, Vec<String>> {
        inputs(&|name| {
            let found = given.iter().find(|(known, _)| variable(known) == name);
            // The runner sets every variable.
            Some(found.map(|(_, value)| (*value).to_owned()).unwrap_or_default())
        })
    }

    #[test]
    fn nothing_given_is_the_documented_default() {
        let inputs = read(&[]).expect("no complaint");
        assert_eq!(inputs.output, PathBuf::from("patchline"));
        assert_eq!((inputs.upload, inputs.comment, inputs.issues), (None, None, None));
        assert!(!inputs.offline && !inputs.deep && !inputs.dry_run && !inputs.exit_zero);
        assert!(inputs.lines.is_empty() && inputs.imports.is_empty() && inputs.reports.is_empty());
        assert_eq!(super::inputs(&|_| None), Ok(inputs));
    }

    #[test]
    fn what_is_given_is_read_as_the_runner_writes_it() {
        let inputs = read(&[
            ("lines", " release-1.2 \n\n v1.3.* \r\n"),
            ("fail-at", "high"),
            ("upload", "false"),
            ("comment", "True"),
            ("issues", "line"),
            ("imports", "1.2=trivy.json\nreports/*.sarif"),
            ("shard", "2/3"),
            ("output", "out/here"),
            ("exit-zero", "TRUE"),
        ])
        .expect("no complaint");
        assert_eq!(inputs.lines, ["release-1.2", "v1.3.*"]);
        assert_eq!(inputs.fail_at.as_deref(), Some("high"));
        assert_eq!(inputs.upload, Some(Publishes::Off));
        assert_eq!(inputs.comment, Some(Publishes::Required));
        assert_eq!(inputs.issues, Some(Issues::Line));
        assert_eq!(inputs.imports.len(), 2);
        assert_eq!(inputs.shard, Some(Shard { number: 2, of: 3 }));
        assert_eq!(inputs.output, PathBuf::from("out/here"));
        assert!(inputs.exit_zero);
    }

    #[test]
    fn every_mistake_is_told_at_once() {
        let complaints = read(&[
            ("fail-at", "sometimes"),
            ("upload", "maybe"),
            ("offline", "1"),
            ("shard", "4/3"),
            ("imports", "=x"),
            ("reports", "a.json"),
        ])
        .expect_err("complaints");
        let starts = ["fail-at", "upload", "imports", "shard", "offline"];
        assert_eq!(complaints.len(), starts.len(), "{complaints:?}");
        for (complaint, name) in complaints.iter().zip(starts) {
            assert!(complaint.starts_with(&format!("the input `{name}`: ")), "{complaint}");
        }
        let complaints = read(&[("reports", "a.json"), ("lines", "x")]).expect_err("a complaint");
        assert!(complaints[0].contains("joined without a scan"), "{complaints:?}");
    }
}
