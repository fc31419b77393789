//! Random networks of one kind of operator, for tests inside the crate and beside it.

use fastrand::Rng;
use lowtide_formats::tflite::schema::facts::operators::BuiltinOperator as Code;
use lowtide_formats::tflite::schema::facts::types::TensorType;
use lowtide_formats::tflite::schema::{Buffer, File, Operator, OperatorCode, SubGraph, Tensor};

/// A network of ADDs with random wiring and sizes, one input and one output.
pub(crate) fn random(rng: &mut Rng) -> File {
    let mut file = File::default();
    file.model.set_version(3);
    file.model.buffers.edit().push(Buffer::default().into());
    let mut code = OperatorCode::default();
    code.set_builtin(Code::ADD);
    file.model.operator_codes.edit().push(code.into());
    let mut main = SubGraph::default();
    let count = rng.i32(4..14);
    for number in 0..=count {
        let mut tensor = Tensor {
            name: Some(format!("t{number}").as_str().into()),
            ..Tensor::default()
        };
        tensor.shape = vec![rng.i32(1..400)].into();
        tensor.set_element_type(TensorType::INT8);
        main.tensors.edit().push(tensor.into());
        if number > 0 {
            let input = |rng: &mut Rng| rng.i32((number - 4).max(0)..number);
            let operator = Operator {
                inputs: vec![input(rng), input(rng)].into(),
                outputs: vec![number].into(),
                ..Operator::default()
            };
            main.operators.edit().push(operator.into());
        }
    }
    main.inputs = vec![0].into();
    main.outputs = vec![count].into();
    file.model.subgraphs.edit().push(main.into());
    file
}
