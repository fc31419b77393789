//! Lines that several reports have in common: arenas, what to declare, the budget.

mod body;
mod numbers;

use crate::report::{
    Budget, BudgetOn, DeclarePart, InspectReport, OptimizeReport, PackedPart, TargetPart, Verdict,
};
use lowtide_core::memory::Planner;

use crate::{PlanState, Target};

pub(super) use body::inside;
pub(super) use numbers::numbers;

use super::page::{Page, Tone, tame};
use super::words::{bytes, count, percent};

/// The arena of a file as it stands, and what to declare for it.
pub(super) fn as_it_stands(report: &InspectReport, page: &Page) -> String {
    let arena = &report.arena;
    let runtimes = match arena.greedy_bytes > arena.bytes {
        true => format!(
            "; {} takes {}",
            planner(&report.target),
            bytes(arena.greedy_bytes)
        ),
        false => String::new(),
    };
    let value = format!("{}{}{runtimes}", bytes(arena.bytes), lowest(arena));
    let mut text = page.fact("arena", &value, Tone::Plain);
    if let Some(declare) = &report.declare {
        let value = format!(
            "{} with 32 bits: {}",
            bytes(declare.device.bytes),
            on_a_device(declare)
        );
        text += &page.fact("declare", &value, Tone::Figure);
        if declare.planned_tensors > 0 {
            let value = format!("{} by an offline plan in the file", placed(declare));
            text += &match &declare.plan_fault {
                None => page.fact("plan", &value, Tone::Plain),
                Some(fault) => {
                    let fault = tame(fault);
                    let value = format!("{value}, not sound unless kernels work in place: {fault}");
                    page.fact("plan", &value, Tone::Bad)
                }
            };
        }
        text += &unknown(declare, page);
    }
    text
}

/// The arenas before and after, and what to declare.
pub(super) fn before_and_after(report: &OptimizeReport, page: &Page) -> String {
    let (before, after) = (&report.arena.before, &report.arena.after);
    let runtimes = match before.greedy_bytes > before.bytes {
        true => format!(", by {} {}", planner(&report.target), before.greedy_bytes),
        false => String::new(),
    };
    let value = format!(
        "{}{}; before {}{runtimes}",
        bytes(after.bytes),
        lowest(after),
        before.bytes
    );
    let mut text = page.fact("arena", &value, Tone::Plain);
    for row in &report.litert {
        let value = format!(
            "{} in the arena with {} kernels; before {}",
            bytes(row.after_bytes),
            row.kernels,
            row.before_bytes
        );
        text += &page.fact("LiteRT", &value, Tone::Figure);
    }
    if let Some(declare) = &report.declare {
        let (before, after) = (&declare.before, &declare.after);
        let (old, new) = (before.device.bytes, after.device.bytes);
        let gain = match old.checked_sub(new) {
            Some(0) => "as before".to_owned(),
            Some(won) => format!("{} less than before", percent(won, old)),
            None => format!("{} before", bytes(old)),
        };
        let value = format!(
            "{} with 32 bits, {gain}: {}",
            bytes(new),
            on_a_device(after)
        );
        text += &page.fact("declare", &value, Tone::Figure);
        text += &plan(report.plan, after, page);
        text += &unknown(after, page);
    }
    text
}

/// Who places tensors where the file says nothing.
fn planner(target: &TargetPart) -> &'static str {
    let known = Target::named(target.name).unwrap_or_default();
    match known.planner {
        Planner::Tflm => "TFLM's own planner",
        Planner::Litert => "LiteRT's own planner",
    }
}

fn lowest(arena: &PackedPart) -> String {
    if arena.bytes <= arena.bound_bytes || arena.proof == "optimal" {
        return ", the lowest for this order".to_owned();
    }
    format!(", at least {} for this order", bytes(arena.bound_bytes))
}

fn on_a_device(declare: &DeclarePart) -> String {
    let (device, host) = (&declare.device, &declare.host);
    let parts = match device.head_bytes + device.tail_bytes >= device.planning_bytes {
        true => format!("head {} and tail {}", device.head_bytes, device.tail_bytes),
        false => "what TFLM needs while it prepares decides".to_owned(),
    };
    format!("{parts}; {} with 64 bits", host.bytes)
}

fn placed(declare: &DeclarePart) -> String {
    format!("{} placed", count(declare.planned_tensors as u64, "tensor"))
}

fn plan(state: Option<PlanState>, declare: &DeclarePart, page: &Page) -> String {
    let value = match state {
        None => return String::new(),
        Some(PlanState::Written) => {
            format!(
                "{} by offsets in the file, which TFLM takes",
                placed(declare)
            )
        }
        Some(PlanState::NotNeeded) => "none needed: TFLM's own planner is as low".to_owned(),
        Some(PlanState::Kept) => {
            "that of the source, unchecked, and its order: no plan found is as low".to_owned()
        }
        Some(PlanState::LeftOut) => "left out".to_owned(),
    };
    page.fact("plan", &value, Tone::Plain)
}

fn unknown(declare: &DeclarePart, page: &Page) -> String {
    let mut text = String::new();
    if !declare.unknown.is_empty() {
        let value = format!(
            "{}: may need more than that, or is missing in TFLM",
            tame(&declare.unknown.join(", "))
        );
        text += &page.fact("not known", &value, Tone::Bad);
    }
    if !declare.more_with_cmsis_nn.is_empty() {
        let value = format!(
            "TFLM's reference kernels; CMSIS-NN's take scratch besides, not counted: {}",
            tame(&declare.more_with_cmsis_nn.join(", "))
        );
        text += &page.fact("kernels", &value, Tone::Plain);
    }
    text
}

/// The verdict on a budget, with the remedy where there is none yet.
pub(super) fn budget(budget: &Budget, remedy: &str, page: &Page) -> String {
    let (available, required) = (bytes(budget.available_bytes), bytes(budget.required_bytes));
    let numbers = format!(
        "required {required}, available {available}, excess {}",
        bytes(budget.excess_bytes)
    );
    let remedy = match budget.required_bytes <= budget.available_bytes {
        true => "parts whose share is not known may need more",
        false => remedy,
    };
    let (value, tone) = match budget.verdict {
        Verdict::Fits => {
            let spare = bytes(budget.available_bytes - budget.required_bytes);
            (format!("fits: {spare} of {available} to spare"), Tone::Good)
        }
        Verdict::Over => (format!("over: {numbers}"), Tone::Bad),
        Verdict::Undecided => (format!("undecided: {numbers}; {remedy}"), Tone::Bad),
    };
    let about = match budget.on {
        BudgetOn::Peak => "",
        BudgetOn::Arena => " (arena)",
        BudgetOn::Declare => " (arena to declare)",
    };
    page.fact("budget", &format!("{value}{about}"), tone)
}
