//! Where in the file the reader is, for its errors.

use std::fmt;

/// The fields from the model down, with the index where the field is a vector of tables.
#[derive(Default)]
pub(super) struct Path(Vec<Step>);

struct Step {
    field: &'static str,
    index: Option<usize>,
}

impl Path {
    pub(super) fn enter(&mut self, field: &'static str) {
        self.0.push(Step { field, index: None });
    }

    /// Says which entry of the innermost field it is about.
    pub(super) fn at(&mut self, index: usize) {
        if let Some(step) = self.0.last_mut() {
            step.index = Some(index);
        }
    }

    pub(super) fn leave(&mut self) {
        self.0.pop();
    }
}

impl fmt::Display for Path {
    /// `subgraph 0, operator 12, inputs`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("the file");
        }
        for (place, Step { field, index }) in self.0.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            let words = field.replace('_', " ");
            match index {
                Some(index) => write!(
                    f,
                    "{comma}{} {index}",
                    words.strip_suffix('s').unwrap_or(&words)
                )?,
                None => write!(f, "{comma}{words}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Path;

    #[test]
    fn entries_are_named_in_the_singular() {
        let mut path = Path::default();
        path.enter("signature_defs");
        path.at(3);
        path.enter("inputs");
        assert_eq!(path.to_string(), "signature def 3, inputs");
        path.leave();
        path.leave();
        assert_eq!(path.to_string(), "the file");
    }
}
