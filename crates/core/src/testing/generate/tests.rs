use super::graph;
use crate::graph::{Graph, Role};
use crate::ids::TensorId;
use crate::units::Bytes;

/// Something that a graph has or has not, and how to see it.
type Promise = (&'static str, fn(&Graph) -> bool);

/// What the generator promises.
const PROMISES: &[Promise] = &[
    ("no operators", |g| g.ops().is_empty()),
    ("several outputs", |g| {
        g.ops().rows().any(|op| op.outputs.len() > 1)
    }),
    ("no outputs", |g| {
        g.ops().rows().any(|op| op.outputs.is_empty())
    }),
    ("a tensor read twice", |g| {
        g.ops()
            .rows()
            .any(|op| op.inputs.len() > 1 && op.inputs.first() == op.inputs.get(1))
    }),
    ("an absent input", |g| {
        g.ops().rows().any(|op| op.inputs.contains(&None))
    }),
    ("effects", |g| g.ops().rows().any(|op| op.has_effects)),
    ("no bytes", |g| {
        g.tensors().rows().any(|t| t.bytes == Bytes::ZERO)
    }),
    ("only constants read", |g| {
        g.ops().ids().any(|op| g.is_constant_op(op))
    }),
    ("a variable read", |g| {
        any(g, |g, t| variable(g, t) && read(g, t))
    }),
    ("a variable written", |g| {
        any(g, |g, t| variable(g, t) && written(g, t))
    }),
    ("control edges", |g| !g.control().is_empty()),
    ("an output that is read", |g| {
        g.outputs().iter().any(|&t| read(g, t))
    }),
    ("an input that is an output", |g| {
        g.inputs().iter().any(|t| g.outputs().contains(t))
    }),
    ("an input that nobody reads", |g| {
        g.inputs().iter().any(|&t| !read(g, t))
    }),
    ("an input listed twice", |g| {
        (1..g.inputs().len()).any(|i| g.inputs()[..i].contains(&g.inputs()[i]))
    }),
    ("an output listed twice", |g| {
        (1..g.outputs().len()).any(|i| g.outputs()[..i].contains(&g.outputs()[i]))
    }),
    ("a tensor that nobody makes", |g| {
        any(g, |g, t| {
            read(g, t) && !written(g, t) && !g.inputs().contains(&t) && g.is_counted(t)
        })
    }),
];

fn any(graph: &Graph, what: fn(&Graph, TensorId) -> bool) -> bool {
    graph.tensors().ids().any(|t| what(graph, t))
}

fn variable(graph: &Graph, tensor: TensorId) -> bool {
    graph.tensor(tensor).role == Role::Variable
}

fn read(graph: &Graph, tensor: TensorId) -> bool {
    !graph.topology().consumers(tensor).is_empty()
}

fn written(graph: &Graph, tensor: TensorId) -> bool {
    graph.topology().producer(tensor).is_some()
}

#[test]
fn the_generator_keeps_its_promises() {
    let graphs: Vec<Graph> = (0..2_000).map(|seed| graph(seed, 12)).collect();
    for (what, holds) in PROMISES {
        let share = graphs.iter().filter(|graph| holds(graph)).count();
        assert!(share >= 20, "{what}: only {share} of 2000 graphs");
    }
    assert_eq!(graphs[7], graph(7, 12));
}
