//! The lightest closed set: a minimum cut.

use std::collections::VecDeque;

/// Chooses among items so that whatever a chosen one requires is chosen too, at the smallest total weight, by maximum
/// flow (Picard 1976; Dinic 1970 for the flow). Buffers are kept from use to use.
#[derive(Debug, Default)]
pub(in crate::schedule) struct Closure {
    arcs: Vec<Arc>,
    first: Vec<u32>,
    weights: Vec<i64>,
    depth: Vec<u32>,
    current: Vec<u32>,
    queue: VecDeque<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Arc {
    to: u32,
    room: i64,
    next: u32,
}

const NONE: u32 = u32::MAX;
const PLENTY: i64 = i64::MAX / 4;

impl Closure {
    /// Starts anew with `items` items of weight zero.
    pub(in crate::schedule) fn reset(&mut self, items: u32) {
        self.arcs.clear();
        self.weights.clear();
        self.weights.resize(items as usize, 0);
        self.first.clear();
        self.first.resize(items as usize, NONE);
    }

    /// Adds an item of this weight.
    pub(in crate::schedule) fn item(&mut self, weight: i64) -> u32 {
        self.weights.push(weight);
        self.first.push(NONE);
        self.first.len() as u32 - 1
    }

    /// Makes an item heavier, or lighter.
    pub(in crate::schedule) fn weigh(&mut self, item: u32, weight: i64) {
        self.weights[item as usize] += weight;
    }

    /// Choosing `item` forces choosing `needed`.
    pub(in crate::schedule) fn require(&mut self, item: u32, needed: u32) {
        self.arc(item, needed, PLENTY);
    }

    fn arc(&mut self, from: u32, to: u32, room: i64) {
        for (from, to, room) in [(from, to, room), (to, from, 0)] {
            self.arcs.push(Arc {
                to,
                room,
                next: self.first[from as usize],
            });
            self.first[from as usize] = self.arcs.len() as u32 - 1;
        }
    }

    /// The smallest total weight, and per item whether the largest choice of that weight has it.
    pub(in crate::schedule) fn lightest(&mut self) -> (i64, Vec<bool>) {
        let items = self.weights.len() as u32;
        let (source, sink) = (self.item(0), self.item(0));
        let mut gain = 0;
        for item in 0..items {
            match self.weights[item as usize] {
                0 => {}
                w if w < 0 => {
                    gain -= w;
                    self.arc(source, item, -w);
                }
                w => self.arc(item, sink, w),
            }
        }
        let mut flow = 0;
        while self.layer(source, sink) {
            self.current.clone_from(&self.first);
            while let pushed @ 1.. = self.push(source, sink) {
                flow += pushed;
            }
        }
        (flow - gain, self.largest(items, sink))
    }

    /// After [`Closure::lightest`]: per item whether the smallest choice of that weight has it.
    pub(in crate::schedule) fn smallest(&self) -> Vec<bool> {
        let items = self.weights.len() - 2;
        let met = self.depth[..items].iter().map(|&depth| depth != NONE);
        met.collect()
    }

    /// After [`Closure::lightest`]: what flows along requirements, from an item to what it needs.
    pub(in crate::schedule) fn carried(&self) -> impl Iterator<Item = (u32, u32, i64)> + '_ {
        let items = self.weights.len() as u32 - 2;
        let arcs = self.arcs.chunks_exact(2).map(|pair| match *pair {
            [forth, back] => (back.to, forth.to, back.room),
            _ => (0, 0, 0),
        });
        arcs.filter(move |&(from, to, bytes)| from < items && to < items && bytes > 0)
    }

    /// Breadth-first depths from the source along arcs with room; whether the sink is reached.
    fn layer(&mut self, source: u32, sink: u32) -> bool {
        self.depth.clear();
        self.depth.resize(self.first.len(), NONE);
        self.depth[source as usize] = 0;
        self.queue.clear();
        self.queue.push_back(source);
        while let Some(at) = self.queue.pop_front() {
            let mut arc = self.first[at as usize];
            while arc != NONE {
                let Arc { to, room, next } = self.arcs[arc as usize];
                if room > 0 && self.depth[to as usize] == NONE {
                    self.depth[to as usize] = self.depth[at as usize] + 1;
                    self.queue.push_back(to);
                }
                arc = next;
            }
        }
        self.depth[sink as usize] != NONE
    }

    /// One augmenting path along the layers, found without recursion; what it carried, 0 if there is none.
    fn push(&mut self, source: u32, sink: u32) -> i64 {
        let mut path: Vec<u32> = Vec::new();
        let mut at = source;
        while at != sink {
            let arc = self.current[at as usize];
            if arc == NONE {
                // A dead end: step back and never come here again in this phase.
                let Some(last) = path.pop() else { return 0 };
                at = self.arcs[last as usize ^ 1].to;
                self.current[at as usize] = self.arcs[last as usize].next;
                continue;
            }
            let Arc { to, room, next } = self.arcs[arc as usize];
            if room > 0 && self.depth[to as usize] == self.depth[at as usize] + 1 {
                path.push(arc);
                at = to;
            } else {
                self.current[at as usize] = next;
            }
        }
        let carried = path
            .iter()
            .map(|&arc| self.arcs[arc as usize].room)
            .min()
            .unwrap_or(0);
        for arc in path {
            self.arcs[arc as usize].room -= carried;
            self.arcs[arc as usize ^ 1].room += carried;
        }
        carried
    }

    /// The complement of what can still reach the sink.
    fn largest(&mut self, items: u32, sink: u32) -> Vec<bool> {
        let mut reaches = vec![false; self.first.len()];
        reaches[sink as usize] = true;
        self.queue.clear();
        self.queue.push_back(sink);
        while let Some(at) = self.queue.pop_front() {
            let mut arc = self.first[at as usize];
            while arc != NONE {
                let Arc { to, next, .. } = self.arcs[arc as usize];
                if self.arcs[arc as usize ^ 1].room > 0 && !reaches[to as usize] {
                    reaches[to as usize] = true;
                    self.queue.push_back(to);
                }
                arc = next;
            }
        }
        reaches.truncate(items as usize);
        reaches.iter().map(|&r| !r).collect()
    }
}
