//! What was rewritten, what that won, and what it costs.

use lowtide_core::compile::Refused;
use lowtide_core::graph::{ArrayType, Graph, Op, OpKind, Role};
use lowtide_core::plan::{Applied, Exactness, Rewriting};
use serde::Serialize;

use crate::{Declared, Model, Optimized};

/// What rewriting brought, clean-up not counted.
#[derive(Clone, Debug, Serialize)]
pub struct RewritingPart {
    /// What was allowed: `off`, `exact` or `all`.
    pub allowed: &'static str,
    /// What the best order needs without any rewriting but clean-up.
    pub order_alone_bytes: u64,
    /// The weakest promise of all that was done, clean-up included: `bit-exact`, `rounding` or `approximate`.
    pub exactness: &'static str,
    /// Operators of the source at which some rule could have been applied.
    pub sites: usize,
    /// Choices of sites of which an order was sought.
    pub choices: usize,
    /// Whether every choice was looked at.
    pub exhaustive: bool,
    /// Choices with a lower peak that were passed over as they would have made an arena larger.
    pub vetoed: usize,
    /// Patches that lowtide's own referee refused: they are in no result, and are bugs to be reported.
    pub refused: Vec<RefusedPart>,
    /// What the result has more than the source.
    pub cost: RewritingCost,
    /// What a runtime would reach whose kernels add quantised partial sums up in 32-bit integers, which keeps every bit; `null` where there are none.
    pub accumulated: Option<AccumulatedPart>,
}

/// A patch that was refused.
#[derive(Clone, Debug, Serialize)]
pub struct RefusedPart {
    /// The rule that proposed it.
    pub rule: &'static str,
    /// The operator's place in the source file.
    pub operator_index: u32,
    /// Its type, and its name where the file gives one.
    pub operator: String,
    /// What the referee said.
    pub fault: String,
}

impl RefusedPart {
    fn of(source: &Graph, refused: &Refused) -> Self {
        Self {
            rule: refused.rule,
            operator_index: refused.site.0,
            operator: source.op(refused.site).title(),
            fault: refused.fault.clone(),
        }
    }

    /// For people.
    pub(in crate::report) fn sentence(&self) -> String {
        format!(
            "{} at {} @{}, and so left out: {}",
            self.rule, self.operator, self.operator_index, self.fault
        )
    }
}

/// What exact partial sums of integers would reach. No format here can hold them, so that this is counted and not written.
#[derive(Clone, Debug, Serialize)]
pub struct AccumulatedPart {
    /// The smallest peak found, that of the best order alone included.
    pub peak_bytes: u64,
    /// Operators taken apart for it; 0 if that wins nothing.
    pub sites: usize,
    /// Whether every choice was looked at.
    pub exhaustive: bool,
}

/// What the rewritten graph has more than the source; clean-up can make it less. Multiply-accumulates stay as many as they were.
#[derive(Clone, Debug, Serialize)]
pub struct RewritingCost {
    /// Operators.
    pub operators: i64,
    /// Tensors, weights included.
    pub tensors: i64,
    /// Bytes of weights.
    pub weight_bytes: i64,
    /// What TFLM's interpreter keeps for the result beyond what it keeps for the source, with pointers of 32 bits: the arena's tail; `null` for
    /// other runtimes and formats.
    pub tail_bytes: Option<i64>,
    /// Additions in one run: those of the sums that put partial results together. Sums in another order take as many as before. In integers each
    /// costs four rescalings: of one more partial result, and three of the sum.
    pub additions: i64,
    /// Elements that operators write which only move them (joined, cut, padded, copied).
    pub moved_elements: i64,
}

impl RewritingPart {
    pub(super) fn of(optimized: &Optimized<'_>) -> Self {
        let compiled = &optimized.compiled;
        let tried = compiled.tried.unwrap_or_default();
        Self {
            allowed: optimized.rewrite.name(),
            order_alone_bytes: compiled.order_alone.get(),
            exactness: compiled.rewriting.exactness().name(),
            sites: tried.sites,
            choices: tried.choices,
            exhaustive: tried.exhaustive,
            vetoed: tried.vetoed,
            refused: (compiled.refused.iter())
                .map(|refused| RefusedPart::of(optimized.model.graph(), refused))
                .collect(),
            accumulated: compiled.accumulated.map(|found| AccumulatedPart {
                peak_bytes: found.peak.get(),
                sites: found.sites,
                exhaustive: found.exhaustive,
            }),
            cost: RewritingCost {
                tail_bytes: tail(optimized),
                ..RewritingCost::of(optimized.model.graph(), &compiled.rewriting)
            },
        }
    }
}

impl RewritingCost {
    fn of(source: &Graph, rewriting: &Rewriting) -> Self {
        let graph = &rewriting.graph;
        let more = |new: usize, old: usize| new.cast_signed() as i64 - old.cast_signed() as i64;
        Self {
            operators: more(graph.ops().len(), source.ops().len()),
            tensors: more(graph.tensors().len(), source.tensors().len()),
            tail_bytes: None,
            weight_bytes: weights(graph).cast_signed() - weights(source).cast_signed(),
            additions: additions(graph).cast_signed() - additions(source).cast_signed(),
            moved_elements: moved(graph).cast_signed() - moved(source).cast_signed(),
        }
    }
}

/// Elements written by what only moves them.
fn moved(graph: &Graph) -> u64 {
    let moves = |kind: &OpKind| {
        matches!(
            kind,
            OpKind::Identity
                | OpKind::Pad { .. }
                | OpKind::Split { .. }
                | OpKind::Slice { .. }
                | OpKind::Concat { .. }
        )
    };
    let movers = graph.ops().rows().filter(|op| moves(&op.kind));
    let outputs = movers.flat_map(|op| &op.outputs);
    let elements = outputs.filter_map(|&t| graph.tensor(t).array.as_ref()?.elements());
    elements.sum()
}

/// How much the tail of TFLM's arena grows.
fn tail(optimized: &Optimized<'_>) -> Option<i64> {
    let pair = optimized.declared.as_ref()?;
    let tail = |declared: &Declared| declared.device.tail.get().cast_signed();
    Some(tail(&pair.after) - tail(&pair.before))
}

/// Additions of elements in one run, those inside other operators left out.
fn additions(graph: &Graph) -> u64 {
    let elements = |t| graph.tensor(t).array.as_ref().and_then(ArrayType::elements);
    let count = |op: &Op| match op.kind {
        OpKind::Add { .. } => {
            let pairs = op.inputs.len().saturating_sub(1) as u64;
            Some(elements(*op.outputs.first()?)?.saturating_mul(pairs))
        }
        _ => None,
    };
    graph
        .ops()
        .rows()
        .filter_map(count)
        .fold(0, u64::saturating_add)
}

/// Bytes of all constants that are in the file.
fn weights(graph: &Graph) -> u64 {
    let given = |t| graph.topology().producer(t).is_none();
    let constants = graph.tensors().iter();
    let constants = constants.filter(|&(t, tensor)| tensor.role == Role::Constant && given(t));
    constants.map(|(_, tensor)| tensor.bytes.get()).sum()
}

/// One rule.
#[derive(Clone, Debug, Serialize)]
pub struct RewritePart {
    /// Its name.
    pub rule: &'static str,
    /// How often it was applied.
    pub count: usize,
    /// `bit-exact`, `rounding` or `approximate`.
    pub exactness: &'static str,
    /// Where.
    pub sites: Vec<SitePart>,
}

/// An operator of the source.
#[derive(Clone, Debug, Serialize)]
pub struct SitePart {
    /// Its place in the source file.
    pub operator_index: u32,
    /// Its type, and its name where the file gives one.
    pub operator: String,
    /// By how much the peak would be higher if nothing were rewritten at this operator alone; 0 for clean-up.
    pub won_bytes: u64,
}

/// The patches, by rule and class.
pub(super) fn rewrites(model: &Model, applied: &[Applied]) -> Vec<RewritePart> {
    let mut parts: Vec<RewritePart> = Vec::new();
    for patch in applied {
        let class = patch.exactness.name();
        let same = |part: &RewritePart| part.rule == patch.rule && part.exactness == class;
        let index = parts.iter().position(same).unwrap_or_else(|| {
            parts.push(RewritePart::empty(patch.rule, patch.exactness));
            parts.len() - 1
        });
        parts[index].count += 1;
        parts[index].sites.push(SitePart {
            operator_index: patch.site.0,
            operator: model.graph().op(patch.site).title(),
            won_bytes: patch.won.get(),
        });
    }
    parts
}

impl RewritePart {
    fn empty(rule: &'static str, exactness: Exactness) -> Self {
        Self {
            rule,
            count: 0,
            exactness: exactness.name(),
            sites: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use lowtide_core::compile::Refused;
    use lowtide_core::ids::OpId;

    use super::RefusedPart;

    #[test]
    fn a_refusal_names_rule_and_operator() {
        let source = "x: 8 input\ny: 8 output = ADD(x, x) @\"sum\"".parse();
        let refused = Refused {
            rule: "kernel-wise",
            site: OpId(0),
            fault: "output 0 is another".into(),
        };
        let part = RefusedPart::of(&source.expect("a graph"), &refused);
        let sentence = "kernel-wise at ADD 'sum' @0, and so left out: output 0 is another";
        assert_eq!(part.sentence(), sentence);
    }
}
