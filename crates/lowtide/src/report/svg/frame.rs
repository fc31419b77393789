//! Where steps and bytes are on the picture.

use super::Picture;
use super::canvas::{Canvas, Rect};
use crate::report::terminal::bytes;

const LEFT: f64 = 96.0;
const TOP: f64 = 56.0;
const WIDTH: f64 = 848.0;
const HEIGHT: f64 = 436.0;

/// The scales of both axes.
pub(super) struct Frame {
    first: u64,
    /// One more than the last step that is shown.
    last: u64,
    highest: u64,
}

impl Frame {
    pub(super) fn of(picture: &Picture) -> Self {
        let blocks = &picture.blocks;
        let first = blocks.iter().map(|block| block.start).min().unwrap_or(0);
        let last = blocks.iter().map(|block| block.end).max().unwrap_or(0);
        let tops = blocks
            .iter()
            .map(|block| block.offset.saturating_add(block.size));
        let highest = tops.max().unwrap_or(0);
        Self {
            first,
            last: last.max(first.saturating_add(1)),
            highest: highest.max(picture.height).max(picture.peak).max(1),
        }
    }

    fn x(&self, step: u64) -> f64 {
        let width = self.last.saturating_sub(self.first).max(1);
        LEFT + WIDTH * (step.saturating_sub(self.first) as f64 / width as f64)
    }

    fn y(&self, byte: u64) -> f64 {
        TOP + HEIGHT * (1.0 - byte as f64 / self.highest as f64)
    }

    /// Where `steps` (first, end) and `bytes` (offset, size) are.
    pub(super) fn area(&self, steps: (u64, u64), bytes: (u64, u64)) -> Rect {
        let (x, y) = (self.x(steps.0), self.y(bytes.0.saturating_add(bytes.1)));
        Rect {
            x,
            y,
            width: self.x(steps.1) - x,
            height: self.y(bytes.0) - y,
        }
    }

    /// Both axes, with round figures.
    pub(super) fn draw_axes(&self, canvas: &mut Canvas) {
        let (right, floor) = (LEFT + WIDTH, TOP + HEIGHT);
        canvas.line((LEFT, floor), (right, floor), "");
        canvas.line((LEFT, TOP), (LEFT, floor), "");
        let (unit, word) = match self.highest {
            0..8192 => (1, "bytes"),
            8192..8_388_608 => (1024, "KiB"),
            _ => (1_048_576, "MiB"),
        };
        for tick in ticks(0, self.highest / unit, 8) {
            let y = self.y(tick.saturating_mul(unit));
            canvas.line((LEFT - 4.0, y), (LEFT, y), "");
            canvas.text((LEFT - 8.0, y + 4.0), &tick.to_string(), "end");
        }
        for step in ticks(self.first, self.last, 12) {
            let x = self.x(step);
            canvas.line((x, floor), (x, floor + 4.0), "");
            canvas.text((x, floor + 18.0), &step.to_string(), "middle");
        }
        canvas.text((right, floor + 36.0), "step", "end");
        canvas.text((LEFT - 8.0, TOP - 12.0), word, "end");
    }

    /// The arena's height and the peak, as lines and in words.
    pub(super) fn draw_lines(&self, canvas: &mut Canvas, picture: &Picture) {
        let arena = (
            format!("arena {}", bytes(picture.height)),
            picture.height,
            "",
        );
        let peak = (format!("peak {}", bytes(picture.peak)), picture.peak, "6 4");
        let x = self.draw_legend(canvas, &[arena, peak]);
        canvas.hatched(Rect {
            x,
            y: TOP - 22.0,
            width: 28.0,
            height: 12.0,
        });
        canvas.text((x + 34.0, TOP - 12.0), "wasted below live bytes", "start");
    }

    /// Lines of `(words, height in bytes, dashes)`, explained above the picture; returns where the next word goes.
    pub(super) fn draw_legend(&self, canvas: &mut Canvas, lines: &[(String, u64, &str)]) -> f64 {
        let mut x = LEFT;
        for (text, byte, dashes) in lines {
            let y = self.y(*byte);
            canvas.line((LEFT, y), (LEFT + WIDTH, y), dashes);
            canvas.line((x, TOP - 16.0), (x + 28.0, TOP - 16.0), dashes);
            canvas.text((x + 34.0, TOP - 12.0), text, "start");
            x += 46.0 + text.chars().count() as f64 * 6.6;
        }
        x
    }
}

/// Round figures from `from` to `to`, at most about `most`.
fn ticks(from: u64, to: u64, most: u64) -> Vec<u64> {
    let wanted = (to - from).div_ceil(most).max(1);
    let mut magnitude = 1_u64;
    while magnitude.saturating_mul(10) <= wanted && magnitude < 1 << 60 {
        magnitude *= 10;
    }
    let step = [1, 2, 5, 10].map(|factor| magnitude.saturating_mul(factor));
    let step = step.into_iter().find(|&step| step >= wanted);
    let step = step.unwrap_or(u64::MAX);
    let first = from.div_ceil(step).saturating_mul(step);
    std::iter::successors(Some(first), |&tick| tick.checked_add(step))
        .take_while(|&tick| tick <= to)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::ticks;

    #[test]
    fn figures_are_round_and_few() {
        assert_eq!(ticks(0, 12, 8), [0, 2, 4, 6, 8, 10, 12]);
        assert_eq!(ticks(3, 4, 12), [3, 4]);
        assert_eq!(
            ticks(0, 1_048_576, 8),
            [0, 200_000, 400_000, 600_000, 800_000, 1_000_000]
        );
        assert!(ticks(1, u64::MAX, 8).len() <= 9);
    }
}
