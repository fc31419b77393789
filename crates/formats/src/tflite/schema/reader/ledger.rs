//! What a file may cost: its parts are charged here before memory is taken for them.

use std::collections::HashSet;

/// What an object costs beside its own size, in bytes: counters, and the reader's memory of it.
pub(super) const OBJECT: usize = 100;

/// Room that even the smallest file may take.
const FLOOR: usize = 1 << 18;

/// What has been taken, and the most that may be.
///
/// A valid file whose parts do not overlap is charged at most about 13 times its length: an operator without options
/// takes 36 bytes there and below 480 here. A chain of 20,000 convolutions without weights allocates 8 times its length
/// at its highest. Names and payloads, most of a real file, are not copied at all.
pub(super) struct Ledger {
    owned: usize,
    most_owned: usize,
    reached: u64,
    most_reached: u64,
    payload: usize,
    most_payload: usize,
    payloads: HashSet<(u32, u8)>,
}

impl Ledger {
    /// The ledger for a file of this length.
    pub(super) fn new(length: usize) -> Self {
        Self {
            owned: 0,
            most_owned: length.saturating_mul(14).saturating_add(FLOOR),
            reached: 0,
            most_reached: (length as u64)
                .saturating_mul(16)
                .saturating_add(FLOOR as u64),
            payload: 0,
            most_payload: length.saturating_mul(2),
            payloads: HashSet::new(),
        }
    }

    /// Charges memory that the tree is about to take. Whether it may.
    #[must_use]
    pub(super) fn own(&mut self, bytes: usize) -> bool {
        self.owned = self.owned.saturating_add(bytes);
        self.owned <= self.most_owned
    }

    /// Charges parts that a walk over the whole tree meets, so that no walk takes out of proportion. Whether it may.
    #[must_use]
    pub(super) fn reach(&mut self, parts: u64) -> bool {
        self.reached = self.reached.saturating_add(parts);
        self.reached <= self.most_reached
    }

    /// The parts charged so far.
    pub(super) fn reached(&self) -> u64 {
        self.reached
    }

    /// Charges bytes that are not copied now but will be written, once for each place. Whether it may.
    #[must_use]
    pub(super) fn payload(&mut self, position: u32, width: u8, bytes: usize) -> bool {
        if self.payloads.insert((position, width)) {
            self.payload = self.payload.saturating_add(bytes);
        }
        self.payload <= self.most_payload
    }
}
