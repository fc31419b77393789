//! ONNX models: sizes for what they leave open, and what ONNX Runtime has to be told.

use crate::support::{Desk, chain};

/// A field of a protobuf message with a value of less than 16384 bytes.
fn field(number: u8, value: impl AsRef<[u8]>) -> Vec<u8> {
    let value = value.as_ref();
    let length = value.len();
    let length = match length {
        ..128 => vec![length as u8],
        _ => vec![length as u8 | 0x80, (length >> 7) as u8],
    };
    [&[number << 3 | 2], length.as_slice(), value].concat()
}

fn node(op_type: &str, reads: &str, writes: &str) -> Vec<u8> {
    [field(1, reads), field(2, writes), field(4, op_type)].concat()
}

/// What a tensor is called, of which type, and how many elements it has.
fn info(name: &str, dtype: u8, elements: Option<u8>) -> Vec<u8> {
    let dims = elements.map_or_else(Vec::new, |n| field(1, [0x08, n]));
    let tensor = [vec![0x08, dtype], field(2, dims)].concat();
    [field(1, name), field(2, field(1, tensor))].concat()
}

/// An If one branch of which has two tensors of 400 bytes at once and needs one only; the other calls what nobody knows.
pub(crate) fn branching() -> Vec<u8> {
    let attribute = |name: &str, graph: &[u8]| field(5, [field(1, name), field(6, graph)].concat());
    let int = |name: &str, value: u8| field(5, [field(1, name), vec![0x18, value]].concat());
    let shape = [
        vec![0x08, 1, 0x10, 7],
        field(8, "wide"),
        field(9, 100u64.to_le_bytes()),
    ];
    let (wide, flat) = (field(1, "wide"), int("keepdims", 1));
    let nodes = [
        [node("Expand", "x", "a"), wide.clone()].concat(),
        [node("Expand", "x", "b"), wide].concat(),
        [node("ReduceMax", "a", "na"), flat.clone()].concat(),
        [node("ReduceMax", "b", "nb"), flat].concat(),
        [node("Add", "na", "t"), field(1, "nb")].concat(),
    ];
    let nodes: Vec<u8> = nodes.iter().flat_map(|node| field(1, node)).collect();
    let then = [nodes, field(12, info("t", 1, Some(1)))].concat();
    let unknown = [node("Fancy", "x", "e"), field(7, "com.example")].concat();
    let other = [field(1, unknown), field(12, field(1, "e"))].concat();
    let branch = [
        node("If", "c", "y"),
        attribute("then_branch", &then),
        attribute("else_branch", &other),
    ];
    let graph = [
        field(1, branch.concat()),
        field(5, shape.concat()),
        field(11, info("x", 1, Some(1))),
        field(11, info("c", 9, None)),
        field(12, info("y", 1, Some(1))),
    ];
    let opset = field(8, [0x10, 17]);
    [vec![0x08, 8], opset, field(7, graph.concat())].concat()
}

#[test]
fn bodies_are_ordered_first_and_told_one_by_one() {
    let desk = desk();
    desk.put("if.onnx", &branching());
    let json = desk.run("optimize if.onnx -o new.onnx --json").json();
    let (then, other) = (&json["bodies"][0], &json["bodies"][1]);
    assert_eq!(
        (&then["before_bytes"], &then["after_bytes"]),
        (&804.into(), &408.into())
    );
    assert_eq!(then["proof"], "optimal");
    assert!(other["before_bytes"].is_null());
    assert!(other["reason"].as_str().unwrap().contains("operator Fancy"));
    // The condition, what the branch captures, and the branch.
    assert_eq!(json["before"]["peak_bytes"], 1 + 4 + 804);
    assert_eq!(json["after"]["peak_bytes"], 1 + 4 + 408);
    let again = desk.run("inspect new.onnx --json").json();
    assert_eq!(again["order"]["peak_bytes"], 1 + 4 + 408);
    let run = desk.run("optimize if.onnx --certificate proof.json");
    assert_eq!(run.code, 2);
    assert!(
        run.err.contains("bodies were put in another order"),
        "{}",
        run.err
    );
    let run = desk.run("optimize if.onnx -o new.onnx --certificate proof.json");
    assert!(run.out.contains("then_branch of If"), "{}", run.out);
    assert_eq!(desk.run("check new.onnx proof.json").code, 0);
}

/// One Relu from `x` to `y`, `batch` times 100 numbers of four bytes.
fn relu() -> Vec<u8> {
    let node = [field(1, "x"), field(2, "y"), field(4, "Relu")].concat();
    let dims = [field(1, field(2, "batch")), field(1, [0x08, 100])].concat();
    let tensor = [vec![0x08, 1], field(2, dims)].concat();
    let input = [field(1, "x"), field(2, field(1, tensor))].concat();
    let parts = [
        field(1, node),
        field(2, "net"),
        field(11, input),
        field(12, field(1, "y")),
    ];
    let graph = field(7, parts.concat());
    [vec![0x08, 8], field(8, [0x10, 17]), graph].concat()
}

fn desk() -> Desk {
    let desk = Desk::new();
    desk.put("model.onnx", &relu());
    desk
}

#[test]
fn open_dimensions_are_named_with_the_remedy() {
    let run = desk().run("inspect model.onnx");
    assert_eq!(run.code, 2);
    assert!(run.err.contains("--dim batch=1"), "{}", run.err);
}

#[test]
fn open_dimensions_take_the_size_they_are_given() {
    let desk = desk();
    for (line, peak) in [
        ("inspect model.onnx --json --dim batch=1", 800),
        ("inspect model.onnx --json --dim batch=3", 2400),
    ] {
        assert_eq!(desk.run(line).json()["order"]["peak_bytes"], peak, "{line}");
    }
}

#[test]
fn sizes_for_what_is_not_there_are_refused() {
    let desk = desk();
    desk.put("model.json", chain().to_string().as_bytes());
    for line in [
        "inspect model.onnx --dim batch=1 --dim bath=1",
        "inspect model.json --dim batch=1",
        "inspect model.onnx --dim batch",
    ] {
        assert_eq!(desk.run(line).code, 2, "{line}");
    }
}

#[test]
fn who_writes_a_model_is_told_how_it_runs_in_its_order() {
    let desk = desk();
    let run = desk.run("optimize model.onnx --dim batch=1 -o new.onnx");
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains("PRIORITY_BASED") && run.out.contains("ORT_ENABLE_EXTENDED"));
    assert!(!run.out.contains("enable_mem_reuse"));
    assert!(run.out.contains("optimized_model_filepath"), "{}", run.out);
    let counted = desk.run("optimize model.onnx --dim batch=1 --target ort -o counted.onnx");
    assert!(counted.out.contains("enable_mem_reuse = False"));
    let same = [desk.path("model.onnx"), desk.path("new.onnx")].map(std::fs::read);
    let [before, after] = same.map(Result::unwrap);
    assert_eq!(before, after, "there is one order only");
    let unwritten = desk.run("optimize model.onnx --dim batch=1");
    assert!(!unwritten.out.contains("PRIORITY_BASED"));
}

/// What one run says of the model of [`branching`]: JSON, the terminal, and a certificate that is accepted.
#[test]
fn what_is_open_inside_is_open_for_the_whole() {
    let desk = desk();
    desk.put("if.onnx", &branching());
    let line = "optimize if.onnx -o new.onnx --certificate proof.json --node-limit 1";
    let json = desk.run(&format!("{line} --json")).json();
    let (body, after) = (&json["bodies"][0], &json["after"]);
    for part in [body, after] {
        assert_eq!(part["proof"], "bounded");
        assert_eq!(part["stopped_by"], "node-limit");
    }
    // The graph around it is one operator, so that without its body all would be proved: the body's gap is the gap of the whole.
    let gap = |peak: &str, part: &serde_json::Value| {
        part[peak].as_u64().unwrap() - part["bound_bytes"].as_u64().unwrap()
    };
    assert!(gap("after_bytes", body) > 0);
    assert_eq!(gap("peak_bytes", after), gap("after_bytes", body));
    assert!(after["bound_bytes"].as_u64().unwrap() <= 1 + 4 + 408);
    assert_eq!(json["reason"]["kind"], "open");
    let proof: serde_json::Value =
        serde_json::from_slice(&std::fs::read(desk.path("proof.json")).unwrap()).unwrap();
    assert_eq!(proof["bound_bytes"], after["bound_bytes"]);
    assert_eq!(desk.run("check new.onnx proof.json").code, 0);
    let run = desk.run(line);
    assert!(run.out.contains("bounded: no order"), "{}", run.out);
    assert!(!run.out.contains("optimal: no order"), "{}", run.out);
    // A budget between the two is not decided.
    let between = after["bound_bytes"].as_u64().unwrap();
    let run = desk.run(&format!(
        "optimize if.onnx --node-limit 1 --budget {between}"
    ));
    assert_eq!(run.code, 3, "{}", run.out);
    // Heuristics prove nothing inside either.
    let json = desk.run("optimize if.onnx --order greedy --json").json();
    let bound = json["after"]["bound_bytes"].as_u64().unwrap();
    assert!(bound <= 1 + 4 + 408 && json["after"]["proof"].is_null());
}

#[test]
fn one_time_limit_is_shared_by_bodies_and_graph() {
    let desk = desk();
    desk.put("if.onnx", &branching());
    let json = desk.run("optimize if.onnx --time-limit 0s --json").json();
    for part in [&json["bodies"][0], &json["after"]] {
        assert_eq!(part["stopped_by"], "time-limit");
    }
}
