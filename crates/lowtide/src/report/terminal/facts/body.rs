//! A line for a body of If, Loop or Scan.

use crate::report::BodyPart;
use crate::report::terminal::page::tame;
use crate::report::terminal::words::bytes;

/// A body: what it needs, before and after.
pub(in crate::report::terminal) fn inside(body: &BodyPart) -> String {
    let name = tame(&body.name);
    match (body.before_bytes, body.after_bytes, &body.reason) {
        (Some(before), Some(after), _) => {
            let proof = body.proof.unwrap_or("not proved");
            if after < before {
                format!("{name}: {} -> {}, {proof}", bytes(before), bytes(after))
            } else {
                format!("{name}: {}, {proof}", bytes(before))
            }
        }
        (.., Some(reason)) => format!("{name}: not counted: {}", tame(reason)),
        _ => format!("{name}: not counted"),
    }
}
