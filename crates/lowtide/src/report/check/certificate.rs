//! The report of `check MODEL CERTIFICATE`.

use lowtide_core::plan::Evidence;
use serde::Serialize;

use crate::report::{ModelPart, SCHEMA};
use crate::{CheckOutcome, Checked};

/// What became of a certificate.
#[derive(Clone, Debug, Serialize)]
pub struct CheckReport {
    /// The version of this form.
    pub schema: u32,
    /// Which model.
    pub model: ModelPart,
    /// The certificate's file.
    pub certificate: String,
    /// Whether all that could be checked holds.
    pub accepted: bool,
    /// Which part does not hold, and why; `null` if all does.
    pub fault: Option<String>,
    /// The runtime whose memory is counted.
    pub target: String,
    /// What the order needs.
    pub peak_bytes: u64,
    /// No order needs less, if `bound` says that this is certified.
    pub bound_bytes: u64,
    /// `certified`, `claimed`, or `null` for a certificate that was refused.
    pub bound: Option<&'static str>,
    /// `none`, `operator`, `around` or `states`.
    pub bound_evidence: &'static str,
    /// Why there is no evidence, in the words of the certificate; else `null`.
    pub reason: Option<String>,
    /// How many states the evidence has.
    pub states: usize,
    /// Bodies of If, Loop and Scan, which the bound takes in the orders of the file.
    pub bodies: usize,
    /// How many of them are not counted, neither by the order nor by the bound.
    pub uncounted_bodies: usize,
    /// Checking, reading not included.
    pub seconds: f64,
}

impl CheckReport {
    /// The report of `checked`, whose certificate is in the file `name`.
    #[must_use]
    pub fn new(checked: &Checked<'_>, name: &str) -> Self {
        let file = &checked.certificate;
        let (fault, bound, reason) = match &checked.outcome {
            CheckOutcome::Certified => (None, Some("certified"), None),
            CheckOutcome::Claimed(reason) => (None, Some("claimed"), Some(reason.clone())),
            CheckOutcome::Refused(fault) => (Some(fault.clone()), None, None),
        };
        let (bound_evidence, states) = match &file.evidence {
            Evidence::None { .. } => ("none", 0),
            Evidence::Operator { .. } => ("operator", 0),
            Evidence::Around(_) => ("around", 0),
            Evidence::States(family) => ("states", family.states.len() + 1),
        };
        Self {
            schema: SCHEMA,
            model: ModelPart::of(checked.model),
            certificate: name.to_owned(),
            accepted: fault.is_none(),
            fault,
            target: file.target.clone(),
            peak_bytes: file.peak_bytes.get(),
            bound_bytes: file.bound_bytes.get(),
            bound,
            bound_evidence,
            reason,
            states,
            bodies: checked.model.bodies().len(),
            uncounted_bodies: checked.model.uncounted_bodies(),
            seconds: checked.elapsed.as_secs_f64(),
        }
    }
}
