//! A school says where its rooms are: nobody is moved, and who may have printed another name is told.

use std::sync::Arc;

use super::{NameRooms, name_rooms};
use crate::arrangement::rules::tests::unit;
use crate::arrangement::store::room_names;
use crate::arrangement::verbs::tell::tests::{seated, tell_all};
use crate::arrangement::verbs::tests::{arranged, closed, seats_of, task};
use crate::arrangement::whole::{Outcome, Task};
use crate::arrangement::{RoomNameRefusal, Unit};
use crate::audit::Actor;
use crate::audit::testing::told_of;
use crate::entry::testing::{HOME, World, campus, hours};
use crate::message::{Facts, Kind};
use crate::on_both;
use crate::store::Stop;
use crate::words::ids::PassportId;
use crate::words::staff::Scope;
use crate::words::time::Time;

/// A form of the school: what it names, from when tickets print, when it was loaded, whether its tick is set.
#[derive(Clone, Copy, Default)]
struct Form {
    names: &'static [(i64, &'static str)],
    prints_from: Option<Time>,
    seen_at: Option<Time>,
    confirmed: bool,
}

async fn name_by(world: &World, scope: &str, form: Form) -> Result<usize, RoomNameRefusal> {
    let cmd = NameRooms {
        scope: Scope::parse(scope).unwrap(),
        unit: unit("1"),
        prints_from: form.prints_from,
        names: form.names.iter().map(|(room, name)| (*room, (*name).to_owned())).collect(),
        confirmed: form.confirmed,
        seen_at: form.seen_at,
        actor: Actor::Staff("school".to_owned()),
        address: String::new(),
    };
    let cmd = Arc::new(cmd);
    let done = world.t.db.write(async move |tx| name_rooms(tx, &cmd).await).await;
    done.map_err(|stop| match stop {
        Stop::Refused(refusal) => refusal,
        Stop::Fault(fault) => panic!("{fault}"),
    })
}

async fn name(world: &World, form: Form) -> Result<usize, RoomNameRefusal> {
    name_by(world, "99301", form).await
}

async fn names(world: &World, unit: Unit) -> Vec<(i64, String)> {
    let all = world.t.db.read(async move |tx| room_names::all(tx, &unit).await).await.unwrap();
    all.into_iter().map(|of| (of.room, of.name)).collect()
}

/// The names of the first room that a candidate was told, one a message of a change.
async fn told(world: &World, who: i64) -> Vec<String> {
    let all = world.told_of(PassportId(who), Kind::SeatChanged).await;
    let name = |facts: Facts| match facts {
        Facts::SeatChanged { seats } => seats[0].room_name.clone(),
        other => panic!("{other:?}"),
    };
    all.into_iter().map(name).collect()
}

on_both! {
    /// T1, T4.
    async fn names_are_of_one_subject_move_nobody_and_stand_in_the_log(t: TestDb) {
        let world = closed(t, 31).await;
        let first = [(1, "教三-201"), (2, "教三-202")];
        assert_eq!(name(&world, Form { names: &[(1, "a")], ..Form::default() }).await, Err(RoomNameRefusal::NoUnit), "nothing is drawn");
        arranged(&world, 7, false).await;
        let before = seats_of(&world, unit("1")).await;
        assert_eq!(name(&world, Form { names: &[(1, "教三-201"), (2, "教三-202")], ..Form::default() }).await, Ok(2));
        assert_eq!(names(&world, unit("1")).await, first.map(|(room, name)| (room, name.to_owned())));
        assert!(names(&world, unit("2")).await.is_empty(), "rooms of other subjects have numbers of their own");
        assert_eq!(seats_of(&world, unit("1")).await, before);
        let all = task(&world, Some(campus(HOME)), Task::Replay).await;
        assert!(matches!(&all[..], [(_, Outcome::Replayed(one))] if one.differing.is_empty() && one.seats == 31), "{all:?}");
        // The same again changes nothing, and another draw keeps them.
        assert_eq!(name(&world, Form { names: &[(1, "教三-201")], ..Form::default() }).await, Ok(0));
        arranged(&world, 8, false).await;
        assert_eq!(name(&world, Form { names: &[(2, ""), (1, "教三-301")], ..Form::default() }).await, Ok(2));
        assert_eq!(names(&world, unit("1")).await, [(1, "教三-301".to_owned()), (2, String::new())]);
        assert_eq!(told_of(&world.t.db, "rooms-named").await.unwrap(), [
            "sitting=2017-2 campus=993010 subject=1 rooms=2; Room name 001: (none) → 教三-201; Room name 002: (none) → 教三-202",
            "sitting=2017-2 campus=993010 subject=1 rooms=2; Room name 002: 教三-202 → (none); Room name 001: 教三-201 → 教三-301",
        ]);
    }

    /// TH22.
    async fn nobody_names_the_rooms_of_another_school_or_campus(t: TestDb) {
        let world = closed(t, 2).await;
        arranged(&world, 7, true).await;
        let form = Form { names: &[(1, "x")], ..Form::default() };
        for scope in ["99101", "993011", "98"] {
            assert_eq!(name_by(&world, scope, form).await, Err(RoomNameRefusal::NoUnit), "{scope}");
        }
        assert!(names(&world, unit("1")).await.is_empty());
        assert_eq!(name_by(&world, HOME, form).await, Ok(1));
    }

    /// R19.
    async fn a_name_that_somebody_else_gave_since_the_form_was_loaded_is_not_overwritten(t: TestDb) {
        let world = closed(t, 2).await;
        arranged(&world, 7, false).await;
        let seen_at = Some(world.now());
        world.advance(hours(1));
        assert_eq!(name(&world, Form { names: &[(1, "b")], ..Form::default() }).await, Ok(1));
        let late = Form { names: &[(1, "a")], seen_at, ..Form::default() };
        assert_eq!(name(&world, late).await, Err(RoomNameRefusal::Meanwhile));
        // What does not differ, and other rooms, may be saved.
        assert_eq!(name(&world, Form { names: &[(1, "b"), (2, "c")], seen_at, ..Form::default() }).await, Ok(1));
        assert_eq!(name(&world, Form { seen_at: Some(world.now()), ..late }).await, Ok(1));
    }

    /// T1, A10.
    async fn before_tickets_print_a_name_is_told_to_nobody_after_that_to_whom_it_replaces_one(t: TestDb) {
        let world = seated(t, 31).await;
        tell_all(&world, &world.t.db).await;
        let later = Some(world.now().plus(hours(1)));
        let set = Form { names: &[(1, "教三-201")], prints_from: later, ..Form::default() };
        assert_eq!(name(&world, set).await, Ok(1));
        assert_eq!(name(&world, Form { names: &[(1, "教三-202")], ..set }).await, Ok(1));
        assert_eq!(tell_all(&world, &world.t.db).await, 0);
        // Tickets are open. The second room had no name, so that no ticket names another.
        let open = Form { prints_from: Some(world.now()), ..Form::default() };
        assert_eq!(name(&world, Form { names: &[(2, "教三-401")], ..open }).await, Ok(1));
        assert_eq!(tell_all(&world, &world.t.db).await, 0);
        let moved = Form { names: &[(1, "教三-203"), (2, "教三-401")], ..open };
        assert_eq!(name(&world, moved).await, Err(RoomNameRefusal::Unconfirmed));
        assert_eq!(name(&world, Form { confirmed: true, ..moved }).await, Ok(1));
        tell_all(&world, &world.t.db).await;
        let mut counts = [0, 0];
        for who in 1..=31 {
            let first = seat_room(&world, who).await == 1;
            let expected: &[&str] = if first { &["教三-203"] } else { &[] };
            assert_eq!(told(&world, who).await, expected, "{who}");
            counts[usize::from(first)] += 1;
        }
        assert_eq!(counts, [1, 30]);
        // Once more, and back: each is told of each.
        for (name_now, times) in [("教三-204", 2), ("教三-203", 3)] {
            world.advance(hours(1));
            let names: &'static [(i64, &'static str)] = if times == 2 { &[(1, "教三-204")] } else { &[(1, "教三-203")] };
            assert_eq!(name(&world, Form { names, confirmed: true, ..open }).await, Ok(1));
            tell_all(&world, &world.t.db).await;
            let who = first_of(&world).await;
            assert_eq!(told(&world, who).await.last().map(String::as_str), Some(name_now), "{times}");
        }
    }
}

async fn seat_room(world: &World, who: i64) -> i64 {
    crate::arrangement::verbs::tests::seat_of(world, PassportId(who), "1").await.unwrap().room
}

async fn first_of(world: &World) -> i64 {
    for who in 1..=31 {
        if seat_room(world, who).await == 1 {
            return who;
        }
    }
    panic!("nobody sits in the first room")
}
