//! What is measured: a graph of the zoo, counted and rewritten as asked.

use lowtide::{Algorithm, Bytes, Error, ErrorKind, Format, Graph, Limits, Model, Result, Target};
use lowtide_core::compile::{Choice, Options, Search, compile, rewritten};
use lowtide_core::graph::{GraphBuilder, Op, OpKind};
use lowtide_core::ids::{Id, TensorId};
use lowtide_core::memory::{Instance, profile};
use lowtide_core::plan::{Exactness, Order, Rewriting};
use lowtide_core::rewrite::rules::CLEAN_UP;

pub(crate) struct Subject {
    /// As it was asked for.
    pub(crate) name: String,
    pub(crate) graph: Graph,
    /// Places that were rewritten, clean-up aside.
    pub(crate) sites: usize,
}

impl Subject {
    /// Copies are cleaned up always: they are in the file of SwiftNet, not in anybody's graph.
    pub(crate) fn open(spec: &str) -> Result<Self> {
        let mut words = spec.split('+');
        let name = words.next().unwrap_or_default();
        let wishes: Vec<&str> = words.collect();
        let model = Model::open(&format!("zoo:{name}"))?;
        let clean = rewritten(model.graph(), CLEAN_UP)?.graph;
        let (mut graph, mut sites) = (clean.clone(), 0);
        if wishes.contains(&"rewritten") {
            let rewriting = chosen(&clean)?;
            (graph, sites) = (rewriting.graph, rewriting.applied.len());
        }
        if wishes.contains(&"joined") {
            graph = without_joins(&graph)?;
        }
        Ok(Self {
            name: spec.to_owned(),
            graph,
            sites,
        })
    }

    /// As TFLM counts it: inputs die after their last use, nothing is shared.
    pub(crate) fn instance(&self) -> Instance<'_> {
        Instance::new(&self.graph, &Target::TFLM)
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
            weakest: Exactness::Approximate,
            figures: None,
        }),
        algorithm: Algorithm::Exact,
        search,
        deployment: None,
    };
    Ok(compile(graph, &options)?.rewriting)
}

/// The graph without concatenations: whoever reads one reads its parts. SERENITY counts nodes so: in SwiftNet's cells that
/// alone gives its number of operators, and its live bytes to the last digit published.
fn without_joins(graph: &Graph) -> Result<Graph> {
    let mut parts: Vec<Vec<TensorId>> = graph.tensors().ids().map(|t| vec![t]).collect();
    let mut builder = GraphBuilder::new(graph.name());
    for tensor in graph.tensors().rows() {
        builder.tensor(tensor.clone());
    }
    for op in graph.ops().rows() {
        let mut inputs: Vec<TensorId> = op.reads().flat_map(|t| parts[t.index()].clone()).collect();
        let joins = op.label == "CONCATENATION" && op.outputs.len() == 1;
        if joins && !graph.outputs().contains(&op.outputs[0]) {
            parts[op.outputs[0].index()] = inputs;
            continue;
        }
        inputs.dedup();
        builder.op(Op {
            kind: OpKind::Opaque,
            inputs: inputs.into_iter().map(Some).collect(),
            ..op.clone()
        });
    }
    for &t in graph.inputs() {
        builder.input(t);
    }
    for &t in graph.outputs() {
        builder.output(t);
    }
    let fault = |error| Error::new(ErrorKind::Internal, format_args!("without joins: {error}"));
    builder.build().map_err(fault)
}
