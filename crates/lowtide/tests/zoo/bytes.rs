//! Determinism: the bytes of a network are part of what its name promises.

use lowtide::zoo;

/// FNV-1a over 64 bits.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[test]
fn golden_hashes() {
    let golden = [
        ("swiftnet", 0x68e6_802d_9182_c6d1),
        ("swiftnet-f32", 0x5419_f17a_66df_2f22),
        ("resnet8", 0x3415_ccbb_7888_0637),
        ("resnet8-f32", 0x26d5_2b58_96f4_c748),
    ];
    let found = golden.map(|(name, _)| (name, hash(&zoo::build(name).unwrap())));
    assert_eq!(found, golden, "\n{found:#x?}");
}

#[test]
fn names_are_unique_and_known() {
    let mut names: Vec<&str> = zoo::list().iter().map(|network| network.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), zoo::list().len());
    assert!(zoo::build("no such network").is_none());
}
