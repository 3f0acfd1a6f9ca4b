//! `docs/rules.md`: the text of every rule that the code cites, and where the rule is enforced and tested.
//!
//! The texts, and the lines `kept by`, are written by hand. The lines `code`, `SQL`, `page` and `tests` are generated
//! from the citations; `UPDATE=1 cargo test --workspace --test house -- rules` regenerates them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::citations::{Citation, Kind, all, ids};
use super::tree::{files, none, read, root};

const PAGE: &str = "docs/rules.md";

/// The generated lines below a rule's text.
const MADE: [&str; 4] = ["code", "SQL", "page", "tests"];

/// One rule of the page.
struct Rule {
    id: String,
    /// Its text and the handwritten lines below it.
    said: Vec<String>,
}

#[test]
fn every_rule_that_is_cited_has_its_sentence_and_every_sentence_is_cited() {
    let page = read(PAGE);
    let rules = rules(&page);
    let known: BTreeSet<&str> = rules.iter().map(|rule| rule.id.as_str()).collect();
    let cited = all();
    assert!(cited.len() >= 500, "only {} citations were found", cited.len());
    let mut unknown: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for citation in cited.iter().filter(|citation| !known.contains(citation.id.as_str())) {
        unknown.entry(&citation.id).or_default().insert(&citation.path);
    }
    let mut faults: Vec<String> =
        unknown.iter().map(|(id, paths)| format!("{id}: no sentence, but cited by {paths:?}")).collect();
    let used: BTreeSet<&str> = cited.iter().map(|citation| citation.id.as_str()).collect();
    faults.extend(known.difference(&used).map(|id| format!("{id}: nothing cites it")));
    if known.len() != rules.len() {
        faults.push("a rule stands there twice".to_owned());
    }
    none(PAGE, &faults);
}

#[test]
fn every_rule_that_production_code_cites_has_a_test_that_says_so() {
    let where_kept = by_rule(&all());
    let untested: Vec<String> = where_kept
        .iter()
        // A fact about the outside world needs no code.
        .filter(|(id, _)| !id.starts_with("facts "))
        .filter(|(_, lines)| lines.keys().any(|line| *line != "tests") && !lines.contains_key("tests"))
        .map(|(id, lines)| format!("{id}: {lines:?}"))
        .collect();
    none("no test carries the number of the rule, in its name or in the comment above it", &untested);
}

#[test]
fn the_page_says_where_each_rule_is_kept_and_tested() {
    let page = read(PAGE);
    let wanted = written_anew(&page, &by_rule(&all()));
    if page != wanted && std::env::var_os("UPDATE").is_some() {
        std::fs::write(root().join(PAGE), &wanted).unwrap();
        return;
    }
    let old: BTreeSet<&str> = page.lines().collect();
    let new: BTreeSet<&str> = wanted.lines().collect();
    let mut faults: Vec<String> = old.difference(&new).map(|line| format!("stale:  {line}")).collect();
    faults.extend(wanted.lines().filter(|line| !old.contains(line)).map(|line| format!("wanted: {line}")));
    assert!(page == wanted || !faults.is_empty(), "{PAGE}: its lines stand in another order");
    none("UPDATE=1 cargo test --workspace --test house -- rules writes docs/rules.md anew", &faults);
}

/// `kept by: file: text, file: text` is for files that can't cite a rule because they may not be edited.
#[test]
fn what_keeps_a_rule_stands_in_the_file_that_is_named() {
    let mut seen = 0;
    let mut faults = Vec::new();
    for rule in rules(&read(PAGE)) {
        for line in rule.said.iter().filter_map(|line| line.strip_prefix("  - kept by: ")) {
            let quoted: Vec<&str> = line.split('`').skip(1).step_by(2).collect();
            for pair in quoted.chunks(2) {
                seen += 1;
                let [path, text] = pair else {
                    faults.push(format!("{}: a file without a text: {line}", rule.id));
                    continue;
                };
                let file = std::fs::read_to_string(root().join(path)).unwrap_or_default();
                let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
                if !flat(&file).contains(&flat(text)) {
                    faults.push(format!("{}: {path} does not hold {text}", rule.id));
                }
            }
        }
    }
    assert!(seen >= 5, "only {seen} lines were found");
    none("what keeps a rule can be looked at", &faults);
}

/// A search for a rule's number must find every citation: a range would hide the numbers in it.
#[test]
fn no_comment_cites_a_range_of_rules() {
    let mut faults = Vec::new();
    for file in files("crates", ".rs").into_iter().chain(files("migrations", ".sql")).chain(files("", ".md"))
    {
        for (number, line) in file.text.lines().enumerate() {
            let ends = ["-", " - ", "–", "…", " to "].iter().flat_map(|between| line.match_indices(between));
            for (at, between) in ends {
                let word = |text: &str| ids(text).len() == 1;
                let left = line[..at].rsplit([' ', '(', '`']).next().unwrap_or_default();
                let right = line[at + between.len()..].split([' ', ')', ',', '.', '`', ':']).next();
                if word(left) && word(right.unwrap_or_default()) {
                    faults.push(format!("{}:{}: {}", file.path, number + 1, line.trim()));
                }
            }
        }
    }
    none("each rule is cited by its own number", &faults);
}

#[test]
fn one_search_finds_a_rules_sentence_code_sql_page_and_test() {
    let where_kept = by_rule(&all());
    let said: Vec<String> = rules(&read(PAGE)).into_iter().map(|rule| rule.id).collect();
    let mut faults = Vec::new();
    for id in ["R8", "R13", "V3", "Y3", "T1"] {
        if !said.iter().any(|known| known == id) {
            faults.push(format!("{id}: no sentence"));
        }
        let lines = where_kept.get(id).cloned().unwrap_or_default();
        faults.extend(
            MADE.iter().filter(|line| !lines.contains_key(**line)).map(|line| format!("{id}: no {line}")),
        );
    }
    none("a number leads to everything", &faults);
}

/// Parses the rules of the page.
fn rules(page: &str) -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        if let Some((id, _)) = line.strip_prefix("- **").and_then(|rest| rest.split_once("** ")) {
            rules.push(Rule { id: id.to_owned(), said: vec![line.to_owned()] });
            inside = true;
        } else if let Some(rule) = rules.last_mut().filter(|_| inside && line.starts_with("  - ")) {
            if !MADE.iter().any(|made| line.starts_with(&format!("  - {made}: "))) {
                rule.said.push(line.to_owned());
            }
        } else {
            inside = false;
        }
    }
    rules
}

/// The citations of each rule: for each generated line the files, and for tests their names.
type Kept = BTreeMap<&'static str, BTreeMap<String, BTreeSet<String>>>;

fn by_rule(citations: &[Citation]) -> BTreeMap<String, Kept> {
    let mut rules: BTreeMap<String, Kept> = BTreeMap::new();
    for Citation { id, kind, path } in citations {
        let (line, test) = match kind {
            Kind::Code => ("code", None),
            Kind::Sql => ("SQL", None),
            Kind::Page => ("page", None),
            Kind::Test(name) => ("tests", Some(name)),
            Kind::Prose => continue,
        };
        let files = rules.entry(id.clone()).or_default().entry(line).or_default();
        files.entry(path.clone()).or_default().extend(test.cloned());
    }
    rules
}

/// The page with its generated lines replaced.
fn written_anew(page: &str, where_kept: &BTreeMap<String, Kept>) -> String {
    let mut rules = rules(page).into_iter();
    let mut text = String::new();
    let mut inside = false;
    for line in page.lines() {
        if line.starts_with("- **") {
            let rule = rules.next().unwrap();
            inside = true;
            for said in &rule.said {
                writeln!(text, "{said}").unwrap();
            }
            for (name, files) in
                MADE.iter().filter_map(|name| Some((name, where_kept.get(&rule.id)?.get(name)?)))
            {
                let files: Vec<String> = files.iter().map(|(path, tests)| file(path, tests)).collect();
                writeln!(text, "  - {name}: {}", files.join(", ")).unwrap();
            }
        } else if !(inside && line.starts_with("  - ")) {
            inside = false;
            writeln!(text, "{line}").unwrap();
        }
    }
    text
}

fn file(path: &str, tests: &BTreeSet<String>) -> String {
    let tests: Vec<String> = tests.iter().map(|test| format!("`{test}`")).collect();
    if tests.is_empty() { format!("`{path}`") } else { format!("{} (`{path}`)", tests.join(", ")) }
}

#[test]
fn a_page_keeps_what_is_said_by_hand_and_gets_its_lines_anew() {
    let page =
        "# Rules\n\n- **R1** One.\n  - kept by: `a`: `b`\n  - code: `gone.rs`\n\nText R2.\n\n- **R2** Two.\n";
    let cite = |id: &str, kind, path: &str| Citation { id: id.to_owned(), kind, path: path.to_owned() };
    let cited = [
        cite("R1", Kind::Sql, "store.rs"),
        cite("R1", Kind::Test("b".to_owned()), "tests.rs"),
        cite("R1", Kind::Test("a".to_owned()), "tests.rs"),
        cite("R2", Kind::Prose, "README.md"),
    ];
    let wanted = "# Rules\n\n- **R1** One.\n  - kept by: `a`: `b`\n  - SQL: `store.rs`\n  - tests: `a`, `b` (`tests.rs`)\n\n\
                  Text R2.\n\n- **R2** Two.\n";
    assert_eq!(written_anew(page, &by_rule(&cited)), wanted);
}
