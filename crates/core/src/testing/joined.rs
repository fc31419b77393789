//! Random networks of concatenations, and of operators that can be taken apart behind them.

use fastrand::Rng;

use crate::graph::{ArrayType, Bound, DType, Graph, GraphBuilder, Op, OpKind, Role, Says, Tensor};
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
        self.node(kind, inputs, &[channels]);
    }

    /// An operator with an output of each number of channels.
    fn node(&mut self, kind: OpKind, inputs: Vec<Option<TensorId>>, channels: &[u64]) {
        let shaped = |&channels: &u64| self.tensor(&[ROWS as u64, channels], Role::Activation);
        let outputs: Vec<TensorId> = channels.iter().map(shaped).collect();
        let label = if self.rng.bool() {
            "BIASED".to_owned()
        } else {
            kind.word().to_owned()
        };
        self.values
            .extend(outputs.iter().copied().zip(channels.iter().copied()));
        self.builder.op(Op {
            name: String::new(),
            label,
            kind,
            inputs,
            outputs,
            has_effects: false,
        });
    }

    /// One of the last values, so that rules find chains.
    fn value(&mut self) -> (TensorId, u64) {
        let from = self.values.len().saturating_sub(4);
        self.values[self.rng.usize(from..self.values.len())]
    }

    fn step(&mut self) {
        match self.rng.u8(..13) {
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
            5 => self.several(),
            6 | 7 => self.split(),
            8 => self.slice(),
            9 => {
                let (x, channels) = self.value();
                // Rows move down by one.
                let amounts = Some(vec![(1, -1), (0, 0)]);
                self.op(OpKind::Pad { amounts }, vec![Some(x)], channels);
            }
            10 | 11 => self.sum(),
            _ => {
                let (x, channels) = self.value();
                self.op(OpKind::Opaque, vec![Some(x)], channels);
            }
        }
    }

    /// An elementwise operator on a value and another one, a constant for each channel, or one for all.
    fn several(&mut self) {
        let (x, channels) = self.value();
        let alike: Vec<TensorId> = self
            .values
            .iter()
            .filter(|v| v.1 == channels)
            .map(|v| v.0)
            .collect();
        let other = match self.rng.u8(..4) {
            0 => self.tensor(&[channels], Role::Constant),
            1 => self.tensor(&[1, 1], Role::Constant),
            _ => alike[self.rng.usize(..alike.len())],
        };
        let mut inputs = vec![Some(x), Some(other)];
        self.rng.shuffle(&mut inputs);
        self.op(OpKind::Elementwise, inputs, channels);
    }

    /// A sum of some values; inputs of the graph are stretched to the others.
    fn sum(&mut self) {
        let (x, channels) = self.value();
        let fits = self.values.iter().rev();
        let fits = fits.filter(|v| v.1 == channels || v.1 == 1 && v.0.0 < 3);
        let others: Vec<TensorId> = fits.map(|v| v.0).take(4).collect();
        let inputs = (0..self.rng.usize(1..4)).map(|_| self.rng.choice(&others).copied());
        let mut inputs: Vec<_> = inputs.chain([Some(x)]).collect();
        self.rng.shuffle(&mut inputs);
        let activation = self.rng.u8(..4) == 0;
        self.op(OpKind::Add { activation }, inputs, channels);
    }

    /// A value cut somewhere, and sometimes put together again at once.
    fn split(&mut self) {
        let (x, channels) = self.value();
        let mut pieces = vec![channels];
        for _ in 0..self.rng.u8(1..3) {
            let last = pieces.pop().unwrap_or(1);
            let first = self.rng.u64(..last).max(1).min(last);
            pieces.push(first);
            if last > first {
                pieces.push(last - first);
            }
        }
        let axis = Some(1);
        self.node(OpKind::Split { data: 0, axis }, vec![Some(x)], &pieces);
        if self.rng.bool() {
            let from = self.values.len() - pieces.len();
            let inputs = self.values[from..].iter().map(|value| Some(value.0));
            let inputs: Vec<_> = inputs.chain([Some(x)]).collect();
            self.op(OpKind::Concat { axis: 1 }, inputs, 2 * channels);
        }
    }

    /// Some slices of a value.
    fn slice(&mut self) {
        let (x, channels) = self.value();
        let start = self.rng.u64(..channels);
        let end = self.rng.u64(start..channels) + 1;
        let says = [
            Says::Start,
            *self
                .rng
                .choice(&[Says::End, Says::Length])
                .unwrap_or(&Says::End),
        ];
        let bounds: Vec<Bound> = (1..)
            .zip(says)
            .map(|(input, says)| Bound { says, input, at: 1 })
            .collect();
        let inputs = [Some(x)]
            .into_iter()
            .chain(bounds.iter().map(|_| Some(self.list())));
        let inputs = inputs.collect();
        let kind = OpKind::Slice {
            axis: 1,
            start,
            end,
            bounds,
        };
        self.op(kind, inputs, end - start);
    }

    /// A constant list of two integers.
    fn list(&mut self) -> TensorId {
        let array = ArrayType {
            dtype: DType::I64,
            shape: vec![Some(2)],
            quantization: None,
        };
        self.builder.tensor(Tensor {
            name: String::new(),
            bytes: array.bytes().expect("a known shape"),
            role: Role::Constant,
            array: Some(array),
        })
    }
}
