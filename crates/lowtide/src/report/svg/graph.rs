//! A network down its order: a row a step, columns by what is waiting, edges as thick as the square root of their bytes.

use super::canvas::{Canvas, Rect};
use super::colour_of;

/// A network to be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// What is shown.
    pub title: String,
    /// The operators, in their order.
    pub nodes: Vec<Node>,
    /// What they hand on.
    pub edges: Vec<Edge>,
}

/// An operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What it is called. Any text will do.
    pub name: String,
    /// Its column.
    pub lane: u32,
}

/// A tensor between two operators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Who writes it, as a place in the nodes.
    pub from: u32,
    /// Who reads it, further down.
    pub to: u32,
    /// What it is called.
    pub name: String,
    /// Its size.
    pub bytes: u64,
}

const ROW: f64 = 18.0;
const LANE: f64 = 16.0;
const TOP: f64 = 44.0;
const LEFT: f64 = 24.0;

/// `network` as an SVG file, as long as it has to be.
#[must_use]
pub fn graph(network: &Network) -> String {
    let lanes = network.nodes.iter().map(|node| node.lane).max();
    let beside = LEFT + f64::from(lanes.unwrap_or(0) + 1) * LANE;
    let size = (
        beside as u64 + 560,
        (TOP + ROW * network.nodes.len() as f64) as u64,
    );
    let mut canvas = Canvas::sized(&network.title, size);
    let thickest = network.edges.iter().map(|edge| edge.bytes).max();
    for edge in &network.edges {
        let share = edge.bytes as f64 / thickest.unwrap_or(1).max(1) as f64;
        let about = format!("{}: {} bytes", edge.name, edge.bytes);
        if let Some(path) = path(network, edge) {
            canvas.curve(&path, 0.8 + 4.0 * share.sqrt(), &about);
        }
    }
    for (step, node) in network.nodes.iter().enumerate() {
        let (x, y) = place(node.lane, step);
        let area = Rect {
            x: x - 5.0,
            y: y - 5.0,
            width: 10.0,
            height: 10.0,
        };
        let kind = node.name.split(' ').next().unwrap_or_default();
        canvas.filled(area, colour_of(kind), &node.name);
        canvas.text((beside, y + 4.0), &node.name, "start");
    }
    canvas.finish()
}

fn place(lane: u32, step: usize) -> (f64, f64) {
    let x = LEFT + f64::from(lane) * LANE;
    (x, TOP + (step as f64 + 0.5) * ROW)
}

/// Straight down in the writer's column, then across just above the reader.
fn path(network: &Network, edge: &Edge) -> Option<String> {
    let at = |step: u32| {
        let node = network.nodes.get(step as usize)?;
        Some(place(node.lane, step as usize))
    };
    let ((x1, y1), (x2, y2)) = (at(edge.from)?, at(edge.to)?);
    let turn = (y2 - ROW * 0.9).max(y1);
    let (bend, end) = (y2 - ROW * 0.3, y2 - ROW * 0.6);
    Some(format!(
        "M{x1:.1} {y1:.1}V{turn:.1}C{x1:.1} {bend:.1} {x2:.1} {end:.1} {x2:.1} {y2:.1}"
    ))
}
