//! `check ORIGINAL OPTIMISED` for people.

use crate::report::terminal::facts::numbers;
use crate::report::terminal::page::{Page, Tone, tame};
use crate::report::terminal::words::bytes;
use crate::report::{CheckModelsReport, OperatorsPart, TypePart, WeightsPart};

/// The report as text.
#[must_use]
pub fn check_models(report: &CheckModelsReport, page: &Page) -> String {
    let mut text = verdict(report, page);
    for fault in &report.ends {
        text += &page.fact("ends", &tame(fault), Tone::Bad);
    }
    text += &page.fact("operators", &operators(&report.operators), Tone::Plain);
    text += &page.fact("weights", &weights(&report.weights), Tone::Plain);
    text += &numbers(&report.numbers, page);
    for worst in report.beyond.iter().take(LISTED) {
        let name = tame(&worst.tensor);
        let share = format!("{} of {} elements", worst.differing, worst.elements);
        let value = match worst.steps {
            Some(steps) => format!("'{name}' by {steps} steps, {share}"),
            None => format!("'{name}' by {:.1e}, {share}", worst.largest),
        };
        text += &page.fact("beyond", &value, Tone::Bad);
    }
    if report.beyond.len() > LISTED {
        let more = report.beyond.len() - LISTED;
        text += &page.fact(
            "",
            &format!("and {more} more; --json lists them all"),
            Tone::Quiet,
        );
    }
    text
}

/// Tensors listed that differ by more than is allowed.
const LISTED: usize = 5;

fn verdict(report: &CheckModelsReport, page: &Page) -> String {
    let fault = tame(report.fault.as_deref().unwrap_or_default());
    let allowed = match report.steps {
        0 => format!(
            "floats within {:e}, integers in every bit",
            report.tolerance
        ),
        steps => format!(
            "floats within {:e}, integers within {steps} steps",
            report.tolerance
        ),
    };
    match report.verdict {
        "same-operators" => {
            let value = "the same operators on the same weights, in one order or another";
            page.fact("equal", value, Tone::Good)
        }
        "same-numbers" => page.fact(
            "equal",
            &format!("on all inputs tried: {allowed}"),
            Tone::Good,
        ),
        "unknown" => page.fact(
            "undecided",
            &format!("not the same operators, and not run: {fault}"),
            Tone::Bad,
        ),
        _ if report.ends.is_empty() => {
            page.fact("different", &format!("{fault} ({allowed})"), Tone::Bad)
        }
        _ => page.fact("different", "inputs or outputs", Tone::Bad),
    }
}

fn operators(part: &OperatorsPart) -> String {
    let mut text = format!("{} kept", part.kept);
    if part.moved > 0 {
        text += &format!(", {} of them moved", part.moved);
    }
    if part.rewired > 0 {
        text += &format!(", {} read other tensors", part.rewired);
    }
    for (types, word) in [(&part.taken_away, "taken away"), (&part.added, "added")] {
        if !types.is_empty() {
            text += &format!("; {word} {}", listed(types));
        }
    }
    text
}

fn listed(types: &[TypePart]) -> String {
    let each = types
        .iter()
        .map(|part| format!("{} x {}", part.count, tame(&part.operator)));
    each.collect::<Vec<_>>().join(", ")
}

fn weights(part: &WeightsPart) -> String {
    let mut text = format!("{} equal in every bit", part.equal);
    for (number, word) in [
        (part.cut, "cut out of the original's"),
        (part.zeros, "zeros"),
        (part.unread, "in other files, not read"),
        (part.gone, "of the original gone"),
        (part.other.len(), "not of the original"),
        (part.dead, "read by nobody"),
    ] {
        if number > 0 {
            text += &format!(", {number} {word}");
        }
    }
    if part.twice_bytes > 0 {
        text += &format!(", {} stored twice", bytes(part.twice_bytes));
    }
    if part.before_bytes != part.after_bytes {
        text += &format!(
            "; {} -> {}",
            bytes(part.before_bytes),
            bytes(part.after_bytes)
        );
    }
    text
}
