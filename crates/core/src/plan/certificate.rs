//! What makes a claim about a graph re-checkable by somebody who does not trust the search.

use serde::{Deserialize, Serialize};

use crate::ids::{OpId, TensorId};
use crate::units::Bytes;

use super::Order;

/// A claim, and its evidence. Ids are those of the graph that it speaks of.
///
/// [`crate::check::check_certificate`] says what of it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// A valid order.
    pub order: Order,
    /// What it needs.
    pub peak: Bytes,
    /// No order needs less.
    pub bound: Bytes,
    /// Why not.
    pub evidence: Evidence,
}

/// Why no order needs less than a bound.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    tag = "bound_evidence",
    content = "evidence",
    rename_all = "kebab-case"
)]
pub enum Evidence {
    /// Nothing that could be checked: the bound is a claim.
    None {
        /// Why there is nothing.
        reason: String,
    },
    /// What this operator reads and writes, and what is live throughout, is so much by itself.
    Operator {
        /// The operator.
        op: OpId,
    },
    /// So much is live while this operator runs, whatever ran before.
    Around(Around),
    /// Every way through the graph costs so much somewhere.
    States(Family),
}

/// Where the live bytes before an operator are lowest, and why they are nowhere lower.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Around {
    /// The operator.
    pub op: OpId,
    /// What has run at the lowest moment, besides the operator's ancestors.
    pub lowest: Vec<OpId>,
    /// Why less having run is no lower.
    pub below: Flow,
    /// Why more having run is no lower.
    pub above: Flow,
}

/// Bytes made by operators, paired with bytes that tensors free: a flow along the edges of the graph.
///
/// Each entry is a list of three: from where, to where, bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flow {
    /// From an operator to its neighbour.
    pub along: Vec<(OpId, OpId, Bytes)>,
    /// Between a tensor and one of its readers.
    pub tensors: Vec<(TensorId, OpId, Bytes)>,
}

/// The most states that a [`Family`] may have: what is longer is no short certificate.
pub const MOST_STATES: usize = 50_000;

/// States from which no way on stays below the bound.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Family {
    /// Tensors taken to have no bytes, which makes no order dearer.
    pub dropped: Vec<TensorId>,
    /// What has run in the first state: a moment that every order passes through.
    pub start: Vec<OpId>,
    /// All other states, each after the one it comes from.
    pub states: Vec<State>,
}

/// A state, told by how it comes about. In every state, all that can be run without raising the live bytes has run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// After one more operator.
    Run(u32, OpId),
    /// In place of the state it comes from: after these operators less is live than after any part of them.
    Commit {
        /// Position of the state it stands for; 0 is the first state.
        from: u32,
        /// What has run besides.
        ops: Vec<OpId>,
        /// Why no part of them leaves less.
        flow: Flow,
    },
}
