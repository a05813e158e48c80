//! Other people's opinions and the suppressions of our own report. The mirror of
//! `report/json/opinion`.

use jiff::Timestamp;
use serde_json::Value;

use super::{origin, tip};
use crate::{
    import::field,
    model::{
        Ecosystem, Expiry, LineId, Opinion, Origin, PackagePattern, Place, Stance, Suppression,
    },
};

pub(super) fn opinion(value: &Value) -> Option<Opinion> {
    let kind = field::text(value, "kind")?;
    let owned = |key: &str| field::text(value, key).map(str::to_owned);
    let line = field::text(value, "line").map(|line| LineId(line.to_owned()));
    let ecosystem = field::text(value, "ecosystem").map_or(Ecosystem::UNKNOWN, Ecosystem::named);
    Some(Opinion {
        kind: crate::opinion::kinds().into_iter().find(|known| *known == kind)?,
        ids: field::texts(value, "ids").into_iter().map(str::to_owned).collect(),
        package: owned("package").map(|name| PackagePattern {
            ecosystem,
            name,
            version: owned("version"),
        }),
        stance: match field::text(value, "stance")? {
            "ignored" => Stance::Ignored,
            "not_affected" => Stance::NotAffected,
            "fixed" => Stance::Fixed,
            "affected" => Stance::Affected,
            "under_investigation" => Stance::UnderInvestigation,
            other => Stance::Other(other.to_owned()),
        },
        justification: owned("justification"),
        reason: owned("reason"),
        expiry: match (owned("expires"), owned("unreadable_end")) {
            (_, Some(text)) => Expiry::Unreadable(text),
            (None, None) => Expiry::Never,
            (Some(text), None) => {
                text.parse::<Timestamp>().map_or(Expiry::Unreadable(text), Expiry::At)
            }
        },
        by: owned("by"),
        origin: origin(value.get("origin")?).unwrap_or(Origin {
            reference: None,
            path: String::new(),
            row: None,
        }),
        at: match line {
            Some(line) => Some(Place { line, tip: tip(field::text(value, "tip"))? }),
            None => None,
        },
        only_if: field::texts(value, "only_if").into_iter().map(str::to_owned).collect(),
    })
}

pub(super) fn suppression(value: &Value) -> Option<Suppression> {
    Some(Suppression {
        id: field::texts(value, "ids").first()?.to_string(),
        package: field::text(value, "package").map(str::to_owned),
        lines: field::texts(value, "lines").into_iter().map(str::to_owned).collect(),
        reason: field::text(value, "reason")?.to_owned(),
        justification: field::text(value, "justification").map(str::to_owned),
        until: field::date(value, "until")?,
        origin: origin(value.get("origin")?)?,
    })
}
