//! Advisories × lines.

use std::fmt::Write as _;

use super::{BOLD, DIM, columns, day, short_ref, word_style};
use crate::{
    escape,
    model::{ReleaseLine, Report, Standing},
    report::rows::{self, Row},
};

pub(super) fn draw(page: &mut String, report: &Report, width: usize) {
    let rows = rows::rows(report);
    let has_column = |line: &&ReleaseLine| {
        line.is_scanned()
            || (line.standing == Standing::Eol
                && rows.iter().any(|r| r.cells.contains_key(&line.id)))
    };
    let lines: Vec<&ReleaseLine> = report.lines.iter().filter(has_column).collect();
    if rows.is_empty() {
        tips(page, &lines);
        let _ = writeln!(page, "No advisory touches a scanned line.\n");
        return;
    }
    let labels: [usize; 3] = {
        let widest = |cell: fn(&Row<'_>) -> String, least: usize| {
            rows.iter().map(|row| columns(&cell(row))).max().unwrap_or(0).max(least)
        };
        [widest(id, 8), widest(package, 7), widest(severity, 8)]
    };
    let label_width: usize = labels.iter().map(|width| width + 2).sum();
    let mut rest = lines.as_slice();
    while !rest.is_empty() {
        let block = fitting(rest, &rows, width.saturating_sub(label_width));
        table(page, block, &rows, &labels);
        rest = &rest[block.len()..];
    }
}

/// As many lines as fit beside the labels, at least one.
fn fitting<'a>(
    lines: &'a [&'a ReleaseLine],
    rows: &[Row<'_>],
    width: usize,
) -> &'a [&'a ReleaseLine] {
    let mut used = 0;
    let fits = lines.iter().take_while(|line| {
        used += column_width(line, rows) + 2;
        used <= width
    });
    let count = fits.count().max(1);
    &lines[..count]
}

fn column_width(line: &ReleaseLine, rows: &[Row<'_>]) -> usize {
    let words =
        rows.iter().filter_map(|row| row.cells.get(&line.id)).map(|v| v.word.as_str().len());
    let [name, release] = heading(line).map(|text| columns(&text));
    words.max().unwrap_or(1).max(name).max(release)
}

/// A line's name and its newest release.
fn heading(line: &ReleaseLine) -> [String; 2] {
    let release = match &line.release {
        Some(release) => escape::line(&release.tag),
        None if line.head.is_some() => "(branch)".to_owned(),
        None => "-".to_owned(),
    };
    [escape::line(&line.id.0), release]
}

fn table(page: &mut String, lines: &[&ReleaseLine], rows: &[Row<'_>], labels: &[usize; 3]) {
    let widths: Vec<usize> = lines.iter().map(|line| column_width(line, rows)).collect();
    let [id_width, package_width, severity_width] = labels;
    let mut write_row =
        |style: anstyle::Style, left: [String; 3], cells: Vec<(anstyle::Style, String)>| {
            let [a, b, c] = left;
            let mut text =
                format!("{style}{a:id_width$}  {b:package_width$}  {c:severity_width$}{style:#}");
            for ((style, cell), width) in cells.iter().zip(&widths) {
                let padding = " ".repeat(width.saturating_sub(columns(cell)));
                let _ = write!(text, "  {style}{cell}{style:#}{padding}");
            }
            let _ = writeln!(page, "{}", text.trim_end());
        };
    let head = |index: usize, style: anstyle::Style| -> Vec<(anstyle::Style, String)> {
        lines.iter().map(|line| (style, heading(line)[index].clone())).collect()
    };
    let labels = ["ADVISORY", "PACKAGE", "SEVERITY"].map(str::to_owned);
    write_row(BOLD, labels, head(0, BOLD));
    write_row(DIM, std::array::from_fn(|_| String::new()), head(1, DIM));
    for row in rows {
        let cells = lines
            .iter()
            .map(|line| match row.cells.get(&line.id) {
                Some(verdict) => (word_style(verdict.word), verdict.word.as_str().to_owned()),
                None => (DIM, "-".to_owned()),
            })
            .collect();
        write_row(anstyle::Style::new(), [id(row), package(row), severity(row)], cells);
    }
    page.push('\n');
}

fn id(row: &Row<'_>) -> String {
    escape::line(&row.finding.key.vulnerability)
}

fn package(row: &Row<'_>) -> String {
    let name = escape::line(&row.finding.key.package);
    match rows::package_note(&row.finding.key) {
        None => name,
        Some(note) => format!("{name} ({})", escape::line(&note)),
    }
}

fn severity(row: &Row<'_>) -> String {
    escape::line(&rows::severity(row.finding))
}

/// Where the scanned lines stand, when there is nothing else to draw.
fn tips(page: &mut String, lines: &[&ReleaseLine]) {
    for line in lines {
        let head = line.head.as_ref().map(|head| short_ref(&head.reference));
        let release = line.release.as_ref().map(|release| {
            let date = release.date.map(|date| format!(" of {}", day(date))).unwrap_or_default();
            format!("{}{date}", escape::line(&release.tag))
        });
        let parts: Vec<String> = head.into_iter().chain(release).collect();
        let _ =
            writeln!(page, "  {BOLD}{}{BOLD:#}  {}", escape::line(&line.id.0), parts.join(", "));
    }
    page.push('\n');
}
