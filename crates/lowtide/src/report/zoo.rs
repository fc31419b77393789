//! The report of `zoo`.

use lowtide_core::compile::measure;
use lowtide_core::memory::Target;
use serde::Serialize;

use super::SCHEMA;
use crate::{Result, zoo};

/// The networks that can be generated.
#[derive(Clone, Debug, Serialize)]
pub struct ZooReport {
    /// The version of this form.
    pub schema: u32,
    /// One entry each.
    pub networks: Vec<NetworkPart>,
}

/// One network.
#[derive(Clone, Debug, Serialize)]
pub struct NetworkPart {
    /// What stands behind `zoo:`.
    pub name: &'static str,
    /// What it is, in a few words.
    pub about: &'static str,
    /// Number of operators.
    pub operators: usize,
    /// The peak of the order it is generated in.
    pub peak_bytes: u64,
}

impl ZooReport {
    /// Describes and measures every network for `target`.
    ///
    /// # Errors
    /// A generated network has no graph, which is a bug.
    pub fn new(target: &Target) -> Result<Self> {
        let networks = zoo::list().iter().map(|network| {
            let graph = zoo::outline(network.name)?;
            Ok(NetworkPart {
                name: network.name,
                about: network.about,
                operators: graph.ops().len(),
                peak_bytes: measure(&graph, target).peak.get(),
            })
        });
        Ok(Self {
            schema: SCHEMA,
            networks: networks.collect::<Result<_>>()?,
        })
    }
}
