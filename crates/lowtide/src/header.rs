//! A C header for the application: the arena to declare, the offsets of the plan, and the model itself where that is wanted.

use std::fmt::Write;
use std::path::Path;

use lowtide_core::graph::Graph;
use lowtide_core::ids::TensorId;
use lowtide_formats::tflite::tflm::{Declared, Placed};

use crate::{Error, ErrorKind, Optimized, Result};

/// Bytes of the model in a line.
const BYTES_A_LINE: usize = 20;

/// The header for `optimized`, in C99 that is C++ too. All its names begin with `name`, brought into a form that C takes;
/// `with_model` puts the bytes of the new model in as an array.
///
/// # Errors
/// `Usage` for other models and targets than those of TFLM, whose arena is not known.
pub fn header(optimized: &Optimized<'_>, name: &str, with_model: bool) -> Result<String> {
    let Some(declared) = &optimized.declared else {
        return Err(Error::new(
            ErrorKind::Usage,
            "a header says what to declare in TFLM; it is for .tflite models and the target tflm",
        ));
    };
    let declared = &declared.after;
    let (lower, upper) = names(name);
    let mut text = preamble(optimized, declared, &upper);
    text += &sizes(declared, &upper);
    text += &offsets(optimized, declared, &lower, &upper)?;
    if with_model {
        text += &model(&optimized.bytes, &lower, &upper);
    }
    text += &format!("\n#endif /* {upper}_H_ */\n");
    Ok(text)
}

/// `name` as C may call a variable and a macro: letters, digits and underscores, with a letter in front.
fn names(name: &str) -> (String, String) {
    let letter = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let word: String = name.chars().map(letter).collect();
    let lower = match word.chars().next() {
        Some(first) if first.is_ascii_alphabetic() => word.to_ascii_lowercase(),
        _ => format!("model_{}", word.to_ascii_lowercase()),
    };
    let upper = lower.to_ascii_uppercase();
    (lower, upper)
}

/// `text` as a comment may hold it: names come from files of strangers.
fn comment(text: &str) -> String {
    let tame = |c: char| match c {
        '*' | '\\' | '?' => '_',
        c if c.is_ascii_graphic() || c == ' ' => c,
        _ => '_',
    };
    text.chars().map(tame).collect()
}

/// The last part of a path: what stands before it is the user's own.
fn base(path: &str) -> String {
    let base = Path::new(path).file_name();
    base.map_or_else(|| path.into(), |base| base.to_string_lossy().into_owned())
}

fn preamble(optimized: &Optimized<'_>, declared: &Declared, upper: &str) -> String {
    let (name, version) = (
        comment(&base(optimized.model.name())),
        env!("CARGO_PKG_VERSION"),
    );
    let mut text = format!("/* {name} for TensorFlow Lite Micro, by lowtide {version}.\n *\n");
    let arena =
        format!("{upper}_ARENA_ALIGNMENT)))\n *   static uint8_t arena[{upper}_ARENA_BYTES];");
    let _ = writeln!(text, " *   __attribute__((aligned({arena}\n *");
    let _ = writeln!(
        text,
        " * Counted for TFLM's reference kernels; kernels tuned for a processor may need more: then\n \
         * MicroInterpreter::arena_used_bytes() on the device says how much."
    );
    if !declared.tuned.is_empty() {
        let _ = writeln!(
            text,
            " * CMSIS-NN's kernels take scratch besides: {}",
            comment(&declared.tuned.join(", "))
        );
    }
    for unknown in &declared.device.unknown {
        let _ = writeln!(text, " * Not known, and not counted: {}", comment(unknown));
    }
    text + &format!(" */\n#ifndef {upper}_H_\n#define {upper}_H_\n\n#include <stdint.h>\n")
}

fn sizes(declared: &Declared, upper: &str) -> String {
    let (device, host) = (&declared.device, &declared.host);
    format!(
        "
/* The arena to declare, and of that the memory plan at its low end: activations and scratch buffers. */
#define {upper}_ARENA_ALIGNMENT 16
#if UINTPTR_MAX > 0xffffffff
#define {upper}_ARENA_BYTES {}
#define {upper}_HEAD_BYTES {}
#else
#define {upper}_ARENA_BYTES {}
#define {upper}_HEAD_BYTES {}
#endif
",
        host.total, host.head, device.total, device.head
    )
}

/// The plan in the file as a table: for people, and for tools that look into the arena.
fn offsets(
    optimized: &Optimized<'_>,
    declared: &Declared,
    lower: &str,
    upper: &str,
) -> Result<String> {
    let placed = &declared.placed;
    let mut text = format!(
        "\n/* Tensors that the offline plan in the model places. The interpreter takes the offsets from there. */\n\
         #define {upper}_PLANNED_TENSORS {}\n",
        placed.len()
    );
    if placed.is_empty() {
        return Ok(text);
    }
    let written = optimized.model.again(&optimized.bytes)?;
    let _ = writeln!(
        text,
        "static const struct {{ uint32_t tensor, offset, bytes; }} {lower}_plan[] = {{"
    );
    for Placed {
        tensor,
        offset,
        bytes,
    } in placed
    {
        let name = comment(&named(written.graph(), *tensor));
        let _ = writeln!(text, "  {{{tensor}, {offset}, {bytes}}}, /* {name} */");
    }
    Ok(text + "};\n")
}

fn named(graph: &Graph, tensor: usize) -> String {
    let id = u32::try_from(tensor).ok().map(TensorId);
    let tensor = id.and_then(|id| graph.tensors().get(id));
    tensor.map_or_else(String::new, |tensor| tensor.name.clone())
}

fn model(bytes: &[u8], lower: &str, upper: &str) -> String {
    let mut text = format!(
        "
/* The model, as TFLM wants it: aligned to 16. */
#define {upper}_MODEL_BYTES {}
#if defined(__cplusplus)
alignas(16)
#elif defined(__GNUC__)
__attribute__((aligned(16)))
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
_Alignas(16)
#endif
static const uint8_t {lower}_model[{upper}_MODEL_BYTES] = {{
",
        bytes.len()
    );
    text.reserve(bytes.len() * 4);
    for line in bytes.chunks(BYTES_A_LINE) {
        for byte in line {
            let _ = write!(text, "{byte},");
        }
        text.push('\n');
    }
    text + "};\n"
}

#[cfg(test)]
mod tests {
    use super::{comment, names};

    #[test]
    fn names_are_such_as_c_takes() {
        assert_eq!(names("swiftnet").1, "SWIFTNET");
        assert_eq!(names("a-b.c").0, "a_b_c");
        assert_eq!(names("7up").0, "model_7up");
        assert_eq!(names("").0, "model_");
        assert_eq!(names("模").0, "model__");
    }

    #[test]
    fn comments_end_where_they_end() {
        assert_eq!(comment("a*/ b\\ ??/\n\u{e9}"), "a_/ b_ __/__");
    }
}
