//! Metadata entries that speak of operators or tensors by number, and so must follow when those move.

use lowtide_core::ids::OpId;

use super::plan::OfflinePlan;
use super::schema::{Blob, Buffer, Metadata, Model};
use crate::error::{Error, ErrorKind, Result};

/// TFLM's offline memory plan: offsets by tensor number.
const OFFLINE_PLAN: &str = "OfflineMemoryAllocation";
/// Pairs of operators, by subgraph, that must keep their order
/// (`tensorflow/lite/experimental/remat/metadata_util.h`).
const CONTROL_DEPENDENCIES: &str = "model_control_dependencies";
/// The version of that entry that is known here.
const CONTROL_VERSION: u64 = 1;

/// The operator pairs of the main subgraph that the converter has tied, first before second.
///
/// # Errors
/// If the entry is there but cannot be understood: dropping it could break the model.
pub(super) fn control_dependencies(model: &Model) -> Result<Vec<(OpId, OpId)>> {
    let Some(data) = find(model, CONTROL_DEPENDENCIES) else {
        return Ok(Vec::new());
    };
    let subgraphs = parse_control(data).ok_or_else(|| {
        let text = "metadata 'model_control_dependencies' cannot be understood; re-export the model without it";
        Error::new(ErrorKind::Unsupported, text)
    })?;
    let pairs = subgraphs.into_iter().next().unwrap_or_default();
    let id = |number: i64| u32::try_from(number).ok().map(OpId);
    // Negative numbers stand for the subgraph's own ends, which order nothing.
    Ok(pairs
        .into_iter()
        .filter_map(|(first, second)| Some((id(first)?, id(second)?)))
        .collect())
}

/// Rewrites the entry for a main subgraph whose operator `i` now stands at `position[i]`, or is gone.
pub(super) fn move_control_dependencies(model: &mut Model, position: &[Option<u32>]) {
    let Some(mut subgraphs) =
        find(model, CONTROL_DEPENDENCIES).and_then(|data| parse_control(data))
    else {
        return;
    };
    let moved = |number: i64| match usize::try_from(number) {
        Ok(old) => position.get(old).copied().flatten().map(i64::from),
        Err(_) => Some(number),
    };
    if let Some(pairs) = subgraphs.first_mut() {
        *pairs = pairs
            .iter()
            .filter_map(|&(a, b)| Some((moved(a)?, moved(b)?)))
            .collect();
    }
    let mut bytes = Vec::new();
    put_varint(&mut bytes, CONTROL_VERSION);
    put_varint(&mut bytes, subgraphs.len() as u64);
    for pairs in subgraphs {
        put_varint(&mut bytes, pairs.len() as u64);
        for number in pairs.into_iter().flat_map(|(a, b)| [a, b]) {
            put_varint(&mut bytes, zigzag(number));
        }
    }
    let buffer = add_buffer(model, bytes);
    for entry in model
        .metadata
        .edit()
        .iter_mut()
        .filter(|entry| is_named(entry.name.as_ref(), CONTROL_DEPENDENCIES))
    {
        entry.set_buffer(buffer);
    }
}

/// Drops every offline plan: it was made for another order or other tensors.
pub(super) fn drop_offline_plan(model: &mut Model) {
    if model
        .metadata
        .iter()
        .any(|entry| is_named(entry.name.as_ref(), OFFLINE_PLAN))
    {
        model
            .metadata
            .edit()
            .retain(|entry| !is_named(entry.name.as_ref(), OFFLINE_PLAN));
    }
}

/// Adds an offline plan, as its buffer holds it.
pub(super) fn add_offline_plan(model: &mut Model, bytes: Vec<u8>) {
    let mut entry = Metadata {
        name: Some(OFFLINE_PLAN.into()),
        ..Metadata::default()
    };
    entry.set_buffer(add_buffer(model, bytes));
    model.metadata.edit().push(entry.into());
}

/// The offline plan that TFLM would take: of several the last.
///
/// # Errors
/// If it cannot be understood.
pub(super) fn offline_plan(model: &Model) -> Result<Option<OfflinePlan>> {
    let mut entries = model.metadata.iter().rev();
    let Some(entry) = entries.find(|entry| is_named(entry.name.as_ref(), OFFLINE_PLAN)) else {
        return Ok(None);
    };
    let buffer = model.buffers.get(entry.buffer() as usize);
    let data = buffer.and_then(|buffer| buffer.data.as_deref());
    OfflinePlan::decode(data.unwrap_or_default()).map(Some)
}

/// Adds a buffer and returns its number. The first stays the one that means none.
fn add_buffer(model: &mut Model, bytes: Vec<u8>) -> u32 {
    let data = Some(Blob::from(bytes));
    let buffers = model.buffers.edit();
    if buffers.is_empty() {
        buffers.push(Buffer::default().into());
    }
    let rest = Buffer::default().rest;
    buffers.push(Buffer { data, rest }.into());
    buffers.len() as u32 - 1
}

fn is_named(name: Option<&Blob>, wanted: &str) -> bool {
    name.is_some_and(|name| **name == *wanted.as_bytes())
}

fn find<'m>(model: &'m Model, name: &str) -> Option<&'m Blob> {
    let entry = model
        .metadata
        .iter()
        .find(|entry| is_named(entry.name.as_ref(), name))?;
    model.buffers.get(entry.buffer() as usize)?.data.as_ref()
}

type Pairs = Vec<(i64, i64)>;

/// Version, then a counted list of counted lists of pairs; unsigned numbers are base-128 varints, signed ones zigzag.
fn parse_control(mut data: &[u8]) -> Option<Vec<Pairs>> {
    if varint(&mut data)? != CONTROL_VERSION {
        return None;
    }
    let mut subgraphs = Vec::new();
    for _ in 0..varint(&mut data)? {
        let mut pairs = Pairs::new();
        for _ in 0..varint(&mut data)? {
            pairs.push((unzigzag(varint(&mut data)?), unzigzag(varint(&mut data)?)));
        }
        subgraphs.push(pairs);
    }
    data.is_empty().then_some(subgraphs)
}

fn varint(data: &mut &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for shift in (0..35).step_by(7) {
        let (&byte, rest) = data.split_first()?;
        *data = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

fn unzigzag(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -((value & 1).cast_signed())
}
