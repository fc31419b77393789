//! A graph in which sums are added up in any order.
//!
//! A sum that begins with the terms `a` and `b` is an addition that writes `a + b` into an accumulator; for each other term an operator that adds it in, which
//! reads the term and the accumulator and writes a token without bytes, and, where the runtime does not add in place, takes the room of a second accumulator
//! for its step; and one that makes the accumulator the sum, once all tokens are there.
//!
//! Every order of a chain is one of this graph with the same live bytes, and the other way round: of the steps that add a term in, the `i`-th is the chain's
//! addition `i + 1`, during which the partial sums before and behind it are live beside the term. The last step, in which accumulator and sum are live, holds
//! no more than the one that added the last term in, if it stands right behind that one, as it may. (Where a runtime overwrites only what has one
//! reader, the graph is a guess, as an accumulator has several.)

use crate::error::Result;
use crate::graph::{Graph, GraphBuilder, Op, OpKind, Role, Tensor};
use crate::ids::{Id, OpId, Table, TensorId};
use crate::memory::Honoured;
use crate::plan::Order;
use crate::rewrite::rules::SumOfMany;
use crate::units::Bytes;

use super::{Begun, Trial};

/// How the sums of a graph are added up.
#[derive(Clone, Copy)]
pub(super) enum Ways<'a> {
    /// These by chains, the others as they are.
    Begun(&'a Begun),
    /// All at no cost: each term is gone once it was looked at, and no partial sum takes room. No way to add them up needs less at any step: whenever
    /// terms are added, all of them are live, and so is the sum when it is complete.
    Free,
}

/// What an operator of the graph stands for.
#[derive(Clone, Copy)]
enum Step {
    /// One of the base.
    Same(OpId),
    /// The first addition of a sum.
    First(usize),
    /// Adding in the term at a place.
    Fold(usize, usize),
    /// The accumulator becomes the sum.
    Done,
}

pub(super) struct Model {
    /// Tensors keep their ids; accumulators, tokens and second accumulators come behind them.
    pub(super) graph: Graph,
    steps: Table<OpId, Step>,
    /// The accumulator of each sum that is added up here.
    pub(super) accumulators: Vec<(usize, TensorId)>,
    begun: Begun,
}

impl Model {
    pub(super) fn new(
        graph: &Graph,
        sums: &[SumOfMany],
        ways: Ways<'_>,
        label: &str,
        in_place: Honoured,
    ) -> Result<Self> {
        let all = (0..sums.len()).map(|sum| (sum, [0; 2]));
        let begun = match ways {
            Ways::Begun(begun) => begun.clone(),
            Ways::Free => all.collect(),
        };
        let mut draft = Draft {
            label,
            in_place,
            is_free: matches!(ways, Ways::Free),
            tensors: graph.tensors().rows().cloned().collect(),
            ops: Vec::new(),
            steps: Table::new(),
            accumulators: Vec::new(),
        };
        let mut places: Table<OpId, Option<OpId>> = Table::filled(None, graph.ops().len());
        let mut of: Table<OpId, Option<usize>> = Table::filled(None, graph.ops().len());
        for &sum in begun.keys() {
            for &op in &sums[sum].additions {
                of[op] = Some(sum);
            }
        }
        for (id, op) in graph.ops().iter() {
            match of[id] {
                None => {
                    places[id] = Some(OpId::from_index(draft.ops.len()));
                    draft.op(op.clone(), Step::Same(id));
                }
                Some(sum) if sums[sum].root == id => {
                    draft.sum(graph, (sum, &sums[sum]), begun[&sum]);
                }
                Some(_) => {}
            }
        }
        let control = graph.control().iter();
        let control = control.filter_map(|&(a, b)| Some((places[a]?, places[b]?)));
        draft.finish(graph, begun, control.collect())
    }

    /// The order in which each sum takes its terms up.
    pub(super) fn chains(&self, order: &Order) -> Vec<(usize, Vec<usize>)> {
        let chain = |(&sum, first): (&usize, &[usize; 2])| {
            let folds = order.ops().iter().filter_map(|&op| match self.steps[op] {
                Step::Fold(of, place) if of == sum => Some(place),
                _ => None,
            });
            (sum, first.iter().copied().chain(folds).collect())
        };
        self.begun.iter().map(chain).collect()
    }

    /// The order of the graph in which `trial` is carried out: `base` with new chains in the places of the sums' roots.
    pub(super) fn translated(&self, base: &Graph, sums: &[SumOfMany], trial: &Trial) -> Order {
        let mut of: Table<OpId, Option<usize>> = Table::filled(None, base.ops().len());
        for (sum, _) in &trial.chains {
            for &op in &sums[*sum].additions {
                of[op] = Some(*sum);
            }
        }
        let mut places: Table<OpId, Option<OpId>> = Table::filled(None, base.ops().len());
        let mut chains = vec![Vec::new(); sums.len()];
        let mut next = (0..).map(OpId::from_index);
        for op in base.ops().ids() {
            match of[op] {
                None => places[op] = next.next(),
                Some(sum) if sums[sum].root == op => {
                    chains[sum] = next.by_ref().take(sums[sum].terms.len() - 1).collect();
                }
                Some(_) => {}
            }
        }
        // What the base has as it is runs as it stands there.
        for &sum in self.begun.keys() {
            if !chains[sum].is_empty() {
                continue;
            }
            let additions = sums[sum].additions.iter();
            chains[sum] = additions.filter_map(|&op| places[op]).collect();
        }
        let mut chains: Vec<_> = chains.into_iter().map(Vec::into_iter).collect();
        let step = |&op: &OpId| match self.steps[op] {
            Step::Same(op) => places[op],
            Step::First(sum) | Step::Fold(sum, _) => chains[sum].next(),
            Step::Done => None,
        };
        Order::new(trial.order.ops().iter().filter_map(step).collect())
    }
}

struct Draft<'a> {
    label: &'a str,
    in_place: Honoured,
    is_free: bool,
    tensors: Vec<Tensor>,
    ops: Vec<Op>,
    steps: Table<OpId, Step>,
    accumulators: Vec<(usize, TensorId)>,
}

impl Draft<'_> {
    fn sum(&mut self, graph: &Graph, (index, sum): (usize, &SumOfMany), first: [usize; 2]) {
        if self.is_free {
            return self.free_sum(graph, (index, sum));
        }
        let output = graph.op(sum.root).outputs[0];
        let like = graph.tensor(output);
        let accumulator = self.tensor(like.clone());
        self.accumulators.push((index, accumulator));
        let terms = first.map(|place| Some(sum.terms[place]));
        let op = self.made(terms.to_vec(), vec![accumulator]);
        let adds_in_place = self.in_place.has(&op);
        self.op(op, Step::First(index));
        let mut ready = vec![Some(accumulator)];
        for (place, &term) in sum.terms.iter().enumerate() {
            if first.contains(&place) {
                continue;
            }
            let token = self.token(like);
            ready.push(Some(token));
            let mut outputs = vec![token];
            if !adds_in_place {
                outputs.push(self.tensor(like.clone()));
            }
            let op = Op {
                kind: OpKind::Opaque,
                ..self.made(vec![Some(term), Some(accumulator)], outputs)
            };
            self.op(op, Step::Fold(index, place));
        }
        let kind = match adds_in_place {
            true => OpKind::Identity,
            false => OpKind::Opaque,
        };
        let op = Op {
            kind,
            label: "RESHAPE".to_owned(),
            ..self.made(ready, vec![output])
        };
        self.op(op, Step::Done);
    }

    /// All terms looked at, in any order.
    fn free_sum(&mut self, graph: &Graph, (index, sum): (usize, &SumOfMany)) {
        let output = graph.op(sum.root).outputs[0];
        let mut ready = Vec::new();
        for (place, &term) in sum.terms.iter().enumerate() {
            let token = self.token(graph.tensor(output));
            ready.push(Some(token));
            let op = Op {
                kind: OpKind::Opaque,
                ..self.made(vec![Some(term)], vec![token])
            };
            self.op(op, Step::Fold(index, place));
        }
        let op = Op {
            kind: OpKind::Opaque,
            ..self.made(ready, vec![output])
        };
        self.op(op, Step::Done);
    }

    fn token(&mut self, like: &Tensor) -> TensorId {
        self.tensor(Tensor {
            bytes: Bytes::ZERO,
            array: None,
            ..like.clone()
        })
    }

    fn made(&self, inputs: Vec<Option<TensorId>>, outputs: Vec<TensorId>) -> Op {
        Op {
            name: String::new(),
            label: self.label.to_owned(),
            kind: OpKind::Add { activation: false },
            inputs,
            outputs,
            has_effects: false,
        }
    }

    fn tensor(&mut self, tensor: Tensor) -> TensorId {
        let id = TensorId::from_index(self.tensors.len());
        self.tensors.push(Tensor {
            role: Role::Activation,
            ..tensor
        });
        id
    }

    fn op(&mut self, op: Op, step: Step) {
        self.ops.push(op);
        self.steps.push(step);
    }

    fn finish(self, graph: &Graph, begun: Begun, control: Vec<(OpId, OpId)>) -> Result<Model> {
        Ok(Model {
            graph: GraphBuilder::between_ends(graph, self.tensors, self.ops, control)?,
            steps: self.steps,
            accumulators: self.accumulators,
            begun,
        })
    }
}
