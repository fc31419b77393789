//! Columns for a graph that is drawn down its order: chains go straight, what waits keeps its column.

use lowtide_core::graph::Graph;
use lowtide_core::ids::{OpId, Table};
use lowtide_core::plan::Order;

/// A column for every step.
pub(in crate::report::page) struct Lanes {
    /// By step.
    pub(in crate::report::page) of_step: Vec<u32>,
    /// How many there are.
    pub(in crate::report::page) count: u32,
}

/// An operator takes the column of an input that ends with it, else the first that is free, and keeps it until its
/// results have been read for the last time: so no edge runs through another operator.
pub(in crate::report::page) fn lanes(graph: &Graph, order: &Order) -> Lanes {
    let topology = graph.topology();
    let mut step_of: Table<OpId, u32> = Table::filled(0, graph.ops().len());
    (0..)
        .zip(order.ops())
        .for_each(|(step, &op)| step_of[op] = step);
    let mut lane_of: Table<OpId, u32> = Table::filled(0, graph.ops().len());
    let mut busy: Vec<u32> = Vec::new();
    let mut of_step = Vec::with_capacity(order.len());
    for (step, &op) in (0u32..).zip(order.ops()) {
        let node = graph.op(op);
        let ends_here = |lane: &u32| busy[*lane as usize] == step;
        let sources = node.reads().filter_map(|t| topology.producer(t));
        let inherited = sources
            .map(|source| lane_of[source])
            .filter(ends_here)
            .min();
        let free = || busy.iter().position(|&until| until < step || until == 0);
        let lane = inherited.unwrap_or_else(|| free().unwrap_or(busy.len()) as u32);
        if lane as usize == busy.len() {
            busy.push(0);
        }
        let readers = node.outputs.iter().flat_map(|&t| topology.consumers(t));
        busy[lane as usize] = readers.map(|&op| step_of[op]).max().unwrap_or(step);
        lane_of[op] = lane;
        of_step.push(lane);
    }
    Lanes {
        of_step,
        count: busy.len() as u32,
    }
}

#[cfg(test)]
mod tests {
    use super::lanes;
    use crate::{Format, Model};
    use lowtide_core::plan::Order;

    /// `a` feeds `b` and `c`, which `d` joins.
    const DIAMOND: &str = r#"{"tensors": [
        {"name": "x", "bytes": 1, "kind": "input"}, {"name": "a", "bytes": 1, "kind": "activation"},
        {"name": "b", "bytes": 1, "kind": "activation"}, {"name": "c", "bytes": 1, "kind": "activation"},
        {"name": "d", "bytes": 1, "kind": "output"}], "ops": [
        {"inputs": ["x"], "outputs": ["a"]}, {"inputs": ["a"], "outputs": ["b"]},
        {"inputs": ["a"], "outputs": ["c"]}, {"inputs": ["b", "c"], "outputs": ["d"]}]}"#;

    #[test]
    fn a_chain_is_straight_and_a_branch_stands_beside() {
        let model = Model::from_bytes("diamond.json", DIAMOND.into(), Format::Json).unwrap();
        let lanes = lanes(model.graph(), &Order::new(model.graph().file_order()));
        assert_eq!((lanes.of_step, lanes.count), (vec![0, 1, 0, 0], 2));
    }
}
