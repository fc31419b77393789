//! Random graphs computed before and after rewriting, in integers modulo 2^64, where sums may be taken in any order: the
//! rules and their referee against the meaning of the operators. Arrays are `f32[2, channels]` by declaration.

use std::collections::BTreeMap;

use fastrand::Rng;

use crate::check::check_rewriting;
use crate::graph::{Graph, Op, OpKind};
use crate::ids::{Table, TensorId};
use crate::plan::{OpOrigin, Rewriting, TensorOrigin};
use crate::rewrite::rules::{
    ChannelWise, ConcatOfConcat, ConcatOfSplit, ElementwiseFirst, KernelWise, PadFirst,
    SliceOfConcat, SplitOfConcat,
};
use crate::rewrite::{Rule, rewrite_where};
use crate::testing::joined;

pub(super) const RULES: &[&dyn Rule] = &[
    &ConcatOfSplit,
    &ConcatOfConcat { most: 6 },
    &SplitOfConcat,
    &SliceOfConcat,
    &KernelWise,
    &ElementwiseFirst,
    &PadFirst,
    &ChannelWise {
        sum: "ADD",
        biased: &["BIASED"],
    },
];
const ROWS: usize = 2;

/// A number that depends on all of `parts`, and on nothing else.
pub(super) fn mixed(parts: impl IntoIterator<Item = u64>) -> u64 {
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
        TensorOrigin::Zeros { .. } => vec![vec![0]; whole.len()],
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

fn run(graph: &Graph, op: &Op, origin: OpOrigin, inputs: &[&Array]) -> Array {
    let number = origin.op().0;
    let rows = |f: &dyn Fn(usize) -> Vec<u64>| -> Array { (0..ROWS).map(f).collect() };
    match (&op.kind, origin) {
        (OpKind::Add { activation }, _) => {
            let sum = pointwise(graph, op, inputs, &|terms| {
                terms.into_iter().fold(0, u64::wrapping_add)
            });
            if *activation {
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
        (OpKind::Pad { .. }, _) => {
            let padding = (0..inputs[0][0].len()).map(|_| mixed([number.into()]));
            vec![padding.collect(), inputs[0][0].clone()]
        }
        (OpKind::Slice { start, end, .. }, _) => {
            rows(&|r| inputs[0][r][*start as usize..*end as usize].to_vec())
        }
        _ => pointwise(graph, op, inputs, &|parts| {
            mixed([number.into()].into_iter().chain(parts))
        }),
    }
}

/// Elements from those at the same place, axes matched from the last one on. An array of one axis stands here as a column.
fn pointwise(graph: &Graph, op: &Op, inputs: &[&Array], of: &dyn Fn(Vec<u64>) -> u64) -> Array {
    let rank = |t: TensorId| {
        let array = graph.tensor(t).array.as_ref();
        array.expect("declared").shape.len()
    };
    let element = |x: &Array, t: TensorId, r: usize, c: usize| match rank(t) {
        1 => x[c % x.len()][0],
        _ => x[r % x.len()][c % x[0].len()],
    };
    let one = |r: usize, c: usize| {
        let reads = op.reads().zip(inputs).map(|(t, x)| element(x, t, r, c));
        of(reads.collect())
    };
    let columns = channels(graph, op.outputs[0]);
    let row = |r| (0..columns).map(|c| one(r, c)).collect();
    (0..ROWS).map(row).collect()
}

fn channels(graph: &Graph, t: TensorId) -> usize {
    let array = graph.tensor(t).array.as_ref().expect("declared");
    array.shape[1].expect("known") as usize
}

/// What each output of an operator holds.
fn results(graph: &Graph, op: &Op, origin: OpOrigin, inputs: &[&Array]) -> Vec<Array> {
    let OpKind::Split { .. } = op.kind else {
        return vec![run(graph, op, origin, inputs)];
    };
    let mut start = 0;
    let outputs = op.outputs.iter().map(|&t| {
        let range = start..start + channels(graph, t);
        start = range.end;
        let rows = inputs[0].iter();
        rows.map(|row| row[range.clone()].to_vec()).collect()
    });
    outputs.collect()
}

pub(super) fn outputs(source: &Graph, rewriting: &Rewriting) -> Vec<Array> {
    let graph = &rewriting.graph;
    let mut arrays: Table<TensorId, Array> = rewriting
        .tensor_origins
        .rows()
        .map(|&origin| given(source, origin))
        .collect();
    for (id, op) in graph.ops().iter() {
        let inputs: Vec<&Array> = op.reads().map(|t| &arrays[t]).collect();
        let results = results(graph, op, rewriting.op_origins[id], &inputs);
        for (&t, result) in op.outputs.iter().zip(results) {
            arrays[t] = result;
        }
    }
    graph.outputs().iter().map(|&t| arrays[t].clone()).collect()
}

#[test]
fn random_graphs_compute_the_same_after_any_choice_of_sites() {
    let mut patches = BTreeMap::<&str, usize>::new();
    for seed in 0..3000 {
        let graph = joined::graph(seed);
        let unchanged = Rewriting::unchanged(graph.clone());
        let expected = outputs(&graph, &unchanged);
        // All sites, then some by their number.
        for mask in [u64::MAX, mixed([seed])] {
            let accept = &mut |_: &_, site: crate::ids::OpId| mask >> (site.0 % 64) & 1 == 1;
            let rewriting = rewrite_where(unchanged.clone(), RULES, accept).expect("valid patches");
            check_rewriting(&graph, &rewriting).unwrap_or_else(|fault| {
                panic!("seed {seed}: {fault}\n{graph}\n{}", rewriting.graph)
            });
            assert_eq!(
                outputs(&graph, &rewriting),
                expected,
                "seed {seed}\n{graph}\n{}",
                rewriting.graph
            );
            for applied in &rewriting.applied {
                *patches.entry(applied.rule).or_default() += 1;
            }
        }
    }
    for rule in RULES {
        let count = patches.get(rule.name()).copied().unwrap_or_default();
        assert!(
            count > 200,
            "only {count} patches by {}: {patches:?}",
            rule.name()
        );
    }
}
