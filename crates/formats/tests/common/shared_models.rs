//! The real models that tests run on, where they are at hand.

use std::path::{Path, PathBuf};

/// The TensorFlow Lite models in the shared folder, ascending by length; none where there is no such folder. It is
/// beside the repository unless `LOWTIDE_SHARED` names another.
pub(crate) fn tflite_models() -> Vec<(PathBuf, Vec<u8>)> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("LOWTIDE_SHARED").map_or(beside, PathBuf::from);
    let folder = shared.join("models/tflite");
    let Ok(entries) = std::fs::read_dir(&folder) else {
        note(&format!(
            "left out the models of {}: no such folder",
            folder.display()
        ));
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "tflite")
    });
    paths.sort();
    let mut models: Vec<_> = paths
        .into_iter()
        .filter_map(|path| Some((path.clone(), std::fs::read(path).ok()?)))
        .collect();
    models.sort_by_key(|(_, bytes)| bytes.len());
    models
}

#[allow(clippy::print_stderr, reason = "a test says what it leaves out")]
fn note(text: &str) {
    eprintln!("{text}");
}
