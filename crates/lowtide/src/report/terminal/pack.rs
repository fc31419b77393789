//! `pack` for people.

use crate::report::{BufferPart, ConflictPart, PackReport};

use super::draw::table::{Column, Table};
use super::page::{Page, Tone, tame};
use super::words::{bytes, count, ending, kib, percent, time};

/// The report as text.
#[must_use]
pub fn pack(report: &PackReport, page: &Page) -> String {
    let title = format!(
        "{}  {}",
        tame(&report.file),
        count(report.buffers as u64, "buffer")
    );
    let mut text = format!("{}\n\n", page.paint(&title, Tone::Title));
    text += &page.fact("peak", &bytes(report.peak), Tone::Plain);
    if let Some(capacity) = report.capacity {
        text += &page.fact("capacity", &bytes(capacity), Tone::Plain);
    }
    if let Some(height) = report.height {
        text += &page.fact("arena", &bytes(height), Tone::Figure);
    }
    text += &answer(report, page);
    if let Some(conflict) = &report.conflict {
        text += &reason(conflict, page);
    }
    text + &written(report, page)
}

fn answer(report: &PackReport, page: &Page) -> String {
    let effort = format!(
        "{} in {}",
        count(report.nodes, "placement"),
        time(report.seconds)
    );
    let (label, value, tone) = match (report.verdict, report.stopped_by) {
        (Some("fits"), _) => {
            let spare = report
                .capacity
                .unwrap_or(0)
                .saturating_sub(report.height.unwrap_or(0));
            (
                "verdict",
                format!("fits, {} to spare", bytes(spare)),
                Tone::Good,
            )
        }
        (Some("infeasible"), _) => {
            let value = "does not fit: no layout is that small, proved";
            ("verdict", value.to_owned(), Tone::Bad)
        }
        (Some(_), stopped_by) => {
            let value = format!(
                "undecided: ended by {}; --node-limit or --time-limit give the search more",
                ending(stopped_by.unwrap_or("a limit"))
            );
            ("verdict", value, Tone::Bad)
        }
        (None, None) => {
            let value = "optimal: no layout of these buffers is smaller";
            ("proof", value.to_owned(), Tone::Good)
        }
        (None, Some(stopped_by)) => ("proof", bounded(report, stopped_by), Tone::Plain),
    };
    page.fact(label, &format!("{value} ({effort})"), tone)
}

fn bounded(report: &PackReport, stopped_by: &str) -> String {
    let height = report.height.unwrap_or(report.bound);
    let gap = height.saturating_sub(report.bound);
    format!(
        "bounded: no layout is below {}, a gap of {}; ended by {}",
        bytes(report.bound),
        percent(gap, height),
        ending(stopped_by)
    )
}

/// The buffers that do not fit together, largest first.
fn reason(conflict: &ConflictPart, page: &Page) -> String {
    let mut columns = vec![
        ("buffer", Column::Word),
        ("bytes", Column::Number),
        ("KiB", Column::Number),
        ("from", Column::Number),
        ("to", Column::Number),
    ];
    let is_bound = |buffer: &BufferPart| !ties(buffer).is_empty();
    let any_is_bound = conflict.buffers.iter().any(is_bound);
    if any_is_bound {
        columns.push(("with", Column::Text));
    }
    let mut table = Table::new(&columns);
    let mut buffers: Vec<_> = conflict.buffers.iter().collect();
    buffers.sort_by_key(|buffer| std::cmp::Reverse(buffer.size));
    for buffer in buffers {
        let mut row = vec![
            tame(&buffer.id),
            buffer.size.to_string(),
            kib(buffer.size),
            buffer.lower.to_string(),
            buffer.upper.to_string(),
        ];
        if any_is_bound {
            row.push(ties(buffer));
        }
        table.row(row, Tone::Plain);
    }
    let sum: u64 = conflict.buffers.iter().map(|buffer| buffer.size).sum();
    let heading = match conflict.minimal {
        true => "These cannot fit together; without any one of them they do",
        false => "These cannot fit together",
    };
    let total = format!(
        "{}, {} together, steps half-open",
        count(conflict.buffers.len() as u64, "buffer"),
        bytes(sum)
    );
    format!("{}{}{total}\n", page.heading(heading), table.text(page))
}

/// What besides its size and its life keeps a buffer from going anywhere; empty for most.
fn ties(buffer: &BufferPart) -> String {
    let mut ties = Vec::new();
    if buffer.alignment > 1 {
        ties.push(format!("alignment {}", buffer.alignment));
    }
    if let Some(offset) = buffer.offset {
        ties.push(format!("offset {offset}"));
    }
    if buffer.gaps > 0 {
        ties.push(count(buffer.gaps as u64, "gap"));
    }
    ties.join(", ")
}

fn written(report: &PackReport, page: &Page) -> String {
    let mut text = String::new();
    for output in report.output.iter().chain(&report.svg) {
        let value = format!("{} ({} bytes)", tame(&output.path), output.bytes);
        text += &page.fact("wrote", &value, Tone::Figure);
    }
    match text.as_str() {
        "" => text,
        text => format!("\n{text}"),
    }
}
