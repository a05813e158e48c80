//! How the page was made, so that somebody else can make it again.

use std::fmt::Write as _;

use super::{Section, Shown, code, link};
use crate::{
    escape::html::text,
    model::{Report, short_name},
};

const VERSION: &str = env!("CARGO_PKG_VERSION");

pub(super) fn section(shown: &Shown<'_>) -> Section {
    let report = shown.report;
    let mut rows = vec![
        ("Program", format!("Patchline {VERSION}")),
        ("Day", format!("{}, in UTC", report.as_of)),
    ];
    if let Some(repository) = &report.repository {
        rows.push(("Repository", link(&text(repository), repository)));
    }
    if let Some(default) = &report.default_ref {
        rows.push(("Default branch", code(short_name(default))));
    }
    rows.push((
        "Policy",
        match &report.policy.path {
            Some(path) => {
                let from = match short_name(&report.policy.read_from) {
                    branch if branch != report.policy.read_from => code(branch),
                    words => text(words),
                };
                format!("{} from {from}", super::policy_file(path))
            }
            None => "the default: there is no <code>patchline.toml</code>".to_owned(),
        },
    ));
    if let Some(part) = &report.part {
        rows.push(("Part", text(part)));
    }
    if shown.history.is_none() {
        rows.push((
            "Timelines",
            "not asked for; <code>patchline report</code> adds them".to_owned(),
        ));
    }
    let mut body = String::from("<dl>\n");
    for (name, said) in rows {
        let _ = writeln!(body, "<dt>{name}<dd>{said}");
    }
    body.push_str(
        "</dl>\n<p>The same repository, day, policy and databases give the same page, byte for \
         byte. It has no script and loads nothing.</p>\n",
    );
    Section { id: "made", title: "How this was made", body }
}

pub(super) fn foot(page: &mut String, report: &Report) {
    let _ = writeln!(
        page,
        "<footer class=\"in\"><p>Patchline {VERSION} · as of {} · <a href=\"#main\">to the \
         top</a></p></footer>",
        report.as_of
    );
}
