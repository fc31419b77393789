//! Bytes that mean harm: they end in an error, never in a panic, and never in memory that their length does not justify.

#![allow(clippy::unwrap_used, reason = "a test that can not go on should stop")]

#[allow(dead_code, reason = "the other tests use the rest")]
#[path = "../common/proto.rs"]
mod proto;
#[path = "../common/samples.rs"]
mod samples;

use std::alloc::System;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cap::Cap;
use lowtide_formats::onnx;
use proto::{Model, field, graph_attribute, info, int, ints, node, read, typed};
use samples::{sample, samples};

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// Allocations of all threads count together, so one test runs at a time.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An empty node takes a handful of bytes in the file, and some hundred as an operator.
const BYTES_PER_BYTE: usize = 400;

/// Runs the fuzz body and demands that it allocates no more than the length of the bytes justifies.
fn withstand(bytes: &[u8]) {
    let before = ALLOCATOR.total_allocated();
    onnx::fuzz::round_trip(bytes);
    let spent = ALLOCATOR.total_allocated() - before;
    // Reading, writing and reading again, bodies included, counted without what is given back between; half of this is enough today.
    let allowed = 2 * BYTES_PER_BYTE * bytes.len() + (1 << 16);
    assert!(
        spent <= allowed,
        "{spent} bytes for a file of {}",
        bytes.len()
    );
}

fn mutate(bytes: &[u8], rng: &mut fastrand::Rng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..=rng.usize(..2) {
        if bytes.is_empty() {
            break;
        }
        let at = rng.usize(..bytes.len());
        match rng.u8(..8) {
            0..=2 => bytes[at] ^= 1 << rng.u8(..8),
            3 => bytes[at] = rng.u8(..),
            4 => bytes[at] = 0xff,
            5 => bytes.truncate(at),
            6 => bytes.insert(at, rng.u8(..)),
            _ => {
                let end = (at + rng.usize(..16)).min(bytes.len());
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
        }
    }
    bytes
}

#[test]
fn thousands_of_mutations_end_in_errors_or_graphs() {
    let _alone = alone();
    let dims = [("batch".to_owned(), 1)];
    let mut rng = fastrand::Rng::with_seed(5);
    for (name, sample) in samples() {
        let readable = |bytes: &[u8]| read(bytes, &dims).or_else(|_| read(bytes, &[])).is_ok();
        assert!(readable(&sample) || name == "open", "{name}");
        let mut survivors = 0;
        for _ in 0..2_000 {
            let bytes = mutate(&sample, &mut rng);
            withstand(&bytes);
            survivors += usize::from(readable(&bytes));
        }
        // Mutations that nothing reads would test little.
        assert!(
            (100..1_900).contains(&survivors) || name == "open",
            "{name}: {survivors} of 2000 were read"
        );
    }
}

#[test]
fn every_prefix_ends_in_an_error() {
    let _alone = alone();
    let sample = sample();
    for length in 0..sample.len() {
        withstand(&sample[..length]);
    }
}

#[test]
fn deep_nesting_is_refused() {
    let _alone = alone();
    let mut body = Model::new().node("Relu", "x", "leaf").graph();
    for _ in 0..2_000 {
        let attribute = graph_attribute("then_branch", &body);
        body = Model::new()
            .raw_node(node("If", "c", "y", &[attribute]))
            .graph();
    }
    let model = [field(8, int(2, 17)), field(7, body)].concat();
    withstand(&model);
    let error = read(&model, &[]).unwrap_err().to_string();
    assert!(error.contains("nested more than"), "{error}");
}

#[test]
fn wide_bodies_cost_what_their_length_justifies() {
    let _alone = alone();
    let mut body = Model::new();
    for i in 0..500 {
        body = body.node("Relu", "x", &format!("n{i}"));
    }
    for _ in 0..20 {
        let attribute = graph_attribute("then_branch", body.graph());
        body = Model::new().raw_node(node("If", "c", "y", &[attribute]));
    }
    let model = body.input(info("x", "1")).input(typed("c", 9, "")).bytes();
    withstand(&model);
}

#[test]
fn gigantic_shapes_are_refused_without_being_made() {
    let _alone = alone();
    let huge = [i64::MAX, i64::MAX, 4];
    let models = [
        Model::new().input(info("x", "9000000000000000000 9000000000000000000")),
        Model::new().input(info("x", "1099511627777")),
        Model::new()
            .constant(ints("s", &huge))
            .input(info("x", "1"))
            .node("Expand", "x s", "y"),
        Model::new()
            .constant(ints("s", &huge))
            .node("ConstantOfShape", "s", "c")
            .input(info("x", "1"))
            .node("Add", "x c", "y"),
        Model::new()
            .input(info("x", "4294967296 4294967296"))
            .node("Flatten", "x", "y"),
        Model::new()
            .constant(ints("s", &[i64::MIN; 4]))
            .input(info("x", "1 1 1 1"))
            .node("Pad", "x s", "y"),
        Model::new()
            .constant(ints("s", &[i64::MIN]))
            .input(info("x", "8"))
            .node("Slice", "x s s s s", "y"),
    ];
    for model in models {
        let bytes = model.bytes();
        withstand(&bytes);
        let error = read(&bytes, &[]).unwrap_err().to_string();
        assert!(error.contains("'x'") || error.contains("'y'"), "{error}");
    }
}

#[test]
fn doubling_chains_stay_small() {
    let _alone = alone();
    let mut model = Model::new().input(info("x", "1")).constant(ints("s", &[1]));
    let axis = proto::int_attribute("axis", 0);
    let mut name = "s".to_owned();
    for i in 0..60 {
        let next = format!("s{i}");
        let twice = format!("{name} {name}");
        model = model.node_with("Concat", &twice, &next, std::slice::from_ref(&axis));
        name = next;
    }
    withstand(&model.node("Reshape", &format!("x {name}"), "y").bytes());
}

/// Refused with these words, at the cost that the length justifies.
fn refused(model: &Model, words: &[&str]) {
    let bytes = model.bytes();
    withstand(&bytes);
    let error = read(&bytes, &[]).unwrap_err().to_string();
    for word in words {
        assert!(error.contains(word), "{error}");
    }
}

#[test]
fn cyclic_graphs_are_refused_by_the_name_of_the_tensor() {
    let _alone = alone();
    let start = || Model::new().input(info("x", "1"));
    refused(&start().node("Add", "x y", "y"), &["'y'"]);
    let two = start().node("Add", "x b", "a").node("Relu", "a", "b");
    refused(&two, &["'b'"]);
    let mut ring = start();
    for i in 0..5_000 {
        ring = ring.node("Relu", &format!("n{i}"), &format!("n{}", (i + 1) % 5_000));
    }
    refused(&ring, &["'n0'"]);
    // In a body the whole is read, and the body is not counted.
    let body = Model::new().node("Add", "x t", "t").output(info("t", "1"));
    let branches = ["then_branch", "else_branch"].map(|name| graph_attribute(name, body.graph()));
    let model = start()
        .input(typed("c", 9, ""))
        .node_with("If", "c", "y", &branches)
        .output(info("y", "1"));
    withstand(&model.bytes());
    if let Ok(model) = onnx::Model::parse(model.bytes(), &[]) {
        let error = model.bodies()[0].graph.as_ref().unwrap_err();
        assert!(error.to_string().contains("'t'"), "{error}");
    }
}

#[test]
fn duplicate_names_are_refused_by_the_name() {
    let _alone = alone();
    let start = || Model::new().input(info("x", "1"));
    let twice = start().node("Relu", "x", "y").node("Neg", "x", "y");
    refused(&twice, &["'y'"]);
    refused(&start().node("Relu", "x", "x"), &["'x'"]);
    refused(&start().node("Split", "x", "y y"), &["'y'"]);
    let input_again = start().input(info("x", "2")).node("Relu", "x", "y");
    refused(&input_again, &["'x'"]);
    let constant_again = start()
        .constant(ints("w", &[1]))
        .constant(ints("w", &[2]))
        .node("Reshape", "x w", "y");
    refused(&constant_again, &["'w'"]);
    let written_constant = start().constant(ints("w", &[1])).node("Relu", "x", "w");
    refused(&written_constant, &["'w'"]);
}
