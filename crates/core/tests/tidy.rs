//! The repository tests itself: layer order, sizes, links, no machine's paths.

use std::fs;
use std::path::{Path, PathBuf};

/// Rooms of `core` by layer; imports point to lower layers only. Rooms of one layer never import each other.
const LAYERS: &[&[&str]] = &[
    &["ids", "units", "limits", "threads", "error"],
    &["graph", "packing"],
    &["plan"],
    &["memory"],
    &["check"],
    &["rewrite", "schedule", "arena", "traffic"],
    &["joint"],
    &["compile"],
    &["testing"],
];
/// What the referees may take from the ruler's room: what a target is, nothing that measures.
const REFEREE_MAY_IMPORT: &[&str] = &["crate::memory::Target"];
const MAX_LINES: usize = 300;
const MAX_FILES_IN_FOLDER: usize = 9;
/// Folders whose files are entries of one list, a file each.
const LISTS: &[&str] = &[
    "rules", "examples", "zoo", "commands", "tests", "runtimes", "runs",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .canonicalize()
        .expect("the workspace is there")
}

/// All files below `dir` that belong to the project.
fn files(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        let name = path
            .file_name()
            .and_then(|n| n.to_str())
            .unwrap_or_default()
            .to_owned();
        let foreign = [
            "target",
            "node_modules",
            "__pycache__",
            "corpus",
            "artifacts",
        ]
        .contains(&name.as_str());
        if path.is_dir() && !foreign && (!name.starts_with('.') || name == ".ci") {
            files(&path, found);
        } else if path.is_file() {
            found.push(path);
        }
    }
}

fn sources(extensions: &[&str]) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    files(&root(), &mut found);
    found.retain(|p| {
        p.extension()
            .and_then(|e| e.to_str())
            .is_some_and(|e| extensions.contains(&e))
    });
    found.sort();
    found
        .into_iter()
        .map(|p| (p.clone(), fs::read_to_string(p).expect("UTF-8 text")))
        .collect()
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root())
        .unwrap_or(path)
        .display()
        .to_string()
}

fn report(faults: &[String]) {
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// The part of a source file that is compiled into the product, without comments.
fn product_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let code = text
        .lines()
        .enumerate()
        .take_while(|(_, line)| line.trim() != "#[cfg(test)]");
    code.filter(|(_, line)| !line.trim_start().starts_with("//"))
}

fn layer(room: &str) -> Option<usize> {
    LAYERS.iter().position(|rooms| rooms.contains(&room))
}

#[test]
fn imports_of_core_point_down() {
    let src = root().join("crates/core/src");
    let mut faults = Vec::new();
    for (path, text) in sources(&["rs"]) {
        let Ok(inside) = path.strip_prefix(&src) else {
            continue;
        };
        let room = inside
            .iter()
            .next()
            .and_then(|n| n.to_str())
            .unwrap_or_default()
            .trim_end_matches(".rs");
        if room == "lib"
            || inside
                .iter()
                .any(|part| part == "tests" || part == "tests.rs")
        {
            continue;
        }
        let Some(own) = layer(room) else {
            faults.push(format!("{}: room '{room}' has no layer", shown(&path)));
            continue;
        };
        for (number, line) in product_lines(&text) {
            for (at, _) in line.match_indices("crate::") {
                let rest = &line[at + "crate::".len()..];
                let other: String = rest
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect();
                let fine = match layer(&other) {
                    _ if other == room => true,
                    Some(theirs) if room == "check" && other == "memory" => {
                        theirs < own
                            && REFEREE_MAY_IMPORT
                                .iter()
                                .any(|ok| line[at..].starts_with(ok))
                    }
                    Some(theirs) => theirs < own || own == 0 && theirs == 0,
                    None => false,
                };
                if !fine {
                    faults.push(format!(
                        "{}:{}: {room} must not import {other}",
                        shown(&path),
                        number + 1
                    ));
                }
            }
        }
    }
    report(&faults);
}

#[test]
fn files_and_folders_stay_small() {
    let mut faults = Vec::new();
    let mut folders = std::collections::BTreeMap::<PathBuf, usize>::new();
    for (path, text) in sources(&["rs", "py"]) {
        let lines = text.lines().count();
        if lines > MAX_LINES {
            faults.push(format!(
                "{}: {lines} lines, at most {MAX_LINES} are wanted",
                shown(&path)
            ));
        }
        *folders
            .entry(path.parent().expect("a folder").to_owned())
            .or_default() += 1;
    }
    for (folder, count) in folders {
        let list = folder
            .file_name()
            .and_then(|n| n.to_str())
            .is_some_and(|n| LISTS.contains(&n));
        // The root of a crate holds a file for each of its rooms.
        let root_of_crate = folder.ends_with("src");
        if count > MAX_FILES_IN_FOLDER && !list && !root_of_crate {
            faults.push(format!(
                "{}: {count} files, at most {MAX_FILES_IN_FOLDER} are wanted",
                shown(&folder)
            ));
        }
    }
    report(&faults);
}

#[test]
fn links_in_documents_lead_somewhere() {
    let mut faults = Vec::new();
    for (path, text) in sources(&["md"]) {
        for (at, _) in text.match_indices("](") {
            let target: String = text[at + 2..]
                .chars()
                .take_while(|&c| c != ')' && c != '#')
                .collect();
            let outside = target.is_empty() || target.contains("://") || target.contains(' ');
            if !outside && !path.parent().expect("a folder").join(&target).exists() {
                faults.push(format!("{}: link to {target} leads nowhere", shown(&path)));
            }
        }
    }
    report(&faults);
}

#[test]
fn no_path_of_one_machine_is_written_down() {
    let hidden: Vec<String> = ["work", "farm", "root", "home"]
        .iter()
        .map(|dir| format!("/{dir}/"))
        .collect();
    let mut faults = Vec::new();
    for (path, text) in sources(&["rs", "py", "md", "toml", "sh", "json", "csv", "txt", "yml"]) {
        for (number, line) in text.lines().enumerate() {
            if hidden
                .iter()
                .any(|dir| line.contains(dir.as_str()) && !line.contains("://"))
            {
                faults.push(format!("{}:{}: {line}", shown(&path), number + 1));
            }
        }
    }
    report(&faults);
}
