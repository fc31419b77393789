//! The kernels that a runtime may run a model with: what they ask for lies in the arena too.

use lowtide_core::compile::Compiled;
use lowtide_core::ids::{Id, OpId};
use lowtide_core::joint::{Deployment, Offsets};
use lowtide_core::memory::{KernelLibrary, Scratch, Target};
use lowtide_core::units::Bytes;
use lowtide_formats::tflite::litert::{self, Kernels};
use lowtide_formats::tflite::tflm::{self, Pointers};

use super::BeforeAfter;
use crate::Model;

/// The kernel libraries of `target` for `model`; none where nothing is known of them.
pub(in crate::verbs) fn kernels(model: &Model, target: &Target) -> Vec<KernelLibrary> {
    let Some(model) = model.tflite() else {
        return Vec::new();
    };
    if *target == Target::LITERT {
        let scratch = |kernels| litert::scratch(&model.file().model, kernels);
        return Kernels::ALL
            .map(|kernels| KernelLibrary {
                name: kernels.name(),
                scratch: scratch(kernels),
            })
            .into();
    }
    if *target == Target::TFLM {
        let wanted = tflm::scratch(model.file(), Pointers::Bits32).into_iter();
        let main = wanted.filter(|one| one.subgraph == 0);
        let scratch = main.map(|one| Scratch {
            op: OpId::from_index(one.operator),
            bytes: one.bytes,
        });
        return vec![KernelLibrary {
            name: Kernels::Reference.name(),
            scratch: scratch.collect(),
        }];
    }
    Vec::new()
}

/// How a model is deployed with `kernels`, with an offline plan where the runtime takes one and `plan` says so; `None` where no arena is
/// known.
pub(in crate::verbs) fn deployment<'a>(
    kernels: &'a [KernelLibrary],
    target: &Target,
    plan: bool,
) -> Option<Deployment<'a>> {
    let offsets = match plan && *target == Target::TFLM {
        true => Offsets::Planned,
        false => Offsets::Runtime,
    };
    (!kernels.is_empty()).then_some(Deployment { kernels, offsets })
}

/// The arena with a kernel library.
#[derive(Clone, Debug)]
pub struct ByKernels {
    /// Which: `reference` or `optimised`.
    pub kernels: &'static str,
    /// The bytes before and after.
    pub arena: BeforeAfter<Bytes>,
}

/// The arenas with each kernel library that LiteRT makes by itself.
pub(in crate::verbs) fn by_kernels(
    kernels: &[KernelLibrary],
    target: &Target,
    compiled: &Compiled,
) -> Vec<ByKernels> {
    let Some(arenas) = compiled
        .arenas
        .as_ref()
        .filter(|_| *target == Target::LITERT)
    else {
        return Vec::new();
    };
    let pairs = arenas.before.iter().zip(&arenas.after);
    let row = |(library, (&before, &after)): (&KernelLibrary, (&Bytes, &Bytes))| ByKernels {
        kernels: library.name,
        arena: BeforeAfter { before, after },
    };
    kernels.iter().zip(pairs).map(row).collect()
}
