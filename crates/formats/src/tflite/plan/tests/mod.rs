//! Plans that help, and the form of the metadata entry.

mod referee;

use lowtide_core::limits::Limits;
use lowtide_core::units::Bytes;

use super::{OfflinePlan, check_plan, helpful};
use crate::tflite::Model;
use crate::tflite::schema::SubGraph;
use crate::tflite::schema::facts::operators::BuiltinOperator as Code;
use crate::tflite::schema::facts::types::TensorType as Type;
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
