//! From a network to an ONNX file: channels first, activations that are part of a layer as nodes of their own. Int8 networks have
//! float operators between pairs of QuantizeLinear and DequantizeLinear, the form that runtimes make integer kernels of.

mod quantized;

use lowtide_formats::onnx::emit::{Attribute, Data, Initializer, NewModel, NewNode};

use super::Element;
use super::net::{Activation, Layer, Net, Op, Padding, ValueId, Window};
use super::values::{Affine, Weights, quantize, spreads, weights};

/// The bytes of the file.
pub(super) fn emit(net: &Net, element: Element) -> Vec<u8> {
    let spreads = spreads(net);
    let affine = match element {
        Element::Float32 => None,
        Element::Int8 => Some(quantize(net, &spreads)),
    };
    let mut emitter = Emitter {
        net,
        affine,
        model: NewModel {
            name: net.name.clone(),
            inputs: ends(net, &net.inputs),
            outputs: ends(net, &net.outputs),
            ..NewModel::default()
        },
    };
    emitter.quantize_inputs();
    for (number, layer) in net.layers.iter().enumerate() {
        let input = layer.inputs[0].index();
        emitter.layer(layer, weights(net, number, &spreads[input]));
    }
    emitter.dequantize_outputs();
    emitter.model.write()
}

fn ends(net: &Net, values: &[ValueId]) -> Vec<(String, Vec<i64>)> {
    let end = |&id: &ValueId| (net.value(id).name.clone(), channels_first(net.shape(id)));
    values.iter().map(end).collect()
}

fn channels_first(shape: &[u32]) -> Vec<i64> {
    match *shape {
        [n, h, w, c] => [n, c, h, w].map(i64::from).to_vec(),
        _ => shape.iter().copied().map(i64::from).collect(),
    }
}

struct Emitter<'n> {
    net: &'n Net,
    /// How each value is quantised, in int8 networks.
    affine: Option<Vec<Affine>>,
    model: NewModel,
}

impl Emitter<'_> {
    fn layer(&mut self, layer: &Layer, weights: Option<Weights>) {
        let name = &self.net.value(layer.output).name;
        let activation = match layer.op {
            Op::Relu => Activation::None,
            _ => layer.op.activation(),
        };
        let result = self.real(name);
        let output = match activation {
            Activation::None => result.clone(),
            _ => format!("{name}/linear"),
        };
        let mut inputs = self.inputs(name, layer);
        if let Op::FullyConnected { .. } = layer.op {
            inputs = vec![self.flat(name, layer, inputs)];
        }
        if let Some(weights) = weights {
            inputs.extend(self.weights(name, layer, &weights));
        }
        inputs.extend(self.parameters(name, layer));
        let (op_type, attributes) = self.kind(layer);
        self.node(&output, op_type, inputs, attributes);
        match activation {
            Activation::None => (),
            Activation::Relu => self.node(&result, "Relu", vec![output], Vec::new()),
            Activation::Relu6 => {
                let bounds = [("low", 0.0), ("high", 6.0)];
                let bounds = bounds.map(|(end, value)| {
                    self.constant(&format!("{name}/{end}"), &[], Data::Floats(vec![value]))
                });
                let inputs = [vec![output], bounds.to_vec()].concat();
                self.node(&result, "Clip", inputs, Vec::new());
            }
        }
        self.quantize(layer.output, &result);
    }

    fn node(
        &mut self,
        output: &str,
        op_type: &'static str,
        inputs: Vec<String>,
        attributes: Vec<(&'static str, Attribute)>,
    ) {
        self.model.nodes.push(NewNode {
            name: output.to_owned(),
            op_type,
            inputs,
            output: output.to_owned(),
            attributes,
        });
    }

    fn constant(&mut self, name: &str, shape: &[i64], data: Data) -> String {
        self.model.initializers.push(Initializer {
            name: name.to_owned(),
            shape: shape.to_vec(),
            data,
        });
        name.to_owned()
    }

    /// Filter and bias.
    #[allow(
        clippy::cast_possible_truncation,
        reason = "weights are rounded to single precision"
    )]
    fn weights(&mut self, name: &str, layer: &Layer, weights: &Weights) -> [String; 2] {
        let (shape, places) = arranged(&layer.op, &weights.shape, self.net.shape(layer.inputs[0]));
        if let Some(affine) = &self.affine {
            let input = affine[layer.inputs[0].index()];
            return self.integers(name, layer, weights, input, (&shape, places));
        }
        let filter = places.map(|place| weights.filter[place] as f32).collect();
        let bias: Vec<f32> = weights.bias.iter().map(|&bias| bias as f32).collect();
        let channels = [bias.len() as i64];
        [
            self.constant(&format!("{name}/filter"), &shape, Data::Floats(filter)),
            self.constant(&format!("{name}/bias"), &channels, Data::Floats(bias)),
        ]
    }

    /// Operands that are parameters; an empty name is one that is left out.
    fn parameters(&mut self, name: &str, layer: &Layer) -> Vec<String> {
        let mut ints = |part: &str, values: &[i64]| {
            let shape = [values.len() as i64];
            self.constant(
                &format!("{name}/{part}"),
                &shape,
                Data::Ints(values.to_vec()),
            )
        };
        match layer.op {
            Op::DropFirst => vec![
                ints("starts", &[1, 1]),
                ints("ends", &[i64::from(i32::MAX); 2]),
                ints("axes", &[2, 3]),
            ],
            Op::Upsample { factor } => {
                let factor = factor as f32;
                let scales = Data::Floats(vec![1.0, 1.0, factor, factor]);
                vec![
                    String::new(),
                    self.constant(&format!("{name}/scales"), &[4], scales),
                ]
            }
            _ => Vec::new(),
        }
    }

    fn kind(&self, layer: &Layer) -> (&'static str, Vec<(&'static str, Attribute)>) {
        let input = self.net.shape(layer.inputs[0]);
        let int = |name, value: u32| (name, Attribute::Int(value.into()));
        match &layer.op {
            Op::Conv2d { window, .. } => ("Conv", moving(window, input, true)),
            Op::DepthwiseConv2d { window, .. } => {
                let mut attributes = moving(window, input, true);
                attributes.push(int("group", input[3]));
                ("Conv", attributes)
            }
            Op::FullyConnected { .. } => ("Gemm", vec![int("transB", 1)]),
            Op::Concat => ("Concat", vec![int("axis", 1)]),
            Op::Add { .. } => ("Add", Vec::new()),
            Op::Relu => ("Relu", Vec::new()),
            Op::MaxPool(window) => ("MaxPool", moving(window, input, false)),
            Op::AveragePool(window) => ("AveragePool", moving(window, input, false)),
            Op::GlobalMean => ("GlobalAveragePool", Vec::new()),
            Op::Upsample { .. } => {
                let words = [
                    ("mode", "nearest"),
                    ("coordinate_transformation_mode", "asymmetric"),
                    ("nearest_mode", "floor"),
                ];
                let words = words.map(|(name, word)| (name, Attribute::Text(word)));
                ("Resize", words.to_vec())
            }
            Op::DropFirst => ("Slice", Vec::new()),
            Op::SplitOfOne => ("Split", vec![int("axis", 1)]),
            Op::Softmax => ("Softmax", vec![int("axis", 1)]),
        }
    }
}

/// How a window moves; `dilates` where the operator can.
fn moving(window: &Window, input: &[u32], dilates: bool) -> Vec<(&'static str, Attribute)> {
    let ints = |values: [u32; 2]| Attribute::Ints(values.map(i64::from).to_vec());
    let [top, bottom] = padding(input[1], window.size[0], window);
    let [left, right] = padding(input[2], window.size[1], window);
    let mut attributes = vec![
        ("kernel_shape", ints(window.size)),
        ("strides", ints([window.stride; 2])),
        ("pads", Attribute::Ints(vec![top, left, bottom, right])),
    ];
    if dilates {
        attributes.push(("dilations", ints([window.dilation; 2])));
    }
    attributes
}

/// Zeros before and behind an axis, as TensorFlow's `SAME` has them: the odd one behind.
fn padding(extent: u32, size: u32, window: &Window) -> [i64; 2] {
    if window.padding == Padding::Valid {
        return [0, 0];
    }
    let reach = (size - 1) * window.dilation + 1;
    let covered = (extent.div_ceil(window.stride) - 1) * window.stride + reach;
    let total = i64::from(covered.saturating_sub(extent));
    [total / 2, total - total / 2]
}

/// For each element of a filter in ONNX its place as TensorFlow Lite has it.
type Places = Box<dyn Iterator<Item = usize>>;

/// The shape of a filter in ONNX, and for each of its elements the place in the filter as TensorFlow Lite has it.
fn arranged(op: &Op, shape: &[u32], input: &[u32]) -> (Vec<i64>, Places) {
    // Rows, columns and channels of one output, taken channels first.
    let block = |[h, w, c]: [u32; 3]| {
        let [h, w, c] = [h, w, c].map(|extent| extent as usize);
        (0..c).flat_map(move |k| (0..h * w).map(move |pixel| pixel * c + k))
    };
    match (op, shape) {
        (Op::DepthwiseConv2d { .. }, &[_, h, w, c]) => {
            let shape = [c, 1, h, w].map(i64::from);
            (shape.to_vec(), Box::new(block([h, w, c])))
        }
        (Op::FullyConnected { .. }, &[units, features]) => {
            let image = match *input {
                [_, h, w, c] => [h, w, c],
                _ => [1, 1, features],
            };
            let shape = [units, features].map(i64::from);
            let each = (0..units as usize).flat_map(move |unit| {
                block(image).map(move |place| unit * features as usize + place)
            });
            (shape.to_vec(), Box::new(each))
        }
        (_, &[outputs, h, w, c]) => {
            let shape = [outputs, c, h, w].map(i64::from);
            let size = (h * w * c) as usize;
            let each = (0..outputs as usize)
                .flat_map(move |output| block([h, w, c]).map(move |place| output * size + place));
            (shape.to_vec(), Box::new(each))
        }
        _ => (Vec::new(), Box::new(std::iter::empty())),
    }
}
