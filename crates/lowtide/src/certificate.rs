//! Certificates as files: JSON that names the model it speaks of. The form is described in `docs/certificates.md`.

use lowtide_core::ids::OpId;
use lowtide_core::plan::{Certificate, Evidence, Order};
use lowtide_core::units::Bytes;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{Error, ErrorKind, Result};

/// What `kind` says in a certificate.
pub(crate) const KIND: &str = "lowtide-certificate";
/// The version of the form.
pub(crate) const VERSION: u32 = 1;

/// A certificate as it is written down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateFile {
    /// `lowtide-certificate`.
    pub kind: String,
    /// The version of the form: 1.
    pub schema: u32,
    /// The file that it speaks of.
    pub model: Subject,
    /// The runtime whose memory is counted.
    pub target: String,
    /// Operators by their place in that file, in running order.
    pub order: Vec<OpId>,
    /// What the order needs.
    pub peak_bytes: Bytes,
    /// No order of the file's graph needs less.
    pub bound_bytes: Bytes,
    /// Why not.
    #[serde(flatten)]
    pub evidence: Evidence,
}

/// A model file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// SHA-256 of its bytes, as hexadecimal digits.
    pub sha256: String,
    /// How many operators it has.
    pub operators: u32,
}

impl CertificateFile {
    /// What `certificate` says for `target`, of a file.
    #[must_use]
    pub(crate) fn new(certificate: Certificate, target: &str, model: Subject) -> Self {
        Self {
            kind: KIND.to_owned(),
            schema: VERSION,
            model,
            target: target.to_owned(),
            order: certificate.order.ops().to_vec(),
            peak_bytes: certificate.peak,
            bound_bytes: certificate.bound,
            evidence: certificate.evidence,
        }
    }

    /// Reads what [`CertificateFile::to_json`] writes.
    ///
    /// # Errors
    /// The text is no certificate, or one of another version. Nothing of what it claims has been checked.
    pub fn from_json(text: &[u8]) -> Result<Self> {
        let malformed = |fault: &dyn std::fmt::Display| {
            let text = format_args!("not a certificate: {fault}; --certificate writes one");
            Error::new(ErrorKind::Malformed, text)
        };
        let file: Self = serde_json::from_slice(text).map_err(|fault| malformed(&fault))?;
        if file.kind != KIND {
            return Err(malformed(&format_args!("kind is not {KIND}")));
        }
        if file.schema != VERSION {
            let text = format_args!(
                "certificates of schema {} are not known, {VERSION} is; use the lowtide that wrote it",
                file.schema
            );
            return Err(Error::new(ErrorKind::Unsupported, text));
        }
        Ok(file)
    }

    /// As JSON text, with a line break at its end.
    ///
    /// # Errors
    /// Never in practice: all of it are strings, numbers and lists.
    pub fn to_json(&self) -> Result<String> {
        let text = serde_json::to_string(self);
        let mut text = text.map_err(|fault| Error::new(ErrorKind::Internal, fault))?;
        text.push('\n');
        Ok(text)
    }

    /// What it claims of the graph.
    pub(crate) fn claim(&self) -> Certificate {
        Certificate {
            order: Order::new(self.order.clone()),
            peak: self.peak_bytes,
            bound: self.bound_bytes,
            evidence: self.evidence.clone(),
        }
    }
}

/// SHA-256 as hexadecimal digits.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
