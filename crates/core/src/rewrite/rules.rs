//! The rules, one a file.

mod channel_wise;
mod concat_of_concat;
mod concat_of_one;
mod concat_of_split;
mod dead_operator;
mod duplicate_constant;
mod elementwise;
mod empty_pad;
mod equal_requantize;
mod identity_op;
mod identity_transpose;
mod kernel_wise;
mod pad_first;
mod same_shape_reshape;
mod slice_of_concat;
mod split_of_concat;
mod split_of_one;
mod sum_of_many;

use super::Rule;

pub use channel_wise::ChannelWise;
pub use concat_of_concat::ConcatOfConcat;
pub use concat_of_one::ConcatOfOne;
pub use concat_of_split::ConcatOfSplit;
pub use dead_operator::DeadOperator;
pub use duplicate_constant::DuplicateConstant;
pub use elementwise::ElementwiseFirst;
pub use empty_pad::EmptyPad;
pub use equal_requantize::EqualRequantize;
pub use identity_op::IdentityOp;
pub use identity_transpose::IdentityTranspose;
pub use kernel_wise::KernelWise;
pub use pad_first::PadFirst;
pub use same_shape_reshape::SameShapeReshape;
pub use slice_of_concat::SliceOfConcat;
pub use split_of_concat::SplitOfConcat;
pub use split_of_one::SplitOfOne;
pub use sum_of_many::SumOfMany;

/// Operators that do nothing: copies, constants that stand elsewhere too, and operators whose results nobody reads. All are bit-exact.
pub const CLEAN_UP: &[&dyn Rule] = &[
    &IdentityOp,
    &SplitOfOne,
    &ConcatOfOne,
    &SameShapeReshape,
    &IdentityTranspose,
    &EmptyPad,
    &EqualRequantize,
    &DuplicateConstant,
    &DeadOperator,
];
