//! The page's pictures and tables as files of their own.

mod sheets;

use super::super::BudgetOn;
use super::super::svg::{Block, Edge, Mark, Network, Node, Picture, graph, layout, stacked};
use super::{ArenaPart, PageData, RowPart, SidePart};

/// A file beside the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureFile {
    /// Its name, without a folder.
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// Of every order the memory over steps, each arena and the graph as SVG, its steps and tensors as CSV.
#[must_use]
pub fn pictures(data: &PageData) -> Vec<PictureFile> {
    let mut files = Vec::new();
    let budget = data.budget.filter(|budget| budget.on == BudgetOn::Peak);
    let budget = budget.map(|budget| Mark::Budget(budget.available_bytes));
    let bound = data.bound_bytes.map(Mark::Bound);
    let marks: Vec<Mark> = bound.into_iter().chain(budget).collect();
    let scale = data
        .sides
        .iter()
        .map(|side| side.peak_bytes)
        .max()
        .unwrap_or(0);
    for side in &data.sides {
        let label = side.label.replace(' ', "-");
        let title = |what: &str| format!("{}: {what}, {}", data.model.name, side.label);
        let mut add = |name: &str, text: String| {
            files.push(PictureFile {
                name: format!(
                    "{name}-{label}{}",
                    if text.starts_with('<') {
                        ".svg"
                    } else {
                        ".csv"
                    }
                ),
                text,
            });
        };
        let memory = memory(side, title("live bytes"), scale);
        add("memory", stacked(&memory, &marks));
        for plan in &side.arenas {
            let name = if plan.is_the_runtimes {
                "arena-runtime"
            } else {
                "arena-lowtide"
            };
            add(name, layout(&arena(side, plan, title(plan.planner))));
        }
        add("graph", graph(&network(side, title("operators"))));
        add("steps", sheets::steps(side));
        add("tensors", sheets::tensors(side));
    }
    let add = |name: &str, text: String| PictureFile {
        name: name.to_owned(),
        text,
    };
    if !data.rewrites.is_empty() {
        files.push(add("rewrites.csv", sheets::rewrites(&data.rewrites)));
    }
    if !data.orders.is_empty() {
        files.push(add("orders.csv", sheets::orders(&data.orders)));
    }
    files
}

fn arena(side: &SidePart, plan: &ArenaPart, title: String) -> Picture {
    let placed = side.tensors.iter().zip(&plan.offsets);
    let blocks = placed.map(|(band, &offset)| Block {
        name: band.name.clone(),
        start: band.start.into(),
        end: band.end.into(),
        offset,
        size: band.bytes,
        colour: band.colour.into(),
    });
    Picture {
        title,
        blocks: blocks.collect(),
        height: plan.bytes,
        peak: side.peak_bytes,
    }
}

/// Bands stacked without gaps: a tensor is one block for each stretch of steps in which nothing below it comes or goes.
fn memory(side: &SidePart, title: String, scale: u64) -> Picture {
    let mut blocks: Vec<Block> = Vec::new();
    let mut last_of: Vec<Option<usize>> = vec![None; side.tensors.len()];
    for step in 0..side.steps.len() as u32 {
        let mut offset = 0;
        for (at, band) in side.tensors.iter().enumerate() {
            if band.start > step || step >= band.end {
                continue;
            }
            let step = u64::from(step);
            match last_of[at].map(|last| &mut blocks[last]) {
                Some(block) if block.end == step && block.offset == offset => block.end = step + 1,
                _ => {
                    last_of[at] = Some(blocks.len());
                    blocks.push(Block {
                        name: band.name.clone(),
                        start: step,
                        end: step + 1,
                        offset,
                        size: band.bytes,
                        colour: band.colour.into(),
                    });
                }
            }
            offset += band.bytes;
        }
    }
    Picture {
        title,
        blocks,
        height: scale,
        peak: side.peak_bytes,
    }
}

fn network(side: &SidePart, title: String) -> Network {
    let mut writer = vec![None; side.tensors.len()];
    let mut edges = Vec::new();
    for (step, row) in (0..).zip(&side.steps) {
        for &place in &row.reads {
            if let Some(from) = writer[place as usize] {
                let band = &side.tensors[place as usize];
                edges.push(Edge {
                    from,
                    to: step,
                    name: band.name.clone(),
                    bytes: band.bytes,
                });
            }
        }
        for &place in &row.writes {
            writer[place as usize] = Some(step);
        }
    }
    let node = |row: &RowPart| Node {
        name: format!("{} @{}", row.operator, row.operator_index),
        lane: row.lane,
        colour: row.colour.into(),
    };
    Network {
        title,
        nodes: side.steps.iter().map(node).collect(),
        edges,
        cells: side
            .cells
            .iter()
            .map(|cell| (cell.first, cell.end, cell.name.clone()))
            .collect(),
    }
}
