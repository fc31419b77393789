//! An operator with its operands, as kernels look at them.

use lowtide_core::graph::DType;

use crate::tflite::constants::payload;
use crate::tflite::dtypes::dtype;
use crate::tflite::ops;
use crate::tflite::schema::facts::operators::BuiltinOperator as Code;
use crate::tflite::schema::facts::types::TensorType;
use crate::tflite::schema::{Model, Operator, SubGraph, Tensor};

/// The one custom operator among TFLM's own kernels that files in the wild contain.
const DETECTION: &[u8] = b"TFLite_Detection_PostProcess";

/// The types of input and weights that convolutions and fully-connected layers take (`conv_common.cc`, `depthwise_conv_common.cc`,
/// `fully_connected.cc`): neither uint8 nor hybrid models.
const WEIGHED: &[(TensorType, TensorType)] = &[
    (TensorType::FLOAT32, TensorType::FLOAT32),
    (TensorType::INT8, TensorType::INT8),
    (TensorType::INT8, TensorType::INT4),
    (TensorType::INT16, TensorType::INT8),
];

/// The types that DEQUANTIZE takes (`dequantize_common.cc`): neither fp16 nor what is a float already.
const DEQUANTIZED: &[TensorType] = &[TensorType::INT8, TensorType::INT16, TensorType::UINT8];

/// An operator in its subgraph.
#[derive(Clone, Copy)]
pub(in crate::tflite) struct Node<'m> {
    model: &'m Model,
    subgraph: &'m SubGraph,
    pub(in crate::tflite) operator: &'m Operator,
    pub(in crate::tflite) code: Code,
}

/// All operators, subgraph by subgraph, each with the numbers of its subgraph and of itself.
pub(in crate::tflite) fn nodes(model: &Model) -> impl Iterator<Item = (usize, usize, Node<'_>)> {
    let subgraphs = model.subgraphs.iter().enumerate();
    subgraphs.flat_map(move |(number, subgraph)| {
        let operators = subgraph.operators.iter().enumerate();
        operators.map(move |(place, operator)| {
            let node = Node {
                model,
                subgraph,
                operator,
                code: ops::code(model, operator),
            };
            (number, place, node)
        })
    })
}

impl<'m> Node<'m> {
    /// The operator's type for people.
    pub(in crate::tflite) fn label(&self) -> String {
        ops::label(self.model, self.operator)
    }

    /// Its label with its types, if TFLM has the kernel but not for them: it refuses to start.
    pub(super) fn refused(&self) -> Option<String> {
        let input = self.input_type(0)?;
        let word = |kind| dtype(kind).map_or("?", DType::word);
        match self.code {
            Code::CONV_2D | Code::DEPTHWISE_CONV_2D | Code::FULLY_CONNECTED => {
                let weights = self.input_type(1)?;
                let (input_word, weights_word) = (word(input), word(weights));
                let label = self.label();
                (!WEIGHED.contains(&(input, weights)))
                    .then(|| format!("{label} ({input_word}, weights {weights_word})"))
            }
            Code::DEQUANTIZE => (!DEQUANTIZED.contains(&input))
                .then(|| format!("{} ({})", self.label(), word(input))),
            _ => None,
        }
    }

    /// Whether it is the custom operator that decodes and selects boxes.
    pub(in crate::tflite) fn is_detection(&self) -> bool {
        let codes = &self.model.operator_codes;
        let code = codes.get(self.operator.opcode_index() as usize);
        let name = code.and_then(|code| code.custom_code.as_ref());
        self.code == Code::CUSTOM && name.is_some_and(|name| **name == *DETECTION)
    }

    pub(in crate::tflite) fn input(&self, place: usize) -> Option<&'m Tensor> {
        self.operand(*self.operator.inputs.get(place)?)
    }

    pub(in crate::tflite) fn output(&self, place: usize) -> Option<&'m Tensor> {
        self.operand(*self.operator.outputs.get(place)?)
    }

    /// The inputs that are given, in their order.
    pub(in crate::tflite) fn inputs(&self) -> impl Iterator<Item = &'m Tensor> {
        let inputs = self.operator.inputs.iter();
        inputs.filter_map(|&index| self.operand(index))
    }

    pub(in crate::tflite) fn outputs(&self) -> impl Iterator<Item = &'m Tensor> {
        let outputs = self.operator.outputs.iter();
        outputs.filter_map(|&index| self.operand(index))
    }

    /// The element type of an input; of no type if it is not given.
    pub(in crate::tflite) fn input_type(&self, place: usize) -> Option<TensorType> {
        Some(self.input(place)?.element_type())
    }

    fn operand(&self, index: i32) -> Option<&'m Tensor> {
        let tensor = self.subgraph.tensors.get(usize::try_from(index).ok()?)?;
        Some(tensor)
    }
}

/// The extent along an axis; 0 where there is no such axis.
pub(in crate::tflite) fn extent(tensor: &Tensor, axis: usize) -> u64 {
    let extent = tensor.shape.get(axis).copied().unwrap_or(0);
    u64::try_from(extent).unwrap_or(0)
}

/// The number of elements: of scalars 1, and never more than a 64-bit number holds.
pub(in crate::tflite) fn elements(tensor: &Tensor) -> u64 {
    (0..tensor.shape.len()).fold(1, |product, axis| {
        u64::saturating_mul(product, extent(tensor, axis))
    })
}

/// The bytes of the elements as TFLM counts them: it unpacks types that are narrower than a byte.
pub(in crate::tflite) fn bytes(tensor: &Tensor) -> u64 {
    let bits = tensor.element_type().bits().unwrap_or(0);
    elements(tensor).saturating_mul(u64::from(bits).div_ceil(8))
}

/// How many scales TFLM takes from a tensor. Without zero points it takes none.
pub(in crate::tflite) fn scales(tensor: &Tensor) -> u64 {
    let Some(parameters) = &tensor.quantization else {
        return 0;
    };
    if parameters.zero_point.is_empty() {
        return 0;
    }
    parameters.scales().count() as u64
}

/// Whether the memory planner has to find a place for it: neither constant nor kept between runs.
pub(in crate::tflite) fn is_planned(model: &Model, tensor: &Tensor) -> bool {
    payload(model, tensor).is_none() && !tensor.is_variable() && bytes(tensor) != 0
}
