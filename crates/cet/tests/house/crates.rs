//! Which crates, and which modules of `cet-domain`, may depend on which.

use std::collections::{BTreeMap, BTreeSet};

use super::tree::{files, none, read};

/// Dependencies that a crate must not have; tests may use more.
const FORBIDDEN: [(&str, &[&str]); 3] = [
    ("cet-base", &["cet", "cet-domain", "cet-site", "axum", "askama", "hyper", "reqwest"]),
    ("cet-domain", &["cet", "cet-site", "axum", "askama", "hyper"]),
    ("cet-site", &["cet", "rusqlite", "tokio-postgres", "deadpool-postgres"]),
];

#[test]
fn a_crate_knows_nothing_of_those_above_it() {
    let mut faults = Vec::new();
    for (name, forbidden) in FORBIDDEN {
        let manifest: toml::Table = toml::from_str(&read(&format!("crates/{name}/Cargo.toml"))).unwrap();
        let dependencies = manifest["dependencies"].as_table().unwrap();
        let found = dependencies.keys().filter(|key| forbidden.contains(&key.as_str()));
        faults.extend(found.map(|key| format!("crates/{name} depends on {key}")));
    }
    none("pages know rooms, rooms know the base", &faults);
}

#[test]
fn pages_hold_no_statement() {
    let words = ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM "];
    let mut faults = Vec::new();
    let mut seen = 0;
    for file in files("crates/cet-site/src", ".rs") {
        if !is_product(&file.path) {
            continue;
        }
        seen += 1;
        for (number, line) in product(&file.text).lines().enumerate() {
            let text = line.split("//").next().unwrap_or_default();
            if words.iter().any(|word| text.contains(&format!("\"{word}"))) {
                faults.push(format!("{}:{}: {}", file.path, number + 1, line.trim()));
            }
        }
    }
    assert!(seen >= 90, "only {seen} files were found");
    none("a statement stands in the store of its room", &faults);
}

/// What axum wraps itself costs every build time (`web/route.rs`).
#[test]
fn handlers_are_boxed_before_they_are_routed() {
    let mut faults = Vec::new();
    let mut seen = 0;
    for file in files("crates/cet-site/src", ".rs") {
        if !is_product(&file.path) || file.path.ends_with("web/route.rs") {
            continue;
        }
        let text = product(&file.text);
        seen += usize::from(text.contains("use crate::web::route::"));
        let whole = text.contains("axum::routing::get") || text.contains("axum::routing::{");
        let chained = text.split(".post(").skip(1).filter(|_| text.contains(".route("));
        if whole || chained.filter(|rest| !rest.trim_start().starts_with("boxed(")).count() > 0 {
            faults.push(file.path.clone());
        }
    }
    assert!(seen >= 20, "only {seen} files with routes were found");
    none("a route is made by `web::route`", &faults);
}

#[test]
fn no_room_of_the_domain_depends_on_one_that_depends_on_it() {
    let edges = edges();
    assert!(edges.len() >= 20, "only {} rooms were found", edges.len());
    let mut faults = Vec::new();
    for (from, targets) in &edges {
        for (to, place) in targets {
            if reaches(&edges, to, from) {
                faults.push(format!("{from} -> {to}, which leads back to {from}: {place}"));
            }
        }
    }
    none("rooms of cet-domain lean one way", &faults);
}

/// For each module, the modules that it names, each with the first place where it does.
type Edges = BTreeMap<String, BTreeMap<String, String>>;

fn edges() -> Edges {
    let mut rooms = BTreeSet::new();
    for line in read("crates/cet-domain/src/lib.rs").lines() {
        let module = line.trim_start_matches("pub ").strip_prefix("mod ");
        rooms.extend(module.and_then(|name| name.strip_suffix(';')).map(str::to_owned));
    }
    let mut edges = Edges::new();
    for file in files("crates/cet-domain/src", ".rs") {
        let below = file.path.trim_start_matches("crates/cet-domain/src/");
        let room = below.split(['/', '.']).next().unwrap_or_default();
        if !is_product(&file.path) || !rooms.contains(room) {
            continue;
        }
        let own = edges.entry(room.to_owned()).or_default();
        for (number, name) in named(product(&file.text)) {
            if rooms.contains(&name) && name != room {
                own.entry(name).or_insert_with(|| format!("{}:{number}", file.path));
            }
        }
    }
    edges
}

/// The names after each `crate::` in a text, including those in braces, with their lines.
fn named(text: &str) -> Vec<(usize, String)> {
    let code: Vec<&str> = text.lines().map(|line| line.split("//").next().unwrap_or_default()).collect();
    let mut found = Vec::new();
    for (number, line) in code.iter().enumerate() {
        for part in line.split("crate::").skip(1) {
            if part.starts_with('{') {
                let rest = [&[part][..], code.get(number + 1..).unwrap_or_default()].concat().join("\n");
                found.extend(in_braces(&rest).into_iter().map(|name| (number + 1, name)));
            } else {
                found.push((number + 1, word(part)));
            }
        }
    }
    found
}

/// The first path segment of each item in a braced list.
fn in_braces(list: &str) -> Vec<String> {
    let mut found = Vec::new();
    let (mut depth, mut begins) = (0, false);
    for (at, character) in list.char_indices() {
        match character {
            '{' => {
                depth += 1;
                begins = depth == 1;
                continue;
            }
            '}' => depth -= 1,
            ',' => begins = depth == 1,
            _ if begins && !character.is_whitespace() => {
                found.push(word(&list[at..]));
                begins = false;
            }
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    found
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect()
}

fn reaches(edges: &Edges, from: &str, to: &str) -> bool {
    let (mut open, mut seen) = (vec![from], BTreeSet::new());
    while let Some(room) = open.pop() {
        if room == to {
            return true;
        }
        if seen.insert(room) {
            open.extend(edges.get(room).into_iter().flat_map(BTreeMap::keys).map(String::as_str));
        }
    }
    false
}

fn is_product(path: &str) -> bool {
    !["/tests/", "/testing", "/threats/", "/src/site/"].iter().any(|part| path.contains(part))
        && !path.ends_with("tests.rs")
}

fn product(text: &str) -> &str {
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default()
}

#[test]
fn names_are_found_alone_and_in_braces() {
    let text = "use crate::entry::{self, Entry};\nuse crate::{params, sitting::{Plan, Subject},\n    score};\n// crate::no\n";
    let names: Vec<String> = named(text).into_iter().map(|(_, name)| name).collect();
    assert_eq!(names, ["entry", "params", "sitting", "score"]);
    let edges: Edges = [("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")]
        .map(|(from, to)| (from.to_owned(), [(to.to_owned(), String::new())].into()))
        .into();
    assert!(reaches(&edges, "b", "a") && !reaches(&edges, "a", "d"));
}
