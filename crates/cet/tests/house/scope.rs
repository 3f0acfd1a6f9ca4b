//! Every statement that reads schools' rows is limited by a key or by the reader's scope, or is in the list below
//! (TH22).

use super::statements;
use super::tables::product;
use super::tree::none;

/// Tables whose rows belong to schools.
const OF_SCHOOLS: &[&str] = &[
    "arrangement",
    "arrangement_request",
    "arrangement_unit",
    "audit_log",
    "collective_payment",
    "collective_payment_line",
    "eligibility_review",
    "entry",
    "entry_accommodation",
    "exam_room",
    "order_line",
    "payment_event",
    "payment_order",
    "receipt",
    "receipt_line",
    "refund",
    "refund_line",
    "refund_request",
    "refund_request_line",
    "registration",
    "seat_assignment",
    "seat_pool",
    "staff_export",
    "staff_rebind",
    "standby",
    "standby_wish",
    "statistic",
    "student_photo",
    "student_record",
    "suspense",
];

/// Columns that identify one row, or the rows of one object.
const KEYS: &[&str] =
    &["id", "document_key", "number", "order_number", "student_number", "subject", "trade_no"];

/// Statements that read more and never serve staff: the file, how the statement begins after `SELECT`, and why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("payment/store/figures.rs", "state, COUNT(*)", "figures of the whole site, for who runs it"),
    ("arrangement/store.rs", "(SELECT COUNT(*)", "whether a campus is arranged"),
    ("arrangement/store.rs", "entry_id, needs", "every entry is then asked for in the scope"),
    ("audit/store/todo.rs", "", "a job: rows that wait to be linked"),
    ("audit/store/archive.rs", "c.place, c.hash", "the operator archives the log, chain by chain"),
    ("audit/store/archive.rs", "MAX(f.place)", "the same"),
    ("privacy/store/touched.rs", "s.subject, COUNT(*)", "the operator lists whose data an account touched"),
    ("privacy/store/touched.rs", "school, id, at", "the same, of a file that was taken out"),
    ("privacy/store/touched.rs", "r.school, r.id, r.campus", "the same, of the place of a file"),
    ("registration/store/past.rs", "school, id FROM", "a job: what is due"),
    ("arrangement/store/seat_mails.rs", "school, id FROM", "a job: what is due"),
    ("change/touch/store.rs", "e.school, e.id, e.registration_id", "a job: who is still to be told"),
    ("collective_payment/store.rs", "school, id FROM", "a job: what is due"),
    (
        "entry/store/ledger.rs",
        "m.email_key",
        "the operator's load generator compares what its candidates were told",
    ),
    ("setup/store.rs", "CAST(1 AS BIGINT) FROM student_record", "whether anything refers to a campus"),
    ("dispute/store.rs", "d.school, d.id FROM", "a job: what has nothing left to decide"),
    ("entry/store/reminders.rs", "school, registration_id", "a job: what is due"),
    ("entry/store.rs", "school, registration_id", "a job: what is due"),
    ("import/store/standing.rs", "", "an import compares its file with what stands"),
    ("payment/store/asking.rs", "school, id FROM", "a job: what is due"),
    ("payment/store/money.rs", "school, id FROM", "a job: what is due"),
    ("reconciliation/store/ours.rs", "r.school, r.id, o.number", "a job: it compares a bill of the merchant"),
    ("reconciliation/store/ours.rs", "f.school, f.id, o.number", "a job: it compares a bill of the merchant"),
    ("reconciliation/store/ours.rs", "o.number, f.amount", "a job: a refund by its number"),
    ("reconciliation/store/ours.rs", "received_at FROM receipt", "a job: since when there is money"),
    ("reconciliation/store/ours.rs", "MIN(opened_at) FROM payment_order", "since when there are orders"),
    ("payment/store/refund_requests.rs", "id FROM", "a job: what is approved and not yet carried out"),
    (
        "payment/store/lapsed_requests.rs",
        "id FROM refund_request WHERE state",
        "a job: what nobody decided in time",
    ),
    ("registration/store.rs", "school, id FROM", "a job: what is due"),
    ("registration/store.rs", "id FROM registration WHERE sitting", "whether a sitting has any registration"),
    ("seat_pool/store.rs", "campus, subject, capacity FROM", "settings of a sitting, for its changes"),
    (
        "roster/store.rs",
        "r.campus, r.document_key",
        "an import of photos compares them with a school's roster",
    ),
    ("roster/store/removal.rs", "i.id FROM import", "the last file of a school, for its next one"),
    ("waiting/store.rs", "capacity FROM seat_pool", "a job: whether a sitting has any seat left"),
    ("seat_pool/store.rs", "subject, capacity, taken", "the seats of a campus are public"),
    ("seat_pool/store.rs", "campus, subject, capacity", "the seats of campuses are public"),
    ("seat_pool/store/line.rs", "campus, sitting, subject", "a job: where somebody waits"),
    ("standby/store.rs", "(SELECT COUNT(*)", "figures of the whole site, for who runs it"),
    ("sitting/store.rs", "sitting, campus, subject", "where there are seats is public"),
    (
        "statistics/store.rs",
        "counted_at FROM statistic",
        "when the sums were counted, which is no figure of a place",
    ),
    ("statistics/store.rs", "place, digest", "a job: what is kept"),
    ("statistics/store.rs", "f.id FROM refund", "a job: whether money of a former sitting has moved"),
    ("statistics/store.rs", "p.id FROM receipt", "the same"),
    ("statistics/store/count.rs", "CAST('registrations' AS TEXT)", "a job: it counts every place"),
    ("ticket/store.rs", "student_number", "an import of photos compares them with those that are there"),
];

fn is_named(sql: &str) -> bool {
    let words: Vec<&str> = sql.split([' ', '(', ')']).filter(|word| !word.is_empty()).collect();
    words.windows(3).any(|three| {
        let column = three[0].rsplit('.').next().unwrap_or_default();
        three[1] == "=" && three[2].starts_with('$') && (KEYS.contains(&column) || column.ends_with("_id"))
    })
}

fn reads_rows_of_schools(sql: &str) -> bool {
    let words: Vec<&str> = sql.split([' ', '(', ')']).filter(|word| !word.is_empty()).collect();
    let table = |pair: &[&str]| matches!(pair[0], "FROM" | "JOIN") && OF_SCHOOLS.contains(&pair[1]);
    sql.starts_with("SELECT ") && words.windows(2).any(table)
}

#[test]
fn whatever_reads_rows_of_schools_names_a_key_or_the_readers_scope() {
    let files = product();
    let sources = files.iter().map(|file| (file.path.as_str(), file.text.as_str()));
    let (mut faults, mut scoped, mut used) = (Vec::new(), 0, Vec::new());
    for statement in statements::read(sources).known {
        let sql = &statement.sql;
        if !reads_rows_of_schools(sql) || statement.path.contains("verify") {
            continue;
        }
        if sql.contains("/*scope") {
            scoped += 1;
            continue;
        }
        if is_named(sql) {
            continue;
        }
        let known = EXCEPTIONS.iter().find(|(file, begin, _)| {
            statement.path.ends_with(&format!("/src/{file}")) && sql["SELECT ".len()..].starts_with(begin)
        });
        match known {
            Some(exception) => used.push(exception),
            None => faults.push(format!("{}: {sql}", statement.path)),
        }
    }
    for exception in EXCEPTIONS.iter().filter(|exception| !used.contains(exception)) {
        faults.push(format!("{}: an exception that nothing needs", exception.0));
    }
    none(
        "a statement over rows of schools names a key of theirs, or its reader's scope (`staff::scoped`)",
        &faults,
    );
    assert!(scoped >= 25, "only {scoped} statements for staff were found");
}

#[test]
fn a_list_without_a_scope_is_found() {
    assert!(reads_rows_of_schools("SELECT name FROM registration WHERE sitting = $1"));
    assert!(!is_named("SELECT name FROM registration WHERE sitting = $1 AND school = $2"));
    assert!(is_named("SELECT name FROM registration r WHERE r.school = $1 AND (r.id = $2)"));
    assert!(is_named("SELECT id FROM entry WHERE school = $1 AND registration_id = $2"));
    assert!(!reads_rows_of_schools("SELECT code FROM campus"));
}
