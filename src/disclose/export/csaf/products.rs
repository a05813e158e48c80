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
    model::Ecosystem,
    report::lines::openeox,
};

/// What is published: a package of a registry, or the product itself, which is in none.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Published {
    name: String,
    /// In the spelling of OSV.
    ecosystem: Option<String>,
}

/// By what is published, then by version: with its package URL.
pub(super) struct Products {
    known: BTreeMap<(Published, Version), String>,
    product: String,
}

impl Products {
    pub(super) fn of(record: &Record, facts: &[Facts<'_>]) -> Self {
        let product = json::text(&words::one_line(&record.product), 1000);
        let mut known = BTreeMap::new();
        for facts in facts {
            let published = Published::of(&product, facts.of);
            for release in &facts.released {
                let url = purl::of_release(record, facts.of.package.as_ref(), release);
                let url = url.into_iter().next().unwrap_or_default();
                known.entry((published.clone(), release.version.clone())).or_insert(url);
            }
        }
        Self { known, product }
    }

    /// The id of a release. A version that two advisories write differently is one product.
    pub(super) fn id(&self, disclosure: &Disclosure, release: &Released<'_>) -> String {
        let published = Published::of(&self.product, disclosure);
        let key = (published, release.version.clone());
        let (published, version) = self.known.get_key_value(&key).map_or(&key, |(known, _)| known);
        published.id(version)
    }

    pub(super) fn tree(&self, record: &Record) -> ProductTree {
        let mut named: BTreeMap<&Published, Vec<Branch>> = BTreeMap::new();
        for ((published, version), url) in &self.known {
            named.entry(published).or_default().push(Branch {
                category: "product_version",
                name: version.to_string(),
                branches: Vec::new(),
                product: Some(FullName {
                    name: format!("{} {version}", published.shown()),
                    product_id: published.id(version),
                    product_identification_helper: Helper { purl: url.clone() },
                }),
            });
        }
        let branches = named.into_iter().map(|(published, branches)| Branch {
            category: "product_name",
            name: published.shown(),
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

impl Published {
    fn of(product: &str, disclosure: &Disclosure) -> Self {
        let package = disclosure.package.as_ref();
        let named = package.map(|package| (words::one_line(&package.name), package));
        match named.filter(|(name, _)| !name.is_empty()) {
            Some((name, package)) => {
                let ecosystem = Ecosystem::named(&package.ecosystem);
                Self { name, ecosystem: Some(words::one_line(ecosystem.as_str())) }
            }
            None => Self { name: product.to_owned(), ecosystem: None },
        }
    }

    /// `crates.io:ferry@1.4.0`: registries have packages of one name.
    fn id(&self, version: &Version) -> String {
        let ecosystem = self.ecosystem.iter().map(|ecosystem| format!("{ecosystem}:"));
        format!("{}{}@{version}", ecosystem.collect::<String>(), self.name)
    }

    /// `ferry (crates.io)`
    fn shown(&self) -> String {
        match &self.ecosystem {
            Some(ecosystem) => format!("{} ({ecosystem})", self.name),
            None => self.name.clone(),
        }
    }
}
