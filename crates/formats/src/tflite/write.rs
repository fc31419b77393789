//! Carries an order and a rewriting back into a file. What neither of them touches keeps its value.

mod operators;
mod ranges;
mod tensors;

use lowtide_core::ids::{Id, OpId, Table, TensorId};
use lowtide_core::plan::{OpOrigin, Order, Rewriting, TensorOrigin};

use super::metadata;
use super::prune;
use super::schema::{File, List, Model, Operator, Shared, SubGraph, Tensor};
use crate::error::Result;

/// The file whose main subgraph runs `rewriting.graph` in `order`. The rewriting was made for the graph that
/// [`read::graph`](super::read::graph) gives for `source`, and both have passed their referees.
///
/// Parts of operators and weights that the rewriting makes are made of the source's, each payload cut for itself. Tensors that the rewriting drops go, with their buffers; operator codes and buffers that nothing refers to any more
/// go too. An offline memory plan goes always: it speaks of another order.
///
/// # Errors
/// If a part cannot be made of the file's operators and payloads.
pub fn apply(source: &File, rewriting: &Rewriting, order: &Order) -> Result<File> {
    let mut file = source.clone();
    let model = &mut file.model;
    metadata::drop_offline_plan(model);
    if let Some(main) = source.model.subgraphs.first() {
        let mut position = vec![None; main.operators.len()];
        for (step, &op) in (0..).zip(order.ops()) {
            if let OpOrigin::Source(old) = rewriting.op_origins[op] {
                position[old.index()] = Some(step);
            }
        }
        metadata::move_control_dependencies(model, &position);
        let numbering = Numbering::new(&source.model, main, rewriting);
        numbering.signatures(model);
        let made = tensors::made(model, main, rewriting)?;
        let operators = numbering.operators(model, main, rewriting, order)?;
        let main = &mut model.subgraphs.edit()[0];
        replace(&mut main.operators, operators);
        numbering.subgraph(main, rewriting, made);
    }
    prune::operator_codes(model);
    prune::buffers(model);
    Ok(file)
}

/// The new numbers of the tensors of the main subgraph.
struct Numbering {
    /// For each tensor of the source; `None` for those that go.
    kept: Vec<Option<i32>>,
    /// For each tensor of the rewritten graph. Those that come stand behind all that stay.
    of_graph: Table<TensorId, i32>,
}

impl Numbering {
    fn new(model: &Model, main: &SubGraph, rewriting: &Rewriting) -> Self {
        let mut kept = vec![false; main.tensors.len()];
        for origin in rewriting.tensor_origins.rows() {
            if let TensorOrigin::Source(t) = origin {
                kept[t.index()] = true;
            }
        }
        // Named by what stays, though no operator reads or writes them.
        let operators = rewriting
            .op_origins
            .rows()
            .map(|origin| &main.operators[origin.op().index()]);
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
        let kept: Vec<Option<i32>> = kept
            .into_iter()
            .map(|kept| if kept { next.next() } else { None })
            .collect();
        let new = |origin: &TensorOrigin| match origin {
            TensorOrigin::Source(t) => kept[t.index()],
            _ => next.next(),
        };
        let of_graph = rewriting.tensor_origins.rows().map(new);
        let of_graph = of_graph.map(|number| number.unwrap_or(-1)).collect();
        Self { kept, of_graph }
    }

    /// The new number; -1, an absent optional input, stays what it is.
    fn of(&self, old: i32) -> i32 {
        usize::try_from(old)
            .ok()
            .and_then(|old| self.kept.get(old).copied().flatten())
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

    /// The operators of the rewritten graph in `order`; operator codes that are missing are added to `model`.
    fn operators(
        &self,
        model: &mut Model,
        main: &SubGraph,
        rewriting: &Rewriting,
        order: &Order,
    ) -> Result<Vec<Shared<Operator>>> {
        let wired = |&op: &OpId| {
            let mut operator = operators::made(model, main, rewriting, op)?;
            self.wire(&mut operator, rewriting, op);
            Ok(operator)
        };
        order.ops().iter().map(wired).collect()
    }

    fn subgraph(&self, main: &mut SubGraph, rewriting: &Rewriting, made: Vec<Shared<Tensor>>) {
        let ends = |tensors: &[TensorId]| self.numbers(tensors.iter().copied().map(Some));
        replace(&mut main.inputs, ends(rewriting.graph.inputs()));
        replace(&mut main.outputs, ends(rewriting.graph.outputs()));
        let stays = self.kept.iter().map(Option::is_some);
        let tensors = main.tensors.iter().zip(stays).filter(|(_, stays)| *stays);
        let tensors = tensors.map(|(tensor, _)| tensor.clone()).chain(made);
        let tensors = tensors.collect();
        replace(&mut main.tensors, tensors);
    }

    /// Wires an operator as in the rewritten graph.
    fn wire(&self, operator: &mut Shared<Operator>, rewriting: &Rewriting, op: OpId) {
        let node = rewriting.graph.op(op);
        let intermediates = operator.intermediates.iter().map(|&t| self.of(t)).collect();
        let inputs = self.numbers(node.inputs.iter().copied());
        let outputs = self.numbers(node.outputs.iter().copied().map(Some));
        replace(&mut operator.inputs, inputs);
        replace(&mut operator.outputs, outputs);
        replace(&mut operator.intermediates, intermediates);
    }

    fn numbers(&self, tensors: impl Iterator<Item = Option<TensorId>>) -> Vec<i32> {
        tensors
            .map(|t| t.map_or(-1, |t| self.of_graph[t]))
            .collect()
    }
}

/// Replaces the items of a list, unless that changes nothing: what is absent or shared stays so.
fn replace<T: PartialEq>(list: &mut List<T>, items: Vec<T>) {
    if **list != *items {
        *list = items.into();
    }
}
