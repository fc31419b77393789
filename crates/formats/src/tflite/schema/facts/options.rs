//! The options tables of the first options union, in the order of their member numbers, those without fields last.

tables! {
    Conv2DOptions {
        padding: i8, stride_w: i32, stride_h: i32, fused_activation_function: i8, dilation_w_factor: i32 = 1,
        dilation_h_factor: i32 = 1, quantized_bias_type: i8,
    }
    DepthwiseConv2DOptions {
        padding: i8, stride_w: i32, stride_h: i32, depth_multiplier: i32, fused_activation_function: i8,
        dilation_w_factor: i32 = 1, dilation_h_factor: i32 = 1,
    }
    ConcatEmbeddingsOptions {
        num_channels: i32, num_columns_per_channel: vector(i32), embedding_dim_per_channel: vector(i32),
    }
    LSHProjectionOptions { type: i8 }
    Pool2DOptions {
        padding: i8, stride_w: i32, stride_h: i32, filter_width: i32, filter_height: i32,
        fused_activation_function: i8,
    }
    SVDFOptions { rank: i32, fused_activation_function: i8, asymmetric_quantize_inputs: bool }
    RNNOptions { fused_activation_function: i8, asymmetric_quantize_inputs: bool }
    FullyConnectedOptions {
        fused_activation_function: i8, weights_format: i8, keep_num_dims: bool,
        asymmetric_quantize_inputs: bool, quantized_bias_type: i8, quant_spec: vector(u8),
    }
    SoftmaxOptions { beta: f32 }
    ConcatenationOptions { axis: i32, fused_activation_function: i8 }
    AddOptions { fused_activation_function: i8, pot_scale_int16: bool = 1 }
    L2NormOptions { fused_activation_function: i8 }
    LocalResponseNormalizationOptions { radius: i32, bias: f32, alpha: f32, beta: f32 }
    LSTMOptions {
        fused_activation_function: i8, cell_clip: f32, proj_clip: f32, kernel_type: i8,
        asymmetric_quantize_inputs: bool,
    }
    ResizeBilinearOptions {
        new_height: deprecated(i32), new_width: deprecated(i32), align_corners: bool, half_pixel_centers: bool,
    }
    CallOptions { subgraph: u32 }
    ReshapeOptions { new_shape: vector(i32) }
    SkipGramOptions { ngram_size: i32, max_skip_size: i32, include_all_ngrams: bool }
    SpaceToDepthOptions { block_size: i32 }
    EmbeddingLookupSparseOptions { combiner: i8 }
    MulOptions { fused_activation_function: i8 }
    GatherOptions { axis: i32, batch_dims: i32 }
    ReducerOptions { keep_dims: bool }
    SubOptions { fused_activation_function: i8, pot_scale_int16: bool = 1 }
    DivOptions { fused_activation_function: i8 }
    SqueezeOptions { squeeze_dims: vector(i32) }
    SequenceRNNOptions { time_major: bool, fused_activation_function: i8, asymmetric_quantize_inputs: bool }
    StridedSliceOptions {
        begin_mask: i32, end_mask: i32, ellipsis_mask: i32, new_axis_mask: i32, shrink_axis_mask: i32,
        offset: bool,
    }
    SplitOptions { num_splits: i32 }
    CastOptions { in_data_type: i8, out_data_type: i8 }
    ArgMaxOptions { output_type: i8 }
    TransposeConvOptions {
        padding: i8, stride_w: i32, stride_h: i32, fused_activation_function: i8, quantized_bias_type: i8,
    }
    SparseToDenseOptions { validate_indices: bool }
    ShapeOptions { out_type: i8 }
    ArgMinOptions { output_type: i8 }
    FakeQuantOptions { min: f32, max: f32, num_bits: i32, narrow_range: bool }
    PackOptions { values_count: i32, axis: i32 }
    OneHotOptions { axis: i32 }
    UnpackOptions { num: i32, axis: i32 }
    BidirectionalSequenceLSTMOptions {
        fused_activation_function: i8, cell_clip: f32, proj_clip: f32, merge_outputs: bool,
        time_major: bool = 1, asymmetric_quantize_inputs: bool,
    }
    BidirectionalSequenceRNNOptions {
        time_major: bool, fused_activation_function: i8, merge_outputs: bool, asymmetric_quantize_inputs: bool,
    }
    UnidirectionalSequenceLSTMOptions {
        fused_activation_function: i8, cell_clip: f32, proj_clip: f32, time_major: bool,
        asymmetric_quantize_inputs: bool, diagonal_recurrent_tensors: bool,
    }
    ResizeNearestNeighborOptions { align_corners: bool, half_pixel_centers: bool }
    LeakyReluOptions { alpha: f32 }
    MirrorPadOptions { mode: i8 }
    SplitVOptions { num_splits: i32 }
    UniqueOptions { idx_out_type: i8 = 2 }
    ReverseSequenceOptions { seq_dim: i32, batch_dim: i32 }
    IfOptions { then_subgraph_index: i32, else_subgraph_index: i32 }
    WhileOptions { cond_subgraph_index: i32, body_subgraph_index: i32 }
    DepthToSpaceOptions { block_size: i32 }
    BatchMatMulOptions { adj_x: bool, adj_y: bool, asymmetric_quantize_inputs: bool }
    CumsumOptions { exclusive: bool, reverse: bool }
    CallOnceOptions { init_subgraph_index: i32 }
    Conv3DOptions {
        padding: i8, stride_d: i32, stride_w: i32, stride_h: i32, fused_activation_function: i8,
        dilation_d_factor: i32 = 1, dilation_w_factor: i32 = 1, dilation_h_factor: i32 = 1,
    }
    HashtableOptions { table_id: i32, key_dtype: i8, value_dtype: i8 }
    VarHandleOptions { container: string, shared_name: string }
    RandomOptions { seed: i64, seed2: i64 }
    BucketizeOptions { boundaries: vector(f32) }
    GeluOptions { approximate: bool }

    PadOptions {} BatchToSpaceNDOptions {} SpaceToBatchNDOptions {} TransposeOptions {} ExpOptions {}
    TopKV2Options {} LogSoftmaxOptions {} DequantizeOptions {} MaximumMinimumOptions {} LessOptions {}
    NegOptions {} PadV2Options {} GreaterOptions {} GreaterEqualOptions {} LessEqualOptions {} SelectOptions {}
    SliceOptions {} TileOptions {} ExpandDimsOptions {} EqualOptions {} NotEqualOptions {} PowOptions {}
    LogicalOrOptions {} LogicalAndOptions {} LogicalNotOptions {} FloorDivOptions {} SquareOptions {}
    ZerosLikeOptions {} FillOptions {} FloorModOptions {} RangeOptions {} SquaredDifferenceOptions {}
    AbsOptions {} ReverseV2Options {} AddNOptions {} GatherNdOptions {} CosOptions {} WhereOptions {}
    RankOptions {} MatrixDiagOptions {} QuantizeOptions {} MatrixSetDiagOptions {} HardSwishOptions {}
    NonMaxSuppressionV4Options {} NonMaxSuppressionV5Options {} ScatterNdOptions {} SelectV2Options {}
    DensifyOptions {} SegmentSumOptions {} BroadcastToOptions {} Rfft2dOptions {} HashtableFindOptions {}
    HashtableImportOptions {} HashtableSizeOptions {} ReadVariableOptions {} AssignVariableOptions {}
    DynamicUpdateSliceOptions {} UnsortedSegmentProdOptions {} UnsortedSegmentMaxOptions {}
    UnsortedSegmentMinOptions {} UnsortedSegmentSumOptions {} ATan2Options {} SignOptions {} BitcastOptions {}
    BitwiseXorOptions {} RightShiftOptions {}
}
