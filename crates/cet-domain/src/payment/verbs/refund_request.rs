//! Asking for a refund, and deciding.

use std::collections::BTreeMap;
use std::sync::Arc;

use cet_base::form_mark::Seen;

use super::refund_carry::{AT_ONCE, carry_out};
use crate::audit::{self, Actor, Changes, Event, Value};
use crate::entry::{self, rules::withdrawal};
use crate::payment::events::{self, Kind};
use crate::payment::refund_request::{
    LIFE, LONGEST, MOST_LINES, Of, Proposal, Proposed, RequestRefusal, Wanted,
};
use crate::payment::rules::refunding::{PaidEntry, Stage, effect};
use crate::payment::store::refund_requests::{self as requests, Candidate, Line, Request};
use crate::payment::store::{self};
use crate::second_person;
use crate::sitting::Catalogue;
use crate::store::{DbError, Stop, Tx};
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::ids::{EntryId, RegistrationId};
use crate::words::staff::{By, Scope};
use crate::words::text::is_free_text;
use crate::words::time::Time;

/// How long a repeated request counts as the same one.
const REPEATED: jiff::SignedDuration = jiff::SignedDuration::from_mins(10);
/// How many of the newest requests are searched for a repeat.
const NEWEST: i64 = 20;

/// The facts about an entry, an oral one that hangs on it apart.
pub(super) fn facts(catalogue: &Catalogue, sitting: &SittingCode, of: &Candidate, now: Time) -> PaidEntry {
    let subject = catalogue.sitting(sitting).and_then(|plan| plan.subject(of.subject));
    let is_begun = subject.and_then(|subject| subject.exam_from).is_some_and(|from| from <= now);
    let stage = match (of.state.as_str(), is_begun) {
        ("paid", false) => Stage::Paid,
        ("paid", true) => Stage::Begun,
        _ => Stage::NotPaid,
    };
    PaidEntry { price: of.price, back: of.back, stage, carries_oral: false, unexplained: of.unexplained }
}

/// What a request would do now (Y5); `None`: nothing of this name in the scope.
///
/// # Errors
/// [`RequestRefusal::TooMany`], [`RequestRefusal::LineUnknown`]; [`DbError`].
pub async fn propose(
    tx: &mut Tx<'_>,
    catalogue: Arc<Catalogue>,
    scope: Scope,
    of: Of,
    lines: Vec<(EntryId, Option<crate::words::fen::Fen>)>,
) -> Result<Option<Proposal>, Stop<RequestRefusal>> {
    let Some((sitting, found)) = candidates(tx, &catalogue, &scope, &of).await? else { return Ok(None) };
    if i64::try_from(found.len()).unwrap_or(i64::MAX) > MOST_LINES {
        return Err(Stop::Refused(RequestRefusal::TooMany));
    }
    if let Some((unknown, _)) = lines.iter().find(|(id, _)| !found.iter().any(|of| of.entry == *id)) {
        return Err(Stop::Refused(RequestRefusal::LineUnknown(*unknown)));
    }
    let now = tx.now().await?;
    let mut asked = Vec::with_capacity(found.len());
    for of in found {
        let facts = facts(&catalogue, &sitting, &of, now);
        let chosen = lines.iter().find(|(id, _)| *id == of.entry);
        let amount = match chosen {
            Some((_, Some(sum))) => sum.get(),
            Some((_, None)) => facts.left(),
            None if lines.is_empty() => facts.left(),
            None => 0,
        };
        asked.push((of, facts, amount));
    }
    let in_the_way = orals_in_the_way(tx, &catalogue, &asked, now).await?;
    let lines = asked.into_iter().map(|(of, facts, amount)| {
        let carries_oral = in_the_way.contains_key(&(of.school, of.registration));
        Proposed { effect: effect(&PaidEntry { carries_oral, ..facts }, amount), of, amount }
    });
    Ok(Some(Proposal { sitting, lines: lines.collect() }))
}

async fn candidates(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    scope: &Scope,
    of: &Of,
) -> Result<Option<(SittingCode, Vec<Candidate>)>, DbError> {
    match of {
        Of::Order(number) => {
            if store::dossier::find(tx, scope, number).await?.is_none() {
                return Ok(None);
            }
            let Some(order) = store::by_number(tx, number).await? else { return Ok(None) };
            Ok(Some((order.sitting, requests::of_order(tx, scope, number).await?)))
        }
        Of::Exam { sitting, subject, campus } => {
            let Some(plan) = catalogue.sitting(sitting) else { return Ok(None) };
            let is_known = subject.is_none_or(|subject| plan.subject(subject).is_some());
            if !is_known || campus.is_some_and(|campus| !scope.holds(campus.as_str())) {
                return Ok(None);
            }
            let most = MOST_LINES.saturating_add(1);
            Ok(Some((
                sitting.clone(),
                requests::of_exam(tx, scope, sitting, (*subject, *campus), most).await?,
            )))
        }
    }
}

/// The registrations in which an oral entry stands in the way of what would end.
async fn orals_in_the_way(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    asked: &[(Candidate, PaidEntry, i64)],
    now: Time,
) -> Result<BTreeMap<(SchoolCode, RegistrationId), EntryId>, DbError> {
    let mut ending: BTreeMap<(SchoolCode, RegistrationId), Vec<EntryId>> = BTreeMap::new();
    for (of, ..) in asked.iter().filter(|(of, facts, amount)| of.oral && facts.ends(*amount)) {
        ending.entry((of.school, of.registration)).or_default().push(of.entry);
    }
    let mut found = BTreeMap::new();
    let needs = entry::verbs::needs(catalogue);
    for ((school, registration), going) in ending {
        let entries = entry::store::of_registration(tx, school, registration).await?;
        if let Err(oral) = withdrawal(&entries, &going, &needs, now) {
            found.insert((school, registration), oral);
        }
    }
    Ok(found)
}

fn text(typed: &str) -> Result<String, RequestRefusal> {
    let text = typed.trim();
    if text.is_empty() || text.chars().count() > LONGEST || !is_free_text(text) {
        return Err(RequestRefusal::NoReason);
    }
    Ok(text.to_owned())
}

/// Stores a request (Y5); returns its id. Nothing is refunded. Idempotent.
///
/// # Errors
/// [`RequestRefusal`], but for those of a decision: nothing was stored; [`DbError`].
pub async fn ask(
    tx: &mut Tx<'_>,
    catalogue: Arc<Catalogue>,
    by: By,
    wanted: Wanted,
    seen: Seen,
) -> Result<i64, Stop<RequestRefusal>> {
    let reason = text(&wanted.reason).map_err(Stop::Refused)?;
    let chosen = wanted.lines.clone();
    let proposal = propose(tx, Arc::clone(&catalogue), by.scope.clone(), wanted.of.clone(), chosen).await?;
    let proposal = proposal.ok_or(Stop::Refused(RequestRefusal::NotFound))?;
    let refusal = proposal.refusal(&wanted.lines);
    if let Some(why @ RequestRefusal::Unfit(..)) = refusal.filter(|_| !wanted.lines.is_empty()) {
        return Err(Stop::Refused(why));
    }
    let (order_number, sitting, subject, campus) = match &wanted.of {
        Of::Order(number) => {
            let order = store::by_number(tx, number).await?.ok_or(DbError::Decode("order"))?;
            (number.to_string(), order.sitting, String::new(), String::new())
        }
        Of::Exam { sitting, subject, campus } => {
            let (subject, campus) = (subject.map(|of| of.to_string()), campus.map(|of| of.to_string()));
            (String::new(), sitting.clone(), subject.unwrap_or_default(), campus.unwrap_or_default())
        }
    };
    let now = tx.now().await?;
    let new = Request {
        id: tx.new_id(),
        scope: by.scope.clone(),
        sitting,
        order_number,
        subject,
        campus,
        why: wanted.why.wire().to_owned(),
        reason,
        lines: i64::try_from(proposal.going().count()).unwrap_or(i64::MAX),
        amount: proposal.amount(),
        state: "asked".to_owned(),
        requester: by.account.clone(),
        requester_person: by.person.clone(),
        asked_at: now,
        expires_at: now.plus(LIFE),
        approver: None,
        decided_at: None,
        note: String::new(),
        working: false,
    };
    if let Some(id) = asked_before(tx, &new, &proposal).await? {
        return Ok(id);
    }
    if !seen.fits("refund", proposal.facts()) {
        return Err(Stop::Refused(RequestRefusal::Changed));
    }
    if let Some(why) = refusal {
        return Err(Stop::Refused(why));
    }
    requests::insert(tx, &new).await?;
    for (line, effect) in proposal.going() {
        requests::insert_line(tx, new.id, &frozen(line, effect.wire())?).await?;
    }
    let changes = Changes::NONE.set("state", Value::code("asked")).set("refund", new.amount);
    record(tx, &by, &new, ("refund-asked", changes)).await?;
    tell(tx, &by, &new, Kind::RefundAsked).await?;
    Ok(new.id)
}

fn frozen(line: &Proposed, effect: &str) -> Result<Line, DbError> {
    Ok(Line {
        school: line.of.school,
        entry: line.of.entry,
        registration: line.of.registration,
        order: line.of.order.ok_or(DbError::Decode("order of a receipt"))?,
        receipt: line.of.receipt.ok_or(DbError::Decode("receipt of an entry"))?,
        amount: line.amount,
        back: line.of.back,
        effect: effect.to_owned(),
        state: "asked".to_owned(),
    })
}

/// The same request by this account a few minutes ago that still waits: the form was sent again.
async fn asked_before(tx: &mut Tx<'_>, new: &Request, proposal: &Proposal) -> Result<Option<i64>, DbError> {
    let key = |of: &Request| {
        (of.order_number.clone(), of.subject.clone(), of.campus.clone(), of.why.clone(), of.reason.clone())
    };
    let newest = requests::list(tx, &new.scope, "asked", i64::MAX, NEWEST).await?;
    for of in newest {
        let same = key(&of) == key(new)
            && (of.lines, of.amount, &of.sitting) == (new.lines, new.amount, &new.sitting)
            && of.requester == new.requester
            && new.asked_at < of.asked_at.plus(REPEATED);
        if !same {
            continue;
        }
        let kept = requests::lines(tx, of.id, "", MOST_LINES).await?;
        let wanted: Result<Vec<Line>, DbError> =
            proposal.going().map(|(line, effect)| frozen(line, effect.wire())).collect();
        if kept == wanted? {
            return Ok(Some(of.id));
        }
    }
    Ok(None)
}

/// A request that this member may decide, locked.
async fn open(tx: &mut Tx<'_>, by: &By, id: i64) -> Result<Request, Stop<RequestRefusal>> {
    let of = requests::lock(tx, id).await?.filter(|of| by.scope.holds(of.scope.prefix()));
    of.ok_or(Stop::Refused(RequestRefusal::NotFound))
}

/// Approves another person's request and carries it out: a job goes on with what is more than one transaction should do.
/// Idempotent for the same account (Y5).
///
/// Locks: the request, then registrations by key, then seat pools by key.
///
/// # Errors
/// [`RequestRefusal::NotFound`], [`RequestRefusal::Over`], [`RequestRefusal::SamePerson`], [`RequestRefusal::Changed`],
/// [`RequestRefusal::Unexplained`]: nothing was done; [`DbError`].
pub async fn approve(
    tx: &mut Tx<'_>,
    catalogue: Arc<Catalogue>,
    by: By,
    id: i64,
) -> Result<(), Stop<RequestRefusal>> {
    let of = open(tx, &by, id).await?;
    if of.state == "approved" && of.approver.as_ref() == Some(&by.account) {
        return Ok(());
    }
    // What is decided is told to whoever asked for it too.
    if !of.waits(tx.now().await?) {
        return Err(Stop::Refused(RequestRefusal::Over));
    }
    if of.requester_person == by.person {
        return Err(Stop::Refused(RequestRefusal::SamePerson));
    }
    if second_person::too_close(tx, (&by.account, &by.person), (&of.requester, &of.requester_person)).await? {
        return Err(Stop::Refused(RequestRefusal::TooClose));
    }
    if requests::changed(tx, id).await? > 0 {
        return Err(Stop::Refused(RequestRefusal::Changed));
    }
    // Of many orders, each such one is left as it is by itself.
    if of.lines <= AT_ONCE && requests::unexplained(tx, id).await? > 0 {
        return Err(Stop::Refused(RequestRefusal::Unexplained));
    }
    if !requests::decide(tx, id, ("approved", ""), (&by.account, &by.person)).await? {
        return Err(Stop::Refused(RequestRefusal::Over));
    }
    let changes =
        Changes::NONE.field("state", Value::code("asked"), Value::code("approved")).set("refund", of.amount);
    record(tx, &by, &of, ("refund-approved", changes)).await?;
    tell(tx, &by, &of, Kind::RefundApproved).await?;
    let actor = Actor::Staff(by.account.clone());
    let carried = carry_out(tx, catalogue, id, (actor, by.address.clone())).await?;
    // A small one is carried out as it was asked for, or not at all.
    if carried.left > 0 && of.lines <= AT_ONCE {
        return Err(Stop::Refused(RequestRefusal::Changed));
    }
    Ok(())
}

/// Refuses a request, or takes one's own back (Y5). Idempotent for the same account and note.
///
/// # Errors
/// [`RequestRefusal::NotFound`], [`RequestRefusal::NoReason`] of a missing note, [`RequestRefusal::Over`]; [`DbError`].
pub async fn refuse(tx: &mut Tx<'_>, by: By, id: i64, note: String) -> Result<(), Stop<RequestRefusal>> {
    let note = text(&note).map_err(Stop::Refused)?;
    let of = open(tx, &by, id).await?;
    if of.state == "refused" && of.approver.as_ref() == Some(&by.account) && of.note == note {
        return Ok(());
    }
    if !requests::decide(tx, id, ("refused", &note), (&by.account, &by.person)).await? {
        return Err(Stop::Refused(RequestRefusal::Over));
    }
    let changes = Changes::NONE.field("state", Value::code("asked"), Value::code("refused"));
    record(tx, &by, &of, ("refund-refused", changes)).await?;
    tell(tx, &by, &of, Kind::RefundTurnedDown).await?;
    Ok(())
}

/// Tells of a decision on the order that it is about; of an exam, each order is told of its own refund only.
pub(super) async fn tell(tx: &mut Tx<'_>, by: &By, of: &Request, kind: Kind) -> Result<(), DbError> {
    let school = of.order_number.get(..5).and_then(|code| SchoolCode::parse(code).ok());
    let Some(school) = school else { return Ok(()) };
    let told = events::Event::new(kind).amount(of.amount).because(&of.why).by(&by.account);
    events::record(tx, events::Of { school, number: &of.order_number }, told).await
}

pub(super) async fn record(
    tx: &mut Tx<'_>,
    by: &By,
    of: &Request,
    what: (&'static str, Changes),
) -> Result<(), DbError> {
    record_by(tx, (Actor::Staff(by.account.clone()), &by.address), of, what).await
}

pub(super) async fn record_by(
    tx: &mut Tx<'_>,
    (actor, address): (Actor, &str),
    of: &Request,
    (action, changes): (&'static str, Changes),
) -> Result<(), DbError> {
    let school = [&of.order_number, &of.campus]
        .into_iter()
        .find_map(|code| code.get(..5).and_then(|code| SchoolCode::parse(code).ok()));
    let event = Event {
        school: school.unwrap_or(SchoolCode::NONE),
        actor,
        action,
        object_kind: "refund-request",
        object: &of.id.to_string(),
        address,
        detail: &format!(
            "order={} subject={} campus={} lines={} why={} by={}",
            of.order_number, of.subject, of.campus, of.lines, of.why, of.requester
        ),
        changes,
    };
    audit::record(tx, &event).await
}
