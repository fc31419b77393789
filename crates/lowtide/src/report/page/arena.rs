//! Offsets for the page: as the runtime would choose them, and as lowtide would, or as they stand in the file.

use std::collections::HashMap;

use lowtide_core::compile::{Arena, packed};
use lowtide_core::graph::Graph;
use lowtide_core::ids::TensorId;
use lowtide_core::limits::Limits;
use lowtide_core::memory::{Buffers, Planner, Target};
use lowtide_core::plan::{Layout, Order};
use lowtide_formats::tflite::tflm::{Declared, Placed};

use serde::Serialize;

use super::super::DeclarePart;
use super::ArenaPart;
use crate::Optimized;

/// An arena to declare, with pointers of 32 bits.
#[derive(Clone, Debug, Serialize)]
pub struct NeedPart {
    /// What to declare.
    pub bytes: u64,
    /// Of that, activations and scratch buffers.
    pub head_bytes: u64,
    /// Of that, what lives as long as the interpreter.
    pub tail_bytes: u64,
    /// What may need more than is counted.
    pub unknown: Vec<String>,
}

impl NeedPart {
    pub(super) fn of(declare: &DeclarePart) -> Self {
        Self {
            bytes: declare.device.bytes,
            head_bytes: declare.device.head_bytes,
            tail_bytes: declare.device.tail_bytes,
            unknown: declare.unknown.clone(),
        }
    }
}

/// Placements that a page may cost where the driver has no arena yet.
const A_MOMENT: u64 = 5_000;

/// An offset for every tensor that a plan in the file places.
pub(super) type InTheFile = HashMap<TensorId, u64>;

/// What the plan in the source places; empty without one.
pub(super) fn in_the_source(declared: Option<&Declared>) -> InTheFile {
    let placed = declared.map_or(&[][..], |declared| &declared.placed);
    let entry = |one: &Placed| Some((TensorId(u32::try_from(one.tensor).ok()?), one.offset.get()));
    placed.iter().filter_map(entry).collect()
}

/// What the plan in the new file places, by the tensors of the graph that was ordered; empty without one. The file has that
/// graph's operators in that order, so its tensors are found by where they are written.
pub(super) fn in_the_result(optimized: &Optimized<'_>) -> InTheFile {
    let declared = optimized.declared.as_ref().map(|pair| &pair.after);
    let placed = in_the_source(declared);
    if placed.is_empty() {
        return placed;
    }
    let Ok(file) = optimized.model.again(&optimized.bytes) else {
        return InTheFile::new();
    };
    let (theirs, ours) = (file.graph(), &optimized.compiled.rewriting.graph);
    let order = &optimized.compiled.chosen.order;
    let written = theirs.file_order().into_iter().zip(order.ops());
    let written = written.flat_map(|(new, &old)| {
        let new = theirs.op(new).outputs.iter();
        new.zip(&ours.op(old).outputs)
    });
    let fed = theirs.inputs().iter().zip(ours.inputs());
    let both = written.chain(fed);
    both.filter_map(|(new, &old)| Some((old, *placed.get(new)?)))
        .collect()
}

/// The arena of `order`, for pages that show an order which nobody has packed. None where no arena could hold it.
pub(super) fn looked_at(graph: &Graph, order: &Order, target: &Target) -> Option<Arena> {
    let limits = Limits {
        nodes: A_MOMENT,
        ..Limits::default()
    };
    packed(graph, target, order, &limits).ok()
}

/// What the runtime makes of a file, then what it could be, each with an offset for every one of `tensors`. A plan `in_the_file`
/// is what the runtime takes; for a result, it is shown beside what the runtime would do without.
pub(super) fn plans(
    arena: &Arena,
    target: &Target,
    in_the_file: &InTheFile,
    is_result: bool,
    tensors: &[TensorId],
) -> Vec<ArenaPart> {
    let planner = match target.planner {
        Planner::Tflm => "TFLM's greedy planner",
        Planner::Litert => "LiteRT's planner",
    };
    let plan = |planner, buffers: &Buffers, layout: &Layout, proof| ArenaPart {
        planner,
        is_the_runtimes: Option::is_none(&proof),
        is_in_the_file: false,
        bytes: layout.height.get(),
        offsets: offsets(buffers, layout, tensors),
        proof,
    };
    let proof = Some(arena.proof.name());
    let runtime = &arena.runtime;
    let mut plans = vec![
        plan(planner, &runtime.buffers, &runtime.layout, None),
        plan("lowtide's plan", &arena.buffers, &arena.layout, proof),
    ];
    let placed: Option<Vec<u64>> = tensors
        .iter()
        .map(|id| in_the_file.get(id).copied())
        .collect();
    if let Some(placed) = placed.filter(|placed| !placed.is_empty()) {
        let shown = &mut plans[usize::from(is_result)];
        shown.planner = "offsets in the file";
        shown.is_in_the_file = true;
        shown.bytes = height(arena, tensors, &placed);
        if shown.bytes > arena.bound.get() {
            shown.proof = shown.proof.map(|_| "bounded");
        }
        shown.offsets = placed;
    }
    plans
}

fn height(arena: &Arena, tensors: &[TensorId], offsets: &[u64]) -> u64 {
    let buffers = arena.buffers.problem.buffers();
    let size =
        |id: &TensorId| arena.buffers.places[*id].map_or(0, |buffer| buffers[buffer].size.get());
    let tops = tensors.iter().zip(offsets);
    tops.map(|(id, offset)| offset.saturating_add(size(id)))
        .max()
        .unwrap_or(0)
}

fn offsets(buffers: &Buffers, layout: &Layout, tensors: &[TensorId]) -> Vec<u64> {
    let place =
        |&id: &TensorId| buffers.places[id].map_or(0, |buffer| layout.offsets[buffer].get());
    tensors.iter().map(place).collect()
}
