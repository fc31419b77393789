//! Off-chip traffic.

use std::fmt::Write;

use lowtide::{Bytes, Error, ErrorKind, Result, Target};
use lowtide_core::compile::{Search, off_chip};

use crate::subject::Subject;

pub(crate) const HEAD: &str = "name,on_chip,order,evictions,read,written,moved,beyond,clean,dirty,streamed,bound,proof,least_working_set";

/// On-chip memories of figure 11, in KiB.
const MEMORIES: [u64; 4] = [32, 64, 128, 256];

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
            let _ = writeln!(
                text,
                "{},{},{},{evictions},{figures},{},{},{},{}",
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
