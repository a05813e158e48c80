//! `[[scanner]]` and `[[graph]]`: from what was typed to what was meant.

use std::{collections::BTreeSet, time::Duration};

use globset::Glob;
use toml::Spanned;

use super::Checker;
use crate::{
    config::{
        GraphFile, Output, Program, Scanner, ScannerSource, is_withheld,
        raw::{RawGraph, RawScanner},
    },
    import,
    model::{LineId, Tip},
};

const DEFAULT_TIMEOUT: Duration = Duration::from_mins(5);
const LONGEST_TIMEOUT: Duration = Duration::from_hours(24);
const DEFAULT_LOCKFILE: &str = "Cargo.lock";
/// What coverage calls our own sources, and will be asked for.
const TAKEN: [&str; 9] = [
    "rustsec",
    "dependabot",
    "lockfiles",
    "lines",
    "support",
    "endoflife",
    "openeox",
    "graph",
    "import",
];

impl Checker<'_> {
    pub(super) fn scanners(&mut self, typed: &[Spanned<RawScanner>]) -> Vec<Scanner> {
        let mut seen = BTreeSet::new();
        for scanner in typed {
            let id = &scanner.get_ref().id;
            if !seen.insert(id.get_ref()) {
                self.complain(id, format!("the scanner `{}` is declared twice", id.get_ref()));
            }
        }
        typed.iter().filter_map(|scanner| self.scanner(scanner)).collect()
    }

    fn scanner(&mut self, typed: &Spanned<RawScanner>) -> Option<Scanner> {
        let raw = typed.get_ref();
        let id = self.scanner_id(&raw.id);
        let format = raw.format.as_ref().and_then(|format| self.format(format));
        let source = match (&raw.file, &raw.run) {
            (Some(file), None) => self.file_source(raw, file),
            (None, Some(run)) => self.command(raw, run).map(ScannerSource::Command),
            (Some(_), Some(run)) => {
                let message = "a scanner has a `file` or a program to `run`, and not both";
                self.complain(run, message.to_owned());
                None
            }
            (None, None) => {
                let message = "the scanner has neither a `file` nor a program to `run`";
                self.complain(typed, message.to_owned());
                None
            }
        };
        Some(Scanner { id: id?, source: source?, format })
    }

    fn scanner_id(&mut self, id: &Spanned<String>) -> Option<String> {
        let text = id.get_ref();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        if text.is_empty() || !text.chars().all(is_plain) {
            let message =
                format!("`id` is `{text}`; it is made of letters, digits, `.`, `_` and `-`");
            self.complain(id, message);
            return None;
        }
        if TAKEN.contains(&text.as_str()) {
            self.complain(
                id,
                format!("`{text}` is a source of Patchline's own; take another `id`"),
            );
            return None;
        }
        Some(text.clone())
    }

    fn format(&mut self, format: &Spanned<String>) -> Option<String> {
        let text = format.get_ref();
        if import::ALL.iter().any(|importer| importer.id() == text) {
            return Some(text.clone());
        }
        let known: Vec<&str> = import::ALL.iter().map(|importer| importer.id()).collect();
        let message = format!("`format` is `{text}`; it is one of {}", known.join(", "));
        self.complain(format, message);
        None
    }

    fn file_source(&mut self, raw: &RawScanner, file: &Spanned<String>) -> Option<ScannerSource> {
        for (key, at) in [
            ("output", raw.output.as_ref().map(Spanned::span)),
            ("expected-exit", raw.expected_exit.as_ref().map(Spanned::span)),
            ("timeout", raw.timeout.as_ref().map(Spanned::span)),
            ("tips", raw.tips.as_ref().map(Spanned::span)),
            ("env", raw.env.as_ref().map(Spanned::span)),
        ] {
            if let Some(span) = at {
                let message = format!("`{key}` belongs to `run`, and not to `file`");
                self.complain(&Spanned::new(span, ()), message);
            }
        }
        let path = self.path("file", file)?;
        let line = raw.line.as_ref().and_then(|line| self.line_id(line));
        let tip = raw.tip.as_ref().and_then(|tip| self.tip("tip", tip));
        if let Some(tip) = raw.tip.as_ref().filter(|_| raw.line.is_none()) {
            self.complain(tip, "`tip` needs `line`: whose tip it is".to_owned());
        }
        Some(ScannerSource::File { path, line, tip })
    }

    /// A path or a glob on disk.
    fn path(&mut self, key: &str, file: &Spanned<String>) -> Option<String> {
        let text = file.get_ref();
        if text.trim().is_empty() || text.contains("://") {
            self.complain(file, format!("`{key}` is `{text}`; it is a path"));
            return None;
        }
        if let Err(error) = Glob::new(text) {
            self.complain(file, format!("`{text}` is not a glob: {}", error.kind()));
            return None;
        }
        Some(text.clone())
    }

    fn command(&mut self, raw: &RawScanner, run: &Spanned<Vec<String>>) -> Option<Program> {
        for (key, at) in [("line", &raw.line), ("tip", &raw.tip)] {
            if let Some(at) = at {
                let message = format!("`{key}` belongs to `file`; a program is run on every line");
                self.complain(at, message);
            }
        }
        let words = run.get_ref();
        if words.first().is_none_or(|program| program.trim().is_empty()) {
            self.complain(run, "`run` names no program".to_owned());
            return None;
        }
        if words.iter().any(|word| word.contains('\0')) {
            self.complain(run, "a word of `run` has a NUL, which no program takes".to_owned());
            return None;
        }
        let output = raw.output.as_ref().map_or(Some(Output::Stdout), |typed| self.output(typed));
        let timeout = raw.timeout.as_ref().map_or(DEFAULT_TIMEOUT, |typed| self.timeout(typed));
        let expected_exit = raw.expected_exit.as_ref().map_or_else(
            || vec![0],
            |typed| {
                if typed.get_ref().is_empty() {
                    let message = "`expected-exit` is empty, so every run would fail";
                    self.complain(typed, message.to_owned());
                }
                typed.get_ref().clone()
            },
        );
        let tips = raw.tips.as_ref().map_or_else(
            || vec![Tip::Head],
            |typed| {
                if typed.get_ref().is_empty() {
                    self.complain(typed, "`tips` is empty, so nothing would be run".to_owned());
                }
                let tips = typed.get_ref().iter().filter_map(|tip| self.tip("tips", tip));
                tips.collect::<BTreeSet<Tip>>().into_iter().collect()
            },
        );
        let env = raw.env.as_ref().map_or_else(Vec::new, |typed| {
            typed.get_ref().iter().filter_map(|name| self.variable(name)).collect()
        });
        Some(Program { run: words.clone(), output: output?, expected_exit, timeout, tips, env })
    }

    fn output(&mut self, typed: &Spanned<String>) -> Option<Output> {
        let text = typed.get_ref();
        match text.as_str() {
            "stdout" => return Some(Output::Stdout),
            "stderr" => return Some(Output::Stderr),
            _ => {}
        }
        let is_part = |part: &str| !matches!(part, "" | "." | ".." | ".git");
        if text.contains(['\\', ':', '\0']) || !text.split('/').all(is_part) {
            let message =
                format!("`output` is `{text}`; it is stdout, stderr or a path in the line's tree");
            self.complain(typed, message);
            return None;
        }
        Some(Output::File(text.clone()))
    }

    fn timeout(&mut self, typed: &Spanned<String>) -> Duration {
        let text = typed.get_ref();
        let read = |unit: char, seconds: u64| {
            let count: u64 = text.strip_suffix(unit)?.trim().parse().ok()?;
            count.checked_mul(seconds).map(Duration::from_secs)
        };
        let timeout = read('s', 1).or_else(|| read('m', 60)).or_else(|| read('h', 3600));
        let is_allowed = |timeout: &Duration| !timeout.is_zero() && *timeout <= LONGEST_TIMEOUT;
        if let Some(timeout) = timeout.filter(is_allowed) {
            return timeout;
        }
        let message =
            format!("`timeout` is `{text}`; write \"90s\", \"5m\" or \"1h\", a day at most");
        self.complain(typed, message);
        DEFAULT_TIMEOUT
    }

    fn tip(&mut self, key: &str, typed: &Spanned<String>) -> Option<Tip> {
        match typed.get_ref().as_str() {
            "head" => Some(Tip::Head),
            "release" => Some(Tip::Release),
            other => {
                self.complain(typed, format!("`{key}` has `{other}`; it is one of head, release"));
                None
            }
        }
    }

    fn variable(&mut self, typed: &Spanned<String>) -> Option<String> {
        let name = typed.get_ref();
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty() || !name.chars().all(is_plain) {
            let message =
                format!("`env` has `{name}`; it holds names of variables, without values");
            self.complain(typed, message);
            return None;
        }
        if is_withheld(name) {
            let message = format!(
                "`env` has `{name}`, and no program gets credentials or what belongs to the CI \
                 service; run the scanner in a step of its own and name its report with `file`"
            );
            self.complain(typed, message);
            return None;
        }
        Some(name.clone())
    }

    fn line_id(&mut self, typed: &Spanned<String>) -> Option<LineId> {
        let text = typed.get_ref();
        if text.trim().is_empty() {
            self.complain(typed, "the line has no name".to_owned());
            return None;
        }
        Some(LineId(text.clone()))
    }

    pub(super) fn graphs(&mut self, typed: &[RawGraph]) -> Vec<GraphFile> {
        let graph = |raw: &RawGraph| {
            let line = self.line_id(&raw.line);
            let tip = raw.tip.as_ref().and_then(|tip| self.tip("tip", tip));
            let lockfile = raw.lockfile.clone().unwrap_or_else(|| DEFAULT_LOCKFILE.to_owned());
            let file = raw.file.get_ref();
            if file.trim().is_empty() || file.contains("://") {
                self.complain(&raw.file, format!("`file` is `{file}`; it is a path"));
                return None;
            }
            Some(GraphFile { line: line?, tip, file: file.clone(), lockfile })
        };
        typed.iter().filter_map(graph).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::{Config, Overrides, parse},
        model::Origin,
    };

    fn read(text: &str) -> Result<Config, String> {
        let origin = Origin { reference: None, path: "patchline.toml".to_owned(), row: None };
        parse(Some((text, &origin)), &Overrides::default()).map_err(|error| {
            let rows = error.complaints.iter().map(|complaint| {
                let row = complaint.origin.row.map_or(0, std::num::NonZeroU32::get);
                format!("{row}: {}", complaint.message)
            });
            rows.collect::<Vec<_>>().join("\n")
        })
    }

    #[test]
    fn a_scanner_is_a_file_or_a_program() {
        let config = read(
            "[scan]\nallow-commands = true\ndeep = true\n\
             [[scanner]]\nid = \"trivy\"\nfile = \"reports/*.sarif\"\nline = \"1.2\"\ntip = \"release\"\n\
             [[scanner]]\nid = \"gosec\"\nrun = [\"gosec\", \"./...\"]\nformat = \"sarif\"\n\
             output = \"out/gosec.sarif\"\nexpected-exit = [0, 1]\ntimeout = \"90s\"\n\
             tips = [\"release\", \"head\", \"head\"]\nenv = [\"GOFLAGS\"]\n\
             [[scanner]]\nid = \"plain\"\nrun = [\"plain\"]\n\
             [[graph]]\nline = \"1.2\"\nfile = \"metadata.json\"\n",
        )
        .expect("it is valid");
        assert!(config.scan.allow_commands && config.scan.deep);
        assert_eq!(
            config.scanners[0].source,
            ScannerSource::File {
                path: "reports/*.sarif".to_owned(),
                line: Some(LineId("1.2".to_owned())),
                tip: Some(Tip::Release)
            }
        );
        assert_eq!(
            config.scanners[1].source,
            ScannerSource::Command(Program {
                run: vec!["gosec".to_owned(), "./...".to_owned()],
                output: Output::File("out/gosec.sarif".to_owned()),
                expected_exit: vec![0, 1],
                timeout: Duration::from_secs(90),
                tips: vec![Tip::Head, Tip::Release],
                env: vec!["GOFLAGS".to_owned()],
            })
        );
        let ScannerSource::Command(plain) = &config.scanners[2].source else { panic!("a program") };
        assert_eq!((&plain.output, plain.timeout), (&Output::Stdout, DEFAULT_TIMEOUT));
        assert_eq!(
            (plain.expected_exit.as_slice(), plain.tips.as_slice()),
            (&[0][..], &[Tip::Head][..])
        );
        assert_eq!(config.graphs[0].lockfile, "Cargo.lock");
    }

    #[test]
    fn nothing_is_allowed_that_nobody_allowed() {
        let config = read("").expect("it is valid");
        assert!(!config.scan.allow_commands && !config.scan.deep && config.scanners.is_empty());
    }

    #[test]
    fn what_makes_no_sense_of_a_scanner_is_refused() {
        let known: Vec<&str> = import::ALL.iter().map(|importer| importer.id()).collect();
        let unknown = format!("4: `format` is `mind-reading`; it is one of {}", known.join(", "));
        for (text, expected) in [
            ("id = \"a\"", "1: the scanner has neither a `file` nor a program to `run`"),
            (
                "id = \"a\"\nfile = \"x\"\nrun = [\"x\"]",
                "4: a scanner has a `file` or a program to `run`, and not both",
            ),
            ("id = \"a\"\nrun = [\"x\"]\nformat = \"mind-reading\"", unknown.as_str()),
            (
                "id = \"a b\"\nrun = [\"x\"]",
                "2: `id` is `a b`; it is made of letters, digits, `.`, `_` and `-`",
            ),
            (
                "id = \"rustsec\"\nrun = [\"x\"]",
                "2: `rustsec` is a source of Patchline's own; take another `id`",
            ),
            ("id = \"a\"\nrun = []", "3: `run` names no program"),
            (
                "id = \"a\"\nrun = [\"x\"]\nline = \"1\"",
                "4: `line` belongs to `file`; a program is run on every line",
            ),
            (
                "id = \"a\"\nfile = \"x\"\ntimeout = \"5m\"",
                "4: `timeout` belongs to `run`, and not to `file`",
            ),
            ("id = \"a\"\nfile = \"x\"\ntip = \"head\"", "4: `tip` needs `line`: whose tip it is"),
            (
                "id = \"a\"\nfile = \"a[b\"",
                "3: `a[b` is not a glob: unclosed character class; missing ']'",
            ),
            (
                "id = \"a\"\nrun = [\"x\"]\ntimeout = \"0s\"",
                "4: `timeout` is `0s`; write \"90s\", \"5m\" or \"1h\", a day at most",
            ),
            (
                "id = \"a\"\nrun = [\"x\"]\nexpected-exit = []",
                "4: `expected-exit` is empty, so every run would fail",
            ),
            ("id = \"a\"\nrun = [\"x\"]\ntips = []", "4: `tips` is empty, so nothing would be run"),
            (
                "id = \"a\"\nrun = [\"x\"]\ntips = [\"tail\"]",
                "4: `tips` has `tail`; it is one of head, release",
            ),
            (
                "id = \"a\"\nrun = [\"x\"]\nenv = [\"A=b\"]",
                "4: `env` has `A=b`; it holds names of variables, without values",
            ),
        ] {
            assert_eq!(read(&format!("[[scanner]]\n{text}\n")).err().as_deref(), Some(expected));
        }
        for path in ["/etc/passwd", "../x", "a/../b", "a//b", ".git/x", "c:x", "a\\\\b", "."] {
            let text = format!("[[scanner]]\nid = \"a\"\nrun = [\"x\"]\noutput = \"{path}\"\n");
            assert!(read(&text).is_err_and(|error| error.contains("`output` is")), "{path}");
        }
        for name in ["GITHUB_TOKEN", "SNYK_TOKEN", "AWS_PROFILE", "gh_token"] {
            let text = format!("[[scanner]]\nid = \"a\"\nrun = [\"x\"]\nenv = [\"{name}\"]\n");
            assert!(read(&text).is_err_and(|error| error.contains("no program gets")), "{name}");
        }
    }

    #[test]
    fn an_id_is_given_once() {
        let twice = "[[scanner]]\nid = \"a\"\nrun = [\"x\"]\n".repeat(2);
        assert_eq!(read(&twice).err().as_deref(), Some("5: the scanner `a` is declared twice"));
    }
}
