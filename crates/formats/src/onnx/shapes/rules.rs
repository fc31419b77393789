//! Which rule belongs to which operator.

pub(crate) mod control;
mod convolve;
mod layout;
mod make;
mod multiply;
mod pointwise;
mod rare;
mod reduce;
mod resample;
mod select;

pub(crate) use make::taken_axes;
pub(crate) use pointwise::{broadcast_shapes, is_elementwise};
pub(crate) use select::amounts;

use super::super::schema::is_standard;
use super::{Call, Fact};

/// What an operator makes of what is known of its inputs: one fact for each output, or `None` where the inputs do not
/// suffice. Facts beyond the node's outputs are left aside.
type Rule = fn(&Call<'_>) -> Option<Vec<Fact>>;

/// Applies the rule of the operator, if there is one.
pub(crate) fn apply(call: &Call<'_>) -> Option<Vec<Fact>> {
    rule(call.node.domain, call.node.op_type)?(call)
}

/// Whether there is a rule for the operator.
pub(crate) fn is_known(domain: &str, op_type: &str) -> bool {
    rule(domain, op_type).is_some()
        || (is_standard(domain) && matches!(op_type, "If" | "Loop" | "Scan"))
}

fn rule(domain: &str, op_type: &str) -> Option<Rule> {
    match domain {
        _ if is_standard(domain) => pointwise::rule(op_type)
            .or_else(|| convolve::rule(op_type))
            .or_else(|| multiply::rule(op_type))
            .or_else(|| layout::rule(op_type))
            .or_else(|| select::rule(op_type))
            .or_else(|| reduce::rule(op_type))
            .or_else(|| resample::rule(op_type))
            .or_else(|| make::rule(op_type))
            .or_else(|| rare::rule(op_type)),
        // What ONNX Runtime's optimiser and quantiser leave in files.
        "com.microsoft" => pointwise::contributed(op_type),
        _ => None,
    }
}
