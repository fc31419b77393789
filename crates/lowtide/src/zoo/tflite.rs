//! From a network to a TensorFlow Lite file, as today's converters write them: int8 with one scale an activation tensor
//! and one an output channel of filters, or float32.

mod constants;
mod operators;
mod tensors;

use lowtide_formats::tflite::schema::{
    File, Model, Operator, OperatorCode, Result, Shared, SignatureDef, SubGraph, TensorMap,
};

use super::Element;
use super::net::{Net, ValueId};
use super::values::{quantize, spreads};
use tensors::Tensors;

/// The bytes of the file.
///
/// # Errors
/// If the file would be larger than 2 GiB.
pub(crate) fn emit(net: &Net, element: Element) -> Result<Vec<u8>> {
    let spreads = spreads(net);
    let affine = quantize(net, &spreads);
    let mut tensors = Tensors::new(element);
    let mut numbers = vec![-1; net.values.len()];
    for &input in &net.inputs {
        numbers[input.index()] = tensors.activation(net.value(input), affine[input.index()])?;
    }
    let constants = (0..net.layers.len())
        .map(|layer| constants::add(&mut tensors, net, layer, &spreads, &affine));
    let constants = constants.collect::<Result<Vec<_>>>()?;
    for layer in &net.layers {
        let output = layer.output;
        numbers[output.index()] = tensors.activation(net.value(output), affine[output.index()])?;
    }
    let (codes, operators) = operators(net, element, &numbers, &constants)?;
    let ends = |values: &[ValueId]| values.iter().map(|value| numbers[value.index()]).collect();
    let (tensors, buffers) = tensors.finish();
    let subgraph = SubGraph {
        tensors: tensors.into(),
        inputs: ends(&net.inputs),
        outputs: ends(&net.outputs),
        operators: operators.into(),
        name: Some("main".into()),
        ..SubGraph::default()
    };
    let mut model = Model {
        operator_codes: codes.into(),
        subgraphs: vec![subgraph.into()].into(),
        description: Some(format!("lowtide zoo:{}", net.name).as_str().into()),
        buffers: buffers.into(),
        signature_defs: vec![signature(net, &numbers).into()].into(),
        ..Model::default()
    };
    model.set_version(3);
    File {
        model,
        ..File::default()
    }
    .write()
}

type Codes = Vec<Shared<OperatorCode>>;

/// The operators in the order of the layers, and the table of the kinds among them.
fn operators(
    net: &Net,
    element: Element,
    numbers: &[i32],
    constants: &[Vec<i32>],
) -> Result<(Codes, Vec<Shared<Operator>>)> {
    let mut kinds = Vec::new();
    let mut operators = Vec::new();
    for (layer, constants) in net.layers.iter().zip(constants) {
        let kind = operators::kind(&layer.op, element);
        let index = kinds
            .iter()
            .position(|&known| known == kind)
            .unwrap_or_else(|| {
                kinds.push(kind);
                kinds.len() - 1
            });
        let values = layer.inputs.iter().map(|input| numbers[input.index()]);
        let values: Vec<i32> = values.collect();
        let mut operator = Operator {
            inputs: operators::arguments(&layer.op, &values, constants).into(),
            outputs: vec![numbers[layer.output.index()]].into(),
            ..Operator::default()
        };
        operator.set_opcode_index(index as u32);
        operator.set_options(operators::options(&layer.op)?.map(Shared::from))?;
        operators.push(operator.into());
    }
    let code = |(builtin, version)| {
        let mut code = OperatorCode::default();
        code.set_builtin(builtin);
        code.set_version(version);
        code.into()
    };
    Ok((kinds.into_iter().map(code).collect(), operators))
}

/// The names under which callers find inputs and outputs.
fn signature(net: &Net, numbers: &[i32]) -> SignatureDef {
    let map = |&id: &ValueId| {
        let mut map = TensorMap {
            name: Some(net.value(id).name.as_str().into()),
            ..TensorMap::default()
        };
        map.set_tensor_index(numbers[id.index()].cast_unsigned());
        map.into()
    };
    SignatureDef {
        inputs: net.inputs.iter().map(map).collect(),
        outputs: net.outputs.iter().map(map).collect(),
        signature_key: Some("serving_default".into()),
        ..SignatureDef::default()
    }
}
