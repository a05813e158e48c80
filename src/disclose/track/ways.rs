//! Which commits mend a line, by what the record and the history say.

use std::collections::BTreeSet;

use super::{
    cell::Context,
    facts::Named,
    graph::Node,
    mark::review,
    story::{Does, Method, Role, Story},
    tip::Way,
    touch::{Bearing, bearing},
};
use crate::disclose::{
    Record,
    record::{Disclosure, LineRow},
};

impl Context<'_> {
    pub(super) fn ways<'s>(&'s self, advisory: &Disclosure, row: Option<&LineRow>) -> Vec<Way<'s>> {
        let stories = |names: &[String]| -> Vec<Vec<&'s Story>> {
            names
                .iter()
                .filter_map(|name| self.story(name, Role::Fix))
                .map(|story| vec![story])
                .collect()
        };
        let named: Vec<Node> = advisory
            .fix
            .iter()
            .chain(row.into_iter().flat_map(|row| &row.fix))
            .filter_map(|name| match self.story(name, Role::Fix)?.named {
                Named::Commit(node) => Some(node),
                _ => None,
            })
            .collect();
        let reviewed = |addresses: Vec<String>| -> Vec<Vec<&'s Story>> {
            let known = addresses.iter().filter_map(|address| self.reviewed.get(address));
            let is_of_fix = |story: &&Story| named.is_empty() || self.is_part(story, &named);
            let all: Vec<Vec<&Story>> =
                known.map(|stories| stories.iter().filter(is_of_fix).collect()).collect();
            // A review that no commit speaks of is not merged, or it is not said.
            if all.iter().any(Vec::is_empty) { Vec::new() } else { all }
        };
        let mut ways = vec![Way { stories: stories(&advisory.fix), method: None }];
        if let Some(row) = row {
            let method = (!advisory.fix.is_empty()).then_some(Method::Declared);
            let own = with_the_rest(stories(&row.fix), stories(&advisory.fix));
            ways.push(Way { stories: own, method });
            let addresses = row.reviews.iter().map(|address| review(address)).collect();
            ways.push(Way { stories: reviewed(addresses), method: Some(Method::Trailers) });
        }
        let addresses = fix_addresses(advisory).collect();
        ways.push(Way { stories: reviewed(addresses), method: Some(Method::Trailers) });
        ways.retain(|way| !way.stories.is_empty());
        ways
    }

    /// What is said to mend other lines: whoever has it is mended, too.
    pub(super) fn fixes_of_others<'s>(&'s self, advisory: &Disclosure) -> Vec<Way<'s>> {
        let stories = |row: &LineRow| -> Vec<Vec<&'s Story>> {
            let told = row.fix.iter().filter_map(|name| self.story(name, Role::Fix));
            told.map(|story| vec![story]).collect()
        };
        let mut ways: Vec<Way<'s>> =
            advisory.lines.iter().map(|row| Way { stories: stories(row), method: None }).collect();
        ways.retain(|way| !way.stories.is_empty());
        ways
    }

    pub(super) fn introduced<'s>(
        &'s self,
        advisory: &Disclosure,
        row: Option<&LineRow>,
    ) -> Vec<&'s Story> {
        let of_row = row.into_iter().flat_map(|row| &row.introduced);
        let names = advisory.introduced.iter().chain(of_row);
        names.filter_map(|name| self.story(name, Role::Hole)).collect()
    }

    /// What was made under a review changes something that a fix changes.
    fn is_part(&self, story: &Story, fixes: &[Node]) -> bool {
        let touched = |node: &Node| self.facts.touched.get(node);
        let Named::Commit(node) = &story.named else { return false };
        let Some(own) = touched(node) else { return false };
        let all = fixes.iter().filter_map(touched);
        all.into_iter().any(|fix| bearing(fix, own) == Bearing::Something)
    }
}

/// A commit of a row answers for the fix that it is a copy of. Those that are a copy of none answer for the
/// rest if there are as many of them; otherwise the rest is still needed.
fn with_the_rest<'s>(own: Vec<Vec<&'s Story>>, fixes: Vec<Vec<&'s Story>>) -> Vec<Vec<&'s Story>> {
    let is_of = |own: &[&Story], fix: &[&Story]| {
        let is_copy = |own: &&Story, fix: &&Story| match &own.named {
            Named::Commit(node) => {
                matches!(fix.events.get(node), Some((Does::Apply, _))) || own.named == fix.named
            }
            _ => own.name == fix.name,
        };
        own.iter().any(|own| fix.iter().any(|fix| is_copy(own, fix)))
    };
    if own.is_empty() {
        return own;
    }
    let mut free: Vec<&Named> = Vec::new();
    let others = own.iter().filter(|own| !fixes.iter().any(|fix| is_of(own, fix)));
    for story in others.flatten() {
        // A commit that is named twice is one.
        if !free.contains(&&story.named) {
            free.push(&story.named);
        }
    }
    let free = free.len();
    let is_open = |fix: &Vec<&Story>| !own.iter().any(|own| is_of(own, fix));
    let rest: Vec<Vec<&Story>> = fixes.into_iter().filter(is_open).collect();
    let is_enough = free >= rest.len();
    own.into_iter().chain(rest.into_iter().filter(|_| !is_enough)).collect()
}

/// Every address of a review that stands for a fix.
pub(super) fn addresses(record: &Record) -> BTreeSet<String> {
    let all = record.advisories.iter().flat_map(|advisory| {
        let rows = advisory.lines.iter().flat_map(|row| &row.reviews).map(|url| review(url));
        rows.chain(fix_addresses(advisory)).collect::<Vec<_>>()
    });
    all.collect()
}

/// Addresses of reviews that the advisory as a whole calls its fix.
fn fix_addresses(advisory: &Disclosure) -> impl Iterator<Item = String> + '_ {
    let is_fix = |reference: &&crate::disclose::record::Reference| {
        reference.kind == "fix" && !reference.url.contains("/commit/")
    };
    advisory.references.iter().filter(is_fix).map(|reference| review(&reference.url))
}
