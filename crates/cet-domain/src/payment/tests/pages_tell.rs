//! What pages would tell of money, compared with the books: by statements of their own, not by the code that decides it.

use super::world::*;
use crate::payment::verbs::{Fate, LineFate, OrderTruth, money_of, truths};
use crate::situation::{self, Note};
use crate::store::{DbError, Tx};
use crate::words::ids::{OrderId, PassportId};

/// What the books say of one order.
struct Books {
    received: i64,
    due: i64,
    done: i64,
    /// Refunds with which no job goes on.
    stopped: i64,
    /// The lines that one of its receipts paid for, and that finance staff have not ended.
    covered: Vec<i64>,
}

async fn books(m: &PaymentWorld, order: OrderId) -> Books {
    let read: Result<_, DbError> = m
        .world
        .t
        .db
        .read(async move |tx: &mut Tx<'_>| {
            let (received,) = tx
                .query_one::<(i64,)>(
                    "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM receipt WHERE order_id = $1",
                    crate::params![order],
                )
                .await?;
            let (due, done, stopped) = tx
                .query_one::<(i64, i64, i64)>(
                    "SELECT CAST(COALESCE(SUM(CASE WHEN state IN ('done', 'by-hand') THEN 0 ELSE amount END), 0) AS BIGINT),
                            CAST(COALESCE(SUM(CASE WHEN state IN ('done', 'by-hand') THEN amount ELSE 0 END), 0) AS BIGINT),
                            COUNT(CASE WHEN state IN ('refused', 'unknown') THEN 1 END)
                       FROM refund WHERE order_id = $1",
                    crate::params![order],
                )
                .await?;
            let covered = tx
                .query::<(i64,)>(
                    "SELECT line.entry_id FROM receipt_line line JOIN receipt ON receipt.id = line.receipt_id
                      WHERE receipt.order_id = $1
                        AND NOT EXISTS (SELECT 1 FROM refund_line back
                                          JOIN entry ON entry.school = back.school AND entry.id = back.entry_id
                                         WHERE back.entry_id = line.entry_id AND entry.state = 'withdrawn')",
                    crate::params![order],
                )
                .await?;
            let covered = covered.into_iter().map(|(entry,)| entry).collect();
            Ok(Books { received, due, done, stopped, covered })
        })
        .await;
    read.unwrap()
}

/// Fails unless the line of each order, and the situation, say of these passports what the books say.
pub(super) async fn assert_pages_tell(m: &PaymentWorld, passports: impl IntoIterator<Item = i64>) {
    for who in passports.into_iter().map(PassportId) {
        let plan = std::sync::Arc::clone(m.world.catalogue.current().unwrap());
        let read: Result<_, DbError> = m
            .world
            .t
            .db
            .read(async move |tx: &mut Tx<'_>| {
                let money = money_of(tx, who).await?;
                let told = truths(tx, who, &money).await?;
                let standing = situation::verbs::read(tx, &plan, who, (None, false)).await?;
                let decided = situation::decide(&standing.facts, &plan, standing.now);
                let notes = decided.notes.iter().any(|note| matches!(note, Note::Refund(_)));
                Ok((told, (decided.situation.wire(), notes), standing.now))
            })
            .await;
        let (told, situation, now) = read.unwrap();
        let (mut due, mut done) = (0, 0);
        for truth in &told {
            let books = books(m, truth.money.order.id).await;
            assert_fate(truth, &books, truth.fate(now));
            due += books.due;
            done += books.done;
        }
        assert_situation(m, who, situation, (due, done)).await;
    }
}

fn assert_fate(truth: &OrderTruth, books: &Books, fate: Fate) {
    let (back, amount) = (books.due + books.done, truth.money.order.amount.get());
    let kept = books.received - back;
    let expected = match fate {
        Fate::Waiting | Fate::Declined | Fate::Asking | Fate::Closed { .. } => books.received == 0,
        Fate::Paid => kept == amount && back == 0,
        Fate::PaidTwice { extra, is_back } => {
            let of_lines: i64 = truth.money.returned.iter().map(|one| one.amount.get()).sum();
            kept + of_lines == amount && extra.get() == back && is_back == (books.due == 0) && back > 0
        }
        Fate::PaidLess { part, is_back } => {
            0 < kept && kept < amount && part.get() == back && is_back == (books.due == 0)
        }
        Fate::InPart { rest, is_back } => {
            0 < kept && kept < amount && rest.get() == back && is_back == (books.due == 0)
        }
        Fate::GoingBack(sum) => books.stopped == 0 && books.due > 0 && sum.get() == books.due && kept == 0,
        Fate::WithStaff(sum) => books.stopped > 0 && books.due > 0 && sum.get() == books.due && kept == 0,
        Fate::Back(sum) => books.due == 0 && sum.get() == books.received && kept == 0 && back > 0,
    };
    let (received, due, done) = (books.received, books.due, books.done);
    assert!(expected, "{fate:?}: received {received}, due {due}, done {done} of {amount}");
    assert_eq!(truth.is_with_staff(), books.stopped > 0, "{:?}", truth.events);
    for line in &truth.lines {
        let is_paid = matches!(truth.line_fate(line.entry), LineFate::Paid | LineFate::SeatedAgain);
        assert_eq!(is_paid, books.covered.contains(&line.entry.0), "the line of {:?}", line.entry);
    }
}

async fn assert_situation(
    m: &PaymentWorld,
    who: PassportId,
    (situation, notes_refund): (&str, bool),
    (due, done): (i64, i64),
) {
    let read: Result<_, DbError> = m
        .world
        .t
        .db
        .read(async move |tx: &mut Tx<'_>| {
            let now = tx.now().await?;
            tx.query_one::<(i64, i64)>(
                "SELECT COUNT(CASE WHEN entry.state = 'paid' THEN 1 END),
                        COUNT(CASE WHEN entry.state = 'held' AND entry.locked_by IS NULL AND entry.expires_at > $2 THEN 1 END)
                   FROM passport_claim claim
                   JOIN entry ON entry.school = claim.school AND entry.registration_id = claim.id
                  WHERE claim.kind = 'registration' AND claim.passport_id = $1",
                crate::params![who, now],
            )
            .await
        })
        .await;
    let (paid, owed) = read.unwrap();
    let holds = match situation {
        "refunding" => due > 0 && paid == 0 && owed == 0,
        "refunded" => due == 0 && done > 0 && paid == 0 && owed == 0,
        "unpaid" => paid == 0 && owed > 0,
        "part-paid" => paid > 0 && owed > 0,
        "paid" => paid > 0 && owed == 0,
        "expired" | "not-bound" => (due == 0 || notes_refund) && paid == 0 && owed == 0,
        "no-entry" | "window-closed" => due == 0 && paid == 0 && owed == 0,
        _ => true,
    };
    assert!(holds, "{situation} of {who:?}: {paid} paid, {owed} owed, {due} due, {done} done");
}
