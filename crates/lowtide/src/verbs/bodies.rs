//! Bodies of If, Loop and Scan: ordered one by one, before the graph around them.
//!
//! # What a bound inside means outside
//! What an operator needs inside is the most that one of its bodies needs, less what does not depend on an order, and it is live
//! in one step only. So if no order of any of its bodies needs `g` bytes less than the one found, no order of the graph around
//! them needs `g` bytes less than what is proved with the bodies as they are: [`Open`] carries `g` outwards.

use lowtide_core::compile::{Candidate, Compiled, Options, measure, scheduled};
use lowtide_core::graph::Graph;
use lowtide_core::limits::{Limits, StopReason};
use lowtide_core::memory::{Instance, Target};
use lowtide_core::plan::{Order, Proof};
use lowtide_core::schedule::Floor;
use lowtide_core::units::Bytes;
use lowtide_formats::onnx::{Body, Place};

use crate::{Model, Result};

/// A body, and the order found for it.
#[derive(Clone, Debug)]
pub struct OrderedBody {
    /// What messages call it: the attribute and its node.
    pub title: String,
    /// How many operators it has; `None` where it can not be read.
    pub operators: Option<usize>,
    /// What it needs inside; or why that is not counted, and the body stays as it is.
    pub found: Result<Inside, String>,
}

/// What a body needs inside.
#[derive(Clone, Debug)]
pub struct Inside {
    /// In the order of the file.
    pub before: Bytes,
    /// In the order that is written, which is the one found only if that needs less.
    pub after: Bytes,
    /// The order found. Its proof and its bound heed what the bodies inside leave open.
    pub candidate: Candidate,
}

impl Inside {
    /// What its proof leaves open.
    fn open(&self) -> Open {
        let proof = self.candidate.proof;
        Open {
            gap: self.after.saturating_sub(self.candidate.bound),
            stopped_by: proof.and_then(|proof| proof.stopped_by()),
        }
    }
}

/// By how much orders may be better than those found, as far as is proved.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Open {
    /// No order needs less by more than this. Zero where everything is proved.
    gap: Bytes,
    /// Why the search ended; `None` for heuristics.
    stopped_by: Option<StopReason>,
}

impl Open {
    /// The most that one of them leaves open.
    fn widest(all: impl Iterator<Item = Self>) -> Self {
        let wider = |a: Self, b: Self| if b.gap > a.gap { b } else { a };
        all.fold(Self::default(), wider)
    }

    /// Whether anything is left open.
    pub(super) fn is_open(self) -> bool {
        self.gap > Bytes::ZERO
    }

    /// Takes back from `found`, an order of `graph`, what is proved of it only with the bodies in `graph` as they are.
    pub(super) fn heed(self, graph: &Graph, target: &Target, found: &mut Candidate) {
        if !self.is_open() {
            return;
        }
        let floor = Floor::of(&Instance::new(graph, target)).map(|floor| floor.bytes);
        let lower = found.bound.max(floor.unwrap_or_default());
        let lower = lower.min(found.peak).saturating_sub(self.gap);
        let own = found.proof.and_then(|proof| proof.stopped_by());
        // A gap that was asked for and reached may be exceeded now.
        let stopped_by = own
            .filter(|&own| own != StopReason::Gap)
            .or(self.stopped_by);
        let bounded = |stopped_by| Proof::Bounded {
            lower,
            upper: found.peak,
            stopped_by,
        };
        found.proof = found.proof.and(stopped_by).map(bounded);
        found.bound = lower;
    }
}

/// Takes back what is proved of `found` where `model` has bodies and they stay in the order of the file: another order inside
/// could need less.
pub(super) fn left_as_they_are(model: &Model, found: &mut Candidate) {
    if !model.bodies().is_empty() {
        (found.proof, found.bound, found.reason) = (None, Bytes::ZERO, None);
    }
}

/// What came of the bodies of a model.
pub(super) struct Bodies {
    /// The model with those bodies in another order for which one was found that needs less; `None` if there is none.
    pub(super) changed: Option<Model>,
    /// All of them, each behind those inside it.
    pub(super) found: Vec<OrderedBody>,
    /// What they leave open for the graph around them.
    pub(super) open: Open,
    /// What they leave of the limits.
    pub(super) limits: Limits,
}

impl Bodies {
    /// Takes back from `compiled` what is proved only with the bodies as they are.
    pub(super) fn heed(&self, compiled: &mut Compiled, target: &Target) {
        let graph = &compiled.rewriting.graph;
        self.open.heed(graph, target, &mut compiled.chosen);
    }
}

/// Orders the bodies of `model`. What an operator needs inside follows from the order of its bodies: the innermost come first.
/// All together they spend at most half of the limits, each its share of what those before it have left.
///
/// # Errors
/// A referee's refusal, which is a bug.
pub(super) fn ordered(model: &Model, options: &Options<'_>) -> Result<Bodies> {
    let places: Vec<&Place> = model.bodies().iter().map(|body| &body.place).collect();
    let mut found: Vec<Option<OrderedBody>> = vec![None; places.len()];
    let mut purse = Purse::new(&options.search.limits, places.len());
    let mut changed: Option<Model> = None;
    let deepest = places.iter().map(|place| place.depth()).max();
    for depth in (1..=deepest.unwrap_or_default()).rev() {
        let inner = changed.as_ref().unwrap_or(model);
        let mut orders: Vec<(&Place, Order)> = Vec::new();
        // Another order inside a body moves only what is inside it: at this depth and above, numbers stay.
        for index in (0..places.len()).filter(|&index| places[index].depth() == depth) {
            let (old, new) = (&model.bodies()[index], &inner.bodies()[index]);
            let open = left_open(&places, &found, places[index]);
            let body = one((old, new), &purse.options(options), open)?;
            purse.pay(&body);
            if let Some(order) = better(new, &body) {
                orders.push((&new.place, order));
            }
            found[index] = Some(body);
        }
        let orders: Vec<_> = orders
            .iter()
            .map(|(place, order)| (*place, order))
            .collect();
        if !orders.is_empty() {
            changed = Some(inner.with_bodies(&orders)?);
        }
    }
    let open = left_open(&places, &found, &Place::default());
    Ok(Bodies {
        changed,
        found: found.into_iter().flatten().collect(),
        open,
        limits: purse.rest(&options.search.limits),
    })
}

/// What the bodies inside the graph at `outer` leave open. Those further inside are heeded by the ones around them.
fn left_open(places: &[&Place], found: &[Option<OrderedBody>], outer: &Place) -> Open {
    let inside = places.iter().zip(found);
    let inside = inside.filter(|(place, _)| place.is_inside(outer));
    let known = inside.filter_map(|(_, body)| body.as_ref()?.found.as_ref().ok());
    Open::widest(known.map(Inside::open))
}

/// What bodies may spend.
struct Purse {
    left: Limits,
    to_come: u32,
    spent: u64,
}

impl Purse {
    fn new(limits: &Limits, bodies: usize) -> Self {
        Self {
            left: limits.part(2),
            to_come: bodies as u32,
            spent: 0,
        }
    }

    /// For the next body. Inside a body every target counts the same, and a gap asked for is one of the whole.
    fn options<'a>(&self, options: &Options<'a>) -> Options<'a> {
        let mut options = Options {
            rules: &[],
            choice: None,
            deployment: None,
            target: Target::TFLM,
            ..options.clone()
        };
        options.search.limits = Limits {
            gap: 0.0,
            ..self.left.part(self.to_come)
        };
        options
    }

    fn pay(&mut self, body: &OrderedBody) {
        let states = body
            .found
            .as_ref()
            .map_or(0, |found| found.candidate.states);
        self.left.nodes = self.left.nodes.saturating_sub(states);
        self.spent += states;
        self.to_come -= 1;
    }

    /// What is left of `limits`.
    fn rest(self, limits: &Limits) -> Limits {
        Limits {
            nodes: limits.nodes.saturating_sub(self.spent),
            ..limits.clone()
        }
    }
}

/// The order of one body: first as the file has it, then with the bodies inside it in their new orders, which leave `open` what may
/// be better.
fn one((old, new): (&Body, &Body), options: &Options<'_>, open: Open) -> Result<OrderedBody> {
    let found = match (&old.graph, &new.graph) {
        (Ok(old), Ok(new)) => {
            let (mut candidate, _) = scheduled(new, options)?;
            let floor = Floor::of(&Instance::new(new, &options.target));
            let floor = floor.map_or(Bytes::ZERO, |floor| floor.bytes);
            candidate.bound = candidate.bound.max(floor);
            open.heed(new, &options.target, &mut candidate);
            Ok(Inside {
                before: measure(old, &options.target).peak,
                after: candidate.peak.min(measure(new, &options.target).peak),
                candidate,
            })
        }
        (Err(error), _) | (_, Err(error)) => Err(error.to_string()),
    };
    Ok(OrderedBody {
        title: old.title.clone(),
        operators: old.graph.as_ref().ok().map(|graph| graph.ops().len()),
        found,
    })
}

/// The order found, if it needs less than the one in the file.
fn better(body: &Body, ordered: &OrderedBody) -> Option<Order> {
    let (graph, found) = (body.graph.as_ref().ok()?, ordered.found.as_ref().ok()?);
    let is_better = found.candidate.peak < measure(graph, &Target::TFLM).peak;
    is_better.then(|| found.candidate.order.clone())
}
