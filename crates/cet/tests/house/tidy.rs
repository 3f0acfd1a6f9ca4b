//! The shape of the code.

use super::tree::{files, none, read, root};

/// Files above 400 lines, each with its reason. Keep it empty: split a file that grows by use case.
const LONGER: [(&str, &str); 0] = [];

const LINES: usize = 400;

#[test]
fn no_file_is_longer_than_four_hundred_lines() {
    let mut faults = Vec::new();
    for file in files("crates", ".rs") {
        let lines = file.text.lines().count();
        if lines > LINES && !LONGER.iter().any(|(path, _)| *path == file.path) {
            faults.push(format!("{}: {lines} lines", file.path));
        }
    }
    none("at most 400 lines a file; split by verb or by what it is about", &faults);
}

#[test]
fn no_module_has_a_name_that_fits_everything() {
    let banned = ["util", "utils", "helper", "helpers", "common", "manager", "types", "misc", "shared"];
    let faults: Vec<String> = files("crates", ".rs")
        .into_iter()
        .filter(|file| file.path.split(['/', '.']).any(|part| banned.contains(&part)))
        .map(|file| file.path)
        .collect();
    none("a module is a domain word", &faults);
}

#[test]
fn rules_know_no_web_no_database_and_no_clock() {
    let foreign = [
        "async ", ".await", "axum", "askama", "SELECT ", "UPDATE ", "INSERT ", "DELETE ", "tx.query", "Tx<",
        "Clock", "now()", "reqwest", "std::fs", "std::env",
    ];
    let mut seen = 0;
    let mut faults = Vec::new();
    for file in files("crates", ".rs") {
        let of_rules = file.path.ends_with("/rules.rs") || file.path.contains("/rules/");
        if !of_rules || file.path.contains("/tests/") {
            continue;
        }
        seen += 1;
        for (number, line) in code_lines(&file.text) {
            if let Some(word) = foreign.iter().find(|word| line.contains(**word)) {
                faults.push(format!("{}:{number}: {word}", file.path));
            }
        }
    }
    assert!(seen >= 4, "only {seen} files of rules were found");
    none("rules are pure: facts and now in, decision out", &faults);
}

#[test]
fn one_module_writes_files() {
    let words = [
        "File::create",
        "fs::write",
        "OpenOptions",
        "File::options",
        "create_dir",
        "fs::copy",
        "DirBuilder",
        "NamedTempFile",
        "tempfile(",
    ];
    let mut seen = 0;
    let mut faults = Vec::new();
    for file in files("crates", ".rs") {
        let product = file.path.contains("/src/")
            && !["/tests/", "tests.rs", "/testing"].iter().any(|part| file.path.contains(part));
        if !product || file.path == "crates/cet-base/src/private_file.rs" {
            continue;
        }
        seen += 1;
        let code = file.text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for (number, line) in code_lines(code) {
            if let Some(word) = words.iter().find(|word| line.contains(**word)) {
                faults.push(format!("{}:{number}: {word}", file.path));
            }
        }
    }
    assert!(seen >= 100, "only {seen} files were found");
    none("files and folders are made by private_file.rs, for their owner alone", &faults);
}

#[test]
fn nothing_is_left_to_do_in_the_code() {
    // Built at run time, so that this file does not match itself.
    let marks = ["todo", "unimplemented", "dbg"].map(|word| format!("{word}!("));
    let words =
        ["FIX", "TO", "XX"].map(|start| format!("// {start}{}", if start == "TO" { "DO" } else { "ME" }));
    let mut faults = Vec::new();
    for file in files("crates", ".rs") {
        for (number, line) in file.text.lines().enumerate() {
            if marks.iter().chain(&words).any(|mark| line.contains(mark)) {
                faults.push(format!("{}:{}: {}", file.path, number + 1, line.trim()));
            }
        }
    }
    none("no stubs; what is missing is said in CHANGELOG.md or an issue", &faults);
}

#[test]
fn templates_hold_no_inline_script_or_style() {
    let mut faults = Vec::new();
    for file in templates() {
        for tag in tags(&file.text) {
            let name = tag.split([' ', '\n', '>', '/']).next().unwrap_or_default();
            if attributes(tag).any(|attribute| attribute == "style" || is_handler(attribute)) {
                faults.push(format!("{}: <{tag}>", file.path));
            }
            if name == "style" || (name == "script" && !tag.contains("src=")) {
                faults.push(format!("{}: <{tag}>", file.path));
            }
        }
        for body in file.text.split("<script").skip(1) {
            let after = body.split_once('>').map_or("", |(_, rest)| rest);
            if !after.starts_with("</script>") {
                faults.push(format!("{}: a script with a body", file.path));
            }
        }
    }
    none("the page's policy (CSP) forbids inline script and style", &faults);
}

#[test]
fn every_form_says_where_it_goes() {
    let mut seen = 0;
    let mut faults = Vec::new();
    for file in templates() {
        for tag in tags(&file.text).filter(|tag| tag.starts_with("form")) {
            seen += 1;
            let action = tag.split_once("action=\"").map_or("", |(_, rest)| rest);
            if !(action.starts_with('/') || action.starts_with("{{")) {
                faults.push(format!("{}: <{tag}>", file.path));
            }
            if !tag.contains("method=\"post\"") && !tag.contains("method=\"get\"") {
                faults.push(format!("{}: <{tag}>: post or get?", file.path));
            }
        }
    }
    assert!(seen >= 10, "only {seen} forms were found");
    none("a form has an action and a method", &faults);
}

#[test]
fn migrations_are_numbered_without_a_gap_and_never_empty() {
    let list = read("crates/cet-base/src/store/migrate.rs");
    let mut next = 1;
    let mut faults = Vec::new();
    for file in files("migrations", ".sql") {
        let name = file.path.trim_start_matches("migrations/");
        if !file.text.contains(';') {
            faults.push(format!("{name}: empty"));
        }
        if !list.contains(&format!("migrations/{name}\")")) {
            faults.push(format!("{name}: not in the list of store/migrate.rs"));
        }
        // Statements for one database only are in separate files next to the numbered ones.
        if name.ends_with(".postgres.sql") || name.ends_with(".sqlite.sql") {
            continue;
        }
        if !name.starts_with(&format!("{next:04}_")) {
            faults.push(format!("{name}: expected number {next:04}"));
        }
        next += 1;
    }
    none("one list of migrations", &faults);
}

#[test]
fn scripts_name_no_address_outside_this_machine() {
    let mut faults = Vec::new();
    for folder in ["scripts", ".ci"] {
        for file in files(folder, "") {
            for (number, line) in file.text.lines().enumerate() {
                let mut rest = line;
                while let Some((before, after)) = rest.split_once("://") {
                    let local = after.starts_with("127.0.0.1") || after.starts_with("postgres@127.0.0.1");
                    if !local {
                        faults.push(format!("{}:{}: {}…", file.path, number + 1, before.trim()));
                    }
                    rest = after;
                }
            }
        }
    }
    none("packages come through cargo, apt and npm as the machine has them set", &faults);
}

#[test]
fn documents_are_as_short_as_promised() {
    let mut faults = Vec::new();
    let mut check = |path: &str, most: usize| {
        let lines = read(path).lines().count();
        if lines > most {
            faults.push(format!("{path}: {lines} lines, at most {most}"));
        }
    };
    check("README.md", 150);
    check("ARCHITECTURE.md", 200);
    for adr in files("docs/adr", ".md") {
        check(&adr.path, 40);
    }
    none("a short document is read", &faults);
}

#[test]
fn links_between_documents_lead_somewhere() {
    let mut faults = Vec::new();
    for file in files("", ".md") {
        if file.path.starts_with("crates/") {
            continue;
        }
        let folder = root().join(&file.path).parent().unwrap().to_path_buf();
        for target in
            file.text.split("](").skip(1).filter_map(|rest| rest.split_once(')').map(|(link, _)| link))
        {
            let target = target.split('#').next().unwrap_or_default();
            let elsewhere = target.contains("://") || target.starts_with("mailto:") || target.is_empty();
            if !elsewhere && !folder.join(target).exists() {
                faults.push(format!("{}: {target}", file.path));
            }
        }
    }
    none("a link leads to a file", &faults);
}

fn templates() -> Vec<super::tree::Source> {
    let all = files("crates", ".html").into_iter();
    all.filter(|file| file.path.contains("/templates/")).collect()
}

/// Lines with their numbers, without comments.
fn code_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(number, line)| (number + 1, line.split("//").next().unwrap_or_default()))
        .filter(|(_, line)| !line.trim().is_empty())
}

/// The text between `<` and `>` of each opening tag.
fn tags(text: &str) -> impl Iterator<Item = &str> {
    text.split('<')
        .skip(1)
        .filter(|tag| tag.starts_with(|first: char| first.is_ascii_lowercase()))
        .filter_map(|tag| tag.split_once('>').map(|(tag, _)| tag))
}

/// The attribute names of a tag.
fn attributes(tag: &str) -> impl Iterator<Item = &str> {
    tag.split([' ', '\n']).skip(1).filter_map(|part| part.split_once('=').map(|(name, _)| name.trim()))
}

fn is_handler(attribute: &str) -> bool {
    attribute.len() > 2
        && attribute.starts_with("on")
        && attribute.bytes().all(|byte| byte.is_ascii_lowercase())
}

#[test]
fn the_search_for_inline_script_finds_it() {
    let page = r#"<p class="a" onclick="x()">text on=off</p><b style="color:red">"#;
    let found =
        tags(page).filter(|tag| attributes(tag).any(|name| name == "style" || is_handler(name))).count();
    assert_eq!(found, 2);
}

/// Visually hidden elements are out of the flow: in a box that scrolls or clips but is not positioned, they are placed
/// relative to the page instead and make the page scroll.
#[test]
fn what_scrolls_or_cuts_holds_what_is_positioned_inside_it() {
    let mut faults = Vec::new();
    let mut seen = 0;
    for file in files("crates/cet-site/assets", ".css") {
        for rule in file.text.split('}').filter_map(|rule| rule.rsplit_once('{')) {
            let (selector, body) = rule;
            let selector = selector.rsplit(['{', '\n']).next().unwrap_or_default().trim();
            let cuts = ["overflow: hidden", "overflow: auto", "overflow-x: auto", "overflow-x: scroll"];
            // A meter has no children.
            if selector == "meter" || !cuts.iter().any(|cut| body.contains(cut)) {
                continue;
            }
            seen += 1;
            if !body.contains("position: ") {
                faults.push(format!("{}: {selector}", file.path));
            }
        }
    }
    assert!(seen >= 4, "only {seen} rules were found");
    none("a box that scrolls has a position", &faults);
}
