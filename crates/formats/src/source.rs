//! One door for all model formats.

use std::path::{Path, PathBuf};

use lowtide_core::graph::Graph;
use lowtide_core::plan::{Order, Rewriting};
use lowtide_core::rewrite::Rule;
use lowtide_core::rewrite::rules::{
    ChannelWise, ConcatOfConcat, ConcatOfSplit, ElementwiseFirst, KernelWise, PadFirst,
    SliceOfConcat, SplitOfConcat,
};

use crate::error::{Error, ErrorKind, Result};
use crate::{json, onnx, tflite};

/// The model formats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// TensorFlow Lite.
    Tflite,
    /// Open Neural Network Exchange.
    Onnx,
    /// A generic graph, without a model's weights.
    Json,
}

impl Format {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Tflite, Self::Onnx, Self::Json];

    /// The usual extension, which is its name too.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tflite => "tflite",
            Self::Onnx => "onnx",
            Self::Json => "json",
        }
    }

    /// The rules that take concatenations apart, with the format's own operators.
    #[must_use]
    pub fn taking_apart(self) -> &'static [&'static dyn Rule] {
        match self {
            Self::Tflite => &[
                &ConcatOfSplit,
                // TFLM's kernel takes ten inputs (`kMaxInputNum` in `micro/kernels/concatenation.cc`).
                &ConcatOfConcat { most: 10 },
                &SplitOfConcat,
                &SliceOfConcat,
                &KernelWise,
                &ElementwiseFirst,
                &PadFirst,
                &ChannelWise {
                    sum: "ADD",
                    biased: &["CONV_2D"],
                },
            ],
            Self::Onnx => &[
                &ConcatOfSplit,
                // Networks that join the same values again and again would grow beyond bounds.
                &ConcatOfConcat { most: 64 },
                &SplitOfConcat,
                &SliceOfConcat,
                &KernelWise,
                &ElementwiseFirst,
                &PadFirst,
                &ChannelWise {
                    sum: "Add",
                    biased: &[],
                },
            ],
            Self::Json => &[],
        }
    }

    /// What an elementwise addition of two is called, as far as sums of many may be taken in another order.
    #[must_use]
    pub const fn addition(self) -> Option<&'static str> {
        match self {
            Self::Tflite => Some("ADD"),
            Self::Onnx => Some("Add"),
            Self::Json => None,
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
    /// Open Neural Network Exchange.
    Onnx(onnx::Model),
    /// A generic graph.
    Json(json::Model),
}

impl Source {
    /// Parses a file of a known format. `dims` gives sizes to dimensions that an ONNX model leaves open, by symbol (`batch`)
    /// or by tensor and axis (`images:0`).
    ///
    /// # Errors
    /// Names the part of the file and the remedy. Formats without symbolic dimensions refuse sizes for them.
    pub fn parse(bytes: Vec<u8>, format: Format, dims: &[(String, u64)]) -> Result<Self> {
        if let (Some((dim, _)), Format::Tflite | Format::Json) = (dims.first(), format) {
            return Err(Error::refused(format_args!(
                "{} models have no symbolic dimensions; leave the size of '{dim}' out",
                format.name()
            )));
        }
        match format {
            Format::Tflite => Ok(Self::Tflite(tflite::Model::parse(bytes)?)),
            Format::Onnx => Ok(Self::Onnx(onnx::Model::parse(bytes, dims)?)),
            Format::Json => Ok(Self::Json(json::Model::parse(&bytes)?)),
        }
    }

    /// Its format.
    #[must_use]
    pub fn format(&self) -> Format {
        match self {
            Self::Tflite(_) => Format::Tflite,
            Self::Onnx(_) => Format::Onnx,
            Self::Json(_) => Format::Json,
        }
    }

    /// The model, if it is one that TFLM runs.
    #[must_use]
    pub fn as_tflite(&self) -> Option<&tflite::Model> {
        match self {
            Self::Tflite(model) => Some(model),
            Self::Onnx(_) | Self::Json(_) => None,
        }
    }

    /// Its main graph.
    #[must_use]
    pub fn graph(&self) -> &Graph {
        match self {
            Self::Tflite(model) => model.graph(),
            Self::Onnx(model) => model.graph(),
            Self::Json(model) => model.graph(),
        }
    }

    /// Graphs inside its graph that are run as parts of an operator: the bodies of If, Loop and Scan in ONNX, each behind those
    /// inside it. The other formats have none that is understood.
    #[must_use]
    pub fn bodies(&self) -> &[onnx::Body] {
        match self {
            Self::Onnx(model) => model.bodies(),
            Self::Tflite(_) | Self::Json(_) => &[],
        }
    }

    /// The same model with the operators of some bodies in another order.
    ///
    /// # Errors
    /// Where an order is none of its body, or there is no such body.
    pub fn with_bodies(&self, orders: &[(&onnx::Place, &Order)]) -> Result<Self> {
        match self {
            Self::Onnx(model) => Ok(Self::Onnx(model.with_bodies(orders)?)),
            other if orders.is_empty() => Ok(other.clone()),
            other => Err(Error::refused(format_args!(
                "{} models have no bodies to be ordered",
                other.format().name()
            ))),
        }
    }

    /// The same model in int8 instead of uint8, without loss.
    ///
    /// # Errors
    /// Names the tensor where that would not be lossless; formats without uint8 quantisation refuse.
    pub fn to_int8(&self) -> Result<Self> {
        match self {
            Self::Tflite(model) => Ok(Self::Tflite(model.to_int8()?)),
            Self::Onnx(_) => Err(Error::refused(
                "int8 conversion is for TFLite files; leave int8 out",
            )),
            Self::Json(_) => Err(Error::new(
                ErrorKind::Refused,
                "a JSON graph has no stored numbers to convert; leave int8 out",
            )),
        }
    }

    /// Copies what the model keeps in other files from the folder `from`, where it is, to the folder `to`, where it will be
    /// written. Returns the files that were not there.
    ///
    /// # Errors
    /// Where a file leads out of the folder, stands there already with other content, or cannot be copied.
    pub fn carry(&self, from: &Path, to: &Path) -> Result<Vec<PathBuf>> {
        match self {
            Self::Onnx(model) => onnx::external::carry(model.bytes(), from, to),
            Self::Tflite(_) | Self::Json(_) => Ok(Vec::new()),
        }
    }

    /// The bytes of the file that runs `rewriting`, made for [`Source::graph`], in `order`.
    ///
    /// # Errors
    /// If the format cannot hold the result.
    pub fn write(&self, rewriting: &Rewriting, order: &Order) -> Result<Vec<u8>> {
        match self {
            Self::Tflite(model) => model.write(rewriting, order),
            Self::Onnx(model) => model.write(rewriting, order),
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
