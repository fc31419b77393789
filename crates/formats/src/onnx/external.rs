//! Weights in other files. A model names them by a path relative to its own folder, and runtimes refuse paths that lead out
//! of it; so a model that is written into another folder needs them there.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::{Component, Path, PathBuf};

use super::schema::{MAX_DEPTH, attribute_field, graph_field, model_field, node_field};
use super::wire::{Field, Message, Value, utf8};
use crate::error::{Error, Result};

/// The files that hold weights of the model, as it names them, each once.
///
/// # Errors
/// Where the bytes are damaged, or bodies are nested too deep.
pub fn files(model: &[u8]) -> Result<BTreeSet<String>> {
    let mut found = BTreeSet::new();
    walk(model, Inside::Model, 0, &mut found)?;
    Ok(found)
}

/// Copies the files that hold weights of `model` from its folder to the folder of the model to be written, so that this one
/// finds them. Within one folder there is nothing to do. Returns the files that were not there to be copied: until they
/// are beside it, the new model will not run.
///
/// # Errors
/// Where a path leads out of the folder, where another file of that name is already there, or where copying fails.
pub fn carry(model: &[u8], from: &Path, to: &Path) -> Result<Vec<PathBuf>> {
    let mut absent = Vec::new();
    let names = files(model)?;
    // The folder is compared only where there is something to carry.
    if names.is_empty() || fs::canonicalize(from).ok() == fs::canonicalize(to).ok() {
        return Ok(absent);
    }
    for name in names {
        check_inside(&name)?;
        let (source, target) = (from.join(&name), to.join(&name));
        if source.exists() {
            copy(&source, &target).map_err(|e| copy_error(&source, &target, &e))?;
        } else {
            absent.push(source);
        }
    }
    Ok(absent)
}

fn check_inside(name: &str) -> Result<()> {
    let inside = |part| matches!(part, Component::Normal(_) | Component::CurDir);
    if Path::new(name).components().all(inside) {
        return Ok(());
    }
    Err(Error::refused(format_args!(
        "the model keeps weights in '{name}', outside its folder; write the new model into the same folder"
    )))
}

fn copy_error(source: &Path, target: &Path, error: &io::Error) -> Error {
    Error::refused(format_args!(
        "can not copy the weights '{}' to '{}': {error}; write the new model into the folder of the old one",
        source.display(),
        target.display()
    ))
}

/// Copies under another name first, so that a copy that is there is whole.
fn copy(source: &Path, target: &Path) -> io::Result<()> {
    if target.exists() {
        return match same_content(source, target)? {
            true => Ok(()),
            false => Err(io::Error::new(
                io::ErrorKind::AlreadyExists,
                "another file of that name is there",
            )),
        };
    }
    if let Some(folder) = target.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut partial = target.as_os_str().to_owned();
    partial.push(".partial");
    let done = fs::copy(source, &partial).and_then(|_| fs::rename(&partial, target));
    if done.is_err() {
        // The error that matters is the one of the copy.
        let _ = fs::remove_file(&partial);
    }
    done
}

fn same_content(a: &Path, b: &Path) -> io::Result<bool> {
    if fs::metadata(a)?.len() != fs::metadata(b)?.len() {
        return Ok(false);
    }
    let mut a = BufReader::new(File::open(a)?).bytes();
    let mut b = BufReader::new(File::open(b)?).bytes();
    loop {
        match (a.next().transpose()?, b.next().transpose()?) {
            (None, None) => return Ok(true),
            (x, y) if x == y => {}
            _ => return Ok(false),
        }
    }
}

/// Which message a walk is in.
#[derive(Clone, Copy)]
enum Inside {
    Model,
    Training,
    Function,
    Graph,
    Node,
    Attribute,
    SparseTensor,
    Tensor,
}

impl Inside {
    /// Which message a field holds, if it is one that tensors may be in.
    fn enter(self, field: &Field<'_>) -> Option<Self> {
        use Inside::{Attribute, Function, Graph, Model, Node, SparseTensor, Tensor, Training};
        Some(match (self, field.number) {
            (Model, model_field::GRAPH) | (Training, 1 | 2) => Graph,
            (Model, model_field::TRAINING_INFO) => Training,
            (Model, model_field::FUNCTIONS) => Function,
            (Graph, graph_field::NODE) | (Function, 7) => Node,
            (Graph, graph_field::INITIALIZER) | (SparseTensor, 1 | 2) => Tensor,
            (Graph, graph_field::SPARSE_INITIALIZER) => SparseTensor,
            (Node, node_field::ATTRIBUTE) | (Function, 11) => Attribute,
            (Attribute, attribute_field::TENSOR | attribute_field::TENSORS) => Tensor,
            (Attribute, attribute_field::GRAPH | attribute_field::GRAPHS) => Graph,
            (Attribute, attribute_field::SPARSE_TENSOR | attribute_field::SPARSE_TENSORS) => {
                SparseTensor
            }
            _ => return None,
        })
    }
}

fn walk(bytes: &[u8], inside: Inside, depth: usize, found: &mut BTreeSet<String>) -> Result<()> {
    // Three messages a body, and some around and inside.
    if depth > 3 * MAX_DEPTH + 8 {
        return Err(Error::refused(
            "bodies of If, Loop and Scan are nested too deep",
        ));
    }
    let message = Message::parse(bytes, "the model")?;
    if let Inside::Tensor = inside {
        found.extend(location(message)?);
        return Ok(());
    }
    for field in message.fields() {
        if let (Some(inner), Value::Bytes(value)) = (inside.enter(&field), field.value) {
            walk(value, inner, depth + 1, found)?;
        }
    }
    Ok(())
}

/// Where a tensor's elements stand, if that is another file.
fn location(tensor: Message<'_>) -> Result<Option<String>> {
    if tensor.int(14) != Some(1) {
        return Ok(None);
    }
    for entry in tensor.each(13) {
        let entry = Message::parse(entry, "a tensor's location")?;
        if entry.last(1) == Some(b"location") {
            let path = utf8(entry.last(2).unwrap_or_default(), "a tensor's location")?;
            return Ok(Some(path.to_owned()));
        }
    }
    Ok(None)
}
