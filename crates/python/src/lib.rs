//! Python bindings: the facade's three verbs, each returning its report as JSON text. The Python side, `lowtide`, makes
//! objects of it; nothing here can do what the facade cannot.

use std::time::Duration;

use lowtide::report::{BudgetAsked, BudgetOn, CompareReport, InspectReport, OptimizeReport, json};
use lowtide::{
    Algorithm, Bytes, CompareOptions, Error, ErrorKind, Format, InspectOptions, Limits, Model,
    OptimizeOptions, Result, Rewrite, Target,
};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

pyo3::create_exception!(
    _native,
    Failure,
    pyo3::exceptions::PyException,
    "An error of lowtide: its kind and its text."
);

fn failure(error: &Error) -> PyErr {
    Failure::new_err((error.kind().name(), error.to_string()))
}

/// A model as Python gives it: the path or `zoo:NAME`, or bytes with the name of their format.
#[derive(FromPyObject)]
enum Source {
    Path(String),
    Bytes(Vec<u8>, String),
}

impl Source {
    fn open(self) -> Result<Model> {
        match self {
            Self::Path(path) => Model::open(&path),
            Self::Bytes(bytes, format) => {
                let format = named(Format::ALL, &format, "format", |format| format.name())?;
                Model::from_bytes("<bytes>", bytes, format)
            }
        }
    }
}

/// What a search may spend, as Python gives it.
#[derive(Clone, Copy, FromPyObject)]
#[pyo3(from_item_all)]
struct Effort {
    time_limit: Option<f64>,
    node_limit: Option<u64>,
    gap: f64,
    threads: usize,
}

impl Effort {
    fn limits(&self, defaults: Limits) -> Result<Limits> {
        let time = self.time_limit.map(Duration::try_from_secs_f64).transpose();
        let time = time.map_err(|error| usage(format_args!("time_limit: {error}")))?;
        if !(0.0..1.0).contains(&self.gap) {
            return Err(usage("gap is a share of the peak: give 0.02 for 2 %"));
        }
        Ok(Limits {
            nodes: self.node_limit.unwrap_or(defaults.nodes),
            time,
            gap: self.gap,
            threads: self.threads.max(1),
            ..defaults
        })
    }
}

fn usage(text: impl std::fmt::Display) -> Error {
    Error::new(ErrorKind::Usage, text)
}

/// The one of `all` with this name.
fn named<T: Clone>(all: &[T], name: &str, what: &str, of: impl Fn(&T) -> &str) -> Result<T> {
    let found = all.iter().find(|item| of(item) == name).cloned();
    found.ok_or_else(|| {
        let known: Vec<&str> = all.iter().map(&of).collect();
        let known = known.join(", ");
        usage(format_args!(
            "there is no {what} '{name}'; known are {known}"
        ))
    })
}

/// A budget as Python gives it: how many bytes, and for what.
type Budget = Option<(u64, String)>;

/// What it means for this model.
fn asked(budget: Budget, model: &Model, target: &Target) -> Result<Option<BudgetAsked>> {
    let asked = budget.map(|(bytes, on)| {
        let on = named(BudgetOn::ALL, &on, "budget", |on| on.name())?;
        on.check(model, target)?;
        Ok(BudgetAsked {
            bytes: Bytes(bytes),
            on,
        })
    });
    asked.transpose()
}

fn target(name: &str) -> Result<Target> {
    named(Target::ALL, name, "target", |target| target.name)
}

/// What the model costs as it stands.
#[pyfunction]
fn inspect(
    py: Python<'_>,
    source: Source,
    target_name: &str,
    effort: Effort,
    budget: Budget,
) -> PyResult<String> {
    let run = || {
        let options = InspectOptions {
            target: target(target_name)?,
            limits: effort.limits(InspectOptions::default().limits)?,
            observer: None,
        };
        let model = source.open()?;
        let budget = asked(budget, &model, &options.target)?;
        let inspection = lowtide::inspect(&model, &options)?;
        Ok(json::text(&InspectReport::new(&inspection, budget)))
    };
    py.detach(run).map_err(|error: Error| failure(&error))
}

/// How [`optimize`] goes about it, as Python gives it.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
struct Way {
    order: String,
    as_found: bool,
    cleanup: bool,
    rewrite: String,
    bit_exact: bool,
    plan: bool,
    measure: u32,
    int8: bool,
}

/// The report on the best order, and the model that has it.
#[pyfunction]
fn optimize<'py>(
    py: Python<'py>,
    source: Source,
    target_name: &str,
    effort: Effort,
    budget: Budget,
    way: Way,
) -> PyResult<(String, Bound<'py, PyBytes>)> {
    let Way {
        order,
        as_found,
        cleanup,
        rewrite,
        bit_exact,
        plan,
        measure,
        int8,
    } = way;
    let run = || {
        let options = OptimizeOptions {
            target: target(target_name)?,
            cleanup,
            rewrite: named(Rewrite::ALL, &rewrite, "rewrite", |r| r.name())?,
            bit_exact,
            plan,
            measure,
            algorithm: named(Algorithm::ALL, &order, "order", |a| a.name())?,
            as_found,
            limits: effort.limits(Limits::default())?,
            observer: None,
        };
        let mut model = source.open()?;
        if int8 {
            model = model.to_int8()?;
        }
        let budget = asked(budget, &model, &options.target)?;
        let optimized = lowtide::optimize(&model, &options)?;
        let report = OptimizeReport::new(&optimized, budget);
        Ok((json::text(&report), optimized.bytes))
    };
    let (report, bytes) = py.detach(run).map_err(|error: Error| failure(&error))?;
    Ok((report, PyBytes::new(py, &bytes)))
}

/// All orders side by side.
#[pyfunction]
fn compare(
    py: Python<'_>,
    source: Source,
    target_name: &str,
    effort: Effort,
    cleanup: bool,
) -> PyResult<String> {
    let run = || {
        let options = CompareOptions {
            target: target(target_name)?,
            cleanup,
            limits: effort.limits(Limits::default())?,
            ..CompareOptions::default()
        };
        let model = source.open()?;
        let comparison = lowtide::compare(&model, &options)?;
        Ok(json::text(&CompareReport::new(&comparison)))
    };
    py.detach(run).map_err(|error: Error| failure(&error))
}

/// Writes a file whole or not at all.
#[pyfunction]
fn save(py: Python<'_>, path: &str, bytes: &[u8]) -> PyResult<()> {
    py.detach(|| lowtide::save(path.as_ref(), bytes))
        .map_err(|error| failure(&error))
}

/// The extension module behind the package `lowtide`.
#[pymodule]
mod _native {
    #[pymodule_export]
    use super::{Failure, compare, inspect, optimize, save};
}
