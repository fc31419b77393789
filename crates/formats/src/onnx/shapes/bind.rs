//! Sizes of open dimensions, given by the caller.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::super::schema::{Dim, TypeView};
use super::Fact;
use crate::error::{Error, Result};

/// Pairs of a dimension and its size. A dimension goes by its symbol (`batch`) or, where it has none, by tensor and axis
/// (`images:0`).
pub(crate) struct Bindings<'d> {
    sizes: &'d [(String, u64)],
    asked: RefCell<BTreeSet<String>>,
}

impl<'d> Bindings<'d> {
    /// The sizes given by the caller.
    pub(crate) fn new(sizes: &'d [(String, u64)]) -> Self {
        Self {
            sizes,
            asked: RefCell::default(),
        }
    }

    /// What the file declares of a tensor, with open dimensions filled in.
    pub(crate) fn declared(&self, name: &str, declared: &TypeView<'_>) -> Fact {
        let dim = |(axis, dim): (usize, &Dim<'_>)| match *dim {
            Dim::Known(elements) => Some(elements),
            Dim::Named(symbol) => self.size(symbol).or_else(|| self.axis(name, axis)),
            Dim::Open => self.axis(name, axis),
        };
        let shape = declared.shape.as_ref();
        let shape = shape.map(|dims| dims.iter().enumerate().map(dim).collect());
        Fact {
            dtype: declared.dtype,
            ..shape.map_or_else(Fact::default, |shape| Fact::new(None, shape))
        }
    }

    /// Fills in what is open in a shape that was inferred.
    pub(crate) fn fill(&self, name: &str, fact: &mut Fact) {
        let dims = fact.shape.iter_mut().flatten().enumerate();
        for (axis, dim) in dims.filter(|(_, dim)| dim.is_none()) {
            *dim = self.axis(name, axis);
        }
    }

    fn axis(&self, tensor: &str, axis: usize) -> Option<u64> {
        // Most models are closed, and names are long.
        (!self.sizes.is_empty()).then(|| self.size(&format!("{tensor}:{axis}")))?
    }

    fn size(&self, dim: &str) -> Option<u64> {
        let (_, size) = self.sizes.iter().find(|(name, _)| name == dim)?;
        self.asked.borrow_mut().insert(dim.to_owned());
        Some(*size)
    }

    /// Refuses sizes that nothing in the model asked for: most likely a name is mistyped.
    pub(crate) fn check_all_used(&self, inputs: &[(&str, TypeView<'_>)]) -> Result<()> {
        let asked = self.asked.borrow();
        match self.sizes.iter().find(|(name, _)| !asked.contains(name)) {
            Some((name, _)) => Err(Error::refused(format_args!(
                "the model has no open dimension '{name}'; the open dimensions of its inputs are: {}",
                list(open_dims(inputs))
            ))),
            None => Ok(()),
        }
    }

    /// Refuses a model some of whose inputs are left open.
    pub(crate) fn check_inputs(&self, inputs: &[(&str, TypeView<'_>)]) -> Result<()> {
        let unbound: Vec<String> = open_dims(inputs)
            .filter(|dim| !self.asked.borrow().contains(dim.as_str()))
            .collect();
        if unbound.is_empty() {
            return Ok(());
        }
        let example: Vec<String> = unbound.iter().map(|dim| format!("--dim {dim}=1")).collect();
        Err(Error::refused(format_args!(
            "the model leaves dimensions of its inputs open: {}; give them a size, as in {}",
            list(unbound.iter().cloned()),
            example.join(" ")
        )))
    }
}

/// The open dimensions of the inputs, each once, in the order of the file.
fn open_dims(inputs: &[(&str, TypeView<'_>)]) -> impl Iterator<Item = String> {
    let mut seen = BTreeSet::new();
    let open = |name: &str, axis: usize, dim: &Dim<'_>| match *dim {
        Dim::Known(_) => None,
        Dim::Named(symbol) => Some(symbol.to_owned()),
        Dim::Open => Some(format!("{name}:{axis}")),
    };
    let all: Vec<String> = inputs
        .iter()
        .flat_map(|(name, declared)| {
            let dims = declared.shape.iter().flatten().enumerate();
            dims.filter_map(move |(axis, dim)| open(name, axis, dim))
        })
        .collect();
    all.into_iter().filter(move |dim| seen.insert(dim.clone()))
}

fn list(names: impl Iterator<Item = String>) -> String {
    let names: Vec<String> = names.collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}
