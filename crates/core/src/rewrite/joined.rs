//! What the rules that take concatenations apart share.

use crate::graph::{ArrayType, DType, Graph, Op, OpKind, Quantization, Role, Tensor};
use crate::ids::{Id, OpId, TensorId};
use crate::plan::{Edit, Exactness, OpOrigin, Patch, TensorOrigin};
use crate::units::Bytes;

use super::rule::stand_in;

/// A concatenation that nothing but moves bytes.
pub(super) struct Joined {
    pub(super) concat: OpId,
    pub(super) axis: u32,
    /// What is joined, and how many slices of the axis each part brings.
    pub(super) parts: Vec<(TensorId, u64)>,
    /// Slices of the whole.
    pub(super) total: u64,
}

impl Joined {
    /// How `tensor` is put together; `None` if it is not, or not of several activations that are stored alike.
    pub(super) fn of(graph: &Graph, tensor: TensorId) -> Option<Self> {
        let concat = graph.topology().producer(tensor)?;
        let node = graph.op(concat);
        let OpKind::Concat { axis } = node.kind else {
            return None;
        };
        if node.has_effects
            || node.inputs.len() < 2
            || graph.tensor(tensor).role != Role::Activation
        {
            return None;
        }
        let whole = graph.tensor(tensor).array.as_ref()?;
        whole.elements()?;
        let part = |&input: &Option<TensorId>| {
            let (t, array) = (input?, graph.tensor(input?).array.as_ref()?);
            let extent = (*array.shape.get(axis as usize)?)?;
            let alike = *array == resized(whole, axis, extent)?;
            (alike && graph.tensor(t).role == Role::Activation && extent > 0).then_some((t, extent))
        };
        let parts: Vec<(TensorId, u64)> = node.inputs.iter().map(part).collect::<Option<_>>()?;
        let total = parts
            .iter()
            .try_fold(0u64, |sum, part| sum.checked_add(part.1))?;
        let complete = whole.shape[axis as usize] == Some(total);
        complete.then_some(Self {
            concat,
            axis,
            parts,
            total,
        })
    }
}

/// The same array with another extent along an axis.
pub(super) fn resized(array: &ArrayType, axis: u32, extent: u64) -> Option<ArrayType> {
    let mut array = array.clone();
    *array.shape.get_mut(axis as usize)? = Some(extent);
    Some(array)
}

/// The axis along which `op` splits, and what it splits; `None` if it is no split, or its axis is not known.
pub(super) fn split_along(graph: &Graph, op: OpId) -> Option<(u32, TensorId)> {
    let node = graph.op(op);
    let OpKind::Split { data, axis } = node.kind else {
        return None;
    };
    Some((axis?, node.inputs.get(data as usize).copied().flatten()?))
}

/// Whether the operator can be replaced: it does nothing but write one tensor, and no order is demanded of it.
pub(super) fn is_replaceable(graph: &Graph, op: OpId) -> bool {
    graph.op(op).outputs.len() == 1 && is_free(graph, op)
}

/// Whether the operator does nothing but write tensors, and no order is demanded of it.
pub(super) fn is_free(graph: &Graph, op: OpId) -> bool {
    let tied = |&(a, b): &(OpId, OpId)| a == op || b == op;
    !graph.op(op).has_effects && !graph.is_constant_op(op) && !graph.control().iter().any(tied)
}

/// A patch under construction.
pub(super) struct Draft<'g> {
    graph: &'g Graph,
    patch: Patch,
}

impl<'g> Draft<'g> {
    /// A patch that replaces `site`, and drops the concatenation where nobody else reads it.
    pub(super) fn new(
        graph: &'g Graph,
        rule: &'static str,
        site: OpId,
        exactness: Exactness,
        concat: OpId,
    ) -> Self {
        let edits = vec![Edit::RemoveOp(site), Edit::RemoveIfUnread(concat)];
        let patch = Patch {
            exactness,
            ..Patch::clean_up(rule, site, edits)
        };
        Self::of(graph, patch)
    }

    /// More of `patch`.
    pub(super) fn of(graph: &'g Graph, patch: Patch) -> Self {
        Self { graph, patch }
    }

    /// An activation with this declaration, part `index` of `whole`.
    pub(super) fn activation(
        &mut self,
        whole: TensorId,
        index: usize,
        array: ArrayType,
        origin: TensorOrigin,
    ) -> Option<TensorId> {
        let tensor = Tensor {
            name: part_name(self.graph, whole, index),
            bytes: array.bytes()?,
            role: Role::Activation,
            array: Some(array),
        };
        Some(self.tensor(tensor, origin))
    }

    /// Slices `start` to `end` of a constant; `None` if it cannot be cut there.
    pub(super) fn slice(
        &mut self,
        of: TensorId,
        index: usize,
        axis: u32,
        (start, end): (u64, u64),
    ) -> Option<TensorId> {
        let array = sliced(self.graph.tensor(of).array.as_ref()?, axis, start, end)?;
        let tensor = Tensor {
            name: part_name(self.graph, of, index),
            bytes: array.bytes()?,
            role: Role::Constant,
            array: Some(array),
        };
        Some(self.tensor(
            tensor,
            TensorOrigin::Slice {
                of,
                axis,
                start,
                end,
            },
        ))
    }

    /// The constant list `of`, with another number in one place; `None` if it is no such list.
    pub(super) fn entry(
        &mut self,
        of: TensorId,
        index: usize,
        at: u32,
        value: u64,
    ) -> Option<TensorId> {
        let list = self.graph.tensor(of);
        let array = list.array.as_ref()?;
        let maker = self.graph.topology().producer(of);
        let given =
            maker.is_none_or(|op| matches!(self.graph.op(op).kind, OpKind::Constant { .. }));
        let ends = self.graph.inputs().contains(&of) || self.graph.outputs().contains(&of);
        let integers = matches!(array.dtype, DType::I32 | DType::I64) && array.shape.len() == 1;
        let inside = array.elements()? > u64::from(at);
        if list.role != Role::Constant || !given || ends || !integers || !inside {
            return None;
        }
        let tensor = Tensor {
            name: part_name(self.graph, of, index),
            ..list.clone()
        };
        Some(self.tensor(tensor, TensorOrigin::Entry { of, at, value }))
    }

    /// `op` goes too, if nobody else reads what it writes.
    pub(super) fn drop_if_unread(&mut self, op: OpId) {
        let edit = Edit::RemoveIfUnread(op);
        if !self.patch.edits.contains(&edit) {
            self.patch.edits.push(edit);
        }
    }

    /// `to` is `from`: one of them goes. `None` where neither can, or where one of them has gone in this patch.
    pub(super) fn same(&mut self, from: TensorId, to: TensorId) -> Option<()> {
        let (old, new) = stand_in(self.graph, from, to)?;
        let clash = self.patch.edits.iter().any(|edit| match *edit {
            Edit::ReplaceTensor { old: a, new: b } => a == old || a == new || b == old,
            _ => false,
        });
        if clash {
            return None;
        }
        self.patch.edits.push(Edit::ReplaceTensor { old, new });
        Some(())
    }

    /// A concatenation of `parts` that writes `output`, made of that at `concat`; of one part none is needed.
    pub(super) fn join(
        &mut self,
        concat: OpId,
        parts: &[TensorId],
        output: TensorId,
    ) -> Option<()> {
        if let [part] = parts {
            return self.same(*part, output);
        }
        let op = Op {
            inputs: parts.iter().copied().map(Some).collect(),
            outputs: vec![output],
            ..self.graph.op(concat).clone()
        };
        let origin = OpOrigin::Part {
            of: concat,
            linear: false,
        };
        self.op(self.patch.ops.len(), op, origin);
        Some(())
    }

    /// A constant like `of`, of zeros.
    pub(super) fn zeros(&mut self, of: TensorId) -> TensorId {
        let like = self.graph.tensor(of);
        let name = match like.name.as_str() {
            "" => String::new(),
            name => format!("{name}/zeros"),
        };
        let tensor = Tensor {
            name,
            ..like.clone()
        };
        self.tensor(tensor, TensorOrigin::Zeros { of })
    }

    fn tensor(&mut self, tensor: Tensor, origin: TensorOrigin) -> TensorId {
        let id = self.graph.tensors().len() + self.patch.tensors.len();
        self.patch.tensors.push((tensor, origin));
        TensorId::from_index(id)
    }

    /// An operator, part `index` of what stood here.
    pub(super) fn op(&mut self, index: usize, op: Op, origin: OpOrigin) {
        let name = match op.name.as_str() {
            "" => String::new(),
            name => format!("{name}/part{index}"),
        };
        self.patch.ops.push((Op { name, ..op }, origin));
    }

    /// The name of an operator.
    pub(super) fn name(&self, op: OpId) -> String {
        self.graph.op(op).name.clone()
    }

    /// The patch.
    pub(super) fn finish(self) -> Patch {
        self.patch
    }
}

fn part_name(graph: &Graph, whole: TensorId, index: usize) -> String {
    match graph.tensor(whole).name.as_str() {
        "" => String::new(),
        name => format!("{name}/part{index}"),
    }
}

/// How many slices of an axis a constant of the file has; `None` if it is computed, or its elements share bytes.
pub(super) fn constant_extent(graph: &Graph, t: TensorId, axis: u32) -> Option<u64> {
    let tensor = graph.tensor(t);
    let array = tensor.array.as_ref()?;
    let whole_bytes = array.dtype.bits()? % 8 == 0 && array.bytes()? == tensor.bytes;
    let of_file = tensor.role == Role::Constant && graph.topology().producer(t).is_none();
    let ends = graph.inputs().contains(&t) || graph.outputs().contains(&t);
    (whole_bytes && of_file && !ends && tensor.bytes > Bytes::ZERO)
        .then(|| *array.shape.get(axis as usize)?)?
}

/// Slices `start` to `end` of an array, with the quantisation of just these.
fn sliced(array: &ArrayType, axis: u32, start: u64, end: u64) -> Option<ArrayType> {
    let mut part = resized(array, axis, end.checked_sub(start)?)?;
    if let Some(quantization) = &mut part.quantization
        && quantization.scales.len() > 1
        && quantization.axis == axis
    {
        let range = usize::try_from(start).ok()?..usize::try_from(end).ok()?;
        *quantization = Quantization {
            scales: quantization.scales.get(range.clone())?.to_vec(),
            zero_points: quantization.zero_points.get(range)?.to_vec(),
            axis,
        };
    }
    Some(part)
}
