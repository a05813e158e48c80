//! `mix hex.audit`: <https://hexdocs.pm/hex/Mix.Tasks.Hex.Audit.html>.
//!
//! The arguments of the message are the package, its version, and the advisory with its other names,
//! `ID (aka A, B)`. `HEX0001` to `HEX0005` are packages that their maintainers have retired;
//! `HEX0006` is a policy of the organisation. The row is that of the entry in the lockfile.

use serde_json::Value;

use super::{
    Dialect, Made, Seen,
    seen::name,
    value::{list, texts},
};
use crate::model::{AdvisoryClass, Ecosystem};

pub(super) struct HexAudit;

/// The scores that it writes from words; it knows no others.
const INVENTED: [(&str, f64); 4] =
    [("critical", 9.5), ("high", 8.0), ("medium", 5.5), ("low", 3.0)];

impl Dialect for HexAudit {
    fn id(&self) -> &'static str {
        "hex-audit"
    }

    fn claims(&self, driver: &str) -> bool {
        driver.eq_ignore_ascii_case("mix hex.audit")
    }

    fn read(&self, seen: &Seen<'_>) -> Made {
        let rule = seen.rule_id();
        if rule == "HEX0006" {
            return Made::Alert(seen.alert());
        }
        let arguments: Vec<&str> = texts(&seen.result.message.0.arguments, "").collect();
        let all = list(&seen.result.message.0.arguments, "");
        let has_arguments = all.iter().all(Value::is_string) && arguments.len() >= 3;
        let quoted: Vec<&str> = seen.text().split('\'').skip(1).step_by(2).take(3).collect();
        let said = if has_arguments { &arguments } else { &quoted };
        let [package, version, what, ..] = said.as_slice() else {
            return Made::Nameless("its message names no package");
        };
        if package.is_empty() {
            return Made::Nameless("its message names no package");
        }
        let mut advisory = seen.advisory(rule, Ecosystem::HEX, package);
        if rule.starts_with("HEX") {
            advisory.class = AdvisoryClass::Other("retired".to_owned());
            advisory.title = super::rules::one_line(what);
        } else {
            let aka = what.split_once("(aka ").map(|(_, rest)| rest.trim_end_matches(')'));
            name(&mut advisory, aka.unwrap_or_default().split(',').map(str::trim));
            advisory.severity = seen.rated(None, &INVENTED).into_iter().collect();
        }
        seen.packages(advisory, Some(version))
    }
}
