//! Sizes of TFLM's structures. Where 32 and 64 bits differ, a pointer or a `size_t` is inside.
//!
//! From TFLM's headers (the file stands beside each); sizes for 64 bits are those that the interpreter of the Python
//! package asks for, sizes for 32 bits those that a compiler for Cortex-M gives the same fields with enums of 4 bytes.

use crate::tflite::tflm::{Build, Pointers};

/// The bytes of a structure.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::tflite::tflm) struct Size {
    bits32: u64,
    bits64: u64,
}

impl Size {
    /// A structure without pointers.
    pub(super) const fn same(bytes: u64) -> Self {
        Self::of(bytes, bytes)
    }

    /// A structure with pointers, for 32 and for 64 bits.
    pub(super) const fn of(bits32: u64, bits64: u64) -> Self {
        Self { bits32, bits64 }
    }

    pub(in crate::tflite::tflm) const fn at(self, pointers: Pointers) -> u64 {
        match pointers {
            Pointers::Bits32 => self.bits32,
            Pointers::Bits64 => self.bits64,
        }
    }
}

/// A pointer or a `size_t`; also the alignment of structures that hold one.
pub(in crate::tflite::tflm) const POINTER: Size = Size::of(4, 8);
/// `int`, `float` and all enums.
pub(in crate::tflite::tflm) const WORD: u64 = 4;

/// `TfLiteEvalTensor` (`c/common.h`): one for each tensor, constants included.
pub(super) const EVAL_TENSOR: Size = Size::of(12, 24);
/// `NodeAndRegistration` (`micro_allocator.h`): one for each operator.
pub(super) const NODE_AND_REGISTRATION: Size = Size::of(32, 64);
/// `TfLiteTensor` (`c/common.h`): one for each graph input and output, and for operands while a kernel prepares.
pub(super) const TENSOR: Size = Size::of(40, 64);
/// `TfLiteAffineQuantization` (`c/common.h`): with a quantised `TfLiteTensor`, and behind it its zero points.
pub(super) const AFFINE_QUANTIZATION: Size = Size::of(12, 24);
/// `ScratchBufferHandle` (`micro_allocator.h`): one for each scratch buffer.
pub(super) const SCRATCH_HANDLE: Size = POINTER;
/// `MicroBuiltinDataAllocator` (`micro_allocator.cc`).
pub(super) const PARAMETER_ALLOCATOR: Size = Size::of(8, 16);

/// `ScratchBufferRequest` (`micro_allocator.h`), a temporary: one for each scratch buffer so far, and room for one
/// operator's share.
pub(super) const SCRATCH_REQUEST: Size = Size::of(12, 16);
/// The scratch buffers that one operator may ask for.
pub(super) const SCRATCH_REQUESTS_OF_ONE: u64 = 12;
/// `AllocationInfo` (`micro_allocation_info.h`), a temporary: one for each tensor and scratch buffer.
pub(super) const ALLOCATION_INFO: Size = Size::of(24, 32);
/// What `GreedyMemoryPlanner` keeps of a buffer while it plans (`greedy_memory_planner.h`): ten words.
pub(super) const PLANNED_BUFFER: u64 = 10 * WORD;

/// `SubgraphAllocations` (`micro_allocator.h`): one for each subgraph.
pub(super) const fn subgraph_allocations(build: Build) -> u64 {
    let fields = if build.compression { 3 } else { 2 };
    fields * POINTER.at(build.pointers)
}

/// The interpreter's own objects in the order in which they are made: the arena's allocator, the planner, and the
/// allocator of the model's tables (`single_arena_buffer_allocator.h`, `greedy_memory_planner.h`, `micro_allocator.h`).
pub(super) const fn objects(build: Build) -> [u64; 3] {
    let planner = Size::of(44, 72).at(build.pointers);
    // The recording ones add four counters, and a pointer with eight records of three counters each.
    let [arena, model] = if build.recording {
        [Size::of(52, 104), Size::of(136, 272)]
    } else {
        [Size::of(36, 72), Size::of(36, 72)]
    };
    [arena.at(build.pointers), planner, model.at(build.pointers)]
}
