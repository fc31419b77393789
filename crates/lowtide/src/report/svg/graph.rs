//! A network down its order: a row a step, columns by what is waiting, edges as thick as the square root of their bytes.

use std::collections::BTreeMap;

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
    /// Stretches of nodes that belong together: the first, the one after the last, and a name, which may be empty.
    pub cells: Vec<(u32, u32, String)>,
}

/// An operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// What it is called. Any text will do.
    pub name: String,
    /// Its column.
    pub lane: u32,
    /// Which colour it has; counted on, the seven repeat.
    pub colour: usize,
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

const ROW: f64 = 24.0;
const TOP: f64 = 44.0;
const LEFT: f64 = 24.0;
/// Columns as wide as sizes need, unless they are so many.
const LANE: (f64, f64) = (44.0, 16.0);
const WIDEST: f64 = 640.0;

/// `network` as an SVG file, as long as it has to be.
#[must_use]
pub fn graph(network: &Network) -> String {
    let lanes = network.nodes.iter().map(|node| node.lane).max();
    let lanes = f64::from(lanes.unwrap_or(0) + 1);
    let lane = (WIDEST / lanes).clamp(LANE.1, LANE.0);
    let beside = LEFT + lanes * lane;
    let size = (
        beside as u64 + 560,
        (TOP + ROW * network.nodes.len() as f64) as u64 + 8,
    );
    let mut canvas = Canvas::sized(&network.title, size);
    for (at, (first, end, name)) in network.cells.iter().enumerate() {
        let area = Rect {
            x: 4.0,
            y: TOP + f64::from(*first) * ROW + 1.0,
            width: size.0 as f64 - 8.0,
            height: f64::from(end.saturating_sub(*first)) * ROW - 2.0,
        };
        canvas.cell(area, at % 2 == 0);
        canvas.text((size.0 as f64 - 12.0, area.y + 15.0), name, "end");
    }
    edges(&mut canvas, network, lane);
    for (step, node) in network.nodes.iter().enumerate() {
        let (x, y) = place(lane, node.lane, step);
        let area = Rect {
            x: x - 5.0,
            y: y - 5.0,
            width: 10.0,
            height: 10.0,
        };
        canvas.filled(area, colour_of(node.colour), &node.name);
        canvas.text((beside, y + 4.0), &node.name, "start");
    }
    canvas.finish()
}

/// Lines, and under each writer how much it hands on.
fn edges(canvas: &mut Canvas, network: &Network, lane: f64) {
    let thickest = network.edges.iter().map(|edge| edge.bytes).max();
    for edge in &network.edges {
        let share = edge.bytes as f64 / thickest.unwrap_or(1).max(1) as f64;
        let about = format!("{}: {} bytes", edge.name, edge.bytes);
        if let Some(path) = path(network, edge, lane) {
            canvas.curve(&path, 0.8 + 4.0 * share.sqrt(), &about);
        }
    }
    // A tensor counts once, however many read it.
    let mut handed: BTreeMap<u32, BTreeMap<&str, u64>> = BTreeMap::new();
    for edge in &network.edges {
        let tensors = handed.entry(edge.from).or_default();
        tensors.insert(&edge.name, edge.bytes);
    }
    for (from, tensors) in handed {
        if let Some(node) = network.nodes.get(from as usize) {
            let (x, y) = place(lane, node.lane, from as usize);
            let bytes = tensors.values().sum();
            canvas.size((x + 5.0, y + ROW / 2.0 + 3.0), &short(bytes));
        }
    }
}

/// Three figures and a letter.
fn short(bytes: u64) -> String {
    let kib = bytes as f64 / 1024.0;
    match kib {
        ..1.0 => format!("{bytes}B"),
        ..100.0 => format!("{kib:.1}K"),
        ..1024.0 => format!("{kib:.0}K"),
        _ => format!("{:.1}M", kib / 1024.0),
    }
}

fn place(width: f64, lane: u32, step: usize) -> (f64, f64) {
    let x = LEFT + f64::from(lane) * width;
    (x, TOP + (step as f64 + 0.5) * ROW)
}

/// Straight down in the writer's column, then across just above the reader.
fn path(network: &Network, edge: &Edge, lane: f64) -> Option<String> {
    let at = |step: u32| {
        let node = network.nodes.get(step as usize)?;
        Some(place(lane, node.lane, step as usize))
    };
    let ((x1, y1), (x2, y2)) = (at(edge.from)?, at(edge.to)?);
    let turn = (y2 - ROW * 0.9).max(y1);
    let (bend, end) = (y2 - ROW * 0.3, y2 - ROW * 0.6);
    Some(format!(
        "M{x1:.1} {y1:.1}V{turn:.1}C{x1:.1} {bend:.1} {x2:.1} {end:.1} {x2:.1} {y2:.1}"
    ))
}
