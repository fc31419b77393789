//! The normal form of what works on elements, or on slices of an axis that it leaves alone: such work on each part.

use std::collections::BTreeSet;

use crate::graph::{OpKind, Role};
use crate::ids::OpId;
use crate::plan::OpOrigin;

use super::values::{Call, Numbers, Value};
use super::windows::signed;

/// What an elementwise operator does.
#[derive(Clone, Copy)]
struct Work {
    origin: OpOrigin,
    /// Whether it is an addition whose terms are collected, and the activation behind it.
    collects: Option<Option<OpId>>,
}

/// A value that an elementwise operator reads, and its extents.
type Operand = Option<(u32, Vec<u64>)>;

impl Numbers<'_> {
    /// What works on each element of its inputs: on each part of them, where all are divided alike.
    pub(super) fn elementwise(&mut self, call: &Call<'_>) -> Option<u32> {
        let output = extents(&call.output()?.shape)?;
        let mut operands = Vec::new();
        for &input in &call.op.inputs {
            operands.push(match input {
                Some(t) => Some((call.values[t], extents(&call.array(t)?.shape)?)),
                None => None,
            });
        }
        // Parameters of a requantisation are not stretched as elements are.
        let single = |operand: &Operand| {
            operand
                .as_ref()
                .is_none_or(|(_, shape)| shape.iter().product::<u64>() == 1)
        };
        let plain = call.op.kind.is_elementwise() || operands.iter().skip(1).all(single);
        let work = Work {
            origin: call.origin,
            collects: self.collects(call),
        };
        plain.then(|| self.on_each_part(work, &operands, &output))
    }

    fn on_each_part(&mut self, work: Work, operands: &[Operand], output: &[u64]) -> u32 {
        for (value, shape) in operands.iter().flatten() {
            if let Value::Join { axis, .. } = self.values[*value as usize]
                && shape == output
                && let Some(divided) = self.divided(work, operands, output, axis)
            {
                return divided;
            }
        }
        let whole = |operand: &Operand| match operand {
            Some((value, shape)) if shape == output => Some(*value),
            _ => None,
        };
        let values: Option<Vec<u32>> = operands.iter().map(whole).collect();
        if let (Some(activation), Some(values)) = (work.collects, values)
            && let Some(sum) = self.summed(&values, activation)
        {
            return sum;
        }
        if let Some(lifted) = self.lifted(work, operands, output) {
            return lifted;
        }
        let inputs = operands
            .iter()
            .map(|operand| operand.as_ref().map(|(value, _)| *value))
            .collect();
        self.computed(work.origin, inputs, 0)
    }

    /// The work on slices of a value as slices of the work on all of it. Other inputs are continued to both sides: constants and values have
    /// slices beyond their own here, which are never looked at.
    fn lifted(&mut self, work: Work, operands: &[Operand], output: &[u64]) -> Option<u32> {
        // What is stretched elsewhere may have the shape of one slice by itself: it says nothing of slices.
        let mut leads = operands.iter().flatten();
        let (lead, _) = leads.find(|(value, shape)| shape == output && self.is_inside(*value))?;
        let Value::Window {
            axis,
            start,
            end,
            total,
            ..
        } = self.values[*lead as usize]
        else {
            return None;
        };
        let beyond = (
            start.checked_neg()?,
            i64::try_from(total).ok()?.checked_sub(start)?,
        );
        let mut whole = Vec::new();
        for operand in operands {
            let Some((value, shape)) = operand else {
                whole.push(None);
                continue;
            };
            // One slice beside one slice is stretched only if it is no slice of something.
            let own = divisible(shape, output, axis).or_else(|| {
                let own = u32::try_from((axis as usize + shape.len()).checked_sub(output.len())?);
                own.ok()
                    .filter(|&own| self.is_cut(*value, own) && end - start == 1)
            });
            let Some(own) = own else {
                whole.push(operand.clone());
                continue;
            };
            let mut shape = shape.clone();
            let value = self.some_of(*value, own, beyond, shape[own as usize])?;
            shape[own as usize] = total;
            whole.push(Some((value, shape)));
        }
        let mut of_whole = output.to_vec();
        *of_whole.get_mut(axis as usize)? = total;
        let work = self.on_each_part(work, &whole, &of_whole);
        Some(self.window(work, axis, (start, end), total))
    }

    /// Whether a value is some slices of another one, and none beyond it: each lifting makes one of them whole, and comes to an end.
    pub(super) fn is_inside(&self, value: u32) -> bool {
        match self.values[value as usize] {
            Value::Window {
                start, end, total, ..
            } => start >= 0 && u64::try_from(end).is_ok_and(|end| end <= total),
            _ => false,
        }
    }

    /// Slices of a constant or of another value.
    pub(super) fn some_of(
        &mut self,
        value: u32,
        axis: u32,
        range: (i64, i64),
        extent: u64,
    ) -> Option<u32> {
        match self.is_constant(value) {
            true => self.slice(value, axis, range, extent),
            false => Some(self.window(value, axis, range, extent)),
        }
    }

    fn is_constant(&self, value: u32) -> bool {
        match self.values[value as usize] {
            Value::Given(of) | Value::Slice { of, .. } => {
                self.source.tensor(of).role == Role::Constant
            }
            _ => false,
        }
    }

    /// The work on each part along an axis, other inputs cut wherever one is; `None` where none is.
    fn divided(
        &mut self,
        work: Work,
        operands: &[Operand],
        output: &[u64],
        axis: u32,
    ) -> Option<u32> {
        let total = *output.get(axis as usize)?;
        let mut cuts = BTreeSet::from([total]);
        for (value, shape) in operands.iter().flatten() {
            let own = divisible(shape, output, axis);
            if let Value::Join { axis: its, parts } = &self.values[*value as usize]
                && Some(*its) == own
            {
                let ends = parts.iter().scan(0, |at, part| {
                    *at += part.1;
                    Some(*at)
                });
                cuts.extend(ends);
            }
        }
        if cuts.len() < 2 || cuts.last() != Some(&total) {
            return None;
        }
        let (mut parts, mut start) = (Vec::new(), 0);
        for end in cuts {
            let mut part = output.to_vec();
            part[axis as usize] = end - start;
            let of_part = operands
                .iter()
                .map(|operand| self.restricted(operand, output, axis, (start, end)))
                .collect::<Option<Vec<Operand>>>()?;
            parts.push((self.on_each_part(work, &of_part, &part), end - start));
            start = end;
        }
        Some(self.side_by_side(axis, parts))
    }

    fn is_cut(&self, value: u32, along: u32) -> bool {
        matches!(
            self.values[value as usize],
            Value::Slice { axis, .. } | Value::Window { axis, .. } if axis == along
        )
    }

    fn restricted(
        &mut self,
        operand: &Operand,
        output: &[u64],
        axis: u32,
        range: (u64, u64),
    ) -> Option<Operand> {
        let Some((value, shape)) = operand else {
            return Some(None);
        };
        let Some(own) = divisible(shape, output, axis) else {
            return Some(operand.clone());
        };
        let total = shape[own as usize];
        let value = self.some_of(*value, own, signed(range)?, total)?;
        let mut shape = shape.clone();
        shape[own as usize] = range.1 - range.0;
        Some(Some((value, shape)))
    }

    /// What pads other axes than those along which its input is joined: on each part.
    pub(super) fn padded(&mut self, call: &Call<'_>) -> Option<u32> {
        let OpKind::Pad {
            amounts: Some(amounts),
        } = &call.op.kind
        else {
            return None;
        };
        let inputs = call.inputs();
        let data = inputs.first().copied().flatten()?;
        Some(self.padded_part(call.origin.op(), amounts, &inputs, data))
    }

    fn padded_part(
        &mut self,
        op: OpId,
        amounts: &[(i64, i64)],
        inputs: &[Option<u32>],
        data: u32,
    ) -> u32 {
        match self.values[data as usize].clone() {
            Value::Join { axis, parts } if amounts.get(axis as usize) == Some(&(0, 0)) => {
                let mut padded = Vec::new();
                for (part, extent) in parts {
                    padded.push((self.padded_part(op, amounts, inputs, part), extent));
                }
                self.side_by_side(axis, padded)
            }
            Value::Window {
                of,
                axis,
                start,
                end,
                total,
            } if amounts.get(axis as usize) == Some(&(0, 0)) => {
                let work = self.padded_part(op, amounts, inputs, of);
                self.window(work, axis, (start, end), total)
            }
            _ => {
                let mut inputs = inputs.to_vec();
                inputs[0] = Some(data);
                let output = 0;
                self.number(Value::Computed { op, inputs, output })
            }
        }
    }
}

fn extents(shape: &[Option<u64>]) -> Option<Vec<u64>> {
    shape.iter().copied().collect()
}

/// The axis of an operand that runs along an axis of the output, unless it is repeated along it. Axes are matched from the last one on.
fn divisible(shape: &[u64], output: &[u64], axis: u32) -> Option<u32> {
    let own = (axis as usize + shape.len()).checked_sub(output.len())?;
    let repeated = shape.get(own) == Some(&1) || shape.iter().product::<u64>() == 1;
    u32::try_from(own).ok().filter(|_| !repeated)
}
