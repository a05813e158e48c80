//! What a tool says of its own run: failures and errors, which make it incomplete.

use serde_json::Value;

use super::{
    rules::{level, one_line},
    value::{list, read, text},
};
use crate::model::Level;

/// More notifications than this are counted.
const MOST: usize = 20;

/// Adds every reason why the run is not the whole truth. Notifications count from a level on.
pub(super) fn gaps(bytes: Option<&[u8]>, from: Level, incomplete: &mut Vec<String>) {
    let Some(invocations) = bytes.and_then(|bytes| read::<Value>(bytes).ok()) else { return };
    let mut more = 0;
    for invocation in list(&invocations, "") {
        if invocation.get("executionSuccessful") == Some(&Value::Bool(false)) {
            let why = text(invocation, "/exitCodeDescription").map(one_line);
            let why = why.map(|why| format!(": {why}")).unwrap_or_default();
            incomplete.push(format!("the tool says that it did not succeed{why}"));
        }
        let of = |key| list(invocation, key).iter();
        let notifications =
            of("/toolExecutionNotifications").chain(of("/toolConfigurationNotifications"));
        for notification in notifications {
            let level = level(notification.get("level")).unwrap_or(Level::Warning);
            if level < from {
                continue;
            }
            if incomplete.len() >= MOST {
                more += 1;
                continue;
            }
            incomplete.push(words(notification));
        }
    }
    if more > 0 {
        incomplete.push(format!("the tool tells of {more} more errors"));
    }
}

fn words(notification: &Value) -> String {
    let said = text(notification, "/message/text")
        .or_else(|| text(notification, "/message/markdown"))
        .or_else(|| text(notification, "/exception/message"))
        .or_else(|| text(notification, "/descriptor/id"))
        .or_else(|| text(notification, "/message/id"));
    one_line(said.unwrap_or("the tool tells of an error without a message"))
}
