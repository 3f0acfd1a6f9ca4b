//! When a trade that was doubtful was booked, as everything that shows it tells it.

use super::suspense::open_orders;
use super::world::*;
use crate::on_both;
use crate::payment::store::{dossier, suspense};
use crate::store::{DbError, Tx};
use crate::words::staff::Scope;

on_both! {
    /// Whoever sends back money that was booked since sends it back twice.
    async fn a_list_a_row_and_an_order_say_alike_when_a_doubtful_trade_was_booked(t: TestDb) {
        let m = PaymentWorld::open(t, 5).await;
        let order = open_orders(&m, 1, "alipay").await.remove(0);
        m.pays_and_tells(&order).await;
        for row in [
            "SELECT r.school, 1, r.gateway, o.number, r.trade_no, 1, 'sum', 'notice', 'open', 3",
            "SELECT '00000', 2, r.gateway, o.number, r.trade_no, 1, 'state', 'notice', 'open', 3",
            "SELECT '00000', 3, r.gateway, '20170920-888-' || o.number, r.trade_no, 1, 'merchant', 'notice', 'open', 3",
            // What went back elsewhere is no booked payment; what another school or trade has is another one.
            "SELECT r.school, 4, r.gateway, o.number, r.trade_no, 1, 'refunded', 'notice', 'open', 3",
            "SELECT '99302', 5, r.gateway, o.number, r.trade_no, 1, 'sum', 'notice', 'open', 3",
            "SELECT '00000', 6, r.gateway, 'no number', r.trade_no, 1, 'order', 'notice', 'open', 3",
            "SELECT '00000', 7, r.gateway, o.number, 'T7', 1, 'state', 'notice', 'open', 3",
        ] {
            let sql = format!(
                "INSERT INTO suspense (school, id, gateway, order_number, trade_no, amount, reason, proof, state, received_at)
                 {row} FROM receipt r JOIN payment_order o ON o.school = r.school AND o.id = r.order_id"
            );
            m.world.sql(sql.leak()).await;
        }
        let (school, number) = (order.school, order.number.clone());
        let read: Result<_, DbError> = m.world.t.db.read(async move |tx: &mut Tx<'_>| {
            let list = suspense::list(tx, &Scope::nation(), (false, ""), i64::MAX, 9).await?;
            let of_order = dossier::suspense(tx, school, (&number, "20170920-888-x")).await?;
            let mut alone = Vec::new();
            for row in &list {
                alone.extend(suspense::one(tx, &Scope::nation(), row.school, row.id).await?);
            }
            Ok((list, of_order, alone))
        }).await;
        let (list, of_order, alone) = read.unwrap();
        let booked = |rows: &[suspense::SuspenseSeen]| {
            rows.iter().map(|row| (row.id, row.booked_at.is_some())).collect::<Vec<_>>()
        };
        let told = [(7, false), (6, false), (5, false), (4, false), (3, true), (2, true), (1, true)];
        assert_eq!(booked(&list), told);
        assert_eq!(booked(&alone), told);
        assert_eq!(booked(&of_order), [(7, false), (4, false), (2, true), (1, true)]);
    }
}
