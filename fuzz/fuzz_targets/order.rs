//! Random graphs by seed: ruler, referee and exact search against the oracle.
#![no_main]

use lowtide_core::testing::fuzz;

libfuzzer_sys::fuzz_target!(|seed: u64| {
    fuzz::ruler(seed);
    fuzz::baselines(seed);
    fuzz::serenity_is_exact(seed);
});
