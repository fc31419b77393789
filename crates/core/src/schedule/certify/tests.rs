use fastrand::Rng;

use super::certify;
use crate::check::{Certified, check_certificate};
use crate::graph::Graph;
use crate::ids::{OpId, TensorId};
use crate::memory::{Instance, Target, profile};
use crate::plan::{Certificate, Evidence, Flow, Order, State};
use crate::schedule::{Options, solve};
use crate::testing::{fuzz, generate, oracle};
use crate::units::Bytes;

fn case(seed: u64, target: &Target) -> (Graph, Certificate) {
    let graph = fuzz::drawn(seed, 12);
    let found = solve(&Instance::new(&graph, target), &Options::default());
    let certificate = certify(&graph, target, &found.order, found.bound);
    (graph, certificate)
}

fn form(certificate: &Certificate) -> usize {
    match certificate.evidence {
        Evidence::None { .. } => 0,
        Evidence::Operator { .. } => 1,
        Evidence::Around(_) => 2,
        Evidence::States(_) => 3,
    }
}

#[test]
fn every_small_optimum_has_a_certificate_that_is_accepted() {
    let mut forms = [0; 4];
    for seed in 0..6_000 {
        let made_up = fuzz::targets();
        let another = &made_up[seed as usize / 2 % made_up.len()];
        for target in [&Target::TFLM, &Target::IDEAL, another] {
            let (graph, certificate) = case(seed, target);
            let verdict = check_certificate(&graph, target, &certificate);
            assert_eq!(
                verdict,
                Ok(Certified::Bound),
                "seed {seed} {certificate:?}\n{graph}"
            );
            forms[form(&certificate)] += 1;
        }
    }
    assert!(forms[1..].iter().all(|&n| n > 50), "{forms:?}");
}

/// A bound above the optimum with an order that needs more, which no evidence can prove.
fn lie(graph: &Graph, target: &Target, honest: &Certificate, rng: &mut Rng) -> Option<Certificate> {
    let instance = Instance::new(graph, target);
    let optimum = oracle::optimum(&instance);
    let dear = (0..20).map(|_| generate::order(&instance, rng));
    let dear = dear.max_by_key(|order| profile(&instance, order).peak)?;
    let peak = profile(&instance, &dear).peak;
    let bound = Bytes(rng.u64(optimum.get()..peak.get().max(optimum.get() + 1)) + 1);
    (peak > optimum).then(|| Certificate {
        order: dear,
        peak,
        bound,
        evidence: honest.evidence.clone(),
    })
}

#[test]
fn no_false_bound_is_ever_accepted() {
    let (mut rng, mut lies, mut forms) = (Rng::with_seed(7), 0, [0; 4]);
    for seed in 0..4_000 {
        let targets = fuzz::targets();
        let target = &targets[seed as usize / 2 % targets.len()];
        let (graph, honest) = case(seed, target);
        for _ in 0..4 {
            let Some(mut lie) = lie(&graph, target, &honest, &mut rng) else {
                break;
            };
            if rng.bool() {
                // What the maker itself would say for that bound.
                lie.evidence = certify(&graph, target, &lie.order, lie.bound).evidence;
            }
            for _ in 0..rng.usize(0..4) {
                damage(&graph, &mut lie.evidence, &mut rng);
            }
            let verdict = check_certificate(&graph, target, &lie);
            assert_ne!(
                verdict,
                Ok(Certified::Bound),
                "seed {seed} {lie:?}\n{graph}"
            );
            lies += 1;
            forms[form(&lie)] += 1;
        }
    }
    assert!(
        lies > 2_000 && forms[1..].iter().all(|&n| n > 20),
        "{lies} {forms:?}"
    );
}

#[test]
fn a_thousand_tampered_certificates_are_refused() {
    let (mut rng, mut tampered) = (Rng::with_seed(3), 0);
    for seed in 0.. {
        let (graph, mut certificate) = case(seed, &Target::TFLM);
        if graph.ops().len() < 3 || form(&certificate) == 0 {
            continue;
        }
        let what = tamper(&graph, &mut certificate, &mut rng);
        let verdict = check_certificate(&graph, &Target::TFLM, &certificate);
        assert!(
            verdict.is_err(),
            "seed {seed}: {what}: {certificate:?}\n{graph}"
        );
        tampered += 1;
        if tampered == 1_000 {
            break;
        }
    }
}

/// Changes what is claimed, or breaks the order; always to something false.
fn tamper(graph: &Graph, certificate: &mut Certificate, rng: &mut Rng) -> &'static str {
    let more = Bytes(rng.u64(1..1_000));
    match rng.u8(0..6) {
        0 => {
            certificate.bound += more;
            "the bound raised"
        }
        1 => {
            certificate.peak += more;
            "the peak raised"
        }
        2 => {
            certificate.peak += more;
            certificate.bound += more;
            "both raised"
        }
        3 => {
            let mut ops = certificate.order.ops().to_vec();
            ops.pop();
            certificate.order = Order::new(ops);
            "a step left out"
        }
        4 => {
            let mut ops = certificate.order.ops().to_vec();
            ops[0] = ops[1];
            certificate.order = Order::new(ops);
            "a step twice"
        }
        _ => {
            let mut ops = certificate.order.ops().to_vec();
            ops[0] = OpId(graph.ops().len() as u32 + rng.u32(0..9));
            certificate.order = Order::new(ops);
            "an operator that is not there"
        }
    }
}

/// Changes the evidence anywhere, to anything.
fn damage(graph: &Graph, evidence: &mut Evidence, rng: &mut Rng) {
    let op = OpId(rng.u32(0..graph.ops().len() as u32 + 2));
    match evidence {
        Evidence::None { .. } => *evidence = Evidence::Operator { op },
        Evidence::Operator { op: known } => *known = op,
        Evidence::Around(around) => match rng.u8(0..4) {
            0 => around.op = op,
            1 => change(&mut around.lowest, op, rng),
            2 => damage_flow(&mut around.below, op, rng),
            _ => damage_flow(&mut around.above, op, rng),
        },
        Evidence::States(family) => match rng.u8(0..6) {
            0 => change(&mut family.start, op, rng),
            1 => family
                .dropped
                .push(TensorId(rng.u32(0..graph.tensors().len() as u32))),
            2 if !family.states.is_empty() => {
                let at = rng.usize(0..family.states.len());
                family.states.remove(at);
            }
            3 => family.states.push(State::Run(rng.u32(0..4), op)),
            4 => family.states.push(State::Commit {
                from: rng.u32(0..4),
                ops: graph.ops().ids().filter(|_| rng.bool()).collect(),
                flow: Flow::default(),
            }),
            _ => {
                for state in &mut family.states {
                    if let State::Commit { ops, flow, .. } = state {
                        match rng.bool() {
                            true => change(ops, op, rng),
                            false => damage_flow(flow, op, rng),
                        }
                    }
                }
            }
        },
    }
}

fn change(ops: &mut Vec<OpId>, op: OpId, rng: &mut Rng) {
    match ops.iter().position(|&known| known == op) {
        Some(at) => drop(ops.remove(at)),
        None => ops.insert(rng.usize(0..=ops.len()), op),
    }
}

fn damage_flow(flow: &mut Flow, op: OpId, rng: &mut Rng) {
    let bytes = Bytes([0, 1, 5, u64::MAX][rng.usize(0..4)]);
    match rng.u8(0..4) {
        0 => drop(flow.along.pop()),
        1 => drop(flow.tensors.pop()),
        2 => flow.along.push((op, OpId(op.0 + 1), bytes)),
        _ => flow.tensors.iter_mut().for_each(|entry| entry.2 = bytes),
    }
}
