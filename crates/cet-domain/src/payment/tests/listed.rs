//! The list of orders for finance.

use super::world::*;
use crate::entry::testing::sitting;
use crate::on_both;
use crate::payment::store::scoped::{OrderFilter, OrderSeen, orders};
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::staff::Scope;

on_both! {
    /// TH22.
    async fn the_list_of_orders_is_one_order_whatever_states_and_gateways_it_is_of(t: TestDb) {
        let m = PaymentWorld::open(t, 20).await;
        for n in 1..=9 {
            let who = m.world.candidate(n).await;
            m.world.enter(who, "1").await.unwrap();
            m.opened(who, if n % 3 == 0 { "payease" } else { "alipay" }).await;
        }
        m.world.sql("UPDATE payment_order SET state = 'closed', closed_for = 'deadline', settled_at = 1, ask_at = NULL WHERE id % 2 = 0").await;
        let read = async |filter: OrderFilter, after: Option<(SchoolCode, i64)>, limit: i64| -> Vec<OrderSeen> {
            let read = async move |tx: &mut Tx<'_>| orders(tx, &Scope::nation(), &sitting(), &filter, after, limit).await;
            let rows: Result<_, DbError> = m.world.t.db.read(read).await;
            rows.unwrap()
        };
        let filter = |state: &str, gateway: &str| OrderFilter {
            state: state.to_owned(), gateway: gateway.to_owned(), ..OrderFilter::default()
        };
        let all = read(OrderFilter::default(), None, 99).await;
        let ids = |rows: &[OrderSeen]| rows.iter().map(|of| of.id.0).collect::<Vec<_>>();
        assert!(all.len() == 9 && ids(&all).is_sorted_by(|one, next| one > next), "{:?}", ids(&all));
        for (state, gateway) in [("", ""), ("open", ""), ("closed", ""), ("paid", ""), ("", "payease"), ("closed", "alipay"), ("x", ""), ("", "x")] {
            let fits = |of: &&OrderSeen| (state.is_empty() || of.state == state) && (gateway.is_empty() || of.gateway == gateway);
            let expected: Vec<i64> = all.iter().filter(fits).map(|of| of.id.0).collect();
            let (mut pages, mut after) = (Vec::new(), None);
            loop {
                let page = read(filter(state, gateway), after, 2).await;
                let Some(last) = page.last() else { break };
                after = Some((last.school, last.id.0));
                pages.extend(ids(&page));
            }
            assert_eq!(pages, expected, "{state} {gateway}");
        }
        for (school, found) in [("9", 9), ("993", 9), ("99301", 9), ("99101", 0), ("994", 0)] {
            let filter = OrderFilter { school: school.to_owned(), ..OrderFilter::default() };
            assert_eq!(read(filter, None, 99).await.len(), found, "{school}");
        }
        let number = |state: &str| OrderFilter { number: all[4].number.clone(), state: state.to_owned(), ..OrderFilter::default() };
        assert_eq!(ids(&read(number(""), None, 9).await), [all[4].id.0]);
        assert_eq!(read(number("paid"), None, 9).await.len(), 0);
        for filter in [number(""), OrderFilter::default()] {
            let read = async move |tx: &mut Tx<'_>| {
                orders(tx, &Scope::parse("99101").unwrap(), &sitting(), &filter, None, 9).await
            };
            let rows: Result<_, DbError> = m.world.t.db.read(read).await;
            assert_eq!(rows.unwrap().len(), 0, "another school's");
        }
    }
}
