//! `GraphProto`: nodes, weights, ends, and what is said of tensors.

use super::super::wire::Message;
use super::{MAX_DEPTH, NodeView, TensorView, TypeView};
use crate::error::{Error, Result};

/// Field numbers.
pub(crate) mod field {
    pub(crate) const NODE: u32 = 1;
    pub(crate) const NAME: u32 = 2;
    pub(crate) const INITIALIZER: u32 = 5;
    pub(crate) const INPUT: u32 = 11;
    pub(crate) const OUTPUT: u32 = 12;
    pub(crate) const VALUE_INFO: u32 = 13;
    pub(crate) const QUANTIZATION: u32 = 14;
    pub(crate) const SPARSE_INITIALIZER: u32 = 15;
}

/// A graph: the model's own, or the body of an If, Loop or Scan.
#[derive(Clone, Debug, Default)]
pub(crate) struct GraphView<'a> {
    pub(crate) message: Message<'a>,
    pub(crate) name: &'a str,
    pub(crate) nodes: Vec<NodeView<'a>>,
    /// Dense and sparse weights, in the order of the file, dense ones first.
    pub(crate) initializers: Vec<TensorView<'a>>,
    pub(crate) inputs: Vec<(&'a str, TypeView<'a>)>,
    pub(crate) outputs: Vec<(&'a str, TypeView<'a>)>,
    pub(crate) value_info: Vec<(&'a str, TypeView<'a>)>,
    /// How many graphs stand around this one.
    pub(crate) depth: usize,
}

impl<'a> GraphView<'a> {
    pub(crate) fn parse(bytes: &'a [u8], depth: usize) -> Result<Self> {
        if depth > MAX_DEPTH {
            return Err(Error::unsupported(format_args!(
                "bodies of If, Loop and Scan are nested more than {MAX_DEPTH} deep"
            )));
        }
        let message = Message::parse(bytes, "a graph")?;
        let infos = |number| {
            let each = message.each(number);
            each.map(value_info).collect::<Result<Vec<_>>>()
        };
        let dense = message.each(field::INITIALIZER).map(TensorView::parse);
        let sparse = message
            .each(field::SPARSE_INITIALIZER)
            .map(TensorView::parse_sparse);
        Ok(Self {
            message,
            name: message.text(field::NAME, "a graph's name")?,
            nodes: message
                .each(field::NODE)
                .map(NodeView::parse)
                .collect::<Result<_>>()?,
            initializers: dense.chain(sparse).collect::<Result<_>>()?,
            inputs: infos(field::INPUT)?,
            outputs: infos(field::OUTPUT)?,
            value_info: infos(field::VALUE_INFO)?,
            depth,
        })
    }
}

/// The name of a `ValueInfoProto` or, which looks alike, of a `TensorAnnotation`.
pub(crate) fn named(bytes: &[u8]) -> Result<&str> {
    Message::parse(bytes, "a tensor's description")?.text(1, "a tensor's name")
}

fn value_info(bytes: &[u8]) -> Result<(&str, TypeView<'_>)> {
    let info = Message::parse(bytes, "a tensor's description")?;
    let name = info.text(1, "a tensor's name")?;
    Ok((name, TypeView::parse(info.last(2).unwrap_or_default())?))
}
