//! Fetches bills from the gateways: in the morning after each day, and again until there is one.

use std::sync::Arc;

use jiff::SignedDuration;
use ring::digest::{SHA256, digest};

use super::store::{self, FileRow, PART};
use super::verbs::{self, By};
use super::{Of, ReconciliationRefusal};
use crate::alarms::BILL_MISSING;
use crate::payment::context::PaymentContext;
use crate::payment::gateways::BillAnswer;
use crate::store::{DbError, Stop, Tx};
use crate::vault::to_hex;
use crate::words::time::{Time, doubled};

/// When bills of a day are ready, after its end.
pub(crate) const READY_AFTER: SignedDuration = SignedDuration::from_mins(190);
/// After the first question in vain.
const FIRST_WAIT: SignedDuration = SignedDuration::from_mins(15);
/// The longest between two questions.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(3);
/// From so long after a day's end on a gateway that says that it has no bill of it is believed: it had no trades. Bills are
/// written in the morning after, late ones by the evening, and until then it says the same.
const ABSENT_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// From so long after its end on a day without a bill is an alarm.
const MISSED_AFTER: SignedDuration = SignedDuration::from_hours(48);

/// When to ask again after so many questions in vain.
#[must_use]
pub(crate) fn next_fetch(fetches: i64, now: Time) -> Time {
    now.plus(doubled(FIRST_WAIT, usize::try_from(fetches).unwrap_or(0), LONGEST_WAIT))
}

/// Fetches the bill of the next day that has none; returns how many days were asked for.
pub(super) async fn next(payments: &PaymentContext) -> Result<i64, DbError> {
    let due: Vec<(String, String, i64)> =
        payments.db.read(async |tx: &mut Tx<'_>| store::to_fetch(tx, 1).await).await?;
    let Some((gateway, day, fetches)) = due.into_iter().next() else { return Ok(0) };
    let of = Of::read(&gateway, &day)?;
    let taken: bool = payments
        .db
        .write(async move |tx: &mut Tx<'_>| {
            let next = next_fetch(fetches, tx.now().await?);
            store::take_fetch(tx, of, next).await
        })
        .await?;
    if !taken {
        return Ok(0);
    }
    let before: Option<FileRow> =
        payments.db.read(async move |tx: &mut Tx<'_>| store::working_on(tx, of).await).await?;
    let was_bad = before.is_some_and(|file| file.state == "bad");
    let came = fetch(payments, of).await?;
    let now = payments.now().await?;
    if (!came || was_bad) && now.since(of.day.next().begins()) > MISSED_AFTER {
        payments.alarms.sound(BILL_MISSING);
        tracing::error!(gateway, day, "a gateway gives no good bill of this day: upload it by hand");
    }
    Ok(1)
}

/// Fetches the bill of a day, to be compared; returns whether there was one. Where the gateway writes none because the day
/// has no trades, that is kept as a bill of no bytes, and compared as every other.
///
/// # Errors
/// [`DbError`].
pub async fn fetch(payments: &PaymentContext, of: Of) -> Result<bool, DbError> {
    let now = payments.now().await?;
    let bytes = match payments.gateways.bill(of.gateway, of.day.date(), now).await {
        BillAnswer::File(bytes) if !bytes.is_empty() => bytes,
        BillAnswer::Absent if now.since(of.day.next().begins()) >= ABSENT_AFTER => Vec::new(),
        BillAnswer::File(_) | BillAnswer::Absent | BillAnswer::NotYet | BillAnswer::Silence => {
            return Ok(false);
        }
    };
    let hash = to_hex(digest(&SHA256, &bytes).as_ref());
    let bytes = Arc::new(bytes);
    let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
    let ending = match bytes.as_slice() {
        [b'P', b'K', ..] => "zip",
        [0x1f, 0x8b, ..] => "gz",
        _ => "csv",
    };
    let id: i64 = payments.db.write(async |tx: &mut Tx<'_>| store::insert_file(tx, "").await).await?;
    for number in 0..bytes.len().div_ceil(PART) {
        let bytes = Arc::clone(&bytes);
        payments
            .db
            .write(async move |tx: &mut Tx<'_>| {
                let from = number.saturating_mul(PART);
                let until = from.saturating_add(PART).min(bytes.len());
                let part = bytes.get(from..until).unwrap_or_default();
                store::append(tx, id, i64::try_from(number).unwrap_or(i64::MAX), part).await
            })
            .await?;
    }
    let name = format!("{}-{}.{ending}", of.gateway.as_str(), of.day);
    let taken: Result<(), Stop<ReconciliationRefusal>> = payments
        .db
        .write(async move |tx: &mut Tx<'_>| {
            let by = By { account: String::new(), person: String::new(), address: String::new() };
            verbs::receive(tx, id, of, (&name, size, &hash), &by).await
        })
        .await;
    match taken {
        Ok(()) => Ok(true),
        Err(Stop::Refused(_)) => {
            payments.db.write(async move |tx: &mut Tx<'_>| store::discard(tx, id).await).await?;
            Ok(false)
        }
        Err(Stop::Fault(fault)) => Err(fault),
    }
}
