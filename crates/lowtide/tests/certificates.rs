//! Certificates as files: what is written is accepted, what was changed to something false is not.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use std::collections::BTreeMap;
use std::path::Path;

use fastrand::Rng;
use lowtide::{
    CertificateFile, CheckOutcome, Model, OptimizeOptions, certify, check, optimize, save,
};
use serde_json::{Value, json};

/// A random layered graph.
fn graph(rng: &mut Rng) -> Value {
    let (mut ops, mut tensors) = (Vec::new(), Vec::new());
    tensors.push(json!({"name": "t0", "bytes": rng.u64(1..20), "kind": "input"}));
    let count = rng.usize(3..16);
    for i in 1..=count {
        let mut inputs: Vec<String> = Vec::new();
        for _ in 0..rng.usize(1..3) {
            let name = format!("t{}", rng.usize(i.saturating_sub(6)..i));
            if !inputs.contains(&name) {
                inputs.push(name);
            }
        }
        let kind = if i == count { "output" } else { "activation" };
        ops.push(
            json!({"name": "", "type": "CONV_2D", "inputs": inputs, "outputs": [format!("t{i}")]}),
        );
        tensors.push(json!({"name": format!("t{i}"), "bytes": rng.u64(1..20), "kind": kind}));
    }
    json!({"format": "dag-json-v1", "name": "random", "ops": ops, "tensors": tensors})
}

/// The model in the file `path`, and its certificate, both of the optimised graph.
fn certified(graph: &Value, path: &Path) -> (Model, Value) {
    save(path, graph.to_string().as_bytes()).unwrap();
    let model = Model::open(path.to_str().unwrap()).unwrap();
    let optimized = optimize(&model, &OptimizeOptions::default()).unwrap();
    let certificate = certify(&optimized, true).unwrap();
    save(path, &optimized.bytes).unwrap();
    let text = certificate.to_json().unwrap();
    let model = Model::open(path.to_str().unwrap()).unwrap();
    (model, serde_json::from_str(&text).unwrap())
}

/// Whether the certificate can be read and all of it holds.
fn holds(model: &Model, certificate: &Value) -> bool {
    let file = CertificateFile::from_json(certificate.to_string().as_bytes());
    file.is_ok_and(|file| check(model, file).unwrap().outcome == CheckOutcome::Certified)
}

fn add(value: &mut Value, more: u64) {
    *value = (value.as_u64().unwrap() + more).into();
}

/// Changes a certificate to a false one; says how, or nothing where it has no such part.
fn tamper(certificate: &mut Value, rng: &mut Rng) -> Option<String> {
    let more = rng.u64(1..100);
    let what = rng.usize(0..12);
    match what {
        0 => add(&mut certificate["bound_bytes"], more),
        1 => add(&mut certificate["peak_bytes"], more),
        2 => {
            add(&mut certificate["bound_bytes"], more);
            add(&mut certificate["peak_bytes"], more);
        }
        3 => drop(certificate["order"].as_array_mut()?.pop()?),
        4 => {
            let order = certificate["order"].as_array_mut()?;
            if order.len() < 2 {
                return None;
            }
            let at = rng.usize(0..order.len());
            order[at] = order[(at + 1) % order.len()].clone();
        }
        5 => {
            let at = rng.usize(0..64);
            let digest = certificate["model"]["sha256"].as_str()?;
            let digit = if digest.as_bytes()[at] == b'0' {
                "1"
            } else {
                "0"
            };
            let digest = format!("{}{digit}{}", &digest[..at], &digest[at + 1..]);
            certificate["model"]["sha256"] = digest.into();
        }
        6 => add(&mut certificate["model"]["operators"], more),
        7 => certificate["target"] = "paper".into(),
        8 => add(&mut certificate["schema"], more),
        9 => {
            let flow = certificate.pointer_mut("/evidence/below/tensors/0/2")?;
            add(flow, more);
        }
        10 => {
            let flow = certificate.pointer_mut("/evidence/above/tensors/0/2")?;
            add(flow, more);
        }
        _ => {
            // The first state has a way on, which now leads out.
            certificate.pointer("/evidence/states/0/run")?;
            certificate["evidence"]["states"] = json!([]);
        }
    }
    Some(format!("change {what}"))
}

#[test]
fn certificates_hold_and_a_thousand_tampered_ones_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.json");
    let (mut rng, mut tampered) = (Rng::with_seed(11), 0);
    let mut seen = BTreeMap::<String, u32>::new();
    while tampered < 1_000 {
        let (model, honest) = certified(&graph(&mut rng), &path);
        assert!(holds(&model, &honest), "{honest}");
        for _ in 0..10 {
            let mut false_one = honest.clone();
            let Some(what) = tamper(&mut false_one, &mut rng) else {
                continue;
            };
            assert!(!holds(&model, &false_one), "{what}: {false_one}");
            tampered += 1;
            *seen.entry(what).or_default() += 1;
            *seen
                .entry(honest["bound_evidence"].to_string())
                .or_default() += 1;
        }
    }
    assert_eq!(seen.len(), 12 + 3, "{seen:?}");
}
