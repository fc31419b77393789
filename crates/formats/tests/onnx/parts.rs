//! Nodes taken apart: what stands in the file of their weights and attributes. Real ones run in `tests/runtimes`.

use lowtide_core::check::check_rewriting;
use lowtide_core::graph::{Graph, OpKind};
use lowtide_core::plan::Order;
use lowtide_core::rewrite::rewrite;
use lowtide_formats::{Format, onnx};

use crate::proto::{Message, Model, field, info, int, int_attribute, node, read, split, weight};

/// A float weight whose elements are 0, 1, 2 and so on.
fn counted(name: &str, dims: &[i64]) -> Message {
    let count: i64 = dims.iter().product();
    let raw: Vec<u8> = (0..count).flat_map(|i| (i as f32).to_le_bytes()).collect();
    let dims: Message = dims.iter().flat_map(|&dim| int(1, dim)).collect();
    [dims, int(2, 1), field(8, name), field(9, raw)].concat()
}

/// `concat(x, y)` of 2 and 4 channels, and an operator behind it.
fn joined(op: &str, reads: &str, with: &[Message], weights: &[Message]) -> Model {
    let model = Model::new()
        .input(info("x", "1 2 3 3"))
        .input(info("y", "1 4 3 3"))
        .output(info("z", "? ? ? ?"));
    let model = weights.iter().cloned().fold(model, Model::constant);
    model
        .node_with("Concat", "x y", "c", &[int_attribute("axis", 1)])
        .raw_node(node(op, reads, "z", with))
}

/// The model taken apart, and its graph.
fn taken_apart(model: &Model) -> (Vec<u8>, Graph) {
    let model = onnx::Model::parse(model.bytes(), &[]).unwrap();
    let rewriting = rewrite(model.graph(), Format::Onnx.taking_apart()).unwrap();
    check_rewriting(model.graph(), &rewriting).unwrap();
    let order = Order::new(rewriting.graph.file_order());
    let bytes = model.write(&rewriting, &order).unwrap();
    let graph = read(&bytes, &[]).unwrap();
    (bytes, graph)
}

fn labels(graph: &Graph) -> Vec<&str> {
    graph.ops().rows().map(|op| op.label.as_str()).collect()
}

/// The elements of a weight in the file; `None` where it is not there.
fn elements(bytes: &[u8], name: &str) -> Option<Vec<f32>> {
    let graph = split(bytes).into_iter().find(|part| part.0 == 7)?.1;
    let weights = split(graph).into_iter().filter(|part| part.0 == 5);
    let mut named = weights.map(|part| split(part.1)).filter(|weight| {
        let is_name = |part: &(u32, &[u8], &[u8])| part.0 == 8 && part.1 == name.as_bytes();
        weight.iter().any(is_name)
    });
    let weight = named.next()?;
    let raw = weight.into_iter().find(|part| part.0 == 9)?.1;
    let words = raw.as_chunks::<4>().0.iter();
    Some(words.map(|word| f32::from_le_bytes(*word)).collect())
}

#[test]
fn a_convolution_is_cut_along_its_input_channels() {
    let weights = [counted("w", &[2, 6, 1, 1]), counted("b", &[2])];
    let (bytes, graph) = taken_apart(&joined("Conv", "c w b", &[], &weights));
    assert_eq!(labels(&graph), ["Conv", "Conv", "Add"]);
    assert_eq!(elements(&bytes, "w/part0").unwrap(), [0.0, 1.0, 6.0, 7.0]);
    assert_eq!(
        elements(&bytes, "w/part1").unwrap(),
        [2.0, 3.0, 4.0, 5.0, 8.0, 9.0, 10.0, 11.0]
    );
    assert_eq!(elements(&bytes, "w"), None, "the whole is dead");
    let inputs: Vec<usize> = graph.ops().rows().map(|op| op.inputs.len()).collect();
    assert_eq!(inputs, [3, 2, 2]);
}

#[test]
fn groups_stay_whole_and_are_counted_anew() {
    let weights = [counted("w", &[6, 2, 1, 1])];
    let (bytes, graph) = taken_apart(&joined(
        "Conv",
        "c w",
        &[int_attribute("group", 3)],
        &weights,
    ));
    assert_eq!(labels(&graph), ["Conv", "Conv", "Concat"]);
    assert_eq!(elements(&bytes, "w/part0").unwrap(), [0.0, 1.0, 2.0, 3.0]);
    // One group reads 2 channels: what is left of its attribute is no `group` at all, a plain convolution to readers.
    assert!(matches!(
        graph.ops().rows().next().unwrap().kind,
        OpKind::Contract { .. }
    ));
    let second = graph.ops().rows().nth(1).unwrap();
    assert!(matches!(second.kind, OpKind::Channelwise { group: 2, .. }));
}

#[test]
fn names_that_are_taken_are_not_given_again() {
    let weights = [counted("w", &[2, 6, 1, 1]), counted("w/part0", &[2])];
    let (bytes, graph) = taken_apart(&joined("Conv", "c w w/part0", &[], &weights));
    assert_eq!(elements(&bytes, "w/part0").unwrap(), [0.0, 1.0]);
    assert_eq!(elements(&bytes, "w/part0_2").unwrap(), [0.0, 1.0, 6.0, 7.0]);
    assert_eq!(labels(&graph), ["Conv", "Conv", "Add"]);
}

#[test]
fn what_cannot_be_cut_stays() {
    let kept = [
        joined("Conv", "c w", &[], &[weight("w", &[2, 6, 1, 1])]),
        joined("Conv", "c w", &[], &[counted("w", &[2, 6, 1, 1])]).input(info("w", "2 6 1 1")),
        joined(
            "Conv",
            "c w",
            &[int_attribute("group", 2)],
            &[counted("w", &[2, 3, 1, 1])],
        ),
    ];
    for model in kept {
        assert_eq!(labels(&taken_apart(&model).1), ["Concat", "Conv"]);
    }
}
