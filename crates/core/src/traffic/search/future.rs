//! What a state still has to move, at least: the search looks at states by their cost and this.
//!
//! Only operators that stream count here. Each reads its inputs from off chip; all that is on chip when it runs leaves, and
//! what is read by an operator behind it is read again. Every byte is counted for one tensor, so the sum is moved in any case.

use super::space::{Space, State, bits};

/// An operator that streams, as one tensor sees it: none of its own readers.
struct Barrier {
    op: u128,
    /// Readers of the tensor that run before it in every order, and do not stream.
    before: u128,
    /// Readers of the tensor that run behind it in every order, and do not stream.
    behind: u128,
    /// Whether the tensor is written before it in every order.
    is_after_producer: bool,
}

/// The tensors as operators that stream concern them.
pub(super) struct Future {
    tensors: Vec<Tensor>,
}

struct Tensor {
    size: u64,
    /// Whether its first reading, or writing, is compulsory.
    fed: bool,
    free: bool,
    producer: u128,
    producer_streams: bool,
    streaming: u128,
    others: u128,
    barriers: Vec<Barrier>,
}

impl Future {
    pub(super) fn new(space: &Space) -> Self {
        let after = descendants(space);
        let streams: Vec<usize> = (0..space.before.len())
            .filter(|&op| space.streams[op])
            .collect();
        let all = streams.iter().fold(0, |set, &op| set | 1u128 << op);
        let tensors = (0..space.size.len()).filter(|_| all != 0).map(|t| {
            let producer = (0..space.writes.len()).find(|&op| space.writes[op] >> t & 1 == 1);
            let others = space.readers[t] & !all;
            let barriers = streams.iter().map(|&op| {
                let ancestor = |r: &usize| after[*r] >> op & 1 == 1;
                let before = bits(others)
                    .filter(ancestor)
                    .fold(0, |set, r| set | 1u128 << r);
                Barrier {
                    op: 1u128 << op,
                    before,
                    behind: others & after[op],
                    is_after_producer: producer.is_none_or(|p| after[p] >> op & 1 == 1),
                }
            });
            Tensor {
                size: space.size[t],
                fed: space.fed >> t & 1 == 1,
                free: (space.fed | space.wanted) >> t & 1 == 1,
                producer: producer.map_or(0, |p| 1u128 << p),
                producer_streams: producer.is_some_and(|p| space.streams[p]),
                streaming: space.readers[t] & all,
                others,
                barriers: barriers.filter(|barrier| barrier.behind != 0).collect(),
            }
        });
        Self {
            tensors: tensors.collect(),
        }
    }

    /// Bytes beyond the compulsory that every way from `state` to the end moves.
    pub(super) fn least(&self, state: State) -> u64 {
        let tensors = self.tensors.iter().enumerate();
        let bytes = tensors.map(|(t, tensor)| tensor.size.saturating_mul(tensor.moves(t, state)));
        bytes.fold(0, u64::saturating_add)
    }
}

impl Tensor {
    /// How often the tensor `t` is still moved as a whole, beyond the compulsory.
    fn moves(&self, t: usize, state: State) -> u64 {
        let left = !state.done;
        let (streaming, others) = (self.streaming & left, self.others & left);
        if streaming | others == 0 {
            return 0;
        }
        let is_written = self.producer & left == 0;
        let is_held = state.held >> t & 1 == 1;
        let starts_on_chip = is_held || !is_written && !self.producer_streams;
        // What is on chip leaves at a barrier that is still to come, and what is not there is read for whoever reads it.
        let reloads = match starts_on_chip {
            true => u64::from(self.barriers.iter().any(|b| b.holds(left, is_written))),
            false if others == 0 => 0,
            false => 1 + u64::from(self.barriers.iter().any(|b| b.parts(left))),
        };
        let reads = u64::from(streaming.count_ones()) + reloads;
        let has_copy = self.free || is_written && !is_held || state.copied >> t & 1 == 1;
        let writes = u64::from(!has_copy && (reads > 0 || self.producer_streams));
        let is_first = self.fed && (self.streaming | self.others) & state.done == 0;
        reads.saturating_sub(u64::from(is_first)) + writes
    }
}

impl Barrier {
    /// Whether what is on chip now, or will be when it is written, is evicted by it and read again.
    fn holds(&self, left: u128, is_written: bool) -> bool {
        let is_before = is_written || self.is_after_producer;
        self.op & left != 0 && is_before && self.behind & left != 0
    }

    /// Whether it comes between two readers of the tensor.
    fn parts(&self, left: u128) -> bool {
        self.op & left != 0 && self.before & left != 0 && self.behind & left != 0
    }
}

/// For each operator those that run after it in every order.
fn descendants(space: &Space) -> Vec<u128> {
    let mut after = vec![0u128; space.before.len()];
    for op in (0..after.len()).rev() {
        let reached = after[op] | 1u128 << op;
        bits(space.before[op]).for_each(|p| after[p] |= reached);
    }
    after
}
