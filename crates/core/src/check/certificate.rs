//! The referee of certificates. It recounts the order, and walks through the evidence for the bound once, with cost rules of its
//! own; it imports neither a solver nor the ruler, and each rule that it follows is stated and proved where it is checked.

mod family;
mod flow;
mod moment;
mod walk;

pub(crate) use moment::Moment;
pub(crate) use walk::{Costs, Set};

use crate::graph::Graph;
use crate::ids::{Id, OpId};
use crate::memory::Target;
use crate::plan::{Around, Certificate, Evidence};
use crate::units::Bytes;

use super::{OrderFault, check_order};

/// What is wrong with a certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFault {
    /// The order is not valid, or needs something else.
    #[error("order: {0}")]
    Order(OrderFault),
    /// The bound is above what the order needs.
    #[error("bound_bytes: above peak_bytes, which the order reaches")]
    BoundAbovePeak,
    /// The evidence does not prove the bound.
    #[error("evidence: {0}")]
    Evidence(String),
}

/// What a certificate that was accepted proves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certified {
    /// The order needs what it says, and no order needs less than the bound.
    Bound,
    /// The order needs what it says; the bound is a claim without evidence.
    OrderOnly,
}

/// Checks what `certificate` says of `graph` on `target`, in time about linear in its states times the graph's size.
///
/// # Errors
/// The first fault found.
pub fn check_certificate(
    graph: &Graph,
    target: &Target,
    certificate: &Certificate,
) -> Result<Certified, CertificateFault> {
    let Certificate {
        order,
        peak,
        bound,
        evidence,
    } = certificate;
    check_order(graph, target, order, *peak).map_err(CertificateFault::Order)?;
    if bound > peak {
        return Err(CertificateFault::BoundAbovePeak);
    }
    let costs = || Costs::new(graph, target, *bound);
    let proved = match evidence {
        Evidence::None { .. } if *bound == Bytes::ZERO => Ok(()),
        Evidence::None { .. } => return Ok(Certified::OrderOnly),
        Evidence::Operator { op } => check_operator(&costs(), *op),
        Evidence::Around(around) => check_around(&costs(), around),
        Evidence::States(family) => family::check(costs(), family),
    };
    proved.map_err(CertificateFault::Evidence)?;
    Ok(Certified::Bound)
}

fn known(costs: &Costs<'_>, op: OpId) -> Result<(), String> {
    if op.index() < costs.ops() {
        Ok(())
    } else {
        Err(format!("there is no operator {op}"))
    }
}

fn enough(costs: &Costs<'_>, counted: i128, op: OpId) -> Result<(), String> {
    let least = costs.bound;
    if counted >= least {
        Ok(())
    } else {
        Err(format!("{counted} bytes at {op}, the bound says {least}"))
    }
}

fn check_operator(costs: &Costs<'_>, op: OpId) -> Result<(), String> {
    known(costs, op)?;
    enough(costs, costs.alone(op), op)
}

/// Before `op` runs, its ancestors have run and neither it nor its descendants have. If `f` is lowest on that interval at `E`,
/// it costs `f(E)` and what it writes, unless it can write it in place. As `f` is submodular, `f(A) >= f(A & E) + f(A | E) - f(E)`, so that it is enough to
/// look at the downsets below and above `E`.
fn check_around(costs: &Costs<'_>, around: &Around) -> Result<(), String> {
    let op = around.op;
    known(costs, op)?;
    let (low, mut high) = (costs.ancestors(op), Set::new(costs.ops()));
    let later = costs.descendants(op);
    let others = costs
        .graph
        .ops()
        .ids()
        .filter(|&o| o != op && !later.has(o));
    others.for_each(|other| high.insert(other));
    let mut lowest = low.clone();
    for &other in &around.lowest {
        if !known(costs, other).is_ok_and(|()| high.has(other)) || lowest.has(other) {
            return Err(format!("lowest: {other} cannot be there"));
        }
        lowest.insert(other);
    }
    if !costs.is_downset(&lowest) {
        return Err("lowest: an operator is without what must run before it".to_owned());
    }
    enough(costs, costs.live(&lowest) + costs.least_made(op), op)?;
    flow::check_below(costs, &low, &lowest, &around.below).map_err(|f| format!("below: {f}"))?;
    flow::check_above(costs, &lowest, &high, &around.above).map_err(|f| format!("above: {f}"))
}
