//! The arena that TensorFlow Lite Micro needs for a model, item by item.
//!
//! TFLM takes all its memory from one array. Activations and scratch buffers go to its low end, the *head*, whose
//! height is that of the memory plan. What lives as long as the interpreter goes to its high end, the *tail*. While it
//! prepares, it keeps temporaries where the head will be. So the array must hold the greater of two sums: head and
//! tail at the end, and temporaries and tail at the worst moment before.
//!
//! The tail depends on the operators, tensors and constants in the file, not on their order. What a kernel asks for is
//! known for the reference kernels of TFLM from its sources, and is equal to what the interpreter of the Python package
//! asks for (`tests/runtimes/test_declare.py`); kernels tuned for one processor may ask for more.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use lowtide_core::units::Bytes;
//! use lowtide_formats::tflite::{schema::File, tflm};
//!
//! let file = File::read(std::fs::read("model.tflite")?)?;
//! let need = tflm::footprint(&file, Bytes(55_296), tflm::Pointers::Bits32);
//! println!("static uint8_t arena[{}];", need.total);
//! # Ok(())
//! # }
//! ```

mod declared;
mod head;
pub(in crate::tflite) mod node;
mod scratch;
mod tail;
mod tuned;

use lowtide_core::units::Bytes;

pub use declared::{Declared, Placed, declared};
pub use head::{Owner, PlannerProblem, head, planner_problem};
pub use scratch::{Scratch, scratch};

use super::schema::File;

/// The width of pointers on the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pointers {
    /// 4 bytes: Cortex-M, Xtensa, RISC-V with 32 bits.
    Bits32,
    /// 8 bytes: a workstation.
    Bits64,
}

/// How the interpreter was built, as far as its tables depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Build {
    /// The width of pointers.
    pub pointers: Pointers,
    /// With support for compressed weights (`USE_TFLM_COMPRESSION`): some tables have more fields.
    pub compression: bool,
    /// With the allocator that records what was asked for (`RecordingMicroAllocator`), a larger object.
    pub recording: bool,
}

impl Build {
    /// The interpreter of the Python package `tflite_micro`, with which predictions are compared.
    pub const PYTHON: Self = Self {
        pointers: Pointers::Bits64,
        compression: true,
        recording: true,
    };
}

impl From<Pointers> for Build {
    /// What TFLM's makefiles build for a device: neither compression nor recording.
    fn from(pointers: Pointers) -> Self {
        Self {
            pointers,
            compression: false,
            recording: false,
        }
    }
}

/// What the interpreter keeps in the tail under one name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it is.
    pub what: &'static str,
    /// Its bytes, with the gaps that its alignment leaves.
    pub bytes: Bytes,
    /// How many of them there are.
    pub count: u64,
}

/// The arena of a model: what it must hold, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Footprint {
    /// The height of the memory plan, as given, in multiples of 16.
    pub head: Bytes,
    /// What lives as long as the interpreter: the sum of `items`.
    pub tail: Bytes,
    /// The most that is in use before the plan is in force: temporaries, and the tail so far.
    pub planning: Bytes,
    /// The bytes to declare, in an array aligned to 16: the greater of `head + tail` and `planning`, in multiples of 16.
    pub total: Bytes,
    /// The tail, in the order in which it grows.
    pub items: Vec<Item>,
    /// Operators (and other parts) whose share is not known, each once: the arena may have to be larger for them.
    pub unknown: Vec<String>,
}

/// The alignment of the arena, of the buffers planned in it, and of what kernels ask for.
const ALIGNMENT: u64 = 16;

/// The arena that TFLM's interpreter with reference kernels needs for `file`.
///
/// `head` is the height of the memory plan: that of the offline plan in the file, or of TFLM's own planner on the
/// file's order, in either case with the buffers of [`scratch`].
///
/// Figures for 64 bits are measured. Those for 32 bits are derived: the same structures, laid out for 32 bits with enums
/// of 4 bytes. Compilers that make enums shorter, as those for bare-metal Arm do, need a little less, never more.
#[must_use]
pub fn footprint(file: &File, head: Bytes, build: impl Into<Build>) -> Footprint {
    let head = head.align_up(ALIGNMENT);
    let prepared = tail::simulate(&file.model, build.into());
    let tail = prepared.items.iter().map(|item| item.bytes).sum::<Bytes>();
    Footprint {
        head,
        tail,
        planning: prepared.planning,
        total: (head + tail).max(prepared.planning).align_up(ALIGNMENT),
        items: prepared.items,
        unknown: prepared.unknown,
    }
}

#[cfg(test)]
mod tests;
