//! The normal forms: lists of parts, and collections of products.

use crate::graph::{ArrayType, OpKind};
use crate::ids::OpId;

use super::values::{Call, Numbers, Value};

impl Numbers<'_> {
    /// The parts of a value along an axis.
    pub(super) fn parts(&self, value: u32, axis: u32, extent: u64) -> Vec<(u32, u64)> {
        match &self.values[value as usize] {
            Value::Join { axis: own, parts } if *own == axis => parts.clone(),
            _ => vec![(value, extent)],
        }
    }

    /// Parts next to one another, in normal form: no part is such a list itself, and slices of one value that meet are one.
    pub(super) fn side_by_side(&mut self, axis: u32, parts: Vec<(u32, u64)>) -> u32 {
        let flat = parts.into_iter();
        let flat: Vec<_> = flat
            .flat_map(|(value, extent)| self.parts(value, axis, extent))
            .collect();
        let parts = self.merged(axis, flat);
        match parts[..] {
            [(value, _)] => value,
            _ => self.number(Value::Join { axis, parts }),
        }
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

    /// Slices `start` to `end` of a constant that has `extent` slices, or that is itself slices of one; they may lie outside of that. `None` where the value is no
    /// constant, and not all of it is meant.
    pub(super) fn slice(
        &mut self,
        value: u32,
        axis: u32,
        (start, end): (i64, i64),
        extent: u64,
    ) -> Option<u32> {
        let (of, first) = match self.values[value as usize] {
            Value::Given(of) => (of, 0),
            Value::Slice {
                of,
                axis: own,
                start,
                ..
            } if own == axis => (of, start),
            _ => return (start == 0 && u64::try_from(end) == Ok(extent)).then_some(value),
        };
        let (start, end) = (first.checked_add(start)?, first.checked_add(end)?);
        (start < end).then(|| self.constant(of, axis, (start, end)))
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
            let end = start + i64::try_from(extent).ok()?;
            let weights = self.slice(weights, weight_axis, (start, end), total)?;
            terms.push(self.number(Value::Product { op, data, weights }));
            start = end;
        }
        let activation = activation || call.is_one_sided();
        Some(self.collected(terms, activation.then_some(op)))
    }

    /// The sum of what an operator reads: of the terms of sums to which no activation was applied yet.
    pub(super) fn sum(&mut self, call: &Call<'_>, activation: Option<OpId>) -> u32 {
        let mut all = Vec::new();
        for input in call.inputs().into_iter().flatten() {
            match &self.values[input as usize] {
                Value::Sum {
                    terms,
                    activation: None,
                } => all.extend(terms),
                _ => all.push(input),
            }
        }
        self.collected(all, activation)
    }

    /// The sum of values of one shape. Sums among them, and slices of sums, give their terms; the first term that is some slices of a value makes the
    /// sum as many slices of the sum of wholes, as elsewhere. So the number depends on the terms alone, however they were put together.
    pub(super) fn summed(&mut self, values: &[u32], activation: Option<OpId>) -> Option<u32> {
        let mut terms = Vec::new();
        for &value in values {
            terms.extend(self.terms_of(value)?);
        }
        terms.sort_unstable();
        let Some(&Value::Window {
            axis,
            start,
            end,
            total,
            ..
        }) = terms
            .iter()
            .find(|&&term| self.is_inside(term))
            .map(|&term| &self.values[term as usize])
        else {
            return Some(self.collected(terms, activation));
        };
        let all = i64::try_from(total).ok()?;
        let beyond = (start.checked_neg()?, all.checked_sub(start)?);
        let extent = u64::try_from(end.checked_sub(start)?).ok()?;
        let mut wholes = Vec::new();
        for term in terms {
            wholes.push(self.some_of(term, axis, beyond, extent)?);
        }
        let sum = self.collected(wholes, activation);
        Some(self.window(sum, axis, (start, end), total))
    }

    /// The terms that a value adds to a sum.
    fn terms_of(&mut self, value: u32) -> Option<Vec<u32>> {
        let plain = |value: &Value| match value {
            Value::Sum {
                terms,
                activation: None,
            } => Some(terms.clone()),
            _ => None,
        };
        if let Some(terms) = plain(&self.values[value as usize]) {
            return Some(terms);
        }
        let Value::Window {
            of,
            axis,
            start,
            end,
            total,
        } = self.values[value as usize]
        else {
            return Some(vec![value]);
        };
        let Some(terms) = plain(&self.values[of as usize]) else {
            return Some(vec![value]);
        };
        let slices = terms.into_iter();
        slices
            .map(|term| self.some_of(term, axis, (start, end), total))
            .collect()
    }

    /// A sum of these terms; products of neighbouring slices of one value and of the weights are one.
    fn collected(&mut self, mut terms: Vec<u32>, activation: Option<OpId>) -> u32 {
        let mut at = 0;
        while at < terms.len() {
            let with = (0..terms.len())
                .find_map(|other| Some((other, self.fused(terms[at], terms[other])?)));
            match with {
                Some((other, both)) => {
                    terms[at] = both;
                    terms.remove(other);
                    at = 0;
                }
                None => at += 1,
            }
        }
        terms.sort_unstable();
        self.number(Value::Sum { terms, activation })
    }

    /// The product of two that are next to one another.
    fn fused(&mut self, first: u32, second: u32) -> Option<u32> {
        let value = |number: u32| self.values[number as usize].clone();
        let (
            Value::Product { op, data, weights },
            Value::Product {
                op: its,
                data: next,
                weights: behind,
            },
        ) = (value(first), value(second))
        else {
            return None;
        };
        let (
            Value::Slice {
                of,
                axis,
                start,
                end,
                ..
            },
            Value::Slice {
                of: other,
                axis: along,
                start: follows,
                end: last,
                ..
            },
        ) = (value(weights), value(behind))
        else {
            return None;
        };
        if (op, of, axis, end) != (its, other, along, follows) {
            return None;
        }
        let data = self.meeting(data, next)?;
        let weights = self.constant(of, axis, (start, last));
        Some(self.number(Value::Product { op, data, weights }))
    }
}

pub(super) fn same_quantization(a: &ArrayType, b: &ArrayType) -> bool {
    match (&a.quantization, &b.quantization) {
        (None, None) => true,
        (Some(a), Some(b)) => a.same(b),
        _ => false,
    }
}
