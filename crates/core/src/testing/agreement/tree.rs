//! The tree of all runs.

use crate::schedule::{Switch, Switches};

use super::COMBINATIONS;

/// A run, and the combinations that it speaks for: those with the answers that it was given.
#[derive(Clone, Debug)]
pub struct Run {
    number: u32,
    asked: Vec<Switch>,
}

impl Run {
    /// How many combinations the run speaks for.
    #[must_use]
    pub fn combinations(&self) -> u32 {
        COMBINATIONS >> self.asked.len()
    }

    /// Whether the run speaks for a combination.
    #[must_use]
    pub fn speaks_for(&self, number: u32) -> bool {
        let differs = number ^ self.number;
        self.asked.iter().all(|&switch| differs & bit(switch) == 0)
    }
}

fn bit(switch: Switch) -> u32 {
    1 << switch as u32
}

/// Calls `run`, which says what it asked for, under as many combinations as it takes to have spoken for all, each once.
///
/// # Panics
/// If a run does not ask what the one that it branched off from has asked, or the runs do not speak for as many combinations as there are.
pub fn explore(mut run: impl FnMut(Switches) -> Vec<Switch>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    // What is settled, and the combination to run.
    let mut branches = vec![(Vec::new(), COMBINATIONS - 1)];
    while let Some((settled, number)) = branches.pop() {
        let asked = run(Switches::combination(number));
        assert!(
            asked.starts_with(&settled),
            "another run asked {settled:?}, this one {asked:?}"
        );
        for at in settled.len()..asked.len() {
            branches.push((asked[..=at].to_vec(), number & !bit(asked[at])));
        }
        runs.push(Run { number, asked });
    }
    let all: u32 = runs.iter().map(Run::combinations).sum();
    assert_eq!(all, COMBINATIONS, "what the runs speak for");
    runs
}

#[cfg(test)]
mod tests {
    use super::explore;
    use crate::schedule::Switch::{Glue, Jumps, Split};

    #[test]
    fn runs_that_ask_nothing_speak_for_all() {
        assert_eq!(explore(|_| Vec::new()).len(), 1);
    }

    /// Asks for a second switch, which one depending on the first.
    #[test]
    fn a_run_for_every_way_of_asking() {
        let mut seen = Vec::new();
        let runs = explore(|switches| {
            let text = format!("{switches:?}");
            let second = if text.contains("Glue") { Split } else { Jumps };
            seen.push((text.contains("Glue"), text.contains(&format!("{second:?}"))));
            vec![Glue, second]
        });
        seen.sort_unstable();
        assert_eq!(
            seen,
            [(false, false), (false, true), (true, false), (true, true)]
        );
        assert!(runs.iter().all(|run| run.combinations() == 1024));
        for number in 0..4_096 {
            let speakers = runs.iter().filter(|run| run.speaks_for(number));
            assert_eq!(speakers.count(), 1);
        }
    }

    #[test]
    #[should_panic(expected = "another run asked")]
    fn a_run_that_changes_its_mind_is_found_out() {
        let mut first = true;
        explore(|_| match std::mem::take(&mut first) {
            true => vec![Glue, Split],
            false => vec![Jumps],
        });
    }
}
