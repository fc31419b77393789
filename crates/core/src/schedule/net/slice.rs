//! Parts of a net: what remains between two downsets is an ordinary problem.

use super::bits::Bits;
use super::{Draft, END, Net, START, Use};

/// Cuts parts out of one net, reusing its tables.
pub(in crate::schedule) struct Slicer<'n> {
    net: &'n Net,
    /// An operator's number in the part, or `u32::MAX`.
    local: Vec<u32>,
    /// The part in which a tensor was last met, to meet it once.
    met: Vec<u32>,
    part: u32,
}

impl<'n> Slicer<'n> {
    pub(in crate::schedule) fn new(net: &'n Net) -> Self {
        Self {
            net,
            local: vec![u32::MAX; net.len() as usize],
            met: vec![0; net.size.len()],
            part: 0,
        }
    }

    /// The problem of running `ops` (ascending) after `done`, where `live` is `f(done)`; both `done` and
    /// `done + ops` must be downsets. What comes in is live from the beginning, what goes out to the end.
    ///
    /// Only for nets whose tensors have one starter at most.
    pub(in crate::schedule) fn cut(&mut self, done: &Bits, live: u64, ops: &[u32]) -> Draft {
        self.part += 1;
        ops.iter()
            .zip(0..)
            .for_each(|(&op, i)| self.local[op as usize] = i);
        let mut draft = Draft::with_ops(ops.len());
        let mut passing = live;
        for (op, i) in ops.iter().copied().zip(0u32..) {
            let node = &mut draft.ops[i as usize];
            node.members.fill(op);
            node.extra = self.net.extra[op as usize];
            node.either = self.net.either[op as usize];
            for side in [START, END] {
                let inner = self.net.links[side]
                    .of(op)
                    .iter()
                    .map(|&o| self.local[o as usize]);
                node.links[side] = inner.filter(|&o| o != u32::MAX).collect();
            }
        }
        for &op in ops {
            for side in [START, END] {
                for &each in self.net.uses[side].of(op) {
                    passing -= self.add(&mut draft, done, each.tensor);
                }
            }
        }
        draft.base = passing;
        ops.iter()
            .for_each(|&op| self.local[op as usize] = u32::MAX);
        draft
    }

    /// Adds a tensor that the part touches; what it had of the live bytes before is returned.
    fn add(&mut self, draft: &mut Draft, done: &Bits, tensor: u32) -> u64 {
        if std::mem::replace(&mut self.met[tensor as usize], self.part) == self.part {
            return 0;
        }
        let inside = |op: &u32| self.local[*op as usize] != u32::MAX;
        let (starters, enders) = (
            self.net.ends[START].of(tensor),
            self.net.ends[END].of(tensor),
        );
        let starter = starters.iter().copied().find(|&op| !done.has(op));
        let leaves = enders.is_empty() || enders.iter().any(|op| !inside(op) && !done.has(*op));
        if starter.is_none() && leaves {
            return 0;
        }
        let enders: Vec<u32> = if leaves {
            Vec::new()
        } else {
            enders.iter().copied().filter(inside).collect()
        };
        let place = draft.tensors.len() as u32;
        for (side, list) in [(START, starter.as_slice()), (END, &enders[..])] {
            for &op in list {
                let known = self.net.uses[side]
                    .of(op)
                    .iter()
                    .find(|each| each.tensor == tensor);
                let apart = known.is_some_and(|each| each.apart);
                draft.ops[self.local[op as usize] as usize].uses[side].push(Use {
                    tensor: place,
                    apart,
                });
            }
        }
        let size = self.net.size[tensor as usize];
        let local = |list: &[u32]| list.iter().map(|&op| self.local[op as usize]).collect();
        let ends = [local(starter.as_slice()), local(&enders)];
        draft.tensors.push(super::DraftTensor { size, ends });
        if starter.is_none() { size } else { 0 }
    }
}
