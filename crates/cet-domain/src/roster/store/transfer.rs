//! The SQL of transfers.

use jiff::SignedDuration;

use crate::fragments::roster::record_columns;
use crate::params;
use crate::record;
use crate::roster::{DocumentKey, StudentRecord, store};
use crate::store::{DbError, Tx};
use crate::words::codes::{CampusCode, SchoolCode, SittingCode};
use crate::words::ids::RecordId;
use crate::words::staff::Scope;
use crate::words::time::Time;
use cet_base::{in_scope, scoped};

/// For how long the board tells a decision.
const TOLD: SignedDuration = SignedDuration::from_hours(7 * 24);

record! {
    /// A transfer.
    #[derive(Clone, Debug)]
    pub struct Transfer {
        /// Its id.
        pub id: i64,
        /// The sitting.
        pub sitting: SittingCode,
        /// The person.
        pub document_key: DocumentKey,
        /// The holding school.
        pub from_school: SchoolCode,
        /// The campus of its record.
        pub from_campus: CampusCode,
        /// The asking school.
        pub to_school: SchoolCode,
        /// The campus of its row.
        pub to_campus: CampusCode,
        /// The waiting row of the asking school.
        pub record_id: RecordId,
        /// `open`, `released`, `kept` or `lapsed`.
        pub state: String,
        /// When the second file was published.
        pub opened_at: Time,
        /// When it was decided.
        pub decided_at: Option<Time>,
        /// Who decided.
        pub decided_by: String,
        /// Why.
        pub reason: String,
    }
}

macro_rules! columns {
    () => {
        "t.id, t.sitting, t.document_key, t.from_school, t.from_campus, t.to_school, t.to_campus, t.record_id, t.state, t.opened_at, t.decided_at,
         t.decided_by, t.reason"
    };
}

/// Transfers of a scope, the oldest open ones first.
pub async fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    state: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<Transfer>, DbError> {
    scope
        .query(
            tx,
            scoped!(
                "SELECT ",
                columns!(),
                "
                   FROM transfer t
                  WHERE (",
                in_scope!("t.from_school", "t.from_campus"),
                " OR ",
                in_scope!("t.to_school", "t.to_campus"),
                ")
                    AND (CAST($5 AS TEXT) = '' OR t.state = $5)
                    AND t.id > $6
                  ORDER BY t.id
                  LIMIT $7"
            ),
            params![state, after, limit],
        )
        .await
}

/// How many open transfers wait for schools of a scope, and since when.
pub async fn waiting(tx: &mut Tx<'_>, scope: &Scope) -> Result<(i64, Option<Time>), DbError> {
    scope
        .query_one(
            tx,
            scoped!(
                "SELECT COUNT(*), MIN(t.opened_at) FROM transfer t WHERE t.state = 'open' AND ",
                in_scope!("t.from_school", "t.from_campus")
            ),
            params![],
        )
        .await
}

record! {
    /// What the board tells a scope besides what waits for its own schools.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct Told {
        /// Students whom its schools asked for and others hold.
        pub asked: i64,
        /// Since when the first of them waits.
        pub asked_at: Option<Time>,
        /// Students who were released of late.
        pub released: i64,
        /// When the last of them.
        pub released_at: Option<Time>,
        /// Students who were kept of late.
        pub kept: i64,
        /// When the last of them.
        pub kept_at: Option<Time>,
    }
}

/// What became of the transfers of a scope's schools: those that wait for schools elsewhere, and those that others than
/// `account` decided of late.
pub async fn told(tx: &mut Tx<'_>, scope: &Scope, account: &str) -> Result<Told, DbError> {
    let since = tx.now().await?.minus(TOLD);
    scope
        .query_one(
            tx,
            scoped!(
                "SELECT COALESCE(SUM(CASE WHEN t.state = 'open' THEN 1 ELSE 0 END), 0),
                        MIN(CASE WHEN t.state = 'open' THEN t.opened_at END),
                        COALESCE(SUM(CASE WHEN t.state = 'released' THEN 1 ELSE 0 END), 0),
                        MAX(CASE WHEN t.state = 'released' THEN t.decided_at END),
                        COALESCE(SUM(CASE WHEN t.state = 'kept' THEN 1 ELSE 0 END), 0),
                        MAX(CASE WHEN t.state = 'kept' THEN t.decided_at END)
                   FROM transfer t
                  WHERE t.state = 'open'
                    AND ",
                in_scope!("t.to_school", "t.to_campus"),
                " AND NOT (",
                in_scope!("t.from_school", "t.from_campus"),
                ")
                     OR t.state IN ('released', 'kept')
                    AND t.decided_at > $5
                    AND t.decided_by <> $6
                    AND (",
                in_scope!("t.from_school", "t.from_campus"),
                " OR ",
                in_scope!("t.to_school", "t.to_campus"),
                ")"
            ),
            params![since, account],
        )
        .await
}

/// One transfer of a scope.
pub async fn one(tx: &mut Tx<'_>, scope: &Scope, id: i64) -> Result<Option<Transfer>, DbError> {
    scope
        .query_opt(
            tx,
            scoped!(
                "SELECT ",
                columns!(),
                " FROM transfer t WHERE t.id = $5 AND (",
                in_scope!("t.from_school", "t.from_campus"),
                " OR ",
                in_scope!("t.to_school", "t.to_campus"),
                ")"
            ),
            params![id],
        )
        .await
}

/// The two records of a transfer: the holding school's that stands, and the asking school's.
pub async fn records(
    tx: &mut Tx<'_>,
    of: &Transfer,
) -> Result<(Option<StudentRecord>, Option<StudentRecord>), DbError> {
    let stands = store::find(tx, &of.sitting, of.document_key).await?;
    let holding = stands.filter(|record| record.school == of.from_school);
    let asking = tx
        .query_opt(
            concat!("SELECT ", record_columns!(), " FROM student_record r WHERE r.school = $1 AND r.id = $2"),
            params![of.to_school, of.record_id],
        )
        .await?;
    Ok((holding, asking))
}

/// The row with which a school asks for a person whom another one holds.
pub(crate) async fn asking(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    document_key: DocumentKey,
    school: SchoolCode,
) -> Result<Option<StudentRecord>, DbError> {
    tx.query_opt(
        concat!(
            "SELECT ",
            record_columns!(),
            "
               FROM transfer t
               JOIN student_record r
                 ON r.school = t.to_school
                AND r.id = t.record_id
              WHERE t.sitting = $1
                AND t.document_key = $2
                AND t.to_school = $3
                AND t.state = 'open'"
        ),
        params![sitting, document_key, school],
    )
    .await
}

record! {
    /// A row that another school's roster was found to hold.
    pub(crate) struct WaitingRow {
        /// The school that asks for the person.
        pub(crate) school: SchoolCode,
        /// The campus of the row.
        pub(crate) campus: CampusCode,
        /// The row.
        pub(crate) id: RecordId,
        /// The person.
        pub(crate) document_key: DocumentKey,
    }
}

/// The rows of an import that is being published whose persons other schools hold.
pub(crate) async fn waiting_rows(tx: &mut Tx<'_>, import: i64) -> Result<Vec<WaitingRow>, DbError> {
    tx.query(
        "SELECT school, campus, id, document_key
           FROM student_record
          WHERE import_id = $1
            AND fate = 'transfer'
          ORDER BY school, id",
        params![import],
    )
    .await
}

/// A school that holds a person, and the campus.
pub(crate) type Holder = (SchoolCode, CampusCode);

/// The school whose row of a person is the newest besides those of an import.
pub(crate) async fn holder(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    document_key: DocumentKey,
    import: i64,
) -> Result<Option<Holder>, DbError> {
    tx.query_opt(
        "SELECT r.school, r.campus
               FROM student_record r
               JOIN import i ON i.id = r.import_id
              WHERE r.sitting = $1
                AND r.document_key = $2
                AND i.state = 'published'
                AND i.id <> $3
              ORDER BY i.published_at DESC, i.id DESC, r.id DESC
              LIMIT 1",
        params![sitting, document_key, import],
    )
    .await
}

/// Moves a row to an import, with what became of it.
pub(crate) async fn place(
    tx: &mut Tx<'_>,
    (school, id): (SchoolCode, RecordId),
    import: i64,
    fate: &str,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE student_record SET import_id = $3, fate = $4 WHERE school = $1 AND id = $2",
        params![school, id, import, fate],
    )
    .await?;
    Ok(())
}

/// Opens a transfer; one that the same school has open already follows the newer row.
pub(crate) async fn open(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    row: &WaitingRow,
    holder: Holder,
    import: i64,
) -> Result<(), DbError> {
    let followed = tx
        .execute(
            "UPDATE transfer
                SET record_id = $4, import_id = $5
              WHERE sitting = $1
                AND document_key = $2
                AND to_school = $3
                AND state = 'open'",
            params![sitting, row.document_key, row.school, row.id, import],
        )
        .await?;
    if followed > 0 {
        return Ok(());
    }
    let (id, now) = (tx.new_id(), tx.now().await?);
    tx.execute(
        "INSERT INTO transfer
            (id, sitting, document_key, from_school, from_campus, to_school, to_campus, record_id, import_id, state,
             opened_at, decided_at, decided_by, reason)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', $10, NULL, '', '')",
        params![id, sitting, row.document_key, holder.0, holder.1, row.school, row.campus, row.id, import, now],
    )
    .await?;
    Ok(())
}

/// Decides a transfer if it is still open; returns whether it was.
pub(crate) async fn decide(
    tx: &mut Tx<'_>,
    id: i64,
    state: &str,
    (by, reason): (&str, &str),
) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let decided = tx
        .execute(
            "UPDATE transfer
                SET state = $2, decided_at = $3, decided_by = $4, reason = $5, closed = id
              WHERE id = $1
                AND state = 'open'",
            params![id, state, now, by, reason],
        )
        .await?;
    Ok(decided == 1)
}

/// Lets the open transfers of a withdrawn import lapse.
pub async fn lapse(tx: &mut Tx<'_>, import: i64) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "UPDATE transfer SET state = 'lapsed', decided_at = $2, closed = id WHERE import_id = $1 AND state = 'open'",
        params![import, now],
    )
    .await?;
    Ok(())
}
