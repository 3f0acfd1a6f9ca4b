//! Calls to the gateways are counted by kind and outcome.

use std::time::Duration;

use gateway::GatewayCode;

use super::world::*;
use crate::on_both;
use crate::payment::calls::{Call, Calls, Outcome};

#[test]
fn each_gateway_and_call_and_outcome_has_a_count_of_its_own() {
    for gateway in GatewayCode::all() {
        for call in Call::ALL {
            for outcome in Outcome::ALL {
                let calls = Calls::to(GatewayCode::all());
                calls.note(gateway, call, outcome, Duration::ZERO);
                let counts: Vec<_> = calls
                    .all()
                    .flat_map(|(gateway, call, of)| {
                        Outcome::ALL.map(|outcome| (gateway, call, outcome, of.count(outcome)))
                    })
                    .filter(|(.., count)| *count > 0)
                    .collect();
                assert_eq!(counts, [(gateway, call, outcome, 1)]);
                let timed: u64 = calls.all().map(|(.., of)| of.seconds.count()).sum();
                assert_eq!(timed, u64::from(outcome != Outcome::NotSent));
            }
        }
    }
}

on_both! {
    async fn a_question_to_a_gateway_is_counted_by_how_it_ended(t: TestDb) {
        let m = PaymentWorld::open(t, 9).await;
        for (n, code) in [(1, gateway::alipay::CODE), (2, gateway::payease::CODE), (3, gateway::wechat::CODE)] {
            let who = m.world.candidate(n).await;
            m.world.enter(who, "1").await.unwrap();
            let order = m.opened(who, code.as_str()).await;
            let number = m.payments.gateways.gateway(code).unwrap().wire_number(&order.reference());
            m.bank.set(&number, order.amount.get(), TradeIs::Waiting);
            let of = m.payments.gateways.calls.of(code, Call::Query).unwrap();
            let counts = || Outcome::ALL.map(|outcome| of.count(outcome));
            let [answered, ..] = counts();
            m.bank.fail(&[Fault::Timeout, Fault::AnswerLost, Fault::WrongSignature, Fault::Unavailable]);
            for _ in 0..5 {
                m.payments.gateways.query(&order, m.world.now()).await;
            }
            // Answered, not believed, broken, too slow, too long, not sent.
            assert_eq!(counts(), [answered + 1, 2, 1, 1, 0, 0], "{code:?}");
            assert_eq!(of.seconds.count(), answered + 5);
            m.payments.gateways.end(&order, m.world.now()).await;
            let closed = m.payments.gateways.calls.of(code, Call::Close).unwrap().count(Outcome::Answered);
            assert_eq!(closed, u64::from(code.ends_trades()), "payease has no word for closing");
        }
    }
}
