//! A model as read: where it comes from, what it is, its graph.

use std::path::{Path, PathBuf};
use std::time::Duration;

use lowtide_core::graph::Graph;
use lowtide_core::limits::Stopwatch;
use lowtide_core::plan::{Order, Rewriting};
use lowtide_formats::onnx::{Body, Place};
use lowtide_formats::source::unknown_format;
use lowtide_formats::{Format, Source};

use crate::certificate::sha256;
use crate::error::of_format;
use crate::{Error, ErrorKind, Result, zoo};

/// The prefix of a name that is generated instead of read.
const ZOO: &str = "zoo:";

/// A model file, read and understood.
#[derive(Clone, Debug)]
pub struct Model {
    name: String,
    source: Source,
    reading: Duration,
    /// Sizes that were given for open dimensions.
    dims: Vec<(String, u64)>,
    /// Whether the graph is that of the file.
    is_converted: bool,
}

impl Model {
    /// Reads the file at the path `spec`, or generates the network `zoo:NAME`.
    ///
    /// # Errors
    /// The file cannot be read, is of no known format, is damaged, or uses what lowtide does not do; the network is
    /// unknown.
    pub fn open(spec: &str) -> Result<Self> {
        Self::open_with(spec, &[])
    }

    /// [`Model::open`] with sizes for dimensions that an ONNX model leaves open, by symbol (`batch`) or by tensor and axis
    /// (`images:0`).
    ///
    /// # Errors
    /// As [`Model::open`]; also dimensions of inputs that stay open, and sizes for dimensions that the model does not have.
    pub fn open_with(spec: &str, dims: &[(String, u64)]) -> Result<Self> {
        let watch = Stopwatch::start();
        let mut model = match spec.strip_prefix(ZOO) {
            Some(name) => Self::from_zoo(name, dims)?,
            None => Self::from_file(spec, dims)?,
        };
        model.reading = watch.elapsed();
        Ok(model)
    }

    /// Understands `bytes`, which messages call `name`.
    ///
    /// # Errors
    /// The bytes are damaged, or use what lowtide does not do.
    pub fn from_bytes(name: impl Into<String>, bytes: Vec<u8>, format: Format) -> Result<Self> {
        Self::understand(name.into(), bytes, format, &[])
    }

    fn understand(
        name: String,
        bytes: Vec<u8>,
        format: Format,
        dims: &[(String, u64)],
    ) -> Result<Self> {
        let watch = Stopwatch::start();
        let source = Source::parse(bytes, format, dims);
        let source = source.map_err(|error| of_format(&name, &error))?;
        Ok(Self {
            name,
            source,
            reading: watch.elapsed(),
            dims: dims.to_vec(),
            is_converted: false,
        })
    }

    fn from_file(path: &str, dims: &[(String, u64)]) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|error| unreadable(path, &error))?;
        let format = Format::detect(Path::new(path), &bytes)
            .ok_or_else(|| Error::new(ErrorKind::Unsupported, unknown_format(Path::new(path))))?;
        Self::understand(path.to_owned(), bytes, format, dims)
    }

    fn from_zoo(name: &str, dims: &[(String, u64)]) -> Result<Self> {
        let bytes = zoo::build(name)?;
        let format = Format::detect(Path::new(name), &bytes).unwrap_or(Format::Tflite);
        Self::understand(format!("{ZOO}{name}"), bytes, format, dims)
    }

    /// The path or `zoo:NAME` that it was opened with.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The file's format.
    #[must_use]
    pub fn format(&self) -> Format {
        self.source.format()
    }

    /// The network in the file, in the file's order.
    #[must_use]
    pub fn graph(&self) -> &Graph {
        self.source.graph()
    }

    /// The file as it was read.
    pub(crate) fn source(&self) -> &Source {
        &self.source
    }

    /// Graphs that are run as parts of an operator: the bodies of If, Loop and Scan, each behind those inside it.
    pub(crate) fn bodies(&self) -> &[Body] {
        self.source.bodies()
    }

    /// How many of [`Self::bodies`] are not understood, so that what they need inside is not counted.
    pub(crate) fn uncounted_bodies(&self) -> usize {
        let bodies = self.bodies().iter();
        bodies.filter(|body| body.graph.is_err()).count()
    }

    /// The same network with some bodies in another order.
    ///
    /// # Errors
    /// Where an order is none of its body.
    pub(crate) fn with_bodies(&self, orders: &[(&Place, &Order)]) -> Result<Self> {
        let source = self.source.with_bodies(orders);
        Ok(Self {
            source: source.map_err(|error| of_format(&self.name, &error))?,
            ..self.clone()
        })
    }

    /// The model, where it is for TFLM.
    pub(crate) fn tflite(&self) -> Option<&lowtide_formats::tflite::Model> {
        self.source.as_tflite()
    }

    /// The same network with every uint8 tensor as int8, where that loses nothing.
    ///
    /// # Errors
    /// Names the tensor where something would be lost.
    pub fn to_int8(&self) -> Result<Self> {
        let watch = Stopwatch::start();
        let source = self
            .source
            .to_int8()
            .map_err(|error| of_format(&self.name, &error))?;
        Ok(Self {
            name: self.name.clone(),
            source,
            reading: self.reading + watch.elapsed(),
            dims: self.dims.clone(),
            is_converted: true,
        })
    }

    /// The model in `bytes`, which were written for this one.
    ///
    /// # Errors
    /// lowtide cannot read what it wrote, which is a bug.
    pub(crate) fn again(&self, bytes: &[u8]) -> Result<Self> {
        let again = |dims| Self::understand(self.name.clone(), bytes.to_vec(), self.format(), dims);
        // A dimension may have been fixed on the way.
        again(&self.dims).or_else(|_| again(&[]))
    }

    /// SHA-256 of the file, read once more.
    ///
    /// # Errors
    /// The file cannot be read, or the model is not the one in the file.
    pub(crate) fn digest(&self) -> Result<String> {
        if self.is_converted {
            return Err(Error::new(
                ErrorKind::Usage,
                "a certificate speaks of a file, and the conversion made another model; name the new file with -o",
            ));
        }
        let bytes = match self.name.strip_prefix(ZOO) {
            Some(name) => zoo::build(name),
            None => std::fs::read(&self.name).map_err(|error| unreadable(&self.name, &error)),
        };
        Ok(sha256(&bytes?))
    }

    /// The file after `rewriting`, its operators in `order`.
    ///
    /// # Errors
    /// The format cannot hold the result.
    pub(crate) fn write(&self, rewriting: &Rewriting, order: &Order) -> Result<Vec<u8>> {
        self.source
            .write(rewriting, order)
            .map_err(|error| of_format(&self.name, &error))
    }

    /// Copies what the model keeps in files of its own (weights of large ONNX models) beside the file `path`, to be
    /// written from this one. Returns the files that were not there: until they are, the new model will not run.
    ///
    /// # Errors
    /// Where another file of that name is there already, or copying fails.
    pub fn carry(&self, path: &Path) -> Result<Vec<PathBuf>> {
        let folder = |path: &Path| match path.parent() {
            Some(folder) if folder != Path::new("") => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        self.source
            .carry(&folder(Path::new(&self.name)), &folder(path))
            .map_err(|error| of_format(&self.name, &error))
    }

    /// How long reading and converting took.
    pub(crate) fn reading(&self) -> Duration {
        self.reading
    }
}

/// Whether the file `path` with these `bytes` is a model, as against a certificate, which is JSON as well.
#[must_use]
pub fn is_model(path: &Path, bytes: &[u8]) -> bool {
    match Format::detect(path, bytes) {
        // A graph lists its operators.
        Some(Format::Json) => serde_json::from_slice::<serde_json::Value>(bytes)
            .is_ok_and(|value| value.get("ops").is_some()),
        other => other.is_some(),
    }
}

fn unreadable(path: &str, error: &std::io::Error) -> Error {
    let remedy = match error.kind() {
        std::io::ErrorKind::NotFound => "; check the path, or say zoo:NAME for a generated network",
        _ => "",
    };
    Error::new(
        ErrorKind::Io,
        format_args!("{path}: cannot be read: {error}{remedy}"),
    )
}
