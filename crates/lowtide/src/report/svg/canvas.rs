//! SVG elements, written by an XML writer that escapes what it is given.

use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesEnd, BytesStart, BytesText, Event};

use crate::report::terminal::tame;

/// A rectangle of the picture, in its units, from its upper left corner.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rect {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// A picture in the making.
pub(super) struct Canvas(Writer<Vec<u8>>);

/// A grey of the same contrast to white and to black.
const INK: &str = "#767676";
const FONT: &str = "system-ui, sans-serif";
const HATCHING: &str = "M-2 8 L8 -2 M4 14 L14 4";

impl Canvas {
    /// An empty picture of this title, 960 by 540.
    pub(super) fn new(title: &str) -> Self {
        Self::sized(title, (960, 540))
    }

    /// An empty picture of this title and size.
    pub(super) fn sized(title: &str, (width, height): (u64, u64)) -> Self {
        let view = format!("0 0 {width} {height}");
        let mut canvas = Self(Writer::new_with_indent(Vec::new(), b' ', 1));
        let root = BytesStart::new("svg").with_attributes([
            ("xmlns", "http://www.w3.org/2000/svg"),
            ("viewBox", view.as_str()),
            ("width", &width.to_string()),
            ("height", &height.to_string()),
            ("role", "img"),
            ("font-family", FONT),
            ("font-size", "12"),
        ]);
        // Writing into memory cannot fail.
        let _ = canvas.0.write_event(Event::Start(root));
        canvas.element("title", &[], Some(title));
        let _ = canvas.define_hatching();
        canvas.text((96.0, 20.0), title, "start");
        canvas
    }

    fn define_hatching(&mut self) -> io::Result<()> {
        let pattern = [
            ("id", "lowtide-wasted"),
            ("width", "10"),
            ("height", "10"),
            ("patternUnits", "userSpaceOnUse"),
        ];
        let stroke = [("d", HATCHING), ("stroke", INK), ("stroke-width", "1")];
        let outer = self.0.create_element("defs");
        outer.write_inner_content(|writer| {
            let pattern = writer.create_element("pattern").with_attributes(pattern);
            pattern.write_inner_content(|writer| {
                let path = writer.create_element("path").with_attributes(stroke);
                path.write_empty().map(drop)
            })?;
            Ok(())
        })?;
        Ok(())
    }

    fn element(&mut self, name: &str, attributes: &[(&str, &str)], text: Option<&str>) {
        let element = self.0.create_element(name);
        let element = element.with_attributes(attributes.iter().copied());
        // Writing into memory cannot fail.
        let _ = match text {
            Some(text) => element.write_text_content(BytesText::new(&allowed(text))),
            None => element.write_empty(),
        };
    }

    /// A box of one colour that says what it is when pointed at.
    pub(super) fn filled(&mut self, area: Rect, colour: &str, about: &str) {
        let [x, y, width, height] = figures(area);
        let attributes = [
            ("x", x.as_str()),
            ("y", &y),
            ("width", &width),
            ("height", &height),
            ("fill", colour),
            ("stroke", "#333333"),
            ("stroke-width", "0.7"),
        ];
        let element = self.0.create_element("rect").with_attributes(attributes);
        // Writing into memory cannot fail.
        let _ = element.write_inner_content(|writer| {
            let title = writer.create_element("title");
            let text = allowed(about);
            title.write_text_content(BytesText::new(&text)).map(drop)
        });
    }

    /// A hatched box.
    pub(super) fn hatched(&mut self, area: Rect) {
        let [x, y, width, height] = figures(area);
        let attributes = [
            ("x", x.as_str()),
            ("y", &y),
            ("width", &width),
            ("height", &height),
            ("fill", "url(#lowtide-wasted)"),
        ];
        self.element("rect", &attributes, None);
    }

    /// A ground for what belongs together, every other one `darker`.
    pub(super) fn cell(&mut self, area: Rect, darker: bool) {
        let [x, y, width, height] = figures(area);
        let attributes = [
            ("x", x.as_str()),
            ("y", &y),
            ("width", &width),
            ("height", &height),
            ("rx", "6"),
            ("fill", INK),
            ("fill-opacity", if darker { "0.14" } else { "0.06" }),
        ];
        self.element("rect", &attributes, None);
    }

    /// A line, solid if `dashes` is empty.
    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), dashes: &str) {
        let [x1, y1, x2, y2] = [from.0, from.1, to.0, to.1].map(figure);
        let mut attributes = vec![
            ("x1", x1.as_str()),
            ("y1", &y1),
            ("x2", &x2),
            ("y2", &y2),
            ("stroke", INK),
            ("stroke-width", "1.5"),
        ];
        if !dashes.is_empty() {
            attributes.push(("stroke-dasharray", dashes));
        }
        self.element("line", &attributes, None);
    }

    /// A line along `path`, in SVG's syntax, that says what it is when pointed at.
    pub(super) fn curve(&mut self, path: &str, thickness: f64, about: &str) {
        let thickness = figure(thickness);
        let attributes = [
            ("d", path),
            ("fill", "none"),
            ("stroke", INK),
            ("stroke-width", &thickness),
            ("stroke-opacity", "0.6"),
        ];
        let element = self.0.create_element("path").with_attributes(attributes);
        // Writing into memory cannot fail.
        let _ = element.write_inner_content(|writer| {
            let title = writer.create_element("title");
            let text = allowed(about);
            title.write_text_content(BytesText::new(&text)).map(drop)
        });
    }

    /// Text beside the boxes; `anchor` is where in it `at` lies.
    pub(super) fn text(&mut self, at: (f64, f64), text: &str, anchor: &str) {
        let [x, y] = [at.0, at.1].map(figure);
        let attributes = [
            ("x", x.as_str()),
            ("y", &y),
            ("text-anchor", anchor),
            ("fill", INK),
        ];
        self.element("text", &attributes, Some(text));
    }

    /// A small figure beside a line.
    pub(super) fn size(&mut self, at: (f64, f64), text: &str) {
        let [x, y] = [at.0, at.1].map(figure);
        let attributes = [
            ("x", x.as_str()),
            ("y", &y),
            ("font-size", "9"),
            ("fill", INK),
        ];
        self.element("text", &attributes, Some(text));
    }

    /// The name in the middle of its box, from bottom to top if `turned`.
    pub(super) fn name(&mut self, area: Rect, name: &str, turned: bool) {
        let x = figure(area.x + area.width / 2.0);
        let y = figure(area.y + area.height / 2.0);
        let turn = format!("rotate(-90 {x} {y})");
        let mut attributes = vec![
            ("x", x.as_str()),
            ("y", &y),
            ("text-anchor", "middle"),
            ("dominant-baseline", "central"),
            ("font-size", "10"),
            ("pointer-events", "none"),
            ("fill", "#000000"),
        ];
        if turned {
            attributes.push(("transform", &turn));
        }
        self.element("text", &attributes, Some(name));
    }

    /// The file.
    pub(super) fn finish(mut self) -> String {
        // Writing into memory cannot fail, and all that was written is UTF-8.
        let _ = self.0.write_event(Event::End(BytesEnd::new("svg")));
        let mut text = String::from_utf8(self.0.into_inner()).unwrap_or_default();
        text.push('\n');
        text
    }
}

/// `text` with what XML cannot hold replaced.
fn allowed(text: &str) -> String {
    tame(text).replace(['\u{fffe}', '\u{ffff}'], "?")
}

fn figures(area: Rect) -> [String; 4] {
    [area.x, area.y, area.width, area.height].map(figure)
}

/// A coordinate, as fine as it can be seen.
fn figure(value: f64) -> String {
    format!("{value:.2}")
}
