//! Lists by row in one flat array (compressed sparse rows).

/// Rows of `T`, built front to back.
#[derive(Clone, Debug)]
pub(in crate::schedule) struct Rows<T> {
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T> Rows<T> {
    /// No rows yet, but room for `rows` of an item each.
    pub(in crate::schedule) fn with_room(rows: usize) -> Self {
        let mut starts = Vec::with_capacity(rows + 1);
        starts.push(0);
        Self {
            starts,
            items: Vec::with_capacity(rows),
        }
    }

    /// One row per list.
    pub(in crate::schedule) fn from_lists<L: IntoIterator<Item = T>>(
        lists: impl Iterator<Item = L>,
    ) -> Self {
        let mut rows = Self::with_room(lists.size_hint().0);
        for list in lists {
            rows.items.extend(list);
            rows.end_row();
        }
        rows
    }

    /// Appends to the row under construction.
    pub(in crate::schedule) fn push(&mut self, item: T) {
        self.items.push(item);
    }

    /// Closes the row under construction.
    pub(in crate::schedule) fn end_row(&mut self) {
        self.starts.push(self.items.len() as u32);
    }

    /// One row.
    #[inline]
    pub(in crate::schedule) fn of(&self, row: u32) -> &[T] {
        &self.items[self.starts[row as usize] as usize..self.starts[row as usize + 1] as usize]
    }
}
