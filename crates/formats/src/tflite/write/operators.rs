//! The operators of a rewritten graph, made of the source's.

use lowtide_core::graph::DType;
use lowtide_core::ids::{Id, OpId};
use lowtide_core::plan::{OpOrigin, Rewriting};

use crate::error::{Error, Result};
use crate::tflite::schema::facts::operators::BuiltinOperator as Code;
use crate::tflite::schema::facts::tables;
use crate::tflite::schema::{Model, Node, Operator, OperatorCode, Shared, SubGraph};

/// The field of options that names the fused activation.
const ACTIVATION: &str = "fused_activation_function";

/// The operator of the file that `op` is, not wired yet. Its operator code is added to `model` if it has none.
pub(super) fn made(
    model: &mut Model,
    main: &SubGraph,
    rewriting: &Rewriting,
    op: OpId,
) -> Result<Shared<Operator>> {
    let origin = rewriting.op_origins[op];
    let source = &main.operators[origin.op().index()];
    match origin {
        OpOrigin::Source(_) | OpOrigin::Part { linear: false, .. } => Ok(source.clone()),
        OpOrigin::Part { .. } => linear(source),
        OpOrigin::Sum { activation, .. } => {
            let output = rewriting.graph.op(op).outputs.first();
            let array = output.and_then(|&t| rewriting.graph.tensor(t).array.as_ref());
            let dtype = array.map(|array| array.dtype);
            let function = if activation { function(source)? } else { 0 };
            sum(model, dtype, function)
        }
    }
}

/// The operator without its fused activation.
fn linear(source: &Shared<Operator>) -> Result<Shared<Operator>> {
    let mut operator = source.clone();
    let mut options = operator.options().ok_or_else(no_options)?.clone();
    if options.int(ACTIVATION) != Some(0) {
        options.set_int(ACTIVATION, 0)?;
        operator.set_options(Some(options))?;
    }
    Ok(operator)
}

fn function(source: &Operator) -> Result<i64> {
    let options = source.options().and_then(|options| options.int(ACTIVATION));
    options.ok_or_else(no_options)
}

fn no_options() -> Error {
    Error::refused("an operator to be taken apart has no options; leave that rewriting out")
}

/// An addition. Its version is the first that knows the element type (`tflite/tools/versioning/op_version.cc`).
fn sum(model: &mut Model, dtype: Option<DType>, activation: i64) -> Result<Shared<Operator>> {
    let version = if dtype == Some(DType::I8) { 2 } else { 1 };
    let fits =
        |code: &Shared<OperatorCode>| code.builtin() == Code::ADD && code.version() >= version;
    let index = model
        .operator_codes
        .iter()
        .position(fits)
        .unwrap_or_else(|| {
            let mut code = OperatorCode::default();
            code.set_builtin(Code::ADD);
            code.set_version(version);
            let codes = model.operator_codes.edit();
            codes.push(code.into());
            codes.len() - 1
        });
    let mut options = Node::new(&tables::AddOptions);
    if activation != 0 {
        options.set_int(ACTIVATION, activation)?;
    }
    let mut operator = Operator::default();
    operator.set_opcode_index(u32::try_from(index).unwrap_or_default());
    operator.set_options(Some(options.into()))?;
    Ok(operator.into())
}
