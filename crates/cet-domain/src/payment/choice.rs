//! The entries and payment method that a candidate may choose.

use std::collections::BTreeSet;

use super::refusal::PaymentRefusal;
use super::rules::EntryState;
use crate::entry::rules::{Chosen, Standing, lacks_written};
use crate::sitting::{Catalogue, Plan};
use crate::texts::{Lang, texts};
use crate::words::codes::{CampusCode, SittingCode, SubjectCode};
use crate::words::fen::Fen;
use crate::words::ids::{EntryId, OrderId};
use crate::words::subject::{Level, Mode};
use crate::words::time::Time;
use gateway::GatewayCode;

/// What a gateway shows as sold, in one language for all: it refuses an order that is sent again with another text.
#[must_use]
pub fn sold_as(plan: &Plan) -> String {
    format!("{} {}", plan.name, texts(Lang::Zh).m("payment-subject"))
}

/// The facts about an entry that payment needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryFacts {
    /// Its id.
    pub id: EntryId,
    /// The subject.
    pub subject: SubjectCode,
    /// Written or oral.
    pub mode: Mode,
    /// The subject's level.
    pub level: Level,
    /// The campus of its seat.
    pub campus: CampusCode,
    /// The campus's name.
    pub campus_name: String,
    /// Its state.
    pub state: EntryState,
    /// Its fee.
    pub fee: Fen,
    /// The end of its hold.
    pub expires_at: Time,
    /// The open order that pays for it.
    pub order: Option<OrderId>,
}

impl EntryFacts {
    const fn chosen(&self) -> Chosen {
        Chosen { subject: self.subject, mode: self.mode, level: self.level }
    }

    /// Its standing, the same as on every page.
    #[must_use]
    pub fn standing(&self, now: Time) -> Standing {
        match self.state {
            EntryState::Held => Standing::of_held(self.expires_at, false, self.order.is_some(), now),
            EntryState::Locked => Standing::Locked,
            EntryState::Paid => Standing::Paid,
            EntryState::Expired | EntryState::Withdrawn | EntryState::Cancelled => Standing::Gone,
        }
    }

    /// Whether it is unpaid: it waits for a payment by the candidate or the school.
    #[must_use]
    pub(crate) fn is_unpaid(&self, now: Time) -> bool {
        matches!(self.standing(now), Standing::Held | Standing::Locked)
    }
}

/// The written subjects that an oral one requires one of; a subject that is not listed requires any written one of its
/// level.
#[derive(Clone, Debug, Default)]
pub struct Needs(Vec<(SubjectCode, Vec<SubjectCode>)>);

impl Needs {
    /// The requirements of a sitting.
    #[must_use]
    pub fn of(catalogue: &Catalogue, sitting: &SittingCode) -> Self {
        let subjects = catalogue.sitting(sitting).map(|plan| plan.subjects()).unwrap_or_default();
        let named = subjects.iter().filter(|subject| !subject.needs.is_empty());
        Self(named.map(|subject| (subject.code, subject.needs.clone())).collect())
    }

    /// Whether an entry is an oral one and none of `paid` satisfies its requirement.
    #[must_use]
    pub fn lacks(&self, entry: &EntryFacts, all: &[EntryFacts], paid: &BTreeSet<EntryId>) -> bool {
        let named = self.0.iter().find(|(code, _)| *code == entry.subject);
        let needs = named.map_or(&[][..], |(_, needs)| needs);
        let paid = all.iter().filter(|other| paid.contains(&other.id)).map(EntryFacts::chosen);
        lacks_written(entry.chosen(), needs, paid)
    }
}

/// The entries to pay, ordered by id, out of `all` of a registration. Without a choice, all unpaid ones that can be
/// paid together.
///
/// # Errors
/// Every refusal that applies.
pub fn entries<'a>(
    all: &'a [EntryFacts],
    chosen: &BTreeSet<EntryId>,
    needs: &Needs,
    now: Time,
) -> Result<Vec<&'a EntryFacts>, Vec<PaymentRefusal>> {
    if chosen.is_empty() {
        return all_unpaid(all, needs, now);
    }
    let mut refusals = Vec::new();
    let mut lines = Vec::new();
    for id in chosen {
        let found = all.iter().find(|entry| entry.id == *id);
        let refusal = match found.map(|entry| (entry, entry.standing(now))) {
            Some((entry, Standing::Held)) => {
                lines.push(entry);
                continue;
            }
            Some((entry, Standing::Locked)) => PaymentRefusal::EntryLocked(entry.id),
            Some((entry, Standing::Paid)) => PaymentRefusal::EntryPaid(entry.id),
            Some((entry, Standing::AwaitingGateway)) => {
                entry.order.map_or(PaymentRefusal::NotFound, PaymentRefusal::OrderOpen)
            }
            None | Some((_, Standing::Gone)) => PaymentRefusal::NotFound,
        };
        if !refusals.contains(&refusal) {
            refusals.push(refusal);
        }
    }
    let paid = supported(all, lines.iter().copied());
    let alone = lines.iter().filter(|entry| needs.lacks(entry, all, &paid));
    refusals.extend(alone.map(|entry| PaymentRefusal::OralNeedsWritten(entry.id)));
    if refusals.is_empty() { Ok(lines) } else { Err(refusals) }
}

fn all_unpaid<'a>(
    all: &'a [EntryFacts],
    needs: &Needs,
    now: Time,
) -> Result<Vec<&'a EntryFacts>, Vec<PaymentRefusal>> {
    let of = |standing: Standing| move |entry: &&EntryFacts| entry.standing(now) == standing;
    let free: Vec<&EntryFacts> = all.iter().filter(of(Standing::Held)).collect();
    let paid = supported(all, free.iter().copied());
    let (lines, alone): (Vec<_>, Vec<_>) =
        free.into_iter().partition(|entry| !needs.lacks(entry, all, &paid));
    if !lines.is_empty() {
        return Ok(lines);
    }
    let asked_for = all.iter().filter(of(Standing::AwaitingGateway)).find_map(|entry| entry.order);
    let mut refusals: Vec<_> = asked_for.map(PaymentRefusal::OrderOpen).into_iter().collect();
    let locked = all.iter().filter(of(Standing::Locked));
    refusals.extend(locked.map(|entry| PaymentRefusal::EntryLocked(entry.id)));
    refusals.extend(alone.iter().map(|entry| PaymentRefusal::OralNeedsWritten(entry.id)));
    Err(if refusals.is_empty() { vec![PaymentRefusal::NothingToPay] } else { refusals })
}

/// The entries that are paid once `lines` are.
fn supported<'a>(all: &'a [EntryFacts], lines: impl Iterator<Item = &'a EntryFacts>) -> BTreeSet<EntryId> {
    let paid = all.iter().filter(|entry| entry.state == EntryState::Paid);
    paid.chain(lines).map(|entry| entry.id).collect()
}

/// A gateway and, for 首信易支付, its bank; empty for others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Method {
    /// The gateway.
    pub gateway: GatewayCode,
    /// The gateway's number for the bank.
    pub bank: String,
}

/// The choices of a form.
#[derive(Clone, Debug, Default)]
pub struct Offered {
    /// The configured gateways.
    pub gateways: Vec<GatewayCode>,
    /// Numbers of the banks of 首信易支付.
    pub banks: Vec<String>,
}

/// Parses the choice of a form. The bank is ignored unless the gateway has banks.
///
/// # Errors
/// [`PaymentRefusal::GatewayUnknown`] or [`PaymentRefusal::BankUnknown`].
pub fn method(gateway: &str, bank: &str, offered: &Offered) -> Result<Method, PaymentRefusal> {
    let gateway = GatewayCode::parse(gateway).filter(|code| offered.gateways.contains(code));
    match gateway.ok_or(PaymentRefusal::GatewayUnknown)? {
        gateway if gateway.profile().has_banks => {
            let known = offered.banks.iter().find(|number| number.as_str() == bank).cloned();
            let bank = known.ok_or(PaymentRefusal::BankUnknown)?;
            Ok(Method { gateway, bank })
        }
        gateway => Ok(Method { gateway, bank: String::new() }),
    }
}

#[cfg(test)]
#[path = "tests/choice.rs"]
mod tests;
