//! Which operators never have to run before what they are run for; see `jump`.

use crate::schedule::net::{END, Net};

/// Shared inputs of an operator that it is considered the last ender of, in every combination. The other enders of further
/// ones are not taken for calm: they run before.
pub(super) const MOST_SHARED: usize = 4;

/// Which operators are calm: they never lower `f` but by a shared end, and what they hold at their peak beyond what they leave
/// is no more than the least rise of an operator at whose end they can wait.
pub(super) fn calm(net: &Net) -> Vec<bool> {
    let ops = net.len();
    let ends = |op: u32| net.shared(END, op).iter();
    let rises: Vec<i64> = (0..ops)
        .map(|op| {
            let apart = ends(op).filter(|each| each.apart);
            let apart: i64 = apart
                .map(|each| net.size[each.tensor as usize] as i64)
                .sum();
            (net.fixed(op).rise - apart).max(0)
        })
        .collect();
    let mut early = vec![false; ops as usize];
    for op in 0..ops {
        for each in ends(op).skip(MOST_SHARED) {
            let others = net.ends[END].of(each.tensor).iter().filter(|&&e| e != op);
            others.for_each(|&e| early[e as usize] = true);
        }
    }
    let of_tensor = |tensor: u32| {
        net.ends[END]
            .of(tensor)
            .iter()
            .map(|&e| rises[e as usize])
            .min()
    };
    // The least rise of an operator at whose end this one or one behind it can wait.
    let mut least: Vec<Option<i64>> = vec![None; ops as usize];
    let mut calm = vec![false; ops as usize];
    for op in (0..ops).rev() {
        let behind = net.next(op).iter().filter_map(|&next| least[next as usize]);
        let own = ends(op).filter_map(|each| of_tensor(each.tensor));
        let bar = behind.chain(own).min();
        let fixed = net.fixed(op);
        let inside = (fixed.rise - fixed.change).max(0);
        let is_calm =
            !early[op as usize] && fixed.change >= 0 && bar.is_some_and(|bar| inside <= bar);
        calm[op as usize] = is_calm;
        let rise = rises[op as usize];
        least[op as usize] = if is_calm {
            bar
        } else {
            Some(bar.map_or(rise, |bar| bar.min(rise)))
        };
    }
    calm
}
