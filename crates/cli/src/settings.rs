//! What the flags, the environment and the terminal mean together.

mod destination;
pub(crate) mod quantity;

use std::num::NonZero;
use std::thread::available_parallelism;

use anstyle::{AnsiColor, Style};
use lowtide::report::terminal::Page;
use lowtide::report::{BudgetAsked, BudgetOn};
use lowtide::{Algorithm, Limits, Model, Result, Rewrite, Target};

use crate::args::{Budget, Common, Effort, When, Workers};
use crate::interrupt;
use crate::output::Streams;

pub(crate) use destination::{beside, destination, same_file};

/// What holds for the whole run.
pub(crate) struct Settings<'s> {
    /// Whether results are JSON.
    pub(crate) json: bool,
    /// Whether progress and warnings are wanted.
    pub(crate) talk: bool,
    /// What results are written onto.
    pub(crate) page: Page,
    /// Where everything goes.
    pub(crate) streams: &'s Streams,
    colour_errors: bool,
}

impl<'s> Settings<'s> {
    /// What `common` means on these streams.
    pub(crate) fn of(common: &Common, streams: &'s Streams) -> Self {
        let colour = |terminal: bool| match common.color {
            When::Always => true,
            When::Never => false,
            When::Auto => terminal && streams.may_colour,
        };
        Self {
            json: common.json,
            talk: !common.quiet,
            page: Page {
                width: streams.width,
                colour: colour(streams.out_is_terminal),
                unicode: streams.unicode,
            },
            streams,
            colour_errors: colour(streams.err_is_terminal),
        }
    }

    /// How an error's line begins.
    pub(crate) fn error_word(&self) -> String {
        if self.colour_errors {
            let style = Style::new().fg_color(Some(AnsiColor::Red.into())).bold();
            format!("{style}error:{style:#}")
        } else {
            "error:".to_owned()
        }
    }

    /// Says `text` on stderr, unless only results are wanted.
    pub(crate) fn warn(&self, text: &str) {
        if self.talk {
            self.streams.complain(&format!("warning: {text}\n"));
        }
    }
}

/// `defaults`, as far as `effort` changes them, with Ctrl-C on top.
pub(crate) fn limits(effort: &Effort, defaults: &Limits) -> Limits {
    Limits {
        nodes: effort.node_limit.unwrap_or(defaults.nodes),
        time: effort.time_limit.or(defaults.time),
        gap: effort.gap.map_or(defaults.gap, |gap| gap.0),
        interrupt: Some(interrupt::flag()),
        ..defaults.clone()
    }
}

/// The same for a search for orders, on the threads that `workers` says, or one a processor.
pub(crate) fn search(effort: &Effort, workers: &Workers, defaults: &Limits) -> Limits {
    let all = || available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    Limits {
        threads: workers.threads.unwrap_or_else(all).get(),
        ..limits(effort, defaults)
    }
}

/// The budget, if there is one.
///
/// # Errors
/// It is for something that is not known of this model on this target.
pub(crate) fn budget(
    budget: &Budget,
    model: &Model,
    target: &Target,
) -> Result<Option<BudgetAsked>> {
    let on = BudgetOn::named(&budget.budget_on).unwrap_or_default();
    on.check(model, target)?;
    Ok(budget.budget.map(|bytes| BudgetAsked { bytes, on }))
}

/// The target of this name; the parser lets only known ones through.
pub(crate) fn target(name: &str) -> Target {
    Target::named(name).unwrap_or_default()
}

/// What may be rewritten; the parser lets only known words through.
pub(crate) fn rewrite(name: &str) -> Rewrite {
    let mut known = Rewrite::ALL.iter().copied();
    known
        .find(|rewrite| rewrite.name() == name)
        .unwrap_or_default()
}

/// The algorithm of this name; the parser lets only known ones through.
pub(crate) fn algorithm(name: &str) -> Algorithm {
    let mut known = Algorithm::ALL.iter().copied();
    known
        .find(|algorithm| algorithm.name() == name)
        .unwrap_or_default()
}
