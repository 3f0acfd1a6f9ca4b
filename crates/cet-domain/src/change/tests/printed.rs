//! Which tickets a change counts as ones that can be printed.

use super::*;
use crate::arrangement::store::seats;
use crate::arrangement::verbs::tests::{arranged, closed};
use crate::change::effect::{Effect, effects_now};
use crate::entry::testing::{World, hours, sitting};

async fn published(world: &World, scope: &str) -> Vec<(String, i64)> {
    let scope = Scope::parse(scope).unwrap();
    let found = world.t.db.read(async move |tx: &mut Tx<'_>| seats::published(tx, &scope, &sitting()).await);
    found.await.unwrap().into_iter().map(|(subject, count)| (subject.to_string(), count)).collect()
}

fn of(one: i64, oral: i64) -> Vec<(String, i64)> {
    vec![("1".to_owned(), one), ("F".to_owned(), oral)]
}

on_both! {
    /// T2, season.md 1.1.
    async fn only_published_seats_of_who_has_paid_are_tickets_that_can_be_printed(t: TestDb) {
        let world = closed(t, 5).await;
        arranged(&world, 7, false).await;
        assert_eq!(published(&world, "").await, Vec::new(), "a draft gives no ticket");
        arranged(&world, 7, true).await;
        assert_eq!(published(&world, "").await, of(5, 2));
        assert_eq!((published(&world, "99301").await, published(&world, "98").await), (of(5, 0)[..1].to_vec(), Vec::new()));
        let db = &world.t.db;
        let back = "UPDATE entry SET state = 'withdrawn', ended_at = paid_at WHERE id = (SELECT MIN(id) FROM entry WHERE subject = '1')";
        assert_eq!(db.write(async move |tx: &mut Tx<'_>| tx.execute(back, &[]).await).await.unwrap(), 1);
        assert_eq!(published(&world, "").await, of(4, 2));

        let now = world.now();
        let times = [now.minus(hours(1)), now.plus(hours(100)), now.plus(hours(102))];
        db.write(async move |tx: &mut Tx<'_>| {
            let sql = "UPDATE subject SET printing_from = $1, exam_from = $2, exam_to = $3 WHERE code = '1'";
            tx.execute(sql, params![times[0], times[1], times[2]]).await
        }).await.unwrap();
        let effects = async |printing_from: Time| {
            db.read(async move |tx: &mut Tx<'_>| {
                let plan = sittings::load_one(tx, &sitting()).await?.unwrap();
                let before = plan.subject(SubjectCode::CET4).unwrap().clone();
                let after = crate::sitting::Subject { printing_from: Some(printing_from), ..before.clone() };
                let value = |subject| Some(SettingValue::Subject(Box::new(subject)));
                let line = Line { key: Key::Subject(SubjectCode::CET4), before: value(before), after: value(after) };
                effects_now(tx, &sitting(), vec![line]).await
            }).await.unwrap()
        };
        assert_eq!(effects(now.plus(hours(1))).await, [Effect::NoLongerPrintable(4)]);
        assert_eq!(effects(now.minus(hours(2))).await, Vec::new());
    }
}
