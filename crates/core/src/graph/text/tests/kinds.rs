//! Any kind of operator.

use proptest::prelude::*;

use crate::graph::{Bound, OpKind, Says};

fn bound() -> impl Strategy<Value = Bound> {
    (prop::sample::select(Says::ALL), any::<(u32, u32)>()).prop_map(|(says, (input, at))| Bound {
        says,
        input,
        at,
    })
}

pub(super) fn kind() -> impl Strategy<Value = OpKind> {
    prop_oneof![
        Just(OpKind::Opaque),
        Just(OpKind::Identity),
        Just(OpKind::Reshape),
        Just(OpKind::Requantize),
        Just(OpKind::Elementwise),
        Just(OpKind::Normalize),
        any::<Option<Vec<u32>>>().prop_map(|perm| OpKind::Transpose { perm }),
        any::<Option<Vec<(i64, i64)>>>().prop_map(|amounts| OpKind::Pad { amounts }),
        any::<(u32, Option<u32>)>().prop_map(|(data, axis)| OpKind::Split { data, axis }),
        (
            any::<(u32, u64, u64)>(),
            prop::collection::vec(bound(), 0..3)
        )
            .prop_map(|((axis, start, end), bounds)| OpKind::Slice {
                axis,
                start,
                end,
                bounds,
            }),
        any::<u32>().prop_map(|axis| OpKind::Concat { axis }),
        any::<u32>().prop_map(|value| OpKind::Constant { value }),
        any::<bool>().prop_map(|activation| OpKind::Add { activation }),
        any::<(u32, u32, bool)>().prop_map(|(data_axis, weight_axis, activation)| {
            OpKind::Contract {
                data_axis,
                weight_axis,
                activation,
            }
        }),
        any::<(u32, u32, Vec<(u32, u32)>)>().prop_map(|(axis, group, params)| {
            OpKind::Channelwise {
                axis,
                group,
                params,
            }
        }),
    ]
}
