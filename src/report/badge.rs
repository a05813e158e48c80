//! Badges: the state of all lines, or of one, in a few words. A picture that needs no font and
//! nobody's server, and the data that shields.io draws one from
//! (<https://shields.io/badges/endpoint-badge>).
//!
//! A badge is read without its report, so it is green only if everything was looked at.

use std::fmt::Write as _;

use jiff::civil::Date;
use serde::Serialize;

use super::state::{self, Sign, State, Whole};
use crate::{
    escape::{self, html::text},
    model::{LineId, Outcome, Report, Word},
};

/// What a badge says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Badge {
    label: String,
    message: String,
    colour: Colour,
    as_of: Date,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Colour {
    Good,
    /// Something is open that the gate does not mind, or warns of.
    Open,
    /// Not everything was looked at.
    Blind,
    /// Nothing was.
    Unknown,
    Bad,
}

impl Colour {
    /// For white text, with a contrast of at least 4.5.
    fn hex(self) -> &'static str {
        match self {
            Self::Good => "#1b7a43",
            Self::Open => "#8a5a00",
            Self::Blind => "#86590a",
            Self::Unknown => "#5f6368",
            Self::Bad => "#b3261e",
        }
    }

    /// The name that shields.io knows.
    fn shields(self) -> &'static str {
        match self {
            Self::Good => "brightgreen",
            Self::Open | Self::Blind => "orange",
            Self::Unknown => "lightgrey",
            Self::Bad => "red",
        }
    }
}

/// What every picture of ours has.
const MARK: &str = "data-generator=\"patchline\"";

/// True if this is a picture of a badge that was made here.
pub fn is_ours(svg: &str) -> bool {
    svg.starts_with("<svg ") && svg.contains(MARK)
}

/// No label or message is longer, in characters.
const LONGEST: usize = 60;

/// The badge of a whole report.
pub fn overall(report: &Report) -> Badge {
    let lines = report.lines.iter().filter(|line| line.is_scanned());
    let states: Vec<State> = lines.map(|line| state::state(report, &line.id)).collect();
    let all = states.len();
    let is_patched = |state: &&State| {
        state.sight == Whole::Seen
            && state.open.iter().all(|(word, _, _)| *word == Word::Suppressed)
    };
    let patched = states.iter().filter(is_patched).count();
    let suppressed: usize = states
        .iter()
        .flat_map(|state| &state.open)
        .filter(|(word, _, _)| *word == Word::Suppressed)
        .map(|(_, count, _)| count)
        .sum();
    let is_blind = report.coverage.iter().any(|coverage| coverage.covered.is_gap());
    let mut message = match all {
        0 => "no supported line".to_owned(),
        all => format!("{patched} of {all} patched"),
    };
    // The rest may be cut.
    if is_blind || report.outcome == Outcome::Incomplete {
        message.push_str(", incomplete");
    }
    if suppressed > 0 && all > 0 {
        let _ = write!(message, ", {suppressed} suppressed");
    }
    if let Some(part) = &report.part {
        let _ = write!(message, " ({part})");
    }
    let colour = match report.outcome {
        Outcome::Fail => Colour::Bad,
        Outcome::Incomplete => Colour::Blind,
        Outcome::Pass if all == 0 => Colour::Unknown,
        Outcome::Pass if is_blind || report.part.is_some() => Colour::Blind,
        Outcome::Pass if patched < all => Colour::Open,
        Outcome::Pass => Colour::Good,
    };
    Badge::new("release lines", &message, colour, report.as_of)
}

/// The badge of a line.
pub fn line(report: &Report, id: &LineId) -> Badge {
    let state = state::state(report, id);
    // What comes last may be cut.
    let mut parts: Vec<String> = state.sight.as_str().map(str::to_owned).into_iter().collect();
    parts.extend(state.open.iter().map(|(word, count, _)| match word {
        Word::FixedUnreleased => format!("{count} fixed, not released"),
        word => format!("{count} {}", word.as_str()),
    }));
    let is_only_suppressed = state.open.iter().all(|(word, _, _)| *word == Word::Suppressed);
    if state.sight == Whole::Seen && is_only_suppressed {
        parts.insert(0, "patched".to_owned());
    }
    let colour = match (state.sight, state.sign) {
        (_, Sign::Bad) => Colour::Bad,
        (Whole::NotScanned, _) => Colour::Unknown,
        (Whole::InPart, _) => Colour::Blind,
        (Whole::Seen, Sign::Warning | Sign::Plain) => Colour::Open,
        (Whole::Seen, Sign::Good) => Colour::Good,
    };
    Badge::new(&id.0, &parts.join(", "), colour, report.as_of)
}

/// The data of a badge that shields.io draws: an endpoint.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Endpoint<'a> {
    schema_version: u32,
    label: &'a str,
    message: &'a str,
    color: &'a str,
    /// Nobody can give such a badge another colour in its address.
    is_error: bool,
}

impl Badge {
    fn new(label: &str, message: &str, colour: Colour, as_of: Date) -> Self {
        let short = |text: &str| escape::cut(&escape::line(text), LONGEST);
        Self { label: short(label), message: short(message), colour, as_of }
    }

    /// JSON for shields.io.
    pub fn endpoint(&self) -> String {
        let endpoint = Endpoint {
            schema_version: 1,
            label: &self.label,
            message: &self.message,
            color: self.colour.shields(),
            is_error: self.colour != Colour::Good,
        };
        serde_json::to_string(&endpoint).map(|json| escape::json(&json) + "\n").unwrap_or_default()
    }

    /// The picture. Its texts are as wide as they are told to be, whatever the font.
    pub fn svg(&self) -> String {
        const PADDING: usize = 8;
        let (label, message) = (text(&self.label), text(&self.message));
        let (label_width, message_width) = (width(&self.label), width(&self.message));
        let left = label_width + 2 * PADDING;
        let right = message_width + 2 * PADDING;
        let all = left + right;
        let said = format!("{label}: {message}, as of {}", self.as_of);
        let colour = self.colour.hex();
        let at = left + PADDING;
        format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" width="{all}" height="22" viewBox="0 0 {all} 22" role="img" {MARK} aria-label="{said}"><title>{said}</title><clipPath id="r"><rect width="{all}" height="22" rx="4"/></clipPath><g clip-path="url(#r)"><path fill="#2b323a" d="M0 0h{left}v22H0z"/><path fill="{colour}" d="M{left} 0h{right}v22H{left}z"/><path stroke="#fff" stroke-opacity=".45" stroke-dasharray="3 3" d="M{left} 1v20"/></g><g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11"><text x="{PADDING}" y="15" textLength="{label_width}" lengthAdjust="spacingAndGlyphs">{label}</text><text x="{at}" y="15" textLength="{message_width}" lengthAdjust="spacingAndGlyphs">{message}</text></g></svg>
"##
        )
    }
}

/// About how wide a text is in the font that browsers take for badges, at its size, in pixels.
fn width(text: &str) -> usize {
    let tenths: usize = text
        .chars()
        .map(|c| match c {
            'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '|' | '\'' | '!' => 34,
            'f' | 'r' | 't' | ' ' | '(' | ')' | '-' | '/' | '[' | ']' => 46,
            'm' | 'w' | 'M' | 'W' | '%' | '@' | '…' => 104,
            c if c.is_ascii_uppercase() => 78,
            c if c.is_ascii() => 68,
            _ => 110,
        })
        .sum();
    tenths.div_ceil(10).max(1)
}
