//! Models against models: what was optimised is found equal, what was damaged is found different, and the report says how.

use lowtide::report::CheckModelsReport;
use lowtide::{
    Alike, CheckModelsOptions, Format, Limits, Model, Numbers, OptimizeOptions, Rewrite, Target,
    check_models, optimize,
};

fn opened(name: &str) -> Model {
    Model::open(name).expect("a sound model")
}

fn optimised(model: &Model, rewrite: Rewrite) -> Model {
    let options = OptimizeOptions {
        rewrite,
        ..OptimizeOptions::default()
    };
    let bytes = optimize(model, &options).expect("a sound model").bytes;
    Model::from_bytes("optimised", bytes, model.format()).expect("a sound model")
}

fn report(first: &Model, second: &Model) -> CheckModelsReport {
    let options = CheckModelsOptions {
        inputs: 2,
        ..CheckModelsOptions::default()
    };
    CheckModelsReport::new(&check_models(first, second, &options).expect("a sound model"))
}

#[test]
fn a_model_is_itself() {
    for name in ["zoo:resnet8", "zoo:resnet8-f32"] {
        let model = opened(name);
        let report = report(&model, &model);
        assert_eq!(report.verdict, "same-operators", "{name}");
        assert_eq!((report.operators.moved, report.weights.gone), (0, 0));
        assert_eq!(report.numbers.equal, report.numbers.tensors);
        assert!(report.numbers.tensors >= 15);
    }
}

#[test]
fn another_order_has_the_same_operators() {
    let model = opened("zoo:swiftnet-cell-a");
    let report = report(&model, &optimised(&model, Rewrite::Off));
    assert_eq!(report.verdict, "same-operators");
    assert!(report.operators.moved > 0);
    assert_eq!(report.numbers.equal, report.numbers.tensors);
}

#[test]
fn partial_sums_of_floats_round_within_the_promise() {
    let model = opened("zoo:swiftnet-f32");
    let report = report(&model, &optimised(&model, Rewrite::Exact));
    assert_eq!(report.verdict, "same-numbers", "{:?}", report.fault);
    let taken: Vec<_> = report
        .operators
        .taken_away
        .iter()
        .map(|part| &part.operator)
        .collect();
    assert_eq!(taken, ["CONCATENATION", "CONV_2D", "SPLIT"]);
    assert!(report.weights.cut > 0 && report.weights.other.is_empty());
    assert_eq!((report.weights.dead, report.weights.twice_bytes), (0, 0));
    let worst = report.numbers.worst.unwrap();
    assert!(worst.largest > 0.0 && worst.largest < 1e-4, "{worst:?}");
    assert_eq!(worst.steps, None);
}

#[test]
fn partial_sums_of_integers_are_found_out() {
    let model = opened("zoo:swiftnet-cell-b");
    let made = optimised(&model, Rewrite::All);
    let strict = report(&model, &made);
    assert_eq!(strict.verdict, "different");
    let steps = strict.numbers.worst.unwrap().steps.unwrap();
    assert!(steps >= 1.0 && !strict.beyond.is_empty());
    let options = CheckModelsOptions {
        inputs: 2,
        steps: 255,
        ..CheckModelsOptions::default()
    };
    let lenient = check_models(&model, &made, &options).unwrap();
    assert_eq!(lenient.alike, Alike::SameNumbers);
}

#[test]
fn a_changed_weight_is_found() {
    let model = opened("zoo:resnet8");
    let mut bytes = optimize(&model, &OptimizeOptions::default()).unwrap().bytes;
    // Payloads stand in the file in long runs; one byte in the middle of the longest is a weight.
    let weight = bytes.len() / 2;
    bytes[weight] ^= 0x40;
    let Ok(damaged) = Model::from_bytes("damaged", bytes, Format::Tflite) else {
        panic!("the middle of the file is a payload");
    };
    let report = report(&model, &damaged);
    assert_eq!(report.verdict, "different");
    assert_eq!(report.weights.other.len(), 1);
}

#[test]
fn what_cannot_be_run_is_named_and_undecided() {
    let text = |label: &str| {
        format!(
            r#"{{"format": "dag-json-v1", "name": "x",
            "ops": [{{"name": "a", "type": "{label}", "inputs": ["x"], "outputs": ["y"]}}],
            "tensors": [{{"name": "x", "bytes": 64, "kind": "input"}}, {{"name": "y", "bytes": 64, "kind": "output"}}]}}"#
        )
    };
    let model =
        |label| Model::from_bytes("x.json", text(label).into_bytes(), Format::Json).unwrap();
    let options = CheckModelsOptions::default();
    let (relu, tanh) = (model("RELU"), model("TANH"));
    let other = check_models(&relu, &tanh, &options).unwrap();
    assert!(
        matches!(other.alike, Alike::Unknown(_)),
        "{:?}",
        other.alike
    );
    let same = check_models(&relu, &relu, &options).unwrap();
    assert_eq!(same.alike, Alike::SameOperators);
    assert!(matches!(same.numbers, Numbers::NotRun(_)));
}

#[test]
fn models_of_two_formats_are_not_compared() {
    let (tflite, json) = (
        opened("zoo:resnet8"),
        br#"{"format": "dag-json-v1", "name": "x", "ops": [], "tensors": []}"#,
    );
    let json = Model::from_bytes("x.json", json.to_vec(), Format::Json).unwrap();
    assert!(check_models(&tflite, &json, &CheckModelsOptions::default()).is_err());
}

/// Seeds decide all: two runs agree to the last bit.
#[test]
fn the_same_seed_gives_the_same_figures() {
    let model = opened("zoo:swiftnet-cell-b-f32");
    let options = OptimizeOptions {
        target: Target::IDEAL,
        limits: Limits::default(),
        ..OptimizeOptions::default()
    };
    let bytes = optimize(&model, &options).unwrap().bytes;
    let made = Model::from_bytes("made", bytes, model.format()).unwrap();
    let runs = [0, 0, 1].map(|seed| {
        let options = CheckModelsOptions {
            seed,
            inputs: 1,
            ..CheckModelsOptions::default()
        };
        check_models(&model, &made, &options).unwrap().numbers
    });
    assert_eq!(runs[0], runs[1]);
    assert_ne!(runs[0], runs[2]);
}

/// What `optimize` prints is what `check` finds on the same inputs.
#[test]
fn optimize_measures_what_it_took_apart() {
    let model = opened("zoo:swiftnet-f32");
    let optimized = optimize(&model, &OptimizeOptions::default()).unwrap();
    let made = Model::from_bytes("made", optimized.bytes.clone(), model.format()).unwrap();
    let options = CheckModelsOptions {
        inputs: OptimizeOptions::default().measure,
        tolerance: f64::INFINITY,
        ..CheckModelsOptions::default()
    };
    let checked = check_models(&model, &made, &options).unwrap();
    assert_eq!(optimized.numbers, Some(checked.numbers));
    let Some(Numbers::Compared { output, worst, .. }) = &optimized.numbers else {
        panic!("it was run");
    };
    for worst in [output, worst].into_iter().flatten() {
        assert!(worst.largest > 0.0 && worst.largest < 1e-3, "{worst:?}");
    }
}

#[test]
fn clean_up_alone_is_not_measured() {
    let options = OptimizeOptions {
        rewrite: Rewrite::Off,
        ..OptimizeOptions::default()
    };
    let model = opened("zoo:swiftnet");
    assert_eq!(optimize(&model, &options).unwrap().numbers, None);
}

/// A file grows by its new tables alone: weights are cut, not copied.
#[test]
fn the_file_grows_by_no_more_than_the_split_needs() {
    for (name, rewrite) in [
        ("zoo:swiftnet", Rewrite::All),
        ("zoo:swiftnet-f32", Rewrite::Exact),
        ("zoo:densenet-like", Rewrite::All),
    ] {
        let model = opened(name);
        let options = |rewrite| OptimizeOptions {
            rewrite,
            measure: 0,
            ..OptimizeOptions::default()
        };
        let plain = optimize(&model, &options(Rewrite::Off)).unwrap();
        let apart = optimize(&model, &options(rewrite)).unwrap();
        let checked = {
            let made = Model::from_bytes("made", apart.bytes.clone(), model.format()).unwrap();
            let options = CheckModelsOptions {
                inputs: 1,
                steps: 255,
                ..CheckModelsOptions::default()
            };
            let report = CheckModelsReport::new(&check_models(&model, &made, &options).unwrap());
            assert_eq!(report.weights.other, Vec::<String>::new(), "{name}");
            report
        };
        let weights = checked
            .weights
            .after_bytes
            .saturating_sub(checked.weights.before_bytes);
        let graphs = [&apart, &plain].map(|made| &made.compiled.rewriting.graph);
        let more = |of: fn(&lowtide::Graph) -> usize| (of(graphs[0]) - of(graphs[1])) as u64;
        let (tensors, operators) = (more(|g| g.tensors().len()), more(|g| g.ops().len()));
        // A tensor's table, name, shape, quantisation and buffer; an operator's table, options and lists.
        let room = weights + tensors * 400 + operators * 200;
        let grown = (apart.bytes.len() as u64).saturating_sub(plain.bytes.len() as u64);
        assert!(
            grown > 0 && grown <= room,
            "{name}: {grown} bytes, {room} explained"
        );
        assert!(
            weights < 1024,
            "{name}: {weights} bytes of weights come on top"
        );
    }
}
