//! An episode as a picture needs it.

use jiff::civil::Date;

use crate::{
    model::{Episode, History, Stand, Turn},
    report::words::plural,
};

/// An episode with its days.
pub(super) struct Span<'a> {
    pub(super) episode: &'a Episode,
    /// The first day with the flaw in the line, public or not; `None`: nobody can tell.
    pub(super) present: Option<Date>,
    /// Somebody had published it on the day of the report, or nobody knows.
    pub(super) is_public: bool,
    /// When users were exposed; `None`: never, or nobody can tell.
    pub(super) exposed: Option<Exposed>,
    /// The day on which nothing was left of it; the day of the report if it is not over.
    pub(super) last: Date,
    /// The project's target in days, if it has one for this severity.
    pub(super) target: Option<u32>,
    /// Whether the target is missed; `None`: it can still be met, or nobody can tell.
    pub(super) is_late: Option<bool>,
}

/// The days on which whoever uses the line had it, and it was public.
pub(super) struct Exposed {
    pub(super) from: Date,
    /// When the branch was without it; `until` if it was not before.
    pub(super) fixed: Date,
    /// When there was a release without it, or support ended; else the day of the report.
    pub(super) until: Date,
    pub(super) days: u32,
}

impl<'a> Span<'a> {
    pub(super) fn new(episode: &'a Episode, history: &History) -> Self {
        let turns = [&episode.introduced, &episode.first_release];
        let present = turns.into_iter().flatten().map(|turn| turn.day).min();
        let exposed = episode.exposed_from(history.as_of).zip(episode.days_exposed(history.as_of));
        let exposed = exposed.map(|(from, days)| {
            let until = from.saturating_add(jiff::Span::new().days(days));
            let fixed = episode.fixed.as_ref().map_or(until, |turn| turn.day);
            Exposed { from, fixed: fixed.clamp(from, until), until, days }
        });
        Self {
            episode,
            present,
            is_public: episode.published.is_none_or(|day| day <= history.as_of),
            exposed,
            last: episode.over().unwrap_or(history.as_of),
            target: episode.rating.and_then(|rating| history.targets.days.get(&rating)).copied(),
            is_late: history.targets.is_missed(episode, history.as_of),
        }
    }

    /// True if users still have it.
    pub(super) fn is_open(&self) -> bool {
        self.episode.is_exposed()
    }

    /// How it stands, in words.
    pub(super) fn said(&self) -> String {
        let episode = self.episode;
        let days = self.days();
        let tag = |turn: &Option<Turn>| {
            let turn = turn.as_ref();
            let tag = turn.and_then(|turn| turn.tag.clone());
            tag.map_or_else(|| "fixed".to_owned(), |tag| format!("fixed in {tag}"))
        };
        let still = if episode.is_unknown() { "" } else { "; the branch still has it" };
        let said = match (episode.stand, days) {
            // A release beside the branch ended it for users.
            (Stand::Open, Some(_)) if episode.released.is_some() && self.is_early() => {
                format!("{} before it was public{still}", tag(&episode.released))
            }
            (Stand::Open, Some(days)) if episode.released.is_some() => {
                format!("{days}, {}{still}", tag(&episode.released))
            }
            (Stand::Open, None) if episode.released.is_some() => {
                format!("{}{still}", tag(&episode.released))
            }
            (Stand::Open, Some(days)) => format!("open for {days}"),
            (Stand::Open, None) if episode.first_release.is_none() && !episode.is_of_branch => {
                "open, in no release".to_owned()
            }
            (Stand::Open, None) if !self.is_public => "there, not public yet".to_owned(),
            (Stand::Open, None) => "open".to_owned(),
            (Stand::Unreleased, Some(days)) => format!("fixed, not released for {days}"),
            (Stand::Unreleased, None) => "fixed, not released".to_owned(),
            (Stand::Released, Some(_)) if self.is_early() => {
                format!("{} before it was public", tag(&episode.released))
            }
            (Stand::Released, Some(days)) => format!("{days}, {}", tag(&episode.released)),
            (Stand::Released, None) => tag(&episode.released),
            (Stand::NeverReleased, Some(_)) if self.is_early() => {
                "fixed on the branch before it was public".to_owned()
            }
            (Stand::NeverReleased, Some(days)) => format!("{days}, fixed on the branch"),
            (Stand::NeverReleased, None) => "never in a release".to_owned(),
            (Stand::Ended, Some(days)) => format!("{days}, until support ended"),
            (Stand::Ended, None) => "support ended with it".to_owned(),
        };
        match &episode.unknown_since {
            Some(turn) => format!("{said}; unknown since {}", turn.day),
            None => said,
        }
    }

    /// The day since which users have the fix: in a release, or on the branch of a line without
    /// releases. The branch of others can be without it later, or not yet.
    pub(super) fn fixed_for_users(&self) -> Option<Date> {
        self.episode.end().map(|turn| turn.day)
    }

    /// True if users could have the fix before anybody knew of the flaw.
    fn is_early(&self) -> bool {
        self.exposed.as_ref().is_some_and(|exposed| exposed.days == 0)
    }

    /// `12 days`, `at least 12 days`
    pub(super) fn days(&self) -> Option<String> {
        let days = self.exposed.as_ref()?.days;
        let least = if self.episode.is_at_least() { "at least " } else { "" };
        Some(format!("{least}{days} {}", plural(days as usize, "day", "days")))
    }
}
