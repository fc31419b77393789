//! Bodies of If, Loop and Scan: ordered one by one, before the graph around them.

use lowtide_core::compile::{Candidate, Options, measure, scheduled};
use lowtide_core::memory::Target;
use lowtide_core::plan::Order;
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
    /// What it needs inside, before and after; or why that is not counted, and the body stays as it is.
    pub found: Result<(Bytes, Candidate), String>,
}

/// `model` with each of its bodies in the best order found, if that is another one, and what was found. What an operator needs
/// inside follows from the order of its bodies: the innermost come first.
///
/// # Errors
/// A referee's refusal, which is a bug.
pub(super) fn ordered(
    model: &Model,
    options: &Options<'_>,
) -> Result<(Option<Model>, Vec<OrderedBody>)> {
    // Inside a body every target counts the same.
    let options = Options {
        rules: &[],
        target: Target::TFLM,
        ..options.clone()
    };
    let depths: Vec<usize> = model.bodies().iter().map(|b| b.place.depth()).collect();
    let mut found: Vec<Option<OrderedBody>> = vec![None; depths.len()];
    let mut current: Option<Model> = None;
    for depth in (1..=depths.iter().copied().max().unwrap_or_default()).rev() {
        let inner = current.as_ref().unwrap_or(model);
        let mut orders: Vec<(&Place, Order)> = Vec::new();
        // Another order inside a body moves only what is inside it: at this depth and above, numbers stay.
        for index in (0..depths.len()).filter(|&index| depths[index] == depth) {
            let (old, new) = (&model.bodies()[index], &inner.bodies()[index]);
            let body = one(old, new, &options)?;
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
            current = Some(inner.with_bodies(&orders)?);
        }
    }
    Ok((current, found.into_iter().flatten().collect()))
}

/// The order of one body: `old` as the file has it, `new` with the bodies inside it in their new orders.
fn one(old: &Body, new: &Body, options: &Options<'_>) -> Result<OrderedBody> {
    let found = match (&old.graph, &new.graph) {
        (Ok(old), Ok(new)) => {
            let (candidate, _) = scheduled(new, options)?;
            Ok((measure(old, &Target::TFLM).peak, candidate))
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
    let (graph, (_, candidate)) = (body.graph.as_ref().ok()?, ordered.found.as_ref().ok()?);
    let is_better = candidate.peak < measure(graph, &Target::TFLM).peak;
    is_better.then(|| candidate.order.clone())
}
