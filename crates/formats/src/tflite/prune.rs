//! Drops what nothing refers to any more, and renumbers what stays.

use super::schema::{Model, Operator, Shared};

/// Drops operator codes without an operator: a TFLM build must register every one that the file lists.
pub(super) fn operator_codes(model: &mut Model) {
    let mut used = vec![false; model.operator_codes.len()];
    for operator in model
        .subgraphs
        .iter()
        .flat_map(|subgraph| &subgraph.operators)
    {
        mark(&mut used, operator.opcode_index());
    }
    let Some(number) = numbering(&used) else {
        return;
    };
    retain(model.operator_codes.edit(), &used);
    for subgraph in model.subgraphs.edit() {
        if subgraph.operators.is_present() {
            subgraph
                .operators
                .edit()
                .iter_mut()
                .for_each(|operator: &mut Shared<Operator>| {
                    let old = operator.opcode_index();
                    update(&number, old, |new| operator.set_opcode_index(new));
                });
        }
    }
}

/// Drops buffers that neither a tensor nor metadata names: dead weights. The first stays: it means 'no payload'.
pub(super) fn buffers(model: &mut Model) {
    let mut used = vec![false; model.buffers.len()];
    mark(&mut used, 0);
    for tensor in model
        .subgraphs
        .iter()
        .flat_map(|subgraph| &subgraph.tensors)
    {
        mark(&mut used, tensor.buffer());
    }
    for entry in &model.metadata {
        mark(&mut used, entry.buffer());
    }
    for &buffer in &model.metadata_buffer {
        u32::try_from(buffer)
            .into_iter()
            .for_each(|buffer| mark(&mut used, buffer));
    }
    let Some(number) = numbering(&used) else {
        return;
    };
    retain(model.buffers.edit(), &used);
    for subgraph in model.subgraphs.edit() {
        if subgraph.tensors.is_present() {
            for tensor in subgraph.tensors.edit() {
                let old = tensor.buffer();
                update(&number, old, |new| tensor.set_buffer(new));
            }
        }
    }
    if model.metadata.is_present() {
        for entry in model.metadata.edit() {
            let old = entry.buffer();
            update(&number, old, |new| entry.set_buffer(new));
        }
    }
    if model.metadata_buffer.is_present() {
        for buffer in model.metadata_buffer.edit() {
            let old = *buffer;
            u32::try_from(old)
                .into_iter()
                .for_each(|old| update(&number, old, |new| *buffer = new.cast_signed()));
        }
    }
}

fn mark(used: &mut [bool], index: u32) {
    if let Some(flag) = used.get_mut(index as usize) {
        *flag = true;
    }
}

/// The new number of each entry that stays; nothing if all stay.
fn numbering(used: &[bool]) -> Option<Vec<u32>> {
    let new = |below: &mut u32, &used: &bool| {
        let number = *below;
        *below += u32::from(used);
        Some(number)
    };
    used.contains(&false)
        .then(|| used.iter().scan(0, new).collect())
}

fn retain<T>(items: &mut Vec<T>, used: &[bool]) {
    let mut keep = used.iter().copied();
    items.retain(|_| keep.next().unwrap_or(true));
}

/// Calls `set` with the new number where it differs: an absent default stays absent.
fn update(number: &[u32], old: u32, set: impl FnOnce(u32)) {
    match number.get(old as usize) {
        Some(&new) if new != old => set(new),
        _ => {}
    }
}
