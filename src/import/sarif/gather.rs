//! The second pass: every result of a run on its own, and what its dialect makes of it.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    hash::{DefaultHasher, Hash as _, Hasher as _},
    ops::Range,
    sync::Arc,
};

use serde_json::Value;

use super::{
    Dialect, dialect, invocation,
    layout::{Layout, Results},
    opinion,
    place::Places,
    result::SarifResult,
    rules::Tool,
    seen::{Context, Made, Seen},
    value::{read, text},
};
use crate::{
    escape,
    import::{
        Provenance, Run,
        pieces::{Bytes, View},
    },
    model::{Advisory, Alert, LineId, Opinion, Reported, Trouble},
};

/// So many results that cannot be read are named one by one; the others are counted.
const MOST_NAMED: usize = 50;

/// Reads a run.
pub(super) fn run(bytes: Bytes<'_>, layout: Layout) -> Run {
    let part = |range: Option<Range<usize>>| range.map(|range| bytes.part(range));
    let is_known = layout.tool.is_some();
    let mut tool = part(layout.tool).map(|bytes| Tool::read(&bytes)).unwrap_or_default();
    let dialect = dialect(&tool.driver.name);
    let source = source(dialect, &tool.driver.name);
    tool.rate(&source);
    let mut run = Run::of(source.clone());
    run.version.clone_from(&tool.driver.version);
    if tool.unread > 0 {
        run.trouble.push(Trouble::warning(format!("{} rules cannot be read", tool.unread)));
    }
    let provenance = part(layout.provenance.clone()).and_then(|bytes| read::<Value>(&bytes).ok());
    let (about, mapped) = about(provenance.as_ref());
    run.about = about;
    let properties: Value =
        part(layout.properties).and_then(|bytes| read(&bytes).ok()).unwrap_or_default();
    if dialect.id() == super::patchline::ID {
        run.about.line = text(&properties, "/line").map(|line| LineId(line.to_owned()));
    }
    let artifacts = layout.artifacts.map(|range| (bytes, range));
    let places = Places::new(part(layout.bases).as_deref(), artifacts, mapped.as_deref());
    let commit = run.about.commit.clone();
    let context = Context { tool, places, properties, commit, source: source.into() };
    invocation::gaps(part(layout.invocations).as_deref(), dialect.gaps_from(), &mut run.incomplete);
    if let Some(stop) = layout.cut {
        run.incomplete.push(format!("the report was not read to its end: {stop}"));
    }
    let external =
        part(layout.external).and_then(|bytes| read::<Value>(&bytes).ok()).unwrap_or_default();
    if external.get("results").and_then(Value::as_array).is_some_and(|files| !files.is_empty()) {
        run.incomplete.push("some results are in files of their own, which are not read".into());
    }
    // Of our own results only some are about the commit of their run.
    let is_known =
        is_known && (dialect.id() != super::patchline::ID || layout.provenance.is_some());
    match layout.results {
        Results::Absent => run.incomplete.push("the run has no list of results".into()),
        Results::Unreadable => {
            run.incomplete.push("`results` is no list, so the run says nothing".into());
        }
        // Without its tool a result may look like something else than it is.
        Results::Listed(_) if layout.cut.is_some() && !is_known => {
            run.incomplete.push("no result was read, since what they are about is cut off".into());
        }
        Results::Listed(listed) => {
            let mut gather = Gather::new(dialect, &context, run);
            let mut rows = Rows { view: View::new(bytes), at: 0, row: 1 };
            let mut view = View::new(bytes);
            for (number, range) in (1..).zip(listed) {
                let start = range.start;
                gather.result(number, view.slice(range), start, &mut rows);
            }
            if let Some(because) = view.failed() {
                gather.run.incomplete.push(format!("some results cannot be read: {because}"));
            }
            return gather.done();
        }
    }
    run
}

/// The tool's id: the dialect's, or the driver's name in kebab-case.
fn source(dialect: &dyn Dialect, driver: &str) -> String {
    if dialect.id() != super::generic::ID {
        return dialect.id().to_owned();
    }
    let mut kebab = String::new();
    for character in driver.chars().take(100) {
        if character.is_alphanumeric() {
            kebab.extend(character.to_lowercase());
        } else if !kebab.is_empty() && !kebab.ends_with('-') {
            kebab.push('-');
        }
    }
    let kebab = kebab.trim_end_matches('-');
    if kebab.is_empty() { "sarif".to_owned() } else { kebab.to_owned() }
}

/// What the report says of the state that it is about, and the base that is the repository's root.
fn about(provenance: Option<&Value>) -> (Provenance, Option<String>) {
    let given = provenance.and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let with_commit = given.iter().find(|details| text(details, "/revisionId").is_some());
    let Some(details) = with_commit.or(given.first()) else { return Default::default() };
    let owned = |pointer: &str| text(details, pointer).map(|text| escape::cut(text, 400));
    let is_commit = |id: &String| {
        matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let about = Provenance {
        line: None,
        commit: owned("/revisionId").filter(is_commit).map(|id| id.to_ascii_lowercase()),
        branch: owned("/branch"),
        tag: owned("/revisionTag"),
        repository: owned("/repositoryUri").map(|url| escape::without_credentials(&url)),
    };
    (about, owned("/mappedTo/uriBaseId"))
}

/// Counts rows as far as somebody asks, and never twice.
struct Rows<'a> {
    view: View<'a>,
    at: usize,
    row: u32,
}

/// A claim that names no package or no vulnerability can be about any.
fn is_of_nothing(claim: &Reported) -> bool {
    claim.advisory.package.trim().is_empty() || claim.advisory.id.trim().is_empty()
}

impl Rows<'_> {
    /// The 1-based row of a byte that is not before the last one asked for.
    fn of(&mut self, at: usize) -> u32 {
        while self.at < at {
            let rest = self.view.rest(self.at);
            let between = rest.get(..at - self.at).unwrap_or(rest);
            if between.is_empty() {
                break;
            }
            let feeds = between.split(|byte| *byte == b'\n').skip(1).count();
            self.row = self.row.saturating_add(u32::try_from(feeds).unwrap_or(u32::MAX));
            self.at += between.len();
        }
        self.row
    }
}

struct Gather<'a> {
    dialect: &'a dyn Dialect,
    context: &'a Context<'a>,
    run: Run,
    /// Equal advisories are one.
    advisories: HashMap<u64, Vec<Arc<Advisory>>>,
    /// The rules and messages of alerts, each once.
    texts: HashSet<Arc<str>>,
    /// Places in `run.reported`, by what is there.
    claimed: HashMap<u64, Vec<usize>>,
    /// Results that are no claims, by why.
    no_claims: BTreeMap<&'static str, usize>,
    /// Results that name no package, by why: the first one, and how many.
    nameless: BTreeMap<&'static str, (usize, usize)>,
    /// Every opinion once.
    opined: BTreeSet<Opinion>,
    unread: usize,
    repeated: usize,
}

impl<'a> Gather<'a> {
    fn new(dialect: &'a dyn Dialect, context: &'a Context<'a>, run: Run) -> Self {
        Self {
            dialect,
            context,
            run,
            advisories: HashMap::new(),
            texts: HashSet::new(),
            claimed: HashMap::new(),
            no_claims: BTreeMap::new(),
            nameless: BTreeMap::new(),
            opined: BTreeSet::new(),
            unread: 0,
            repeated: 0,
        }
    }

    fn result(&mut self, number: usize, bytes: &[u8], start: usize, rows: &mut Rows<'_>) {
        if !bytes.starts_with(b"{") {
            return self.unread(number, "it is no object");
        }
        let result: SarifResult = match read(bytes) {
            Ok(result) => result,
            Err(error) => return self.unread(number, &error.to_string()),
        };
        self.run.results += 1;
        if let Some(why) = result.is_no_claim() {
            *self.no_claims.entry(why).or_default() += 1;
            return;
        }
        let rule = self.context.tool.rule(&result);
        let seen = Seen { result: &result, rule, context: self.context };
        let suppression = result.suppression();
        let alert = match self.dialect.read(&seen) {
            Made::Packages(claims) if claims.iter().any(is_of_nothing) => {
                self.unread(number, "it names no package or no vulnerability");
                return;
            }
            Made::Packages(claims) => {
                for claim in claims {
                    let claim = self.shared(claim);
                    if let Some(suppression) = suppression {
                        let opinion = opinion::of(suppression, &claim, rows.of(start));
                        if self.opined.insert(opinion.clone()) {
                            self.run.opinions.push(opinion);
                        }
                    }
                    self.claim(claim);
                }
                return;
            }
            Made::Alert(alert) => alert,
            Made::Nameless(why) => {
                self.nameless.entry(why).or_insert((number, 0)).1 += 1;
                seen.alert()
            }
        };
        let suppressed = suppression.map(opinion::reason);
        let alert = Alert {
            rule: self.text(alert.rule),
            message: self.text(alert.message),
            suppressed,
            ..*alert
        };
        self.run.alerts.push(alert);
    }

    /// The text, shared with what says the same.
    fn text(&mut self, text: Arc<str>) -> Arc<str> {
        if let Some(known) = self.texts.get(&text) {
            return Arc::clone(known);
        }
        self.texts.insert(Arc::clone(&text));
        text
    }

    fn unread(&mut self, number: usize, why: &str) {
        self.unread += 1;
        if self.unread <= MOST_NAMED {
            let why = escape::cut(why, 200);
            let message = format!("result {number} cannot be read: {why}");
            self.run.trouble.push(Trouble::warning(message).upstream());
        }
    }

    /// The claim, with an advisory that equal claims share.
    fn shared(&mut self, mut claim: Reported) -> Reported {
        let mut hash = DefaultHasher::new();
        (&claim.advisory.id, &claim.advisory.package).hash(&mut hash);
        let known = self.advisories.entry(hash.finish()).or_default();
        let same =
            |one: &&Arc<Advisory>| Arc::ptr_eq(one, &claim.advisory) || **one == claim.advisory;
        if let Some(advisory) = known.iter().find(same) {
            claim.advisory = Arc::clone(advisory);
        } else {
            known.push(Arc::clone(&claim.advisory));
        }
        claim
    }

    /// Keeps a claim, unless the run holds the very same one: osv-scanner writes a result for each
    /// record of an alias group.
    fn claim(&mut self, claim: Reported) {
        let mut hash = DefaultHasher::new();
        (Arc::as_ptr(&claim.advisory), &claim.version, &claim.file, claim.row).hash(&mut hash);
        let known = self.claimed.entry(hash.finish()).or_default();
        let is_same = |place: &usize| {
            self.run.reported.get(*place).is_some_and(|one| {
                Arc::ptr_eq(&one.advisory, &claim.advisory)
                    && (&one.version, &one.file, one.row)
                        == (&claim.version, &claim.file, claim.row)
                    && (one.certainty, &one.reach, &one.path)
                        == (claim.certainty, &claim.reach, &claim.path)
            })
        };
        if known.iter().any(is_same) {
            self.repeated += 1;
            return;
        }
        known.push(self.run.reported.len());
        self.run.reported.push(claim);
    }

    fn done(mut self) -> Run {
        let run = &mut self.run;
        if self.unread > MOST_NAMED {
            let more = self.unread - MOST_NAMED;
            let message = format!("{more} more results cannot be read");
            run.trouble.push(Trouble::warning(message).upstream());
        }
        for (why, (first, count)) in self.nameless {
            let message = format!("{}: {why}", of_results(count, first));
            run.trouble.push(
                Trouble::warning(message)
                    .upstream()
                    .hint("they are kept as alerts; the native report of the tool may say more"),
            );
        }
        if !self.no_claims.is_empty() {
            let parts: Vec<String> =
                self.no_claims.iter().map(|(why, count)| format!("{count} {why}")).collect();
            let message = format!("results that claim nothing are left out: {}", parts.join(", "));
            run.trouble.push(Trouble::info(message));
        }
        if self.repeated > 0 {
            let message = match self.repeated {
                1 => "1 result says the same as another".to_owned(),
                count => format!("{count} results say the same as others"),
            };
            run.trouble.push(Trouble::info(message));
        }
        self.run
    }
}

fn of_results(count: usize, first: usize) -> String {
    match count {
        1 => format!("result {first}"),
        _ => format!("{count} results, the first is {first}"),
    }
}
