//! Bytes that hold nothing while something above them does.

use std::collections::{BTreeMap, BTreeSet};

use super::Block;

/// A rectangle of such bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hole {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) offset: u64,
    pub(super) size: u64,
}

/// All holes below the highest live byte of each step, as wide as they stay the same.
pub(super) fn holes(blocks: &[Block]) -> Vec<Hole> {
    let mut events: BTreeMap<u64, Vec<(bool, usize)>> = BTreeMap::new();
    for (index, block) in blocks.iter().enumerate() {
        if block.size > 0 && block.start < block.end {
            events.entry(block.start).or_default().push((true, index));
            events.entry(block.end).or_default().push((false, index));
        }
    }
    let mut live: BTreeSet<(u64, usize)> = BTreeSet::new();
    let mut open: BTreeMap<(u64, u64), u64> = BTreeMap::new();
    let mut found = Vec::new();
    for (step, changes) in events {
        for (begins, index) in changes {
            let key = (blocks[index].offset, index);
            if begins {
                live.insert(key);
            } else {
                live.remove(&key);
            }
        }
        let now = gaps(&live, blocks);
        open.retain(|&(offset, end), &mut start| {
            let stays = now.contains(&(offset, end));
            if !stays {
                found.push(Hole {
                    start,
                    end: step,
                    offset,
                    size: end - offset,
                });
            }
            stays
        });
        for gap in now {
            open.entry(gap).or_insert(step);
        }
    }
    found
}

/// What lies free between the live blocks, as `(from, to)`.
fn gaps(live: &BTreeSet<(u64, usize)>, blocks: &[Block]) -> BTreeSet<(u64, u64)> {
    let mut gaps = BTreeSet::new();
    let mut top = 0;
    for &(offset, index) in live {
        if offset > top {
            gaps.insert((top, offset));
        }
        top = top.max(offset.saturating_add(blocks[index].size));
    }
    gaps
}
