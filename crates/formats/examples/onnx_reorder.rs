//! Reads an ONNX model, prints what its file order needs and, given an output, writes it in the order asked for:
//! `onnx_reorder model.onnx [-o out.onnx] [--order file|eager|dfs] [--dim batch=1]...`.

use std::path::Path;

use lowtide_core::error::{Error, Result};
use lowtide_core::graph::Graph;
use lowtide_core::ids::{Id, OpId};
use lowtide_core::memory::{Instance, Target, profile};
use lowtide_core::plan::Order;
use lowtide_formats::onnx;

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let (mut model, mut output, mut order, mut dims) = (None, None, "file".to_owned(), Vec::new());
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "-o" => output = args.next(),
            "--order" => order = args.next().unwrap_or_default(),
            "--dim" => dims.push(dim(&args.next().unwrap_or_default())?),
            _ => model = Some(arg),
        }
    }
    let model = model.ok_or_else(|| Error::new("usage: onnx_reorder model.onnx [-o out.onnx]"))?;
    let bytes = std::fs::read(&model).map_err(Error::new)?;
    let graph = onnx::read(&bytes, &dims)?;
    let file = Order::new(graph.file_order());
    let chosen = match order.as_str() {
        "file" => file.clone(),
        "eager" => Order::new(greedy(&graph, true)),
        "lazy" => Order::new(greedy(&graph, false)),
        other => return Err(Error::new(format_args!("no order is called '{other}'"))),
    };
    let instance = Instance::new(&graph, &Target::TFLM);
    #[expect(clippy::print_stdout, reason = "the example's result")]
    {
        println!(
            "{{\"ops\": {}, \"file_peak\": {}, \"peak\": {}}}",
            graph.ops().len(),
            profile(&instance, &file).peak,
            profile(&instance, &chosen).peak
        );
    }
    if let Some(output) = output {
        let folder = |path: &str| Path::new(path).parent().map(Path::to_owned);
        let (from, to) = (folder(&model), folder(&output));
        onnx::external::carry(&bytes, &from.unwrap_or_default(), &to.unwrap_or_default())?;
        let written = onnx::write(&bytes, &graph, None, &chosen)?;
        std::fs::write(output, written).map_err(Error::new)?;
    }
    Ok(())
}

fn dim(text: &str) -> Result<(String, u64)> {
    let parsed = text
        .rsplit_once('=')
        .and_then(|(name, size)| Some((name.to_owned(), size.parse().ok()?)));
    parsed.ok_or_else(|| Error::new(format_args!("--dim takes NAME=SIZE, not '{text}'")))
}

/// Runs the ready operator that frees most (or least): orders that differ from the file's.
fn greedy(graph: &Graph, frees_most: bool) -> Vec<OpId> {
    let topology = graph.topology();
    let mut waits: Vec<usize> = graph
        .ops()
        .ids()
        .map(|op| topology.predecessors(op).len())
        .collect();
    let mut order = Vec::new();
    let mut done = vec![false; waits.len()];
    let growth = |op: OpId, done: &[bool]| {
        let size = |t| {
            graph
                .is_counted(t)
                .then(|| graph.tensor(t).bytes.get() as i64)
        };
        let made: i64 = graph.op(op).outputs.iter().filter_map(|&t| size(t)).sum();
        let last = |t: &_| {
            topology
                .consumers(*t)
                .iter()
                .all(|&c| c == op || done[c.index()])
        };
        let freed: i64 = graph.op(op).reads().filter(last).filter_map(size).sum();
        if frees_most {
            made - freed
        } else {
            freed - made
        }
    };
    while order.len() < waits.len() {
        let ready = graph
            .ops()
            .ids()
            .filter(|op| !done[op.index()] && waits[op.index()] == 0);
        let Some(next) = ready.min_by_key(|&op| growth(op, &done)) else {
            break;
        };
        done[next.index()] = true;
        order.push(next);
        for after in topology.successors(next) {
            waits[after.index()] -= 1;
        }
    }
    order
}
