//! I19: entries were made while their window was open.

use super::{Finding, LISTED};
use crate::params;
use crate::sitting::catalogue::Catalogue;
use crate::store::{Db, DbError, Tx};
use crate::words::codes::{CampusCode, SittingCode};
use crate::words::subject::Mode;
use crate::words::time::Time;

/// Entries per query.
const PAGE: i64 = 2_000;

type Row = (i64, SittingCode, CampusCode, Mode, Time);

/// Compares each live entry's time with the current windows. If staff shorten a window later, earlier entries are
/// reported here: that deserves a review.
pub(super) async fn entries_inside(db: &Db, catalogue: &Catalogue) -> Result<Finding, DbError> {
    let mut violations = Vec::new();
    let mut after = 0_i64;
    loop {
        let page: Vec<Row> = db.read_long(async move |tx: &mut Tx<'_>| page_after(tx, after).await).await?;
        let Some((last, ..)) = page.last() else { break };
        after = *last;
        violations
            .extend(page.iter().filter(|row| !inside(catalogue, row)).map(|row| format!("entry {}", row.0)));
        if i64::try_from(violations.len()).unwrap_or(LISTED) >= LISTED {
            break;
        }
    }
    Ok(Finding { invariant: "I19", says: "each entry of a candidate was made inside its window", violations })
}

fn inside(catalogue: &Catalogue, (_, sitting, campus, mode, at): &Row) -> bool {
    catalogue
        .sitting(sitting)
        .and_then(|plan| plan.window(*campus, *mode))
        .is_some_and(|window| window.opens() <= *at && *at < window.closes())
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
