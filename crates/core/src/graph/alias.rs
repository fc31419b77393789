//! Which bytes operators can share by what they compute; whether they do is up to the runtime.

use crate::ids::{OpId, TensorId};

use super::{Graph, OpKind, Role};

impl Graph {
    /// The tensor whose bytes, unchanged, are all that `op` writes: a *view* of it needs no bytes of its own.
    #[must_use]
    pub fn viewed(&self, op: OpId) -> Option<TensorId> {
        let node = self.op(op);
        let output = self.only_output(op)?;
        let at = match node.kind {
            OpKind::Identity | OpKind::Reshape => 0,
            OpKind::Split { data, .. } if node.outputs.len() == 1 => data as usize,
            OpKind::Concat { .. } if node.inputs.len() == 1 => 0,
            _ => return None,
        };
        let input = *node.inputs.get(at)?;
        input
            .filter(|&t| self.is_activation(t) && self.tensor(t).bytes == self.tensor(output).bytes)
    }

    /// The tensors over which `op` can write all that it writes, *in place*, once nobody else needs them: of as many bytes
    /// and as many elements, and no element is read after one that depends on it, or on its neighbours, is written.
    ///
    /// All of them have the size of the one output, which makes the operator *regular*: see the scheduler's `net`.
    #[must_use]
    pub fn overwritable(&self, op: OpId) -> Vec<TensorId> {
        let node = self.op(op);
        let Some(output) = self.only_output(op) else {
            return Vec::new();
        };
        let reads = match node.kind {
            // With a smaller input of its own each element would be wanted again: equal sizes leave no room for that.
            OpKind::Elementwise | OpKind::Add { .. } | OpKind::Requantize => node.inputs.as_slice(),
            OpKind::Normalize | OpKind::Identity | OpKind::Reshape => {
                node.inputs.get(..1).unwrap_or_default()
            }
            _ => return Vec::new(),
        };
        let mut found: Vec<TensorId> = Vec::new();
        for &input in reads.iter().flatten() {
            if self.is_activation(input) && self.same_size(input, output) && !found.contains(&input)
            {
                found.push(input);
            }
        }
        found
    }

    /// The one output that takes bytes, if it is an activation and the operator has no effects.
    fn only_output(&self, op: OpId) -> Option<TensorId> {
        let node = self.op(op);
        let mut counted = node.outputs.iter().copied().filter(|&t| self.is_counted(t));
        let (first, second) = (counted.next()?, counted.next());
        (second.is_none() && !node.has_effects && self.is_activation(first)).then_some(first)
    }

    fn is_activation(&self, tensor: TensorId) -> bool {
        self.tensor(tensor).role == Role::Activation
    }

    /// As many bytes, and as many elements where both are known.
    fn same_size(&self, a: TensorId, b: TensorId) -> bool {
        let elements = |t: TensorId| {
            self.tensor(t)
                .array
                .as_ref()
                .and_then(super::ArrayType::elements)
        };
        let differ = elements(a).zip(elements(b)).is_some_and(|(a, b)| a != b);
        self.tensor(a).bytes == self.tensor(b).bytes && !differ
    }
}
