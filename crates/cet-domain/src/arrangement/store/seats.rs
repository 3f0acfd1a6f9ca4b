//! The SQL of rooms, seats and ticket numbers (T1).

use std::fmt::Write as _;

use crate::arrangement::rules::rooms::Cell;
use crate::arrangement::{Assignment, Candidate, Needs};
use crate::params;
use crate::record;
use crate::store::{DbError, Param, Tx};
use crate::words::codes::{SchoolCode, SittingCode, SubjectCode};
use crate::words::ids::EntryId;
use crate::words::staff::Scope;
use cet_base::{in_scope, scoped};

/// Rows per statement: as for imports, more would slow SQLite down.
const ROWS_A_STATEMENT: usize = 16;

record! {
    /// A seat with the inputs of the draw.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct SeatRow {
        /// The home school.
        pub school: SchoolCode,
        /// The entry.
        pub entry: EntryId,
        /// The class's number.
        pub class: i64,
        /// Approved accommodations.
        pub needs: Needs,
        /// The batch; 0 for a written subject.
        pub session: i64,
        /// The room.
        pub room: i64,
        /// The seat.
        pub seat: i64,
        /// 准考证号.
        pub ticket: String,
        /// The late draw that gave it; 0 for the draw that was published.
        pub late: i64,
    }
}

impl SeatRow {
    /// The candidate, as the draw knew it.
    #[must_use]
    pub fn candidate(&self) -> Candidate {
        Candidate { school: self.school, entry: self.entry, class: self.class, needs: self.needs }
    }

    /// Batch and room.
    #[must_use]
    pub fn cell(&self) -> Cell {
        Cell { session: self.session, room: self.room }
    }

    /// The seat and ticket number.
    #[must_use]
    pub(crate) fn assignment(&self) -> Assignment {
        Assignment { session: self.session, room: self.room, seat: self.seat, ticket: self.ticket.clone() }
    }
}

/// Stores the seats of a draw, a late one or the first (0); candidates and assignments are in the order of the draw.
pub async fn insert(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    (arrangement, late): (i64, i64),
    candidates: &[Candidate],
    places: &[Assignment],
) -> Result<(), DbError> {
    let (many, one) = (statement(ROWS_A_STATEMENT), statement(1));
    let mut order = 0_i64..;
    for (candidates, places) in candidates.chunks(ROWS_A_STATEMENT).zip(places.chunks(ROWS_A_STATEMENT)) {
        let full = candidates.len() == ROWS_A_STATEMENT;
        let (sql, rows) = if full { (&many, ROWS_A_STATEMENT) } else { (&one, 1) };
        for (candidates, places) in candidates.chunks(rows).zip(places.chunks(rows)) {
            let orders: Vec<i64> = order.by_ref().take(rows).collect();
            let mut values: Vec<&dyn Param> = vec![&school, &arrangement, &late];
            for ((candidate, place), order) in candidates.iter().zip(places).zip(&orders) {
                values.extend([
                    &candidate.school as &dyn Param,
                    &candidate.entry,
                    &place.session,
                    &place.room,
                    &place.seat,
                    &place.ticket,
                    order,
                    &candidate.class,
                    &candidate.needs,
                ]);
            }
            tx.execute(sql, &values).await?;
        }
    }
    Ok(())
}

/// `INSERT … VALUES ($1, $2, $3, $4 …), ($1, $2, $3, $13 …)` for this many rows.
fn statement(rows: usize) -> String {
    const WIDTH: usize = 9;
    let mut sql = String::from(
        "INSERT INTO seat_assignment
            (school, arrangement_id, late, entry_school, entry_id, session, room, seat, ticket, drawn_order, class,
             needs)
         VALUES ",
    );
    for row in 0..rows {
        sql.push_str(if row == 0 { "($1, $2, $3" } else { ", ($1, $2, $3" });
        for column in 4..WIDTH.saturating_add(4) {
            let _infallible = write!(sql, ", ${}", row.saturating_mul(WIDTH).saturating_add(column));
        }
        sql.push(')');
    }
    sql
}

/// The seats of an arrangement in the order of its draws.
pub async fn all(tx: &mut Tx<'_>, school: SchoolCode, arrangement: i64) -> Result<Vec<SeatRow>, DbError> {
    tx.query(
        "SELECT entry_school, entry_id, class, needs, session, room, seat, ticket, late
           FROM seat_assignment
          WHERE school = $1
            AND arrangement_id = $2
          ORDER BY late, drawn_order",
        params![school, arrangement],
    )
    .await
}

/// The seat of one entry in an arrangement.
pub(crate) async fn of_entry(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    arrangement: i64,
    entry_school: SchoolCode,
    entry: EntryId,
) -> Result<Option<Assignment>, DbError> {
    tx.query_opt(
        "SELECT session, room, seat, ticket
           FROM seat_assignment
          WHERE school = $1
            AND arrangement_id = $2
            AND entry_school = $3
            AND entry_id = $4",
        params![school, arrangement, entry_school, entry],
    )
    .await
}

/// The batches and rooms that an arrangement uses, in order.
pub async fn cells(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    arrangement: i64,
) -> Result<Vec<(i64, i64)>, DbError> {
    tx.query(
        "SELECT DISTINCT session, room
           FROM seat_assignment
          WHERE school = $1
            AND arrangement_id = $2
          ORDER BY session, room",
        params![school, arrangement],
    )
    .await
}

/// How many paid entries of a scope have a published seat, by subject. It reads all of them.
pub(crate) async fn published(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
) -> Result<Vec<(SubjectCode, i64)>, DbError> {
    scope
        .query(
            tx,
            scoped!(
                "SELECT e.subject, COUNT(*)
           FROM arrangement a
           JOIN seat_assignment s
             ON s.school = a.school
            AND s.arrangement_id = a.id
           JOIN entry e
             ON e.school = s.entry_school
            AND e.id = s.entry_id
          WHERE ",
                in_scope!("e.pool_school", "e.campus"),
                "
            AND a.sitting = $5
            AND a.published_at IS NOT NULL
            AND e.state = 'paid'
          GROUP BY e.subject
          ORDER BY e.subject"
            ),
            params![sitting],
        )
        .await
}
