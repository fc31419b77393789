//! Small models built and edited by hand.

#[path = "common/chain.rs"]
mod chain;

use chain::{chain, tensor};
use lowtide_formats::tflite::schema::facts::operators::BuiltinOperator;
use lowtide_formats::tflite::schema::facts::tables;
use lowtide_formats::tflite::schema::{
    File, List, Metadata, Node, Operator, OperatorCode, QuantizationParameters,
};

/// The file after writing and reading, which must be the same.
fn through(file: &File) -> File {
    let bytes = file.write().expect("a tree that can be written");
    let read = File::read(bytes).expect("what was just written");
    assert_eq!(&read, file);
    read
}

#[test]
fn a_model_built_from_scratch_reads_back() {
    let file = through(&chain(2));
    let operator = &file.model.subgraphs[0].operators[1];
    let options = operator.options_of(&tables::Conv2DOptions).unwrap();
    assert_eq!(options.int("stride_w"), Some(2));
    assert_eq!(
        options.int("dilation_w_factor"),
        Some(1),
        "the schema's default"
    );
    assert_eq!(options.get("dilation_w_factor"), None, "stays absent");
    assert_eq!(options.int("beta"), None, "no such field");
    assert_eq!(operator.options_of(&tables::Pool2DOptions), None);
    assert_eq!(
        file.model.operator_codes[0].builtin().name(),
        Some("CONV_2D")
    );
    assert!(File::read(File::default().write().unwrap()).unwrap() == File::default());
}

#[test]
fn absent_empty_and_explicit_defaults_stay_apart() {
    let mut file = chain(2);
    let subgraph = &mut file.model.subgraphs.edit()[0];
    subgraph.operators.edit()[0].inputs = List::absent();
    subgraph.operators.edit()[1].inputs = Vec::new().into();
    subgraph.tensors.edit()[0].set_buffer(0);
    subgraph.tensors.edit()[1].rest.remove("buffer");
    let file = through(&file);
    let subgraph = &file.model.subgraphs[0];
    assert!(!subgraph.operators[0].inputs.is_present());
    assert!(subgraph.operators[1].inputs.is_present());
    assert_eq!(subgraph.tensors[0].buffer(), subgraph.tensors[1].buffer());
    assert_ne!(subgraph.tensors[0].rest, subgraph.tensors[1].rest);
}

#[test]
fn operators_can_be_permuted_deleted_and_added() {
    let mut file = through(&chain(2));
    let mut code = OperatorCode::default();
    code.set_builtin(BuiltinOperator::STABLEHLO_CONCATENATE);
    code.set_version(1);
    file.model.operator_codes.edit().push(code.into());
    let subgraph = &mut file.model.subgraphs.edit()[0];
    subgraph.operators.edit().swap(0, 1);
    subgraph.operators.edit().remove(1);
    let mut options = Node::new(&tables::StablehloConcatenateOptions);
    options.set_int("dimension", -3).unwrap();
    let mut added = Operator {
        inputs: vec![0, 2].into(),
        outputs: vec![3].into(),
        ..Operator::default()
    };
    added.set_opcode_index(1);
    added.set_options(Some(options.into())).unwrap();
    subgraph.operators.edit().push(added.into());
    subgraph.tensors.edit().push(tensor(3).into());
    let file = through(&file);
    let [conv, concat] = &file.model.subgraphs[0].operators[..] else {
        panic!("two operators")
    };
    assert_eq!(
        (&conv.inputs[..], &conv.outputs[..]),
        (&[1, -1][..], &[2][..])
    );
    assert_eq!(concat.options().unwrap().int("dimension"), Some(-3));
    let code = &file.model.operator_codes[1];
    assert_eq!(code.builtin(), BuiltinOperator::STABLEHLO_CONCATENATE);
    assert_eq!(
        code.rest.int("deprecated_builtin_code"),
        Some(127),
        "what readers of the old field expect"
    );
}

#[test]
fn tensors_metadata_and_payloads_can_be_changed() {
    let mut file = through(&chain(2));
    let tensor = &mut file.model.subgraphs.edit()[0].tensors.edit()[0];
    let zero_point = vec![-128].into();
    let scale = Some(0.5_f32.to_le_bytes().to_vec().into());
    tensor.quantization = Some(
        QuantizationParameters {
            scale,
            zero_point,
            ..QuantizationParameters::default()
        }
        .into(),
    );
    tensor.shape.edit()[0] = 9;
    tensor.set_buffer(1);
    file.model.buffers.edit()[1].data = Some(vec![1, 2, 3].into());
    let mut metadata = Metadata {
        name: Some("plan".into()),
        ..Metadata::default()
    };
    metadata.set_buffer(1);
    file.model.metadata.edit().push(metadata.into());
    let file = through(&file);
    let tensors = &file.model.subgraphs[0].tensors;
    let quantization = tensors[0].quantization.as_ref().unwrap();
    assert_eq!(quantization.scales().collect::<Vec<_>>(), [0.5]);
    assert_eq!(
        (&quantization.zero_point[..], tensors[1].shape[0]),
        (&[-128][..], 1)
    );
    assert_eq!(file.model.buffers[1].data.as_deref(), Some(&[1, 2, 3][..]));
    assert_eq!(
        (file.model.metadata[0].buffer(), tensors[0].buffer()),
        (1, 1)
    );
}

#[test]
fn options_move_between_the_unions() {
    let mut operator = Operator::default();
    operator
        .set_options(Some(Node::new(&tables::AddOptions).into()))
        .unwrap();
    operator
        .set_options(Some(Node::new(&tables::DilateOptions).into()))
        .unwrap();
    assert_eq!(operator.options().unwrap().table().name, "DilateOptions");
    assert_eq!(operator.rest.int("builtin_options_type"), Some(0));
    let error = operator
        .set_options(Some(Node::new(&tables::Tensor).into()))
        .unwrap_err();
    assert!(error.to_string().contains("Tensor"), "{error}");
    operator.set_options(None).unwrap();
    assert_eq!(operator, Operator::default());
}

#[test]
fn what_is_shared_stays_shared_until_it_is_edited() {
    let apart = {
        let mut file = chain(2);
        for operator in file.model.subgraphs.edit()[0].operators.edit() {
            let options = (**operator.options().unwrap()).clone();
            operator.set_options(Some(options.into())).unwrap();
        }
        file.write().unwrap().len()
    };
    let mut file = through(&chain(2));
    assert!(file.write().unwrap().len() < apart);
    let operator = &mut file.model.subgraphs.edit()[0].operators.edit()[0];
    let mut options = operator.options().unwrap().clone();
    options.set_int("stride_w", 1).unwrap();
    operator.set_options(Some(options)).unwrap();
    let strides = file.model.subgraphs[0]
        .operators
        .iter()
        .map(|operator| operator.options().unwrap().int("stride_w"));
    assert_eq!(strides.collect::<Vec<_>>(), [Some(1), Some(2)]);
}

#[test]
fn payloads_and_what_follows_the_model_keep_their_places() {
    let mut file = chain(2);
    file.trailer = vec![1, 2, 3].into();
    let bytes = file.write().unwrap();
    let payload = bytes
        .windows(33)
        .position(|window| window == [7; 33])
        .unwrap();
    assert_eq!(payload % 16, 0);
    assert_eq!(bytes[bytes.len() - 3..], [1, 2, 3]);
    through(&file);
}

#[test]
fn numbers_must_fit_their_fields() {
    let mut options = Node::new(&tables::Conv2DOptions);
    assert!(options.set_int("padding", 128).is_err());
    assert!(options.set_int("no_such_field", 0).is_err());
    assert!(options.set_float("padding", 0.0).is_err());
    assert!(options.set_bytes("padding", "text").is_err());
    options.set_int("padding", -128).unwrap();
    assert_eq!(options.int("padding"), Some(-128));
    let mut softmax = Node::new(&tables::SoftmaxOptions);
    softmax.set_float("beta", 1.5).unwrap();
    assert_eq!(
        (softmax.float("beta"), softmax.int("beta")),
        (Some(1.5), None)
    );
}

#[test]
fn a_model_without_weights_is_not_mistaken_for_damage() {
    through(&chain(20_000));
}
