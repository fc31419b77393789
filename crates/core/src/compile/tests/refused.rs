//! Rules with a fault: what they propose is dropped and reported, and the rest goes on.

use crate::graph::Graph;
use crate::ids::OpId;
use crate::plan::{Edit, Exactness, OpOrigin, Patch};
use crate::rewrite::Rule;
use crate::rewrite::rules::{ChannelWise, ElementwiseFirst, KernelWise};
use crate::testing::joined;

use super::super::{Choice, Compiled, compile};
use super::choosing;

/// What is wrong with the patches of [`Faulty`].
#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    /// Nothing is proposed.
    Absent,
    /// Parts are joined in the wrong order, or one part takes another's input.
    Turned,
    /// An operator goes whose output is read.
    Torn,
}

/// The rule for channels, with a fault at every second operator.
#[derive(Clone, Copy, Debug)]
struct Faulty(Fault);

impl Rule for Faulty {
    fn name(&self) -> &'static str {
        "faulty"
    }

    fn propose(&self, graph: &Graph, op: OpId) -> Option<Patch> {
        let mut patch = KernelWise.propose(graph, op)?;
        patch.rule = self.name();
        // Parts of parts have names that tell them: the fault is one of the source's operator, whatever its number is by now.
        let is_faulty = graph.op(op).label == "BIASED";
        match self.0 {
            _ if !is_faulty => {}
            Fault::Absent => return None,
            Fault::Torn => {
                patch.ops.clear();
                patch.tensors.clear();
                patch.edits.retain(|edit| matches!(edit, Edit::RemoveOp(_)));
            }
            Fault::Turned => {
                for (op, origin) in &mut patch.ops {
                    if let OpOrigin::Part { of, .. } = *origin
                        && of != patch.site
                    {
                        op.inputs.reverse();
                    }
                }
            }
        }
        Some(patch)
    }
}

fn result(graph: &Graph, fault: Fault) -> Compiled {
    let faulty = Faulty(fault);
    let sums = ChannelWise {
        sum: "ADD",
        biased: &[],
    };
    let rules: [&dyn Rule; 3] = [&faulty, &ElementwiseFirst, &sums];
    let choice = Choice {
        rules: &rules,
        addition: None,
        weakest: Exactness::Rounding,
        figures: None,
    };
    compile(graph, &choosing(choice)).expect("the referees agree")
}

#[test]
fn what_a_referee_refuses_is_dropped_and_the_rest_goes_on() {
    let (mut refused, mut won) = ([0, 0], 0);
    for seed in 0..2000 {
        let graph = joined::graph(seed);
        let without = result(&graph, Fault::Absent);
        assert_eq!(without.refused, [], "seed {seed}");
        for (index, fault) in [Fault::Turned, Fault::Torn].into_iter().enumerate() {
            let with = result(&graph, fault);
            for one in &with.refused {
                assert_eq!(
                    (one.rule, graph.op(one.site).label.as_str()),
                    ("faulty", "BIASED"),
                    "seed {seed}"
                );
                assert!(one.fault.contains("please report"), "{}", one.fault);
                let is_there = |site| {
                    with.rewriting
                        .applied
                        .iter()
                        .any(|patch| patch.site == site)
                };
                assert!(!is_there(one.site), "seed {seed}");
            }
            // What was refused is done without from then on; a fault that changes nothing is none.
            let sound = |compiled: &Compiled| compiled.tried.is_some_and(|tried| tried.exhaustive);
            if sound(&with) && sound(&without) && !with.refused.is_empty() {
                assert!(
                    with.after.peak <= without.after.peak,
                    "seed {seed} {fault:?}\n{graph}"
                );
                won += usize::from(with.after.peak < with.order_alone);
            }
            refused[index] += with.refused.len();
        }
    }
    assert!(refused.iter().all(|&count| count > 20), "{refused:?}");
    assert!(won > 1, "{won}");
}
