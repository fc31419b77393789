//! Convolutions and pools: windows that slide over the spatial axes.

use lowtide_core::graph::DType;

use super::super::fact::{Call, Fact, Shape};
use super::Rule;

pub(super) fn rule(op_type: &str) -> Option<Rule> {
    Some(match op_type {
        "Conv" | "DeformConv" => |call| convolution(call, 1, call.dtype(0)),
        "ConvInteger" => |call| convolution(call, 1, Some(DType::I32)),
        "QLinearConv" => |call| convolution(call, 3, call.dtype(7)),
        "ConvTranspose" => transposed,
        "MaxUnpool" => unpooled,
        "AveragePool" | "LpPool" | "MaxPool" => pool,
        "GlobalAveragePool" | "GlobalLpPool" | "GlobalMaxPool" => global_pool,
        _ => return None,
    })
}

/// The window of a convolution or pool, one entry for each spatial axis.
struct Window {
    kernel: Vec<u64>,
    strides: Vec<u64>,
    dilations: Vec<u64>,
    /// Before all axes, then behind all axes.
    pads: Vec<i64>,
    auto_pad: AutoPad,
}

#[derive(PartialEq)]
enum AutoPad {
    Explicit,
    Same,
    Valid,
}

impl Window {
    fn new(call: &Call<'_>, kernel: Vec<u64>) -> Option<Self> {
        let axes = kernel.len();
        let list = |name| match call.node.ints(name) {
            Some(values) if values.len() == axes => {
                let positive = |&v: &i64| u64::try_from(v).ok().filter(|&v| v > 0);
                values.iter().map(positive).collect()
            }
            Some(_) => None,
            None => Some(vec![1; axes]),
        };
        let auto_pad = match call.node.text("auto_pad") {
            None | Some("" | "NOTSET") => AutoPad::Explicit,
            Some("SAME_UPPER" | "SAME_LOWER") => AutoPad::Same,
            Some("VALID") => AutoPad::Valid,
            Some(_) => return None,
        };
        let pads = match call.node.ints("pads") {
            Some(pads) if auto_pad == AutoPad::Explicit => pads,
            _ => vec![0; 2 * axes],
        };
        (pads.len() == 2 * axes).then_some(Self {
            strides: list("strides")?,
            dilations: list("dilations")?,
            kernel,
            pads,
            auto_pad,
        })
    }

    /// What the kernel covers with its gaps.
    fn extent(&self, axis: usize) -> Option<i64> {
        let gaps = self.kernel[axis].checked_sub(1)?;
        i64::try_from(gaps.checked_mul(self.dilations[axis])?.checked_add(1)?).ok()
    }

    fn padding(&self, axis: usize) -> Option<i64> {
        self.pads[axis].checked_add(self.pads[axis + self.kernel.len()])
    }

    /// How many places the window takes over `input` elements.
    fn places(&self, axis: usize, input: Option<u64>, ceil: bool) -> Option<Option<u64>> {
        let Some(input) = input else {
            return Some(None);
        };
        let stride = self.strides[axis];
        if self.auto_pad == AutoPad::Same {
            return Some(Some(input.div_ceil(stride)));
        }
        let (input, padding) = (i64::try_from(input).ok()?, self.padding(axis)?);
        let free = input
            .checked_add(padding)?
            .checked_sub(self.extent(axis)?)?;
        let free = u64::try_from(free).ok()?;
        let mut places = free / stride + 1;
        // A last place that would begin in the padding behind the input does not count.
        let begin = i64::try_from(places.checked_mul(stride)?).ok()?;
        if ceil && free % stride != 0 && begin < input.checked_add(self.pads[axis])? {
            places += 1;
        }
        Some(Some(places))
    }
}

fn known(dims: &[Option<u64>]) -> Option<Vec<u64>> {
    dims.iter().copied().collect()
}

/// The attribute, or the spatial axes of the weights.
fn kernel(call: &Call<'_>, weights: Option<&Shape>) -> Option<Vec<u64>> {
    match call.node.ints("kernel_shape") {
        Some(kernel) => kernel.into_iter().map(|k| k.try_into().ok()).collect(),
        None => known(weights?.get(2..)?),
    }
}

fn convolution(call: &Call<'_>, weights: usize, dtype: Option<DType>) -> Option<Vec<Fact>> {
    let (input, weights) = (call.shape(0)?, call.shape(weights)?);
    let window = Window::new(call, kernel(call, Some(weights))?)?;
    let channels = *weights.first()?;
    Some(vec![Fact::new(
        dtype,
        slide(input, channels, &window, false)?,
    )])
}

fn pool(call: &Call<'_>) -> Option<Vec<Fact>> {
    let input = call.shape(0)?;
    let window = Window::new(call, kernel(call, None)?)?;
    let ceil = call.node.int("ceil_mode") == Some(1);
    let shape = slide(input, *input.get(1)?, &window, ceil)?;
    // The second output of MaxPool is where the maxima stood.
    Some(vec![
        Fact::new(call.dtype(0), shape.clone()),
        Fact::new(Some(DType::I64), shape),
    ])
}

fn slide(input: &Shape, channels: Option<u64>, window: &Window, ceil: bool) -> Option<Shape> {
    let spatial = input.get(2..)?;
    if spatial.len() != window.kernel.len() {
        return None;
    }
    let mut shape = vec![input[0], channels];
    for (axis, &dim) in spatial.iter().enumerate() {
        shape.push(window.places(axis, dim, ceil)?);
    }
    Some(shape)
}

fn global_pool(call: &Call<'_>) -> Option<Vec<Fact>> {
    let mut shape = call.shape(0)?.clone();
    shape.get_mut(2..)?.fill(Some(1));
    Some(vec![Fact::new(call.dtype(0), shape)])
}

fn transposed(call: &Call<'_>) -> Option<Vec<Fact>> {
    let (input, weights) = (call.shape(0)?, call.shape(1)?);
    let window = Window::new(call, kernel(call, Some(weights))?)?;
    let groups = u64::try_from(call.node.int("group").unwrap_or(1)).ok()?;
    let channels = weights.get(1)?.and_then(|c| c.checked_mul(groups));
    let spatial = input.get(2..)?;
    let fixed = call.node.ints("output_shape");
    if spatial.len() != window.kernel.len() {
        return None;
    }
    let mut shape = vec![input[0], channels];
    for (axis, &dim) in spatial.iter().enumerate() {
        shape.push(match (&fixed, dim) {
            (Some(fixed), _) => fixed.get(axis).and_then(|&d| d.try_into().ok()),
            (None, Some(dim)) => Some(spread(call, &window, axis, dim)?),
            (None, None) => None,
        });
    }
    Some(vec![Fact::new(call.dtype(0), shape)])
}

/// The shape in input 2; or the smallest that a pool with this window makes the input of.
fn unpooled(call: &Call<'_>) -> Option<Vec<Fact>> {
    let input = call.shape(0)?;
    if call.fact(2).is_some() {
        let shape = call.ints(2)?.iter().map(|&dim| dim.try_into().ok());
        return Some(vec![Fact::new(call.dtype(0), shape.collect())]);
    }
    let window = Window::new(call, kernel(call, None)?)?;
    let spatial = input.get(2..)?;
    if spatial.len() != window.kernel.len() {
        return None;
    }
    let mut shape = input.get(..2)?.to_vec();
    for (axis, &dim) in spatial.iter().enumerate() {
        shape.push(dim.map_or(Some(None), |dim| spread(call, &window, axis, dim).map(Some))?);
    }
    Some(vec![Fact::new(call.dtype(0), shape)])
}

/// How far a transposed convolution spreads `input` elements.
fn spread(call: &Call<'_>, window: &Window, axis: usize, input: u64) -> Option<u64> {
    let stride = window.strides[axis];
    if window.auto_pad == AutoPad::Same {
        return input.checked_mul(stride);
    }
    let extra = call.node.ints("output_padding");
    let extra = extra.map_or(Some(0), |extra| extra.get(axis).copied())?;
    let steps = i64::try_from(input.checked_sub(1)?.checked_mul(stride)?).ok()?;
    let whole = steps
        .checked_add(window.extent(axis)?)?
        .checked_add(extra)?;
    whole.checked_sub(window.padding(axis)?)?.try_into().ok()
}
