//! Which switches a run asked for. Only in builds for tests.

use std::cell::{Cell, RefCell};

use super::Switch;

thread_local! {
    /// A bit a switch that the thread has asked for.
    static KNOWN: Cell<u32> = const { Cell::new(0) };
    /// The same, in the order of the first questions.
    static ASKED: RefCell<Vec<Switch>> = const { RefCell::new(Vec::new()) };
}

/// Notes a question.
pub(super) fn note(switch: Switch) {
    let (known, bit) = (KNOWN.get(), 1 << switch as u32);
    if known & bit == 0 {
        KNOWN.set(known | bit);
        ASKED.with_borrow_mut(|asked| asked.push(switch));
    }
}

/// Does `work`, and says which switches its thread has asked for meanwhile, in the order of the first questions. What work on other
/// threads asks for is not seen.
pub fn asking<T>(work: impl FnOnce() -> T) -> (T, Vec<Switch>) {
    KNOWN.set(0);
    ASKED.take();
    let done = work();
    (done, ASKED.take())
}
