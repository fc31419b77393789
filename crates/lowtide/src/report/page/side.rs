//! One order of a graph, with everything that is drawn of it.

use lowtide_core::graph::ArrayType;
use lowtide_core::ids::{OpId, Table, TensorId};
use lowtide_core::memory::{LiveRange, live_ranges, profile};
use lowtide_core::plan::Order;
use lowtide_core::units::Bytes;
use serde::Serialize;

use super::super::parts::{Counted, TensorPart};
use super::network::{CellPart, cells, lanes};

/// One order.
#[derive(Clone, Debug, Serialize)]
pub struct SidePart {
    /// What it is called on the page.
    pub label: &'static str,
    /// The most bytes that are live at once.
    pub peak_bytes: u64,
    /// The first step at which they are; `null` without operators.
    pub peak_step: Option<u32>,
    /// The steps.
    pub steps: Vec<RowPart>,
    /// The tensors that take bytes, by their first step.
    pub tensors: Vec<BandPart>,
    /// Stretches of steps between narrow cuts: cells and chains.
    pub cells: Vec<CellPart>,
    /// Columns of the drawn graph.
    pub lanes: u32,
    /// Where the tensors go: by the runtime's own planner first, then by lowtide.
    pub arenas: Vec<ArenaPart>,
}

/// A step.
#[derive(Clone, Debug, Serialize)]
pub struct RowPart {
    /// The operator: its type, and its name where the file gives one.
    pub operator: String,
    /// Its place in the source file.
    pub operator_index: u32,
    /// Bytes live during the step.
    pub live_bytes: u64,
    /// What it reads, as places in `tensors`.
    pub reads: Vec<u32>,
    /// What it writes, likewise.
    pub writes: Vec<u32>,
    /// Its column in the drawn graph.
    pub lane: u32,
    /// The same for all operators of its type.
    pub colour: u8,
}

/// A tensor while it is live.
#[derive(Clone, Debug, Serialize)]
pub struct BandPart {
    /// Its name in the file.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// Element type and shape as text, where the file says.
    pub array: String,
    /// The first step in which it is live.
    pub start: u32,
    /// The step after its last.
    pub end: u32,
    /// The same for all tensors of its name.
    pub colour: u8,
}

/// Offsets for all tensors of a side.
#[derive(Clone, Debug, Serialize)]
pub struct ArenaPart {
    /// Who planned it.
    pub planner: &'static str,
    /// Whether that is what the runtime does by itself.
    pub is_the_runtimes: bool,
    /// Whether the offsets stand in the file, so that the runtime takes them.
    pub is_in_the_file: bool,
    /// The bytes it needs.
    pub bytes: u64,
    /// One offset a tensor.
    pub offsets: Vec<u64>,
    /// `optimal` or `bounded`; `null` for what the runtime does.
    pub proof: Option<&'static str>,
}

impl SidePart {
    pub(super) fn of(
        label: &'static str,
        counted: &Counted<'_>,
        order: &Order,
        plans: impl Fn(&[TensorId]) -> Vec<ArenaPart>,
    ) -> Self {
        let cost = profile(counted.instance, order);
        let live = Live::of(counted, order);
        let lanes = lanes(counted.instance.graph(), order);
        let bands: Vec<_> = live
            .ids
            .iter()
            .map(|&(id, range)| band(counted, id, range))
            .collect();
        let tensors: Vec<TensorId> = live.ids.iter().map(|&(id, _)| id).collect();
        let ops = order.ops().iter().zip(&cost.steps).zip(&lanes.of_step);
        let row = |((&op, &bytes), &lane)| row(counted, &live, (op, bytes, lane));
        let steps: Vec<_> = ops.map(row).collect();
        Self {
            label,
            peak_bytes: cost.peak.get(),
            peak_step: cost.peak_at.map(|(step, _)| step),
            cells: cells(&steps, &bands),
            steps,
            lanes: lanes.count,
            arenas: plans(&tensors),
            tensors: bands,
        }
    }
}

/// The live tensors of an order, by their first step, and where each stands in that list.
struct Live {
    ids: Vec<(TensorId, LiveRange)>,
    place: Table<TensorId, Option<u32>>,
}

impl Live {
    fn of(counted: &Counted<'_>, order: &Order) -> Self {
        let ranges = live_ranges(counted.instance, order);
        let mut ids: Vec<_> = ranges
            .iter()
            .filter_map(|(id, range)| Some((id, (*range)?)))
            .collect();
        ids.sort_by_key(|(id, range)| (range.start, *id));
        let mut place = Table::filled(None, counted.instance.graph().tensors().len());
        for (at, &(id, _)) in (0..).zip(&ids) {
            place[id] = Some(at);
        }
        Self { ids, place }
    }

    fn places(&self, ids: impl Iterator<Item = TensorId>) -> Vec<u32> {
        let mut places: Vec<u32> = ids.filter_map(|id| self.place[id]).collect();
        places.sort_unstable();
        places.dedup();
        places
    }
}

fn row(counted: &Counted<'_>, live: &Live, (op, bytes, lane): (OpId, Bytes, u32)) -> RowPart {
    let node = counted.instance.graph().op(op);
    RowPart {
        operator: node.title(),
        operator_index: counted.source(op).0,
        live_bytes: bytes.get(),
        reads: live.places(node.reads()),
        writes: live.places(node.outputs.iter().copied()),
        lane,
        colour: 0,
    }
}

fn band(counted: &Counted<'_>, id: TensorId, range: LiveRange) -> BandPart {
    let graph = counted.instance.graph();
    let tensor = TensorPart::of(graph, id);
    BandPart {
        name: tensor.name,
        bytes: tensor.bytes,
        array: graph
            .tensor(id)
            .array
            .as_ref()
            .map_or_else(String::new, array),
        start: range.start,
        end: range.end,
        colour: 0,
    }
}

fn array(array: &ArrayType) -> String {
    let axis = |axis: &Option<u64>| axis.map_or_else(|| "?".to_owned(), |axis| axis.to_string());
    let axes: Vec<String> = array.shape.iter().map(axis).collect();
    format!("{} {}", array.dtype, axes.join("×"))
}
