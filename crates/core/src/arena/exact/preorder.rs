//! In which order buffers are tried at the same offset.

use crate::arena::exact::instance::Instance;

/// A key by which buffers are ranked, largest first, compared letter by letter: `T` the largest load of a section of
/// the buffer, `W` the length of its life, `A` its area (length by size), `C` how many sections it spans, `Z` its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Preorder(pub(crate) &'static str);

impl Preorder {
    /// The orders that searches take turns in. Which is best differs between instances by orders of magnitude.
    pub(crate) const PORTFOLIO: [Self; 3] = [Self("TWA"), Self("TAW"), Self("TCA")];

    /// Ranks `members`, given what each section can still start at: largest key first, ties by index.
    pub(crate) fn sort(self, instance: &Instance, latest: &[u64], members: &mut [u32]) {
        members.sort_by_cached_key(|&member| {
            let key: [u128; 4] = std::array::from_fn(|at| match self.0.as_bytes().get(at) {
                Some(&letter) => u128::MAX - value(letter, instance, latest, member as usize),
                None => 0,
            });
            (key, member)
        });
    }
}

fn value(letter: u8, instance: &Instance, latest: &[u64], buffer: usize) -> u128 {
    let sections = instance.sections.row(buffer);
    match letter {
        b'T' => {
            // The largest unplaced load leaves the least room.
            let least = sections.iter().map(|&section| latest[section as usize]);
            u128::from(u64::MAX - least.min().unwrap_or(u64::MAX))
        }
        b'W' => u128::from(instance.length[buffer]),
        b'A' => u128::from(instance.length[buffer]) * u128::from(instance.size[buffer]),
        b'C' => sections.len() as u128,
        _ => u128::from(instance.size[buffer]),
    }
}
