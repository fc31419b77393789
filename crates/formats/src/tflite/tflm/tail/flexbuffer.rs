//! The options of custom operators: a schemaless map (FlexBuffers), of which only integers are read.
//!
//! A map is read from its end: the last byte is the width of the root, the byte before it the root's type. Offsets point
//! backwards. The word before a vector is its length; the two words before that of a map are the offset of its keys, a
//! vector too, and their width.

/// The integer under a key of the root map; nothing if it is not there, is no integer, or the bytes are damaged.
pub(in crate::tflite::tflm) fn integer(bytes: &[u8], key: &str) -> Option<i64> {
    const MAP: u8 = 9;
    let [.., root_type, root_width] = bytes else {
        return None;
    };
    let root = bytes.len().checked_sub(2 + usize::from(*root_width))?;
    if root_type >> 2 != MAP {
        return None;
    }
    let width = 1 << (root_type & 3);
    let values = backwards(bytes, root, usize::from(*root_width))?;
    let keys = backwards(bytes, values.checked_sub(3 * width)?, width)?;
    let key_width = word(bytes, values.checked_sub(2 * width)?, width)?;
    let length = word(bytes, values.checked_sub(width)?, width)?;
    // Types stand behind the values, a byte each.
    let types = values.checked_add(length.checked_mul(width)?)?;
    let place = (0..length).find(|place| {
        let at = place
            .checked_mul(key_width)
            .and_then(|skip| keys.checked_add(skip));
        at.and_then(|at| backwards(bytes, at, key_width))
            .is_some_and(|at| is_text(bytes, at, key))
    })?;
    let kind = *bytes.get(types.checked_add(place)?)?;
    number(bytes, values + place * width, width, kind)
}

/// A signed or unsigned integer that stands in its place.
fn number(bytes: &[u8], at: usize, width: usize, kind: u8) -> Option<i64> {
    const SIGNED: u8 = 1;
    const UNSIGNED: u8 = 2;
    let bits = word(bytes, at, width)? as u64;
    match kind >> 2 {
        UNSIGNED => i64::try_from(bits).ok(),
        SIGNED => {
            let unused = 64 - 8 * width as u32;
            Some((bits << unused).cast_signed() >> unused)
        }
        _ => None,
    }
}

/// What the offset at `at` points to.
fn backwards(bytes: &[u8], at: usize, width: usize) -> Option<usize> {
    at.checked_sub(word(bytes, at, width)?)
}

/// A little-endian number of 1, 2, 4 or 8 bytes.
fn word(bytes: &[u8], at: usize, width: usize) -> Option<usize> {
    if !matches!(width, 1 | 2 | 4 | 8) {
        return None;
    }
    let digits = bytes.get(at..at.checked_add(width)?)?;
    let value = digits
        .iter()
        .rev()
        .fold(0u64, |value, &digit| value << 8 | u64::from(digit));
    usize::try_from(value).ok()
}

/// Whether this text, with its final zero, stands at `at`.
fn is_text(bytes: &[u8], at: usize, text: &str) -> bool {
    let rest = bytes
        .get(at..)
        .and_then(|rest| rest.strip_prefix(text.as_bytes()));
    rest.is_some_and(|rest| rest.first() == Some(&0))
}

#[cfg(test)]
mod tests {
    use super::integer;

    /// `{"a": 7, "bc": -2}` with a byte for each word.
    const MAP: &[u8] = &[
        b'a', 0, b'b', b'c', 0, // the keys' texts
        2, 6, 5, // the keys: two, backwards to each text
        2, 1, 2, // the keys are two back, a byte each; two values
        7, 0xfe, 4, 4, // the values, and their types
        4, 0x24, 1, // the root
    ];

    #[test]
    fn integers_are_found_by_their_keys() {
        assert_eq!(integer(MAP, "a"), Some(7));
        assert_eq!(integer(MAP, "bc"), Some(-2));
        assert_eq!(integer(MAP, "b"), None);
    }

    #[test]
    fn damaged_bytes_give_nothing_or_a_number() {
        for length in 0..MAP.len() {
            integer(&MAP[..length], "a");
        }
        for place in 0..MAP.len() {
            for value in [0, 1, 8, 0x7f, 0xff] {
                let mut bytes = MAP.to_vec();
                bytes[place] = value;
                integer(&bytes, "bc");
            }
        }
    }
}
