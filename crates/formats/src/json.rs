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

/// The keys that nobody here knows. Something has to be flattened into a struct for serde to take it from an object alone: from an array
/// it would take the fields by their places, and nothing could be written back.
#[derive(Deserialize)]
struct Others {}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    name: String,
    ops: Vec<FileOp>,
    tensors: Vec<FileTensor>,
    #[serde(flatten)]
    _others: Others,
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
    #[serde(flatten)]
    _others: Others,
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
    #[serde(flatten)]
    _others: Others,
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
mod tests;
