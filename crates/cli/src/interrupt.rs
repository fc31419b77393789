//! Ctrl-C: the first ends the search with the best order so far, the second ends the program. Of `compare`'s searches each has its
//! own first.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// What shells report for a program that Ctrl-C ended.
const ENDED_BY_INTERRUPT: i32 = 130;

/// A flag that the first Ctrl-C sets. Where no handler can be set, Ctrl-C ends the program at once.
pub(crate) fn flag() -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&flag);
    let _ = ctrlc::set_handler(move || {
        if seen.swap(true, Ordering::Relaxed) {
            std::process::exit(ENDED_BY_INTERRUPT);
        }
    });
    flag
}
