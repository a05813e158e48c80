//! `Cargo.toml`: which versions of its dependencies a package accepts.
//!
//! Reference: <https://doc.rust-lang.org/cargo/reference/specifying-dependencies.html>. Nothing
//! else of a manifest is read: features and targets are the resolver's business.

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::Rows;
use crate::model::{Dependency, Manifest, Trouble};

const TABLES: [&str; 5] = [
    "dependencies",
    "dev-dependencies",
    "build-dependencies",
    "dev_dependencies",
    "build_dependencies",
];

pub(super) fn read(bytes: &[u8]) -> Manifest {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return unreadable("it is not UTF-8");
    };
    let text = text.trim_start_matches('\u{feff}');
    let document = match DeTable::parse(text) {
        Ok(document) => document,
        Err(error) => return unreadable(error.message().lines().next().unwrap_or_default()),
    };
    let rows = Rows::of(text);
    let table = document.get_ref();
    let mut manifest = Manifest {
        package: sub(table, "package")
            .or_else(|| sub(table, "project"))
            .and_then(|package| package.get("name")?.get_ref().as_str())
            .map(Into::into),
        ..Manifest::default()
    };
    collect(table, &rows, &mut manifest.dependencies);
    for (_, target) in sub(table, "target").into_iter().flatten() {
        if let Some(target) = target.get_ref().as_table() {
            collect(target, &rows, &mut manifest.dependencies);
        }
    }
    if let Some(shared) = sub(table, "workspace").and_then(|w| sub(w, "dependencies")) {
        manifest.workspace_dependencies =
            shared.iter().map(|(k, v)| dependency(k, v, &rows)).collect();
    }
    manifest
}

fn unreadable(why: &str) -> Manifest {
    let trouble = vec![Trouble::info(format!("it does not parse: {why}"))];
    Manifest { trouble, ..Manifest::default() }
}

fn sub<'t, 'a>(table: &'t DeTable<'a>, key: &str) -> Option<&'t DeTable<'a>> {
    table.get(key)?.get_ref().as_table()
}

fn collect(table: &DeTable<'_>, rows: &Rows, into: &mut Vec<Dependency>) {
    for name in TABLES {
        for (key, value) in sub(table, name).into_iter().flatten() {
            into.push(dependency(key, value, rows));
        }
    }
}

fn dependency(
    key: &Spanned<impl AsRef<str>>,
    value: &Spanned<DeValue<'_>>,
    rows: &Rows,
) -> Dependency {
    let table = value.get_ref().as_table();
    let text = |key: &str| table.and_then(|table| table.get(key)?.get_ref().as_str());
    Dependency {
        key: key.get_ref().as_ref().into(),
        package: text("package").unwrap_or(key.get_ref().as_ref()).into(),
        requirement: value.get_ref().as_str().or_else(|| text("version")).map(Into::into),
        inherited: table
            .and_then(|table| table.get("workspace")?.get_ref().as_bool())
            .unwrap_or(false),
        row: rows.at(key.span().start),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_requirement_is_found() {
        let manifest = read(
            br#"[package]
name = "app"
[dependencies]
time = "0.1.43"
clock = { package = "chrono", version = "=0.4.19", features = ["std"] }
shared = { workspace = true }
[target.'cfg(unix)'.dev-dependencies]
nix = "0.26"
[workspace.dependencies]
shared = { version = "1.2", default-features = false }
"#,
        );
        let shown: Vec<String> = manifest
            .dependencies
            .iter()
            .chain(&manifest.workspace_dependencies)
            .map(|d| format!("{} {} {:?} {}", d.row, d.package, d.requirement, d.inherited))
            .collect();
        assert_eq!(manifest.package.as_deref(), Some("app"));
        assert_eq!(
            shown,
            [
                r#"5 chrono Some("=0.4.19") false"#,
                "6 shared None true",
                r#"4 time Some("0.1.43") false"#,
                r#"8 nix Some("0.26") false"#,
                r#"10 shared Some("1.2") false"#,
            ]
        );
        assert!(!read(b"[package").trouble.is_empty());
    }
}
