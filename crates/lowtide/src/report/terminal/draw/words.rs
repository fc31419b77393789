//! Figures as words.

use lowtide_core::units::Bytes;

use crate::report::TensorPart;

/// A size: exact, with KiB (1024 bytes) beside.
#[must_use]
pub fn bytes(bytes: u64) -> String {
    format!("{:#}", Bytes(bytes))
}

/// A size in KiB alone, where the exact figure stands in the column beside.
pub(in crate::report::terminal) fn kib(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1024.0)
}

/// A time in the unit that suits it.
pub(in crate::report::terminal) fn time(seconds: f64) -> String {
    if seconds < 0.000_95 {
        format!("{:.0} us", seconds * 1e6)
    } else if seconds < 0.0995 {
        format!("{:.1} ms", seconds * 1e3)
    } else if seconds < 0.995 {
        format!("{:.0} ms", seconds * 1e3)
    } else {
        format!("{seconds:.1} s")
    }
}

/// `part` as a share of `whole`.
pub(in crate::report::terminal) fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "0.0 %".to_owned();
    }
    format!("{:.1} %", part as f64 * 100.0 / whole as f64)
}

/// What ended a search, by its name in the JSON output.
pub(in crate::report::terminal) fn ending(stopped_by: &str) -> &str {
    match stopped_by {
        "node-limit" => "the node limit",
        "memory-limit" => "the memory limit",
        "time-limit" => "the time limit",
        "gap" => "the gap asked for",
        "interrupted" => "Ctrl-C",
        other => other,
    }
}

/// A count with its noun: `1 state`, `2 states`.
pub(in crate::report::terminal) fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// Element type and shape, `i8 1x96x96x3`; an open axis is `?`.
pub(in crate::report::terminal) fn array(tensor: &TensorPart) -> String {
    let axis = |axis: &Option<u64>| axis.map_or_else(|| "?".to_owned(), |n| n.to_string());
    let shape = tensor
        .shape
        .as_deref()
        .map(|shape| shape.iter().map(axis).collect::<Vec<_>>().join("x"));
    let words = [tensor.dtype.map(str::to_owned), shape];
    words.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::{count, percent, time};

    #[test]
    fn times_take_the_unit_that_suits_them() {
        let times = [0.000_012, 0.001, 0.0123, 0.5, 2.0].map(time);
        assert_eq!(times, ["12 us", "1.0 ms", "12.3 ms", "500 ms", "2.0 s"]);
    }

    #[test]
    fn shares_of_nothing_are_nothing() {
        assert_eq!(percent(1, 0), "0.0 %");
        assert_eq!(percent(1, 8), "12.5 %");
    }

    #[test]
    fn one_is_singular() {
        assert_eq!(
            (count(1, "state"), count(0, "state")),
            ("1 state".into(), "0 states".into())
        );
    }
}
