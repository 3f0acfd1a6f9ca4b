//! What the passing of time changes, and whom a change touches.

use super::*;
use crate::audit::testing::told_of;
use crate::change::jobs::round;
use crate::change::store;
use crate::entry::testing::{World, hours};
use crate::message::{Facts, Kind};
use crate::sitting::Catalogue;
use crate::store::testing::NOON;

async fn scheduled(db: &Db, by: By, wanted: Vec<Wanted>, from: Time) -> Result<Made, Vec<ChangeRefusal>> {
    let done = db.write(async move |tx| {
        let proposal = Proposal { from: Some(from), ..web(wanted.clone()) };
        make(tx, &by, &policy(), &proposal).await
    });
    done.await.map_err(|stop| match stop {
        Stop::Refused(refusals) => refusals,
        Stop::Fault(fault) => panic!("{fault}"),
    })
}

/// Runs the job until nothing is left to do.
async fn work(db: &Db) {
    for _ in 0..50 {
        let catalogue: Catalogue = db.read(async |tx| sittings::load(tx).await).await.unwrap();
        if round(db, &policy(), &catalogue).await.unwrap().done == 0 {
            return;
        }
    }
    panic!("the job does not come to an end");
}

async fn state(db: &Db, id: i64) -> String {
    let found = db.read(async move |tx: &mut Tx<'_>| store::one(tx, &Scope::nation(), id).await).await;
    found.unwrap().unwrap().state
}

async fn seats(db: &Db) -> i64 {
    let key = pool(0).0;
    let found = db
        .read(async move |tx: &mut Tx<'_>| {
            let plan = sittings::load_one(tx, &code()).await?;
            current::lines(tx, &code(), plan.as_ref(), &[(key, None)]).await
        })
        .await
        .unwrap();
    match &found[0].before {
        Some(SettingValue::Pool(capacity)) => *capacity,
        other => panic!("{other:?}"),
    }
}

on_both! {
    /// season.md 1.
    async fn a_change_with_a_time_waits_for_it(t: TestDb) {
        world(&t.db, true).await;
        let (before, later) = (seats(&t.db).await, NOON.plus(hours(1)));
        assert_eq!(scheduled(&t.db, nation(), vec![pool(7)], NOON).await, Err(vec![ChangeRefusal::FromPast]));
        let Ok(Made::Scheduled(id)) = scheduled(&t.db, nation(), vec![pool(7)], later).await else { panic!("it does not wait") };
        work(&t.db).await;
        assert_eq!((seats(&t.db).await, state(&t.db, id).await.as_str()), (before, "scheduled"));
        t.clock.set(later);
        work(&t.db).await;
        assert_eq!((seats(&t.db).await, state(&t.db, id).await.as_str()), (7, "done"));
        assert_eq!(told_of(&t.db, "change-scheduled").await.unwrap().len(), 1);
        assert!(told_of(&t.db, "change-made").await.unwrap().iter().any(|line| line.contains('7')));
        assert_eq!(sound(&t.db).await, [""; 0]);
    }

    /// season.md 1.
    async fn a_change_whose_settings_are_others_by_its_time_is_not_made_and_says_so(t: TestDb) {
        world(&t.db, true).await;
        let later = NOON.plus(hours(1));
        let Ok(Made::Scheduled(id)) = scheduled(&t.db, nation(), vec![pool(7)], later).await else { panic!("it does not wait") };
        let Ok(Made::Scheduled(dropped)) = scheduled(&t.db, nation(), vec![pool(9)], later).await else { panic!("it does not wait") };
        let by = nation();
        t.db.write(async move |tx| refuse(tx, &by, dropped).await).await.unwrap();
        change(&t.db, nation(), vec![pool(8)]).await.unwrap();
        t.clock.set(later);
        work(&t.db).await;
        assert_eq!((seats(&t.db).await, state(&t.db, id).await.as_str()), (8, "overtaken"));
        assert_eq!(state(&t.db, dropped).await, "refused");
        assert_eq!(told_of(&t.db, "change-overtaken").await.unwrap().len(), 1);
        assert_eq!(sound(&t.db).await, [""; 0]);
    }

    /// R21.
    async fn a_change_with_a_time_waits_for_its_second_person_first_and_lapses_at_its_time(t: TestDb) {
        world(&t.db, true).await;
        let later = NOON.plus(hours(1));
        let Ok(Made::Asked(id)) = scheduled(&t.db, nation(), vec![fee(2)], later).await else { panic!("nobody is asked") };
        let Ok(Made::Asked(late)) = scheduled(&t.db, nation(), vec![fee(3)], later).await else { panic!("nobody is asked") };
        let other = || by("zhao", "p2", Role::National, "");
        decide(&t.db, other(), id).await.unwrap();
        decide(&t.db, other(), id).await.unwrap();
        assert_eq!(state(&t.db, id).await, "scheduled");
        assert_ne!(plan(&t.db).await.fee_of(Place::National, SubjectCode::CET4), Some(Fen::new(2).unwrap()));
        t.clock.set(later);
        assert_eq!(decide(&t.db, other(), late).await, Err(vec![ChangeRefusal::Over]));
        work(&t.db).await;
        assert_eq!(plan(&t.db).await.fee_of(Place::National, SubjectCode::CET4), Some(Fen::new(2).unwrap()));
        assert_eq!(state(&t.db, id).await, "done");
    }

    /// season.md 1.5.
    async fn a_sitting_closes_by_itself_when_the_day_of_its_last_exam_is_over(t: TestDb) {
        world(&t.db, true).await;
        let last = plan(&t.db).await.subjects().iter().filter_map(|subject| subject.exam_to).max().unwrap();
        for (after, closed) in [(0, S::Published), (1, S::Published), (24, S::Closed), (48, S::Closed)] {
            t.clock.set(last.plus(hours(after)));
            work(&t.db).await;
            assert_eq!(plan(&t.db).await.state, closed, "{after} h");
        }
        let made = told_of(&t.db, "change-made").await.unwrap();
        assert_eq!(made.iter().filter(|line| line.contains("published → closed")).count(), 1, "{made:?}");
        assert_eq!(sound(&t.db).await, [""; 0]);
    }

    /// season.md 1.
    async fn each_candidate_whom_a_change_touches_gets_one_message(t: TestDb) {
        let world = World::with_seats(t, 9).await;
        let mut who = Vec::new();
        for n in 1..=4 {
            who.push(world.reachable(n).await);
        }
        // 1 has not paid, 2 has, 3 entered nothing, 4 entered two subjects.
        for (passport, subjects) in [(who[0], "1"), (who[1], "1"), (who[3], "1;4")] {
            let entries = world.enter(passport, subjects).await.unwrap();
            if passport == who[1] {
                world.pay(&entries).await;
            }
        }
        let db = &world.t.db;
        let current = plan(db).await;
        let mut exam = current.subject(SubjectCode::CET4).unwrap().clone();
        exam.exam_from = exam.exam_from.map(|at| at.plus(hours(24)));
        exam.exam_to = exam.exam_to.map(|at| at.plus(hours(24)));
        let wanted = vec![(Key::Subject(SubjectCode::CET4), Some(SettingValue::Subject(Box::new(exam)))), fee(5)];
        let command = async move |tx: &mut Tx<'_>| make(tx, &By::Command("test"), &policy(), &web(wanted.clone())).await;
        assert!(matches!(db.write(command).await.unwrap(), Made::Done(_)));
        work(db).await;
        for (passport, expected) in [(who[0], &["exam", "fee"][..]), (who[1], &["exam"]), (who[3], &["exam", "fee"])] {
            let told = world.told_of(passport, Kind::SettingChanged).await;
            let [Facts::SettingChanged { what, lines }] = &told[..] else { panic!("{passport}: {told:?}") };
            assert_eq!(what, expected, "{passport}");
            assert!(!lines.is_empty());
        }
        assert_eq!(world.told_of(who[2], Kind::SettingChanged).await.len(), 0);
        assert_eq!(world.count("SELECT COUNT(*) FROM message WHERE kind = 'setting-changed' AND mail_at IS NOT NULL").await, 3);
        assert_eq!(world.count("SELECT COUNT(DISTINCT event) FROM message WHERE kind = 'setting-changed'").await, 3);
        assert_eq!(world.count("SELECT COUNT(*) FROM change_touch").await, 0);
    }
}
