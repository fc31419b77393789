//! Packing problems of the field: where each buffer goes.

use std::time::Duration;

use lowtide_core::arena::{self, Conflict, Options, Verdict};
use lowtide_core::check::check_layout;
use lowtide_core::limits::{Limits, StopReason, Stopwatch};
use lowtide_core::packing::Problem;
use lowtide_core::plan::{Layout, Proof};
use lowtide_core::units::Bytes;
use lowtide_formats::csv;

use crate::error::of_format;
use crate::report::svg::{Block, Picture};
use crate::{Error, ErrorKind, Result};

/// A packing problem as read: `id,lower,upper,size` and optionally `alignment`, `offset` and `gaps`, as MiniMalloc's.
#[derive(Clone, Debug)]
pub struct PackingFile {
    name: String,
    source: Vec<u8>,
    packing: csv::Packing,
    reading: Duration,
}

impl PackingFile {
    /// Reads the file at `path`.
    ///
    /// # Errors
    /// The file cannot be read, or is no packing problem; the text names line and column.
    pub fn open(path: &str) -> Result<Self> {
        let watch = Stopwatch::start();
        let bytes = std::fs::read(path)
            .map_err(|error| Error::new(ErrorKind::Io, format_args!("{path}: {error}")))?;
        let mut file = Self::from_bytes(path, bytes)?;
        file.reading = watch.elapsed();
        Ok(file)
    }

    /// Understands `bytes`, which messages call `name`.
    ///
    /// # Errors
    /// The bytes are no packing problem; the text names line and column.
    pub fn from_bytes(name: impl Into<String>, bytes: Vec<u8>) -> Result<Self> {
        let (name, watch) = (name.into(), Stopwatch::start());
        let packing = csv::read(&bytes, None).map_err(|error| of_format(&name, &error))?;
        Ok(Self {
            name,
            source: bytes,
            packing,
            reading: watch.elapsed(),
        })
    }

    /// The path it was opened with.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The buffers.
    #[must_use]
    pub fn problem(&self) -> &Problem {
        &self.packing.problem
    }

    /// What the file calls the buffer of this index.
    #[must_use]
    pub fn buffer_name(&self, index: u32) -> &str {
        let name = self.packing.names.get(lowtide_core::ids::BufferId(index));
        name.map_or("", String::as_str)
    }
}

/// What [`pack`] is to do.
#[derive(Clone, Debug)]
pub struct PackOptions {
    /// The arena that must hold the buffers; none to look for the smallest.
    pub capacity: Option<Bytes>,
    /// Whether to look for the reason where they do not fit.
    pub explain: bool,
    /// What the search may spend, and again the search for the reason.
    pub limits: Limits,
}

impl PackOptions {
    /// The default of [`Limits::nodes`] here: a placement costs more than a state of an order.
    pub const NODES: u64 = 3_000_000;
}

impl Default for PackOptions {
    /// The smallest arena, within [`Self::NODES`].
    fn default() -> Self {
        Self {
            capacity: None,
            explain: false,
            limits: Limits {
                nodes: Self::NODES,
                ..Limits::default()
            },
        }
    }
}

/// What came of a packing problem.
#[derive(Clone, Debug)]
pub struct Packed<'f> {
    /// The problem.
    pub file: &'f PackingFile,
    /// The arena asked for.
    pub capacity: Option<Bytes>,
    /// Whether the buffers fit: with the layout, checked by the referee.
    pub verdict: Verdict,
    /// No layout is below this; the height itself where that is proved.
    pub bound: Bytes,
    /// What is proved of the layout's height; none without a layout.
    pub proof: Option<Proof>,
    /// Buffers that do not fit together, if that was asked and is so.
    pub conflict: Option<Conflict>,
    /// Placements tried.
    pub nodes: u64,
    /// Reading, searching and checking.
    pub elapsed: Duration,
}

/// Packs the buffers of `file` into the smallest arena, or into one of the capacity asked for.
///
/// # Errors
/// The referee's refusal, which is a bug.
pub fn pack<'f>(file: &'f PackingFile, asked: &PackOptions) -> Result<Packed<'f>> {
    let watch = Stopwatch::start();
    let options = Options {
        limits: asked.limits.clone(),
        ..Options::default()
    };
    let mut packed = match asked.capacity {
        Some(capacity) => decided(file, capacity, &options),
        None => minimised(file, &options),
    };
    if let Verdict::Fits(layout) = &packed.verdict {
        check_layout(file.problem(), layout)
            .map_err(|fault| Error::new(ErrorKind::Internal, fault))?;
    }
    if let (Verdict::Infeasible, Some(capacity), true) =
        (&packed.verdict, asked.capacity, asked.explain)
    {
        packed.conflict = arena::conflict(file.problem(), capacity, &options);
    }
    packed.elapsed = file.reading + watch.elapsed();
    Ok(packed)
}

fn minimised<'f>(file: &'f PackingFile, options: &Options) -> Packed<'f> {
    let packing = arena::pack(file.problem(), options);
    let bound = match packing.proof {
        Proof::Optimal => packing.layout.height,
        Proof::Bounded { lower, .. } => lower,
    };
    Packed {
        file,
        capacity: None,
        verdict: Verdict::Fits(packing.layout),
        bound,
        proof: Some(packing.proof),
        conflict: None,
        nodes: packing.nodes,
        elapsed: Duration::ZERO,
    }
}

fn decided<'f>(file: &'f PackingFile, capacity: Bytes, options: &Options) -> Packed<'f> {
    let fit = arena::fit(file.problem(), capacity, options);
    let bound = arena::bound::height(file.problem()).height;
    let proof = match &fit.verdict {
        Verdict::Fits(layout) if layout.height <= bound => Some(Proof::Optimal),
        // The capacity was the goal, and it is reached.
        Verdict::Fits(layout) => Some(Proof::Bounded {
            lower: bound,
            upper: layout.height,
            stopped_by: StopReason::Gap,
        }),
        _ => None,
    };
    Packed {
        file,
        capacity: Some(capacity),
        verdict: fit.verdict,
        bound,
        proof,
        conflict: None,
        nodes: fit.nodes,
        elapsed: Duration::ZERO,
    }
}

impl Packed<'_> {
    /// The layout, if there is one.
    #[must_use]
    pub fn layout(&self) -> Option<&Layout> {
        match &self.verdict {
            Verdict::Fits(layout) => Some(layout),
            _ => None,
        }
    }

    /// The file with an `offset` for every buffer; none without a layout.
    ///
    /// # Errors
    /// A file that cannot be read a second time, which is a bug.
    pub fn csv(&self) -> Result<Option<Vec<u8>>> {
        let written = self.layout().map(|layout| {
            csv::with_offsets(&self.file.source, layout)
                .map_err(|error| of_format(&self.file.name, &error))
        });
        written.transpose()
    }

    /// The layout to be drawn; none without one.
    #[must_use]
    pub fn picture(&self) -> Option<Picture> {
        let layout = self.layout()?;
        let buffers = self.file.problem().buffers();
        let blocks = buffers.iter().flat_map(|(id, buffer)| {
            buffer
                .pieces()
                .into_iter()
                .map(move |(start, end, held)| Block {
                    name: self.file.packing.names[id].clone(),
                    start,
                    end,
                    offset: (layout.offsets[id] + held.lower).get(),
                    size: (held.upper - held.lower).get(),
                    colour: id.0 as usize,
                })
        });
        Some(Picture {
            title: self.file.name.clone(),
            blocks: blocks.collect(),
            height: layout.height.get(),
            peak: arena::bound::live_bytes(self.file.problem()).get(),
        })
    }
}
