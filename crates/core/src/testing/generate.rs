//! Random graphs and orders from a seed.

mod pages;
mod sharing;
#[cfg(test)]
mod tests;

pub use pages::pages;
pub use sharing::sharing;

use fastrand::Rng;

use crate::graph::{Graph, GraphBuilder, Op, OpKind, Role, Tensor};
use crate::ids::{Id, OpId, Table, TensorId};
use crate::memory::Instance;
use crate::plan::Order;
use crate::units::Bytes;

/// A graph of at most `most_ops` operators, the same for the same arguments.
///
/// Over many seeds there is all that the ruler has to count: random, layered and chained wiring, operators with no or
/// several outputs, tensors read twice, of no bytes, or by nobody, constants and what is computed from them, variables
/// that are read or written, control edges, outputs that are read, inputs that are outputs or listed twice, and parts
/// that do not touch.
#[must_use]
pub fn graph(seed: u64, most_ops: usize) -> Graph {
    let mut rng = Rng::with_seed(seed);
    let ops = rng.usize(0..=most_ops);
    Sketch::new(rng, ops).draw()
}

/// A random valid order: at each step any operator that is ready, each as likely as the others.
#[must_use]
pub fn order(instance: &Instance<'_>, rng: &mut Rng) -> Order {
    let topology = instance.topology();
    let ops = instance.graph().ops();
    let waiting_for = |op| topology.predecessors(op).len();
    let mut waits: Table<OpId, usize> = ops.ids().map(waiting_for).collect();
    let mut ready: Vec<OpId> = ops.ids().filter(|&op| waits[op] == 0).collect();
    let mut order = Vec::with_capacity(waits.len());
    while !ready.is_empty() {
        let op = ready.swap_remove(rng.usize(0..ready.len()));
        order.push(op);
        for &next in topology.successors(op) {
            waits[next] -= 1;
            if waits[next] == 0 {
                ready.push(next);
            }
        }
    }
    Order::new(order)
}

/// How operators choose what they read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wiring {
    /// Anything written before.
    Random,
    /// Something written lately: long and narrow, with hourglasses.
    Recent(usize),
    /// What the layer before wrote, this many operators wide.
    Layered(usize),
}

/// A graph in the making.
struct Sketch {
    rng: Rng,
    builder: GraphBuilder,
    /// Bytes of every tensor so far.
    sizes: Vec<u64>,
    ops: usize,
    wiring: Wiring,
    most_bytes: u64,
    /// Chance in a hundred of everything out of the ordinary; at 0 the graph is as plain as can be.
    oddity: u32,
    /// Chance in a hundred that an operator can share bytes.
    sharing: u32,
    /// Inputs and constants.
    sources: Vec<TensorId>,
    /// What operators wrote, with the number of the writer.
    written: Vec<(usize, TensorId)>,
    /// Variables that no operator writes.
    variables: Vec<TensorId>,
}

impl Sketch {
    fn new(mut rng: Rng, ops: usize) -> Self {
        let wiring = match rng.u8(0..4) {
            0 | 1 => Wiring::Random,
            2 => Wiring::Recent(rng.usize(1..=4)),
            _ => Wiring::Layered(rng.usize(1..=4)),
        };
        Self {
            builder: GraphBuilder::new(format!("random {ops}")),
            sizes: Vec::new(),
            ops,
            wiring,
            most_bytes: [1, 4, 16, 1000][rng.usize(0..4)],
            oddity: [0, 4, 15][rng.usize(0..3)],
            sharing: 0,
            sources: Vec::new(),
            written: Vec::new(),
            variables: Vec::new(),
            rng,
        }
    }

    fn draw(mut self) -> Graph {
        self.draw_sources();
        for number in 0..self.ops {
            self.draw_op(number);
        }
        self.draw_control();
        self.draw_ends();
        self.builder
            .build()
            .expect("a sketch reads only what is written before")
    }

    fn odd(&mut self) -> bool {
        self.rng.u32(0..100) < self.oddity
    }

    fn tensor(&mut self, role: Role) -> TensorId {
        let bytes = match self.odd() {
            true => 0,
            false => self.rng.u64(1..=self.most_bytes),
        };
        self.sized(bytes, role)
    }

    fn sized(&mut self, bytes: u64, role: Role) -> TensorId {
        self.sizes.push(bytes);
        self.builder.tensor(Tensor {
            name: String::new(),
            bytes: Bytes(bytes),
            role,
            array: None,
        })
    }

    fn draw_sources(&mut self) {
        for _ in 0..self.rng.usize(1..=2) {
            let input = self.tensor(Role::Activation);
            self.builder.input(input);
            self.sources.push(input);
        }
        while self.odd() {
            let constant = self.tensor(Role::Constant);
            self.sources.push(constant);
        }
        while self.odd() {
            let variable = self.tensor(Role::Variable);
            self.variables.push(variable);
            // Neither an input nor written by anyone: it takes no bytes.
            let stray = self.tensor(Role::Activation);
            self.sources.push(stray);
        }
        if self.odd() {
            // Listed twice, or a variable or constant that the caller feeds.
            let all = [self.sources.as_slice(), &self.variables].concat();
            let again = all[self.rng.usize(0..all.len())];
            self.builder.input(again);
        }
    }

    fn draw_op(&mut self, number: usize) {
        let mut inputs: Vec<Option<TensorId>> = Vec::new();
        for _ in 0..1 + self.rng.usize(0..3).min(self.rng.usize(0..3)) {
            inputs.push(self.choose(number));
        }
        if self.odd() {
            inputs.push(inputs[0]);
        }
        if self.odd() {
            inputs.push(None);
        }
        if !self.variables.is_empty() && self.rng.bool() {
            let variable = self.variables[self.rng.usize(0..self.variables.len())];
            inputs.push(Some(variable));
        }
        if self.sharing > 0 && self.rng.u32(0..100) < self.sharing {
            return self.draw_sharing(number, inputs);
        }
        let outputs: Vec<TensorId> = match self.rng.u8(0..8) {
            0 if self.oddity > 0 => Vec::new(),
            1 => self.draw_outputs(number, 2),
            2 => self.draw_outputs(number, 3),
            _ => self.draw_outputs(number, 1),
        };
        let has_effects = self.odd();
        self.builder.op(Op {
            name: String::new(),
            label: "OP".into(),
            kind: OpKind::Opaque,
            inputs,
            outputs,
            has_effects,
        });
    }

    fn draw_outputs(&mut self, number: usize, count: usize) -> Vec<TensorId> {
        let mut outputs = Vec::new();
        for _ in 0..count {
            let role = match self.odd() && self.odd() {
                true => Role::Variable,
                false => Role::Activation,
            };
            let output = self.tensor(role);
            self.written.push((number, output));
            outputs.push(output);
        }
        outputs
    }

    /// Something to read for operator `number`.
    fn choose(&mut self, number: usize) -> Option<TensorId> {
        let from = match self.wiring {
            Wiring::Random => 0,
            Wiring::Recent(back) => number.saturating_sub(back),
            Wiring::Layered(width) => (number / width).saturating_sub(1) * width,
        };
        let to = match self.wiring {
            Wiring::Layered(width) => number / width * width,
            Wiring::Random | Wiring::Recent(_) => number,
        };
        let first = self.written.partition_point(|&(writer, _)| writer < from);
        let last = self.written.partition_point(|&(writer, _)| writer < to);
        if first == last || self.odd() {
            return self.rng.choice(&self.sources).copied();
        }
        Some(self.written[self.rng.usize(first..last)].1)
    }

    fn draw_control(&mut self) {
        for second in 1..self.ops {
            if self.odd() {
                let first = self.rng.usize(0..second);
                self.builder
                    .control(OpId::from_index(first), OpId::from_index(second));
            }
        }
    }

    fn draw_ends(&mut self) {
        if let Some(&(_, last)) = self.written.last() {
            self.builder.output(last);
        }
        while !self.written.is_empty() && self.rng.u8(0..3) == 0 {
            let (_, output) = self.written[self.rng.usize(0..self.written.len())];
            self.builder.output(output);
        }
        if self.odd() {
            let end = self.sources[self.rng.usize(0..self.sources.len())];
            self.builder.output(end);
        }
    }
}
