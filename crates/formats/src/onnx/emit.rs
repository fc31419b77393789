//! New ONNX models, written field by field: what the generated networks are emitted with. Models that were read are spliced instead.

use super::wire::{put_bytes, put_int};

/// The version of the file format (IR 8) and of the operator set: what ONNX Runtime 1.10 and later load.
const IR_VERSION: i64 = 8;
const OPERATOR_SET: i64 = 13;

/// `TensorProto.DataType`.
const FLOAT: i64 = 1;
const INT8: i64 = 3;
const INT32: i64 = 6;
const INT64: i64 = 7;

/// A model whose inputs and outputs are float tensors.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewModel {
    /// The graph's name.
    pub name: String,
    /// Nodes in the order in which they are stored, which must be a valid one.
    pub nodes: Vec<NewNode>,
    /// Constants.
    pub initializers: Vec<Initializer>,
    /// What the caller feeds: name and shape.
    pub inputs: Vec<(String, Vec<i64>)>,
    /// What the caller reads: name and shape.
    pub outputs: Vec<(String, Vec<i64>)>,
}

/// A node.
#[derive(Clone, Debug, PartialEq)]
pub struct NewNode {
    /// Its name.
    pub name: String,
    /// The operator, of the default domain.
    pub op_type: &'static str,
    /// Names of what it reads.
    pub inputs: Vec<String>,
    /// Name of what it writes.
    pub output: String,
    /// Its attributes by name.
    pub attributes: Vec<(&'static str, Attribute)>,
}

/// The value of an attribute.
#[derive(Clone, Debug, PartialEq)]
pub enum Attribute {
    /// A number.
    Int(i64),
    /// A list of numbers.
    Ints(Vec<i64>),
    /// A word.
    Text(&'static str),
}

/// A constant.
#[derive(Clone, Debug, PartialEq)]
pub struct Initializer {
    /// Its name.
    pub name: String,
    /// Its shape.
    pub shape: Vec<i64>,
    /// Its elements, in the order of the shape.
    pub data: Data,
}

/// The elements of a constant.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// Single precision.
    Floats(Vec<f32>),
    /// 64-bit integers.
    Ints(Vec<i64>),
    /// 32-bit integers.
    Int32s(Vec<i32>),
    /// 8-bit integers.
    Int8s(Vec<i8>),
}

impl NewModel {
    /// The bytes of the file.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut set = Vec::new();
        put_int(&mut set, 2, OPERATOR_SET);
        let mut model = Vec::new();
        put_int(&mut model, 1, IR_VERSION);
        put_bytes(&mut model, 2, b"lowtide");
        put_bytes(&mut model, 7, &self.graph());
        put_bytes(&mut model, 8, &set);
        model
    }

    fn graph(&self) -> Vec<u8> {
        let mut graph = Vec::new();
        for node in &self.nodes {
            put_bytes(&mut graph, 1, &node.write());
        }
        put_bytes(&mut graph, 2, self.name.as_bytes());
        for initializer in &self.initializers {
            put_bytes(&mut graph, 5, &initializer.write());
        }
        for (number, values) in [(11, &self.inputs), (12, &self.outputs)] {
            for (name, shape) in values {
                put_bytes(&mut graph, number, &value_info(name, shape));
            }
        }
        graph
    }
}

impl NewNode {
    fn write(&self) -> Vec<u8> {
        let mut node = Vec::new();
        for input in &self.inputs {
            put_bytes(&mut node, 1, input.as_bytes());
        }
        put_bytes(&mut node, 2, self.output.as_bytes());
        put_bytes(&mut node, 3, self.name.as_bytes());
        put_bytes(&mut node, 4, self.op_type.as_bytes());
        for (name, value) in &self.attributes {
            put_bytes(&mut node, 5, &value.write(name));
        }
        node
    }
}

impl Attribute {
    fn write(&self, name: &str) -> Vec<u8> {
        let mut out = Vec::new();
        put_bytes(&mut out, 1, name.as_bytes());
        let kind = match self {
            Self::Int(value) => {
                put_int(&mut out, 3, *value);
                2
            }
            Self::Text(text) => {
                put_bytes(&mut out, 4, text.as_bytes());
                3
            }
            Self::Ints(values) => {
                values.iter().for_each(|&value| put_int(&mut out, 8, value));
                7
            }
        };
        put_int(&mut out, 20, kind);
        out
    }
}

impl Initializer {
    fn write(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.shape
            .iter()
            .for_each(|&extent| put_int(&mut out, 1, extent));
        let (kind, raw): (i64, Vec<u8>) = match &self.data {
            Data::Floats(values) => (FLOAT, values.iter().flat_map(|v| v.to_le_bytes()).collect()),
            Data::Ints(values) => (INT64, values.iter().flat_map(|v| v.to_le_bytes()).collect()),
            Data::Int32s(values) => (INT32, values.iter().flat_map(|v| v.to_le_bytes()).collect()),
            Data::Int8s(values) => (INT8, values.iter().flat_map(|v| v.to_le_bytes()).collect()),
        };
        put_int(&mut out, 2, kind);
        put_bytes(&mut out, 8, self.name.as_bytes());
        put_bytes(&mut out, 9, &raw);
        out
    }
}

/// A `ValueInfoProto`: a float tensor.
fn value_info(name: &str, shape: &[i64]) -> Vec<u8> {
    let mut dims = Vec::new();
    for &extent in shape {
        let mut dim = Vec::new();
        put_int(&mut dim, 1, extent);
        put_bytes(&mut dims, 1, &dim);
    }
    let (mut tensor, mut kind, mut out) = (Vec::new(), Vec::new(), Vec::new());
    put_int(&mut tensor, 1, FLOAT);
    put_bytes(&mut tensor, 2, &dims);
    put_bytes(&mut kind, 1, &tensor);
    put_bytes(&mut out, 1, name.as_bytes());
    put_bytes(&mut out, 2, &kind);
    out
}
