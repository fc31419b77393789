//! SwiftNet: the figures and the graph of the real file.

use std::path::{Path, PathBuf};

use lowtide::{Format, Graph, Model, OptimizeOptions, Proof, Rewrite, Target, optimize};
use lowtide_core::compile::{measure, rewritten};
use lowtide_core::graph::{OpKind, Role};
use lowtide_core::ids::{OpId, TensorId};
use lowtide_core::rewrite::rules::CLEAN_UP;
use lowtide_formats::tflite::schema::File;

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
    let real = Model::from_bytes(name, bytes.clone(), Format::Tflite).unwrap();
    let theirs = attributes(bytes, real.graph());
    let theirs: Vec<_> = nodes(real.graph()).into_iter().zip(theirs).collect();
    for name in ["swiftnet", "swiftnet-f32"] {
        let ours = zoo(name);
        let attributes = attributes(lowtide::zoo::build(name).unwrap(), ours.graph());
        let ours: Vec<_> = nodes(ours.graph()).into_iter().zip(attributes).collect();
        for (ours, theirs) in ours.iter().zip(&theirs) {
            assert_eq!(ours, theirs, "{name}");
        }
        assert_eq!(ours.len(), theirs.len());
    }
    let clamps = theirs.iter().filter(|(_, one)| one.is_clamped_at_six);
    assert!((40..theirs.len()).contains(&clamps.count()));
}

/// What an operator's options say: strides, padding, dilation, windows, axes, but for its fused activation, and what becomes of
/// that.
#[derive(Debug, PartialEq)]
struct Attributes {
    options: Vec<(&'static str, Option<i64>)>,
    /// Whether 0 and 6 are the least and the most that is stored: a ReLU6 beside, or the range of a quantised output.
    is_clamped_at_six: bool,
}

/// Those of each operator of a file, in its order.
fn attributes(bytes: Vec<u8>, graph: &Graph) -> Vec<Attributes> {
    let file = File::read(bytes).expect("a model file");
    let subgraph = &file.model.subgraphs[0];
    let both = subgraph.operators.iter().zip(graph.ops().rows());
    let each = both.map(|(operator, op)| {
        let options = operator.options();
        let names = options.map_or(&[][..], |node| node.table().fields);
        let said = names.iter().filter(|field| field.name != ACTIVATION);
        let value = |name| options.and_then(|node| node.int(name));
        // A copy, a join or a maximum clamps nothing: its range is the one of what it reads. The logits have that range
        // too, for want of one of their own; ours are linear.
        let computes = names.iter().any(|field| field.name == ACTIVATION)
            && names
                .iter()
                .all(|field| !["axis", "filter_width", "weights_format"].contains(&field.name));
        let array = graph.tensor(op.outputs[0]).array.as_ref();
        let range = array.and_then(|array| array.quantization.as_ref());
        let range = range
            .filter(|_| computes)
            .is_some_and(|q| q.zero_points == [0] && (q.scales[0] * 255.0 - 6.0).abs() < 1e-5);
        Attributes {
            options: said.map(|field| (field.name, value(field.name))).collect(),
            is_clamped_at_six: value(ACTIVATION) == Some(RELU6) || range,
        }
    });
    each.collect()
}

const ACTIVATION: &str = "fused_activation_function";
/// `ActivationFunctionType` of the schema.
const RELU6: i64 = 3;

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

/// Whether a function is fused is compared with what it is: [`Attributes`].
fn without_activation(kind: &OpKind) -> OpKind {
    let mut kind = kind.clone();
    if let OpKind::Contract { activation, .. } | OpKind::Add { activation } = &mut kind {
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
