//! What an operator installs names only metrics, labels and commands that exist.

use std::collections::BTreeSet;

use super::tree::{Source, files, none, read, root};

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

/// The units that are installed where a node runs.
fn units() -> Vec<Source> {
    let mut units = files("packaging/systemd", ".service");
    units.extend(files("packaging/backup", ".service"));
    units
}

#[test]
fn the_units_run_commands_of_the_manual() {
    let manual = read("docs/commands.md");
    let mut faults = Vec::new();
    let mut seen = 0;
    for Source { path, text } in units() {
        for line in text.lines().filter(|line| line.starts_with("Exec")) {
            let Some((_, command)) = line.split_once("/usr/bin/cet ") else { continue };
            seen += 1;
            let words = command.split(' ').take_while(|word| !word.starts_with(['-', '/']));
            let name = words.collect::<Vec<_>>().join(" ");
            let section = manual.split_once(&format!("## `cet {name}`")).map(|(_, rest)| rest);
            let section = section.and_then(|rest| rest.split("\n## ").next()).unwrap_or_default();
            let unknown = command
                .split(' ')
                .filter(|word| word.starts_with("--") && !section.contains(&format!("`{word}")))
                .count();
            if section.is_empty() || unknown > 0 || !command.contains(" --config /etc/cet/cet.toml") {
                faults.push(format!("{path}: {line}"));
            }
        }
    }
    assert_eq!(seen, 4);
    none("packaging", &faults);
}

/// `systemd-analyze security` rates what these lines make 1.4 and less.
#[test]
fn every_unit_is_confined_as_the_node_is() {
    let of_node = read("packaging/systemd/cet.service");
    let confines = |line: &&str| {
        ["NoNew", "Capab", "Ambient", "Device", "Lock", "Memory", "Private", "Proc", "Protect", "Remove"]
            .iter()
            .chain(&["Restrict", "SystemCallArch", "SystemCallFilter=@", "SystemCallFilter=~", "UMask"])
            .any(|word| line.starts_with(word))
    };
    let lines: Vec<&str> = of_node.lines().filter(confines).collect();
    assert!(lines.len() >= 25, "only {} were found", lines.len());
    let mut faults = Vec::new();
    for Source { path, text } in units() {
        let missing = lines.iter().filter(|line| !text.lines().any(|own| own == **line));
        faults.extend(missing.map(|line| format!("{path}: without {line}")));
        if !text.contains("\nUser=cet") {
            faults.push(format!("{path}: runs as root"));
        }
    }
    none("packaging", &faults);
}

#[test]
fn the_nodes_unit_leaves_it_what_it_needs() {
    let unit = read("packaging/systemd/cet.service");
    for (line, why) in [
        (
            "SystemCallFilter=sched_setscheduler setpriority\n",
            "threads behind the pages lower their priority",
        ),
        ("LogRateLimitIntervalSec=0\n", "an opening's lines of the request log are more than journald takes"),
        ("ExecStartPre=-/usr/bin/cet config check", "a mail server that is away stops no node"),
        ("StartLimitIntervalSec=0\n", "a database that comes later stops no node for good"),
        ("LimitNOFILE=65536\n", "each connection is a file"),
    ] {
        assert!(unit.contains(line), "{line}: {why}");
    }
    // What is taken back comes behind what takes it away.
    let place = |line: &str| unit.find(line);
    assert!(place("SystemCallFilter=~") < place("SystemCallFilter=sched_setscheduler"));
    let manifest = read("crates/cet/Cargo.toml");
    assert!(
        manifest.contains("restart-after-upgrade = false, stop-on-upgrade = false"),
        "migrate comes first"
    );
}

#[test]
fn what_the_package_holds_is_there() {
    let manifest: toml::Table = toml::from_str(&read("crates/cet/Cargo.toml")).unwrap();
    let deb = &manifest["package"]["metadata"]["deb"];
    let mut faults = Vec::new();
    let mut held = String::new();
    for asset in deb["assets"].as_array().unwrap() {
        let from = asset[0].as_str().unwrap();
        held.push_str(from);
        let Some(path) = from.strip_prefix("../../") else { continue };
        let there = match path.split_once('*') {
            Some((folder, ending)) => !files(folder, ending).is_empty(),
            None => root().join(path).is_file(),
        };
        if !there {
            faults.push(format!("{from} is not there"));
        }
    }
    for Source { path, .. } in units() {
        // cargo-deb finds the node's unit by its name.
        if path != "packaging/systemd/cet.service" && !held.contains(path.rsplit('/').next().unwrap()) {
            faults.push(format!("{path} is not in the package"));
        }
    }
    none("crates/cet/Cargo.toml, [package.metadata.deb]", &faults);
}

#[test]
fn every_alert_and_every_kind_of_alarm_has_its_place_in_both_runbooks() {
    let rules = read("packaging/monitoring/cet-alerts.yml");
    let alerts: BTreeSet<&str> =
        rules.lines().filter_map(|line| line.trim().strip_prefix("- alert: ")).collect();
    assert!(alerts.len() >= 13, "only {} alerts were found", alerts.len());
    let alarms = read("crates/cet-domain/src/alarms.rs");
    let kinds: BTreeSet<&str> =
        alarms.lines().filter_map(|line| line.split_once(": &str = \"")?.1.strip_suffix("\";")).collect();
    assert!(kinds.len() >= 11, "only {} kinds were found", kinds.len());
    let mut faults = Vec::new();
    for path in ["docs/operator.md", "docs/operator.zh.md"] {
        let manual = read(path);
        let told: BTreeSet<&str> = manual
            .lines()
            .filter_map(|line| line.strip_prefix("### "))
            .filter(|at| at.starts_with("Cet"))
            .collect();
        faults.extend(
            alerts.symmetric_difference(&told).map(|name| format!("{path}: {name} in one place only")),
        );
        let table = manual.split("\n### CetAlarm\n").nth(1).unwrap_or_default();
        let table = table.split("\n### ").next().unwrap_or_default();
        let told: BTreeSet<&str> = table
            .lines()
            .filter_map(|line| line.strip_prefix("| `")?.split_once('`'))
            .map(|(kind, _)| kind)
            .collect();
        faults.extend(
            kinds.symmetric_difference(&told).map(|kind| format!("{path}: kind {kind} in one place only")),
        );
    }
    none("the runbook", &faults);
}

/// A word of the configuration that the manual promises, and the units rest on.
#[test]
fn continuous_copies_are_of_the_database_that_the_units_use() {
    let copier = read("packaging/backup/litestream.yml");
    let manual = read("docs/operator.md");
    for word in [
        "path: /var/lib/cet/cet.sqlite",
        "path: /var/backups/cet/litestream",
        "retention: 720h",
        "l0-retention: 1h",
    ] {
        assert!(copier.contains(word), "{word}");
    }
    for word in ["sqlite:/var/lib/cet/cet.sqlite", "any ten seconds of 30 days, any moment of the last hour"]
    {
        assert!(manual.contains(word), "{word}");
    }
    for (unit, folder) in [
        ("cet-litestream", "StateDirectory=cet\n"),
        ("cet-litestream", "ReadWritePaths=-/var/backups/cet\n"),
        ("cet-backup", "ReadWritePaths=-/var/backups/cet\n"),
    ] {
        assert!(read(&format!("packaging/backup/{unit}.service")).contains(folder), "{unit}: {folder}");
    }
}
