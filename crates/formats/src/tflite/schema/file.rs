//! A model file: the flatbuffer, and what may follow it.

use super::error::{Error, ErrorKind, Result};
use super::reader;
use super::tree::{Blob, Model, Node};
use super::writer;

/// A TensorFlow Lite file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct File {
    /// The model.
    pub model: Model,
    /// The bytes behind the flatbuffer, carried as they are; mostly empty. TensorFlow Lite's metadata puts a ZIP
    /// archive with label files there. Its offsets count from the start of the file: readers that go by the archive's
    /// end, as minizip and Python's `zipfile` do, find their way when the model before it has changed its length.
    pub trailer: Blob,
}

impl File {
    /// Reads a file. The tree keeps `bytes` and points into them for names and payloads.
    ///
    /// # Errors
    /// [`ErrorKind::Malformed`] where the bytes are not a valid model, [`ErrorKind::Unsupported`] where the model
    /// holds what this schema does not know or what lies outside the flatbuffer.
    pub fn read(bytes: Vec<u8>) -> Result<Self> {
        let (model, trailer) = reader::read(bytes)?;
        refuse_outside_payloads(&model)?;
        Ok(Self { model, trailer })
    }

    /// Writes the file. The same tree gives the same bytes.
    ///
    /// # Errors
    /// If the file would be larger than 2 GiB, or bytes of a vector are not a whole number of elements.
    pub fn write(&self) -> Result<Vec<u8>> {
        writer::write(&self.model, &self.trailer)
    }
}

/// Payloads behind the flatbuffer are found by their position in the file, which no writer can keep.
fn refuse_outside_payloads(model: &Model) -> Result<()> {
    // Position and length 1 are what converters put in before they know the true ones.
    let outside = |node: &Node, names: [&str; 2]| {
        names
            .iter()
            .any(|name| node.int(name).is_some_and(|place| place > 1))
    };
    let refusal = |part: String| {
        let text = "is stored outside the flatbuffer, which lowtide cannot move; re-export the model with its weights \
                    and options inside (a model below 2 GiB)";
        Error::new(ErrorKind::Unsupported, part, text)
    };
    for (index, buffer) in model.buffers.iter().enumerate() {
        if outside(&buffer.rest, ["offset", "size"]) {
            return Err(refusal(format!("buffer {index}")));
        }
    }
    for (index, subgraph) in model.subgraphs.iter().enumerate() {
        for (place, operator) in subgraph.operators.iter().enumerate() {
            if outside(
                &operator.rest,
                ["large_custom_options_offset", "large_custom_options_size"],
            ) {
                return Err(refusal(format!(
                    "subgraph {index}, operator {place}, custom options"
                )));
            }
        }
    }
    Ok(())
}
