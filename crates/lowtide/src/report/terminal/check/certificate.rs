//! `check MODEL CERTIFICATE` for people.

use crate::report::CheckReport;

use crate::report::terminal::page::{Page, Tone, tame};
use crate::report::terminal::words::{bytes, count, time};

/// The report as text.
#[must_use]
pub fn check(report: &CheckReport, page: &Page) -> String {
    if let Some(fault) = &report.fault {
        return page.fact("refused", &tame(fault), Tone::Bad);
    }
    let order = format!("valid, needs {}", bytes(report.peak_bytes));
    let accepted = format!("{} on {}", tame(&report.model.name), tame(&report.target));
    page.fact("accepted", &accepted, Tone::Good)
        + &page.fact("order", &order, Tone::Plain)
        + &bound(report, page)
}

fn bound(report: &CheckReport, page: &Page) -> String {
    let least = bytes(report.bound_bytes);
    if let Some(reason) = &report.reason {
        let value = format!(
            "claimed, not certified: no order needs less than {least}; {}",
            tame(reason)
        );
        return page.fact("bound", &value, Tone::Bad);
    }
    let evidence = match report.bound_evidence {
        "operator" => "one operator alone needs that much".to_owned(),
        "around" => "one operator runs at no less".to_owned(),
        "states" => format!(
            "{}, none with a way below it",
            count(report.states as u64, "state")
        ),
        _ => "nothing needs memory".to_owned(),
    };
    let optimal = match report.bound_bytes == report.peak_bytes {
        true if report.uncounted_bodies > 0 => "optimal as counted: ",
        true => "optimal: ",
        false => "",
    };
    let value = format!(
        "certified, {optimal}no order needs less than {least} ({evidence}; checked in {})",
        time(report.seconds)
    );
    page.fact("bound", &value, Tone::Figure) + &inside(report, page)
}

/// What the bound does not speak of.
fn inside(report: &CheckReport, page: &Page) -> String {
    let value = match (report.bodies, report.uncounted_bodies) {
        (0, _) => return String::new(),
        (_, 0) => "bodies of If, Loop and Scan as they stand in the file".to_owned(),
        (bodies, uncounted) => format!(
            "bodies of If, Loop and Scan as they stand in the file; {uncounted} of {bodies} not counted"
        ),
    };
    page.fact("inside", &value, Tone::Plain)
}
