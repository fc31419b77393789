//! Figures of arenas.

use lowtide_core::units::Bytes;
use lowtide_formats::tflite::tflm::{Declared, Footprint, Item};
use serde::Serialize;

use crate::{Arena, BeforeAfter, ByKernels};

/// The arena of an order's activations.
#[derive(Clone, Debug, Serialize)]
pub struct PackedPart {
    /// The lowest layout found.
    pub bytes: u64,
    /// No layout of this order is lower.
    pub bound_bytes: u64,
    /// `optimal` or `bounded`.
    pub proof: &'static str,
    /// What the runtime's own planner makes of the order.
    pub greedy_bytes: u64,
}

impl PackedPart {
    pub(in crate::report) fn of(arena: &Arena) -> Self {
        Self {
            bytes: arena.layout.height.get(),
            bound_bytes: arena.bound.get(),
            proof: arena.proof.name(),
            greedy_bytes: arena.runtime.layout.height.get(),
        }
    }
}

/// The arena that LiteRT makes by itself with one of its kernel libraries, their scratch included.
#[derive(Clone, Debug, Serialize)]
pub struct KernelsPart {
    /// `reference` or `optimised`.
    pub kernels: &'static str,
    /// The source, in the order of the file.
    pub before_bytes: u64,
    /// The result.
    pub after_bytes: u64,
}

impl KernelsPart {
    pub(in crate::report) fn of(one: &ByKernels) -> Self {
        Self {
            kernels: one.kernels,
            before_bytes: one.arena.before.get(),
            after_bytes: one.arena.after.get(),
        }
    }
}

/// What to declare in TFLM.
#[derive(Clone, Debug, Serialize)]
pub struct DeclarePart {
    /// With pointers of 32 bits.
    pub device: FootprintPart,
    /// With pointers of 64 bits.
    pub host: FootprintPart,
    /// Tensors that the file's offline plan places; 0 without a plan.
    pub planned_tensors: usize,
    /// Why lowtide would not have written that plan; `null` if it is sound.
    pub plan_fault: Option<String>,
    /// What may need more than is counted here.
    pub unknown: Vec<String>,
    /// Operators that need scratch beside what is counted here where CMSIS-NN's kernels are built in.
    pub more_with_cmsis_nn: Vec<String>,
}

/// An arena to declare, and what it holds.
#[derive(Clone, Debug, Serialize)]
pub struct FootprintPart {
    /// What to declare.
    pub bytes: u64,
    /// The memory plan: activations and scratch buffers.
    pub head_bytes: u64,
    /// What lives as long as the interpreter.
    pub tail_bytes: u64,
    /// The most that is in use before the plan is in force.
    pub planning_bytes: u64,
    /// The tail, in the order in which it grows.
    pub items: Vec<ItemPart>,
}

/// What the interpreter keeps under one name.
#[derive(Clone, Debug, Serialize)]
pub struct ItemPart {
    /// What it is.
    pub what: &'static str,
    /// Its bytes.
    pub bytes: u64,
    /// How many there are.
    pub count: u64,
}

impl DeclarePart {
    pub(in crate::report) fn of(declared: &Declared) -> Self {
        Self {
            device: FootprintPart::of(&declared.device),
            host: FootprintPart::of(&declared.host),
            planned_tensors: declared.placed.len(),
            plan_fault: declared.fault.clone(),
            unknown: declared.device.unknown.clone(),
            more_with_cmsis_nn: declared.tuned.clone(),
        }
    }
}

impl FootprintPart {
    fn of(need: &Footprint) -> Self {
        let item = |item: &Item| ItemPart {
            what: item.what,
            bytes: item.bytes.get(),
            count: item.count,
        };
        Self {
            bytes: need.total.get(),
            head_bytes: need.head.get(),
            tail_bytes: need.tail.get(),
            planning_bytes: need.planning.get(),
            items: need.items.iter().map(item).collect(),
        }
    }

    /// No order with the same operators and tensors needs less to be declared, where none has less live than `bound`, of
    /// which `always` is live whatever the order and may lie in the tail.
    pub(in crate::report) fn least(&self, bound: Bytes, always: Bytes) -> Bytes {
        let head = bound.saturating_sub(always);
        (head + Bytes(self.tail_bytes)).max(Bytes(self.planning_bytes))
    }
}

/// Figures of the source and of the result.
#[derive(Clone, Debug, Serialize)]
pub struct PairPart<T> {
    /// The source, in the order of the file.
    pub before: T,
    /// The result.
    pub after: T,
}

impl<T> PairPart<T> {
    pub(in crate::report) fn of<U>(pair: &BeforeAfter<U>, part: impl Fn(&U) -> T) -> Self {
        Self {
            before: part(&pair.before),
            after: part(&pair.after),
        }
    }
}
