//! The real models beside the repository: their figures are known.

use std::fs;
use std::path::PathBuf;

use lowtide_core::check::check_order;
use lowtide_core::memory::{Instance, Target, profile};
use lowtide_core::plan::{Order, Rewriting};
use lowtide_core::units::Bytes;
use lowtide_formats::onnx::Model;

use crate::proto::{read, stripped};

pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
    ops: usize,
    peak: Bytes,
    lower_bound: Bytes,
}

/// All ONNX models of the corpus with their figures in its manifest; none where the corpus is not there.
pub(crate) fn samples() -> Vec<Sample> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/models");
    let Ok(manifest) = fs::read_to_string(folder.join("manifest.csv")) else {
        return Vec::new();
    };
    let rows = manifest.lines().filter(|row| row.starts_with("onnx/"));
    rows.map(|row| {
        let columns = columns(row);
        let bytes = |column: usize| Bytes(columns[column].parse().unwrap());
        Sample {
            name: columns[0].clone(),
            bytes: fs::read(folder.join(&columns[0])).unwrap(),
            ops: columns[3].parse().unwrap(),
            peak: bytes(8),
            lower_bound: bytes(9),
        }
    })
    .collect()
}

/// The columns of a row; commas within quotes do not separate.
fn columns(row: &str) -> Vec<String> {
    let mut quoted = false;
    let mut columns = vec![String::new()];
    for c in row.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => columns.push(String::new()),
            c => columns.last_mut().unwrap().push(c),
        }
    }
    columns
}

#[test]
fn file_orders_need_what_the_manifest_says() {
    for sample in samples() {
        let graph = read(&sample.bytes, &[]).unwrap();
        let counted = graph.ops().ids().filter(|&op| !graph.is_constant_op(op));
        assert_eq!(counted.count(), sample.ops, "{}", sample.name);
        let order = Order::new(graph.file_order());
        let peak = profile(&Instance::new(&graph, &Target::TFLM), &order).peak;
        assert_eq!(peak, sample.peak, "{}", sample.name);
        check_order(&graph, &Target::TFLM, &order, peak).unwrap();
    }
}

#[test]
fn single_operators_need_what_the_manifest_says() {
    for sample in samples() {
        let graph = read(&sample.bytes, &[]).unwrap();
        let need = |op| {
            let op = graph.op(op);
            let mut all: Vec<_> = op.reads().chain(op.outputs.iter().copied()).collect();
            all.sort_unstable();
            all.dedup();
            let counted = all.into_iter().filter(|&t| graph.is_counted(t));
            counted.map(|t| graph.tensor(t).bytes).sum::<Bytes>()
        };
        let bound = graph.ops().ids().map(need).max();
        assert_eq!(bound, Some(sample.lower_bound), "{}", sample.name);
    }
}

#[test]
fn inference_finds_every_shape_that_was_declared() {
    for sample in samples() {
        let declared = read(&sample.bytes, &[]).unwrap();
        let inferred = read(&stripped(&sample.bytes), &[]).unwrap();
        for (id, tensor) in declared.tensors().iter() {
            assert_eq!(Some(tensor), inferred.tensors().get(id), "{}", sample.name);
        }
        assert_eq!(declared, inferred, "{}", sample.name);
    }
}

#[test]
fn an_unchanged_order_gives_the_same_bytes() {
    for sample in samples() {
        let model = Model::parse(sample.bytes.clone(), &[]).unwrap();
        let order = Order::new(model.graph().file_order());
        let rewriting = Rewriting::unchanged(model.graph().clone());
        let written = model.write(&rewriting, &order).unwrap();
        assert!(written == sample.bytes, "{}", sample.name);
    }
}
