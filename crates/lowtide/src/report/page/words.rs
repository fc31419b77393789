//! What is proved, in words for someone who has never heard of schedules.

use lowtide_core::units::Bytes;

use super::super::Reason;

/// What the proof (its name, and why the search ended without) means for a peak of `peak` and a bound of `bound` bytes.
pub(super) fn proof(
    (name, stopped_by): (Option<&str>, Option<&str>),
    peak: u64,
    bound: u64,
) -> String {
    match name {
        Some("optimal") => format!(
            "Proved: whatever the order in which these operators run, at some moment {:#} must be held at once. \
             This order needs exactly that, so none can be better.",
            Bytes(peak)
        ),
        Some(_) => format!(
            "Not settled: the search ended early ({}). This order needs {:#}; a better one may exist, but none \
             below {:#}.",
            stopped_by.unwrap_or("limit"),
            Bytes(peak),
            Bytes(bound)
        ),
        None => "Nothing is proved: a rule of thumb made this order. The exact search (`--order exact`) proves what \
                 it finds."
            .to_owned(),
    }
}

/// Why no order can do better, and what else could.
pub(super) fn limit(reason: &Reason) -> String {
    let help = match reason {
        Reason::Operator { .. } => {
            "What could help: running that operator in parts (tiling), letting its output take over the bytes of \
             its input (aliasing), or a layer with smaller tensors."
        }
        Reason::Around { .. } => {
            "What could help: a rewriting that splits the operator or shortens what waits beside it, or results \
             that share bytes (aliasing)."
        }
        Reason::EveryOrder { .. } => {
            "What could help: a rewriting of that part of the network, such as adding up partial convolutions \
             instead of joining tensors, or results that share bytes (aliasing)."
        }
        Reason::Open { .. } => "What could help: a longer search (--node-limit, --time-limit).",
    };
    let sentence = reason.sentence();
    let mut letters = sentence.chars();
    let first = letters.next().map(|c| c.to_uppercase().collect::<String>());
    format!("{}{}. {help}", first.unwrap_or_default(), letters.as_str())
}
