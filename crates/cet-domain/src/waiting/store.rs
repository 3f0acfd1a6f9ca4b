//! The SQL of the waiting room.

use super::counts::Tally;
use super::place::{Frontier, Place};
use super::ticket::Secret;
use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::codes::SittingCode;

/// Which line a frontier belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entrance {
    /// Before the forms of those who are signed in.
    Desk,
    /// Before log-in and registering.
    Door,
}

impl Entrance {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Desk, Self::Door];

    /// As stored and as a label of metrics.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Desk => "desk",
            Self::Door => "door",
        }
    }
}

/// The secret of an opening, if it was made.
pub(super) async fn secret(tx: &mut Tx<'_>, sitting: &SittingCode) -> Result<Option<Secret>, DbError> {
    let sql = "SELECT secret FROM waiting_opening WHERE sitting = $1";
    let found = tx.query_opt::<(Vec<u8>,)>(sql, params![sitting]).await?;
    found
        .map(|(bytes,)| Secret::from_bytes(&bytes).ok_or(DbError::Decode("secret of an opening")))
        .transpose()
}

/// Keeps the secret of an opening, unless it has one.
pub(super) async fn make(tx: &mut Tx<'_>, sitting: &SittingCode, secret: &Secret) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "INSERT INTO waiting_opening (sitting, secret, fingerprint, made_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT DO NOTHING",
        params![sitting, secret.bytes().to_vec(), secret.fingerprint(), now],
    )
    .await?;
    Ok(())
}

record! {
    /// A stored frontier.
    #[derive(Clone, Debug)]
    pub(super) struct FrontierRow {
        pub(super) mode: String,
        pub(super) forced_rate: Option<i64>,
        pub(super) on_since: Option<i64>,
        second: Option<i64>,
        tie: Option<i64>,
        pub(super) rate: i64,
        pub(super) admitted: i64,
        pub(super) moved_at: i64,
    }
}

impl FrontierRow {
    pub(super) fn frontier(&self) -> Frontier {
        match (self.second, self.tie) {
            (Some(second), Some(tie)) => Frontier::at(Place::at(second, tie.cast_unsigned())),
            _ => Frontier::default(),
        }
    }
}

/// The frontier of a line; none before its first use.
pub(super) async fn frontier(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    way: Entrance,
) -> Result<Option<FrontierRow>, DbError> {
    let sql =
        "SELECT mode, forced_rate, on_since, second, tie, rate, admitted, moved_at FROM waiting_frontier
               WHERE sitting = $1 AND line = $2";
    tx.query_opt(sql, params![sitting, way.wire()]).await
}

/// What a frontier becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moved {
    pub(super) on_since: Option<i64>,
    pub(super) frontier: Frontier,
    pub(super) rate: u64,
    pub(super) more: u64,
    pub(super) at: i64,
}

/// Moves a frontier that was last moved at `before`; `false` if another node has moved it since.
pub(super) async fn advance(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    way: Entrance,
    before: Option<i64>,
    moved: Moved,
) -> Result<bool, DbError> {
    let place = moved.frontier.place();
    let (second, tie) = (place.map(|place| place.second), place.map(|place| place.tie.cast_signed()));
    let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    let (rate, more) = (whole(moved.rate), whole(moved.more));
    let changed = match before {
        None => {
            let sql = "INSERT INTO waiting_frontier (sitting, line, on_since, second, tie, rate, admitted, moved_at)
                       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
            let values = params![sitting, way.wire(), moved.on_since, second, tie, rate, more, moved.at];
            tx.execute(sql, values).await?
        }
        Some(before) => {
            let sql = "UPDATE waiting_frontier
                       SET on_since = $3, second = $4, tie = $5, rate = $6, admitted = admitted + $7, moved_at = $8
                       WHERE sitting = $1 AND line = $2 AND moved_at = $9";
            let values =
                params![sitting, way.wire(), moved.on_since, second, tie, rate, more, moved.at, before];
            tx.execute(sql, values).await?
        }
    };
    Ok(changed == 1)
}

/// Forces both lines on or off in a rehearsal, or leaves them to themselves.
pub(super) async fn force(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    mode: &str,
    rate: Option<i64>,
) -> Result<(), DbError> {
    for way in Entrance::ALL {
        tx.execute(
            "INSERT INTO waiting_frontier (sitting, line, mode, forced_rate, rate, admitted, moved_at)
             VALUES ($1, $2, $3, $4, 0, 0, 0)
             ON CONFLICT (sitting, line) DO UPDATE SET mode = $3, forced_rate = $4",
            params![sitting, way.wire(), mode, rate],
        )
        .await?;
    }
    Ok(())
}

record! {
    /// What one node counted of one second.
    pub(super) struct CountRow {
        pub(super) second: i64,
        pub(super) node: String,
        strangers: Vec<u8>,
        signed_in: Vec<u8>,
    }
}

impl CountRow {
    pub(super) fn tallies(&self) -> Result<(Tally, Tally), DbError> {
        let strangers = Tally::from_bytes(&self.strangers);
        let both = strangers.zip(Tally::from_bytes(&self.signed_in));
        both.ok_or(DbError::Decode("counts of the waiting room"))
    }
}

/// What all nodes counted of the seconds from `from` on.
pub(super) async fn counts(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    from: i64,
) -> Result<Vec<CountRow>, DbError> {
    let sql = "SELECT second, node, strangers, signed_in FROM waiting_count
               WHERE sitting = $1 AND second >= $2 ORDER BY second, node";
    tx.query(sql, params![sitting, from]).await
}

/// What all nodes counted of those who came before the opening.
pub(super) async fn drawn(tx: &mut Tx<'_>, sitting: &SittingCode) -> Result<Vec<CountRow>, DbError> {
    let sql = "SELECT second, node, strangers, signed_in FROM waiting_count
               WHERE sitting = $1 AND second = $2 ORDER BY node";
    tx.query(sql, params![sitting, Place::DRAWN]).await
}

/// Saves what this node has counted of a second so far.
pub(super) async fn save(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    second: i64,
    node: &str,
    (strangers, signed_in): &(Tally, Tally),
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO waiting_count (sitting, second, node, strangers, signed_in) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (sitting, second, node) DO UPDATE SET strangers = $4, signed_in = $5",
        params![sitting, second, node, strangers.to_bytes(), signed_in.to_bytes()],
    )
    .await?;
    Ok(())
}

record! {
    /// What one node can bear.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct NodeRow {
        /// The node since its start.
        pub node: String,
        /// Its short name.
        pub mark: String,
        /// People a second at the door.
        pub door_rate: i64,
        /// People a second at the desk.
        pub desk_rate: i64,
        /// Whether it has nothing to fear.
        pub quiet: bool,
        /// People who came to it in the last second.
        pub arrivals: i64,
        /// When it was seen last, in seconds since 1970.
        pub seen_at: i64,
    }
}

/// The nodes that were seen since `since`.
pub(super) async fn nodes(tx: &mut Tx<'_>, since: i64) -> Result<Vec<NodeRow>, DbError> {
    let sql = "SELECT node, mark, door_rate, desk_rate, quiet, arrivals, seen_at FROM waiting_node
               WHERE seen_at >= $1 ORDER BY mark, node";
    tx.query(sql, params![since]).await
}

/// Keeps what this node can bear, and forgets nodes that have been gone for long.
pub(super) async fn keep_node(tx: &mut Tx<'_>, node: &NodeRow, gone: i64) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO waiting_node (node, mark, door_rate, desk_rate, quiet, arrivals, seen_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (node) DO UPDATE
         SET mark = $2, door_rate = $3, desk_rate = $4, quiet = $5, arrivals = $6, seen_at = $7",
        params![
            node.node,
            node.mark,
            node.door_rate,
            node.desk_rate,
            node.quiet,
            node.arrivals,
            node.seen_at
        ],
    )
    .await?;
    tx.execute("DELETE FROM waiting_node WHERE seen_at < $1", params![gone]).await?;
    Ok(())
}

/// Whether a pool of the sitting has a seat left for whoever comes; those that people stand in line for are theirs (R16).
pub(super) async fn has_seats(tx: &mut Tx<'_>, sitting: &SittingCode) -> Result<bool, DbError> {
    let sql = "SELECT capacity FROM seat_pool WHERE sitting = $1 AND taken + waiting < capacity LIMIT 1";
    Ok(tx.query_opt::<(i64,)>(sql, params![sitting]).await?.is_some())
}

/// Forgets what was counted if the room is off: another node may have kept a line on in this very second.
pub(super) async fn forget(tx: &mut Tx<'_>, sitting: &SittingCode) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM waiting_count
          WHERE sitting = $1
            AND NOT EXISTS (SELECT 1
                              FROM waiting_frontier
                             WHERE sitting = $1
                               AND on_since IS NOT NULL)",
        params![sitting],
    )
    .await?;
    Ok(())
}
