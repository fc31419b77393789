//! Random graphs computed before and after rewriting, in integers modulo 2^64, where sums may be taken in any order: the
//! rules and their referee against the meaning of the operators. Arrays are `f32[2, channels]` by declaration.

use fastrand::Rng;

use crate::check::check_rewriting;
use crate::graph::{ArrayType, DType, Graph, GraphBuilder, Op, OpKind, Role, Tensor};
use crate::ids::{Table, TensorId};
use crate::plan::{OpOrigin, Rewriting, TensorOrigin};
use crate::rewrite::rules::{ChannelWise, KernelWise};
use crate::rewrite::{Rule, rewrite_where};

const RULES: &[&dyn Rule] = &[&KernelWise, &ChannelWise { sum: "ADD" }];
const ROWS: usize = 2;

struct Maker {
    rng: Rng,
    builder: GraphBuilder,
    /// Activations and their channels.
    values: Vec<(TensorId, u64)>,
}

impl Maker {
    fn tensor(&mut self, shape: &[u64], role: Role) -> TensorId {
        let array = ArrayType {
            dtype: DType::F32,
            shape: shape.iter().copied().map(Some).collect(),
            quantization: None,
        };
        let bytes = array.bytes().expect("a known shape");
        let array = Some(array);
        let name = String::new();
        self.builder.tensor(Tensor {
            name,
            bytes,
            role,
            array,
        })
    }

    fn op(&mut self, kind: OpKind, inputs: Vec<Option<TensorId>>, channels: u64) {
        let output = self.tensor(&[ROWS as u64, channels], Role::Activation);
        let label = kind.word().to_owned();
        let (name, outputs) = (String::new(), vec![output]);
        self.builder.op(Op {
            name,
            label,
            kind,
            inputs,
            outputs,
            has_effects: false,
        });
        self.values.push((output, channels));
    }

    /// One of the last values, so that rules find chains.
    fn value(&mut self) -> (TensorId, u64) {
        let from = self.values.len().saturating_sub(4);
        self.values[self.rng.usize(from..self.values.len())]
    }

    fn step(&mut self) {
        match self.rng.u8(..5) {
            0 | 1 => {
                let parts: Vec<_> = (0..self.rng.usize(1..4)).map(|_| self.value()).collect();
                let inputs = parts.iter().map(|part| Some(part.0)).collect();
                let channels = parts.iter().map(|part| part.1).sum();
                self.op(OpKind::Concat { axis: 1 }, inputs, channels);
            }
            2 => {
                let ((x, channels), out) = (self.value(), self.rng.u64(1..5));
                let w = self.tensor(&[out, channels], Role::Constant);
                let bias = self.rng.bool().then(|| self.tensor(&[out], Role::Constant));
                let activation = self.rng.bool();
                let kind = OpKind::Contract {
                    data_axis: 1,
                    weight_axis: 1,
                    activation,
                };
                self.op(kind, vec![Some(x), Some(w), bias], out);
            }
            3 => {
                let (x, channels) = self.value();
                let group = if channels % 2 == 0 {
                    self.rng.u64(1..3)
                } else {
                    1
                };
                let out = channels / group * self.rng.u64(1..3);
                let w = self.tensor(&[out], Role::Constant);
                let kind = OpKind::Channelwise {
                    axis: 1,
                    group: group as u32,
                    params: vec![(1, 0)],
                };
                self.op(kind, vec![Some(x), Some(w)], out);
            }
            _ => {
                let (x, channels) = self.value();
                self.op(OpKind::Opaque, vec![Some(x)], channels);
            }
        }
    }

    fn graph(seed: u64) -> Graph {
        let (rng, builder) = (Rng::with_seed(seed), GraphBuilder::new("random"));
        let mut maker = Self {
            rng,
            builder,
            values: Vec::new(),
        };
        for _ in 0..3 {
            let channels = maker.rng.u64(1..4);
            let x = maker.tensor(&[ROWS as u64, channels], Role::Activation);
            maker.builder.input(x);
            maker.values.push((x, channels));
        }
        (0..maker.rng.usize(4..14)).for_each(|_| maker.step());
        for _ in 0..2 {
            let (output, _) = maker.value();
            maker.builder.output(output);
        }
        maker.builder.build().expect("a valid graph")
    }
}

/// A number that depends on all of `parts`, and on nothing else.
fn mixed(parts: impl IntoIterator<Item = u64>) -> u64 {
    parts.into_iter().fold(7, |hash, part| {
        Rng::with_seed(hash ^ part.wrapping_mul(0x9e37_79b9_7f4a_7c15)).u64(..)
    })
}

type Array = Vec<Vec<u64>>;

/// Rows of a constant of the source, by its number.
fn constant(t: TensorId, shape: &[Option<u64>]) -> Array {
    let extent = |axis: usize| shape.get(axis).copied().flatten().unwrap_or(1);
    let row = |r| (0..extent(1)).map(|c| mixed([t.0.into(), r, c])).collect();
    (0..extent(0)).map(row).collect()
}

fn given(source: &Graph, origin: TensorOrigin) -> Array {
    let shape = &source
        .tensor(origin.tensor())
        .array
        .as_ref()
        .expect("declared")
        .shape;
    let whole = constant(origin.tensor(), shape);
    match origin {
        TensorOrigin::Slice {
            axis: 0,
            start,
            end,
            ..
        } => whole[start as usize..end as usize].to_vec(),
        TensorOrigin::Slice { start, end, .. } => whole
            .iter()
            .map(|row| row[start as usize..end as usize].to_vec())
            .collect(),
        _ => whole,
    }
}

fn activated(op: u32, array: Array) -> Array {
    let row = |row: Vec<u64>| row.into_iter().map(|x| mixed([op.into(), x])).collect();
    array.into_iter().map(row).collect()
}

fn run(op: &Op, origin: OpOrigin, inputs: &[&Array]) -> Array {
    let number = origin.op().0;
    let rows = |f: &dyn Fn(usize) -> Vec<u64>| -> Array { (0..ROWS).map(f).collect() };
    match (&op.kind, origin) {
        (_, OpOrigin::Sum { activation, .. }) => {
            let add = |r: usize| {
                inputs[0][r]
                    .iter()
                    .zip(&inputs[1][r])
                    .map(|(a, b)| a.wrapping_add(*b))
                    .collect()
            };
            let sum = rows(&add);
            if activation {
                activated(number, sum)
            } else {
                sum
            }
        }
        (OpKind::Concat { .. }, _) => rows(&|r| inputs.iter().flat_map(|x| x[r].clone()).collect()),
        (OpKind::Contract { activation, .. }, _) => {
            let bias = |o: usize| inputs.get(2).map_or(0, |b| b[o][0]);
            let product = |r: usize, o: usize| {
                inputs[0][r]
                    .iter()
                    .zip(&inputs[1][o])
                    .fold(bias(o), |sum, (x, w)| sum.wrapping_add(x.wrapping_mul(*w)))
            };
            let sum = rows(&|r| (0..inputs[1].len()).map(|o| product(r, o)).collect());
            if *activation {
                activated(number, sum)
            } else {
                sum
            }
        }
        (OpKind::Channelwise { group, .. }, _) => rows(&|r| {
            let (x, w, group) = (&inputs[0][r], inputs[1], *group as usize);
            let per = w.len() / (x.len() / group);
            let one = |o: usize| {
                let data = &x[o / per * group..(o / per + 1) * group];
                mixed(
                    [number.into(), w[o][0]]
                        .into_iter()
                        .chain(data.iter().copied()),
                )
            };
            (0..w.len()).map(one).collect()
        }),
        _ => activated(number, inputs[0].clone()),
    }
}

fn outputs(source: &Graph, rewriting: &Rewriting) -> Vec<Array> {
    let graph = &rewriting.graph;
    let mut arrays: Table<TensorId, Array> = rewriting
        .tensor_origins
        .rows()
        .map(|&origin| given(source, origin))
        .collect();
    for (id, op) in graph.ops().iter() {
        let inputs: Vec<&Array> = op.reads().map(|t| &arrays[t]).collect();
        let result = run(op, rewriting.op_origins[id], &inputs);
        arrays[op.outputs[0]] = result;
    }
    graph.outputs().iter().map(|&t| arrays[t].clone()).collect()
}

#[test]
fn random_graphs_compute_the_same_after_any_choice_of_sites() {
    let mut patches = 0;
    for seed in 0..3000 {
        let graph = Maker::graph(seed);
        let unchanged = Rewriting::unchanged(graph.clone());
        let expected = outputs(&graph, &unchanged);
        // All sites, then some by their number.
        for mask in [u64::MAX, mixed([seed])] {
            let accept = &mut |_: &_, site: crate::ids::OpId| mask >> (site.0 % 64) & 1 == 1;
            let rewriting = rewrite_where(unchanged.clone(), RULES, accept).expect("valid patches");
            check_rewriting(&graph, &rewriting)
                .unwrap_or_else(|fault| panic!("seed {seed}: {fault}\n{graph}"));
            assert_eq!(
                outputs(&graph, &rewriting),
                expected,
                "seed {seed}\n{graph}\n{}",
                rewriting.graph
            );
            patches += rewriting.applied.len();
        }
    }
    assert!(patches > 2000, "only {patches} patches");
}
