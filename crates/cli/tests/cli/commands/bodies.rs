//! Bodies of If, Loop and Scan: what each command says of them.

use crate::support::Desk;

/// A field of a protobuf message with a value of less than 16384 bytes.
pub(crate) fn field(number: u8, value: impl AsRef<[u8]>) -> Vec<u8> {
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
    with_other([node("Fancy", "x", "e"), field(7, "com.example")].concat())
}

/// The same with another branch of which everything is known.
fn understood() -> Vec<u8> {
    with_other(node("Neg", "x", "e"))
}

fn with_other(other: Vec<u8>) -> Vec<u8> {
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
    let other = [field(1, other), field(12, field(1, "e"))].concat();
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
    let desk = Desk::new();
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

/// What one run says of the model of [`branching`]: JSON, the terminal, and a certificate that is accepted.
#[test]
fn what_is_open_inside_is_open_for_the_whole() {
    let desk = Desk::new();
    desk.put("if.onnx", &understood());
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
    let desk = Desk::new();
    desk.put("if.onnx", &branching());
    let json = desk.run("optimize if.onnx --time-limit 0s --json").json();
    for part in [&json["bodies"][0], &json["after"]] {
        assert_eq!(part["stopped_by"], "time-limit");
    }
}

/// `optimize` finds the order inside, `inspect` and `compare` know of it, and all say the same.
#[test]
fn all_commands_look_inside() {
    let desk = Desk::new();
    desk.put("if.onnx", &understood());
    let optimized = desk.run("optimize if.onnx --json").json();
    let inspected = desk.run("inspect if.onnx --json").json();
    let compared = desk.run("compare if.onnx --json").json();
    let last = compared["orders"].as_array().unwrap().last().unwrap();
    assert_eq!(optimized["after"]["peak_bytes"], 1 + 4 + 408);
    for found in [&optimized["after"], &inspected["best"], last] {
        assert_eq!(found["peak_bytes"], optimized["after"]["peak_bytes"]);
        assert_eq!(found["proof"], "optimal");
    }
    assert_eq!(last["bound_bytes"], optimized["after"]["bound_bytes"]);
    assert_eq!(inspected["bound_bytes"], optimized["after"]["bound_bytes"]);
    assert_eq!(inspected["bodies"], optimized["bodies"]);
    assert_eq!(inspected["order"], optimized["before"]);
    assert_eq!(inspected["best_live_bytes"][0], 1 + 4 + 408);
    for (order, found) in ["file", "kahn", "reverse-postorder", "greedy"]
        .iter()
        .zip(0..)
    {
        let json = desk
            .run(&format!("optimize if.onnx --order {order} --json"))
            .json();
        let compared = &compared["orders"][found];
        assert_eq!(
            compared["peak_bytes"], json["after"]["peak_bytes"],
            "{order}"
        );
    }
    assert_eq!(compared["orders"][0]["peak_bytes"], 1 + 4 + 804);
    for line in ["inspect if.onnx", "inspect if.onnx --report page.html"] {
        let run = desk.run(line);
        assert!(run.out.contains("no order needs less"), "{}", run.out);
        assert!(run.out.contains("then_branch of If"), "{}", run.out);
    }
    for verb in ["optimize", "inspect", "compare"] {
        assert_eq!(
            desk.run(&format!("{verb} if.onnx --report page.html")).code,
            0
        );
        let page = std::fs::read_to_string(desk.path("page.html")).unwrap();
        assert!(page.contains("Proved: in whatever order"), "{verb}");
    }
}

/// What is inside a body that is not understood is not counted, so that nothing is the best of all.
#[test]
fn what_is_not_counted_is_not_proved() {
    let desk = Desk::new();
    desk.put("if.onnx", &branching());
    let json = |line: &str| desk.run(&format!("{line} --json")).json();
    let name = "optimal-as-counted";
    let optimized = json("optimize if.onnx -o new.onnx --certificate proof.json");
    assert_eq!(optimized["after"]["proof"], name);
    assert_eq!(json("inspect if.onnx")["best"]["proof"], name);
    let last = &json("compare if.onnx")["orders"][5];
    assert_eq!(
        (&last["proof"], &last["uncounted_bodies"]),
        (&name.into(), &1.into())
    );
    assert_eq!(json("check new.onnx proof.json")["uncounted_bodies"], 1);
    for line in [
        "optimize if.onnx",
        "inspect if.onnx",
        "compare if.onnx",
        "check new.onnx proof.json",
    ] {
        let run = desk.run(line);
        let text = run.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains("not counted"), "{text}");
        assert!(!text.contains("optimal:"), "{text}");
    }
    for verb in ["optimize", "inspect", "compare"] {
        desk.run(&format!("{verb} if.onnx --report page.html"));
        let page = std::fs::read_to_string(desk.path("page.html")).unwrap();
        assert!(page.contains("Proved for what is counted"), "{verb}");
        assert!(!page.contains("Proved: in whatever"), "{verb}");
    }
    // A budget that what is counted keeps is not decided; one that it breaks is broken.
    for verb in ["optimize", "inspect"] {
        assert_eq!(desk.run(&format!("{verb} if.onnx --budget 1MiB")).code, 3);
        assert_eq!(desk.run(&format!("{verb} if.onnx --budget 100")).code, 1);
    }
}
