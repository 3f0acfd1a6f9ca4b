//! Whom a change touches, in numbers, and what happens to them (season.md 1.1).

use std::collections::BTreeSet;

use super::rules;
use super::setting::{Key, Line, SettingValue};
use super::verbs::Preview;
use crate::arrangement::store::seats;
use crate::entry::figures::{self, OfPool};
use crate::registration;
use crate::seat_pool;
use crate::sitting::limit::LimitOn;
use crate::sitting::plan::{Plan, SittingState};
use crate::sitting::window::{Scope as Place, Window};
use crate::store::{DbError, Tx};
use crate::ticket::rules::{PrintFacts, may_print};
use crate::words::codes::{CampusCode, SittingCode, SubjectCode};
use crate::words::staff::Scope;
use crate::words::subject::Mode;
use crate::words::time::Time;

/// One effect with the number of those whom it touches; effects that touch nobody are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Unpaid entries where registration closes earlier: no other subject can be entered after that.
    UnpaidAtEarlierClosing(i64),
    /// Unpaid entries where registration runs now and would open later: nothing can be entered until then.
    UnpaidAtLaterOpening(i64),
    /// Those of them whose hold ends after the new closing: it stays as it is.
    HeldBeyondClosing(i64),
    /// Open orders among them.
    OpenOrders(i64),
    /// Lower places with a window of their own, which stays.
    OwnWindows(i64),
    /// Live entries whose exam moves.
    MovedEntries(i64),
    /// Tickets that can be printed already, of exams that move.
    Printable(i64),
    /// Tickets that can be printed already, and can't be once the change is made.
    NoLongerPrintable(i64),
    /// Unpaid entries that keep the fee that they were entered with.
    KeepFee(i64),
    /// Paid entries that keep what was paid.
    KeepPaid(i64),
    /// Campuses where a subject has no fee any more: nobody can enter it there.
    WithoutFee(i64),
    /// Live entries of a subject whose level or mode changes: they keep those that they were entered with.
    KeepLevel(i64),
    /// Live registrations of the sitting that runs: the site then shows the later sitting instead.
    OfRunningSitting(i64),
    /// Seats added, or removed if negative.
    Seats(i64),
    /// Settings of lower places outside a new limit: they stay until they are changed.
    OutsideLimit(i64),
    /// Capacities above a new limit: they stay until they are changed.
    SeatsOutsideLimit(i64),
    /// Mails to candidates, one to each: at most so many.
    Mails(i64),
}

impl Effect {
    /// The number.
    #[must_use]
    pub const fn count(self) -> i64 {
        match self {
            Self::UnpaidAtEarlierClosing(n)
            | Self::UnpaidAtLaterOpening(n)
            | Self::WithoutFee(n)
            | Self::KeepLevel(n)
            | Self::OfRunningSitting(n)
            | Self::HeldBeyondClosing(n)
            | Self::OpenOrders(n)
            | Self::OwnWindows(n)
            | Self::MovedEntries(n)
            | Self::Printable(n)
            | Self::NoLongerPrintable(n)
            | Self::KeepFee(n)
            | Self::KeepPaid(n)
            | Self::Seats(n)
            | Self::OutsideLimit(n)
            | Self::SeatsOutsideLimit(n)
            | Self::Mails(n) => n,
        }
    }

    /// The name, as of its message.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::UnpaidAtEarlierClosing(_) => "unpaid-at-earlier-closing",
            Self::UnpaidAtLaterOpening(_) => "unpaid-at-later-opening",
            Self::WithoutFee(_) => "without-fee",
            Self::KeepLevel(_) => "keep-level",
            Self::OfRunningSitting(_) => "of-running-sitting",
            Self::HeldBeyondClosing(_) => "held-beyond-closing",
            Self::OpenOrders(_) => "open-orders",
            Self::OwnWindows(_) => "own-windows",
            Self::MovedEntries(_) => "moved-entries",
            Self::Printable(_) => "printable",
            Self::NoLongerPrintable(_) => "no-longer-printable",
            Self::KeepFee(_) => "keep-fee",
            Self::KeepPaid(_) => "keep-paid",
            Self::Seats(_) => "seats",
            Self::OutsideLimit(_) => "outside-limit",
            Self::SeatsOutsideLimit(_) => "seats-outside-limit",
            Self::Mails(_) => "mails",
        }
    }
}

/// Computes the effects of a previewed change.
///
/// # Errors
/// [`DbError`].
pub async fn effects(tx: &mut Tx<'_>, of: &Preview) -> Result<Vec<Effect>, DbError> {
    let now = tx.now().await?;
    let mut beside = Beside { pools: pools(tx, of, now).await?, ..Beside::default() };
    if of.lines.iter().any(|line| matches!(line.key, Key::Limit(_, LimitOn::Capacity(_)))) {
        beside.capacities = seat_pool::store::capacities(tx, &of.after.code).await?;
    }
    if of.lines.iter().any(|line| matches!(line.key, Key::Subject(_))) {
        beside.seated = seats::published(tx, &Scope::nation(), &of.after.code).await?;
    }
    if of.before.state == SittingState::Draft && of.after.state == SittingState::Published {
        beside.of_running = of_running(tx, &of.after).await?;
    }
    Ok(of_lines(&of.lines, (&of.before, &of.after), &beside, now))
}

/// What effects are counted from besides the settings themselves.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// The live entries of the pools that a change may touch.
    pub pools: Vec<OfPool>,
    /// How many paid entries of each subject have a published seat, where a subject changes.
    pub seated: Vec<(SubjectCode, i64)>,
    /// All capacities of the sitting, where a limit of them changes.
    pub capacities: Vec<(CampusCode, SubjectCode, i64)>,
    /// The live registrations of the sitting whose place on the site this one takes.
    pub of_running: i64,
}

/// How many live registrations the current sitting has, if a sitting would become the current one in its place.
async fn of_running(tx: &mut Tx<'_>, fresh: &Plan) -> Result<i64, DbError> {
    let catalogue = crate::sitting::store::load(tx).await?;
    let rank = |plan: &Plan| (plan.year, plan.half, plan.code.clone());
    match catalogue.current() {
        Some(current) if rank(current) < rank(fresh) => {
            registration::store::scoped::live_in(tx, &Scope::nation(), &current.code).await
        }
        _ => Ok(0),
    }
}

/// What a change that waits would do to the sitting as it is now.
///
/// # Errors
/// [`DbError`].
pub async fn effects_now(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    lines: Vec<Line>,
) -> Result<Vec<Effect>, DbError> {
    let before = crate::sitting::store::load_one(tx, sitting).await?;
    let before = before.unwrap_or_else(|| Plan::empty(sitting.clone()));
    let mut after = before.clone();
    for line in &lines {
        rules::apply(&mut after, line);
    }
    effects(tx, &Preview { lines, second: BTreeSet::new(), before, after }).await
}

/// What the live entries add up to in the pools that a change may touch.
pub(super) async fn pools(tx: &mut Tx<'_>, of: &Preview, now: Time) -> Result<Vec<OfPool>, DbError> {
    let counts =
        of.lines.iter().any(|line| matches!(line.key, Key::Window(..) | Key::Fee(..) | Key::Subject(_)));
    if !counts {
        return Ok(Vec::new());
    }
    let place = of.lines.iter().map(|line| line.key.place()).min().unwrap_or(Place::National);
    let scope = Scope::parse(&place.to_string()).unwrap_or_else(Scope::nation);
    let closing = earliest_closing(&of.lines).unwrap_or(now);
    figures::by_pool(tx, &scope, &of.after.code, closing).await
}

/// Whether registration for a pool closes earlier than before.
pub(super) fn closes_earlier((before, after): (&Plan, &Plan), pool: &OfPool) -> bool {
    let closes = |plan: &Plan, mode: Mode| plan.window(pool.campus, mode).map(Window::closes);
    after.subject(pool.subject).map(|subject| subject.mode).is_some_and(|mode| {
        match (closes(before, mode), closes(after, mode)) {
            (Some(before), Some(after)) => after < before,
            (Some(_), None) => true,
            (None, _) => false,
        }
    })
}

/// Whether registration for a pool runs now and would open later.
fn halts((before, after): (&Plan, &Plan), pool: &OfPool, now: Time) -> bool {
    let mode = after.subject(pool.subject).map(|subject| subject.mode);
    mode.is_some_and(|mode| {
        rules::halts(before.window(pool.campus, mode), after.window(pool.campus, mode), now)
    })
}

/// Whether the exam of a pool's subject is at another time.
pub(super) fn exam_moves(plans: (&Plan, &Plan), pool: &OfPool) -> bool {
    moves(plans, pool.subject)
}

fn moves((before, after): (&Plan, &Plan), subject: SubjectCode) -> bool {
    let exam = |plan: &Plan| plan.subject(subject).map(|subject| (subject.exam_from, subject.exam_to));
    exam(before) != exam(after)
}

/// Whether the tickets of a subject can be printed, where the seat is published.
fn prints(plan: &Plan, subject: SubjectCode, now: Time) -> bool {
    plan.subject(subject).is_some_and(|of| {
        let facts = PrintFacts {
            paid: true,
            arranged: true,
            prints_from: of.printing_from,
            prints_to: of.printing_to,
            exam_to: of.exam_to,
        };
        may_print(&facts, now).is_ok()
    })
}

/// Whether a pool's subject costs something else.
pub(super) fn fee_differs((before, after): (&Plan, &Plan), pool: &OfPool) -> bool {
    before.fee(pool.campus, pool.subject) != after.fee(pool.campus, pool.subject)
}

/// Whether a pool's subject counts as another level or mode.
fn level_differs((before, after): (&Plan, &Plan), pool: &OfPool) -> bool {
    let of = |plan: &Plan| plan.subject(pool.subject).map(|subject| (subject.level, subject.mode));
    of(before).is_some() && of(after).is_some() && of(before) != of(after)
}

/// The pools whose subject has lost its fee.
fn without_fee((before, after): (&Plan, &Plan)) -> i64 {
    let pools =
        after.pools.iter().flat_map(|(campus, subjects)| subjects.iter().map(move |of| (*campus, *of)));
    count(pools.filter(|(campus, subject)| {
        before.fee(*campus, *subject).is_some() && after.fee(*campus, *subject).is_none()
    }))
}

/// How many entries of a pool a mail is sent for: whose exam moves, or who has not paid where registration closes earlier
/// or the fee is another one.
fn mails(plans: (&Plan, &Plan), pool: &OfPool) -> i64 {
    if plans.0.state != SittingState::Published {
        0
    } else if exam_moves(plans, pool) {
        pool.unpaid.saturating_add(pool.paid)
    } else if closes_earlier(plans, pool) || fee_differs(plans, pool) {
        pool.unpaid
    } else {
        0
    }
}

fn earliest_closing(lines: &[Line]) -> Option<Time> {
    let closes = |line: &Line| match &line.after {
        Some(SettingValue::Window(window, _)) => Some(window.closes()),
        _ => None,
    };
    lines.iter().filter_map(closes).min()
}

/// The effects of changed settings on the entries of pools.
#[must_use]
pub fn of_lines(lines: &[Line], (before, after): (&Plan, &Plan), beside: &Beside, now: Time) -> Vec<Effect> {
    let pools = &beside.pools;
    let sum = |which: &dyn Fn(&OfPool) -> bool, count: &dyn Fn(&OfPool) -> i64| {
        pools.iter().filter(|pool| which(pool)).map(count).fold(0_i64, i64::saturating_add)
    };
    let plans = (before, after);
    let earlier = |pool: &OfPool| closes_earlier(plans, pool);
    let moved = |pool: &OfPool| exam_moves(plans, pool);
    let printed = |which: &dyn Fn(SubjectCode) -> bool| {
        let seated =
            beside.seated.iter().filter(|(subject, _)| prints(before, *subject, now) && which(*subject));
        seated.map(|(_, count)| *count).fold(0_i64, i64::saturating_add)
    };
    let costs = |pool: &OfPool| fee_differs(plans, pool);
    let all = [
        Effect::UnpaidAtEarlierClosing(sum(&earlier, &|pool| pool.unpaid)),
        Effect::UnpaidAtLaterOpening(sum(&|pool| halts(plans, pool, now), &|pool| pool.unpaid)),
        Effect::HeldBeyondClosing(sum(&earlier, &|pool| pool.held_after)),
        Effect::OpenOrders(sum(&earlier, &|pool| pool.ordered)),
        Effect::OwnWindows(own_windows(lines, after)),
        Effect::MovedEntries(sum(&moved, &|pool| pool.unpaid.saturating_add(pool.paid))),
        Effect::Printable(printed(&|subject| moves(plans, subject))),
        Effect::NoLongerPrintable(printed(&|subject| !prints(after, subject, now))),
        Effect::KeepFee(sum(&costs, &|pool| pool.unpaid)),
        Effect::KeepPaid(sum(&costs, &|pool| pool.paid)),
        Effect::WithoutFee(without_fee(plans)),
        Effect::KeepLevel(sum(&|pool| level_differs(plans, pool), &|pool| {
            pool.unpaid.saturating_add(pool.paid)
        })),
        Effect::OfRunningSitting(beside.of_running),
        Effect::Seats(lines.iter().map(seats).fold(0, i64::saturating_add)),
        Effect::OutsideLimit(outside(lines, after)),
        Effect::SeatsOutsideLimit(seats_outside(lines, after, &beside.capacities)),
        Effect::Mails(sum(&|_| true, &|pool| mails(plans, pool))),
    ];
    all.into_iter().filter(|effect| effect.count() != 0).collect()
}

fn seats(line: &Line) -> i64 {
    let of = |value: &Option<SettingValue>| match value {
        Some(SettingValue::Pool(capacity)) => *capacity,
        _ => 0,
    };
    of(&line.after).saturating_sub(of(&line.before))
}

/// The windows of places below a changed one.
fn own_windows(lines: &[Line], after: &Plan) -> i64 {
    let changed: BTreeSet<(Place, Mode)> = lines
        .iter()
        .filter_map(|line| match line.key {
            Key::Window(place, mode) => Some((place, mode)),
            _ => None,
        })
        .collect();
    let below = |line: &crate::sitting::window::WindowLine| {
        changed.iter().any(|(place, mode)| {
            line.mode == *mode
                && line.scope != *place
                && line.scope.to_string().starts_with(&place.to_string())
        })
    };
    count(after.windows().iter().filter(|line| below(line)))
}

/// The windows outside a limit that changed.
fn outside(lines: &[Line], after: &Plan) -> i64 {
    let limits = lines.iter().any(|line| matches!(line.key, Key::Limit(..)));
    if !limits {
        return 0;
    }
    let is_outside = |line: &&crate::sitting::window::WindowLine| {
        let value = SettingValue::Window(line.window, line.outsiders_from);
        let line = Line { key: Key::Window(line.scope, line.mode), before: None, after: Some(value) };
        rules::outside_limits(&line, after).is_some()
    };
    count(after.windows().iter().filter(is_outside))
}

/// The capacities above a limit that changed.
fn seats_outside(lines: &[Line], after: &Plan, capacities: &[(CampusCode, SubjectCode, i64)]) -> i64 {
    let changed: BTreeSet<SubjectCode> = lines
        .iter()
        .filter_map(|line| match line.key {
            Key::Limit(_, LimitOn::Capacity(subject)) => Some(subject),
            _ => None,
        })
        .collect();
    let is_outside = |(campus, subject, capacity): &&(CampusCode, SubjectCode, i64)| {
        let after_it = Some(SettingValue::Pool(*capacity));
        let line = Line { key: Key::Pool(*campus, *subject), before: None, after: after_it };
        changed.contains(subject) && rules::outside_limits(&line, after).is_some()
    };
    count(capacities.iter().filter(is_outside))
}

fn count<T>(of: impl Iterator<Item = T>) -> i64 {
    i64::try_from(of.count()).unwrap_or(i64::MAX)
}

#[cfg(test)]
#[path = "tests/effect.rs"]
mod tests;
