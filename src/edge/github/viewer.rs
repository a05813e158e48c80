//! Whose token it is: what carries our marker is ours only if we wrote it.
//!
//! The token of a workflow may not ask for `GET /user`, and may ask for the viewer of
//! <https://docs.github.com/en/graphql/reference/queries#viewer>.

use serde_json::Value;

use super::{
    Failure, Session,
    http::{Method, Request},
};

const QUERY: &str = "{\"query\":\"query{viewer{login}}\"}";

impl Session {
    /// The login that everything is written under.
    pub async fn viewer(&mut self) -> Result<String, Failure> {
        let address = self.graphql();
        let request = Request::to(Method::Post, &address, Some(QUERY));
        // Nothing is written, so it may be asked twice.
        let request = Request { is_repeatable: true, ..request };
        let first = self.document(&request, |_, _| None).await;
        let login = |document: &Value, pointer: &str| {
            let login = document.pointer(pointer).and_then(Value::as_str)?;
            (!login.is_empty()).then(|| login.to_owned())
        };
        if let Some(login) = first.as_ref().ok().and_then(|it| login(it, "/data/viewer/login")) {
            return Ok(login);
        }
        let address = format!("{}/user", self.api());
        let second = self.document(&Request::of(&address), |_, _| None).await?;
        login(&second, "/login").ok_or_else(|| {
            Failure::of(
                "GitHub does not say whose token it is",
                "is it the token of an account or app?",
            )
        })
    }
}
