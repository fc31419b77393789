//! Carries patches out: a new graph, with tables that lead back to the source.

use crate::error::{Error, Result};
use crate::graph::{Graph, GraphBuilder, Op, Tensor};
use crate::ids::{Id, OpId, Table, TensorId};
use crate::plan::{Edit, OpOrigin, Patch, Rewriting, TensorOrigin};

/// The graph of `base` after `patches`, none of which touches what another does. Tensors without any use are dropped.
///
/// # Errors
/// If what is left is no valid graph, or an origin cannot be told in terms of the source.
pub(super) fn apply(base: &Rewriting, patches: &[Patch]) -> Result<Rewriting> {
    let graph = &base.graph;
    let mut draft = Draft::collect(base, patches)?;
    draft.drop_unread(graph, patches);
    let used = draft.used_tensors(graph);

    let mut builder = GraphBuilder::new(graph.name());
    let mut renamed: Table<TensorId, Option<TensorId>> = Table::filled(None, draft.tensors.len());
    let mut tensor_origins = Table::new();
    for t in draft.tensors.ids().filter(|t| used[t.index()]) {
        let (tensor, origin) = &draft.tensors[t];
        renamed[t] = Some(builder.tensor(tensor.clone()));
        tensor_origins.push(*origin);
    }
    let new = |t: TensorId| renamed[draft.stand_in[t]].expect("every used tensor is kept");
    let mut position: Table<OpId, OpId> = Table::filled(OpId(0), graph.ops().len());
    let mut op_origins = Table::new();
    for step in &draft.steps {
        let id = builder.op(Op {
            inputs: step.op.inputs.iter().map(|&t| t.map(new)).collect(),
            outputs: step.op.outputs.iter().map(|&t| new(t)).collect(),
            ..step.op.clone()
        });
        if let Some(old) = step.old {
            position[old] = id;
        }
        op_origins.push(step.origin);
    }
    graph.inputs().iter().for_each(|&t| builder.input(new(t)));
    graph.outputs().iter().for_each(|&t| builder.output(new(t)));
    for (first, second) in draft.control(graph) {
        builder.control(position[first], position[second]);
    }
    Ok(Rewriting {
        graph: builder.build()?,
        op_origins,
        tensor_origins,
        applied: base.applied.clone(),
    })
}

/// An operator of the graph to come, in terms of [`Draft::tensors`].
struct Step {
    op: Op,
    origin: OpOrigin,
    /// Its number in the graph before, if it was there.
    old: Option<OpId>,
}

/// All edits of a round, by what they concern.
struct Draft {
    /// Operators in a valid order.
    steps: Vec<Step>,
    /// The tensors of the graph before, then those that patches add; not all are used.
    tensors: Table<TensorId, (Tensor, TensorOrigin)>,
    stand_in: Table<TensorId, TensorId>,
    removed: Table<OpId, bool>,
}

impl Draft {
    fn collect(base: &Rewriting, patches: &[Patch]) -> Result<Self> {
        let graph = &base.graph;
        let mut draft = Self {
            steps: Vec::new(),
            tensors: graph
                .tensors()
                .iter()
                .map(|(t, tensor)| (tensor.clone(), base.tensor_origins[t]))
                .collect(),
            stand_in: graph.tensors().ids().collect(),
            removed: Table::filled(false, graph.ops().len()),
        };
        for edit in patches.iter().flat_map(|patch| &patch.edits) {
            match *edit {
                Edit::RemoveOp(op) => draft.removed[op] = true,
                Edit::ReplaceTensor { old, new } => draft.stand_in[old] = new,
                Edit::RemoveIfUnread(_) => {}
            }
        }
        for (op, node) in graph.ops().iter() {
            for patch in patches.iter().filter(|patch| patch.site == op) {
                draft.add(base, patch)?;
            }
            if !draft.removed[op] {
                draft.steps.push(Step {
                    op: node.clone(),
                    origin: base.op_origins[op],
                    old: Some(op),
                });
            }
        }
        Ok(draft)
    }

    /// What a patch adds, told in terms of the source.
    fn add(&mut self, base: &Rewriting, patch: &Patch) -> Result<()> {
        let known = base.graph.tensors().len();
        let shift = self.tensors.len() - known;
        for (tensor, origin) in &patch.tensors {
            let origin = tensor_origin(base, *origin).ok_or_else(|| unknown(patch))?;
            let id = self.tensors.push((tensor.clone(), origin));
            self.stand_in.push(id);
        }
        let own = |t: TensorId| match t.index() < known {
            true => t,
            false => TensorId::from_index(t.index() + shift),
        };
        for (op, origin) in &patch.ops {
            self.steps.push(Step {
                op: Op {
                    inputs: op.inputs.iter().map(|&t| t.map(own)).collect(),
                    outputs: op.outputs.iter().map(|&t| own(t)).collect(),
                    ..op.clone()
                },
                origin: op_origin(base, *origin),
                old: None,
            });
        }
        Ok(())
    }

    /// Operators that were to go if nobody reads them.
    fn drop_unread(&mut self, graph: &Graph, patches: &[Patch]) {
        let mut read = vec![false; self.tensors.len()];
        let ends = graph.outputs().iter().copied();
        let reads = self.steps.iter().flat_map(|step| step.op.reads());
        reads
            .chain(ends)
            .for_each(|t| read[self.stand_in[t].index()] = true);
        for edit in patches.iter().flat_map(|patch| &patch.edits) {
            if let Edit::RemoveIfUnread(op) = *edit
                && !graph.op(op).outputs.iter().any(|t| read[t.index()])
            {
                self.removed[op] = true;
            }
        }
        let removed = &self.removed;
        self.steps
            .retain(|step| step.old.is_none_or(|op| !removed[op]));
    }

    /// What the operators and the caller use.
    fn used_tensors(&self, graph: &Graph) -> Vec<bool> {
        let mut used = vec![false; self.tensors.len()];
        let ends = graph.inputs().iter().chain(graph.outputs()).copied();
        let of_ops = self
            .steps
            .iter()
            .flat_map(|step| step.op.reads().chain(step.op.outputs.iter().copied()));
        ends.chain(of_ops)
            .for_each(|t| used[self.stand_in[t].index()] = true);
        used
    }

    /// Control edges between the remaining operators; those through a removed one are bridged.
    fn control(&self, graph: &Graph) -> Vec<(OpId, OpId)> {
        let mut edges = graph.control().to_vec();
        for gone in graph.ops().ids().filter(|&op| self.removed[op]) {
            let before: Vec<OpId> = edges.iter().filter(|e| e.1 == gone).map(|e| e.0).collect();
            let after: Vec<OpId> = edges.iter().filter(|e| e.0 == gone).map(|e| e.1).collect();
            edges.retain(|e| e.0 != gone && e.1 != gone);
            edges.extend(
                before
                    .iter()
                    .flat_map(|&a| after.iter().map(move |&b| (a, b))),
            );
        }
        edges
    }
}

fn unknown(patch: &Patch) -> Error {
    Error::new(format_args!(
        "rule {} changes a tensor in a second way at {}",
        patch.rule, patch.site
    ))
}

/// A part of a part is a part of the source's operator.
fn op_origin(base: &Rewriting, origin: OpOrigin) -> OpOrigin {
    match origin {
        OpOrigin::Source(op) => base.op_origins[op],
        OpOrigin::Part { of, linear } => match base.op_origins[of] {
            OpOrigin::Part {
                of,
                linear: already,
            } => OpOrigin::Part {
                of,
                linear: linear || already,
            },
            before => OpOrigin::Part {
                of: before.op(),
                linear,
            },
        },
        OpOrigin::Sum { of, activation } => OpOrigin::Sum {
            of: base.op_origins[of].op(),
            activation,
        },
    }
}

/// A slice of a slice is a slice of the source's constant; `None` where the two are along different axes.
fn tensor_origin(base: &Rewriting, origin: TensorOrigin) -> Option<TensorOrigin> {
    use TensorOrigin::{Entry, Part, Partial, Slice, Source, Zeros};
    Some(match origin {
        Source(t) => base.tensor_origins[t],
        Slice {
            of,
            axis,
            start,
            end,
        } => match base.tensor_origins[of] {
            Source(of) => Slice {
                of,
                axis,
                start,
                end,
            },
            Slice {
                of,
                axis: before,
                start: first,
                ..
            } if axis == before => Slice {
                of,
                axis,
                start: first + start,
                end: first + end,
            },
            _ => return None,
        },
        Entry { of, at, value } => match base.tensor_origins[of] {
            Source(of) => Entry { of, at, value },
            Entry { of, at: before, .. } if at == before => Entry { of, at, value },
            _ => return None,
        },
        Zeros { of } => match base.tensor_origins[of] {
            Source(of) | Zeros { of } => Zeros { of },
            _ => return None,
        },
        Part { of } => match base.tensor_origins[of] {
            Partial { of } => Partial { of },
            whole => Part { of: whole.tensor() },
        },
        Partial { of } => Partial {
            of: base.tensor_origins[of].tensor(),
        },
    })
}
