//! The site's routes, read from the sources, so that new ones are tested automatically.

use std::path::Path;

/// One route with its methods.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Route {
    pub(crate) path: String,
    pub(crate) get: bool,
    pub(crate) post: bool,
}

/// Every route of the site, without the admin address.
pub(crate) fn all() -> Vec<Route> {
    let mut found = Vec::new();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let skipped =
            path.components().any(|part| ["tests", "threats"].iter().any(|name| part.as_os_str() == *name));
        if skipped
            || path.to_string_lossy().ends_with("tests.rs")
            || path.ends_with("admin.rs")
            || path.extension().is_none_or(|ending| ending != "rs")
        {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for part in text.split(".route(").skip(1) {
            let route = match part.trim_start().strip_prefix('"') {
                Some(rest) => rest.split('"').next().unwrap().to_owned(),
                None if part.trim_start().starts_with("PATH") => constant(&text),
                None => continue,
            };
            let (get, post) = (part.contains("get("), part.contains("post("));
            if route.starts_with('/') && (get || post) {
                found.push(Route { path: route, get, post });
            }
        }
    }
    found.sort();
    assert!(found.len() > 60, "only {} routes were found", found.len());
    found
}

/// The value of the constant `PATH` in a file.
fn constant(text: &str) -> String {
    let rest = text.split("const PATH: &str = \"").nth(1).unwrap();
    rest.split('"').next().unwrap().to_owned()
}

/// A route's path with a value in place of its parameters.
pub(crate) fn filled(path: &str, with: &str) -> String {
    let parts: Vec<&str> =
        path.split('/').map(|part| if part.starts_with('{') { with } else { part }).collect();
    parts.join("/")
}
