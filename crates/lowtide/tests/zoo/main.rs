//! The generated networks: the same bytes every time, and the figures they are there for.

mod bytes;
mod swiftnet;

use lowtide::zoo;

#[test]
fn a_misspelt_name_is_answered_with_the_nearest() {
    let text = |name| zoo::build(name).unwrap_err().to_string();
    let near = text("swiftnt");
    assert!(near.contains("near it are swiftnet, "), "{near}");
    assert!(near.len() < 160, "{near}");
    let far = text("xyz");
    assert!(
        far.contains("no such network; `lowtide zoo` lists all"),
        "{far}"
    );
}
