//! Rows about searches.

use lowtide::{Algorithm, Error, ErrorKind, Limits, Result, Target};
use lowtide_core::compile::Search;
use lowtide_core::limits::{StopReason, Stopwatch};
use lowtide_core::memory::Instance;
use lowtide_core::schedule::{Options, Schedule, Switch, Switches, solve};

use crate::subject::Subject;

pub(crate) const HEAD: &str =
    "graph,operators,target,algorithm,peak,bound,proof,states,memory_bytes,median_ms";

/// States after which SERENITY's algorithm has lost: its levels only grow.
const SERENITY_STATES: u64 = 1_000_000;

/// The exact solver with everything on.
pub(crate) fn exact(subject: &Subject, target: &Target, limits: &Limits) -> Result<()> {
    solved(subject, target, "exact", Switches::ALL, limits);
    Ok(())
}

/// SERENITY's algorithm and the baselines, as TFLM counts.
pub(crate) fn others(subject: &Subject, limits: &Limits) -> Result<()> {
    let (name, ops) = (&subject.name, subject.graph.ops().len());
    let instance = Instance::new(&subject.graph, &Target::TFLM);
    let search = Search {
        limits: Limits {
            nodes: SERENITY_STATES,
            ..limits.clone()
        },
        ..Search::default()
    };
    for algorithm in Algorithm::ALL.iter().filter(|&&a| a != Algorithm::Exact) {
        let found = algorithm.run(&instance, &search);
        println!(
            "{name},{ops},tflm,{},{},{},{},{},,{:.3}",
            algorithm.name(),
            found.peak,
            found.bound,
            found.proof.map_or("none", |proof| proof.name()),
            found.states,
            found.elapsed.as_secs_f64() * 1e3
        );
    }
    Ok(())
}

/// The exact solver with everything on, with each switch off, and with all off.
pub(crate) fn ablation(subject: &Subject, limits: &Limits) -> Result<()> {
    solved(subject, &Target::TFLM, "all", Switches::ALL, limits);
    for &switch in Switch::ALL {
        let switches = Switches::ALL.without(&[switch]);
        let variant = format!("no-{}", switch.name());
        solved(subject, &Target::TFLM, &variant, switches, limits);
    }
    solved(subject, &Target::TFLM, "none", Switches::NONE, limits);
    Ok(())
}

/// The exact solver on one thread and on two, by turns: a row for each, with the median time by the clock. The same
/// must come of both.
pub(crate) fn threads(subject: &Subject, limits: &Limits) -> Result<()> {
    const NUMBERS: [usize; 2] = [1, 2];
    let instance = Instance::new(&subject.graph, &Target::TFLM);
    let mut times = NUMBERS.map(|_| Vec::new());
    let mut found = Vec::new();
    while times[0].len() < RUNS && times[0].iter().sum::<f64>() < 3.0 * ENOUGH_MS {
        found.clear();
        for (threads, times) in NUMBERS.into_iter().zip(&mut times) {
            let options = Options {
                limits: Limits {
                    threads,
                    ..limits.clone()
                },
                ..Options::default()
            };
            let watch = Stopwatch::start();
            found.push(solve(&instance, &options));
            times.push(watch.elapsed().as_secs_f64() * 1e3);
        }
    }
    for ((threads, found), times) in NUMBERS.into_iter().zip(&found).zip(&mut times) {
        row(
            subject,
            &Target::TFLM,
            &format!("threads-{threads}"),
            found,
            times,
        );
    }
    let differ = found.windows(2).any(|pair| pair[0] != pair[1]);
    let timed = |found: &Schedule| found.proof.stopped_by() == Some(StopReason::TimeLimit);
    if differ && !found.iter().any(timed) {
        let what = format_args!("{}: the number of threads makes a difference", subject.name);
        return Err(Error::new(ErrorKind::Internal, what));
    }
    Ok(())
}

/// One row; the median of up to nine runs, of one where that takes long.
fn solved(subject: &Subject, target: &Target, variant: &str, switches: Switches, limits: &Limits) {
    let instance = Instance::new(&subject.graph, target);
    let options = Options {
        limits: limits.clone(),
        switches,
        ..Options::default()
    };
    let mut times = Vec::new();
    let found = loop {
        let (watch, before) = (Stopwatch::start(), processor_ms());
        let found = solve(&instance, &options);
        let wall = watch.elapsed().as_secs_f64() * 1e3;
        let own = before.zip(processor_ms()).map(|(from, to)| to - from);
        // The system counts in ticks of some milliseconds.
        times.push(own.filter(|&own| own > TICKS).unwrap_or(wall));
        if times.len() == RUNS || times.iter().sum::<f64>() > ENOUGH_MS {
            break found;
        }
    };
    row(subject, target, variant, &found, &mut times);
}

fn row(subject: &Subject, target: &Target, variant: &str, found: &Schedule, times: &mut [f64]) {
    times.sort_by(f64::total_cmp);
    println!(
        "{},{},{},{variant},{},{},{},{},{},{:.3}",
        subject.name,
        subject.graph.ops().len(),
        target.name,
        found.peak,
        found.bound,
        found.proof.name(),
        found.states,
        found.memory,
        times[times.len() / 2]
    );
}

/// The most runs behind one time.
const RUNS: usize = 9;
/// Milliseconds after which no further run is made.
const ENOUGH_MS: f64 = 200.0;
/// Milliseconds from which on processor time is exact enough.
const TICKS: f64 = 20.0;

/// Milliseconds that this thread has had a processor, where the system tells: a busy machine counts less than by the clock.
fn processor_ms() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = text.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds / 1e6)
}
