//! Carries an order and a rewriting back into a file. What neither of them touches keeps its value.

use lowtide_core::ids::{Id, OpId, TensorId};
use lowtide_core::plan::{Order, Rewriting};

use super::metadata;
use super::prune;
use super::schema::{File, List, Model, Operator, Shared, SubGraph};

/// The file whose main subgraph runs `rewriting.graph` in `order`. The rewriting was made for the graph that
/// [`read::graph`](super::read::graph) gives for `source`, and both have passed their referees.
///
/// Tensors that the rewriting drops go, with their buffers; operator codes and buffers that nothing refers to any more
/// go too. An offline memory plan goes always: it speaks of another order.
#[must_use]
pub fn apply(source: &File, rewriting: &Rewriting, order: &Order) -> File {
    let mut file = source.clone();
    let model = &mut file.model;
    metadata::drop_offline_plan(model);
    if let Some(main) = source.model.subgraphs.first() {
        let mut position = vec![None; main.operators.len()];
        for (step, &op) in (0..).zip(order.ops()) {
            position[rewriting.op_origins[op].index()] = Some(step);
        }
        metadata::move_control_dependencies(model, &position);
        let numbering = Numbering::new(&source.model, main, rewriting);
        numbering.signatures(model);
        numbering.subgraph(&mut model.subgraphs.edit()[0], rewriting, order);
    }
    prune::operator_codes(model);
    prune::buffers(model);
    file
}

/// The new number of each tensor of the main subgraph; `None` for those that go.
struct Numbering(Vec<Option<i32>>);

impl Numbering {
    fn new(model: &Model, main: &SubGraph, rewriting: &Rewriting) -> Self {
        let mut kept = vec![false; main.tensors.len()];
        rewriting
            .tensor_origins
            .rows()
            .for_each(|origin| kept[origin.index()] = true);
        // Named by what stays, though no operator reads or writes them.
        let operators = rewriting
            .op_origins
            .rows()
            .map(|op| &main.operators[op.index()]);
        let inner = operators
            .flat_map(|operator| &operator.intermediates)
            .map(|&t| i64::from(t));
        let signatures = model
            .signature_defs
            .iter()
            .filter(|signature| signature.subgraph_index() == 0);
        let maps =
            signatures.flat_map(|signature| signature.inputs.iter().chain(&signature.outputs));
        for number in inner.chain(maps.map(|map| i64::from(map.tensor_index()))) {
            if let Some(flag) = usize::try_from(number)
                .ok()
                .and_then(|number| kept.get_mut(number))
            {
                *flag = true;
            }
        }
        let mut next = 0..;
        Self(
            kept.into_iter()
                .map(|kept| if kept { next.next() } else { None })
                .collect(),
        )
    }

    /// The new number; -1, an absent optional input, stays what it is.
    fn of(&self, old: i32) -> i32 {
        usize::try_from(old)
            .ok()
            .and_then(|old| self.0.get(old).copied().flatten())
            .unwrap_or(-1)
    }

    fn signatures(&self, model: &mut Model) {
        let concerned =
            |model: &Model| model.signature_defs.iter().any(|s| s.subgraph_index() == 0);
        if !concerned(model) {
            return;
        }
        for signature in model
            .signature_defs
            .edit()
            .iter_mut()
            .filter(|s| s.subgraph_index() == 0)
        {
            let signature = &mut **signature;
            for maps in [&mut signature.inputs, &mut signature.outputs] {
                if !maps.is_present() {
                    continue;
                }
                for map in maps.edit() {
                    let old = i32::try_from(map.tensor_index()).unwrap_or(-1);
                    if let Ok(new) = u32::try_from(self.of(old)) {
                        map.set_tensor_index(new);
                    }
                }
            }
        }
    }

    fn subgraph(&self, main: &mut SubGraph, rewriting: &Rewriting, order: &Order) {
        let operators: Vec<Shared<Operator>> = order
            .ops()
            .iter()
            .map(|&op| self.operator(main, rewriting, op))
            .collect();
        replace(&mut main.operators, operators);
        let ends =
            |tensors: &[TensorId]| self.numbers(tensors.iter().copied().map(Some), rewriting);
        replace(&mut main.inputs, ends(rewriting.graph.inputs()));
        replace(&mut main.outputs, ends(rewriting.graph.outputs()));
        let stays = self.0.iter().map(Option::is_some);
        let tensors = main.tensors.iter().zip(stays).filter(|(_, stays)| *stays);
        let tensors = tensors.map(|(tensor, _)| tensor.clone()).collect();
        replace(&mut main.tensors, tensors);
    }

    /// An operator of the source, wired as in the rewritten graph.
    fn operator(&self, main: &SubGraph, rewriting: &Rewriting, op: OpId) -> Shared<Operator> {
        let mut operator = main.operators[rewriting.op_origins[op].index()].clone();
        let node = rewriting.graph.op(op);
        let intermediates = operator.intermediates.iter().map(|&t| self.of(t)).collect();
        replace(
            &mut operator.inputs,
            self.numbers(node.inputs.iter().copied(), rewriting),
        );
        replace(
            &mut operator.outputs,
            self.numbers(node.outputs.iter().copied().map(Some), rewriting),
        );
        replace(&mut operator.intermediates, intermediates);
        operator
    }

    fn numbers(
        &self,
        tensors: impl Iterator<Item = Option<TensorId>>,
        rewriting: &Rewriting,
    ) -> Vec<i32> {
        let number = |t: TensorId| self.of(rewriting.tensor_origins[t].0.cast_signed());
        tensors.map(|t| t.map_or(-1, number)).collect()
    }
}

/// Replaces the items of a list, unless that changes nothing: what is absent or shared stays so.
fn replace<T: PartialEq>(list: &mut List<T>, items: Vec<T>) {
    if **list != *items {
        *list = items.into();
    }
}
