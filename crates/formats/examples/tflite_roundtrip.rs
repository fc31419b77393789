//! Reads a TensorFlow Lite file and writes the unchanged tree: `tflite_roundtrip IN OUT`.

use std::error::Error;

use lowtide_formats::tflite::schema::File;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(input), Some(output)) = (arguments.next(), arguments.next()) else {
        return Err("usage: tflite_roundtrip IN OUT".into());
    };
    let file = File::read(std::fs::read(input)?)?;
    std::fs::write(output, file.write()?)?;
    Ok(())
}
