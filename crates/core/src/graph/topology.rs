//! Who produces, who consumes, who precedes: derived once when a graph is built.

use crate::ids::{Id, OpId, Table, TensorId};

use super::{Op, Tensor};

/// Lists of operators by row, in one flat array (compressed sparse rows), each list ascending and without repetition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Adjacency {
    starts: Vec<u32>,
    items: Vec<OpId>,
}

impl Adjacency {
    /// Builds from `(row, item)` pairs in any order, repetitions allowed.
    #[must_use]
    pub fn from_pairs(rows: usize, mut pairs: Vec<(u32, OpId)>) -> Self {
        pairs.sort_unstable();
        pairs.dedup();
        let mut starts = vec![0u32; rows + 1];
        for &(row, _) in &pairs {
            starts[row as usize + 1] += 1;
        }
        for i in 0..rows {
            starts[i + 1] += starts[i];
        }
        Self {
            starts,
            items: pairs.into_iter().map(|(_, item)| item).collect(),
        }
    }

    /// The list of `row`.
    #[must_use]
    pub fn of(&self, row: usize) -> &[OpId] {
        &self.items[self.starts[row] as usize..self.starts[row + 1] as usize]
    }

    /// Number of rows.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }
}

/// Derived relations of a graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Topology {
    producer: Table<TensorId, Option<OpId>>,
    consumers: Adjacency,
    predecessors: Adjacency,
    successors: Adjacency,
}

impl Topology {
    /// Derives from operators whose tensor ids are in range and of which no two write the same tensor.
    pub(super) fn derive(
        ops: &Table<OpId, Op>,
        tensors: &Table<TensorId, Tensor>,
        control: &[(OpId, OpId)],
    ) -> Self {
        let mut producer = Table::filled(None, tensors.len());
        let mut uses = Vec::new();
        for (id, op) in ops.iter() {
            op.outputs.iter().for_each(|&t| producer[t] = Some(id));
            uses.extend(op.reads().map(|t| (t.0, id)));
        }
        let mut edges: Vec<(OpId, OpId)> = control.to_vec();
        edges.extend(
            uses.iter()
                .filter_map(|&(t, user)| Some((producer[TensorId(t)]?, user))),
        );
        let backward = edges
            .iter()
            .map(|&(first, second)| (second.0, first))
            .collect();
        let forward = edges
            .iter()
            .map(|&(first, second)| (first.0, second))
            .collect();
        Self {
            consumers: Adjacency::from_pairs(tensors.len(), uses),
            predecessors: Adjacency::from_pairs(ops.len(), backward),
            successors: Adjacency::from_pairs(ops.len(), forward),
            producer,
        }
    }

    /// Who writes the tensor; `None` for graph inputs, constants and variables.
    #[must_use]
    pub fn producer(&self, tensor: TensorId) -> Option<OpId> {
        self.producer[tensor]
    }

    /// Who reads the tensor, ascending, each once.
    #[must_use]
    pub fn consumers(&self, tensor: TensorId) -> &[OpId] {
        self.consumers.of(tensor.index())
    }

    /// Operators that must run before, by a tensor or by control, ascending, each once.
    #[must_use]
    pub fn predecessors(&self, op: OpId) -> &[OpId] {
        self.predecessors.of(op.index())
    }

    /// Operators that must run after, by a tensor or by control, ascending, each once.
    #[must_use]
    pub fn successors(&self, op: OpId) -> &[OpId] {
        self.successors.of(op.index())
    }
}
