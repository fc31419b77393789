//! Carries patches out: a new graph, with tables that lead back to the source.

mod unread;

use crate::error::{Error, Result};
use crate::graph::{Frame, GraphBuilder, Op, Tensor};
use crate::ids::{Id, OpId, Table, TensorId};
use crate::plan::{Edit, OpOrigin, Patch, Rewriting, TensorOrigin};

/// The graph of `base` after `patches`, none of which touches what another does. Tensors without any use are dropped.
///
/// # Errors
/// If what is left is no valid graph, or an origin cannot be told in terms of the source.
pub(super) fn apply(base: Rewriting, patches: &[Patch]) -> Result<Rewriting> {
    let Rewriting {
        graph,
        op_origins,
        tensor_origins,
        applied,
    } = base;
    let (ops, tensors, frame) = graph.into_parts();
    let mut was_read = vec![false; tensors.len()];
    let reads = ops.rows().flat_map(Op::reads);
    reads.for_each(|t| was_read[t.index()] = true);
    let mut draft = Draft::collect(ops, tensors, &op_origins, &tensor_origins, patches)?;
    draft.drop_unread(&frame, patches);
    draft.drop_orphans(&frame, &was_read);
    let used = draft.used_tensors(&frame);
    let control = draft.control(&frame);

    let mut builder = GraphBuilder::new(frame.name);
    let mut renamed: Table<TensorId, Option<TensorId>> = Table::filled(None, draft.tensors.len());
    let mut tensor_origins = Table::new();
    for (t, (tensor, origin)) in (0..).map(TensorId).zip(draft.tensors) {
        if used[t.index()] {
            renamed[t] = Some(builder.tensor(tensor));
            tensor_origins.push(origin);
        }
    }
    let new = |t: TensorId| renamed[draft.stand_in[t]].expect("every used tensor is kept");
    let mut position: Table<OpId, OpId> = Table::filled(OpId(0), draft.removed.len());
    let mut op_origins = Table::new();
    for mut step in draft.steps {
        step.op
            .inputs
            .iter_mut()
            .flatten()
            .for_each(|t| *t = new(*t));
        step.op.outputs.iter_mut().for_each(|t| *t = new(*t));
        let id = builder.op(step.op);
        if let Some(old) = step.old {
            position[old] = id;
        }
        op_origins.push(step.origin);
    }
    frame.inputs.iter().for_each(|&t| builder.input(new(t)));
    frame.outputs.iter().for_each(|&t| builder.output(new(t)));
    for (first, second) in control {
        builder.control(position[first], position[second]);
    }
    Ok(Rewriting {
        graph: builder.build()?,
        op_origins,
        tensor_origins,
        applied,
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
    tensors: Vec<(Tensor, TensorOrigin)>,
    stand_in: Table<TensorId, TensorId>,
    removed: Table<OpId, bool>,
}

impl Draft {
    fn collect(
        ops: Table<OpId, Op>,
        tensors: Table<TensorId, Tensor>,
        op_origins: &Table<OpId, OpOrigin>,
        origins: &Table<TensorId, TensorOrigin>,
        patches: &[Patch],
    ) -> Result<Self> {
        let known = tensors.len();
        let mut draft = Self {
            steps: Vec::with_capacity(ops.len()),
            stand_in: tensors.ids().collect(),
            tensors: tensors.into_rows().zip(origins.rows().copied()).collect(),
            removed: Table::filled(false, ops.len()),
        };
        for edit in patches.iter().flat_map(|patch| &patch.edits) {
            match *edit {
                Edit::RemoveOp(op) => draft.removed[op] = true,
                Edit::ReplaceTensor { old, new } => draft.stand_in[old] = new,
                Edit::RemoveIfUnread(_) => {}
            }
        }
        for (op, node) in (0..).map(OpId).zip(ops.into_rows()) {
            for patch in patches.iter().filter(|patch| patch.site == op) {
                draft.add(known, op_origins, origins, patch)?;
            }
            if !draft.removed[op] {
                draft.steps.push(Step {
                    op: node,
                    origin: op_origins[op],
                    old: Some(op),
                });
            }
        }
        Ok(draft)
    }

    /// What a patch adds to a graph of `known` tensors, told in terms of the source.
    fn add(
        &mut self,
        known: usize,
        op_origins: &Table<OpId, OpOrigin>,
        origins: &Table<TensorId, TensorOrigin>,
        patch: &Patch,
    ) -> Result<()> {
        let shift = self.tensors.len() - known;
        for (tensor, origin) in &patch.tensors {
            let origin = tensor_origin(origins, *origin).ok_or_else(|| unknown(patch))?;
            self.stand_in.push(TensorId::from_index(self.tensors.len()));
            self.tensors.push((tensor.clone(), origin));
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
                origin: op_origin(op_origins, *origin),
                old: None,
            });
        }
        Ok(())
    }

    /// What the operators and the caller use.
    fn used_tensors(&self, frame: &Frame) -> Vec<bool> {
        let mut used = vec![false; self.tensors.len()];
        let ends = frame.inputs.iter().chain(&frame.outputs).copied();
        let of_ops = self
            .steps
            .iter()
            .flat_map(|step| step.op.reads().chain(step.op.outputs.iter().copied()));
        ends.chain(of_ops)
            .for_each(|t| used[self.stand_in[t].index()] = true);
        used
    }

    /// Control edges between the remaining operators; those through a removed one are bridged.
    fn control(&self, frame: &Frame) -> Vec<(OpId, OpId)> {
        let mut edges = frame.control.clone();
        if edges.is_empty() {
            return edges;
        }
        for gone in self.removed.ids().filter(|&op| self.removed[op]) {
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
fn op_origin(known: &Table<OpId, OpOrigin>, origin: OpOrigin) -> OpOrigin {
    match origin {
        OpOrigin::Source(op) => known[op],
        OpOrigin::Part { of, linear } => match known[of] {
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
            of: known[of].op(),
            activation,
        },
    }
}

/// A slice of a slice is a slice of the source's constant; `None` where the two are along different axes.
fn tensor_origin(
    known: &Table<TensorId, TensorOrigin>,
    origin: TensorOrigin,
) -> Option<TensorOrigin> {
    use TensorOrigin::{Entry, Part, Partial, Slice, Source, Zeros};
    Some(match origin {
        Source(t) => known[t],
        Slice {
            of,
            axis,
            start,
            end,
        } => match known[of] {
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
        Entry { of, at, value } => match known[of] {
            Source(of) => Entry { of, at, value },
            Entry { of, at: before, .. } if at == before => Entry { of, at, value },
            _ => return None,
        },
        Zeros { of } => match known[of] {
            Source(of) | Zeros { of } => Zeros { of },
            _ => return None,
        },
        Part { of } => match known[of] {
            Partial { of } => Partial { of },
            whole => Part { of: whole.tensor() },
        },
        Partial { of } => Partial {
            of: known[of].tensor(),
        },
    })
}
