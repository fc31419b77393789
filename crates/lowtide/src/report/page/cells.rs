//! Where a network is narrow: the cells between which few tensors pass.

use super::BandPart;

/// A cell of fewer steps is no cell worth folding, and joins its neighbour.
const SHORTEST: u32 = 4;
/// Folded, a network should fit a page: longer chains are cut.
const LONGEST: u32 = 64;

/// Stretches `[first, end)` that cover all steps. Each ends at the first border that a single tensor passes; where there is
/// none in sight, at the last of the narrowest.
pub(super) fn cells(bands: &[BandPart], steps: u32) -> Vec<(u32, u32)> {
    let crossing = crossing(bands, steps);
    let mut cells = Vec::new();
    let mut first = 0;
    while first < steps {
        let end = match steps - first <= SHORTEST {
            true => steps,
            false => border(&crossing, first + SHORTEST, steps.min(first + LONGEST)),
        };
        cells.push((first, end));
        first = end;
    }
    cells
}

fn border(crossing: &[i64], from: u32, to: u32) -> u32 {
    let at = |border: &u32| crossing[*border as usize];
    let single = (from..=to).find(|border| at(border) <= 1);
    single.unwrap_or_else(|| (from..=to).rev().min_by_key(at).unwrap_or(to))
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

#[cfg(test)]
mod tests {
    use super::super::BandPart;
    use super::cells;

    fn band(start: u32, end: u32) -> BandPart {
        BandPart {
            name: String::new(),
            bytes: 1,
            array: String::new(),
            start,
            end,
        }
    }

    #[test]
    fn cells_cover_all_steps_and_end_where_one_tensor_passes() {
        // Two cells of five steps: in each the first result is read by the last step.
        let chain = (0..10).map(|step| band(step, (step + 2).min(10)));
        let skips = [band(0, 5), band(5, 10)];
        let bands: Vec<_> = chain.chain(skips).collect();
        assert_eq!(cells(&bands, 10), [(0, 5), (5, 10)]);
        assert_eq!(cells(&[], 0), []);
    }
}
