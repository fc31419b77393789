//! Operators that make tensors: constants, shapes, ranges, random numbers.

use lowtide_core::graph::DType;

use super::super::super::schema::{Literal, dtype};
use super::super::fact::{Call, Fact, Shape};
use super::Rule;
use super::pointwise::like;

pub(super) fn rule(op_type: &str) -> Option<Rule> {
    Some(match op_type {
        "Constant" => constant,
        "ConstantOfShape" => constant_of_shape,
        "Shape" => |call| {
            let taken = taken_axes(call, call.shape(0)?.len());
            Some(vec![Fact::new(
                Some(DType::I64),
                vec![Some(taken.len() as u64)],
            )])
        },
        "Size" => |_| Some(vec![Fact::new(Some(DType::I64), Vec::new())]),
        "Range" => range,
        "OneHot" => one_hot,
        "EyeLike" | "RandomNormalLike" | "RandomUniformLike" | "Bernoulli" => |call| {
            let to = call.node.int("dtype").and_then(dtype);
            Some(vec![like(call, 0, to.or(call.dtype(0)))?])
        },
        "RandomNormal" | "RandomUniform" => |call| {
            let shape = call.node.ints("shape")?;
            let to = call.node.int("dtype").map_or(Some(DType::F32), dtype);
            Some(vec![Fact::new(to, dims(&shape))])
        },
        "Multinomial" => |call| {
            let count = call.node.int("sample_size").unwrap_or(1).try_into().ok();
            let to = call.node.int("dtype").map_or(Some(DType::I32), dtype);
            Some(vec![Fact::new(to, vec![*call.shape(0)?.first()?, count])])
        },
        _ => return None,
    })
}

fn dims(values: &[i64]) -> Shape {
    values.iter().map(|&dim| dim.try_into().ok()).collect()
}

fn constant(call: &Call<'_>) -> Option<Vec<Fact>> {
    let attribute = call.node.attributes.first()?;
    let fact = match attribute.name {
        "value" => Fact::of_tensor(&attribute.tensor()?),
        "sparse_value" => Fact::of_tensor(&attribute.sparse_tensor()?),
        "value_int" => Fact {
            shape: Some(Vec::new()),
            ..Fact::ints(DType::I64, vec![attribute.int()?])
        },
        "value_ints" => Fact::ints(DType::I64, attribute.ints()),
        "value_float" => Fact {
            value: Some(Literal::Floats(vec![attribute.float()?])),
            ..Fact::new(Some(DType::F32), Vec::new())
        },
        "value_floats" => {
            let count = attribute.floats().len() as u64;
            Fact::new(Some(DType::F32), vec![Some(count)])
        }
        _ => return None,
    };
    Some(vec![fact])
}

fn constant_of_shape(call: &Call<'_>) -> Option<Vec<Fact>> {
    let value = call.node.attribute("value").and_then(|a| a.tensor());
    let dtype = value.map_or(Some(DType::F32), |value| value.dtype);
    let shape = match call.ints(0) {
        Some(values) => dims(values),
        // At least the number of axes may be known.
        None => {
            let rank = (*call.shape(0)?.first()?)?;
            vec![None; usize::try_from(rank).ok().filter(|&rank| rank <= 32)?]
        }
    };
    Some(vec![Fact::new(dtype, shape)])
}

/// The axes that a Shape lists: all, or from `start` to `end`, counted from the end where negative, and clamped.
pub(crate) fn taken_axes(call: &Call<'_>, rank: usize) -> std::ops::Range<usize> {
    let all = i64::try_from(rank).unwrap_or(i64::MAX);
    let place = |name, default| {
        let at: i64 = call.node.int(name).unwrap_or(default);
        let at = if at < 0 { at.saturating_add(all) } else { at };
        at.clamp(0, all) as usize
    };
    let (start, end) = (place("start", 0), place("end", all));
    start..end.max(start)
}

fn range(call: &Call<'_>) -> Option<Vec<Fact>> {
    let single = |input| call.ints(input)?.first().copied();
    let count = || {
        let (start, end, step) = (single(0)?, single(1)?, single(2)?);
        let length = if step < 0 {
            start.checked_sub(end)?
        } else {
            end.checked_sub(start)?
        };
        let length = length.max(0).unsigned_abs();
        (step != 0).then(|| length.div_ceil(step.unsigned_abs()))
    };
    Some(vec![Fact::new(call.dtype(0), vec![count()])])
}

fn one_hot(call: &Call<'_>) -> Option<Vec<Fact>> {
    let mut shape = call.shape(0)?.clone();
    let at = call.axis(-1, shape.len() + 1)?;
    let depth = call.ints(1).and_then(|depth| depth.first().copied());
    shape.insert(at, depth.and_then(|depth| depth.try_into().ok()));
    Some(vec![Fact::new(call.dtype(2), shape)])
}
