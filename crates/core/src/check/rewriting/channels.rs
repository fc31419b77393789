//! The normal form of what works on channels apart: such work on each part.

use crate::graph::OpKind;

use super::values::{Call, Numbers, Value};
use super::windows::signed;

/// How a call works on channels.
struct Work<'c> {
    call: &'c Call<'c>,
    axis: u32,
    group: u64,
    /// How many groups there are.
    groups: u64,
    /// Slices of the output for each group.
    per_group: u64,
    params: &'c [(u32, u32)],
}

impl Numbers<'_> {
    pub(super) fn channelwise(&mut self, call: &Call<'_>) -> Option<u32> {
        let OpKind::Channelwise {
            axis,
            group,
            params,
        } = &call.op.kind
        else {
            return None;
        };
        let (axis, group) = (*axis, u64::from(*group));
        let (total, slices) = (call.extent(0, axis)?, call.slices(axis)?);
        let groups = total
            .checked_div(group)
            .filter(|n| n * group == total && *n > 0)?;
        let data = self.parts(call.values[call.op.inputs[0]?], axis, total);
        let data = self.blocks(data, axis, group)?;
        if slices % groups != 0 {
            return None;
        }
        let work = Work {
            call,
            axis,
            group,
            groups,
            per_group: slices / groups,
            params,
        };
        let (mut parts, mut start) = (Vec::new(), 0);
        for (value, extent) in data {
            let count = extent / group;
            let first = i64::try_from(start).ok()?;
            let result = self.on_channels(&work, value, (first, count))?;
            parts.push((result, count * work.per_group));
            start += count;
        }
        Some(self.side_by_side(axis, parts))
    }

    /// The parts cut between groups: blocks of whole groups of one part, and single groups that more parts share.
    fn blocks(&mut self, parts: Vec<(u32, u64)>, axis: u32, group: u64) -> Option<Vec<(u32, u64)>> {
        let (mut blocks, mut open, mut missing) = (Vec::new(), Vec::new(), 0);
        for (value, extent) in parts {
            let first = extent.min(missing);
            let whole = (extent - first) / group * group;
            let cuts = [0, first, first + whole, extent];
            for (place, range) in cuts.windows(2).enumerate() {
                let &[start, end] = range else { return None };
                if start == end {
                    continue;
                }
                let piece = self.window(value, axis, signed((start, end))?, extent);
                if place == 1 {
                    blocks.push((piece, end - start));
                    continue;
                }
                open.push((piece, end - start));
                missing = if place == 2 { group } else { missing } - (end - start);
                if missing == 0 {
                    let shared = self.side_by_side(axis, std::mem::take(&mut open));
                    blocks.push((shared, group));
                }
            }
        }
        open.is_empty().then_some(blocks)
    }

    /// The work on a value of `count` groups, the first of which is number `first` for the parameters.
    fn on_channels(
        &mut self,
        work: &Work<'_>,
        value: u32,
        (first, count): (i64, u64),
    ) -> Option<u32> {
        let Value::Window {
            of,
            axis,
            start,
            end,
            total,
        } = self.values[value as usize]
        else {
            return self.applied(work, value, (first, count));
        };
        if axis != work.axis {
            return self.applied(work, value, (first, count));
        }
        // Of slices of a value, it is slices of the work on all of its groups, counted from where these ones begin.
        let (group, total_slices) = (i64::try_from(work.group).ok()?, i64::try_from(total).ok()?);
        let phase = start.rem_euclid(group);
        let all = u64::try_from((total_slices - phase) / group).ok()?;
        let (from, to) = ((start - phase) / group, (end - phase) / group);
        let last = phase.checked_add(group.checked_mul(i64::try_from(all).ok()?)?)?;
        let whole = self.window(of, axis, (phase, last), total);
        let result = self.applied(work, whole, (first.checked_sub(from)?, all))?;
        let per = i64::try_from(work.per_group).ok()?;
        let range = (from.checked_mul(per)?, to.checked_mul(per)?);
        Some(self.window(result, axis, range, all.checked_mul(work.per_group)?))
    }

    fn applied(&mut self, work: &Work<'_>, data: u32, (first, count): (i64, u64)) -> Option<u32> {
        let call = work.call;
        let mut inputs = call.inputs();
        inputs[0] = Some(data);
        for &(position, axis) in work.params {
            if let Some(Some(whole)) = inputs.get(position as usize).copied() {
                let extent = call.extent(position as usize, axis)?;
                let per = extent / work.groups;
                let per = i64::try_from(per)
                    .ok()
                    .filter(|_| extent % work.groups == 0)?;
                let last = first.checked_add_unsigned(count)?;
                let range = (first.checked_mul(per)?, last.checked_mul(per)?);
                inputs[position as usize] = Some(self.slice(whole, axis, range, extent)?);
            }
        }
        let (op, output) = (call.origin.op(), 0);
        Some(self.number(Value::Computed { op, inputs, output }))
    }
}
