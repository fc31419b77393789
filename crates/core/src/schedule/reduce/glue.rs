//! Gluing: two operators that some best order runs back to back become one.
//!
//! Statement. Let `v` be the first successor of `u` (every other successor of `u` is a descendant of `v`), let running
//! `u` never lower `f`, and let `T(D, u) <= T(D + u, v)` for every `D` after which both may run. Then some optimal
//! order runs `u` immediately before `v`.
//!
//! Proof. Take any order and move `u` down to just before `v`. It stays valid, as nothing between needs `u`. What is
//! live during the steps between does not grow: each was taken with `u` in the downset and is now taken without it,
//! and adding `u` to a downset never lowers `f` (for an operator that stands for several, apply this to each downset
//! on its way). The step of `u` itself now costs at most the step of `v` behind it, which has not changed.
//!
//! The mirror image (`v` the last predecessor of `u`, running `u` never raises `f`, run `u` immediately after `v`) is
//! the same statement about the reversed net and the same code: side `d` below says which way we look.
//!
//! An operator that writes over either of several inputs peaks now before and now after its step: nothing is glued to it.
//!
//! Since the pair peaks where `v` peaks, it is again one operator with one peak: what `u` frees is *apart* from it
//! (gone before), what `u` makes is there. This is the reduction that Liu (1987) calls combining a segment for trees,
//! for DAGs, restricted to pairs that can be seen without search.

use crate::schedule::net::{Draft, END, Reach, START, Use};
use crate::schedule::{Switch, Switches};

use super::lean::lean_tensor;

/// Glues until nothing changes, if gluing is on. Returns whether anything did.
///
/// `reach` must be that of the draft before the first gluing. It stays exact for what is left: a glued pair keeps the
/// number of `v`, and as `v` is the first successor of `u`, ancestors and descendants of the pair are those of `v`
/// (apart from `u`, which is gone).
pub(in crate::schedule) fn glue(draft: &mut Draft, reach: &Reach, switches: Switches) -> bool {
    let mut glue = Glue {
        met: vec![0; draft.ops.len()],
        turn: 0,
        draft,
        reach,
        switches,
    };
    let mut changed = false;
    while [START, END].map(|d| glue.sweep(d)).contains(&true) {
        changed = true;
    }
    changed
}

struct Glue<'a> {
    draft: &'a mut Draft,
    reach: &'a Reach,
    switches: Switches,
    /// When an operator was met last, in turns.
    met: Vec<u32>,
    turn: u32,
}

impl Glue<'_> {
    /// Looks at every operator once, in an order in which chains collapse in one sweep.
    fn sweep(&mut self, d: usize) -> bool {
        let ops = self.draft.ops.len() as u32;
        let mut changed = false;
        for i in 0..ops {
            let u = if d == START { i } else { ops - 1 - i };
            if self.draft.into[u as usize] != u {
                continue;
            }
            if let Some(v) = self.first_next(u, d)
                && !self.draft.ops[v as usize].either
                && self.never_lowers(u, d)
                && self.peaks_no_later(u, v, d)
            {
                if !self.switches.ask(Switch::Glue) {
                    return false;
                }
                self.merge(u, v, d);
                changed = true;
            }
        }
        changed
    }

    /// The next operator on side `d` that all other next ones come after.
    fn first_next(&mut self, u: u32, d: usize) -> Option<u32> {
        let mut next = std::mem::take(&mut self.draft.ops[u as usize].links[d]);
        self.turn += 1;
        // Each once, and not itself.
        self.met[u as usize] = self.turn;
        next.retain_mut(|o| {
            *o = self.draft.root(*o);
            std::mem::replace(&mut self.met[*o as usize], self.turn) != self.turn
        });
        let all = next.iter().copied();
        let first = if d == START { all.min() } else { all.max() };
        let found = first.filter(|&v| next.iter().all(|&o| o == v || self.precedes(v, o, d)));
        self.draft.ops[u as usize].links[d] = next;
        found
    }

    fn precedes(&self, first: u32, second: u32, d: usize) -> bool {
        if d == START {
            self.reach.precedes(first, second)
        } else {
            self.reach.precedes(second, first)
        }
    }

    /// Bytes of the uses of `op` on `side` that `pick` chooses; `surely` leaves out those that others may share.
    fn sum(&self, op: u32, side: usize, surely: bool, pick: impl Fn(&Use) -> bool) -> u64 {
        let uses = self.draft.ops[op as usize].uses[side]
            .iter()
            .filter(|each| pick(each));
        let tensors = uses.map(|each| &self.draft.tensors[each.tensor as usize]);
        tensors
            .filter(|t| !surely || t.ends[side].len() == 1)
            .map(|t| t.size)
            .sum()
    }

    fn never_lowers(&self, u: u32, d: usize) -> bool {
        self.sum(u, d, true, |_| true) >= self.sum(u, 1 - d, false, |_| true)
    }

    /// `T(D, u) <= T(D + u, v)`, both sides less `f(D)` and what they have in common.
    fn peaks_no_later(&self, u: u32, v: u32, d: usize) -> bool {
        let (extra_u, extra_v) = (
            self.draft.ops[u as usize].extra,
            self.draft.ops[v as usize].extra,
        );
        let first = extra_u
            + self.sum(u, 1 - d, false, |each| !each.apart)
            + self.sum(v, 1 - d, false, |each| each.apart);
        let second = extra_v
            + self.sum(u, d, true, |each| each.apart)
            + self.sum(v, d, true, |each| !each.apart);
        first <= second
    }

    /// Puts `u` into `v`.
    fn merge(&mut self, u: u32, v: u32, d: usize) {
        let gone = std::mem::take(&mut self.draft.ops[u as usize]);
        self.draft.into[u as usize] = v;
        for (side, apart) in [(d, false), (1 - d, true)] {
            for each in &gone.uses[side] {
                self.take_over(u, v, side, Use { apart, ..*each });
            }
        }
        let pair = &mut self.draft.ops[v as usize];
        pair.links[d].extend(&gone.links[d]);
        pair.links[1 - d].extend(&gone.links[1 - d]);
        if d == START {
            let later = std::mem::replace(&mut pair.members, gone.members);
            pair.members.extend(later);
        } else {
            pair.members.extend(gone.members);
        }
        for each in &gone.uses[d] {
            self.settle(v, each.tensor, d);
        }
        // Readers that come before the pair were no readers before `v`, so only what `u` read can have changed.
        for each in &gone.uses[END] {
            lean_tensor(self.draft, self.reach, each.tensor);
        }
    }

    /// A use of `u` becomes one of the pair. Where both start a tensor it is there at the peak; where both end it, it
    /// goes when `v` lets it go.
    fn take_over(&mut self, u: u32, v: u32, side: usize, each: Use) {
        let ends = &mut self.draft.tensors[each.tensor as usize].ends[side];
        let uses = &mut self.draft.ops[v as usize].uses[side];
        // Lists of ends are short, those of uses of what stands for thousands are not.
        if ends.contains(&v) {
            ends.retain(|&op| op != u);
            let both = uses.iter_mut().find(|known| known.tensor == each.tensor);
            both.into_iter().for_each(|both| both.apart &= each.apart);
        } else {
            ends.iter_mut()
                .filter(|op| **op == u)
                .for_each(|op| *op = v);
            uses.push(each);
        }
    }

    /// A tensor that the pair both starts and ends: inside it alone if nobody else touches it; otherwise the others on
    /// one side come in between, and the pair does not count on that side.
    fn settle(&mut self, v: u32, tensor: u32, d: usize) {
        if !self.draft.tensors[tensor as usize].ends[1 - d].contains(&v) {
            return;
        }
        let there = self.draft.ops[v as usize].uses[1 - d]
            .iter()
            .find(|each| each.tensor == tensor)
            .copied();
        let Some(there) = there else { return };
        let DraftEnds {
            alone_starts,
            alone_ends,
        } = self.alone(tensor, d);
        if alone_starts && alone_ends {
            let size = self.draft.tensors[tensor as usize].size;
            self.draft.ops[v as usize].extra += if there.apart { 0 } else { size };
        }
        for (side, drop) in [(d, alone_ends), (1 - d, alone_starts)] {
            if drop {
                self.draft.ops[v as usize].uses[side].retain(|each| each.tensor != tensor);
                self.draft.tensors[tensor as usize].ends[side].retain(|&op| op != v);
            }
        }
    }

    fn alone(&self, tensor: u32, d: usize) -> DraftEnds {
        let ends = &self.draft.tensors[tensor as usize].ends;
        DraftEnds {
            alone_starts: ends[d].len() == 1,
            alone_ends: ends[1 - d].len() == 1,
        }
    }
}

/// Whether the pair is the only one on either side of a tensor, seen along the direction of gluing.
struct DraftEnds {
    alone_starts: bool,
    alone_ends: bool,
}
