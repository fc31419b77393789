//! One direction of the search.
//!
//! The level `k` is the smallest peak that is still possible. States reachable at cost `k` or less are expanded; a
//! child above `k` waits. When nothing is open any more, no order has a peak of `k`, and `k` rises to the smallest
//! waiting cost: this is best-first search on the peak, and the level is a lower bound whenever one stops.
//!
//! **Free moves.** If `f(D + u) <= f(D)` and `T(D, u) <= k`, run `u` at once. It is a commit of one operator:
//! from any path out of `D`, uniting every downset on it with `u` gives one out of `D + u` that costs no more.
//!
//! What happens at valleys is in `commit`, what happens where two directions meet in `meet`.

use crate::limits::{Meter, StopReason};
use crate::schedule::Switches;
use crate::schedule::bound::Valleys;
use crate::schedule::net::Net;
use crate::schedule::net::bits::Bits;

use super::jump::Jumps;
use super::queue::Queue;
use super::store::{NONE, Node, Store};

/// Words that one turn may write down: wide problems, whose states are large, pause earlier.
const TURN_WORDS: usize = 1 << 17;

/// How a search stands after a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::schedule) enum Outcome {
    /// An order whose peak is the level: optimal.
    Found(Vec<u32>),
    /// The level passed the bar: no order is better than what is known.
    Hopeless,
    /// The share of states was used up.
    Paused,
}

/// A search forward through a net.
pub(in crate::schedule) struct Search<'n> {
    pub(super) net: &'n Net,
    pub(super) switches: Switches,
    pub(super) keys: Vec<u64>,
    pub(super) store: Store,
    pub(super) valleys: Valleys,
    pub(super) level: u64,
    pub(super) open: Queue,
    waiting: Queue,
    jumps: Jumps,
    parent: Node,
    pub(super) child: Node,
    /// Operators that may be free for the child, among others.
    pub(super) maybe: Vec<u32>,
    pub(super) goal: Option<u32>,
    /// The state that stands for the beginning.
    pub(super) root: u32,
    /// States below this one have been compared with the other direction.
    pub(super) compared: u32,
}

impl<'n> Search<'n> {
    /// A search that takes for granted that no order has a peak below `level`.
    pub(in crate::schedule) fn new(net: &'n Net, level: u64, switches: Switches) -> Self {
        let keys = (1..=u64::from(net.len())).map(scatter).collect();
        Self::with_keys(net, level, switches, keys)
    }

    pub(super) fn with_keys(net: &'n Net, level: u64, switches: Switches, keys: Vec<u64>) -> Self {
        let node = Node {
            done: Bits::new(net.len()),
            ..Node::default()
        };
        let mut search = Self {
            net,
            switches,
            keys,
            store: Store::new(net.len()),
            valleys: Valleys::new(net),
            level: level.max(net.live_at_start()),
            open: Queue::default(),
            waiting: Queue::default(),
            jumps: Jumps::new(net, switches),
            parent: node.clone(),
            child: node,
            maybe: Vec::new(),
            goal: None,
            root: 0,
            compared: 0,
        };
        search.child.live = net.live_at_start();
        search.child.ready = (0..net.len())
            .filter(|&v| net.before(v).is_empty())
            .collect();
        search.look_at_all();
        search.close();
        search.enter(NONE);
        search
    }

    /// The lower bound so far.
    pub(in crate::schedule) fn level(&self) -> u64 {
        self.level
    }

    /// Bytes taken.
    pub(in crate::schedule) fn memory(&self) -> u64 {
        self.store.memory() + self.jumps.memory() + self.open.memory() + self.waiting.memory()
    }

    /// Raises the level to a bound proved elsewhere.
    pub(in crate::schedule) fn raise(&mut self, level: u64) {
        if level > self.level {
            self.level = level;
            self.wake();
        }
    }

    /// Goes on for up to `states` states, or until the level reaches `bar`.
    ///
    /// # Errors
    /// The reason to stop, once the meter says so.
    pub(in crate::schedule) fn run(
        &mut self,
        bar: u64,
        states: u64,
        meter: &mut Meter,
    ) -> Result<Outcome, StopReason> {
        let most = self.store.written() + TURN_WORDS;
        for _ in 0..states {
            if self.store.written() > most {
                break;
            }
            if self.level >= bar {
                return Ok(Outcome::Hopeless);
            }
            if let Some(goal) = self.goal {
                return Ok(Outcome::Found(self.store.history(goal)));
            }
            match self.open.pop() {
                Some(state) if self.store.get(state).stands => {
                    meter.tick()?;
                    self.expand(state);
                }
                Some(_) => {}
                None => match self.waiting.key() {
                    // Nothing open and nothing waiting: every state is a dead end, which no finite level is.
                    None => return Ok(Outcome::Hopeless),
                    Some(cost) => self.raise(cost),
                },
            }
        }
        Ok(Outcome::Paused)
    }

    /// Searches until the beginning has been committed to a state with `low` live bytes, for up to `states` states.
    /// The way there, hill by hill, each as low as can be.
    pub(in crate::schedule) fn descend(&mut self, low: u64, states: u64) -> Option<Vec<u32>> {
        let mut left = states;
        while self.store.get(self.root).live > low {
            match self.open.pop() {
                Some(state) if self.store.get(state).stands => {
                    left = left.checked_sub(1)?;
                    self.expand(state);
                }
                Some(_) => {}
                None => {
                    let cost = self.waiting.key()?;
                    self.raise(cost);
                }
            }
        }
        Some(self.store.history(self.root))
    }

    /// Opens what waited for the level.
    fn wake(&mut self) {
        while self.waiting.key().is_some_and(|cost| cost <= self.level) {
            let Some(state) = self.waiting.pop() else {
                break;
            };
            let known = self.store.get(state);
            if known.stands {
                self.open.push(known.live, state);
            }
        }
    }

    /// Makes the children that the level allows and that have not been made.
    fn expand(&mut self, state: u32) {
        let mut parent = std::mem::take(&mut self.parent);
        self.store.load(state, &mut parent);
        let made = self.store.make(state, self.level);
        let mut jumps = std::mem::take(&mut self.jumps);
        jumps.find(self.net, &parent, self.level);
        for &jump in &jumps.found {
            if made.is_none_or(|made| jump.cost > made) {
                self.copy(&parent, &jumps.falling);
                jumps.ops(jump).iter().for_each(|&op| self.step(op));
                self.child.live = jump.live;
                self.close();
                self.enter(state);
                if !self.store.get(state).stands || self.goal.is_some() {
                    break;
                }
            }
        }
        if jumps.later < u64::MAX && self.store.get(state).stands {
            self.waiting.push(jumps.later, state);
        }
        self.jumps = jumps;
        self.parent = parent;
    }
}

/// A well-mixed key per operator (the finaliser of SplitMix64, Steele et al. 2014).
fn scatter(n: u64) -> u64 {
    let mut z = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
