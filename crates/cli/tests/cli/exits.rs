//! Exit codes and budgets.

use crate::support::{Desk, chain, fork};

#[test]
fn done_is_0() {
    let desk = Desk::with(&fork());
    for line in ["inspect", "optimize", "compare"] {
        let run = desk.run(&format!("{line} model.json"));
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{line}");
    }
    assert_eq!(desk.run("--version").code, 0);
    assert_eq!(desk.run("optimize --help").code, 0);
}

#[test]
fn over_the_budget_is_1_with_all_three_figures() {
    let run = Desk::with(&fork()).run("optimize model.json --budget 5000");
    assert_eq!(run.code, 1);
    let text = run.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("required 5112 bytes"), "{text}");
    assert!(text.contains("available 5000 bytes"), "{text}");
    assert!(text.contains("excess 112 bytes"), "{text}");
}

#[test]
fn inspect_judges_the_order_of_the_file() {
    let desk = Desk::with(&fork());
    assert_eq!(desk.run("inspect model.json --budget 9192").code, 0);
    assert_eq!(desk.run("inspect model.json --budget 9191").code, 1);
    assert_eq!(desk.run("optimize model.json --budget 5112").code, 0);
}

#[test]
fn usage_and_unreadable_input_are_2() {
    let desk = Desk::with(&fork());
    desk.put("cut.json", &fork().to_string().as_bytes()[..100]);
    desk.put("noise.bin", b"\x7fELF and so on");
    desk.put("empty", b"");
    let lines = [
        "",
        "inspect",
        "inspekt model.json",
        "inspect none.json",
        "inspect cut.json",
        "inspect noise.bin",
        "inspect empty",
        "inspect .",
        "inspect zoo:none",
        "inspect model.json --target toaster",
        "optimize model.json --order best",
        "optimize model.json --int8",
        "zoo none -o x.tflite",
        "zoo none",
    ];
    for line in lines {
        let run = desk.run(line);
        assert_eq!((run.code, run.out.as_str()), (2, ""), "{line}: {}", run.err);
        assert!(!run.err.is_empty(), "{line}");
    }
}

#[test]
fn undecided_is_3() {
    // The file's order needs 9192, no operator more than 5096: without a search nobody knows about 9000.
    let run = Desk::with(&fork()).run("optimize model.json --order file --budget 9000");
    assert_eq!(run.code, 3);
    assert!(run.out.contains("undecided"), "{}", run.out);
}

#[test]
fn what_one_operator_needs_decides_without_a_search() {
    let run = Desk::with(&chain()).run("optimize model.json --order file --budget 6000");
    assert_eq!(run.code, 1);
}

#[test]
fn errors_name_the_file_and_the_remedy() {
    let desk = Desk::new();
    desk.put("noise.bin", b"noise");
    let unknown = desk.run("inspect noise.bin").err;
    assert!(unknown.contains("noise.bin: "), "{unknown}");
    assert!(unknown.contains("tflite"), "{unknown}");
    let missing = desk.run("inspect none.tflite").err;
    assert!(missing.contains("none.tflite: cannot be read"), "{missing}");
    assert!(missing.contains("check the path"), "{missing}");
}
