//! Modules: sets of operators that the rest of the net cannot tell apart, each put into one line once and for all.
//!
//! A *module* `B` is a set such that whoever outside must run before some of it must run before all of it, likewise
//! after, and no tensor that `B` touches is started or ended by anyone who may run while `B` is under way. Then
//! `f = f_B + f_rest` while it is, and both sides move independently.
//!
//! Statement. Let `h` be the smallest level at which some `E` with `f_B(E) <= f_B({})` is reached from `{}` inside `B`,
//! `f_B(E)` smallest on `[{}, E]`. Then every order of the whole net can be changed, without raising its peak, so that
//! `B` begins with a path to `E` at `h`, uninterrupted. The same holds for what is left of `B` after `E`, and mirrored.
//!
//! Proof. In a given order `B` leaves the states at or above `f_B({})`, or ends, only over a hill of at least `h`, by
//! the choice of `h`. Of the moments until then take one with the smallest `f_rest`. Up to it leave `B` at `{}`, which
//! is no higher than where it was; there run the whole path to `E`, at most `f_rest + h`; after it unite the states of
//! `B` with `E`, which by submodularity does not raise them. Steps of `B` that move to that moment find less around
//! them than before.
//!
//! So forward search from `{}` with the level rising from below, and backward search from `B`, until both stand at the
//! minimum of `f_B`, give one line for `B` that is best in every surrounding and at every level. For trees this is Liu
//! (1987), with falling segments merged from the front and rising ones from the back; for series-parallel graphs it is
//! Kayaaslan, Lambert, Marchal and Uçar (2018), whose parallel composition it generalises to any module and to tensors
//! that several branches share.

use crate::schedule::bound::Valleys;
use crate::schedule::exact::Search;
use crate::schedule::net::bits::Bits;
use crate::schedule::net::{Draft, END, Net, Reach, START, Slicer};
use crate::schedule::{Switch, Switches};

use super::parts::{Part, reduced};

/// States that one module may take in one direction; larger ones are left as they are.
const STATES: u64 = 2_000;
const NONE: u32 = u32::MAX;

/// Puts every module that can be into one line, if that is on. The changed problem, in terms of the part's original operators,
/// or nothing if there was none.
pub(in crate::schedule) fn linearise(part: &Part, switches: Switches) -> Option<Draft> {
    let mut current: Option<Part> = None;
    loop {
        let at = current.as_ref().unwrap_or(part);
        let lines = lines(at, switches);
        if lines.is_empty() {
            return current.map(|part| whole(&part, &[]));
        }
        current = Some(reduced(whole(at, &lines), switches));
    }
}

/// The part as a draft with further edges along `lines`.
fn whole(part: &Part, lines: &[Vec<u32>]) -> Draft {
    let net = &part.net;
    let mut later: Vec<Vec<u32>> = vec![Vec::new(); net.len() as usize];
    for line in lines {
        line.windows(2)
            .for_each(|pair| later[pair[0] as usize].push(pair[1]));
    }
    let order = topological(net, &later);
    let mut draft = Slicer::new(net).cut(&Bits::new(net.len()), net.live_at_start(), &order);
    let mut place = vec![0u32; order.len()];
    order
        .iter()
        .zip(0..)
        .for_each(|(&op, i)| place[op as usize] = i);
    for (op, list) in (0u32..).zip(&later) {
        for &next in list {
            let (from, to) = (place[op as usize], place[next as usize]);
            draft.ops[from as usize].links[START].push(to);
            draft.ops[to as usize].links[END].push(from);
        }
    }
    for op in &mut draft.ops {
        op.members = part.lift(&op.members);
    }
    draft
}

/// An order that also respects `later`.
fn topological(net: &Net, later: &[Vec<u32>]) -> Vec<u32> {
    let mut waits: Vec<u32> = (0..net.len())
        .map(|op| net.before(op).len() as u32)
        .collect();
    later
        .iter()
        .flatten()
        .for_each(|&op| waits[op as usize] += 1);
    let mut order: Vec<u32> = (0..net.len())
        .filter(|&op| waits[op as usize] == 0)
        .collect();
    let mut at = 0;
    while at < order.len() {
        let op = order[at];
        at += 1;
        for &next in net.next(op).iter().chain(&later[op as usize]) {
            waits[next as usize] -= 1;
            if waits[next as usize] == 0 {
                order.push(next);
            }
        }
    }
    order
}

/// Lines for innermost modules that are not lines yet.
fn lines(part: &Part, switches: Switches) -> Vec<Vec<u32>> {
    let Part { net, reach, .. } = part;
    let mut modules: Vec<(Vec<u32>, u32)> = Vec::new();
    if reach.is_known() {
        let above = dominators(net);
        let joins = (0..net.len()).filter(|&op| net.before(op).len() > 1);
        let mut met = vec![NONE; net.len() as usize];
        modules.extend(joins.filter_map(|join| {
            let fork = above[join as usize];
            Some((module(net, reach, (fork, join), &mut met)?, fork))
        }));
    }
    if modules.is_empty() || !switches.ask(Switch::Modules) {
        return Vec::new();
    }
    modules.sort_by_key(|(ops, _)| (ops.len(), ops[0]));
    let mut taken = Bits::new(net.len());
    let mut slicer = Slicer::new(net);
    let mut lines = Vec::new();
    for (ops, fork) in modules {
        if ops.iter().any(|&op| taken.has(op)) {
            continue;
        }
        ops.iter().for_each(|&op| taken.insert(op));
        lines.extend(line(net, reach, &mut slicer, &ops, fork, switches));
    }
    lines
}

/// The immediate dominator of every operator, or `NONE` (Cooper, Harvey and Kennedy 2001, on a DAG in one pass).
fn dominators(net: &Net) -> Vec<u32> {
    let mut above: Vec<u32> = Vec::with_capacity(net.len() as usize);
    for op in 0..net.len() {
        let mut before = net.before(op).iter().copied();
        let first = before.next().unwrap_or(NONE);
        let meet = before.fold(first, |mut a, mut b| {
            while a != b {
                if a == NONE || b == NONE {
                    return NONE;
                }
                if a > b {
                    a = above[a as usize];
                } else {
                    b = above[b as usize];
                }
            }
            a
        });
        above.push(meet);
    }
    above
}

/// What lies between an operator `join` and its immediate dominator `fork` (`NONE`: the beginning), if that is a module and not a line.
///
/// As every way from the beginning to `join` leads through `fork`, it is what is met on the way back from `join` to `fork`; most of what is
/// no module shows that after a few operators. `met` says which join an operator was met from last.
fn module(net: &Net, reach: &Reach, (fork, join): (u32, u32), met: &mut [u32]) -> Option<Vec<u32>> {
    let inside = |op: u32| reach.precedes(op, join) && (fork == NONE || reach.precedes(fork, op));
    let early = |op: u32| fork != NONE && (op == fork || reach.precedes(op, fork));
    let late = |op: u32| op == join || reach.precedes(join, op);
    let alone = |op: u32| {
        net.before(op).iter().all(|&p| inside(p) || early(p))
            && net.next(op).iter().all(|&s| inside(s) || late(s))
    };
    let private = |op: u32| {
        net.uses[END].of(op).iter().all(|each| {
            let enders = net.ends[END].of(each.tensor);
            enders.iter().any(|&e| late(e)) || enders.iter().all(|&e| inside(e) || early(e))
        })
    };
    let (mut ops, mut at, mut back_from) = (Vec::new(), 0, join);
    loop {
        let before = net.before(back_from).iter().copied();
        let new = |&op: &u32| op != fork && std::mem::replace(&mut met[op as usize], join) != join;
        ops.extend(before.filter(new));
        let Some(&op) = ops.get(at) else { break };
        if !alone(op) || !private(op) {
            return None;
        }
        (at, back_from) = (at + 1, op);
    }
    ops.sort_unstable();
    let is_line = ops.windows(2).all(|pair| reach.precedes(pair[0], pair[1]));
    (ops.len() > 1 && !is_line).then_some(ops)
}

/// The best line for a module.
fn line(
    net: &Net,
    reach: &Reach,
    slicer: &mut Slicer<'_>,
    ops: &[u32],
    fork: u32,
    switches: Switches,
) -> Option<Vec<u32>> {
    let mut done = Bits::new(net.len());
    if fork != NONE {
        done.words_mut().copy_from_slice(reach.row(fork));
        done.insert(fork);
    }
    // What else is live does not matter; all there is covers it.
    let live = net.base + net.size.iter().sum::<u64>();
    let part = reduced(slicer.cut(&done, live, ops), switches);
    let all: Vec<u32> = (0..part.net.len()).collect();
    let (least, _) =
        Valleys::new(&part.net).lowest(&part.net, &Bits::new(part.net.len()), &all, None);
    let low = part.net.live_at_start().wrapping_add_signed(least);
    let front = fall(&part.net, low, switches)?;
    let back = fall(&part.net.reversed(), low, switches)?;
    let mut placed = Bits::new(part.net.len());
    front.iter().for_each(|&op| placed.insert(op));
    let mut order = front;
    let rest = back.iter().rev().map(|&op| part.net.len() - 1 - op);
    order.extend(rest.filter(|&op| !placed.has(op)));
    (order.len() == all.len()).then(|| part.lift(&order))
}

/// The way down from the beginning to where `low` bytes are live, each hill as low as can be.
fn fall(net: &Net, low: u64, switches: Switches) -> Option<Vec<u32>> {
    // Without commits the beginning stays where it is.
    let mut search = Search::new(net, 0, switches.with(&[Switch::Commits]));
    search.descend(low, STATES)
}
