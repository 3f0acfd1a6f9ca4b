//! Checks the dependencies against the lists in `deny.toml`, without `cargo-deny` and without network access.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

use super::tree::{none, read, root};

/// The maximum number of direct dependencies. Each is third-party code in our process.
const DIRECT: usize = 60;

#[test]
fn every_direct_dependency_has_a_reason_and_no_reason_is_left_over() {
    let direct = direct();
    let document = read("docs/dependencies.md");
    let explained: BTreeSet<String> = document
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`').map(|(name, _)| name.to_owned()))
        .collect();
    let missing =
        direct.difference(&explained).map(|name| format!("{name}: no line in docs/dependencies.md"));
    let gone = explained.difference(&direct).map(|name| format!("{name}: explained, but not used"));
    none("docs/dependencies.md says why", &missing.chain(gone).collect::<Vec<_>>());
    assert!(direct.len() <= DIRECT, "{} direct dependencies, at most {DIRECT}", direct.len());
}

#[test]
fn every_dependency_is_licensed_and_published_as_deny_toml_allows() {
    let policy: toml::Table = toml::from_str(&read("deny.toml")).unwrap();
    let list = |section: &str, key: &str| policy[section][key].as_array().unwrap().clone();
    let allowed: BTreeSet<String> =
        list("licenses", "allow").iter().map(|name| name.as_str().unwrap().to_owned()).collect();
    let banned: BTreeSet<String> =
        list("bans", "deny").iter().map(|ban| ban["crate"].as_str().unwrap().to_owned()).collect();
    let metadata = metadata();
    // With a platform given, only the resolved graph is what is built; the package list contains more.
    let built: BTreeSet<&str> = metadata["resolve"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["id"].as_str().unwrap())
        .collect();
    let mut faults = Vec::new();
    for package in metadata["packages"].as_array().unwrap() {
        let text = |key: &str| package[key].as_str().unwrap_or_default();
        if package["source"].is_null() || !built.contains(text("id")) {
            continue;
        }
        if !licence_allowed(text("license"), &allowed) {
            faults.push(format!("{}: licence {:?}", text("name"), text("license")));
        }
        if banned.contains(text("name")) {
            faults.push(format!("{}: banned", text("name")));
        }
        if !text("source").starts_with("registry+") {
            faults.push(format!("{}: from {}", text("name"), text("source")));
        }
    }
    assert!(built.len() > 100, "only {} packages were looked at", built.len());
    none("deny.toml", &faults);
}

fn direct() -> BTreeSet<String> {
    let metadata = metadata();
    let members =
        metadata["packages"].as_array().unwrap().iter().filter(|package| package["source"].is_null());
    members
        .flat_map(|package| package["dependencies"].as_array().unwrap())
        .filter(|dependency| !dependency["source"].is_null())
        .map(|dependency| dependency["name"].as_str().unwrap().to_owned())
        .collect()
}

/// `cargo metadata` for this machine's platform; its packages are available locally because this test was built from
/// them.
fn metadata() -> Value {
    let cargo = env!("CARGO");
    let version = Command::new("rustc").arg("-vV").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    let platform = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", platform])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Whether an SPDX expression (or its older form with `/`) can be satisfied by the allowed licences alone.
fn licence_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut at = 0;
    let met = any_of(&words, &mut at, allowed);
    met && at == words.len()
}

fn any_of(words: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let mut met = all_of(words, at, allowed);
    while words.get(*at) == Some(&"OR") {
        *at += 1;
        met |= all_of(words, at, allowed);
    }
    met
}

fn all_of(words: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    let mut met = one(words, at, allowed);
    while words.get(*at) == Some(&"AND") {
        *at += 1;
        met &= one(words, at, allowed);
    }
    met
}

fn one(words: &[&str], at: &mut usize, allowed: &BTreeSet<String>) -> bool {
    // Past the end too, so that a truncated expression is not taken for a complete one.
    let word = words.get(*at);
    *at += 1;
    let Some(word) = word else { return false };
    if *word == "(" {
        let met = any_of(words, at, allowed);
        let closed = words.get(*at) == Some(&")");
        *at += 1;
        return met && closed;
    }
    // An exception only adds permissions to its licence.
    if words.get(*at) == Some(&"WITH") {
        *at += 2;
    }
    allowed.contains(*word)
}

#[test]
fn licence_expressions_are_read_as_spdx_means_them() {
    let allowed = ["MIT", "Apache-2.0", "ISC"].map(str::to_owned).into();
    for good in
        ["MIT", "GPL-2.0 OR MIT", "GPL-2.0/MIT", "(MIT OR GPL-2.0) AND ISC", "Apache-2.0 WITH LLVM-exception"]
    {
        assert!(licence_allowed(good, &allowed), "{good}");
    }
    for bad in
        ["", "GPL-2.0", "MIT AND GPL-2.0", "(MIT OR ISC) AND GPL-2.0", "MIT OR", "GPL-2.0 AND (MIT OR ISC)"]
    {
        assert!(!licence_allowed(bad, &allowed), "{bad}");
    }
}
