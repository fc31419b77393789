use super::{Outcome, SerenityRun, Switches, serenity};
use crate::graph::text;
use crate::limits::{Limits, Meter, StopReason};
use crate::memory::{Instance, Target};
use crate::plan::Proof;
use crate::schedule::baseline::kahn;
use crate::testing::{fuzz, oracle};
use crate::units::Bytes;

/// Three cells that meet in single tensors `m0`, `m1`, `m2`; in each, wide and narrow branches in an awkward order.
fn cells(count: usize, branches: usize) -> String {
    let mut source = "m: 5 input\n".to_owned();
    let mut joint = "m".to_owned();
    for cell in 0..count {
        let names: Vec<String> = (0..branches).map(|b| format!("n{cell}_{b}")).collect();
        for (b, narrow) in names.iter().enumerate() {
            source += &format!("w{cell}_{b}: {} = WIDEN({joint})\n", 20 + 3 * b);
            source += &format!("{narrow}: {} = NARROW(w{cell}_{b})\n", 1 + b);
        }
        joint = format!("m{cell}");
        source += &format!("{joint}: 5 = JOIN({})\n", names.join(", "));
    }
    source + &format!("output {joint}\n")
}

fn run(source: &str, switches: Switches, limits: &Limits) -> SerenityRun {
    let graph = text::parse(source).unwrap();
    let instance = Instance::new(&graph, &Target::TFLM);
    serenity(&instance, switches, &mut Meter::start(limits))
}

fn variants() -> impl Iterator<Item = Switches> {
    [(false, false), (true, false), (false, true), (true, true)]
        .into_iter()
        .map(|(divide_and_conquer, soft_budget)| Switches {
            divide_and_conquer,
            soft_budget,
            ..Switches::default()
        })
}

#[test]
fn every_variant_equals_brute_force_on_small_graphs() {
    for seed in 0..3_000 {
        fuzz::serenity_is_exact(seed);
    }
}

#[test]
fn cells_are_cut_at_single_tensors() {
    let source = cells(3, 3);
    let graph = text::parse(&source).unwrap();
    let optimum = oracle::optimum(&Instance::new(&graph, &Target::TFLM));
    for switches in variants() {
        let run = run(&source, switches, &Limits::default());
        assert_eq!(
            (run.peak, run.proof),
            (optimum, Proof::Optimal),
            "{switches:?}"
        );
        assert_eq!(run.parts, if switches.divide_and_conquer { 3 } else { 1 });
    }
}

#[test]
fn no_cut_where_a_second_tensor_is_carried() {
    // `a` goes around B, so B is no cut although everything passes it.
    let bypassed = "x: 1 input\na: 1 = A(x)\nb: 1 = B(a)\nc: 1 output = C(a, b)";
    assert_eq!(
        run(bypassed, Switches::default(), &Limits::default()).parts,
        2
    );
    // An input that is read late goes around everything.
    let late = "x: 1 input\ny: 1 input\na: 1 = A(x)\nb: 1 = B(a)\nc: 1 output = C(b, y)";
    assert_eq!(run(late, Switches::default(), &Limits::default()).parts, 1);
    // A constant takes no bytes and stops no cut.
    let constant = "x: 1 input\ny: 1 const\na: 1 = A(x)\nb: 1 = B(a)\nc: 1 output = C(b, y)";
    assert_eq!(
        run(constant, Switches::default(), &Limits::default()).parts,
        3
    );
}

#[test]
fn a_budget_saves_states_and_cuts_narrow_the_sets() {
    let source = cells(2, 8);
    let states: Vec<u64> = variants()
        .map(|switches| {
            let switches = Switches {
                step_states: 300,
                ..switches
            };
            run(&source, switches, &Limits::default()).states
        })
        .collect();
    let [plain, cut, budget, both] = states[..] else {
        unreachable!("there are four variants")
    };
    // At a cut there is one signature, so cutting alone changes what a state costs, not how many there are.
    assert_eq!(plain, cut);
    assert!(budget < plain && both < plain, "{states:?}");
}

#[test]
fn all_three_outcomes_occur_and_the_budget_moves_as_published() {
    let switches = Switches {
        divide_and_conquer: false,
        step_states: 60,
        ..Switches::default()
    };
    let run = run(&cells(1, 8), switches, &Limits::default());
    let outcomes: Vec<Outcome> = run.attempts.iter().map(|a| a.outcome).collect();
    let taus: Vec<u64> = run.attempts.iter().map(|a| a.tau.unwrap().get()).collect();
    assert_eq!(outcomes.last(), Some(&Outcome::Solution), "{run:?}");
    let refused = outcomes.iter().position(|&o| o == Outcome::NoSolution);
    let refused = refused.expect("halving goes below the optimum");
    assert!(refused > 1 && outcomes[..refused].iter().all(|&o| o == Outcome::Timeout));
    for step in taus[..=refused].windows(2) {
        assert_eq!(step[1], step[0] / 2, "{run:?}");
    }
    let back_up = taus[refused].midpoint(taus[refused - 1]);
    assert_eq!(taus[refused + 1], back_up, "{run:?}");
}

#[test]
fn ten_thousand_operators_end_at_the_limits() {
    let parallel: String = (0..10_000)
        .map(|i| format!("t{i}: {} = F(x)\n", i % 7 + 1))
        .collect();
    let source = format!("x: 4 input\n{parallel}");
    let limits = Limits {
        nodes: 20,
        ..Limits::default()
    };
    for switches in variants() {
        let run = run(&source, switches, &limits);
        assert_eq!(run.proof.stopped_by(), Some(StopReason::NodeLimit));
    }
}

#[test]
fn limits_fall_back_to_kahn() {
    let source = cells(1, 10);
    let graph = text::parse(&source).unwrap();
    let fallback = kahn(&Instance::new(&graph, &Target::TFLM));
    let limits = Limits {
        nodes: 50,
        ..Limits::default()
    };
    for switches in variants() {
        let run = run(&source, switches, &limits);
        assert_eq!((&run.order, run.states), (&fallback, 50));
        assert_eq!(run.proof.stopped_by(), Some(StopReason::NodeLimit));
    }
}

#[test]
fn solved_parts_outlive_the_limit() {
    let all = run(&cells(2, 6), Switches::default(), &Limits::default());
    let first = all.attempts[0].states;
    let limits = Limits {
        nodes: first + 1,
        ..Limits::default()
    };
    let part = run(&cells(2, 6), Switches::default(), &limits);
    assert_eq!(part.attempts, all.attempts[..1]);
    assert_eq!(part.order.ops()[..13], all.order.ops()[..13]);
    assert!(part.peak > all.peak && part.proof.name() == "bounded");
}

#[test]
fn no_operators_are_no_problem() {
    let run = run("x: 4 input output", Switches::default(), &Limits::default());
    assert_eq!(
        (run.parts, run.peak, run.proof),
        (0, Bytes::ZERO, Proof::Optimal)
    );
}

#[test]
fn runs_repeat() {
    let source = cells(2, 7);
    let first = run(&source, Switches::default(), &Limits::default());
    assert_eq!(first, run(&source, Switches::default(), &Limits::default()));
}
