//! Constant nodes that stand in a graph more than once.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::super::ops;
use super::super::schema::NodeView;

/// By node: the number of its constant, where another node holds the same one.
pub(super) struct Twins(HashMap<usize, u32>);

impl Twins {
    /// Compares the constants of all nodes, byte by byte as they stand in the file. Equal ones that are spelt differently
    /// count as different.
    pub(super) fn among(nodes: &[NodeView<'_>]) -> Self {
        let mut first: HashMap<Vec<&[u8]>, (usize, u32)> = HashMap::new();
        let mut numbers = HashMap::new();
        for (index, node) in nodes.iter().enumerate() {
            if !ops::is_constant(node) {
                continue;
            }
            let next = first.len() as u32;
            match first.entry(node.constant()) {
                Entry::Vacant(place) => {
                    place.insert((index, next));
                }
                Entry::Occupied(place) => {
                    let (twin, number) = *place.get();
                    numbers.extend([(twin, number), (index, number)]);
                }
            }
        }
        Self(numbers)
    }

    /// The number of the constant that the node of this index shares with others.
    pub(super) fn number(&self, index: usize) -> Option<u32> {
        self.0.get(&index).copied()
    }
}
