//! What to write into the application: `uint8_t arena[...]`, for the device and for a workstation.

use lowtide_core::units::Bytes;

use super::node::bytes;
use super::tuned::tuned;
use super::{Footprint, Pointers, footprint, planner_problem};
use crate::tflite::metadata;
use crate::tflite::plan::{OfflinePlan, check_plan};
use crate::tflite::schema::{File, Tensor};

/// The arena to declare for a file as it is, with the offline plan in it if there is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// With pointers of 32 bits, as microcontrollers have.
    pub device: Footprint,
    /// With pointers of 64 bits.
    pub host: Footprint,
    /// The tensors of the main subgraph that the plan in the file places, by their numbers; none without a plan.
    pub placed: Vec<Placed>,
    /// Why lowtide would not have written that plan, which TFLM takes unchecked; none if it is sound.
    pub fault: Option<String>,
    /// Operators that ask for more scratch, not counted here, where CMSIS-NN's kernels are built in, each label once.
    pub tuned: Vec<String>,
}

/// A tensor that an offline plan places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placed {
    /// Its number in the main subgraph.
    pub tensor: usize,
    /// Its first byte, counted from the start of the arena.
    pub offset: Bytes,
    /// Its size.
    pub bytes: Bytes,
}

/// The arena to declare for `file`. What is not known stands in [`Footprint::unknown`]; a plan that TFLM refuses does too,
/// and the figures are then those without it.
#[must_use]
pub fn declared(file: &File) -> Declared {
    let (plan, fault) = match metadata::offline_plan(&file.model) {
        Ok(plan) => (plan, None),
        Err(error) => (None, Some(error.to_string())),
    };
    let unsound = plan.as_ref().map(|plan| check_plan(&file.model, plan));
    Declared {
        fault: unsound.and_then(|verdict| Some(verdict.err()?.to_string())),
        device: need(file, plan.as_ref(), fault.as_deref(), Pointers::Bits32),
        host: need(file, plan.as_ref(), fault.as_deref(), Pointers::Bits64),
        tuned: tuned(&file.model),
        placed: plan.map_or_else(Vec::new, |plan| placed(file, &plan)),
    }
}

fn need(
    file: &File,
    plan: Option<&OfflinePlan>,
    fault: Option<&str>,
    pointers: Pointers,
) -> Footprint {
    let mut unknown: Vec<String> = fault.map(str::to_owned).into_iter().collect();
    let problem = planner_problem(file, pointers, plan).or_else(|error| {
        unknown.push(error.to_string());
        planner_problem(file, pointers, None)
    });
    let head = problem.map_or(Bytes::ZERO, |problem| problem.head());
    let is_variable = |tensor: &Tensor| tensor.is_variable();
    let moved = plan.is_some_and(|plan| {
        let tensors = file.model.subgraphs.iter().flat_map(|graph| &graph.tensors);
        let mut tensors = tensors.zip(plan.offsets());
        tensors.any(|(tensor, offset)| offset.is_some() && is_variable(tensor))
    });
    if moved {
        unknown.push("variable tensors in the offline plan".into());
    }
    let mut need = footprint(file, head, pointers);
    need.unknown.extend(unknown);
    need
}

fn placed(file: &File, plan: &OfflinePlan) -> Vec<Placed> {
    let Some(main) = file.model.subgraphs.first() else {
        return Vec::new();
    };
    let entries = main.tensors.iter().zip(plan.offsets()).enumerate();
    let placed = entries.filter_map(|(tensor, (entry, offset))| {
        Some(Placed {
            tensor,
            offset: (*offset)?,
            bytes: Bytes(bytes(entry)),
        })
    });
    placed.collect()
}
