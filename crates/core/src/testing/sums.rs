//! Random small networks with sums of many, and all the ways to add them up.

use fastrand::Rng;

use crate::graph::{ArrayType, DType, Graph, GraphBuilder, Op, OpKind, Role, Tensor};
use crate::ids::TensorId;
use crate::rewrite::rules::SumOfMany;
use crate::units::Bytes;

/// Terms are `f32[2]`.
const TERM: Bytes = Bytes(8);

/// A random network of about `ops` operators and so many sums of three to `most` terms.
#[must_use]
pub fn graph(seed: u64, ops: usize, sums: usize, most: usize) -> Graph {
    let mut maker = Maker {
        rng: Rng::with_seed(seed),
        builder: GraphBuilder::new("sums"),
        terms: Vec::new(),
        values: Vec::new(),
    };
    let input = maker.tensor(None);
    maker.builder.input(input);
    maker.values.push(input);
    for sum in 0..sums {
        while maker.terms.len() < 3 || maker.rng.usize(..ops) > 2 * maker.terms.len() {
            maker.step();
        }
        let result = maker.sum(most);
        if sum + 1 == sums || maker.rng.bool() {
            maker.builder.output(result);
        }
    }
    maker.builder.build().expect("a valid graph")
}

struct Maker {
    rng: Rng,
    builder: GraphBuilder,
    /// What can be added up.
    terms: Vec<TensorId>,
    /// All activations.
    values: Vec<TensorId>,
}

impl Maker {
    /// A term, or a tensor of so many bytes.
    fn tensor(&mut self, bytes: Option<u64>) -> TensorId {
        let array = ArrayType {
            dtype: DType::F32,
            shape: vec![Some(2)],
            quantization: None,
        };
        self.builder.tensor(Tensor {
            name: String::new(),
            bytes: bytes.map_or(TERM, Bytes),
            role: Role::Activation,
            array: bytes.is_none().then_some(array),
        })
    }

    fn op(&mut self, kind: OpKind, label: &str, reads: &[TensorId], output: TensorId) {
        self.values.push(output);
        self.builder.op(Op {
            name: String::new(),
            label: label.into(),
            kind,
            inputs: reads.iter().copied().map(Some).collect(),
            outputs: vec![output],
            has_effects: false,
        });
    }

    /// Something that reads one or two values.
    fn step(&mut self) {
        let count = self.rng.usize(1..3);
        let reads: Vec<TensorId> = (0..count)
            .filter_map(|_| self.rng.choice(&self.values).copied())
            .collect();
        let other = self.rng.u8(..3) == 0;
        let bytes = other.then(|| self.rng.u64(1..40));
        let output = self.tensor(bytes);
        self.op(OpKind::Opaque, "OP", &reads, output);
        if !other {
            self.terms.push(output);
        }
    }

    /// A sum of terms, put together at random, some at once.
    fn sum(&mut self, most: usize) -> TensorId {
        let mut open = self.terms.clone();
        self.rng.shuffle(&mut open);
        open.truncate(self.rng.usize(3..=most.max(3)));
        while open.len() > 1 {
            let several = match self.rng.u8(..4) {
                0 => self.rng.usize(2..=open.len()),
                _ => 2,
            };
            self.rng.shuffle(&mut open);
            let reads = open.split_off(open.len() - several);
            let output = self.tensor(None);
            self.op(OpKind::Add { activation: false }, "ADD", &reads, output);
            open.push(output);
        }
        self.terms.push(open[0]);
        open[0]
    }
}

/// `graph` with `sum` put together in every way there is by additions of two.
#[must_use]
pub fn every_tree(graph: &Graph, sum: &SumOfMany) -> Vec<Graph> {
    let all = trees(&(0..sum.terms.len()).collect::<Vec<_>>());
    all.iter().map(|tree| with_tree(graph, sum, tree)).collect()
}

/// A way to put some terms together.
#[derive(Clone)]
enum Tree {
    Term(usize),
    Of(Box<[Self; 2]>),
}

fn trees(terms: &[usize]) -> Vec<Tree> {
    let (&first, others) = terms.split_first().expect("a term at least");
    if others.is_empty() {
        return vec![Tree::Term(first)];
    }
    let mut found = Vec::new();
    // Which of the others are on the side of the first.
    for mask in 0..(1usize << others.len()) - 1 {
        let side = |with: usize| {
            let places = others.iter().enumerate();
            let places = places.filter(move |(i, _)| mask >> i & 1 == with);
            places.map(|(_, &term)| term).collect::<Vec<usize>>()
        };
        let left: Vec<usize> = [first].into_iter().chain(side(1)).collect();
        let rights = trees(&side(0));
        for a in trees(&left) {
            found.extend(
                rights
                    .iter()
                    .map(|b| Tree::Of(Box::new([a.clone(), b.clone()]))),
            );
        }
    }
    found
}

fn with_tree(graph: &Graph, sum: &SumOfMany, tree: &Tree) -> Graph {
    let mut builder = GraphBuilder::new(graph.name());
    for tensor in graph.tensors().rows() {
        builder.tensor(tensor.clone());
    }
    for (id, op) in graph.ops().iter() {
        if id == sum.root {
            add(&mut builder, graph, sum, tree, true);
        } else if !sum.additions.contains(&id) {
            builder.op(op.clone());
        }
    }
    graph.inputs().iter().for_each(|&t| builder.input(t));
    graph.outputs().iter().for_each(|&t| builder.output(t));
    builder.build().expect("a valid graph")
}

/// Adds the additions of a tree, and says what holds its sum.
fn add(
    builder: &mut GraphBuilder,
    graph: &Graph,
    sum: &SumOfMany,
    tree: &Tree,
    whole: bool,
) -> TensorId {
    let sides = match tree {
        Tree::Term(place) => return sum.terms[*place],
        Tree::Of(sides) => sides,
    };
    let root = graph.op(sum.root);
    let reads = [0, 1].map(|side| Some(add(builder, graph, sum, &sides[side], false)));
    let output = match whole {
        true => root.outputs[0],
        false => builder.tensor(graph.tensor(root.outputs[0]).clone()),
    };
    builder.op(Op {
        inputs: reads.to_vec(),
        outputs: vec![output],
        ..root.clone()
    });
    output
}
