//! Values and their numbers.

use rustc_hash::FxHashMap;

use crate::graph::{ArrayType, Graph, Op, OpKind};
use crate::ids::{OpId, Table, TensorId};
use crate::plan::{OpOrigin, Rewriting, TensorOrigin};

use super::copies::copied_input;

/// What a value is, in normal form. Operators and tensors are those of the source.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Value {
    /// Fed, constant or variable.
    Given(TensorId),
    /// Some slices of a constant along an axis.
    Slice {
        of: TensorId,
        axis: u32,
        start: u64,
        end: u64,
    },
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
pub(super) struct Numbers {
    known: FxHashMap<Value, u32>,
    values: Vec<Value>,
    /// Whether sums may be taken apart.
    sums: bool,
}

impl Numbers {
    /// Without any number. `sums` says whether sums over channels count as the same in whatever order.
    pub(super) fn new(sums: bool) -> Self {
        Self {
            known: FxHashMap::default(),
            values: Vec::new(),
            sums,
        }
    }

    /// The value of each tensor of the source.
    pub(super) fn of_source(&mut self, source: &Graph) -> Table<TensorId, u32> {
        self.of_graph(source, OpOrigin::Source, TensorOrigin::Source)
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
        let given = |t: TensorId| match tensor_origin(t) {
            TensorOrigin::Slice {
                of,
                axis,
                start,
                end,
            } => Value::Slice {
                of,
                axis,
                start,
                end,
            },
            // Parts are computed below; until then each is itself alone.
            other => Value::Given(other.tensor()),
        };
        let mut values: Table<TensorId, u32> = graph
            .tensors()
            .ids()
            .map(|t| self.number(given(t)))
            .collect();
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

    fn number(&mut self, value: Value) -> u32 {
        let next = self.values.len() as u32;
        let number = *self.known.entry(value.clone()).or_insert(next);
        if number == next {
            self.values.push(value);
        }
        number
    }

    /// What an operator writes, in normal form where it has one.
    fn result(&mut self, call: &Call<'_>, output: usize) -> u32 {
        if let Some(t) = copied_input(call.graph, call.op) {
            return call.values[t];
        }
        let normal = match (&call.op.kind, call.origin) {
            (_, OpOrigin::Sum { activation, of }) => self.sum(call, activation.then_some(of)),
            (OpKind::Concat { axis }, _) => self.join(call, *axis),
            (OpKind::Contract { .. }, _) if self.sums => self.contract(call),
            (OpKind::Channelwise { .. }, _) => self.channelwise(call),
            _ => None,
        };
        normal.unwrap_or_else(|| {
            let (op, inputs) = (call.origin.op(), call.inputs());
            self.number(Value::Computed { op, inputs, output })
        })
    }

    /// The parts of a value along an axis.
    fn parts(&self, value: u32, axis: u32, extent: u64) -> Vec<(u32, u64)> {
        match &self.values[value as usize] {
            Value::Join { axis: own, parts } if *own == axis => parts.clone(),
            _ => vec![(value, extent)],
        }
    }

    fn side_by_side(&mut self, axis: u32, parts: Vec<(u32, u64)>) -> u32 {
        match parts[..] {
            [(value, _)] => value,
            _ => self.number(Value::Join { axis, parts }),
        }
    }

    /// The parts, those of them taken together that share a group of slices.
    fn coalesced(&mut self, parts: Vec<(u32, u64)>, axis: u32, group: u64) -> Vec<(u32, u64)> {
        let (mut whole, mut open) = (Vec::new(), Vec::new());
        let mut extent = 0;
        for part in parts {
            extent += part.1;
            open.push(part);
            if extent % group == 0 {
                let value = self.side_by_side(axis, std::mem::take(&mut open));
                whole.push((value, std::mem::take(&mut extent)));
            }
        }
        whole.extend(open);
        whole
    }

    fn join(&mut self, call: &Call<'_>, axis: u32) -> Option<u32> {
        let whole = call.output()?;
        let mut parts = Vec::new();
        for (position, input) in call.op.inputs.iter().enumerate() {
            let extent = call.extent(position, axis)?;
            // A concatenation of what is stored differently does more than move bytes.
            let array = call.array((*input)?)?;
            let alike = array.dtype == whole.dtype && same_quantization(array, whole);
            parts.extend(self.parts(call.values[(*input)?], axis, alike.then_some(extent)?));
        }
        Some(self.side_by_side(axis, parts))
    }

    fn channelwise(&mut self, call: &Call<'_>) -> Option<u32> {
        let OpKind::Channelwise {
            axis,
            group,
            params,
        } = &call.op.kind
        else {
            return None;
        };
        let (total, group) = (call.extent(0, *axis)?, u64::from(*group));
        let groups = total
            .checked_div(group)
            .filter(|n| n * group == total && *n > 0)?;
        let slices = call.slices(*axis)?;
        let data = self.parts(call.values[call.op.inputs[0]?], *axis, total);
        let data = self.coalesced(data, *axis, group);
        if slices % groups != 0 || data.iter().any(|part| part.1 % group != 0) {
            return None;
        }
        let (mut parts, mut start) = (Vec::new(), 0);
        for (value, extent) in data {
            let end = start + extent / group;
            let mut inputs = call.inputs();
            inputs[0] = Some(value);
            for &(position, axis) in params {
                if let Some(Some(whole)) = inputs.get(position as usize).copied() {
                    let per = call.extent(position as usize, axis)?;
                    let per = (per % groups == 0).then_some(per / groups)?;
                    let range = (start * per, end * per);
                    let slice = self.slice(whole, axis, range, per * groups)?;
                    inputs[position as usize] = Some(slice);
                }
            }
            let op = call.origin.op();
            let work = self.number(Value::Computed {
                op,
                inputs,
                output: 0,
            });
            parts.push((work, (end - start) * (slices / groups)));
            start = end;
        }
        Some(self.side_by_side(*axis, parts))
    }

    /// A part of a constant that has `extent` slices; `None` where the value is none.
    fn slice(
        &mut self,
        value: u32,
        axis: u32,
        (start, end): (u64, u64),
        extent: u64,
    ) -> Option<u32> {
        if (start, end) == (0, extent) {
            return Some(value);
        }
        let value = match self.values[value as usize] {
            Value::Given(of) => Value::Slice {
                of,
                axis,
                start,
                end,
            },
            Value::Slice {
                of,
                axis: own,
                start: first,
                ..
            } if own == axis => Value::Slice {
                of,
                axis,
                start: first + start,
                end: first + end,
            },
            _ => return None,
        };
        Some(self.number(value))
    }

    fn contract(&mut self, call: &Call<'_>) -> Option<u32> {
        let OpKind::Contract {
            data_axis,
            weight_axis,
            activation,
        } = call.op.kind
        else {
            return None;
        };
        let op = call.origin.op();
        let total = call.extent(0, data_axis)?;
        let weights = call.values[(*call.op.inputs.get(1)?)?];
        let mut terms: Vec<u32> = call
            .inputs()
            .get(2)
            .copied()
            .flatten()
            .into_iter()
            .collect();
        let mut start = 0;
        for (data, extent) in self.parts(call.values[call.op.inputs[0]?], data_axis, total) {
            let weights = self.slice(weights, weight_axis, (start, start + extent), total)?;
            terms.push(self.number(Value::Product { op, data, weights }));
            start += extent;
        }
        terms.sort_unstable();
        let activation = activation.then_some(op);
        Some(self.number(Value::Sum { terms, activation }))
    }

    /// The sum of two sums to which no activation was applied yet.
    fn sum(&mut self, call: &Call<'_>, activation: Option<OpId>) -> Option<u32> {
        let mut all = Vec::new();
        for input in call.inputs() {
            match &self.values[input? as usize] {
                Value::Sum {
                    terms,
                    activation: None,
                } => all.extend(terms),
                _ => return None,
            }
        }
        all.sort_unstable();
        Some(self.number(Value::Sum {
            terms: all,
            activation,
        }))
    }
}

/// An operator and the values of what it reads.
struct Call<'a> {
    graph: &'a Graph,
    op: &'a Op,
    origin: OpOrigin,
    values: &'a Table<TensorId, u32>,
}

impl<'a> Call<'a> {
    fn inputs(&self) -> Vec<Option<u32>> {
        let inputs = self.op.inputs.iter();
        inputs.map(|t| t.map(|t| self.values[t])).collect()
    }

    fn array(&self, t: TensorId) -> Option<&'a ArrayType> {
        self.graph.tensor(t).array.as_ref()
    }

    fn output(&self) -> Option<&'a ArrayType> {
        self.array(*self.op.outputs.first()?)
    }

    /// Slices of an input along an axis.
    fn extent(&self, input: usize, axis: u32) -> Option<u64> {
        let array = self.array((*self.op.inputs.get(input)?)?)?;
        *array.shape.get(axis as usize)?
    }

    /// Slices of the output along an axis.
    fn slices(&self, axis: u32) -> Option<u64> {
        *self.output()?.shape.get(axis as usize)?
    }
}

fn same_quantization(a: &ArrayType, b: &ArrayType) -> bool {
    match (&a.quantization, &b.quantization) {
        (None, None) => true,
        (Some(a), Some(b)) => a.same(b),
        _ => false,
    }
}
