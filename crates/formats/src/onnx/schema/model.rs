//! `ModelProto`: operator sets, functions and the graph.

use super::super::wire::Message;
use super::GraphView;
use crate::error::{Error, Result};

/// Field numbers.
pub(crate) mod field {
    pub(crate) const GRAPH: u32 = 7;
    pub(crate) const OPSET_IMPORT: u32 = 8;
    pub(crate) const TRAINING_INFO: u32 = 20;
    pub(crate) const FUNCTIONS: u32 = 25;
}

/// The oldest operator set that is read: before it, broadcasting was by attribute.
const OLDEST_OPSET: i64 = 7;

/// A model.
#[derive(Clone, Debug)]
pub(crate) struct ModelView<'a> {
    pub(crate) message: Message<'a>,
    pub(crate) graph: GraphView<'a>,
    /// The version of the standard operators.
    pub(crate) opset: i64,
    /// Domain and name of the functions defined in the model.
    pub(crate) functions: Vec<(&'a str, &'a str)>,
    /// Whether there are training graphs, which may use any constant of the graph by name.
    pub(crate) has_training: bool,
}

impl<'a> ModelView<'a> {
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self> {
        let message = Message::parse(bytes, "the model")?;
        let mut graphs = message.each(field::GRAPH);
        let graph = match (graphs.next(), graphs.next()) {
            (Some(graph), None) => GraphView::parse(graph, 0)?,
            (None, _) => {
                return Err(Error::malformed(
                    "the file holds no ONNX graph; is it an ONNX model?",
                ));
            }
            (Some(_), Some(_)) => {
                return Err(Error::malformed(
                    "the model holds two graphs to be merged; write it once more with onnx.save",
                ));
            }
        };
        Ok(Self {
            graph,
            opset: opset(message)?,
            functions: functions(message)?,
            has_training: message.each(field::TRAINING_INFO).next().is_some(),
            message,
        })
    }
}

fn opset(model: Message<'_>) -> Result<i64> {
    let mut standard = None;
    for bytes in model.each(field::OPSET_IMPORT) {
        let import = Message::parse(bytes, "an operator set import")?;
        if is_standard(import.text(1, "an operator set's domain")?) {
            standard = import.int(2).max(standard);
        }
    }
    match standard {
        Some(version) if version < OLDEST_OPSET => Err(Error::unsupported(format_args!(
            "the model uses operator set {version}; {OLDEST_OPSET} is the oldest that is read: \
             convert it with onnx.version_converter"
        ))),
        // A model that imports other domains only has no standard operators.
        version => Ok(version.unwrap_or(OLDEST_OPSET)),
    }
}

/// Whether a domain is the one of the standard operators, which has two spellings.
pub(crate) fn is_standard(domain: &str) -> bool {
    matches!(domain, "" | "ai.onnx")
}

fn functions(model: Message<'_>) -> Result<Vec<(&str, &str)>> {
    model
        .each(field::FUNCTIONS)
        .map(|bytes| {
            let function = Message::parse(bytes, "a function")?;
            let name = function.text(1, "a function's name")?;
            Ok((function.text(10, "a function's domain")?, name))
        })
        .collect()
}
