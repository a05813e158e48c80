//! The past of lines: what their branches and releases locked. Trees and lockfiles are read once,
//! however many lines, branches and tags share them.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    num::NonZero,
    sync::Arc,
};

use tokio::task::{JoinSet, spawn_blocking};

use super::Error;
use crate::{
    config::Scan,
    edge::{
        git::{self, Files, Git, Lineages, Part, Past, Strand},
        progress::Progress,
    },
    history::{Begins, Branch, Catalogue, Lineage, Marks, Reader, State, Tagged},
    lockfile,
    model::{BlobId, CommitId, Head, LineId, Release, ReleaseLine, short_name},
};

/// The past of lines; `releases` are all of each, lowest version first, and `default` is the newest
/// commit of the default branch,
/// with its ref.
pub async fn lineages(
    git: &Git,
    scan: &Scan,
    lines: &[ReleaseLine],
    releases: &BTreeMap<LineId, Vec<Release>>,
    default: Option<(&str, &CommitId)>,
    catalogue: &Arc<Catalogue>,
    progress: &Progress,
) -> Result<Vec<Lineage>, Error> {
    let name = default.map(|(name, _)| short_name(name));
    let part = |head: &Head| {
        let is_default = name == Some(short_name(&head.reference));
        if is_default { Part::Whole } else { Part::Own }
    };
    let asked = |line: &ReleaseLine| {
        let head = line.head.as_ref()?;
        Some((head.commit.clone()?, part(head)))
    };
    let heads: BTreeSet<(CommitId, Part)> = lines.iter().filter_map(asked).collect();
    let tagged: BTreeSet<CommitId> =
        releases.values().flatten().filter_map(|release| release.commit.clone()).collect();
    progress.say(format!("reading the past of {} branches and {} tags", heads.len(), tagged.len()));
    let (reader, exclude, default) =
        (git.clone(), scan.exclude.clone(), default.map(|(_, commit)| commit.clone()));
    let found = spawn_blocking(move || {
        reader.lineages(&Past {
            default: default.as_ref(),
            heads: &heads,
            tagged: &tagged,
            wants: &|name| lockfile::format_of(name).is_some(),
            excludes: &|path| exclude.is_match(path),
        })
    })
    .await?;
    let marks = marks(git, &found, catalogue, progress).await?;
    let none = Vec::new();
    let strand = |line: &ReleaseLine| found.strands.get(&asked(line)?);
    let lineage = |line: &ReleaseLine| Lineage {
        line: line.id.clone(),
        standing: line.standing,
        until: line.until,
        branch: line.head.as_ref().map(|_| branch(strand(line), &marks)),
        releases: {
            let of_line = releases.get(&line.id).unwrap_or(&none).iter();
            of_line.map(|release| tagged_state(release, strand(line), &found, &marks)).collect()
        },
    };
    Ok(lines.iter().map(lineage).collect())
}

fn branch(strand: Option<&Strand>, marks: &[Arc<Marks>]) -> Branch {
    let Some(strand) = strand else {
        return Branch {
            states: Vec::new(),
            begins: Begins::Later("its commit is not in this clone".to_owned()),
        };
    };
    let states = strand.steps.iter().map(|step| State {
        commit: step.commit.clone(),
        moment: step.moment,
        marks: Arc::clone(&marks[step.files]),
    });
    Branch {
        states: states.collect(),
        begins: match strand.begins {
            git::Begins::Cut => Begins::Cut,
            git::Begins::Root => Begins::Root,
            git::Begins::Later(why) => Begins::Later(why.to_owned()),
        },
    }
}

fn tagged_state(
    release: &Release,
    strand: Option<&Strand>,
    found: &Lineages,
    marks: &[Arc<Marks>],
) -> Tagged {
    let step = release.commit.as_ref().and_then(|commit| found.tagged.get(commit));
    Tagged {
        tag: release.tag.clone(),
        version: release.version.clone(),
        commit: release.commit.clone().filter(|_| step.is_some()),
        moment: release.date,
        committed: step.and_then(|step| step.moment),
        marks: step
            .map_or_else(|| Arc::new(Marks::unknown()), |step| Arc::clone(&marks[step.files])),
        state: release.commit.as_ref().and_then(|commit| strand?.tagged.get(commit).copied()),
    }
}

/// What each set of files has of the vulnerabilities; lockfiles are read in parallel, and only what is
/// looked for is kept of them.
async fn marks(
    git: &Git,
    found: &Lineages,
    catalogue: &Arc<Catalogue>,
    progress: &Progress,
) -> Result<Vec<Arc<Marks>>, Error> {
    let blobs: BTreeMap<&BlobId, &str> =
        found.files.iter().map(|file| (&file.blob, file.path.as_str())).collect();
    progress.say(format!("reading {} lockfiles", blobs.len()));
    let workers = std::thread::available_parallelism().map_or(1, NonZero::get);
    let mut tasks = JoinSet::new();
    for worker in 0..workers {
        let share = blobs.iter().skip(worker).step_by(workers);
        let share: Vec<(BlobId, String)> =
            share.map(|(blob, path)| ((*blob).clone(), (*path).to_owned())).collect();
        let (git, catalogue) = (git.clone(), Arc::clone(catalogue));
        tasks.spawn_blocking(move || read(&git, share, catalogue));
    }
    let mut read: HashMap<BlobId, Arc<Marks>> = HashMap::new();
    while let Some(share) = tasks.join_next().await {
        read.extend(share?);
    }
    let unknown = Arc::new(Marks::unknown());
    let marks: Vec<&Arc<Marks>> =
        found.files.iter().map(|file| read.get(&file.blob).unwrap_or(&unknown)).collect();
    Ok(found.sets.iter().map(|set| of_set(set, &marks)).collect())
}

/// `marks`: by the numbers of the files.
fn of_set(set: &Files, marks: &[&Arc<Marks>]) -> Arc<Marks> {
    let of: Option<Vec<&Arc<Marks>>> =
        set.found.iter().map(|file| marks.get(usize::try_from(*file).ok()?).copied()).collect();
    match of.as_deref() {
        // Nothing says what is locked: that is no good news.
        None | Some([]) => Arc::new(Marks::unknown()),
        Some([marks]) if !set.has_gap => Arc::clone(marks),
        Some(all) => {
            let joined = Marks::joined(all.iter().map(|marks| &***marks));
            Arc::new(if set.has_gap { joined.not_whole() } else { joined })
        }
    }
}

fn read(
    git: &Git,
    blobs: Vec<(BlobId, String)>,
    catalogue: Arc<Catalogue>,
) -> Vec<(BlobId, Arc<Marks>)> {
    let (blobs_of, mut reader) = (git.blobs(), Reader::new(catalogue));
    blobs
        .into_iter()
        .map(|(blob, path)| {
            let bytes = blobs_of.read(&blob);
            let marks =
                bytes.map_or_else(|_| Marks::unknown(), |bytes| reader.marks(&path, &bytes));
            (blob, Arc::new(marks))
        })
        .collect()
}
