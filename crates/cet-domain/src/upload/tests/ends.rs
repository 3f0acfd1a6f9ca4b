//! What ends badly: nodes that die, files that are gone, accounts that send too much, and what nobody may see.

use jiff::SignedDuration;

use super::world::{BY, World, actor, csv, refused, row};
use crate::fragments::roster::stands;
use crate::on_both;
use crate::params;
use crate::store::testing::{Lost, NOON};
use crate::store::{DbError, Stop, Tx};
use crate::testing::vault;
use crate::upload::Kind;
use crate::upload::State;
use crate::upload::jobs::round;
use crate::upload::store::{self, New};
use crate::upload::verbs::{self, Asked, MOST_BYTES, MOST_WAITING, UploadRefusal};
use crate::words::staff::Scope;

/// How often a node dies in each of the two works.
const DEATHS: usize = 50;
/// More transactions than either work has.
const STEPS: usize = 7;

fn class(name: &str) -> Vec<String> {
    (0..30).map(|n| row("张三", &format!("E{n:02}"), "991010", name)).collect()
}

/// The classes of all students by one reading, so that nobody publishes in its middle.
async fn classes(world: &World) -> Vec<(String, i64)> {
    let sql = concat!(
        "SELECT r.class, COUNT(*)
           FROM student_record r
           JOIN import i ON i.id = r.import_id
          WHERE r.sitting = '2017-2'
            AND i.state = 'published'
            AND ",
        stands!(),
        " GROUP BY r.class"
    );
    world.t.db.read(async move |tx: &mut Tx<'_>| tx.query(sql, &[]).await).await.unwrap()
}

/// A node of its own that takes the next work and dies at its transaction with this number: nothing that it does from
/// then on is answered, and after [`Lost::NotKept`] nothing is kept either. Returns whether it got so far.
async fn dies_at(world: &World, step: usize, lost: Lost) -> bool {
    let node = world.t.another_node().await;
    node.lose_answers(step, usize::MAX, lost);
    round(&node, &vault()).await.is_err()
}

/// Two nodes at once, until neither has anything left to do.
async fn on_two_nodes(world: &World) {
    for _ in 0..20 {
        let node = world.t.another_node().await;
        let here = world.t.db.clone();
        let one = tokio::spawn(async move { round(&here, &vault()).await.unwrap().done });
        let two = tokio::spawn(async move { round(&node, &vault()).await.unwrap().done });
        if one.await.unwrap() + two.await.unwrap() == 0 {
            return;
        }
    }
    panic!("the job does not come to an end");
}

on_both! {
    /// ADR 9.
    async fn a_node_that_dies_at_any_step_leaves_one_whole_version_of_the_roster(t: TestDb) {
        let world = World::new(t).await;
        world.published("99101", &class("0")).await;
        let (mut now, mut died) = (0, [0, 0]);
        // Later than any lease.
        let mut later = |world: &World| {
            now += 61_000_000;
            world.at(now);
        };
        for n in 0..DEATHS {
            let (step, lost) = (n % STEPS, if (n / STEPS).is_multiple_of(2) { Lost::NotKept } else { Lost::Kept });
            let (old, new) = (vec![(n.to_string(), 30)], vec![((n + 1).to_string(), 30)]);
            later(&world);
            let id = world.send("99101", &csv(&class(&(n + 1).to_string()))).await;
            died[0] += usize::from(dies_at(&world, step, lost).await);
            assert_eq!(classes(&world).await, old, "{step} {lost:?}");
            later(&world);
            world.work().await;
            let (state, found) = world.state(id).await;
            assert_eq!((state, found.changed, found.errors), (State::Ready, 30, 0), "{step} {lost:?}");
            let of = world.one(id).await;
            let asked = async move |tx: &mut Tx<'_>| verbs::publish(tx, &of, Asked::default(), (&actor(), "")).await;
            refused(world.t.db.write(asked).await).unwrap();
            died[1] += usize::from(dies_at(&world, step, lost).await);
            let stands = classes(&world).await;
            assert!(stands == old || stands == new, "{step} {lost:?}: {stands:?}");
            later(&world);
            world.work().await;
            assert_eq!((world.state(id).await.0, classes(&world).await), (State::Published, new), "{step} {lost:?}");
        }
        assert!(died[0] > DEATHS / 2 && died[1] > DEATHS / 4, "{died:?}");
    }

    /// S2.
    async fn of_two_files_of_one_school_at_once_one_whole_version_stands(t: TestDb) {
        let world = World::new(t).await;
        world.published("99101", &class("0")).await;
        let mut stood = vec![("0".to_owned(), 30)];
        for n in 1..=10_i64 {
            // Later than any lease.
            world.at(n * 61_000_000);
            let versions = ["a", "b"].map(|which| format!("{which}{n}"));
            let mut ids = Vec::new();
            for version in &versions {
                ids.push(world.send("99101", &csv(&class(version))).await);
            }
            on_two_nodes(&world).await;
            assert_eq!(classes(&world).await, stood, "checking writes nothing");
            let mut asking = Vec::new();
            for (id, db) in ids.iter().zip([world.t.db.clone(), world.t.another_node().await]) {
                let of = world.one(*id).await;
                assert_eq!(of.state().unwrap(), State::Ready);
                asking.push(tokio::spawn(async move {
                    let ask = async move |tx: &mut Tx<'_>| verbs::publish(tx, &of, Asked::default(), (&actor(), "")).await;
                    refused(db.write(ask).await).is_ok()
                }));
            }
            let mut asked = 0;
            for one in asking {
                asked += usize::from(one.await.unwrap());
            }
            assert!(asked > 0, "one of them may be published");
            on_two_nodes(&world).await;
            let stands = classes(&world).await;
            let whole = versions.iter().any(|version| stands == [(version.clone(), 30)]);
            assert!(whole, "{stands:?} is neither of {versions:?}");
            stood = stands;
        }
    }

    /// S2.
    async fn a_file_whose_bytes_are_gone_is_published_again_only_while_nothing_has_to_be_compared(t: TestDb) {
        let world = World::new(t).await;
        let id = world.published("99101", &[row("张三", "E1", "991010", "1"), row("李四", "E2", "991010", "1")]).await;
        let other = world.published("99101", &[row("王五", "E3", "991010", "1")]).await;
        world.at(10);
        for id in [id, other] {
            world.withdraw(id, "").await.unwrap();
        }
        world.at(SignedDuration::from_hours(8 * 24).as_micros().try_into().unwrap());
        world.work().await;
        world.publish(other, Asked::default()).await.unwrap();
        assert!(world.class_of("E3").await.is_some(), "its rows are still there");
        world.published("99101", &[row("张三", "E1", "991010", "2")]).await;
        assert_eq!(world.publish(id, Asked::default()).await, Err(UploadRefusal::FileGone));
        assert_eq!(world.state(id).await.0, State::Withdrawn);
        let staged = "SELECT COUNT(*) FROM student_record WHERE import_id = $1";
        let import = world.one(id).await.import_id.unwrap();
        let left = world.t.db.read(async move |tx: &mut Tx<'_>| tx.query_one::<(i64,)>(staged, params![import]).await).await;
        assert_eq!(left.unwrap().0, 2, "no row is lost");
    }

    /// TH31.
    async fn an_account_has_twenty_files_that_wait_and_four_gigabytes_a_day(t: TestDb) {
        let world = World::new(t).await;
        let begin = async |account: &str| {
            let new = New {
                kind: Kind::Roster,
                place: Scope::parse("99101").unwrap(),
                sitting: "2017-2".to_owned(),
                campus: String::new(),
                file_name: "a.csv".to_owned(),
                account: account.to_owned(),
            };
            match world.t.db.write(async move |tx: &mut Tx<'_>| verbs::begin(tx, &new).await).await {
                Ok(_) => Ok(()),
                Err(Stop::Refused(why)) => Err(why),
                Err(Stop::Fault(fault)) => panic!("{fault}"),
            }
        };
        for _ in 0..MOST_WAITING {
            begin(BY).await.unwrap();
        }
        let full = |seconds| {
            Err(UploadRefusal::TooMany { waiting: MOST_WAITING, kinds: vec![Kind::Roster], seconds })
        };
        assert_eq!(begin(BY).await, full(0), "they arrive: nobody knows for how long");
        let set = async |sql: &'static str| {
            world.t.db.write(async move |tx: &mut Tx<'_>| tx.execute(sql, params![BY]).await).await.unwrap();
        };
        set("UPDATE upload SET state = 'ready' WHERE account = $1").await;
        assert_eq!(begin(BY).await, full(7 * 24 * 3600), "none of them ends before");
        set("UPDATE upload SET state = 'bad', failure = '{}', looked = '[]' WHERE account = $1").await;
        begin(BY).await.unwrap();
        begin("another").await.unwrap();
        let sql = "UPDATE upload SET state = 'published', size = $1 WHERE account = $2";
        let size = MOST_BYTES / MOST_WAITING;
        let done = world.t.db.write(async move |tx: &mut Tx<'_>| tx.execute(sql, params![size + 1, BY]).await).await;
        done.unwrap();
        assert_eq!(begin(BY).await, Err(UploadRefusal::TooMuch(24 * 3600)));
        world.t.clock.set(NOON.plus(SignedDuration::from_hours(24)));
        begin(BY).await.unwrap();
    }

    /// TH31.
    async fn a_file_that_cannot_be_read_waits_for_nobody_and_what_can_be_mended_does(t: TestDb) {
        let world = World::new(t).await;
        let waits = async || {
            let read = async move |tx: &mut Tx<'_>| {
                let all = store::waiting(tx, &Scope::parse("99101").unwrap()).await?.0;
                Ok::<_, DbError>((store::sent(tx, BY).await?.waiting, all))
            };
            world.t.db.read(read).await.unwrap()
        };
        for _ in 0..=MOST_WAITING {
            let id = world.send_as("99101", b"PK\x03\x04 and nothing else", "", "a.xlsx").await;
            assert_eq!(waits().await, (1, 0), "it is checked");
            world.work().await;
            assert_eq!((world.state(id).await.0, waits().await), (State::Bad, (0, 0)));
            assert!(world.one(id).await.failure().is_some(), "its page says why");
        }
        let bad_row = world.send("99101", &csv(&[row("张三", "", "991010", "1")])).await;
        let other_columns = world.send("99101", "a,b\n1,2\n").await;
        world.work().await;
        assert_eq!(world.state(bad_row).await.0, State::Bad);
        assert_eq!((world.state(other_columns).await.0, waits().await), (State::Columns, (2, 2)));
    }

    /// TH22.
    async fn a_campus_does_not_learn_the_numbers_of_another_one(t: TestDb) {
        let world = World::new(t).await;
        let more = "INSERT INTO campus (code, name) VALUES ('991011', 'c')";
        world.t.db.write(async move |tx: &mut Tx<'_>| tx.execute(more, &[]).await).await.unwrap();
        let numbered = |number: &str, campus: &str| row("张三", number, campus, "1").replace(&format!("S{number}"), "2017001");
        world.published("99101", &[numbered("E1", "991010"), row("李四", "E2", "991011", "1")]).await;
        for (campus, other, tells) in [("991010", "E3", true), ("991011", "E4", false)] {
            let id = world.send(campus, &csv(&[numbered(other, campus)])).await;
            world.work().await;
            let mut told = world.findings(id, "warning").await;
            told.retain(|finding| finding.subject == "学号");
            assert_eq!(told.len(), 1, "{told:?}");
            assert_eq!((told[0].zh.contains("2017001"), told[0].en.contains("2017001")), (tells, tells), "{told:?}");
        }
    }

    /// S2: SQLite has one writer.
    async fn a_file_that_took_out_many_students_is_taken_back_some_at_a_time_whatever_node_dies(t: TestDb) {
        let world = World::new(t).await;
        let many: Vec<String> = (0..1_001).map(|n| row("张三", &format!("E{n:04}"), "991010", "旧")).collect();
        world.published("99101", &many).await;
        world.at(10);
        let id = world.send("99101", &csv(&[row("李四", "F1", "991010", "新")])).await;
        world.work().await;
        world.publish(id, Asked { remove_gone: true, ..Asked::default() }).await.unwrap();
        let all = async |of: &World| classes(of).await.into_iter().collect::<std::collections::BTreeMap<_, _>>();
        let of = |old: i64, new: i64| {
            let there = [("旧".to_owned(), old), ("新".to_owned(), new)];
            there.into_iter().filter(|(_, count)| *count > 0).collect::<std::collections::BTreeMap<_, _>>()
        };
        assert_eq!(all(&world).await, of(0, 1));
        world.withdraw(id, "").await.unwrap();
        let back = world.one(id).await;
        assert!(back.state().unwrap() == State::Published && back.is_being_taken_back());
        assert_eq!(all(&world).await, of(500, 1), "it counts until all are back");
        // A node that dies keeps nothing of its step, and the next one does it.
        assert!(dies_at(&world, 0, Lost::NotKept).await);
        assert_eq!(all(&world).await, of(500, 1));
        assert!(dies_at(&world, 0, Lost::Kept).await);
        assert_eq!(all(&world).await, of(1_000, 1));
        world.withdraw(id, "another reason").await.unwrap();
        world.work().await;
        let back = world.one(id).await;
        assert!(back.state().unwrap() == State::Withdrawn && !back.is_being_taken_back());
        assert_eq!(all(&world).await, of(1_001, 0));
        let told = crate::audit::testing::told_of(&world.t.db, "record-put-back").await.unwrap();
        assert_eq!(told.len(), 1_001, "each has its line, and only one");
        assert_eq!(crate::audit::testing::told_of(&world.t.db, "upload-withdrawn").await.unwrap().len(), 1);
    }
}
