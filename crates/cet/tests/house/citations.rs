//! Where rules are cited: `R13` in comments, in names and comments of tests, and in the queries of `cet verify`.

use std::collections::BTreeSet;

use super::tree::{Source, files, none};

/// The prefixes of rule ids.
const FAMILIES: [&str; 13] = ["A", "F", "I", "J", "O", "P", "R", "S", "T", "TH", "V", "W", "Y"];

/// Where a citation is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// Code that is neither SQL nor a page.
    Code,
    /// A migration, or code with SQL in it.
    Sql,
    /// A page, its view or its template.
    Page,
    /// The test with this name.
    Test(String),
    /// Prose: a document, a benchmark, the module comment of a test file.
    Prose,
}

/// One occurrence of an id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Citation {
    pub(crate) id: String,
    pub(crate) kind: Kind,
    pub(crate) path: String,
}

/// Every citation in the checkout, except those in `docs/rules.md` itself.
pub(crate) fn all() -> Vec<Citation> {
    let mut found = Vec::new();
    let code = files("crates", ".rs");
    let test_modules: Vec<String> =
        declared(&code).into_iter().filter(|module| module.tests).map(|module| module.path).collect();
    for file in &code {
        let tests = file.path.contains("/tests/")
            || file.path.ends_with("tests.rs")
            || test_modules.iter().any(|module| is_in(&file.path, module));
        of_code(file, tests, &mut found);
    }
    for file in files("crates", ".html") {
        let comments = file.text.split("{#").skip(1).filter_map(|rest| rest.split("#}").next());
        found.extend(comments.flat_map(ids).map(|id| cite(id, Kind::Page, &file)));
    }
    for file in files("migrations", ".sql") {
        let comments = file.text.lines().filter_map(|line| line.split_once("--").map(|(_, comment)| comment));
        let frozen = !file.path.contains("/after.");
        let cited = comments.flat_map(ids).map(|id| if frozen { of_old(id) } else { id });
        found.extend(cited.map(|id| cite(id, Kind::Sql, &file)));
    }
    for file in files("", ".md") {
        // Texts for candidates cite no rules, and mention a paper size that looks like one.
        if file.path != "docs/rules.md" && !file.path.starts_with("docs/candidate") {
            found.extend(ids(&file.text).into_iter().map(|id| cite(id, Kind::Prose, &file)));
        }
    }
    found.sort();
    found.dedup();
    found
}

fn cite(id: String, kind: Kind, file: &Source) -> Citation {
    Citation { id, kind, path: file.path.clone() }
}

/// Applied migrations can't be edited: in them a threat is still called `T27`.
fn of_old(id: String) -> String {
    let number = id.strip_prefix('T').and_then(|number| number.parse().ok());
    if number.is_some_and(|number: u8| number > 4) { id.replacen('T', "TH", 1) } else { id }
}

/// A `mod name;` declaration: the path of its file, without the extension.
struct Declared {
    path: String,
    /// Whether it is compiled for tests only.
    tests: bool,
}

fn declared(code: &[Source]) -> Vec<Declared> {
    let mut modules = Vec::new();
    for file in code {
        let (folder, name) = file.path.rsplit_once('/').unwrap();
        let own = match name {
            "mod.rs" | "lib.rs" | "main.rs" => folder,
            _ => file.path.trim_end_matches(".rs"),
        };
        let lines: Vec<&str> = file.text.lines().map(str::trim).collect();
        for (at, line) in lines.iter().enumerate() {
            let named = line.strip_suffix(';').and_then(|line| line.rsplit_once("mod "));
            let Some((_, name)) = named.filter(|(kept, _)| kept.is_empty() || kept.starts_with("pub")) else {
                continue;
            };
            let mut above = lines[..at].iter().rev().take_while(|line| line.starts_with("#["));
            let elsewhere = above.clone().find_map(|line| {
                line.strip_prefix("#[path = \"").and_then(|path| path.strip_suffix(".rs\"]"))
            });
            let path = elsewhere.map_or(format!("{own}/{name}"), |path| beside(folder, path));
            modules.push(Declared { path, tests: above.any(|line| *line == "#[cfg(test)]") });
        }
    }
    modules
}

/// Joins a folder and a relative path, resolving `../`.
fn beside(folder: &str, path: &str) -> String {
    match path.strip_prefix("../") {
        Some(path) => beside(folder.rsplit_once('/').map_or("", |(above, _)| above), path),
        None => format!("{folder}/{path}"),
    }
}

/// A test file that no module declares is never run, even if it is cited.
#[test]
fn every_file_of_code_is_compiled() {
    let code = files("crates", ".rs");
    let modules: BTreeSet<String> = declared(&code).into_iter().map(|module| module.path).collect();
    let named = |path: &str| {
        let path = path.trim_end_matches(".rs");
        modules.contains(path) || path.strip_suffix("/mod").is_some_and(|folder| modules.contains(folder))
    };
    // Targets that cargo discovers itself.
    let root = |path: &str| {
        let (folder, name) = path.rsplit_once('/').unwrap();
        ["lib.rs", "main.rs"].contains(&name)
            || ["/examples", "/benches"].iter().any(|end| folder.ends_with(end))
    };
    let lost = code.iter().filter(|file| !root(&file.path) && !named(&file.path));
    none("no module names this file", &lost.map(|file| file.path.clone()).collect::<Vec<_>>());
}

fn is_in(path: &str, module: &str) -> bool {
    path.strip_prefix(module).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

fn of_code(file: &Source, tests: bool, found: &mut Vec<Citation>) {
    let kind = if file.path.contains("/examples/") || tests { Kind::Prose } else { kind(file) };
    // Ids and attributes in the comments directly above a line.
    let (mut above, mut is_test) = (Vec::new(), false);
    let mut inline_tests = false;
    let mut before = "";
    for line in file.text.lines() {
        inline_tests = (inline_tests && before != "}") || (before == "#[cfg(test)]" && line.ends_with('{'));
        before = line;
        let code = line.trim_start();
        if let Some(comment) = comment(line) {
            let here = if inline_tests { &Kind::Prose } else { &kind };
            let cited = ids(&without_code(comment));
            found.extend(cited.iter().map(|id| cite(id.clone(), here.clone(), file)));
            above.extend(cited);
        }
        found.extend(asked(line).filter(|_| !tests).map(|id| cite(id, Kind::Sql, file)));
        if let Some(name) = function(code) {
            let on_both = code.split_once(": TestDb) {").is_some_and(|(head, _)| !head.contains(": "));
            if (tests || inline_tests) && (is_test || on_both) {
                let named = name.split('_').map_while(of_name);
                let cited = above.drain(..).chain(named);
                found.extend(cited.map(|id| cite(id, Kind::Test(name.to_owned()), file)));
            }
        }
        if code.starts_with("#[") {
            is_test |= code.ends_with("test]") || code.contains("::test(");
        } else if !code.starts_with("//") {
            (above, is_test) = (Vec::new(), false);
        }
    }
}

/// The kind of code in a file with a citation.
fn kind(file: &Source) -> Kind {
    let pages = ["/pages/", "/pages.rs", "/views/", "/views.rs", "/web/", "crates/cet-site/"];
    let statements = ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ", " IS NULL", " IS NOT NULL"];
    let code = file.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let mut code = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    if pages.iter().any(|part| file.path.contains(part)) {
        Kind::Page
    } else if code.any(|line| statements.iter().any(|word| line.contains(word))) {
        Kind::Sql
    } else {
        Kind::Code
    }
}

/// The comment in a line of Rust.
fn comment(line: &str) -> Option<&str> {
    let begins = |at: &usize| {
        let code = &line[..*at];
        code.matches('"').count().is_multiple_of(2) && (code.is_empty() || code.ends_with([' ', '\t']))
    };
    line.match_indices("//").map(|(at, _)| at).find(begins).map(|at| &line[at..])
}

/// A comment without code spans: a cell `A1` of a sheet is not a rule.
fn without_code(comment: &str) -> String {
    comment.split('`').step_by(2).collect()
}

/// The invariant of a query of `cet verify`.
fn asked(line: &str) -> impl Iterator<Item = String> {
    let marks = ["invariant: \"", "INVARIANT: &str = \""];
    let rest = marks.into_iter().find_map(|mark| line.split_once(mark)).map_or("", |(_, rest)| rest);
    ids(rest.split('"').next().unwrap_or_default()).into_iter()
}

fn function(code: &str) -> Option<&str> {
    let code = code.strip_prefix("pub ").unwrap_or(code);
    let code = code.strip_prefix("async ").unwrap_or(code);
    code.strip_prefix("fn ")?.split(['(', '<']).next()
}

/// `th22` in a test's name.
fn of_name(part: &str) -> Option<String> {
    Some(part.to_ascii_uppercase()).filter(|id| is_id(id) && *id != part)
}

/// The ids in a text, each a separate word; `facts 1.10` is one too.
pub(crate) fn ids(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let facts = text.match_indices("facts ").filter_map(|(at, fact)| {
        let rest = &text[at + fact.len()..];
        let number: String = rest.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        Some(format!("facts {}", number.trim_end_matches('.'))).filter(|id| id.contains('.'))
    });
    words.filter(|word| is_id(word)).map(str::to_owned).chain(facts).collect()
}

fn is_id(word: &str) -> bool {
    let digits = word.trim_start_matches(|c: char| c.is_ascii_uppercase());
    let family = &word[..word.len() - digits.len()];
    let number = digits.parse::<u8>().is_ok_and(|number| (1..100).contains(&number));
    FAMILIES.contains(&family) && number && !digits.starts_with('0')
}

#[test]
fn a_rule_is_cited_by_a_word_of_its_own_in_a_comment_a_name_or_a_question() {
    let text = "//! Of U1.\n/// A cell `A1`, WW1, MD5, U+E815: (R13, TH22, facts 1.10).\nfn f() { cell(\"R1\"); // R15\n}\n\
                const Q: Q = Q { invariant: \"I4\", sql: \"SELECT 1\" };\n\
                #[cfg(test)]\nmod tests {\n    /// Y3: once.\n    #[test]\n    fn th1_v4_t4x_and_x1_are_told() {}\n}\n// J1\n";
    let file = Source { path: "crates/x/src/room/store.rs".to_owned(), text: text.to_owned() };
    let mut found = Vec::new();
    of_code(&file, false, &mut found);
    let told = |kind: &Kind| -> Vec<&str> {
        found.iter().filter(|one| one.kind == *kind).map(|one| one.id.as_str()).collect()
    };
    assert_eq!(told(&Kind::Sql), ["R13", "TH22", "facts 1.10", "R15", "I4", "J1"]);
    assert_eq!(told(&Kind::Test("th1_v4_t4x_and_x1_are_told".to_owned())), ["Y3", "TH1", "V4"]);
    assert_eq!(told(&Kind::Prose), ["Y3"]);
    assert!(is_in("crates/x/src/threats/ids.rs", "crates/x/src/threats"));
    assert!(!is_in("crates/x/src/threatsome.rs", "crates/x/src/threats"));
    assert_eq!((of_old("T27".to_owned()), of_old("T4".to_owned())), ("TH27".to_owned(), "T4".to_owned()));
}
