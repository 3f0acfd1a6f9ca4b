//! I19: entries were made while their window was open.

use jiff::SignedDuration;

use super::{Finding, LISTED};
use crate::change::stood::Windows;
use crate::params;
use crate::sitting::window::WindowState;
use crate::store::{Db, DbError, Tx};
use crate::words::codes::{CampusCode, SittingCode};
use crate::words::subject::Mode;
use crate::words::time::Time;

/// Entries per query.
const PAGE: i64 = 2_000;

type Row = (i64, SittingCode, CampusCode, Mode, Time);

/// How late a node may learn of a change (season.md 5).
const LAG: SignedDuration = SignedDuration::from_secs(2);

/// Compares each live entry's time with the window as it stood then, which the recorded changes say.
pub(super) async fn entries_inside(db: &Db) -> Result<Finding, DbError> {
    let stood = db.read_long(async |tx: &mut Tx<'_>| Windows::read(tx).await).await?;
    let mut violations = Vec::new();
    let mut after = 0_i64;
    loop {
        let page: Vec<Row> = db.read_long(async move |tx: &mut Tx<'_>| page_after(tx, after).await).await?;
        let Some((last, ..)) = page.last() else { break };
        after = *last;
        violations
            .extend(page.iter().filter(|row| !inside(&stood, row)).map(|row| format!("entry {}", row.0)));
        if i64::try_from(violations.len()).unwrap_or(LISTED) >= LISTED {
            break;
        }
    }
    Ok(Finding { invariant: "I19", says: "each entry of a candidate was made inside its window", violations })
}

fn inside(stood: &Windows, (_, sitting, campus, mode, at): &Row) -> bool {
    [*at, at.minus(LAG)].into_iter().any(|known| {
        let window = stood.at(sitting, *campus, *mode, known);
        window.is_some_and(|window| window.state(*at) == WindowState::Open)
    })
}

async fn page_after(tx: &mut Tx<'_>, after: i64) -> Result<Vec<Row>, DbError> {
    tx.query(
        "SELECT id, sitting, campus, mode, entered_at
           FROM entry
          WHERE id > $1
            AND channel = 'self'
            AND state IN ('held', 'paid')
          ORDER BY id
          LIMIT $2",
        params![after, PAGE],
    )
    .await
}
