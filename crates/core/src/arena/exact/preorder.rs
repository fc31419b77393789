//! In which order buffers are tried at the same offset.

use crate::arena::problem::Problem;
use crate::arena::sections::Sections;
use crate::ids::{BufferId, Id};

/// A key by which buffers are ranked, largest first, compared letter by letter: `T` the largest load of a section of
/// the buffer, `W` the length of its life, `A` its area (length by size), `C` how many sections it spans, `Z` its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preorder(pub &'static str);

impl Preorder {
    /// The orders that searches take turns in. Which is best differs between instances by orders of magnitude.
    pub const PORTFOLIO: [Self; 3] = [Self("TWA"), Self("TAW"), Self("TCA")];

    /// `buffers` in this order, ties by identifier.
    pub(crate) fn ranked(
        self,
        problem: &Problem,
        sections: &Sections,
        mut buffers: Vec<BufferId>,
    ) -> Vec<BufferId> {
        let mut total = vec![0; problem.buffers().len()];
        let mut spanned = vec![0; problem.buffers().len()];
        for (index, &load) in sections.loads.iter().enumerate() {
            for &member in sections.members.row(index) {
                let most: &mut u64 = &mut total[member as usize];
                *most = load.max(*most);
                spanned[member as usize] += 1;
            }
        }
        buffers.sort_by_cached_key(|&id| {
            let buffer = &problem.buffers()[id];
            let length = buffer.end - buffer.start;
            let value = |letter| match letter {
                'T' => u128::from(total[id.index()]),
                'W' => u128::from(length),
                'A' => u128::from(length) * u128::from(buffer.size.get()),
                'C' => spanned[id.index()],
                _ => u128::from(buffer.size.get()),
            };
            let key: Vec<u128> = self.0.chars().map(|c| u128::MAX - value(c)).collect();
            (key, id)
        });
        buffers
    }
}
