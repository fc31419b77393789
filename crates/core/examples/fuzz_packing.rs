#![allow(missing_docs, clippy::print_stdout, clippy::unwrap_used)]
use lowtide_core::arena::{self, Options, Fit, rules::Rules};
use lowtide_core::check::layout::check_layout;
use lowtide_core::testing::packing;
use lowtide_core::units::Bytes;
fn main() {
    let n: u64 = std::env::args().nth(1).unwrap().parse().unwrap();
    let seed: u64 = std::env::args().nth(2).unwrap().parse().unwrap();
    for i in 0..n {
        let mut rng = fastrand::Rng::with_seed(seed + i);
        let mut f = packing::Features::random(&mut rng);
        f.windows = false;
        let p = packing::problem(&mut rng, 8, f);
        let h = packing::smallest_height(&p);
        for bits in 0..=255u8 {
            let o = Options { rules: Rules::from_bits(bits), ..Options::default() };
            match arena::fit(&p, h, &o).0 { Fit::Fits(l) => { check_layout(&p, &l).unwrap(); assert!(l.height <= h); }, e => panic!("{i} {bits} {h} {e:?} {p:#?}") }
            if h.get() > 0 {
            match arena::fit(&p, Bytes(h.get() - 1), &o).0 { Fit::Infeasible => (), e => panic!("{i} {bits} {h} {e:?} {p:#?}") } }
        }
    }
    println!("{n} ok");
}
