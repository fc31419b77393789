//! The normal form of what takes slices out of values: a split, or an operator that reads some slices.

use crate::graph::OpKind;

use super::forms::same_quantization;
use super::values::{Call, Numbers, Value};

impl Numbers<'_> {
    /// Slices `start` to `end` of a value that has `total` of them along an axis.
    pub(super) fn window(
        &mut self,
        value: u32,
        axis: u32,
        (start, end): (i64, i64),
        total: u64,
    ) -> u32 {
        let all = i64::try_from(total).unwrap_or(i64::MAX);
        if (start, end) == (0, all) {
            return value;
        }
        match self.values[value as usize].clone() {
            Value::Join { axis: own, parts } if own == axis && start >= 0 && end <= all => {
                let (mut before, mut pieces) = (0i64, Vec::new());
                for (part, extent) in parts {
                    let slices = i64::try_from(extent).unwrap_or(i64::MAX);
                    let first = start.max(before) - before;
                    let last = end.min(before.saturating_add(slices)) - before;
                    if first < last {
                        let piece = self.window(part, axis, (first, last), extent);
                        pieces.push((piece, last.abs_diff(first)));
                    }
                    before = before.saturating_add(slices);
                }
                self.side_by_side(axis, pieces)
            }
            Value::Window {
                of,
                axis: own,
                start: first,
                total,
                ..
            } if own == axis => {
                let range = (first.saturating_add(start), first.saturating_add(end));
                self.window(of, axis, range, total)
            }
            _ => self.number(Value::Window {
                of: value,
                axis,
                start,
                end,
                total,
            }),
        }
    }

    /// Parts along an axis, with slices of one value that meet taken together.
    pub(super) fn merged(&mut self, axis: u32, parts: Vec<(u32, u64)>) -> Vec<(u32, u64)> {
        let mut merged: Vec<(u32, u64)> = Vec::new();
        for (part, extent) in parts {
            let along = matches!(self.values[part as usize], Value::Window { axis: own, .. } if own == axis);
            let last = merged.last().copied().filter(|_| along);
            let joined = last.and_then(|last| self.meeting(last.0, part));
            match (joined, merged.last_mut()) {
                (Some(value), Some(place)) => *place = (value, place.1 + extent),
                _ => merged.push((part, extent)),
            }
        }
        merged
    }

    /// Both together, where the second value is the slices behind those of the first.
    pub(super) fn meeting(&mut self, first: u32, second: u32) -> Option<u32> {
        match (&self.values[first as usize], &self.values[second as usize]) {
            (
                &Value::Window {
                    of,
                    axis,
                    start,
                    end,
                    total,
                },
                &Value::Window {
                    of: other,
                    axis: along,
                    start: next,
                    end: last,
                    ..
                },
            ) if (of, axis, end) == (other, along, next) => {
                Some(self.window(of, axis, (start, last), total))
            }
            _ => None,
        }
    }

    /// What a split writes at a position among its outputs.
    pub(super) fn piece(&mut self, call: &Call<'_>, output: usize) -> Option<u32> {
        let OpKind::Split {
            data,
            axis: Some(axis),
        } = call.op.kind
        else {
            return None;
        };
        let from = (*call.op.inputs.get(data as usize)?)?;
        let (total, whole) = (call.extent(data as usize, axis)?, call.array(from)?);
        let mut ranges = Vec::new();
        let mut start = 0u64;
        for &t in &call.op.outputs {
            let array = call.array(t)?;
            let extent = (*array.shape.get(axis as usize)?)?;
            let alike = array.dtype == whole.dtype && same_quantization(array, whole);
            let end = start.checked_add(extent).filter(|_| alike)?;
            ranges.push((start, end));
            start = end;
        }
        let range = *ranges.get(output).filter(|_| start == total)?;
        Some(self.window(call.values[from], axis, signed(range)?, total))
    }

    /// What an operator makes of slices along one axis. Whether its lists say so is looked at with the origins.
    pub(super) fn some_slices(&mut self, call: &Call<'_>) -> Option<u32> {
        let OpKind::Slice {
            axis, start, end, ..
        } = call.op.kind
        else {
            return None;
        };
        let from = (*call.op.inputs.first()?)?;
        let (total, whole) = (call.extent(0, axis)?, call.array(from)?);
        let output = call.output()?;
        let alike = output.dtype == whole.dtype && same_quantization(output, whole);
        let inside = start < end && end <= total && call.slices(axis)? == end - start;
        let range = signed((start, end)).filter(|_| alike && inside)?;
        Some(self.window(call.values[from], axis, range, total))
    }
}

/// Slices of a value, as distances from its first one.
pub(super) fn signed((start, end): (u64, u64)) -> Option<(i64, i64)> {
    Some((i64::try_from(start).ok()?, i64::try_from(end).ok()?))
}
