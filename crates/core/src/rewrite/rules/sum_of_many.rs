//! A sum of many terms may be added up in any order: `(a + b) + (c + d) = ((c + a) + d) + b`.
//!
//! The additions of such a sum form a tree, with the terms as its leaves. Whatever the tree, it becomes a chain that takes the terms up one by one.
//! In which order is the caller's choice, as that decides how long each term has to live.

use std::collections::BTreeMap;

use crate::graph::{ArrayType, DType, Graph, Op, OpKind, Role};
use crate::ids::{OpId, TensorId};
use crate::plan::{Edit, Exactness, OpOrigin, Patch, Rewriting, TensorOrigin};
use crate::rewrite::joined::{Draft, is_replaceable};
use crate::rewrite::rule::only;

/// Sums of more terms than this are left as they are.
const MOST: usize = 256;

/// A maximal tree of additions whose inner results nobody else reads: a sum of three terms or more, all of one shape and type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SumOfMany {
    /// The addition that writes the sum.
    pub root: OpId,
    /// All additions, the root included, each behind those whose results it reads.
    pub additions: Vec<OpId>,
    /// What is added up. What is added twice stands here twice.
    pub terms: Vec<TensorId>,
    /// What may be promised of the sum in another order: integers of 32 and 64 bits wrap around, floats round, and quantised partial sums are
    /// rounded to a scale of their own.
    pub exactness: Exactness,
    /// Whether a function is applied to the sum before it is stored.
    activation: bool,
}

impl SumOfMany {
    /// The name in reports and JSON.
    pub const NAME: &'static str = "sum-of-many";

    /// All of them in the graph of `base`, a rewriting of `source`, in the order of their roots.
    ///
    /// Nothing was stretched in the source either: of a part of one slice that does not show any more.
    #[must_use]
    pub fn all(source: &Graph, base: &Rewriting) -> Vec<Self> {
        let graph = &base.graph;
        let plain = |&op: &OpId| {
            let of = base.op_origins[op].op();
            !matches!(source.op(of).kind, OpKind::Add { .. }) || adds_alike(source, of)
        };
        let roots = graph.ops().ids().filter(|&op| !is_inner(graph, op));
        let sums = roots.filter_map(|root| Self::at(graph, root));
        sums.filter(|sum| sum.additions.iter().all(plain)).collect()
    }

    /// The sum that `root` completes.
    fn at(graph: &Graph, root: OpId) -> Option<Self> {
        let activation = addition(graph, root)?;
        let mut sum = Self {
            root,
            additions: Vec::new(),
            terms: Vec::new(),
            exactness: Exactness::BitExact,
            activation,
        };
        sum.collect(graph);
        let output = graph
            .tensor(only(&graph.op(root).outputs)?)
            .array
            .as_ref()?;
        let terms = sum.terms.iter().map(|&t| graph.tensor(t).array.as_ref());
        let arrays: Vec<&ArrayType> = terms.chain([Some(output)]).collect::<Option<_>>()?;
        sum.exactness = exactness(&arrays)?;
        (3..=MOST).contains(&sum.terms.len()).then_some(sum)
    }

    /// Additions and terms below the root, from left to right.
    fn collect(&mut self, graph: &Graph) {
        // What is left to be looked at, the next on top; an operator comes again once all it reads is done.
        let mut open = vec![(self.root, false)];
        let mut leaves: BTreeMap<OpId, Vec<TensorId>> = BTreeMap::new();
        while let Some((op, done)) = open.pop() {
            if done {
                self.additions.push(op);
                continue;
            }
            open.push((op, true));
            let inner = |t: TensorId| {
                let maker = graph.topology().producer(t);
                maker.filter(|&maker| is_inner(graph, maker))
            };
            let reads = graph.op(op).reads();
            open.extend(reads.rev().filter_map(inner).map(|maker| (maker, false)));
            let own = graph.op(op).reads().filter(|&t| inner(t).is_none());
            leaves.insert(op, own.collect());
        }
        let of = |op: &OpId| leaves.get(op).into_iter().flatten().copied();
        self.terms = self.additions.iter().flat_map(of).collect();
    }

    /// The places of the terms in the order in which the graph takes them up, and the additions that do; `None` unless it does so one by one.
    #[must_use]
    pub fn as_written(&self, graph: &Graph) -> Option<(Vec<usize>, Vec<OpId>)> {
        let leaves = |op: OpId| {
            graph
                .op(op)
                .reads()
                .filter(|t| self.terms.contains(t))
                .count()
        };
        let binary = |op: &OpId| graph.op(*op).inputs.len() == 2;
        let one_each = self.additions.iter().skip(1).all(|&op| leaves(op) == 1);
        // Additions stand behind what they read, so that this is a chain, and its terms stand in its order.
        let chain = self.additions.iter().all(binary) && one_each;
        chain.then(|| ((0..self.terms.len()).collect(), self.additions.clone()))
    }

    /// Whether the graph takes the terms up in just this order; of the first two either may come first.
    #[must_use]
    pub fn is_written(&self, graph: &Graph, order: &[usize]) -> bool {
        let own = self.as_written(graph).map(|(own, _)| own);
        own.is_some_and(|own| {
            let swapped = order.first() == own.get(1) && order.get(1) == own.first();
            own == order || swapped && own[2..] == order[2..]
        })
    }

    /// The patch that adds the terms up one by one in `order`, a permutation of their places. `label` is what the format calls an addition.
    ///
    /// `None` if `order` is no permutation.
    #[must_use]
    pub fn in_order(&self, graph: &Graph, label: &str, order: &[usize]) -> Option<Patch> {
        let mut places = order.to_vec();
        places.sort_unstable();
        if !places.iter().copied().eq(0..self.terms.len()) {
            return None;
        }
        let edits = self.additions.iter().copied().map(Edit::RemoveOp).collect();
        let patch = Patch {
            exactness: self.exactness,
            ..Patch::clean_up(Self::NAME, self.root, edits)
        };
        let mut draft = Draft::of(graph, patch);
        let output = only(&graph.op(self.root).outputs)?;
        let partial = ArrayType {
            quantization: None,
            ..graph.tensor(output).array.clone()?
        };
        let mut total = self.terms[*order.first()?];
        for (index, &place) in order.iter().enumerate().skip(1) {
            let last = index + 1 == order.len();
            let value = match last {
                true => output,
                false => {
                    let origin = TensorOrigin::Partial { of: output };
                    draft.activation(output, index, partial.clone(), origin)?
                }
            };
            let activation = last && self.activation;
            let op = Op {
                name: draft.name(self.root),
                label: label.to_owned(),
                kind: OpKind::Add { activation },
                inputs: vec![Some(total), Some(self.terms[place])],
                outputs: vec![value],
                has_effects: false,
            };
            let of = self.root;
            draft.op(index, op, OpOrigin::Sum { of, activation });
            total = value;
        }
        Some(draft.finish())
    }
}

/// Whether a function is applied to what `op` adds up; `None` if it is no addition of activations of one shape and type that can be replaced.
fn addition(graph: &Graph, op: OpId) -> Option<bool> {
    let node = graph.op(op);
    let OpKind::Add { activation } = node.kind else {
        return None;
    };
    (adds_alike(graph, op) && is_replaceable(graph, op)).then_some(activation)
}

/// Whether the operator adds up activations of one shape and type.
fn adds_alike(graph: &Graph, op: OpId) -> bool {
    let node = graph.op(op);
    let array = |t: TensorId| graph.tensor(t).array.as_ref();
    let Some(whole) = only(&node.outputs).and_then(array) else {
        return false;
    };
    let alike = |t: TensorId| {
        let same =
            array(t).is_some_and(|array| array.dtype == whole.dtype && array.shape == whole.shape);
        same && graph.tensor(t).role == Role::Activation
    };
    let complete = node.inputs.len() > 1 && node.inputs.iter().all(Option::is_some);
    let mut touched = node.reads().chain(node.outputs.iter().copied());
    complete && whole.elements().is_some() && touched.all(alike)
}

/// Whether nothing but another such addition reads what `op` writes, once, and `op` writes the plain sum: no function is applied to it, nor is it stored
/// in a range on one side of zero, which is how converters leave a ReLU out.
fn is_inner(graph: &Graph, op: OpId) -> bool {
    if addition(graph, op) != Some(false) {
        return false;
    }
    let output = graph.op(op).outputs[0];
    let array = graph.tensor(output).array.as_ref();
    if array.is_some_and(ArrayType::is_one_sided) {
        return false;
    }
    let &[reader] = graph.topology().consumers(output) else {
        return false;
    };
    let times = graph.op(reader).reads().filter(|&t| t == output).count();
    times == 1 && addition(graph, reader).is_some() && !graph.outputs().contains(&output)
}

/// What a sum of such arrays in another order keeps; `None` where nobody looked.
fn exactness(arrays: &[&ArrayType]) -> Option<Exactness> {
    let scales = |array: &ArrayType| array.quantization.as_ref().map(|q| q.scales.len());
    let plain = arrays.iter().all(|array| scales(array).is_none());
    // Terms that a rewriting made may have no scale yet.
    let scaled = arrays
        .iter()
        .all(|array| matches!(scales(array), None | Some(1)));
    match arrays.first()?.dtype {
        DType::I32 | DType::I64 if plain => Some(Exactness::BitExact),
        DType::F32 | DType::F64 if plain => Some(Exactness::Rounding),
        DType::I8 | DType::U8 if scaled && scales(arrays.last()?) == Some(1) => {
            Some(Exactness::Approximate)
        }
        _ => None,
    }
}
