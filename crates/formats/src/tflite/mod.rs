//! TensorFlow Lite models.

mod constants;
mod dtypes;
mod int8;
pub mod litert;
mod metadata;
mod ops;
pub mod plan;
mod prune;
pub mod read;
pub mod schema;
pub mod tflm;
pub mod write;

use lowtide_core::graph::Graph;
use lowtide_core::ids::{Id, OpId, TensorId};
use lowtide_core::limits::Limits;
use lowtide_core::plan::{Order, Rewriting};

use crate::error::{Error, ErrorKind, Result};
use plan::OfflinePlan;
use schema::File;
use tflm::Declared;

/// A model file, and the graph of its main subgraph. Other subgraphs are carried.
#[derive(Clone, Debug)]
pub struct Model {
    file: File,
    graph: Graph,
}

impl Model {
    /// Reads a file.
    ///
    /// # Errors
    /// Names the part of the file and the remedy.
    pub fn parse(bytes: Vec<u8>) -> Result<Self> {
        Self::from_file(File::read(bytes)?)
    }

    fn from_file(file: File) -> Result<Self> {
        let graph = read::graph(&file.model)?;
        Ok(Self { file, graph })
    }

    /// The main subgraph. Operator and tensor ids are the file's numbers.
    #[must_use]
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The same model in int8 instead of uint8: every stored number of a uint8 tensor moves by 128, its zero point too.
    /// The caller feeds and reads int8 from then on.
    ///
    /// # Errors
    /// Names the tensor where that would not be lossless, and why.
    pub fn to_int8(&self) -> Result<Self> {
        let mut file = self.file.clone();
        int8::convert(&mut file.model)?;
        Self::from_file(file)
    }

    /// The payload of a constant of the main subgraph; `None` if the tensor has none of its own in the file.
    #[must_use]
    pub fn constant(&self, tensor: TensorId) -> Option<&[u8]> {
        let main = self.file.model.subgraphs.first()?;
        let blob = constants::payload(&self.file.model, main.tensors.get(tensor.index())?)?;
        Some(blob)
    }

    /// Whether an operator of the main subgraph has type, version and options of one of another model.
    pub(crate) fn same_operator(&self, op: OpId, other: &Self, theirs: OpId) -> bool {
        let found = |model: &Self, op: OpId| {
            let main = model.file.model.subgraphs.first()?;
            let operator = main.operators.get(op.index())?.clone();
            let code = operator.opcode_index() as usize;
            let code = model.file.model.operator_codes.get(code)?.clone();
            Some((operator, code))
        };
        let (Some((a, code)), Some((b, their_code))) = (found(self, op), found(other, theirs))
        else {
            return false;
        };
        code == their_code && a.options() == b.options() && a.custom_options == b.custom_options
    }

    /// The file as a tree.
    #[must_use]
    pub fn file(&self) -> &File {
        &self.file
    }

    /// The model that runs `rewriting` in `order`, without an offline plan.
    ///
    /// # Errors
    /// If lowtide could not read it again, which is a bug.
    pub fn rewritten(&self, rewriting: &Rewriting, order: &Order) -> Result<Self> {
        Self::from_file(write::apply(&self.file, rewriting, order)?)
    }

    /// The offline plan in the file, of which TFLM takes its offsets.
    ///
    /// # Errors
    /// If there is one that cannot be understood.
    pub fn offline_plan(&self) -> Result<Option<OfflinePlan>> {
        metadata::offline_plan(&self.file.model)
    }

    /// The same model with `plan` as its only offline plan.
    ///
    /// # Errors
    /// The referee's refusal of the plan: see [`plan::check_plan`].
    pub fn with_plan(&self, plan: &OfflinePlan) -> Result<Self> {
        Ok(Self {
            file: plan::embed(&self.file, plan)?,
            graph: self.graph.clone(),
        })
    }

    /// The same model with the offline plan that makes the arena to declare smaller; nothing where none found does.
    /// `limits` are those of the packing.
    ///
    /// # Errors
    /// The referee's refusal, which is a bug.
    pub fn planned(&self, limits: &Limits) -> Result<Option<Self>> {
        let plan = plan::helpful(&self.file, limits)?;
        plan.map(|plan| self.with_plan(&plan)).transpose()
    }

    /// The arena to declare in TFLM for the file as it is.
    #[must_use]
    pub fn declared(&self) -> Declared {
        tflm::declared(&self.file)
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// If it would be larger than 2 GiB.
    pub fn bytes(&self) -> Result<Vec<u8>> {
        Ok(self.file.write()?)
    }

    /// The bytes of the file that runs `rewriting` in `order`.
    ///
    /// # Errors
    /// If the file would be larger than 2 GiB.
    pub fn write(&self, rewriting: &Rewriting, order: &Order) -> Result<Vec<u8>> {
        Ok(write::apply(&self.file, rewriting, order)?.write()?)
    }
}

impl From<schema::Error> for Error {
    fn from(error: schema::Error) -> Self {
        let kind = match error.kind() {
            schema::ErrorKind::Malformed => ErrorKind::Malformed,
            schema::ErrorKind::Unsupported => ErrorKind::Unsupported,
        };
        Self::new(kind, error)
    }
}

#[cfg(test)]
mod tests;
