//! Jumps: which operators to run next, and with what.
//!
//! Operators that free nothing need not run before what they are run for. Let a tensor with several enders be *shared*,
//! and its end a *shared end*. An operator is *calm* if it never lowers `f` but by a shared end, and if what is inside it at its peak,
//! what it holds there beyond what it leaves, is no more than any operator rises at whose end it can wait (`Calm`).
//!
//! Statement. Let the end be reachable from `D` at `k`. Then it is reachable at `k` by an order that begins with a *jump*: an
//! operator `c` that is not calm or makes some shared tensors `K` end, preceded by exactly what has to run before that, the
//! ancestors of `c` and the other enders of `K` with their ancestors, all of it calm and without a shared end, in any valid order.
//!
//! Proof. Take an order from `D`, let `c_1, c_2, ...` be its operators that are not calm or make shared tensors `K_i` end, `A_i`
//! the downset after `c_i`, and `S_i` the union of `S_(i-1)`, `c_i`, the enders of `K_i` and all ancestors of these, `S_0 = D`.
//! Run `S_1`, then what `S_2` adds, and so on, `c_i` always last. `S_i` is in `A_i`, so between `S_(i-1)` and `S_i - c_i` the same
//! shared tensors have ended as at `A_i - c_i`, and what `A_i - c_i` has beyond such an `X` is calm: `f(X) <= f(A_i - c_i)`. So
//! `T(S_i - c_i, c_i) <= T(A_i - c_i, c_i)`, as `f` with whatever `c_i` starts grows in the same way and the same tensors end. A calm `x` on
//! the way costs at most `f(X + x)` and what is inside it, so at most `f(A_i - c_i)` and what `c_i` rises by, which is
//! `T(A_i - c_i, c_i)` at most. What is left behind the last `c_i` cannot be: an operator that never has to run before another's
//! end is not taken for calm. It holds from every `D`, so it goes together with commits, which replace states by others.
//!
//! The cost of what runs before a calm operator and of itself bounds the cost of every jump over it, so that looking for jumps
//! stops where the level is passed. Only as the last of a jump it may cost less, where a shared tensor that ends is gone at its peak.
//!
//! Read backwards, a tensor has one ender, and nothing here is shared: there it takes the free moves to say the same.

mod calm;
mod share;
mod tally;

use crate::schedule::net::bits::Bits;
use crate::schedule::net::{END, Net};
use crate::schedule::{Switch, Switches};

use super::store::Node;
use calm::calm;
use share::Left;
use tally::{Tally, Walked};

/// A way on from a state.
#[derive(Clone, Copy, Debug)]
pub(super) struct Jump {
    /// Its largest `T`.
    pub(super) cost: u64,
    /// What is live behind it.
    pub(super) live: u64,
    from: u32,
    to: u32,
}

/// What is known of an operator while jumps from one state are looked for.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    /// The search that it was seen in.
    turn: u32,
    /// Predecessors that are still missing.
    missing: u32,
    /// Whether others may run it on their way.
    passable: bool,
    /// What has to run for it, itself last.
    from: u32,
    to: u32,
}

/// Looks for jumps. Buffers are kept from state to state.
#[derive(Debug, Default)]
pub(super) struct Jumps {
    calm: Vec<bool>,
    done: Bits,
    seen: Vec<Seen>,
    met: Vec<u32>,
    needed: Vec<u32>,
    left: Vec<Left>,
    tally: Tally,
    turn: u32,
    meeting: u32,
    lists: Vec<u32>,
    ends: Vec<u32>,
    queue: Vec<u32>,
    /// Operators that could run next and would lower the live bytes, or leave them.
    pub(super) falling: Vec<u32>,
    /// The jumps from the last state asked about, up to the level.
    pub(super) found: Vec<Jump>,
    /// The least cost above the level, or more than any.
    pub(super) later: u64,
}

impl Jumps {
    /// For searches of `net`; where nothing is calm, or nothing taken for it, every jump is a step.
    pub(super) fn new(net: &Net, switches: Switches) -> Self {
        let ops = net.len() as usize;
        let mut calm = calm(net);
        if calm.contains(&true) && !switches.ask(Switch::Jumps) {
            calm.fill(false);
        }
        Self {
            calm,
            done: Bits::new(net.len()),
            seen: vec![Seen::default(); ops],
            met: vec![0; ops],
            needed: vec![0; ops],
            left: vec![Left::default(); net.size.len()],
            tally: Tally::new(net),
            turn: 0,
            meeting: 0,
            lists: Vec::new(),
            ends: Vec::new(),
            queue: Vec::new(),
            falling: Vec::new(),
            found: Vec::new(),
            later: u64::MAX,
        }
    }

    /// The operators of a jump, in order.
    pub(super) fn ops(&self, jump: Jump) -> &[u32] {
        &self.lists[jump.from as usize..jump.to as usize]
    }

    /// Bytes taken.
    pub(super) fn memory(&self) -> u64 {
        let lists = self.lists.capacity() + self.met.capacity() + self.needed.capacity();
        (self.seen.capacity() * size_of::<Seen>()) as u64
            + (self.left.capacity() * size_of::<Left>()) as u64
            + 4 * lists as u64
            + self.tally.memory()
    }

    /// Finds the jumps from a state, up to `level`.
    pub(super) fn find(&mut self, net: &Net, state: &Node, level: u64) {
        self.turn += 1;
        self.later = u64::MAX;
        self.found.clear();
        self.lists.clear();
        self.ends.clear();
        self.falling.clear();
        self.tally.restart();
        self.done.words_mut().copy_from_slice(state.done.words());
        let mut queue = std::mem::take(&mut self.queue);
        queue.clone_from(&state.ready);
        let mut at = 0;
        while at < queue.len() {
            let op = queue[at];
            at += 1;
            if !self.look(net, state.live, op, level) {
                continue;
            }
            for &next in net.next(op) {
                let seen = &mut self.seen[next as usize];
                if seen.turn != self.turn {
                    let before = net.before(next).iter();
                    let missing = before.filter(|&&p| !self.done.has(p)).count() as u32;
                    *seen = Seen {
                        turn: self.turn,
                        missing,
                        ..Seen::default()
                    };
                }
                seen.missing -= 1;
                if seen.missing == 0 {
                    queue.push(next);
                }
            }
        }
        self.queue = queue;
        for at in 0..self.ends.len() {
            self.share(net, state.live, self.ends[at], level);
        }
    }

    /// Looks at the jump that ends with `op`, all that it needs being passable. Whether `op` is passable too.
    fn look(&mut self, net: &Net, live: u64, op: u32, level: u64) -> bool {
        let start = self.lists.len();
        self.gather(net, op);
        self.seen[op as usize] = Seen {
            turn: self.turn,
            ..Seen::default()
        };
        let walked = self.run(net, live, start, level);
        if self.lists.len() == start + 1 && walked.live <= live {
            self.falling.push(op);
        }
        if !walked.whole {
            self.lists.truncate(start);
            return false;
        }
        let (from, to) = (start as u32, self.lists.len() as u32);
        let fits = walked.cost <= level;
        let passable = fits && self.calm[op as usize] && !walked.ends;
        self.seen[op as usize] = Seen {
            turn: self.turn,
            missing: 0,
            passable,
            from,
            to,
        };
        if fits || net.shared(END, op).iter().any(|each| each.apart) {
            self.ends.push(op);
        }
        if fits && !passable {
            self.add(start, &walked);
        }
        passable
    }

    /// Appends what has to run for `op`, itself last.
    fn gather(&mut self, net: &Net, op: u32) {
        self.meeting += 1;
        for &before in net.before(op) {
            if !self.done.has(before) {
                self.append(before);
            }
        }
        self.lists.push(op);
    }

    /// Appends what has to run for `op`, seen before, but what has been met already.
    fn append(&mut self, op: u32) {
        let Seen { from, to, .. } = self.seen[op as usize];
        for at in from..to {
            let op = self.lists[at as usize];
            if std::mem::replace(&mut self.met[op as usize], self.meeting) != self.meeting {
                self.lists.push(op);
            }
        }
    }

    /// Walks along the list that begins at `from`, until the level is passed or a shared tensor ends.
    fn run(&mut self, net: &Net, live: u64, from: usize, level: u64) -> Walked {
        let list = &self.lists[from..];
        let walked = self.tally.walk(net, &self.done, live, list, level);
        if walked.cost > level {
            self.later = self.later.min(walked.cost);
        }
        walked
    }

    /// The list that begins at `from` is a jump.
    fn add(&mut self, from: usize, walked: &Walked) {
        self.found.push(Jump {
            cost: walked.cost,
            live: walked.live,
            from: from as u32,
            to: self.lists.len() as u32,
        });
    }

    /// Whether others may run `op` on their way.
    fn can_pass(&self, op: u32) -> bool {
        let seen = self.seen[op as usize];
        seen.turn == self.turn && seen.passable
    }
}
