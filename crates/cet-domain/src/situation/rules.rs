//! Facts and `now` in, the situation out (R18).

use jiff::SignedDuration;

use super::after_paying::after_paying;
use super::{Asked, Back, Due, Facts, Lost, Note, Situation, Standpoint};
use crate::entry::rules::{Standing, standing};
use crate::entry::{Entry, EntryState, rules as entry_rules};
use crate::payment::rules::asking::{Outlook, outlook};
use crate::payment::rules::outcome::Outcome;
use crate::payment::rules::{RefundReason, pay_until};
use crate::payment::store::history::Returned;
use crate::payment::store::{Order, RefundShown};
use crate::payment::verbs::ends_of;
use crate::registration::rules::{EnterBy, may_bind, release_time};
use crate::registration::verbs::enter_by;
use crate::registration::{Registration, RegistrationRefusal};
use crate::review::ReviewState;
use crate::sitting::Plan;
use crate::words::codes::SubjectCode;
use crate::words::fen::FenSum;
use crate::words::time::Time;

/// Most notes of a page.
const MOST_NOTES: usize = 2;
/// For how long something that is over is still worth a note.
const LATELY: SignedDuration = SignedDuration::from_hours(3 * 24);

/// The one situation that holds, and what is worth saying besides.
#[must_use]
pub fn decide(facts: &Facts, plan: &Plan, now: Time) -> Standpoint {
    let situation = situation(facts, plan, now);
    let mut notes = notes(facts, &situation, plan, now);
    notes.truncate(MOST_NOTES);
    Standpoint { situation, notes }
}

fn situation(facts: &Facts, plan: &Plan, now: Time) -> Situation {
    let live = Live::of(facts, now);
    if let Some(asking) = asking(facts, &live, now) {
        return asking;
    }
    if let Some(due) = live.due(facts, now) {
        return if live.paid.is_empty() { Situation::Unpaid(due) } else { Situation::PartPaid(due) };
    }
    if !live.locked.is_empty() {
        return Situation::Locked(locked_until(facts));
    }
    if !live.paid.is_empty() {
        let on: Vec<&Entry> =
            live.paid.iter().copied().filter(|entry| !is_called_off(facts, entry)).collect();
        return match newest_back(facts).filter(|_| on.is_empty()) {
            Some(back) if back.done_at.is_none() => Situation::Refunding(back),
            Some(back) => Situation::Refunded(back),
            None => after_paying(facts, if on.is_empty() { &live.paid } else { &on }, plan, now),
        };
    }
    without_entries(facts, plan, now)
}

/// The live entries by how they stand.
pub(super) struct Live<'f> {
    held: Vec<&'f Entry>,
    waiting: Vec<&'f Entry>,
    locked: Vec<&'f Entry>,
    paid: Vec<&'f Entry>,
}

impl<'f> Live<'f> {
    fn of(facts: &'f Facts, now: Time) -> Self {
        let of = |wanted: Standing| {
            let live = facts.entries.iter().filter(|_| facts.registration.is_some());
            live.filter(|entry| standing(entry, now) == wanted).collect()
        };
        Self {
            held: of(Standing::Held),
            waiting: of(Standing::AwaitingGateway),
            locked: of(Standing::Locked),
            paid: of(Standing::Paid),
        }
    }

    fn due(&self, facts: &Facts, now: Time) -> Option<Due> {
        let open = facts.registration.as_ref().and_then(|of| facts.money.open(of.id));
        let until = |entry: &&Entry| pay_until(now, entry.expires_at, ends_of(open, entry.order));
        let until = self.held.iter().map(until).min()?;
        Some(Due { sum: FenSum::of(self.held.iter().map(|entry| entry.fee)), until })
    }
}

/// What an open order says, or the one that the candidate came back from last: it comes before all else, because nobody may
/// pay a second time.
fn asking(facts: &Facts, live: &Live<'_>, now: Time) -> Option<Situation> {
    let open = facts.registration.as_ref().and_then(|of| facts.money.open(of.id));
    if let Some((order, until)) = returned_to_late(facts, now)
        && open.is_none_or(|open| open.returned_at < order.returned_at)
    {
        return Some(Situation::Asking(Asked {
            order: order.id,
            past_hold: false,
            again_until: Some(until),
        }));
    }
    let open = open?;
    let past_hold = !live.waiting.is_empty() || open.deadline_at <= now;
    let asked = |again_until| Asked { order: open.id, past_hold, again_until };
    match (outlook(open.returned_at, open.answer, now), past_hold) {
        (Outlook::Asking(until), _) => Some(Situation::Asking(asked(Some(until)))),
        (Outlook::Silent, _) => Some(Situation::GatewaySilent(asked(None))),
        (Outlook::Unpaid | Outlook::Declined, true) if is_silent(open) => {
            Some(Situation::GatewaySilent(asked(None)))
        }
        (Outlook::Unpaid | Outlook::Declined, true) => Some(Situation::Asking(asked(None))),
        (Outlook::Declined, false) => live.due(facts, now).map(Situation::BankRefused),
        (Outlook::Unpaid, false) => None,
    }
}

/// The closed order that the candidate came back from last, while its gateway is asked (Y3): somebody has paid on a page that
/// stayed open.
fn returned_to_late(facts: &Facts, now: Time) -> Option<(&Order, Time)> {
    // Its money came, and goes back: nothing is left to ask.
    let came = |order: &Order| {
        let since = |refund: &RefundShown| order.returned_at.is_none_or(|back| back <= refund.due_at);
        facts.money.refunds.iter().any(|refund| refund.order == order.id && since(refund))
    };
    let late = facts.money.orders.iter().filter(|order| !came(order));
    let asked = late.filter_map(|order| order.is_asked_late(now).map(|until| (order, until)));
    asked.max_by_key(|(order, _)| order.returned_at)
}

fn is_silent(open: &Order) -> bool {
    use crate::payment::rules::asking::Answer;
    matches!(open.answer, Some((Answer::Silence, _)))
}

fn locked_until(facts: &Facts) -> Option<Time> {
    facts.locks.iter().map(|(_, until)| *until).max()
}

/// Nothing live is entered: what became of it, or how to begin. Whoever can begin anew is told so first, for as long as it can
/// be done: money that goes back needs nothing of anybody, and is a note.
fn without_entries(facts: &Facts, plan: &Plan, now: Time) -> Situation {
    let lost = lost(facts, now);
    match newest_back(facts).filter(|_| !may_start_over(facts, now)) {
        Some(back) if back.done_at.is_none() => return Situation::Refunding(back),
        Some(back) if back.done_at > lost.as_ref().map(|lost| lost.at) => return Situation::Refunded(back),
        Some(_) | None => {}
    }
    // Before the opening its time is what counts.
    let is_ahead = matches!(may_bind(&facts.windows, now), Err(RegistrationRefusal::WindowNotOpen(_)));
    if let Some(lost) = lost.filter(|_| !is_ahead) {
        return Situation::Expired(lost);
    }
    // Once registration is over, no application opens anything; and it needs a registration to be of use.
    let may_start = facts.registration.is_none() && may_bind(&facts.windows, now).is_ok();
    let open_review = facts.review.filter(|_| !may_start && !is_over(facts, now));
    let review = open_review.and_then(|review| match review.state {
        ReviewState::Pending => Some(Situation::ReviewPending),
        ReviewState::Refused => Some(Situation::ReviewRefused { is_closed: review.is_closed }),
        ReviewState::Approved | ReviewState::Withdrawn => None,
    });
    if let Some(review) = review {
        return review;
    }
    match (may_bind(&facts.windows, now), &facts.registration) {
        (Ok(()), Some(of)) => Situation::NoEntry(by(of, facts, plan, now)),
        (Ok(()), None) => Situation::NotBound,
        (Err(RegistrationRefusal::WindowClosed(closed)), _) => Situation::WindowClosed(closed),
        (Err(RegistrationRefusal::WindowNotOpen(opens)), of) => {
            Situation::WindowNotOpen { opens, is_bound: of.is_some() }
        }
        (Err(_), of) => Situation::WindowNotOpen { opens: None, is_bound: of.is_some() },
    }
}

/// Whether nothing is bound and the look-up leads on: also before the opening, up to the record (R5).
fn may_start_over(facts: &Facts, now: Time) -> bool {
    facts.registration.is_none() && !is_over(facts, now)
}

/// Whether registration is over at the home campus.
fn is_over(facts: &Facts, now: Time) -> bool {
    matches!(may_bind(&facts.windows, now), Err(RegistrationRefusal::WindowClosed(_)))
}

/// When a registration without entries is released, also before the job has kept it (R7): not while it waits (R16).
fn released_at(of: &Registration, facts: &Facts) -> Time {
    let cancelled = facts.entries.iter().filter(|entry| entry.state == EntryState::Cancelled);
    let last = cancelled.filter_map(|entry| entry.ended_at).max();
    let empty = of.release_at.unwrap_or_else(|| release_time(of.saved_at, last));
    facts.waits.as_ref().map_or(empty, |waits| empty.max(waits.until))
}

/// Until when a registration without entries can be made use of.
fn by(of: &Registration, facts: &Facts, plan: &Plan, now: Time) -> EnterBy {
    enter_by(plan, of.campus, released_at(of, facts), now)
}

/// What expired, if nothing was cancelled or entered since.
fn lost(facts: &Facts, now: Time) -> Option<Lost> {
    let has_expired = |entry: &&Entry| match entry.state {
        EntryState::Expired => true,
        EntryState::Held => !entry_rules::is_live(entry, now),
        EntryState::Paid | EntryState::Cancelled | EntryState::Withdrawn => false,
    };
    let expired: Vec<&Entry> = facts.entries.iter().filter(has_expired).collect();
    // An oral test that went with its written one has a hold that would end later (R13).
    let is_own = |entry: &&&Entry| entry.ended_at.is_none_or(|ended| entry.expires_at <= ended);
    let own = expired.iter().filter(is_own).map(|entry| entry.expires_at).max();
    let at = own.or_else(|| expired.iter().filter_map(|entry| entry.ended_at).max())?;
    let cancelled = facts.entries.iter().filter(|entry| entry.state == EntryState::Cancelled);
    if cancelled.filter_map(|entry| entry.ended_at).max().is_some_and(|ended| at < ended) {
        return None;
    }
    let last_hold = at.plus(-entry_rules::HOLD);
    let mut subjects: Vec<SubjectCode> =
        expired.iter().filter(|entry| last_hold < entry.expires_at).map(|entry| entry.subject).collect();
    subjects.sort_unstable();
    subjects.dedup();
    Some(Lost { subjects, at, may_enter_again: !is_over(facts, now), is_bound: facts.registration.is_some() })
}

/// Whether the exam of a paid entry was cancelled once it had begun: all of its money goes back, and only the entry stays.
fn is_called_off(facts: &Facts, entry: &Entry) -> bool {
    let reason = RefundReason::ExamCancelled.wire();
    let of = |refund: i64| facts.money.refunds.iter().any(|one| one.id == refund && one.reason == reason);
    let returned = facts.money.returned.iter().filter(|one| one.entry == entry.id && of(one.refund));
    let back = FenSum::of(returned.map(|one| one.amount));
    !back.is_zero() && back.get() >= entry.fee.get()
}

fn newest_back(facts: &Facts) -> Option<Back> {
    // Money on its way comes first, whatever else went back since.
    let refunds = || facts.money.refunds.iter();
    let newest = refunds().find(|refund| refund.done_at.is_none()).or_else(|| refunds().next());
    newest.map(|refund| back(refund, &facts.money.returned))
}

fn back(refund: &RefundShown, returned: &[Returned]) -> Back {
    let ended = || returned.iter().filter(|line| line.refund == refund.id && line.is_ended);
    let at = ended().filter_map(|line| line.ended_at).max();
    Back {
        ended: at.map(|at| (ended().map(|line| line.subject).collect(), at)),
        order: refund.order,
        sum: refund.amount,
        reason: refund.reason.clone(),
        done_at: refund.done_at,
        is_by_staff: matches!(refund.state.as_str(), "refused" | "unknown" | "by-hand"),
    }
}

/// What is worth saying besides, the weightiest first.
fn notes(facts: &Facts, situation: &Situation, plan: &Plan, now: Time) -> Vec<Note> {
    let mut notes = Vec::new();
    let says_of_refund = matches!(situation, Situation::Refunding(_) | Situation::Refunded(_));
    let lately = |at: Time| now < at.plus(LATELY);
    let refund = newest_back(facts).filter(|back| back.done_at.is_none_or(lately));
    notes.extend(refund.filter(|_| !says_of_refund).map(Note::Refund));
    let is_locked = !Live::of(facts, now).locked.is_empty();
    if is_locked && !matches!(situation, Situation::Locked(_)) {
        notes.push(Note::Locked(locked_until(facts)));
    }
    let other_lost = lost(facts, now).filter(|lost| lately(lost.at) && !is_entered_again(facts, lost, now));
    notes.extend(other_lost.filter(|_| !matches!(situation, Situation::Expired(_))).map(Note::Expired));
    // Where the lead is about something else, what can still be done comes before what is only told.
    let says_nothing_of_it =
        says_of_refund || matches!(situation, Situation::ReviewPending | Situation::ReviewRefused { .. });
    if let Some(of) = facts.registration.as_ref().filter(|_| says_nothing_of_it)
        && may_bind(&facts.windows, now).is_ok()
    {
        notes.insert(usize::from(!notes.is_empty()), Note::EnterBy(by(of, facts, plan, now)));
    }
    let open = facts.registration.as_ref().and_then(|of| facts.money.open(of.id));
    let is_payable = matches!(situation, Situation::Unpaid(_) | Situation::PartPaid(_));
    notes.extend(open.filter(|_| is_payable).map(|order| Note::OpenOrder(order.id)));
    notes.extend(facts.waits.clone().map(Note::Waits));
    notes.extend(review(facts, situation, now));
    notes.extend((facts.released && leads_to_a_new_one(situation)).then_some(Note::Released));
    notes.extend(facts.report.filter(|of| of.is_told(now)).map(Note::Report));
    notes
}

/// Whether the lead sends somebody to look up the record whose registration is gone.
const fn leads_to_a_new_one(situation: &Situation) -> bool {
    match situation {
        Situation::NotBound | Situation::WindowNotOpen { is_bound: false, .. } => true,
        Situation::Expired(lost) => !lost.is_bound && lost.may_enter_again,
        _ => false,
    }
}

/// Whether all that was lost is entered again, so that nobody needs to hear of it.
fn is_entered_again(facts: &Facts, lost: &Lost, now: Time) -> bool {
    let live = |code: &SubjectCode| {
        facts.entries.iter().any(|entry| entry.subject == *code && entry_rules::is_live(entry, now))
    };
    lost.subjects.iter().all(live)
}

fn review(facts: &Facts, situation: &Situation, now: Time) -> Option<Note> {
    let review = facts.review.filter(|_| !matches!(situation, Situation::Over))?;
    let is_over = is_over(facts, now);
    let cet6 = |entry: &Entry| entry.subject == SubjectCode::CET6 && entry_rules::is_live(entry, now);
    let note = match review.state {
        // Why nothing is entered is told as long as somebody may wonder.
        ReviewState::Refused if is_over => return Some(Note::RefusedReview),
        ReviewState::Pending if !matches!(situation, Situation::ReviewPending) => Note::Review(review),
        ReviewState::Refused if !matches!(situation, Situation::ReviewRefused { .. }) => Note::Review(review),
        ReviewState::Approved if may_bind(&facts.windows, now).is_ok() && !facts.entries.iter().any(cet6) => {
            Note::Review(review)
        }
        _ => return None,
    };
    Some(note).filter(|_| !is_over)
}

/// What the page of an order leads with: its own fate where all of its money goes back or is back, else the candidate's
/// situation. Of an order that keeps some of its money, the newest refund is a note.
#[must_use]
pub fn of_order(
    outcome: Outcome,
    (refunds, returned): (&[RefundShown], &[Returned]),
    whole: &Situation,
) -> (Situation, Option<Note>) {
    let newest = refunds.iter().find(|refund| refund.done_at.is_none()).or_else(|| refunds.first());
    let newest = newest.map(|refund| back(refund, returned));
    match (outcome, newest) {
        (Outcome::GoingBack, Some(back)) => (Situation::Refunding(back), None),
        (Outcome::Back, Some(back)) => (Situation::Refunded(back), None),
        (_, newest) => (whole.clone(), newest.map(Note::Refund)),
    }
}
