//! The arithmetic of shapes: small constants, computed from shapes and from each other.
//!
//! Exporters leave chains such as Shape, Gather, Unsqueeze, Concat in front of a Reshape. Their values are known as soon
//! as the shapes are, and only through them is the Reshape.

use lowtide_core::graph::DType;

use super::super::schema::{Literal, dtype};
use super::fact::{Call, Fact, MAX_ELEMENTS, axis, product};
use super::rules::taken_axes;

/// Adds the elements of a node's first output, where they follow from those of its inputs.
pub(crate) fn fold(call: &Call<'_>, output: &mut Fact) {
    let expected = output.shape.as_deref().and_then(product);
    let Some(count) = expected.filter(|&count| count <= MAX_ELEMENTS as u64) else {
        return;
    };
    if output.value.is_none() {
        let value = computed(call, count as usize);
        output.value = value.filter(|value| value.len() as u64 == count);
    }
}

/// The elements, `count` of them.
fn computed(call: &Call<'_>, count: usize) -> Option<Literal> {
    let ints = match call.node.op_type {
        "Cast" => return cast(call),
        "Identity" | "Reshape" | "Squeeze" | "Unsqueeze" | "Flatten" => {
            return call.fact(0)?.value.clone();
        }
        "Floor" => {
            let floats = call.floats(0)?.iter();
            return Some(Literal::Floats(floats.map(|v| v.floor()).collect()));
        }
        "Concat" => return concat(call),
        "Add" => return arithmetic(call, i64::checked_add, |a, b| a + b),
        "Sub" => return arithmetic(call, i64::checked_sub, |a, b| a - b),
        "Mul" => return arithmetic(call, i64::checked_mul, |a, b| a * b),
        // Integer division rounds towards zero.
        "Div" => return arithmetic(call, i64::checked_div, |a, b| a / b),
        "Min" => zip(call, |a, b| Some(a.min(b))),
        "Max" => zip(call, |a, b| Some(a.max(b))),
        // The sign of the divisor, unless asked for that of the dividend.
        "Mod" if call.node.int("fmod") != Some(1) => zip(call, |a, b| {
            a.checked_rem(b)?.checked_add(b)?.checked_rem(b)
        }),
        "Equal" => zip(call, |a, b| Some((a == b).into())),
        "Less" => zip(call, |a, b| Some((a < b).into())),
        "Greater" => zip(call, |a, b| Some((a > b).into())),
        "And" => zip(call, |a, b| Some((a != 0 && b != 0).into())),
        "Or" => zip(call, |a, b| Some((a != 0 || b != 0).into())),
        "Not" => Some(call.ints(0)?.iter().map(|&v| (v == 0).into()).collect()),
        "Neg" => call.ints(0)?.iter().map(|v| v.checked_neg()).collect(),
        "Shape" => shape_of(call),
        "Size" => Some(vec![product(call.shape(0)?)?.try_into().ok()?]),
        "Gather" => gather(call),
        "Slice" => slice(call),
        "Where" => choose(call, count),
        "ConstantOfShape" => filled(call, count),
        "Expand" => Some(vec![single(call.ints(0)?)?; count]),
        "Range" => counted(call, count),
        "ReduceProd" => {
            let mut values = call.ints(0)?.iter();
            Some(vec![values.try_fold(1i64, |all, &v| all.checked_mul(v))?])
        }
        _ => None,
    };
    ints.map(Literal::Ints)
}

fn single(values: &[i64]) -> Option<i64> {
    match values {
        [only] => Some(*only),
        _ => None,
    }
}

fn cast(call: &Call<'_>) -> Option<Literal> {
    let to = dtype(call.node.int("to")?)?;
    let integer = matches!(to, DType::I64 | DType::I32);
    Some(match call.fact(0)?.value.as_ref()? {
        Literal::Ints(values) if integer => Literal::Ints(values.clone()),
        Literal::Floats(values) if integer => {
            Literal::Ints(values.iter().map(|&v| v as i64).collect())
        }
        Literal::Ints(values) if to == DType::F32 => {
            Literal::Floats(values.iter().map(|&v| v as f32).collect())
        }
        Literal::Floats(values) if to == DType::F32 => Literal::Floats(values.clone()),
        _ => return None,
    })
}

/// Lists behind each other.
fn concat(call: &Call<'_>) -> Option<Literal> {
    let rank = call.shape(0)?.len();
    let inputs = 0..call.inputs.len();
    let ints = || {
        inputs
            .clone()
            .map(|i| call.ints(i))
            .collect::<Option<Vec<_>>>()
    };
    let floats = || {
        inputs
            .clone()
            .map(|i| call.floats(i))
            .collect::<Option<Vec<_>>>()
    };
    match (ints(), rank) {
        (Some(parts), 1) => Some(Literal::Ints(parts.concat())),
        (None, 1) => Some(Literal::Floats(floats()?.concat())),
        _ => None,
    }
}

/// Element by element; a single element goes with each of the other side.
fn pairs<'v, T: Copy>(a: &'v [T], b: &'v [T]) -> Option<impl Iterator<Item = (T, T)> + 'v> {
    let length = match (a.len(), b.len()) {
        (1, n) | (n, 1) => n,
        (n, m) => (n == m).then_some(n)?,
    };
    Some((0..length).map(|i| (a[i.min(a.len() - 1)], b[i.min(b.len() - 1)])))
}

fn zip(call: &Call<'_>, f: fn(i64, i64) -> Option<i64>) -> Option<Vec<i64>> {
    // Lists of one axis at most: broadcasting of more is not followed.
    if call.inputs.len() != 2 || call.shape(0)?.len().max(call.shape(1)?.len()) > 1 {
        return None;
    }
    pairs(call.ints(0)?, call.ints(1)?)?
        .map(|(a, b)| f(a, b))
        .collect()
}

fn arithmetic(
    call: &Call<'_>,
    ints: fn(i64, i64) -> Option<i64>,
    floats: fn(f32, f32) -> f32,
) -> Option<Literal> {
    if let Some(values) = zip(call, ints) {
        return Some(Literal::Ints(values));
    }
    if call.inputs.len() != 2 || call.shape(0)?.len().max(call.shape(1)?.len()) > 1 {
        return None;
    }
    let values = pairs(call.floats(0)?, call.floats(1)?)?.map(|(a, b)| floats(a, b));
    Some(Literal::Floats(values.collect()))
}

fn shape_of(call: &Call<'_>) -> Option<Vec<i64>> {
    let shape = call.shape(0)?;
    let taken = shape.get(taken_axes(call, shape.len()))?;
    taken.iter().map(|dim| (*dim)?.try_into().ok()).collect()
}

fn gather(call: &Call<'_>) -> Option<Vec<i64>> {
    let (data, indices) = (call.ints(0)?, call.ints(1)?);
    if call.shape(0)?.len() != 1 {
        return None;
    }
    let at = |&index: &i64| Some(data[axis(index, data.len())?]);
    indices.iter().map(at).collect()
}

fn slice(call: &Call<'_>) -> Option<Vec<i64>> {
    let data = call.ints(0)?;
    let one = |attribute, input| call.ints_either(attribute, input)?.as_deref().map(single);
    let (start, end) = (one("starts", 1)??, one("ends", 2)??);
    let step = match call.ints_either("steps", 4)? {
        Some(steps) => single(&steps)?,
        None => 1,
    };
    if call.shape(0)?.len() != 1 || step < 1 {
        return None;
    }
    let length = data.len() as i64;
    let place = |at: i64| {
        if at < 0 {
            at.saturating_add(length)
        } else {
            at
        }
    };
    let (start, end) = (place(start).clamp(0, length), place(end).clamp(0, length));
    let taken = data.get(start as usize..end.max(start) as usize)?;
    let step = usize::try_from(step).ok()?;
    Some(taken.iter().step_by(step).copied().collect())
}

fn choose(call: &Call<'_>, count: usize) -> Option<Vec<i64>> {
    let (which, yes, no) = (call.ints(0)?, call.ints(1)?, call.ints(2)?);
    let at = |list: &[i64], i: usize| match list {
        [only] => Some(*only),
        list => list.get(i).copied(),
    };
    let element = |i| at(if at(which, i)? != 0 { yes } else { no }, i);
    (0..count).map(element).collect()
}

fn filled(call: &Call<'_>, count: usize) -> Option<Vec<i64>> {
    let value = call.node.attribute("value")?.tensor()?.literal(1)?;
    match value {
        Literal::Ints(value) => Some(vec![single(&value)?; count]),
        Literal::Floats(_) => None,
    }
}

fn counted(call: &Call<'_>, count: usize) -> Option<Vec<i64>> {
    let (start, step) = (single(call.ints(0)?)?, single(call.ints(2)?)?);
    let element = |i: usize| start.checked_add(step.checked_mul(i as i64)?);
    (0..count).map(element).collect()
}
