//! An episode, counted in days.

use jiff::civil::Date;

use crate::model::{Episode, History, Stand, Turn};

/// What a picture needs of an episode.
pub(super) struct Span<'a> {
    pub(super) episode: &'a Episode,
    pub(super) stand: Stand,
    /// The first day with the flaw in the line, public or not; `None`: nobody can tell.
    pub(super) present: Option<Date>,
    /// The first day on which the vulnerability is public and the line has it.
    pub(super) from: Date,
    /// The day on which the branch was without it; the last day if it never was.
    pub(super) fixed: Date,
    /// The day on which users could have a release without it, or support ended; the last day if
    /// neither has come.
    pub(super) until: Date,
    /// Whole days from `from` to `until`.
    pub(super) days: i64,
    /// The days that the project means to need; `None`: it says nothing of this severity.
    pub(super) target: Option<u32>,
}

impl<'a> Span<'a> {
    pub(super) fn new(episode: &'a Episode, history: &History) -> Self {
        let stand = stand(episode);
        let day = |turn: &Option<Turn>| turn.as_ref().map(|turn| turn.day);
        let present = day(&episode.introduced).or(day(&episode.first_release));
        let fixed = day(&episode.fixed);
        let until = match stand {
            Stand::Open | Stand::Unreleased => None,
            Stand::Released => day(&episode.released),
            Stand::NeverReleased => fixed,
            Stand::Ended => episode.ended,
        };
        let until = until.unwrap_or(history.as_of);
        // Without a day of publication it counts as public when the line got it.
        let from = episode.published.max(present).unwrap_or(until).min(history.as_of);
        let days = from.until(until).map_or(0, |span| i64::from(span.get_days())).max(0);
        Self {
            episode,
            stand,
            present,
            from,
            fixed: fixed.unwrap_or(until).min(until),
            until,
            days,
            target: episode.rating.and_then(|rating| history.targets.days.get(&rating)).copied(),
        }
    }

    /// True if users still have it.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.stand, Stand::Open | Stand::Unreleased)
    }

    /// Whether the target was met; `None`: there is none, or it can still be met.
    pub(super) fn is_in_time(&self) -> Option<bool> {
        let target = i64::from(self.target?);
        match self.stand {
            Stand::Open | Stand::Unreleased if self.days <= target => None,
            Stand::NeverReleased | Stand::Released => Some(self.days <= target),
            Stand::Open | Stand::Unreleased | Stand::Ended => Some(false),
        }
    }

    /// How it stands, in words.
    pub(super) fn said(&self) -> String {
        let days = days(self.days);
        let tag = |turn: &Option<Turn>| {
            let turn = turn.as_ref();
            turn.and_then(|turn| turn.tag.clone()).unwrap_or_else(|| "a release".to_owned())
        };
        match self.stand {
            Stand::Open => format!("open for {days}"),
            Stand::Unreleased => format!("fixed on the branch, not released for {days}"),
            Stand::Released if self.days == 0 => {
                format!("fixed in {} before it was public", tag(&self.episode.released))
            }
            Stand::Released => format!("{days}, fixed in {}", tag(&self.episode.released)),
            Stand::NeverReleased => format!("{days} on the branch, never in a release"),
            Stand::Ended => format!("{days}, until the line ended"),
        }
    }
}

/// `1 day`, `12 days`
pub(super) fn days(days: i64) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

fn stand(episode: &Episode) -> Stand {
    match (&episode.released, &episode.fixed) {
        (Some(_), _) => Stand::Released,
        (None, _) if episode.ended.is_some() => Stand::Ended,
        (None, Some(_)) if episode.first_release.is_none() => Stand::NeverReleased,
        (None, Some(_)) => Stand::Unreleased,
        (None, None) => Stand::Open,
    }
}
