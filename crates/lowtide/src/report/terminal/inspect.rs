//! `inspect` for people.

use crate::report::parts::AS_COUNTED;
use crate::report::{
    AlivePart, BestPart, CostPart, InspectReport, ModelPart, StepPart, TargetPart, Use,
};

use super::draw::chart::{Line, Scale, chart, legend};
use super::draw::table::{Column, Table};
use super::facts::{as_it_stands, budget, inside};
use super::page::{Page, Tone, tame};
use super::words::{array, bytes, count, kib, percent};

/// Which rows the long tables show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rows {
    /// The steps around the peak and the biggest tensors.
    #[default]
    Some,
    /// All of them.
    All,
}

/// Steps shown on either side of the peak.
const AROUND: usize = 4;
/// A table of up to this many rows is shown whole.
const SHORT: usize = 12;

/// The report as text.
#[must_use]
pub fn inspect(report: &InspectReport, page: &Page, rows: Rows) -> String {
    let cost = &report.order;
    let mut text = title(&report.model, &report.target, page);
    text += &page.fact("peak", &peak(cost), Tone::Figure);
    text += &best(report, page);
    text += &byte_steps(report, page);
    for body in &report.bodies {
        text += &page.fact("inside", &inside(body), Tone::Plain);
    }
    if let Some(reason) = &report.reason {
        text += &page.fact("why", &tame(&reason.sentence()), Tone::Plain);
    }
    text += &as_it_stands(report, page);
    if let Some(verdict) = &report.budget {
        text += &budget(verdict, "", page);
    }
    if cost.steps.is_empty() {
        return text;
    }
    text += &pictures(report, page);
    text += &alive(cost, page, rows);
    text += &steps(cost, page, rows);
    text + &next(report, page)
}

/// What is reported on, in two lines.
pub(super) fn title(model: &ModelPart, target: &TargetPart, page: &Page) -> String {
    let about = format!(
        "{}, {}, {}, for {}",
        model.format,
        count(model.operators as u64, "operator"),
        count(model.tensors as u64, "tensor"),
        target.name
    );
    let name = page.middle(&tame(&model.name), page.width);
    let both = name.chars().count() + 2 + about.len() <= page.width;
    let name = page.paint(&name, Tone::Title);
    let gap = if both { "  " } else { "\n" };
    format!("{name}{gap}{}\n\n", page.paint(&about, Tone::Quiet))
}

/// A peak and where it is.
pub(super) fn peak(cost: &CostPart) -> String {
    let mut text = bytes(cost.peak_bytes);
    if let (Some(step), Some(operator), Some(index)) = (
        cost.peak_step,
        &cost.peak_operator,
        cost.peak_operator_index,
    ) {
        text += &format!(" at step {step}, {} @{index}", tame(operator));
    }
    text
}

/// Live bytes by step, as bars.
pub(super) fn picture(cost: &CostPart, page: &Page) -> String {
    let live: Vec<u64> = cost.steps.iter().map(|step| step.live_bytes).collect();
    let scale = Scale {
        top: cost.peak_bytes,
        lines: &[],
    };
    chart(&live, cost.peak_step, scale, page)
}

/// Live bytes by step: the file's order, and where it is better the best one, on one scale, with bound and budget.
fn pictures(report: &InspectReport, page: &Page) -> String {
    let cost = &report.order;
    let mut lines = vec![Line {
        word: "bound",
        bytes: report.bound_bytes,
        marks: ("╌", "-"),
    }];
    if let Some(budget) = &report.budget {
        lines.push(Line {
            word: "budget",
            bytes: budget.available_bytes,
            marks: ("┈", "~"),
        });
    }
    // A budget of many times the peak would leave nothing to be seen.
    let seen = |line: &Line| line.bytes > 0 && line.bytes / 2 <= cost.peak_bytes;
    lines.retain(seen);
    let tallest = lines.iter().map(|line| line.bytes).max().unwrap_or(0);
    let scale = Scale {
        top: tallest.max(cost.peak_bytes),
        lines: &lines,
    };
    let live: Vec<u64> = cost.steps.iter().map(|step| step.live_bytes).collect();
    let mut text = page.heading("Live bytes by step");
    text += &chart(&live, cost.peak_step, scale, page);
    let best = &report.best_live_bytes;
    if report.best.peak_bytes < cost.peak_bytes {
        let peak = best.iter().position(|&live| live == report.best.peak_bytes);
        text += &page.heading("The same in the best order");
        text += &chart(best, peak.map(|step| step as u32), scale, page);
    }
    text + &legend(&lines, page)
}

/// Live bytes summed over all steps, of the file's order and of the best.
fn byte_steps(report: &InspectReport, page: &Page) -> String {
    let of_best = report.best_live_bytes.iter().sum::<u64>();
    let mut text = report.order.live_byte_steps.to_string();
    if of_best > 0 && of_best != report.order.live_byte_steps {
        text += &format!(", in the best order {of_best}");
    }
    page.fact("byte-steps", &text, Tone::Plain)
}

/// What a better order would need, as it stands and after clean-up.
fn best(report: &InspectReport, page: &Page) -> String {
    let now = report.order.peak_bytes;
    let mut text = String::new();
    let best = &report.best;
    if best.peak_bytes < now {
        let value = format!("{}{}", gain(best, now), proved(best));
        text += &page.fact("best order", &value, Tone::Good);
    } else if best.peak_bytes <= report.bound_bytes {
        let value = format!("this one{}", proved(best).replacen(';', ":", 1));
        text += &page.fact("best order", &value, Tone::Plain);
    } else {
        let value = format!("at least {}", bytes(report.bound_bytes));
        text += &page.fact("best order", &value, Tone::Plain);
    }
    if let Some(cleaned) = &report.cleaned
        && cleaned.best.peak_bytes < best.peak_bytes
    {
        let value = format!("{}{}", gain(&cleaned.best, now), proved(&cleaned.best));
        text += &page.fact("cleaned up", &value, Tone::Good);
    }
    text
}

fn gain(best: &BestPart, now: u64) -> String {
    let saved = now.saturating_sub(best.peak_bytes);
    let (size, share) = (bytes(best.peak_bytes), percent(saved, now));
    format!("{size}, {share} less")
}

fn proved(best: &BestPart) -> &'static str {
    match best.proof {
        Some("optimal") => "; no order needs less",
        Some(AS_COUNTED) => "; no order needs less of what is counted",
        _ => "; a longer search may find less",
    }
}

fn alive(cost: &CostPart, page: &Page, rows: Rows) -> String {
    let Some(step) = cost.peak_step else {
        return String::new();
    };
    let mut table = Table::new(&[
        ("bytes", Column::Number),
        ("KiB", Column::Number),
        ("tensor", Column::Name),
        ("type", Column::Word),
        ("steps", Column::Number),
        ("use", Column::Word),
    ]);
    let shown = match rows {
        Rows::Some if cost.alive.len() > SHORT => SHORT - 1,
        _ => cost.alive.len(),
    };
    for part in &cost.alive[..shown] {
        table.row(alive_row(part), Tone::Plain);
    }
    let mut text = page.heading(&format!("Alive at the peak, step {step}"));
    text += &table.text(page);
    let rest = &cost.alive[shown..];
    if !rest.is_empty() {
        let sum: u64 = rest.iter().map(|part| part.tensor.bytes).sum();
        let line = format!(
            "and {} smaller, {} together; --all shows them",
            rest.len(),
            bytes(sum)
        );
        text += &format!("{}\n", page.paint(&line, Tone::Quiet));
    }
    text
}

fn alive_row(part: &AlivePart) -> Vec<String> {
    let usage = match part.usage {
        Use::Read => "read",
        Use::Written => "written",
        Use::Waiting => "waiting",
    };
    vec![
        part.tensor.bytes.to_string(),
        kib(part.tensor.bytes),
        part.tensor.name.clone(),
        array(&part.tensor),
        format!("{}-{}", part.first_step, part.last_step),
        usage.to_owned(),
    ]
}

fn steps(cost: &CostPart, page: &Page, rows: Rows) -> String {
    let len = cost.steps.len();
    let at = cost.peak_step.unwrap_or(0) as usize;
    let whole = rows == Rows::All || len <= SHORT;
    let (from, to) = if whole {
        (0, len)
    } else {
        (at.saturating_sub(AROUND), (at + AROUND + 1).min(len))
    };
    let mut table = Table::new(&[
        ("step", Column::Number),
        ("live bytes", Column::Number),
        ("KiB", Column::Number),
        ("operator", Column::Name),
        ("writes", Column::Name),
    ]);
    for step in &cost.steps[from..to] {
        let tone = match step.live_bytes == cost.peak_bytes {
            true => Tone::Bad,
            false => Tone::Plain,
        };
        table.row(step_row(step), tone);
    }
    let heading = if whole {
        "Steps"
    } else {
        "Steps around the peak"
    };
    let mut text = page.heading(heading) + &table.text(page);
    if !whole {
        let line = format!("{} of {len} steps; --all shows them", to - from);
        text += &format!("{}\n", page.paint(&line, Tone::Quiet));
    }
    text
}

fn step_row(step: &StepPart) -> Vec<String> {
    vec![
        step.step.to_string(),
        step.live_bytes.to_string(),
        kib(step.live_bytes),
        step.operator.clone(),
        step.writes.clone(),
    ]
}

/// What to do now, where something can be won.
fn next(report: &InspectReport, page: &Page) -> String {
    let cleaned = report
        .cleaned
        .as_ref()
        .map(|cleaned| cleaned.best.peak_bytes);
    let best = cleaned.unwrap_or(u64::MAX).min(report.best.peak_bytes);
    let by_plan = report.declare.as_ref().is_some_and(|declare| {
        declare.planned_tensors == 0 && report.arena.greedy_bytes > report.arena.bytes
    });
    if best >= report.order.peak_bytes && !by_plan {
        return String::new();
    }
    let line = format!("lowtide optimize {} -o FILE", tame(&report.model.name));
    format!("\nTo get there: {}\n", page.paint(&line, Tone::Figure))
}
