//! Certificates changed to something false.

use fastrand::Rng;
use lowtide::{Algorithm, Graph, Target};
use lowtide_core::compile::Search;
use lowtide_core::ids::OpId;
use lowtide_core::memory::{Instance, profile};
use lowtide_core::plan::{Certificate, Evidence, Order};
use lowtide_core::schedule::certify;
use lowtide_core::testing::generate;
use lowtide_core::units::Bytes;

/// Changes of each kind.
const EACH: usize = 4;

/// The largest graph for which evidence is looked for that is not there: a search that goes to its limit.
const MOST_OPS: usize = 100;

/// What `honest` says, changed so that something of it does not hold.
pub(crate) fn tampered(graph: &Graph, target: &Target, honest: &Certificate) -> Vec<Certificate> {
    let mut rng = Rng::with_seed(graph.ops().len() as u64);
    let mut lies = Vec::new();
    for _ in 0..EACH {
        lies.extend(broken_orders(honest, &mut rng));
        lies.extend(raised(honest, &mut rng));
    }
    lies.extend(false_bounds(graph, target, honest, &mut rng));
    lies
}

/// A step left out, a step twice, an operator that is not there, all the wrong way round.
fn broken_orders(honest: &Certificate, rng: &mut Rng) -> Vec<Certificate> {
    let known = honest.order.ops();
    if known.len() < 2 {
        return Vec::new();
    }
    let at = rng.usize(..known.len());
    let (mut short, mut twice, mut strange) = (known.to_vec(), known.to_vec(), known.to_vec());
    short.remove(at);
    twice[at] = known[(at + 1) % known.len()];
    strange[at] = OpId(known.len() as u32 + rng.u32(..9));
    [short, twice, strange]
        .map(|ops| Certificate {
            order: Order::new(ops),
            ..honest.clone()
        })
        .to_vec()
}

/// The peak, the bound, and both, higher than they are.
fn raised(honest: &Certificate, rng: &mut Rng) -> Vec<Certificate> {
    let more = Bytes(rng.u64(1..100));
    let (peak, bound) = (honest.peak + more, honest.bound + more);
    let claims = [
        (peak, honest.bound),
        (honest.peak, honest.peak + more),
        (peak, bound),
    ];
    claims
        .map(|(peak, bound)| Certificate {
            peak,
            bound,
            ..honest.clone()
        })
        .to_vec()
}

/// Valid orders that need more than the best known one, called optimal: with the honest evidence, and with what the maker
/// of certificates itself says for that bound.
fn false_bounds(
    graph: &Graph,
    target: &Target,
    honest: &Certificate,
    rng: &mut Rng,
) -> Vec<Certificate> {
    let instance = Instance::new(graph, target);
    let baselines = Algorithm::ALL
        .iter()
        .filter(|algorithm| matches!(algorithm, Algorithm::Baseline(_)))
        .map(|algorithm| algorithm.run(&instance, &Search::default()).order);
    let mut orders: Vec<Order> = baselines.collect();
    orders.extend((0..EACH).map(|_| generate::order(&instance, rng)));
    let mut lies = Vec::new();
    for order in orders {
        let peak = profile(&instance, &order).peak;
        if peak > honest.peak {
            lies.push(Certificate {
                order: order.clone(),
                peak,
                bound: peak,
                evidence: honest.evidence.clone(),
            });
            if graph.ops().len() <= MOST_OPS {
                lies.push(certify(graph, target, &order, peak));
            }
        }
    }
    // Without evidence nothing is claimed that could be refused.
    lies.retain(|lie| !matches!(lie.evidence, Evidence::None { .. }));
    lies
}
