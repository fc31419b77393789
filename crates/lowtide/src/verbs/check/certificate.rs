//! Certificates: made for what was optimised, checked against a model.

use std::time::Duration;

use lowtide_core::check::{Certified, check_certificate};
use lowtide_core::graph::Graph;
use lowtide_core::limits::Stopwatch;
use lowtide_core::memory::Target;
use lowtide_core::plan::{Evidence, Order};
use lowtide_core::schedule::certify as evidence;

use crate::certificate::{CertificateFile, Subject, sha256};
use crate::verbs::Optimized;
use crate::{Error, ErrorKind, Model, Result};

/// What became of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckOutcome {
    /// The order and the bound hold.
    Certified,
    /// The order holds; the bound is claimed without evidence, for this reason.
    Claimed(String),
    /// It does not hold: which part, and why.
    Refused(String),
}

/// A certificate after its check.
#[derive(Clone, Debug)]
pub struct Checked<'m> {
    /// The model that it was held against.
    pub model: &'m Model,
    /// The certificate.
    pub certificate: CertificateFile,
    /// What became of it.
    pub outcome: CheckOutcome,
    /// How long the check took, reading not included.
    pub elapsed: Duration,
}

/// A certificate for `optimized`. It speaks of the new file if that is `written`, else of the model as it was read.
///
/// # Errors
/// `Usage` where nothing is written and the order is that of another graph than the model's; a referee's refusal, which
/// is a bug.
pub fn certify(optimized: &Optimized<'_>, written: bool) -> Result<CertificateFile> {
    let (compiled, target) = (&optimized.compiled, &optimized.target);
    let bound = optimized.bound();
    if written {
        let model = optimized.model.again(&optimized.bytes)?;
        let (graph, order) = (model.graph(), Order::new(model.graph().file_order()));
        return made(graph, target, &order, bound, sha256(&optimized.bytes));
    }
    if !compiled.rewriting.applied.is_empty() {
        return Err(Error::new(
            ErrorKind::Usage,
            "a certificate speaks of a file, and rewriting made another graph; name the new \
             file with -o, or say --no-cleanup --rewrite off",
        ));
    }
    if optimized.bodies.has_changed {
        return Err(Error::new(
            ErrorKind::Usage,
            "a certificate speaks of a file, and bodies were put in another order; name the new file with -o",
        ));
    }
    let (graph, order) = (optimized.model.graph(), &compiled.chosen.order);
    made(graph, target, order, bound, optimized.model.digest()?)
}

fn made(
    graph: &Graph,
    target: &Target,
    order: &Order,
    bound: lowtide_core::units::Bytes,
    sha256: String,
) -> Result<CertificateFile> {
    let certificate = evidence(graph, target, order, bound);
    check_certificate(graph, target, &certificate).map_err(|fault| {
        let text = format_args!(
            "internal error: the certificate is refused: {fault}; please report this with the model"
        );
        Error::new(ErrorKind::Internal, text)
    })?;
    let operators = graph.ops().len() as u32;
    let subject = Subject { sha256, operators };
    Ok(CertificateFile::new(certificate, target.name, subject))
}

/// Checks `certificate` against `model`, with code that shares nothing with the search.
///
/// # Errors
/// The model's file cannot be read again for its digest. That a certificate does not hold is no error but an outcome.
pub fn check(model: &Model, certificate: CertificateFile) -> Result<Checked<'_>> {
    let digest = model.digest()?;
    let watch = Stopwatch::start();
    let outcome = match verdict(model.graph(), &certificate, &digest) {
        Err(fault) => CheckOutcome::Refused(fault),
        Ok(Certified::Bound) => CheckOutcome::Certified,
        Ok(Certified::OrderOnly) => CheckOutcome::Claimed(match &certificate.evidence {
            Evidence::None { reason } => reason.clone(),
            _ => String::new(),
        }),
    };
    Ok(Checked {
        model,
        certificate,
        outcome,
        elapsed: watch.elapsed(),
    })
}

fn verdict(graph: &Graph, file: &CertificateFile, digest: &str) -> Result<Certified, String> {
    if file.model.sha256 != digest {
        let theirs = &file.model.sha256;
        return Err(format!(
            "model.sha256: it speaks of another file: {theirs}, this one is {digest}"
        ));
    }
    if file.model.operators as usize != graph.ops().len() {
        return Err(format!(
            "model.operators: {}, the file has {}",
            file.model.operators,
            graph.ops().len()
        ));
    }
    let target = Target::named(&file.target)
        .ok_or_else(|| format!("target: '{}' is not known", file.target))?;
    check_certificate(graph, &target, &file.claim()).map_err(|fault| fault.to_string())
}
