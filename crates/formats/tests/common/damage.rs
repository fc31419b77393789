//! Damaged copies of files.

use fastrand::Rng;

/// One to four injuries: cut off, flip bits, overwrite a word with one from elsewhere or a small one, splice.
pub(crate) fn damage(bytes: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..rng.usize(1..=4) {
        let length = bytes.len();
        match rng.u8(0..8) {
            0 => bytes.truncate(rng.usize(length / 2..length)),
            1 | 2 => {
                let place = structure(length, rng);
                bytes[place] ^= 1 << rng.u8(0..8);
            }
            3..=5 => {
                let place = structure(length, rng) / 4 * 4;
                let word = if rng.bool() {
                    rng.u32(0..64)
                } else {
                    word_at(&bytes, structure(length, rng))
                };
                bytes[place..place + 4].copy_from_slice(&word.to_le_bytes());
            }
            _ => {
                let size = rng.usize(1..256);
                let (from, to) = (structure(length, rng), structure(length, rng));
                bytes.copy_within(from..from + size, to);
            }
        }
    }
    bytes
}

/// A place, mostly near the front or the end, where the structure of a model is; 256 bytes from the end at least.
fn structure(length: usize, rng: &mut Rng) -> usize {
    let last = length - 256;
    let depth = rng.usize(0..last.min(20_000));
    match rng.u8(0..5) {
        0 | 1 => depth,
        2 | 3 => last - depth,
        _ => rng.usize(0..last),
    }
}

fn word_at(bytes: &[u8], place: usize) -> u32 {
    u32::from_le_bytes([
        bytes[place],
        bytes[place + 1],
        bytes[place + 2],
        bytes[place + 3],
    ])
}
