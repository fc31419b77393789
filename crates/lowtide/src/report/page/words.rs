//! What is proved, in words for someone who has never heard of schedules.

use lowtide_core::graph::{Graph, OpKind};
use lowtide_core::ids::OpId;
use lowtide_core::memory::Target;
use lowtide_core::plan::{Evidence, Order, State};
use lowtide_core::schedule::certify;
use lowtide_core::units::Bytes;

use super::super::parts::AS_COUNTED;
use super::super::{
    Budget, BudgetOn, CleanedPart, NumbersPart, OptimizeReport, Reason, Verdict, WorstPart,
};
use super::SidePart;

/// What the proof (its name, and why the search ended without) means for a peak of `peak` and a bound of `bound` bytes.
pub(super) fn proof(
    (name, stopped_by): (Option<&str>, Option<&str>),
    peak: u64,
    bound: u64,
) -> String {
    match name {
        Some("optimal") => format!(
            "Proved: in whatever order these operators run, at some moment {:#} must be held at once, and this order \
             never holds more, so none is better.",
            Bytes(peak)
        ),
        Some(AS_COUNTED) => format!(
            "Proved for what is counted: in whatever order these operators run, at some moment {:#} must be held at once, \
             and this order never holds more of it. But what some bodies of If, Loop and Scan need inside is not counted \
             (lowtide optimize names them): that comes on top.",
            Bytes(peak)
        ),
        Some(_) => format!(
            "Not settled: the search ended early ({}); this order needs {:#}, and a better one may exist, but none \
             that needs less than {:#}.",
            stopped_by.unwrap_or("limit"),
            Bytes(peak),
            Bytes(bound)
        ),
        None => "Nothing is proved: a rule of thumb made this order, and the exact search (--order exact) would prove \
                 what it finds."
            .to_owned(),
    }
}

/// What came of the budget; `best` is what the order drawn last needs.
pub(super) fn budget(verb: &str, budget: &Budget, best: u64) -> String {
    let [available, required, excess] = [
        budget.available_bytes,
        budget.required_bytes,
        budget.excess_bytes,
    ]
    .map(Bytes);
    let spare = Bytes(budget.available_bytes.saturating_sub(budget.required_bytes));
    let on = match budget.on {
        BudgetOn::Peak => "the peak",
        BudgetOn::Arena => "the arena",
        BudgetOn::Declare => "the arena to declare",
    };
    let outcome = match (budget.verdict, verb) {
        (Verdict::Fits, _) => format!("it fits, {spare:#} to spare."),
        (Verdict::Undecided, _) if budget.excess_bytes == 0 => {
            format!(
                "what is counted fits, {spare:#} to spare, but parts of unknown size may need more."
            )
        }
        (_, "inspect") if budget.on == BudgetOn::Peak && best <= budget.available_bytes => {
            format!("the file's order needs {excess:#} too much; the best order fits.")
        }
        (_, "inspect") => format!("the file's order needs {excess:#} too much."),
        (Verdict::Over, _) => {
            format!("{required:#} do not fit, {excess:#} too much, and no order needs less.")
        }
        (Verdict::Undecided, _) => {
            format!(
                "{required:#} do not fit, {excess:#} too much; whether another order does is not known."
            )
        }
    };
    format!("Budget {available:#} for {on}: {outcome}")
}

/// What clean-up would make possible, for a page that shows the graph as it stands.
pub(super) fn cleaned(cleaned: &CleanedPart) -> String {
    let operators = match cleaned.rewrites {
        1 => "one operator that does nothing".to_owned(),
        count => format!("{count} operators that do nothing"),
    };
    format!(
        "Without {operators}, which lowtide optimize removes, {:#} would do.",
        Bytes(cleaned.best.peak_bytes)
    )
}

/// What taking operators apart won, what it costs, how far the result is off, and what exact sums would reach.
pub(super) fn rewriting(report: &OptimizeReport) -> Option<String> {
    let words: Vec<String> = [apart(report), accumulated(report)]
        .into_iter()
        .flatten()
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// What exact sums of integers would reach.
fn accumulated(report: &OptimizeReport) -> Option<String> {
    let part = report.rewriting.accumulated.as_ref()?;
    let less = report.after.cost.peak_bytes.checked_sub(part.peak_bytes);
    let less = less.filter(|&less| less > 0)?;
    Some(format!(
        "A runtime whose kernels add partial sums up in 32-bit integers would need {:#}, {:#} less, with every bit kept; no \
         builtin operator does.",
        Bytes(part.peak_bytes),
        Bytes(less)
    ))
}

fn apart(report: &OptimizeReport) -> Option<String> {
    let (part, peak) = (&report.rewriting, report.after.cost.peak_bytes);
    let won = part
        .order_alone_bytes
        .checked_sub(peak)
        .filter(|&won| won > 0)?;
    let cost = &part.cost;
    let numbers = match &report.numbers {
        None => String::new(),
        Some(NumbersPart {
            not_run: Some(reason),
            ..
        }) => format!(" How far results are off was not measured: {reason}."),
        Some(part) => {
            let far = |worst: &WorstPart| match worst.steps {
                Some(steps) => format!(
                    "{steps} steps of their quantisation ({:.1e})",
                    worst.largest
                ),
                None => format!("{:.1e}", worst.largest),
            };
            let outputs = part.output.as_ref().map_or_else(String::new, far);
            let inside = part.worst.as_ref().map_or_else(String::new, far);
            format!(
                " On {} seeded inputs outputs differ by at most {outputs}, tensors inside by at most {inside}.",
                part.inputs
            )
        }
    };
    Some(format!(
        "Taking operators apart wins {:#} over the best order alone ({}), and costs {:+} operators, {:+} tensors, {:+} bytes \
         of weights and {:+} additions.{numbers}",
        Bytes(won),
        part.exactness,
        cost.operators,
        cost.tensors,
        cost.weight_bytes,
        cost.additions
    ))
}

/// Operators between which every order is dear, as steps of one that is best: the first and the last.
pub(super) type Part = (usize, usize);

/// Where it is that every order of `graph` needs `bound`, by the evidence of a certificate; none where that is long.
pub(super) fn part(graph: &Graph, target: &Target, order: &Order, bound: Bytes) -> Option<Part> {
    let Evidence::States(family) = certify(graph, target, order, bound).evidence else {
        return None;
    };
    let ran = family.states.iter().flat_map(|state| match state {
        State::Run(_, op) => std::slice::from_ref(op),
        State::Commit { ops, .. } => ops.as_slice(),
    });
    let ran: Vec<OpId> = ran.copied().collect();
    let mut steps = (0..).zip(order.ops()).filter(|(_, op)| ran.contains(op));
    let first = steps.next()?.0;
    Some((first, steps.last().map_or(first, |(step, _)| step)))
}

/// Why no order does better than `side`, and what would. `kind` says what the operator of the reason is.
pub(super) fn limit(reason: &Reason, side: &SidePart, kind: &OpKind, part: Option<Part>) -> String {
    match reason {
        Reason::Operator {
            operator_index,
            operator,
            needs_bytes,
            tensors,
        } => {
            let biggest = tensors.iter().take(3);
            let biggest: Vec<String> = biggest
                .map(|tensor| format!("{} {:#}", tensor.name, Bytes(tensor.bytes)))
                .collect();
            format!(
                "No order gets below {operator} @{operator_index}: what it reads and writes, with what is always kept, takes {:#} (\
                 {}{}). {}",
                Bytes(*needs_bytes),
                biggest.join(", "),
                if tensors.len() > 3 { ", and more" } else { "" },
                help(kind)
            )
        }
        Reason::Around {
            operator_index,
            operator,
            needs_bytes,
        } => {
            let own = own(side, *operator_index);
            format!(
                "No order gets below {operator} @{operator_index}: it reads and writes {:#}, and whatever ran before, at \
                 least {:#} more wait beside it. {} So would a rewriting that shortens what waits.",
                Bytes(own),
                Bytes(needs_bytes.saturating_sub(own)),
                help(kind)
            )
        }
        Reason::EveryOrder {
            operator_needs_bytes,
            ..
        } => format!(
            "No order gets below {}: no operator alone needs more than {:#}, but every way through holds {:#} at some \
             moment. What would: a rewriting of that part, such as adding up partial convolutions instead of joining \
             tensors, results that share bytes (aliasing), or running layers in slices (tiling).",
            place(side, part),
            Bytes(*operator_needs_bytes),
            Bytes(side.peak_bytes)
        ),
        Reason::Open {
            bound_bytes,
            stopped_by,
        } => format!(
            "What limits every order is not known yet: the search ended first ({stopped_by}); none needs less than {:#}. \
             What could help: a longer search (--node-limit, --time-limit).",
            Bytes(*bound_bytes)
        ),
    }
}

fn place(side: &SidePart, part: Option<Part>) -> String {
    let row = |step: usize| {
        let row = side.steps.get(step)?;
        Some(format!("{} @{}", row.operator, row.operator_index))
    };
    let named = part.and_then(|(first, last)| Some((row(first)?, row(last)?, last - first + 1)));
    match named {
        Some((first, last, count)) => {
            format!("the cut between {first} and {last} ({count} operators)")
        }
        None => "this".to_owned(),
    }
}

/// What the operator reads and writes, where it is dearest.
fn own(side: &SidePart, operator_index: u32) -> u64 {
    let rows = side.steps.iter();
    let row = rows
        .filter(|row| row.operator_index == operator_index)
        .max_by_key(|row| row.live_bytes);
    let mut places: Vec<u32> =
        row.map_or_else(Vec::new, |row| [&row.reads[..], &row.writes].concat());
    places.sort_unstable();
    places.dedup();
    let bands = places
        .iter()
        .filter_map(|&place| side.tensors.get(place as usize));
    bands.map(|band| band.bytes).sum()
}

/// What makes an operator of this kind cheaper.
fn help(kind: &OpKind) -> &'static str {
    match kind {
        OpKind::Concat { .. } => {
            "What would: writing its inputs straight into their places in its output (aliasing), or giving them to the \
             layer that follows one by one and adding up the results (rewriting)."
        }
        OpKind::Split { .. } => {
            "What would: reading its outputs where they lie in its input (aliasing), or removing it (rewriting)."
        }
        OpKind::Elementwise
        | OpKind::Add { .. }
        | OpKind::Identity
        | OpKind::Reshape
        | OpKind::Requantize => {
            "What would: letting its output take over the bytes of its input (aliasing), or running it in slices \
             together with its neighbours (tiling)."
        }
        OpKind::Pad { .. } | OpKind::Transpose { .. } => {
            "What would: making it a part of the layer that reads it (rewriting), or running both in slices (tiling)."
        }
        _ => {
            "What would: running it in slices together with its neighbours (tiling), or smaller tensors (rewriting, a \
             lower resolution)."
        }
    }
}
