//! `traffic` for people.

use crate::report::{CarriedPart, TrafficReport};

use super::draw::table::{Column, Table};
use super::inspect::title;
use super::page::{Page, Tone, tame};
use super::words::{bytes, count, ending, percent, time};

/// The report as text.
#[must_use]
pub fn traffic(report: &TrafficReport, page: &Page) -> String {
    let mut text = title(&report.model, &report.target, page);
    if report.rewrites > 0 {
        let removed = count(report.rewrites as u64, "operator");
        text += &format!("{removed} that does nothing removed first\n\n");
    }
    text += &page.fact("on chip", &bytes(report.on_chip_bytes), Tone::Plain);
    let compulsory = format!(
        "{}: inputs in and outputs out, whatever the order",
        bytes(report.compulsory_bytes)
    );
    text += &page.fact("compulsory", &compulsory, Tone::Plain);
    text += &page.fact("best", &best(report), Tone::Figure);
    text += &page.fact("proof", &proof(report), Tone::Plain);
    text += &page.fact("fits", &fits(report), Tone::Plain);
    text += &page.heading("Bytes moved between the chip and the memory behind it");
    text += &table(report).text(page);
    if let Some(output) = &report.output {
        let value = format!("{} ({} bytes)", tame(&output.path), output.bytes);
        text += &format!("\n{}", page.fact("wrote", &value, Tone::Figure));
    }
    text
}

fn best(report: &TrafficReport) -> String {
    let (Some(file), Some(best)) = (report.orders.first(), report.orders.last()) else {
        return "nothing to order".to_owned();
    };
    let saved = file.moved_bytes.saturating_sub(best.moved_bytes);
    format!(
        "{} moved, {} less than in the order of the file",
        bytes(best.moved_bytes),
        percent(saved, file.moved_bytes)
    )
}

fn proof(report: &TrafficReport) -> String {
    let effort = format!(
        "{} in {}",
        count(report.states, "state"),
        time(report.seconds)
    );
    match report.stopped_by {
        None => format!("optimal: no order and no evictions move less ({effort})"),
        Some(reason) => format!(
            "bounded: none moves less than {}; ended by {} ({effort})",
            bytes(report.bound_bytes),
            ending(reason)
        ),
    }
}

/// How much memory would be enough.
fn fits(report: &TrafficReport) -> String {
    let least = report.least_working_set_bytes;
    let streamed = report.orders.last().map_or(0, |order| order.streamed);
    if streamed > 0 {
        let operators = count(u64::from(streamed), "operator");
        return format!("no: {operators} with what is read and written exceed the chip");
    }
    match least <= report.on_chip_bytes {
        true => "the smallest working set does, so the compulsory need be all".to_owned(),
        false => format!("no: every order needs {} at some step", bytes(least)),
    }
}

fn table(report: &TrafficReport) -> Table {
    let mut table = Table::new(&[
        ("order", Column::Word),
        ("read", Column::Number),
        ("written", Column::Number),
        ("moved", Column::Number),
        ("beyond", Column::Number),
        ("clean", Column::Number),
        ("dirty", Column::Number),
        ("evictions", Column::Word),
    ]);
    let least = report.orders.iter().map(|order| order.moved_bytes).min();
    for order in &report.orders {
        let tone = match Some(order.moved_bytes) == least {
            true => Tone::Good,
            false => Tone::Plain,
        };
        table.row(row(order), tone);
    }
    table
}

fn row(order: &CarriedPart) -> Vec<String> {
    let numbers = [
        order.read_bytes,
        order.written_bytes,
        order.moved_bytes,
        order.beyond_bytes,
        order.clean_bytes,
        order.dirty_bytes,
    ];
    let mut cells = vec![order.name.to_owned()];
    cells.extend(numbers.iter().map(u64::to_string));
    cells.push(order.evictions.to_owned());
    cells
}
