//! What each reference kernel keeps, as far as it is of one size: the parameters parsed from the file, and its data.
//!
//! A row for each kind of operator that TFLM has. What depends on shapes is in `persistent` and `scratch`. Resource
//! variables are left out: their number is the application's choice.

use super::size::{POINTER, Size};
use crate::tflite::schema::facts::operators::BuiltinOperator as Code;
use crate::tflite::tflm::Build;

/// The fixed part of a kernel.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kernel {
    parameters: Size,
    alignment: Size,
    data: Size,
    compression: u64,
    /// The operands that are made whole while it prepares.
    pub(super) whole: Whole,
}

/// The operands of which a kernel has a `TfLiteTensor` made while it prepares, a temporary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whole {
    /// None.
    Nothing,
    /// All inputs that are given and all outputs.
    All,
    /// All, and the first input a second time.
    AllAndFirst,
    /// All twice, but the output once where it is not int8.
    Twice,
    /// All inputs.
    Inputs,
    /// The first input and the first output.
    Ends,
    /// One input.
    Input(usize),
    /// All but the bias twice.
    Convolution,
    /// As a convolution, but without the first input, and the second time only where it is quantised.
    TransposedConvolution,
}

impl Kernel {
    /// The size and alignment of its parameters; nothing if the file holds none that the kernel needs.
    pub(super) const fn parameters(&self, build: Build) -> Option<(u64, u64)> {
        let bytes = self.parameters.at(build.pointers);
        if bytes == 0 {
            return None;
        }
        Some((bytes, self.alignment.at(build.pointers)))
    }

    /// The size of its data; nothing if it keeps none.
    pub(super) const fn data(&self, build: Build) -> Option<u64> {
        let bytes = self.data.at(build.pointers);
        match bytes {
            0 => None,
            _ if build.compression => Some(bytes + self.compression),
            _ => Some(bytes),
        }
    }

    /// Parameters without pointers (`builtin_op_data.h`), of words if they are not shorter.
    const fn options(mut self, bytes: u64) -> Self {
        self.parameters = Size::same(bytes);
        self.alignment = Size::same(if bytes < 4 { 1 } else { 4 });
        self
    }

    /// Parameters with pointers.
    const fn pointing_options(mut self, parameters: Size) -> Self {
        self.parameters = parameters;
        self.alignment = POINTER;
        self
    }

    const fn data_of(mut self, data: Size) -> Self {
        self.data = data;
        self
    }

    /// Fields that only a build with compression has.
    const fn compression(mut self, bytes: u64) -> Self {
        self.compression = bytes;
        self
    }

    const fn whole(mut self, whole: Whole) -> Self {
        self.whole = whole;
        self
    }
}

/// A kernel without parameters and data, that looks at all operands.
const PLAIN: Kernel = Kernel {
    parameters: Size::same(0),
    alignment: Size::same(1),
    data: Size::same(0),
    compression: 0,
    whole: Whole::All,
};

/// A kernel whose data holds no pointers: on all machines of this size.
const fn keeps(bytes: u64) -> Kernel {
    PLAIN.data_of(Size::same(bytes))
}

/// A kernel with parameters of this size, without pointers.
const fn options(bytes: u64) -> Kernel {
    PLAIN.options(bytes)
}

/// The operator in TFLM; nothing if TFLM has none, or one whose share is not known here.
pub(super) fn find(code: Code) -> Option<&'static Kernel> {
    let row = KERNELS.iter().find(|(codes, _)| codes.contains(&code))?;
    Some(&row.1)
}

/// `TFLite_Detection_PostProcess`, the custom operator.
pub(super) const DETECTION: Kernel = keeps(112).whole(Whole::Inputs);

const CONVOLUTION: Kernel = options(28)
    .data_of(Size::of(56, 72))
    .compression(8)
    .whole(Whole::Convolution);
const TRANSPOSED_CONVOLUTION: Kernel = options(20)
    .data_of(Size::of(72, 80))
    .compression(8)
    .whole(Whole::TransposedConvolution);
const FULLY_CONNECTED: Kernel = PLAIN
    .pointing_options(Size::of(24, 32))
    .data_of(Size::of(48, 64))
    .compression(8);
/// Compression keeps an index for each of up to ten inputs.
const CONCATENATION: Kernel = options(8)
    .data_of(Size::of(24, 40))
    .compression(40)
    .whole(Whole::AllAndFirst);
const SOFTMAX: Kernel = options(4).data_of(Size::of(56, 80));

const KERNELS: &[(&[Code], Kernel)] = &[
    (&[Code::CONV_2D, Code::DEPTHWISE_CONV_2D], CONVOLUTION),
    (&[Code::TRANSPOSE_CONV], TRANSPOSED_CONVOLUTION),
    (&[Code::FULLY_CONNECTED], FULLY_CONNECTED),
    (&[Code::CONCATENATION], CONCATENATION),
    (&[Code::SOFTMAX], SOFTMAX),
    (&[Code::BATCH_MATMUL], options(3).data_of(Size::of(16, 32))),
    (&[Code::SVDF], options(12).data_of(Size::same(36))),
    (
        &[Code::UNIDIRECTIONAL_SEQUENCE_LSTM],
        options(16).data_of(Size::same(688)),
    ),
    (
        &[Code::AVERAGE_POOL_2D, Code::MAX_POOL_2D],
        options(40).data_of(Size::same(32)),
    ),
    (&[Code::L2_POOL_2D], options(40)),
    (
        &[
            Code::MEAN,
            Code::SUM,
            Code::REDUCE_MAX,
            Code::REDUCE_MIN,
            Code::REDUCE_ALL,
        ],
        options(1).data_of(Size::same(44)).whole(Whole::Twice),
    ),
    (&[Code::ADD], options(8).data_of(Size::same(60))),
    (&[Code::SUB], options(8).data_of(Size::same(52))),
    (&[Code::MUL], options(4).data_of(Size::same(36))),
    (&[Code::DIV], options(4).data_of(Size::same(28))),
    (&[Code::SQUARED_DIFFERENCE], keeps(112)),
    (
        &[
            Code::EQUAL,
            Code::NOT_EQUAL,
            Code::LESS,
            Code::LESS_EQUAL,
            Code::GREATER,
            Code::GREATER_EQUAL,
        ],
        keeps(32).whole(Whole::Inputs),
    ),
    (
        &[Code::RELU, Code::ABS, Code::RSQRT, Code::PRELU],
        keeps(28),
    ),
    (&[Code::RELU6], keeps(8).whole(Whole::Input(0))),
    (&[Code::LEAKY_RELU], options(4).data_of(Size::same(24))),
    (&[Code::LOGISTIC], keeps(16)),
    (&[Code::TANH], keeps(16).whole(Whole::AllAndFirst)),
    (&[Code::HARD_SWISH], keeps(20)),
    // A table with an entry for each int8.
    (&[Code::ELU], keeps(256)),
    (&[Code::QUANTIZE, Code::DEQUANTIZE], keeps(32)),
    (&[Code::PAD, Code::PADV2], keeps(56)),
    (&[Code::MIRROR_PAD], options(4).data_of(Size::same(20))),
    (&[Code::STRIDED_SLICE], options(24).data_of(Size::same(84))),
    (&[Code::L2_NORMALIZATION], options(4).data_of(Size::same(4))),
    (&[Code::SPACE_TO_BATCH_ND], keeps(4).whole(Whole::Ends)),
    (&[Code::SELECT_V2], keeps(1)),
    (&[Code::RESHAPE], options(36).whole(Whole::Ends)),
    (&[Code::SQUEEZE], options(36)),
    (&[Code::SPLIT], options(4).whole(Whole::Input(0))),
    (&[Code::SPLIT_V], options(4).whole(Whole::Input(2))),
    (
        &[Code::PACK, Code::UNPACK],
        options(8).whole(Whole::Nothing),
    ),
    (
        &[Code::ARG_MAX, Code::ARG_MIN, Code::SHAPE],
        options(4).whole(Whole::Nothing),
    ),
    (&[Code::GATHER, Code::CAST], options(8)),
    (&[Code::DEPTH_TO_SPACE, Code::SPACE_TO_DEPTH], options(4)),
    (
        &[
            Code::RESIZE_BILINEAR,
            Code::RESIZE_NEAREST_NEIGHBOR,
            Code::CUMSUM,
        ],
        options(2),
    ),
    // Control flow; what the subgraphs hold is counted with theirs.
    (
        &[Code::IF],
        options(8).data_of(Size::same(8)).whole(Whole::Input(0)),
    ),
    (
        &[Code::WHILE],
        options(8).data_of(Size::same(8)).whole(Whole::Nothing),
    ),
    (&[Code::CALL_ONCE], options(4).data_of(Size::same(8))),
    (&[Code::BATCH_TO_SPACE_ND], PLAIN.whole(Whole::Ends)),
    (
        &[
            Code::MAXIMUM,
            Code::MINIMUM,
            Code::NEG,
            Code::FLOOR,
            Code::LOGICAL_AND,
            Code::LOGICAL_OR,
        ],
        PLAIN.whole(Whole::Nothing),
    ),
    (
        &[
            Code::ADD_N,
            Code::FLOOR_DIV,
            Code::FLOOR_MOD,
            Code::SQRT,
            Code::SQUARE,
            Code::SIN,
            Code::COS,
            Code::LOG,
            Code::EXP,
            Code::CEIL,
            Code::ROUND,
            Code::LOG_SOFTMAX,
            Code::LOGICAL_NOT,
            Code::ZEROS_LIKE,
            Code::FILL,
            Code::EXPAND_DIMS,
            Code::SLICE,
            Code::TRANSPOSE,
            Code::REVERSE_V2,
            Code::GATHER_ND,
            Code::EMBEDDING_LOOKUP,
            Code::DYNAMIC_UPDATE_SLICE,
            Code::BROADCAST_TO,
            Code::BROADCAST_ARGS,
        ],
        PLAIN,
    ),
];
