//! Telling GitHub: what is there is read, what is to be done is planned, and then done or only shown.
//!
//! One thing that fails costs itself, and what would fail in the same way. A run whose configuration
//! requires what failed is broken; everything else is trouble with its remedy.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    edge::{
        github::{
            Environment, Failure, Github, Listed, Pace, Refused, RepositoryName, Scope, Session,
        },
        http::Patience,
    },
    model::{Report, Trouble},
    publish::{self, Effect, Feature, Policy, Publishes, Remote, Run, Upload, Wanted},
};

/// Which GitHub is told, and how.
#[derive(Clone, Debug)]
pub struct Telling {
    pub environment: Environment,
    pub patience: Patience,
    pub pace: Pace,
    /// Nothing is written, and all that would be is told.
    pub is_rehearsal: bool,
}

impl Telling {
    /// The GitHub of the environment.
    pub fn new(environment: Environment, is_rehearsal: bool) -> Self {
        let pace = Pace::of(&environment);
        Self { environment, patience: Github::PATIENCE_TO_WRITE, pace, is_rehearsal }
    }
}

/// One thing that was done, or would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// `upload …` or `would upload …`, in one line.
    pub what: String,
    /// Where people look at it.
    pub address: Option<String>,
}

/// What became of it all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Published {
    pub done: Vec<Told>,
    pub trouble: Vec<Trouble>,
    /// Something that the policy requires was not done.
    pub is_broken: bool,
    /// The ids of the uploads that were taken.
    pub sarif_ids: Vec<String>,
}

/// Tells GitHub what a run has to say. `comment` is what to say of a change; `None`: it brings nothing.
pub async fn publish(
    report: &Report,
    policy: &Policy,
    run: &Run,
    comment: Option<&str>,
    telling: &Telling,
) -> Published {
    let wanted = publish::wanted(report, policy, run);
    let mut published = Published::default();
    let opened = session(report, telling);
    let mut remote = Remote::default();
    let mut unread = BTreeMap::new();
    let mut session = match opened {
        Ok(mut session) => {
            (remote, unread) = read(&mut session, report, run, wanted).await;
            Ok(session)
        }
        Err(failure) => Err(failure),
    };
    if let (Err(Failure { because, hint }), true) = (&session, telling.is_rehearsal) {
        let message = format!("what GitHub has already is not known: {because}");
        published.trouble.push(Trouble::warning(message).hint(hint));
    }
    let plan = publish::plan(report, policy, run, comment, &remote);
    published.trouble.extend(plan.trouble);
    let mut uploads: Vec<(String, &Upload)> = Vec::new();
    let mut closed: BTreeSet<Feature> = BTreeSet::new();
    let mut left: BTreeMap<Feature, usize> = BTreeMap::new();
    for effect in &plan.effects {
        let what = effect.describe();
        if telling.is_rehearsal {
            let what = format!("would {what}");
            published.done.push(Told { what, address: None });
            continue;
        }
        let feature = effect.feature();
        if closed.contains(&feature) {
            *left.entry(feature).or_default() += 1;
            continue;
        }
        let result = match &mut session {
            Ok(session) => session.perform(effect).await,
            Err(failure) => Err(Refused { failure: failure.clone(), scope: Scope::All }),
        };
        match result {
            Ok(done) => {
                if let (Some(id), Effect::Upload(upload)) = (done.sarif, effect) {
                    published.sarif_ids.push(id.clone());
                    uploads.push((id, upload));
                }
                published.done.push(Told { what, address: done.address });
            }
            Err(Refused { failure, scope }) => {
                published.refuse(policy, feature, &format!("failed to {what}"), failure);
                match scope {
                    Scope::One => {}
                    Scope::Feature => drop(closed.insert(feature)),
                    Scope::All => closed.extend(Feature::ALL),
                }
            }
        }
    }
    for (feature, count) in left {
        let things = if count == 1 { "thing was" } else { "things were" };
        let message = format!("{count} more {things} not tried in {}", feature.as_str());
        published.is_broken |= is_required(policy, feature);
        published.trouble.push(Trouble::warning(message));
    }
    if let (Ok(session), false) = (&mut session, uploads.is_empty()) {
        let outcomes = session.processed(&uploads).await;
        for (failure, (_, upload)) in outcomes.into_iter().zip(&uploads) {
            let what =
                format!("something is wrong with what was uploaded for {}", upload.reference);
            if let Some(failure) = failure {
                published.refuse(policy, Feature::CodeScanning, &what, failure);
            }
        }
    }
    // What cannot be read cannot be written either, and that was told.
    for (feature, failure) in unread.into_iter().filter(|(feature, _)| !closed.contains(feature)) {
        published.refuse(policy, feature, &format!("failed to read {}", feature.as_str()), failure);
    }
    published
}

impl Published {
    fn refuse(&mut self, policy: &Policy, feature: Feature, what: &str, failure: Failure) {
        let Failure { because, hint } = failure;
        self.trouble.push(Trouble::warning(format!("{what}: {because}")).hint(hint));
        self.is_broken |= is_required(policy, feature);
    }
}

fn is_required(policy: &Policy, feature: Feature) -> bool {
    let publishes = match feature {
        Feature::CodeScanning => policy.code_scanning,
        Feature::Comments => policy.comment,
        Feature::Issues => Publishes::Auto,
    };
    publishes == Publishes::Required
}

fn session(report: &Report, telling: &Telling) -> Result<Session, Failure> {
    let name = telling.environment.repository(report.repository.as_deref());
    let name: RepositoryName = name.ok_or_else(|| Failure {
        because: "nothing says which repository on GitHub this is".to_owned(),
        hint: "put OWNER/NAME into the variable GITHUB_REPOSITORY".to_owned(),
    })?;
    let github = Github::new(&telling.environment, telling.patience)?;
    Session::new(&github, &name, telling.pace)
}

/// What is there, and why some of it could not be read.
async fn read(
    session: &mut Session,
    report: &Report,
    run: &Run,
    wanted: Wanted,
) -> (Remote, BTreeMap<Feature, Failure>) {
    let mut remote = Remote::default();
    let mut unread = BTreeMap::new();
    if wanted.analyses {
        match session.analyses().await {
            // The newest are enough, so what is missing behind them is no loss.
            Ok(Listed { pages, .. }) => remote.analyses = Some(publish::analyses(&pages)),
            Err(failure) => drop(unread.insert(Feature::CodeScanning, failure)),
        }
        for name in publish::ended(report, run, &remote) {
            match session.reference(&name).await {
                Ok(found) => drop(found.map(|found| remote.refs.insert(name, found))),
                Err(failure) => {
                    unread.insert(Feature::CodeScanning, failure);
                    break;
                }
            }
        }
    }
    if wanted.viewer() {
        match session.viewer().await {
            Ok(viewer) => remote.viewer = Some(viewer),
            // Issues are found by their label as well, a comment only by who wrote it.
            Err(failure) if wanted.comments.is_some() => {
                drop(unread.insert(Feature::Comments, failure));
            }
            Err(_) => {}
        }
    }
    if wanted.issues {
        match session.issues(remote.viewer.as_deref()).await {
            Ok(Listed { pages, missing: None }) => remote.issues = Some(publish::issues(&pages)),
            Ok(Listed { missing: Some(failure), .. }) | Err(failure) => {
                drop(unread.insert(Feature::Issues, failure));
            }
        }
    }
    if let (Some(number), Some(_)) = (wanted.comments, &remote.viewer) {
        match session.comments(number).await {
            Ok(Listed { pages, missing: None }) => {
                remote.comments = Some(publish::comments(&pages));
            }
            Ok(Listed { missing: Some(failure), .. }) | Err(failure) => {
                drop(unread.insert(Feature::Comments, failure));
            }
        }
    }
    (remote, unread)
}
