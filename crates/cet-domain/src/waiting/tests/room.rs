//! The job on both databases: two nodes, restarts, turning on and off.

use super::jobs::{Memory, Now, force, round, second_of};
use super::load::Sample;
use super::*;
use crate::config::{Waiting, WaitingMode};
use crate::entry::testing::{World, sitting};
use crate::on_both;
use crate::store::{DbError, Tx};
use crate::testing::vault;
use crate::words::ids::PassportId;
use crate::words::time::Time;

const OPENS: i64 = 1_000_000;
const CLOSES: i64 = OPENS + 900_000;

/// One node: it admits 16 people a second, since none of those whose turn it is come in.
struct Node {
    room: Room,
    memory: Memory,
}

impl Node {
    fn new(mode: WaitingMode, rehearsal: bool) -> Self {
        let settings = Waiting { mode, before_opening: 1_800, least: 16, most: 64 };
        let room = Room::new(&settings, (0, "a"), rehearsal, &vault()).unwrap();
        Self { room, memory: Memory::default() }
    }

    fn auto() -> Self {
        Self::new(WaitingMode::Auto, false)
    }

    async fn second(&mut self, world: &World, second: i64) {
        self.loaded(world, second, Sample::default()).await;
    }

    async fn loaded(&mut self, world: &World, second: i64, sample: Sample) {
        let at = |second: i64| Time::from_micros(second * 1_000_000 + 5);
        let now = Now { second, sitting: Some((sitting(), at(OPENS), at(CLOSES))) };
        round(&self.room, &mut self.memory, &world.t.db, &vault(), now, sample).await.unwrap();
    }

    /// Gives somebody a ticket.
    fn gives(&self, second: i64, holder: Holder) -> (Ticket, Place) {
        let shown = self.room.shown();
        let opening = shown.opening.as_ref().unwrap();
        let ticket = Ticket::new(sitting(), second, OPENS, holder);
        let place = ticket.place(&opening.secret);
        self.room.count(&ticket, place);
        (ticket, place)
    }

    fn admitted(&self, places: &[Place]) -> usize {
        let frontier = self.room.shown().desk.line.frontier();
        places.iter().take_while(|place| frontier.admits(**place)).count()
    }

    fn is_on(&self) -> bool {
        self.room.shown().on_since().is_some()
    }
}

async fn number(world: &World, sql: &'static str) -> i64 {
    let read: Result<(i64,), DbError> =
        world.t.db.read(async move |tx: &mut Tx<'_>| tx.query_one(sql, &[]).await).await;
    read.unwrap().0
}

#[test]
fn the_second_of_a_time_is_rounded_down() {
    assert_eq!([-1, 0, 1_999_999].map(|micros| second_of(Time::from_micros(micros))), [-1, 0, 1]);
}

on_both! {
    /// R17.
    async fn an_opening_on_two_nodes_admits_in_the_order_of_the_draw_and_a_restart_keeps_the_places(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let (mut a, mut b) = (Node::auto(), Node::auto());
        a.second(&world, OPENS - 1_801).await;
        assert!(!a.is_on());
        for second in [OPENS - 1_800, OPENS - 1_799] {
            a.second(&world, second).await;
            b.second(&world, second).await;
        }
        assert!(a.is_on() && b.is_on());
        assert_eq!(a.room.shown().opening, b.room.shown().opening);
        let mut places: Vec<Place> = (0_i64..100)
            .map(|n| {
                let node = if n % 2 == 0 { &a } else { &b };
                node.gives(OPENS - 1_000, Holder::Passport(PassportId(n))).1
            })
            .collect();
        places.sort();
        for second in OPENS - 1_000..OPENS + SETTLES {
            // A second that a node misses is saved in the next.
            if second % 3 != 0 {
                a.second(&world, second).await;
            }
            b.second(&world, second).await;
            assert_eq!(b.admitted(&places), 0, "{second}");
            if second == OPENS - 900 {
                assert_eq!((a.room.shown().drawn, b.room.shown().drawn), (100, 100));
            }
        }
        let mut before = 0;
        for second in OPENS + SETTLES..OPENS + SETTLES + 3 {
            a.second(&world, second).await;
            b.second(&world, second).await;
            a.second(&world, second).await;
            let admitted = a.admitted(&places);
            assert_eq!(b.admitted(&places), admitted, "both nodes agree");
            let steps = admitted - before;
            // The node that was started again below counts beside its former self for some seconds.
            assert!((25..=75).contains(&steps) || admitted == 100, "{second}: {steps}");
            before = admitted;
            if admitted < 100 {
                let mut again = Node::auto();
                again.second(&world, second).await;
                let last = places[99];
                assert_eq!(again.room.shown().desk.line.position(last), a.room.shown().desk.line.position(last));
                assert_eq!(again.admitted(&places), admitted);
            }
        }
        assert!(before >= 90, "{before}");
    }

    async fn a_node_that_refuses_passwords_for_two_seconds_turns_the_door_on_until_it_is_quiet(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let mut node = Node::auto();
        let mut second = OPENS + 10_000;
        for refused in [0, 1, 2] {
            assert!(!node.is_on());
            node.loaded(&world, second, Sample { refused, ..Sample::default() }).await;
            second += 1;
        }
        assert!(node.is_on() && node.room.shown().desk.on_since.is_none());
        let calm = || Sample { refused: 2, ..Sample::default() };
        let (ticket, place) = node.gives(second, Holder::Stranger(9));
        let first = second;
        let waits = |node: &Node| tell(&node.room.shown(), &ticket, Entrance::Door, second) != Progress::Admitted;
        assert!(waits(&node));
        while !node.room.shown().door.line.frontier().admits(place) {
            second += 1;
            node.loaded(&world, second, calm()).await;
        }
        assert_eq!(second, first + SETTLES + 1);
        // Also while another node takes the room for off.
        let forgotten: Result<(), DbError> =
            world.t.db.write(async |tx: &mut Tx<'_>| crate::waiting::store::forget(tx, &sitting()).await).await;
        forgotten.unwrap();
        assert_eq!(number(&world, "SELECT COUNT(*) FROM waiting_count").await, 1);
        while node.is_on() {
            second += 1;
            node.loaded(&world, second, calm()).await;
        }
        assert!((first + 60..first + 80).contains(&second), "{}", second - first);
        assert_eq!(number(&world, "SELECT COUNT(*) FROM waiting_count").await, 0);
    }

    async fn a_room_that_is_off_by_the_configuration_never_turns_on_and_still_has_its_secret(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let mut node = Node::new(WaitingMode::Off, false);
        for second in [OPENS - 10, OPENS - 9] {
            node.loaded(&world, second, Sample { refused: 100 + second.unsigned_abs(), ..Sample::default() }).await;
        }
        assert!(!node.is_on());
        let secret = node.room.shown().opening.as_ref().unwrap().secret.clone();
        let mut other = Node::auto();
        other.second(&world, OPENS - 3_000).await;
        assert_eq!(other.room.shown().opening.as_ref().unwrap().secret, secret);
        assert_eq!(number(&world, "SELECT COUNT(*) FROM waiting_frontier").await, 0);
    }

    async fn a_rehearsal_forces_the_room_on_and_off(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let mut node = Node::new(WaitingMode::Off, true);
        for (mode, on) in [("on", true), ("off", false), ("on", true), ("auto", false)] {
            let forced: Result<(), DbError> =
                world.t.db.write(async move |tx: &mut Tx<'_>| force(tx, &sitting(), mode, None).await).await;
            forced.unwrap();
            let at = OPENS + 100 + number(&world, "SELECT CAST(SUM(admitted) AS BIGINT) FROM waiting_frontier").await;
            node.second(&world, at + i64::from(on) + if mode == "auto" { 20 } else { 10 }).await;
            assert_eq!(node.is_on(), on, "{mode}");
        }
    }
}
