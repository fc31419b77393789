//! What tensors are called after rewriting.

use std::collections::{HashMap, HashSet};

use lowtide_core::graph::{Graph, Op};
use lowtide_core::ids::{Id, OpId, Table, TensorId};
use lowtide_core::plan::{OpOrigin, Rewriting, TensorOrigin};

use crate::error::{Error, Result};

/// Old names and new ones.
pub(super) struct Names<'g> {
    /// Where a tensor goes by another name now: old name, new name.
    changed: HashMap<&'g str, &'g str>,
    /// Names that nothing has any more.
    gone: HashSet<&'g str>,
    /// Weights that the source uses and the rewritten graph does not.
    dead_weights: HashSet<&'g str>,
}

impl<'g> Names<'g> {
    /// Compares both graphs.
    pub(super) fn new(source: &'g Graph, rewriting: &'g Rewriting) -> Result<Self> {
        let mut names = Self {
            changed: HashMap::new(),
            gone: HashSet::new(),
            dead_weights: HashSet::new(),
        };
        let new = name_tensors(source, rewriting)?;
        names.compare_operators(source, rewriting, &new)?;
        names.collect_gone(source, rewriting, &new);
        Ok(names)
    }

    /// Tensors that go by another name now.
    pub(super) fn changed(&self) -> &HashMap<&'g str, &'g str> {
        &self.changed
    }

    /// Whether it was the name of a tensor and is no more.
    pub(super) fn has_gone(&self, name: &str) -> bool {
        self.gone.contains(name)
    }

    /// Whether it names a weight that was used and is no more.
    pub(super) fn is_dead_weight(&self, name: &str) -> bool {
        self.dead_weights.contains(name)
    }

    fn compare_operators(
        &mut self,
        source: &'g Graph,
        rewriting: &'g Rewriting,
        new: &Table<TensorId, &'g str>,
    ) -> Result<()> {
        for (id, after) in rewriting.graph.ops().iter() {
            // What is made anew is named when it is made.
            if !matches!(rewriting.op_origins.get(id), Some(OpOrigin::Source(_))) {
                continue;
            }
            let before = source_op(source, rewriting, id)?;
            if before.inputs.len() != after.inputs.len()
                || before.outputs.len() != after.outputs.len()
            {
                return Err(Error::refused(format_args!(
                    "{} has other inputs or outputs after rewriting; only names can be changed",
                    before.title()
                )));
            }
            let reads = before.inputs.iter().zip(&after.inputs);
            let writes = before.outputs.iter().zip(&after.outputs);
            let reads = reads.filter_map(|(&old, &now)| Some((old?, now?)));
            for (old, now) in reads.chain(writes.map(|(&old, &now)| (old, now))) {
                self.rename(&source.tensor(old).name, new[now])?;
            }
        }
        Ok(())
    }

    fn rename(&mut self, old: &'g str, new: &'g str) -> Result<()> {
        match self.changed.insert(old, new) {
            Some(other) if other != new => Err(Error::refused(format_args!(
                "tensor '{old}' became both '{other}' and '{new}' in rewriting"
            ))),
            _ => Ok(()),
        }
    }

    fn collect_gone(
        &mut self,
        source: &'g Graph,
        rewriting: &'g Rewriting,
        new: &Table<TensorId, &'g str>,
    ) {
        self.changed.retain(|old, new| old != new);
        let after = uses(&rewriting.graph);
        let alive: HashSet<&str> = after.iter().map(|&id| new[id]).collect();
        for id in uses(source) {
            let name = source.tensor(id).name.as_str();
            if !alive.contains(name) && !source.inputs().contains(&id) {
                self.gone.insert(name);
                if source.topology().producer(id).is_none() {
                    self.dead_weights.insert(name);
                }
            }
        }
    }
}

/// All tensors that operators read or write, or that the caller does.
fn uses(graph: &Graph) -> HashSet<TensorId> {
    let ends = graph.inputs().iter().chain(graph.outputs()).copied();
    let ops = graph.ops().rows();
    let touched = ops.flat_map(|op| op.reads().chain(op.outputs.iter().copied()));
    ends.chain(touched).collect()
}

fn source_op<'g>(source: &'g Graph, rewriting: &Rewriting, id: OpId) -> Result<&'g Op> {
    let origin = rewriting.op_origins.get(id);
    origin
        .and_then(|op| source.ops().get(op.op()))
        .ok_or_else(|| Error::refused(format_args!("{id} has no counterpart in the file")))
}

/// The name of each tensor of the rewritten graph: its name in the source, but outputs of the graph keep theirs.
fn name_tensors<'g>(
    source: &'g Graph,
    rewriting: &'g Rewriting,
) -> Result<Table<TensorId, &'g str>> {
    let name = |id: TensorId| {
        let origin = rewriting.tensor_origins.get(id);
        if origin.is_some_and(|origin| !matches!(origin, TensorOrigin::Source(_))) {
            return Ok(rewriting.graph.tensor(id).name.as_str());
        }
        let tensor = origin.and_then(|origin| source.tensors().get(origin.tensor()));
        tensor.map_or_else(
            || {
                Err(Error::refused(format_args!(
                    "{id} has no counterpart in the file"
                )))
            },
            |tensor| Ok(tensor.name.as_str()),
        )
    };
    let graph = &rewriting.graph;
    let mut names: Vec<&str> = graph.tensors().ids().map(name).collect::<Result<_>>()?;
    let ends = source.inputs().iter().zip(graph.inputs());
    let ends = ends.chain(source.outputs().iter().zip(graph.outputs()));
    let mut fixed: HashMap<TensorId, &str> = HashMap::new();
    for (&before, &after) in ends {
        let name = source.tensor(before).name.as_str();
        match fixed.insert(after, name) {
            Some(other) if other != name => {
                return Err(Error::refused(format_args!(
                    "'{other}' and '{name}', inputs or outputs of the graph, were merged into one tensor; \
                     a file can not say so: leave that rewriting out"
                )));
            }
            _ => names[after.index()] = name,
        }
    }
    Ok(Table::from_vec(names))
}
