//! Random histories: after any events in any order, money, entries and seats agree, and no money is lost.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::pages_tell::assert_pages_tell;
use super::world::*;
use crate::entry::testing::{hours, minutes};
use crate::payment::rules::OrderState;
use crate::payment::store::Order;
use crate::store::testing::{Kind, block_on};
use crate::words::ids::PassportId;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Enter(i64, &'static str),
    Open(i64, &'static str),
    Pay(usize),
    Tell(usize),
    Close(usize),
    Jobs,
    Pass(i64),
    Fail(Fault),
    Lock,
    Unlock,
}

fn act() -> impl Strategy<Value = Act> {
    let who = 1..4_i64;
    let gateway = prop_oneof![Just("alipay"), Just("payease")];
    let fault = prop_oneof![Just(Fault::Timeout), Just(Fault::AnswerLost), Just(Fault::WrongSignature)];
    prop_oneof![
        3 => (who.clone(), prop_oneof![Just("1"), Just("2"), Just("1;2"), Just("3")]).prop_map(|(n, s)| Act::Enter(n, s)),
        4 => (who, gateway).prop_map(|(n, g)| Act::Open(n, g)),
        4 => (0..8_usize).prop_map(Act::Pay),
        4 => (0..8_usize).prop_map(Act::Tell),
        1 => (0..8_usize).prop_map(Act::Close),
        3 => Just(Act::Jobs),
        3 => prop_oneof![Just(1), Just(30), Just(600), Just(1500)].prop_map(Act::Pass),
        2 => fault.prop_map(Act::Fail),
        1 => Just(Act::Lock),
        1 => Just(Act::Unlock),
    ]
}

async fn run(m: &PaymentWorld, acts: &[Act]) {
    let mut orders: Vec<Order> = Vec::new();
    for act in acts {
        match *act {
            Act::Enter(n, subjects) => {
                if m.world.registration(PassportId(n)).await.is_none() {
                    let _may_have_to_wait =
                        crate::entry::testing::bound(&m.world.t.db, &m.world.catalogue, n, n).await;
                }
                let _may_be_refused = m.world.enter(PassportId(n), subjects).await;
            }
            Act::Open(n, gateway) => {
                if let Ok(id) = m.pay(PassportId(n), &[], gateway).await {
                    orders.push(m.order(id).await);
                }
            }
            Act::Pay(n) => {
                // Money that a gateway accepts even later without notification is only found in its daily statement.
                if let Some(order) = orders.get(n)
                    && m.world.now() < order.deadline_at.plus(hours(24))
                {
                    m.pays(order);
                }
            }
            Act::Tell(n) => {
                if let Some(order) = orders.get(n)
                    && m.bank.is(&m.wire_number(order)) == Some(TradeIs::Paid)
                {
                    m.pays_and_tells(order).await;
                }
            }
            Act::Close(n) => {
                if let Some(order) = orders.get(n)
                    && m.bank.is(&m.wire_number(order)) != Some(TradeIs::Paid)
                {
                    m.bank.set(&m.wire_number(order), order.amount.get(), TradeIs::Closed);
                }
            }
            Act::Jobs => m.run_jobs().await,
            Act::Pass(minutes_on) => {
                m.world.advance(minutes(minutes_on));
            }
            Act::Fail(fault) => m.bank.fail(&[fault]),
            // A collective payment locks what is free, and releases it again.
            Act::Lock => {
                m.world.sql("UPDATE entry SET locked_by = 7 WHERE state = 'held' AND order_id IS NULL").await;
            }
            Act::Unlock => {
                m.world.sql("UPDATE entry SET locked_by = NULL WHERE state = 'held'").await;
            }
        }
        assert_eq!(m.broken().await, Vec::<&str>::new(), "after {act:?}");
        assert_pages_tell(m, 1..4).await;
    }
    settle_down(m, &orders).await;
}

/// In the end every fen that was paid is booked, and every fen that is due is refunded.
async fn settle_down(m: &PaymentWorld, orders: &[Order]) {
    m.bank.faults.lock().unwrap().clear();
    for _ in 0..8 {
        m.world.advance(hours(7));
        m.run_jobs().await;
    }
    m.world.advance(hours(40));
    m.run_jobs().await;
    m.assert_all_agrees().await;
    assert_pages_tell(m, 1..4).await;
    let mut seen = std::collections::BTreeSet::new();
    let mut paid = 0;
    for order in orders.iter().filter(|order| seen.insert(order.id)) {
        assert_ne!(m.order(order.id).await.state, OrderState::Open);
        if m.bank.is(&m.wire_number(order)) == Some(TradeIs::Paid) {
            paid += order.amount.get();
        }
    }
    let receipts = m.world.count("SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) FROM receipt").await;
    let kept =
        m.world.count("SELECT CAST(COALESCE(SUM(fee), 0) AS BIGINT) FROM entry WHERE state = 'paid'").await;
    assert_eq!(paid, receipts, "money that came is booked");
    assert_eq!(receipts - kept, m.bank.refunded(), "what was not for entries has gone back");
}

fn histories(kind: Kind, cases: u32) {
    let mut runner = TestRunner::new(Config {
        cases,
        max_shrink_iters: 60,
        failure_persistence: None,
        ..Config::default()
    });
    let outcome = runner.run(&prop::collection::vec(act(), 1..40), |acts| {
        let shown = format!("{acts:?}");
        let ran = std::panic::catch_unwind(|| {
            block_on(kind, async |t| {
                let m = PaymentWorld::open(t, 2).await;
                run(&m, &acts).await;
            });
        });
        ran.map_err(|_| TestCaseError::fail(shown))
    });
    outcome.unwrap();
}

#[test]
fn money_agrees_after_every_step_of_any_history_sqlite() {
    histories(Kind::Sqlite, 60);
}

#[test]
fn money_agrees_after_every_step_of_any_history_postgres() {
    histories(Kind::Postgres, 8);
}
