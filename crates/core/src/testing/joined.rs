//! Random networks of concatenations, and of operators that can be taken apart behind them.

use fastrand::Rng;

use crate::graph::{ArrayType, DType, Graph, GraphBuilder, Op, OpKind, Role, Tensor};
use crate::ids::TensorId;

/// Extent of the other axis.
const ROWS: usize = 2;

/// A random network of two to some dozen operators. Arrays are `f32[2, channels]`.
#[must_use]
pub fn graph(seed: u64) -> Graph {
    let (rng, builder) = (Rng::with_seed(seed), GraphBuilder::new("random"));
    let mut maker = Maker {
        rng,
        builder,
        values: Vec::new(),
    };
    for _ in 0..3 {
        let channels = maker.rng.u64(1..4);
        let x = maker.tensor(&[ROWS as u64, channels], Role::Activation);
        maker.builder.input(x);
        maker.values.push((x, channels));
    }
    (0..maker.rng.usize(4..14)).for_each(|_| maker.step());
    for _ in 0..2 {
        let (output, _) = maker.value();
        maker.builder.output(output);
    }
    maker.builder.build().expect("a valid graph")
}

struct Maker {
    rng: Rng,
    builder: GraphBuilder,
    /// Activations and their channels.
    values: Vec<(TensorId, u64)>,
}

impl Maker {
    fn tensor(&mut self, shape: &[u64], role: Role) -> TensorId {
        let array = ArrayType {
            dtype: DType::F32,
            shape: shape.iter().copied().map(Some).collect(),
            quantization: None,
        };
        let bytes = array.bytes().expect("a known shape");
        let array = Some(array);
        let name = String::new();
        self.builder.tensor(Tensor {
            name,
            bytes,
            role,
            array,
        })
    }

    fn op(&mut self, kind: OpKind, inputs: Vec<Option<TensorId>>, channels: u64) {
        let output = self.tensor(&[ROWS as u64, channels], Role::Activation);
        let label = if self.rng.bool() {
            "BIASED".to_owned()
        } else {
            kind.word().to_owned()
        };
        let (name, outputs) = (String::new(), vec![output]);
        self.builder.op(Op {
            name,
            label,
            kind,
            inputs,
            outputs,
            has_effects: false,
        });
        self.values.push((output, channels));
    }

    /// One of the last values, so that rules find chains.
    fn value(&mut self) -> (TensorId, u64) {
        let from = self.values.len().saturating_sub(4);
        self.values[self.rng.usize(from..self.values.len())]
    }

    fn step(&mut self) {
        match self.rng.u8(..6) {
            0 | 1 => {
                let parts: Vec<_> = (0..self.rng.usize(1..4)).map(|_| self.value()).collect();
                let inputs = parts.iter().map(|part| Some(part.0)).collect();
                let channels = parts.iter().map(|part| part.1).sum();
                self.op(OpKind::Concat { axis: 1 }, inputs, channels);
            }
            2 => {
                let ((x, channels), out) = (self.value(), self.rng.u64(1..5));
                let w = self.tensor(&[out, channels], Role::Constant);
                let bias = self.rng.bool().then(|| self.tensor(&[out], Role::Constant));
                let activation = self.rng.bool();
                let kind = OpKind::Contract {
                    data_axis: 1,
                    weight_axis: 1,
                    activation,
                };
                self.op(kind, vec![Some(x), Some(w), bias], out);
            }
            3 => {
                let (x, channels) = self.value();
                let group = if channels % 2 == 0 {
                    self.rng.u64(1..3)
                } else {
                    1
                };
                let out = channels / group * self.rng.u64(1..3);
                let w = self.tensor(&[out], Role::Constant);
                let kind = OpKind::Channelwise {
                    axis: 1,
                    group: group as u32,
                    params: vec![(1, 0)],
                };
                self.op(kind, vec![Some(x), Some(w)], out);
            }
            4 => {
                let (x, channels) = self.value();
                self.op(OpKind::Elementwise, vec![Some(x)], channels);
            }
            _ => {
                let (x, channels) = self.value();
                self.op(OpKind::Opaque, vec![Some(x)], channels);
            }
        }
    }
}
