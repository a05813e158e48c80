//! Documents in the shape of `cargo metadata`, and what is made of them.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::*;
use crate::lockfile::{self, LockfileFormat as _};

/// `name: feature = value value, …` describes a package; `name -> name [dev|build] [optional]
/// [target]` a need of one. The first is the workspace's only member. Every feature that is named
/// after `+` is active.
fn document(rows: &str) -> Value {
    let mut packages: Vec<Value> = Vec::new();
    let mut nodes: Vec<Value> = Vec::new();
    let id = |name: &str| format!("path+file:///w/{name}#1.0.0");
    let rows = || rows.lines().map(str::trim).filter(|row| !row.is_empty());
    for row in rows().filter(|row| !row.contains("->")) {
        let (name, rest) = row.split_once(':').expect("a package");
        let (features, active) = rest.split_once('+').unwrap_or((rest, ""));
        let features: serde_json::Map<String, Value> = features
            .split(',')
            .filter_map(|feature| feature.split_once('='))
            .map(|(name, values)| {
                (name.trim().to_owned(), values.split_whitespace().collect::<Vec<_>>().into())
            })
            .collect();
        packages.push(json!({
            "name": name, "version": "1.0.0", "id": id(name), "source": null, "dependencies": [],
            "targets": [], "features": features, "manifest_path": format!("/w/{name}/Cargo.toml"),
        }));
        nodes.push(json!({
            "id": id(name), "dependencies": [], "deps": [],
            "features": active.split_whitespace().collect::<Vec<_>>(),
        }));
    }
    for row in rows().filter(|row| row.contains("->")) {
        let mut words = row.split_whitespace();
        let (from, to) = (words.next().expect("a name"), words.nth(1).expect("a name"));
        let mut kind = Value::Null;
        let mut optional = false;
        let mut target = Value::Null;
        for word in words {
            match word {
                "dev" | "build" => kind = word.into(),
                "optional" => optional = true,
                other => target = other.into(),
            }
        }
        let at = packages.iter().position(|package| package["name"] == from).expect("a package");
        packages[at]["dependencies"].as_array_mut().expect("a list").push(json!({
            "name": to, "source": null, "req": "*", "kind": kind, "rename": null,
            "optional": optional, "uses_default_features": true, "features": [],
            "target": target, "registry": null,
        }));
        let deps = nodes[at]["deps"].as_array_mut().expect("a list");
        let kind = json!({ "kind": kind, "target": target });
        match deps.iter_mut().find(|dep| dep["name"] == to) {
            Some(dep) => dep["dep_kinds"].as_array_mut().expect("a list").push(kind),
            None => deps.push(json!({ "name": to, "pkg": id(to), "dep_kinds": [kind] })),
        }
    }
    json!({
        "packages": packages, "workspace_members": [packages[0]["id"]],
        "resolve": { "nodes": nodes, "root": null }, "target_directory": "/w/target",
        "version": 1, "workspace_root": "/w", "metadata": null,
    })
}

fn graph(rows: &str) -> BuildGraph {
    let read = read(document(rows).to_string().as_bytes());
    read.graph.unwrap_or_else(|| panic!("{rows}: {:?}", read.trouble))
}

fn reached(graph: &BuildGraph, name: &str) -> String {
    let reach = graph.reach(name, "1.0.0");
    format!("{} {}", reach.as_str(), reach.via().join(", ")).trim_end().to_owned()
}

#[test]
fn a_package_is_built_where_and_for_what_all_its_ways_say() {
    let graph = graph(
        "app: tls = dep:only, full = tls, default = std, std = dep:usual + tls full default std
         usual:
         only:
         below:
         windows:
         deeper:
         both:
         tester:
         helper:
         compiler:
         app -> usual optional
         app -> only optional
         only -> below
         app -> windows cfg(windows)
         windows -> deeper cfg(target_env=\"msvc\")
         app -> both cfg(windows)
         app -> both dev
         app -> tester dev
         tester -> helper
         app -> compiler build",
    );
    for (name, expected) in [
        ("app", "built"),
        ("usual", "built"),
        ("only", "built feature app/tls"),
        ("below", "built feature app/tls"),
        ("windows", "built target cfg(windows)"),
        ("deeper", "built target cfg(windows)"),
        ("both", "built target cfg(windows)"),
        ("tester", "dev-only"),
        ("helper", "dev-only"),
        ("compiler", "built build script"),
        ("stranger", "not-built"),
    ] {
        assert_eq!(reached(&graph, name), expected, "{name}");
    }
    assert_eq!(graph.path("helper", "1.0.0"), ["app 1.0.0", "tester 1.0.0", "helper 1.0.0"]);
    assert_eq!(graph.path("stranger", "1.0.0"), [""; 0]);
    assert_eq!(graph.reach("usual", "2.0.0"), Reach::NotBuilt);
}

#[test]
fn a_way_without_a_condition_frees_from_all_others() {
    let graph = graph(
        "app:
         windows:
         plain:
         shared:
         app -> windows cfg(windows)
         app -> plain
         windows -> shared
         plain -> shared",
    );
    assert_eq!(reached(&graph, "shared"), "built");
}

#[test]
fn what_a_weak_feature_alone_locks_is_not_built() {
    let rows = |features: &str| {
        format!(
            "app:
             engine: weak = driver?/fast, strong = driver/fast, named = dep:driver + {features}
             driver: + fast
             app -> engine
             engine -> driver optional"
        )
    };
    for (features, expected) in [
        ("weak", "not-built"),
        ("", "not-built"),
        ("strong", "built"),
        ("weak named", "built"),
        // Its own feature, where the document does not list those.
        ("driver", "built"),
    ] {
        assert_eq!(reached(&graph(&rows(features)), "driver"), expected, "{features}");
    }
}

#[test]
fn many_conditions_are_not_listed() {
    let mut rows = "app:\nold:\n".to_owned();
    for index in 0..40 {
        writeln!(rows, "app -> old cfg(target_os=\"os{index}\")").expect("text takes it");
    }
    assert_eq!(reached(&graph(&rows), "old"), "built one of more than 12 targets");
}

#[test]
fn a_circle_ends() {
    let graph = graph("app:\na:\nb:\napp -> a cfg(unix)\na -> b\nb -> a\nb -> app dev");
    assert_eq!(reached(&graph, "b"), "built target cfg(unix)");
}

#[test]
fn a_document_about_something_else_is_told() {
    let graph = graph("app:\nhelper:\napp -> helper");
    let lock = |rows: &[&str]| {
        let package = |row: &&str| {
            let (name, version) = row.split_once(' ').expect("a version");
            format!("\n[[package]]\nname = \"{name}\"\nversion = \"{version}\"\n")
        };
        let text: String = rows.iter().map(package).collect();
        lockfile::cargo::CargoLock.read(format!("version = 4\n{text}").as_bytes())
    };
    for (rows, expected) in [
        (&["app 1.0.0", "helper 1.0.0"][..], None),
        (
            &["helper 1.0.0", "ferry 1.0.0"],
            Some("its workspace member `app 1.0.0` is not in the lockfile"),
        ),
        (
            &["app 1.0.1", "helper 1.0.0"],
            Some("its workspace member `app 1.0.0` is not in the lockfile"),
        ),
        (&["app 1.0.0"], Some("its package `helper 1.0.0` is not in the lockfile")),
        (
            &["app 1.0.0", "helper 1.0.0", "second 1.0.0"],
            Some("it does not know `second 1.0.0` of the lockfile"),
        ),
    ] {
        assert_eq!(graph.mismatch(&lock(rows)).as_deref(), expected, "{rows:?}");
    }
}

#[test]
fn what_is_no_document_says_why_and_claims_nothing() {
    let deep = format!("{}a{}", "not(".repeat(200_000), ")".repeat(200_000));
    let mut bomb = document("app:\nhelper:\napp -> helper cfg(unix)");
    bomb["resolve"]["nodes"][0]["deps"][0]["dep_kinds"][0]["target"] =
        format!("cfg({deep})").into();
    let mut lone = document("app:");
    lone["workspace_members"] = json!(["other"]);
    let mut empty = document("app:");
    empty["workspace_members"] = json!([]);
    let mut unresolved = document("app:");
    unresolved["resolve"] = Value::Null;
    for (bytes, expected) in [
        (String::new(), "it is no document of `cargo metadata`"),
        ("{}".to_owned(), "it is no document of `cargo metadata`"),
        (bomb.to_string(), "its conditions nest too deep to be read"),
        (lone.to_string(), "it names workspace members that it does not describe"),
        (empty.to_string(), "it has no workspace members"),
        (unresolved.to_string(), "it says nothing of dependencies, as with `--no-deps`"),
    ] {
        let read = read(bytes.as_bytes());
        assert!(read.graph.is_none(), "{expected}");
        assert!(read.trouble[0].message.starts_with(expected), "{}", read.trouble[0].message);
    }
}

#[test]
fn a_cut_document_is_none() {
    let whole = document("app:\nhelper:\napp -> helper").to_string();
    for length in 0..whole.len() {
        assert!(read(&whole.as_bytes()[..length]).graph.is_none(), "{length}");
    }
    assert!(read(whole.as_bytes()).graph.is_some());
}

#[test]
fn a_node_that_nobody_describes_harms_nobody() {
    let mut odd = document("app:\nhelper:\napp -> helper");
    let nodes = odd["resolve"]["nodes"].as_array_mut().expect("nodes");
    nodes.push(json!({ "id": "ghost", "dependencies": [], "deps": [] }));
    nodes[0]["deps"].as_array_mut().expect("needs").push(json!({
        "name": "nowhere", "pkg": "nowhere", "dep_kinds": [{ "kind": "odd", "target": null }],
    }));
    let graph = read(odd.to_string().as_bytes()).graph.expect("it is read");
    assert_eq!(reached(&graph, "helper"), "built");
}
