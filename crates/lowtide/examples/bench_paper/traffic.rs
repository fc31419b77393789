//! Off-chip traffic.

use std::fmt::Write;

use lowtide::{Bytes, Error, ErrorKind, Limits, Result, Target};
use lowtide_core::compile::{Carried, Search, off_chip};
use lowtide_core::limits::Meter;
use lowtide_core::traffic::{Problem, search, simulate};

use crate::subject::Subject;

pub(crate) const HEAD: &str = "name,on_chip,order,evictions,read,written,moved,beyond,clean,dirty,streamed,bound,proof,least_working_set,belady,best_evictions";

/// On-chip memories of figure 11, in KiB.
const MEMORIES: [u64; 4] = [32, 64, 128, 256];
/// Steps between states that the best evictions for an order may cost.
const STATES: u64 = 300_000;

pub(crate) fn rows(subject: &Subject) -> Result<String> {
    let mut text = String::new();
    for on_chip in MEMORIES.map(|kib| Bytes(kib * 1024)) {
        let found = off_chip(&subject.graph, &Target::TFLM, on_chip, &Search::default());
        let found = found.map_err(|error| Error::new(ErrorKind::Internal, error))?;
        for order in &found.orders {
            let moved = &order.moved;
            let evictions = if order.is_belady { "belady" } else { "exact" };
            let figures = [
                moved.read,
                moved.written,
                moved.total(),
                moved.beyond_compulsory(),
                moved.clean,
                moved.dirty,
            ];
            let figures = figures.map(|bytes| bytes.get().to_string()).join(",");
            let (belady, best) = replacement(subject, order, on_chip);
            let _ = writeln!(
                text,
                "{},{},{},{evictions},{figures},{},{},{},{},{belady},{best}",
                subject.name,
                on_chip.get(),
                order.name,
                moved.streamed,
                found.bound.get(),
                found.proof.name(),
                found.least_working_set.get(),
            );
        }
    }
    Ok(text)
}

/// What `order` moves by Belady's rule, and with the best evictions that there are for it; nothing where the search for those was
/// stopped.
fn replacement(subject: &Subject, order: &Carried, on_chip: Bytes) -> (Bytes, String) {
    let problem = Problem::new(&subject.graph, on_chip);
    let belady = simulate(&problem, &order.order);
    let beyond = belady.beyond_compulsory();
    let mut meter = Meter::start(&Limits {
        nodes: STATES,
        ..Limits::default()
    });
    let found = search(&problem, Some(&order.order), beyond, &mut meter);
    let best = match (found.best, found.stopped_by) {
        (Some(best), _) => (belady.compulsory + best.beyond).get().to_string(),
        // Nothing moves less.
        (None, None) => belady.total().get().to_string(),
        (None, Some(_)) => String::new(),
    };
    (belady.total(), best)
}
