//! What the matrix of routes needs besides registrations: rows for a school to decide, and more accounts.

use crate::testing::TestApp;
use cet_base::sealed::{Document, Sealed, Telephone, TelephoneOf};
use cet_base::words::codes::SchoolCode;
use cet_base::words::ids::DisputeId;

/// A report of a wrong record, with the id of the review.
pub(super) async fn report(app: &TestApp) {
    let sealed = app.app.vault.seal("三班").unwrap();
    let made: Result<u64, cet_base::store::DbError> = app
        .t
        .db
        .write(async move |tx| {
            tx.execute(
                "INSERT INTO record_report
                    (school, id, sitting, campus, passport_id, record_id, name, student_number, field, said_sealed,
                     right_sealed, note_sealed, state, reported_at)
                 SELECT school, 7, sitting, campus, 4711, id, name, student_number, 'class', $1, $1, $1, 'open', 0
                   FROM student_record
                  WHERE name = '学生1'",
                cet_base::params![sealed],
            )
            .await
        })
        .await;
    assert_eq!(made.unwrap(), 1);
}

/// A dispute about a registration of campus 993010, with the id of the review.
pub(super) async fn dispute(app: &TestApp, registration: &str) {
    let (sealed, id) = (app.app.vault.seal("x").unwrap(), registration.parse::<i64>().unwrap());
    let at = TelephoneOf::Dispute(SchoolCode::parse("99301").unwrap(), DisputeId(7));
    let phone = Sealed::<Telephone>::new(&app.app.vault, at, "x").unwrap();
    let made: Result<u64, cet_base::store::DbError> = app
        .t
        .db
        .write(async move |tx| {
            tx.execute(
                "INSERT INTO dispute
                    (school, id, sitting, campus, record_id, document_key, name, student_number, registration_id, holder,
                     claimant, number_sealed, number_fits, phone_sealed, note_sealed, state, opened_at)
                 SELECT school, 7, sitting, campus, record_id, document_key, name, student_number, id, passport_id, 4711,
                        $2, TRUE, $3, $2, 'open', 0
                   FROM registration
                  WHERE id = $1",
                cet_base::params![id, sealed, phone],
            )
            .await
        })
        .await;
    assert_eq!(made.unwrap(), 1);
}

/// A review for a school to decide.
pub(super) async fn review(app: &TestApp) -> String {
    let key = vec![7_u8; 16];
    let sealed = Sealed::<Document>::new(&app.app.vault, &key, "11010519491231002X").unwrap();
    let made: Result<u64, cet_base::store::DbError> = app
        .t
        .db
        .write(async move |tx| {
            tx.execute(
                "INSERT INTO eligibility_review
                    (school, id, sitting, campus, origin, passport_id, document_key, document_kind, document_sealed, name,
                     ticket, state, malicious, submissions, submitted_at)
                 VALUES ('99301', 7, '2017-2', '993010', 'candidate', 4711, $1, 'resident-id', $2, '学生1',
                         '993010151100102', 'pending', FALSE, 1, 0)",
                cet_base::params![key, sealed],
            )
            .await
        })
        .await;
    made.unwrap();
    "7".to_owned()
}

/// An upload of each kind with errors, from this id on.
pub(in crate::staff::tests) async fn uploads(app: &TestApp, first: i64, place: &'static str) {
    let made: Result<(), cet_base::store::DbError> = app
        .t
        .db
        .write(async move |tx| {
            for (id, kind) in (first..).zip(["roster", "scores", "photos", "campuses"]) {
                let asker = format!("asker-{place}");
                tx.execute(
                    "INSERT INTO upload
                        (id, kind, place, sitting, campus, file_name, size, state, account, created_at, changed_at,
                         worker, lease_until, tries, step, done, total, import_id, checked_at, turn, published_at,
                         publisher, good_only, remove_gone, failure, summary, chosen, looked)
                     VALUES ($1, $2, $3, '2017-2', '', $4, 1, 'bad', $4, 0, 0, NULL, NULL, 0, '', 0, 0, NULL, NULL, 0,
                             NULL, '', FALSE, FALSE, '', '', '', '')",
                    cet_base::params![id, kind, place, asker],
                )
                .await?;
            }
            let sql = "INSERT INTO upload_picture (upload_id, number, name, zh, en, body) VALUES ($1, 0, '', '', '', $2)";
            tx.execute(sql, cet_base::params![first + 2, vec![1_u8]]).await?;
            Ok(())
        })
        .await;
    made.unwrap();
}

/// An open transfer of nobody from a school.
pub(in crate::staff::tests) async fn transfer(app: &TestApp, id: i64, campus: &'static str) {
    let school = campus[..5].to_owned();
    let made: Result<u64, cet_base::store::DbError> = app
        .t
        .db
        .write(async move |tx| {
            tx.execute(
                "INSERT INTO transfer
                    (id, sitting, document_key, from_school, from_campus, to_school, to_campus, record_id, import_id, state, opened_at,
                     decided_at, decided_by, reason)
                 VALUES ($1, '2017-2', $2, $3, $4, '00001', '000010', 0, 0, 'open', 0, NULL, $5, '')",
                cet_base::params![id, id.to_be_bytes().repeat(2), school, campus, format!("asker-{campus}")],
            )
            .await
        })
        .await;
    made.unwrap();
}

/// A day of 支付宝 that waits for its bill.
pub(super) async fn bill(app: &TestApp) {
    let day = cet_domain::reconciliation::Day::parse("2017-09-19").unwrap();
    let of = cet_domain::reconciliation::Of { gateway: gateway::alipay::CODE, day };
    let made: Result<(), cet_base::store::DbError> =
        app.t.db.write(async move |tx| cet_domain::reconciliation::store::make_day(tx, of).await).await;
    made.unwrap();
}

/// The number of [`order`].
pub(super) const ORDER: &str = "99301000000000000007";

/// A closed order of a registration.
pub(super) async fn order(app: &TestApp, registration: &str) {
    let registration: i64 = registration.parse().unwrap();
    let made: Result<u64, cet_base::store::DbError> = app
        .t
        .db
        .write(async move |tx| {
            tx.execute(
                "INSERT INTO payment_order
                    (school, id, number, registration_id, passport_id, sitting, gateway, bank, amount, state, opened_at,
                     deadline_at, settled_at, closed_for, ask_at, asked)
                 VALUES ('99301', 7, $1, $2, 4711, '2017-2', 'alipay', '', 1, 'closed', 1, 2, 3, 'deadline', NULL, 0)",
                cet_base::params![ORDER, registration],
            )
            .await
        })
        .await;
    assert_eq!(made.unwrap(), 1);
}

/// A request for a refund that waits, without lines.
pub(super) async fn refund_request(app: &TestApp, id: i64) {
    let made: Result<u64, cet_base::store::DbError> = app
        .t
        .db
        .write(async move |tx| {
            let now = tx.now().await?;
            tx.execute(
                "INSERT INTO refund_request
                    (id, scope, sitting, order_number, subject, campus, why, reason, line_count, amount, state, requester,
                     requester_person, asked_at, expires_at)
                 VALUES ($1, '', '2017-2', '', '1', '993010', 'mistaken', 'x', 1, 1, 'asked', 'asker', 'asker', $2, $3)",
                cet_base::params![id, now, now.plus(jiff::SignedDuration::from_hours(24))],
            )
            .await
        })
        .await;
    assert_eq!(made.unwrap(), 1);
}

/// A refund that its gateway refused, and a payment that matches nothing.
pub(super) async fn stopped(app: &TestApp) {
    for sql in [
        "INSERT INTO receipt (school, id, order_id, gateway, trade_no, amount, proof, received_at)
         VALUES ('99301', 7, 7, 'alipay', 'T7', 1, 'notice', 3)",
        "INSERT INTO refund
            (school, id, order_id, receipt_id, amount, reason, request_no, state, due_at, tries, answer, stopped_at)
         VALUES ('99301', 7, 7, 7, 1, 'surplus', 'R7', 'refused', 3, 1, 'no', 4)",
        "INSERT INTO suspense (school, id, gateway, order_number, trade_no, amount, reason, proof, state, received_at)
         VALUES ('99301', 7, 'alipay', '', 'T8', 1, 'order', 'notice', 'open', 3)",
    ] {
        let made: Result<u64, cet_base::store::DbError> =
            app.t.db.write(async move |tx| tx.execute(sql, &[]).await).await;
        assert_eq!(made.unwrap(), 1);
    }
}
