//! What kernels that add into 32-bit integers would reach, counted by hand.

use super::{Choice, PARTS, choosing};
use crate::compile::{Accumulated, compile};
use crate::graph::Graph;
use crate::plan::Exactness;
use crate::units::Bytes;

const EXACT: Choice<'_> = Choice {
    rules: PARTS,
    addition: None,
    weakest: Exactness::BitExact,
    figures: None,
};

/// Two tensors of 100 bytes, joined, and a dense layer of four outputs behind them: 16 bytes of accumulator.
const JOINED: &str = "x: TYPE[1,100] QUANT input\nw: TYPE[4,200] QUANT const
a: TYPE[1,100] QUANT = A(x)\nb: TYPE[1,100] QUANT = B(x)
c: TYPE[1,200] QUANT = CONCAT{concat axis=1}(a, b)
z: TYPE[1,4] QUANT output = FC{contract data=1 weights=1 activation=0}(c, w)";

fn graph(dtype: &str, quantization: &str) -> Graph {
    let text = JOINED.replace("TYPE", dtype);
    let text = text.replace("QUANT", quantization);
    text.parse().expect("a valid graph")
}

#[test]
fn an_accumulator_is_there_from_the_first_part_to_the_output() {
    let result = compile(&graph("i8", "q(0.5:0)"), &choosing(EXACT)).expect("refereed");
    // The concatenation reads and writes 400 bytes.
    assert_eq!(
        (result.after.peak, result.order_alone),
        (Bytes(400), Bytes(400))
    );
    // The input, one of the two, and the accumulator: 100 + 100 + 16. Without one, partial sums of bytes would do with 4 of them.
    let expected = Accumulated {
        peak: Bytes(216),
        sites: 1,
        exhaustive: true,
    };
    assert_eq!(result.accumulated, Some(expected));
    let choice = Choice {
        weakest: Exactness::Approximate,
        ..EXACT
    };
    let result = compile(&graph("i8", "q(0.5:0)"), &choosing(choice)).expect("refereed");
    assert_eq!(result.after.peak, Bytes(204));
    assert_eq!(result.accumulated, Some(expected));
}

#[test]
fn floats_are_not_summed_in_integers() {
    let result = compile(&graph("f32", ""), &choosing(EXACT)).expect("refereed");
    assert_eq!(result.accumulated, None);
}
