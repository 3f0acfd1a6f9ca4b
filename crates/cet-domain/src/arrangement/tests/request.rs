//! Publishing by two people, on both databases.

use super::*;
use crate::arrangement::verbs::plan_units;
use crate::arrangement::verbs::tests::{arranged, closed};
use crate::entry::testing::{World, campus, hours, sitting};
use crate::on_both;

fn by(account: &str, person: &str, scope: &str) -> Member {
    Member {
        account: account.to_owned(),
        person: person.to_owned(),
        scope: Scope::parse(scope).unwrap(),
        address: String::new(),
    }
}

/// English 4 at the home campus.
async fn unit(world: &World) -> UnitPlan {
    let plan = std::sync::Arc::clone(world.catalogue.sitting(&sitting()).unwrap());
    let read =
        world.t.db.read(async move |tx: &mut Tx<'_>| plan_units(tx, &plan, Some(campus("993010"))).await);
    let Ok(all) = read.await else { panic!("settings are in range") };
    all.into_iter().find(|of| of.unit.subject.as_str() == "1").unwrap()
}

#[derive(Clone, Copy)]
enum Step {
    Ask,
    Approve,
    Refuse,
}

/// The code of the refusal, or `ok`.
async fn step(world: &World, step: Step, by: Member) -> &'static str {
    let plan = unit(world).await;
    let done = world.t.db.write(async move |tx: &mut Tx<'_>| match step {
        Step::Ask => ask(tx, &plan, &by).await.map(|_| ()),
        Step::Approve => approve(tx, &plan, &by).await.map(|_| ()),
        Step::Refuse => refuse(tx, &plan, &by).await,
    });
    match done.await {
        Ok(()) => "ok",
        Err(Stop::Refused(refusal)) => refusal.code(),
        Err(Stop::Fault(fault)) => panic!("{fault}"),
    }
}

on_both! {
    /// T1.
    async fn a_draft_is_published_by_another_person_of_the_same_or_a_wider_scope(t: TestDb) {
        let world = closed(t, 3).await;
        let (wu, su) = (by("wu", "p1", "99"), by("su", "p2", "99"));
        assert_eq!(step(&world, Step::Ask, wu.clone()).await, "arrangement-missing");
        arranged(&world, 7, false).await;
        assert_eq!(step(&world, Step::Approve, su.clone()).await, "not-asked");
        assert_eq!(step(&world, Step::Ask, wu.clone()).await, "ok");
        assert_eq!(step(&world, Step::Ask, by("other", "p1", "99")).await, "ok", "it waits already");
        assert_eq!(step(&world, Step::Ask, by("yu", "p3", "99301")).await, "ok", "nor does a narrower scope agree");
        assert_eq!(world.count("SELECT COUNT(*) FROM arrangement_request").await, 1);
        assert_eq!(step(&world, Step::Approve, by("other", "p1", "99")).await, "needs-second", "the same person");
        assert_eq!(step(&world, Step::Approve, by("yu", "p3", "99301")).await, "not-asked", "a narrower scope");
        assert_eq!(world.count("SELECT COUNT(*) FROM arrangement WHERE published_at IS NOT NULL").await, 0);
        assert_eq!(step(&world, Step::Approve, by("na", "p4", "")).await, "ok");
        assert_eq!(step(&world, Step::Approve, by("na", "p4", "")).await, "ok", "the answer was lost");
        assert_eq!(world.count("SELECT COUNT(*) FROM arrangement WHERE published_at IS NOT NULL").await, 1);
        assert_eq!(step(&world, Step::Ask, wu).await, "arrangement-published");
        for action in ["arrangement-asked", "arrangement-approved", "arrangement-published"] {
            assert_eq!(crate::audit::testing::told_of(&world.t.db, action).await.unwrap().len(), 1, "{action}");
        }
    }

    /// season.md, section 4: `/publication` is of two people.
    async fn who_asks_for_what_another_person_has_asked_for_publishes_it(t: TestDb) {
        let world = closed(t, 3).await;
        arranged(&world, 7, false).await;
        assert_eq!(step(&world, Step::Ask, by("wu", "p1", "99")).await, "ok");
        assert_eq!(world.count("SELECT COUNT(*) FROM arrangement WHERE published_at IS NOT NULL").await, 0);
        assert_eq!(step(&world, Step::Ask, by("su", "p2", "99")).await, "ok");
        assert_eq!(world.count("SELECT COUNT(*) FROM arrangement WHERE published_at IS NOT NULL").await, 1);
        assert_eq!(step(&world, Step::Ask, by("su", "p2", "99")).await, "ok", "the answer was lost");
        assert_eq!(step(&world, Step::Ask, by("wu", "p1", "99")).await, "arrangement-published");
        for action in ["arrangement-asked", "arrangement-approved", "arrangement-published"] {
            assert_eq!(crate::audit::testing::told_of(&world.t.db, action).await.unwrap().len(), 1, "{action}");
        }
    }

    async fn a_request_lapses_after_a_week_and_with_a_new_draw_and_can_be_refused(t: TestDb) {
        let world = closed(t, 3).await;
        let (wu, su) = (by("wu", "p1", "99"), by("su", "p2", "99"));
        arranged(&world, 7, false).await;
        assert_eq!(step(&world, Step::Ask, wu.clone()).await, "ok");
        arranged(&world, 8, false).await;
        assert_eq!(step(&world, Step::Approve, su.clone()).await, "not-asked", "another draft was asked for");
        assert_eq!(step(&world, Step::Ask, wu.clone()).await, "ok");
        world.advance(hours(7 * 24));
        assert_eq!(step(&world, Step::Approve, su.clone()).await, "not-asked", "it has lapsed");
        assert_eq!(step(&world, Step::Ask, wu.clone()).await, "ok");
        assert_eq!(step(&world, Step::Refuse, by("yu", "p3", "99301")).await, "not-asked");
        assert_eq!(step(&world, Step::Refuse, wu.clone()).await, "ok", "taken back");
        assert_eq!(step(&world, Step::Approve, su.clone()).await, "not-asked");
        assert_eq!(step(&world, Step::Ask, wu).await, "ok");
        assert_eq!(step(&world, Step::Approve, su).await, "ok");
    }
}
