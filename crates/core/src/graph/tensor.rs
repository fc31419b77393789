//! Tensors: how many bytes, of what, and whether they count.

use std::fmt;

use crate::units::Bytes;

/// One tensor.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor {
    /// The name in the file; may be empty and need not be unique.
    pub name: String,
    /// What it takes while it is live, unpadded.
    pub bytes: Bytes,
    /// Whether and how it counts.
    pub role: Role,
    /// Element type, shape and quantisation, where the reader knows them.
    pub array: Option<ArrayType>,
}

/// How a tensor's bytes count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Role {
    /// Live from its producer (or the start, for a graph input) to its last use.
    #[default]
    Activation,
    /// Weights, and what is computed from weights alone: kept apart by the runtimes, never counted.
    Constant,
    /// State that outlives a run: live always.
    Variable,
}

/// Element type, shape and quantisation.
#[derive(Clone, Debug, PartialEq)]
pub struct ArrayType {
    /// The element type.
    pub dtype: DType,
    /// Elements per axis; `None` where the file leaves it open. Empty for a scalar.
    pub shape: Vec<Option<u64>>,
    /// Affine quantisation, where there is one.
    pub quantization: Option<Quantization>,
}

impl ArrayType {
    /// Number of elements, if every axis is known.
    #[must_use]
    pub fn elements(&self) -> Option<u64> {
        self.shape
            .iter()
            .try_fold(1u64, |product, &axis| product.checked_mul(axis?))
    }

    /// Unpadded size, if shape and element width are known; sub-byte elements are packed.
    #[must_use]
    pub fn bytes(&self) -> Option<Bytes> {
        let bits = self
            .elements()?
            .checked_mul(u64::from(self.dtype.bits()?))?;
        Some(Bytes(bits.div_ceil(8)))
    }

    /// Whether 8 bits are stored with the zero point at an end of their range, so that nothing on one side of zero can be: converters leave a ReLU out
    /// that such a range does already.
    #[must_use]
    pub fn is_one_sided(&self) -> bool {
        let ends = match self.dtype {
            DType::I8 => [-128, 127],
            DType::U8 => [0, 255],
            _ => return false,
        };
        let quantization = self.quantization.as_ref();
        quantization.is_some_and(|q| q.zero_points.iter().any(|zero| ends.contains(zero)))
    }

    /// Whether both have the same, wholly known, shape.
    #[must_use]
    pub fn same_static_shape(&self, other: &Self) -> bool {
        self.elements().is_some() && self.shape == other.shape
    }
}

/// Affine quantisation: `real = scale * (stored - zero_point)`.
#[derive(Clone, Debug)]
pub struct Quantization {
    /// One scale, or one per slice of `axis`.
    pub scales: Vec<f32>,
    /// As many zero points as scales.
    pub zero_points: Vec<i64>,
    /// The axis of per-slice parameters.
    pub axis: u32,
}

impl Quantization {
    /// Whether both map every stored number to the same real number, bit for bit. With one scale the axis means nothing.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        let bits = |q: &Self| q.scales.iter().map(|s| s.to_bits()).collect::<Vec<_>>();
        bits(self) == bits(other)
            && self.zero_points == other.zero_points
            && (self.scales.len() <= 1 || self.axis == other.axis)
    }
}

/// By the bits of the scales: what was read twice from one file is equal, be it damaged and hold NaN.
impl PartialEq for Quantization {
    fn eq(&self, other: &Self) -> bool {
        self.same(other) && self.axis == other.axis
    }
}

macro_rules! dtypes {
    ($($(#[$doc:meta])* $variant:ident $word:literal $bits:expr;)*) => {
        /// Element types of both formats.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs, reason = "the names say it all")]
        pub enum DType { $($(#[$doc])* $variant,)* }

        impl DType {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            /// The short name used in texts and JSON.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// Bits per element; `None` for types without a fixed width.
            #[must_use]
            pub const fn bits(self) -> Option<u32> {
                match self { $(Self::$variant => $bits,)* }
            }
        }
    };
}

dtypes! {
    Bool "bool" Some(8);
    I2 "i2" Some(2);
    I4 "i4" Some(4);
    I8 "i8" Some(8);
    I16 "i16" Some(16);
    I32 "i32" Some(32);
    I64 "i64" Some(64);
    U2 "u2" Some(2);
    U4 "u4" Some(4);
    U8 "u8" Some(8);
    U16 "u16" Some(16);
    U32 "u32" Some(32);
    U64 "u64" Some(64);
    /// 4-bit float, 2 exponent and 1 mantissa bits.
    F4 "f4" Some(4);
    /// 8-bit float, any of its flavours.
    F8 "f8" Some(8);
    F16 "f16" Some(16);
    BF16 "bf16" Some(16);
    F32 "f32" Some(32);
    F64 "f64" Some(64);
    C64 "c64" Some(64);
    C128 "c128" Some(128);
    String "string" None;
    Resource "resource" None;
    Variant "variant" None;
}

impl DType {
    /// Whether it holds floating-point numbers.
    #[must_use]
    pub const fn is_float(self) -> bool {
        matches!(
            self,
            Self::F4 | Self::F8 | Self::F16 | Self::BF16 | Self::F32 | Self::F64
        )
    }

    /// The type with this short name.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|dtype| dtype.word() == word)
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
