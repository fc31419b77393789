//! Which colour a tensor or an operator has, in every picture: a number into a palette of seven.

use std::collections::HashMap;

use super::{BandPart, SidePart};

/// Colours that people with any colour vision tell apart.
pub(super) const COLOURS: usize = 7;

/// How many below a tensor in a stack are its neighbours.
const NEAR: usize = 3;

/// Colours all sides. A name has one colour everywhere; tensors that lie on each other get different ones where that can be, and
/// operators of one type the same.
pub(super) fn paint(sides: &mut [SidePart]) {
    let stacks: Vec<&[BandPart]> = sides.iter().rev().map(|side| &side.tensors[..]).collect();
    let colours = names(&stacks);
    let kinds = kinds(sides);
    for side in sides {
        for band in &mut side.tensors {
            band.colour = colours.get(&band.name).copied().unwrap_or(0);
        }
        for row in &mut side.steps {
            row.colour = kinds.get(kind(&row.operator)).copied().unwrap_or(0);
        }
    }
}

/// Of the colours that the fewest neighbours of a name have, in any of the stacks, the one that was given longest ago.
fn names(stacks: &[&[BandPart]]) -> HashMap<String, u8> {
    let mut near: HashMap<&str, Vec<&str>> = HashMap::new();
    stacks.iter().for_each(|bands| neighbours(bands, &mut near));
    let mut colours: HashMap<&str, u8> = HashMap::new();
    let mut used = [0usize; COLOURS];
    for (now, band) in (1..).zip(stacks.iter().copied().flatten()) {
        if colours.contains_key(band.name.as_str()) {
            continue;
        }
        let beside = near.get(band.name.as_str()).map_or(&[][..], Vec::as_slice);
        let mut counts = [0usize; COLOURS];
        for colour in beside.iter().filter_map(|other| colours.get(other)) {
            counts[usize::from(*colour)] += 1;
        }
        let all = 0..COLOURS;
        let colour = all.min_by_key(|&colour| (counts[colour], used[colour]));
        let colour = colour.unwrap_or(0);
        used[colour] = now;
        colours.insert(&band.name, colour as u8);
    }
    let owned = colours.into_iter();
    owned
        .map(|(name, colour)| (name.to_owned(), colour))
        .collect()
}

/// Who lies near whom; `bands` begin in ascending order, and each is put on top of what is alive.
fn neighbours<'b>(bands: &'b [BandPart], near: &mut HashMap<&'b str, Vec<&'b str>>) {
    let mut alive: Vec<&BandPart> = Vec::new();
    for band in bands {
        alive.retain(|other| other.end > band.start);
        for other in alive.iter().rev().take(NEAR) {
            near.entry(&band.name).or_default().push(&other.name);
            near.entry(&other.name).or_default().push(&band.name);
        }
        alive.push(band);
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
    use super::{BandPart, names};

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
    fn what_lies_near_differs_in_every_stack() {
        let stack = |order: &[&str]| -> Vec<BandPart> {
            let bands = order.iter().zip(0..);
            bands.map(|(name, at)| band(name, at, at + 3)).collect()
        };
        let (one, other) = (stack(&["a", "b", "c", "d"]), stack(&["d", "a", "c", "b"]));
        let colours = names(&[&one, &other]);
        for stack in [one, other] {
            for pair in stack.windows(2) {
                assert_ne!(colours[&pair[0].name], colours[&pair[1].name]);
            }
        }
    }
}
