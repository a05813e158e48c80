//! The products of a document: every released version of a package is one.

use std::collections::BTreeMap;

use super::shape::{Branch, FullName, Helper, ProductTree};
use crate::{
    disclose::{
        export::{
            json,
            lines::{Facts, Released},
            purl,
            version::Version,
            words,
        },
        record::{Disclosure, Record},
    },
    report::lines::openeox,
};

/// By the name of what is published, then by version.
pub(super) struct Products {
    known: BTreeMap<(String, Version), String>,
    product: String,
}

impl Products {
    pub(super) fn of(record: &Record, facts: &[Facts<'_>]) -> Self {
        let product = json::text(&words::one_line(&record.product), 1000);
        let mut known = BTreeMap::new();
        for facts in facts {
            let name = name(&product, facts.of);
            for release in &facts.released {
                let url = purl::of_release(record, facts.of.package.as_ref(), release);
                let url = url.into_iter().next().unwrap_or_default();
                known.entry((name.clone(), release.version.clone())).or_insert(url);
            }
        }
        Self { known, product }
    }

    /// The id of a release.
    pub(super) fn id(&self, disclosure: &Disclosure, release: &Released<'_>) -> String {
        id(&name(&self.product, disclosure), &release.version)
    }

    pub(super) fn tree(&self, record: &Record) -> ProductTree {
        let mut named: BTreeMap<&str, Vec<Branch>> = BTreeMap::new();
        for ((name, version), url) in &self.known {
            named.entry(name).or_default().push(Branch {
                category: "product_version",
                name: version.to_string(),
                branches: Vec::new(),
                product: Some(FullName {
                    name: format!("{name} {version}"),
                    product_id: id(name, version),
                    product_identification_helper: Helper { purl: url.clone() },
                }),
            });
        }
        let branches = named.into_iter().map(|(name, branches)| Branch {
            category: "product_name",
            name: name.to_owned(),
            branches,
            product: None,
        });
        let owner = openeox::Product::named(record.repository.as_deref());
        let vendor = if owner.is_named() { owner.vendor } else { self.product.clone() };
        let vendor = Branch {
            category: "vendor",
            name: vendor,
            branches: branches.collect(),
            product: None,
        };
        ProductTree { branches: vec![vendor] }
    }
}

/// What is published: a package, else the product itself.
fn name(product: &str, disclosure: &Disclosure) -> String {
    let package = disclosure.package.as_ref().map(|package| words::one_line(&package.name));
    package.filter(|name| !name.is_empty()).unwrap_or_else(|| product.to_owned())
}

fn id(name: &str, version: &Version) -> String {
    format!("{name}@{version}")
}
