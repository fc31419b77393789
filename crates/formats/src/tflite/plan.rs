//! TFLM's offline memory plan: offsets in the arena that the file carries, as metadata, and that the stock interpreter
//! takes as they are. It checks only how many there are, so nothing is written that [`check_plan`] has not passed.
//!
//! The entry is called `OfflineMemoryAllocation`. Its buffer holds little-endian words of 32 bits:
//!
//! ```text
//! version (1) | subgraph (0) | count | offset of tensor 0 | offset of tensor 1 | ...
//! ```
//!
//! with an offset for every tensor of every subgraph, constants included, subgraph by subgraph; -1 leaves a tensor to the
//! interpreter. Source: tflite-micro, `micro/docs/memory_management.md`, `micro/micro_allocation_info.cc`.

mod check;
#[cfg(test)]
mod tests;

use lowtide_core::arena::{Options, pack};
use lowtide_core::ids::{BufferId, Table};
use lowtide_core::limits::Limits;
use lowtide_core::packing::Problem;
use lowtide_core::plan::Layout;
use lowtide_core::units::Bytes;

pub use check::{PlanFault, check_plan};

use super::metadata;
use super::schema::{File, Model};
use super::tflm::{Owner, PlannerProblem, Pointers, footprint, planner_problem};
use crate::error::{Error, ErrorKind, Result};

/// Offsets in multiples of this are aligned for every kernel.
pub(super) const ALIGNMENT: u64 = 16;
const VERSION: i32 = 1;
const SUBGRAPH: i32 = 0;
/// Leaves a tensor to the interpreter.
const AT_RUN_TIME: i32 = -1;
const WORD: usize = 4;

/// An offset for every tensor of every subgraph, or none where the interpreter finds one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfflinePlan(Vec<Option<Bytes>>);

impl OfflinePlan {
    /// The plan with these offsets, subgraph by subgraph.
    #[must_use]
    pub fn new(offsets: Vec<Option<Bytes>>) -> Self {
        Self(offsets)
    }

    /// The offsets, subgraph by subgraph.
    #[must_use]
    pub fn offsets(&self) -> &[Option<Bytes>] {
        &self.0
    }

    /// The buffer of the metadata entry.
    ///
    /// # Errors
    /// An offset or a count above 2^31 - 1.
    pub fn encode(&self) -> Result<Vec<u8>> {
        let word = |number: u64| {
            i32::try_from(number).map_err(|_| {
                Error::refused(format_args!(
                    "an offline plan holds numbers below 2 GiB, not {number}"
                ))
            })
        };
        let mut words = vec![VERSION, SUBGRAPH, word(self.0.len() as u64)?];
        for offset in &self.0 {
            words.push(match offset {
                Some(offset) => word(offset.get())?,
                None => AT_RUN_TIME,
            });
        }
        Ok(words.into_iter().flat_map(i32::to_le_bytes).collect())
    }

    /// The plan in the buffer of a metadata entry. As the interpreter does, it looks neither at the first two words nor at
    /// what follows the offsets.
    ///
    /// # Errors
    /// Fewer words than the count says, or offsets below -1.
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let fault = |text: &dyn std::fmt::Display| {
            Error::malformed(format_args!(
                "the offline memory plan in the file {text}; drop the metadata 'OfflineMemoryAllocation'"
            ))
        };
        let (words, _) = bytes.as_chunks::<WORD>();
        let [_, _, count, words @ ..] = words else {
            return Err(fault(&"is cut short"));
        };
        let count = usize::try_from(i32::from_le_bytes(*count)).ok();
        let Some(words) = count.and_then(|count| words.get(..count)) else {
            return Err(fault(&"has fewer offsets than it says"));
        };
        let offset = |word: &[u8; WORD]| match i32::from_le_bytes(*word) {
            AT_RUN_TIME => Ok(None),
            offset => match u64::try_from(offset) {
                Ok(offset) => Ok(Some(Bytes(offset))),
                Err(_) => Err(fault(&format_args!("has the offset {offset}"))),
            },
        };
        Ok(Self(words.iter().map(offset).collect::<Result<_>>()?))
    }

    /// Whether it has an offset for each of so many tensors, the one thing that the interpreter checks.
    ///
    /// # Errors
    /// If not.
    pub(super) fn check_count(&self, tensors: usize) -> Result<()> {
        if self.0.len() == tensors {
            return Ok(());
        }
        Err(Error::malformed(format_args!(
            "the offline memory plan has {} offsets for {tensors} tensors: TFLM does not start with it; \
             drop the metadata 'OfflineMemoryAllocation'",
            self.0.len()
        )))
    }
}

/// The file with `plan` instead of any other, after the referee has passed it.
///
/// # Errors
/// The referee's refusal, with the tensor's name.
pub(super) fn embed(file: &File, plan: &OfflinePlan) -> Result<File> {
    check_plan(&file.model, plan).map_err(|fault| {
        let text = format_args!("the offline memory plan is not valid: {fault}");
        Error::new(ErrorKind::Refused, text)
    })?;
    let mut file = file.clone();
    metadata::drop_offline_plan(&mut file.model);
    metadata::add_offline_plan(&mut file.model, plan.encode()?);
    Ok(file)
}

/// The offline plan with which the arena to declare is smaller than with none; none where no plan found helps.
///
/// All that the interpreter puts into the head is packed together, scratch buffers too, as a plan without gaps for them
/// can need more than none. The interpreter then places them itself, so what counts is what its planner makes of the
/// plan. Smaller means on a device with 32 bits, and no larger with 64.
///
/// There is none either for control flow that TFLM cannot run.
///
/// # Errors
/// A plan for another number of tensors, which is a bug.
pub(super) fn helpful(file: &File, limits: &Limits) -> Result<Option<OfflinePlan>> {
    let Ok(problem) = planner_problem(file, Pointers::Bits32, None) else {
        return Ok(None);
    };
    let without = totals(file, None)?;
    let mut best = (without, None);
    let is_scratch = |owner: &Owner| matches!(owner, Owner::Scratch { .. });
    let has_scratch = problem.owners.rows().any(is_scratch);
    for with_scratch in [true, false] {
        if !with_scratch && !has_scratch {
            continue;
        }
        let Some(plan) = packed(file, &problem, with_scratch, limits) else {
            continue;
        };
        let with = totals(file, Some(&plan))?;
        if with.0 < best.0.0 && with.1 <= without.1 {
            best = (with, Some(plan));
        }
    }
    Ok(best.1)
}

/// The arenas to declare for 32 and for 64 bits.
fn totals(file: &File, plan: Option<&OfflinePlan>) -> Result<(Bytes, Bytes)> {
    let total = |pointers| -> Result<Bytes> {
        let head = planner_problem(file, pointers, plan)?.head();
        Ok(footprint(file, head, pointers).total)
    };
    Ok((total(Pointers::Bits32)?, total(Pointers::Bits64)?))
}

/// A plan from the lowest packing of `problem`, with or without room for scratch buffers; none where nothing can be packed.
fn packed(
    file: &File,
    problem: &PlannerProblem,
    with_scratch: bool,
    limits: &Limits,
) -> Option<OfflinePlan> {
    let is_wanted = |id: &BufferId| {
        let is_tensor = matches!(problem.owners[*id], Owner::Tensor { .. });
        (is_tensor || with_scratch) && problem.buffers[*id].size > Bytes::ZERO
    };
    let kept: Vec<BufferId> = problem.buffers.ids().filter(is_wanted).collect();
    let buffers = kept.iter().map(|&id| {
        let mut buffer = problem.buffers[id].clone();
        buffer.alignment = ALIGNMENT;
        buffer
    });
    let packing = Problem::new(buffers.collect(), None).ok()?;
    let options = Options {
        limits: limits.clone(),
        ..Options::default()
    };
    let layout = pack(&packing, &options).layout;
    // The interpreter's offsets have 32 bits.
    i32::try_from(layout.height.get()).ok()?;
    Some(plan_of(file, problem, &kept, &layout))
}

/// Offsets for what the main subgraph computes; the interpreter places the rest around them.
fn plan_of(
    file: &File,
    problem: &PlannerProblem,
    kept: &[BufferId],
    layout: &Layout,
) -> OfflinePlan {
    let tensors = file.model.subgraphs.iter().map(|graph| graph.tensors.len());
    let mut offsets = vec![None; tensors.sum()];
    let can_be_placed = placeable(&file.model);
    let placed: &Table<BufferId, Bytes> = &layout.offsets;
    for (&id, &offset) in kept.iter().zip(placed.rows()) {
        if let Owner::Tensor {
            subgraph: 0,
            tensor,
        } = problem.owners[id]
            && can_be_placed.get(tensor) == Some(&true)
        {
            offsets[tensor] = Some(offset);
        }
    }
    OfflinePlan::new(offsets)
}

/// The tensors of the main subgraph that the caller or an operator writes, but for those whose number a variable of another
/// subgraph has: see [`PlanFault::Mistaken`].
fn placeable(model: &Model) -> Vec<bool> {
    let Some((main, others)) = model.subgraphs.split_first() else {
        return Vec::new();
    };
    let mut found = vec![false; main.tensors.len()];
    let outputs = main.operators.iter().flat_map(|operator| &operator.outputs);
    for &number in main.inputs.iter().chain(outputs) {
        let place = usize::try_from(number).ok();
        if let Some(flag) = place.and_then(|place| found.get_mut(place)) {
            *flag = true;
        }
    }
    for other in others {
        for (flag, tensor) in found.iter_mut().zip(&other.tensors) {
            *flag &= !tensor.is_variable();
        }
    }
    found
}
