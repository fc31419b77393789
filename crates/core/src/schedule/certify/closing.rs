//! Looks for a family of states that no way leaves below a bound.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

use crate::check::{Costs, Moment, Set};
use crate::ids::OpId;
use crate::plan::{Flow, MOST_STATES, State};

use super::cut::{below, lowest};

/// How a state is done with.
#[derive(Default)]
enum Way {
    /// Not yet.
    #[default]
    Open,
    /// By these states, one for each operator that may run.
    Steps(Vec<(OpId, u32)>),
    /// By a state that stands for it.
    Commit(Vec<OpId>, Flow, u32),
}

struct Node {
    moment: Moment,
    /// The state from which this one was found; `u32::MAX` for none.
    parent: u32,
    way: Way,
    /// Whether the family needs it, whatever became of its parents.
    needed: bool,
}

/// Why there is no family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// Some way stays below the bound.
    Way,
    /// It would be too large.
    Long,
}

/// A search at a fixed bound.
pub(super) struct Closing<'c, 'g> {
    costs: &'c Costs<'g>,
    most: usize,
    nodes: Vec<Node>,
    known: HashMap<Set, u32>,
    open: BinaryHeap<(Reverse<i128>, u32)>,
}

const NONE: u32 = u32::MAX;

impl<'c, 'g> Closing<'c, 'g> {
    /// The states behind the first, which is the moment after `start`.
    pub(super) fn family(
        costs: &'c Costs<'g>,
        start: Set,
        most: usize,
    ) -> Result<Vec<State>, Failure> {
        let mut closing = Self {
            costs,
            most: most.min(MOST_STATES),
            nodes: Vec::new(),
            known: HashMap::new(),
            open: BinaryHeap::new(),
        };
        closing.enter(Moment::after(costs, start), NONE)?;
        loop {
            while let Some((_, node)) = closing.open.pop() {
                if closing.is_wanted(node) {
                    closing.expand(node)?;
                }
            }
            let (states, missing) = closing.collect();
            if missing.is_empty() {
                return Ok(states);
            }
            for node in missing {
                closing.nodes[node as usize].needed = true;
                closing
                    .open
                    .push((Reverse(closing.nodes[node as usize].moment.live), node));
            }
        }
    }

    /// The state of this moment, which is opened if it is new.
    fn enter(&mut self, moment: Moment, parent: u32) -> Result<u32, Failure> {
        if let Some(&known) = self.known.get(&moment.done) {
            return Ok(known);
        }
        if moment.ready.is_empty() {
            return Err(Failure::Way);
        }
        if self.nodes.len() >= self.most {
            return Err(Failure::Long);
        }
        let number = self.nodes.len() as u32;
        self.known.insert(moment.done.clone(), number);
        self.open.push((Reverse(moment.live), number));
        self.nodes.push(Node {
            moment,
            parent,
            way: Way::Open,
            needed: false,
        });
        Ok(number)
    }

    /// Whether the state is open, and nothing above it has been committed.
    fn is_wanted(&self, node: u32) -> bool {
        let open = matches!(self.nodes[node as usize].way, Way::Open);
        let committed = |n: &u32| matches!(self.nodes[*n as usize].way, Way::Commit(..));
        open && (self.nodes[node as usize].needed || !self.above(node).any(|n| committed(&n)))
    }

    fn above(&self, node: u32) -> impl Iterator<Item = u32> + '_ {
        let up = |n: u32| Some(self.nodes[n as usize].parent).filter(|&p| p != NONE);
        std::iter::successors(up(node), move |&n| up(n))
    }

    fn expand(&mut self, node: u32) -> Result<(), Failure> {
        let mut steps = Vec::new();
        for op in self.nodes[node as usize].moment.ready.clone() {
            let moment = &self.nodes[node as usize].moment;
            if moment.cost(self.costs, op) >= self.costs.bound {
                continue;
            }
            let child = moment.step(self.costs, op);
            let child = self.enter(child, node)?;
            steps.push((op, child));
            self.look_down(node, child)?;
            if !matches!(self.nodes[node as usize].way, Way::Open) {
                return Ok(());
            }
        }
        self.nodes[node as usize].way = Way::Steps(steps);
        Ok(())
    }

    /// Commits the farthest state above that is no lower than `child`, which was reached from `node`.
    fn look_down(&mut self, node: u32, child: u32) -> Result<(), Failure> {
        let live = self.nodes[child as usize].moment.live;
        let is_higher = |n: &u32| self.nodes[*n as usize].moment.live >= live;
        let chain = std::iter::once(node).chain(self.above(node));
        let Some(top) = chain.filter(is_higher).last() else {
            return Ok(());
        };
        let (low, high) = (
            &self.nodes[top as usize].moment.done,
            &self.nodes[child as usize].moment.done,
        );
        let ops = lowest(self.costs, low, high);
        let mut done = low.clone();
        ops.iter().for_each(|&op| done.insert(op));
        let Some(flow) = below(self.costs, low, &done).filter(|_| !ops.is_empty()) else {
            return Ok(());
        };
        let parent = self.nodes[top as usize].parent;
        let to = self.enter(Moment::after(self.costs, done), parent)?;
        self.nodes[to as usize].needed |= self.nodes[top as usize].needed;
        self.nodes[top as usize].way = Way::Commit(ops, flow, to);
        Ok(())
    }

    /// The states that the first one needs, as the certificate tells them, and those among them that are open.
    fn collect(&self) -> (Vec<State>, Vec<u32>) {
        let mut number = vec![NONE; self.nodes.len()];
        let (mut states, mut missing) = (Vec::new(), Vec::new());
        let mut queue = vec![0u32];
        number[0] = 0;
        while let Some(node) = queue.pop() {
            let from = number[node as usize];
            let mut follow = |to: u32, state: State, always: bool| {
                let new = number[to as usize] == NONE;
                if new || always {
                    states.push(state);
                }
                if new {
                    number[to as usize] = states.len() as u32;
                    queue.push(to);
                }
            };
            match &self.nodes[node as usize].way {
                Way::Open => missing.push(node),
                Way::Steps(steps) => steps
                    .iter()
                    .for_each(|&(op, to)| follow(to, State::Run(from, op), false)),
                Way::Commit(ops, flow, to) => {
                    let (ops, flow) = (ops.clone(), flow.clone());
                    follow(*to, State::Commit { from, ops, flow }, true);
                }
            }
        }
        (states, missing)
    }
}
