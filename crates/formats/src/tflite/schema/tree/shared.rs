//! Parts of a tree that may have several owners, as tables and vectors of a flatbuffer may be pointed to from several
//! places. All are copied on write: an edit through one owner does not show through the others.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

/// A table that may have several owners. It reads as a `T`; a mutable access makes it this owner's own first.
#[derive(Clone, Debug, Default)]
pub struct Shared<T>(pub(crate) Arc<T>);

impl<T> Shared<T> {
    /// What tells this table from all others that are alive.
    pub(crate) fn identity(&self) -> usize {
        Arc::as_ptr(&self.0).addr()
    }
}

impl<T> From<T> for Shared<T> {
    fn from(value: T) -> Self {
        Self(Arc::new(value))
    }
}

impl<T> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Clone> DerefMut for Shared<T> {
    fn deref_mut(&mut self) -> &mut T {
        Arc::make_mut(&mut self.0)
    }
}

impl<T: PartialEq> PartialEq for Shared<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl<T: Eq> Eq for Shared<T> {}

/// A vector that may be absent, which reads as an empty one, and may have several owners.
#[derive(Clone, Debug)]
pub struct List<T>(pub(crate) Option<Arc<Vec<T>>>);

impl<T> List<T> {
    /// The vector that is not in the file.
    #[must_use]
    pub const fn absent() -> Self {
        Self(None)
    }

    /// Whether the vector is in the file, be it empty.
    #[must_use]
    pub fn is_present(&self) -> bool {
        self.0.is_some()
    }

    /// The vector for editing: this owner's own from here on, and present.
    pub fn edit(&mut self) -> &mut Vec<T>
    where
        T: Clone,
    {
        Arc::make_mut(self.0.get_or_insert_default())
    }
}

impl<T> From<Vec<T>> for List<T> {
    fn from(items: Vec<T>) -> Self {
        Self(Some(Arc::new(items)))
    }
}

impl<T> FromIterator<T> for List<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        items.into_iter().collect::<Vec<_>>().into()
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self::absent()
    }
}

impl<T> Deref for List<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.0.as_ref().map_or(&[], |items| items.as_slice())
    }
}

impl<'a, T> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: PartialEq> PartialEq for List<T> {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Some(a), Some(b)) => Arc::ptr_eq(a, b) || a == b,
            (None, None) => true,
            _ => false,
        }
    }
}

impl<T: Eq> Eq for List<T> {}
