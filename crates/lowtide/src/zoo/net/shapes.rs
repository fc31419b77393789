//! What shape a layer's output and filter have.

use super::{Op, Padding, Window};

/// The shape of the output, given the shapes of the inputs; what is wrong with them otherwise.
pub(super) fn output(op: &Op, inputs: &[&[u32]]) -> Result<Vec<u32>, String> {
    match (op, inputs) {
        (
            Op::Conv2d {
                channels, window, ..
            },
            [x],
        ) => windowed(x, window, Some(*channels)),
        (
            Op::DepthwiseConv2d { window, .. } | Op::MaxPool(window) | Op::AveragePool(window),
            [x],
        ) => windowed(x, window, None),
        (Op::FullyConnected { units, .. }, [_]) => Ok(vec![1, *units]),
        (Op::Concat, [first, ..]) => concatenated(first, inputs),
        (Op::Add { .. }, [a, b]) if a == b => Ok(a.to_vec()),
        (Op::Relu | Op::SplitOfOne | Op::Softmax, [x]) => Ok(x.to_vec()),
        (Op::GlobalMean, [[n, _, _, c]]) => Ok(vec![*n, 1, 1, *c]),
        (Op::Upsample { factor }, [[n, h, w, c]]) => Ok(vec![*n, h * factor, w * factor, *c]),
        (Op::DropFirst, [[n, h, w, c]]) if *h > 1 && *w > 1 => Ok(vec![*n, h - 1, w - 1, *c]),
        _ => Err(format!("{op:?} cannot read {inputs:?}")),
    }
}

/// The shape of the filter, given the shape of the first input; none if there is none.
pub(super) fn filter(op: &Op, input: &[u32]) -> Option<Vec<u32>> {
    let channels = *input.last()?;
    match op {
        Op::Conv2d {
            channels: outputs,
            window,
            ..
        } => Some(vec![*outputs, window.size[0], window.size[1], channels]),
        Op::DepthwiseConv2d { window, .. } => {
            Some(vec![1, window.size[0], window.size[1], channels])
        }
        Op::FullyConnected { units, .. } => Some(vec![*units, input.iter().product()]),
        _ => None,
    }
}

fn windowed(input: &[u32], window: &Window, channels: Option<u32>) -> Result<Vec<u32>, String> {
    let &[batch, height, width, own] = input else {
        return Err(format!("a window cannot move over {input:?}"));
    };
    let rows = steps(height, window.size[0], window)?;
    let columns = steps(width, window.size[1], window)?;
    Ok(vec![batch, rows, columns, channels.unwrap_or(own)])
}

/// How many positions a window has along an axis.
fn steps(extent: u32, size: u32, window: &Window) -> Result<u32, String> {
    match window.padding {
        Padding::Same => Ok(extent.div_ceil(window.stride)),
        Padding::Valid => {
            let reach = (size - 1) * window.dilation + 1;
            let room = extent
                .checked_sub(reach)
                .ok_or_else(|| format!("a window of {reach} is larger than {extent}"))?;
            Ok(room / window.stride + 1)
        }
    }
}

fn concatenated(first: &[u32], inputs: &[&[u32]]) -> Result<Vec<u32>, String> {
    let Some((_, outer)) = first.split_last() else {
        return Err("a scalar has no channels".into());
    };
    let channels = inputs.iter().map(|shape| match shape.split_last() {
        Some((own, rest)) if rest == outer => Ok(*own),
        _ => Err(format!("{first:?} and {shape:?} do not stand side by side")),
    });
    let total = channels.sum::<Result<u32, String>>()?;
    Ok([outer, &[total]].concat())
}

#[cfg(test)]
mod tests {
    use super::super::{Activation, Op, Window};
    use super::output;

    fn conv(channels: u32, window: Window) -> Op {
        let activation = Activation::None;
        Op::Conv2d {
            channels,
            window,
            activation,
        }
    }

    #[test]
    fn same_rounds_up_and_valid_keeps_inside() {
        let shape = |op: &Op| output(op, &[&[1, 7, 8, 3]]).unwrap();
        let window = Window::square(3).stride(2);
        assert_eq!(shape(&conv(5, window)), [1, 4, 4, 5]);
        assert_eq!(shape(&conv(5, window.valid())), [1, 3, 3, 5]);
        let dilated = Window::square(3).dilation(2).valid();
        assert_eq!(shape(&Op::MaxPool(dilated)), [1, 3, 4, 3]);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let shapes: [&[u32]; 2] = [&[1, 4, 4, 2], &[1, 4, 5, 2]];
        assert!(
            output(&Op::Concat, &shapes)
                .unwrap_err()
                .contains("[1, 4, 5, 2]")
        );
        let window = Window::square(5).valid();
        assert!(output(&Op::MaxPool(window), &shapes[..1]).is_err());
    }
}
