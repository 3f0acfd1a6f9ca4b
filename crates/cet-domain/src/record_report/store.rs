//! The SQL of reports.

use super::{Field, Report, ReportState};
use crate::params;
use crate::store::{DbError, Tx};
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::ids::{PassportId, RecordId, ReportId};
use crate::words::staff::Scope;
use crate::words::time::Time;
use cet_base::{in_scope, scoped};

macro_rules! columns {
    () => {
        "school, id, sitting, campus, passport_id, record_id, name, student_number, field, said_sealed, right_sealed,
         note_sealed, state, reported_at, answered_by, answered_at, answer_sealed"
    };
}

/// Inserts a report; returns whether the passport had no open one of this record.
pub async fn insert(tx: &mut Tx<'_>, of: &Report) -> Result<bool, DbError> {
    let made = tx
        .execute(
            concat!(
                "INSERT INTO record_report (",
                columns!(),
                ")
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
             ON CONFLICT DO NOTHING"
            ),
            params![
                of.school,
                of.id,
                of.sitting,
                of.campus,
                of.passport,
                of.record,
                of.name,
                of.student_number,
                of.field,
                of.said_sealed,
                of.right_sealed,
                of.note_sealed,
                of.state,
                of.reported_at,
                of.answered_by,
                of.answered_at,
                of.answer_sealed,
            ],
        )
        .await?;
    Ok(made == 1)
}

/// The open report of a passport and a record.
pub(crate) async fn open_of(
    tx: &mut Tx<'_>,
    passport: PassportId,
    (school, record): (SchoolCode, RecordId),
) -> Result<Option<Report>, DbError> {
    tx.query_opt(
        concat!(
            "SELECT ",
            columns!(),
            "
               FROM record_report
              WHERE passport_id = $1
                AND record_id = $2
                AND school = $3
                AND state = 'open'"
        ),
        params![passport, record, school],
    )
    .await
}

/// The newest reports of a passport in a sitting, the newest first.
pub async fn of_passport(
    tx: &mut Tx<'_>,
    passport: PassportId,
    sitting: &SittingCode,
    most: i64,
) -> Result<Vec<Report>, DbError> {
    tx.query(
        concat!(
            "SELECT ",
            columns!(),
            "
               FROM record_report
              WHERE passport_id = $1
                AND sitting = $2
              ORDER BY id DESC
              LIMIT $3"
        ),
        params![passport, sitting, most],
    )
    .await
}

/// A report by its id, if it is in the scope.
pub async fn find(tx: &mut Tx<'_>, scope: &Scope, id: ReportId) -> Result<Option<Report>, DbError> {
    scope
        .query_opt(
            tx,
            scoped!(
                "SELECT ",
                columns!(),
                "
               FROM record_report
              WHERE ",
                in_scope!("school", "campus"),
                "
                AND id = $5"
            ),
            params![id],
        )
        .await
}

/// The same, locked until the transaction ends.
pub async fn lock(tx: &mut Tx<'_>, scope: &Scope, id: ReportId) -> Result<Option<Report>, DbError> {
    scope
        .query_opt(
            tx,
            scoped!(
                "SELECT ",
                columns!(),
                "
               FROM record_report
              WHERE ",
                in_scope!("school", "campus"),
                "
                AND id = $5
                FOR UPDATE"
            ),
            params![id],
        )
        .await
}

/// Stores the answer of an open report; returns whether it was open.
pub async fn answer(tx: &mut Tx<'_>, of: &Report) -> Result<bool, DbError> {
    let done = tx
        .execute(
            "UPDATE record_report
                SET state = $3, answered_by = $4, answered_at = $5, answer_sealed = $6
              WHERE school = $1
                AND id = $2
                AND state = 'open'",
            params![of.school, of.id, of.state, of.answered_by, of.answered_at, of.answer_sealed],
        )
        .await?;
    Ok(done == 1)
}

/// Where a row stands in the list: the open ones first, the longest waiting before the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Whether it was answered.
    pub is_answered: bool,
    /// Its id.
    pub id: i64,
}

impl Cursor {
    /// The place of a row.
    #[must_use]
    pub fn of(of: &Report) -> Self {
        Self { is_answered: of.state != ReportState::Open, id: of.id.0 }
    }

    /// As text for addresses, such as `0-17`.
    #[must_use]
    pub fn wire(self) -> String {
        format!("{}-{}", i64::from(self.is_answered), self.id)
    }

    /// Parses that text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (answered, id) = text.split_once('-')?;
        let is_answered = match answered {
            "0" => false,
            "1" => true,
            _ => return None,
        };
        Some(Self { is_answered, id: ReportId::parse(id)?.0 })
    }
}

/// Filter of the list.
#[derive(Clone, Debug)]
pub struct Filter {
    /// The account's scope.
    pub scope: Scope,
    /// Only of this sitting.
    pub sitting: SittingCode,
    /// Only in this state.
    pub state: Option<ReportState>,
    /// Only of this field.
    pub field: Option<Field>,
    /// Only of this student number.
    pub student_number: String,
    /// The cursor.
    pub after: Option<Cursor>,
}

/// The reports of a scope: those that wait, the oldest first, then the answered ones.
pub async fn list(tx: &mut Tx<'_>, filter: &Filter, limit: i64) -> Result<Vec<Report>, DbError> {
    let after = filter.after.unwrap_or(Cursor { is_answered: false, id: 0 });
    filter
        .scope
        .query(
            tx,
            scoped!(
                "SELECT ",
                columns!(),
                "
               FROM record_report
              WHERE ",
                in_scope!("school", "campus"),
                "
                AND sitting = $5
                AND (CAST($6 AS TEXT) = '' OR state = $6)
                AND (CAST($7 AS TEXT) = '' OR field = $7)
                AND (CAST($8 AS TEXT) = '' OR student_number = $8)
                AND (CAST(CASE WHEN state = 'open' THEN 0 ELSE 1 END AS BIGINT) > $9
                     OR (CAST(CASE WHEN state = 'open' THEN 0 ELSE 1 END AS BIGINT) = $9 AND id > $10))
              ORDER BY (CASE WHEN state = 'open' THEN 0 ELSE 1 END), id
              LIMIT $11"
            ),
            params![
                filter.sitting,
                filter.state.map_or("", ReportState::wire),
                filter.field.map_or("", Field::wire),
                filter.student_number,
                i64::from(after.is_answered),
                after.id,
                limit,
            ],
        )
        .await
}

/// How many reports wait for the school, and since when the oldest does.
pub async fn waiting(tx: &mut Tx<'_>, scope: &Scope) -> Result<(i64, Option<Time>), DbError> {
    scope
        .query_one(
            tx,
            scoped!(
                "SELECT COUNT(*), MIN(reported_at)
               FROM record_report
              WHERE ",
                in_scope!("school", "campus"),
                "
                AND state = 'open'"
            ),
            params![],
        )
        .await
}

/// Empties reports that were answered before a time, for the retention job; returns how many.
pub(crate) async fn empty(tx: &mut Tx<'_>, before: Time, nothing: &[u8], most: i64) -> Result<u64, DbError> {
    tx.execute(
        "UPDATE record_report
            SET name = '', student_number = '', said_sealed = $1, right_sealed = $1, note_sealed = $1, answer_sealed = $1
          WHERE (school, id) IN (SELECT school, id
                                   FROM record_report
                                  WHERE answered_at < $2
                                    AND name <> ''
                                  ORDER BY answered_at
                                  LIMIT $3)",
        params![nothing, before, most],
    )
    .await
}
