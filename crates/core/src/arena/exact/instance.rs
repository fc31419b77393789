//! A packing problem in the flat form the searches work on: live buffers only, renumbered by rank.

use std::ops::Range;

use crate::arena::bound::live_buffers;
use crate::arena::sections::{Lists, Sections, neighbours};
use crate::ids::{BufferId, Id, Table};
use crate::packing::{Buffer, Problem};
use crate::plan::Layout;
use crate::units::Bytes;

/// No buffer, no offset.
pub(crate) const NONE: u32 = u32::MAX;

/// The live buffers of a problem, numbered by rank: lower ranks are tried first at the same offset.
#[derive(Clone, Debug)]
pub(crate) struct Instance {
    /// The buffer of each rank.
    pub(crate) ids: Vec<BufferId>,
    /// Bytes.
    pub(crate) size: Vec<u64>,
    /// Bytes, rounded up to `unit`: what lies above starts at or above this.
    pub(crate) foot: Vec<u64>,
    /// Steps from the start of its life to its end.
    pub(crate) length: Vec<u64>,
    /// Alignment of the offset.
    pub(crate) align: Vec<u64>,
    /// Whether the buffer is free to move; if not, its first rest is its offset.
    pub(crate) free: Vec<bool>,
    /// Lower bounds to start from: 0, or the fixed offset.
    pub(crate) start: Vec<u64>,
    /// The twin of the next lower rank, or [`NONE`].
    pub(crate) twin: Vec<u32>,
    /// The buffers live together with each.
    pub(crate) neighbours: Lists,
    /// The buffers of each section.
    pub(crate) members: Lists,
    /// The sections of each buffer, ascending.
    pub(crate) sections: Lists,
    /// The first section of each buffer and the one after its last.
    pub(crate) span: Vec<(u32, u32)>,
    /// Every offset is a multiple of this.
    pub(crate) unit: u64,
}

impl Instance {
    /// The flat form of `problem`, ranked by `preorder`.
    pub(crate) fn new(problem: &Problem, sections: &Sections) -> Self {
        let ids = live_buffers(problem);
        let mut rank = vec![NONE; problem.buffers().len()];
        for (index, id) in ids.iter().enumerate() {
            rank[id.index()] = index as u32;
        }
        let mut members = Lists::default();
        for index in 0..sections.members.len() {
            let mut row: Vec<u32> = sections.members.row(index).to_vec();
            for member in &mut row {
                *member = rank[*member as usize];
            }
            row.sort_unstable();
            members.push(row);
        }
        let buffers: Vec<&Buffer> = ids.iter().map(|&id| &problem.buffers()[id]).collect();
        let of = |f: fn(&Buffer) -> u64| buffers.iter().map(|&buffer| f(buffer)).collect();
        let sections_of = members.transposed(ids.len());
        Self {
            size: of(|buffer| buffer.size.get()),
            align: of(|buffer| buffer.alignment),
            length: of(|buffer| buffer.end - buffer.start),
            start: of(|buffer| buffer.offset.unwrap_or_default().get()),
            foot: (buffers.iter())
                .map(|buffer| buffer.size.align_up(sections.unit).get())
                .collect(),
            free: buffers
                .iter()
                .map(|buffer| buffer.offset.is_none())
                .collect(),
            twin: twins(&buffers),
            neighbours: neighbours(&members, ids.len()),
            span: (0..ids.len()).map(|b| span(sections_of.row(b))).collect(),
            sections: sections_of,
            members,
            unit: sections.unit,
            ids,
        }
    }

    /// How many buffers there are.
    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    /// The borders between sections that a buffer's life crosses, gaps included: border `s` lies between `s` and `s + 1`.
    pub(crate) fn borders(&self, buffer: usize) -> Range<usize> {
        match self.sections.row(buffer) {
            [first, .., last] => *first as usize..*last as usize,
            _ => 0..0,
        }
    }

    /// Where a buffer can rest on something that ends at `end`.
    pub(crate) fn rounded(&self, buffer: usize, end: u64) -> u64 {
        match self.align[buffer] {
            1 => end,
            align => end.next_multiple_of(align),
        }
    }

    /// The layout of `problem` in which the live buffers have these offsets and all others the lowest that is allowed.
    pub(crate) fn layout(&self, problem: &Problem, offsets: &[u64]) -> Layout {
        let mut table: Table<BufferId, Bytes> = (problem.buffers().rows())
            .map(|buffer| buffer.offset.unwrap_or_default())
            .collect();
        for (&id, &offset) in self.ids.iter().zip(offsets) {
            table[id] = Bytes(offset);
        }
        Layout::new(problem, table)
    }
}

fn span(sections: &[u32]) -> (u32, u32) {
    match sections {
        [first, .., last] => (*first, *last + 1),
        [only] => (*only, *only + 1),
        [] => (0, 0),
    }
}

/// For each buffer the twin of the next lower rank.
fn twins(buffers: &[&Buffer]) -> Vec<u32> {
    let mut last = rustc_hash::FxHashMap::default();
    (buffers.iter().enumerate())
        .map(|(rank, buffer)| {
            if buffer.offset.is_some() {
                return NONE;
            }
            let key = (
                (buffer.start, buffer.end),
                (buffer.size, buffer.alignment),
                &buffer.gaps,
            );
            last.insert(key, rank as u32).unwrap_or(NONE)
        })
        .collect()
}
