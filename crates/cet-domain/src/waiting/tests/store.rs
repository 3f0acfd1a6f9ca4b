//! What of the waiting room is kept apart: sittings, lines, seconds and nodes.

use super::counts::Tally;
use super::place::{Frontier, Place};
use super::store::{self, Entrance, Moved, NodeRow};
use super::ticket::Secret;
use crate::entry::testing::{World, sitting};
use crate::on_both;
use crate::store::testing::TestDb;
use crate::store::{DbError, Tx};
use crate::words::codes::SittingCode;

/// The sitting before: what its opening has left behind is in the same tables.
fn last() -> SittingCode {
    SittingCode::parse("2017-1").unwrap()
}

async fn world(t: TestDb) -> World {
    let world = World::with_seats(t, 10).await;
    let made: Result<u64, DbError> = world
        .t
        .db
        .write(async |tx: &mut Tx<'_>| {
            tx.execute(
                "INSERT INTO sitting (code, name, name_en, year, half, ask_student_number, created_at)
                 VALUES ('2017-1', 'x', 'x', 2017, 1, FALSE, 0)",
                &[],
            )
            .await
        })
        .await;
    made.unwrap();
    world
}

/// A step to this second, with as many more admitted.
fn to(second: i64, more: u64) -> Moved {
    Moved { on_since: Some(1), frontier: Frontier::at(Place::at(second, 7)), rate: 16, more, at: second }
}

async fn advance(world: &World, of: &SittingCode, way: Entrance, before: Option<i64>, moved: Moved) -> bool {
    let of = of.clone();
    let done: Result<bool, DbError> =
        world.t.db.write(async move |tx| store::advance(tx, &of, way, before, moved).await).await;
    done.unwrap()
}

/// Second of the frontier, and how many were admitted.
async fn stands(world: &World, of: &SittingCode, way: Entrance) -> Option<(i64, i64)> {
    let of = of.clone();
    let found: Result<_, DbError> =
        world.t.db.read(async move |tx| store::frontier(tx, &of, way).await).await;
    found.unwrap().map(|row| (row.frontier().place().unwrap().second, row.admitted))
}

fn node(name: &str, seen_at: i64) -> NodeRow {
    NodeRow {
        node: name.to_owned(),
        mark: name.to_owned(),
        door_rate: 1,
        desk_rate: 2,
        quiet: true,
        arrivals: 0,
        seen_at,
    }
}

on_both! {
    /// R15: who is admitted is counted once, whichever node was faster, and nobody is sent back.
    async fn of_two_nodes_that_move_a_frontier_in_the_same_second_one_moves_it(t: TestDb) {
        let world = world(t).await;
        let (desk, of) = (Entrance::Desk, sitting());
        assert!(advance(&world, &of, desk, None, to(10, 0)).await);
        assert!(!advance(&world, &of, desk, None, to(10, 3)).await);
        assert!(advance(&world, &of, desk, Some(10), to(12, 16)).await);
        // The other one had read the same frontier, and fewer counts.
        assert!(!advance(&world, &of, desk, Some(10), to(11, 16)).await);
        assert_eq!(stands(&world, &of, desk).await, Some((12, 16)));
    }

    async fn each_line_of_each_sitting_has_a_frontier_of_its_own(t: TestDb) {
        let world = world(t).await;
        let all = [(sitting(), Entrance::Desk), (sitting(), Entrance::Door), (last(), Entrance::Desk), (last(), Entrance::Door)];
        for (of, way) in &all {
            assert!(advance(&world, of, *way, None, to(10, 0)).await);
        }
        for (second, (of, way)) in (20..).zip(&all) {
            assert!(advance(&world, of, *way, Some(10), to(second, 5)).await, "{of} {way:?}");
        }
        for (second, (of, way)) in (20..).zip(&all) {
            assert_eq!(stands(&world, of, *way).await, Some((second, 5)), "{of} {way:?}");
        }
    }

    async fn counts_are_read_of_one_sitting_and_of_the_seconds_that_are_asked_for(t: TestDb) {
        let world = world(t).await;
        let mut one = Tally::default();
        one.count(0);
        let counted = (one, Tally::default());
        let found: Result<_, DbError> = world.t.db.write(async move |tx| {
            for of in [sitting(), last()] {
                for second in [Place::DRAWN, 10, 11, 12] {
                    store::save(tx, &of, second, "a", &counted).await?;
                }
            }
            let later = store::counts(tx, &sitting(), 11).await?;
            let drawn = store::drawn(tx, &sitting()).await?;
            let seconds = |rows: Vec<store::CountRow>| rows.iter().map(|row| row.second).collect::<Vec<_>>();
            Ok((seconds(later), seconds(drawn)))
        }).await;
        assert_eq!(found.unwrap(), (vec![11, 12], vec![Place::DRAWN]));
    }

    async fn each_sitting_has_a_secret_of_its_own_that_is_made_once(t: TestDb) {
        let world = world(t).await;
        let found: Result<_, DbError> = world.t.db.write(async |tx| {
            store::make(tx, &last(), &Secret::new([1; 32])).await?;
            let none = store::secret(tx, &sitting()).await?.is_none();
            store::make(tx, &sitting(), &Secret::new([2; 32])).await?;
            store::make(tx, &sitting(), &Secret::new([3; 32])).await?;
            let of = async |tx: &mut Tx<'_>, of| {
                Ok::<_, DbError>(store::secret(tx, &of).await?.map(|secret| *secret.bytes()))
            };
            Ok((none, of(tx, last()).await?, of(tx, sitting()).await?))
        }).await;
        assert_eq!(found.unwrap(), (true, Some([1; 32]), Some([2; 32])));
    }

    async fn a_node_that_was_not_seen_since_bears_nothing_and_is_forgotten_when_it_is_long_gone(t: TestDb) {
        let world = world(t).await;
        let found: Result<_, DbError> = world.t.db.write(async |tx| {
            store::keep_node(tx, &node("a", 100), 0).await?;
            store::keep_node(tx, &node("b", 200), 0).await?;
            let names = |rows: Vec<NodeRow>| rows.into_iter().map(|row| row.node).collect::<Vec<_>>();
            let live = names(store::nodes(tx, 150).await?);
            store::keep_node(tx, &node("b", 300), 150).await?;
            Ok((live, names(store::nodes(tx, 0).await?)))
        }).await;
        assert_eq!(found.unwrap(), (vec!["b".to_owned()], vec!["b".to_owned()]));
    }
}
