//! What was typed. What it means is the business of `settings`.

mod check;
mod effort;

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Parser, Subcommand, ValueEnum};
use lowtide::report::BudgetOn;
use lowtide::{Algorithm, Bytes, OptimizeOptions, Rewrite, Target};

pub(crate) use check::Check;
pub(crate) use effort::{Effort, Workers};

use crate::settings::quantity::{bytes, dim};

/// Find the operator order in which a neural network needs least memory, prove it, and write it.
#[derive(Debug, Parser)]
#[command(name = "lowtide", version, max_term_width = 80, after_help = EXIT_CODES)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) common: Common,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done, 1 over the budget, refused or found different by check, 2 usage or unreadable input, \
                          3 undecided within the limits.";

/// Over the flags that say how results are shown.
const OUTPUT: &str = "Output";

/// What every command takes.
#[derive(Debug, clap::Args)]
pub(crate) struct Common {
    /// Write JSON instead of text, errors too (on stderr)
    #[arg(long, global = true, help_heading = OUTPUT)]
    pub(crate) json: bool,
    /// When to colour; NO_COLOR is honoured unless this says `always`
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = OUTPUT)]
    pub(crate) color: When,
    /// No progress and no warnings on stderr
    #[arg(long, short, global = true, help_heading = OUTPUT)]
    pub(crate) quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show what a model costs as it stands, and what a better order would need
    Inspect(Inspect),
    /// Find the best order and write the model that has it
    Optimize(Optimize),
    /// Show all ways to order a model side by side
    Compare(Compare),
    /// Verify a certificate that optimize wrote, without the search; or compare a model with the one it was made of
    Check(Check),
    /// Pack buffers with known live ranges into the smallest arena, or into a given one
    Pack(Pack),
    /// Show what orders move to and from off-chip memory, and find the one that moves least
    Traffic(Traffic),
    /// List the generated networks, or write one to a file
    Zoo(Zoo),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Inspect {
    #[command(flatten)]
    pub(crate) input: Input,
    #[command(flatten)]
    pub(crate) effort: Effort,
    #[command(flatten)]
    pub(crate) workers: Workers,
    #[command(flatten)]
    pub(crate) budget: Budget,
    #[command(flatten)]
    pub(crate) pages: Pages,
    /// Show every step and every tensor, not just those around the peak
    #[arg(long)]
    pub(crate) all: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Optimize {
    #[command(flatten)]
    pub(crate) input: Input,
    /// Write the new model to this file
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Write to this file what `lowtide check` needs to verify the result without a search; it speaks of the new model where
    /// one is written
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: Option<PathBuf>,
    /// Write a C header to this file: the arena to declare in TFLM and the offsets of the plan
    #[arg(long, value_name = "FILE.h")]
    pub(crate) header: Option<PathBuf>,
    /// Put the new model into the header, as an array
    #[arg(long, requires = "header")]
    pub(crate) header_model: bool,
    /// Write the new model over the file it was read from
    #[arg(long, conflicts_with = "output")]
    pub(crate) in_place: bool,
    /// How to find the order
    #[arg(long, value_name = "NAME", default_value = Algorithm::default().name(), value_parser = orders())]
    pub(crate) order: String,
    /// Keep the order as it is found, without looking for one of the same peak with fewer live byte-steps; a smaller arena still decides
    #[arg(long)]
    pub(crate) as_found: bool,
    /// Keep operators that do nothing
    #[arg(long)]
    pub(crate) no_cleanup: bool,
    /// What may be rewritten besides, where that lowers the peak: `exact` keeps every bit of quantised models and rounds
    /// floats otherwise; `all` lets quantised partial sums be rounded once more. Nothing is with --order file
    #[arg(long, value_name = "WHAT", default_value = Rewrite::default().name(), value_parser = rewrites())]
    pub(crate) rewrite: String,
    /// Only rewrite where every bit is kept, of floats too
    #[arg(long)]
    pub(crate) bit_exact: bool,
    /// Write no offline memory plan for TFLM; by default there is one where it makes the arena to declare smaller
    #[arg(long)]
    pub(crate) no_plan: bool,
    /// Where something was taken apart, run source and result on this many seeded inputs and print the largest difference; 0 for none
    #[arg(long, value_name = "N", default_value_t = OptimizeOptions::default().measure)]
    pub(crate) measure: u32,
    /// Convert uint8 tensors to int8 first, where that loses nothing
    #[arg(long)]
    pub(crate) int8: bool,
    #[command(flatten)]
    pub(crate) effort: Effort,
    #[command(flatten)]
    pub(crate) workers: Workers,
    #[command(flatten)]
    pub(crate) budget: Budget,
    #[command(flatten)]
    pub(crate) pages: Pages,
}

/// Ctrl-C in `compare`.
const ONE_BY_ONE: &str = "Ctrl-C ends the search that is running, and the next one begins; pressed again in the last one it ends them all.";

#[derive(Debug, clap::Args)]
#[command(after_help = ONE_BY_ONE)]
pub(crate) struct Compare {
    #[command(flatten)]
    pub(crate) input: Input,
    #[command(flatten)]
    pub(crate) effort: Effort,
    #[command(flatten)]
    pub(crate) workers: Workers,
    #[command(flatten)]
    pub(crate) pages: Pages,
    /// Remove operators that do nothing before ordering; by default the model is taken as it stands
    #[arg(long)]
    pub(crate) cleanup: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Pack {
    /// A packing problem: id,lower,upper,size and, if wanted, alignment, offset and gaps; live ranges are half-open
    #[arg(value_name = "FILE.csv")]
    pub(crate) file: String,
    /// Only find out whether the buffers fit this arena, as 1048576 or 1MiB; exit with 1 where they do not
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    pub(crate) capacity: Option<Bytes>,
    /// Where they do not fit, name a few buffers that cannot fit together
    #[arg(long, requires = "capacity")]
    pub(crate) explain: bool,
    /// Write the problem with the offset of each buffer to this file
    #[arg(long, short, value_name = "OUT.csv")]
    pub(crate) output: Option<PathBuf>,
    /// Draw the layout into this file
    #[arg(long, value_name = "FILE.svg")]
    pub(crate) svg: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) effort: Effort,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Traffic {
    #[command(flatten)]
    pub(crate) input: Input,
    /// Bytes of memory on chip, as 262144 or 256KiB
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    pub(crate) on_chip: Bytes,
    /// Write the model in the order that moves least to this file
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Remove operators that do nothing before ordering; by default the model is taken as it stands
    #[arg(long)]
    pub(crate) cleanup: bool,
    #[command(flatten)]
    pub(crate) effort: Effort,
    #[command(flatten)]
    pub(crate) workers: Workers,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Zoo {
    /// The network to write
    #[arg(requires = "output")]
    pub(crate) name: Option<String>,
    /// Write the network to this file: a .tflite or an .onnx
    #[arg(long, short, value_name = "FILE", requires = "name")]
    pub(crate) output: Option<PathBuf>,
    /// List the networks; so does no argument at all
    #[arg(long, conflicts_with = "name")]
    pub(crate) list: bool,
    /// The runtime whose memory is counted
    #[arg(long, value_name = "NAME", default_value = Target::default().name, value_parser = targets())]
    pub(crate) target: String,
}

/// Which model, counted how.
#[derive(Debug, clap::Args)]
pub(crate) struct Input {
    /// A .tflite, .onnx or .json file, or zoo:NAME
    pub(crate) model: String,
    /// The size of a dimension that an ONNX model leaves open, as batch=1; images:0=1 where it has no name; repeatable
    #[arg(long = "dim", value_name = "NAME=SIZE", value_parser = dim)]
    pub(crate) dims: Vec<(String, u64)>,
    /// The runtime whose memory is counted
    #[arg(long, value_name = "NAME", default_value = Target::default().name, value_parser = targets())]
    pub(crate) target: String,
}

/// What there is.
#[derive(Debug, clap::Args)]
pub(crate) struct Budget {
    /// Bytes that the device has, as 262144, 256KiB or 1.5MB; exit with 1 where they do not suffice
    #[arg(long, value_name = "SIZE", value_parser = bytes)]
    pub(crate) budget: Option<Bytes>,
    /// What has to fit: live activations, activations with offsets, or all that TFLM takes (32 bits)
    #[arg(long, value_name = "WHAT", default_value = BudgetOn::default().name(), value_parser = budgets(), requires = "budget")]
    pub(crate) budget_on: String,
}

/// What to look at.
#[derive(Debug, clap::Args)]
pub(crate) struct Pages {
    /// Write a page of it all to this file: one HTML file that needs no network
    #[arg(long, value_name = "FILE", help_heading = OUTPUT)]
    pub(crate) report: Option<PathBuf>,
    /// Write the page's pictures as SVG files into this folder, and its tables as CSV
    #[arg(long, value_name = "DIR", help_heading = OUTPUT)]
    pub(crate) svg: Option<PathBuf>,
}

fn orders() -> PossibleValuesParser {
    PossibleValuesParser::new(Algorithm::ALL.iter().map(|algorithm| algorithm.name()))
}

fn rewrites() -> PossibleValuesParser {
    PossibleValuesParser::new(Rewrite::ALL.iter().map(|rewrite| rewrite.name()))
}

fn budgets() -> PossibleValuesParser {
    PossibleValuesParser::new(BudgetOn::ALL.iter().map(|on| on.name()))
}

fn targets() -> PossibleValuesParser {
    PossibleValuesParser::new(Target::ALL.iter().map(|target| target.name))
}

#[cfg(test)]
mod tests {
    use super::Args;
    use clap::CommandFactory;

    #[test]
    fn the_grammar_is_sound() {
        Args::command().debug_assert();
    }

    #[test]
    fn every_flag_has_help() {
        for command in Args::command().get_subcommands() {
            for arg in command.get_arguments() {
                assert!(arg.get_help().is_some(), "{} {arg}", command.get_name());
            }
        }
    }
}
