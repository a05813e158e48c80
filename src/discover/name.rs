//! How the name of a branch or tag reads as a version.
//!
//! Deliberately not SemVer: real names have two, three or four numbers, three separators, prefixes
//! and date suffixes, and a hotfix tag such as `v8.5.6-20260812-f098345` is a valid SemVer
//! pre-release without being one. Each rule here comes from a name that exists.

use std::cmp::Ordering;

/// Numbers above this are dates, pull requests or timestamps, not version components.
const LARGEST_COMPONENT: u64 = 99_999;

/// What stands behind the numbers of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Suffix {
    /// Nothing, or a word for "this is stable": `v1.2.3`, `1.2.3.Final`.
    None,
    /// `1.2.x`
    Wildcard,
    /// `8-1-stable`, `1.2-maintenance`: an ordinary branch of a line.
    BranchWord,
    /// `-rc.1`, `rc1`, `b1`, `-dev`, `-nightly.20310101`
    PreRelease,
    /// `-20260812-f098345`, `-hf1`: a build of an existing release.
    Hotfix,
    /// `2031.2-eol`
    EndOfLife,
    /// `+build`, `_plus_git`, anything else: named, and not a release.
    Variant,
}

/// A name taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct VersionName {
    /// Everything before the numbers, lowercase: `v`, `release-`, `tokio-`.
    pub prefix: String,
    pub numbers: Numbers,
    pub suffix: Suffix,
}

/// Version components, compared as numbers; `1.2` and `1.2.0` are equal in order, not in spelling.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Numbers {
    values: Vec<u64>,
    spelled: Vec<String>,
}

impl Numbers {
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    pub(super) fn values(&self) -> &[u64] {
        &self.values
    }

    pub(super) fn major(&self) -> u64 {
        self.values.first().copied().unwrap_or(0)
    }

    pub(super) fn minor(&self) -> u64 {
        self.values.get(1).copied().unwrap_or(0)
    }

    pub(super) fn patch(&self) -> u64 {
        self.values.get(2).copied().unwrap_or(0)
    }

    /// The first `count` components as written, joined with dots: `25.04`.
    pub(super) fn spelled(&self, count: usize) -> String {
        let mut parts: Vec<&str> = self.spelled.iter().take(count).map(String::as_str).collect();
        while parts.len() < count {
            parts.push("0");
        }
        parts.join(".")
    }

    /// All components as written.
    pub(super) fn text(&self) -> String {
        self.spelled.join(".")
    }

    /// True for calendar versions such as `2009.1.4`.
    pub(super) fn is_calendar(&self) -> bool {
        (1990..2100).contains(&self.major())
    }
}

impl Ord for Numbers {
    fn cmp(&self, other: &Self) -> Ordering {
        let length = self.len().max(other.len());
        let at = |numbers: &Self, i: usize| numbers.values.get(i).copied().unwrap_or(0);
        (0..length)
            .map(|i| at(self, i).cmp(&at(other, i)))
            .find(|order| order.is_ne())
            // The longer spelling wins, so that `0.58.0` and not `0.58` is the release.
            .unwrap_or_else(|| self.len().cmp(&other.len()))
            .then_with(|| self.spelled.cmp(&other.spelled))
    }
}

impl PartialOrd for Numbers {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl VersionName {
    /// Takes a short ref name apart; `None` if it names no version.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let start = first_number(name)?;
        let (mut numbers, mut rest) = read_numbers(&name[start..])?;
        // `1_1_1w`: a letter directly behind three numbers is a patch.
        if numbers.len() == 3 && rest.len() == 1 && rest.as_bytes()[0].is_ascii_lowercase() {
            numbers.values.push(u64::from(rest.as_bytes()[0] - b'a') + 1);
            numbers.spelled.push(rest.to_owned());
            rest = "";
        }
        Some(Self { prefix: name[..start].to_lowercase(), numbers, suffix: Suffix::parse(rest) })
    }

    /// The product that the prefix of a tag names; empty for plain versions such as `v1.2.3`.
    pub(super) fn product_of_tag(&self) -> String {
        self.product(GENERIC_TAG)
    }

    /// The product that the prefix of a branch names; empty for `release-1.2` and its like.
    pub(super) fn product_of_branch(&self) -> String {
        self.product(GENERIC_BRANCH)
    }

    /// The words of the prefix without separators and without a closing `v`:
    /// `release/v` is `["release"]`, `tokio-util-` is `["tokio", "util"]`.
    pub(super) fn prefix_words(&self) -> Vec<&str> {
        let words = self.prefix.split(['/', '-', '_', '.']);
        words.filter(|word| !word.is_empty() && *word != "v").collect()
    }

    fn product(&self, generic: &str) -> String {
        let mut words = self.prefix_words();
        words.retain(|word| !is_one_of(generic, word));
        // A path stays a path: `api/v3.5.16` is a module, whatever its name is.
        words.join(if self.prefix.contains('/') { "/" } else { "-" })
    }
}

/// Words that say "version" or "release" and name no product.
const GENERIC_TAG: &str = "version ver release releases rel r tag tags stable";

/// Words in the prefix of an ordinary release branch.
const GENERIC_BRANCH: &str = "version ver release releases rel r stable branch branches maint maintenance support \
    supported lts series line ce unmaintained bugfix oldstable";

/// True if `word` is in a list of words with spaces between them.
pub(super) fn is_one_of(words: &str, word: &str) -> bool {
    words.split(' ').any(|known| known == word)
}

/// Words that may stand directly before a version: `v1.2`, `stable4.10`, `REL9_6_24`.
const BEFORE_VERSION: &str = "v ver version r rel release stable branch";

/// Where the version begins: at the first number that starts the name or follows a separator or a
/// word for "version"; else at the first number after other letters (`go1.27`).
fn first_number(name: &str) -> Option<usize> {
    let bytes = name.as_bytes();
    let is_digit = |at: Option<usize>| at.is_some_and(|at| bytes[at].is_ascii_digit());
    let is_start = |at: usize| is_digit(Some(at)) && !is_digit(at.checked_sub(1));
    let is_clean = |at: usize| {
        let letters = bytes[..at].iter().rev().take_while(|b| b.is_ascii_alphabetic()).count();
        let word = name[at - letters..at].to_lowercase();
        word.is_empty() || is_one_of(BEFORE_VERSION, &word)
    };
    let starts = || (0..bytes.len()).filter(|at| is_start(*at));
    // What follows a number directly belongs to that number or to nothing: `k8s-1.33` has its
    // version after the hyphen, `4.10` has none after the dot.
    let continues = |at: usize| at > 0 && bytes[at - 1] == b'.' && is_digit(at.checked_sub(2));
    starts()
        .find(|at| is_clean(*at) && !continues(*at))
        .or_else(|| starts().find(|at| bytes[*at - 1].is_ascii_alphabetic()))
}

/// Reads `1.2.3`, `1-2-3` or `1_2_3`: the first separator is the only one.
fn read_numbers(text: &str) -> Option<(Numbers, &str)> {
    let (mut values, mut spelled) = (Vec::new(), Vec::new());
    let mut rest = text;
    let mut separator = None;
    loop {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let value: u64 = rest[..digits].parse().ok()?;
        if value > LARGEST_COMPONENT {
            // `2.1-20210628` ends before the date, and a name that starts with one has no version.
            if values.is_empty() {
                return None;
            }
            let consumed = text.len() - rest.len();
            return Some((Numbers { values, spelled }, &text[consumed - 1..]));
        }
        values.push(value);
        spelled.push(rest[..digits].to_owned());
        rest = &rest[digits..];
        let mut following = rest.chars();
        match (following.next(), following.next()) {
            (Some(found @ ('.' | '-' | '_')), Some(digit))
                if digit.is_ascii_digit() && separator.is_none_or(|known| known == found) =>
            {
                // `v8.5.6-20260812` has its separator already; `6-1` finds it here.
                separator = Some(found);
                rest = &rest[1..];
            }
            _ => return Some((Numbers { values, spelled }, rest)),
        }
        if values.len() >= 5 {
            return None;
        }
    }
}

const PRE_RELEASE: &str = "alpha beta rc cr pre preview prerelease dev devel snapshot nightly canary next milestone \
    ea test candidate unstable experimental edge pr insiders technical incubating";
/// Too short to mean anything without a number: `b1`, `m2`.
const PRE_RELEASE_NUMBERED: &str = "a b c m";
const STABLE: &str = "final ga release gold";
const BRANCH: &str = "stable lts branch maintenance maint release series";
const END_OF_LIFE: &str = "eol eom end-of-life unmaintained";
const HOTFIX: &str = "hf hotfix patch sp";

impl Suffix {
    fn parse(rest: &str) -> Self {
        if rest.is_empty() {
            return Self::None;
        }
        let rest = rest.to_lowercase();
        if matches!(rest.as_str(), ".x" | "-x" | "_x" | ".y" | ".*" | "x" | "-x-y" | "-x-x") {
            return Self::Wildcard;
        }
        if let Some(after) = rest.strip_prefix(".x") {
            // Not again: `1.x.x` is no more than `1.x`, and a name may be very long.
            return if after.starts_with(".x") { Self::Variant } else { Self::parse(after) };
        }
        if rest == "+ent" {
            return Self::BranchWord;
        }
        if rest.starts_with('+') {
            return Self::Variant;
        }
        let body = rest.trim_start_matches(['.', '-', '_', '~']);
        if is_one_of(END_OF_LIFE, body) {
            return Self::EndOfLife;
        }
        let word: &str = &body[..body.bytes().take_while(u8::is_ascii_alphabetic).count()];
        let after = &body[word.len()..];
        if word.is_empty() {
            // A date or a bare hash behind a release: a build of it.
            return if is_date_or_hash(body) { Self::Hotfix } else { Self::Variant };
        }
        if is_one_of(PRE_RELEASE, word)
            || (is_one_of(PRE_RELEASE_NUMBERED, word)
                && after
                    .trim_start_matches(['.', '-', '_'])
                    .starts_with(|c: char| c.is_ascii_digit()))
        {
            return Self::PreRelease;
        }
        if after.is_empty() && is_one_of(STABLE, word) {
            return Self::None;
        }
        if after.is_empty() && is_one_of(BRANCH, word) {
            return Self::BranchWord;
        }
        if is_one_of(HOTFIX, word) {
            return Self::Hotfix;
        }
        if is_date_or_hash(body) { Self::Hotfix } else { Self::Variant }
    }
}

fn is_date_or_hash(text: &str) -> bool {
    let first = text.split(['-', '.', '_']).next().unwrap_or(text);
    let is_date = first.len() >= 6 && first.bytes().all(|b| b.is_ascii_digit());
    let is_hash = (7..=40).contains(&first.len())
        && first.bytes().all(|b| b.is_ascii_hexdigit())
        && first.bytes().any(|b| b.is_ascii_digit());
    is_date || is_hash
}

/// A name pattern of the configuration: literal text with `{version}`, or with `{major}`,
/// `{minor}` and `{patch}`. It matches whole names only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Literal(String),
    /// One number.
    Number,
    /// One or more numbers with dots.
    Version,
}

impl Pattern {
    /// Reads a pattern. The error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            if open > 0 {
                parts.push(Part::Literal(rest[..open].to_owned()));
            }
            let Some(close) = rest[open..].find('}') else {
                return Err(format!("`{{` without `}}` in `{text}`"));
            };
            match &rest[open + 1..open + close] {
                "version" => parts.push(Part::Version),
                "major" | "minor" | "patch" => parts.push(Part::Number),
                other => {
                    return Err(format!(
                        "`{{{other}}}` in `{text}` is not one of {{version}}, {{major}}, {{minor}}, {{patch}}"
                    ));
                }
            }
            rest = &rest[open + close + 1..];
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest.to_owned()));
        }
        if parts.iter().all(|part| matches!(part, Part::Literal(_))) {
            return Err(format!("`{text}` names no {{version}} or {{major}}"));
        }
        Ok(Self { parts })
    }

    /// The version in a name that matches from end to end.
    pub(super) fn read(&self, name: &str) -> Option<VersionName> {
        let mut rest = name;
        let mut numbers = Numbers { values: Vec::new(), spelled: Vec::new() };
        let mut suffix = Suffix::None;
        for (index, part) in self.parts.iter().enumerate() {
            match part {
                Part::Literal(text) => rest = rest.strip_prefix(text.as_str())?,
                Part::Number => {
                    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
                    numbers.values.push(rest[..digits].parse().ok()?);
                    numbers.spelled.push(rest[..digits].to_owned());
                    rest = &rest[digits..];
                }
                Part::Version => {
                    let (found, after) = read_numbers(rest)?;
                    numbers.values.extend(found.values);
                    numbers.spelled.extend(found.spelled);
                    rest = after;
                    if index + 1 == self.parts.len() {
                        suffix = Suffix::parse(rest);
                        rest = "";
                    }
                }
            }
        }
        rest.is_empty().then_some(VersionName { prefix: String::new(), numbers, suffix })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str) -> String {
        VersionName::parse(name).map_or_else(
            || "-".to_owned(),
            |v| format!("{:?} {} {:?}", v.prefix, v.numbers.text(), v.suffix),
        )
    }

    #[test]
    fn real_names_read_as_their_projects_mean_them() {
        for (name, expected) in [
            ("v3.5.0-rc3", r#""v" 3.5.0 PreRelease"#),
            ("v2.18.0b1", r#""v" 2.18.0 PreRelease"#),
            ("v2.18.0rc1", r#""v" 2.18.0 PreRelease"#),
            ("1.0.0-RC.1", r#""" 1.0.0 PreRelease"#),
            ("1.0.0-rc-1", r#""" 1.0.0 PreRelease"#),
            ("v9.0.0-beta.2.pre", r#""v" 9.0.0 PreRelease"#),
            ("v1.0.0.alpha.e5b0c2", r#""v" 1.0.0 PreRelease"#),
            ("v1.2.3-nightly.20310101", r#""v" 1.2.3 PreRelease"#),
            ("v8.5.6-20260812-f098345", r#""v" 8.5.6 Hotfix"#),
            ("release-8.5-20260812-v8.5.6", r#""release-" 8.5 Hotfix"#),
            ("release-5.3-202111", r#""release-" 5.3 Hotfix"#),
            ("v8.1.3.1", r#""v" 8.1.3.1 None"#),
            ("v2.4.6.0-1", r#""v" 2.4.6.0 Variant"#),
            ("v3.2.0+git", r#""v" 3.2.0 Variant"#),
            ("v3.2.0_plus_git", r#""v" 3.2.0 Variant"#),
            ("tokio-1.47.5", r#""tokio-" 1.47.5 None"#),
            ("curl-8_21_0", r#""curl-" 8.21.0 None"#),
            ("ver_5_1_2", r#""ver_" 5.1.2 None"#),
            ("v/1.2.3", r#""v/" 1.2.3 None"#),
            ("OTP-28.0", r#""otp-" 28.0 None"#),
            ("jenkins-2.578", r#""jenkins-" 2.578 None"#),
            ("fleet-v4.84.0", r#""fleet-v" 4.84.0 None"#),
            ("api/v3.5.16", r#""api/v" 3.5.16 None"#),
            ("OpenSSL_1_1_1w", r#""openssl_" 1.1.1.w None"#),
            ("linux-6.1.y", r#""linux-" 6.1 Wildcard"#),
            ("REL9_6_24", r#""rel" 9.6.24 None"#),
            ("REL_16_STABLE", r#""rel_" 16 BranchWord"#),
            ("h2-1.0", r#""h2-" 1.0 None"#),
            ("polkadot-stable2407-1", r#""polkadot-stable" 2407.1 None"#),
            ("stable4.10", r#""stable" 4.10 None"#),
            ("release1.5.0", r#""release" 1.5.0 None"#),
            ("STABLE-25.04.x", r#""stable-" 25.04 Wildcard"#),
            ("8-1-stable", r#""" 8.1 BranchWord"#),
            ("8-1-sec", r#""" 8.1 Variant"#),
            ("release/1.19.x+ent", r#""release/" 1.19 BranchWord"#),
            ("43-x-y", r#""" 43 Wildcard"#),
            ("v22.x-staging", r#""v" 22 Variant"#),
            ("release-1.21-disable-klone", r#""release-" 1.21 Variant"#),
            ("1-11-go-version-bump", r#""" 1.11 Variant"#),
            ("conform-k8s-1.33", r#""conform-k8s-" 1.33 None"#),
            ("backport_1.11_3495", r#""backport_" 1.11 Variant"#),
            ("2031.2-eol", r#""" 2031.2 EndOfLife"#),
            ("v3.5.0.Final", r#""v" 3.5.0 None"#),
            ("20210628", "-"),
            ("master", "-"),
        ] {
            assert_eq!(read(name), expected, "{name}");
        }
    }

    #[test]
    fn numbers_compare_as_numbers() {
        let of = |name: &str| VersionName::parse(name).expect(name).numbers;
        assert!(of("1.10") > of("1.9"));
        assert!(of("8.1.3.1") > of("8.1.3"));
        assert!(of("0.58.0") > of("0.58"));
        assert!(of("1.22.9") < of("2.0.0"));
    }

    #[test]
    fn a_pattern_matches_whole_names_only() {
        let pattern = Pattern::parse("release/{major}.{minor}").expect("a valid pattern");
        assert_eq!(pattern.read("release/1.12").map(|v| v.numbers.text()).as_deref(), Some("1.12"));
        assert_eq!(pattern.read("release/1.12-fix"), None);
        assert_eq!(pattern.read("my-release/1.12"), None);
        let tags = Pattern::parse("v{version}").expect("a valid pattern");
        assert_eq!(tags.read("v1.2.3-rc.1").map(|v| v.suffix), Some(Suffix::PreRelease));
        assert!(Pattern::parse("release").is_err());
        assert!(Pattern::parse("v{versoin}").is_err());
        assert!(Pattern::parse("v{version").is_err());
    }
}
