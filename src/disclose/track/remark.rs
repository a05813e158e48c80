//! What was seen at a tip and not believed, or believed on its word alone.

use std::collections::BTreeMap;

use super::{
    cell::Context,
    graph::Node,
    story::Story,
    tip::{FixAt, Fixes, HoleAt},
};

/// So many remarks are made of one cell.
const MOST: usize = 5;

/// What somebody has to look at, of the newest tip of a line. `hole`: how it stands, and what brought
/// it in.
pub(super) fn remarks(
    fix: Option<&FixAt>,
    fixes: &Fixes<'_>,
    (hole, introduced): (&HoleAt, &[&Story]),
    tip: Node,
    context: &Context<'_>,
) -> Vec<String> {
    let mut said: BTreeMap<Node, String> = BTreeMap::new();
    let short = |node: Node| context.facts().graph.id(node).short().to_owned();
    let stories = || fixes.ways.iter().flat_map(|way| way.stories.iter().flatten().copied());
    if !matches!(fix, None | Some(FixAt::There { .. })) {
        for story in stories() {
            for (node, how) in story.hollow.iter().filter(|(node, _)| context.has(tip, **node)) {
                said.entry(*node).or_insert_with(|| {
                    format!("commit {} names the fix, and {}", short(*node), how.words("the fix"))
                });
            }
        }
    }
    if let Some(FixAt::Undone { by }) = fix
        && let Some(how) = stories().find_map(|story| story.words.get(by))
    {
        let text = format!(
            "commit {} says that it undoes the fix, and {}; it is believed all the same",
            short(*by),
            how.words("the fix")
        );
        said.insert(*by, text);
    }
    let what = "what brought the hole in";
    if let HoleAt::There { by, .. } = hole {
        for story in introduced {
            if let Some(how) = story.words.get(by) {
                said.entry(*by).or_insert_with(|| {
                    format!(
                        "commit {} names {what}, and {}; it is believed all the same",
                        short(*by),
                        how.words("that one")
                    )
                });
            }
            for (node, how) in story.hollow.iter().filter(|(node, _)| context.has(tip, **node)) {
                said.entry(*node).or_insert_with(|| {
                    format!(
                        "commit {} says that it undoes {what}, and {}",
                        short(*node),
                        how.words("that one")
                    )
                });
            }
        }
    }
    said.into_values().take(MOST).collect()
}
