//! Work on several threads, with the same result on any number of them.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Does `work` for every item, on up to `threads` threads. The results stand in the order of the items.
pub(crate) fn each<T: Sync, R: Send>(
    threads: usize,
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    if threads < 2 || items.len() < 2 {
        return items.iter().map(work).collect();
    }
    // This thread takes items too.
    let others = threads.min(items.len()) - 1;
    beside(others, items, work, || ()).1
}

/// Does `first`, and `work` for every item on `others` other threads meanwhile; what is left then is done on all of them. The results
/// stand in the order of the items.
pub(crate) fn beside<A, T: Sync, R: Send>(
    others: usize,
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
    first: impl FnOnce() -> A,
) -> (A, Vec<R>) {
    let next = AtomicUsize::new(0);
    let run = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else {
                return done;
            };
            done.push((at, work(item)));
        }
    };
    let (first, mut all) = thread::scope(|scope| {
        let others: Vec<_> = (0..others).map(|_| scope.spawn(run)).collect();
        let first = first();
        let mut all = run();
        for other in others {
            all.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        (first, all)
    });
    all.sort_unstable_by_key(|&(at, _)| at);
    (first, all.into_iter().map(|(_, result)| result).collect())
}

/// Does both, at the same time if there are two threads.
pub(crate) fn both<A: Send, B>(
    threads: usize,
    first: impl FnOnce() -> A + Send,
    second: impl FnOnce() -> B,
) -> (A, B) {
    if threads < 2 {
        let first = first();
        return (first, second());
    }
    thread::scope(|scope| {
        let first = scope.spawn(first);
        let second = second();
        let first = first.join().unwrap_or_else(|panic| resume_unwind(panic));
        (first, second)
    })
}
