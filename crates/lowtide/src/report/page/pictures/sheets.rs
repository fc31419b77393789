//! The page's tables as CSV.

use super::super::super::{OrderPart, RewritePart};
use super::super::SidePart;

pub(super) fn steps(side: &SidePart) -> String {
    let mut text = "step,operator_index,operator,live_bytes\n".to_owned();
    for (step, row) in side.steps.iter().enumerate() {
        let operator = quoted(&row.operator);
        text += &format!(
            "{step},{},{operator},{}\n",
            row.operator_index, row.live_bytes
        );
    }
    text
}

pub(super) fn tensors(side: &SidePart) -> String {
    let mut text = "tensor,bytes,array,first_step,last_step".to_owned();
    for plan in &side.arenas {
        text += if plan.is_the_runtimes {
            ",offset_runtime"
        } else {
            ",offset_lowtide"
        };
    }
    for (at, band) in side.tensors.iter().enumerate() {
        let (name, array) = (quoted(&band.name), quoted(&band.array));
        text += &format!(
            "\n{name},{},{array},{},{}",
            band.bytes,
            band.start,
            band.end.saturating_sub(1)
        );
        for plan in &side.arenas {
            text += &format!(",{}", plan.offsets[at]);
        }
    }
    text + "\n"
}

/// A field that spreadsheets take as text: one that begins like a formula gets a quote in front.
fn quoted(text: &str) -> String {
    let guard = if text.starts_with(['=', '+', '-', '@']) {
        "'"
    } else {
        ""
    };
    format!("\"{guard}{}\"", text.replace('"', "\"\""))
}

pub(super) fn rewrites(rules: &[RewritePart]) -> String {
    let mut text = "rule,exactness,operator_index,operator,won_bytes\n".to_owned();
    for rule in rules {
        for site in &rule.sites {
            let operator = quoted(&site.operator);
            text += &format!(
                "{},{},{},{operator},{}\n",
                rule.rule, rule.exactness, site.operator_index, site.won_bytes
            );
        }
    }
    text
}

pub(super) fn orders(orders: &[OrderPart]) -> String {
    let mut text = "order,peak_bytes,bound_bytes,proof,states,seconds\n".to_owned();
    for order in orders {
        text += &format!(
            "{},{},{},{},{},{:.6}\n",
            order.name,
            order.peak_bytes,
            order.bound_bytes,
            order.proof.unwrap_or_default(),
            order.states,
            order.seconds
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn names_stay_within_their_field() {
        assert_eq!(quoted("a\"b,c"), "\"a\"\"b,c\"");
        assert_eq!(quoted("=cmd()"), "\"'=cmd()\"");
    }
}
