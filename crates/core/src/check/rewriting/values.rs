//! Values and their numbers.

use rustc_hash::FxHashMap;

use crate::graph::{ArrayType, DType, Graph, Op, OpKind};
use crate::ids::{OpId, Table, TensorId};
use crate::plan::{Exactness, OpOrigin, Rewriting, TensorOrigin};

use super::copies::copied_input;

/// What a value is, in normal form. Operators and tensors are those of the source.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) enum Value {
    /// The constant that the reader gave this number.
    Constant(u32),
    /// Fed, constant or variable.
    Given(TensorId),
    /// Some slices of a constant along an axis. They may lie outside of it, where work on slices of a value is seen as slices of the work on
    /// all of it: what it would be there is never looked at.
    Slice {
        of: TensorId,
        axis: u32,
        start: i64,
        end: i64,
    },
    /// A constant list with another number in one place.
    Entry { of: TensorId, at: u32, value: u64 },
    /// Some slices of a value that has `total` of them along an axis, and is no list of parts along it. They may lie outside of it, as those of
    /// a constant may.
    Window {
        of: u32,
        axis: u32,
        start: i64,
        end: i64,
        total: u64,
    },
    /// Zeros: nothing to a sum.
    Zeros(TensorId),
    /// An output of an operator.
    Computed {
        op: OpId,
        inputs: Vec<Option<u32>>,
        output: usize,
    },
    /// Values side by side along an axis, each with its slices; two or more, none of them such a list along this axis.
    Join { axis: u32, parts: Vec<(u32, u64)> },
    /// What a contraction makes of one part of its data, without bias.
    Product { op: OpId, data: u32, weights: u32 },
    /// A sum, its terms ascending, and whose activation is applied to it.
    Sum {
        terms: Vec<u32>,
        activation: Option<OpId>,
    },
}

/// Numbers shared by both graphs.
pub(super) struct Numbers<'s> {
    pub(super) source: &'s Graph,
    known: FxHashMap<Value, u32>,
    pub(super) values: Vec<Value>,
    /// What is promised.
    promised: Exactness,
    /// Whether additions are collections of terms.
    adds_anew: bool,
}

impl<'s> Numbers<'s> {
    /// Without any number. Where less than every bit is `promised`, sums over channels count as the same in whatever order; with `adds_anew` so do
    /// additions, as far as the promise allows.
    pub(super) fn new(source: &'s Graph, promised: Exactness, adds_anew: bool) -> Self {
        Self {
            source,
            known: FxHashMap::default(),
            values: Vec::new(),
            promised,
            adds_anew,
        }
    }

    /// The value of each tensor of the source.
    pub(super) fn of_source(&mut self) -> Table<TensorId, u32> {
        self.of_graph(self.source, OpOrigin::Source, TensorOrigin::Source)
    }

    /// The value of each tensor of the rewritten graph, in terms of the source.
    pub(super) fn of_rewriting(&mut self, rewriting: &Rewriting) -> Table<TensorId, u32> {
        let (ops, tensors) = (&rewriting.op_origins, &rewriting.tensor_origins);
        self.of_graph(&rewriting.graph, |op| ops[op], |t| tensors[t])
    }

    fn of_graph(
        &mut self,
        graph: &Graph,
        op_origin: impl Fn(OpId) -> OpOrigin,
        tensor_origin: impl Fn(TensorId) -> TensorOrigin,
    ) -> Table<TensorId, u32> {
        let mut given = |t: TensorId| {
            let value = match tensor_origin(t) {
                TensorOrigin::Slice {
                    of,
                    axis,
                    start,
                    end,
                } => return self.constant(of, axis, (start.cast_signed(), end.cast_signed())),
                TensorOrigin::Entry { of, at, value } => Value::Entry { of, at, value },
                TensorOrigin::Zeros { of } => Value::Zeros(of),
                // Parts are computed below; until then each is itself alone.
                other => Value::Given(other.tensor()),
            };
            self.number(value)
        };
        let mut values: Table<TensorId, u32> = graph.tensors().ids().map(&mut given).collect();
        for (id, op) in graph.ops().iter() {
            let call = Call {
                graph,
                op,
                origin: op_origin(id),
                values: &values,
            };
            let results: Vec<u32> = (0..op.outputs.len())
                .map(|output| self.result(&call, output))
                .collect();
            op.outputs
                .iter()
                .zip(results)
                .for_each(|(&t, value)| values[t] = value);
        }
        values
    }

    /// Slices of a constant; all of them are the constant.
    pub(super) fn constant(&mut self, of: TensorId, axis: u32, (start, end): (i64, i64)) -> u32 {
        let array = self.source.tensor(of).array.as_ref();
        let extent = array.and_then(|array| array.shape.get(axis as usize).copied().flatten());
        let value = match start == 0 && u64::try_from(end).ok() == extent {
            true => Value::Given(of),
            false => Value::Slice {
                of,
                axis,
                start,
                end,
            },
        };
        self.number(value)
    }

    pub(super) fn number(&mut self, value: Value) -> u32 {
        let next = self.values.len() as u32;
        let number = *self.known.entry(value.clone()).or_insert(next);
        if number == next {
            self.values.push(value);
        }
        number
    }

    /// Whether an addition of the source reads arrays of several shapes.
    fn stretches(&self, op: OpId) -> bool {
        let node = self.source.op(op);
        let touched = node.reads().chain(node.outputs.iter().copied());
        let shape = |t: TensorId| {
            self.source
                .tensor(t)
                .array
                .as_ref()
                .map(|array| &array.shape)
        };
        let mut shapes = touched.map(shape);
        let first = shapes.next();
        matches!(node.kind, OpKind::Add { .. }) && !shapes.all(|shape| Some(shape) == first)
    }

    /// Whether the operator is an addition whose terms may be collected, and whose activation is applied to the sum then: the function `activation`
    /// of the one that it stems from, or being stored on one side of zero, which is a ReLU.
    pub(super) fn collects(&self, call: &Call<'_>) -> Option<Option<OpId>> {
        let OpKind::Add { activation } = call.op.kind else {
            return None;
        };
        let output = call.output()?;
        let touched = call.op.reads().chain(call.op.outputs.iter().copied());
        let arrays: Vec<&ArrayType> = touched.map(|t| call.array(t)).collect::<Option<_>>()?;
        let alike = arrays.iter().all(|array| array.dtype == output.dtype);
        let stretches = self.stretches(call.origin.op());
        let plain = arrays.iter().all(|array| array.quantization.is_none());
        let class = match output.dtype {
            DType::I32 | DType::I64 if plain => Exactness::BitExact,
            DType::F32 | DType::F64 if plain => Exactness::Rounding,
            _ => Exactness::Approximate,
        };
        let allowed = self.adds_anew && alike && !stretches && class <= self.promised;
        let activation = activation || call.is_one_sided();
        allowed.then(|| activation.then(|| call.origin.op()))
    }

    /// What an operator of this origin makes of `inputs`. A sum that is made anew and has no normal form is like nothing else.
    pub(super) fn computed(
        &mut self,
        origin: OpOrigin,
        inputs: Vec<Option<u32>>,
        output: usize,
    ) -> u32 {
        let output = match origin {
            OpOrigin::Sum { .. } => usize::MAX,
            _ => output,
        };
        let op = origin.op();
        self.number(Value::Computed { op, inputs, output })
    }

    /// What an operator writes, in normal form where it has one.
    fn result(&mut self, call: &Call<'_>, output: usize) -> u32 {
        if let (Some(t), 0) = (copied_input(call.graph, call.op), output) {
            return call.values[t];
        }
        if let OpKind::Constant { value } = call.op.kind {
            return self.number(Value::Constant(value));
        }
        let normal = match (&call.op.kind, call.origin) {
            (OpKind::Split { .. }, _) => self.piece(call, output),
            _ if call.op.outputs.len() != 1 => None,
            (OpKind::Add { .. }, _) if self.adds_anew => self.elementwise(call),
            (_, OpOrigin::Sum { activation, of }) => {
                let activation = activation || call.is_one_sided();
                Some(self.sum(call, activation.then_some(of)))
            }
            (OpKind::Concat { axis }, _) => self.join(call, *axis),
            (OpKind::Contract { .. }, _) if self.promised > Exactness::BitExact => {
                self.contract(call)
            }
            (OpKind::Channelwise { .. }, _) => self.channelwise(call),
            (OpKind::Elementwise | OpKind::Add { .. } | OpKind::Requantize, _) => {
                self.elementwise(call)
            }
            (OpKind::Pad { .. }, _) => self.padded(call),
            (OpKind::Slice { .. }, _) => self.some_slices(call),
            _ => None,
        };
        normal.unwrap_or_else(|| self.computed(call.origin, call.inputs(), output))
    }
}

/// An operator and the values of what it reads.
pub(super) struct Call<'a> {
    pub(super) graph: &'a Graph,
    pub(super) op: &'a Op,
    pub(super) origin: OpOrigin,
    pub(super) values: &'a Table<TensorId, u32>,
}

impl<'a> Call<'a> {
    pub(super) fn inputs(&self) -> Vec<Option<u32>> {
        let inputs = self.op.inputs.iter();
        inputs.map(|t| t.map(|t| self.values[t])).collect()
    }

    pub(super) fn array(&self, t: TensorId) -> Option<&'a ArrayType> {
        self.graph.tensor(t).array.as_ref()
    }

    pub(super) fn output(&self) -> Option<&'a ArrayType> {
        self.array(*self.op.outputs.first()?)
    }

    /// Whether what is written is stored on one side of zero, which is a ReLU.
    pub(super) fn is_one_sided(&self) -> bool {
        self.output().is_some_and(ArrayType::is_one_sided)
    }

    /// Slices of an input along an axis.
    pub(super) fn extent(&self, input: usize, axis: u32) -> Option<u64> {
        let array = self.array((*self.op.inputs.get(input)?)?)?;
        *array.shape.get(axis as usize)?
    }

    /// Slices of the output along an axis.
    pub(super) fn slices(&self, axis: u32) -> Option<u64> {
        *self.output()?.shape.get(axis as usize)?
    }
}
