//! On an empty PostgreSQL that was never analysed, every look-up by a full key goes by that key. The statements are the
//! program's own, as its sources write them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::store::testing::{Kind, client, fresh};

/// The columns of an index in order, whether it is unique, and the words that its condition quotes.
struct Index {
    columns: Vec<String>,
    unique: bool,
    words: Vec<String>,
}

impl Index {
    /// Whether a statement names one row by it.
    fn is_key_of(&self, sql: &str, given: &BTreeSet<String>) -> bool {
        self.unique
            && self.columns.iter().all(|column| given.contains(column))
            && self.words.iter().all(|word| sql.contains(word))
    }

    /// Whether a statement that names one row by one of these keys finds few rows by this index: it begins with a whole
    /// key, or all of it is given, and that is more than where the row belongs.
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

/// The plan of a statement whose parameters are not known yet.
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

/// The index that a plan of one table goes by; none where it reads the whole table.
fn used(plan: &str) -> Option<&str> {
    plan.lines().filter(|line| line.contains("Index ")).find_map(|line| {
        let (_, rest) = line.split_once(" using ").or_else(|| line.split_once("Bitmap Index Scan on "))?;
        rest.split_whitespace().next()
    })
}

/// The table of a statement that names only one, and the columns that must equal a parameter or a constant.
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

/// Every statement of the sources that looks rows up or changes them; where a macro puts one together of a beginning and
/// a `WHERE …`, each pair of its file.
fn statements() -> BTreeSet<String> {
    let mut files = Vec::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join(".."), &mut files);
    let mut found = BTreeSet::new();
    for file in files {
        let literals = literals(&std::fs::read_to_string(&file).unwrap());
        let starts = |literal: &&String, words: &[&str]| words.iter().any(|word| literal.starts_with(word));
        let ends: Vec<&String> = literals.iter().filter(|literal| starts(literal, &["WHERE "])).collect();
        for literal in
            literals.iter().filter(|literal| starts(literal, &["SELECT ", "UPDATE ", "DELETE FROM "]))
        {
            if literal.contains('{') || !(literal.contains(" FROM ") || literal.starts_with("UPDATE ")) {
                continue;
            }
            // What goes on in a macro is no statement by itself.
            if literal.ends_with(" AND") {
                continue;
            }
            if literal.contains("WHERE") {
                found.insert(literal.clone());
            } else {
                found.extend(ends.iter().map(|end| format!("{literal} {end}")));
            }
        }
    }
    found
}

/// The string literals of a source, each on one line with single spaces.
fn literals(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    // A quote as a character begins no text.
    let source = source.replace("'\"'", "' '");
    let mut rest = source.as_str();
    while let Some(start) = rest.find('"') {
        let mut end = start + 1;
        while let Some(at) = rest[end..].find(['"', '\\']) {
            end += at;
            if rest[end..].starts_with('"') {
                break;
            }
            end += 2;
        }
        let text = rest.get(start + 1..end).unwrap_or_default().replace("\\\n", " ");
        found.push(text.split_whitespace().collect::<Vec<_>>().join(" "));
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    found
}

fn sources(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if name != "tests" {
                sources(&path, files);
            }
        } else if path.extension().is_some_and(|kind| kind == "rs")
            && !["tests.rs", "testing.rs"].contains(&&*name)
        {
            files.push(path);
        }
    }
}
