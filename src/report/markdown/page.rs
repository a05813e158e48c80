//! A page that GitHub takes: whole rows up to its limit, and a word about what had no room.

use std::fmt::Write as _;

/// Kept free for the word about what was cut.
const CLOSING: usize = 400;

/// Markdown below a number of bytes. A character is a byte or more, so a limit in characters holds,
/// too.
pub(super) struct Page {
    text: String,
    limit: usize,
    is_cut: bool,
}

impl Page {
    pub(super) fn new(limit: usize) -> Self {
        Self { text: String::new(), limit, is_cut: false }
    }

    /// A paragraph or a heading, with an empty line after it: all of it or nothing.
    pub(super) fn block(&mut self, text: &str) {
        if self.fits(text.len() + 2) {
            self.text.push_str(text.trim_end());
            self.text.push_str("\n\n");
        } else {
            self.is_cut = true;
        }
    }

    /// What stands before rows (of a table, of a list), the rows that there is room for, and what
    /// stands after them.
    pub(super) fn rows(&mut self, before: &str, rows: &[String], after: &str) {
        const NOTE: usize = 80;
        let Some(first) = rows.first() else { return };
        if !self.fits(before.len() + first.len() + after.len() + NOTE) {
            self.is_cut = true;
            return;
        }
        self.text.push_str(before);
        let mut written = 0;
        for row in rows {
            if !self.fits(row.len() + 1 + after.len() + NOTE) {
                break;
            }
            self.text.push_str(row);
            self.text.push('\n');
            written += 1;
        }
        self.text.push('\n');
        if written < rows.len() {
            self.is_cut = true;
            let left = rows.len() - written;
            let _ = write!(self.text, "{left} more have no room here.\n\n");
        }
        self.text.push_str(after);
    }

    /// Begins what is folded; false: there is no room. The words are ours.
    pub(super) fn fold(&mut self, summary: &str) -> bool {
        let before = self.text.len();
        self.block(&super::fold(summary));
        self.text.len() > before
    }

    /// Ends what is folded. There is always room for that.
    pub(super) fn unfold(&mut self) {
        self.text.push_str(super::UNFOLD);
    }

    /// The page, and that it is cut, if it is.
    pub(super) fn finish(mut self) -> String {
        if self.is_cut {
            self.text.push_str(
                "**This page is cut:** GitHub takes no longer one. The report of this run \
                 (`patchline.json`) has all of it.\n",
            );
        }
        while self.text.ends_with("\n\n") {
            self.text.pop();
        }
        self.text
    }

    fn fits(&self, more: usize) -> bool {
        self.text.len() + more + CLOSING <= self.limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_cut_between_rows_and_says_so() {
        let rows: Vec<String> = (0..100).map(|row| format!("| row {row} | x |")).collect();
        let mut page = Page::new(1_000);
        page.block("# Title");
        page.rows("| a | b |\n|---|---|\n", &rows, "after\n\n");
        page.block(&"x".repeat(1_000));
        let text = page.finish();
        assert!(text.len() <= 1_000, "{}", text.len());
        let shown = text.lines().filter(|line| line.starts_with("| row")).count();
        assert!(shown > 10, "{text}");
        assert!(text.lines().filter(|l| l.starts_with("| row")).all(|l| l.ends_with("| x |")));
        assert!(text.contains(&format!("{} more have no room here.", 100 - shown)), "{text}");
        assert!(text.contains("after") && text.contains("This page is cut"), "{text}");
    }

    #[test]
    fn a_page_with_room_is_whole() {
        let mut page = Page::new(1_000);
        page.rows("| a |\n|---|\n", &["| b |".to_owned()], "");
        page.rows("never\n", &[], "never\n");
        assert_eq!(page.finish(), "| a |\n|---|\n| b |\n");
    }
}
