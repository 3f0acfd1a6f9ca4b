//! Reading what decides the situation. Nothing is written.

use super::{Facts, ReportStands, ReviewStands, Waits};
use crate::arrangement::verbs::Placed;
use crate::entry::{self, Entry, EntryState};
use crate::handout::{self, verbs::Place};
use crate::payment;
use crate::payment::verbs::PassportMoney;
use crate::record_report;
use crate::registration::verbs::{binding_windows, of_passport};
use crate::registration::{self, Registration};
use crate::review;
use crate::sitting::Plan;
use crate::sitting::window::{Window, WindowState};
use crate::store::{DbError, Tx};
use crate::ticket::verbs::seats_of;
use crate::words::codes::SchoolCode;
use crate::words::ids::{CollectivePaymentId, EntryId, PassportId, RecordId};
use crate::words::time::Time;

/// What was read: what decides, and what pages show besides.
pub struct Read {
    /// What decides the situation.
    pub facts: Facts,
    /// The live entries.
    pub live: Vec<Entry>,
    /// The published seats of the live entries.
    pub seats: Vec<(EntryId, Placed)>,
    /// The passport's money, whatever the sitting.
    pub money: PassportMoney,
    /// What the school wrote of a refused application, sealed.
    pub review_reason: Option<Vec<u8>>,
    /// What the school answered to the newest report of a wrong record, sealed.
    pub report_answer: Option<Vec<u8>>,
    /// When it was read.
    pub now: Time,
}

/// Reads the facts of a passport, all of it by key. `looked_up` is the record that the session has looked up, `prints` whether
/// tickets can be signed. Before anything is bound the windows are those of that record, on every page alike.
pub async fn read(
    tx: &mut Tx<'_>,
    plan: &Plan,
    passport: PassportId,
    (looked_up, prints): (Option<(SchoolCode, RecordId)>, bool),
) -> Result<Read, DbError> {
    let now = tx.now().await?;
    let money = payment::verbs::money_of(tx, passport).await?;
    let registration = of_passport(tx, passport, &plan.code).await?;
    let (entries, released) = entries(tx, plan, passport, registration.as_ref()).await?;
    let live: Vec<Entry> = match registration {
        Some(_) => entries.iter().filter(|entry| entry::rules::is_live(entry, now)).cloned().collect(),
        None => Vec::new(),
    };
    let (seats, locks) = match &registration {
        Some(of) => (seats(tx, plan, of, &live, now).await?, locks(tx, of, &live).await?),
        None => (Vec::new(), Vec::new()),
    };
    let review = review::verbs::of_passport(tx, passport, &plan.code).await?;
    let review_reason = match &review {
        Some(of) => review::verbs::reason_told(tx, passport, of).await?,
        None => None,
    };
    let waits = match &registration {
        Some(of) => waits(tx, plan, of).await?,
        None => None,
    };
    let report = record_report::store::of_passport(tx, passport, &plan.code, 1).await?.pop();
    let home = match &registration {
        Some(of) => Some(of.campus),
        None => registration::verbs::looked_up(tx, plan, looked_up).await?.map(|found| found.campus),
    };
    let facts = Facts {
        windows: home.map_or_else(|| span(plan), |campus| binding_windows(plan, campus)),
        seated: seats.iter().map(|(entry, _)| *entry).collect(),
        prints,
        money: of_sitting(&money, plan),
        locks,
        review: review.map(|of| ReviewStands { state: of.state, is_closed: of.malicious }),
        released,
        waits,
        report: report.as_ref().map(ReportStands::from),
        entries,
        registration,
    };
    let report_answer = report.and_then(|of| of.answer_sealed);
    Ok(Read { facts, live, seats, money, review_reason, report_answer, now })
}

/// The entries of the live registration; without one, of the last that was released, and that there was one: what became of
/// them is still told.
async fn entries(
    tx: &mut Tx<'_>,
    plan: &Plan,
    passport: PassportId,
    live: Option<&Registration>,
) -> Result<(Vec<Entry>, bool), DbError> {
    let of = match live {
        Some(of) => Some((of.school, of.id)),
        None => registration::store::newest_of(tx, passport, &plan.code).await?,
    };
    match of {
        Some((school, id)) => Ok((entry::store::of_registration(tx, school, id).await?, live.is_none())),
        None => Ok((Vec::new(), false)),
    }
}

/// What a registration waits for: one read more, for those alone who do.
async fn waits(tx: &mut Tx<'_>, plan: &Plan, of: &Registration) -> Result<Option<Waits>, DbError> {
    let places = handout::verbs::places(tx, plan, of).await?;
    let until = places.iter().filter_map(Place::until).max();
    let best = |place: &Place| place.at.iter().map(|at| at.place).min();
    let subjects: Vec<_> =
        places.iter().filter_map(|place| Some((place.standby.subject, best(place)?))).collect();
    Ok(until.filter(|_| !subjects.is_empty()).map(|until| Waits { subjects, until }))
}

/// Seats are published after the windows have closed; before, nobody is asked for them.
async fn seats(
    tx: &mut Tx<'_>,
    plan: &Plan,
    of: &Registration,
    live: &[Entry],
    now: Time,
) -> Result<Vec<(EntryId, Placed)>, DbError> {
    let closed = |entry: &&Entry| {
        let state = plan.window(entry.campus, entry.mode).map(|window| window.state(now));
        entry.state == EntryState::Paid && matches!(state, None | Some(WindowState::Closed(_)))
    };
    let some: Vec<Entry> = live.iter().filter(closed).cloned().collect();
    seats_of(tx, of, &some).await
}

async fn locks(tx: &mut Tx<'_>, of: &Registration, live: &[Entry]) -> Result<Vec<(i64, Time)>, DbError> {
    let mut locks: Vec<(i64, Time)> = Vec::new();
    for id in live.iter().filter_map(|entry| entry.locked_by) {
        if !locks.iter().any(|(known, _)| *known == id) {
            let until =
                crate::collective_payment::store::locks_until(tx, of.school, CollectivePaymentId(id)).await?;
            locks.extend(until.map(|until| (id, until)));
        }
    }
    Ok(locks)
}

fn span(plan: &Plan) -> Vec<Window> {
    let span = plan.registration_span().and_then(|(from, to)| Window::new(from, to).ok());
    span.into_iter().collect()
}

fn of_sitting(money: &PassportMoney, plan: &Plan) -> PassportMoney {
    money.of_orders(money.orders.iter().filter(|order| order.sitting == plan.code).cloned().collect())
}
