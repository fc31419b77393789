//! What is known of a tensor, and of an operator's inputs.

use lowtide_core::graph::{ArrayType, DType};

use super::super::schema::{Literal, NodeView, TensorView};

/// Elements per axis; `None` where it is not known.
pub(crate) type Shape = Vec<Option<u64>>;

/// More axes than any operator here has use for: longer shapes count as unknown, so that a small file cannot ask for
/// much memory.
const MAX_RANK: usize = 32;

/// The largest constant whose elements are kept.
pub(crate) const MAX_ELEMENTS: usize = 64;

/// What is known of a tensor.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Fact {
    pub(crate) dtype: Option<DType>,
    pub(crate) shape: Option<Shape>,
    /// The elements, row by row, of a small constant.
    pub(crate) value: Option<Literal>,
}

impl Fact {
    /// A tensor of this element type and shape.
    pub(crate) fn new(dtype: Option<DType>, shape: Shape) -> Self {
        Self {
            dtype,
            shape: (shape.len() <= MAX_RANK).then_some(shape),
            value: None,
        }
    }

    /// What is known of a constant in the file.
    pub(crate) fn of_tensor(tensor: &TensorView<'_>) -> Self {
        let fact = Self::new(tensor.dtype, tensor.shape());
        Self {
            value: tensor.literal(MAX_ELEMENTS),
            ..fact
        }
    }

    /// A constant list of integers.
    pub(crate) fn ints(dtype: DType, values: Vec<i64>) -> Self {
        let shape = vec![Some(values.len() as u64)];
        Self {
            value: (values.len() <= MAX_ELEMENTS).then_some(Literal::Ints(values)),
            ..Self::new(Some(dtype), shape)
        }
    }

    /// This where it says something, `other` where it does not. The number of axes is this one's.
    pub(crate) fn or(self, other: Self) -> Self {
        let shape = match (self.shape, other.shape) {
            (Some(mine), Some(theirs)) if mine.len() == theirs.len() => {
                Some(mine.iter().zip(theirs).map(|(m, t)| m.or(t)).collect())
            }
            (mine, theirs) => mine.or(theirs),
        };
        Self {
            dtype: self.dtype.or(other.dtype),
            shape,
            value: self.value.or(other.value),
        }
    }

    /// Element type and shape, if both are known.
    pub(crate) fn array(&self) -> Option<ArrayType> {
        Some(ArrayType {
            dtype: self.dtype?,
            shape: self.shape.clone()?,
            quantization: None,
        })
    }
}

/// An operator with what is known of its inputs.
pub(crate) struct Call<'a> {
    pub(crate) node: &'a NodeView<'a>,
    /// The version of the standard operators.
    pub(crate) opset: i64,
    /// One for each input, in signature order; `None` where an optional one is left out.
    pub(crate) inputs: Vec<Option<&'a Fact>>,
}

impl<'a> Call<'a> {
    /// What is known of an input, if it is there.
    pub(crate) fn fact(&self, input: usize) -> Option<&'a Fact> {
        self.inputs.get(input).copied().flatten()
    }

    /// The shape of an input.
    pub(crate) fn shape(&self, input: usize) -> Option<&'a Shape> {
        self.fact(input)?.shape.as_ref()
    }

    /// The element type of an input.
    pub(crate) fn dtype(&self, input: usize) -> Option<DType> {
        self.fact(input)?.dtype
    }

    /// The elements of a constant integer input.
    pub(crate) fn ints(&self, input: usize) -> Option<&'a [i64]> {
        match self.fact(input)?.value.as_ref()? {
            Literal::Ints(values) => Some(values),
            Literal::Floats(_) => None,
        }
    }

    /// The elements of a constant float input.
    pub(crate) fn floats(&self, input: usize) -> Option<&'a [f32]> {
        match self.fact(input)?.value.as_ref()? {
            Literal::Floats(values) => Some(values),
            Literal::Ints(_) => None,
        }
    }

    /// Integers that older operator sets take as an attribute and newer ones as an input. `Some(None)` where neither is
    /// given, `None` where the input is given but not known.
    pub(crate) fn ints_either(&self, attribute: &str, input: usize) -> Option<Option<Vec<i64>>> {
        match (self.node.ints(attribute), self.fact(input)) {
            (Some(values), _) => Some(Some(values)),
            (None, None) => Some(None),
            (None, Some(_)) => Some(Some(self.ints(input)?.to_vec())),
        }
    }

    /// The attribute `axis`, counted from the front of `rank` axes.
    pub(crate) fn axis(&self, default: i64, rank: usize) -> Option<usize> {
        axis(self.node.int("axis").unwrap_or(default), rank)
    }
}

/// An axis counted from the front, where negative ones count from the end.
pub(crate) fn axis(axis: i64, rank: usize) -> Option<usize> {
    let rank = i64::try_from(rank).ok()?;
    let axis = if axis < 0 {
        axis.checked_add(rank)?
    } else {
        axis
    };
    (0..rank).contains(&axis).then_some(axis as usize)
}

/// The product of some axes, if all are known.
pub(crate) fn product(dims: &[Option<u64>]) -> Option<u64> {
    dims.iter()
        .try_fold(1u64, |product, dim| product.checked_mul((*dim)?))
}
