//! A credential, which is sent and never shown.

use std::fmt;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use reqwest::header::HeaderValue;

/// What stands in the place of a secret.
const HIDDEN: &str = "***";
/// The name that goes with a token of GitHub where git asks for one.
const GIT_USER: &str = "x-access-token";

/// A token. It has no `Display`, and its `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// `None`: there is nothing but white space.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// A text of others in which the secret may stand, as it is or as it is sent, without it.
    pub fn hide_in(&self, text: &str) -> String {
        let sent = BASE64_STANDARD.encode(format!("{GIT_USER}:{}", self.0));
        text.replace(&self.0, HIDDEN).replace(&sent, HIDDEN)
    }

    /// The row that says to a git server who asks.
    pub fn git_header(&self) -> String {
        basic(GIT_USER, &self.0)
    }

    /// The header that says who asks; `None`: no header can hold it.
    pub(super) fn bearer(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", self.0)).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

/// The row that says who asks, for a name and a password: <https://www.rfc-editor.org/rfc/rfc7617>.
pub fn basic(name: &str, password: &str) -> String {
    format!("Authorization: Basic {}", BASE64_STANDARD.encode(format!("{name}:{password}")))
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_not_shown() {
        let secret = Secret::new(" s3cret\n").expect("a secret");
        let header = secret.bearer().expect("a header");
        assert_eq!((&*format!("{secret:?}"), header.as_bytes()), ("***", &b"Bearer s3cret"[..]));
        assert!(!format!("{header:?}").contains("s3cret"));
        assert_eq!(secret.hide_in("bad token s3cret, s3cret"), "bad token ***, ***");
        let sent = secret.git_header();
        assert_eq!(secret.hide_in(&sent), "Authorization: Basic ***");
        assert_eq!(basic("x", "s3cret"), "Authorization: Basic eDpzM2NyZXQ=");
        assert_eq!(Secret::new(" \n"), None);
        assert!(Secret::new("a\nb").is_some_and(|secret| secret.bearer().is_none()));
    }
}
