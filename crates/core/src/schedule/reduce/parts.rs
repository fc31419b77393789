//! The problem as a list of smaller ones.

use crate::schedule::net::bits::Bits;
use crate::schedule::net::{Draft, Net, Reach, Rows, Slicer};
use crate::schedule::{Switch, Switches};

use super::{decide, forced_downsets, glue, lean};

/// A reduced problem between two forced downsets, to be solved by itself.
#[derive(Clone, Debug)]
pub(in crate::schedule) struct Part {
    /// The problem.
    pub(in crate::schedule) net: Net,
    /// Who runs before whom in it.
    pub(in crate::schedule) reach: Reach,
    /// The original operators that each of its operators stands for, in running order.
    members: Rows<u32>,
    /// Bytes of the tables it took to make it.
    tables: u64,
}

impl Part {
    /// An order of the part as an order of original operators.
    pub(in crate::schedule) fn lift(&self, order: &[u32]) -> Vec<u32> {
        order
            .iter()
            .flat_map(|&op| self.members.of(op))
            .copied()
            .collect()
    }

    /// One of the original operators in `op`.
    pub(in crate::schedule) fn a_member(&self, op: u32) -> u32 {
        self.members.of(op).last().copied().unwrap_or(0)
    }
}

/// Reduces and splits until neither finds anything. The parts run one after the other; the bytes of the largest tables
/// come with them.
pub(in crate::schedule) fn split(draft: Draft, switches: Switches) -> (Vec<Part>, u64) {
    let (mut parts, mut tables) = (Vec::new(), 0);
    split_into(draft, switches, &mut parts, &mut tables);
    (parts, tables)
}

/// Drops what never matters and glues.
pub(super) fn reduced(mut draft: Draft, switches: Switches) -> Part {
    let before = draft.reach();
    lean(&mut draft, &before);
    decide(&mut draft);
    // What is glued can decide for others, which can then be glued.
    while glue(&mut draft, &before, switches) && decide(&mut draft) {}
    let (net, members) = draft.seal(&before);
    let reach = Reach::new(net.len() as usize, |op| net.before(op));
    let tables = before.memory() + reach.memory();
    Part {
        net,
        reach,
        members,
        tables,
    }
}

fn split_into(draft: Draft, switches: Switches, parts: &mut Vec<Part>, tables: &mut u64) {
    let part = reduced(draft, switches);
    *tables = (*tables).max(part.tables);
    let Part {
        net,
        reach,
        members,
        ..
    } = &part;
    let cuts = forced_downsets(net, reach);
    if cuts.len() < 2 || !switches.ask(Switch::Split) {
        return parts.push(part);
    }
    let (mut slicer, mut done) = (Slicer::new(net), Bits::new(net.len()));
    let mut live = net.live_at_start();
    for ops in &cuts {
        let mut inner = slicer.cut(&done, live, ops);
        for op in &mut inner.ops {
            op.members = op
                .members
                .iter()
                .flat_map(|&m| members.of(m))
                .copied()
                .collect();
        }
        for &op in ops {
            live = live.wrapping_add_signed(net.weigh(&done, op).change);
            done.insert(op);
        }
        split_into(inner, switches, parts, tables);
    }
}
