//! Live bytes over steps, as bars.

use crate::report::terminal::page::{Page, Tone};
use crate::report::terminal::words::kib;

/// Lines of bars.
const ROWS: u64 = 8;
/// A bar is at most this wide, so that a handful of steps does not become a wall.
const WIDEST_BAR: usize = 6;
/// An eighth of a cell to a full one.
const BLOCKS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// The same where the terminal shows ASCII alone.
const ASCII: [char; 9] = [' ', '.', '.', '.', ':', ':', ':', '#', '#'];
/// Behind the figures under the axis.
const STEP: &str = "  step";

/// A height worth a line across the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report::terminal) struct Line {
    /// What it is.
    pub(in crate::report::terminal) word: &'static str,
    /// Where it is.
    pub(in crate::report::terminal) bytes: u64,
    /// What it is drawn with, and the same in ASCII.
    pub(in crate::report::terminal) marks: (&'static str, &'static str),
}

/// What live bytes are drawn on: several pictures on one scale can be compared.
#[derive(Clone, Copy, Debug)]
pub(in crate::report::terminal) struct Scale<'a> {
    /// The highest byte shown; all that is drawn has to be below.
    pub(in crate::report::terminal) top: u64,
    /// Lines across. Of two in one row of characters the first is drawn.
    pub(in crate::report::terminal) lines: &'a [Line],
}

/// The picture of `live`, one figure a step, with the step `peak` marked. Where there are more steps than columns, a
/// column shows the largest of its steps.
pub(in crate::report::terminal) fn chart(
    live: &[u64],
    peak: Option<u32>,
    scale: Scale<'_>,
    page: &Page,
) -> String {
    let top = scale.top;
    if top == 0 || live.iter().all(|&bytes| bytes == 0) {
        return String::new();
    }
    let beside = label_width(top) + " │".chars().count() + STEP.len();
    let room = page.width.saturating_sub(beside).max(8);
    let bars = Bars::of(live, peak, room);
    let mut text = String::new();
    for row in (0..ROWS).rev() {
        let line = scale
            .lines
            .iter()
            .find(|line| row_of(line.bytes, top) == Some(row));
        let label = match line {
            _ if row == ROWS - 1 => format!("{} KiB", kib(top)),
            Some(line) => format!("{} KiB", kib(line.bytes)),
            None => String::new(),
        };
        text += &format!("{label:>width$} ", width = label_width(top));
        text += page.either("│", "|");
        text += &bars.row(row, top, line, page);
        text += "\n";
    }
    text + &bars.axis(live.len(), peak, label_width(top), page)
}

/// What the lines are, in one line of text.
pub(in crate::report::terminal) fn legend(lines: &[Line], page: &Page) -> String {
    let words = lines.iter().map(|line| {
        let mark = page.either(line.marks.0, line.marks.1).repeat(3);
        format!("{mark} {} {} KiB", line.word, kib(line.bytes))
    });
    let words: Vec<String> = words.collect();
    page.paint(&words.join("   "), Tone::Quiet) + "\n"
}

/// The row of characters in which a height lies; none above the picture.
fn row_of(bytes: u64, top: u64) -> Option<u64> {
    let row = (u128::from(bytes) * u128::from(ROWS)).div_ceil(u128::from(top.max(1)));
    u64::try_from(row)
        .ok()?
        .checked_sub(1)
        .filter(|&row| row < ROWS)
}

fn label_width(top: u64) -> usize {
    kib(top).len() + " KiB".len()
}

/// What each column shows.
struct Bars {
    heights: Vec<u64>,
    at_peak: Option<usize>,
    bar_width: usize,
}

impl Bars {
    fn of(live: &[u64], peak: Option<u32>, room: usize) -> Self {
        let columns = live.len().min(room);
        let start = |column: usize| column * live.len() / columns;
        let height = |column| live[start(column)..start(column + 1)].iter().max();
        Self {
            heights: (0..columns)
                .map(|column| height(column).copied().unwrap_or(0))
                .collect(),
            at_peak: peak
                .and_then(|step| (0..columns).find(|&column| (step as usize) < start(column + 1))),
            bar_width: (room / columns).clamp(1, WIDEST_BAR),
        }
    }

    fn row(&self, row: u64, top: u64, line: Option<&Line>, page: &Page) -> String {
        let blocks = if page.unicode { BLOCKS } else { ASCII };
        let cell = |(column, &height): (usize, &u64)| {
            // Rounded up: a step with any live byte at all shows.
            let eighths = (u128::from(height) * u128::from(ROWS) * 8).div_ceil(u128::from(top));
            let filled = eighths.saturating_sub(u128::from(row) * 8).min(8) as usize;
            let empty = line.filter(|_| filled == 0);
            let bar = match empty {
                Some(line) => page.either(line.marks.0, line.marks.1).to_owned(),
                None => blocks[filled].to_string(),
            };
            let bar = bar.repeat(self.bar_width);
            let tone = match self.at_peak == Some(column) && filled > 0 {
                true => Tone::Bad,
                false if empty.is_some() => Tone::Quiet,
                false => Tone::Plain,
            };
            page.paint(&bar, tone)
        };
        let line: String = self.heights.iter().enumerate().map(cell).collect();
        line.trim_end_matches(' ').to_owned()
    }

    /// The line under the bars, and the steps under it: the first, the last, and the peak's with a mark.
    fn axis(&self, steps: usize, peak: Option<u32>, label: usize, page: &Page) -> String {
        let width = self.heights.len() * self.bar_width;
        let line = page.either("─", "-").repeat(width);
        let corner = page.either("└", "+");
        let mut text = format!("{:>label$} {corner}{line}\n", "0");
        let mut marks = vec![' '; width];
        write_over(&mut marks, 0, "0");
        let last = steps.saturating_sub(1).to_string();
        write_over(&mut marks, width.saturating_sub(last.len()), &last);
        if let (Some(column), Some(step)) = (self.at_peak, peak) {
            let mark = format!("{}{step}", page.either("▲", "^"));
            let at = column * self.bar_width;
            write_over(
                &mut marks,
                at.min(width.saturating_sub(mark.chars().count())),
                &mark,
            );
        }
        let marks: String = marks.into_iter().collect();
        text += &format!("{:>label$}  {}{STEP}\n", "", marks.trim_end());
        text
    }
}

/// Writes `word` at `at`, and clears what it would run into: two figures side by side read as one.
fn write_over(line: &mut [char], at: usize, word: &str) {
    let end = at + word.chars().count();
    if at == 0 || line.get(at - 1) == Some(&' ') {
        let tail = line.iter_mut().skip(end);
        tail.take_while(|c| **c != ' ').for_each(|c| *c = ' ');
    }
    let cells = line.iter_mut().skip(at);
    cells.zip(word.chars()).for_each(|(cell, c)| *cell = c);
}

#[cfg(test)]
mod tests {
    use super::{Line, Scale, chart};

    const BOUND: Line = Line {
        word: "bound",
        bytes: 500,
        marks: ("╌", "-"),
    };

    fn picture(live: &[u64], peak: Option<u32>, page: &Page) -> String {
        let top = live.iter().copied().max().unwrap_or(0);
        let scale = Scale {
            top,
            lines: &[BOUND],
        };
        chart(live, peak, scale, page)
    }
    use crate::report::terminal::Page;

    #[test]
    fn every_line_fits_the_page() {
        let page = Page::default();
        for steps in [1, 2, 13, 69, 70, 71, 5000] {
            let live: Vec<u64> = (0..steps).map(|i| i * 37 % 1000 + 1).collect();
            for peak in 0..steps.min(80) {
                let text = picture(&live, Some(peak as u32), &page);
                let widest = text.lines().map(|line| line.chars().count()).max();
                assert!(widest <= Some(80), "{steps} steps:\n{text}");
            }
        }
    }

    #[test]
    fn nothing_live_is_no_picture() {
        assert_eq!(picture(&[], None, &Page::default()), "");
        assert_eq!(picture(&[0, 0], Some(0), &Page::default()), "");
    }
    #[test]
    fn a_line_runs_where_nothing_is_live() {
        let text = picture(&[1000, 100], Some(0), &Page::default());
        let lines: Vec<&str> = text.lines().collect();
        // 500 of 1000 bytes is the top of the fourth of eight rows.
        assert_eq!(lines[4], "0.5 KiB │██████╌╌╌╌╌╌");
        assert_eq!(lines[3], "        │██████");
    }
}
