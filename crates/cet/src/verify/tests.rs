//! Each invariant is broken by hand once, and found.

use crate::entry::testing::World;
use crate::on_both;
use crate::store::testing::TestDb;
use crate::store::{DbError, Tx};

async fn broken(t: &TestDb, world: &World) -> Vec<&'static str> {
    let findings = super::run(&t.db, &world.catalogue).await.unwrap();
    findings.iter().filter(|finding| !finding.violations.is_empty()).map(|finding| finding.invariant).collect()
}

async fn spoil(t: &TestDb, sql: &'static str) {
    let sql = sql.to_owned();
    t.db.write(async move |tx: &mut Tx<'_>| tx.execute(&sql, &[]).await.map(|_| ())).await.unwrap_or_else(|e: DbError| panic!("{e}"));
}
