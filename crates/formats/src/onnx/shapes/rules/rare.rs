//! Operators that few models have: transforms, determinants, losses, columns back to images.

use super::super::fact::{Call, Fact, Shape, axis, product};
use super::Rule;
use super::pointwise::like;

pub(super) fn rule(op_type: &str) -> Option<Rule> {
    Some(match op_type {
        "AffineGrid" => affine_grid,
        "CausalConvWithState" => causal_convolution,
        "Col2Im" => columns_to_image,
        "Det" => |call| {
            let shape = call.shape(0)?;
            let stack = shape.get(..shape.len().checked_sub(2)?)?.to_vec();
            Some(vec![Fact::new(call.dtype(0), stack)])
        },
        "DFT" => transform,
        "NegativeLogLikelihoodLoss" | "SoftmaxCrossEntropyLoss" => loss,
        _ => return None,
    })
}

/// A place for each pixel of an image of the size that input 1 says, channels left out.
fn affine_grid(call: &Call<'_>) -> Option<Vec<Fact>> {
    let size = call.ints(1)?;
    let spatial = size.get(2..)?;
    let mut shape: Shape = vec![u64::try_from(*size.first()?).ok()];
    shape.extend(spatial.iter().map(|&dim| u64::try_from(dim).ok()));
    shape.push(Some(spatial.len() as u64));
    Some(vec![Fact::new(call.dtype(0), shape)])
}

/// As long as the input; and the last places, which the next call begins with.
fn causal_convolution(call: &Call<'_>) -> Option<Vec<Fact>> {
    let (input, weights) = (call.shape(0)?, call.shape(1)?);
    let kept = weights.last()?.and_then(|kernel| kernel.checked_sub(1));
    let mut state = input.clone();
    *state.last_mut()? = kept;
    Some(vec![
        like(call, 0, call.dtype(0))?,
        Fact::new(call.dtype(0), state),
    ])
}

/// Images of the size that input 1 says; the elements of a block, whose size is input 2, stand in one column.
fn columns_to_image(call: &Call<'_>) -> Option<Vec<Fact>> {
    let input = call.shape(0)?;
    let dims = |input| -> Option<Shape> {
        let ints = call.ints(input)?.iter();
        Some(ints.map(|&dim| u64::try_from(dim).ok()).collect())
    };
    let block = product(&dims(2)?)?;
    let channels = input.get(1)?.and_then(|rows| rows.checked_div(block));
    let shape = [vec![*input.first()?, channels], dims(1)?].concat();
    Some(vec![Fact::new(call.dtype(0), shape)])
}

/// The axis is an attribute, and the second one by default, until operator set 19, then an input, and the last but one. Complex numbers
/// have two elements on the last axis; `onesided` leaves out the half that mirrors the other.
fn transform(call: &Call<'_>) -> Option<Vec<Fact>> {
    let mut shape = call.shape(0)?.clone();
    let rank = shape.len();
    let at = match (call.opset < 20, call.fact(2)) {
        (true, _) => call.axis(1, rank)?,
        (false, None) => axis(-2, rank)?,
        (false, Some(_)) => axis(*call.ints(2)?.first()?, rank)?,
    };
    let is_set = |name| call.node.int(name) == Some(1);
    let (inverse, onesided) = (is_set("inverse"), is_set("onesided"));
    let length = match call.fact(1) {
        Some(_) => Some(u64::try_from(*call.ints(1)?.first()?).ok()?),
        None if inverse && onesided => {
            shape[at].and_then(|half| half.checked_sub(1)?.checked_mul(2))
        }
        None => shape[at],
    };
    shape[at] = match onesided && !inverse {
        true => length.map(|length| length / 2 + 1),
        false => length,
    };
    *shape.last_mut()? = Some(if onesided && inverse { 1 } else { 2 });
    Some(vec![Fact::new(call.dtype(0), shape)])
}

/// One number, or one for each target; and the logarithms of the probabilities.
fn loss(call: &Call<'_>) -> Option<Vec<Fact>> {
    let each = call.node.text("reduction") == Some("none");
    let shape = if each {
        call.shape(1)?.clone()
    } else {
        Vec::new()
    };
    Some(vec![
        Fact::new(call.dtype(0), shape),
        like(call, 0, call.dtype(0))?,
    ])
}
