//! The job that counts the sitting that staff see, and former ones whose money moves, and keeps the sums.

use jiff::SignedDuration;

use super::{Since, rollup, store};
use crate::jobs::batch::Round;
use crate::sitting::{Catalogue, Plan};
use crate::store::{Db, DbError, Tx};
use crate::words::time::Time;

/// Days that pages show.
pub const DAYS: i64 = 14;
/// Hours that are kept.
pub const HOURS: i64 = 24;
/// The oldest that sums may be (season.md 5); pages say so when they are older.
pub const OLDEST: SignedDuration = SignedDuration::from_secs(60);
/// How old sums are when they are counted again: the count itself takes part of the rest.
const EVERY: SignedDuration = SignedDuration::from_secs(30);

/// How often it is asked whether money of a former sitting has moved.
const FORMER_EVERY: SignedDuration = SignedDuration::from_mins(10);

/// Whether sums that were counted then are to be counted again. A clock that was set back counts too.
fn is_due(counted: Option<Time>, now: Time) -> bool {
    counted.is_none_or(|at| at > now || now.since(at) >= EVERY)
}

/// Counts the current sitting if that is due, and keeps the sums; between two seasons the last one, whose money still
/// moves. Of the others, whose money may move too, at most one each time. Any node may run it at any time: the latest count
/// stays.
///
/// # Errors
/// [`DbError`]: the sums stay as they were.
pub async fn keep(db: &Db, catalogue: &Catalogue) -> Result<Round, DbError> {
    let Some(shown) = catalogue.shown_to_staff() else { return Ok(Round::default()) };
    let sitting = shown.code.clone();
    let due = async move |tx: &mut Tx<'_>| {
        let counted = store::counted_at(tx, &sitting).await?;
        Ok::<_, DbError>(is_due(counted, tx.now().await?))
    };
    if db.read(due).await? {
        count(db, shown).await?;
    }
    for plan in catalogue.sittings().into_iter().filter(|plan| plan.code != shown.code) {
        if is_behind(db, plan).await? {
            count(db, plan).await?;
            break;
        }
    }
    // It never is due again at once, so the job pauses.
    Ok(Round::default())
}

/// Whether the money of a former sitting has moved since it was counted. Asked so often only that the answer is cheap: of the
/// time since it was asked last.
async fn is_behind(db: &Db, plan: &Plan) -> Result<bool, DbError> {
    let sitting = plan.code.clone();
    let asked = async move |tx: &mut Tx<'_>| {
        let now = tx.now().await?;
        let Some(at) = store::counted_at(tx, &sitting).await? else {
            return Ok::<_, DbError>((now, true, true));
        };
        if at <= now && now.since(at) < FORMER_EVERY {
            return Ok((now, false, false));
        }
        Ok((now, true, store::has_moved(tx, &sitting, at).await?))
    };
    let (now, is_asked, has_moved) = db.read_long(asked).await?;
    if is_asked && !has_moved {
        let sitting = plan.code.clone();
        db.write(async move |tx: &mut Tx<'_>| store::claim(tx, &sitting, now).await.map(|_newest| ()))
            .await?;
    }
    Ok(has_moved)
}

async fn count(db: &Db, plan: &Plan) -> Result<(), DbError> {
    let sitting = plan.code.clone();
    let opens = plan.registration_span().map(|(opens, _)| opens);
    let counting = async move |tx: &mut Tx<'_>| {
        let now = tx.now().await?;
        let since = Since::of(opens, now);
        let rows = store::count(tx, &sitting, now, since).await?;
        Ok::<_, DbError>((now, since, rows))
    };
    let (at, since, rows) = db.read_long(counting).await?;
    let all = rollup::roll_up(&rows, since);
    let sitting = plan.code.clone();
    let changed: i64 =
        db.write(async move |tx: &mut Tx<'_>| store::keep(tx, &sitting, at, &all).await).await?;
    tracing::debug!(changed, "counted a sitting");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_counted_again_after_half_a_minute_or_when_the_clock_was_set_back() {
        let at = |seconds: i64| Time::from_micros(seconds * 1_000_000);
        assert!(is_due(None, at(0)));
        assert!(!is_due(Some(at(100)), at(129)));
        assert!(is_due(Some(at(100)), at(130)));
        assert!(is_due(Some(at(100)), at(99)));
        assert!(EVERY < OLDEST);
    }
}
