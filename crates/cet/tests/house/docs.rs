//! The manual is complete: it lists every setting and every command, and none that does not exist.

use std::collections::BTreeSet;
use std::process::Command;

use super::tree::{files, none, read, tests_missing, tests_named};

#[test]
fn every_setting_is_in_the_manual_and_the_manual_has_no_other() {
    let settings = settings();
    assert!(settings.len() >= 30, "only {} settings were found in the code", settings.len());
    let document = read("docs/configuration.md");
    let documented: BTreeSet<String> = document
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once('`').map(|(key, _)| key.to_owned()))
        .collect();
    let missing = settings.difference(&documented).map(|key| format!("{key}: not in docs/configuration.md"));
    let gone = documented.difference(&settings).map(|key| format!("{key}: documented, but no setting"));
    none("docs/configuration.md", &missing.chain(gone).collect::<Vec<_>>());
}

#[test]
fn every_command_and_option_is_in_the_manual() {
    let document = read("docs/commands.md");
    let mut faults = Vec::new();
    let mut seen = 0;
    let mut open = vec![Vec::<String>::new()];
    while let Some(path) = open.pop() {
        let help = help(&path);
        let below = listed(&help);
        let name = path.iter().fold("cet".to_owned(), |name, word| format!("{name} {word}"));
        if below.is_empty() {
            seen += 1;
            let heading = format!("## `{name}`");
            match document.split_once(&heading) {
                None => faults.push(format!("{name}: no heading {heading}")),
                Some((_, section)) => {
                    let section = section.split("\n## ").next().unwrap_or_default();
                    let missing =
                        options(&help).into_iter().filter(|option| !section.contains(option.as_str()));
                    faults.extend(missing.map(|option| format!("{name}: {option} is not explained")));
                }
            }
        }
        open.extend(below.into_iter().map(|word| [path.clone(), vec![word]].concat()));
    }
    assert!(seen >= 4, "only {seen} commands were found");
    none("docs/commands.md", &faults);
}

#[test]
fn no_command_is_in_the_manual_twice() {
    let document = read("docs/commands.md");
    let mut seen = BTreeSet::new();
    let headings = document.lines().filter(|line| line.starts_with("## "));
    let twice: Vec<String> = headings.filter(|line| !seen.insert(*line)).map(str::to_owned).collect();
    assert!(seen.len() >= 15, "only {} headings were found", seen.len());
    none("docs/commands.md says it once", &twice);
}

#[test]
fn both_languages_of_the_operators_manual_have_the_same_steps() {
    let blocks = |path: &str| -> Vec<String> {
        read(path).split("```").skip(1).step_by(2).map(str::to_owned).collect()
    };
    let (en, zh) = (blocks("docs/operator.md"), blocks("docs/operator.zh.md"));
    assert!(en.len() >= 10, "only {} blocks were found", en.len());
    assert_eq!(en, zh);
}

#[test]
fn every_test_that_the_security_page_names_exists() {
    let page = read("SECURITY.md");
    let named = tests_named(&page);
    assert!(named.len() >= 20, "only {} tests are named", named.len());
    none("SECURITY.md names tests that are not there", &tests_missing(named));
}

/// `section.key` of every field in the structs of `config/` whose doc comment begins with `[section]`.
fn settings() -> BTreeSet<String> {
    let mut settings = BTreeSet::new();
    for file in files("crates/cet-base/src/config", ".rs") {
        let mut documentation = "";
        let mut section: Option<String> = None;
        for line in file.text.lines() {
            if let Some(doc) = line.strip_prefix("/// ") {
                if documentation.is_empty() {
                    documentation = doc;
                }
            } else if line.starts_with("pub struct ") {
                let name = documentation.strip_prefix("`[").and_then(|rest| rest.split_once(']'));
                section = name.map(|(name, _)| name.to_owned());
            } else if line == "}" {
                section = None;
                documentation = "";
            } else if let (Some(section), Some((field, kind))) = (&section, field(line)) {
                // A nested section is listed under its own name.
                if !["Option<Alipay>", "Option<Payease>", "Option<Wechat>", "Option<WechatSandbox>"]
                    .contains(&kind)
                {
                    settings.insert(format!("{section}.{field}"));
                }
            } else if !line.starts_with("#[") && !line.starts_with(' ') {
                documentation = "";
            }
        }
    }
    settings.insert("rehearsal".to_owned());
    settings
}

fn field(line: &str) -> Option<(&str, &str)> {
    let (name, kind) = line.strip_prefix("    pub ")?.split_once(": ")?;
    Some((name, kind.trim_end_matches(',')))
}

fn help(path: &[String]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_cet")).args(path).arg("--help").output().unwrap();
    assert!(output.status.success(), "cet {path:?} --help");
    String::from_utf8(output.stdout).unwrap()
}

/// The commands that a help text lists.
fn listed(help: &str) -> Vec<String> {
    let list = help.split_once("\nCommands:\n").map_or("", |(_, rest)| rest);
    list.lines()
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|word| *word != "help")
        .map(str::to_owned)
        .collect()
}

/// The long options that a help text lists.
fn options(help: &str) -> Vec<String> {
    let list = help.split_once("\nOptions:\n").map_or("", |(_, rest)| rest);
    list.split_whitespace()
        .filter(|word| word.starts_with("--") && word.len() > 2)
        .map(|word| word.trim_end_matches([',', ']', '>']).to_owned())
        .filter(|word| !["--help", "--version"].contains(&word.as_str()))
        .collect()
}
