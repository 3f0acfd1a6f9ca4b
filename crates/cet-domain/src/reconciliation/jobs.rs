//! The job of reconciliation: makes the rows of days that are over, fetches their bills, compares what has arrived.

use super::{Day, Of, fetch, store, verbs, work};
use crate::alarms::BILL_BROKEN_OFF;
use crate::jobs::batch::Round;
use crate::payment::context::PaymentContext;
use crate::store::{DbError, Tx};

/// How many days back a new installation begins at most.
const MOST_DAYS: i32 = 60;

/// One round.
///
/// # Errors
/// [`DbError`].
pub async fn round(payments: &PaymentContext) -> Result<Round, DbError> {
    make_days(payments).await?;
    clear_up(payments).await?;
    let deleted = delete_bad(payments).await?;
    let fetched = fetch::next(payments).await?;
    Ok(Round::of(work::next(payments).await?.saturating_add(fetched).saturating_add(deleted)))
}

/// Compares the next bill that has arrived; returns how many.
///
/// # Errors
/// [`DbError`].
pub async fn compare_next(payments: &PaymentContext) -> Result<i64, DbError> {
    work::next(payments).await
}

/// Deletes what has arrived of files that nobody sends any more, one a round, and tells of it.
///
/// # Errors
/// [`DbError`].
pub(crate) async fn clear_up(payments: &PaymentContext) -> Result<(), DbError> {
    let gone: Option<String> = payments.db.write(async |tx: &mut Tx<'_>| verbs::clear_up(tx).await).await?;
    if let Some(account) = gone {
        payments.alarms.sound(BILL_BROKEN_OFF);
        tracing::error!(account, "a bill did not arrive as a whole, and what came of it was deleted");
    }
    Ok(())
}

/// Deletes some bytes of files that can't be read; returns how many parts.
async fn delete_bad(payments: &PaymentContext) -> Result<i64, DbError> {
    let parts = payments.db.read(async |tx: &mut Tx<'_>| store::of_bad(tx).await).await?;
    let count = i64::try_from(parts.len()).unwrap_or(i64::MAX);
    if count > 0 {
        payments
            .db
            .write(async move |tx: &mut Tx<'_>| {
                for (file, number) in &parts {
                    store::delete_part(tx, *file, *number).await?;
                }
                Ok::<_, DbError>(())
            })
            .await?;
    }
    Ok(count)
}

/// Makes the rows of the days that are over, from the first with money on.
///
/// # Errors
/// [`DbError`].
pub async fn make_days(payments: &PaymentContext) -> Result<(), DbError> {
    for gateway in &payments.gateways.all {
        let code = gateway.code();
        let due: Vec<Of> = payments
            .db
            .read(async move |tx: &mut Tx<'_>| {
                let today = Day::of(tx.now().await?);
                let newest = store::newest_day(tx, code.as_str()).await?;
                let first = match newest {
                    Some(day) => Some(day.next()),
                    None => store::first_day(tx, code.as_str()).await?.map(Day::of),
                };
                let mut days = Vec::new();
                let mut day = today.before();
                for _ in 0..MOST_DAYS {
                    if first.is_none_or(|first| day < first) {
                        break;
                    }
                    days.push(Of { gateway: code, day });
                    day = day.before();
                }
                Ok::<_, DbError>(days)
            })
            .await?;
        if !due.is_empty() {
            payments.db.write(async move |tx: &mut Tx<'_>| make(tx, &due).await).await?;
        }
    }
    Ok(())
}

async fn make(tx: &mut Tx<'_>, days: &[Of]) -> Result<(), DbError> {
    for of in days {
        store::make_day(tx, *of).await?;
    }
    Ok(())
}
