//! Parts of a graph that are scheduled one by one.

use std::ops::Range;

use crate::ids::{Id, OpId, Table, TensorId};
use crate::memory::{Instance, LiveTensor};
use crate::units::Bytes;

/// A stretch of the file order, operators numbered from 0, with all that their order can change.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    first: usize,
    /// Live before the first step, and through all steps unless a reader here frees it.
    pub(super) carried: Bytes,
    /// One entry an operator.
    pub(super) nodes: Vec<Node>,
    /// Tensors that some operator of this part is the last to read.
    pub(super) tensors: Vec<Row>,
}

/// An operator of a part.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    /// Operators of the part that must run before.
    pub(super) before: Vec<u32>,
    /// Operators of the part that must run after.
    pub(super) after: Vec<u32>,
    /// Bytes that come to life when it runs.
    pub(super) written: Bytes,
    /// Bytes of these that nobody reads.
    pub(super) dropped: Bytes,
    /// The [`Segment::tensors`] it reads.
    pub(super) reads: Vec<u32>,
    /// Those of them over which it can write in place.
    pub(super) over: Vec<u32>,
}

/// A tensor that dies within a part.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) bytes: Bytes,
    /// Its readers within the part; all others have run before.
    pub(super) readers: Vec<u32>,
}

impl Segment {
    /// Cuts the graph behind every single-node cut, or leaves it whole.
    pub(super) fn split(instance: &Instance<'_>, cut: bool) -> Vec<Self> {
        let ops = instance.ops();
        if ops == 0 {
            return Vec::new();
        }
        let mut ends: Vec<usize> = match cut {
            true => cuts(instance).into_iter().map(|op| op + 1).collect(),
            false => Vec::new(),
        };
        if ends.last() != Some(&ops) {
            ends.push(ops);
        }
        let mut segments = Vec::with_capacity(ends.len());
        let mut first = 0;
        for &end in &ends {
            segments.push(Self::precedences(instance, first..end));
            first = end;
        }
        let part = |op: OpId| ends.partition_point(|&end| end <= op.index());
        let mut over: Table<TensorId, Vec<OpId>> =
            Table::filled(Vec::new(), instance.graph().tensors().len());
        for place in instance.in_place() {
            place.over.iter().for_each(|&t| over[t].push(place.op));
        }
        for tensor in instance.tensors() {
            account(&mut segments, &part, tensor, &over[tensor.id]);
        }
        segments
    }

    fn precedences(instance: &Instance<'_>, range: Range<usize>) -> Self {
        let topology = instance.topology();
        let local = |ops: &[OpId]| -> Vec<u32> {
            let inside = ops.iter().filter(|op| range.contains(&op.index()));
            inside.map(|op| op.0 - range.start as u32).collect()
        };
        let node = |op: usize| Node {
            before: local(topology.predecessors(OpId::from_index(op))),
            after: local(topology.successors(OpId::from_index(op))),
            ..Node::default()
        };
        Self {
            first: range.start,
            carried: instance.base(),
            nodes: range.clone().map(node).collect(),
            tensors: Vec::new(),
        }
    }

    /// The operators, as a stretch of the file order.
    pub(super) fn ops(&self) -> Range<usize> {
        self.first..self.first + self.nodes.len()
    }

    /// The operator of this number.
    pub(super) fn op(&self, number: u32) -> OpId {
        OpId::from_index(self.first + number as usize)
    }

    fn number(&self, op: OpId) -> u32 {
        op.0 - self.first as u32
    }
}

/// Books a tensor where it comes to life, where it is carried through, and where it dies; operators of `over` can write over it.
fn account(
    segments: &mut [Segment],
    part: &dyn Fn(OpId) -> usize,
    tensor: &LiveTensor<'_>,
    over: &[OpId],
) {
    let readers = &*tensor.readers;
    let mut carried_from = 0;
    if let Some(op) = tensor.producer {
        carried_from = part(op) + 1;
        let segment = &mut segments[carried_from - 1];
        let node = segment.number(op) as usize;
        segment.nodes[node].written += tensor.bytes;
        if readers.is_empty() && !tensor.to_end {
            segment.nodes[node].dropped += tensor.bytes;
        }
    }
    let last = match readers.last() {
        _ if tensor.to_end => segments.len(),
        Some(&op) => part(op),
        None => return,
    };
    let carried_to = (last + 1).min(segments.len());
    for segment in segments.iter_mut().take(carried_to).skip(carried_from) {
        segment.carried += tensor.bytes;
    }
    let Some(segment) = segments.get_mut(last) else {
        return;
    };
    let row = segment.tensors.len() as u32;
    let here = readers.iter().filter(|&&op| part(op) == last);
    let readers: Vec<u32> = here.map(|&op| segment.number(op)).collect();
    for &reader in &readers {
        segment.nodes[reader as usize].reads.push(row);
    }
    for &op in over.iter().filter(|&&op| part(op) == last) {
        let node = segment.number(op) as usize;
        segment.nodes[node].over.push(row);
    }
    let bytes = tensor.bytes;
    segment.tensors.push(Row { bytes, readers });
}

/// Operators, as places in the file order, at which all others have run or have yet to run whatever the order, and
/// across which only tensors of their own are carried (but for graph outputs that are done).
///
/// All before `v` in the file are ancestors of `v` if each has a successor up to `v`; all behind are descendants if
/// each has a predecessor from `v` on: follow the successors and predecessors to `v`.
fn cuts(instance: &Instance<'_>) -> Vec<usize> {
    let topology = instance.topology();
    let ops = instance.ops();
    let all = || (0..ops).map(OpId::from_index);
    // furthest[v]: no operator before v has to wait longer than this for its first successor.
    let mut furthest = vec![0; ops];
    let mut latest = 0;
    for op in all() {
        furthest[op.index()] = latest;
        let next = topology.successors(op).first();
        latest = latest.max(next.map_or(usize::MAX, |next| next.index()));
    }
    let mut earliest = usize::MAX;
    let mut found = Vec::new();
    let bypassed = bypassed(instance);
    for op in all().rev() {
        let v = op.index();
        if furthest[v] <= v && earliest >= v && !bypassed[v] {
            found.push(v);
        }
        // An operator that waits for nobody descends from nobody: no cut lies before it.
        let Some(previous) = topology.predecessors(op).last() else {
            break;
        };
        earliest = earliest.min(previous.index());
    }
    found.reverse();
    found
}

/// Whether a tensor that another operator wrote, or that is there from the start, is read behind this operator.
fn bypassed(instance: &Instance<'_>) -> Vec<bool> {
    let ops = instance.ops();
    let mut change = vec![0i64; ops + 1];
    for tensor in instance.tensors() {
        let first = tensor.producer.map_or(0, |op| op.index() + 1);
        if let Some(last) = tensor.readers.last().filter(|op| op.index() > first) {
            change[first] += 1;
            change[last.index()] -= 1;
        }
    }
    let mut across = 0;
    let counts = change[..ops].iter().map(|step| {
        across += step;
        across > 0
    });
    counts.collect()
}
