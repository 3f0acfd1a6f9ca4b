//! What pages show of places in line (R16).

use crate::entry;
use crate::registration::Registration;
use crate::seat_pool::{self, PoolKey, Seats};
use crate::sitting::Plan;
use crate::standby::rules::{self, Chance, Freed};
use crate::standby::{self, Standby};
use crate::store::{DbError, Tx};
use crate::words::codes::CampusCode;
use crate::words::fen::Fen;
use crate::words::subject::Mode;
use crate::words::time::Time;

/// When registration closes at a campus.
#[must_use]
pub(crate) fn window_closes(plan: &Plan, campus: CampusCode, mode: Mode) -> Option<Time> {
    plan.window(campus, mode).map(crate::sitting::window::Window::closes)
}

/// When the lines of a campus close; `None` where it has no window.
#[must_use]
pub fn line_closes(plan: &Plan, campus: CampusCode, mode: Mode) -> Option<Time> {
    window_closes(plan, campus, mode).map(rules::line_closes)
}

/// How things stand in the line of one campus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtCampus {
    /// The campus.
    pub campus: CampusCode,
    /// The place, the first being 1; behind all others for whoever has not joined.
    pub place: i64,
    /// How many wait there.
    pub total: i64,
    /// The chance.
    pub chance: Chance,
    /// What it is told from; `None` where nothing was measured yet.
    pub freed: Option<Freed>,
    /// When the line closes.
    pub closes: Option<Time>,
}

/// A place that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The place.
    pub standby: Standby,
    /// Its campuses, the wanted one first.
    pub at: Vec<AtCampus>,
    /// The fee at the wanted campus.
    pub fee: Option<Fen>,
}

impl Place {
    /// Until when it waits: the last of its lines closes then.
    #[must_use]
    pub fn until(&self) -> Option<Time> {
        self.at.iter().filter_map(|at| at.closes).max()
    }
}

/// The places of a registration that wait.
pub async fn places(tx: &mut Tx<'_>, plan: &Plan, of: &Registration) -> Result<Vec<Place>, DbError> {
    if of.in_line == 0 {
        return Ok(Vec::new());
    }
    let mut all = Vec::new();
    for standby in standby::store::of_registration(tx, of.school, of.id).await? {
        let mut at = Vec::new();
        for wish in &standby.wishes.0 {
            let pool = standby.pool(wish.campus);
            let (place, total) = standby::store::place_of(tx, &pool, wish.number).await?;
            at.push(measured(tx, plan, (&pool, standby.mode), (place, total)).await?);
        }
        let fee = standby.wishes.0.first().and_then(|wish| plan.fee(wish.campus, standby.subject));
        all.push(Place { standby, at, fee });
    }
    Ok(all)
}

/// How things stand in the line of a pool for whoever has not joined, with its seats; `None` where there is no such pool.
pub async fn unjoined(
    tx: &mut Tx<'_>,
    plan: &Plan,
    pool: &PoolKey,
    mode: Mode,
) -> Result<Option<(AtCampus, Seats)>, DbError> {
    let Some(seats) = seat_pool::store::seats(tx, pool).await? else { return Ok(None) };
    let places = (seats.waiting.saturating_add(1), seats.waiting);
    Ok(Some((measured(tx, plan, (pool, mode), places).await?, seats)))
}

async fn measured(
    tx: &mut Tx<'_>,
    plan: &Plan,
    (pool, mode): (&PoolKey, Mode),
    (place, total): (i64, i64),
) -> Result<AtCampus, DbError> {
    let now = tx.now().await?;
    let window = plan.window(pool.campus, mode);
    let since = window.and_then(|window| rules::count_since(window.opens(), now));
    let freed = match since {
        Some(since) => Some(Freed { seats: entry::store::freed_since(tx, pool, since).await?, since }),
        None => None,
    };
    let closes = window.map(|window| rules::line_closes(window.closes()));
    let chance = closes.map_or(Chance::Unknown, |closes| rules::chance(place, freed, closes, now));
    Ok(AtCampus { campus: pool.campus, place, total, chance, freed, closes })
}
