//! The SQL of the staff's list of arrangements.

use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::codes::{CampusCode, SittingCode, SubjectCode};
use crate::words::staff::Scope;
use crate::words::time::Time;
use cet_base::{in_scope, scoped};

record! {
    /// A unit's draft or published arrangement.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Stand {
        /// The arranging campus.
        pub campus: CampusCode,
        /// The subject.
        pub subject: SubjectCode,
        /// The arrangement.
        pub id: i64,
        /// The number of the unit's run.
        pub run: i64,
        /// The seed.
        pub seed: i64,
        /// Number of seated candidates.
        pub candidates: i64,
        /// Number of rooms.
        pub rooms: i64,
        /// When it was drawn.
        pub made_at: Time,
        /// When it was published; `None` for a draft.
        pub published_at: Option<Time>,
    }
}

/// The arrangements in a scope.
pub async fn in_scope(tx: &mut Tx<'_>, scope: &Scope, sitting: &SittingCode) -> Result<Vec<Stand>, DbError> {
    scope
        .query(
            tx,
            scoped!(
            "SELECT a.campus, a.subject, a.id, a.run, a.seed, a.candidates, a.rooms, a.made_at, a.published_at
           FROM arrangement_unit u
           JOIN arrangement a
             ON a.school = u.school
            AND a.id = COALESCE(u.published_id, u.draft_id)
          WHERE ",
            in_scope!("u.school", "u.campus"),
            "
            AND u.sitting = $5
          ORDER BY a.campus, a.subject"
        ),
            params![sitting],
        )
        .await
}

record! {
    /// A room of an arrangement.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct RoomRow {
        /// The batch; 0 for a written subject.
        pub session: i64,
        /// The room.
        pub room: i64,
        /// Number of candidates.
        pub candidates: i64,
        /// How many of them were seated by a late draw.
        pub late: i64,
        /// The accommodations they share.
        pub needs: crate::arrangement::Needs,
    }
}

/// The rooms of an arrangement in order.
pub async fn rooms(
    tx: &mut Tx<'_>,
    school: crate::words::codes::SchoolCode,
    arrangement: i64,
) -> Result<Vec<RoomRow>, DbError> {
    tx.query(
        "SELECT session, room, COUNT(*), CAST(SUM(CASE WHEN late > 0 THEN 1 ELSE 0 END) AS BIGINT), MIN(needs)
           FROM seat_assignment
          WHERE school = $1
            AND arrangement_id = $2
          GROUP BY session, room
          ORDER BY session, room",
        params![school, arrangement],
    )
    .await
}

/// How many seated candidates of an arrangement entered at each campus.
pub async fn sources(
    tx: &mut Tx<'_>,
    school: crate::words::codes::SchoolCode,
    arrangement: i64,
) -> Result<Vec<(CampusCode, i64)>, DbError> {
    tx.query(
        "SELECT e.campus, COUNT(*)
           FROM seat_assignment s
           JOIN entry e
             ON e.school = s.entry_school
            AND e.id = s.entry_id
          WHERE s.school = $1
            AND s.arrangement_id = $2
          GROUP BY e.campus
          ORDER BY e.campus",
        params![school, arrangement],
    )
    .await
}
