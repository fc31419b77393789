//! `compare` for people.

use crate::report::{CompareReport, OrderPart};

use super::draw::table::{Column, Table};
use super::inspect::title;
use super::page::{Page, Tone};
use super::words::{count, kib, percent, time};

/// The report as text.
#[must_use]
pub fn compare(report: &CompareReport, page: &Page) -> String {
    let mut table = Table::new(&[
        ("order", Column::Word),
        ("peak bytes", Column::Number),
        ("KiB", Column::Number),
        ("above", Column::Number),
        ("byte-steps", Column::Number),
        ("states", Column::Number),
        ("time", Column::Number),
        ("proof", Column::Word),
    ]);
    let best = report.best_bytes();
    for order in &report.orders {
        let tone = match order.peak_bytes == best {
            true => Tone::Good,
            false => Tone::Plain,
        };
        table.row(row(order, best), tone);
    }
    let mut text = title(&report.model, &report.target, page);
    if report.rewrites > 0 {
        let value = format!(
            "{} that does nothing removed first",
            count(report.rewrites as u64, "operator")
        );
        text += &format!("{value}\n\n");
    }
    text += &table.text(page);
    let orders = report.orders.iter().map(|order| order.uncounted_bodies);
    if let Some(uncounted @ 1..) = orders.max() {
        text += &format!(
            "\nnot counted: what is inside {} (bodies of If, Loop and Scan); optimize says why\n",
            count(uncounted as u64, "part")
        );
    }
    text
}

fn row(order: &OrderPart, best: u64) -> Vec<String> {
    let above = match order.peak_bytes - best {
        0 => "best".to_owned(),
        above => format!("+{}", percent(above, best)),
    };
    let proof = match (order.proof, order.stopped_by) {
        (Some(_), Some("interrupted")) => "stopped (Ctrl-C)".to_owned(),
        (Some(proof), Some(stopped_by)) => format!("{proof} ({stopped_by})"),
        (Some(proof), None) => proof.to_owned(),
        (None, _) => "-".to_owned(),
    };
    vec![
        order.name.to_owned(),
        order.peak_bytes.to_string(),
        kib(order.peak_bytes),
        above,
        order.live_byte_steps.to_string(),
        order.states.to_string(),
        time(order.seconds),
        proof,
    ]
}
