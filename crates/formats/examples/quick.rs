#![allow(missing_docs, clippy::print_stdout, clippy::unwrap_used)]
use lowtide_core::arena::{self, problem::*, Options, Fit, rules::Rules};
use lowtide_core::units::Bytes;
fn main() {
    let mut opts = Options::default();
    if let Some(b) = std::env::args().nth(1) { opts.rules = Rules::from_bits(b.parse().unwrap()); }
    opts.limits.nodes = 300_000;
    let mut total = 0.0; let mut nn = 0;
    for name in "ABCDEFGHIJK".chars() {
        let text = std::fs::read_to_string(format!("/work/shared/packing/{name}.1048576.csv")).unwrap();
        let bufs = text.lines().skip(1).filter(|l| !l.is_empty()).map(|l| { let v: Vec<u64> = l.trim().split(',').map(|x| x.parse().unwrap()).collect(); Buffer::new(v[1], v[2], Bytes(v[3])) }).collect();
        let p = Problem::new(bufs, Some(Bytes(1048576))).unwrap();
        let t = std::time::Instant::now();
        let (fit, nodes) = arena::fit(&p, Bytes(1048576), &opts);
        let dt = t.elapsed().as_secs_f64();
        total += dt; nn += nodes;
        let verdict = match &fit { Fit::Fits(l) => format!("{:?} {}", lowtide_core::check::layout::check_layout(&p, l), l.height), f => format!("{f:?}") };
        println!("{name} {verdict} nodes {nodes} {:.1} ms {:.2} us/node", dt*1e3, dt*1e6/nodes as f64);
    }
    println!("total {nn} nodes {total:.3} s");
}
