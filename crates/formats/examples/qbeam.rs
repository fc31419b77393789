#![allow(missing_docs, clippy::print_stdout, clippy::unwrap_used)]
use lowtide_core::arena::{self, problem::*, rules::Rules, beam::Score};
use lowtide_core::{units::Bytes, limits::Limits};
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let name = &a[1]; let cap: u64 = a[2].parse().unwrap(); let width: usize = a[3].parse().unwrap();
    let weighted = &a[4] == "w"; let add: f64 = a[5].parse().unwrap(); let bits: u8 = a[6].parse().unwrap();
        let text = std::fs::read_to_string(format!("/work/shared/packing/{name}.1048576.csv")).unwrap();
        let bufs = text.lines().skip(1).filter(|l| !l.is_empty()).map(|l| { let v: Vec<u64> = l.trim().split(',').map(|x| x.parse().unwrap()).collect(); Buffer::new(v[1], v[2], Bytes(v[3])) }).collect();
        let p = Problem::new(bufs, None).unwrap();
        let t = std::time::Instant::now();
        let mut l = Limits::default(); l.nodes = 1 << 40;
        let (fit, nodes) = arena::try_beam(&p, cap, Rules::from_bits(bits), width, Score{weighted, add}, &l);
        let dt = t.elapsed().as_secs_f64();
        let verdict = match &fit { Some(l) => format!("{:?} {}", lowtide_core::check::layout::check_layout(&p, l), l.height), f => format!("{f:?}") };
        println!("{a:?} {verdict} nodes {nodes} {dt:.1} s {:.2} us/node", dt*1e6/nodes as f64);
}
