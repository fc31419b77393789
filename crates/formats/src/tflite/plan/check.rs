//! The referee of offline plans. It runs the main subgraph operator by operator and keeps the bytes that are in use, where
//! the planner has live ranges; it shares no code with whoever makes plans.

use std::collections::BTreeMap;
use std::fmt;

use lowtide_core::units::Bytes;

use super::{ALIGNMENT, OfflinePlan};
use crate::tflite::schema::{Model, SubGraph, Tensor};

/// Why an offline plan must not be written. Tensors are named by number and name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanFault {
    /// There is not one offset for each tensor of all subgraphs.
    Count {
        /// How many tensors there are.
        tensors: usize,
        /// How many offsets there are.
        offsets: usize,
    },
    /// An offset is no multiple of 16.
    Misaligned(String),
    /// A tensor ends above 2^31 - 1, where the interpreter's offsets end.
    TooHigh(String),
    /// A variable has an offset: the interpreter would not keep it between runs.
    Variable(String),
    /// A tensor has an offset that is none of the main subgraph's activations.
    NoActivation(String),
    /// A variable of another subgraph has the number of a tensor with an offset: the interpreter mistakes one for the other
    /// and gives it no place (`MicroAllocator::AllocateVariables` looks its number up in the main subgraph).
    Mistaken {
        /// The variable.
        variable: String,
        /// The tensor of the main subgraph.
        tensor: String,
    },
    /// Two tensors are in the same bytes at the same time.
    Overlap {
        /// The operator that runs then; none before the first.
        operator: Option<usize>,
        /// One tensor.
        first: String,
        /// The other.
        second: String,
    },
}

impl fmt::Display for PlanFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count { tensors, offsets } => {
                write!(f, "{offsets} offsets for {tensors} tensors")
            }
            Self::Misaligned(tensor) => {
                write!(f, "the offset of {tensor} is no multiple of {ALIGNMENT}")
            }
            Self::TooHigh(tensor) => write!(f, "{tensor} ends above 2 GiB"),
            Self::Variable(tensor) => write!(f, "{tensor} is a variable and has an offset"),
            Self::NoActivation(tensor) => write!(
                f,
                "{tensor} has an offset but is no activation of the main subgraph"
            ),
            Self::Mistaken { variable, tensor } => write!(
                f,
                "{tensor} has an offset, which the interpreter mistakes for that of the variable {variable}"
            ),
            Self::Overlap {
                operator,
                first,
                second,
            } => {
                write!(f, "{first} and {second} overlap")?;
                match operator {
                    Some(operator) => write!(f, " while operator {operator} runs"),
                    None => write!(f, " before the first operator"),
                }
            }
        }
    }
}

impl std::error::Error for PlanFault {}

/// Checks `plan` against the file that it is to be written into.
///
/// # Errors
/// The first fault found: the count, then each offset by itself, then what shares bytes while the main subgraph runs.
pub fn check_plan(model: &Model, plan: &OfflinePlan) -> Result<(), PlanFault> {
    let offsets = plan.offsets();
    let tensors: usize = model
        .subgraphs
        .iter()
        .map(|graph| graph.tensors.len())
        .sum();
    if tensors != offsets.len() {
        let offsets = offsets.len();
        return Err(PlanFault::Count { tensors, offsets });
    }
    let Some((main, others)) = model.subgraphs.split_first() else {
        return Ok(());
    };
    let (own, foreign) = offsets.split_at(main.tensors.len());
    let mut foreign = foreign.iter();
    for other in others {
        for (number, tensor) in other.tensors.iter().enumerate() {
            if foreign.next().copied().flatten().is_some() {
                return Err(PlanFault::NoActivation(name(other, number)));
            }
            if tensor.is_variable() && own.get(number).is_some_and(Option::is_some) {
                let (variable, tensor) = (name(other, number), name(main, number));
                return Err(PlanFault::Mistaken { variable, tensor });
            }
        }
    }
    let run = Run::new(model, main, own);
    for (number, offset) in own.iter().enumerate() {
        if let Some(offset) = *offset {
            run.alone(number, offset)?;
        }
    }
    run.all()
}

fn name(graph: &SubGraph, number: usize) -> String {
    let tensor = graph.tensors.get(number);
    let name = tensor.and_then(|tensor| tensor.name.as_ref());
    let name = name.map(|name| name.text()).unwrap_or_default();
    format!("tensor {number} '{name}'")
}

/// Bytes of a tensor in the interpreter's memory: no element takes less than one.
fn size(tensor: &Tensor) -> u64 {
    let element = tensor.element_type().bits().unwrap_or(0).div_ceil(8);
    let extents = tensor.shape.iter().map(|&extent| u64::try_from(extent));
    extents.fold(u64::from(element), |product, extent| {
        product.saturating_mul(extent.unwrap_or(0))
    })
}

/// A run of the main subgraph.
struct Run<'m> {
    graph: &'m SubGraph,
    offsets: &'m [Option<Bytes>],
    /// Whether the file has a payload for it.
    constant: Vec<bool>,
    /// Who has still to read it: operators, and the caller of outputs.
    readers: Vec<usize>,
    /// Whether the caller or an operator writes it.
    written: Vec<bool>,
    /// What is in use: by first byte, the end and the tensor.
    used: BTreeMap<u64, (u64, usize)>,
}

/// The tensors of an operand list that there are.
fn operands<'a>(list: &'a [i32], graph: &'a SubGraph) -> impl Iterator<Item = usize> + 'a {
    let numbers = list
        .iter()
        .filter_map(|&number| usize::try_from(number).ok());
    numbers.filter(|&number| number < graph.tensors.len())
}

impl<'m> Run<'m> {
    fn new(model: &Model, graph: &'m SubGraph, offsets: &'m [Option<Bytes>]) -> Self {
        let mut readers = vec![0; graph.tensors.len()];
        let mut written = vec![false; graph.tensors.len()];
        for operator in &graph.operators {
            operands(&operator.inputs, graph).for_each(|number| readers[number] += 1);
            operands(&operator.outputs, graph).for_each(|number| written[number] = true);
        }
        operands(&graph.outputs, graph).for_each(|number| readers[number] += 1);
        operands(&graph.inputs, graph).for_each(|number| written[number] = true);
        let constant = |tensor: &Tensor| {
            let buffer = model.buffers.get(tensor.buffer() as usize);
            let data = buffer.and_then(|buffer| buffer.data.as_ref());
            data.is_some_and(|data| !data.is_empty())
        };
        let constant = graph
            .tensors
            .iter()
            .map(|tensor| constant(tensor))
            .collect();
        Self {
            graph,
            offsets,
            constant,
            readers,
            written,
            used: BTreeMap::new(),
        }
    }

    /// What can be said of one offset without the others.
    fn alone(&self, number: usize, offset: Bytes) -> Result<(), PlanFault> {
        const HIGHEST: u64 = i32::MAX as u64;
        let tensor = &self.graph.tensors[number];
        let named = || name(self.graph, number);
        if tensor.is_variable() {
            return Err(PlanFault::Variable(named()));
        }
        if self.constant[number] || !self.written[number] || size(tensor) == 0 {
            return Err(PlanFault::NoActivation(named()));
        }
        if !offset.get().is_multiple_of(ALIGNMENT) {
            return Err(PlanFault::Misaligned(named()));
        }
        if offset.get().saturating_add(size(tensor)) > HIGHEST {
            return Err(PlanFault::TooHigh(named()));
        }
        Ok(())
    }

    /// The caller's part, then every operator: it takes its outputs, then gives back what nobody reads any more.
    fn all(mut self) -> Result<(), PlanFault> {
        let graph = self.graph;
        for number in operands(&graph.inputs, graph) {
            self.take(number, None)?;
        }
        for number in operands(&graph.inputs, graph) {
            self.give_back(number);
        }
        for (place, operator) in graph.operators.iter().enumerate() {
            for number in operands(&operator.outputs, graph) {
                self.take(number, Some(place))?;
            }
            for number in operands(&operator.inputs, graph) {
                self.readers[number] = self.readers[number].saturating_sub(1);
                self.give_back(number);
            }
            for number in operands(&operator.outputs, graph) {
                self.give_back(number);
            }
        }
        Ok(())
    }

    fn take(&mut self, number: usize, operator: Option<usize>) -> Result<(), PlanFault> {
        let Some(offset) = self.offsets[number] else {
            return Ok(());
        };
        let start = offset.get();
        let end = start.saturating_add(size(&self.graph.tensors[number]));
        // Nothing in use overlaps, so only the last that begins below the end can reach into it.
        if let Some((_, &(other_end, other))) = self.used.range(..end).next_back()
            && other_end > start
            && other != number
        {
            return Err(PlanFault::Overlap {
                operator,
                first: name(self.graph, other),
                second: name(self.graph, number),
            });
        }
        self.used.insert(start, (end, number));
        Ok(())
    }

    fn give_back(&mut self, number: usize) {
        if let (Some(offset), 0) = (self.offsets[number], self.readers[number])
            && self
                .used
                .get(&offset.get())
                .is_some_and(|&(_, other)| other == number)
        {
            self.used.remove(&offset.get());
        }
    }
}
