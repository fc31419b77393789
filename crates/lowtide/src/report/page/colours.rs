//! Which colour a tensor or an operator has, in every picture: a number into a palette of seven.

use std::collections::HashMap;

use super::{BandPart, SidePart};

/// Colours that people with any colour vision tell apart.
pub(super) const COLOURS: usize = 7;

/// Colours all sides, the last one first. A name has one colour everywhere; tensors that lie on each other get different ones,
/// and operators of one type the same.
pub(super) fn paint(sides: &mut [SidePart]) {
    let mut known: HashMap<String, u8> = HashMap::new();
    for side in sides.iter_mut().rev() {
        bands(&mut side.tensors, &mut known);
    }
    let kinds = kinds(sides);
    for row in sides.iter_mut().flat_map(|side| &mut side.steps) {
        row.colour = kinds.get(kind(&row.operator)).copied().unwrap_or(0);
    }
}

/// `bands` begin in ascending order. A new name takes the colour that was given longest ago; never that of the last two that are
/// alive, which are its neighbours in the stack.
fn bands(bands: &mut [BandPart], known: &mut HashMap<String, u8>) {
    let mut alive: Vec<(u32, u8)> = Vec::new();
    let mut used = [0usize; COLOURS];
    for (now, band) in (1..).zip(bands) {
        alive.retain(|&(end, _)| end > band.start);
        let colour = *known.entry(band.name.clone()).or_insert_with(|| {
            let last_two = &alive[alive.len().saturating_sub(2)..];
            let beside = |colour: u8| last_two.iter().any(|&(_, other)| other == colour);
            let colours = 0..COLOURS as u8;
            let price = |&colour: &u8| (beside(colour), used[usize::from(colour)]);
            colours.min_by_key(price).unwrap_or(0)
        });
        band.colour = colour;
        used[usize::from(colour)] = now;
        alive.push((band.end, colour));
    }
}

/// The most frequent types first, so that these differ.
fn kinds(sides: &[SidePart]) -> HashMap<String, u8> {
    let mut counts: HashMap<&str, usize> = HashMap::new();
    for row in sides.iter().flat_map(|side| &side.steps) {
        *counts.entry(kind(&row.operator)).or_default() += 1;
    }
    let mut kinds: Vec<(&str, usize)> = counts.into_iter().collect();
    kinds.sort_by_key(|&(kind, count)| (std::cmp::Reverse(count), kind));
    let numbered = kinds.into_iter().enumerate();
    numbered
        .map(|(at, (kind, _))| (kind.to_owned(), (at % COLOURS) as u8))
        .collect()
}

fn kind(operator: &str) -> &str {
    operator.split(' ').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{BandPart, HashMap, bands};

    fn band(name: &str, start: u32, end: u32) -> BandPart {
        BandPart {
            name: name.to_owned(),
            bytes: 1,
            array: String::new(),
            start,
            end,
            colour: 0,
        }
    }

    #[test]
    fn up_to_seven_that_live_together_all_differ_and_names_keep_their_colour() {
        let names = ["a", "b", "c", "d", "e", "f", "g"];
        let mut together: Vec<_> = names.iter().map(|name| band(name, 0, 3)).collect();
        let mut known = HashMap::new();
        bands(&mut together, &mut known);
        let mut colours: Vec<u8> = together.iter().map(|band| band.colour).collect();
        let last = colours[6];
        colours.sort_unstable();
        assert_eq!(colours, [0, 1, 2, 3, 4, 5, 6]);
        let mut again = vec![band("g", 0, 1)];
        bands(&mut again, &mut known);
        assert_eq!(again[0].colour, last);
    }
}
