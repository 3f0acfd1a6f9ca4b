//! Random histories: exactly one situation holds, and what it offers is what the rules allow.

use std::sync::Arc;

use jiff::SignedDuration;

use super::*;
use crate::entry::rules as entry_rules;
use crate::entry::testing::{World, campus, sitting, subject};
use crate::entry::{Entry, EntryChannel, EntryState};
use crate::on_both;
use crate::payment::choice::Method;
use crate::payment::rules::asking::Answer;
use crate::payment::rules::{ClosedFor, OrderState};
use crate::payment::store::{Order, RefundShown};
use crate::registration::rules::may_bind;
use crate::registration::{RegistrationRefusal, SubjectList};
use crate::sitting::Plan;
use crate::store::testing::NOON;
use crate::ticket::rules::may_print;
use crate::ticket::verbs::print_facts;
use crate::words::codes::SchoolCode;
use crate::words::fen::Fen;
use crate::words::ids::{PassportId, RegistrationId};
use crate::words::subject::{Level, Mode};

/// Numbers that follow from a seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }

    fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn hours(&mut self, most: u64) -> SignedDuration {
        SignedDuration::from_mins(i64::try_from(self.below(most * 60)).unwrap())
    }

    fn pick<T: Clone>(&mut self, some: &[T]) -> T {
        some[usize::try_from(self.below(some.len() as u64)).unwrap()].clone()
    }
}

fn entry(dice: &mut Dice, id: i64, code: &str, now: Time) -> Entry {
    let (mode, level) = if code == "F" { (Mode::Oral, Level::FOUR) } else { (Mode::Written, Level::FOUR) };
    let state = dice.pick(&[
        EntryState::Held,
        EntryState::Held,
        EntryState::Paid,
        EntryState::Paid,
        EntryState::Cancelled,
        EntryState::Expired,
    ]);
    let entered_at = now.plus(-dice.hours(40));
    let held = state == EntryState::Held;
    let ended = matches!(state, EntryState::Cancelled | EntryState::Expired);
    Entry {
        id: EntryId(id),
        sitting: sitting(),
        subject: subject(code),
        mode,
        level,
        campus: campus("993010"),
        campus_name: String::new(),
        school_name: String::new(),
        state,
        fee: Fen::new(1).unwrap(),
        channel: EntryChannel::Own,
        entered_at,
        expires_at: entered_at.plus(entry_rules::HOLD),
        paid_at: (state == EntryState::Paid).then_some(now),
        ended_at: ended.then_some(now),
        locked_by: (held && dice.one_in(4)).then_some(9),
        order: (held && dice.one_in(3)).then_some(OrderId(77)),
    }
}

fn order(dice: &mut Dice, is_open: bool, now: Time) -> Order {
    let back =
        dice.one_in(2).then(|| now.plus(-SignedDuration::from_secs(i64::try_from(dice.below(200)).unwrap())));
    let answer = dice.pick(&[
        None,
        Some(Answer::Waiting),
        Some(Answer::Missing),
        Some(Answer::Declined),
        Some(Answer::Silence),
    ]);
    Order {
        school: SchoolCode::parse("99301").unwrap(),
        id: OrderId(77),
        number: "99301000000000000077".parse().unwrap(),
        registration: RegistrationId(4),
        passport: PassportId(1),
        sitting: sitting(),
        method: Method { gateway: gateway::alipay::CODE, bank: String::new() },
        amount: FenSum::of([Fen::new(1).unwrap()]),
        state: if is_open { OrderState::Open } else { OrderState::Closed(ClosedFor::Deadline) },
        opened_at: now.plus(-dice.hours(20)),
        deadline_at: now.plus(dice.hours(10)).plus(-dice.hours(10)),
        settled_at: (!is_open).then_some(now),
        ask_at: None,
        asked: 0,
        returned_at: back,
        answer: answer.map(|answer| {
            (answer, now.plus(-SignedDuration::from_secs(i64::try_from(dice.below(120)).unwrap())))
        }),
    }
}

fn registration(now: Time, saved_at: Time) -> Registration {
    Registration {
        school: SchoolCode::parse("99301").unwrap(),
        id: RegistrationId(4),
        sitting: sitting(),
        passport: PassportId(1),
        saved_at,
        release_at: Some(now.plus(SignedDuration::from_hours(1))),
        in_line: 0,
        campus: campus("993010"),
        school_name: String::new(),
        campus_name: String::new(),
        subjects: SubjectList(Vec::new()),
        listed: SubjectList(Vec::new()),
        barred: SubjectList(Vec::new()),
    }
}

/// Facts as a candidate's history may leave them, from before the opening to after the exam.
fn facts(dice: &mut Dice, plan: &Plan) -> (Facts, Time) {
    let now = NOON.plus(SignedDuration::from_hours(-30)).plus(dice.hours(24 * 110));
    let codes = dice.pick(&[&[][..], &["1"][..], &["1", "F"][..], &["3", "1", "F"][..]]);
    let mut entries: Vec<Entry> = Vec::new();
    for (id, code) in (1..).zip(codes) {
        entries.push(entry(dice, id, code, now));
    }
    let is_bound = dice.below(4) > 0;
    if !is_bound {
        entries.retain(|entry| matches!(entry.state, EntryState::Cancelled | EntryState::Expired));
    }
    let has_open = is_bound && entries.iter().any(|entry| entry.order.is_some());
    if !has_open {
        for entry in &mut entries {
            entry.order = None;
        }
    }
    let orders = if has_open || dice.one_in(3) { vec![order(dice, has_open, now)] } else { Vec::new() };
    let refund = |dice: &mut Dice| RefundShown {
        id: 7,
        order: OrderId(77),
        amount: FenSum::of([Fen::new(1).unwrap()]),
        reason: dice.pick(&["surplus", "no-seat", "cancelled"]).to_owned(),
        due_at: now.plus(-dice.hours(5)),
        done_at: dice.one_in(2).then_some(now),
        state: "due".to_owned(),
    };
    let refunds = if orders.is_empty() || dice.below(3) > 0 { Vec::new() } else { vec![refund(dice)] };
    let waits = (is_bound && dice.one_in(4))
        .then(|| Waits { subjects: vec![(subject("F"), 3)], until: now.plus(dice.hours(50)) });
    let locks: Vec<_> = entries.iter().filter_map(|entry| entry.locked_by).map(|id| (id, now)).collect();
    let seated = entries.iter().filter(|_| dice.one_in(2)).map(|entry| entry.id).collect();
    let facts = Facts {
        registration: is_bound.then(|| registration(now, now.plus(-dice.hours(20)))),
        windows: crate::registration::verbs::binding_windows(plan, campus("993010")),
        seated,
        prints: !dice.one_in(4),
        money: PassportMoney { orders, refunds, ..PassportMoney::default() },
        locks,
        review: dice
            .pick(&[
                None,
                None,
                Some(ReviewState::Pending),
                Some(ReviewState::Refused),
                Some(ReviewState::Approved),
                Some(ReviewState::Withdrawn),
            ])
            .map(|state| ReviewStands { state, is_closed: false }),
        released: !is_bound && dice.one_in(2),
        waits,
        report: None,
        entries,
    };
    (facts, now)
}

/// Whether the modules whose rules decide it allow what a situation offers.
fn is_allowed(action: Action, facts: &Facts, plan: &Plan, now: Time) -> bool {
    let bound = facts.registration.is_some();
    let opens = may_bind(&facts.windows, now);
    match action {
        // Before the opening one gets as far as the record (R5).
        Action::Start => !bound && !matches!(opens, Err(RegistrationRefusal::WindowClosed(_))),
        Action::Enter => bound && opens.is_ok(),
        Action::EnterAgain => opens.is_ok(),
        Action::Pay => bound && !entry_rules::payable(&facts.entries, now).is_empty(),
        Action::LookAtOrder(order) => facts.money.orders.iter().any(|known| known.id == order),
        Action::Refresh => facts.money.orders.iter().any(|known| known.state == OrderState::Open),
        Action::LookAtReview => {
            let is_over = matches!(opens, Err(RegistrationRefusal::WindowClosed(_)));
            let state = facts.review.map(|review| review.state);
            !is_over && matches!(state, Some(ReviewState::Pending | ReviewState::Refused))
        }
        Action::Print => facts.entries.iter().any(|entry| {
            let is_seated = facts.seated.contains(&entry.id);
            facts.prints && may_print(&print_facts(plan, entry, is_seated), now).is_ok()
        }),
        Action::SeeDates => true,
        Action::SeeInformation => bound,
    }
}

on_both! {
    /// An exam that was cancelled once it had begun leaves its entry paid: nobody waits for a seat or a ticket of it.
    async fn who_only_entered_a_cancelled_exam_is_told_of_the_money(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let plan = Arc::clone(world.catalogue.current().unwrap());
        let fen = || FenSum::of([Fen::new(1).unwrap()]);
        let paid = |id, code| Entry {
            state: EntryState::Paid,
            locked_by: None,
            order: None,
            ended_at: None,
            ..entry(&mut Dice(1), id, code, NOON)
        };
        let told = |entries: Vec<Entry>, reason: &str, done_at: Option<Time>| {
            let refund = RefundShown {
                id: 7,
                order: OrderId(77),
                amount: fen(),
                reason: reason.to_owned(),
                due_at: NOON,
                done_at,
                state: "due".to_owned(),
            };
            let returned = crate::payment::store::history::Returned {
                refund: 7,
                order: OrderId(77),
                entry: EntryId(1),
                subject: subject("1"),
                amount: fen(),
                is_ended: false,
                ended_at: None,
            };
            let money = PassportMoney { refunds: vec![refund], returned: vec![returned], ..PassportMoney::default() };
            let facts = Facts {
                registration: Some(registration(NOON, NOON)),
                windows: crate::registration::verbs::binding_windows(&plan, campus("993010")),
                seated: Vec::new(),
                prints: true,
                money,
                locks: Vec::new(),
                review: None,
                released: false,
                waits: None,
                report: None,
                entries,
            };
            decide(&facts, &plan, NOON).situation.wire()
        };
        assert_eq!(told(vec![paid(1, "1")], "exam-cancelled", None), "refunding");
        assert_eq!(told(vec![paid(1, "1")], "exam-cancelled", Some(NOON)), "refunded");
        // Another exam goes on, and what goes back for another reason leaves the exam as it is.
        let goes_on = told(vec![paid(1, "1"), paid(2, "3")], "exam-cancelled", None);
        assert!(!goes_on.starts_with("refund"), "{goes_on}");
        let stays = told(vec![paid(1, "1")], "instructed", Some(NOON));
        assert!(!stays.starts_with("refund"), "{stays}");
    }

    /// R18.
    async fn of_any_history_one_situation_holds_and_its_action_is_allowed(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let plan = Arc::clone(world.catalogue.current().unwrap());
        let mut seen = std::collections::BTreeSet::new();
        for seed in 0..20_000 {
            let mut dice = Dice(seed);
            let (facts, now) = facts(&mut dice, &plan);
            let standpoint = decide(&facts, &plan, now);
            let situation = &standpoint.situation;
            seen.insert(situation.wire());
            assert!(is_allowed(situation.action(), &facts, &plan, now), "{seed}: {situation:?} at {now:?}");
            let asked = matches!(situation, Situation::Asking(_) | Situation::GatewaySilent(_));
            let offers = if facts.registration.is_none() {
                matches!(situation.action(), Action::Start | Action::EnterAgain)
            } else {
                let tells = |note: &Note| matches!(note, Note::EnterBy(_));
                let enters = matches!(situation.action(), Action::Enter | Action::EnterAgain);
                let has_live = facts.entries.iter().any(|entry| entry_rules::is_live(entry, now));
                has_live || enters || standpoint.notes.iter().any(tells)
            };
            let is_open = may_bind(&facts.windows, now).is_ok();
            assert!(!is_open || asked || offers, "{seed}: nothing hides what can be done: {standpoint:?}");
            let is_due = facts.money.refunds.iter().any(|refund| refund.done_at.is_none());
            let tells = matches!(situation, Situation::Refunding(_))
                || standpoint.notes.iter().any(|note| matches!(note, Note::Refund(_)));
            assert!(!is_due || tells, "{seed}: money on its way is told: {standpoint:?}");
            assert!(standpoint.notes.len() <= 2, "{seed}: {:?}", standpoint.notes);
            let asks = matches!(situation, Situation::Asking(_) | Situation::GatewaySilent(_));
            assert!(!asks || situation.action() != Action::Pay, "{seed}: nobody is sent to pay twice");
            let live = |entry: &Entry| facts.registration.is_some() && entry_rules::is_live(entry, now);
            let nothing_live = !facts.entries.iter().any(live);
            let says_nothing_live = matches!(
                situation,
                Situation::NotBound
                    | Situation::NoEntry(_)
                    | Situation::Expired(_)
                    | Situation::Refunding(_)
                    | Situation::Refunded(_)
                    | Situation::ReviewPending
                    | Situation::ReviewRefused { .. }
                    | Situation::WindowNotOpen { .. }
                    | Situation::WindowClosed(_)
            );
            assert_eq!(nothing_live && !asks, says_nothing_live, "{seed}: {situation:?}");
        }
        assert_eq!(seen.len(), 21 - 2, "every situation is met but those that need the clock of an exam: {seen:?}");
    }
}
