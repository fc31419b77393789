//! A layout as a picture: steps across, offsets up, one box a buffer.
//!
//! ```text
//!  arena ------------------  the arena's height, and dashed the peak: live bytes, which no layout is below
//!         +--+     +------+
//!         |a |/////|  c   |  hatched: bytes below something live that hold nothing
//!         |  +--+--+      |
//!       0 +-----+--+------+-> step
//! ```
//!
//! The picture has no ground of its own and greys that are legible on light and dark; boxes have the colours of Okabe and
//! Ito, which people with any colour vision tell apart, made lighter under black names.

mod canvas;
mod frame;
mod graph;
mod waste;

use canvas::{Canvas, Rect};
use frame::Frame;

pub use graph::{Edge, Network, Node, graph};

use super::terminal::bytes;

/// A buffer in the arena.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What it is called. Any text will do.
    pub name: String,
    /// The first step in which it is live.
    pub start: u64,
    /// The step after its last.
    pub end: u64,
    /// Its first byte, counted from the start of the arena.
    pub offset: u64,
    /// Bytes.
    pub size: u64,
    /// Which colour it has; counted on, the seven repeat.
    pub colour: usize,
}

/// A layout to be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// What is shown: a file, a model.
    pub title: String,
    /// The buffers. One that is live in several stretches is several blocks of one name.
    pub blocks: Vec<Block>,
    /// Bytes of the arena.
    pub height: u64,
    /// The most bytes that are live at once.
    pub peak: u64,
}

/// Okabe and Ito's colours, lightened.
const COLOURS: [&str; 7] = [
    "#f2cc80", "#abdaf4", "#80cfb9", "#f7f1a1", "#80b9d9", "#eaaf80", "#e6bcd3",
];

/// `picture` as an SVG file of 960 by 540, to stand alone or within a page.
#[must_use]
pub fn layout(picture: &Picture) -> String {
    let frame = Frame::of(picture);
    let mut canvas = Canvas::new(&picture.title);
    frame.draw_axes(&mut canvas);
    for hole in waste::holes(&picture.blocks) {
        let area = frame.area((hole.start, hole.end), (hole.offset, hole.size));
        canvas.hatched(area);
    }
    draw_blocks(&mut canvas, &frame, picture);
    frame.draw_lines(&mut canvas, picture);
    canvas.finish()
}

/// A height worth a line: what it is, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// What there is.
    Budget(u64),
    /// What no order is below.
    Bound(u64),
}

/// Live bytes over steps as an SVG file: blocks stacked without gaps, the peak as a dashed line, and `marks` that are not
/// above the picture's height, which sets the scale.
#[must_use]
pub fn stacked(picture: &Picture, marks: &[Mark]) -> String {
    let frame = Frame::of(picture);
    let mut canvas = Canvas::new(&picture.title);
    frame.draw_axes(&mut canvas);
    draw_blocks(&mut canvas, &frame, picture);
    let mut lines = vec![(format!("peak {}", bytes(picture.peak)), picture.peak, "6 4")];
    for mark in marks {
        let (word, height, dashes) = match *mark {
            Mark::Budget(height) => ("budget", height, "2 3"),
            Mark::Bound(height) => ("bound", height, "10 3 2 3"),
        };
        if height <= picture.height {
            lines.push((format!("{word} {}", bytes(height)), height, dashes));
        }
    }
    frame.draw_legend(&mut canvas, &lines);
    canvas.finish()
}

fn draw_blocks(canvas: &mut Canvas, frame: &Frame, picture: &Picture) {
    for block in picture.blocks.iter().filter(|block| block.size > 0) {
        draw_block(canvas, frame, block, colour_of(block.colour));
    }
}

fn colour_of(colour: usize) -> &'static str {
    COLOURS[colour % COLOURS.len()]
}

fn draw_block(canvas: &mut Canvas, frame: &Frame, block: &Block, colour: &str) {
    let area = frame.area((block.start, block.end), (block.offset, block.size));
    let about = format!(
        "{}: {} bytes at offset {}, steps {} to {}",
        block.name,
        block.size,
        block.offset,
        block.start,
        block.end.saturating_sub(1)
    );
    canvas.filled(area, colour, &about);
    label(canvas, area, &block.name);
}

/// Heights of letters, and their usual width: what names have to fit in.
const LETTER: (f64, f64) = (6.2, 11.0);

/// The name in its box, upright if only that fits, shortened to its end if it is too long; none in a box of too little room.
fn label(canvas: &mut Canvas, area: Rect, name: &str) {
    let fits = |along: f64, across: f64| match across >= LETTER.1 {
        true => (along / LETTER.0) as usize,
        false => 0,
    };
    let (level, upright) = (fits(area.width, area.height), fits(area.height, area.width));
    let wanted = name.chars().count();
    let turned = level < wanted.min(8) && upright > level;
    let room = if turned { upright } else { level };
    if room >= wanted {
        canvas.name(area, name, turned);
    } else if room >= 4 {
        let tail: String = name.chars().skip(wanted + 1 - room).collect();
        canvas.name(area, &format!("…{tail}"), turned);
    }
}

#[cfg(test)]
mod tests {
    use super::{Block, Picture, layout};

    fn block(name: &str, (start, end): (u64, u64), offset: u64, size: u64) -> Block {
        Block {
            name: name.to_owned(),
            start,
            end,
            offset,
            size,
            colour: 0,
        }
    }

    fn picture(blocks: Vec<Block>) -> Picture {
        Picture {
            title: "four buffers".to_owned(),
            blocks,
            height: 12,
            peak: 10,
        }
    }

    /// How often each element and class occurs, by a parser's reading.
    fn parsed(svg: &str) -> Vec<String> {
        let mut reader = quick_xml::Reader::from_str(svg);
        let mut seen = Vec::new();
        loop {
            match reader.read_event().expect("well-formed XML") {
                quick_xml::events::Event::Eof => return seen,
                quick_xml::events::Event::Start(tag) | quick_xml::events::Event::Empty(tag) => {
                    for attribute in tag.attributes() {
                        attribute.expect("a well-formed attribute");
                    }
                    seen.push(tag.name().as_ref().to_owned());
                }
                _ => {}
            }
        }
    }

    #[test]
    fn each_buffer_is_a_box_and_holes_are_hatched() {
        let svg = layout(&picture(vec![
            block("b0", (1, 5), 0, 6),
            block("b1", (1, 3), 8, 4),
            block("b2", (4, 8), 6, 3),
            block("b3", (5, 9), 0, 5),
            block("nothing", (0, 9), 0, 0),
        ]));
        let boxes = parsed(&svg).iter().filter(|name| *name == "rect").count();
        // Four buffers, the holes at 6..8 below b1 and at 5..6 below b2, and the legend's swatch.
        assert_eq!(boxes, 4 + 2 + 1, "{svg}");
        assert!(svg.contains("b1: 4 bytes at offset 8, steps 1 to 2"));
        assert!(svg.contains("arena 12 bytes") && svg.contains("peak 10 bytes"));
    }

    #[test]
    fn names_of_strangers_are_text() {
        let name = "</svg><script>&\"'\u{1b}[2J";
        let mut wild = picture(vec![block(name, (0, 1), 0, 12)]);
        wild.title = name.to_owned();
        let svg = layout(&wild);
        assert!(!svg.contains("<script") && !svg.contains('\u{1b}'));
        assert!(!parsed(&svg).is_empty());
    }

    #[test]
    fn any_figures_can_be_drawn() {
        let far = block("far", (u64::MAX - 1, u64::MAX), u64::MAX - 1, 1);
        for blocks in [vec![], vec![block("b", (3, 4), 0, 0)], vec![far]] {
            let svg = layout(&picture(blocks));
            assert!(!parsed(&svg).is_empty());
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        }
    }
}
