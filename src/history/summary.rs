//! Counts: per line and severity, and over all supported lines.

use crate::model::{Episode, History, LineId, Outcome, Rating, Stand};

/// The severities that a summary is made for, the gravest first; `None`: nobody rates it.
pub const RATINGS: [Option<Rating>; 6] = [
    Some(Rating::Critical),
    Some(Rating::High),
    Some(Rating::Medium),
    Some(Rating::Low),
    Some(Rating::None),
    None,
];

/// What comes of some episodes together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// `None`: all supported lines.
    pub line: Option<LineId>,
    /// `None`: not rated.
    pub rating: Option<Rating>,
    pub episodes: usize,
    /// Whoever uses the line still has it, or its branch has.
    pub open: usize,
    /// Of those, the ones that the branch alone has: no release had it, or the newest is without it.
    pub on_branch: usize,
    /// Nobody can tell whether they are still there.
    pub unknown: usize,
    /// The line's support ended with them.
    pub ended: usize,
    /// Days of exposure of those that are over, ascending.
    pub days: Vec<u32>,
    /// The longest, be it over or not.
    pub worst: Option<u32>,
    /// Over, and their days cannot be told.
    pub untold: usize,
    /// Their days are the least that they can be: what was before is not at hand.
    pub at_least: usize,
    /// The project's own target in days.
    pub target: Option<u32>,
    pub met: usize,
    pub missed: usize,
    /// Nobody can tell whether they met it, as their days may be more than can be told.
    pub doubtful: usize,
    /// Of those that missed it, the ones that still run, as far as anybody can tell.
    pub missing_now: usize,
}

impl Summary {
    /// Those that whoever uses the line still has.
    pub fn exposed(&self) -> usize {
        self.open - self.on_branch
    }

    /// The median of the days of those that are over, in halves of days: 7 is three and a half. `None`:
    /// none is over.
    pub fn twice_median(&self) -> Option<u32> {
        let middle = self.days.len().checked_sub(1)? / 2;
        let lower = *self.days.get(middle)?;
        let upper = *self.days.get(self.days.len() / 2)?;
        lower.checked_add(upper)
    }

    /// The median as people write it: `3`, `3.5`.
    pub fn median(&self) -> Option<String> {
        let twice = self.twice_median()?;
        let half = if twice % 2 == 1 { ".5" } else { "" };
        Some(format!("{}{half}", twice / 2))
    }
}

/// What the row over all supported lines is called.
pub fn together(history: &History) -> &'static str {
    if history.part.is_some() { "supported, of this part" } else { "all supported" }
}

/// A row per line and severity that has episodes: all supported lines together first, then each line
/// in its order.
pub fn summaries(history: &History) -> Vec<Summary> {
    let mut rows = Vec::new();
    let mut add = |line: Option<&LineId>| {
        for rating in RATINGS {
            let is_meant = |episode: &&Episode| {
                episode.rating == rating
                    && line.map_or(episode.is_supported, |line| episode.line == *line)
            };
            let summary = summary(history, line, rating, history.episodes.iter().filter(is_meant));
            if summary.episodes > 0 {
                rows.push(summary);
            }
        }
    };
    add(None);
    for line in &history.lines {
        add(Some(line));
    }
    rows
}

/// Episodes of supported lines that miss their target now: what nobody can tell of is not over.
pub fn missing_now(history: &History) -> impl Iterator<Item = &Episode> {
    history.episodes.iter().filter(|episode| {
        episode.is_supported
            && episode.is_running()
            && history.targets.is_missed(episode, history.as_of) == Some(true)
    })
}

/// Whether the project keeps its word, as far as that can be told: an open episode that misses its
/// target fails, and what was not looked at of a supported line is no good news.
pub fn outcome(history: &History) -> Outcome {
    if missing_now(history).next().is_some() {
        Outcome::Fail
    } else if history.is_whole() {
        Outcome::Pass
    } else {
        Outcome::Incomplete
    }
}

/// The project's own target for an episode, in days.
pub fn target(history: &History, episode: &Episode) -> Option<u32> {
    history.targets.days.get(&episode.rating?).copied()
}

/// What a target makes of an episode; `None`: there is none, or it may yet be met.
pub fn judgment(history: &History, episode: &Episode) -> Option<&'static str> {
    if history.targets.is_doubtful(episode, history.as_of) {
        return Some("unknown");
    }
    let is_missed = history.targets.is_missed(episode, history.as_of)?;
    Some(if is_missed { "missed" } else { "met" })
}

fn summary<'a>(
    history: &History,
    line: Option<&LineId>,
    rating: Option<Rating>,
    episodes: impl Iterator<Item = &'a Episode>,
) -> Summary {
    let target = rating.and_then(|rating| history.targets.days.get(&rating).copied());
    let mut summary = Summary { line: line.cloned(), rating, target, ..Summary::default() };
    for episode in episodes {
        summary.episodes += 1;
        let days = episode.days_exposed(history.as_of);
        summary.worst = summary.worst.max(days);
        summary.at_least += usize::from(episode.is_at_least());
        match episode.stand {
            Stand::Open | Stand::Unreleased if episode.is_unknown() => summary.unknown += 1,
            Stand::Open | Stand::Unreleased => {
                summary.open += 1;
                summary.on_branch += usize::from(!episode.is_running());
            }
            Stand::Ended => summary.ended += 1,
            Stand::Released | Stand::NeverReleased => {}
        }
        // What no release ever had exposed nobody.
        if !episode.is_running() && episode.stand != Stand::Ended && episode.first().is_some() {
            match days {
                Some(days) => summary.days.push(days),
                None => summary.untold += usize::from(episode.published.is_none()),
            }
        }
        summary.doubtful += usize::from(history.targets.is_doubtful(episode, history.as_of));
        match history.targets.is_missed(episode, history.as_of) {
            Some(true) => {
                summary.missed += 1;
                summary.missing_now += usize::from(episode.is_running());
            }
            Some(false) => summary.met += 1,
            None => {}
        }
    }
    summary.days.sort_unstable();
    summary
}
