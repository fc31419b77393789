//! Time, states and memory of one way to schedule; a process each, so that the memory is its own.

use lowtide::{Error, ErrorKind, Limits, Result};
use lowtide_core::limits::{Meter, Stopwatch};
use lowtide_core::plan::Proof;
use lowtide_core::schedule::serenity::{Switches, serenity};
use lowtide_core::schedule::{Options, solve};

use crate::subject::Subject;

pub(crate) const HEAD: &str =
    "name,operators,variant,limit,finished,parts,peak,states,cpu_ms,wall_ms,memory_kb";

/// States after which a search has not finished.
const STATES: u64 = 3_000_000;
/// Runs whose best time counts, as long as that is short.
const REPEATS: usize = 5;
const SHORT_MS: f64 = 100.0;

pub(crate) fn row(variant: &str, subject: &Subject) -> Result<String> {
    let before = memory("VmRSS:");
    let mut best = run(variant, subject)?;
    for _ in 1..REPEATS {
        if best.cpu_ms < SHORT_MS {
            let again = run(variant, subject)?;
            best.cpu_ms = best.cpu_ms.min(again.cpu_ms);
            best.wall_ms = best.wall_ms.min(again.wall_ms);
        }
    }
    Ok(format!(
        "{},{},{variant},{STATES},{},{},{},{},{:.3},{:.3},{}\n",
        subject.name,
        subject.graph.ops().len(),
        best.finished,
        best.parts,
        best.peak,
        best.states,
        best.cpu_ms,
        best.wall_ms,
        memory("VmHWM:").saturating_sub(before),
    ))
}

struct Run {
    finished: bool,
    parts: usize,
    peak: u64,
    states: u64,
    cpu_ms: f64,
    wall_ms: f64,
}

fn run(variant: &str, subject: &Subject) -> Result<Run> {
    let instance = subject.instance();
    let limits = Limits {
        nodes: STATES,
        ..Limits::default()
    };
    let switches = |divide_and_conquer, soft_budget| Switches {
        divide_and_conquer,
        soft_budget,
        ..Switches::default()
    };
    let switches = match variant {
        "dp" => Some(switches(false, false)),
        "dp+dc" => Some(switches(true, false)),
        "dp+dc+asb" => Some(switches(true, true)),
        "ours" => None,
        _ => {
            let text = format_args!("no variant {variant}; there are dp, dp+dc, dp+dc+asb, ours");
            return Err(Error::new(ErrorKind::Usage, text));
        }
    };
    let (watch, cpu) = (Stopwatch::start(), cpu_ns());
    let (proof, parts, peak, states) = match switches {
        Some(switches) => {
            let run = serenity(&instance, switches, &mut Meter::start(&limits));
            (run.proof, run.parts, run.peak, run.states)
        }
        None => {
            let options = Options {
                limits,
                ..Options::default()
            };
            let found = solve(&instance, &options);
            (found.proof, 0, found.peak, found.states)
        }
    };
    Ok(Run {
        cpu_ms: (cpu_ns() - cpu) as f64 / 1e6,
        wall_ms: watch.elapsed().as_secs_f64() * 1e3,
        finished: proof == Proof::Optimal,
        parts,
        peak: peak.get(),
        states,
    })
}

/// Nanoseconds that this thread ran.
#[cfg(unix)]
fn cpu_ns() -> u64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    time.tv_sec.unsigned_abs() * 1_000_000_000 + time.tv_nsec.unsigned_abs()
}

/// Nanoseconds that this thread ran: unknown.
#[cfg(not(unix))]
fn cpu_ns() -> u64 {
    0
}

/// A line of the process's status, in kB; 0 where the system does not say.
fn memory(line: &str) -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|found| found.strip_prefix(line));
    let number = line.and_then(|rest| rest.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}
