//! A beam over the tree of the exact search.

use crate::arena::exact::instance::Instance;
use crate::arena::exact::state::{Position, State};
use crate::arena::exact::search::{Next, next_candidate};
use crate::limits::{Meter, StopReason};

/// How a partial layout is judged; less is better.
#[derive(Clone, Copy, Debug)]
pub struct Score {
    pub weighted: bool,
    pub add: f64,
}

struct Node { state: State, position: Position, score: f64, hash: u64 }

pub(crate) fn beam(instance: &Instance, start: &State, unit: u64, width: usize, score: Score, meter: &mut Meter) -> Result<Option<Vec<u64>>, StopReason> {
    let mut members: Vec<u32> = (0..instance.len() as u32).collect();
    members.sort_by_key(|&m| start.rank[m as usize]);
    let mut work = start.clone();
    let mut level = vec![Node { state: start.clone(), position: (0, 0), score: 0.0, hash: 0 }];
    let mut pool: Vec<State> = Vec::new();
    let dbg = std::env::var("DBG").is_ok();
    for depth in 0..instance.len() {
        let mut next: Vec<Node> = Vec::new();
        let mut seen = rustc_hash::FxHashSet::default();
        let mut worst = f64::INFINITY;
        let mut kids = 0;
        for node in &level {
            work.copy_from(&node.state);
            let mut position = node.position;
            while let Next::Place(buffer) = next_candidate(instance, &work, &members, (0, instance.members.len()), position) {
                meter.tick()?;
                let mark = work.mark();
                let place = (work.rest[buffer as usize], work.rank[buffer as usize] + 1);
                let ok = work.place(instance, buffer as usize) && { work.advance(&members, place); work.propagate(instance, place) };
                if ok {
                    kids += 1;
                    let value = judge(instance, &work, place, unit, score);
                    let hash = digest(&work, place);
                    if value < worst && seen.insert(hash) {
                        let mut state = pool.pop().unwrap_or_else(|| work.clone());
                        state.copy_from(&work);
                        next.push(Node { state, position: place, score: value, hash });
                        if next.len() >= 2 * width {
                            next.sort_by(|a, b| a.score.total_cmp(&b.score).then(a.hash.cmp(&b.hash)));
                            for n in next.drain(width..) { pool.push(n.state); }
                            worst = next[width - 1].score;
                        }
                    }
                }
                work.undo(mark);
                work.unplace(instance, buffer as usize);
                position = place;
                work.advance(&members, position);
                if !work.propagate(instance, position) { break; }
            }
            work.clean();
        }
        next.sort_by(|a, b| a.score.total_cmp(&b.score).then(a.hash.cmp(&b.hash)));
        for n in next.drain(width.min(next.len())..) { pool.push(n.state); }
        if dbg && depth % 10 == 0 { eprintln!("depth {depth} kids {kids} next {} best {:?}", next.len(), next.first().map(|n| n.score)); }
        for n in level.drain(..) { pool.push(n.state); }
        level = next;
        if level.is_empty() { if dbg {eprintln!("dead at {depth}");} return Ok(None); }
    }
    Ok(Some(level[0].state.rest.clone()))
}

fn judge(instance: &Instance, state: &State, position: Position, unit: u64, score: Score) -> f64 {
    let mut sum = 0.0;
    for s in 0..instance.members.len() {
        if state.open[s] == 0 { continue; }
        let first = instance.members.row(s).iter().filter(|&&b| !state.placed[b as usize]).map(|&b| state.floor[b as usize]).min().unwrap_or(0).max(position.0);
        let Some(r) = (state.latest[s]).checked_sub(first) else { return f64::INFINITY };
        let r = (r / unit) as f64;
        sum += if score.weighted { ((state.room - state.latest[s]) / unit) as f64 } else { 1.0 } / (r + score.add);
    }
    sum
}

fn digest(state: &State, position: Position) -> u64 {
    use std::hash::Hasher;
    let mut h = rustc_hash::FxHasher::default();
    h.write_u64(position.0);
    for b in 0..state.rest.len() {
        if !state.placed[b] { h.write_u64(state.floor[b]); h.write_u64(state.rest[b]); } else { h.write_u64(u64::MAX); }
    }
    h.finish()
}
