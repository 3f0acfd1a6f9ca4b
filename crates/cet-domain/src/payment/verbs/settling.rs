//! What finance decides: refunds that no job can finish, and money in suspense. Each decision is one person's, with a
//! reason and a line in the audit log; none of them moves money by itself but sending a refund again.

use super::console;
use crate::audit::{self, Actor, Changes, Event, Value};
use crate::payment::events::{self, Kind};
use crate::payment::mail;
use crate::payment::refund_request::LONGEST;
use crate::payment::store;
use crate::payment::store::settling::{self, Settled, Stopped};
use crate::payment::suspense::{Doubt, known_sum};
use crate::sitting::Catalogue;
use crate::store::{DbError, Stop, Tx};
use crate::words::codes::SchoolCode;
use crate::words::fen::{Fen, FenSum};
use crate::words::staff::By;
use crate::words::text::is_free_text;

/// As what money in suspense is settled. Each only records what finance found and did outside, and nothing is sent to a
/// gateway; but a refund that somebody made in the gateway's console is booked with its sum, as ours or as a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettledAs {
    /// It belongs to this system's books, and was entered there by hand.
    Ours,
    /// It was sent back in the gateway's own console.
    Refund,
    /// It belongs to somebody else, and the gateway was told.
    Foreign,
    /// It is explained, and nothing is to be done.
    Explained,
}

impl SettledAs {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Ours, Self::Refund, Self::Foreign, Self::Explained];

    /// The name in the database and in forms.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Refund => "refund",
            Self::Foreign => "foreign",
            Self::Explained => "explained",
        }
    }

    /// Parses that name.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|settled| settled.wire() == text)
    }
}

/// Why a decision is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettleRefusal {
    /// Nothing of this number in the scope.
    NotFound,
    /// The note is missing, or too long.
    NoNote,
    /// It has been decided, or needs no decision.
    Over,
    /// The gateway told no sum of its refund, and whoever settles it gave none.
    NoSum,
    /// So much is not left of what was paid.
    TooMuch,
}

/// How money in suspense is settled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// As what.
    pub settled: SettledAs,
    /// The sum of a refund of which the gateway told none.
    pub sum: Option<Fen>,
    /// On what grounds.
    pub note: String,
}

fn text(typed: &str) -> Result<String, Stop<SettleRefusal>> {
    let text = typed.trim();
    if text.is_empty() || text.chars().count() > LONGEST || !is_free_text(text) {
        return Err(Stop::Refused(SettleRefusal::NoNote));
    }
    Ok(text.to_owned())
}

async fn stopped(
    tx: &mut Tx<'_>,
    by: &By,
    (school, id): (SchoolCode, i64),
) -> Result<Stopped, Stop<SettleRefusal>> {
    let found = settling::refund(tx, &by.scope, school, id).await?;
    found.ok_or(Stop::Refused(SettleRefusal::NotFound))
}

async fn unmatched(
    tx: &mut Tx<'_>,
    by: &By,
    (school, id): (SchoolCode, i64),
) -> Result<Settled, Stop<SettleRefusal>> {
    let found = settling::suspense(tx, &by.scope, school, id).await?;
    found.ok_or(Stop::Refused(SettleRefusal::NotFound))
}

/// Sends a stopped refund again, whether or not the gateway already lists one like it (Y9). Idempotent.
///
/// # Errors
/// [`SettleRefusal::NotFound`]; [`SettleRefusal::Over`] where it has been made or settled; [`DbError`].
pub async fn retry_refund(
    tx: &mut Tx<'_>,
    by: By,
    key: (SchoolCode, i64),
) -> Result<(), Stop<SettleRefusal>> {
    let of = stopped(tx, &by, key).await?;
    if !settling::retry(tx, key.0, key.1).await? {
        let is_due = stopped(tx, &by, key).await?.state == "due";
        return if is_due { Ok(()) } else { Err(Stop::Refused(SettleRefusal::Over)) };
    }
    let changes = Changes::NONE.field("state", Value::code(&of.state), Value::code("due"));
    record(tx, &by, ("refund", key), ("refund-retried", &of.answer, changes)).await?;
    // Its payer was told that staff see to it: now a job does again.
    let order = store::by_id(tx, key.0, of.order).await?.ok_or(DbError::Decode("order of a refund"))?;
    let amount = FenSum::new(of.amount).unwrap_or_default();
    let told = events::Event::new(Kind::RefundDue).refund(key.1).amount(amount).by(&by.account);
    events::record(tx, &order, told).await?;
    Ok(())
}

/// Marks a stopped refund as paid outside the system (Y9). Idempotent for the same account and note.
///
/// # Errors
/// [`SettleRefusal`]; [`DbError`].
pub async fn refund_by_hand(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    by: By,
    key: (SchoolCode, i64),
    note: String,
) -> Result<(), Stop<SettleRefusal>> {
    let note = text(&note)?;
    let of = stopped(tx, &by, key).await?;
    if !settling::by_hand(tx, key.0, key.1, &by.account, &note).await? {
        // Read again: the same form may have been sent twice at once.
        let now = stopped(tx, &by, key).await?;
        let same = now.state == "by-hand" && now.settled_by == by.account && now.note == note;
        return if same { Ok(()) } else { Err(Stop::Refused(SettleRefusal::Over)) };
    }
    let changes = Changes::NONE.field("state", Value::code(&of.state), Value::code("by-hand"));
    record(tx, &by, ("refund", key), ("refund-by-hand", "", changes)).await?;
    let order = store::by_id(tx, key.0, of.order).await?.ok_or(DbError::Decode("order of a refund"))?;
    let amount = FenSum::new(of.amount).unwrap_or_default();
    let told = events::Event::new(Kind::ByHand).refund(key.1).amount(amount).by(&by.account);
    events::record(tx, &order, told).await?;
    mail::tell_of_refund_by_hand(tx, catalogue, &order, key, of.amount).await?;
    Ok(())
}

/// Settles money in suspense (Y9): records what was found, and moves no money. A refund of the gateway's console is booked where it
/// is settled as one. Idempotent for the same decision and note of the same account.
///
/// Locks: the registration, where a refund is booked.
///
/// # Errors
/// [`SettleRefusal`]; [`DbError`].
pub async fn settle_suspense(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    by: By,
    key: (SchoolCode, i64),
    wanted: Settlement,
) -> Result<(), Stop<SettleRefusal>> {
    let (note, settled) = (text(&wanted.note)?, wanted.settled);
    let mut of = unmatched(tx, &by, key).await?;
    let books = console::is_booked(&of.reason, settled);
    if books {
        console::lock(tx, (key.0, &of.order_number)).await?;
        // Another one may have been settled while this one waited.
        of = unmatched(tx, &by, key).await?;
    }
    if !settling::settle_suspense(tx, key, settled.wire(), &by.account, &note).await? {
        let now = unmatched(tx, &by, key).await?;
        let same = now.settled_as.as_deref() == Some(settled.wire())
            && now.settled_by.as_ref() == Some(&by.account)
            && now.note == note;
        return if same { Ok(()) } else { Err(Stop::Refused(SettleRefusal::Over)) };
    }
    let mut changes = Changes::NONE.field("state", Value::code("open"), Value::code("settled"));
    let mut told = events::Event::new(Kind::SuspenseResolved).because(settled.wire()).by(&by.account);
    if of.reason == Doubt::Refunded.wire() {
        told = told.said(Doubt::Refunded.wire());
    }
    if books {
        let sum = console::book(tx, catalogue, &by, (key, &of), (wanted.sum, &note)).await?;
        changes = changes.set("refund", sum);
        told = told.amount(sum);
    } else if let Some(sum) = FenSum::new(of.amount).ok().and_then(known_sum) {
        told = told.amount(sum);
    }
    record(tx, &by, ("suspense", key), ("suspense-settled", settled.wire(), changes)).await?;
    events::record(tx, events::Of { school: key.0, number: &of.order_number }, told).await?;
    Ok(())
}

async fn record(
    tx: &mut Tx<'_>,
    by: &By,
    (object_kind, (school, id)): (&'static str, (SchoolCode, i64)),
    (action, detail, changes): (&'static str, &str, Changes),
) -> Result<(), DbError> {
    let event = Event {
        school,
        actor: Actor::Staff(by.account.clone()),
        action,
        object_kind,
        object: &id.to_string(),
        address: &by.address,
        detail,
        changes,
    };
    audit::record(tx, &event).await
}
