//! What ONNX Runtime requests by default, where it keeps freed buffers for later tensors.

use crate::graph::{Graph, Op};
use crate::ids::{Table, TensorId};
use crate::plan::Order;
use crate::units::Bytes;

use super::Aliasing;

const RULES: Aliasing = Aliasing::ORT;

/// The most bytes that ONNX Runtime requests at once for `order` of `graph` with `enable_mem_reuse`, its default: the largest
/// `mem_bytes_requested_in_use` of its profile. `order` must hold every operator once.
///
/// Its planner (`PlannerImpl::ComputeReusePlan` in `allocation_planner.cc`) gives an output, in this order: bytes of its own if the caller reads
/// it; those of the input of which it is a view; those of an input that dies and that the kernel may overwrite; a buffer that nobody
/// uses any more of the same shape and element width, the one freed last; bytes of its own. A buffer is given back after the
/// last use of all that it holds, so one that waits for its next tensor is held for nothing. What operators compute from constants
/// alone is computed in every run and takes part. Without reuse the figure is the peak on [`Target::ORT`](super::Target::ORT).
#[must_use]
pub fn ort_requested(graph: &Graph, order: &Order) -> Bytes {
    let mut planner = Planner::new(graph);
    for (&op, step) in order.ops().iter().zip(0..) {
        planner.run(graph.op(op), step);
    }
    planner.peak(order.len())
}

struct Planner<'g> {
    graph: &'g Graph,
    is_output: Table<TensorId, bool>,
    /// Uses to come, those of all tensors in a buffer counted for the tensor that it was made for.
    uses: Table<TensorId, u32>,
    /// The tensor in whose buffer each one is.
    home: Table<TensorId, TensorId>,
    /// From the step in which a buffer is made to the one of its last use.
    life: Table<TensorId, Option<(usize, usize)>>,
    /// Buffers that nobody uses, the one freed last behind.
    free: Vec<TensorId>,
}

impl<'g> Planner<'g> {
    fn new(graph: &'g Graph) -> Self {
        let tensors = graph.tensors().len();
        let mut planner = Self {
            graph,
            is_output: Table::filled(false, tensors),
            // What nobody makes is the caller's or the session's, and never free.
            uses: Table::filled(1, tensors),
            home: graph.tensors().ids().collect(),
            life: Table::filled(None, tensors),
            free: Vec::new(),
        };
        for op in graph.ops().rows() {
            op.reads().for_each(|t| planner.uses[t] += 1);
        }
        for &t in graph.outputs() {
            planner.is_output[t] = true;
            planner.uses[t] += 1;
        }
        planner
    }

    fn run(&mut self, op: &Op, step: usize) {
        // A constant that stands in the file as a node is the session's.
        if op.inputs.is_empty() && op.label == "Constant" {
            return;
        }
        for (place, &output) in op.outputs.iter().enumerate() {
            match self.taken_over(op, place, output) {
                Some(from) => {
                    let home = self.home[from];
                    self.home[output] = home;
                    self.uses[home] += self.uses[output];
                }
                None => self.life[output] = Some((step, step)),
            }
        }
        for t in op.reads().chain(op.outputs.iter().copied()) {
            let home = self.home[t];
            self.uses[home] -= 1;
            if let Some((_, last)) = &mut self.life[home] {
                *last = step;
                if self.uses[home] == 0 {
                    self.free.push(home);
                }
            }
        }
    }

    /// The tensor whose buffer `output` gets.
    fn taken_over(&mut self, op: &Op, place: usize, output: TensorId) -> Option<TensorId> {
        if self.is_output[output] {
            return None;
        }
        if let Some(input) = op.inputs.first().copied().flatten().filter(|_| place == 0) {
            let dies = self.uses[self.home[input]] == 1 && self.alike(input, output);
            if RULES.views.has(op) || RULES.in_place.has(op) && dies {
                return Some(input);
            }
        }
        let at = self
            .free
            .iter()
            .rposition(|&free| self.alike(free, output))?;
        Some(self.free.remove(at))
    }

    /// Whether both have the same shape, of one axis at least, and elements of the same width.
    fn alike(&self, a: TensorId, b: TensorId) -> bool {
        let array = |t: TensorId| self.graph.tensor(t).array.as_ref();
        array(a).zip(array(b)).is_some_and(|(a, b)| {
            a.same_static_shape(b) && !a.shape.is_empty() && a.dtype.bits() == b.dtype.bits()
        })
    }

    fn peak(&self, steps: usize) -> Bytes {
        let mut change = vec![0i128; steps + 1];
        for (tensor, life) in self.life.iter() {
            let &Some((start, last)) = life else { continue };
            let bytes = i128::from(self.graph.tensor(tensor).bytes.get());
            change[start] += bytes;
            // The caller's output is not given back.
            change[if self.is_output[tensor] {
                steps
            } else {
                last + 1
            }] -= bytes;
        }
        let mut live = 0;
        let levels = change[..steps].iter().map(|step| {
            live += step;
            live
        });
        Bytes(levels.max().unwrap_or(0).try_into().unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::ort_requested;
    use crate::graph::Graph;
    use crate::memory::{Instance, Target, profile};
    use crate::plan::Order;

    /// What is requested with reuse, and without.
    fn both(source: &str) -> (u64, u64) {
        let graph: Graph = source.parse().unwrap();
        let order = Order::new(graph.file_order());
        let without = profile(&Instance::new(&graph, &Target::ORT), &order).peak;
        (ort_requested(&graph, &order).get(), without.get())
    }

    #[test]
    fn a_freed_buffer_is_held_for_the_next_of_its_shape() {
        // While C runs, nothing is in the buffer of `a`; `d` comes to stand in it.
        let source = "x: f32[4] input\na: f32[4] = A(x)\nb: f32[8] = B(a)\nc: f32[9] = C(b)\n\
                      d: f32[4] = D(c)\ny: f32[1] output = Y(d)";
        assert_eq!(both(source), (16 + 32 + 36, 32 + 36));
        // Of another shape nothing waits.
        let other = source.replace("d: f32[4]", "d: f32[2,2]");
        assert_eq!(both(&other), (32 + 36, 32 + 36));
    }

    #[test]
    fn views_and_what_is_written_over_take_nothing() {
        let source = "x: f32[8] input\na: f32[8] = A(x)\nb: f32[8] = Relu{elementwise}(a)\n\
                      c: f32[2,4] = Reshape{reshape}(b)\ny: f32[8] output = Relu{elementwise}(c)";
        assert_eq!(both(source), (64, 64));
    }
}
