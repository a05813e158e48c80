//! `[targets]`: what the project means to keep to.

use toml::Spanned;

use super::Checker;
use crate::{
    config::raw::RawTargets,
    model::{Rating, Targets},
};

/// Ten years: more days than this are no target.
const MOST_DAYS: u32 = 3650;

impl Checker<'_> {
    pub(super) fn targets(&mut self, raw: &RawTargets) -> Targets {
        let typed = [
            ("critical", Rating::Critical, &raw.critical),
            ("high", Rating::High, &raw.high),
            ("medium", Rating::Medium, &raw.medium),
            ("low", Rating::Low, &raw.low),
        ];
        let days = typed
            .into_iter()
            .filter_map(|(key, rating, text)| Some((rating, self.target(key, text.as_ref()?)?)));
        Targets { days: days.collect() }
    }

    fn target(&mut self, key: &str, text: &Spanned<String>) -> Option<u32> {
        let typed = text.get_ref();
        let days = typed.strip_suffix('d').and_then(|days| days.trim().parse::<u32>().ok());
        if let Some(days) = days.filter(|days| *days <= MOST_DAYS) {
            return Some(days);
        }
        let message = format!(
            "`{key}` is `{typed}`; write a number of days up to {MOST_DAYS}, such as \"7d\""
        );
        self.complain(text, message);
        None
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        config::{Overrides, parse},
        model::{Origin, Rating},
    };

    #[test]
    fn a_target_is_a_number_of_days() {
        let origin = Origin { reference: None, path: "patchline.toml".to_owned(), row: None };
        let read = |text: &str| {
            let text = format!("[targets]\n{text}\n");
            parse(Some((&text, &origin)), &Overrides::default()).map(|config| config.targets.days)
        };
        let days = read("critical = \"7d\"\nlow = \"0d\"").expect("valid");
        assert_eq!(days.into_iter().collect::<Vec<_>>(), [(Rating::Low, 0), (Rating::Critical, 7)]);
        assert!(read("").expect("valid").is_empty());
        for text in ["7", "7 weeks", "-1d", "d", "3651d", ""] {
            let error = read(&format!("high = \"{text}\"")).expect_err(text);
            let message = &error.complaints[0].message;
            assert!(message.starts_with(&format!("`high` is `{text}`; write")), "{message}");
        }
        assert!(read("none = \"1d\"").is_err());
    }
}
