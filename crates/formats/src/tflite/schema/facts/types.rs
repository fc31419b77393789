//! The element types of tensors.

use lowtide_core::units::Bytes;

/// `NAME bits` in the order of the codes, which begin at 0; `-` where an element has no fixed size.
macro_rules! types {
    ($($name:ident $bits:tt)*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "the schema's names, only counted here")]
        enum Code { $($name),* }

        impl TensorType {
            $(
                #[doc = concat!("`", stringify!($name), "`.")]
                pub const $name: Self = Self(Code::$name as i8);
            )*

            /// The known types in the order of their codes: the name, and the bits of an element.
            pub const ALL: &[(&str, Option<u8>)] = &[$((stringify!($name), types!(@bits $bits))),*];
        }
    };
    (@bits -) => { None };
    (@bits $bits:literal) => { Some($bits) };
}

/// The element type of a tensor, by its code in the schema. Codes that are newer than the schema known here are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TensorType(pub i8);

types! {
    FLOAT32 32 FLOAT16 16 INT32 32 UINT8 8 INT64 64 STRING - BOOL 8 INT16 16 COMPLEX64 64 INT8 8 FLOAT64 64
    COMPLEX128 128 UINT64 64 RESOURCE - VARIANT - UINT32 32 UINT16 16 INT4 4 BFLOAT16 16 INT2 2 UINT4 4
    FLOAT8_E4M3FN 8 FLOAT8_E5M2 8
}

impl TensorType {
    /// The schema's name, if the type is known.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        Some(self.facts()?.0)
    }

    /// The bits of one element. Nothing for unknown types and those whose elements have no fixed size: strings,
    /// resources and variants.
    #[must_use]
    pub fn bits(self) -> Option<u8> {
        self.facts()?.1
    }

    /// The size of this many elements; those below 8 bits are packed, the last byte rounded up.
    #[must_use]
    pub fn size(self, elements: u64) -> Option<Bytes> {
        let bits = elements.checked_mul(u64::from(self.bits()?))?;
        Some(Bytes(bits.div_ceil(8)))
    }

    fn facts(self) -> Option<(&'static str, Option<u8>)> {
        Self::ALL.get(usize::try_from(self.0).ok()?).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::TensorType;
    use lowtide_core::units::Bytes;

    #[test]
    fn narrow_elements_are_packed() {
        assert_eq!(TensorType::INT4.size(3), Some(Bytes(2)));
        assert_eq!(TensorType::INT2.size(5), Some(Bytes(2)));
        assert_eq!(TensorType::INT8.0, 9);
        assert_eq!(TensorType::STRING.size(3), None);
        assert_eq!(TensorType(-1).name(), None);
    }
}
