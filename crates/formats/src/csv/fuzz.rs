//! What fuzzing runs on arbitrary bytes; a fuzz target only calls it.

use lowtide_core::arena::{Options, Verdict, conflict, fit, pack};
use lowtide_core::check::check_layout;
use lowtide_core::packing::Problem;
use lowtide_core::units::Bytes;

use super::{read, with_offsets};

/// Placements a search may try.
const NODES: u64 = 500;

/// Reads `bytes` as a packing problem; if that succeeds, packs it, asks for less than it needs, and demands that the file with offsets is the
/// same problem with every buffer fixed where it was put.
///
/// # Panics
/// Where any of this does not hold: that is what a fuzzer looks for.
pub fn packing(bytes: &[u8]) {
    let Ok(packing) = read(bytes, None) else {
        return;
    };
    let mut options = Options::default();
    options.limits.nodes = NODES;
    let problem = &packing.problem;
    let packed = pack(problem, &options);
    assert_eq!(check_layout(problem, &packed.layout), Ok(()));
    assert!(packed.bound.height <= packed.layout.height);
    if let Some(below) = packed.bound.height.get().checked_sub(1) {
        let verdict = fit(problem, Bytes(below), &options).verdict;
        assert!(!matches!(verdict, Verdict::Fits(_)), "the bound holds");
        if let Some(found) = conflict(problem, Bytes(below), &options) {
            let kept = found
                .buffers
                .iter()
                .map(|&id| problem.buffers()[id].clone());
            let kept = Problem::new(kept.collect(), None).expect("a part of a problem");
            let verdict = fit(&kept, Bytes(below), &options).verdict;
            assert!(!matches!(verdict, Verdict::Fits(_)), "a conflict stays one");
        }
    }
    let written = with_offsets(bytes, &packed.layout).expect("what was read can be written");
    let again = read(&written, None).expect("what was written can be read");
    assert_eq!(again.names, packing.names);
    for (id, buffer) in again.problem.buffers().iter() {
        let mut was = problem.buffers()[id].clone();
        was.offset = Some(packed.layout.offsets[id]);
        assert_eq!(*buffer, was);
    }
}
