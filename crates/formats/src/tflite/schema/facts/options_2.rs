//! The options tables of the second options union: StableHLO and what came after the first union was full.

tables! {
    StablehloConcatenateOptions { dimension: i64 }
    StablehloBroadcastInDimOptions { broadcast_dimensions: vector(i64) }
    StablehloSliceOptions { start_indices: vector(i64), limit_indices: vector(i64), strides: vector(i64) }
    StablehloConvolutionOptions {
        window_strides: vector(i64), padding: vector(i64), lhs_dilation: vector(i64), rhs_dilation: vector(i64),
        window_reversal: vector(bool), input_batch_dimension: i64, input_feature_dimension: i64,
        input_spatial_dimensions: vector(i64), kernel_input_feature_dimension: i64,
        kernel_output_feature_dimension: i64, kernel_spatial_dimensions: vector(i64),
        output_batch_dimension: i64, output_feature_dimension: i64, output_spatial_dimensions: vector(i64),
        feature_group_count: i64, batch_group_count: i64, precision_config: vector(u32),
    }
    StablehloCustomCallOptions {
        call_target_name: string, has_side_effect: bool, backend_config: string, api_version: i32,
        called_computations: vector(i32), custom_attributes: vector(u8),
    }
    StablehloReduceOptions { dimensions: vector(i64), body_subgraph_index: i32 }
    StablehloScatterOptions {
        indices_are_sorted: bool, update_window_dims: vector(i64), inserted_window_dims: vector(i64),
        scatter_dims_to_operand_dims: vector(i64), index_vector_dim: i64, unique_indices: bool,
        update_computation_subgraph_index: i32,
    }
    StablehloCompareOptions { comparison_direction: u32, compare_type: u32 }
    StablehloDynamicSliceOptions { slice_sizes: vector(i64) }
    StablehloPadOptions {
        edge_padding_low: vector(i64), edge_padding_high: vector(i64), interior_padding: vector(i64),
    }
    StablehloIotaOptions { iota_dimension: i64 }
    StablehloDotGeneralOptions {
        lhs_batching_dimensions: vector(i64), rhs_batching_dimensions: vector(i64),
        lhs_contracting_dimensions: vector(i64), rhs_contracting_dimensions: vector(i64),
        precision_config: vector(u32),
    }
    StablehloReduceWindowOptions {
        window_dimensions: vector(i64), window_strides: vector(i64), base_dilations: vector(i64),
        window_dilations: vector(i64), padding: vector(i64), body_subgraph_index: i32,
    }
    StablehloSortOptions { dimension: i64, is_stable: bool, comparator_subgraph_index: i32 }
    StablehloWhileOptions { cond_subgraph_index: i32, body_subgraph_index: i32 }
    StablehloGatherOptions {
        offset_dims: vector(i64), collapsed_slice_dims: vector(i64), start_index_map: vector(i64),
        index_vector_dim: i64, slice_sizes: vector(i64), indices_are_sorted: bool,
    }
    StablehloTransposeOptions { permutation: vector(i64) }
    DilateOptions {}
    StablehloRngBitGeneratorOptions { algorithm: i8 }
    ReduceWindowOptions { reduce_function: i32 }
    StableHLOCompositeOptions {
        name: string, decomposition_subgraph_index: i32, composite_attributes: vector(u8),
        composite_attributes_format: i8, version: i32,
    }
    StablehloShiftLeftOptions {}
    StablehloCaseOptions { branch_subgraph_indices: vector(i32) }
}
