//! Sections: the sets of buffers that are live together.
//!
//! ```text
//!  offset
//!   12 |  .--------.
//!      |  |   b1   |  .-----------.
//!    8 |  +-----.--+--+    b2     |        sections: {b0, b1}, {b0, b2}, {b2, b3}
//!      |  |     b0    |           |        load:         10,       9,        8
//!      |  |           +-----.-----+--.
//!    4 |  |           |     |   b3   |     b0 and b3 are no neighbours: they are never live together
//!      |  |           |     |        |
//!    0 '--+-----------+-----+--------+--> step
//! ```
//!
//! Steps in which the same buffers are live say the same, and a set within another says less, so a sweep over the steps that
//! writes the live set down only before a buffer ends keeps every set that is not within one of its neighbours in time.

use crate::ids::Id;
use crate::packing::Problem;

/// Rows of indices, end to end in one vector.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lists {
    ends: Vec<u32>,
    items: Vec<u32>,
}

impl Lists {
    pub(crate) fn push(&mut self, row: impl IntoIterator<Item = u32>) {
        self.items.extend(row);
        self.ends.push(self.items.len() as u32);
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn row(&self, index: usize) -> &[u32] {
        let from = if index == 0 { 0 } else { self.ends[index - 1] };
        &self.items[from as usize..self.ends[index] as usize]
    }

    /// The rows in which each of `columns` indices occurs, ascending.
    pub(crate) fn transposed(&self, columns: usize) -> Self {
        let mut rows = vec![Vec::new(); columns];
        for index in 0..self.len() {
            for &item in self.row(index) {
                rows[item as usize].push(index as u32);
            }
        }
        let mut lists = Self::default();
        for row in rows {
            lists.push(row);
        }
        lists
    }
}

/// The live sets of a problem in the order of time.
#[derive(Clone, Debug)]
pub(crate) struct Sections {
    /// The buffers of each section, ascending; buffers that never hold a byte are in none.
    pub(crate) members: Lists,
    /// The bytes that the members of each section hold together, each rounded up to `unit`.
    pub(crate) loads: Vec<u64>,
    /// Every offset is a multiple of this: the greatest common divisor of the alignments, 1 where windows make it useless.
    pub(crate) unit: u64,
}

/// More pairs of buffers that are live together are not written down: such problems are left to the greedy planners.
const PAIRS: usize = 1 << 25;

impl Sections {
    /// The sections of `problem`, or none if they are too many to write down.
    pub(crate) fn of(problem: &Problem) -> Option<Self> {
        let unit = offset_unit(problem);
        let mut sections = Self {
            members: Lists::default(),
            loads: Vec::new(),
            unit,
        };
        let mut live: Vec<(u32, u64)> = Vec::new();
        let mut grown = false;
        let mut pairs = 0;
        for (_, ends, buffer, bytes) in events(problem, unit) {
            if ends {
                if grown {
                    sections.write(&live);
                    grown = false;
                }
                live.retain(|&(other, _)| other != buffer);
            } else {
                pairs += live.len();
                if pairs > PAIRS {
                    return None;
                }
                let at = live.partition_point(|&(other, _)| other < buffer);
                live.insert(at, (buffer, bytes));
                grown = true;
            }
        }
        Some(sections)
    }

    fn write(&mut self, live: &[(u32, u64)]) {
        self.members.push(live.iter().map(|&(buffer, _)| buffer));
        self.loads.push(live.iter().map(|&(_, bytes)| bytes).sum());
    }
}

/// What every offset is a multiple of.
fn offset_unit(problem: &Problem) -> u64 {
    if problem.has_windows() {
        return 1;
    }
    problem
        .buffers()
        .rows()
        .fold(0, |unit, buffer| gcd(unit, buffer.alignment))
        .max(1)
}

/// The greatest common divisor; that of 0 and `b` is `b`.
pub(crate) const fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// Starts and ends of all pieces, ascending by step, ends first: `(step, is an end, buffer, bytes held)`.
fn events(problem: &Problem, unit: u64) -> Vec<(u64, bool, u32, u64)> {
    let mut events = Vec::new();
    for (id, buffer) in problem.buffers().iter() {
        for (start, end, held) in buffer.pieces() {
            let bytes = (held.upper - held.lower).align_up(unit).get();
            events.push((start, false, id.index() as u32, bytes));
            events.push((end, true, id.index() as u32, bytes));
        }
    }
    events.sort_unstable_by_key(|&(step, ends, buffer, _)| (step, !ends, buffer));
    events
}

/// The buffers that are live together with each, ascending.
pub(crate) fn neighbours(members: &Lists, buffers: usize) -> Lists {
    let mut found = vec![Vec::new(); buffers];
    let mut previous: &[u32] = &[];
    for index in 0..members.len() {
        let row = members.row(index);
        for &a in row.iter().filter(|a| previous.binary_search(a).is_err()) {
            for &b in row.iter().filter(|&&b| b != a) {
                found[a as usize].push(b);
                found[b as usize].push(a);
            }
        }
        previous = row;
    }
    let mut lists = Lists::default();
    for mut row in found {
        row.sort_unstable();
        row.dedup();
        lists.push(row);
    }
    lists
}
