//! Where a network is narrow: the cells between which few tensors pass.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::{BandPart, RowPart};

/// A stretch of steps that is drawn, and folded, as one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CellPart {
    /// The first step.
    pub first: u32,
    /// The step after its last.
    pub end: u32,
    /// What most of its results are named after; may be empty.
    pub name: String,
}

/// A cell of fewer steps is no cell worth folding, and joins its neighbour.
const SHORTEST: u32 = 4;
/// Folded, a network should fit a page: longer chains are cut.
const LONGEST: u32 = 64;

/// Cells that cover all steps. Each ends at the first border that a single tensor passes; where there is none in sight,
/// at the first of the narrowest.
pub(in crate::report::page) fn cells(rows: &[RowPart], bands: &[BandPart]) -> Vec<CellPart> {
    let steps = rows.len() as u32;
    let crossing = crossing(bands, steps);
    let mut cells = Vec::new();
    let mut first = 0;
    while first < steps {
        let end = match steps - first <= SHORTEST {
            true => steps,
            false => border(&crossing, first + SHORTEST, steps.min(first + LONGEST)),
        };
        let name = name(&rows[first as usize..end as usize], bands);
        cells.push(CellPart { first, end, name });
        first = end;
    }
    cells
}

fn border(crossing: &[i64], from: u32, to: u32) -> u32 {
    let at = |border: &u32| crossing[*border as usize];
    let single = (from..=to).find(|border| at(border) <= 1);
    single.unwrap_or_else(|| (from..=to).min_by_key(at).unwrap_or(to))
}

/// How many tensors are live both before and after each border; those that are live always pass no border.
fn crossing(bands: &[BandPart], steps: u32) -> Vec<i64> {
    let mut change = vec![0i64; steps as usize + 2];
    let passing = bands
        .iter()
        .filter(|band| band.start > 0 || band.end < steps);
    for band in passing.filter(|band| band.start + 1 < band.end) {
        change[band.start as usize + 1] += 1;
        change[band.end as usize] -= 1;
    }
    let running = change.iter().scan(0, |sum, &change| {
        *sum += change;
        Some(*sum)
    });
    running.collect()
}

/// The first part of the paths that most results share: `cell_a` of `cell_a/conv_14`.
fn name(rows: &[RowPart], bands: &[BandPart]) -> String {
    let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
    let written = rows.iter().flat_map(|row| &row.writes);
    for band in written.filter_map(|&place| bands.get(place as usize)) {
        if let Some(part) = band.name.split('/').find(|part| !part.is_empty()) {
            *counts.entry(part).or_default() += 1;
        }
    }
    let most = counts.into_iter().rev().max_by_key(|&(_, count)| count);
    most.filter(|&(_, count)| count > 1)
        .map_or_else(String::new, |(part, _)| part.to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::super::{BandPart, RowPart};
    use super::cells;

    fn band(start: u32, end: u32, name: &str) -> BandPart {
        BandPart {
            name: name.to_owned(),
            bytes: 1,
            array: String::new(),
            start,
            end,
            colour: 0,
        }
    }

    fn row(place: u32) -> RowPart {
        RowPart {
            operator: String::new(),
            operator_index: place,
            live_bytes: 1,
            reads: Vec::new(),
            writes: vec![place],
            lane: 0,
            colour: 0,
        }
    }

    fn stretches(bands: &[BandPart], steps: u32) -> Vec<(u32, u32, String)> {
        let rows: Vec<_> = (0..steps).map(row).collect();
        let cells = cells(&rows, bands).into_iter();
        cells
            .map(|cell| (cell.first, cell.end, cell.name))
            .collect()
    }

    #[test]
    fn cells_cover_all_steps_and_end_where_one_tensor_passes() {
        // Two cells of five steps: in each the first result is read by the last step.
        let chain = (0..10).map(|step| {
            let name = if step < 5 { "one/x" } else { "two/x" };
            band(step, (step + 2).min(10), name)
        });
        let skips = [band(0, 5, "skip"), band(5, 10, "skip")];
        let bands: Vec<_> = chain.chain(skips).collect();
        let wanted = [(0, 5, "one".to_owned()), (5, 10, "two".to_owned())];
        assert_eq!(stretches(&bands, 10), wanted);
        assert_eq!(stretches(&[], 0), []);
    }
}
