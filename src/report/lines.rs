//! The decided lines → what other programs and people read: a matrix for GitHub Actions, OpenEoX,
//! endoflife.date, the table in SECURITY.md, and a configuration.

pub mod endoflife;
pub mod matrix;
pub mod openeox;
pub mod policy_file;
pub mod security_md;

use crate::model::{LineKind, ReleaseLine, Support};

/// The lines that were released or will be, newest first: not the default branch, which nobody
/// installs by a version.
fn releases(support: &Support) -> impl Iterator<Item = &ReleaseLine> {
    support.lines.iter().filter(|line| line.kind == LineKind::Release)
}

#[cfg(test)]
pub(super) mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::model::{
        Declaration, DeclaredBy, Head, LineId, LineKind, Release, Standing, Support, Tier,
    };

    /// A supported line with a branch and a release.
    pub(in crate::report) fn line(id: &str, branch: &str, tag: &str) -> ReleaseLine {
        let because = Declaration::new(DeclaredBy::Table, Standing::Supported, "a table says so");
        let date = "2031-02-03T04:05:06Z".parse().ok();
        ReleaseLine {
            head: (!branch.is_empty()).then(|| Head {
                reference: format!("refs/heads/{branch}"),
                commit: None,
                date: None,
            }),
            release: (!tag.is_empty()).then(|| Release {
                tag: tag.to_owned(),
                version: tag.trim_start_matches('v').to_owned(),
                commit: None,
                date,
            }),
            ..ReleaseLine::new(LineId(id.to_owned()), LineKind::Release, vec![because])
        }
    }

    /// One line of every kind, newest first.
    pub(super) fn support() -> Support {
        let with = |standing, line: ReleaseLine| ReleaseLine { standing, ..line };
        Support {
            lines: vec![
                with(Standing::Upcoming, line("1.5", "release-1.5", "")),
                ReleaseLine {
                    first_release: Some(date(2030, 7, 1)),
                    ..line("1.4", "release-1.4", "v1.4.2")
                },
                ReleaseLine {
                    standing: Standing::Eol,
                    until: Some(date(2031, 3, 31)),
                    ..line("1.3", "", "v1.3.9")
                },
                ReleaseLine {
                    tier: Tier::SecurityOnly,
                    is_lts: true,
                    first_release: Some(date(2029, 1, 2)),
                    bug_fixes_until: Some(date(2030, 1, 31)),
                    until: Some(date(2032, 1, 31)),
                    extended_until: Some(date(2034, 1, 31)),
                    ..line("1.2", "", "v1.2.30")
                },
                with(Standing::Eol, line("1.1", "release-1.1", "v1.1.0")),
                with(Standing::Unknown, line("1.0", "release-1.0", "v1.0.0")),
                ReleaseLine { kind: LineKind::Default, ..line("main", "main", "") },
            ],
            ..Support::default()
        }
    }
}
