//! Looking up a student and saving, on both databases.

use std::sync::Arc;

use super::*;
use crate::entry::testing::*;
use crate::on_both;
use crate::registration::DOCUMENTS_A_DAY;
use crate::registration::verbs::{LookUpCommand, look_up};
use crate::registration::{Registration, RegistrationRefusal};
use crate::roster::DocumentKeys;
use crate::roster::tests::{File, HEAD, vault};
use crate::store::Stop;
use crate::store::testing::TestDb;
use crate::words::document::{Document, DocumentKind};
use crate::words::ids::PassportId;
use crate::words::ids::RecordId;
use crate::words::name::PersonName;

/// The sitting with students 1 to 7 in the roster, by the rules: subject 3 barred, CET6 only with a score.
async fn enrolled(t: TestDb) -> World {
    let world = World::with_seats(t, 5).await;
    import(&world, "化学").await;
    world
}

async fn import(world: &World, major: &str) {
    let line = |n: i64| {
        format!(
            "学生{n},女,澳门身份证,9930100000{n},99301,993010,本科,4,16,2,学院,{major},1,2016000{n},,,3\n"
        )
    };
    let file = File::of(format!("{HEAD}\n{}", (1..=7).map(line).collect::<String>()));
    let nobody_watches = Arc::new(|_, _, _| {});
    let done =
        crate::roster::file::import(&world.t.db, vault(), &file.path(), "2017-2", false, nobody_watches)
            .await;
    done.unwrap();
}

fn asking(passport: i64, n: i64, name: &str) -> LookUpCommand {
    LookUpCommand {
        documents_a_day: DOCUMENTS_A_DAY,
        passport: PassportId(passport),
        document: DocumentKeys::of(
            &vault(),
            &Document::parse(DocumentKind::MacauId, &format!("9930100000{n}")).unwrap(),
        ),
        name: PersonName::parse(name).unwrap(),
        student_number: None,
        address: String::new(),
    }
}

impl World {
    pub(super) async fn look_up(&self, cmd: LookUpCommand) -> Result<(SchoolCode, RecordId), &'static str> {
        let plan = Arc::clone(self.catalogue.current().unwrap());
        let found = self.t.db.write(async move |tx| look_up(tx, &plan, &cmd).await).await.unwrap();
        found.map(|found| (found.school, found.id)).map_err(|refusal| refusal.code())
    }

    pub(super) async fn save(
        &self,
        passport: i64,
        record: Option<(SchoolCode, RecordId)>,
        checked: bool,
    ) -> Result<Registration, Vec<&'static str>> {
        let catalogue = Arc::clone(&self.catalogue);
        let cmd = SaveCommand {
            passport: PassportId(passport),
            sitting: sitting(),
            record,
            seen: cet_base::form_mark::Seen::default(),
            checked,
            shown: Shown::default(),
            address: String::new(),
        };
        match self.t.db.write(async move |tx| save(tx, &catalogue, &cmd).await).await {
            Ok(of) => Ok(of),
            Err(Stop::Refused(all)) => Err(all.iter().map(RegistrationRefusal::code).collect()),
            Err(Stop::Fault(fault)) => panic!("{fault}"),
        }
    }
}

on_both! {
    /// TH8.
    async fn a_wrong_name_and_an_unknown_document_get_the_same_answer(t: TestDb) {
        let world = enrolled(t).await;
        assert!(world.look_up(asking(1, 1, "学生1")).await.is_ok());
        assert_eq!(world.look_up(asking(1, 1, "学生2")).await, Err("record-not-found"));
        assert_eq!(world.look_up(asking(1, 9, "学生9")).await, Err("record-not-found"));
        assert_eq!(world.count("SELECT COUNT(*) FROM audit_log WHERE action = 'record-looked-up'").await, 1);
        assert_eq!(world.count("SELECT COUNT(*) FROM audit_log WHERE action = 'record-not-found'").await, 2);
    }

    async fn look_ups_that_find_nothing_use_the_budget_up_too(t: TestDb) {
        let world = enrolled(t).await;
        for n in 1..=5 {
            world.look_up(asking(1, n, "谁")).await.unwrap_err();
        }
        assert_eq!(world.look_up(asking(1, 6, "学生6")).await, Err("too-many"));
        assert!(world.look_up(asking(1, 5, "学生5")).await.is_ok());
        assert!(world.look_up(asking(2, 6, "学生6")).await.is_ok());
    }

    async fn without_the_agreement_nobody_is_looked_up_or_saved(t: TestDb) {
        let mut world = enrolled(t).await;
        let record = world.look_up(asking(1, 1, "学生1")).await.unwrap();
        world.sql("INSERT INTO sitting_text (sitting, kind, lang, version, body) VALUES ('2017-2', 'agreement', 'zh', 1, 'x')").await;
        world.reload().await;
        assert_eq!(world.look_up(asking(1, 1, "学生1")).await, Err("agreement-needed"));
        assert_eq!(world.save(1, Some(record), false).await, Err(vec!["agreement-needed", "not-checked"]));
        assert_eq!(world.save(1, None, true).await, Err(vec!["agreement-needed", "not-looked-up"]));
    }

    /// W3.
    async fn th71_a_sitting_may_ask_for_the_student_number_as_well(t: TestDb) {
        let mut world = enrolled(t).await;
        world.sql("UPDATE sitting SET ask_student_number = TRUE").await;
        world.reload().await;
        assert_eq!(world.look_up(asking(1, 1, "学生1")).await, Err("record-not-found"));
        let with = |number: &str| LookUpCommand { student_number: Some(number.to_owned()), ..asking(1, 1, "学生1") };
        assert_eq!(world.look_up(with("20160002")).await, Err("record-not-found"));
        assert!(world.look_up(with(" 20160001 ")).await.is_ok());
    }

    /// R3.
    async fn a_bound_passport_looks_up_only_its_own_student_and_a_bound_student_is_still_found(t: TestDb) {
        let world = enrolled(t).await;
        let one = world.look_up(asking(1, 1, "学生1")).await.unwrap();
        let first = world.save(1, Some(one), true).await.unwrap();
        assert_eq!(world.look_up(asking(1, 1, "学生1")).await, Ok(one));
        assert_eq!(world.look_up(asking(1, 2, "学生2")).await, Err("passport-bound"));
        assert_eq!(world.look_up(asking(2, 1, "学生1")).await, Ok(one));
        assert_eq!(world.save(2, Some(one), true).await, Err(vec!["student-bound"]));
        assert_eq!(world.save(1, Some(one), true).await.map(|of| of.id), Ok(first.id));
    }

    /// I12.
    async fn what_is_saved_has_the_subjects_that_the_rules_grant_and_its_hash(t: TestDb) {
        let world = enrolled(t).await;
        let one = world.look_up(asking(1, 1, "学生1")).await.unwrap();
        let of = world.save(1, Some(one), true).await.unwrap();
        assert_eq!(of.subjects.0, codes("1;4;F;S"));
        let snapshot = world.t.db.read(async move |tx| store::snapshot(tx, of.school, of.id).await).await.unwrap().unwrap();
        assert_eq!((snapshot.name.as_str(), snapshot.campus_name.as_str()), ("学生1", "测试校区机构001"));
        let hash = world.t.db.read(async |tx| tx.query_one::<(String,)>("SELECT snapshot_hash FROM registration", &[]).await).await.unwrap().0;
        assert_eq!(hash, snapshot.hash());
    }

    /// R6.
    async fn a_newer_roster_does_not_reach_what_is_saved_and_asks_for_another_look_before(t: TestDb) {
        let world = enrolled(t).await;
        let (one, two) = (world.look_up(asking(1, 1, "学生1")).await.unwrap(), world.look_up(asking(2, 2, "学生2")).await.unwrap());
        let of = world.save(1, Some(one), true).await.unwrap();
        world.advance(minutes(1));
        import(&world, "物理").await;
        let kept = world.t.db.read(async move |tx| store::snapshot(tx, of.school, of.id).await).await.unwrap().unwrap();
        assert_eq!(kept.major, "化学");
        assert_eq!(world.save(2, Some(two), true).await, Err(vec!["not-looked-up"]));
        let again = world.look_up(asking(2, 2, "学生2")).await.unwrap();
        let of = world.save(2, Some(again), true).await.unwrap();
        let kept = world.t.db.read(async move |tx| store::snapshot(tx, of.school, of.id).await).await.unwrap().unwrap();
        assert_eq!(kept.major, "物理");
    }

    /// R5.
    async fn before_the_window_and_after_it_nothing_is_bound(t: TestDb) {
        let world = enrolled(t).await;
        let one = world.look_up(asking(1, 1, "学生1")).await.unwrap();
        let (opens, closes) = (world.now().minus(hours(1)), world.now().plus(hours(240)));
        world.t.clock.set(opens.minus(micros(1)));
        assert_eq!(world.save(1, Some(one), true).await, Err(vec!["window-not-open"]));
        world.t.clock.set(closes);
        assert_eq!(world.save(1, Some(one), true).await, Err(vec!["window-closed"]));
        assert_eq!(world.count("SELECT COUNT(*) FROM registration").await, 0);
        world.t.clock.set(closes.minus(micros(1)));
        world.save(1, Some(one), true).await.unwrap();
    }
}
