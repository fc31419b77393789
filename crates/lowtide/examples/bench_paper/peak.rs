//! Peaks and arenas.

use lowtide::{Bytes, Error, ErrorKind, Limits, Result, Target};
use lowtide_core::arena::{self, greedy, pack};
use lowtide_core::check::check_layout;
use lowtide_core::limits::Meter;
use lowtide_core::memory::{Instance, buffers};
use lowtide_core::packing::Problem;
use lowtide_core::plan::{Order, Proof};
use lowtide_core::schedule::baseline::kahn;
use lowtide_core::schedule::serenity::{self, serenity};
use lowtide_core::schedule::{Options, solve};

use crate::subject::Subject;

pub(crate) const HEAD: &str = "name,operators,sites,file_peak,file_arena,kahn_peak,kahn_arena,serenity_peak,\
                               serenity_finished,serenity_arena,peak,proof,bound,planner_arena,arena,arena_proof,ideal_peak,ideal_proof";

/// TensorFlow Lite's alignment.
const ALIGNMENT: u64 = 64;
/// States after which SERENITY's algorithm has not finished.
const SERENITY_STATES: u64 = 1_000_000;

pub(crate) fn row(subject: &Subject) -> Result<String> {
    let instance = subject.instance();
    let (file, kahn) = (subject.file(), kahn(&instance));
    let limits = |nodes| Limits {
        nodes,
        ..Limits::default()
    };
    let mut meter = Meter::start(&limits(SERENITY_STATES));
    let theirs = serenity(&instance, serenity::Switches::default(), &mut meter);
    let ours = solve(&instance, &Options::default());
    let ideal = solve(
        &Instance::new(&subject.graph, &Target::IDEAL),
        &Options::default(),
    );
    let (planner, exact) = arenas(subject, &ours.order)?;
    let cells = [
        subject.name.clone(),
        instance.ops().to_string(),
        subject.sites.to_string(),
        subject.peak(&file).get().to_string(),
        arenas(subject, &file)?.0.get().to_string(),
        subject.peak(&kahn).get().to_string(),
        arenas(subject, &kahn)?.0.get().to_string(),
        theirs.peak.get().to_string(),
        (theirs.proof == Proof::Optimal).to_string(),
        arenas(subject, &theirs.order)?.0.get().to_string(),
        ours.peak.get().to_string(),
        ours.proof.name().to_owned(),
        ours.bound.get().to_string(),
        planner.get().to_string(),
        exact.0.get().to_string(),
        if exact.1 { "optimal" } else { "bounded" }.to_owned(),
        ideal.peak.get().to_string(),
        ideal.proof.name().to_owned(),
    ];
    Ok(format!("{}\n", cells.join(",")))
}

/// The arena of `order` by TensorFlow Lite's planner, and the smallest found with whether there is none smaller.
fn arenas(subject: &Subject, order: &Order) -> Result<(Bytes, (Bytes, bool))> {
    let problem = problem(subject, order)?;
    let planner = greedy::litert(&problem);
    let options = arena::Options {
        limits: Limits {
            nodes: 200_000,
            ..Limits::default()
        },
        ..arena::Options::default()
    };
    let packing = pack(&problem, &options);
    for layout in [&planner, &packing.layout] {
        check_layout(&problem, layout).map_err(internal)?;
    }
    let exact = (packing.layout.height, packing.proof == Proof::Optimal);
    Ok((planner.height, exact))
}

/// The buffers of `order`.
pub(crate) fn problem(subject: &Subject, order: &Order) -> Result<Problem> {
    let buffers = buffers(&subject.instance(), order, ALIGNMENT);
    Ok(buffers.map_err(internal)?.problem)
}

pub(crate) fn internal(error: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Internal, error)
}
