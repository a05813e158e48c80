//! `[scan] dependabot`, and the file that speaks in its place.

use toml::Spanned;

use super::Checker;
use crate::{
    config::{Asks, Dependabot},
    escape::without_credentials,
};

impl Checker<'_> {
    pub(super) fn dependabot(
        &mut self,
        asks: Option<Spanned<String>>,
        saved: Option<Spanned<String>>,
    ) -> Dependabot {
        let asks = asks.map(|asks| self.asks(&asks)).unwrap_or_default();
        let saved = saved.and_then(|path| {
            let text = path.get_ref();
            if text.trim().is_empty() || text.contains("://") {
                let shown = without_credentials(text);
                self.complain(&path, format!("`dependabot-alerts` is `{shown}`; it is a file"));
                return None;
            }
            if asks == Asks::Off {
                let message = "`dependabot` is off, so `dependabot-alerts` would not be read";
                self.complain(&path, message.to_owned());
            }
            Some(path.into_inner())
        });
        Dependabot { asks, saved }
    }

    fn asks(&mut self, text: &Spanned<String>) -> Asks {
        match text.get_ref().as_str() {
            "auto" => Asks::Auto,
            "required" => Asks::Required,
            "off" => Asks::Off,
            other => {
                let message =
                    format!("`dependabot` is `{other}`; it is one of auto, required, off");
                self.complain(text, message);
                Asks::Auto
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::{Overrides, parse},
        model::Origin,
    };

    #[test]
    fn alerts_are_asked_for_or_read_from_a_file_or_neither() {
        for (text, expected) in [
            ("", Ok((Asks::Auto, None))),
            ("dependabot = \"auto\"", Ok((Asks::Auto, None))),
            ("dependabot = \"required\"", Ok((Asks::Required, None))),
            ("dependabot = \"off\"", Ok((Asks::Off, None))),
            ("dependabot-alerts = \"alerts.json\"", Ok((Asks::Auto, Some("alerts.json")))),
            (
                "dependabot = \"yes\"",
                Err("`dependabot` is `yes`; it is one of auto, required, off"),
            ),
            (
                "dependabot = \"off\"\ndependabot-alerts = \"alerts.json\"",
                Err("`dependabot` is off, so `dependabot-alerts` would not be read"),
            ),
            (
                "dependabot-alerts = \"https://user:secret@example.org/x\"",
                Err("`dependabot-alerts` is `https://example.org/x`; it is a file"),
            ),
        ] {
            let origin = Origin { reference: None, path: "patchline.toml".to_owned(), row: None };
            let file = format!("[scan]\n{text}\n");
            let found = parse(Some((&file, &origin)), &Overrides::default());
            let found = found.map(|config| config.scan.dependabot);
            let expected = expected
                .map(|(asks, saved)| Dependabot { asks, saved: saved.map(str::to_owned) })
                .map_err(|message| vec![message.to_owned()]);
            let messages = |error: crate::config::Error| {
                error.complaints.into_iter().map(|complaint| complaint.message).collect()
            };
            assert_eq!(found.map_err(messages), expected, "{text}");
        }
    }

    #[test]
    fn facts_are_in_files_or_at_https_addresses() {
        let origin = Origin { reference: None, path: "patchline.toml".to_owned(), row: None };
        let parse = |text: &str| parse(Some((text, &origin)), &Overrides::default());
        let config =
            parse("[facts]\nkev = \"kev.json\"\nepss = \"https://example.org/epss.csv.gz\"\n");
        let facts = config.expect("it is valid").facts;
        assert_eq!(facts.kev.as_deref(), Some("kev.json"));
        assert_eq!(facts.epss.as_deref(), Some("https://example.org/epss.csv.gz"));
        let error = parse("[facts]\nkev = \"http://example.org/kev\"\n").expect_err("it is not");
        let message = "`kev` is `http://example.org/kev`; it is a file or an https address";
        assert_eq!(error.complaints[0].message, message);
    }
}
