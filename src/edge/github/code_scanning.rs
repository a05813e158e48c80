//! Code scanning: uploads, what became of them, and analyses that nobody can replace any more.
//!
//! <https://docs.github.com/en/rest/code-scanning/code-scanning>. `validate` is never sent, since an
//! Enterprise Server refuses what it does not know.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use super::{
    ASK_LATER, CHECK_API, Done, Failure, Listed, Refused, RepositoryName, Scope, Session, http,
    http::{Method, Request},
};
use crate::{
    escape,
    publish::{self, Deletion, Reference, Upload},
    report::sarif,
};

/// The newest thousand analyses show everything that the last runs uploaded.
const MOST_PAGES: usize = 10;
/// What is deleted in one run; the next one goes on.
const MOST_DELETED: usize = 100;
/// Of what GitHub says of a file, no more is shown.
const LONGEST_WORDS: usize = 400;
/// Beginnings and parts of what GitHub says of a file that it does not take, and what they mean.
const REJECTIONS: [(&str, &str); 12] = [
    ("too many logical alerts", "only GitHub's support can clear the alerts of this repository"),
    ("default setup is enabled", "turn off the default setup of CodeQL, or do not upload its runs"),
    ("expected at least one location", "a result has no place; this is a bug of Patchline"),
    ("expected artifact location", "a result has no file; this is a bug of Patchline"),
    ("expected a physical location", "a result has no file; this is a bug of Patchline"),
    ("invalid uri", "a path of the repository is no address for GitHub; exclude it in [scan]"),
    ("colon", "a path of the repository is no address for GitHub; exclude it in [scan]"),
    ("did not match the checkout uri scheme", "a path has a scheme; this is a bug of Patchline"),
    ("invalid security severity", "a severity is no number; this is a bug of Patchline"),
    ("multiple runs with the same category", "two lines have one name; rename one of them"),
    ("more runs than allowed", "there are too many runs in one file; this is a bug of Patchline"),
    ("unsuccessful execution", "the file says that the run failed; this is a bug of Patchline"),
];

impl Session {
    /// The newest analyses of ours, as far back as is of use.
    pub async fn analyses(&mut self) -> Result<Listed, Failure> {
        let of = self.of.clone();
        let path = format!(
            "code-scanning/analyses?tool_name={}&sort=created&direction=desc&per_page=100",
            sarif::TOOL
        );
        // That there is none yet is told as if something were not there.
        let is_empty = AtomicBool::new(false);
        let listed = self
            .listed(&path, MOST_PAGES, |status, said| {
                is_empty.store(
                    status == 404 && said.to_lowercase().contains("no analysis found"),
                    Ordering::Relaxed,
                );
                refused(&of, "read", status, said)
            })
            .await;
        if is_empty.load(Ordering::Relaxed) {
            return Ok(Listed { pages: Vec::new(), missing: None });
        }
        listed
    }

    /// Whether a ref is there; `None`: nobody can tell.
    pub async fn reference(&mut self, name: &str) -> Result<Option<Reference>, Failure> {
        let Some(short) = name.strip_prefix("refs/") else { return Ok(None) };
        let address = self.address(&format!("git/matching-refs/{}", escape::query(short)));
        let of = self.of.clone();
        let meaning = |status, said: &str| {
            matches!(status, 403 | 404).then(|| {
                Failure::of(
                    format!("the token may not read the refs of {of}{said}"),
                    "give the job `permissions: contents: read`",
                )
            })
        };
        let (page, next) = self.page(&address, &meaning).await?;
        let found = publish::reference(&page, name);
        // Names are in order, so it would be the first of those that begin with it.
        Ok((next.is_none() || found != Reference::Gone).then_some(found))
    }

    pub(super) async fn upload(&mut self, upload: &Upload) -> Result<Done, Refused> {
        let body = json!({
            "commit_sha": upload.commit.0,
            "ref": upload.reference,
            "sarif": upload.sarif.text,
            "tool_name": sarif::TOOL,
        });
        let (address, body) = (self.address("code-scanning/sarifs"), body.to_string());
        let request = Request::to(Method::Post, &address, Some(&body));
        // What is uploaded twice replaces itself.
        let request = Request { is_repeatable: true, ..request };
        let of = self.of.clone();
        let meaning = |status, said: &str| match status {
            404 => Some(unknown(upload, &of, said)),
            400 => Some(Failure::of(
                format!("GitHub does not take the file{said}"),
                "this is a bug of Patchline; the file is among the files of this run",
            )),
            413 => Some(Failure::of(
                format!("the file is too large for GitHub{said}"),
                "this is a bug of Patchline; the file is among the files of this run",
            )),
            _ => refused(&of, "write", status, said),
        };
        let reply = self.write(&request, meaning).await?;
        let id = reply.get("id").and_then(Value::as_str).filter(|id| is_id(id));
        let id = id.ok_or_else(|| no_reply("no id for the upload"))?;
        Ok(Done { sarif: Some(id.to_owned()), address: None })
    }

    /// Waits until uploads were processed, and says what is wrong with any of them, in their order.
    pub async fn processed(&mut self, uploads: &[(String, &Upload)]) -> Vec<Option<Failure>> {
        let mut outcomes: Vec<Option<Option<Failure>>> = vec![None; uploads.len()];
        for wait in self.pace.looks {
            if outcomes.iter().all(Option::is_some) {
                break;
            }
            let has_time = self.rest(wait).await;
            for ((id, upload), outcome) in uploads.iter().zip(&mut outcomes) {
                if outcome.is_none() {
                    *outcome = self.outcome(id, upload).await;
                }
            }
            if !has_time {
                break;
            }
        }
        let waiting = || {
            Failure::of(
                "GitHub has taken the upload and did not process it in time",
                "look at it later under Security, Code scanning",
            )
        };
        outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(|| Some(waiting()))).collect()
    }

    /// What became of an upload; `None`: it waits.
    async fn outcome(&mut self, id: &str, upload: &Upload) -> Option<Option<Failure>> {
        let address = self.address(&format!("code-scanning/sarifs/{id}"));
        let of = self.of.clone();
        // A moment after the upload its id may not be known yet.
        let is_unknown = AtomicBool::new(false);
        let status = self
            .document(&Request::of(&address), |status, said| {
                is_unknown.store(status == 404, Ordering::Relaxed);
                refused(&of, "read", status, said)
            })
            .await;
        let status = match status {
            Ok(status) => status,
            Err(_) if is_unknown.load(Ordering::Relaxed) => return None,
            Err(failure) => return Some(Some(failure)),
        };
        match status.get("processing_status").and_then(Value::as_str) {
            Some("complete") => Some(self.difference(id, upload).await),
            Some("failed") => {
                let errors = status.get("errors").and_then(Value::as_array);
                let errors: Vec<&str> =
                    errors.into_iter().flatten().filter_map(Value::as_str).collect();
                Some(Some(self.shown(rejected(&errors, upload))))
            }
            _ => None,
        }
    }

    /// What GitHub made of an upload, if that is not what was sent.
    async fn difference(&mut self, id: &str, upload: &Upload) -> Option<Failure> {
        let of = self.of.clone();
        let address = self.address(&format!("code-scanning/analyses?sarif_id={id}"));
        let page =
            self.page(&address, &|status, said: &str| refused(&of, "read", status, said)).await;
        let analyses: Vec<Value> = match page {
            Ok((page, _)) => serde_json::from_slice(&page).unwrap_or_default(),
            Err(failure) => return Some(failure),
        };
        let text = |analysis: &Value, key: &str| {
            let words = analysis.get(key).and_then(Value::as_str).unwrap_or_default().trim();
            (!words.is_empty()).then(|| escape::cut(words, LONGEST_WORDS))
        };
        let said: Vec<String> = analyses
            .iter()
            .flat_map(|analysis| [text(analysis, "error"), text(analysis, "warning")])
            .flatten()
            .collect();
        let count = |key: &str| {
            analyses.iter().filter_map(|analysis| analysis.get(key)?.as_u64()).sum::<u64>()
        };
        let (results, rules) = (count("results_count"), count("rules_count"));
        let because = if !said.is_empty() {
            format!("GitHub says of the upload: {}", said.join("; "))
        } else if analyses.is_empty() {
            "GitHub has processed the upload and shows nothing of it".to_owned()
        } else if (results, rules) != (upload.results as u64, upload.rules as u64) {
            format!(
                "GitHub counts {results} results of {rules} rules, and {} of {} were sent",
                upload.results, upload.rules
            )
        } else {
            return None;
        };
        let hint = "the alerts are not those of this run; the files of this run are whole";
        Some(self.shown(Failure::of(because, hint)))
    }

    pub(super) async fn delete_analyses(&mut self, deletion: &Deletion) -> Result<Done, Refused> {
        let of = self.of.clone();
        let path = format!("code-scanning/analyses/{}?confirm_delete=true", deletion.first);
        let mut address = self.address(&path);
        for _ in 0..MOST_DELETED {
            let request = Request::to(Method::Delete, &address, None);
            let reply = self
                .write(&request, |status, said| match status {
                    400 => Some(Failure::of(
                        format!("GitHub does not delete the analyses{said}"),
                        "look at them under Security, Code scanning, Tool status",
                    )),
                    // Somebody else was faster.
                    404 => Some(Failure::of("the analyses are gone already", "run again")),
                    _ => refused(&of, "write", status, said),
                })
                .await?;
            let Some(next) = reply.get("confirm_delete_url") else {
                return Err(no_reply("not what to delete next"));
            };
            match next.as_str() {
                Some(next) if http::is_same_server(next, self.api()) => {
                    next.clone_into(&mut address);
                }
                Some(_) => return Err(no_reply("an address on another server")),
                None => return Ok(Done::default()),
            }
        }
        Ok(Done::default())
    }
}

/// What a refusal means that has nothing to do with the ref.
fn refused(of: &RepositoryName, verb: &str, status: u16, said: &str) -> Option<Failure> {
    let says = |word: &str| said.to_lowercase().contains(word);
    let off = "write `code-scanning = \"off\"` into [publish]";
    Some(match status {
        403 if says("archived") => {
            Failure::of(format!("an archived repository has no code scanning{said}"), off)
        }
        403 | 404 if says("must be enabled") || says("not enabled") => Failure::of(
            format!("{of} has no code scanning{said}"),
            format!(
                "turn it on in the repository's security settings, which a private repository needs \
                 a licence for, or {off}; the files of this run hold the same"
            ),
        ),
        403 => Failure::of(
            format!("the token may not {verb} the code scanning of {of}{said}"),
            "give the job `permissions: security-events: write`, or give a token of your own with \
             `Code scanning alerts: write`",
        ),
        404 => Failure::of(
            format!(
                "GitHub shows no code scanning of {of}: the repository is not there, or the token \
                 may not see it{said}"
            ),
            "give the job `permissions: security-events: write`",
        ),
        503 => Failure::of(format!("code scanning is not there at the moment{said}"), ASK_LATER),
        _ => return None,
    })
}

/// What a 404 means for an upload.
fn unknown(upload: &Upload, of: &RepositoryName, said: &str) -> Failure {
    let says = |word: &str| said.to_lowercase().contains(word);
    let (reference, commit) = (&upload.reference, upload.commit.short());
    if says("commit not found") {
        return Failure::of(
            format!("{of} has no commit {commit}{said}"),
            "push it; what is scanned has to be what GitHub has",
        );
    }
    if says("ref not found") || says("ref '") {
        return Failure::of(
            format!("{of} has no {reference}{said}"),
            "push the branch; what is scanned has to be what GitHub has",
        );
    }
    Failure::of(
        format!(
            "GitHub does not know {reference} at {commit}, or the token may not write the code \
             scanning of {of}{said}"
        ),
        "give the job `permissions: security-events: write`, and push what is scanned",
    )
}

/// Why GitHub could not make alerts of a file.
fn rejected(errors: &[&str], upload: &Upload) -> Failure {
    let all = errors.iter().flat_map(|error| error.split_whitespace()).collect::<Vec<_>>();
    let all = escape::cut(&all.join(" "), LONGEST_WORDS);
    let lower = all.to_lowercase();
    let known = REJECTIONS.iter().find(|(part, _)| lower.contains(part)).map(|(_, hint)| *hint);
    let hint = known.unwrap_or("the file is among the files of this run; report what GitHub says");
    let said = if all.is_empty() { String::new() } else { format!(": {all}") };
    let reference = &upload.reference;
    Failure::of(format!("GitHub could not process the upload for {reference}{said}"), hint)
}

/// An answer that is none: a redirect may have made a question of what was to be written.
fn no_reply(what: &str) -> Refused {
    let failure = Failure::of(format!("GitHub answers, and gives {what}"), CHECK_API);
    Refused { failure, scope: Scope::One }
}

/// Ids go into addresses.
fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}
