//! govulncheck: <https://pkg.go.dev/golang.org/x/vuln/cmd/govulncheck>.
//!
//! The level says how far the code reaches the flaw, but only next to the level of the scan, so the
//! verb of the message counts: calls, imports, depends on. The message names packages in
//! parentheses; the module and its version are in the frames of the stacks, if there are any.

use super::{
    Dialect, Made, Seen,
    rules::one_line,
    seen::name,
    value::{list, text},
};
use crate::model::{Ecosystem, Level, Reach};

pub(super) struct Govulncheck;

impl Dialect for Govulncheck {
    fn id(&self) -> &'static str {
        "govulncheck"
    }

    fn claims(&self, driver: &str) -> bool {
        driver.eq_ignore_ascii_case("govulncheck")
    }

    fn read(&self, seen: &Seen<'_>) -> Made {
        let message = seen.text();
        let named = message.split_once('(').and_then(|(_, rest)| rest.split_once(')'));
        let named = named.map(|(named, _)| named).unwrap_or_default();
        let modules = modules(seen);
        let reach = reach(message, seen.alert().level);
        let mut claims: Vec<crate::model::Reported> = Vec::new();
        for package in named.split(',').map(str::trim).filter(|package| !package.is_empty()) {
            let found = modules.iter().find(|(module, _)| holds(module, package));
            let is_standard = !package.split('/').next().unwrap_or_default().contains('.');
            let module = match found {
                Some((module, _)) => *module,
                None if is_standard => "stdlib",
                None => package,
            };
            let version = found.map(|(_, version)| *version).filter(|version| !version.is_empty());
            let mut advisory = seen.advisory(seen.rule_id(), Ecosystem::GO, module);
            if let Some(rule) = seen.rule {
                name(&mut advisory, rule.tags());
                advisory.title =
                    one_line(text(&rule.full_description, "/text").unwrap_or_default());
                advisory.details = crate::escape::cut(rule.help(), 16_000);
            }
            if let Made::Packages(of_package) = seen.packages(advisory, version).reached(&reach) {
                // Several packages of one module are one claim.
                let is_new = |claim: &crate::model::Reported| !claims.contains(claim);
                let of_package: Vec<_> = of_package.into_iter().filter(is_new).collect();
                claims.extend(of_package);
            }
        }
        if claims.is_empty() {
            return Made::Nameless("its message names no package");
        }
        Made::Packages(claims)
    }
}

/// Every module and its version in the frames, the vulnerable ones last in each stack.
fn modules<'a>(seen: &Seen<'a>) -> Vec<(&'a str, &'a str)> {
    let mut found = Vec::new();
    for stack in list(&seen.result.stacks, "") {
        for frame in list(stack, "/frames").iter().rev() {
            let module = text(frame, "/module").and_then(|module| module.rsplit_once('@'));
            if let Some(module) = module.filter(|module| !found.contains(module)) {
                found.push(module);
            }
        }
        if found.len() > 100 {
            break;
        }
    }
    // The longest module that holds a package is its own.
    found.sort_by_key(|(module, _)| std::cmp::Reverse(module.len()));
    found
}

fn holds(module: &str, package: &str) -> bool {
    let is_standard = !package.split('/').next().unwrap_or_default().contains('.');
    module == "stdlib" && is_standard
        || package.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn reach(message: &str, level: Level) -> Reach {
    let verb = message.strip_prefix("Your code ").unwrap_or_default();
    match level {
        _ if verb.starts_with("calls ") => Reach::Called,
        _ if verb.starts_with("imports ") => Reach::Imported,
        _ if verb.starts_with("depends on ") => Reach::Required,
        Level::Error => Reach::Called,
        Level::Warning => Reach::Imported,
        Level::Note | Level::None => Reach::Required,
    }
}
