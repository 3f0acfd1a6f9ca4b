//! What a school's page of a dispute is made of: both sides, as they stand now.

use crate::dispute::rules::{Standing, handover};
use crate::dispute::store::scoped;
use crate::dispute::{Decision, Dispute, DisputeRefusal, DisputeState};
use crate::entry::rules::is_live;
use crate::entry::verbs::{Handover, needs};
use crate::entry::{self, Entry};
use crate::passport;
use crate::payment;
use crate::registration::{self, Registration, brakes};
use crate::sitting::Catalogue;
use crate::store::{DbError, Tx};
use crate::words::codes::SittingCode;
use crate::words::ids::{DisputeId, PassportId};
use crate::words::staff::Scope;
use crate::words::time::Time;

/// A live entry of the disputed registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The entry.
    pub entry: Entry,
    /// What is left of the money that a gateway received for it, in fen; `None`: none did.
    pub paid: Option<i64>,
    /// Whether its exam has begun.
    pub begun: bool,
}

impl Line {
    /// What decides about it.
    #[must_use]
    pub fn standing(&self) -> Standing<'_> {
        Standing { entry: &self.entry, by_gateway: self.paid.is_some(), begun: self.begun }
    }
}

/// The disputed registration as it stands now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disputed {
    /// The registration.
    pub registration: Registration,
    /// Its live entries.
    pub lines: Vec<Line>,
    /// Whether an order of the holder is open.
    pub order_open: bool,
}

impl Disputed {
    /// The registration under its lock, if it still is the holder's.
    pub(super) async fn read(
        tx: &mut Tx<'_>,
        catalogue: &Catalogue,
        (of, locks): (&Dispute, bool),
    ) -> Result<Option<(Self, Vec<Entry>)>, DbError> {
        let live = if locks {
            registration::store::lock(tx, of.school, of.registration).await?
        } else {
            registration::store::live(tx, of.school, of.registration).await?
        };
        let Some(registration) = live.filter(|live| live.passport == of.holder) else { return Ok(None) };
        let now = tx.now().await?;
        let all = entry::store::of_registration(tx, of.school, of.registration).await?;
        let mut lines = Vec::new();
        for one in all.iter().filter(|one| is_live(one, now)) {
            let paid = match one.state {
                entry::EntryState::Paid => payment::verbs::paid_for(tx, &registration, one.id).await?,
                _ => None,
            };
            lines.push(Line { entry: one.clone(), paid, begun: has_begun(catalogue, &of.sitting, one, now) });
        }
        let order = payment::store::open_of(tx, of.school, of.registration).await?;
        Ok(Some((Self { registration, lines, order_open: order.is_some() }, all)))
    }

    /// How it stands, for the mark of a form (R19).
    #[must_use]
    pub fn values(&self) -> Vec<String> {
        let line = |line: &Line| {
            let entry = &line.entry;
            format!("{} {} {:?} {:?}", entry.id, entry.state.wire(), entry.locked_by, line.paid)
        };
        let head = self.registration.id.to_string();
        std::iter::once(head).chain(self.lines.iter().map(line)).collect()
    }
}

fn has_begun(catalogue: &Catalogue, sitting: &SittingCode, entry: &Entry, now: Time) -> bool {
    let subject = catalogue.sitting(sitting).and_then(|plan| plan.subject(entry.subject));
    subject.and_then(|subject| subject.exam_from).is_some_and(|from| from <= now)
}

/// What a school's page of a dispute is made of.
pub struct Read {
    /// The dispute.
    pub dispute: Dispute,
    /// The registration; `None` if the holder has it no more.
    pub disputed: Option<Disputed>,
    /// The holder's account; `None` if it was closed.
    pub holder: Option<passport::store::Account>,
    /// The claimant's account; `None` if it was closed.
    pub claimant: Option<passport::store::Account>,
    /// How many passports have held the student in this sitting and let go.
    pub let_go: i64,
    /// How many look-ups and savings of this student went wrong lately, and whether that presses the brake.
    pub misses: (i64, bool),
    /// The other disputes about the student that wait, each with the claimant's account; `None` if it was closed.
    pub rivals: Vec<(Dispute, Option<passport::store::Account>)>,
    /// What each decision would do to the entries now; empty if the holder has the registration no more.
    pub effects: Vec<(Decision, Result<Handover, DisputeRefusal>)>,
}

impl Read {
    /// The values for the mark of its forms (R19).
    #[must_use]
    pub fn values(&self) -> Vec<String> {
        values(&self.dispute, self.disputed.as_ref(), self.rivals.iter().map(|(of, _)| of))
    }
}

/// How a dispute, its registration and the other claims stand, for the mark of a form (R19).
pub(super) fn values<'a>(
    of: &Dispute,
    disputed: Option<&Disputed>,
    rivals: impl IntoIterator<Item = &'a Dispute>,
) -> Vec<String> {
    let whose = std::iter::once(of.holder.to_string());
    let rivals = rivals.into_iter().map(|rival| format!("rival {}", rival.id));
    let stands = of.standing().into_iter().chain(whose);
    stands.chain(disputed.into_iter().flat_map(Disputed::values)).chain(rivals).collect()
}

/// Reads a dispute of the scope with both of its sides.
///
/// # Errors
/// [`DbError`]
pub async fn read(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    scope: &Scope,
    id: DisputeId,
) -> Result<Option<Read>, DbError> {
    let Some(dispute) = scoped::find(tx, scope, id).await? else { return Ok(None) };
    let found = Disputed::read(tx, catalogue, (&dispute, false)).await?;
    let now = tx.now().await?;
    let mut effects = Vec::new();
    if let Some((disputed, all)) = &found {
        let standings: Vec<_> = disputed.lines.iter().map(Line::standing).collect();
        let needs = needs(catalogue);
        effects.extend(
            Decision::ALL.map(|decision| (decision, handover(all, &standings, decision, &needs, now))),
        );
    }
    let mut rivals = Vec::new();
    for rival in scoped::rivals(tx, scope, &dispute).await? {
        let account = passport::store::account(tx, rival.claimant).await?;
        rivals.push((rival, account));
    }
    Ok(Some(Read {
        effects,
        rivals,
        disputed: found.map(|(disputed, _)| disputed),
        holder: passport::store::account(tx, dispute.holder).await?,
        claimant: passport::store::account(tx, dispute.claimant).await?,
        let_go: registration::store::let_go::count(tx, &dispute.sitting, &dispute.document_key).await?,
        misses: brakes::of_student(tx, &dispute.sitting, &dispute.document_key).await?,
        dispute,
    }))
}

/// Whose open order has to be settled before this dispute can be approved: the gateway is asked outside a transaction.
///
/// # Errors
/// [`DbError`]
pub async fn holder_to_settle(
    tx: &mut Tx<'_>,
    scope: &Scope,
    id: DisputeId,
) -> Result<Option<(PassportId, SittingCode)>, DbError> {
    let found = scoped::find(tx, scope, id).await?.filter(|of| of.state == DisputeState::Decided);
    let Some(of) = found else { return Ok(None) };
    let live = registration::store::live(tx, of.school, of.registration).await?;
    if live.is_none_or(|live| live.passport != of.holder) {
        return Ok(None);
    }
    let order = payment::store::open_of(tx, of.school, of.registration).await?;
    Ok(order.map(|_| (of.holder, of.sitting)))
}
