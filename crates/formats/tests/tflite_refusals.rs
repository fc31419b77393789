//! Files that lowtide refuses, and what it says.

use lowtide_formats::tflite::schema::facts::{Field, Kind, Scalar, Table, tables};
use lowtide_formats::tflite::schema::{
    Buffer, Error, ErrorKind, File, Node, Operator, Shared, SubGraph,
};

/// The model table of a schema to come, with one field more.
static LATER: Table = Table {
    name: "Model",
    fields: &{
        let mut fields = [const { scalar("known") }; 11];
        fields[10] = scalar("new");
        fields
    },
};

const fn scalar(name: &'static str) -> Field {
    Field {
        name,
        kind: Kind::Scalar(Scalar::I32),
        default: 0,
        deprecated: false,
    }
}

fn refusal(file: &File) -> Error {
    let bytes = file.write().expect("a tree that can be written");
    File::read(bytes).expect_err("a file to refuse")
}

/// A model of one subgraph with this operator.
fn model_of(operator: Operator) -> File {
    let mut file = File::default();
    let subgraph = SubGraph {
        operators: vec![operator.into()].into(),
        ..SubGraph::default()
    };
    file.model.subgraphs = vec![subgraph.into()].into();
    file
}

#[test]
fn fields_of_a_newer_schema() {
    assert_eq!(LATER.fields.len(), tables::Model.fields.len() + 1);
    let mut file = File::default();
    file.model.rest = Node::new(&LATER);
    file.model.rest.set_int("new", 0).unwrap();
    let error = refusal(&file);
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(
        error.to_string().contains("table Model has a field 10"),
        "{error}"
    );
}

#[test]
fn options_of_a_newer_schema() {
    let mut operator = Operator::default();
    operator
        .set_options(Some(Node::new(&tables::AddOptions).into()))
        .unwrap();
    operator.rest.set_int("builtin_options_type", 200).unwrap();
    let error = refusal(&model_of(operator));
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(error.part(), "subgraph 0, operator 0, builtin options");
    assert!(
        error.to_string().contains("member 200 of BuiltinOptions"),
        "{error}"
    );
    assert!(error.to_string().contains("update lowtide"), "{error}");
}

#[test]
fn options_that_say_they_are_none() {
    let mut operator = Operator::default();
    operator
        .set_options(Some(Node::new(&tables::AddOptions).into()))
        .unwrap();
    operator.rest.set_int("builtin_options_type", 0).unwrap();
    assert_eq!(refusal(&model_of(operator)).kind(), ErrorKind::Malformed);
}

#[test]
fn payloads_outside_the_flatbuffer() {
    let mut file = File::default();
    let mut outside = Buffer::default();
    outside.rest.set_int("offset", 4096).unwrap();
    outside.rest.set_int("size", 16).unwrap();
    file.model.buffers = vec![Buffer::default().into(), outside.into()].into();
    let error = refusal(&file);
    assert_eq!(
        (error.kind(), error.part()),
        (ErrorKind::Unsupported, "buffer 1")
    );
    assert!(error.to_string().contains("re-export"), "{error}");

    let mut operator = Operator::default();
    operator
        .rest
        .set_int("large_custom_options_offset", 4096)
        .unwrap();
    assert_eq!(
        refusal(&model_of(operator)).part(),
        "subgraph 0, operator 0, custom options"
    );
}

#[test]
fn files_that_are_something_else() {
    for bytes in [
        &b""[..],
        b"TFL3",
        b"\x10\0\0\0ONNX",
        b"\x10\0\0\0TFL3",
        b"\0\0\0\0TFL3",
        b"\xff\xff\xff\xffTFL3",
    ] {
        let error = File::read(bytes.to_vec()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Malformed, "{bytes:?}");
    }
}

#[test]
fn few_bytes_that_stand_for_very_many_operators() {
    let operators = vec![Shared::from(Operator::default()); 20_000];
    let subgraph = SubGraph {
        operators: operators.into(),
        ..SubGraph::default()
    };
    let mut file = File::default();
    file.model.subgraphs = vec![Shared::from(subgraph); 20_000].into();
    let bytes = file.write().unwrap();
    assert!(bytes.len() < 200_000);
    let error = File::read(bytes).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Malformed);
    assert!(error.to_string().contains("over and over"), "{error}");
}
