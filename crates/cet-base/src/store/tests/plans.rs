//! Every statement of the program is accepted by both databases; and on an empty PostgreSQL that was never analysed,
//! every lookup by a full key uses that key. The statements are collected from the program's sources.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::store::testing::{Kind, client, fresh};
use crate::store::tx::for_sqlite;

#[path = "plans/lists.rs"]
mod lists;
#[path = "plans/rosters.rs"]
mod rosters;
#[path = "../../../../cet/tests/house/statements.rs"]
mod statements;

use self::statements::{Statement, Statements};

/// Statements that the collector can't assemble: the file, the text or the argument, and what tests them instead.
/// Statements for a variable number of rows run in their modules' tests, on both databases.
const MADE: &[(&str, &str, &str)] = &[
    ("arrangement/store/seats.rs", "INSERT INTO seat_assignment", "for many rows: arrangement/tests"),
    ("arrangement/store/seats.rs", "sql", "the same"),
    ("arrangement/verify.rs", "sql", "a constant of the file, which is known"),
    ("audit/store.rs", "INSERT INTO audit_log", "for many rows: audit's tests"),
    ("audit/store.rs", "&sql", "the same"),
    ("audit/store/todo.rs", "INSERT INTO audit_todo", "for many rows: audit's tests"),
    ("audit/store/todo.rs", "INSERT INTO audit_chain", "for many rows: audit's tests"),
    ("audit/store/todo.rs", "DELETE FROM audit_todo", "for many rows: audit's tests"),
    ("audit/store/todo.rs", "&sql", "these two"),
    ("audit/store/subject.rs", "sql", "texts of one function by key, which are known"),
    ("entry/store/of_many.rs", "SELECT id, sitting", "for many registrations: its own test"),
    ("entry/store/of_many.rs", "&SQL", "the same"),
    ("import/stage.rs", "sql", "for many rows: the imports' tests"),
    ("import/stage.rs", "&statement::<K>(1)", "for one row: the roster's tests"),
    ("statistics/store.rs", "INSERT INTO statistic", "it holds braces, which are JSON: statistics' tests"),
    ("roster/file.rs", "INSERT INTO student_record", "for many rows: roster's tests"),
    ("score/file.rs", "INSERT INTO score", "for many rows: score's tests"),
    ("import/store/standing.rs", "SELECT r.document_key", "for many documents: import's tests"),
    ("import/store/standing.rs", "&sql", "the same"),
    ("jobs/sweep.rs", "self.find", "constants of who sweeps, which are known"),
    ("jobs/sweep.rs", "self.delete", "constants of who sweeps, which are known"),
    ("key_check.rs", "SELECT document_sealed", "of several tables and from both ends: key_check's tests"),
    ("key_check.rs", "SELECT totp_sealed", "from both ends: key_check's tests"),
    ("key_check.rs", "SELECT sealed", "from both ends: key_check's tests"),
    ("key_check.rs", "&sql", "these three"),
    ("passport/store/session.rs", "sql", "two texts of one function, which are known"),
    ("reseal/store.rs", "SELECT {keys}", "of every sealed column: reseal's tests"),
    ("reseal/store.rs", "UPDATE {table}", "the same"),
    ("reseal/store.rs", "&by(", "these two"),
    ("reseal/store.rs", "&sql", "these two"),
    ("store/scoped.rs", "sql.sql", "the texts of `scoped!`, which are known"),
    ("verify/mod.rs", "sql", "constants of the questions, which are known"),
];

/// The columns of an index in order, whether it is unique, and the words that its condition quotes.
struct Index {
    columns: Vec<String>,
    unique: bool,
    words: Vec<String>,
}

impl Index {
    /// Whether a statement selects one row by it.
    fn is_key_of(&self, sql: &str, given: &BTreeSet<String>) -> bool {
        self.unique
            && self.columns.iter().all(|column| given.contains(column))
            && self.words.iter().all(|word| sql.contains(word))
    }

    /// Whether a statement that selects one row by one of these keys finds few rows by this index: it begins with a
    /// whole key, or all its columns are given, and not only broad ones.
    fn leads_to(&self, keys: &[&Self], given: &BTreeSet<String>) -> bool {
        let leading: Vec<&String> =
            self.columns.iter().take_while(|column| given.contains(*column)).collect();
        let broad = ["school", "sitting", "state"];
        keys.iter().any(|key| key.columns.iter().all(|column| leading.contains(&column)))
            || leading.len() == self.columns.len()
                && leading.iter().any(|column| !broad.contains(&column.as_str()))
    }
}

#[tokio::test]
async fn every_statement_of_the_program_is_taken_by_sqlite() {
    let t = fresh(Kind::Sqlite).await;
    let connection = rusqlite::Connection::open(t.url.trim_start_matches("sqlite:")).unwrap();
    let all = read();
    let refused: Vec<String> = all
        .known
        .iter()
        .filter_map(|Statement { path, sql }| {
            let error = connection.prepare(&for_sqlite(sql)).err()?;
            Some(format!("{path}: {sql}: {error}"))
        })
        .collect();
    assert!(refused.is_empty(), "{} are refused:\n{}", refused.len(), refused.join("\n\n"));
    assert!(all.known.len() > 300, "only {} statements were found", all.known.len());
}

#[tokio::test]
async fn every_statement_of_the_program_is_taken_by_postgresql() {
    let t = fresh(Kind::Postgres).await;
    let (client, _connection) = client(&t.url).await.unwrap();
    let all = read();
    let mut refused = Vec::new();
    for Statement { path, sql } in &all.known {
        if let Err(error) = client.prepare(sql).await {
            refused.push(format!("{path}: {sql}: {error:?}"));
        }
    }
    assert!(refused.is_empty(), "{} are refused:\n{}", refused.len(), refused.join("\n\n"));
}

#[test]
fn every_statement_that_is_made_at_run_time_is_known() {
    let made = read().made;
    let is = |(path, text): &(String, String), (file, known, _): &(&str, &str, &str)| {
        path.ends_with(&format!("/{file}")) && text.starts_with(known)
    };
    let unknown: Vec<_> = made.iter().filter(|made| !MADE.iter().any(|known| is(made, known))).collect();
    let gone: Vec<_> = MADE.iter().filter(|known| !made.iter().any(|made| is(made, known))).collect();
    assert!(unknown.is_empty() && gone.is_empty(), "not known: {unknown:#?}\nno more there: {gone:#?}");
}

#[tokio::test]
async fn a_look_up_by_key_on_a_fresh_database_goes_by_the_key_on_postgresql() {
    let t = fresh(Kind::Postgres).await;
    let (client, _connection) = client(&t.url).await.unwrap();
    client.batch_execute("SET plan_cache_mode = force_generic_plan").await.unwrap();
    let indexes = indexes(&client).await;
    let (mut looked_at, mut wrong) = (BTreeSet::new(), Vec::new());
    for sql in statements() {
        let Some((table, given)) = single_table(&sql) else { continue };
        let Some(of_table) = indexes.get(&table) else { continue };
        let keys: Vec<&Index> = of_table.values().filter(|index| index.is_key_of(&sql, &given)).collect();
        if keys.is_empty() {
            continue;
        }
        let plan = explained(&client, &sql).await;
        let index = used(&plan).and_then(|name| of_table.get(name));
        if !index.is_some_and(|index| index.leads_to(&keys, &given)) {
            wrong.push(format!("{sql}\n{plan}"));
        }
        looked_at.insert((table, sql));
    }
    assert!(wrong.is_empty(), "{} look-ups by another way:\n{}", wrong.len(), wrong.join("\n\n"));
    assert!(looked_at.len() > 100, "only {} look-ups by key were found", looked_at.len());
    for table in
        ["registration", "entry", "seat_pool", "session", "passport_claim", "payment_order", "refund"]
    {
        assert!(looked_at.iter().any(|(of, _)| of == table), "no look-up by key of {table} was found");
    }
}

#[tokio::test]
async fn the_release_of_empty_registrations_still_goes_by_its_index_on_postgresql() {
    let t = fresh(Kind::Postgres).await;
    let (client, _connection) = client(&t.url).await.unwrap();
    client.batch_execute("SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off").await.unwrap();
    let sql = statements()
        .into_iter()
        .find(|sql| sql.contains("FROM registration") && sql.contains("release_at <="));
    let plan = explained(&client, &sql.unwrap()).await;
    assert!(plan.contains("registration_release"), "{plan}");
}

/// ADR 10: the conditions of the statement are those of the indexes, on both databases.
#[tokio::test]
async fn a_part_of_a_name_is_found_by_the_pairs_of_letters_on_sqlite_and_postgresql() {
    let sql = statements().into_iter().find(|sql| sql.contains("substr(name_key, 3, 2)")).unwrap();
    let names = ["pair_1", "pair_2", "pair_3", "long_name"].map(|name| format!("registration_{name}"));
    let t = fresh(Kind::Postgres).await;
    let (client, _connection) = client(&t.url).await.unwrap();
    client.batch_execute("SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off").await.unwrap();
    let plan = explained(&client, &sql).await;
    assert!(names.iter().all(|name| plan.contains(name)), "{plan}");
    let t = fresh(Kind::Sqlite).await;
    let plan = explained_by_sqlite(&t.url, &sql);
    let used = |name: &String| plan.iter().any(|step| step.contains(name));
    assert!(
        names.iter().all(used) && !plan.iter().any(|step| step.starts_with("SCAN registration")),
        "{plan:#?}"
    );
}

#[tokio::test]
async fn the_list_of_orders_goes_by_its_index_whatever_it_is_filtered_by_on_sqlite_and_postgresql() {
    let lists = |sql: &String| sql.contains("FROM payment_order") && sql.contains("ORDER BY school, id DESC");
    let all: Vec<String> = statements().into_iter().filter(lists).collect();
    let [sql] = &all[..] else { panic!("{all:#?}") };
    let t = fresh(Kind::Postgres).await;
    let (client, _connection) = client(&t.url).await.unwrap();
    client.batch_execute("SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off").await.unwrap();
    let plan = explained(&client, sql).await;
    assert!(plan.contains("payment_order_listed") && !plan.contains("Sort"), "{plan}");
    let t = fresh(Kind::Sqlite).await;
    let plan = explained_by_sqlite(&t.url, sql);
    let by_all = "payment_order_listed (sitting=? AND state=? AND gateway=? AND school>? AND school<?)";
    assert!(plan.len() == 1 && plan.iter().all(|step| step.contains(by_all)), "{plan:#?}");
}

#[tokio::test]
async fn the_list_of_refunds_goes_by_an_index_for_each_of_its_filters_on_sqlite_and_postgresql() {
    let lists = |sql: &String| sql.contains("FROM refund f JOIN") && sql.contains("f.id > 0 ORDER BY");
    let all: Vec<String> = statements().into_iter().filter(lists).collect();
    let index = |sql: &str| match sql {
        sql if sql.contains("AND f.reason = $3") => "refund_reason",
        sql if sql.contains("stopped_at IS NOT NULL") => "refund_stopped",
        sql if sql.contains("AND f.state = $3") => "refund_state",
        _ => "refund_newest",
    };
    let known: BTreeSet<&str> = all.iter().map(|sql| index(sql)).collect();
    assert_eq!((all.len(), known.len()), (4, 4), "{all:#?}");
    let postgres = fresh(Kind::Postgres).await;
    let (client, _connection) = client(&postgres.url).await.unwrap();
    client.batch_execute("SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off").await.unwrap();
    let sqlite = fresh(Kind::Sqlite).await;
    for sql in &all {
        let index = index(sql);
        let plan = explained(&client, sql).await;
        // How few wait for finance PostgreSQL knows by its statistics only: an empty table has none.
        assert!(plan.contains(index) || index == "refund_stopped", "{sql}\n{plan}");
        let plan = explained_by_sqlite(&sqlite.url, sql);
        assert!(plan.iter().any(|step| step.contains(index)), "{sql}\n{plan:#?}");
        let sorts = plan.iter().any(|step| step.contains("TEMP B-TREE"));
        assert_eq!(sorts, index == "refund_stopped", "only what waits for finance is sorted: {plan:#?}");
    }
}

/// A11: a round of the job costs what is due, not what is there.
#[tokio::test]
async fn what_retention_looks_for_goes_by_an_index_and_is_not_sorted_on_sqlite_and_postgresql() {
    let looks = [
        ("UPDATE record_report", "answered_at <", "record_report_kept"),
        ("UPDATE dispute", "ended_at <", "dispute_kept"),
        ("UPDATE eligibility_review", "decided_at <", "eligibility_review_kept"),
        ("UPDATE staff_rebind", "decided_at <", "staff_rebind_kept"),
        ("UPDATE message", "at < $1 AND words_sealed IS NOT NULL", "message_kept"),
        ("DELETE FROM document_lookup", "day <", "document_lookup_day"),
        ("DELETE FROM student_record", "WHERE sitting = $1 LIMIT", "student_record_"),
        ("DELETE FROM photo", "WHERE sitting = $1 LIMIT", "photo_sitting"),
        ("DELETE FROM student_photo", "WHERE sitting = $1 LIMIT", "student_photo_sitting"),
        ("SELECT school, id FROM registration", "name <> '' ORDER BY school, id", "registration_named"),
    ];
    let all = statements();
    let postgres = fresh(Kind::Postgres).await;
    let (client, _connection) = client(&postgres.url).await.unwrap();
    client
        .batch_execute(
            "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_sort = off",
        )
        .await
        .unwrap();
    let sqlite = fresh(Kind::Sqlite).await;
    for (begins, holds, index) in looks {
        let of: Vec<&String> =
            all.iter().filter(|sql| sql.starts_with(begins) && sql.contains(holds)).collect();
        let [sql] = of[..] else { panic!("{begins}: {of:#?}") };
        let plan = explained(&client, sql).await;
        assert!(plan.contains(index), "{sql}\n{plan}");
        let plan = explained_by_sqlite(&sqlite.url, sql);
        let looked = plan.iter().any(|step| step.contains(index));
        let scans = plan.iter().any(|step| step.starts_with("SCAN") && !step.contains(index));
        assert!(looked && !scans && !plan.iter().any(|step| step.contains("ORDER BY")), "{sql}\n{plan:#?}");
    }
}

/// The steps of a plan.
fn explained_by_sqlite(url: &str, sql: &str) -> Vec<String> {
    let connection = rusqlite::Connection::open(url.trim_start_matches("sqlite:")).unwrap();
    let mut steps = connection.prepare(&format!("EXPLAIN QUERY PLAN {}", for_sqlite(sql))).unwrap();
    let mut rows = steps.raw_query();
    let mut plan = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        plan.push(row.get(3).unwrap());
    }
    plan
}

async fn indexes(client: &tokio_postgres::Client) -> BTreeMap<String, BTreeMap<String, Index>> {
    let sql = "SELECT t.relname, i.relname, x.indisunique, a.attname,
                      COALESCE(pg_get_expr(x.indpred, x.indrelid), '')
                 FROM pg_index x
                 JOIN pg_class i ON i.oid = x.indexrelid
                 JOIN pg_class t ON t.oid = x.indrelid
                 JOIN pg_namespace n ON n.oid = t.relnamespace
                 JOIN pg_attribute a ON a.attrelid = i.oid
                WHERE n.nspname = 'public'
                ORDER BY t.relname, i.relname, a.attnum";
    let mut found: BTreeMap<String, BTreeMap<String, Index>> = BTreeMap::new();
    for row in client.query(sql, &[]).await.unwrap() {
        let of_table = found.entry(row.get(0)).or_default();
        let condition: String = row.get(4);
        let words = condition.split('\'').skip(1).step_by(2).map(|word| format!("'{word}'")).collect();
        let fresh = Index { columns: Vec::new(), unique: row.get(2), words };
        let index = of_table.entry(row.get(1)).or_insert(fresh);
        index.columns.push(row.get(3));
    }
    found
}

/// The plan of a statement with unknown parameters.
async fn explained(client: &tokio_postgres::Client, sql: &str) -> String {
    let parameters = (1..100).take_while(|n| sql.contains(&format!("${n}"))).count();
    let nulls = vec!["NULL"; parameters].join(", ");
    let values = if parameters == 0 { String::new() } else { format!("({nulls})") };
    client
        .batch_execute(&format!("PREPARE looked AS {sql}"))
        .await
        .unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    let rows = client.query(&format!("EXPLAIN EXECUTE looked{values}"), &[]).await.unwrap();
    client.batch_execute("DEALLOCATE looked").await.unwrap();
    rows.iter().map(|row| row.get::<_, String>(0)).collect::<Vec<_>>().join("\n")
}

/// The index that a plan of one table uses; `None` for a sequential scan.
fn used(plan: &str) -> Option<&str> {
    plan.lines().filter(|line| line.contains("Index ")).find_map(|line| {
        let (_, rest) = line.split_once(" using ").or_else(|| line.split_once("Bitmap Index Scan on "))?;
        rest.split_whitespace().next()
    })
}

/// The table of a statement on one table, and the columns that must equal a parameter or a constant.
fn single_table(sql: &str) -> Option<(String, BTreeSet<String>)> {
    let words: Vec<&str> = sql.split_whitespace().collect();
    let tables: Vec<&str> = words
        .windows(2)
        .filter(|pair| matches!(pair[0], "FROM" | "UPDATE" | "JOIN") && pair[1] != "SKIP")
        .map(|pair| pair[1])
        .collect();
    let [table] = tables[..] else { return None };
    if sql.contains(" OR ") || sql.contains("FOR UPDATE OF") {
        return None;
    }
    let place = words.iter().position(|word| *word == "WHERE")?;
    let mut given = BTreeSet::new();
    for clause in words[place + 1..].split(|word| *word == "AND") {
        if let [column, "=", value, ..] = clause
            && (value.starts_with('$')
                || value.starts_with('\'')
                || value.bytes().all(|b| b.is_ascii_digit()))
        {
            given.insert((*column).to_owned());
        }
    }
    Some((table.trim_end_matches(';').to_owned(), given))
}

/// Every statement in the sources of all crates. The store's own are each for one database.
fn read() -> Statements {
    let mut files = Vec::new();
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for of in std::fs::read_dir(crates).unwrap() {
        let folder = of.unwrap().path().join("src");
        if folder.is_dir() {
            sources(&folder, &mut files);
        }
    }
    let texts: Vec<(String, String)> = files
        .iter()
        .map(|file| (file.to_string_lossy().into_owned(), std::fs::read_to_string(file).unwrap()))
        .collect();
    let mut all = statements::read(texts.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    all.known.retain(|statement| !statement.path.contains("/src/store/"));
    all
}

/// The distinct texts.
fn statements() -> BTreeSet<String> {
    read().known.into_iter().map(|statement| statement.sql).collect()
}

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            sources(&path, files);
        } else if path.extension().is_some_and(|kind| kind == "rs") && name != "testing.rs" {
            files.push(path);
        }
    }
}
