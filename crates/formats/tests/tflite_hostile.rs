//! Damaged files end in an error or in a tree that can be written, and never take memory out of proportion.

#[path = "common/chain.rs"]
mod chain;
#[path = "common/damage.rs"]
mod damage;
#[path = "common/shared_models.rs"]
mod shared_models;

use std::alloc::System;

use cap::Cap;
use damage::damage;
use fastrand::Rng;
use lowtide_formats::tflite::schema::File;

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// Damaged copies of each real model.
const COPIES: u64 = 250;
/// Damaged copies of the model built here, which is all structure.
const DENSE_COPIES: u64 = 2000;
/// Models larger than this are left to the round trip: most of their bytes are weights, where damage does not show.
const LARGEST: usize = 400_000;

/// The one test of this program, as the allocator counts for all threads. The highest mark it keeps never falls, so
/// the models come in ascending order of their lengths.
#[test]
fn damage_never_panics_and_never_allocates_out_of_proportion() {
    let dense = chain::chain(300).write().unwrap();
    let (mut runs, mut accepted) = (DENSE_COPIES, survive("chain of 300", &dense, DENSE_COPIES));
    for (path, bytes) in shared_models::tflite_models() {
        if bytes.len() <= LARGEST {
            runs += COPIES;
            accepted += survive(&path.display().to_string(), &bytes, COPIES);
        }
    }
    overlapping_vectors_are_refused();
    assert!(
        accepted > runs / 100 && accepted < runs,
        "{accepted} of {runs}"
    );
}

/// The most that reading these bytes may allocate. The reader charges at most 14 times the length; its hash table,
/// where it has just doubled, takes up to a quarter more than charged.
fn allowance(bytes: &[u8]) -> usize {
    bytes.len() * 18 + (1 << 20)
}

/// Reads damaged copies of a model, and writes those that are still models. Returns how many were.
fn survive(name: &str, bytes: &[u8], copies: u64) -> u64 {
    let mut accepted = 0;
    for seed in 0..copies {
        let damaged = damage(bytes, &mut Rng::with_seed(seed));
        let before = ALLOCATOR.allocated();
        let most = allowance(&damaged);
        let read = File::read(damaged);
        let peak = ALLOCATOR.max_allocated().saturating_sub(before);
        assert!(peak <= most, "{name}, seed {seed}: {peak} bytes");
        if let Ok(file) = read {
            accepted += 1;
            let written = file.write().expect("a tree from a file can be written");
            let again = File::read(written).expect("what was just written");
            assert!(again == file, "{name}, seed {seed}: the tree has changed");
        }
    }
    accepted
}

/// Thousands of subgraphs, each with a vector of 262148 operators that overlaps the next subgraph's: the bytes behind
/// them are one word that is a valid length, offset, table and vtable at once.
fn overlapping_vectors_are_refused() {
    const WORD: u32 = 0x0004_0004;
    const SUBGRAPHS: u32 = 5000;
    // Halves of words: the vtables of the model, with its subgraphs, and of a subgraph, with its operators.
    let front = [20, u32::from_le_bytes(*b"TFL3"), 0x0008_000a, 0, 4];
    let model = [12, 16, 0x0008_000c, 0, 0x0004_0000, SUBGRAPHS];
    let mut words = [front.as_slice(), &model].concat();
    let tables = 4 * (11 + SUBGRAPHS);
    for index in 0..SUBGRAPHS {
        words.push(tables + 8 * index - 4 * (11 + index));
    }
    let behind = tables + 8 * SUBGRAPHS;
    for index in 0..SUBGRAPHS {
        let table = tables + 8 * index;
        words.extend([table - 28, behind + 4 * index - (table + 4)]);
    }
    words.resize(words.len() + 4 * WORD as usize / 4 * 3, WORD);
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    drop(words);
    let before = ALLOCATOR.allocated();
    let most = allowance(&bytes);
    let error = File::read(bytes).expect_err("a file to refuse");
    assert!(error.to_string().contains("overlap"), "{error}");
    let peak = ALLOCATOR.max_allocated().saturating_sub(before);
    assert!(peak <= most, "{peak} of {most} bytes");
}
