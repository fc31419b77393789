//! Offsets for the page: as the runtime would choose them, and as lowtide would.

use lowtide_core::arena::{Options, greedy, pack};
use lowtide_core::check::check_layout;
use lowtide_core::limits::Limits;
use lowtide_core::memory::Target;
use lowtide_core::packing::{Buffer, Problem};
use lowtide_core::plan::{Layout, Proof};
use lowtide_core::units::Bytes;

use super::{ArenaPart, BandPart};

/// Placements that a page may cost.
const A_MOMENT: u64 = 5_000;

/// The runtime's own plan, then lowtide's; only those that the referee passes. None where nothing takes bytes.
pub(super) fn plans(bands: &[BandPart], target: &Target) -> Vec<ArenaPart> {
    let buffer = |band: &BandPart| {
        let size = Bytes(band.bytes).align_up(target.alignment);
        Buffer::new(band.start.into(), band.end.into(), size)
    };
    let Ok(problem) = Problem::new(bands.iter().map(buffer).collect(), None) else {
        return Vec::new();
    };
    let (planner, greedy) = match *target == Target::TFLM {
        true => ("TFLM's greedy planner", greedy::tflm(&problem)),
        false => ("greedy, largest first", greedy::lowest(&problem)),
    };
    let limits = Limits {
        nodes: A_MOMENT,
        ..Limits::default()
    };
    let options = Options {
        limits,
        ..Options::default()
    };
    let packing = pack(&problem, &options);
    let exact = ("lowtide's plan", packing.layout);
    let all = [
        (planner, greedy, None),
        (exact.0, exact.1, Some(packing.proof)),
    ];
    let checked = all
        .into_iter()
        .filter(|(_, layout, _)| check_layout(&problem, layout).is_ok());
    checked
        .map(|(planner, layout, proof)| part(planner, &layout, proof))
        .collect()
}

fn part(planner: &'static str, layout: &Layout, proof: Option<Proof>) -> ArenaPart {
    ArenaPart {
        planner,
        is_the_runtimes: proof.is_none(),
        bytes: layout.height.get(),
        offsets: layout.offsets.rows().map(|offset| offset.get()).collect(),
        proof: proof.map(|proof| proof.name()),
    }
}
