//! `[[suppress]]` and `[statements]`: what is kept silent, why, and until when.
//!
//! Elsewhere a date that cannot be read means "for ever", and a reason is a habit. Here both are
//! demanded, and nothing is kept silent for more than a year without somebody looking at it again.

use std::collections::BTreeSet;

use jiff::{ToSpan as _, civil::Date};
use toml::Spanned;

use super::Checker;
use crate::{
    config::raw::RawSuppression,
    model::{JUSTIFICATIONS, Suppression, canonical_id},
    opinion,
};

impl Checker<'_> {
    /// Every `[[suppress]]`.
    pub(super) fn suppressions(
        &mut self,
        typed: Vec<Spanned<RawSuppression>>,
        today: Option<Date>,
    ) -> Vec<Suppression> {
        let mut seen = BTreeSet::new();
        let mut suppressions = Vec::new();
        for typed in typed {
            let Some(suppression) = self.suppression(&typed, today) else { continue };
            let mut lines = suppression.lines.clone();
            lines.sort();
            if !seen.insert((canonical_id(&suppression.id), suppression.package.clone(), lines)) {
                let message = format!("`{}` is suppressed twice for the same", suppression.id);
                self.complain(&typed, message);
            }
            suppressions.push(suppression);
        }
        suppressions
    }

    fn suppression(
        &mut self,
        typed: &Spanned<RawSuppression>,
        today: Option<Date>,
    ) -> Option<Suppression> {
        let raw = typed.get_ref();
        let id = self.demanded(typed, "id", raw.id.as_ref());
        let reason = self.demanded(typed, "reason", raw.reason.as_ref());
        let package = raw.package.as_ref().map(|package| self.filled("package", package));
        let lines: Vec<Option<String>> =
            raw.lines.iter().map(|line| self.filled("lines", line)).collect();
        let justification = raw.justification.as_ref().map(|word| self.justification(word));
        if raw.until.is_none() {
            let message = "the suppression has no `until`, the last day on which it holds";
            self.complain(typed, message.to_owned());
        }
        let until = raw.until.as_ref().and_then(|until| {
            let day = self.day("until", until)?;
            self.not_too_late(until, day, today);
            Some(day)
        });
        Some(Suppression {
            id: id?,
            package: package.map_or(Some(None), |package| package.map(Some))?,
            lines: lines.into_iter().collect::<Option<_>>()?,
            reason: reason?,
            justification: justification.map_or(Some(None), |word| word.map(Some))?,
            until: until?,
            origin: self.place(typed),
        })
    }

    /// `[statements] obey`
    pub(super) fn obey(&mut self, typed: Vec<Spanned<String>>) -> BTreeSet<String> {
        let kinds = opinion::kinds();
        let mut obeyed = BTreeSet::new();
        for kind in typed {
            if kinds.contains(&kind.get_ref().as_str()) {
                obeyed.insert(kind.into_inner());
            } else {
                let message =
                    format!("`obey` names `{}`; it is one of {}", kind.get_ref(), kinds.join(", "));
                self.complain(&kind, message);
            }
        }
        obeyed
    }

    fn demanded(
        &mut self,
        entry: &Spanned<RawSuppression>,
        key: &str,
        text: Option<&Spanned<String>>,
    ) -> Option<String> {
        if let Some(text) = text {
            return self.filled(key, text);
        }
        self.complain(entry, format!("the suppression has no `{key}`"));
        None
    }

    pub(super) fn filled(&mut self, key: &str, text: &Spanned<String>) -> Option<String> {
        let filled = text.get_ref().trim();
        if filled.is_empty() {
            self.complain(text, format!("`{key}` is empty"));
            return None;
        }
        Some(filled.to_owned())
    }

    fn justification(&mut self, word: &Spanned<String>) -> Option<String> {
        let text = word.get_ref();
        if JUSTIFICATIONS.contains(&text.as_str()) {
            return Some(text.clone());
        }
        let known = JUSTIFICATIONS.join(", ");
        self.complain(word, format!("`justification` is `{text}`; it is one of {known}"));
        None
    }

    /// An end in the past is reported as such; one in the far future would be none.
    fn not_too_late<T>(&mut self, typed: &Spanned<T>, until: Date, today: Option<Date>) {
        let Some(latest) = today.and_then(|today| today.checked_add(1.year()).ok()) else { return };
        if until > latest {
            let message = format!(
                "`until` is {until}, more than a year ahead; the last day that is possible is \
                 {latest}"
            );
            self.complain(typed, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use jiff::civil::date;

    use crate::{
        config::{Config, Error, Overrides, parse},
        model::Origin,
    };

    fn read(text: &str) -> Result<Config, Error> {
        let origin = Origin { reference: None, path: "patchline.toml".to_owned(), row: None };
        let overrides = Overrides { today: Some(date(2031, 6, 15)), ..Overrides::default() };
        parse(Some((text, &origin)), &overrides)
    }

    fn complaints(text: &str) -> String {
        let Err(error) = read(text) else { return "valid".to_owned() };
        let row = |row: Option<NonZeroU32>| row.map_or(0, NonZeroU32::get);
        let shown = error.complaints.iter();
        shown
            .map(|c| format!("{}: {}", row(c.origin.row), c.message))
            .collect::<Vec<_>>()
            .join("\n")
    }

    #[test]
    fn a_suppression_is_what_its_keys_say() {
        let text = r#"
[[suppress]]
id = "CVE-2031-0001"
package = "harbour"
lines = ["1.0.x", "main"]
reason = " it is never called "
justification = "vulnerable_code_not_in_execute_path"
until = 2032-06-15
[[suppress]]
id = "CVE-2031-0001"
reason = "gone"
until = 2020-01-01
[statements]
obey = ["deny.toml", "openvex", "sarif"]
"#;
        let silence = read(text).expect("it is valid").silence;
        assert_eq!(silence.obey.len(), 3);
        let [full, bare] = silence.suppressions.as_slice() else { panic!("{silence:?}") };
        assert_eq!(full.reason, "it is never called");
        assert_eq!(full.lines, ["1.0.x", "main"]);
        assert_eq!(full.origin.row, NonZeroU32::new(2));
        assert_eq!((bare.package.as_ref(), bare.lines.len()), (None, 0));
        assert_eq!(bare.until, date(2020, 1, 1));
    }

    #[test]
    fn every_complaint_about_silence_is_made_at_once_with_its_row() {
        let text = r#"[[suppress]]
[[suppress]]
id = ""
package = ""
lines = [""]
reason = "  "
until = 2031-12-31T10:00:00
justification = "because"
[[suppress]]
id = "CVE-2031-0001"
reason = "r"
until = 2032-06-16
[[suppress]]
id = "cve-2031-0001"
reason = "s"
until = 2031-07-01
[statements]
obey = ["deny.toml", "denytoml"]
"#;
        let kinds = crate::opinion::kinds().join(", ");
        let words = crate::model::JUSTIFICATIONS.join(", ");
        assert_eq!(
            complaints(text),
            format!(
                "1: the suppression has no `id`
1: the suppression has no `reason`
1: the suppression has no `until`, the last day on which it holds
3: `id` is empty
4: `package` is empty
5: `lines` is empty
6: `reason` is empty
7: `until` is a day, such as 2027-06-30
8: `justification` is `because`; it is one of {words}
12: `until` is 2032-06-16, more than a year ahead; the last day that is possible is 2032-06-15
13: `cve-2031-0001` is suppressed twice for the same
18: `obey` names `denytoml`; it is one of {kinds}"
            )
        );
    }

    #[test]
    fn a_typo_or_a_date_in_quotes_is_an_error_with_its_place() {
        let entry = "[[suppress]]\nid = \"CVE-2031-0001\"\nreason = \"r\"\n";
        assert!(
            complaints(&format!("{entry}untill = 2031-07-01\n")).starts_with("4: unknown field")
        );
        assert!(complaints(&format!("{entry}until = \"2031-07-01\"\n")).starts_with("4: "));
        assert!(complaints(&format!("{entry}until = 2031-02-30\n")).starts_with("4: "));
        assert_eq!(complaints(&format!("{entry}until = 2031-07-01\n")), "valid");
    }
}
