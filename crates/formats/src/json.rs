//! A generic graph in JSON, so that other compilers and architecture searches can use the solver without a model file.
//!
//! ```json
//! { "name": "example",
//!   "tensors": [ { "name": "x", "bytes": 4096, "kind": "input" },
//!                { "name": "w", "bytes": 1024, "kind": "weight" },
//!                { "name": "y", "bytes": 4096, "kind": "output" } ],
//!   "ops": [ { "name": "conv1", "type": "conv", "inputs": ["x", "w"], "outputs": ["y"] } ] }
//! ```
//!
//! `kind` is `input`, `weight` (not counted), `activation` or `output`. Operators stand in the order of the file, which
//! must be a valid one. A weight with `alias_of` is another weight updated in place: its writer waits for everyone that
//! reads the old value. An operator's `kind` says what bytes it can share ([`Graph::viewed`], [`Graph::overwritable`]): `identity`,
//! `reshape`, `elementwise` or `normalize`. `dtype` and `shape` are read where they are given; other keys are ignored.

mod model;

pub use model::Model;

use std::collections::HashMap;

use lowtide_core::graph::{ArrayType, DType, Graph, GraphBuilder, Op, OpKind, Role, Tensor};
use lowtide_core::ids::{Id, OpId, TensorId};
use lowtide_core::units::Bytes;
use serde::Deserialize;

use crate::error::{Error, ErrorKind, Result};

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    name: String,
    ops: Vec<FileOp>,
    tensors: Vec<FileTensor>,
}

#[derive(Deserialize)]
struct FileOp {
    #[serde(default)]
    name: String,
    #[serde(default, rename = "type")]
    label: String,
    inputs: Vec<String>,
    outputs: Vec<String>,
    #[serde(default)]
    kind: Meaning,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Meaning {
    #[default]
    Opaque,
    Identity,
    Reshape,
    Elementwise,
    Normalize,
}

impl Meaning {
    fn kind(self) -> OpKind {
        match self {
            Self::Opaque => OpKind::Opaque,
            Self::Identity => OpKind::Identity,
            Self::Reshape => OpKind::Reshape,
            Self::Elementwise => OpKind::Elementwise,
            Self::Normalize => OpKind::Normalize,
        }
    }
}

#[derive(Deserialize)]
struct FileTensor {
    name: String,
    bytes: u64,
    kind: Kind,
    dtype: Option<String>,
    shape: Option<Vec<u64>>,
    alias_of: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Input,
    Weight,
    Activation,
    Output,
}

/// Reads a graph from JSON.
///
/// # Errors
/// Names the line, operator or tensor: text that is not of the form, a name that is not known or given twice, an
/// `alias_of` on anything but a weight, and whatever [`GraphBuilder::build`] refuses.
pub fn read_json(bytes: &[u8]) -> Result<Graph> {
    let file: File = serde_json::from_slice(bytes).map_err(|e| {
        malformed(format_args!(
            "not a graph in JSON: {e}; see the form in the manual"
        ))
    })?;
    let mut builder = GraphBuilder::new(&*file.name);
    let mut ids = HashMap::with_capacity(file.tensors.len());
    for tensor in &file.tensors {
        let id = builder.tensor(array(tensor));
        if ids.insert(tensor.name.as_str(), id).is_some() {
            return Err(malformed(format_args!(
                "tensor '{}' is listed twice; give each a name of its own",
                tensor.name
            )));
        }
        match tensor.kind {
            Kind::Input => builder.input(id),
            Kind::Output => builder.output(id),
            Kind::Weight | Kind::Activation => {}
        }
    }
    let names = Names { ids, file: &file };
    for op in &file.ops {
        let inputs = names.all(op, &op.inputs)?.into_iter().map(Some).collect();
        let outputs = names.all(op, &op.outputs)?;
        let has_effects = outputs
            .iter()
            .any(|&t| file.tensors[t.index()].alias_of.is_some());
        let (name, label) = (op.name.clone(), op.label.clone());
        builder.op(Op {
            name,
            label,
            kind: op.kind.kind(),
            inputs,
            outputs,
            has_effects,
        });
    }
    for (first, second) in names.updates()? {
        builder.control(first, second);
    }
    Ok(builder.build()?)
}

fn malformed(text: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Malformed, text)
}

fn array(tensor: &FileTensor) -> Tensor {
    let dtype = match tensor.dtype.as_deref() {
        Some("float32") => Some(DType::F32),
        Some("float16") => Some(DType::F16),
        Some("float64") => Some(DType::F64),
        Some("int8") => Some(DType::I8),
        Some("uint8") => Some(DType::U8),
        Some("int16") => Some(DType::I16),
        Some("int32") => Some(DType::I32),
        Some("int64") => Some(DType::I64),
        Some("bool") => Some(DType::Bool),
        Some(word) => DType::from_word(word),
        None => None,
    };
    let shape = tensor
        .shape
        .as_ref()
        .map(|axes| axes.iter().copied().map(Some).collect());
    Tensor {
        name: tensor.name.clone(),
        bytes: Bytes(tensor.bytes),
        role: if tensor.kind == Kind::Weight {
            Role::Constant
        } else {
            Role::Activation
        },
        array: dtype.zip(shape).map(|(dtype, shape)| ArrayType {
            dtype,
            shape,
            quantization: None,
        }),
    }
}

struct Names<'f> {
    ids: HashMap<&'f str, TensorId>,
    file: &'f File,
}

impl Names<'_> {
    fn all(&self, op: &FileOp, names: &[String]) -> Result<Vec<TensorId>> {
        let find = |name: &String| {
            self.ids.get(name.as_str()).copied().ok_or_else(|| {
                malformed(format_args!(
                    "operator '{}' uses tensor '{name}', which is not listed",
                    op.name
                ))
            })
        };
        names.iter().map(find).collect()
    }

    /// Who must wait for whom so that no weight is updated before its old value has been read.
    fn updates(&self) -> Result<Vec<(OpId, OpId)>> {
        let mut readers: HashMap<&str, Vec<usize>> = HashMap::new();
        let mut edges = Vec::new();
        for (at, op) in self.file.ops.iter().enumerate() {
            op.inputs
                .iter()
                .for_each(|name| readers.entry(name).or_default().push(at));
            for name in &op.outputs {
                let tensor = &self.file.tensors[self.ids[name.as_str()].index()];
                let Some(old) = &tensor.alias_of else {
                    continue;
                };
                if tensor.kind != Kind::Weight {
                    let text = format_args!(
                        "tensor '{name}' has alias_of but is no weight; list views as their base"
                    );
                    return Err(malformed(text));
                }
                let before = readers
                    .get(old.as_str())
                    .into_iter()
                    .flatten()
                    .filter(|&&reader| reader != at);
                edges
                    .extend(before.map(|&reader| (OpId::from_index(reader), OpId::from_index(at))));
            }
        }
        Ok(edges)
    }
}

#[cfg(test)]
mod tests {
    use super::read_json;
    use lowtide_core::graph::{OpKind, Role};
    use lowtide_core::ids::{OpId, TensorId};

    const STEP: &str = r#"{ "name": "step", "note": "ignored",
        "tensors": [
            { "name": "x", "bytes": 16, "kind": "input", "dtype": "float32", "shape": [4] },
            { "name": "w", "bytes": 8, "kind": "weight" },
            { "name": "g", "bytes": 8, "kind": "activation" },
            { "name": "y", "bytes": 4, "kind": "output" },
            { "name": "w2", "bytes": 8, "kind": "weight", "alias_of": "w" } ],
        "ops": [
            { "name": "grad", "type": "conv", "inputs": ["x"], "outputs": ["g"] },
            { "name": "use", "type": "conv", "inputs": ["x", "w"], "outputs": ["y"] },
            { "name": "sgd", "type": "sgd", "inputs": ["w", "g"], "outputs": ["w2"] } ] }"#;

    #[test]
    fn weights_are_constant_and_updates_wait_for_readers() {
        let graph = read_json(STEP.as_bytes()).expect("a valid file");
        assert_eq!(graph.tensor(TensorId(1)).role, Role::Constant);
        assert_eq!(graph.control(), [(OpId(1), OpId(2))]);
        assert!(graph.op(OpId(2)).has_effects);
        assert_eq!(
            (graph.inputs(), graph.outputs()),
            (&[TensorId(0)][..], &[TensorId(3)][..])
        );
    }

    #[test]
    fn kinds_say_what_can_be_shared() {
        let source = STEP.replace(
            "\"type\": \"sgd\"",
            "\"type\": \"sgd\", \"kind\": \"elementwise\"",
        );
        let graph = read_json(source.as_bytes()).expect("a valid file");
        assert_eq!(graph.op(OpId(2)).kind, OpKind::Elementwise);
        assert_eq!(graph.op(OpId(0)).kind, OpKind::Opaque);
        let unknown = source.replace("elementwise", "in-place");
        let fault = read_json(unknown.as_bytes()).unwrap_err().to_string();
        assert!(
            fault.contains("in-place") && fault.contains("elementwise"),
            "{fault}"
        );
    }

    #[test]
    fn faults_are_named() {
        let fault = |from: &str, to: &str| {
            read_json(STEP.replace(from, to).as_bytes())
                .unwrap_err()
                .to_string()
        };
        assert!(fault("\"g\"]", "\"h\"]").contains("'h'"));
        assert!(fault("\"name\": \"w\"", "\"name\": \"x\"").contains("'x' is listed twice"));
        assert!(
            fault(
                "\"kind\": \"output\"",
                "\"kind\": \"output\", \"alias_of\": \"x\""
            )
            .contains("'y'")
        );
        assert!(fault("\"ops\"", "\"opps\"").contains("ops"));
    }
}
