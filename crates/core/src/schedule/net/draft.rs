//! A problem under construction or reduction: lists that can change.

use crate::ids::Id;
use crate::memory::{InPlace, Instance};

use super::{END, Net, Parts, Reach, Rows, START, Use};

/// An operator of a [`Draft`].
#[derive(Clone, Debug, Default)]
pub(in crate::schedule) struct DraftOp {
    /// Bytes inside it alone, at its peak.
    pub(in crate::schedule) extra: u64,
    /// Outputs and inputs.
    pub(in crate::schedule) uses: [Vec<Use>; 2],
    /// Successors and predecessors; entries may have been merged into others.
    pub(in crate::schedule) links: [Vec<u32>; 2],
    /// What it stands for, in running order; empty once merged into another.
    pub(in crate::schedule) members: Vec<u32>,
    /// Whether its output can be written over either of several inputs: they are all apart, and where more than one ends here
    /// the sum is below what was there before, so that [`Net::weigh`] has to look at that too.
    pub(in crate::schedule) either: bool,
}

/// A tensor of a [`Draft`].
#[derive(Clone, Debug, Default)]
pub(in crate::schedule) struct DraftTensor {
    /// Its bytes.
    pub(in crate::schedule) size: u64,
    /// Starters and enders, without repetition.
    pub(in crate::schedule) ends: [Vec<u32>; 2],
}

/// A problem that can change. Operators are numbered topologically.
#[derive(Clone, Debug, Default)]
pub(in crate::schedule) struct Draft {
    /// Bytes that are live throughout.
    pub(in crate::schedule) base: u64,
    /// All operators, merged ones too.
    pub(in crate::schedule) ops: Vec<DraftOp>,
    /// All tensors; one without starter and ender in use is dead.
    pub(in crate::schedule) tensors: Vec<DraftTensor>,
    /// Where each operator went: itself, or what it was merged into.
    pub(in crate::schedule) into: Vec<u32>,
}

impl Draft {
    /// What `instance` asks, operators numbered as in the file.
    pub(in crate::schedule) fn from_instance(instance: &Instance<'_>) -> Self {
        let (ops, topology) = (instance.ops(), instance.topology());
        let mut draft = Self::with_ops(ops);
        draft.base = instance.base().get();
        let mut place = vec![u32::MAX; instance.graph().tensors().len()];
        for tensor in instance.tensors() {
            place[tensor.id.index()] = draft.tensors.len() as u32;
            let readers = tensor.readers.iter().map(|op| op.0);
            let ends = [
                tensor.producer.iter().map(|op| op.0).collect(),
                if tensor.to_end {
                    Vec::new()
                } else {
                    readers.collect()
                },
            ];
            draft.add_tensor(tensor.bytes.get(), ends, tensor.to_end);
        }
        for id in instance.graph().ops().ids() {
            let op = &mut draft.ops[id.index()];
            op.links[START].extend(topology.successors(id).iter().map(|op| op.0));
            op.links[END].extend(topology.predecessors(id).iter().map(|op| op.0));
        }
        for InPlace { op, over, .. } in instance.in_place() {
            let op = &mut draft.ops[op.index()];
            op.either = over.len() > 1;
            for tensor in over.iter().map(|t| place[t.index()]) {
                let mut ends = op.uses[END].iter_mut();
                ends.find(|each| each.tensor == tensor)
                    .into_iter()
                    .for_each(|each| each.apart = true);
            }
        }
        draft
    }

    /// A draft of `ops` operators that stand for themselves and touch nothing.
    pub(in crate::schedule) fn with_ops(ops: usize) -> Self {
        let op = |v: u32| DraftOp {
            members: vec![v],
            ..DraftOp::default()
        };
        Self {
            ops: (0..ops as u32).map(op).collect(),
            into: (0..ops as u32).collect(),
            ..Self::default()
        }
    }

    /// Adds a tensor. One that nobody ends and that is not kept lives during its starter's run alone.
    pub(in crate::schedule) fn add_tensor(&mut self, size: u64, ends: [Vec<u32>; 2], kept: bool) {
        match (&ends[START][..], &ends[END][..]) {
            ([], []) => self.base += size,
            (&[starter], []) if !kept => self.ops[starter as usize].extra += size,
            _ => {
                let tensor = self.tensors.len() as u32;
                for side in [START, END] {
                    for &op in &ends[side] {
                        self.ops[op as usize].uses[side].push(Use {
                            tensor,
                            apart: false,
                        });
                    }
                }
                self.tensors.push(DraftTensor { size, ends });
            }
        }
    }

    /// What `op` was merged into, itself if it was not.
    pub(in crate::schedule) fn root(&mut self, op: u32) -> u32 {
        let mut at = op;
        while self.into[at as usize] != at {
            let up = self.into[self.into[at as usize] as usize];
            self.into[at as usize] = up;
            at = up;
        }
        at
    }

    /// The ancestors of every operator as things stand.
    pub(in crate::schedule) fn reach(&self) -> Reach {
        Reach::new(self.ops.len(), |op| &self.ops[op as usize].links[END])
    }

    /// The flat form, and the members of each of its operators. `reach` must be that of this draft before merging.
    pub(in crate::schedule) fn seal(mut self, reach: &Reach) -> (Net, Rows<u32>) {
        let all = self.ops.len() as u32;
        let alive: Vec<u32> = (0..all).filter(|&v| self.into[v as usize] == v).collect();
        let mut number = vec![u32::MAX; all as usize];
        alive
            .iter()
            .zip(0..)
            .for_each(|(&v, i)| number[v as usize] = i);
        let links = self.reduced_links(&alive, reach, &number);
        let named: Vec<bool> = self
            .tensors
            .iter()
            .map(|t| t.size > 0 && !(t.ends[START].is_empty() && t.ends[END].is_empty()))
            .collect();
        let mut place = vec![u32::MAX; named.len()];
        (0..)
            .zip((0..named.len()).filter(|&t| named[t]))
            .for_each(|(i, t)| place[t] = i);
        let tensors: Vec<&DraftTensor> = self
            .tensors
            .iter()
            .zip(&named)
            .filter(|&(_, &n)| n)
            .map(|(t, _)| t)
            .collect();
        let uses = |side: usize| {
            let of = |&v: &u32| self.ops[v as usize].uses[side].iter();
            Rows::from_lists(alive.iter().map(|v| {
                of(v)
                    .filter(|each| named[each.tensor as usize])
                    .map(|each| Use {
                        tensor: place[each.tensor as usize],
                        ..*each
                    })
            }))
        };
        let ends = |side: usize| {
            Rows::from_lists(
                tensors
                    .iter()
                    .map(|t| t.ends[side].iter().map(|&op| number[op as usize])),
            )
        };
        let parts = Parts {
            base: self.base,
            extra: alive.iter().map(|&v| self.ops[v as usize].extra).collect(),
            uses: [uses(START), uses(END)],
            links,
            size: tensors.iter().map(|t| t.size).collect(),
            ends: [ends(START), ends(END)],
            either: alive.iter().map(|&v| self.ops[v as usize].either).collect(),
        };
        let members = Rows::from_lists(
            alive
                .iter()
                .map(|&v| self.ops[v as usize].members.iter().copied()),
        );
        (parts.seal(), members)
    }

    /// Edges among the living, without those that follow from others.
    fn reduced_links(&mut self, alive: &[u32], reach: &Reach, number: &[u32]) -> [Rows<u32>; 2] {
        let mut before: Vec<Vec<u32>> = Vec::with_capacity(alive.len());
        for &v in alive {
            let raw = std::mem::take(&mut self.ops[v as usize].links[END]);
            let mut list: Vec<u32> = raw
                .into_iter()
                .map(|p| self.root(p))
                .filter(|&p| p != v)
                .collect();
            list.sort_unstable();
            list.dedup();
            let follows = |&p: &u32| list.iter().any(|&q| q > p && reach.precedes(p, q));
            before.push(
                list.iter()
                    .filter(|&p| !follows(p))
                    .map(|&p| number[p as usize])
                    .collect(),
            );
        }
        let mut after: Vec<Vec<u32>> = vec![Vec::new(); alive.len()];
        for (v, list) in before.iter().enumerate() {
            list.iter().for_each(|&p| after[p as usize].push(v as u32));
        }
        [
            Rows::from_lists(after.into_iter()),
            Rows::from_lists(before.into_iter()),
        ]
    }
}
