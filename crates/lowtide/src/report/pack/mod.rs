//! The report of `pack`.

use lowtide_core::arena;
use lowtide_core::ids::Id;
use lowtide_core::limits::StopReason;
use lowtide_core::plan::Proof;
use lowtide_core::units::Bytes;
use serde::Serialize;

use super::{OutputPart, SCHEMA};
use crate::Packed;

/// What came of a packing problem.
#[derive(Clone, Debug, Serialize)]
pub struct PackReport {
    /// The version of this form.
    pub schema: u32,
    /// The file.
    pub file: String,
    /// Buffers in it.
    pub buffers: usize,
    /// The arena asked for; `null` if the smallest was.
    pub capacity: Option<u64>,
    /// With a capacity: `fits`, `infeasible` (proved) or `undecided`; `null` without.
    pub verdict: Option<&'static str>,
    /// Bytes of the arena found; `null` if none was.
    pub height: Option<u64>,
    /// No layout is below this.
    pub bound: u64,
    /// The most bytes live at once.
    pub peak: u64,
    /// `optimal`, `bounded`, `infeasible`, or `null` if nothing was found.
    pub proof: Option<&'static str>,
    /// Why the search ended without an answer.
    pub stopped_by: Option<&'static str>,
    /// Placements tried.
    pub nodes: u64,
    /// Buffers that cannot fit together; `null` unless that was asked and found.
    pub conflict: Option<ConflictPart>,
    /// The file written; `null` if none was.
    pub output: Option<OutputPart>,
    /// The picture written; `null` if none was.
    pub svg: Option<OutputPart>,
    /// Reading, searching and checking.
    pub seconds: f64,
}

/// Buffers that cannot fit together.
#[derive(Clone, Debug, Serialize)]
pub struct ConflictPart {
    /// Which, as in the file.
    pub buffers: Vec<BufferPart>,
    /// Whether it is proved that they fit without any one of them.
    pub minimal: bool,
    /// Placements tried to find them.
    pub nodes: u64,
}

/// A buffer of the file.
#[derive(Clone, Debug, Serialize)]
pub struct BufferPart {
    /// Its `id`.
    pub id: String,
    /// The first step in which it is live.
    pub lower: u64,
    /// The step after its last.
    pub upper: u64,
    /// Bytes.
    pub size: u64,
    /// Its offset must be a multiple of this.
    pub alignment: u64,
    /// Where it must go; `null` if it is free.
    pub offset: Option<u64>,
    /// How many gaps its life has.
    pub gaps: usize,
}

impl PackReport {
    /// The report of `packed`. [`Self::output`] and [`Self::svg`] are set by whoever writes the files.
    #[must_use]
    pub fn new(packed: &Packed<'_>) -> Self {
        let (verdict, stopped_by) = match &packed.verdict {
            arena::Verdict::Fits(_) => ("fits", None),
            arena::Verdict::Infeasible => ("infeasible", None),
            arena::Verdict::Undecided(reason) => ("undecided", Some(*reason)),
        };
        let of_minimising = packed.proof.and_then(|proof| proof.stopped_by());
        let stopped_by = match packed.capacity {
            Some(_) => stopped_by,
            None => of_minimising,
        };
        let proof = packed.proof.as_ref().map(Proof::name);
        let problem = packed.file.problem();
        Self {
            schema: SCHEMA,
            file: packed.file.name().to_owned(),
            buffers: problem.buffers().len(),
            capacity: packed.capacity.map(Bytes::get),
            verdict: packed.capacity.map(|_| verdict),
            height: packed.layout().map(|layout| layout.height.get()),
            bound: packed.bound.get(),
            peak: arena::bound::live_bytes(problem).get(),
            proof: proof.or((verdict == "infeasible").then_some(verdict)),
            stopped_by: stopped_by.map(StopReason::name),
            nodes: packed.nodes,
            conflict: conflict(packed),
            output: None,
            svg: None,
            seconds: packed.elapsed.as_secs_f64(),
        }
    }
}

fn conflict(packed: &Packed<'_>) -> Option<ConflictPart> {
    let found = packed.conflict.as_ref()?;
    let buffers = found.buffers.iter().map(|&id| {
        let buffer = &packed.file.problem().buffers()[id];
        BufferPart {
            id: packed.file.buffer_name(id.index() as u32).to_owned(),
            lower: buffer.start,
            upper: buffer.end,
            size: buffer.size.get(),
            alignment: buffer.alignment,
            offset: buffer.offset.map(Bytes::get),
            gaps: buffer.gaps.len(),
        }
    });
    Some(ConflictPart {
        buffers: buffers.collect(),
        minimal: found.minimal,
        nodes: found.nodes,
    })
}
