//! Plans that help, plans that must not be written, and the form of the metadata entry.

use lowtide_core::limits::Limits;
use lowtide_core::units::Bytes;

use super::{OfflinePlan, PlanFault, check_plan, helpful};
use crate::tflite::Model;
use crate::tflite::schema::facts::operators::BuiltinOperator as Code;
use crate::tflite::schema::facts::types::TensorType as Type;
use crate::tflite::schema::{File, SubGraph};
use crate::tflite::tests::workshop::Workshop;
use crate::tflite::tflm::{Pointers, head};

/// Small random numbers, the same in every run (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

/// A network of 12 operators with random wiring and sizes, a constant, a variable, an orphan, and a second subgraph.
fn network(seed: u64) -> Workshop {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut shop = Workshop::new();
    let tensor = |shop: &mut Workshop, dice: &mut Dice, name: &str| {
        shop.tensor(name, Type::INT8, &[16 * (1 + dice.below(40) as i32)], None)
    };
    let constant = tensor(&mut shop, &mut dice, "constant");
    shop.payload(constant, &[1; 16]);
    let state = tensor(&mut shop, &mut dice, "state");
    shop.variable(state);
    tensor(&mut shop, &mut dice, "orphan");
    let mut made = vec![tensor(&mut shop, &mut dice, "x")];
    for step in 0..12 {
        let recent = made.len().min(5);
        let mut inputs = vec![
            made[made.len() - 1 - dice.below(recent)],
            made[made.len() - 1 - dice.below(recent)],
        ];
        if step == 3 {
            inputs.extend([constant, state]);
        }
        let output = tensor(&mut shop, &mut dice, &format!("t{step}"));
        shop.operator(Code::ADD, &inputs, &[output], None);
        made.push(output);
    }
    let other = SubGraph {
        tensors: shop.main.tensors.iter().take(1).cloned().collect(),
        ..SubGraph::default()
    };
    shop.model.subgraphs.edit().push(other.into());
    shop
}

const CONSTANT: usize = 0;
const STATE: usize = 1;
const ORPHAN: usize = 2;
const INPUT: usize = 3;
/// The last tensor of the main subgraph.
const OUTPUT: usize = 15;

fn model(seed: u64) -> Model {
    let bytes = network(seed).finish(&[INPUT as i32], &[OUTPUT as i32]);
    Model::parse(bytes).unwrap()
}

fn plan_of(model: &Model) -> Option<OfflinePlan> {
    helpful(model.file(), &Limits::default()).unwrap()
}

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

#[test]
fn a_plan_lowers_the_head_to_the_live_bytes_and_survives_the_file() {
    let mut helped = 0;
    for seed in 0..60 {
        let model = model(seed);
        let before = model.declared();
        let Some(planned) = model.planned(&Limits::default()).unwrap() else {
            continue;
        };
        helped += 1;
        let again = Model::parse(planned.bytes().unwrap()).unwrap();
        let (after, plan) = (again.declared(), again.offline_plan().unwrap().unwrap());
        assert!(after.device.total < before.device.total, "seed {seed}");
        assert!(after.host.total <= before.host.total, "seed {seed}");
        assert_eq!(after.device.tail, before.device.tail, "seed {seed}");
        assert_eq!(
            check_plan(&again.file().model, &plan),
            Ok(()),
            "seed {seed}"
        );
        let placed: Vec<usize> = after.placed.iter().map(|placed| placed.tensor).collect();
        assert_eq!(placed, (INPUT..=OUTPUT).collect::<Vec<_>>(), "seed {seed}");
        assert_eq!(plan.offsets().len(), OUTPUT + 2, "all subgraphs count");
        assert_eq!(
            again
                .planned(&Limits::default())
                .unwrap()
                .map(|model| model.declared()),
            Some(after)
        );
    }
    assert!(helped > 15, "{helped} of 60");
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

#[test]
fn a_variable_of_another_subgraph_forbids_offsets_under_its_number() {
    let mut shop = network(1);
    let mut other = SubGraph {
        tensors: shop.main.tensors.clone(),
        ..SubGraph::default()
    };
    let state = other.tensors[STATE].clone();
    other.tensors.edit()[INPUT] = state;
    shop.model.subgraphs.edit()[0] = other.into();
    let file = File::read(shop.finish(&[INPUT as i32], &[OUTPUT as i32])).unwrap();
    let mut offsets = vec![None; 2 * (OUTPUT + 1)];
    assert_eq!(
        check_plan(&file.model, &OfflinePlan::new(offsets.clone())),
        Ok(())
    );
    offsets[INPUT] = Some(Bytes(0));
    let fault = check_plan(&file.model, &OfflinePlan::new(offsets)).unwrap_err();
    assert!(matches!(fault, PlanFault::Mistaken { .. }), "{fault}");
}

#[test]
fn the_entry_is_read_as_the_interpreter_reads_it() {
    let plan = OfflinePlan::new(vec![None, Some(Bytes(0)), Some(Bytes(4096))]);
    let bytes = plan.encode().unwrap();
    let words: Vec<i32> = bytes
        .as_chunks()
        .0
        .iter()
        .map(|word| i32::from_le_bytes(*word))
        .collect();
    assert_eq!(words, [1, 0, 3, -1, 0, 4096]);
    assert_eq!(OfflinePlan::decode(&bytes).unwrap(), plan);
    let longer = [bytes.as_slice(), &[7; 9]].concat();
    assert_eq!(OfflinePlan::decode(&longer).unwrap(), plan);
    for cut in 0..bytes.len() {
        OfflinePlan::decode(&bytes[..cut]).unwrap_err();
    }
    let negative = [1, 0, 1, -16].map(i32::to_le_bytes).concat();
    OfflinePlan::decode(&negative).unwrap_err();
    let many = [1, 0, -1].map(i32::to_le_bytes).concat();
    OfflinePlan::decode(&many).unwrap_err();
    OfflinePlan::new(vec![Some(Bytes(1 << 31))])
        .encode()
        .unwrap_err();
}

#[test]
fn of_several_entries_the_last_counts_and_all_are_replaced() {
    let with = |offset: i32| {
        let mut words = vec![1, 0, OUTPUT as i32 + 2];
        words.resize(3 + OUTPUT + 2, -1);
        words[3 + INPUT] = offset;
        words
            .into_iter()
            .flat_map(i32::to_le_bytes)
            .collect::<Vec<u8>>()
    };
    let mut shop = network(1);
    for offset in [16, 32_000] {
        shop.metadata("OfflineMemoryAllocation", &with(offset));
    }
    let model = Model::parse(shop.finish(&[INPUT as i32], &[OUTPUT as i32])).unwrap();
    let declared = model.declared();
    assert_eq!(declared.placed.len(), 1);
    assert_eq!(declared.placed[0].offset, Bytes(32_000));
    assert!(declared.device.head > Bytes(32_000) && declared.device.unknown.is_empty());
    let planned = model
        .planned(&Limits::default())
        .unwrap()
        .unwrap_or_else(|| {
            let none = OfflinePlan::new(vec![None; OUTPUT + 2]);
            model.with_plan(&none).unwrap()
        });
    assert_eq!(planned.file().model.metadata.len(), 1);
    assert!(planned.declared().device.head < Bytes(32_000));
}

#[test]
fn a_plan_that_the_interpreter_refuses_is_said_and_not_counted() {
    let mut shop = network(1);
    shop.metadata("OfflineMemoryAllocation", &[0; 40]);
    let model = Model::parse(shop.finish(&[INPUT as i32], &[OUTPUT as i32])).unwrap();
    head(model.file(), Pointers::Bits32).unwrap_err();
    let (declared, plain) = (model.declared(), self::model(1).declared());
    assert_eq!(declared.device.total, plain.device.total);
    assert_eq!(declared.device.unknown.len(), 1);
    assert!(declared.device.unknown[0].contains("0 offsets for 17 tensors"));
}
