//! Packs random small problems under all combinations of rules and compares with exhaustive search:
//! `fuzz_packing COUNT FIRST_SEED`.
#![allow(clippy::print_stdout)]

use lowtide_core::testing::packing::compare;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: u64| {
        let text = arguments.next();
        text.and_then(|text| text.parse().ok()).unwrap_or(default)
    };
    let (count, first) = (number(1000), number(0));
    for seed in first..first + count {
        compare(seed, 8, 0..=u8::MAX);
    }
    println!("{count} problems from seed {first} on, 256 combinations of rules: all agree");
}
