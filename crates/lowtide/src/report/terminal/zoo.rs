//! `zoo` for people.

use crate::report::ZooReport;

use super::draw::table::{Column, Table};
use super::page::{Page, Tone};
use super::words::kib;

/// The report as text.
#[must_use]
pub fn zoo(report: &ZooReport, page: &Page) -> String {
    if report.networks.is_empty() {
        return "This build has no generated networks.\n".to_owned();
    }
    let mut table = Table::new(&[
        ("name", Column::Word),
        ("operators", Column::Number),
        ("peak bytes", Column::Number),
        ("KiB", Column::Number),
        ("what it is", Column::Name),
    ]);
    for network in &report.networks {
        let cells = vec![
            network.name.to_owned(),
            network.operators.to_string(),
            network.peak_bytes.to_string(),
            kib(network.peak_bytes),
            network.about.to_owned(),
        ];
        table.row(cells, Tone::Plain);
    }
    let hint = "zoo:NAME works wherever a model's path does; NAME@7 draws weights and wiring from seed 7, and \
                randwire-ws:n=16,k=4,p=0.5 (er: n, p; ba: n, m; all: channels, size, stages) wires otherwise.";
    format!("{}\n{}\n", table.text(page), page.paint(hint, Tone::Quiet))
}
