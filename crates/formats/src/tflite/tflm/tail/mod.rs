//! What the interpreter does to the arena until it can run, in its order: that decides the gaps for alignment.

pub(super) mod flexbuffer;
mod kernels;
mod persistent;
pub(super) mod size;

use lowtide_core::units::Bytes;

use self::kernels::{Kernel, Whole};
use super::node::{Node, bytes, is_planned, nodes, scales};

use self::size::{POINTER, WORD};
use super::scratch;
use super::{ALIGNMENT, Build, Item};
use crate::tflite::schema::facts::types::TensorType;
use crate::tflite::schema::{Model, Tensor};

/// The name of the metadata that makes TFLM keep tables for compressed weights.
const COMPRESSION: &[u8] = b"COMPRESSION_METADATA";

/// The arena when the interpreter is ready, but for the head.
pub(super) struct Prepared {
    pub(super) items: Vec<Item>,
    pub(super) planning: Bytes,
    pub(super) unknown: Vec<String>,
}

/// Lets the interpreter prepare.
pub(super) fn simulate(model: &Model, build: Build) -> Prepared {
    let mut arena = Arena {
        model,
        build,
        tail: Bytes::ZERO,
        items: Vec::new(),
        planning: Bytes::ZERO,
        requests: 0,
        unknown: unknown(model),
    };
    arena.tables();
    arena.parameters_and_data();
    arena.prepare();
    arena.plan();
    arena.inputs_and_outputs();
    Prepared {
        items: arena.items,
        planning: arena.planning,
        unknown: arena.unknown,
    }
}

struct Arena<'m> {
    model: &'m Model,
    build: Build,
    /// Bytes in use at the high end.
    tail: Bytes,
    items: Vec<Item>,
    /// The most that temporaries and tail have needed.
    planning: Bytes,
    /// Scratch buffers that kernels have asked for.
    requests: u64,
    unknown: Vec<String>,
}

/// The operators whose kernels are not known, and what else is not, each once.
fn unknown(model: &Model) -> Vec<String> {
    let mut labels: Vec<String> = nodes(model)
        .filter_map(|(_, _, node)| match kernel(&node) {
            None => Some(node.label()),
            Some(_) => node.refused(),
        })
        .collect();
    let is_compression = |name: &[u8]| name == COMPRESSION;
    if model
        .metadata
        .iter()
        .any(|entry| entry.name.as_deref().is_some_and(is_compression))
    {
        labels.push("compressed tensors".into());
    }
    labels.sort();
    labels.dedup();
    labels
}

fn kernel(node: &Node) -> Option<&'static Kernel> {
    match kernels::find(node.code) {
        None if node.is_detection() => Some(&kernels::DETECTION),
        found => found,
    }
}

impl Arena<'_> {
    /// Takes bytes from the high end, at an aligned address. The end of the arena is aligned to 16.
    fn take(&mut self, what: &'static str, bytes: u64, alignment: u64, count: u64) {
        let before = self.tail;
        self.tail = (before + Bytes(bytes)).align_up(alignment);
        let grown = self.tail.saturating_sub(before);
        match self.items.iter_mut().find(|item| item.what == what) {
            Some(item) => {
                item.bytes += grown;
                item.count += count;
            }
            None => self.items.push(Item {
                what,
                bytes: grown,
                count,
            }),
        }
    }

    /// Takes an array of structures with pointers.
    fn array(&mut self, what: &'static str, element: u64, count: usize) {
        let count = count as u64;
        let alignment = POINTER.at(self.build.pointers);
        self.take(what, element.saturating_mul(count), alignment, count);
    }

    fn tables(&mut self) {
        let pointers = self.build.pointers;
        for bytes in size::objects(self.build) {
            self.array("interpreter objects", bytes, 1);
        }
        self.array(
            "interpreter objects",
            size::PARAMETER_ALLOCATOR.at(pointers),
            1,
        );
        let subgraphs = &self.model.subgraphs;
        let entry = size::subgraph_allocations(self.build);
        self.array("subgraph tables", entry, subgraphs.len());
        for subgraph in subgraphs {
            let entry = size::EVAL_TENSOR.at(pointers);
            self.array("TfLiteEvalTensor", entry, subgraph.tensors.len());
        }
        for subgraph in subgraphs {
            let entry = size::NODE_AND_REGISTRATION.at(pointers);
            self.array("NodeAndRegistration", entry, subgraph.operators.len());
        }
    }

    fn parameters_and_data(&mut self) {
        let build = self.build;
        let kernels: Vec<&Kernel> = nodes(self.model)
            .filter_map(|(_, _, node)| kernel(&node))
            .collect();
        for (bytes, alignment) in kernels.iter().filter_map(|kernel| kernel.parameters(build)) {
            self.take("operator parameters", bytes, alignment, 1);
        }
        for bytes in kernels.iter().filter_map(|kernel| kernel.data(build)) {
            self.take("operator data", bytes, ALIGNMENT, 1);
        }
    }

    /// Each kernel prepares in turn: it keeps buffers, asks for scratch and looks at whole tensors.
    fn prepare(&mut self) {
        for (_, _, node) in nodes(self.model) {
            let Some(kernel) = kernel(&node) else {
                continue;
            };
            for bytes in persistent::buffers(&node, self.build.pointers) {
                self.take("kernel buffers", bytes, ALIGNMENT, 1);
            }
            let temporaries = self.whole_tensors(&node, kernel.whole);
            self.need(temporaries);
            let requests = scratch::requests(&node, self.build.pointers);
            self.requests += requests.len() as u64;
        }
    }

    /// Notes that this much is in use at the low end.
    fn need(&mut self, temporaries: Bytes) {
        self.planning = self.planning.max(temporaries + self.tail);
    }

    /// The list of scratch buffers, a temporary at the very bottom.
    fn request_list(&self) -> Bytes {
        let room = self.requests + size::SCRATCH_REQUESTS_OF_ONE;
        Bytes(
            size::SCRATCH_REQUEST
                .at(self.build.pointers)
                .saturating_mul(room),
        )
    }

    /// The temporaries of a kernel that prepares, on top of the list of scratch buffers.
    fn whole_tensors(&self, node: &Node, whole: Whole) -> Bytes {
        let mut height = self.request_list();
        for tensor in operands(node, whole) {
            height = self.whole_tensor(height, tensor);
        }
        height
    }

    /// A `TfLiteTensor` with its quantisation, above what is in use.
    fn whole_tensor(&self, height: Bytes, tensor: &Tensor) -> Bytes {
        let pointers = self.build.pointers;
        let alignment = POINTER.at(pointers);
        let height = height.align_up(alignment) + Bytes(size::TENSOR.at(pointers));
        match scales(tensor) {
            0 => height,
            scales => {
                let quantization = Bytes(size::AFFINE_QUANTIZATION.at(pointers));
                height.align_up(alignment) + quantization + Bytes(zero_points(scales))
            }
        }
    }

    /// The planner works in what is left between the list of buffers and the tail.
    fn plan(&mut self) {
        let pointers = self.build.pointers;
        let handles = size::SCRATCH_HANDLE.at(pointers);
        if self.requests > 0 {
            self.array("scratch handles", handles, self.requests as usize);
        }
        let tensors = || self.model.subgraphs.iter().flat_map(|graph| &graph.tensors);
        let entries = tensors().count() as u64 + self.requests;
        let offsets = POINTER.at(pointers) * self.model.subgraphs.len() as u64;
        let list = self.request_list().align_up(POINTER.at(pointers))
            + Bytes(offsets)
            + Bytes(size::ALLOCATION_INFO.at(pointers).saturating_mul(entries));
        for tensor in tensors().filter(|tensor| tensor.is_variable()) {
            self.take("variable tensors", bytes(tensor), ALIGNMENT, 1);
        }
        let planned = tensors().filter(|tensor| is_planned(self.model, tensor));
        let buffers = planned.count() as u64 + self.requests;
        let planner = Bytes(size::PLANNED_BUFFER.saturating_mul(buffers));
        let tail = self.tail.align_up(ALIGNMENT);
        self.planning = self.planning.max(list.align_up(ALIGNMENT) + planner + tail);
    }

    /// Whole tensors for the graph's inputs and outputs, which the application looks at.
    fn inputs_and_outputs(&mut self) {
        const WHAT: &str = "input and output tensors";
        let Some(main) = self.model.subgraphs.first() else {
            return;
        };
        let pointers = self.build.pointers;
        for list in [&main.inputs, &main.outputs] {
            let pointers_to_them = POINTER.at(pointers).saturating_mul(list.len() as u64);
            self.take(WHAT, pointers_to_them, ALIGNMENT, 0);
            for &index in list {
                self.array(WHAT, size::TENSOR.at(pointers), 1);
                let tensor = usize::try_from(index)
                    .ok()
                    .and_then(|i| main.tensors.get(i));
                let scales = tensor.map_or(0, |tensor| scales(tensor));
                if scales > 0 {
                    let quantization = size::AFFINE_QUANTIZATION.at(pointers);
                    self.take(WHAT, quantization, POINTER.at(pointers), 0);
                    self.take(WHAT, zero_points(scales), WORD, 0);
                }
            }
        }
    }
}

/// `TfLiteIntArray`: a length and as many words.
fn zero_points(scales: u64) -> u64 {
    WORD.saturating_mul(scales.saturating_add(1))
}

/// The operands that a kernel looks at while it prepares, as often as it does.
fn operands<'m>(node: &Node<'m>, whole: Whole) -> Vec<&'m Tensor> {
    let all = || node.inputs().chain(node.outputs());
    let ends = || node.input(0).into_iter().chain(node.output(0));
    let first = node.input_type(0);
    let core = |inputs: [usize; 2]| {
        let inputs = inputs.into_iter().filter_map(|place| node.input(place));
        inputs.chain(node.output(0)).collect::<Vec<_>>()
    };
    match whole {
        Whole::Nothing => Vec::new(),
        Whole::All => all().collect(),
        Whole::AllAndFirst => all().chain(node.input(0)).collect(),
        Whole::Twice if first == Some(TensorType::INT8) => all().chain(all()).collect(),
        Whole::Twice => all().chain(node.inputs()).collect(),
        Whole::Inputs => node.inputs().collect(),
        Whole::Ends => ends().collect(),
        Whole::Input(place) => node.input(place).into_iter().collect(),
        Whole::Convolution => [core([0, 1]), core([0, 1])]
            .concat()
            .into_iter()
            .chain(node.input(2))
            .collect(),
        Whole::TransposedConvolution if node.input_type(2) == Some(TensorType::FLOAT32) => {
            core([1, 2])
        }
        Whole::TransposedConvolution => [core([1, 2]), core([1, 2])]
            .concat()
            .into_iter()
            .chain(node.input(3))
            .collect(),
    }
}
