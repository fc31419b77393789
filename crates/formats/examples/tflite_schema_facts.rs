//! Prints the schema facts as JSON, for the test that compares them with the schema of the current runtimes.

use lowtide_formats::tflite::schema::facts::operators::BuiltinOperator;
use lowtide_formats::tflite::schema::facts::types::TensorType;
use lowtide_formats::tflite::schema::facts::{Field, Kind, Scalar, Table, unions};
use serde_json::{Value, json};

#[allow(clippy::print_stdout, reason = "this is what the example is for")]
fn main() {
    let unions: serde_json::Map<String, Value> = unions::ALL
        .iter()
        .map(|union| {
            (
                union.name.into(),
                union.members.iter().map(|table| table.name).collect(),
            )
        })
        .collect();
    let types: Vec<Value> = TensorType::ALL
        .iter()
        .map(|(name, bits)| json!([name, bits]))
        .collect();
    let facts = json!({
        "tables": Table::all().map(table).collect::<serde_json::Map<_, _>>(),
        "unions": unions,
        "builtin_operators": BuiltinOperator::NAMES,
        "tensor_types": types,
    });
    println!("{facts}");
}

fn table(table: &Table) -> (String, Value) {
    (table.name.into(), table.fields.iter().map(field).collect())
}

fn field(field: &Field) -> Value {
    let (kind, of) = match &field.kind {
        Kind::Scalar(scalar) => ("scalar", scalar_name(*scalar)),
        Kind::Text => ("string", ""),
        Kind::Vector { element, .. } => ("vector", scalar_name(*element)),
        Kind::Table(table) => ("table", table.name),
        Kind::Tables(table) => ("tables", table.name),
        Kind::Union(union) => ("union", union.name),
    };
    json!({
        "name": field.name,
        "kind": kind,
        "of": of,
        "default": field.default,
        "deprecated": field.deprecated,
    })
}

/// The name in Python's `flatbuffers.number_types`, without its `Flags`.
fn scalar_name(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::Bool => "Bool",
        Scalar::I8 => "Int8",
        Scalar::U8 => "Uint8",
        Scalar::U16 => "Uint16",
        Scalar::I32 => "Int32",
        Scalar::U32 => "Uint32",
        Scalar::I64 => "Int64",
        Scalar::U64 => "Uint64",
        Scalar::F32 => "Float32",
    }
}
