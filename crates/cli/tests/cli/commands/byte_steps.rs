//! Fewer live byte-steps at the same peak.

use crate::support::Desk;

/// Peak, live byte-steps of the result, and of the order that the search found.
fn figures(line: &str) -> (u64, u64, u64) {
    let report = Desk::new().run(&format!("optimize --json {line}")).json();
    let figure = |key: &str| report["after"][key].as_u64().unwrap();
    (
        figure("peak_bytes"),
        figure("live_byte_steps"),
        figure("live_byte_steps_as_found"),
    )
}

#[test]
fn an_order_is_settled_unless_it_is_kept_as_found() {
    // For no runtime, where no arena decides.
    let model = "zoo:darts-cifar --target ideal";
    let (peak, kept, found) = figures(model);
    assert!(kept < found);
    assert_eq!(
        figures(&format!("{model} --as-found")),
        (peak, found, found)
    );
    assert_eq!(figures(model), (peak, kept, found), "the same every time");
}
