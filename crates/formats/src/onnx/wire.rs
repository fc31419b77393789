//! The wire format of protobuf: tag, length, value. Messages are split into fields without copying, and without
//! understanding them, so that every byte that nobody asks for can be written back as it stood.

use crate::error::{Error, Result};

/// A run of bytes that is known to split into fields. Nested messages are not looked into.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Message<'a>(&'a [u8]);

/// One field of a message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field<'a> {
    /// The number that the schema gives it.
    pub(crate) number: u32,
    /// What it holds.
    pub(crate) value: Value<'a>,
    /// Tag, length and value as they stand in the file.
    pub(crate) raw: &'a [u8],
}

/// The value of a field, by wire type. Groups, which no ONNX message has, are refused.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'a> {
    /// Integers, enums and booleans.
    Varint(u64),
    /// `double`, of which none is looked at.
    Fixed64,
    /// Strings, messages, and packed lists of numbers.
    Bytes(&'a [u8]),
    /// `float`.
    Fixed32(u32),
}

impl<'a> Message<'a> {
    /// Walks through `bytes` once; afterwards every walk succeeds.
    pub(crate) fn parse(bytes: &'a [u8], what: &str) -> Result<Self> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let before = bytes.len() - rest.len();
            take_field(&mut rest).ok_or_else(|| {
                Error::malformed(format_args!(
                    "{what} is damaged {before} bytes from its start (of {}): not a protobuf field; \
                     is the file complete, and is it an ONNX model?",
                    bytes.len()
                ))
            })?;
        }
        Ok(Self(bytes))
    }

    /// The bytes themselves.
    pub(crate) fn bytes(self) -> &'a [u8] {
        self.0
    }

    /// All fields, in the order of the file.
    pub(crate) fn fields(self) -> impl Iterator<Item = Field<'a>> + use<'a> {
        let mut rest = self.0;
        std::iter::from_fn(move || take_field(&mut rest))
    }

    /// The values of the length-delimited fields of this number.
    pub(crate) fn each(self, number: u32) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        self.fields()
            .filter(move |field| field.number == number)
            .filter_map(|field| match field.value {
                Value::Bytes(bytes) => Some(bytes),
                _ => None,
            })
    }

    /// The last length-delimited field of this number: where a scalar is given twice, the last one counts.
    pub(crate) fn last(self, number: u32) -> Option<&'a [u8]> {
        self.each(number).last()
    }

    /// The string in field `number`, empty where it is absent.
    pub(crate) fn text(self, number: u32, what: &str) -> Result<&'a str> {
        self.last(number).map_or(Ok(""), |bytes| utf8(bytes, what))
    }

    /// The integer in field `number`, as 64-bit two's complement.
    pub(crate) fn int(self, number: u32) -> Option<i64> {
        self.ints(number).last()
    }

    /// The integers of a repeated field, packed or not.
    pub(crate) fn ints(self, number: u32) -> impl Iterator<Item = i64> + use<'a> {
        self.fields()
            .filter(move |field| field.number == number)
            .flat_map(|field| {
                let (one, mut packed) = match field.value {
                    Value::Varint(value) => (Some(value), &[][..]),
                    Value::Bytes(bytes) => (None, bytes),
                    _ => (None, &[][..]),
                };
                one.into_iter()
                    .chain(std::iter::from_fn(move || take_varint(&mut packed)))
            })
            .map(|value| value as i64)
    }

    /// The 32-bit floats of a repeated field, packed or not.
    pub(crate) fn floats(self, number: u32) -> impl Iterator<Item = f32> + use<'a> {
        self.fields()
            .filter(move |field| field.number == number)
            .flat_map(|field| {
                let (one, packed) = match field.value {
                    Value::Fixed32(bits) => (Some(bits), &[][..]),
                    Value::Bytes(bytes) => (None, bytes),
                    _ => (None, &[][..]),
                };
                let words = packed.as_chunks::<4>().0.iter();
                one.into_iter()
                    .chain(words.map(|word| u32::from_le_bytes(*word)))
            })
            .map(f32::from_bits)
    }
}

/// `bytes` as text, or an error that says what it should have named.
pub(crate) fn utf8<'a>(bytes: &'a [u8], what: &str) -> Result<&'a str> {
    std::str::from_utf8(bytes).map_err(|_| {
        Error::malformed(format_args!(
            "{what} is not UTF-8: {:?}; the file is damaged",
            String::from_utf8_lossy(&bytes[..bytes.len().min(64)])
        ))
    })
}

/// Appends a length-delimited field.
pub(crate) fn put_bytes(out: &mut Vec<u8>, number: u32, bytes: &[u8]) {
    put_varint(out, u64::from(number) << 3 | 2);
    put_varint(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// Appends an integer field.
pub(crate) fn put_int(out: &mut Vec<u8>, number: u32, value: i64) {
    put_varint(out, u64::from(number) << 3);
    put_varint(out, value.cast_unsigned());
}

fn put_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Takes one field off the front; `None` where there is none, or none that is whole.
fn take_field<'a>(rest: &mut &'a [u8]) -> Option<Field<'a>> {
    let start = *rest;
    let tag = take_varint(rest)?;
    let number = u32::try_from(tag >> 3).ok().filter(|&n| n > 0)?;
    let value = match tag & 7 {
        0 => Value::Varint(take_varint(rest)?),
        1 => take(rest, 8).map(|_| Value::Fixed64)?,
        2 => {
            let length = usize::try_from(take_varint(rest)?).ok()?;
            Value::Bytes(take(rest, length)?)
        }
        5 => Value::Fixed32(u32::from_le_bytes(take(rest, 4)?.try_into().ok()?)),
        _ => return None,
    };
    Some(Field {
        number,
        value,
        raw: &start[..start.len() - rest.len()],
    })
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (head, tail) = rest.split_at_checked(length)?;
    *rest = tail;
    Some(head)
}

/// Seven bits a byte, lowest first, at most ten bytes; bits above the 64th are dropped, as other readers do.
fn take_varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0u64;
    for (i, &byte) in rest.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * i);
        if byte < 0x80 {
            *rest = &rest[i + 1..];
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Message, Value, put_bytes};

    #[test]
    fn fields_keep_their_bytes() {
        let bytes = [
            0x08, 0x96, 0x01, 0x12, 0x02, b'h', b'i', 0x1d, 0, 0, 0x80, 0x3f,
        ];
        let message = Message::parse(&bytes, "the test").unwrap();
        let raw: Vec<u8> = message.fields().flat_map(|f| f.raw.to_vec()).collect();
        assert_eq!(raw, bytes);
        assert_eq!(message.int(1), Some(150));
        assert_eq!(message.text(2, "the text").unwrap(), "hi");
        assert_eq!(message.floats(3).collect::<Vec<_>>(), [1.0]);
        assert!(matches!(
            message.fields().next().unwrap().value,
            Value::Varint(150)
        ));
    }

    #[test]
    fn packed_and_unpacked_lists_read_alike() {
        let unpacked = Message::parse(&[0x08, 3, 0x08, 4], "a list").unwrap();
        let packed = Message::parse(&[0x0a, 2, 3, 4], "a list").unwrap();
        assert!(unpacked.ints(1).eq(packed.ints(1)));
    }

    #[test]
    fn lengths_beyond_the_end_are_refused() {
        let claims_4_gib = [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f];
        let error = Message::parse(&claims_4_gib, "the model").unwrap_err();
        assert!(error.to_string().contains("the model is damaged 0 bytes"));
        assert!(Message::parse(&[0x80; 11], "the model").is_err());
    }

    #[test]
    fn long_lengths_are_written_as_they_are_read() {
        let mut out = Vec::new();
        put_bytes(&mut out, 5, &[7; 300]);
        let message = Message::parse(&out, "it").unwrap();
        assert_eq!(message.last(5), Some(&[7u8; 300][..]));
    }
}
