//! Reads the files of the checkout.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The workspace's root folder.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// A source file: its path relative to the root, and its text.
pub(crate) struct Source {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// Every text file below `folder` whose name ends in `ending`, sorted by path.
pub(crate) fn files(folder: &str, ending: &str) -> Vec<Source> {
    let mut found = Vec::new();
    collect(&root().join(folder), ending, &mut found);
    found.sort();
    let files: Vec<Source> = found.into_iter().map(|path| read_path(&path)).collect();
    assert!(!files.is_empty(), "no *{ending} below {folder}: a rule that looks at nothing keeps nothing");
    files
}

/// Reads one file, by its path relative to the root.
pub(crate) fn read(path: &str) -> String {
    read_path(&root().join(path)).text
}

fn read_path(path: &Path) -> Source {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let path = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
    Source { path, text }
}

fn collect(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() {
            // Build output, hidden folders and the demo's generated files are skipped.
            if !name.starts_with('.') && !["target", "demo-data", "node_modules"].contains(&name.as_str()) {
                collect(&path, ending, found);
            }
        } else if name.ends_with(ending) {
            found.push(path);
        }
    }
}

/// What a document sets between backticks.
pub(crate) fn marked(document: &str) -> impl Iterator<Item = &str> {
    document.split('`').skip(1).step_by(2)
}

/// The names of tests in a document: words between backticks with three underscores or more.
pub(crate) fn tests_named(document: &str) -> BTreeSet<&str> {
    let of_name = |byte: u8| byte == b'_' || byte.is_ascii_alphanumeric();
    marked(document).filter(|word| word.matches('_').count() >= 3 && word.bytes().all(of_name)).collect()
}

/// Which of the names no function has.
pub(crate) fn tests_missing(named: BTreeSet<&str>) -> Vec<String> {
    let code = files("crates", ".rs");
    let is_there = |name: &str| code.iter().any(|file| file.text.contains(&format!("fn {name}(")));
    named.into_iter().filter(|name| !is_there(name)).map(str::to_owned).collect()
}

/// Fails with all violations at once, one per line.
pub(crate) fn none(rule: &str, faults: &[String]) {
    assert!(faults.is_empty(), "{rule}:\n  {}", faults.join("\n  "));
}
