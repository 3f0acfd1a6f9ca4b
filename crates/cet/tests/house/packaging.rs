//! What an operator installs names only metrics, labels and commands that exist.

use std::collections::BTreeSet;

use super::tree::{none, read};

/// The metrics of `docs/metrics.md` with their labels; that page is compared with the program elsewhere.
fn documented() -> Vec<(String, BTreeSet<String>)> {
    let page = read("docs/metrics.md");
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    rows.filter(|(name, _)| name.starts_with("cet_"))
        .map(|(name, rest)| {
            let labels = rest.split('|').nth(2).unwrap_or_default();
            let labels = labels.split('`').skip(1).step_by(2).map(str::to_owned);
            (name.to_owned(), labels.collect())
        })
        .collect()
}

/// Each metric that an expression names, with the labels it is selected by.
fn named(text: &str) -> Vec<(String, Vec<String>)> {
    let mut found = Vec::new();
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    for (at, _) in text.match_indices("cet_") {
        if text.get(..at).is_some_and(|before| before.ends_with(is_part)) {
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        let name: String = rest.chars().take_while(|c| is_part(*c)).collect();
        let selected = rest.get(name.len()..).and_then(|rest| rest.strip_prefix('{')?.split_once('}'));
        let labels = selected.map(|(labels, _)| {
            labels.split(',').filter_map(|label| {
                let end = label.find(['=', '!'])?;
                Some(label.get(..end)?.trim().to_owned())
            })
        });
        found.push((name, labels.map(Iterator::collect).unwrap_or_default()));
    }
    found
}

#[test]
fn alerts_and_dashboard_name_metrics_and_labels_that_exist() {
    let documented = documented();
    assert!(documented.len() >= 20, "only {} metrics were found", documented.len());
    let mut faults = Vec::new();
    for file in ["packaging/monitoring/cet-alerts.yml", "packaging/monitoring/cet-dashboard.json"] {
        let named = named(&read(file));
        assert!(named.len() >= 15, "{file}: only {} were found", named.len());
        for (name, labels) in named {
            let base = name.strip_suffix("_bucket").unwrap_or(&name);
            match documented.iter().find(|(known, _)| known == base) {
                None => faults.push(format!("{file}: {name} is no metric")),
                // Prometheus itself adds `instance`.
                Some((_, known)) => faults.extend(
                    labels
                        .into_iter()
                        .filter(|label| !known.contains(label) && label != "instance")
                        .map(|label| format!("{file}: {name} has no label {label}")),
                ),
            }
        }
    }
    none("packaging/monitoring", &faults);
}

#[test]
fn the_units_run_commands_of_the_manual() {
    let manual = read("docs/commands.md");
    let mut faults = Vec::new();
    let mut seen = 0;
    for file in ["packaging/systemd/cet.service", "packaging/systemd/cet-verify.service"] {
        let unit = read(file);
        for line in unit.lines().filter(|line| line.starts_with("Exec")) {
            seen += 1;
            let command = line.split_once("/usr/bin/").map_or(line, |(_, command)| command);
            let name = command.split(" --").next().unwrap_or_default();
            if !manual.contains(&format!("## `{name}`")) || !command.contains(" --config /etc/cet/cet.toml") {
                faults.push(format!("{file}: {line}"));
            }
        }
    }
    assert_eq!(seen, 3);
    none("packaging/systemd", &faults);
}
