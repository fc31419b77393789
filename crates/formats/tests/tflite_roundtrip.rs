//! Real models, read and written again, are the same trees.

#[path = "common/shared_models.rs"]
mod shared_models;

use lowtide_formats::tflite::schema::File;

#[test]
fn real_models_survive_a_round_trip() {
    for (path, bytes) in shared_models::tflite_models() {
        let path = path.display();
        let length = bytes.len();
        let file = File::read(bytes).unwrap_or_else(|error| panic!("{path}: {error}"));
        let written = file.write().unwrap();
        assert!(
            written.len() < length + length / 16 + 256,
            "{path}: {length} became {}",
            written.len()
        );
        let again = File::read(written.clone())
            .unwrap_or_else(|error| panic!("{path}, rewritten: {error}"));
        assert!(again == file, "{path}: the tree has changed");
        assert!(
            again.write().unwrap() == written,
            "{path}: not a fixed point"
        );
    }
}
