//! The normal forms: lists of parts, and collections of products.

use crate::graph::{ArrayType, OpKind};
use crate::ids::OpId;

use super::values::{Call, Numbers, Value};

impl Numbers {
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

    pub(super) fn join(&mut self, call: &Call<'_>, axis: u32) -> Option<u32> {
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

    pub(super) fn channelwise(&mut self, call: &Call<'_>) -> Option<u32> {
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

    /// What works on each element of one input: on each part of it.
    pub(super) fn elementwise(&mut self, call: &Call<'_>) -> Option<u32> {
        let [Some(from)] = call.op.inputs[..] else {
            return None;
        };
        let same_shape = call.array(from)?.same_static_shape(call.output()?);
        same_shape.then(|| self.on_each_part(call.origin.op(), call.values[from]))
    }

    fn on_each_part(&mut self, op: OpId, value: u32) -> u32 {
        let Value::Join { axis, parts } = self.values[value as usize].clone() else {
            let inputs = vec![Some(value)];
            return self.number(Value::Computed {
                op,
                inputs,
                output: 0,
            });
        };
        let parts = parts.into_iter();
        let parts = parts.map(|(part, extent)| (self.on_each_part(op, part), extent));
        let parts = parts.collect();
        self.number(Value::Join { axis, parts })
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

    pub(super) fn contract(&mut self, call: &Call<'_>) -> Option<u32> {
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
        let bias = call.inputs().get(2).copied().flatten();
        let counts = |bias: &u32| !matches!(self.values[*bias as usize], Value::Zeros(_));
        let mut terms: Vec<u32> = bias.into_iter().filter(counts).collect();
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
    pub(super) fn sum(&mut self, call: &Call<'_>, activation: Option<OpId>) -> Option<u32> {
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

fn same_quantization(a: &ArrayType, b: &ArrayType) -> bool {
    match (&a.quantization, &b.quantization) {
        (None, None) => true,
        (Some(a), Some(b)) => a.same(b),
        _ => false,
    }
}
