use fastrand::Rng;

use super::{OrderFault, check_order};
use crate::graph::{Graph, text};
use crate::ids::OpId;
use crate::memory::{Instance, Target, profile};
use crate::plan::Order;
use crate::testing::generate;
use crate::units::Bytes;

/// A graph with a valid order and its peak.
fn case(seed: u64, rng: &mut Rng) -> (Graph, Order, Bytes) {
    let graph = generate::graph(seed, 16);
    let instance = Instance::new(&graph, &Target::TFLM);
    let order = generate::order(&instance, rng);
    let peak = profile(&instance, &order).peak;
    (graph, order, peak)
}

fn verdict(graph: &Graph, ops: Vec<OpId>, claimed: Bytes) -> Result<(), OrderFault> {
    check_order(graph, &Target::TFLM, &Order::new(ops), claimed)
}

#[test]
fn wrong_peaks_are_refused() {
    let mut rng = Rng::with_seed(1);
    for seed in 0..500 {
        let (graph, order, peak) = case(seed, &mut rng);
        let claimed = peak + Bytes(rng.u64(1..9));
        let fault = OrderFault::Peak {
            claimed,
            counted: peak,
        };
        assert_eq!(verdict(&graph, order.ops().to_vec(), claimed), Err(fault));
        if peak > Bytes::ZERO {
            let claimed = peak - Bytes(1);
            let fault = verdict(&graph, order.ops().to_vec(), claimed);
            assert!(matches!(fault, Err(OrderFault::Peak { .. })));
        }
    }
}

#[test]
fn missing_and_added_operators_are_refused() {
    let mut rng = Rng::with_seed(2);
    for seed in 0..500 {
        let (graph, order, peak) = case(seed, &mut rng);
        let mut longer = order.ops().to_vec();
        longer.push(OpId(0));
        let fault = verdict(&graph, longer, peak);
        assert!(matches!(fault, Err(OrderFault::Length { .. })));
        if !order.is_empty() {
            let mut shorter = order.ops().to_vec();
            shorter.remove(rng.usize(0..shorter.len()));
            let fault = verdict(&graph, shorter, peak);
            assert!(matches!(fault, Err(OrderFault::Length { .. })));
        }
    }
}

#[test]
fn repeated_and_unknown_operators_are_refused() {
    let mut rng = Rng::with_seed(3);
    let mut tried = 0;
    for seed in 0..500 {
        let (graph, order, peak) = case(seed, &mut rng);
        if order.len() < 2 {
            continue;
        }
        tried += 1;
        let at = rng.usize(1..order.len());
        for op in [
            order.ops()[at - 1],
            OpId(order.len() as u32),
            OpId(u32::MAX),
        ] {
            let mut ops = order.ops().to_vec();
            ops[at] = op;
            assert_eq!(
                verdict(&graph, ops, peak),
                Err(OrderFault::Repeated { step: at, op })
            );
        }
    }
    assert!(tried > 300);
}

#[test]
fn orders_that_break_a_precedence_are_refused() {
    let mut rng = Rng::with_seed(4);
    let mut tried = 0;
    for seed in 0..1_000 {
        let (graph, order, peak) = case(seed, &mut rng);
        let place = |op| order.ops().iter().position(|&o| o == op).unwrap();
        for op in graph.ops().ids() {
            for &missing in graph.topology().predecessors(op) {
                // Move the operator to where its predecessor runs, which makes room behind it.
                let mut ops = order.ops().to_vec();
                ops.remove(place(op));
                ops.insert(place(missing), op);
                let fault = verdict(&graph, ops, peak);
                assert!(matches!(fault, Err(OrderFault::TooEarly { op: o, .. }) if o == op));
                tried += 1;
            }
        }
    }
    assert!(tried > 5_000, "{tried}");
}

#[test]
fn control_edges_bind_the_referee_too() {
    let graph = text::parse("x: 1 input\na: 1 = A(x)\nb: 1 = B(x)\nafter 0 1").unwrap();
    let fault = OrderFault::TooEarly {
        step: 0,
        op: OpId(1),
        missing: OpId(0),
    };
    assert_eq!(
        verdict(&graph, vec![OpId(1), OpId(0)], Bytes(2)),
        Err(fault)
    );
}

#[test]
fn many_inputs_are_no_scan() {
    let inputs: String = (0..100_000)
        .map(|i| format!("x{i}: 1 input\ny{i}: 1 = F(x{i})\n"))
        .collect();
    let graph = text::parse(&inputs).unwrap();
    let order = Order::new(graph.file_order());
    let clock = crate::limits::Stopwatch::start();
    let peak = profile(&Instance::new(&graph, &Target::LITERT), &order).peak;
    assert_eq!(check_order(&graph, &Target::LITERT, &order, peak), Ok(()));
    assert!(clock.elapsed().as_secs() < 2, "{:?}", clock.elapsed());
}
