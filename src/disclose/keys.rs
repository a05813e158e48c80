//! The keys of a record's file, with what they mean: for the reader, the writer, the schema and
//! people. The file is documented in `docs/disclosure.md`.

/// A key of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    pub name: &'static str,
    /// A value, in TOML; empty for tables.
    pub example: &'static str,
    /// What it says, a fragment.
    pub help: &'static str,
}

const fn key(name: &'static str, example: &'static str, help: &'static str) -> Key {
    Key { name, example, help }
}

/// The tables of the file by their paths, in the order in which they are written.
pub const TABLES: [(&str, &[Key]); 13] = [
    ("", &TOP),
    ("embargo", &EMBARGO),
    ("expected", &STEPS),
    ("actual", &STEPS),
    ("pre-announce", &PRE_ANNOUNCE),
    ("recipients", &RECIPIENTS),
    ("advisory", &ADVISORY),
    ("advisory.package", &PACKAGE),
    ("advisory.credit", &CREDIT),
    ("advisory.reference", &REFERENCE),
    ("advisory.line", &LINE),
    ("delivery", &DELIVERY),
    ("revision", &REVISION),
];

pub(super) const TOP: [Key; 15] = [
    key("schema", "1", "the version of this format"),
    key("product", "\"Ferry\"", "what is released, as people call it"),
    key("repository", "\"https://github.com/ferry/ferry\"", "the project's address"),
    key("url", "\"https://ferry.example/security/2031-03\"", "where the published text is read"),
    key("contact", "\"security@ferry.example\"", "whom to write to: an address of mail or the web"),
    key("coordinator", "\"Ada\"", "who leads"),
    key("release-managers", "[\"Ben\", \"Cleo\"]", "who makes the releases"),
    key("embargo", "", "what those who are told early may do"),
    key("expected", "", "when each step is planned"),
    key("actual", "", "when each step happened"),
    key("pre-announce", "", "what the public pre-announcement may say beyond the bare facts"),
    key("recipients", "", "to whom the text of a stage goes"),
    key("advisory", "", "one vulnerability"),
    key("delivery", "", "when a fix is to be had in a channel"),
    key("revision", "", "a change to what is published"),
];

pub(super) const EMBARGO: [Key; 3] = [
    key("may-deploy", "false", "whether the fix may be deployed before it is public"),
    key("may-share", "\"with those who build the packages\"", "with whom patches may be shared"),
    key("terms", "\"nothing is public before the public hour\"", "what else is agreed"),
];

pub(super) const STEPS: [Key; 8] = [
    key("reported", "2031-02-03", "somebody told the project"),
    key("acknowledged", "2031-02-04", "the reporter got an answer"),
    key("confirmed", "2031-02-06", "the hole was seen by the project"),
    key("fix-ready", "2031-02-20", "every supported line has a reviewed fix"),
    key("prenotified", "2031-02-25", "distributors were told, under embargo"),
    key("pre-announced", "2031-02-25", "everybody was told that a release is coming"),
    key("public", "2031-03-04T15:00:00Z", "all of it is public"),
    key("closed", "2031-03-07", "the story was told, and nothing is left to do"),
];

pub(super) const PRE_ANNOUNCE: [Key; 2] = [
    key("component", "false", "the component may be named"),
    key("likely-affected", "false", "how to guess early may be told"),
];

pub(super) const RECIPIENTS: [Key; 3] = [
    key("stage", "\"prenotification\"", "the stage"),
    key("to", "[\"distributors@lists.example\"]", "addresses"),
    key("cc", "[\"security@ferry.example\"]", "more addresses"),
];

pub(super) const ADVISORY: [Key; 28] = [
    key("id", "\"FERRY-2031-1\"", "the project's own id, which never changes"),
    key("cve", "\"requested\"", "the CVE id, or that one was asked for"),
    key("ghsa", "\"GHSA-2222-3333-4444\"", "GitHub's id"),
    key("aliases", "[\"RUSTSEC-2031-0001\"]", "other names"),
    key("title", "\"A long name stops the pump\"", "one line"),
    key("summary", "\"Whoever can name a ship can stop the pump.\"", "one paragraph"),
    key("description", "\"\"\"\nThe whole story.\n\"\"\"", "Markdown"),
    key("component", "\"pump\"", "the part that has the hole"),
    key(
        "likely-affected",
        "\"if strangers can name ships\"",
        "how to guess early, without the hole",
    ),
    key("severity", "\"high\"", "the project's own word: critical, high, medium, low or none"),
    key(
        "cvss",
        "[\"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H\"]",
        "vectors; scores are computed from them",
    ),
    key("cwe", "[\"CWE-770\"]", "the weakness"),
    key("capec", "[\"CAPEC-130\"]", "the pattern of the attack"),
    key("impact", "\"the pump stops\"", "what an attacker gains"),
    key("attack", "\"one request, without an account\"", "how it is done"),
    key("conditions", "\"`names = \\\"any\\\"` is set\"", "what has to be true to be affected"),
    key("check", "\"ferry config get names\"", "a command that tells it"),
    key("mitigation", "\"set `names = \\\"known\\\"`\"", "what helps before the upgrade"),
    key("action", "\"restart every pump\"", "what is to be done after the upgrade"),
    key("side-effects", "\"names over 200 bytes are refused\"", "what the fix changes besides"),
    key("detection", "\"`name too long` in the log\"", "how to see that it was used"),
    key("discovery", "\"external\"", "external, internal, user, upstream or unknown"),
    key(
        "package",
        "{ ecosystem = \"crates.io\", name = \"ferry\" }",
        "the package that has the hole",
    ),
    key("introduced", "[\"0123abc\"]", "commits of the default branch that brought it in"),
    key("fix", "[\"4567def\"]", "commits of the default branch that close it, all of them needed"),
    key("credit", "", "who did something for it"),
    key("reference", "", "a link"),
    key("line", "", "what is true of it on one release line"),
];

pub(super) const PACKAGE: [Key; 2] = [
    key("ecosystem", "\"crates.io\"", "the registry, as OSV names it"),
    key("name", "\"ferry\"", "its name there"),
];

pub(super) const CREDIT: [Key; 5] = [
    key("name", "\"Dana\"", "who"),
    key("affiliation", "\"Harbour Labs\"", "where they work"),
    key("role", "\"reporter\"", "a word of OSV in lower case, such as remediation-developer"),
    key("consent", "true", "they agreed to be named"),
    key("contact", "[\"mailto:dana@harbour.example\"]", "ways to reach them"),
];

pub(super) const REFERENCE: [Key; 2] = [
    key("kind", "\"web\"", "a word of OSV in lower case: advisory, article, fix, report, web, …"),
    key("url", "\"https://ferry.example/names\"", "its address"),
];

pub(super) const LINE: [Key; 12] = [
    key("line", "\"1.4\"", "the release line"),
    key("status", "\"affected\"", "affected, not-affected, not-evaluated or ended"),
    key("affected", "\">= 1.4.0, < 1.4.7\"", "the versions that have the hole; `||` joins ranges"),
    key("introduced-in", "\"1.4.0\"", "the version that brought it in"),
    key("introduced", "[\"0123abc\"]", "commits of the line's branch that brought it in"),
    key("fix", "[\"89abcde\"]", "commits of the line's branch that close it"),
    key("fixed-in", "\"1.4.7\"", "the version that has the fix"),
    key("no-fix", "\"it would break every plugin\"", "why there will be none"),
    key(
        "justification",
        "\"vulnerable_code_not_present\"",
        "why it is not affected, in OpenVEX's word",
    ),
    key("courtesy", "false", "patches are offered without a release"),
    key("note", "\"needs the new pump\"", "what else is to be said of the line"),
    key("reviews", "[\"https://github.com/ferry/ferry/pull/7\"]", "pull requests and patches"),
];

pub(super) const DELIVERY: [Key; 7] = [
    key("channel", "\"container\"", "the deployment method"),
    key("line", "\"1.4\"", "the release line; all of them without it"),
    key("expected", "2031-03-05", "when it is planned"),
    key("actual", "2031-03-05T09:30:00Z", "when it was there"),
    key("promised", "false", "nobody promises it"),
    key("because", "\"volunteers build it\"", "why nobody does"),
    key("url", "\"https://ghcr.io/ferry/ferry\"", "where it is"),
];

pub(super) const REVISION: [Key; 2] = [
    key("at", "2031-03-10T09:00:00Z", "when it was changed"),
    key("summary", "\"the range of 1.2 is wider\"", "what is different, in a sentence"),
];
