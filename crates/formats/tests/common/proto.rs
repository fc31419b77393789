//! Models for tests, written field by field.

use lowtide_core::graph::Graph;
use lowtide_formats::{Result, onnx};

/// The graph of a model.
pub(crate) fn read(bytes: &[u8], dims: &[(String, u64)]) -> Result<Graph> {
    Ok(onnx::Model::parse(bytes.to_vec(), dims)?.graph().clone())
}

/// Bytes of a message.
pub(crate) type Message = Vec<u8>;

/// One length-delimited field.
pub(crate) fn field(number: u32, value: impl AsRef<[u8]>) -> Message {
    let value = value.as_ref();
    [
        varint(u64::from(number) << 3 | 2),
        varint(value.len() as u64),
        value.to_vec(),
    ]
    .concat()
}

/// One integer field.
pub(crate) fn int(number: u32, value: i64) -> Message {
    [varint(u64::from(number) << 3), varint(value as u64)].concat()
}

fn varint(mut value: u64) -> Message {
    let mut out = Vec::new();
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

/// A node of a standard operator, named after its first output. `reads` and `writes` are separated by blanks; `_` is left
/// out.
pub(crate) fn node(op_type: &str, reads: &str, writes: &str, attributes: &[Message]) -> Message {
    let names = |number, names: &str| -> Message {
        let names = names
            .split_whitespace()
            .map(|name| if name == "_" { "" } else { name });
        names.flat_map(|name| field(number, name)).collect()
    };
    let title = writes.split_whitespace().next().unwrap_or("none");
    let attributes = attributes.iter().flat_map(|a| field(5, a)).collect();
    let parts = [
        names(1, reads),
        names(2, writes),
        field(3, format!("to_{title}")),
        field(4, op_type),
    ];
    [parts.concat(), attributes].concat()
}

/// An attribute of one integer.
pub(crate) fn int_attribute(name: &str, value: i64) -> Message {
    [field(1, name), int(3, value), int(20, 2)].concat()
}

/// An attribute of a list of integers.
pub(crate) fn ints_attribute(name: &str, values: &[i64]) -> Message {
    let values = values.iter().flat_map(|&value| int(8, value)).collect();
    [field(1, name), values, int(20, 7)].concat()
}

/// An attribute that holds a body.
pub(crate) fn graph_attribute(name: &str, graph: impl AsRef<[u8]>) -> Message {
    [field(1, name), field(6, graph), int(20, 5)].concat()
}

/// An attribute that holds a tensor.
pub(crate) fn tensor_attribute(name: &str, tensor: impl AsRef<[u8]>) -> Message {
    [field(1, name), field(5, tensor), int(20, 4)].concat()
}

/// A constant of 64-bit integers: a list.
pub(crate) fn ints(name: &str, values: &[i64]) -> Message {
    let raw: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
    [
        int(1, values.len() as i64),
        int(2, 7),
        field(8, name),
        field(9, raw),
    ]
    .concat()
}

/// A 32-bit float weight whose data file is absent.
pub(crate) fn weight(name: &str, dims: &[i64]) -> Message {
    let dims: Message = dims.iter().flat_map(|&dim| int(1, dim)).collect();
    let place = [field(1, "location"), field(2, "absent.bin")].concat();
    [
        dims,
        int(2, 1),
        field(8, name),
        field(13, place),
        int(14, 1),
    ]
    .concat()
}

/// A 32-bit float tensor's description: axes separated by blanks, numbers or symbols; `?` is open.
pub(crate) fn info(name: &str, dims: &str) -> Message {
    typed(name, 1, dims)
}

/// A tensor's description with this element type.
pub(crate) fn typed(name: &str, dtype: i64, dims: &str) -> Message {
    let dim = |dim: &str| match (dim, dim.parse()) {
        (_, Ok(elements)) => field(1, int(1, elements)),
        ("?", _) => field(1, []),
        (symbol, _) => field(1, field(2, symbol)),
    };
    let shape: Message = dims.split_whitespace().flat_map(dim).collect();
    let tensor = [int(1, dtype), field(2, shape)].concat();
    [field(1, name), field(2, field(1, tensor))].concat()
}

/// A graph, part by part.
#[derive(Clone, Default)]
pub(crate) struct Model {
    parts: Message,
    beside: Message,
    opset: i64,
}

impl Model {
    pub(crate) fn new() -> Self {
        Self {
            opset: 17,
            ..Self::default()
        }
    }

    pub(crate) fn opset(mut self, version: i64) -> Self {
        self.opset = version;
        self
    }

    fn part(mut self, number: u32, value: Message) -> Self {
        self.parts.extend(field(number, value));
        self
    }

    pub(crate) fn node(self, op_type: &str, reads: &str, writes: &str) -> Self {
        self.part(1, node(op_type, reads, writes, &[]))
    }

    pub(crate) fn node_with(self, op: &str, reads: &str, writes: &str, with: &[Message]) -> Self {
        self.part(1, node(op, reads, writes, with))
    }

    pub(crate) fn raw_node(self, node: Message) -> Self {
        self.part(1, node)
    }

    pub(crate) fn constant(self, tensor: Message) -> Self {
        self.part(5, tensor)
    }

    pub(crate) fn input(self, info: Message) -> Self {
        self.part(11, info)
    }

    pub(crate) fn output(self, info: Message) -> Self {
        self.part(12, info)
    }

    pub(crate) fn value_info(self, info: Message) -> Self {
        self.part(13, info)
    }

    pub(crate) fn graph_field(self, number: u32, value: &str) -> Self {
        self.part(number, value.into())
    }

    /// A field of the model, beside the graph.
    pub(crate) fn beside(mut self, number: u32, value: impl AsRef<[u8]>) -> Self {
        self.beside.extend(field(number, value));
        self
    }

    /// The graph alone, to be used as a body.
    pub(crate) fn graph(&self) -> Message {
        self.parts.clone()
    }

    pub(crate) fn bytes(&self) -> Message {
        let opset = field(8, int(2, self.opset));
        [int(1, 8), opset, self.beside.clone(), field(7, &self.parts)].concat()
    }

    pub(crate) fn read(&self) -> Graph {
        read(&self.bytes(), &[]).unwrap()
    }

    pub(crate) fn error(&self) -> String {
        read(&self.bytes(), &[]).unwrap_err().to_string()
    }
}

/// The fields of a message: number, value of length-delimited ones, and the whole.
pub(crate) fn split(mut rest: &[u8]) -> Vec<(u32, &[u8], &[u8])> {
    fn take(rest: &mut &[u8]) -> u64 {
        let mut value = 0;
        for shift in (0..).step_by(7) {
            let byte = rest[0];
            *rest = &rest[1..];
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                break;
            }
        }
        value
    }
    let mut fields = Vec::new();
    while !rest.is_empty() {
        let start = rest;
        let tag = take(&mut rest);
        let length = match tag & 7 {
            0 => {
                take(&mut rest);
                0
            }
            1 => 8,
            5 => 4,
            _ => take(&mut rest) as usize,
        };
        let (value, after) = rest.split_at(length);
        rest = after;
        fields.push(((tag >> 3) as u32, value, &start[..start.len() - rest.len()]));
    }
    fields
}

/// A model without anything that says what shapes its tensors have, inputs apart.
pub(crate) fn stripped(model: &[u8]) -> Message {
    let graph = |graph| {
        let fields = split(graph).into_iter();
        let fields = fields.map(|(number, value, raw)| match number {
            13 => Vec::new(),
            12 => field(12, split(value)[0].2),
            _ => raw.to_vec(),
        });
        field(7, fields.collect::<Vec<_>>().concat())
    };
    let fields = split(model).into_iter();
    let fields = fields.map(|(number, value, raw)| match number {
        7 => graph(value),
        _ => raw.to_vec(),
    });
    fields.collect::<Vec<_>>().concat()
}

/// A graph around a Loop of five rounds over `x` of shape `dims`: a round runs `nodes`, which read the state `s` and write the next one,
/// `s2`, and `each`, of which the graph stacks all.
pub(crate) fn five_rounds(nodes: &[(&str, &str, &str)], dims: &str) -> Graph {
    let body = Model::new()
        .input(typed("i", 7, ""))
        .input(typed("go", 9, ""))
        .input(info("s", dims))
        .node("Identity", "go", "go_on");
    let add =
        |model: Model, &(op, reads, writes): &(&str, &str, &str)| model.node(op, reads, writes);
    let body = (nodes.iter().fold(body, add))
        .output(typed("go_on", 9, ""))
        .output(info("s2", dims))
        .output(info("each", dims));
    Model::new()
        .input(info("x", dims))
        .node_with("Constant", "", "m", &[int_attribute("value_int", 5)])
        .node_with(
            "Loop",
            "m _ x",
            "last all",
            &[graph_attribute("body", body.graph())],
        )
        .output(field(1, "last"))
        .output(field(1, "all"))
        .read()
}
