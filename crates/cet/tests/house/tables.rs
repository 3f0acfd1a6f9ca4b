//! Each table is written by one module: the statements that change its rows are next to its rules.

use std::collections::{BTreeMap, BTreeSet};

use super::statements::{self, Statement};
use super::tree::{Source, files, none};

/// Which module writes which tables.
const OWNERS: &[(&str, &[&str])] = &[
    (
        "arrangement",
        &[
            "arrange_setting",
            "arrangement",
            "arrangement_request",
            "arrangement_source",
            "arrangement_unit",
            "entry_accommodation",
            "exam_room",
            "late_draw",
            "seat_assignment",
        ],
    ),
    (
        "audit",
        &[
            "audit_anchor",
            "audit_archive",
            "audit_chain",
            "audit_log",
            "audit_mark",
            "audit_subject",
            "audit_todo",
        ],
    ),
    ("captcha", &["captcha_used"]),
    ("change", &["change_touch", "setting_change", "setting_change_line"]),
    ("collective_payment", &["collective_payment", "collective_payment_line", "group_outcome"]),
    ("entry", &["command", "entry"]),
    ("import", &["import", "import_named"]),
    ("jobs", &["job_aside"]),
    ("key_check", &["vault_check"]),
    ("limit", &["attempt"]),
    ("message", &["message"]),
    ("nodes", &["node"]),
    ("outbox", &["mailbox", "outbox"]),
    ("passport", &["mail_token", "passport", "passport_email", "recovery_request", "session"]),
    (
        "payment",
        &[
            "order_line",
            "payment_event",
            "payment_order",
            "receipt",
            "receipt_line",
            "refund",
            "refund_line",
            "refund_request",
            "refund_request_line",
            "suspense",
        ],
    ),
    (
        "reconciliation",
        &[
            "reconciliation_day",
            "reconciliation_difference",
            "reconciliation_file",
            "reconciliation_late",
            "reconciliation_note",
            "reconciliation_part",
        ],
    ),
    ("consent", &["consent"]),
    ("dispute", &["dispute"]),
    ("record_report", &["record_report"]),
    ("portal", &["portal_draft", "portal_news", "portal_text"]),
    (
        "registration",
        &[
            "agreement_acceptance",
            "document_lookup",
            "passport_claim",
            "registration",
            "release_tally",
            "student_let_go",
        ],
    ),
    ("rehearsal", &["rehearsal"]),
    ("review", &["eligibility_review", "review_ticket"]),
    ("roster", &["record_removal", "student_record", "transfer"]),
    ("score", &["score"]),
    ("seat_pool", &["seat_pool"]),
    ("setup", &["campus", "campus_before", "province", "school"]),
    (
        "sitting",
        &[
            "catalogue_version",
            "fee",
            "notice",
            "oral_setting",
            "registration_window",
            "setting_limit",
            "sitting",
            "sitting_text",
            "subject",
        ],
    ),
    (
        "staff",
        &[
            "staff_account",
            "staff_code_used",
            "staff_export",
            "staff_grant",
            "staff_rebind",
            "staff_recovery_code",
            "staff_reset",
            "staff_session",
        ],
    ),
    ("standby", &["standby", "standby_wish"]),
    ("statistics", &["statistic"]),
    ("store", &["schema_migration"]),
    ("ticket", &["photo", "photo_before", "student_photo", "ticket_key"]),
    ("upload", &["column_choice", "upload", "upload_finding", "upload_fit", "upload_part", "upload_picture"]),
    ("waiting", &["waiting_count", "waiting_frontier", "waiting_node", "waiting_opening"]),
];

/// Modules that write another one's table, each with its reason.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    (
        "import",
        "score",
        "what a failed import staged is not the room's yet: one statement sweeps it, by the import",
    ),
    (
        "import",
        "student_record",
        "what a failed import staged is not the room's yet: one statement sweeps it, by the import",
    ),
];

/// The module that a file belongs to, in any crate.
pub(crate) fn room(path: &str) -> &str {
    let inside = path.split_once("/src/").map_or("", |(_, inside)| inside);
    inside.split(['/', '.']).next().unwrap_or_default()
}

/// The table whose rows a statement changes.
fn written(sql: &str) -> Option<&str> {
    let rest = ["INSERT INTO ", "UPDATE ", "DELETE FROM "].iter().find_map(|verb| sql.strip_prefix(verb))?;
    rest.split([' ', '(']).next()
}

/// The sources of all crates, without test code.
pub(crate) fn product() -> Vec<Source> {
    let all = files("crates", ".rs").into_iter();
    all.filter(|file| file.path.contains("/src/") && !file.path.ends_with("/testing.rs")).collect()
}

fn changes() -> Vec<Statement> {
    let files = product();
    let sources = files.iter().map(|file| (file.path.as_str(), file.text.as_str()));
    let all = statements::read(sources).known.into_iter();
    all.filter(|statement| written(&statement.sql).is_some()).collect()
}

#[test]
fn every_table_is_written_by_one_room() {
    let owners: BTreeMap<&str, &str> =
        OWNERS.iter().flat_map(|(room, tables)| tables.iter().map(|table| (*table, *room))).collect();
    let allowed = |of: &str, table: &str| {
        owners.get(table) == Some(&of)
            || EXCEPTIONS.iter().any(|(room, known, _)| (*room, *known) == (of, table))
    };
    let changes = changes();
    let mut faults = BTreeSet::new();
    for Statement { path, sql } in &changes {
        let table = written(sql).unwrap_or_default();
        if !allowed(room(path), table) {
            let owner = owners.get(table).copied().unwrap_or("nobody");
            faults.insert(format!("{path} writes {table}, which belongs to {owner}"));
        }
    }
    assert!(changes.len() >= 150, "only {} statements were found", changes.len());
    none("one table, one writing room", &faults.into_iter().collect::<Vec<_>>());
}

#[test]
fn every_table_has_an_owner_and_every_exception_is_needed() {
    let mut tables = BTreeSet::new();
    for file in files("migrations", ".sql").iter().chain(&files("crates", "migrate.rs")) {
        let made = file.text.split("CREATE TABLE ").skip(1);
        tables.extend(made.filter_map(|rest| {
            let name = rest.trim_start_matches("IF NOT EXISTS ").split([' ', '(']).next()?;
            Some(name.to_owned())
        }));
    }
    // A table that takes another one's name when it is filled.
    for file in &files("migrations", ".sql") {
        for rest in file.text.split("ALTER TABLE ").skip(1) {
            if let Some((name, rest)) = rest.split_once(' ')
                && rest.starts_with("RENAME TO")
            {
                tables.remove(name);
            }
        }
    }
    let owned: Vec<&str> = OWNERS.iter().flat_map(|(_, tables)| tables.iter().copied()).collect();
    let mut faults: Vec<String> = tables
        .iter()
        .filter(|table| !owned.contains(&table.as_str()))
        .map(|table| format!("{table}: nobody's"))
        .collect();
    for table in &owned {
        if !tables.contains(*table) || owned.iter().filter(|other| *other == table).count() != 1 {
            faults.push(format!("{table}: no table, or two owners"));
        }
    }
    let changes = changes();
    for (of, table, reason) in EXCEPTIONS {
        let used =
            changes.iter().any(|change| room(&change.path) == *of && written(&change.sql) == Some(table));
        if !used || reason.is_empty() {
            faults.push(format!("{of} writes {table}: an exception that nothing needs"));
        }
    }
    none("each table belongs to one room", &faults);
}

#[test]
fn statements_are_read_as_the_program_sends_them() {
    let sources = [
        (
            "crates/a/src/one/store.rs",
            r#"
            macro_rules! live { ($of:literal, $now:literal) => { concat!($of, "until > ", $now) }; }
            macro_rules! text { ($($part:tt)+) => { const { crate::x::Checked::new(concat!($($part)+)) } }; }
            macro_rules! select { ($rest:literal) => { text!("SELECT a FROM one ", $rest) }; }
            const SQL: &str = "DELETE FROM one WHERE \"a\" = 'b'";
            async fn all(tx: &mut Tx<'_>) {
                tx.query(concat!("SELECT b\n FROM one WHERE ", live!("e.", "$2"), " LIMIT ", 1), &[]).await;
                scope.query_opt::<(i64,)>(tx, select!("WHERE c = '\''"), &[]).await;
                tx.execute(SQL, &[]).await;
                let sql = if old { "UPDATE one SET d = 1" } else { "UPDATE two SET d = 1" };
                tx.execute(sql, &[]).await;
                for sql in ["SELECT e FROM one", "SELECT f FROM one"] { tx.query(sql, &[]).await; }
                let made = format!("SELECT g FROM one WHERE h IN ({list})");
                tx.query(&made, &[]).await;
            }
            #[cfg(test)]
            mod tests { fn x() { tx.execute("DELETE FROM three", &[]) } }
            "#,
        ),
        ("crates/a/src/one/tests/all.rs", r#"fn x() { tx.execute("DELETE FROM four", &[]) }"#),
        ("crates/a/src/lib.rs", "mod one;\n#[cfg(test)]\nmod two;"),
        ("crates/a/src/two/deep.rs", r#"fn x() { tx.execute("DELETE FROM five", &[]) }"#),
    ];
    let read = statements::read(sources);
    let sql: Vec<&str> = read.known.iter().map(|statement| statement.sql.as_str()).collect();
    assert_eq!(
        sql,
        [
            "DELETE FROM one WHERE \"a\" = 'b'",
            "SELECT a FROM one WHERE c = '''",
            "SELECT b FROM one WHERE e.until > $2 LIMIT 1",
            "SELECT e FROM one",
            "SELECT f FROM one",
            "UPDATE one SET d = 1",
            "UPDATE two SET d = 1",
        ]
    );
    let made: Vec<&str> = read.made.iter().map(|(_, text)| text.as_str()).collect();
    assert_eq!(made, ["&made", "SELECT g FROM one WHERE h IN ({list})"]);
    assert_eq!(room("crates/a/src/one/store.rs"), "one");
    assert_eq!(room("crates/a/src/key_check.rs"), "key_check");
    assert_eq!(written("INSERT INTO entry (a) VALUES (1)"), Some("entry"));
    assert_eq!(written("SELECT a FROM entry"), None);
}
