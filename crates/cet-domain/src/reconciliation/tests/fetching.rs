//! Bills that a gateway does not have, or not as they should be.

use jiff::SignedDuration;

use super::days::{GATEWAYS, classes, pays};
use super::*;
use crate::alarms::BILL_MISSING;
use crate::entry::testing::minutes;
use crate::on_both;

on_both! {
    async fn who_uploads_a_bill_hears_of_it_before_the_gateways_own_takes_its_place(t: TestDb) {
        let w = PaymentWorld::open(t, 20).await;
        let row = pays(&w, 1, "alipay").await;
        let of = Of { gateway: gateway::alipay::CODE, day: tomorrow(&w) };
        w.world.advance(minutes(20));
        *w.bank.bill.lock().unwrap() = Some(("http://127.0.0.1:9001/bill".to_owned(), bill(&w, of, &[row])));
        arrives(&w, of, b"no bill").await.unwrap();
        while jobs::round(&w.payments).await.unwrap() > 0 {}
        assert_eq!((newest(&w, of).await.state.as_str(), day(&w, of).await.state.as_str()), ("bad", "waiting"));
        w.world.advance(minutes(16));
        while jobs::round(&w.payments).await.unwrap() > 0 {}
        assert_eq!((newest(&w, of).await.account.as_str(), day(&w, of).await.state.as_str()), ("", "compared"));
    }

    /// Of a day without trades two of the gateways write no bill, and say so.
    async fn a_gateway_that_has_no_bill_of_a_day_had_no_trades_on_it(t: TestDb) {
        let w = PaymentWorld::open(t, 20).await;
        let kept = now(&w);
        for ((code, name), n) in [GATEWAYS[0], GATEWAYS[2]].into_iter().zip(1..) {
            pays(&w, n, name).await;
            let today = Of { gateway: code, day: Day::of(now(&w)) };
            let quiet = Of { day: today.day.next(), ..today };
            // Until the evening the bill may only be late.
            w.world.t.clock.set(quiet.day.next().begins().plus(SignedDuration::from_hours(23)));
            for _ in 0..3 {
                jobs::round(&w.payments).await.unwrap();
            }
            assert_eq!(day(&w, quiet).await.state, "waiting", "{name}");
            w.world.t.clock.set(quiet.day.next().begins().plus(SignedDuration::from_hours(27)));
            while jobs::round(&w.payments).await.unwrap() > 0 {}
            let (seen, file) = (day(&w, quiet).await, newest(&w, quiet).await);
            assert_eq!((seen.state.as_str(), seen.is_quiet(), file.size), ("compared", true, 0), "{name}");
            assert!(file.is_absent() && file.fault.is_empty(), "{file:?}");
            assert_eq!(signs(&w, quiet, "second").await, Ok(()));
            // Our money on such a day is a difference.
            let lonely: Vec<_> =
                differences(&w, today).await.into_iter().map(|of| (of.class, of.state)).collect();
            assert_eq!(classes(&lonely), [("ours-only", "open")], "{name}");
            assert_eq!(signs(&w, today, "second").await, Err(Refusal::Open(1, 0)));
            w.world.t.clock.set(kept);
        }
        assert_eq!(w.payments.alarms.count(BILL_MISSING), 0);
    }

    async fn a_day_whose_bills_are_all_bad_sounds_the_alarm_as_one_without_a_bill_does(t: TestDb) {
        let w = PaymentWorld::open(t, 20).await;
        pays(&w, 1, "alipay").await;
        let of = Of { gateway: gateway::alipay::CODE, day: tomorrow(&w) };
        *w.bank.bill.lock().unwrap() = Some(("http://127.0.0.1:9001/bill".to_owned(), b"no bill".to_vec()));
        for (hours, is_heard) in [(4, false), (30, false), (60, true)] {
            w.world.t.clock.set(of.day.next().begins().plus(SignedDuration::from_hours(hours)));
            while jobs::round(&w.payments).await.unwrap() > 0 {}
            assert_eq!((newest(&w, of).await.state.as_str(), day(&w, of).await.state.as_str()), ("bad", "waiting"));
            assert_eq!(w.payments.alarms.count(BILL_MISSING) > 0, is_heard, "{hours} h");
        }
    }
}
