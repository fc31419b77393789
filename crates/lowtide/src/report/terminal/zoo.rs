//! `zoo` for people.

use crate::report::ZooReport;
use crate::report::zoo::NetworkPart;

use super::draw::table::{Column, Table};
use super::page::{Page, Tone};

/// How the names of networks in float32 end.
const FLOAT: &str = "-f32";

/// The report as text.
#[must_use]
pub fn zoo(report: &ZooReport, page: &Page) -> String {
    if report.networks.is_empty() {
        return "This build has no generated networks.\n".to_owned();
    }
    let mut table = Table::new(&[
        ("name", Column::Word),
        ("ops", Column::Number),
        ("int8 peak", Column::Number),
        ("f32 peak", Column::Number),
        ("what it is", Column::Text),
    ]);
    for network in &report.networks {
        let NetworkPart { name, about, .. } = network;
        if name.ends_with(FLOAT) {
            continue;
        }
        let float = format!("{name}{FLOAT}");
        let float = report.networks.iter().find(|other| other.name == float);
        let cells = vec![
            (*name).to_owned(),
            network.operators.to_string(),
            network.peak_bytes.to_string(),
            float.map_or_else(|| "-".to_owned(), |float| float.peak_bytes.to_string()),
            about.strip_suffix(", int8").unwrap_or(about).to_owned(),
        ];
        table.row(cells, Tone::Plain);
    }
    let hint = "Peaks are live bytes in the order of generation. zoo:NAME works wherever a model's path does, \
                zoo:NAME-f32 is the network in float32; NAME@7 draws weights and wiring from seed 7, and \
                randwire-ws:n=16,k=4,p=0.5 (er: n, p; ba: n, m; all: channels, size, stages) wires otherwise.";
    format!(
        "{}\n{}",
        table.text(page),
        page.paragraph(hint, Tone::Quiet)
    )
}
