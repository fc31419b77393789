//! The referee: no broken plan passes, and every other does.

use lowtide_core::limits::Limits;
use lowtide_core::units::Bytes;

use super::{CONSTANT, Dice, INPUT, ORPHAN, OUTPUT, STATE, model, network, plan_of};
use crate::tflite::plan::{OfflinePlan, PlanFault, check_plan, helpful};
use crate::tflite::schema::{File, SubGraph};

/// Live ranges in operators by definition, the input from before the first.
fn lives(file: &File) -> Vec<Option<(i64, i64)>> {
    let main = &file.model.subgraphs[0];
    let mut lives = vec![None; main.tensors.len()];
    lives[INPUT] = Some((-1, -1));
    for (step, operator) in (0..).zip(&main.operators) {
        for &output in &operator.outputs {
            lives[output as usize] = Some((step, step));
        }
        for &input in &operator.inputs {
            if let Some((_, end)) = &mut lives[input as usize] {
                *end = step;
            }
        }
    }
    lives
}

/// Every way to break a plan that is right otherwise, for many networks: none passes.
#[test]
fn broken_plans_are_refused() {
    let (mut refused, mut overlaps) = (0, 0);
    for seed in 0..60 {
        let model = model(seed);
        let (file, Some(plan)) = (model.file(), plan_of(&model)) else {
            continue;
        };
        let mut refuse = |offsets: Vec<Option<Bytes>>, what: &str| {
            let verdict = check_plan(&file.model, &OfflinePlan::new(offsets));
            assert!(verdict.is_err(), "seed {seed}: {what}");
            refused += 1;
            verdict.unwrap_err()
        };
        let with = |tensor: usize, offset: u64| {
            let mut offsets = plan.offsets().to_vec();
            offsets[tensor] = Some(Bytes(offset));
            offsets
        };
        let at = |tensor: usize| plan.offsets()[tensor].unwrap().get();
        for (tensor, name) in [
            (STATE, "variable"),
            (CONSTANT, "constant"),
            (ORPHAN, "orphan"),
            (OUTPUT + 1, "foreign"),
        ] {
            for offset in [0, 1 << 20] {
                refuse(with(tensor, offset), name);
            }
        }
        let mut short = plan.offsets().to_vec();
        short.pop();
        refuse(short.clone(), "one too few");
        short.extend([None, None]);
        refuse(short, "one too many");
        refuse(Vec::new(), "none");
        let lives = lives(file);
        for tensor in INPUT..=OUTPUT {
            for shift in [1, 8, 15] {
                let fault = refuse(with(tensor, at(tensor) + shift), "misaligned");
                assert!(matches!(fault, PlanFault::Misaligned(_)));
            }
            refuse(with(tensor, (1 << 31) - 16), "too high");
            for other in (INPUT..=OUTPUT).filter(|&other| other != tensor) {
                let (Some(a), Some(b)) = (lives[tensor], lives[other]) else {
                    continue;
                };
                if a.0 <= b.1 && b.0 <= a.1 {
                    let fault = refuse(with(tensor, at(other)), "overlap");
                    assert!(matches!(fault, PlanFault::Overlap { .. }));
                    overlaps += 1;
                }
            }
        }
    }
    assert!(refused >= 1000 && overlaps >= 500, "{refused}, {overlaps}");
}

/// The referee's walk against the definition: two tensors may share bytes exactly if their live ranges are apart.
#[test]
fn the_referee_allows_what_is_apart_and_nothing_else() {
    for seed in 0..200 {
        let model = model(seed);
        let lives = lives(model.file());
        let mut dice = Dice(seed + 1);
        let mut offsets = vec![None; OUTPUT + 2];
        let mut sizes = [0; OUTPUT + 1];
        for tensor in INPUT..=OUTPUT {
            offsets[tensor] = Some(Bytes(16 * dice.below(160) as u64));
            sizes[tensor] = model.file().model.subgraphs[0].tensors[tensor].shape[0] as u64;
        }
        let apart = |a: usize, b: usize| {
            let ((from, to), (start, end)) = (lives[a].unwrap(), lives[b].unwrap());
            let low = |tensor: usize| offsets[tensor].unwrap().get();
            let bytes = low(a) + sizes[a] <= low(b) || low(b) + sizes[b] <= low(a);
            bytes || to < start || end < from
        };
        let fine = (INPUT..=OUTPUT).all(|a| (INPUT..a).all(|b| apart(a, b)));
        let verdict = check_plan(&model.file().model, &OfflinePlan::new(offsets));
        assert_eq!(verdict.is_ok(), fine, "seed {seed}: {verdict:?}");
    }
}

/// And lowtide gives none there.
#[test]
fn a_variable_of_another_subgraph_forbids_offsets_under_its_number() {
    let mut helped = 0;
    for seed in 0..60 {
        let mut shop = network(seed);
        let mut tensors: Vec<_> = shop.main.tensors.iter().take(INPUT + 1).cloned().collect();
        tensors[INPUT] = tensors[STATE].clone();
        let other = SubGraph {
            tensors: tensors.into(),
            ..SubGraph::default()
        };
        shop.model.subgraphs.edit()[0] = other.into();
        let file = File::read(shop.finish(&[INPUT as i32], &[OUTPUT as i32])).unwrap();
        let mut offsets = vec![None; OUTPUT + 1 + INPUT + 1];
        let check = |offsets: &[_]| check_plan(&file.model, &OfflinePlan::new(offsets.to_vec()));
        assert_eq!(check(&offsets), Ok(()));
        offsets[INPUT] = Some(Bytes(0));
        let fault = check(&offsets).unwrap_err();
        assert!(matches!(fault, PlanFault::Mistaken { .. }), "{fault}");
        if let Some(plan) = helpful(&file, &Limits::default()).unwrap() {
            assert_eq!(plan.offsets()[INPUT], None, "seed {seed}");
            assert_eq!(check(plan.offsets()), Ok(()), "seed {seed}");
            helped += 1;
        }
    }
    assert!(helped > 5, "{helped}");
}
