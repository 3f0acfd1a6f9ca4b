//! SQL is written in store files, and beside the checks that `cet verify` makes: a statement elsewhere has its reason here.

use std::collections::BTreeSet;

use super::statements;
use super::tables::product;
use super::tree::none;

/// Files with statements of their own.
const EXCEPTIONS: &[(&str, &str)] = &[
    ("change/found.rs", "a migration's step: runs once, over all sittings"),
    ("jobs/batch.rs", "asks only whether the database answers"),
    ("key_check.rs", "samples of every sealed column, whichever module owns it"),
    ("roster/ticked.rs", "one look-up by key, beside the decision that it is for"),
];

/// Store files, and checks: a check is a statement, and its sentence stands beside it.
fn is_place_of_sql(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    path.contains("/store/") || matches!(name, "store.rs" | "verify.rs") || path.contains("/src/verify/")
}

#[test]
fn sql_is_written_in_store_files_and_checks() {
    let sources = product();
    let known =
        statements::read(sources.iter().map(|source| (source.path.as_str(), source.text.as_str()))).known;
    assert!(known.len() > 500, "the statements are found: {}", known.len());
    let elsewhere: BTreeSet<&str> =
        known.iter().map(|statement| statement.path.as_str()).filter(|path| !is_place_of_sql(path)).collect();
    let is_known = |path: &str| EXCEPTIONS.iter().any(|(end, _)| path.ends_with(end));
    let faults: Vec<String> =
        elsewhere.iter().filter(|path| !is_known(path)).map(|path| (*path).to_owned()).collect();
    none("SQL outside store files", &faults);
    let is_used = |end: &str| elsewhere.iter().any(|path| path.ends_with(end));
    let unused: Vec<String> =
        EXCEPTIONS.iter().filter(|(end, _)| !is_used(end)).map(|(end, _)| (*end).to_owned()).collect();
    none("exceptions without a statement", &unused);
}
