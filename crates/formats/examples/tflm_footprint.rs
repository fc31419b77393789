//! Predicts the arena of TFLM's interpreter as the Python package builds it, for the tests that measure it:
//! `tflm_footprint FILE` prints the footprint and the scratch buffers as JSON; a second number stands for the head.

use std::error::Error;

use lowtide_core::units::Bytes;
use lowtide_formats::tflite::schema::File;
use lowtide_formats::tflite::tflm::{Build, Footprint, Pointers, footprint, head, scratch};
use serde_json::{Value, json};

#[allow(clippy::print_stdout, reason = "this is what the example is for")]
fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let Some(path) = arguments.next() else {
        return Err("usage: tflm_footprint FILE [HEAD]".into());
    };
    let file = File::read(std::fs::read(path)?)?;
    let given = arguments.next();
    let given = given.map(|head| head.to_string_lossy().parse().map(Bytes));
    let given = given.transpose()?;
    let high = |pointers| given.map_or_else(|| head(&file, pointers), Ok);
    let (wide, narrow) = (high(Pointers::Bits64)?, high(Pointers::Bits32)?);
    let buffers = scratch(&file, Pointers::Bits64);
    let scratch: Vec<Value> = buffers
        .iter()
        .map(|buffer| json!([buffer.subgraph, buffer.operator, buffer.bytes.get()]))
        .collect();
    println!(
        "{}",
        json!({
            "python": report(&footprint(&file, wide, Build::PYTHON)),
            "bits64": report(&footprint(&file, wide, Pointers::Bits64)),
            "bits32": report(&footprint(&file, narrow, Pointers::Bits32)),
            "scratch": scratch,
        })
    );
    Ok(())
}

fn report(need: &Footprint) -> Value {
    let items = need.items.iter();
    let items: Vec<Value> = items
        .map(|item| json!({"what": item.what, "bytes": item.bytes.get(), "count": item.count}))
        .collect();
    json!({
        "head": need.head.get(),
        "tail": need.tail.get(),
        "planning": need.planning.get(),
        "total": need.total.get(),
        "items": items,
        "unknown": need.unknown,
    })
}
