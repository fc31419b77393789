//! What fuzzing runs on arbitrary bytes; a fuzz target only calls it.

use lowtide_core::memory::{Instance, Target, profile};
use lowtide_core::plan::{Order, Rewriting};

use super::Model;

/// Reads `bytes` as a model; if that succeeds, measures it, writes it and its bodies in their own orders, and demands the same
/// graph again.
///
/// # Panics
/// Where any of this does not hold: that is what a fuzzer looks for.
pub fn round_trip(bytes: &[u8]) {
    let dims = [("batch".to_owned(), 1)];
    let parse = |bytes: &[u8]| {
        let closed = Model::parse(bytes.to_vec(), &[]);
        closed.or_else(|_| Model::parse(bytes.to_vec(), &dims))
    };
    let _ = super::external::files(bytes);
    let Ok(model) = parse(bytes) else {
        return;
    };
    let order = Order::new(model.graph().file_order());
    let _ = profile(&Instance::new(model.graph(), &Target::TFLM), &order);
    let rewriting = Rewriting::unchanged(model.graph().clone());
    let written = model.write(&rewriting, &order);
    let again = parse(&written.expect("what was read can be written"));
    let again = again.expect("what was written can be read");
    assert_eq!(again.graph(), model.graph(), "the graph survives");
    for body in model.bodies() {
        let Ok(graph) = &body.graph else { continue };
        let order = Order::new(graph.file_order());
        let same = model.with_bodies(&[(&body.place, &order)]);
        let same = same.expect("a body can be written in its own order");
        assert_eq!(
            same.graph(),
            model.graph(),
            "so does the graph around a body"
        );
    }
}
