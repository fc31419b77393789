//! The referee of rewritings: gives every value of both graphs a number, by rules of its own, and compares.
//!
//! Two values have one number if they are the same source tensor, or are computed by the same source operator from inputs
//! of equal numbers (value numbering, Alpern, Wegman and Zadeck, POPL 1988). An operator that moves no byte passes its input's number on. A rewriting
//! is right if the caller feeds the same tensors, and reads values of the same numbers.
//!
//! What takes concatenations apart is compared in a normal form, to which both graphs are brought: a concatenation is the
//! list of its parts; what works on channels apart is such a list, of one piece of work a part; and, unless the rewriting promises
//! every bit, what sums over channels is the collection of its products, one a part, with its bias. A rewriting that makes additions anew is compared
//! with all additions as collections of their terms, those of floats and quantised numbers only where it promises that little. The rules know none of this.

mod channels;
mod copies;
mod forms;
mod lists;
mod origins;
mod pointwise;
mod shapes;
mod values;
mod windows;

use crate::graph::{Graph, OpKind};
use crate::ids::OpId;
use crate::plan::{Exactness, OpOrigin, Rewriting};

use values::Numbers;

/// What is wrong with a rewriting.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RewritingFault {
    /// Other inputs, or another number of outputs, than the source.
    #[error("the rewritten graph has another signature than its source")]
    Signature,
    /// A tensor or operator that is not what its origin says.
    #[error("{what} of the rewritten graph differs from its origin")]
    Origin {
        /// Which.
        what: String,
    },
    /// An operator with effects is gone.
    #[error("{op} has effects and is missing from the rewritten graph")]
    EffectLost {
        /// Which, in the source.
        op: OpId,
    },
    /// The caller would read something else.
    #[error("output {output} of the rewritten graph is not what the source computes")]
    Value {
        /// Position among the outputs.
        output: usize,
    },
    /// More is promised than is kept.
    #[error("the rewriting calls itself {}, but {op} is less than that", promised.name())]
    Promise {
        /// The class of the rewriting.
        promised: Exactness,
        /// An operator of the rewritten graph that breaks the promise.
        op: OpId,
    },
}

/// Whether additions of the source are made anew, so that they may be taken in another order.
fn adds_anew(source: &Graph, rewriting: &Rewriting) -> bool {
    let addition = |of: OpId| matches!(source.op(of).kind, OpKind::Add { .. });
    let mut origins = rewriting.op_origins.rows();
    origins.any(|origin| matches!(*origin, OpOrigin::Sum { of, .. } if addition(of)))
}

/// Checks that `rewriting` computes what `source` computes: bit for bit, or in real arithmetic, as it promises.
///
/// # Errors
/// The first fault found.
pub fn check_rewriting(source: &Graph, rewriting: &Rewriting) -> Result<(), RewritingFault> {
    let new = &rewriting.graph;
    origins::check(source, rewriting)?;
    let promised = rewriting.exactness();
    let mut numbers = Numbers::new(source, promised, adds_anew(source, rewriting));
    let old_values = numbers.of_source();
    let new_values = numbers.of_rewriting(rewriting);
    let inputs = new
        .inputs()
        .iter()
        .map(|&t| rewriting.tensor_origins[t].tensor());
    if !inputs.eq(source.inputs().iter().copied()) || new.outputs().len() != source.outputs().len()
    {
        return Err(RewritingFault::Signature);
    }
    for (output, (&old, &new)) in source.outputs().iter().zip(new.outputs()).enumerate() {
        if old_values[old] != new_values[new] {
            return Err(RewritingFault::Value { output });
        }
    }
    Ok(())
}
