//! Bodies of If, Loop and Scan: ordered one by one, before the graph around them.
//!
//! # What a bound inside means outside
//! What an operator needs inside is the most that one of its bodies needs, less what does not depend on an order, and it is live
//! in one step only. So if no order of any of its bodies needs `g` bytes less than the one found, no order of the graph around
//! them needs `g` bytes less than what is proved with the bodies as they are: [`Open`] carries `g` outwards.

mod open;
mod purse;

use lowtide_core::compile::{Candidate, Options, measure, scheduled};
use lowtide_core::graph::Graph;
use lowtide_core::limits::Limits;
use lowtide_core::memory::{Instance, Target};
use lowtide_core::plan::Order;
use lowtide_core::schedule::Floor;
use lowtide_core::units::Bytes;
use lowtide_formats::onnx::{Body, Place};

use crate::{Model, Result};

use open::Open;
use purse::Purse;

/// A body, and the order found for it.
#[derive(Clone, Debug)]
pub struct OrderedBody {
    /// What messages call it: the attribute and its node.
    pub title: String,
    /// How many operators it has; `None` where it can not be read.
    pub operators: Option<usize>,
    /// How many bodies inside it are not counted.
    pub uncounted: usize,
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

/// What became of the bodies of a model.
#[derive(Clone, Debug)]
pub struct OrderedBodies {
    /// All of them, each behind those inside it.
    pub all: Vec<OrderedBody>,
    /// Whether it is not proved of all of them that they can not need less.
    pub is_open: bool,
    /// Whether some stand in another order than in the file.
    pub has_changed: bool,
}

impl OrderedBodies {
    /// How many need something inside that is not counted. Bounds hold all the same, peaks may be higher.
    #[must_use]
    pub fn uncounted(&self) -> usize {
        self.all.iter().filter(|body| body.found.is_err()).count()
    }

    /// What no order of `graph` needs less than, of which `found` is the best one known, whatever the orders of the bodies.
    #[must_use]
    pub fn bound(&self, graph: &Graph, target: &Target, found: &Candidate) -> Bytes {
        if self.is_open {
            return found.bound;
        }
        let floor = Floor::of(&Instance::new(graph, target));
        let floor = floor.map_or(Bytes::ZERO, |floor| floor.bytes);
        found.bound.max(floor)
    }
}

/// A model after its bodies were ordered.
pub(super) struct Bodies {
    /// The model with those bodies in another order for which one was found that needs less; `None` if there is none.
    pub(super) changed: Option<Model>,
    /// What became of them.
    pub(super) ordered: OrderedBodies,
    /// What they leave open for the graph around them.
    pub(super) open: Open,
    /// What they leave of the limits.
    pub(super) limits: Limits,
}

impl Bodies {
    /// The model with its bodies in the orders found.
    pub(super) fn model<'m>(&'m self, source: &'m Model) -> &'m Model {
        self.changed.as_ref().unwrap_or(source)
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
            let mut body = one((old, new), &purse.options(options), open)?;
            body.uncounted = uncounted(&places, &found, places[index]);
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
        ordered: OrderedBodies {
            all: found.into_iter().flatten().collect(),
            is_open: open.is_open(),
            has_changed: changed.is_some(),
        },
        changed,
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

/// How many of the bodies found inside the graph at `outer` are not counted.
fn uncounted(places: &[&Place], found: &[Option<OrderedBody>], outer: &Place) -> usize {
    let inside = places.iter().zip(found);
    let inside = inside.filter(|(place, _)| place.is_inside(outer));
    let found = inside.filter_map(|(_, body)| body.as_ref());
    found.filter(|body| body.found.is_err()).count()
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
        uncounted: 0,
        found,
    })
}

/// The order found, if it needs less than the one in the file.
fn better(body: &Body, ordered: &OrderedBody) -> Option<Order> {
    let (graph, found) = (body.graph.as_ref().ok()?, ordered.found.as_ref().ok()?);
    let is_better = found.candidate.peak < measure(graph, &Target::TFLM).peak;
    is_better.then(|| found.candidate.order.clone())
}
