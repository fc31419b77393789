//! What fuzzing runs on arbitrary bytes; a fuzz target only calls it.

use lowtide_core::memory::{Instance, Target, profile};
use lowtide_core::plan::Order;

/// Reads `bytes` as a model; if that succeeds, measures it, writes it in its own order, and demands the same bytes back, and
/// the same graph from them.
///
/// # Panics
/// Where any of this does not hold: that is what a fuzzer looks for.
pub fn round_trip(bytes: &[u8]) {
    let dims = [("batch".to_owned(), 1), ("N".to_owned(), 2)];
    let Ok(graph) = super::read(bytes, &[]).or_else(|_| super::read(bytes, &dims)) else {
        return;
    };
    let order = Order::new(graph.file_order());
    let _ = profile(&Instance::new(&graph, &Target::TFLM), &order);
    let written = super::write(bytes, &graph, None, &order);
    let written = written.expect("what was read can be written");
    let again = super::read(&written, &[]).or_else(|_| super::read(&written, &dims));
    assert_eq!(again.ok().as_ref(), Some(&graph), "the graph survives");
    let _ = super::external::files(bytes);
}
