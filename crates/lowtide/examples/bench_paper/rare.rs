//! How rare good orders are.

use std::fmt::Write;

use lowtide::{Bytes, Limits, Result};
use lowtide_core::limits::Meter;
use lowtide_core::schedule::baseline::{kahn, reverse_postorder};
use lowtide_core::schedule::census::{census, sample};
use lowtide_core::schedule::{Options, solve};

use crate::subject::Subject;

pub(crate) const HEAD: &str = "name,method,orders,downsets,level,share";

/// The paper's budget: 250 KB.
const BUDGET: Bytes = Bytes(250_000);
/// Points of the distribution between the optimum and twice that.
const LEVELS: u64 = 50;
const DOWNSETS: u64 = 600_000;
/// Orders drawn from each start where downsets are too many.
const DRAWS: usize = 2_500;

pub(crate) fn rows(subject: &Subject) -> Result<String> {
    let instance = subject.instance();
    let best = solve(&instance, &Options::default());
    let peak = best.peak.get();
    let mut levels: Vec<Bytes> = (0..=LEVELS)
        .map(|i| Bytes(peak + peak * i / LEVELS))
        .collect();
    levels.push(BUDGET);
    levels.sort_unstable();
    let mut meter = Meter::start(&Limits {
        nodes: DOWNSETS,
        ..Limits::default()
    });
    let (method, orders, downsets, shares) =
        if let Ok(found) = census(&instance, &levels, &mut meter) {
            (
                "counted".to_owned(),
                format!("{:e}", found.orders),
                found.downsets,
                found.shares,
            )
        } else {
            let starts = [
                subject.file(),
                kahn(&instance),
                reverse_postorder(&instance),
                best.order,
            ];
            let drawn = sample(&instance, &starts, DRAWS, 1);
            let within = |&level: &Bytes| drawn.peaks.iter().filter(|&&peak| peak <= level).count();
            let shares = levels
                .iter()
                .map(|level| within(level) as f64 / drawn.peaks.len() as f64);
            let method = format!("drawn (scale reduction {:.3})", drawn.scale_reduction);
            (method, String::new(), 0, shares.collect())
        };
    let mut text = String::new();
    for (level, share) in levels.iter().zip(shares) {
        let name = &subject.name;
        let _ = writeln!(
            text,
            "{name},{method},{orders},{downsets},{level},{share:e}"
        );
    }
    Ok(text)
}
