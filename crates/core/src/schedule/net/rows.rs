//! Lists by row in one flat array (compressed sparse rows).

/// Rows of `T`, built front to back.
#[derive(Clone, Debug)]
pub(in crate::schedule) struct Rows<T> {
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self {
            starts: vec![0],
            items: Vec::new(),
        }
    }
}

impl<T> Rows<T> {
    /// One row per list.
    pub(in crate::schedule) fn from_lists<L: IntoIterator<Item = T>>(
        lists: impl Iterator<Item = L>,
    ) -> Self {
        let mut rows = Self::default();
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
