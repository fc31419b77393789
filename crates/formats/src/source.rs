//! One door for all model formats.

use std::path::Path;

use lowtide_core::graph::Graph;
use lowtide_core::plan::{Order, Rewriting};

use crate::error::{Error, ErrorKind, Result};
use crate::{json, tflite};

/// The model formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// TensorFlow Lite.
    Tflite,
    /// A generic graph, without a model's weights.
    Json,
}

impl Format {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Tflite, Self::Json];

    /// The usual extension, which is its name too.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tflite => "tflite",
            Self::Json => "json",
        }
    }

    /// The format of a file, by what it begins with, else by its extension.
    #[must_use]
    pub fn detect(path: &Path, bytes: &[u8]) -> Option<Self> {
        if bytes.get(4..8) == Some(b"TFL3") {
            return Some(Self::Tflite);
        }
        if bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{') {
            return Some(Self::Json);
        }
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        // Old TFLite files go by `.lite`.
        let known = if extension == "lite" {
            "tflite"
        } else {
            extension.as_str()
        };
        Self::ALL
            .iter()
            .copied()
            .find(|format| format.name() == known)
    }
}

/// A model of any format, parsed.
#[derive(Clone, Debug)]
pub enum Source {
    /// TensorFlow Lite.
    Tflite(tflite::Model),
    /// A generic graph.
    Json(json::Model),
}

impl Source {
    /// Parses a file of a known format.
    ///
    /// # Errors
    /// Names the part of the file and the remedy.
    pub fn parse(bytes: Vec<u8>, format: Format) -> Result<Self> {
        match format {
            Format::Tflite => Ok(Self::Tflite(tflite::Model::parse(bytes)?)),
            Format::Json => Ok(Self::Json(json::Model::parse(&bytes)?)),
        }
    }

    /// Its format.
    #[must_use]
    pub fn format(&self) -> Format {
        match self {
            Self::Tflite(_) => Format::Tflite,
            Self::Json(_) => Format::Json,
        }
    }

    /// Its main graph.
    #[must_use]
    pub fn graph(&self) -> &Graph {
        match self {
            Self::Tflite(model) => model.graph(),
            Self::Json(model) => model.graph(),
        }
    }

    /// The same model in int8 instead of uint8, without loss.
    ///
    /// # Errors
    /// Names the tensor where that would not be lossless; formats without uint8 quantisation refuse.
    pub fn to_int8(&self) -> Result<Self> {
        match self {
            Self::Tflite(model) => Ok(Self::Tflite(model.to_int8()?)),
            Self::Json(_) => Err(Error::new(
                ErrorKind::Refused,
                "a JSON graph has no stored numbers to convert; leave int8 out",
            )),
        }
    }

    /// The bytes of the file that runs `rewriting`, made for [`Source::graph`], in `order`.
    ///
    /// # Errors
    /// If the format cannot hold the result.
    pub fn write(&self, rewriting: &Rewriting, order: &Order) -> Result<Vec<u8>> {
        match self {
            Self::Tflite(model) => model.write(rewriting, order),
            Self::Json(model) => model.write(rewriting, order),
        }
    }
}

/// The error for a file of which no format is known.
#[must_use]
pub fn unknown_format(path: &Path) -> Error {
    let known: Vec<&str> = Format::ALL.iter().map(|format| format.name()).collect();
    let text = format_args!(
        "{}: neither content nor extension tells the format; known are {}",
        path.display(),
        known.join(", ")
    );
    Error::new(ErrorKind::Unsupported, text)
}
