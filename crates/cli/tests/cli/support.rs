//! Small models, and runs of the real binary on them.

use std::path::{Path, PathBuf};
use std::process::Output;

use assert_cmd::Command;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A folder with models in it, gone at the end of the test.
pub(crate) struct Desk(TempDir);

impl Desk {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// One with a model in `model.json`.
    pub(crate) fn with(model: &Value) -> Self {
        let desk = Self::new();
        desk.put("model.json", model.to_string().as_bytes());
        desk
    }

    pub(crate) fn put(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        names
    }

    /// The command with this line, at this desk, on a page of 80 columns.
    pub(crate) fn command(&self, line: &str) -> Command {
        command_in(self.0.path(), line)
    }

    /// Runs the line and returns what came of it.
    pub(crate) fn run(&self, line: &str) -> Run {
        Run::of(self.command(line).output().unwrap())
    }
}

fn command_in(folder: &Path, line: &str) -> Command {
    let mut command = Command::cargo_bin("lowtide").unwrap();
    command.current_dir(folder).args(line.split_whitespace());
    command.env_remove("NO_COLOR").env("COLUMNS", "80");
    command
        .env("LC_ALL", "C.UTF-8")
        .env("TERM", "xterm-256color");
    command
}

/// What came of a run.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Run {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code().expect("ended by itself"),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// stdout as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|e| panic!("{e}\n{}\n{}", self.out, self.err))
    }

    /// stderr as JSON.
    pub(crate) fn error(&self) -> Value {
        serde_json::from_str(&self.err).unwrap_or_else(|e| panic!("{e}\n{}", self.err))
    }
}

/// A model from `(name, type, inputs, outputs)` and `(name, bytes, kind)`; names in a list are separated by spaces.
pub(crate) fn model(ops: &[[&str; 4]], tensors: &[(&str, u64, &str)]) -> Value {
    let list = |names: &str| {
        names
            .split_whitespace()
            .map(Value::from)
            .collect::<Vec<_>>()
    };
    let op = |[name, kind, inputs, outputs]: &[&str; 4]| json!({"name": name, "type": kind, "inputs": list(inputs), "outputs": list(outputs)});
    let tensor = |(name, bytes, kind): &(&str, u64, &str)| json!({"name": name, "dtype": "int8", "shape": [1, bytes], "bytes": bytes, "kind": kind});
    json!({
        "format": "dag-json-v1",
        "name": "model",
        "ops": ops.iter().map(op).collect::<Vec<_>>(),
        "tensors": tensors.iter().map(tensor).collect::<Vec<_>>(),
    })
}

/// Two wide branches that the file runs at once, beside an operator whose result nobody reads. One branch after the
/// other, `b` first, is the one best order: 5112 bytes instead of 9192, where no operator alone needs more than 5096.
pub(crate) fn fork() -> Value {
    model(
        &[
            ["probe", "MEAN", "x", "unused"],
            ["wide_a", "CONV_2D", "x", "a"],
            ["wide_b", "CONV_2D", "x", "b"],
            ["narrow_a", "CONV_2D", "a", "c"],
            ["narrow_b", "CONV_2D", "b", "d"],
            ["join", "ADD", "c d", "out"],
        ],
        &[
            ("x", 1000, "input"),
            ("unused", 8, "activation"),
            ("a", 4096, "activation"),
            ("b", 4096, "activation"),
            ("c", 64, "activation"),
            ("d", 16, "activation"),
            ("out", 16, "output"),
        ],
    )
}

/// One operator behind the other: no order but the file's.
pub(crate) fn chain() -> Value {
    model(
        &[
            ["first", "CONV_2D", "x", "a"],
            ["second", "FULLY_CONNECTED", "a", "out"],
        ],
        &[
            ("x", 2048, "input"),
            ("a", 4096, "activation"),
            ("out", 10, "output"),
        ],
    )
}

/// A chain of `len` operators with names as exporters make them.
pub(crate) fn long(len: usize) -> Value {
    let name = |i: usize| {
        format!("StatefulPartitionedCall/model/block_{i}/expand_bn/FusedBatchNormV3_{i}")
    };
    let ops: Vec<Value> = (0..len)
        .map(|i| json!({"name": "", "type": "DEPTHWISE_CONV_2D", "inputs": [name(i)], "outputs": [name(i + 1)]}))
        .collect();
    let tensors: Vec<Value> = (0..=len)
        .map(|i| {
            let kind = match i {
                0 => "input",
                i if i == len => "output",
                _ => "activation",
            };
            json!({"name": name(i), "dtype": "int8", "shape": [1, 10, 10, 7 * (i % 13) + 3],
                   "bytes": 100 * (7 * (i % 13) + 3), "kind": kind})
        })
        .collect();
    json!({"format": "dag-json-v1", "name": "long", "ops": ops, "tensors": tensors})
}
