//! Random wirings.

use fastrand::Rng;

use crate::graph::Graph;
use crate::ids::TensorId;

use super::Wire;

/// Layers of `width` operators; each reads one to three tensors of the layer before, sometimes of the one before that.
/// Sizes are 1 to 64.
#[must_use]
pub fn layered(width: usize, ops: usize, seed: u64) -> Graph {
    let mut rng = Rng::with_seed(seed);
    let mut wire = Wire::new(format!("layered-{width}-{ops}-{seed}"));
    let mut before: Vec<TensorId> = vec![wire.input(rng.u64(1..=64))];
    let mut last = before.clone();
    let mut made = 0;
    while made + 1 < ops {
        let count = width.min(ops - 1 - made);
        let mut reads: Vec<Vec<TensorId>> = (0..count)
            .map(|_| {
                let pick = |rng: &mut Rng| {
                    let from = if rng.u8(..10) == 0 { &before } else { &last };
                    from[rng.usize(..from.len())]
                };
                let mut list: Vec<TensorId> =
                    (0..rng.usize(1..=3)).map(|_| pick(&mut rng)).collect();
                list.sort_unstable();
                list.dedup();
                list
            })
            .collect();
        // Everyone in the layer before is read.
        for &t in &last {
            if !reads.iter().any(|list| list.contains(&t)) {
                reads[rng.usize(..count)].push(t);
            }
        }
        let layer = reads
            .iter()
            .map(|list| wire.op("op", list, rng.u64(1..=64)))
            .collect();
        before = std::mem::replace(&mut last, layer);
        made += count;
    }
    let end = wire.op("end", &last, 1);
    wire.done(&[end])
}

/// A nested series-parallel network of about `ops` operators; sizes are 1 to 64. Branches join by one operator.
#[must_use]
pub fn series_parallel(ops: usize, seed: u64) -> Graph {
    let mut rng = Rng::with_seed(seed);
    let mut wire = Wire::new(format!("series-parallel-{ops}-{seed}"));
    let input = wire.input(rng.u64(1..=64));
    let end = block(&mut wire, &mut rng, ops, input);
    wire.done(&[end])
}

fn block(wire: &mut Wire, rng: &mut Rng, ops: usize, from: TensorId) -> TensorId {
    if ops <= 2 {
        return (0..ops.max(1)).fold(from, |at, _| wire.op("op", &[at], rng.u64(1..=64)));
    }
    if rng.bool() {
        let first = rng.usize(1..ops);
        let middle = block(wire, rng, first, from);
        return block(wire, rng, ops - first, middle);
    }
    let fork = wire.op("fork", &[from], rng.u64(1..=64));
    let branches = rng.usize(2..=4).min(ops - 1);
    let mut left = ops - 2;
    let mut ends = Vec::new();
    for branch in 0..branches {
        let share = if branch + 1 == branches {
            left
        } else {
            rng.usize(0..=left)
        };
        left -= share;
        ends.push(block(wire, rng, share, fork));
    }
    ends.sort_unstable();
    ends.dedup();
    wire.op("join", &ends, rng.u64(1..=64))
}

/// A random tree whose edges point to its root; sizes are 1 to 64.
#[must_use]
pub fn in_tree(ops: usize, seed: u64) -> Graph {
    let mut rng = Rng::with_seed(seed);
    let mut wire = Wire::new(format!("in-tree-{ops}-{seed}"));
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); ops];
    (1..ops).for_each(|v| children[rng.usize(v.saturating_sub(12)..v)].push(v));
    let mut outputs: Vec<Option<TensorId>> = vec![None; ops];
    for v in (0..ops).rev() {
        let reads: Vec<TensorId> = children[v].iter().filter_map(|&c| outputs[c]).collect();
        outputs[v] = Some(wire.op("op", &reads, rng.u64(1..=64)));
    }
    let root = outputs[0].into_iter().collect::<Vec<_>>();
    wire.done(&root)
}

/// One stage of a randomly wired network, one operator of unit size a node: a ring of `n` nodes with `k` neighbours
/// each, rewired with probability `p` (Watts and Strogatz 1998; Xie et al. 2019 for its use).
#[must_use]
pub fn watts_strogatz(n: usize, k: usize, p: f64, seed: u64) -> Graph {
    let mut rng = Rng::with_seed(seed);
    let mut edges: Vec<(usize, usize)> = Vec::new();
    let joined = |edges: &[(usize, usize)], a: usize, b: usize| {
        edges.contains(&(a, b)) || edges.contains(&(b, a))
    };
    for step in 1..=k / 2 {
        for v in 0..n {
            edges.push((v, (v + step) % n));
        }
    }
    for at in 0..edges.len() {
        if rng.f64() < p {
            let from = edges[at].0;
            let to = rng.usize(..n);
            if to != from && !joined(&edges, from, to) {
                edges[at] = (from, to);
            }
        }
    }
    stage(format!("watts-strogatz-{n}-{k}-{p}-{seed}"), n, &edges)
}

/// As [`watts_strogatz`], each pair joined with probability `p` (Erdős and Rényi 1959).
#[must_use]
pub fn erdos_renyi(n: usize, p: f64, seed: u64) -> Graph {
    let mut rng = Rng::with_seed(seed);
    let mut edges = Vec::new();
    for a in 0..n {
        edges.extend((a + 1..n).filter(|_| rng.f64() < p).map(|b| (a, b)));
    }
    stage(format!("erdos-renyi-{n}-{p}-{seed}"), n, &edges)
}

/// As [`watts_strogatz`], each new node joined to `m` earlier ones, the better connected the likelier (Barabási and
/// Albert 1999).
#[must_use]
pub fn barabasi_albert(n: usize, m: usize, seed: u64) -> Graph {
    let mut rng = Rng::with_seed(seed);
    let mut edges: Vec<(usize, usize)> = Vec::new();
    let mut ends: Vec<usize> = (0..m).collect();
    for v in m..n {
        let mut chosen: Vec<usize> = Vec::new();
        while chosen.len() < m {
            let u = ends[rng.usize(..ends.len())];
            if !chosen.contains(&u) {
                chosen.push(u);
            }
        }
        edges.extend(chosen.iter().map(|&u| (u, v)));
        ends.extend(chosen);
        ends.extend(std::iter::repeat_n(v, m));
    }
    stage(format!("barabasi-albert-{n}-{m}-{seed}"), n, &edges)
}

/// Nodes with edges from lower to higher numbers, an input before all sources and an output behind all sinks.
fn stage(name: String, n: usize, edges: &[(usize, usize)]) -> Graph {
    let mut wire = Wire::new(name);
    let mut reads: Vec<Vec<usize>> = vec![Vec::new(); n];
    let mut is_read = vec![false; n];
    for &(a, b) in edges {
        reads[a.max(b)].push(a.min(b));
        is_read[a.min(b)] = true;
    }
    let input = wire.input(1);
    let mut outputs: Vec<TensorId> = Vec::with_capacity(n);
    for list in &mut reads {
        list.sort_unstable();
        list.dedup();
        let mut from: Vec<TensorId> = list.iter().map(|&u| outputs[u]).collect();
        if from.is_empty() {
            from.push(input);
        }
        outputs.push(wire.op("node", &from, 1));
    }
    let sinks: Vec<TensorId> = (0..n)
        .filter(|&v| !is_read[v])
        .map(|v| outputs[v])
        .collect();
    let end = wire.op("mean", &sinks, 1);
    wire.done(&[end])
}
