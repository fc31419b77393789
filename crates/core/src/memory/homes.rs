//! In whose bytes each tensor is.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::graph::Graph;
use crate::ids::{OpId, Table, TensorId};

use super::Target;

/// For every tensor the one in whose bytes it is: itself, unless the target makes it a view.
#[derive(Clone, Debug)]
pub(super) struct Homes {
    home: Table<TensorId, TensorId>,
    /// By homes with views: the home and its views.
    shared: BTreeMap<TensorId, Vec<TensorId>>,
    is_input: Table<TensorId, bool>,
    is_output: Table<TensorId, bool>,
}

impl Homes {
    pub(super) fn new(graph: &Graph, target: &Target) -> Self {
        let tensors = graph.tensors().len();
        let mut homes = Self {
            home: graph.tensors().ids().collect(),
            shared: BTreeMap::new(),
            is_input: Table::filled(false, tensors),
            is_output: Table::filled(false, tensors),
        };
        graph
            .inputs()
            .iter()
            .for_each(|&t| homes.is_input[t] = true);
        graph
            .outputs()
            .iter()
            .for_each(|&t| homes.is_output[t] = true);
        for (op, node) in graph.ops().iter() {
            if !target.aliasing.views.has(node) {
                continue;
            }
            let Some(of) = graph.viewed(op) else { continue };
            let output = node.outputs.iter().find(|&&t| graph.is_counted(t));
            if let Some(&view) = output
                && (target.aliasing.outputs || !homes.is_output[view])
                && (target.aliasing.inputs || !homes.is_input[of])
                && homes.exists(graph, of)
            {
                homes.join(of, view);
            }
        }
        homes
    }

    /// Whether anybody brings the bytes of `tensor`.
    fn exists(&self, graph: &Graph, tensor: TensorId) -> bool {
        self.is_input[tensor] || graph.topology().producer(tensor).is_some()
    }

    fn join(&mut self, of: TensorId, view: TensorId) {
        let home = self.home[of];
        self.home[view] = home;
        let members = self.shared.entry(home).or_insert_with(|| vec![home]);
        members.push(view);
    }

    pub(super) fn of(&self, tensor: TensorId) -> TensorId {
        self.home[tensor]
    }

    /// Who reads the bytes of `home`.
    pub(super) fn readers<'g>(&self, graph: &'g Graph, home: TensorId) -> Cow<'g, [OpId]> {
        let Some(members) = self.shared.get(&home) else {
            return Cow::Borrowed(graph.topology().consumers(home));
        };
        let all = members.iter().flat_map(|&t| graph.topology().consumers(t));
        let mut readers: Vec<OpId> = all.copied().collect();
        readers.sort_unstable();
        readers.dedup();
        Cow::Owned(readers)
    }

    /// Whether `home` may come to stand in the bytes of another tensor.
    pub(super) fn may_write(&self, graph: &Graph, target: &Target, home: TensorId) -> bool {
        let rules = target.aliasing;
        (rules.outputs || !self.is_output[home]) && graph.tensor(home).bytes.get() > rules.above
    }

    /// Whether the bytes of `home` may be overwritten once it is dead.
    pub(super) fn may_overwrite(&self, graph: &Graph, target: &Target, home: TensorId) -> bool {
        let rules = target.aliasing;
        let own = [home];
        let members = self.shared.get(&home).map_or(&own[..], Vec::as_slice);
        (rules.inputs || !self.is_input[home]) && (!rules.sole_reader || is_chain(graph, members))
    }
}

/// Whether each of the tensors, which are views of one another, is read once.
fn is_chain(graph: &Graph, members: &[TensorId]) -> bool {
    members.iter().all(|&t| {
        let [reader] = graph.topology().consumers(t) else {
            return false;
        };
        graph.op(*reader).reads().filter(|&read| read == t).count() == 1
    })
}

#[cfg(test)]
mod tests {
    use super::Homes;
    use crate::graph::Graph;
    use crate::ids::{Id, TensorId};
    use crate::memory::Target;

    #[test]
    fn views_of_views_live_at_the_first() {
        let source = "x: 8 input\na: 8 = A(x)\nb: 8 = R{reshape}(a)\nc: 8 = S{split data=0}(b)\n\
                      d: 8 output = I{identity}(c)\ne: 8 output = E(a)";
        let graph: Graph = source.parse().unwrap();
        let home = |target: &Target| -> Vec<usize> {
            let homes = Homes::new(&graph, target);
            graph.tensors().ids().map(|t| homes.of(t).index()).collect()
        };
        assert_eq!(home(&Target::IDEAL), [0, 1, 1, 1, 1, 5]);
        assert_eq!(home(&Target::TFLM), [0, 1, 2, 3, 4, 5]);
        let homes = Homes::new(&graph, &Target::IDEAL);
        let readers = homes.readers(&graph, TensorId(1));
        assert_eq!(
            readers.iter().map(|op| op.index()).collect::<Vec<_>>(),
            [1, 2, 3, 4]
        );
    }
}
