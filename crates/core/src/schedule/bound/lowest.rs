//! The lowest live bytes between two downsets.

use crate::schedule::net::bits::Bits;
use crate::schedule::net::{END, Net, START, Use};

use super::closure::Closure;

/// Finds where `f` is smallest on an interval of the lattice. `f` is submodular (per tensor, "some starter has run" is
/// submodular and "all enders have run" supermodular), so this is a minimum cut. Buffers are kept from use to use.
#[derive(Debug)]
pub(in crate::schedule) struct Valleys {
    closure: Closure,
    /// An operator's item, or `u32::MAX`.
    item: Vec<u32>,
    met: Vec<u32>,
    turn: u32,
}

impl Valleys {
    /// For questions about `net` and nets of its size.
    pub(in crate::schedule) fn new(net: &Net) -> Self {
        Self {
            closure: Closure::default(),
            item: vec![u32::MAX; net.len() as usize],
            met: vec![0; net.size.len()],
            turn: 0,
        }
    }

    /// The minimum of `f(done + S) - f(done)` over all `S` among `ops` that make a downset, and the largest `S` that
    /// reaches it, as flags beside `ops`. `done` and `done + ops` must be downsets.
    ///
    /// With `running`, an operator outside both: the minimum of `T(done + S, running) - f(done)` instead.
    pub(in crate::schedule) fn lowest(
        &mut self,
        net: &Net,
        done: &Bits,
        ops: &[u32],
        running: Option<u32>,
    ) -> (i64, Vec<bool>) {
        self.turn += 1;
        self.closure.reset(ops.len() as u32);
        ops.iter()
            .zip(0..)
            .for_each(|(&op, i)| self.item[op as usize] = i);
        let mut constant = running.map_or(0, |op| net.extra[op as usize] as i64);
        for &op in ops.iter().chain(running.iter()) {
            for &p in net.before(op) {
                if self.item[p as usize] != u32::MAX && Some(op) != running {
                    self.closure
                        .require(self.item[op as usize], self.item[p as usize]);
                }
            }
            for side in [START, END] {
                for &each in net.uses[side].of(op) {
                    let first = std::mem::replace(&mut self.met[each.tensor as usize], self.turn)
                        != self.turn;
                    if first {
                        constant += self.count_start(net, done, each.tensor, running);
                        constant -= self.count_end(net, done, each.tensor, running);
                    }
                }
            }
        }
        let (least, mut chosen) = self.closure.lightest();
        chosen.truncate(ops.len());
        ops.iter().for_each(|&op| self.item[op as usize] = u32::MAX);
        (constant + least, chosen)
    }

    /// What `tensor` costs once one of `ops` starts it; returns what it costs whatever is chosen.
    fn count_start(&mut self, net: &Net, done: &Bits, tensor: u32, running: Option<u32>) -> i64 {
        let starters = net.ends[START].of(tensor);
        let size = net.size[tensor as usize] as i64;
        if starters.iter().any(|&op| done.has(op)) {
            return 0;
        }
        if running.is_some_and(|op| starters.contains(&op)) {
            // Seen at the peak of the running operator, unless it comes later and nobody else brings it before.
            let counts = running.is_some_and(|op| !is_apart(net.uses[START].of(op), tensor));
            return if counts { size } else { 0 };
        }
        let items = starters
            .iter()
            .map(|&op| self.item[op as usize])
            .filter(|&i| i != u32::MAX);
        match items.clone().count() {
            0 => {}
            1 => items.for_each(|i| self.closure.weigh(i, size)),
            _ => {
                let once = self.closure.item(size);
                items.for_each(|i| self.closure.require(i, once));
            }
        }
        0
    }

    /// What ending `tensor` gives back once all that is left of its enders is chosen; returns what it gives whatever
    /// is chosen.
    fn count_end(&mut self, net: &Net, done: &Bits, tensor: u32, running: Option<u32>) -> i64 {
        let enders = net.ends[END].of(tensor);
        let size = net.size[tensor as usize] as i64;
        let gone = |op: u32| running == Some(op) && is_apart(net.uses[END].of(op), tensor);
        let left = enders.iter().filter(|&&op| !done.has(op) && !gone(op));
        let items = left.map(|&op| self.item[op as usize]);
        if enders.is_empty() || items.clone().any(|i| i == u32::MAX) {
            return 0;
        }
        match items.clone().count() {
            0 => return size,
            1 => items.for_each(|i| self.closure.weigh(i, -size)),
            _ => {
                let all = self.closure.item(-size);
                items.for_each(|i| self.closure.require(all, i));
            }
        }
        0
    }
}

fn is_apart(uses: &[Use], tensor: u32) -> bool {
    uses.iter().any(|each| each.tensor == tensor && each.apart)
}
