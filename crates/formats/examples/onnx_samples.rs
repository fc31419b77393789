//! Writes the small ONNX models that the tests damage, as seeds for fuzzing: `onnx_samples FOLDER`.

#[allow(dead_code, clippy::unwrap_used, reason = "the tests use the rest")]
#[path = "../tests/common/proto.rs"]
mod proto;
#[path = "../tests/common/samples.rs"]
mod samples;

use std::error::Error;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.ok_or("usage: onnx_samples FOLDER")?;
    for (name, bytes) in samples::samples() {
        std::fs::write(folder.join(format!("{name}.onnx")), bytes)?;
    }
    Ok(())
}
