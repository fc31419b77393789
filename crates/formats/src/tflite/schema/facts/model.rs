//! The tables of the model itself; those of the operators' options are in the sibling files.
//!
//! `align` is the alignment the schema demands beyond that of the elements. One is our own: custom options are mostly
//! flexbuffers, which align their scalars to 8 bytes from their own start, so on a core that faults on unaligned loads
//! they must start at a multiple of 8.

use super::unions::{BuiltinOptions, BuiltinOptions2, QuantizationDetails, SparseIndexVector};

tables! {
    Model {
        version: u32, operator_codes: tables(OperatorCode), subgraphs: tables(SubGraph), description: string,
        buffers: tables(Buffer), metadata_buffer: vector(i32), metadata: tables(Metadata),
        signature_defs: tables(SignatureDef), external_buffer_groups: tables(ExternalBufferGroup),
        external_buffers: tables(ExternalBuffer),
    }
    SubGraph {
        tensors: tables(Tensor), inputs: vector(i32), outputs: vector(i32), operators: tables(Operator),
        name: string, debug_metadata_index: i32 = -1,
    }
    Operator {
        opcode_index: u32, inputs: vector(i32), outputs: vector(i32), builtin_options_type: u8,
        builtin_options: union(BuiltinOptions), custom_options: vector(u8, align 8), custom_options_format: i8,
        mutating_variable_inputs: vector(bool), intermediates: vector(i32), large_custom_options_offset: u64,
        large_custom_options_size: u64, builtin_options_2_type: u8, builtin_options_2: union(BuiltinOptions2),
        debug_metadata_index: i32 = -1,
    }
    OperatorCode { deprecated_builtin_code: i8, custom_code: string, version: i32 = 1, builtin_code: i32 }
    Tensor {
        shape: vector(i32), type: i8, buffer: u32, name: string, quantization: table(QuantizationParameters),
        is_variable: bool, sparsity: table(SparsityParameters), shape_signature: vector(i32), has_rank: bool,
        variant_tensors: tables(VariantSubType), external_buffer: u32,
    }
    VariantSubType { shape: vector(i32), type: i8, has_rank: bool }
    Buffer { data: vector(u8, align 16), offset: u64, size: u64 }
    Metadata { name: string, buffer: u32 }
    SignatureDef {
        inputs: tables(TensorMap), outputs: tables(TensorMap), signature_key: string, tag: deprecated(string),
        subgraph_index: u32,
    }
    TensorMap { name: string, tensor_index: u32 }
    ExternalBufferGroup { name: string }
    ExternalBuffer { id: u32, group: u32, offset: u64, length: u64, packing: string }
    QuantizationParameters {
        min: vector(f32), max: vector(f32), scale: vector(f32), zero_point: vector(i64), details_type: u8,
        details: union(QuantizationDetails), quantized_dimension: i32,
    }
    CustomQuantization { custom: vector(u8, align 16) }
    BlockwiseQuantization { scales: i32, zero_points: i32, block_size: i32, block_shape: vector(i32) }
    MultiAxisQuantization { scales: i32, zero_points: i32, block_size: i32, quantized_dimensions: vector(i32) }
    SparsityParameters {
        traversal_order: vector(i32), block_map: vector(i32), dim_metadata: tables(DimensionMetadata),
    }
    DimensionMetadata {
        format: i8, dense_size: i32, array_segments_type: u8, array_segments: union(SparseIndexVector),
        array_indices_type: u8, array_indices: union(SparseIndexVector),
    }
    Int32Vector { values: vector(i32) }
    Uint16Vector { values: vector(u16, align 4) }
    Uint8Vector { values: vector(u8, align 4) }
}
