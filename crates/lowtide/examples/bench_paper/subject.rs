//! What is measured: a graph of the zoo, counted and rewritten as asked.

mod draft;
mod section;
mod sums;
mod weights;

use lowtide::{Algorithm, Bytes, Format, Graph, Limits, Model, Result, Target, zoo};
use lowtide_core::compile::{Choice, Options, Search, compile, rewritten};
use lowtide_core::memory::{Instance, profile};
use lowtide_core::plan::{Exactness, Order, Rewriting};
use lowtide_core::rewrite::rules::CLEAN_UP;

pub(crate) struct Subject {
    /// As it was asked for.
    pub(crate) name: String,
    pub(crate) graph: Graph,
    /// Places that were rewritten, clean-up aside.
    pub(crate) sites: usize,
    /// What is counted: as TFLM does, inputs that die after their last use, nothing shared.
    pub(crate) target: Target,
}

/// Asks for the ONNX file.
const ONNX: &str = "+onnx";

impl Subject {
    /// Copies are cleaned up always: they are in the file of SwiftNet, not in anybody's graph.
    pub(crate) fn open(spec: &str) -> Result<Self> {
        let mut words = spec.split('+');
        let name = words.next().unwrap_or_default();
        let model = match spec.ends_with(ONNX) {
            true => Model::from_bytes(name, zoo::build_onnx(name)?, Format::Onnx)?,
            false => Model::open(&format!("zoo:{name}"))?,
        };
        let clean = rewritten(model.graph(), CLEAN_UP)?.graph;
        let subject = Self {
            name: spec.to_owned(),
            graph: clean,
            sites: 0,
            target: Target::TFLM,
        };
        words.try_fold(subject, Self::with)
    }

    /// Counted or changed as one word asks.
    fn with(mut self, word: &str) -> Result<Self> {
        let graph = &self.graph;
        let changed = match word {
            "section-a" | "section-b" | "section-c" => section::of_swiftnet(graph, word)?,
            "joined" => section::without_joins(graph)?,
            "unfused" => section::unfused(graph)?,
            "weighted" => weights::kept(graph)?,
            _ if word == &ONNX[1..] => return Ok(self),
            "inputs-kept" => {
                self.target.keeps_inputs = true;
                return Ok(self);
            }
            "rewritten" | "accumulated" | "everywhere" | "everywhere-accumulated" => {
                let rewriting = match word.starts_with("everywhere") {
                    true => rewritten(graph, Format::Tflite.taking_apart())?,
                    false => chosen(graph)?,
                };
                self.sites = rewriting.applied.len();
                match word.ends_with("accumulated") {
                    true => sums::accumulated(&rewriting)?,
                    false => rewriting.graph,
                }
            }
            _ => return Err(draft::fault(format_args!("nothing is called +{word}"))),
        };
        self.graph = changed;
        Ok(self)
    }

    pub(crate) fn instance(&self) -> Instance<'_> {
        Instance::new(&self.graph, &self.target)
    }

    pub(crate) fn file(&self) -> Order {
        Order::new(self.graph.file_order())
    }

    pub(crate) fn peak(&self, order: &Order) -> Bytes {
        profile(&self.instance(), order).peak
    }
}

/// States that each choice of places may cost.
const STATES: u64 = 20_000;

/// Rewritten where that lowers the peak.
fn chosen(graph: &Graph) -> Result<Rewriting> {
    let search = Search {
        limits: Limits {
            nodes: STATES,
            ..Limits::default()
        },
        ..Search::default()
    };
    let options = Options {
        target: Target::TFLM,
        rules: &[],
        choice: Some(Choice {
            rules: Format::Tflite.taking_apart(),
            addition: None,
            weakest: Exactness::Approximate,
            figures: None,
        }),
        algorithm: Algorithm::Exact,
        search,
        deployment: None,
    };
    Ok(compile(graph, &options)?.rewriting)
}
