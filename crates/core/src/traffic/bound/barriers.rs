//! What operators that stream move, whatever the order.

use crate::ids::{Id, OpId, TensorId};
use crate::units::Bytes;

use crate::traffic::Problem;

/// No order moves less in all, as some operators do not fit even alone: each of those reads its inputs from off chip and
/// writes its outputs there, and all else leaves while it runs. What it reads was written, and what it wrote is read again for
/// readers that fit; so is what was read, or written, before it and is read behind it, in every order. Without such
/// operators this is the compulsory traffic.
#[must_use]
pub fn whatever_the_order(problem: &Problem<'_>) -> Bytes {
    let tensors = 0..problem.size.len() as u32;
    moved_by_barriers(problem, &tensors.collect::<Vec<_>>())
        .into_iter()
        .sum()
}

/// For each of `tensors` the bytes that are moved for it in every order, compulsory ones included, because operators stream.
pub(super) fn moved_by_barriers(problem: &Problem<'_>, tensors: &[u32]) -> Vec<Bytes> {
    let barriers = Barriers::new(problem);
    let bytes = tensors.iter().map(|&t| {
        let times = barriers.moves(problem, t);
        Bytes(problem.size[t as usize].saturating_mul(times))
    });
    bytes.collect()
}

/// Operators as bits of a row of words.
type Row = Vec<u64>;

/// What runs before and after what, in every order.
struct Barriers {
    before: Vec<Row>,
    after: Vec<Row>,
    streams: Row,
    readers: Vec<Vec<OpId>>,
}

impl Barriers {
    fn new(problem: &Problem<'_>) -> Self {
        let graph = problem.graph;
        let words = graph.ops().len().div_ceil(64);
        let mut streams = vec![0; words];
        let mut readers = vec![Vec::new(); problem.size.len()];
        for op in graph.ops().ids() {
            if problem.streams(op) {
                mark(&mut streams, op);
            }
            let reads = &problem.reads[op.index()];
            reads.iter().for_each(|&t| readers[t as usize].push(op));
        }
        let none = streams.iter().all(|&word| word == 0);
        let count = if none { 0 } else { graph.ops().len() };
        let mut before = vec![vec![0; words]; count];
        let mut after = before.clone();
        for op in graph.ops().ids().take(count) {
            for &p in graph.topology().predecessors(op) {
                let row = before[p.index()].clone();
                join(&mut before[op.index()], &row, p);
            }
        }
        for op in graph
            .ops()
            .ids()
            .take(count)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
        {
            for &s in graph.topology().successors(op) {
                let row = after[s.index()].clone();
                join(&mut after[op.index()], &row, s);
            }
        }
        Self {
            before,
            after,
            streams,
            readers,
        }
    }

    fn streams(&self, op: OpId) -> bool {
        self.streams[op.index() / 64] >> (op.index() % 64) & 1 == 1
    }

    /// Whether an operator that streams runs between the two in every order.
    fn parts(&self, a: OpId, b: OpId) -> bool {
        if self.before.is_empty() {
            return false;
        }
        let rows = self.after[a.index()].iter().zip(&self.before[b.index()]);
        rows.zip(&self.streams).any(|((x, y), z)| x & y & z != 0)
    }

    /// How often the whole tensor is moved in every order.
    fn moves(&self, problem: &Problem<'_>, t: u32) -> u64 {
        let at = t as usize;
        let producer = problem.graph.topology().producer(TensorId(t));
        let starts_off_chip = problem.fed[at] || producer.is_some_and(|op| self.streams(op));
        let readers = self.readers[at].iter().copied();
        let (streaming, others): (Vec<OpId>, Vec<OpId>) = readers.partition(|&op| self.streams(op));
        let loads = self.loads(producer, starts_off_chip, &others);
        let reads = streaming.len() as u64 + loads;
        let is_copied = problem.wanted[at] || reads > 0;
        let writes = !problem.fed[at] && producer.is_some() && is_copied;
        reads + u64::from(writes)
    }

    /// How often it is loaded for `others`, which do not stream, ascending: the longest row of them with an operator
    /// that streams between each and the next.
    fn loads(&self, producer: Option<OpId>, starts_off_chip: bool, others: &[OpId]) -> u64 {
        let mut most: Vec<u64> = Vec::with_capacity(others.len());
        for &reader in others {
            let from_producer = producer.is_some_and(|op| self.parts(op, reader));
            let first = u64::from(starts_off_chip || from_producer);
            let earlier = others.iter().zip(&most);
            let again = earlier.filter(|&(&op, _)| self.parts(op, reader));
            most.push(again.map(|(_, loads)| loads + 1).fold(first, u64::max));
        }
        most.into_iter().max().unwrap_or(0)
    }
}

fn mark(row: &mut Row, op: OpId) {
    row[op.index() / 64] |= 1 << (op.index() % 64);
}

fn join(row: &mut Row, other: &Row, op: OpId) {
    row.iter_mut().zip(other).for_each(|(a, b)| *a |= b);
    mark(row, op);
}
