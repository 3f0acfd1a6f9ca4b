//! What a repeated form could add to.

use crate::testing::TestApp;
use cet_base::store::{DbError, Tx};
use cet_domain::passport;

/// The tables that a repeat could add rows to.
const BOOKS: [&str; 19] = [
    "SELECT COUNT(*) FROM audit_log",
    "SELECT COUNT(*) FROM outbox",
    "SELECT COUNT(*) FROM message",
    "SELECT COUNT(*) FROM mail_token",
    "SELECT COUNT(*) FROM recovery_request",
    "SELECT COUNT(*) FROM passport",
    "SELECT COUNT(*) FROM session",
    "SELECT COUNT(*) FROM agreement_acceptance",
    "SELECT COUNT(*) FROM registration",
    "SELECT COUNT(*) FROM passport_claim",
    "SELECT COUNT(*) FROM entry",
    "SELECT COUNT(*) FROM entry WHERE state = 'held'",
    "SELECT COALESCE(CAST(SUM(taken + 1000 * waiting) AS BIGINT), 0) FROM seat_pool",
    "SELECT COUNT(*) FROM payment_order",
    "SELECT COUNT(*) FROM order_line",
    "SELECT COUNT(*) FROM eligibility_review",
    "SELECT COUNT(*) FROM record_report",
    "SELECT COUNT(*) FROM standby",
    "SELECT COUNT(*) FROM dispute",
];
pub(super) const HOLDS: &str =
    "SELECT COALESCE(CAST(SUM(expires_at - 1500000000000000) AS BIGINT), 0) FROM entry";

pub(super) async fn number(app: &TestApp, sql: &'static str) -> i64 {
    let found: Result<(i64,), DbError> =
        app.t.db.read(async move |tx: &mut Tx<'_>| tx.query_one(sql, &[]).await).await;
    found.unwrap().0
}

pub(super) async fn books(app: &TestApp) -> Vec<i64> {
    while passport::jobs::recover(&app.app).await.unwrap() > 0 {}
    let mut all = Vec::new();
    for sql in BOOKS {
        all.push(number(app, sql).await);
    }
    all
}
