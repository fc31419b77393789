//! ONNX: `.onnx` files, of operator set 7 and later, in and out.
//!
//! # Why no protobuf library
//! "What we do not understand is carried through untouched" decides. `prost` structs drop fields that they do not know;
//! `onnx-protobuf` (rust-protobuf, MPL-2.0) keeps them but reorders them, copies all weights and knows the schema of its
//! day only; `tract-onnx` has prost structs and refuses models whose external data is absent, so that its shape inference
//! is of no use for graphs alone. So `wire` splits messages into fields, borrowed from the file; `schema` gives
//! names to the fields that are understood; and [`write`] splices: it copies nodes, weights, descriptions and
//! everything unknown byte by byte, and re-emits only a message inside which something changes. A model in which nothing
//! changes is written as the same bytes. Hostile bytes cannot ask for memory: nothing is copied before it is checked, and
//! lengths are compared to what is there.
//!
//! # Rooms
//! `read` makes the graph, with `shapes` for sizes and `ops` for meanings; [`write`] makes the
//! model; [`emit`] writes models that were never read; [`external`] looks after weights in other files.

pub mod emit;
pub mod external;
pub mod fuzz;
mod ops;
mod read;
mod schema;
mod shapes;
mod wire;
mod write;

use lowtide_core::graph::Graph;
use lowtide_core::plan::{Order, Rewriting};

use crate::error::Result;

pub(crate) use read::Contents;
pub use read::{Body, Place};

/// A model file and its graph.
#[derive(Clone, Debug)]
pub struct Model {
    bytes: Vec<u8>,
    dims: Vec<(String, u64)>,
    graph: Graph,
    bodies: Vec<Body>,
}

impl Model {
    /// Reads a file. `dims` gives sizes to dimensions that it leaves open, by symbol (`batch`) or by tensor and axis
    /// (`images:0`). Weights in other files are not looked for.
    ///
    /// # Errors
    /// Names the node or tensor, and the remedy: damaged bytes; an operator set older than 7; calls of functions that the
    /// model defines; names that are undefined, defined twice or read before they are written; open dimensions that `dims`
    /// does not give, or gives in vain; tensors whose size neither the file nor inference tells.
    pub fn parse(bytes: Vec<u8>, dims: &[(String, u64)]) -> Result<Self> {
        let (graph, bodies) = read::read(&bytes, dims)?;
        Ok(Self {
            bytes,
            dims: dims.to_vec(),
            graph,
            bodies,
        })
    }

    /// Its graph. The `n`-th operator is the `n`-th node, and tensors go by their names in the file.
    #[must_use]
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The bodies of If, Loop and Scan, each behind those inside it. The `n`-th operator of a body is its `n`-th node.
    #[must_use]
    pub fn bodies(&self) -> &[Body] {
        &self.bodies
    }

    /// The same model with the nodes of some bodies in another order.
    ///
    /// # Errors
    /// Where an order is none of its body.
    pub fn with_bodies(&self, orders: &[(&Place, &Order)]) -> Result<Self> {
        Self::parse(write::with_bodies(&self.bytes, orders)?, &self.dims)
    }

    /// The file as it was read.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The bytes of the file that runs `rewriting`, made for [`Model::graph`], in `order`.
    ///
    /// Inputs and outputs keep their names. What is said of tensors that have gone goes too, and so do weights that only
    /// nodes that have gone used. Without rewriting, the order of the file gives the bytes of the file.
    ///
    /// # Errors
    /// Where order and graph do not belong together, and where inputs or outputs of the graph were merged.
    pub fn write(&self, rewriting: &Rewriting, order: &Order) -> Result<Vec<u8>> {
        write::write(&self.bytes, &self.graph, rewriting, order)
    }
}
