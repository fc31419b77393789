//! The searches against exhaustive search, the referee against mutations, the planners against figures worked out by hand.

use fastrand::Rng;

use crate::arena::{Options, Rules, Verdict, conflict, fit, greedy, pack};
use crate::check::check_layout;
use crate::ids::{BufferId, Id};
use crate::limits::StopReason;
use crate::packing::{Buffer, Problem};
use crate::plan::Proof;
use crate::testing::packing::{Features, compare, fits, problem, smallest_height};
use crate::units::Bytes;

/// Buffers as `(start, end, size)`.
fn plain(rows: &[(u64, u64, u64)]) -> Problem {
    let buffers = rows.iter().map(|&(s, e, b)| Buffer::new(s, e, Bytes(b)));
    Problem::new(buffers.collect(), None).expect("valid buffers")
}

/// A problem of many buffers on which no search is quick.
pub(crate) fn crowd(seed: u64) -> Problem {
    let mut rng = Rng::with_seed(seed);
    let buffers = (0..60).map(|_| {
        let start = rng.u64(..40);
        Buffer::new(start, start + rng.u64(1..12), Bytes(rng.u64(50..1000)))
    });
    Problem::new(buffers.collect(), None).expect("valid buffers")
}

#[test]
fn agrees_with_exhaustive_search_under_all_switches() {
    for seed in 0..120 {
        compare(seed, 6, Rules::combinations());
    }
}

#[test]
fn agrees_with_exhaustive_search_by_default() {
    for seed in 1_000_000..1_001_500 {
        compare(seed, 6, [Rules::ALL]);
    }
}

#[test]
fn the_four_buffers_of_the_drawing_pack_to_their_bound() {
    let problem = plain(&[(1, 5, 6), (1, 3, 4), (4, 8, 3), (5, 9, 5)]);
    let packing = pack(&problem, &Options::default());
    assert_eq!(packing.layout.height, Bytes(10));
    assert_eq!(packing.proof, Proof::Optimal);
    assert_eq!(packing.bound.witness, [BufferId(0), BufferId(1)]);
    check_layout(&problem, &packing.layout).expect("a valid layout");
}

#[test]
fn nothing_to_place_needs_nothing() {
    for problem in [plain(&[]), plain(&[(0, 1, 0)])] {
        let packing = pack(&problem, &Options::default());
        assert_eq!(
            (packing.layout.height, packing.proof),
            (Bytes::ZERO, Proof::Optimal)
        );
    }
}

#[test]
fn a_capacity_of_any_size_is_answered() {
    let problem = plain(&[(0, 2, 3), (1, 3, 4)]);
    let ask = |capacity| fit(&problem, Bytes(capacity), &Options::default()).verdict;
    assert!(matches!(ask(u64::MAX), Verdict::Fits(_)));
    assert!(matches!(ask(7), Verdict::Fits(_)));
    assert_eq!(ask(6), Verdict::Infeasible);
    assert_eq!(ask(0), Verdict::Infeasible);
}

#[test]
fn a_search_out_of_nodes_says_so() {
    let problem = crowd(1);
    let mut options = Options::default();
    options.limits.nodes = 5;
    let height = pack(&problem, &options).bound.height;
    let fit = fit(&problem, height, &options);
    assert_eq!(fit.verdict, Verdict::Undecided(StopReason::NodeLimit));
    assert_eq!(fit.nodes, 5);
    let packing = pack(&problem, &options);
    check_layout(&problem, &packing.layout).expect("a valid layout");
    assert!(packing.layout.height <= greedy::lowest(&problem).height);
}

#[test]
fn conflicts_are_refuted_by_exhaustive_search_and_minimal() {
    let mut rng = Rng::with_seed(11);
    let (mut seen, mut above_the_bound) = (0, 0);
    while seen < 400 {
        let features = Features::random(&mut rng);
        let problem = problem(&mut rng, 7, features);
        let height = smallest_height(&problem);
        let Some(below) = height.get().checked_sub(1 + rng.u64(..3)) else {
            continue;
        };
        seen += 1;
        let options = Options::default();
        above_the_bound += u32::from(pack(&problem, &options).bound.height < height);
        let found = conflict(&problem, Bytes(below), &options).expect("a conflict");
        let without = |left_out: Option<BufferId>| {
            let kept = found.buffers.iter().filter(|&&id| Some(id) != left_out);
            let kept = kept.map(|&id| problem.buffers()[id].clone()).collect();
            fits(&Problem::new(kept, None).expect("a part"), Bytes(below))
        };
        assert!(found.minimal, "{problem:?}");
        assert!(!without(None), "{problem:?}");
        assert!(
            found.buffers.iter().all(|&id| without(Some(id))),
            "{problem:?}"
        );
    }
    assert!(
        above_the_bound > 5,
        "{above_the_bound} are not for the bound alone"
    );
}

#[test]
fn what_fits_has_no_conflict() {
    let problem = plain(&[(0, 2, 3), (1, 3, 4)]);
    assert_eq!(conflict(&problem, Bytes(7), &Options::default()), None);
    let found = conflict(&problem, Bytes(6), &Options::default());
    assert_eq!(
        found.expect("a conflict").buffers,
        [BufferId(0), BufferId(1)]
    );
}

#[test]
fn same_question_same_answer() {
    let mut options = Options::default();
    options.limits.nodes = 30_000;
    for seed in 0..2 {
        let problem = crowd(seed);
        assert_eq!(pack(&problem, &options), pack(&problem, &options));
    }
}

#[test]
fn rules_change_no_verdict_on_larger_problems() {
    let mut options = Options::default();
    options.limits.nodes = 20_000;
    for seed in 0..12 {
        let problem = crowd(seed);
        let height = pack(&problem, &options).layout.height;
        for (rule, rules) in Rules::all_but_one() {
            let mut without = options.clone();
            without.rules = rules;
            let verdict = fit(&problem, height, &without).verdict;
            assert_ne!(verdict, Verdict::Infeasible, "seed {seed} without {rule}");
        }
    }
}

#[test]
fn broken_layouts_are_refused() {
    let mut rng = Rng::with_seed(7);
    let mut refused = 0;
    while refused < 2_000 {
        let features = Features::random(&mut rng);
        let problem = problem(&mut rng, 8, features);
        let good = pack(&problem, &Options::default()).layout;
        check_layout(&problem, &good).expect("a valid layout");
        let mut bad = good.clone();
        let id = BufferId::from_index(rng.usize(..problem.buffers().len()));
        match rng.u8(..4) {
            0 => bad.height += Bytes(1),
            1 => bad.offsets = bad.offsets.rows().skip(1).copied().collect(),
            2 => bad.offsets[id] += Bytes(bad.height.get() + 1),
            _ => {
                // On top of a buffer of some bytes that is live in a common step: an overlap.
                let (Some(a), Some(b)) = two_that_share(&problem) else {
                    continue;
                };
                bad.offsets[a] = bad.offsets[b];
            }
        }
        check_layout(&problem, &bad).expect_err("a broken layout");
        refused += 1;
    }
}

/// Two buffers without gaps that hold bytes in a common step.
fn two_that_share(problem: &Problem) -> (Option<BufferId>, Option<BufferId>) {
    let whole = |id: &BufferId| {
        let buffer = &problem.buffers()[*id];
        buffer.gaps.is_empty() && buffer.size > Bytes::ZERO
    };
    let ids: Vec<BufferId> = problem.buffers().ids().filter(whole).collect();
    for (nth, &a) in ids.iter().enumerate() {
        for &b in &ids[nth + 1..] {
            let (x, y) = (&problem.buffers()[a], &problem.buffers()[b]);
            if x.start < y.end && y.start < x.end {
                return (Some(a), Some(b));
            }
        }
    }
    (None, None)
}

#[test]
fn tflm_places_larger_first_and_of_equals_the_later() {
    let problem = plain(&[(0, 2, 16), (1, 3, 32), (2, 4, 16), (0, 4, 16)]);
    let layout = greedy::tflm(&problem);
    let offsets: Vec<u64> = layout.offsets.rows().map(|at| at.get()).collect();
    assert_eq!(offsets, [48, 0, 48, 32]);
    assert_eq!(layout.height, Bytes(64));
}

#[test]
fn tflm_fits_the_rest_around_fixed_buffers() {
    let mut fixed = Buffer::new(0, 4, Bytes(16));
    fixed.offset = Some(Bytes(32));
    let buffers = [
        fixed,
        Buffer::new(0, 2, Bytes(48)),
        Buffer::new(1, 3, Bytes(32)),
    ];
    let problem = Problem::new(buffers.into_iter().collect(), None).expect("valid buffers");
    let layout = greedy::tflm(&problem);
    let offsets: Vec<u64> = layout.offsets.rows().map(|at| at.get()).collect();
    assert_eq!(offsets, [32, 48, 0]);
}

fn litert_offsets(buffers: &[(u64, u64, u64)]) -> Vec<u64> {
    let layout = greedy::litert(&plain(buffers));
    layout.offsets.rows().map(|at| at.get()).collect()
}

#[test]
fn litert_places_what_is_kept_first_and_of_equals_the_earlier() {
    let buffers = [(0, 2, 16), (0, 5, 8), (1, 3, 32), (1, 2, 32), (0, 5, 4)];
    assert_eq!(litert_offsets(&buffers), [76, 0, 12, 44, 8]);
}

#[test]
fn litert_takes_the_tightest_gap() {
    // The last finds 40 bytes free at 0 and 20 at 62.
    let buffers = [(0, 2, 40), (1, 4, 22), (1, 2, 20), (1, 4, 18), (3, 4, 15)];
    assert_eq!(litert_offsets(&buffers), [0, 40, 62, 82, 62]);
}

#[test]
fn the_planner_of_2019_places_by_time_and_never_moves() {
    let offsets = |layout: crate::plan::Layout| -> Vec<u64> {
        layout.offsets.rows().map(|at| at.get()).collect()
    };
    // At step 2 the first has left 4 bytes, too few for the third: by size all would fit 16.
    let steps = plain(&[(0, 2, 4), (1, 3, 8), (2, 4, 8)]);
    assert_eq!(offsets(greedy::tflite_2019(&steps)), [0, 4, 12]);
    assert_eq!(greedy::litert(&steps).height, Bytes(16));
    // What starts earlier goes first whatever its index, and the last takes the tightest gap.
    let gaps = plain(&[(1, 3, 8), (0, 4, 4), (0, 2, 16), (2, 4, 10)]);
    assert_eq!(offsets(greedy::tflite_2019(&gaps)), [20, 0, 4, 4]);
}
