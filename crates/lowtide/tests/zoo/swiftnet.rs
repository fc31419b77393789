//! SwiftNet: the figures and the graph of the real file.

use std::path::{Path, PathBuf};

use lowtide::{Format, Graph, Model, OptimizeOptions, Proof, Rewrite, Target, optimize};
use lowtide_core::compile::{measure, rewritten};
use lowtide_core::graph::{OpKind, Role};
use lowtide_core::ids::{OpId, TensorId};
use lowtide_core::rewrite::rules::CLEAN_UP;

const FILE_ORDER: u64 = 351_232;
const BEST_ORDER: u64 = 301_056;
const BEST_AFTER_CLEANUP: u64 = 275_968;

fn zoo(name: &str) -> Model {
    Model::open(&format!("zoo:{name}")).expect("a network of the zoo")
}

#[test]
fn file_order() {
    let peak = |name| measure(zoo(name).graph(), &Target::TFLM).peak.get();
    assert_eq!(peak("swiftnet"), FILE_ORDER);
    assert_eq!(peak("swiftnet-f32"), 4 * FILE_ORDER);
}

#[test]
fn the_split_is_all_there_is_to_clean_up() {
    let rewriting = rewritten(zoo("swiftnet").graph(), CLEAN_UP).unwrap();
    let [only] = &rewriting.applied[..] else {
        panic!("{:?}", rewriting.applied);
    };
    assert_eq!((only.rule, only.site), ("split-of-one", OpId(0)));
}

#[test]
fn best_order() {
    for (name, factor) in [("swiftnet", 1), ("swiftnet-f32", 4)] {
        let model = zoo(name);
        for (cleanup, peak) in [(false, BEST_ORDER), (true, BEST_AFTER_CLEANUP)] {
            let asked = OptimizeOptions {
                cleanup,
                rewrite: Rewrite::Off,
                ..OptimizeOptions::default()
            };
            let compiled = optimize(&model, &asked).unwrap().compiled;
            assert_eq!(compiled.after.peak.get(), factor * peak, "{name}");
            assert_eq!(compiled.chosen.proof, Some(Proof::Optimal), "{name}");
        }
    }
}

#[test]
fn the_real_graph() {
    let Some((path, bytes)) = real_file() else {
        return;
    };
    let name = path.display().to_string();
    let real = Model::from_bytes(name, bytes, Format::Tflite).unwrap();
    let ours = zoo("swiftnet");
    for (ours, theirs) in nodes(ours.graph()).iter().zip(&nodes(real.graph())) {
        assert_eq!(ours, theirs);
    }
    assert_eq!(ours.graph().ops().len(), real.graph().ops().len());
}

/// What an operator is and where its operands come from, whatever the numbers of the tensors.
#[derive(Debug, PartialEq)]
struct Node {
    label: String,
    kind: OpKind,
    operands: Vec<Operand>,
    outputs: Vec<Vec<Option<u64>>>,
}

#[derive(Debug, PartialEq)]
enum Operand {
    GraphInput(Option<usize>),
    OutputOf(OpId),
    Constant(Vec<Option<u64>>),
}

/// The real file clamps by the range of its uint8 outputs, ours says so beside.
fn without_activation(kind: &OpKind) -> OpKind {
    let mut kind = kind.clone();
    if let OpKind::Contract { activation, .. } = &mut kind {
        *activation = false;
    }
    kind
}

fn nodes(graph: &Graph) -> Vec<Node> {
    let shape = |t: TensorId| {
        let array = graph.tensor(t).array.as_ref();
        array.expect("TFLite knows all shapes").shape.clone()
    };
    let operand = |t: TensorId| match graph.topology().producer(t) {
        Some(op) => Operand::OutputOf(op),
        None if graph.tensor(t).role == Role::Constant => Operand::Constant(shape(t)),
        None => Operand::GraphInput(graph.inputs().iter().position(|&i| i == t)),
    };
    let node = |op: &lowtide_core::graph::Op| Node {
        label: op.label.clone(),
        kind: without_activation(&op.kind),
        operands: op.reads().map(operand).collect(),
        outputs: op.outputs.iter().map(|&t| shape(t)).collect(),
    };
    graph.ops().rows().map(node).collect()
}

/// The real file, in the shared folder beside the repository or where `LOWTIDE_SHARED` says.
fn real_file() -> Option<(PathBuf, Vec<u8>)> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("LOWTIDE_SHARED").map_or(beside, PathBuf::from);
    let path = shared.join("models/tflite/swiftnet_vww_uint8.tflite");
    match std::fs::read(&path) {
        Ok(bytes) => Some((path, bytes)),
        Err(error) => {
            note(&format!("left out {}: {error}", path.display()));
            None
        }
    }
}

#[allow(clippy::print_stderr, reason = "a test says what it leaves out")]
fn note(text: &str) {
    eprintln!("{text}");
}
