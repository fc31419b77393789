//! Sizes, times and shares as people type them.

use std::str::FromStr;
use std::time::Duration;

use lowtide::Bytes;

/// A share of the whole, from 0 to below 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Gap(pub(crate) f64);

/// Factors of 1000 (`k`, `KB`, `MB`, `GB`) and of 1024 (`KiB`, `MiB`, `GiB`), in any case.
const SIZES: &[(&str, u64)] = &[
    ("", 1),
    ("b", 1),
    ("k", 1000),
    ("kb", 1000),
    ("kib", 1 << 10),
    ("m", 1_000_000),
    ("mb", 1_000_000),
    ("mib", 1 << 20),
    ("g", 1_000_000_000),
    ("gb", 1_000_000_000),
    ("gib", 1 << 30),
];

/// Milliseconds.
const TIMES: &[(&str, u64)] = &[
    ("", 1000),
    ("ms", 1),
    ("s", 1000),
    ("m", 60_000),
    ("h", 3_600_000),
];

/// A size: `262144`, `256KiB`, `1.5 MB`. A part of a byte is dropped: a budget is not exceeded by rounding.
pub(crate) fn bytes(text: &str) -> Result<Bytes, String> {
    scaled(text, SIZES).map(Bytes).ok_or_else(|| {
        "write a size as 262144, 256KiB (1024 bytes each) or 256KB (1000)".to_owned()
    })
}

/// A time: `500ms`, `30s`, `2m`, `1h`; a plain number is seconds.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    scaled(text, TIMES)
        .map(Duration::from_millis)
        .ok_or_else(|| "write a time as 500ms, 30s, 2m or 1h".to_owned())
}

/// A dimension and its size: `batch=1`. Names may hold `=` themselves.
pub(crate) fn dim(text: &str) -> Result<(String, u64), String> {
    let pair = text.rsplit_once('=').and_then(|(name, size)| {
        let name = name.trim();
        let size = size.trim().parse().ok().filter(|&size| size > 0)?;
        (!name.is_empty()).then(|| (name.to_owned(), size))
    });
    pair.ok_or_else(|| "write a dimension and its size as batch=1".to_owned())
}

impl FromStr for Gap {
    type Err = String;

    /// `2%` or `0.02`. A plain number from 1 up could mean either, so that it means neither.
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let share = match text.strip_suffix('%') {
            Some(percent) => number(percent.trim()).map(|percent| percent / 100.0),
            None => number(text),
        };
        share
            .filter(|share| (0.0..1.0).contains(share))
            .map(Self)
            .ok_or_else(|| "write a share below the whole as 2% or 0.02".to_owned())
    }
}

/// A decimal number without sign or exponent.
fn number(text: &str) -> Option<f64> {
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.');
    plain.then(|| text.parse().ok()).flatten()
}

/// A decimal number times its unit, rounded down; `None` if it is no number, of no such unit, or too large.
fn scaled(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let text = text.trim();
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (digits, unit) = (&text[..end], text[end..].trim().to_ascii_lowercase());
    let &(_, factor) = units.iter().find(|(name, _)| *name == unit)?;
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() || part.len() > 9 {
        return None;
    }
    let whole = whole.parse::<u64>().ok()?.checked_mul(factor)?;
    let part = match part {
        "" => 0,
        part => part.parse::<u128>().ok()? * u128::from(factor) / 10u128.pow(part.len() as u32),
    };
    whole.checked_add(u64::try_from(part).ok()?)
}

#[cfg(test)]
mod tests {
    use super::{Gap, bytes, dim, duration};
    use lowtide::Bytes;
    use std::time::Duration;

    #[test]
    fn sizes() {
        let known = [
            ("0", 0),
            ("262144", 262_144),
            ("17b", 17),
            ("256k", 256_000),
            ("256KB", 256_000),
            ("256KiB", 262_144),
            (" 256 kib ", 262_144),
            ("1.5MiB", 1_572_864),
            ("0.1KiB", 102),
            ("2GiB", 2 << 30),
            ("1MB", 1_000_000),
        ];
        for (text, size) in known {
            assert_eq!(bytes(text), Ok(Bytes(size)), "{text}");
        }
    }

    #[test]
    fn what_is_no_size_is_refused_with_the_remedy() {
        let wrong = [
            "",
            "KiB",
            "-1",
            "1e3",
            "1.2.3",
            "12 apples",
            "99999999999GiB",
            ".5k",
            "∞",
        ];
        for text in wrong {
            let refusal = bytes(text).unwrap_err();
            assert!(refusal.contains("256KiB"), "{text}");
        }
    }

    #[test]
    fn times() {
        assert_eq!(duration("30s"), Ok(Duration::from_secs(30)));
        assert_eq!(duration("2"), Ok(Duration::from_secs(2)));
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(duration("1.5m"), Ok(Duration::from_secs(90)));
        assert!(duration("soon").is_err());
    }

    #[test]
    fn dims() {
        assert_eq!(dim("batch=1"), Ok(("batch".to_owned(), 1)));
        assert_eq!(dim(" images:0 = 16 "), Ok(("images:0".to_owned(), 16)));
        assert_eq!(dim("a=b=2"), Ok(("a=b".to_owned(), 2)));
        for text in [
            "", "batch", "batch=", "=1", "batch=0", "batch=-1", "batch=x",
        ] {
            assert!(dim(text).unwrap_err().contains("batch=1"), "{text}");
        }
    }

    #[test]
    fn shares() {
        assert_eq!("2%".parse(), Ok(Gap(0.02)));
        assert_eq!("0.25".parse(), Ok(Gap(0.25)));
        assert_eq!("0".parse(), Ok(Gap(0.0)));
        for text in ["2", "100%", "-1%", "nan", "", "%"] {
            assert!(text.parse::<Gap>().is_err(), "{text}");
        }
    }
}
