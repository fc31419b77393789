//! Where the two directions meet.

use crate::schedule::net::Net;
use crate::schedule::net::bits::Bits;

use super::search::Search;
use super::store::Node;

impl Search<'_> {
    /// A search from the other end, on the reversed net, whose states can be compared with those of this one.
    pub(in crate::schedule) fn facing<'m>(&self, reversed: &'m Net) -> Search<'m> {
        let keys = self.keys.iter().rev().copied().collect();
        Search::with_keys(reversed, self.level, self.switches, keys)
    }

    /// An order through a downset that both this search and the one that faces it have reached, if there is a new one.
    /// Its peak is at most the level of both.
    pub(in crate::schedule) fn meet(&mut self, facing: &Search<'_>) -> Option<Vec<u32>> {
        let all = self.keys.iter().fold(0, |hash, key| hash ^ key);
        let last = self.net.len();
        while self.compared < self.store.len() {
            let state = self.compared;
            self.compared += 1;
            if !self.store.get(state).stands || !facing.store.has(all ^ self.store.get(state).hash)
            {
                continue;
            }
            let mut rest = std::mem::take(&mut self.child);
            self.store.load(state, &mut rest);
            let left = (0..last)
                .filter(|&op| !rest.done.has(op))
                .map(|op| last - 1 - op);
            let mut far = Node {
                done: Bits::new(last),
                hash: all ^ rest.hash,
                ..Node::default()
            };
            left.for_each(|op| far.done.insert(op));
            self.child = rest;
            if let Some(end) = facing.store.find(&far) {
                let mut order = self.store.history(state);
                order.extend(
                    facing
                        .store
                        .history(end)
                        .iter()
                        .rev()
                        .map(|&op| last - 1 - op),
                );
                return Some(order);
            }
        }
        None
    }
}
