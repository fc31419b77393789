//! `optimize` for people.

use lowtide_core::memory::Target;

use crate::Format;
use crate::report::{AfterPart, Budget, OptimizeReport, RewritePart, Verdict};

use super::facts::{before_and_after, budget, inside, numbers};
use super::inspect::{peak, picture, title};
use super::page::{Page, Tone, tame};
use super::words::{bytes, count, ending, percent, time};

/// The report as text.
#[must_use]
pub fn optimize(report: &OptimizeReport, page: &Page) -> String {
    let mut text = title(&report.model, &report.target, page);
    text += &page.fact("before", &peak(&report.before), Tone::Plain);
    text += &page.fact("after", &peak(&report.after.cost), Tone::Figure);
    text += &saved(report, page);
    text += &proof(report, page);
    if let Some(reason) = report.reason.as_ref().filter(|_| is_proved(report)) {
        text += &page.fact("why", &tame(&reason.sentence()), Tone::Plain);
    }
    text += &byte_steps(&report.after, page);
    if let Some(asked) = &report.requested_by_default {
        let (before, after) = (asked.before_bytes, asked.after_bytes);
        let value = format!(
            "{before} before, {after} after; with enable_mem_reuse = False what is counted"
        );
        text += &page.fact("by default", &value, Tone::Plain);
    }
    for rewrite in &report.rewrites {
        text += &page.fact("rewritten", &rewritten(rewrite), Tone::Plain);
    }
    text += &rewriting(report, page);
    text += &accumulated(report, page);
    if let Some(part) = &report.numbers {
        text += &numbers(part, page);
    }
    for body in &report.bodies {
        text += &page.fact("inside", &inside(body), Tone::Plain);
    }
    text += &before_and_after(report, page);
    if let Some(verdict) = &report.budget {
        let remedy = match report.after.proof {
            Some(_) => "the search ended first: --node-limit or --time-limit give it more",
            None => "--order exact finds out whether another order fits",
        };
        text += &budget(verdict, remedy, page);
    }
    if report.saved_bytes() > 0 {
        text += &page.heading("Live bytes by step, after");
        text += &picture(&report.after.cost, page);
    }
    text += &written(report, page);
    for (label, file) in [
        ("certificate", &report.certificate),
        ("header", &report.header),
    ] {
        if let Some(file) = file {
            let value = format!("{} ({} bytes)", tame(&file.path), file.bytes);
            text += &page.fact(label, &value, Tone::Figure);
        }
    }
    text + &running(report, page)
}

/// How ONNX Runtime keeps the order: by default it takes one of its own, and optimisation beyond EXTENDED changes it.
const ONNX_RUNTIME: &str = "\
options = onnxruntime.SessionOptions()
options.execution_order = onnxruntime.ExecutionOrder.PRIORITY_BASED
options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
";

/// By default ONNX Runtime keeps what is freed for a later tensor of the same shape, and nodes that it fuses are another graph.
const AS_COUNTED: &str = "\
options.enable_mem_reuse = False  # frees at once, which is what was counted; exact with ORT_DISABLE_ALL
";

/// Nodes that are fused after they were ordered are another graph, with a best order of its own.
const FUSED_FIRST: &str = "\
options.optimized_model_filepath = \"fused.onnx\"
onnxruntime.InferenceSession(\"MODEL.onnx\", options)
# lowtide optimize fused.onnx --target ort -o OUT.onnx, and run that with ORT_DISABLE_ALL
";

/// What the runtime has to be told, for formats whose runtime does not follow the file by itself.
fn running(report: &OptimizeReport, page: &Page) -> String {
    if report.output.is_none() || report.model.format != Format::Onnx.name() {
        return String::new();
    }
    let mut lines = page.heading("ONNX Runtime follows this order with") + ONNX_RUNTIME;
    if report.target.name == Target::ORT.name {
        lines += AS_COUNTED;
    }
    lines
        + &page.heading("Least memory with fused nodes: fuse first, then order the result")
        + FUSED_FIRST
}

fn saved(report: &OptimizeReport, page: &Page) -> String {
    let (before, after) = (report.before.peak_bytes, report.after.cost.peak_bytes);
    if after < before {
        let won = before - after;
        let value = format!("{}, {}", bytes(won), percent(won, before));
        page.fact("saved", &value, Tone::Good)
    } else if after > before {
        let value = format!(
            "nothing: {} needs {} more than the order of the file",
            report.after.algorithm,
            bytes(after - before)
        );
        page.fact("saved", &value, Tone::Bad)
    } else if is_proved(report) {
        let value = match uncounted(report) {
            0 => "nothing: no order can help",
            _ => "nothing: no order needs less of what is counted",
        };
        page.fact("saved", value, Tone::Bad)
    } else {
        let value = "nothing: no better order was found";
        page.fact("saved", value, Tone::Bad)
    }
}

/// What was won beside the peak.
fn byte_steps(after: &AfterPart, page: &Page) -> String {
    let (kept, found) = (after.cost.live_byte_steps, after.live_byte_steps_as_found);
    if kept >= found {
        return String::new();
    }
    let less = percent(found - kept, found);
    let value = format!("{kept}, {less} fewer than the order that the search found");
    page.fact("byte-steps", &value, Tone::Plain)
}

/// How many bodies need something inside that is not counted.
fn uncounted(report: &OptimizeReport) -> usize {
    let reasons = report.bodies.iter().filter_map(|body| body.reason.as_ref());
    reasons.count()
}

fn is_proved(report: &OptimizeReport) -> bool {
    report.after.cost.peak_bytes <= report.after.bound_bytes
}

fn proof(report: &OptimizeReport, page: &Page) -> String {
    let after = &report.after;
    let effort = format!(
        "{} in {}",
        count(after.states, "state"),
        time(report.timings.search)
    );
    let value = match (after.proof, after.stopped_by) {
        _ if is_proved(report) && uncounted(report) > 0 => format!(
            "optimal as counted: no order needs less, but what is inside {} is not counted ({effort})",
            count(uncounted(report) as u64, "part")
        ),
        _ if is_proved(report) => {
            format!("optimal: no order of this graph needs less ({effort})")
        }
        (Some(_), Some("arena")) => format!(
            "an order with a peak of {} is known, but its arena is larger ({effort})",
            bytes(after.bound_bytes)
        ),
        (Some(_), Some(stopped_by)) => {
            let gap = after.cost.peak_bytes.saturating_sub(after.bound_bytes);
            format!(
                "bounded: no order needs less than {}, a gap of {}; ended by {} ({effort})",
                bytes(after.bound_bytes),
                percent(gap, after.cost.peak_bytes),
                ending(stopped_by)
            )
        }
        _ => format!(
            "none: {} proves nothing; no order needs less than {}",
            after.algorithm,
            bytes(after.bound_bytes)
        ),
    };
    page.fact("proof", &value, Tone::Plain)
}

fn rewritten(rewrite: &RewritePart) -> String {
    let sites = rewrite.sites.iter().take(SITES);
    let mut sites: Vec<String> = sites
        .map(|site| {
            let name = format!("{} @{}", tame(&site.operator), site.operator_index);
            match site.won_bytes {
                0 => name,
                won => format!("{name} (won {won})"),
            }
        })
        .collect();
    if rewrite.sites.len() > SITES {
        sites.push(format!("{} more", rewrite.sites.len() - SITES));
    }
    let (count, rule, exactness) = (rewrite.count, rewrite.rule, rewrite.exactness);
    format!("{count} x {rule} ({exactness}): {}", sites.join(", "))
}

/// What rewriting won over the best order alone, and what it costs.
fn rewriting(report: &OptimizeReport, page: &Page) -> String {
    let (part, peak) = (&report.rewriting, report.after.cost.peak_bytes);
    let alone = part.order_alone_bytes;
    let mut text = String::new();
    if peak < alone {
        let cost = &part.cost;
        let tail = cost.tail_bytes;
        let tail = tail.map_or_else(String::new, |tail| {
            format!("{tail:+} of the arena's tail, ")
        });
        let value = format!(
            "wins {} over the best order alone, {}; costs {:+} operators, {:+} tensors, {:+} bytes of weights, {tail}{:+} additions",
            bytes(alone - peak),
            bytes(alone),
            cost.operators,
            cost.tensors,
            cost.weight_bytes,
            cost.additions
        );
        text += &page.fact("rewriting", &value, Tone::Plain);
    }
    if part.vetoed > 0 {
        let value = format!(
            "{} passed over, as they would have made an arena larger",
            count(part.vetoed as u64, "better choice")
        );
        text += &page.fact("rewriting", &value, Tone::Plain);
    }
    for refused in &part.refused {
        text += &page.fact("refused", &tame(&refused.sentence()), Tone::Bad);
    }
    text
}

/// What exact sums of integers would reach, which is no promise of any runtime at hand.
fn accumulated(report: &OptimizeReport, page: &Page) -> String {
    let Some(part) = &report.rewriting.accumulated else {
        return String::new();
    };
    let peak = report.after.cost.peak_bytes;
    let value = match peak.checked_sub(part.peak_bytes) {
        Some(less @ 1..) => format!(
            "{} with every bit kept, {} less: what kernels would reach that add {} up in 32-bit integers; no builtin does",
            bytes(part.peak_bytes),
            bytes(less),
            count(part.sites as u64, "convolution")
        ),
        _ => "exact partial sums in 32-bit integers would need no less".to_owned(),
    };
    page.fact("int32 sums", &value, Tone::Quiet)
}

/// Sites named for each rule.
const SITES: usize = 3;

/// The file, or how to get one.
fn written(report: &OptimizeReport, page: &Page) -> String {
    let fits = |budget: &Budget| budget.verdict == Verdict::Fits;
    match &report.output {
        Some(output) => {
            let value = format!("{} ({} bytes)", tame(&output.path), output.bytes);
            format!("\n{}", page.fact("wrote", &value, Tone::Figure))
        }
        None if !report.budget.as_ref().is_none_or(fits) => {
            format!(
                "\n{}",
                page.fact("wrote", "nothing: the budget is not met", Tone::Quiet)
            )
        }
        None if report.saved_bytes() == 0 => String::new(),
        None => format!(
            "\n{}",
            page.fact("wrote", "nothing: add -o FILE to keep it", Tone::Quiet)
        ),
    }
}
