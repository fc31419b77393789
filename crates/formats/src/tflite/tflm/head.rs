//! The head of the arena: which buffers TFLM's planner gets, how long each lives, and how high its plan is.
//!
//! The planner counts *scopes*. The main subgraph begins in scope 0, every operator opens one, and so does every subgraph
//! that control flow calls. Graph inputs live from the first scope of their subgraph, what an operator writes from its
//! scope, both to their last use; graph outputs to the last scope of their subgraph, scratch buffers through all scopes of
//! their operator. What nothing uses lives in a scope of its own before all others, where such buffers lie side by side.
//!
//! Source: tflite-micro, `micro/micro_allocation_info.cc`, `micro/micro_allocator.cc`.

use lowtide_core::arena::greedy;
use lowtide_core::ids::{BufferId, Table};
use lowtide_core::packing::Buffer;
use lowtide_core::units::Bytes;

use super::node::{Node, bytes, is_planned, nodes};
use super::{ALIGNMENT, Pointers, Scratch, scratch};
use crate::error::{Error, Result};
use crate::tflite::metadata;
use crate::tflite::plan::OfflinePlan;
use crate::tflite::schema::facts::operators::BuiltinOperator as Code;
use crate::tflite::schema::facts::tables;
use crate::tflite::schema::{File, Model, SubGraph};

/// What a buffer of the plan holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A tensor, by the numbers of its subgraph and of itself.
    Tensor {
        /// The number of the subgraph.
        subgraph: usize,
        /// The number of the tensor in it.
        tensor: usize,
    },
    /// What an operator needs while it runs, by the numbers of its subgraph and of itself.
    Scratch {
        /// The number of the subgraph.
        subgraph: usize,
        /// The number of the operator in it.
        operator: usize,
    },
}

/// What TFLM's planner is asked: sizes in multiples of 16, live ranges in scopes, of which the one before all others is 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannerProblem {
    /// The buffers in the planner's order, with fixed offsets where an offline plan has them.
    pub buffers: Table<BufferId, Buffer>,
    /// What each of them holds.
    pub owners: Table<BufferId, Owner>,
}

impl PlannerProblem {
    /// The height of what the planner makes of it.
    #[must_use]
    pub fn head(&self) -> Bytes {
        let offsets = greedy::tflm_offsets(&self.buffers);
        let ends = self.buffers.rows().zip(offsets.rows());
        let height = ends.map(|(buffer, &offset)| offset + buffer.size).max();
        height.unwrap_or_default()
    }
}

/// The head that TFLM's planner makes of a file, around the offline plan in it if there is one.
///
/// # Errors
/// What TFLM does not start with: an offline plan for another number of tensors or with negative offsets, subgraphs that
/// call themselves.
pub fn head(file: &File, pointers: Pointers) -> Result<Bytes> {
    let plan = metadata::offline_plan(&file.model)?;
    Ok(planner_problem(file, pointers, plan.as_ref())?.head())
}

/// What TFLM's planner is asked for a file, with the offsets of `plan`, whatever plan is in the file.
///
/// # Errors
/// As [`head`].
pub fn planner_problem(
    file: &File,
    pointers: Pointers,
    plan: Option<&OfflinePlan>,
) -> Result<PlannerProblem> {
    let model = &file.model;
    let counts = model.subgraphs.iter().map(|graph| graph.tensors.len());
    if let Some(plan) = plan {
        plan.check_count(counts.sum())?;
    }
    let mut walk = Walk::new(model, scratch(file, pointers));
    walk.subgraph(0, 0)?;
    Ok(walk.problem(plan))
}

/// The scope before all others, of what nothing uses.
const UNUSED: Life = Life { first: 0, last: 0 };

/// The first and the last scope of a buffer, counted from 1.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Life {
    first: u64,
    last: u64,
}

impl Life {
    /// Only the first creation counts.
    fn create(&mut self, scope: u64) {
        if self.first == UNUSED.first {
            self.first = scope;
        }
    }
}

/// Calls within calls; TFLM's own stack is small.
const DEEPEST: usize = 64;
/// Operators visited, one in a subgraph that is called twice counting twice.
const LONGEST: usize = 1 << 20;

struct Walk<'m> {
    model: &'m Model,
    scope: u64,
    visited: usize,
    tensors: Vec<Vec<Life>>,
    /// Ascending by subgraph and operator.
    scratch: Vec<(Scratch, Life)>,
    nodes: Vec<Vec<Node<'m>>>,
}

impl<'m> Walk<'m> {
    fn new(model: &'m Model, scratch: Vec<Scratch>) -> Self {
        let mut by_subgraph: Vec<Vec<Node>> = Vec::new();
        by_subgraph.resize_with(model.subgraphs.len(), Vec::new);
        for (subgraph, _, node) in nodes(model) {
            by_subgraph[subgraph].push(node);
        }
        let lives = |graph: &SubGraph| vec![UNUSED; graph.tensors.len()];
        Self {
            model,
            scope: 1,
            visited: 0,
            tensors: model.subgraphs.iter().map(|graph| lives(graph)).collect(),
            scratch: scratch.into_iter().map(|buffer| (buffer, UNUSED)).collect(),
            nodes: by_subgraph,
        }
    }

    fn create(&mut self, subgraph: usize, tensors: &[i32]) {
        let scope = self.scope;
        self.each(subgraph, tensors, |life| life.create(scope));
    }

    fn touch(&mut self, subgraph: usize, tensors: &[i32]) {
        let scope = self.scope;
        self.each(subgraph, tensors, |life| life.last = scope);
    }

    fn each(&mut self, subgraph: usize, tensors: &[i32], change: impl Fn(&mut Life)) {
        let lives = &mut self.tensors[subgraph];
        for &tensor in tensors {
            let place = usize::try_from(tensor).ok();
            if let Some(life) = place.and_then(|place| lives.get_mut(place)) {
                change(life);
            }
        }
    }

    fn subgraph(&mut self, number: usize, depth: usize) -> Result<()> {
        let Some(graph) = self.model.subgraphs.get(number) else {
            return Ok(());
        };
        if depth > DEEPEST {
            return Err(Error::unsupported(format_args!(
                "subgraph {number} is called more than {DEEPEST} calls deep; TFLM cannot run that"
            )));
        }
        self.create(number, &graph.inputs);
        self.touch(number, &graph.inputs);
        for operator in 0..self.nodes[number].len() {
            self.operator(number, operator, depth)?;
        }
        self.create(number, &graph.outputs);
        self.touch(number, &graph.outputs);
        Ok(())
    }

    fn operator(&mut self, subgraph: usize, operator: usize, depth: usize) -> Result<()> {
        self.visited += 1;
        if self.visited > LONGEST {
            return Err(Error::unsupported(format_args!(
                "its subgraphs call each other more than {LONGEST} operators long; simplify the control flow"
            )));
        }
        self.scope += 1;
        let node = self.nodes[subgraph][operator];
        self.create(subgraph, &node.operator.outputs);
        let opened = self.scope;
        for called in calls(&node) {
            self.scope += 1;
            self.subgraph(called, depth + 1)?;
        }
        self.touch(subgraph, &node.operator.inputs);
        self.touch(subgraph, &node.operator.outputs);
        let here = (subgraph, operator);
        let place = |(buffer, _): &(Scratch, Life)| (buffer.subgraph, buffer.operator);
        let from = self.scratch.partition_point(|entry| place(entry) < here);
        let to = self.scratch.partition_point(|entry| place(entry) <= here);
        for (_, life) in &mut self.scratch[from..to] {
            life.create(opened);
            life.last = self.scope;
        }
        Ok(())
    }

    fn problem(self, plan: Option<&OfflinePlan>) -> PlannerProblem {
        let mut problem = PlannerProblem {
            buffers: Table::new(),
            owners: Table::new(),
        };
        let mut add = |owner, life: Life, bytes: u64, offset| {
            let size = Bytes(bytes).align_up(ALIGNMENT);
            let mut buffer = Buffer::new(life.first, life.last.max(life.first) + 1, size);
            buffer.offset = offset;
            problem.buffers.push(buffer);
            problem.owners.push(owner);
        };
        let mut offsets = plan.map(OfflinePlan::offsets).unwrap_or_default().iter();
        for (subgraph, (graph, lives)) in self.model.subgraphs.iter().zip(&self.tensors).enumerate()
        {
            for (tensor, (entry, &life)) in graph.tensors.iter().zip(lives).enumerate() {
                let offset = offsets.next().copied().flatten();
                // A plan can place a variable, which TFLM then does not keep in the tail.
                let is_moved = entry.is_variable() && offset.is_some();
                if is_moved || is_planned(self.model, entry) {
                    let owner = Owner::Tensor { subgraph, tensor };
                    add(owner, life, bytes(entry), offset);
                }
            }
        }
        for (buffer, life) in &self.scratch {
            let (subgraph, operator) = (buffer.subgraph, buffer.operator);
            let owner = Owner::Scratch { subgraph, operator };
            add(owner, *life, buffer.bytes.get(), None);
        }
        problem
    }
}

/// The subgraphs that an operator calls, in TFLM's order.
fn calls(node: &Node) -> impl Iterator<Item = usize> {
    let (table, fields): (_, &[&str]) = match node.code {
        Code::IF => (
            &tables::IfOptions,
            &["then_subgraph_index", "else_subgraph_index"],
        ),
        Code::WHILE => (
            &tables::WhileOptions,
            &["cond_subgraph_index", "body_subgraph_index"],
        ),
        _ => (&tables::CallOnceOptions, &["init_subgraph_index"]),
    };
    let options = node.operator.options_of(table);
    let fields = fields.iter().filter(move |_| options.is_some());
    let number = move |name: &&str| usize::try_from(options?.int(name)?).ok();
    fields.filter_map(number).collect::<Vec<_>>().into_iter()
}
