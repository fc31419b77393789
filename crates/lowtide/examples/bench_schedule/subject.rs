//! What is measured.

use std::path::Path;

use lowtide::{Graph, Model, Result};
use lowtide_core::testing::families;

use crate::usage;

/// A graph as it stands in a file, or as it was generated.
pub(crate) struct Subject {
    pub(crate) name: String,
    pub(crate) graph: Graph,
}

impl Subject {
    pub(crate) fn open(spec: &str) -> Result<Self> {
        let words: Vec<&str> = spec.split(':').collect();
        let graph = match words.as_slice() {
            // A network of the zoo is read back as a model: its operators' meanings say what can share bytes.
            [family, numbers @ ..] if *family != "zoo" && !numbers.is_empty() => {
                let graph = generated(family, numbers);
                let graph = graph.ok_or_else(|| usage(spec, "FAMILY:SIZE:SEED"))?;
                let name = graph.name().to_owned();
                return Ok(Self { name, graph });
            }
            _ => Model::open(spec)?.graph().clone(),
        };
        let stem = Path::new(spec).file_stem().unwrap_or_default();
        Ok(Self {
            name: stem.display().to_string(),
            graph,
        })
    }
}

fn generated(family: &str, numbers: &[&str]) -> Option<Graph> {
    if let ("stack", [stages, family, size, seed]) = (family, numbers) {
        return stacked(stages.parse().ok()?, family, size, seed.parse().ok()?);
    }
    let size: usize = numbers.first()?.parse().ok()?;
    let seed = || numbers.get(1)?.parse().ok();
    Some(match family {
        "nasnet" => families::nasnet(size),
        "amoebanet" => families::amoebanet(size),
        "training" => families::training(size, seed()?),
        "layered" => families::layered(8, size, seed()?),
        "series-parallel" => families::series_parallel(size, seed()?),
        "in-tree" => families::in_tree(size, seed()?),
        "watts-strogatz" => families::watts_strogatz(size, 4, 0.75, seed()?),
        "erdos-renyi" => families::erdos_renyi(size, 4.0 / size as f64, seed()?),
        "barabasi-albert" => families::barabasi_albert(size, 2, seed()?),
        _ => return None,
    })
}

/// Networks of one family with seeds that follow each other, in a row.
fn stacked(stages: u64, family: &str, size: &str, seed: u64) -> Option<Graph> {
    let seeds = (seed..seed + stages).map(|seed| seed.to_string());
    let stages: Option<Vec<Graph>> = seeds
        .map(|seed| generated(family, &[size, &seed]))
        .collect();
    let stages = stages?;
    Some(families::stack(
        &format!("stack-{}-{family}-{size}-{seed}", stages.len()),
        &stages,
    ))
}
