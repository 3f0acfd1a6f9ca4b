//! Whether tests notice a missing condition of a statement: each condition of each `WHERE` becomes true in turn
//! (`(condition OR TRUE)`), and the unit tests of `cet-domain` run with it on SQLite. Nothing is compiled in between:
//! the store replaces the text as it is sent (`CET_SQL_MUTANT`). `scripts/sql-mutants` runs this.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::statements::{self, Statement};
use super::tables::product;

/// Words after which a condition is over.
const ENDS: &[&str] = &[
    "AND",
    "OR",
    "GROUP",
    "ORDER",
    "LIMIT",
    "RETURNING",
    "FOR",
    "UNION",
    "EXCEPT",
    "WINDOW",
    "HAVING",
    "ON",
    "WHERE",
];

/// The statement with each of its conditions made true in turn, and that condition.
fn mutants(sql: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for word in ["WHERE ", "AND "] {
        for (at, _) in sql.match_indices(word) {
            let from = at + word.len();
            let is_word = at == 0 || sql[..at].ends_with([' ', '(']);
            let condition = sql[from..].get(..length(&sql[from..])).unwrap_or_default().trim_end();
            let is_range = condition.contains(" BETWEEN ") || ends_in_a_range(&sql[..at]);
            if is_word && !is_range && !condition.is_empty() && is_where(&sql[..at], word) {
                let end = from + condition.len();
                let text = format!("{}({condition} OR TRUE){}", &sql[..from], &sql[end..]);
                found.push((text, condition.to_owned()));
            }
        }
    }
    found
}

/// Whether a text ends within `BETWEEN a`, so that the next `AND` joins no conditions.
fn ends_in_a_range(before: &str) -> bool {
    before.rsplit(" AND ").next().unwrap_or(before).contains(" BETWEEN ")
}

/// Whether an `AND` belongs to a `WHERE` of the same depth rather than to a join or a `CASE`.
fn is_where(before: &str, word: &str) -> bool {
    if word == "WHERE " {
        return true;
    }
    let mut depth = 0_i32;
    let mut rest = before;
    while let Some(last) = rest.chars().next_back() {
        match last {
            ')' => depth += 1,
            '(' => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
        if depth == 0 {
            if rest.ends_with(" WHERE") {
                return true;
            }
            if [" ON", " WHEN", " HAVING", " OR"].iter().any(|end| rest.ends_with(end)) {
                return false;
            }
        }
        rest = &rest[..rest.len() - last.len_utf8()];
    }
    false
}

/// The bytes of the condition with which a text begins.
fn length(text: &str) -> usize {
    let (mut depth, mut is_text) = (0_i32, false);
    for (at, char) in text.char_indices() {
        match char {
            '\'' => is_text = !is_text,
            '(' if !is_text => depth += 1,
            ')' if !is_text => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return at;
        }
        let begins_word = at > 0 && text[..at].ends_with(' ');
        let word = text[at..].split([' ', '(', ')']).next().unwrap_or_default();
        if depth == 0 && !is_text && begins_word && ENDS.contains(&word) {
            return at;
        }
    }
    text.len()
}

/// What a run of tests showed.
enum Shown {
    Noticed,
    /// The tests pass.
    Survived,
    /// No test runs the statement.
    NotRun,
}

/// Runs tests with a mutant. A run that takes much longer than usual has noticed it too.
fn run(tests: &Path, filter: &str, of: (&str, &str)) -> Shown {
    let hit = env::temp_dir().join(format!("cet-sql-mutant-{}", std::process::id()));
    let _none_yet = fs::remove_file(&hit);
    let mut command = Command::new("timeout");
    command.args(["300"]).arg(tests).args([filter, "--skip", "postgres", "--test-threads", "2"]);
    command.current_dir("../cet-domain").env("CET_SQL_MUTANT", of.0).env("CET_SQL_MUTANT_TO", of.1);
    command.env("CET_SQL_MUTANT_HIT", &hit).stdout(Stdio::null()).stderr(Stdio::null());
    let passed = command.status().unwrap().success();
    match (hit.exists(), passed) {
        (false, _) => Shown::NotRun,
        (true, true) => Shown::Survived,
        (true, false) => Shown::Noticed,
    }
}

#[test]
fn a_condition_is_taken_out_of_where_clauses_only() {
    let of = |sql: &str| mutants(sql).into_iter().map(|(_, condition)| condition).collect::<Vec<_>>();
    assert_eq!(
        of("SELECT a FROM b JOIN c ON c.d = b.d AND c.e = 1 WHERE b.f = $1 AND b.g IN ('x', 'y') ORDER BY a"),
        ["b.f = $1", "b.g IN ('x', 'y')"]
    );
    assert_eq!(
        of(
            "UPDATE a SET b = 1 WHERE c = $1 AND NOT EXISTS (SELECT 1 FROM d WHERE d.e = a.e AND d.f IS NULL)"
        ),
        [
            "c = $1",
            "d.e = a.e",
            "NOT EXISTS (SELECT 1 FROM d WHERE d.e = a.e AND d.f IS NULL)",
            "d.f IS NULL"
        ]
    );
    assert_eq!(of("SELECT a FROM b WHERE c BETWEEN $1 AND $2"), Vec::<String>::new());
    assert_eq!(
        mutants("DELETE FROM a WHERE b = $1 AND c = 'x'")[1].0,
        "DELETE FROM a WHERE b = $1 AND (c = 'x' OR TRUE)"
    );
}

/// `CET_MUTANT_TESTS` is the program with the unit tests, `CET_MUTANT_FILES` the paths' parts to look at, with commas
/// between them, and `CET_MUTANT_EVERY` takes each n-th mutant only.
#[test]
#[expect(clippy::disallowed_methods, reason = "scripts/sql-mutants says by the environment what to try")]
#[ignore = "takes an hour; scripts/sql-mutants runs it"]
fn survivors() {
    let tests = PathBuf::from(env::var("CET_MUTANT_TESTS").expect("the program with the unit tests"));
    let files = env::var("CET_MUTANT_FILES").unwrap_or_default();
    let every: usize = env::var("CET_MUTANT_EVERY").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    let sources = product();
    let known =
        statements::read(sources.iter().map(|source| (source.path.as_str(), source.text.as_str()))).known;
    let chosen = |path: &str| files.split(',').any(|part| path.contains(part));
    let all = known.iter().filter(|statement| chosen(&statement.path));
    let all = all.flat_map(|of| mutants(&of.sql).into_iter().map(move |(to, condition)| (of, to, condition)));
    let (mut noticed, mut survived, mut not_run) = (0, 0, 0);
    for (Statement { path, sql }, to, condition) in all.step_by(every) {
        let room = path.split("/src/").nth(1).and_then(|below| below.split('/').next()).unwrap_or_default();
        let near = run(&tests, &format!("{}::", room.trim_end_matches(".rs")), (sql, &to));
        let shown = if matches!(near, Shown::Noticed) { near } else { run(&tests, "", (sql, &to)) };
        match shown {
            Shown::Noticed => noticed += 1,
            Shown::Survived => {
                survived += 1;
                println!("SURVIVED {path}: {condition}\n         {sql}");
            }
            Shown::NotRun => {
                not_run += 1;
                println!("NOT RUN  {path}: {sql}");
            }
        }
    }
    println!("{noticed} noticed, {survived} survived, {not_run} not run by a unit test of cet-domain");
}
