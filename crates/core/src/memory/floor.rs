//! What no order can go below, read off the graph alone.

use crate::ids::{Id, OpId, TensorId};
use crate::units::Bytes;

use super::Instance;

/// The operator that needs most by itself, and what it needs: its inputs and outputs, each counted once, and everything
/// that is live always. Every order runs that operator at some step, and all of these are live during that step, so no
/// order needs less. The first of equals in file order; `None` without operators.
#[must_use]
pub fn floor(instance: &Instance<'_>) -> Option<(OpId, Bytes)> {
    let mut bytes = vec![Bytes::ZERO; instance.graph().tensors().len()];
    for tensor in instance.tensors() {
        bytes[tensor.id.index()] = tensor.bytes;
    }
    let need = |op: OpId| {
        let touched = touched(instance, op);
        let own: Bytes = touched.iter().map(|t| bytes[t.index()]).sum();
        instance.base() + own
    };
    let ops = instance.graph().ops().ids();
    ops.map(|op| (op, need(op)))
        .reduce(|most, next| if next.1 > most.1 { next } else { most })
}

/// What the operator reads or writes, each once.
fn touched(instance: &Instance<'_>, op: OpId) -> Vec<TensorId> {
    let node = instance.graph().op(op);
    let mut tensors: Vec<TensorId> = node.reads().chain(node.outputs.iter().copied()).collect();
    tensors.sort_unstable();
    tensors.dedup();
    tensors
}

#[cfg(test)]
mod tests {
    use super::floor;
    use crate::graph::{GraphBuilder, Op, OpKind, Role, Tensor};
    use crate::ids::OpId;
    use crate::memory::{Instance, Target};
    use crate::units::Bytes;

    /// A tensor of 10 bytes, squared into one of 4, beside a variable of 3.
    fn squared() -> GraphBuilder {
        let mut builder = GraphBuilder::new("squared");
        let sizes = [
            (10, Role::Activation),
            (4, Role::Activation),
            (3, Role::Variable),
        ];
        let ids = sizes.map(|(bytes, role)| {
            builder.tensor(Tensor {
                name: String::new(),
                bytes: Bytes(bytes),
                role,
                array: None,
            })
        });
        builder.input(ids[0]);
        builder.output(ids[1]);
        builder.op(Op {
            name: String::new(),
            label: "MUL".into(),
            kind: OpKind::Opaque,
            inputs: vec![Some(ids[0]), Some(ids[0])],
            outputs: vec![ids[1]],
            has_effects: false,
        });
        builder
    }

    #[test]
    fn an_input_read_twice_counts_once_and_variables_always() {
        let graph = squared().build().unwrap();
        for target in Target::ALL {
            let instance = Instance::new(&graph, target);
            assert_eq!(floor(&instance), Some((OpId(0), Bytes(17))));
        }
    }

    #[test]
    fn without_operators_there_is_no_floor() {
        let graph = GraphBuilder::new("empty").build().unwrap();
        assert_eq!(floor(&Instance::new(&graph, &Target::TFLM)), None);
    }
}
