//! Nodes need no account that owns the tables (ASVS 13.2.2).

use crate::testing::TestApp;
use crate::ticket::pages::tests::{paid, publish};
use cet_base::store::testing::{Kind, TestDb, fresh};
use cet_base::store::{Db, DbError, Settings, Tx};

/// What `docs/operator.md` has the owner run.
const GRANTS: &str = include_str!("../../../../packaging/postgresql/serving.sql");

async fn does(db: &Db, sql: &str) -> Result<u64, DbError> {
    let sql = sql.to_owned();
    db.write(async move |tx: &mut Tx<'_>| tx.execute(&sql, &[]).await).await
}

/// The statements with a role of this process in the place of `cet_serve`.
fn statements(role: &str) -> Vec<String> {
    let lines: Vec<&str> = GRANTS.lines().filter(|line| !line.starts_with("--")).collect();
    let all = lines.join("\n").replace("cet_serve", role);
    all.split(';').map(str::trim).filter(|sql| !sql.is_empty()).map(str::to_owned).collect()
}

/// The same database by another account.
async fn opened_as(t: &TestDb, role: &str) -> Db {
    let (_, place) = t.url.split_once('@').unwrap();
    let url = format!("postgres://{role}@{place}");
    Db::open(Settings { url, pool: 8, durable: false, clock: t.clock.clone(), node: 902 }).await.unwrap()
}

#[tokio::test]
async fn a_node_serves_with_an_account_that_can_change_no_table_on_postgresql() {
    let mut t = fresh(Kind::Postgres).await;
    let role = format!("cet_serve_{}", std::process::id());
    let owner = t.db.clone();
    does(&owner, &format!("CREATE ROLE {role} LOGIN")).await.unwrap();
    for sql in statements(&role) {
        does(&owner, &sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
    t.db = opened_as(&t, &role).await;
    // From the roster to the seats.
    let app = crate::registration::pages::tests::enrolled_in(TestApp::on(t).await).await;
    paid(&app, 1, &["1"], &["F"]).await;
    publish(&app).await;
    assert!(does(&app.t.db, "DELETE FROM attempt").await.is_ok(), "rows are its own");
    for sql in [
        "CREATE TABLE made (id BIGINT)",
        "ALTER TABLE passport ADD COLUMN made BIGINT",
        "DROP TRIGGER audit_log_only_grows ON audit_log",
        "ALTER TABLE audit_log DISABLE TRIGGER ALL",
        "DROP TABLE session",
        "TRUNCATE session",
        "DELETE FROM schema_migration",
    ] {
        assert!(does(&app.t.db, sql).await.is_err(), "{sql}");
    }
    does(&owner, "CREATE TABLE of_a_later_version (id BIGINT)").await.unwrap();
    does(&app.t.db, "INSERT INTO of_a_later_version (id) VALUES (1)").await.unwrap();
    for sql in ["DROP OWNED BY", "DROP ROLE"] {
        does(&owner, &format!("{sql} {role}")).await.unwrap();
    }
}
