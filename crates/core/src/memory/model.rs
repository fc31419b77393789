//! Targets: the runtimes whose arena we plan, and what each of them counts.

use super::Aliasing;

/// A runtime, as far as its memory is concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The name on the command line.
    pub name: &'static str,
    /// Offsets and sizes in the arena are multiples of this, in bytes.
    pub alignment: u64,
    /// Graph inputs stay live to the end of the run; otherwise they may be overwritten after their last use.
    pub keeps_inputs: bool,
    /// Graph inputs take bytes of the arena; otherwise they stay in the caller's own buffers, which are nobody's to overwrite.
    pub counts_inputs: bool,
    /// Which bytes tensors share.
    pub aliasing: Aliasing,
    /// How the runtime itself places tensors, where it reads no plan.
    pub planner: Planner,
}

/// A runtime's own planner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Planner {
    /// TFLM's `GreedyMemoryPlanner`.
    Tflm,
    /// LiteRT's `ArenaPlanner`, which also decides what shares memory.
    Litert,
}

impl Target {
    /// TensorFlow Lite Micro: 16-byte alignment, inputs may be overwritten
    /// (`MicroArenaBufferAlignment`, `AllocationInfoBuilder`), nothing shared.
    pub const TFLM: Self = Self {
        name: "tflm",
        alignment: 16,
        keeps_inputs: false,
        counts_inputs: true,
        aliasing: Aliasing::NONE,
        planner: Planner::Tflm,
    };
    /// LiteRT, formerly TensorFlow Lite: 64-byte alignment, inputs kept for the whole run, some bytes shared (`ArenaPlanner`).
    pub const LITERT: Self = Self {
        name: "litert",
        alignment: 64,
        keeps_inputs: true,
        counts_inputs: true,
        aliasing: Aliasing::LITERT,
        planner: Planner::Litert,
    };
    /// ONNX Runtime on a CPU, in the order of the file, as its profile counts (`mem_bytes_requested_in_use`): inputs are the
    /// caller's, what is freed is given back at once. Chunks are multiples of 256 bytes (`BFCArena::kMinAllocationSize`).
    pub const ORT: Self = Self {
        name: "ort",
        alignment: 256,
        keeps_inputs: true,
        counts_inputs: false,
        aliasing: Aliasing::ORT,
        planner: Planner::Tflm,
    };
    /// No runtime: every sharing that the arithmetic allows, inputs included, without alignment.
    pub const IDEAL: Self = Self {
        name: "ideal",
        alignment: 1,
        keeps_inputs: false,
        counts_inputs: true,
        aliasing: Aliasing::ALL,
        planner: Planner::Tflm,
    };

    /// All targets, the default first.
    pub const ALL: &[Self] = &[Self::TFLM, Self::LITERT, Self::ORT, Self::IDEAL];

    /// The target of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|target| target.name == name).cloned()
    }
}

impl Default for Target {
    fn default() -> Self {
        Self::TFLM
    }
}
