//! Which tensors of two models are the same: those of one name and one type. Names need not be unique: of several with one name, the
//! first belongs to the first, and so on, since lowtide keeps tensors in the order of the file.

use std::collections::HashMap;

use lowtide_core::graph::{ArrayType, DType, Graph, Tensor};
use lowtide_core::ids::{Id, Table, TensorId};

/// For each tensor of the first graph the one of the second that goes by its name.
pub(super) fn paired(first: &Graph, second: &Graph) -> Table<TensorId, Option<TensorId>> {
    let mut named: HashMap<&str, Vec<TensorId>> = HashMap::new();
    for (t, tensor) in second.tensors().iter() {
        named.entry(&tensor.name).or_default().push(t);
    }
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let partner = |tensor: &'_ Tensor| -> Option<TensorId> {
        let (name, _) = named.get_key_value(tensor.name.as_str())?;
        let place = seen.entry(*name).or_default();
        *place += 1;
        named.get(name)?.get(*place - 1).copied()
    };
    first.tensors().rows().map(partner).collect()
}

/// Whether two tensors hold the same kind of numbers: element type, shape, quantisation.
pub(super) fn same_type(a: &Tensor, b: &Tensor) -> bool {
    let same = |a: &ArrayType, b: &ArrayType| {
        let quantization = match (&a.quantization, &b.quantization) {
            (Some(a), Some(b)) => a.same(b),
            (None, None) => true,
            _ => false,
        };
        a.dtype == b.dtype && a.shape == b.shape && quantization
    };
    match (&a.array, &b.array) {
        (Some(a), Some(b)) => same(a, b),
        (None, None) => a.bytes == b.bytes,
        _ => false,
    }
}

/// Tensors that both graphs compute, under one name and type.
pub(super) fn common(
    (first, second): (&Graph, &Graph),
    pairs: &Table<TensorId, Option<TensorId>>,
) -> Vec<(TensorId, TensorId)> {
    let computed = |graph: &Graph, t| graph.topology().producer(t).is_some();
    let both = pairs.iter().filter_map(|(a, b)| Some((a, (*b)?)));
    both.filter(|&(a, b)| {
        computed(first, a) && computed(second, b) && same_type(first.tensor(a), second.tensor(b))
    })
    .collect()
}

/// In what the ends of two graphs differ, in words; empty if in nothing.
pub(super) fn end_faults(first: &Graph, second: &Graph) -> Vec<String> {
    let mut faults = Vec::new();
    let sides = [
        ("input", first.inputs(), second.inputs()),
        ("output", first.outputs(), second.outputs()),
    ];
    for (word, ours, theirs) in sides {
        if ours.len() != theirs.len() {
            faults.push(format!("{} {word}s against {}", ours.len(), theirs.len()));
        }
        for (place, (&a, &b)) in ours.iter().zip(theirs).enumerate() {
            let (a, b) = (first.tensor(a), second.tensor(b));
            if a.name != b.name {
                faults.push(format!("{word} {place}: '{}' against '{}'", a.name, b.name));
            } else if !same_type(a, b) {
                faults.push(format!("{word} {place}, '{}': {}", a.name, between(a, b)));
            }
        }
    }
    faults
}

/// In what two tensors that do not hold the same kind of numbers differ.
fn between(a: &Tensor, b: &Tensor) -> String {
    let dtype = |tensor: &Tensor| tensor.array.as_ref().map(|array| array.dtype);
    match (dtype(a), dtype(b)) {
        (Some(DType::U8), Some(DType::I8)) => "u8 against i8; say --int8 if optimize did".into(),
        (Some(a), Some(b)) if a != b => format!("{a} against {b}"),
        _ => "another shape or quantisation".into(),
    }
}

/// A tensor's name, or its number where it has none.
pub(super) fn name(graph: &Graph, t: TensorId) -> String {
    match graph.tensor(t).name.as_str() {
        "" => format!("#{}", t.index()),
        name => name.to_owned(),
    }
}
