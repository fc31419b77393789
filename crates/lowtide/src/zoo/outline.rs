//! From a network to its graph, without weights: what an order costs does not depend on them.

use lowtide_core::error::Result;
use lowtide_core::graph::{Graph, GraphBuilder, Op, OpKind, Role, Tensor};
use lowtide_core::ids::TensorId;
use lowtide_core::units::Bytes;

use super::Element;
use super::net::{Net, Value, ValueId};

/// The graph: an operator a layer, a tensor a value, both in the order of `net`.
///
/// # Errors
/// The graph cannot be built, which is a bug of the network's description.
pub(super) fn graph(net: &Net, element: Element) -> Result<Graph> {
    let mut builder = GraphBuilder::new(&net.name);
    let width = match element {
        Element::Int8 => 1,
        Element::Float32 => 4,
    };
    let tensor = |value: &Value| Tensor {
        name: value.name.clone(),
        bytes: Bytes(
            value
                .shape
                .iter()
                .map(|&extent| u64::from(extent))
                .product::<u64>()
                * width,
        ),
        role: Role::Activation,
        array: None,
    };
    let tensors: Vec<TensorId> = net
        .values
        .iter()
        .map(|value| builder.tensor(tensor(value)))
        .collect();
    let of = |value: &ValueId| tensors[value.index()];
    for layer in &net.layers {
        builder.op(Op {
            name: net.value(layer.output).name.clone(),
            label: String::new(),
            kind: OpKind::Opaque,
            inputs: layer.inputs.iter().map(|value| Some(of(value))).collect(),
            outputs: vec![of(&layer.output)],
            has_effects: false,
        });
    }
    for value in &net.inputs {
        builder.input(of(value));
    }
    for value in &net.outputs {
        builder.output(of(value));
    }
    builder.build()
}
