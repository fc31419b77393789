//! Why no order can help, or what is missing to say so.

use lowtide_core::compile::Candidate;
use lowtide_core::ids::OpId;
use lowtide_core::plan::Proof;
use lowtide_core::schedule::{self, Floor};
use lowtide_core::units::Bytes;
use serde::Serialize;

use super::{Counted, TensorPart};
use crate::OrderedBodies;

/// Why an order needs what it needs.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Reason {
    /// One operator alone needs that much: only a different operator helps.
    Operator {
        /// Its place in the source file.
        operator_index: u32,
        /// Its type, and its name where the file gives one.
        operator: String,
        /// What it needs, with everything that is live always.
        needs_bytes: u64,
        /// What it reads and writes, biggest first.
        tensors: Vec<TensorPart>,
    },
    /// Whatever the order, that much is live while this operator runs.
    Around {
        /// Its place in the source file.
        operator_index: u32,
        /// Its type, and its name where the file gives one.
        operator: String,
        /// What is live while it runs, whatever the order.
        needs_bytes: u64,
    },
    /// Every order holds that much at some step; the search went through all that hold less.
    EveryOrder {
        /// States that the search expanded.
        states: u64,
        /// What the most demanding operator needs alone.
        operator_needs_bytes: u64,
    },
    /// Not known: the search ended first.
    Open {
        /// No order needs less than this.
        bound_bytes: u64,
        /// Why it ended.
        stopped_by: &'static str,
    },
}

impl Reason {
    /// Why `found` needs what it needs; `None` if nothing is known of it, as for heuristics.
    fn of(counted: &Counted<'_>, found: &Candidate) -> Option<Self> {
        let floor = Floor::of(counted.instance)?;
        if floor.bytes == found.peak {
            return Some(Self::Operator {
                operator_index: counted.source(floor.op).0,
                operator: counted.instance.graph().op(floor.op).title(),
                needs_bytes: floor.bytes.get(),
                tensors: touched(counted, floor.op),
            });
        }
        Some(match (found.proof?, found.reason) {
            (Proof::Optimal, Some(schedule::Reason::Around(around))) => Self::Around {
                operator_index: counted.source(around.op).0,
                operator: counted.instance.graph().op(around.op).title(),
                needs_bytes: around.bytes.get(),
            },
            (Proof::Optimal, _) => Self::EveryOrder {
                states: found.states,
                operator_needs_bytes: floor.bytes.get(),
            },
            (
                Proof::Bounded {
                    lower, stopped_by, ..
                },
                _,
            ) => Self::Open {
                bound_bytes: lower.max(floor.bytes).get(),
                stopped_by: stopped_by.name(),
            },
        })
    }

    /// [`Reason::of`] an order around `bodies`. Where one of them may need less, its operator is no reason.
    pub(in crate::report) fn around(
        bodies: &OrderedBodies,
        counted: &Counted<'_>,
        found: &Candidate,
    ) -> Option<Self> {
        if bodies.is_open {
            let stopped_by = found.proof?.stopped_by()?;
            return Some(Self::Open {
                bound_bytes: found.bound.get(),
                stopped_by: stopped_by.name(),
            });
        }
        Self::of(counted, found)
    }

    /// The reason as a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Operator {
                operator_index,
                operator,
                needs_bytes,
                ..
            } => format!(
                "{operator} @{operator_index} alone needs its inputs and outputs, {:#}; \
                 only aliasing, tiling or a smaller operator would help",
                Bytes(*needs_bytes)
            ),
            Self::Around {
                operator_index,
                operator,
                ..
            } => format!(
                "whatever the order, that much is live while {operator} @{operator_index} runs; \
                 only a rewriting, aliasing or tiling would help"
            ),
            Self::EveryOrder {
                operator_needs_bytes,
                ..
            } => format!(
                "every order has to hold that much at some step, although no operator alone \
                 needs more than {:#}; only a rewriting, aliasing or tiling would help",
                Bytes(*operator_needs_bytes)
            ),
            Self::Open {
                bound_bytes,
                stopped_by,
            } => format!(
                "not known: the search ended first ({stopped_by}); no order needs less than {:#}",
                Bytes(*bound_bytes)
            ),
        }
    }
}

/// The counted tensors that the operator reads or writes, each once, biggest first.
fn touched(counted: &Counted<'_>, op: OpId) -> Vec<TensorPart> {
    let graph = counted.instance.graph();
    let node = graph.op(op);
    let mut ids: Vec<_> = node.reads().chain(node.outputs.iter().copied()).collect();
    ids.sort_unstable();
    ids.dedup();
    ids.retain(|&t| graph.is_counted(t));
    let mut parts: Vec<_> = ids.iter().map(|&t| TensorPart::of(graph, t)).collect();
    parts.sort_by_key(|part| std::cmp::Reverse(part.bytes));
    parts
}
