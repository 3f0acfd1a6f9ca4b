//! Choosing unpaid entries and locking them.

use std::collections::BTreeSet;

use crate::audit::{self, Actor, Changes, Value};
use crate::collective_payment::rules::{self, LeftOut, MOST_ENTRIES};
use crate::collective_payment::{CollectivePayment, CollectiveRefusal, Line, State, store};
use crate::entry::staff_queries::{self, Filter, Person};
use crate::entry::{self, Entry};
use crate::registration;
use crate::registration::store::scoped;
use crate::sitting::Catalogue;
use crate::store::{DbError, Stop, Tx};
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::fen::FenSum;
use crate::words::ids::{CollectivePaymentId, EntryId, RegistrationId};
use crate::words::staff::Scope;
use cet_base::form_mark::Seen;

/// The totals on a confirmation page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Number of entries.
    pub entries: usize,
    /// Their sum.
    pub amount: FenSum,
}

/// The registrations that were ticked in a list.
pub type Ticks = BTreeSet<(SchoolCode, RegistrationId)>;

/// What a school requests to pay for.
#[derive(Clone)]
pub struct OpenCommand {
    /// The school.
    pub school: SchoolCode,
    /// The account's scope.
    pub scope: Scope,
    /// The sitting.
    pub sitting: SittingCode,
    /// The candidates and the subject.
    pub filter: Filter,
    /// Only these of the candidates; `None` for all of them.
    pub ticked: Option<Ticks>,
    /// The totals that were confirmed.
    pub shown: Shown,
    /// The mark of the entries that were confirmed.
    pub seen: Seen,
    /// The account.
    pub by: String,
    /// A note of the school.
    pub note: String,
    /// For how many days the entries are locked.
    pub lock_days: i64,
    /// The network address, for the log.
    pub address: String,
}

/// An entry that can be paid for, with its candidate.
pub struct Taken {
    /// The candidate.
    pub person: Person,
    /// The entry.
    pub entry: Entry,
}

/// An entry that is left out, with its candidate and the reason.
pub struct Left {
    /// The candidate.
    pub person: Person,
    /// The entry.
    pub entry: Entry,
    /// Why.
    pub why: LeftOut,
}

/// The result of a filter.
#[derive(Default)]
pub struct Gathered {
    /// The entries that can be paid for.
    pub taken: Vec<Taken>,
    /// The entries that are left out.
    pub left: Vec<Left>,
}

impl Gathered {
    /// Number and sum of the entries that can be paid for.
    #[must_use]
    pub fn shown(&self) -> Shown {
        let amount = FenSum::of(self.taken.iter().map(|taken| taken.entry.fee));
        Shown { entries: self.taken.len(), amount }
    }

    /// The entries that can be paid for, with their fees, as the values of the form's mark (R19).
    pub fn values(&self) -> impl Iterator<Item = String> + '_ {
        self.taken.iter().map(|taken| format!("{} {}", taken.entry.id, taken.entry.fee.get()))
    }
}

/// Whether registrations are locked while they are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LockMode {
    Unlocked,
    Locked,
}

/// The entries that a filter selects in a scope, for the confirmation page.
///
/// # Errors
/// [`CollectiveRefusal::TooMany`].
pub async fn gather(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    scope: &Scope,
    sitting: &SittingCode,
    (filter, ticked): (&Filter, Option<&Ticks>),
) -> Result<Gathered, Stop<CollectiveRefusal>> {
    select(tx, catalogue, (scope, sitting, filter, ticked), LockMode::Unlocked).await
}

async fn select(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    (scope, sitting, filter, ticked): (&Scope, &SittingCode, &Filter, Option<&Ticks>),
    mode: LockMode,
) -> Result<Gathered, Stop<CollectiveRefusal>> {
    let most = i64::try_from(MOST_ENTRIES).unwrap_or(i64::MAX);
    let mut people = match ticked {
        Some(ticked) => staff_queries::ticked_with_unpaid(tx, scope, sitting, filter, ticked).await?,
        None => staff_queries::with_unpaid(tx, scope, sitting, filter, most.saturating_add(1)).await?,
    };
    if people.len() > MOST_ENTRIES {
        return Err(Stop::Refused(CollectiveRefusal::TooMany));
    }
    if mode == LockMode::Locked {
        let mut still = Vec::with_capacity(people.len());
        for person in people {
            if registration::store::lock(tx, person.school, person.registration).await?.is_some() {
                still.push(person);
            }
        }
        people = still;
    }
    let now = tx.now().await?;
    let needs = entry::verbs::needs(catalogue);
    let mut found = Gathered::default();
    for person in people {
        let entries = entry::store::of_registration(tx, person.school, person.registration).await?;
        let chosen = rules::choose(&entries, filter.subject, &needs, now);
        for entry in chosen.taken {
            found.taken.push(Taken { person: person.clone(), entry: entry.clone() });
        }
        for (entry, why) in chosen.left_out {
            found.left.push(Left { person: person.clone(), entry: entry.clone(), why });
        }
    }
    if found.taken.len() > MOST_ENTRIES {
        return Err(Stop::Refused(CollectiveRefusal::TooMany));
    }
    Ok(found)
}

/// Creates a collective payment and locks its entries: exactly what the confirmation page showed, or nothing.
/// Idempotent for the same form of the same account.
///
/// Locks: the registrations in the order of their keys.
///
/// # Errors
/// [`CollectiveRefusal::NotFound`] if a registration that it names is not in the scope (TH22), whatever else may be wrong;
/// [`CollectiveRefusal::NothingChosen`], [`CollectiveRefusal::TooMany`], [`CollectiveRefusal::Changed`].
pub async fn open(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    cmd: &OpenCommand,
) -> Result<CollectivePaymentId, Stop<CollectiveRefusal>> {
    if let Some(ticked) = &cmd.ticked
        && scoped::ticked::find(tx, &cmd.scope, &cmd.sitting, ticked).await?.is_none()
    {
        return Err(Stop::Refused(CollectiveRefusal::NotFound));
    }
    let asked = (&cmd.scope, &cmd.sitting, &cmd.filter, cmd.ticked.as_ref());
    let found = select(tx, catalogue, asked, LockMode::Locked).await?;
    let shown = found.shown();
    if shown.entries == 0 {
        return made_before(tx, cmd, &found).await?.ok_or(Stop::Refused(CollectiveRefusal::NothingChosen));
    }
    if shown != cmd.shown || !cmd.seen.fits("collective", found.values()) {
        return Err(Stop::Refused(CollectiveRefusal::Changed));
    }
    let now = tx.now().await?;
    let id = CollectivePaymentId(tx.new_id());
    let new = CollectivePayment {
        school: cmd.school,
        id,
        sitting: cmd.sitting.clone(),
        state: State::Open,
        made_by: cmd.by.clone(),
        made_at: now,
        locks_until: rules::locks_until(now, cmd.lock_days),
        settled_by: String::new(),
        settled_at: None,
        entries: i64::try_from(shown.entries).map_err(|_| DbError::Decode("number of entries"))?,
        amount: shown.amount,
        note: cmd.note.clone(),
    };
    store::insert(tx, &new, &cmd.scope).await?;
    let ids: Vec<EntryId> = found.taken.iter().map(|taken| taken.entry.id).collect();
    if !entry::verbs::lock_for_school(tx, cmd.school, &ids, id.0).await?.is_empty() {
        return Err(DbError::Other("an entry changed under the lock of its registration".to_owned()).into());
    }
    for taken in &found.taken {
        let line = Line {
            registration: taken.person.registration,
            entry: taken.entry.id,
            subject: taken.entry.subject,
            amount: taken.entry.fee,
        };
        store::insert_line(tx, cmd.school, id, &line).await?;
        let changes = Changes::NONE.set("lock", id);
        record(tx, cmd, ("entry-locked", changes), ("entry", taken.entry.id.0), "").await?;
    }
    let detail = format!("entries={} amount={}", new.entries, new.amount);
    let changes = Changes::NONE.set("state", Value::code(State::Open.wire()));
    let made = ("collective-payment-made", changes);
    record(tx, cmd, made, ("collective-payment", id.0), &detail).await?;
    Ok(id)
}

/// The open one by which this account locked exactly the entries that its form showed: the form was submitted again.
/// Number and sum alone could match another form.
async fn made_before(
    tx: &mut Tx<'_>,
    cmd: &OpenCommand,
    found: &Gathered,
) -> Result<Option<CollectivePaymentId>, DbError> {
    let locks: BTreeSet<i64> = found.left.iter().filter_map(|left| left.entry.locked_by).collect();
    let of_lock = |lock| found.left.iter().filter(move |left| left.entry.locked_by == Some(lock));
    let values = |lock| of_lock(lock).map(|left| format!("{} {}", left.entry.id, left.entry.fee.get()));
    let lock = locks.into_iter().find(|lock| cmd.seen.proves("collective", values(*lock)));
    let Some(lock) = lock else { return Ok(None) };
    let Some(of) = store::find(tx, &cmd.scope, CollectivePaymentId(lock)).await? else { return Ok(None) };
    let same = of.state == State::Open
        && of.made_by == cmd.by
        && of.note == cmd.note
        && usize::try_from(of.entries) == Ok(cmd.shown.entries);
    Ok(same.then_some(of.id))
}

async fn record(
    tx: &mut Tx<'_>,
    cmd: &OpenCommand,
    (action, changes): (&'static str, Changes),
    (object_kind, object): (&'static str, i64),
    detail: &str,
) -> Result<(), DbError> {
    let event = audit::Event {
        school: cmd.school,
        actor: Actor::Staff(cmd.by.clone()),
        action,
        object_kind,
        object: &object.to_string(),
        address: &cmd.address,
        detail,
        changes,
    };
    audit::record(tx, &event).await
}
