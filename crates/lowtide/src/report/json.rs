//! Reports for programs. The keys are documented in `docs/json.md` and stable: [`super::SCHEMA`] says which version.

use serde::Serialize;

use super::SCHEMA;
use crate::Error;

/// `report` as JSON text, with a line break at its end.
///
/// # Panics
/// Never: reports hold nothing that JSON cannot.
#[must_use]
pub fn text(report: &impl Serialize) -> String {
    let mut text =
        serde_json::to_string_pretty(report).expect("reports hold strings, numbers and lists");
    text.push('\n');
    text
}

/// `error` as JSON text, with a line break at its end.
#[must_use]
pub fn error(error: &Error) -> String {
    text(&Failure {
        schema: SCHEMA,
        error: FailurePart {
            kind: error.kind().name(),
            message: error.to_string(),
        },
    })
}

#[derive(Serialize)]
struct Failure {
    schema: u32,
    error: FailurePart,
}

#[derive(Serialize)]
struct FailurePart {
    kind: &'static str,
    message: String,
}
