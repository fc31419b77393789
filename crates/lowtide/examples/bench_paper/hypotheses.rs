//! What TensorFlow Lite needed in 2019, under one hypothesis after the other.

use std::fmt::Write;

use lowtide::Result;
use lowtide_core::arena::greedy;
use lowtide_core::check::check_layout;
use lowtide_core::schedule::baseline::kahn;
use lowtide_core::schedule::{Options, solve};

use crate::peak::{internal, problem};
use crate::subject::Subject;

pub(crate) const HEAD: &str = "name,order,planner,live,arena";

/// The arenas of the file's order, of Kahn's and of ours by the planners of 2019 and of today.
pub(crate) fn rows(subject: &Subject) -> Result<String> {
    let mut text = String::new();
    let instance = subject.instance();
    let best = solve(&instance, &Options::default()).order;
    let orders = [
        ("file", subject.file()),
        ("kahn", kahn(&instance)),
        ("best", best),
    ];
    for (order, ops) in &orders {
        let problem = problem(subject, ops)?;
        let layouts = [
            ("2019", greedy::tflite_2019(&problem)),
            ("today", greedy::litert(&problem)),
        ];
        for (planner, layout) in &layouts {
            check_layout(&problem, layout).map_err(internal)?;
            let (live, arena) = (subject.peak(ops).get(), layout.height.get());
            let _ = writeln!(text, "{},{order},{planner},{live},{arena}", subject.name);
        }
    }
    Ok(text)
}
