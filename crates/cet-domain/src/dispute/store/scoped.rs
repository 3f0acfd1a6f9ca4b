//! The SQL of disputes for staff: no statement without its scope (TH22).

use crate::dispute::{Dispute, DisputeState};
use crate::params;
use crate::store::{DbError, Tx};
use crate::words::codes::SittingCode;
use crate::words::ids::DisputeId;
use crate::words::staff::Scope;
use crate::words::time::Time;
use cet_base::{in_scope, scoped};

/// A dispute, if it is in the scope.
pub async fn find(tx: &mut Tx<'_>, scope: &Scope, id: DisputeId) -> Result<Option<Dispute>, DbError> {
    scope
        .query_opt(
            tx,
            scoped!(
                "SELECT ",
                dispute_columns!(),
                "
               FROM dispute
              WHERE id = $5
                AND ",
                in_scope!("school", "campus")
            ),
            params![id],
        )
        .await
}

/// The other disputes about the same student that wait, by id.
pub async fn rivals(tx: &mut Tx<'_>, scope: &Scope, of: &Dispute) -> Result<Vec<Dispute>, DbError> {
    scope
        .query(
            tx,
            scoped!(
                "SELECT ",
                dispute_columns!(),
                "
               FROM dispute
              WHERE document_key = $5
                AND sitting = $6
                AND school = $7
                AND id <> $8
                AND state IN ('open', 'decided')
                AND ",
                in_scope!("school", "campus"),
                " ORDER BY id"
            ),
            params![of.document_key, of.sitting, of.school, of.id],
        )
        .await
}

/// A dispute of the scope, locked until the transaction ends.
pub async fn lock(tx: &mut Tx<'_>, scope: &Scope, id: DisputeId) -> Result<Option<Dispute>, DbError> {
    scope
        .query_opt(
            tx,
            scoped!(
                "SELECT ",
                dispute_columns!(),
                "
               FROM dispute
              WHERE id = $5
                AND ",
                in_scope!("school", "campus"),
                " FOR UPDATE"
            ),
            params![id],
        )
        .await
}

/// A place in the list: what waits first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Whether it is over.
    pub is_over: bool,
    /// Its id.
    pub id: i64,
}

impl Cursor {
    /// The place of a row.
    #[must_use]
    pub fn of(of: &Dispute) -> Self {
        Self { is_over: !of.state.waits(), id: of.id.0 }
    }

    /// As text for addresses, such as `0-17`.
    #[must_use]
    pub fn wire(self) -> String {
        format!("{}-{}", i64::from(self.is_over), self.id)
    }

    /// Parses that text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (over, id) = text.split_once('-')?;
        let is_over = match over {
            "0" => false,
            "1" => true,
            _ => return None,
        };
        Some(Self { is_over, id: DisputeId::parse(id)?.0 })
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
    pub state: Option<DisputeState>,
    /// Only of this student number.
    pub student_number: String,
    /// The cursor.
    pub after: Option<Cursor>,
}

/// The disputes of a scope: those that wait, the oldest first, then those that are over.
pub async fn list(tx: &mut Tx<'_>, filter: &Filter, limit: i64) -> Result<Vec<Dispute>, DbError> {
    let after = filter.after.unwrap_or(Cursor { is_over: false, id: 0 });
    filter
        .scope
        .query(
            tx,
            scoped!(
                "SELECT ",
                dispute_columns!(),
                "
               FROM dispute
              WHERE ",
                in_scope!("school", "campus"),
                "
                AND sitting = $5
                AND (CAST($6 AS TEXT) = '' OR state = $6)
                AND (CAST($7 AS TEXT) = '' OR student_number = $7)
                AND (CAST(CASE WHEN state IN ('open', 'decided') THEN 0 ELSE 1 END AS BIGINT) > $8
                     OR (CAST(CASE WHEN state IN ('open', 'decided') THEN 0 ELSE 1 END AS BIGINT) = $8 AND id > $9))
              ORDER BY (CASE WHEN state IN ('open', 'decided') THEN 0 ELSE 1 END), id
              LIMIT $10"
            ),
            params![
                filter.sitting,
                filter.state.map_or("", DisputeState::wire),
                filter.student_number,
                i64::from(after.is_over),
                after.id,
                limit,
            ],
        )
        .await
}

/// How many disputes wait for somebody other than this person, and since when the oldest does.
pub async fn waiting(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> Result<(i64, Option<Time>), DbError> {
    scope
        .query_one(
            tx,
            scoped!(
                "SELECT COUNT(*), MIN(opened_at)
               FROM dispute
              WHERE ",
                in_scope!("school", "campus"),
                "
                AND (state = 'open' OR (state = 'decided' AND decided_person <> $5))"
            ),
            params![person],
        )
        .await
}
