//! Rows of four places in every table that staff read: two campuses of one school, another school in the same province,
//! and another province. Each place has a different number of them, so that a sum reveals which places are included.

use crate::testing::TestApp;
use cet_base::params;
use cet_base::sealed::{Sealed, Telephone};
use cet_base::store::{DbError, Tx};
use cet_base::words::document::{Document, DocumentKind};
use cet_base::words::name::PersonName;
use cet_base::words::time::Time;
use cet_domain::roster::DocumentKey;
use cet_domain::staff::exports::What;
use cet_domain::staff::{Role, Scope};

/// A place with its rows.
pub(super) struct Place {
    pub(super) campus: &'static str,
    /// The name of every person there.
    pub(super) name: &'static str,
    /// The number of its registrations, orders, reviews …: a power of two.
    pub(super) rows: i64,
}

pub(super) const PLACES: [Place; 4] = [
    Place { campus: "993010", name: "阿甲", rows: 1 },
    Place { campus: "993011", name: "阿乙", rows: 2 },
    Place { campus: "991010", name: "阿丙", rows: 4 },
    Place { campus: "983010", name: "阿丁", rows: 8 },
];

/// The scopes: a campus and a school of the first place, its province, the nation.
pub(super) const SCOPES: [&str; 4] = ["993010", "99301", "99", ""];

impl Place {
    pub(super) fn school(&self) -> &'static str {
        &self.campus[..5]
    }

    /// The id of its first row in every table.
    pub(super) fn id(&self) -> i64 {
        self.rows * 100
    }

    /// The document of its first student.
    pub(super) fn document(&self) -> String {
        document(self, 0)
    }
}

fn document(place: &Place, n: i64) -> String {
    format!("{}{n:05}", place.campus)
}

/// One student with all dependent rows.
struct One {
    school: &'static str,
    campus: &'static str,
    name: &'static str,
    name_key: String,
    id: i64,
    document: Sealed<cet_base::sealed::Document>,
    /// What was typed.
    sealed: Vec<u8>,
    key: Vec<u8>,
    now: Time,
}

/// Fills the tables of a site that has no schools' rows yet.
pub(super) async fn filled(app: &TestApp) {
    let now = app.t.clock.process_now();
    let mut all = Vec::new();
    for place in &PLACES {
        for n in 0..place.rows {
            let number = document(place, n);
            let parsed = Document::parse(DocumentKind::MacauId, &number).unwrap();
            let key = DocumentKey::of(&app.app.vault, &parsed).bytes().to_vec();
            all.push(One {
                school: place.school(),
                campus: place.campus,
                name: place.name,
                name_key: PersonName::parse(place.name).unwrap().key().as_str().to_owned(),
                id: place.id() + n,
                document: Sealed::<cet_base::sealed::Document>::new(&app.app.vault, &key, &number).unwrap(),
                sealed: app.app.vault.seal(&number).unwrap(),
                key,
                now,
            });
        }
    }
    let done: Result<(), DbError> = app
        .t
        .db
        .write(async move |tx: &mut Tx<'_>| {
            tx.execute(
                "INSERT INTO import (id, kind, sitting, file_name, file_hash, row_count, state, started_at, published_at)
                 VALUES (1, 'roster', '2017-2', '', '', 15, 'published', 1, 1)",
                &[],
            )
            .await?;
            tx.execute("DELETE FROM seat_pool", &[]).await?;
            for one in &all {
                person(tx, one).await?;
                report(tx, one).await?;
                dispute(tx, one).await?;
                entries(tx, one).await?;
                money(tx, one).await?;
                collective(tx, one).await?;
                asked(tx, one).await?;
            }
            for place in &PLACES {
                seats(tx, place).await?;
            }
            Ok(())
        })
        .await;
    done.unwrap();
    for place in &PLACES {
        crate::staff::tests::access::fixtures::uploads(app, place.id(), place.campus).await;
        crate::staff::tests::access::fixtures::transfer(app, place.id(), place.campus).await;
    }
}

async fn person(tx: &mut Tx<'_>, one: &One) -> Result<(), DbError> {
    let number = format!("number {}", one.id);
    tx.execute(
        "INSERT INTO student_record
                (school, id, sitting, import_id, campus, name, name_key, sex, document_kind, document_sealed,
                 document_key, education, duration, entry_year, grade, college, major, class, student_number, remark,
                 listed_subjects, barred_subjects)
         VALUES ($1, $2, '2017-2', 1, $3, $4, $5, '', 'macau-id', $6, $7, '', '', '', '', '', '', '', $8, '', '', '')",
        params![one.school, one.id, one.campus, one.name, one.name_key, one.document, one.key, number],
    )
    .await?;
    tx.execute(
        "INSERT INTO passport (id, public_id, email, password_hash, name, created_at, credential_changed_at)
         VALUES ($1, $2, $3, '', '', $4, $4)",
        params![one.id, format!("{:032X}", one.id), format!("candidate{}@example.cn", one.id), one.now],
    )
    .await?;
    tx.execute(
        "INSERT INTO passport_claim (passport_id, sitting, kind, school, id)
         VALUES ($1, '2017-2', 'registration', $2, $1)",
        params![one.id, one.school],
    )
    .await?;
    tx.execute(
        "INSERT INTO registration
                (school, id, sitting, passport_id, record_id, state, saved_at, release_at, version, campus, school_name,
                 campus_name, name, name_key, sex, document_kind, document_sealed, document_key, education, duration,
                 entry_year, grade, college, major, class, student_number, remark, subjects, listed_subjects,
                 barred_subjects, snapshot_hash)
         VALUES ($1, $2, '2017-2', $2, $2, 'live', $9, NULL, 1, $3, '', '', $4, $5, '', 'macau-id', $6, $7, '', '', '',
                 '', '', '', '', $8, '', '1;2;3;F', '', '', '')",
        params![one.school, one.id, one.campus, one.name, one.name_key, one.document, one.key, number, one.now],
    )
    .await?;
    let ticket = format!("{}1511{:05}", one.campus, one.id);
    tx.execute(
        "INSERT INTO eligibility_review
                (school, id, sitting, campus, origin, passport_id, document_key, document_kind, document_sealed, name,
                 ticket, state, malicious, submissions, submitted_at)
         VALUES ($1, $2, '2017-2', $3, 'candidate', $2, $4, 'macau-id', $5, $6, $7, 'pending', FALSE, 1, 0)",
        params![one.school, one.id, one.campus, one.key, one.document, one.name, ticket],
    )
    .await?;
    Ok(())
}

/// A report of the record, waiting.
async fn report(tx: &mut Tx<'_>, one: &One) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO record_report
                (school, id, sitting, campus, passport_id, record_id, name, student_number, field, said_sealed, right_sealed,
                 note_sealed, state, reported_at)
         VALUES ($1, $2, '2017-2', $3, $2, $2, $4, '', 'class', $5, $5, $5, 'open', $6)",
        params![one.school, one.id, one.campus, one.name, one.sealed, one.now],
    )
    .await?;
    Ok(())
}

/// A dispute about the registration, waiting.
async fn dispute(tx: &mut Tx<'_>, one: &One) -> Result<(), DbError> {
    let phone = Sealed::<Telephone>::default();
    tx.execute(
        "INSERT INTO dispute
                (school, id, sitting, campus, record_id, document_key, name, student_number, registration_id, holder,
                 claimant, number_sealed, number_fits, phone_sealed, note_sealed, state, opened_at)
         VALUES ($1, $2, '2017-2', $3, $2, $6, $4, '', $2, $2, 9000000, $5, FALSE, $8, $5, 'open', $7)",
        params![one.school, one.id, one.campus, one.name, one.sealed, one.key, one.now, phone],
    )
    .await?;
    Ok(())
}

/// A paid entry of English 4, and an unpaid one of English 6 with an accommodation.
async fn entries(tx: &mut Tx<'_>, one: &One) -> Result<(), DbError> {
    let (paid, unpaid) = (one.id, one.id + 5_000);
    let later = one.now.plus(jiff::SignedDuration::from_hours(24));
    for (id, subject, level, state, paid_at) in
        [(paid, "1", 4_i64, "paid", Some(one.now)), (unpaid, "2", 6, "held", None)]
    {
        tx.execute(
            "INSERT INTO entry
                    (school, id, registration_id, sitting, subject, mode, level, pool_school, campus, campus_name,
                     school_name, state, fee, channel, entered_at, expires_at, paid_at)
             VALUES ($1, $2, $3, '2017-2', $4, 'written', $5, $1, $6, '', '', $7, 1, 'self', $8, $9, $10)",
            params![one.school, id, one.id, subject, level, one.campus, state, one.now, later, paid_at],
        )
        .await?;
    }
    tx.execute(
        "INSERT INTO entry_accommodation (school, entry_id, needs, set_at) VALUES ($1, $2, 1, $3)",
        params![one.school, unpaid, one.now],
    )
    .await?;
    Ok(())
}

async fn money(tx: &mut Tx<'_>, one: &One) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO payment_order
                (school, id, number, registration_id, passport_id, sitting, gateway, bank, amount, state, opened_at,
                 deadline_at, settled_at, closed_for, ask_at, asked)
         VALUES ($1, $2, $3, $2, $2, '2017-2', 'payease', '85', 2, 'paid', 1, 2, 3, NULL, NULL, 0)",
        params![one.school, one.id, format!("{}{:014}", one.campus, one.id)],
    )
    .await?;
    tx.execute(
        "INSERT INTO receipt (school, id, order_id, gateway, trade_no, amount, proof, received_at)
         VALUES ($1, $2, $2, 'payease', $3, 2, 'notice', 3)",
        params![one.school, one.id, one.id.to_string()],
    )
    .await?;
    tx.execute(
        "INSERT INTO refund
                (school, id, order_id, receipt_id, amount, reason, request_no, state, due_at, done_at, try_at, tries,
                 sent_at)
         VALUES ($1, $2, $2, $2, 1, 'surplus', $3, 'due', 3, NULL, 4, 0, NULL)",
        params![one.school, one.id, format!("R{}-{}", one.campus, one.id)],
    )
    .await?;
    tx.execute(
        "INSERT INTO refund_request
                (id, scope, sitting, order_number, subject, campus, why, reason, line_count, amount, state, requester,
                 requester_person, asked_at, expires_at)
         VALUES ($1, $2, '2017-2', '', '1', $2, 'mistaken', 'x', 1, 1, 'asked', 'asker', 'asker', $3, $4)",
        params![one.id, one.campus, one.now, one.now.plus(jiff::SignedDuration::from_hours(24))],
    )
    .await?;
    tx.execute(
        "INSERT INTO suspense
                (school, id, gateway, order_number, trade_no, amount, reason, proof, state, received_at)
         VALUES ($1, $2, 'payease', '', $3, 2, 'order', 'notice', 'open', 3)",
        params![one.school, one.id, format!("T{}-{}", one.campus, one.id)],
    )
    .await?;
    Ok(())
}

/// A collective payment created by its campus, for its unpaid entry, which it does not lock.
async fn collective(tx: &mut Tx<'_>, one: &One) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO collective_payment
                (school, id, sitting, scope, state, made_by, made_at, locks_until, settled_by, settled_at, entries,
                 amount, note)
         VALUES ($1, $2, '2017-2', $3, 'open', $6, $4, $5, '', NULL, 1, 1, '')",
        params![
            one.school,
            one.id,
            one.campus,
            one.now,
            one.now.plus(jiff::SignedDuration::from_hours(24)),
            format!("asker-{}", one.campus)
        ],
    )
    .await?;
    tx.execute(
        "INSERT INTO collective_payment_line
                (school, collective_payment_id, entry_id, registration_id, subject, amount)
         VALUES ($1, $2, $3, $2, '2', 1)",
        params![one.school, one.id, one.id + 5_000],
    )
    .await?;
    Ok(())
}

/// Requests of staff, and lines of the audit log.
async fn asked(tx: &mut Tx<'_>, one: &One) -> Result<(), DbError> {
    let later = one.now.plus(jiff::SignedDuration::from_hours(24));
    let by = format!("asker-{}", one.campus);
    tx.execute(
        "INSERT INTO staff_account
                (name, person, role, scope, password_hash, password_changed_at, must_change, totp_sealed, created_at)
         VALUES ($1, $1, 'school', $2, '', 0, FALSE, $3, 0)
         ON CONFLICT DO NOTHING",
        params![by, one.campus, one.sealed],
    )
    .await?;
    tx.execute(
        "INSERT INTO staff_rebind
                (school, id, registration_id, sitting, old_passport, new_passport, new_email_sealed, evidence_sealed,
                 target_hash, state, requester, requester_person, asked_at, expires_at)
         VALUES ($1, $2, $2, '2017-2', $2, $2, $3, $3, $3, 'asked', $4, $4, $5, $6)",
        params![one.school, one.id, one.sealed, by, one.now, later],
    )
    .await?;
    for (n, what) in (0..).zip(What::ALL) {
        tx.execute(
            "INSERT INTO staff_export
                    (id, what, query, form, whole, row_count, reason, scope, state, requester, requester_person,
                     asked_at, expires_at)
             VALUES ($1, $2, '', 'csv', FALSE, 6000, 'x', $3, 'asked', $4, $4, $5, $6)",
            params![one.id * 10 + n, what.wire(), one.campus, by, one.now, later],
        )
        .await?;
    }
    tx.execute(
        "INSERT INTO setting_change
                (id, sitting, place, origin, state, reason, account, person, scope, asked_at, expires_at, hash)
         VALUES ($1, '2017-2', $2, 'web', 'asked', 'x', $3, $3, $2, $4, $5, $6)",
        params![one.id, one.campus, by, one.now, later, one.key],
    )
    .await?;
    tx.execute(
        "INSERT INTO audit_log
                (school, id, at, actor_kind, actor, action, object_kind, object, address, detail, hash)
         VALUES ($1, $2, $3, 'staff', $4, 'document-shown', 'test', '', '', '', $5)",
        params![one.school, one.id, one.now, by, one.key],
    )
    .await?;
    Ok(())
}

async fn seats(tx: &mut Tx<'_>, place: &Place) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO seat_pool (school, sitting, campus, subject, capacity, taken)
         VALUES ($1, '2017-2', $2, '1', $3, $4)",
        params![place.school(), place.campus, place.rows * 2, place.rows],
    )
    .await?;
    tx.execute(
        "INSERT INTO arrangement
                (school, id, sitting, campus, subject, run, seed, settings, busy, sources, room_most, candidates, rooms,
                 closed_at, made_at, published_at)
         VALUES ($1, $2, '2017-2', $3, '1', 1, 7, $4, '', $3, 30, 0, 0, 0, 0, 0)",
        params![
            place.school(),
            place.id(),
            place.campus,
            cet_domain::arrangement::Settings::default().recorded()
        ],
    )
    .await?;
    tx.execute(
        "INSERT INTO arrangement_unit (school, sitting, campus, subject, runs, draft_id, published_id)
         VALUES ($1, '2017-2', $2, '1', 1, NULL, $3)",
        params![place.school(), place.campus, place.id()],
    )
    .await?;
    Ok(())
}

/// An account of every role for every scope, even for scopes that the role can't have: readers of a list must stay in
/// the account's scope. Returns name, role and scope.
pub(super) async fn accounts(app: &TestApp) -> Vec<(String, Role, &'static str)> {
    let mut all = Vec::new();
    for role in Role::ALL {
        for scope in SCOPES {
            all.push((format!("{}.{scope}", role.wire()), role, scope));
        }
    }
    let given = all.clone();
    let done: Result<(), DbError> = app
        .t
        .db
        .write(async move |tx: &mut Tx<'_>| {
            for (name, role, scope) in &given {
                tx.execute(
                    "INSERT INTO staff_account
                            (name, person, role, scope, password_hash, password_changed_at, must_change, totp_sealed,
                             enrolled_at, created_at, disabled_at)
                     VALUES ($1, $1, $2, $3, '', 0, FALSE, $4, 0, 0, NULL)",
                    params![name, role.wire(), scope, Vec::<u8>::new()],
                )
                .await?;
            }
            Ok(())
        })
        .await;
    done.unwrap();
    all
}

/// Whether the role may have the scope.
pub(super) fn fits(role: Role, scope: &str) -> bool {
    role.fits(&Scope::parse(scope).unwrap())
}
