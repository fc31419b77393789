//! What text is written onto: a width, and what the terminal can show.

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// A terminal, as far as text is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Columns.
    pub width: usize,
    /// Whether ANSI colours are understood.
    pub colour: bool,
    /// Whether more than ASCII is shown.
    pub unicode: bool,
}

impl Default for Page {
    /// 80 columns without colour.
    fn default() -> Self {
        Self {
            width: 80,
            colour: false,
            unicode: true,
        }
    }
}

/// What a piece of text is, which says how it is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Tone {
    /// Text.
    #[default]
    Plain,
    /// A heading.
    Title,
    /// The figure that matters.
    Figure,
    /// Good news.
    Good,
    /// Bad news, and the peak.
    Bad,
    /// What may be overlooked.
    Quiet,
}

impl Tone {
    fn style(self) -> Style {
        let colour = |colour: AnsiColor| Style::new().fg_color(Some(colour.into()));
        match self {
            Self::Plain => Style::new(),
            Self::Title | Self::Figure => Style::new().bold(),
            Self::Good => colour(AnsiColor::Green),
            Self::Bad => colour(AnsiColor::Yellow).bold(),
            Self::Quiet => Style::new().dimmed(),
        }
    }
}

/// Where the values of facts begin.
const VALUE_COLUMN: usize = 12;

impl Page {
    /// `text` in its tone.
    pub(super) fn paint(&self, text: &str, tone: Tone) -> String {
        if self.colour && tone != Tone::Plain {
            let style = tone.style();
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }

    /// `unicode`, or `ascii` where the terminal shows no more.
    pub(super) fn either<'a>(&self, unicode: &'a str, ascii: &'a str) -> &'a str {
        if self.unicode { unicode } else { ascii }
    }

    /// `text` in at most `width` columns, shortened towards its middle. Two thirds of what stays are the end, where
    /// the names of one network differ most.
    pub(super) fn middle(&self, text: &str, width: usize) -> String {
        if text.width() <= width {
            return text.to_owned();
        }
        let mark = self.either("…", "..");
        let room = width.saturating_sub(mark.width());
        let head = fitting(text.chars(), room / 3);
        let tail = fitting(text.chars().rev(), room - room / 3);
        let tail: String = tail.chars().rev().collect();
        format!("{head}{mark}{tail}")
    }

    /// A labelled fact, its value wrapped under itself.
    pub(super) fn fact(&self, label: &str, value: &str, tone: Tone) -> String {
        let lines = wrap(value, self.width.saturating_sub(VALUE_COLUMN).max(20));
        let lines = lines.iter().enumerate().map(|(i, line)| {
            let label = if i == 0 { label } else { "" };
            format!("{label:<VALUE_COLUMN$}{}\n", self.paint(line, tone))
        });
        lines.collect()
    }

    /// `text` as lines of the page's width, broken at spaces.
    pub(super) fn paragraph(&self, text: &str, tone: Tone) -> String {
        let lines = wrap(text, self.width);
        let lines = lines.iter().map(|line| self.paint(line, tone) + "\n");
        lines.collect()
    }

    /// A line of its own, bold, with an empty line before.
    pub(super) fn heading(&self, text: &str) -> String {
        format!("\n{}\n", self.paint(text, Tone::Title))
    }
}

/// The first characters of `chars` that fit `width` columns.
fn fitting(chars: impl Iterator<Item = char>, width: usize) -> String {
    let mut used = 0;
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= width
    };
    chars.take_while(fits).collect()
}

/// Lines of at most `width` columns, broken at spaces; a longer word stands alone.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in words(text) {
        let line = lines.last_mut().expect("there is always a line");
        if line.is_empty() {
            line.push_str(&word);
        } else if line.width() + 1 + word.width() <= width {
            line.push(' ');
            line.push_str(&word);
        } else {
            lines.push(word);
        }
    }
    lines
}

/// The words of `text`; a number and the unit behind it are one.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for word in text.split(' ') {
        let is_unit = UNITS.iter().any(|unit| word.starts_with(unit));
        match words.last_mut() {
            Some(last) if is_unit && last.ends_with(|c: char| c.is_ascii_digit()) => {
                last.push(' ');
                last.push_str(word);
            }
            _ => words.push(word.to_owned()),
        }
    }
    words
}

/// What stays beside its number.
const UNITS: &[&str] = &["bytes", "KiB", "%", "ms", "us", "s)"];

/// `text` without control characters: names come from files of strangers, and terminals obey them.
pub(in crate::report) fn tame(text: &str) -> String {
    let tame = |c: char| if c.is_control() { '?' } else { c };
    text.chars().map(tame).collect()
}

#[cfg(test)]
mod tests {
    use super::{Page, tame, wrap};

    #[test]
    fn names_lose_their_middle() {
        let page = Page::default();
        assert_eq!(page.middle("block_1/conv/weights", 9), "bl…eights");
        assert_eq!(page.middle("short", 9), "short");
        let ascii = Page {
            unicode: false,
            ..page
        };
        assert_eq!(ascii.middle("block_1/conv/weights", 9), "bl..ights");
    }

    #[test]
    fn wide_characters_count_twice() {
        assert_eq!(Page::default().middle("活性化関数", 7), "活…関数");
    }

    #[test]
    fn text_wraps_at_spaces() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
    }

    #[test]
    fn units_stay_beside_their_numbers() {
        assert_eq!(wrap("only 1024 bytes", 10), ["only", "1024 bytes"]);
    }

    #[test]
    fn terminals_get_no_orders_from_names() {
        assert_eq!(tame("\u{1b}[2Jx\n"), "?[2Jx?");
    }
}
