//! A vector of bytes that grows at its front.

/// The bytes, at the end of a store that doubles when it is full.
#[derive(Default)]
pub(super) struct Downward {
    store: Vec<u8>,
    head: usize,
}

impl Downward {
    /// How many bytes there are.
    pub(super) fn len(&self) -> usize {
        self.store.len() - self.head
    }

    /// Puts these bytes in front.
    pub(super) fn put(&mut self, bytes: &[u8]) {
        if bytes.len() > self.head {
            self.grow(bytes.len());
        }
        let start = self.head - bytes.len();
        self.store[start..self.head].copy_from_slice(bytes);
        self.head = start;
    }

    /// Puts zeros in front so that, after `following` more bytes, the length is a multiple of `align`.
    pub(super) fn pad(&mut self, following: usize, align: usize) {
        let length = self.len() + following;
        for _ in length..length.next_multiple_of(align) {
            self.put(&[0]);
        }
    }

    /// The bytes.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.store.drain(..self.head);
        self.store
    }

    fn grow(&mut self, more: usize) {
        let added = more.max(self.store.len()).max(1 << 10);
        let mut store = vec![0; added + self.store.len()];
        store[self.head + added..].copy_from_slice(&self.store[self.head..]);
        self.store = store;
        self.head += added;
    }
}

#[cfg(test)]
mod tests {
    use super::Downward;

    #[test]
    fn bytes_come_out_last_put_first() {
        let mut out = Downward::default();
        out.put(&[7; 1500]);
        out.put(&[1, 2]);
        out.pad(4, 16);
        assert_eq!((out.len() + 4) % 16, 0);
        let bytes = out.finish();
        assert_eq!(bytes[bytes.len() - 1503..][..4], [0, 1, 2, 7]);
    }
}
