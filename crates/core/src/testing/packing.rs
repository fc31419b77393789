//! Small random packing problems, and the exhaustive search they are compared with.

use fastrand::Rng;

use crate::arena::{self, Options, Rules, Verdict};
use crate::check::check_layout;
use crate::ids::{BufferId, Id, Table};
use crate::packing::{Buffer, Gap, Problem, Window};
use crate::plan::Proof;
use crate::units::Bytes;

/// What a random problem may contain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Features {
    /// Alignments above 1.
    pub alignment: bool,
    /// Fixed offsets.
    pub fixed: bool,
    /// Gaps.
    pub gaps: bool,
    /// Windows in these gaps.
    pub windows: bool,
}

impl Features {
    /// Any mixture.
    pub fn random(rng: &mut Rng) -> Self {
        let gaps = rng.u8(..3) == 0;
        Self {
            alignment: rng.u8(..3) == 0,
            fixed: rng.u8(..3) == 0,
            gaps,
            windows: gaps && rng.bool(),
        }
    }
}

/// A random problem of 1 to `most` buffers of small sizes, fixed offsets being free of conflicts.
pub fn problem(rng: &mut Rng, most: usize, features: Features) -> Problem {
    loop {
        let steps = rng.u64(2..12);
        let tallest = rng.u64(1..8);
        let count = rng.usize(1..=most);
        let buffers: Table<BufferId, Buffer> = (0..count)
            .map(|_| buffer(rng, steps, tallest, features))
            .collect();
        // Fixed buffers that overlap are refused; the next attempt has others.
        if let Ok(problem) = Problem::new(buffers, None) {
            return problem;
        }
    }
}

fn buffer(rng: &mut Rng, steps: u64, tallest: u64, features: Features) -> Buffer {
    let start = rng.u64(..steps);
    let end = rng.u64(start + 1..=steps);
    let mut buffer = Buffer::new(start, end, Bytes(rng.u64(0..=tallest)));
    if rng.u8(..8) != 0 {
        buffer.size = buffer.size.max(Bytes(1));
    }
    if features.alignment {
        buffer.alignment = *rng.choice(&[1, 1, 2, 3, 4]).unwrap_or(&1);
    }
    if features.fixed && rng.u8(..4) == 0 {
        buffer.offset = Some(Bytes(rng.u64(..4) * buffer.alignment));
    }
    if features.gaps && rng.bool() {
        buffer.gaps = gaps(rng, &buffer, features.windows);
    }
    buffer
}

fn gaps(rng: &mut Rng, buffer: &Buffer, windows: bool) -> Vec<Gap> {
    let mut gaps = Vec::new();
    let mut from = buffer.start;
    while from < buffer.end && rng.u8(..3) != 0 {
        let start = rng.u64(from..buffer.end);
        let end = rng.u64(start + 1..=buffer.end);
        let window = (windows && rng.bool()).then(|| {
            let lower = rng.u64(..=buffer.size.get());
            Window {
                lower: Bytes(lower),
                upper: Bytes(rng.u64(lower..=buffer.size.get())),
            }
        });
        gaps.push(Gap { start, end, window });
        from = end;
    }
    gaps
}

/// The smallest height of any layout, found by trying every aligned offset of every buffer below each height in turn.
///
/// Knows nothing of canonical layouts, sections or bounds. For small sizes and few buffers only.
pub fn smallest_height(problem: &Problem) -> Bytes {
    let mut height = problem
        .buffers()
        .rows()
        .map(|buffer| buffer.offset.unwrap_or_default() + buffer.size)
        .max()
        .unwrap_or_default();
    while !fits(problem, height) {
        height += Bytes(1);
    }
    height
}

/// Whether some layout is at most `height` high, by trying every aligned offset of every buffer.
pub fn fits(problem: &Problem, height: Bytes) -> bool {
    let tables = problem.buffers().rows();
    let held: Vec<Vec<Option<(u64, u64)>>> = tables.map(held_in_each_step).collect();
    place_next(problem, &held, height, &mut Vec::new())
}

fn place_next(
    problem: &Problem,
    held: &[Vec<Option<(u64, u64)>>],
    height: Bytes,
    offsets: &mut Vec<u64>,
) -> bool {
    let Some(buffer) = problem.buffers().get(BufferId::from_index(offsets.len())) else {
        return true;
    };
    let Some(last) = height.get().checked_sub(buffer.size.get()) else {
        return false;
    };
    for offset in (0..=last).step_by(buffer.alignment as usize) {
        if buffer.offset.is_some_and(|fixed| fixed.get() != offset) {
            continue;
        }
        let new = &held[offsets.len()];
        let clear = (offsets.iter().zip(held)).all(|(&other, old)| {
            new.iter().zip(old).all(|steps| match steps {
                (Some(a), Some(b)) => offset + a.1 <= other + b.0 || other + b.1 <= offset + a.0,
                _ => true,
            })
        });
        if clear {
            offsets.push(offset);
            if place_next(problem, held, height, offsets) {
                return true;
            }
            offsets.pop();
        }
    }
    false
}

/// For each step what the buffer holds, counted from its offset.
fn held_in_each_step(buffer: &Buffer) -> Vec<Option<(u64, u64)>> {
    (0..16)
        .map(|step| {
            let gap = buffer.gaps.iter().find(|g| g.start <= step && step < g.end);
            let (lower, upper) = match gap {
                _ if step < buffer.start || step >= buffer.end => return None,
                None => (0, buffer.size.get()),
                Some(gap) => gap.window.map(|w| (w.lower.get(), w.upper.get()))?,
            };
            (lower < upper).then_some((lower, upper))
        })
        .collect()
}

/// Fuzz body: the random problem of `seed`, of up to `most` buffers, packed and decided, against exhaustive search, under each of these
/// combinations of rules (see [`Rules::from_bits`]).
///
/// # Panics
/// If an answer differs, is not proved, or is refused by the referee.
pub fn compare(seed: u64, most: usize, combinations: impl IntoIterator<Item = u8>) {
    let mut rng = Rng::with_seed(seed);
    let features = Features::random(&mut rng);
    let problem = problem(&mut rng, most, features);
    let height = smallest_height(&problem);
    for bits in combinations {
        let options = Options {
            rules: Rules::from_bits(bits),
            ..Options::default()
        };
        let case = || format!("seed {seed}, rules {bits:#010b}, height {height}: {problem:#?}");
        match arena::fit(&problem, height, &options).verdict {
            Verdict::Fits(layout) => {
                assert!(layout.height <= height, "{}", case());
                assert_eq!(check_layout(&problem, &layout), Ok(()), "{}", case());
            }
            other => panic!("{other:?}: {}", case()),
        }
        if let Some(below) = height.get().checked_sub(1) {
            let verdict = arena::fit(&problem, Bytes(below), &options).verdict;
            assert_eq!(verdict, Verdict::Infeasible, "{}", case());
        }
        let packing = arena::pack(&problem, &options);
        assert_eq!(packing.proof, Proof::Optimal, "{}", case());
        assert_eq!(packing.layout.height, height, "{}", case());
        assert!(packing.bound.height <= height, "{}", case());
        assert_eq!(
            check_layout(&problem, &packing.layout),
            Ok(()),
            "{}",
            case()
        );
    }
}
