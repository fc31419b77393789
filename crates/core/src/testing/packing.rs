//! Small random packing problems, and the exhaustive search they are compared with.

use fastrand::Rng;

use crate::arena::{self, Options, Rules, Verdict};
use crate::check::check_layout;
use crate::ids::{BufferId, Table};
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
///
/// # Panics
/// If `height` or a size is too large for the sets of offsets.
pub fn fits(problem: &Problem, height: Bytes) -> bool {
    let allowed: Vec<Offsets> = (problem.buffers().rows())
        .map(|buffer| allowed_alone(buffer, height))
        .collect();
    let held: Vec<_> = problem.buffers().rows().map(held_in_each_step).collect();
    let clashes: Vec<Vec<Offsets>> = (held.iter().enumerate())
        .map(|(nth, a)| held[nth + 1..].iter().map(|b| clashing(a, b)).collect())
        .collect();
    place_next(&clashes, &allowed)
}

/// A set of offsets, or of differences of offsets, which are [`SHIFT`] up: bit by bit.
type Offsets = u128;

/// Sizes are below this.
const SHIFT: u64 = 16;

/// The offsets within `height` that a buffer may have by itself.
fn allowed_alone(buffer: &Buffer, height: Bytes) -> Offsets {
    assert!(height.get() + SHIFT < 128 - SHIFT, "too high for an oracle");
    let may = |offset: &u64| {
        offset + buffer.size.get() <= height.get()
            && offset.is_multiple_of(buffer.alignment)
            && buffer.offset.is_none_or(|fixed| fixed.get() == *offset)
    };
    let offsets = (0..=height.get()).filter(may);
    offsets.fold(0, |set, offset| set | 1 << offset)
}

/// How far above `a` the buffer `b` must not lie.
fn clashing(a: &[Option<(u64, u64)>], b: &[Option<(u64, u64)>]) -> Offsets {
    let mut set = 0;
    for distance in 0..=2 * SHIFT {
        let clash = a.iter().zip(b).any(|steps| match steps {
            (Some(a), Some(b)) => a.0 + SHIFT < b.1 + distance && b.0 + distance < a.1 + SHIFT,
            _ => false,
        });
        set |= Offsets::from(clash) << distance;
    }
    set
}

/// Tries every offset of the first buffer that is `allowed`, and for each the rest.
fn place_next(clashes: &[Vec<Offsets>], allowed: &[Offsets]) -> bool {
    let Some((&mine, others)) = allowed.split_first() else {
        return true;
    };
    let mut left = mine;
    while left != 0 {
        let offset = left.trailing_zeros();
        left &= left - 1;
        let clear = |(&other, &clash): (&Offsets, &Offsets)| other & !(clash << offset >> SHIFT);
        let rest: Vec<Offsets> = others.iter().zip(&clashes[0]).map(clear).collect();
        if place_next(&clashes[1..], &rest) {
            return true;
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
/// combinations of rules. Gives the number of answers that agree: three a combination, two where nothing is lower.
///
/// # Panics
/// If an answer differs, is not proved, or is refused by the referee.
pub fn compare(seed: u64, most: usize, combinations: impl IntoIterator<Item = Rules>) -> u64 {
    let mut rng = Rng::with_seed(seed);
    let features = Features::random(&mut rng);
    let problem = problem(&mut rng, most, features);
    let height = smallest_height(&problem);
    let mut answers = 0;
    for rules in combinations {
        let options = Options {
            rules,
            ..Options::default()
        };
        let case = || format!("seed {seed}, {rules:?}, height {height}: {problem:#?}");
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
            answers += 1;
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
        answers += 2;
    }
    answers
}
