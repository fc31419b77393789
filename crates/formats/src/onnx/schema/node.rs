//! `NodeProto` and `AttributeProto`.

use super::super::wire::{Field, Message, Value, utf8};
use super::{GraphView, TensorView};
use crate::error::{Error, Result};

/// Field numbers of nodes.
pub(crate) mod field {
    pub(crate) const INPUT: u32 = 1;
    pub(crate) const OUTPUT: u32 = 2;
    pub(crate) const ATTRIBUTE: u32 = 5;
}

/// Field numbers of attributes.
pub(crate) mod attribute_field {
    pub(crate) const TENSOR: u32 = 5;
    pub(crate) const GRAPH: u32 = 6;
    pub(crate) const TENSORS: u32 = 10;
    pub(crate) const GRAPHS: u32 = 11;
    pub(crate) const SPARSE_TENSOR: u32 = 22;
    pub(crate) const SPARSE_TENSORS: u32 = 23;
}

/// A node: one operator.
#[derive(Clone, Debug)]
pub(crate) struct NodeView<'a> {
    pub(crate) name: &'a str,
    pub(crate) op_type: &'a str,
    pub(crate) domain: &'a str,
    /// Names of what it reads; empty where an optional input is left out.
    pub(crate) inputs: Vec<&'a str>,
    /// Names of what it writes; empty where an optional output is left out.
    pub(crate) outputs: Vec<&'a str>,
    pub(crate) attributes: Vec<Attribute<'a>>,
}

impl<'a> NodeView<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self> {
        let message = Message::parse(bytes, "a node")?;
        let names = |number| {
            let each = message.each(number);
            each.map(|name| utf8(name, "a tensor's name"))
                .collect::<Result<Vec<_>>>()
        };
        let node = Self {
            name: message.text(3, "a node's name")?,
            op_type: message.text(4, "an operator's type")?,
            domain: message.text(7, "an operator's domain")?,
            inputs: names(field::INPUT)?,
            outputs: names(field::OUTPUT)?,
            attributes: message
                .each(field::ATTRIBUTE)
                .map(Attribute::parse)
                .collect::<Result<_>>()?,
        };
        match node.op_type {
            "" => Err(Error::malformed(format_args!(
                "node '{}' has no operator type; the file is damaged",
                node.name
            ))),
            _ => Ok(node),
        }
    }

    /// What messages call it.
    pub(crate) fn title(&self) -> String {
        let domain = match self.domain {
            "" => String::new(),
            domain => format!("{domain}."),
        };
        let name = match (self.name, self.outputs.first()) {
            ("", Some(output)) => format!("that writes '{output}'"),
            (name, _) => format!("'{name}'"),
        };
        format!("{domain}{} {name}", self.op_type)
    }

    /// The attribute of this name.
    pub(crate) fn attribute(&self, name: &str) -> Option<Attribute<'a>> {
        self.attributes.iter().find(|a| a.name == name).copied()
    }

    /// The integer attribute of this name.
    pub(crate) fn int(&self, name: &str) -> Option<i64> {
        self.attribute(name)?.int()
    }

    /// The list of integers in the attribute of this name.
    pub(crate) fn ints(&self, name: &str) -> Option<Vec<i64>> {
        Some(self.attribute(name)?.ints())
    }

    /// The string attribute of this name.
    pub(crate) fn text(&self, name: &str) -> Option<&'a str> {
        self.attribute(name)?.text()
    }

    /// All fields that its attributes consist of, but for names and remarks inside a tensor: what makes two constants equal.
    pub(crate) fn constant(&self) -> Vec<&'a [u8]> {
        self.attributes.iter().flat_map(Attribute::fields).collect()
    }

    /// All bodies among its attributes, each as it stands in the file.
    pub(crate) fn bodies(&self) -> impl Iterator<Item = &'a [u8]> + '_ {
        self.attributes.iter().flat_map(Attribute::graphs)
    }
}

/// A named constant of a node. Its value is read when it is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attribute<'a> {
    pub(crate) name: &'a str,
    message: Message<'a>,
}

impl<'a> Attribute<'a> {
    fn parse(bytes: &'a [u8]) -> Result<Self> {
        let message = Message::parse(bytes, "an attribute")?;
        let name = message.text(1, "an attribute's name")?;
        Ok(Self { name, message })
    }

    /// A single integer.
    pub(crate) fn int(&self) -> Option<i64> {
        self.message.int(3)
    }

    /// A single float.
    pub(crate) fn float(&self) -> Option<f32> {
        self.message.floats(2).last()
    }

    /// A list of integers, empty where the attribute holds something else.
    pub(crate) fn ints(&self) -> Vec<i64> {
        self.message.ints(8).collect()
    }

    /// A list of floats, empty where the attribute holds something else.
    pub(crate) fn floats(&self) -> Vec<f32> {
        self.message.floats(7).collect()
    }

    /// A string.
    pub(crate) fn text(&self) -> Option<&'a str> {
        std::str::from_utf8(self.message.last(4)?).ok()
    }

    /// A tensor.
    pub(crate) fn tensor(&self) -> Option<TensorView<'a>> {
        TensorView::parse(self.message.last(attribute_field::TENSOR)?).ok()
    }

    /// A sparse tensor.
    pub(crate) fn sparse_tensor(&self) -> Option<TensorView<'a>> {
        TensorView::parse_sparse(self.message.last(attribute_field::SPARSE_TENSOR)?).ok()
    }

    /// The body in it, one level below a graph of this depth.
    pub(crate) fn graph(&self, depth: usize) -> Option<Result<GraphView<'a>>> {
        let bytes = self.graphs().next()?;
        Some(GraphView::parse(bytes, depth + 1))
    }

    fn fields(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.message.fields().flat_map(|field| {
            let tensor = match (field.number, field.value) {
                (attribute_field::TENSOR, Value::Bytes(bytes)) => TensorView::parse(bytes).ok(),
                _ => None,
            };
            // Nothing, which no field is, stands where a tensor begins.
            let whole = if tensor.is_some() { &[] } else { field.raw };
            let parts = tensor.into_iter().flat_map(|tensor| tensor.content());
            std::iter::once(whole).chain(parts)
        })
    }

    fn graphs(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.message.fields().filter_map(graph_of)
    }
}

/// The body that a field of an attribute holds.
pub(crate) fn graph_of(field: Field<'_>) -> Option<&[u8]> {
    match (field.number, field.value) {
        (attribute_field::GRAPH | attribute_field::GRAPHS, Value::Bytes(bytes)) => Some(bytes),
        _ => None,
    }
}
