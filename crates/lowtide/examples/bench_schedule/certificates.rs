//! Rows about certificates: each is made, checked, and changed to false ones that the referee has to refuse.

use std::time::Instant;

use lowtide::{Limits, Result, Target};
use lowtide_core::check::{Certified, check_certificate};
use lowtide_core::memory::Instance;
use lowtide_core::plan::{Certificate, Evidence};
use lowtide_core::schedule::{Options, certify, solve};
use serde_json::json;

use crate::subject::Subject;
use crate::tamper::tampered;

pub(crate) const HEAD: &str = "graph,operators,peak,bound,proof,evidence,states,bytes,making_ms,checking_ms,bound_is,tampered,refused";

/// Checks behind a time.
const RUNS: usize = 5;

/// The certificate of the best order found within `limits`, as TFLM counts.
pub(crate) fn row(subject: &Subject, limits: &Limits) -> Result<()> {
    let (graph, target) = (&subject.graph, &Target::TFLM);
    let options = Options {
        limits: limits.clone(),
        ..Options::default()
    };
    let found = solve(&Instance::new(graph, target), &options);
    let started = Instant::now();
    let certificate = certify(graph, target, &found.order, found.bound);
    let making = started.elapsed();

    let mut times = Vec::new();
    let verdict = loop {
        let started = Instant::now();
        let verdict = check_certificate(graph, target, &certificate);
        times.push(started.elapsed().as_secs_f64() * 1e3);
        if times.len() == RUNS {
            break verdict;
        }
    };
    times.sort_by(f64::total_cmp);
    let bound_is = match verdict {
        Ok(Certified::Bound) => "certified",
        Ok(Certified::OrderOnly) => "claimed",
        Err(_) => "refused",
    };
    let lies = tampered(graph, target, &certificate);
    let refused = lies
        .iter()
        .filter(|lie| check_certificate(graph, target, lie).is_err())
        .count();
    let (evidence, states) = form(&certificate.evidence);
    println!(
        "{},{},{},{},{},{evidence},{states},{},{:.3},{:.3},{bound_is},{},{refused}",
        subject.name,
        graph.ops().len(),
        certificate.peak,
        certificate.bound,
        found.proof.name(),
        size(&certificate),
        1e3 * making.as_secs_f64(),
        times[RUNS / 2],
        lies.len(),
    );
    Ok(())
}

fn form(evidence: &Evidence) -> (&'static str, usize) {
    match evidence {
        Evidence::None { .. } => ("none", 0),
        Evidence::Operator { .. } => ("operator", 0),
        Evidence::Around(_) => ("around", 0),
        Evidence::States(family) => ("states", family.states.len() + 1),
    }
}

/// Bytes of order and evidence as JSON.
fn size(certificate: &Certificate) -> usize {
    let order = json!(certificate.order.ops()).to_string().len();
    order + json!(certificate.evidence).to_string().len()
}
