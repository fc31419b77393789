//! The page's pictures and tables as files of their own.

use super::super::svg::{Block, Picture, layout};
use super::{ArenaPart, PageData, SidePart};

/// A file beside the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureFile {
    /// Its name, without a folder.
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// Of every order the memory over steps and each arena as SVG, its steps and tensors as CSV.
#[must_use]
pub fn pictures(data: &PageData) -> Vec<PictureFile> {
    let mut files = Vec::new();
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
        add("memory", layout(&memory(side, title("live bytes"))));
        for plan in &side.arenas {
            let name = if plan.is_the_runtimes {
                "arena-runtime"
            } else {
                "arena-lowtide"
            };
            add(name, layout(&arena(side, plan, title(plan.planner))));
        }
        add("steps", steps(side));
        add("tensors", tensors(side));
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
    });
    Picture {
        title,
        blocks: blocks.collect(),
        height: plan.bytes,
        peak: side.peak_bytes,
    }
}

/// Bands stacked without gaps: a tensor is one block for each stretch of steps in which nothing below it comes or goes.
fn memory(side: &SidePart, title: String) -> Picture {
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
                    });
                }
            }
            offset += band.bytes;
        }
    }
    Picture {
        title,
        blocks,
        height: side.peak_bytes,
        peak: side.peak_bytes,
    }
}

fn steps(side: &SidePart) -> String {
    let mut text = "step,operator_index,operator,live_bytes\n".to_owned();
    for (step, row) in side.steps.iter().enumerate() {
        let operator = quoted(&row.operator);
        text += &format!(
            "{step},{},{operator},{}\n",
            row.operator_index, row.live_bytes
        );
    }
    text
}

fn tensors(side: &SidePart) -> String {
    let mut text = "tensor,bytes,array,first_step,last_step".to_owned();
    for plan in &side.arenas {
        text += if plan.is_the_runtimes {
            ",offset_runtime"
        } else {
            ",offset_lowtide"
        };
    }
    for (at, band) in side.tensors.iter().enumerate() {
        let (name, array) = (quoted(&band.name), quoted(&band.array));
        text += &format!(
            "\n{name},{},{array},{},{}",
            band.bytes,
            band.start,
            band.end.saturating_sub(1)
        );
        for plan in &side.arenas {
            text += &format!(",{}", plan.offsets[at]);
        }
    }
    text + "\n"
}

/// A field that spreadsheets take as text: one that begins like a formula gets a quote in front.
fn quoted(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@']) {
        "'"
    } else {
        ""
    };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn names_stay_within_their_field() {
        assert_eq!(quoted("a\"b,c"), "\"a\"\"b,c\"");
        assert_eq!(quoted("=cmd()"), "\"'=cmd()\"");
    }
}
