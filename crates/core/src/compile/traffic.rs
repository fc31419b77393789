//! Off-chip traffic: what orders move, and the order that moves least.

mod floor;

use crate::check::{check_order, check_traffic};
use crate::error::Result;
use crate::graph::Graph;
use crate::ids::{Id, OpId};
use crate::limits::{Limits, Meter, StopReason, Stopwatch};
use crate::memory::{Instance, Target, profile};
use crate::plan::{Eviction, Order, Proof};
use crate::schedule::{self, solve};
use crate::traffic::{
    Parts, Problem, Traffic, belady, detached, improve, polish, replay, search, whatever_the_order,
    working_set,
};
use crate::units::Bytes;

use super::{Search, refused};

/// What an order moves between the memory on chip and the one behind it. The referee has recounted it.
#[derive(Clone, Debug)]
pub struct Carried {
    /// `file`, `peak` for the order with the smallest peak, or `traffic` for the one that moves least.
    pub name: &'static str,
    /// The order.
    pub order: Order,
    /// Its peak on the target.
    pub peak: Bytes,
    /// The most that is needed at once of what has been read or written already.
    pub working_set: Bytes,
    /// Whether evictions follow Belady's rule; otherwise the search chose them.
    pub is_belady: bool,
    /// What leaves although it is needed later.
    pub evictions: Vec<Eviction>,
    /// What is moved.
    pub moved: Traffic,
}

/// What came of a graph and a memory.
#[derive(Clone, Debug)]
pub struct OffChip {
    /// The orders: `file`, `peak`, `traffic`.
    pub orders: Vec<Carried>,
    /// No order moves less, whatever is evicted.
    pub bound: Bytes,
    /// Whether the last order moves as little as any can.
    pub proof: Proof,
    /// No order has a smaller working set.
    pub least_working_set: Bytes,
    /// States that the searches expanded.
    pub states: u64,
}

/// Steps from state to state of the exact search over orders and evictions: seconds at most.
const STATES: u64 = 1_500_000;
/// Steps that local improvement may simulate, over all orders that it tries.
const STEPS: u64 = 40_000_000;

/// Looks for the order of `graph` that moves least with `on_chip` bytes, measured by Belady's rule, and exactly where the graph is
/// small; never worse than the order of the file, or the one with the smallest peak.
///
/// # Errors
/// A referee's refusal, which is a bug of lowtide and says so.
pub fn off_chip(
    graph: &Graph,
    target: &Target,
    on_chip: Bytes,
    search: &Search<'_>,
) -> Result<OffChip> {
    let run = Run {
        watch: Stopwatch::start(),
        graph,
        target,
        on_chip,
        problem: Problem::new(graph, on_chip),
        search,
    };
    let (least, fullest, states) = run.least_working_set()?;
    let peak = run.solved(graph)?;
    let file = Order::new(graph.file_order());
    let parts = Parts::new(&run.problem);
    let floor = floor::by_whole(&parts, fullest).max(whatever_the_order(&run.problem));
    let mut best = run.improved([&least, &peak.order, &file], floor);
    let floor = match best.moved.total() <= floor {
        true => floor,
        false => floor.max(run.by_parts(&parts, &best.order)?),
    };
    let mut meter = Meter::start(&run.limits(STATES));
    let (bound, stopped_by) = run.exact(&mut best, floor, &mut meter);
    if best.moved.total() > bound {
        best = run.polished(best, bound);
    }
    let best = run.carried("traffic", best)?;
    let upper = best.moved.total();
    let proof = match bound >= upper {
        true => Proof::Optimal,
        false => Proof::Bounded {
            lower: bound,
            upper,
            stopped_by,
        },
    };
    let orders = [("file", file), ("peak", peak.order)];
    let orders = orders.map(|(name, order)| run.carried(name, run.by_belady(&order)));
    let mut orders = orders.into_iter().collect::<Result<Vec<_>>>()?;
    orders.push(best);
    Ok(OffChip {
        orders,
        bound: bound.min(upper),
        proof,
        least_working_set: fullest,
        states: states + peak.states + meter.spent(),
    })
}

/// An order with its evictions.
struct Plan {
    order: Order,
    evictions: Vec<Eviction>,
    is_belady: bool,
    moved: Traffic,
}

struct Run<'r> {
    watch: Stopwatch,
    graph: &'r Graph,
    target: &'r Target,
    on_chip: Bytes,
    problem: Problem<'r>,
    search: &'r Search<'r>,
}

impl Run<'_> {
    /// What one search may spend, all of them sharing the time.
    fn limits(&self, nodes: u64) -> Limits {
        let limits = self.search.limits.clone();
        Limits {
            nodes: limits.nodes.min(nodes),
            time: limits
                .time
                .map(|time| time.saturating_sub(self.watch.elapsed())),
            gap: 0.0,
            ..limits
        }
    }

    fn solved(&self, graph: &Graph) -> Result<schedule::Schedule> {
        let options = schedule::Options {
            limits: self.limits(u64::MAX),
            switches: self.search.switches,
            observer: self.search.observer,
        };
        let instance = Instance::new(graph, self.target);
        let found = solve(&instance, &options);
        let peak = profile(&instance, &found.order).peak;
        check_order(graph, self.target, &found.order, peak).map_err(refused)?;
        Ok(found)
    }

    /// The order with the smallest working set that was found, what no order's is below, and states.
    fn least_working_set(&self) -> Result<(Order, Bytes, u64)> {
        let detached = detached(self.graph)?;
        let loads = (detached.ops().len() - self.graph.ops().len()) as u32;
        let found = self.solved(&detached)?;
        let own = found.order.ops().iter().filter(|op| op.0 >= loads);
        let order = Order::new(
            own.map(|op| OpId::from_index((op.0 - loads) as usize))
                .collect(),
        );
        Ok((order, found.bound, found.states))
    }

    fn by_belady(&self, order: &Order) -> Plan {
        let (moved, evictions) = belady(&self.problem, order);
        Plan {
            order: order.clone(),
            evictions,
            is_belady: true,
            moved,
        }
    }

    /// The best of some orders and of what small steps make of each; the first of equals.
    fn improved(&self, starts: [&Order; 3], floor: Bytes) -> Plan {
        let enough = floor.saturating_sub(self.problem.compulsory());
        let tries = STEPS / self.graph.ops().len().max(1) as u64;
        let mut meter = Meter::start(&self.limits(tries));
        let mut best = self.by_belady(starts[0]);
        for start in starts {
            if best.moved.total() <= floor {
                break;
            }
            let (order, moved) = improve(&self.problem, start, enough, &mut meter);
            if moved.total() < best.moved.total() {
                best = self.by_belady(&order);
            }
        }
        best
    }

    /// The best that further steps make of `best`, where it is not known to move as little as any order can.
    fn polished(&self, best: Plan, bound: Bytes) -> Plan {
        let enough = bound.saturating_sub(self.problem.compulsory());
        let tries = STEPS / self.graph.ops().len().max(1) as u64;
        let mut meter = Meter::start(&self.limits(tries));
        let (order, moved) = polish(&self.problem, &best.order, enough, &mut meter);
        match moved.total() < best.moved.total() {
            true => self.by_belady(&order),
            false => best,
        }
    }

    /// Puts what the exact search finds in place of `best`, and says what no order is below, and why there may be one.
    fn exact(&self, best: &mut Plan, floor: Bytes, meter: &mut Meter) -> (Bytes, StopReason) {
        if best.moved.total() <= floor {
            return (floor, StopReason::NodeLimit);
        }
        let found = search(&self.problem, None, best.moved.beyond_compulsory(), meter);
        if let Some(found) = found.best {
            *best = Plan {
                moved: replay(&self.problem, &found.order, &found.evictions),
                order: found.order,
                evictions: found.evictions,
                is_belady: false,
            };
        }
        let lower = floor.max(self.problem.compulsory() + found.lower);
        (lower, found.stopped_by.unwrap_or(StopReason::NodeLimit))
    }

    fn carried(&self, name: &'static str, plan: Plan) -> Result<Carried> {
        let peak = profile(&Instance::new(self.graph, self.target), &plan.order).peak;
        let Plan {
            order,
            evictions,
            is_belady,
            moved,
        } = plan;
        check_order(self.graph, self.target, &order, peak).map_err(refused)?;
        check_traffic(self.graph, self.on_chip, &order, &evictions, moved.total())
            .map_err(refused)?;
        Ok(Carried {
            name,
            peak,
            working_set: working_set(self.graph, &order),
            order,
            is_belady,
            evictions,
            moved,
        })
    }
}
