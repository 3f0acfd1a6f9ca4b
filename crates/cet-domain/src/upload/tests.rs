//! Uploads, from their bytes to what counts, on both databases.

use super::jobs::round;
use super::store::{self, Finding, New, PART, Upload};
use super::verbs::{self, Asked, UploadRefusal};
use super::{Kind, State, Summary};
use crate::audit::Actor;
use crate::on_both;
use crate::params;
use crate::roster::tests::sitting;
use crate::roster::{self, removal, transfer};
use crate::sheet::Chosen;
use crate::store::testing::{NOON, TestDb};
use crate::store::{DbError, Stop, Tx};
use crate::testing::{HEAD, key, vault};
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::document::DocumentKind;
use crate::words::staff::{Role, Scope};
use crate::words::time::Time;

const BY: &str = "school-99101";

fn actor() -> Actor {
    Actor::Staff(BY.to_owned())
}

fn row(name: &str, number: &str, campus: &str, class: &str) -> String {
    let school = &campus[..5];
    format!("{name},女,护照,{number},{school},{campus},本科,4,16,16,外语学院,英语,{class},S{number},,,")
}

fn csv(rows: &[String]) -> String {
    format!("{HEAD}\n{}\n", rows.join("\n"))
}

struct World {
    t: TestDb,
}

impl World {
    async fn new(t: TestDb) -> Self {
        sitting(&t.db).await;
        Self { t }
    }

    fn at(&self, step: i64) {
        self.t.clock.set(Time::from_micros(NOON.micros() + step));
    }

    async fn send(&self, place: &str, text: &str) -> i64 {
        self.send_as(place, text.as_bytes(), "", "名单.csv").await
    }

    async fn send_as(&self, place: &str, bytes: &[u8], campus: &str, name: &str) -> i64 {
        let new = New {
            kind: Kind::Roster,
            place: Scope::parse(place).unwrap(),
            sitting: "2017-2".to_owned(),
            campus: campus.to_owned(),
            file_name: name.to_owned(),
            account: BY.to_owned(),
        };
        let bytes = bytes.to_vec();
        self.t
            .db
            .write(async move |tx: &mut Tx<'_>| {
                let id = verbs::begin(tx, &new).await?;
                for (number, part) in (0_i64..).zip(bytes.chunks(PART.min(700))) {
                    store::append(tx, id, number, part).await?;
                }
                let size = i64::try_from(bytes.len()).unwrap();
                assert!(verbs::received(tx, id, &new, size, (&actor(), "")).await?);
                Ok::<_, DbError>(id)
            })
            .await
            .unwrap()
    }

    /// Runs the job until nothing is left to do.
    async fn work(&self) {
        let vault = vault();
        for _ in 0..20 {
            if round(&self.t.db, &vault).await.unwrap().done == 0 {
                return;
            }
        }
        panic!("the job does not come to an end");
    }

    async fn one(&self, id: i64) -> Upload {
        let found: Result<_, DbError> = self
            .t
            .db
            .read(async move |tx: &mut Tx<'_>| store::one(tx, &Scope::nation(), Kind::Roster, id).await)
            .await;
        found.unwrap().unwrap()
    }

    async fn state(&self, id: i64) -> (State, Summary) {
        let of = self.one(id).await;
        (of.state().unwrap(), of.summary())
    }

    async fn findings(&self, id: i64, level: &'static str) -> Vec<Finding> {
        let found: Result<_, DbError> =
            self.t.db.read(async move |tx: &mut Tx<'_>| store::findings(tx, id, level, 99).await).await;
        found.unwrap()
    }

    async fn publish(&self, id: i64, asked: Asked) -> Result<(), UploadRefusal> {
        let of = self.one(id).await;
        let done = self
            .t
            .db
            .write(async move |tx: &mut Tx<'_>| verbs::publish(tx, &of, asked, (&actor(), "")).await)
            .await;
        refused(done)?;
        self.work().await;
        Ok(())
    }

    async fn withdraw(&self, id: i64, reason: &'static str) -> Result<(), UploadRefusal> {
        let of = self.one(id).await;
        let done = self
            .t
            .db
            .write(async move |tx: &mut Tx<'_>| verbs::withdraw(tx, &of, reason, (&actor(), "")).await)
            .await;
        refused(done)
    }

    async fn published(&self, place: &str, rows: &[String]) -> i64 {
        let id = self.send(place, &csv(rows)).await;
        self.work().await;
        self.publish(id, Asked::default()).await.unwrap();
        assert_eq!(self.state(id).await.0, State::Published);
        id
    }

    async fn class_of(&self, number: &str) -> Option<String> {
        let (key, sitting) = (key(DocumentKind::Passport, number), SittingCode::parse("2017-2").unwrap());
        let found: Result<_, DbError> =
            self.t.db.read(async move |tx: &mut Tx<'_>| roster::store::find(tx, &sitting, key).await).await;
        found.unwrap().map(|record| format!("{} {}", record.campus, record.class))
    }

    /// A saved registration of a student, as far as rosters ask for it.
    async fn saved(&self, number: &str) {
        let key = key(DocumentKind::Passport, number);
        self.t
            .db
            .write(async move |tx: &mut Tx<'_>| {
                tx.execute(
                    "INSERT INTO registration
                        (school, id, sitting, passport_id, record_id, state, saved_at, release_at, version, campus,
                         school_name, campus_name, name, name_key, sex, document_kind, document_sealed, document_key,
                         education, duration, entry_year, grade, college, major, class, student_number, remark,
                         subjects, listed_subjects, barred_subjects, snapshot_hash)
                     VALUES ('99101', 1, '2017-2', 1, 1, 'live', 0, NULL, 1, '991010', '', '', '', '', '', '', $1, $1, '',
                             '', '', '', '', '', '', '', '', '', '', '', '')",
                    params![key],
                )
                .await
            })
            .await
            .unwrap();
    }
}

fn refused<T: std::fmt::Debug>(done: Result<T, Stop<UploadRefusal>>) -> Result<(), UploadRefusal> {
    match done {
        Ok(_) => Ok(()),
        Err(Stop::Refused(refusal)) => Err(refusal),
        Err(Stop::Fault(fault)) => panic!("{fault}"),
    }
}

on_both! {
    /// S2.
    async fn nothing_of_a_file_counts_before_it_is_published_and_the_preview_says_what_will(t: TestDb) {
        let world = World::new(t).await;
        world.published("99101", &[row("张三", "E1", "991010", "1"), row("李四", "E2", "991010", "1")]).await;
        world.at(10);
        let rows = [row("张三", "E1", "991010", "2"), row("王五", "E3", "991010", "1")];
        let id = world.send("99101", &csv(&rows)).await;
        assert_eq!(world.state(id).await.0, State::Checking);
        world.work().await;
        let (state, found) = world.state(id).await;
        assert_eq!((state, found.rows, found.good, found.new, found.changed, found.gone), (State::Ready, 2, 2, 1, 1, 1));
        assert_eq!(world.class_of("E1").await.as_deref(), Some("991010 1"));
        assert_eq!(world.class_of("E3").await, None);
        world.publish(id, Asked::default()).await.unwrap();
        assert_eq!(world.class_of("E1").await.as_deref(), Some("991010 2"));
        assert!(world.class_of("E3").await.is_some() && world.class_of("E2").await.is_some(), "who is gone stays");
        world.publish(id, Asked::default()).await.unwrap();
    }

    /// S2.
    async fn a_file_can_be_taken_back_and_published_again(t: TestDb) {
        let world = World::new(t).await;
        world.published("99101", &[row("张三", "E1", "991010", "1"), row("李四", "E2", "991010", "1")]).await;
        world.at(10);
        let id = world.send("99101", &csv(&[row("张三", "E1", "991010", "2"), row("王五", "E3", "991010", "1")])).await;
        world.work().await;
        world.publish(id, Asked { remove_gone: true, ..Asked::default() }).await.unwrap();
        assert_eq!(world.class_of("E2").await, None, "who is gone was taken out");
        world.at(20);
        world.withdraw(id, "").await.unwrap();
        assert_eq!(world.class_of("E1").await.as_deref(), Some("991010 1"));
        assert_eq!((world.class_of("E3").await, world.class_of("E2").await.is_some()), (None, true));
        world.withdraw(id, "").await.unwrap();
        world.at(30);
        world.publish(id, Asked::default()).await.unwrap();
        assert_eq!(world.class_of("E1").await.as_deref(), Some("991010 2"));
        assert_eq!(world.state(id).await.0, State::Published);
    }

    /// S2.
    async fn who_has_saved_a_registration_stays_unless_a_reason_is_given(t: TestDb) {
        let world = World::new(t).await;
        let id = world.published("99101", &[row("张三", "E1", "991010", "1"), row("李四", "E2", "991010", "1")]).await;
        world.saved("E1").await;
        world.at(10);
        let next = world.send("99101", &csv(&[row("王五", "E3", "991010", "1")])).await;
        world.work().await;
        let (_, found) = world.state(next).await;
        assert_eq!((found.gone, found.gone_saved), (2, 1));
        world.publish(next, Asked { remove_gone: true, ..Asked::default() }).await.unwrap();
        assert!(world.class_of("E1").await.is_some() && world.class_of("E2").await.is_none());
        world.withdraw(next, "").await.unwrap();
        world.withdraw(id, "").await.unwrap();
        assert!(world.class_of("E1").await.is_some(), "it stays without a reason");
        assert!(world.class_of("E2").await.is_none());
        let of = roster_row(&world, "E1").await;
        let removed = async |reason: &'static str| {
            let of = of.clone();
            let done = world.t.db.write(async move |tx: &mut Tx<'_>| {
                removal::remove(tx, &of, reason, (&actor(), "")).await
            }).await;
            done.is_ok()
        };
        assert!(!removed("").await && world.class_of("E1").await.is_some());
        assert!(removed("退学").await && world.class_of("E1").await.is_none());
    }

    /// S2.
    async fn the_good_rows_alone_are_published_when_somebody_says_so(t: TestDb) {
        let world = World::new(t).await;
        let rows = [row("张三", "E1", "991010", "1"), row("", "E2", "991010", "1"), row("李四", "E3", "110010", "1"),
                    row("王五", "E4", "991010", "1"), row("王五", "E4", "991010", "2")];
        let id = world.send("99101", &csv(&rows)).await;
        world.work().await;
        let (state, found) = world.state(id).await;
        assert_eq!((state, found.rows, found.good, found.errors), (State::Bad, 5, 1, 3));
        let told: Vec<(i64, String)> = world.findings(id, "error").await.into_iter().map(|of| (of.line, of.zh)).collect();
        assert_eq!(told[0], (3, "应为姓名，这里是空的".to_owned()));
        assert!(told[1].1.contains("校区") && told[2].1.contains("出现了两次"), "{told:?}");
        assert_eq!(world.publish(id, Asked::default()).await, Err(UploadRefusal::State(State::Bad)));
        world.publish(id, Asked { good_only: true, ..Asked::default() }).await.unwrap();
        assert!(world.class_of("E1").await.is_some() && world.class_of("E4").await.is_none());
    }

    /// S2.
    async fn a_row_of_another_place_is_an_error(t: TestDb) {
        let world = World::new(t).await;
        for (place, good) in [("99101", 1), ("991010", 1), ("99301", 1), ("99", 2), ("", 2), ("991011", 0)] {
            let id = world.send(place, &csv(&[row("张三", "E1", "991010", "1"), row("李四", "E2", "993010", "1")])).await;
            world.work().await;
            assert_eq!(world.state(id).await.1.good, good, "{place}");
        }
    }

    /// S2.
    async fn columns_that_are_unclear_are_asked_for_and_the_answer_is_remembered(t: TestDb) {
        let world = World::new(t).await;
        let text = "2017级名册,,,,\n学生,证件种类,身份证号码,层次,学籍号\n张三,护照,E1,本科,17001\n";
        let id = world.send_as("99101", text.as_bytes(), "991010", "名单.csv").await;
        world.work().await;
        let of = world.one(id).await;
        assert_eq!(of.state().unwrap(), State::Columns);
        assert!(of.failure().unwrap().zh.contains("姓名"), "{:?}", of.failure());
        let looked: Vec<crate::sheet::look::Looked> = serde_json::from_str(&of.looked).unwrap();
        assert_eq!((looked[0].header, &looked[0].guessed[..]), (2, &["", "证件类型", "证件号码", "学历", ""].map(str::to_owned)[..]));
        let names = |list: [&str; 5]| list.map(str::to_owned).to_vec();
        let choose = async |columns: Vec<String>| {
            let chosen = Chosen { sheet: String::new(), header: 2, columns, ..Chosen::default() };
            let (of, header) = (world.one(id).await, crate::upload::table::header_key(&looked));
            refused(world.t.db.write(async move |tx: &mut Tx<'_>| {
                verbs::choose(tx, &of, &chosen, (&header, true), (&actor(), "")).await
            }).await)
        };
        assert_eq!(choose(names(["姓名", "证件类型", "证件号码", "学历", ""])).await, Err(UploadRefusal::Columns));
        choose(names(["姓名", "证件类型", "证件号码", "学历", "学号"])).await.unwrap();
        world.work().await;
        assert_eq!(world.state(id).await.0, State::Ready);
        world.publish(id, Asked::default()).await.unwrap();
        assert!(world.class_of("E1").await.is_some());
        let again = world.send_as("99101", text.replace("E1", "E9").as_bytes(), "991010", "名单.csv").await;
        world.work().await;
        assert_eq!(world.state(again).await.0, State::Ready, "the same header is not asked for again");
    }

    /// S2.
    async fn another_file_with_the_same_person_is_compared_again_and_one_whole_version_stands(t: TestDb) {
        let world = World::new(t).await;
        let one = world.send("99101", &csv(&[row("张三", "E1", "991010", "1")])).await;
        let other = world.send("99101", &csv(&[row("张三", "E1", "991010", "2")])).await;
        world.work().await;
        world.publish(one, Asked::default()).await.unwrap();
        assert_eq!(world.class_of("E1").await.as_deref(), Some("991010 1"));
        world.publish(other, Asked::default()).await.unwrap();
        let (state, found) = world.state(other).await;
        assert_eq!((state, found.again, found.changed), (State::Ready, true, 1));
        assert_eq!(world.class_of("E1").await.as_deref(), Some("991010 1"), "nobody has seen the new comparison yet");
        let seen = world.one(other).await.checked_at;
        let old = Asked { seen: Some(NOON), ..Asked::default() };
        world.at(5);
        if seen != Some(NOON) {
            assert_eq!(world.publish(other, old).await, Err(UploadRefusal::Meanwhile));
        }
        world.publish(other, Asked { seen, ..Asked::default() }).await.unwrap();
        assert_eq!(world.class_of("E1").await.as_deref(), Some("991010 2"));
    }

    /// S2.
    async fn a_node_that_dies_loses_its_lease_and_another_one_begins_again(t: TestDb) {
        let world = World::new(t).await;
        let id = world.send("99101", &csv(&[row("张三", "E1", "991010", "1")])).await;
        let claim = async || world.t.db.write(async |tx: &mut Tx<'_>| store::claim(tx).await).await.unwrap();
        let dead = claim().await.unwrap();
        world.work().await;
        assert_eq!(world.state(id).await.0, State::Checking, "the lease is held");
        world.at(61_000_000);
        world.work().await;
        assert_eq!(world.state(id).await.0, State::Ready);
        let held = world.t.db.write(async move |tx: &mut Tx<'_>| store::renew(tx, &dead, &store::At::default()).await).await.unwrap();
        assert!(!held, "whoever lost it writes nothing any more");
        world.publish(id, Asked::default()).await.unwrap();
        assert!(world.class_of("E1").await.is_some());
    }

    /// S2.
    async fn what_was_cut_off_or_given_up_leaves_nothing_behind(t: TestDb) {
        let world = World::new(t).await;
        let id = world.send("99101", &csv(&[row("张三", "E1", "991010", "1")])).await;
        world.work().await;
        let of = world.one(id).await;
        let done = world.t.db.write(async move |tx: &mut Tx<'_>| verbs::discard(tx, &of, (&actor(), "")).await).await;
        refused(done).unwrap();
        world.work().await;
        for _ in 0..5 {
            crate::import::jobs::sweep(&world.t.db).await.unwrap();
        }
        for table in ["upload_part", "student_record", "import"] {
            let sql = format!("SELECT COUNT(*) FROM {table}");
            let left: Result<(i64,), DbError> = world.t.db.read(async move |tx: &mut Tx<'_>| tx.query_one(&sql, params![]).await).await;
            assert_eq!(left.unwrap().0, 0, "{table}");
        }
        assert_eq!(world.publish(id, Asked::default()).await, Err(UploadRefusal::State(State::Discarded)));
    }

    /// S2.
    async fn the_holding_school_releases_or_keeps_a_transfer_student(t: TestDb) {
        let world = World::new(t).await;
        world.published("99301", &[row("张三", "E1", "993010", "1"), row("李四", "E2", "993010", "1")]).await;
        world.at(10);
        let id = world.published("99101", &[row("张三", "E1", "991010", "9"), row("李四", "E2", "991010", "9"), row("王五", "E3", "991010", "9")]).await;
        assert_eq!(world.state(id).await.1.transfers, 2);
        assert_eq!(world.class_of("E1").await.as_deref(), Some("993010 1"));
        assert!(world.class_of("E3").await.is_some(), "one such student stops nobody else");
        let school = Scope::parse("99301").unwrap();
        let open: Vec<transfer::Transfer> = world.t.db.read(async move |tx: &mut Tx<'_>| transfer::list(tx, &school, "open", 0, 9).await).await.unwrap();
        assert_eq!(open.len(), 2);
        let decide = async |of: &transfer::Transfer, what| {
            let of = of.clone();
            world.t.db.write(async move |tx: &mut Tx<'_>| transfer::decide(tx, &of, what, "", (&actor(), "")).await).await
        };
        world.at(20);
        for of in &open {
            let is_first = of.document_key == key(DocumentKind::Passport, "E1");
            let what = if is_first { transfer::Decision::Release } else { transfer::Decision::Keep };
            decide(of, what).await.unwrap();
            assert!(matches!(decide(of, what).await, Err(Stop::Refused(transfer::TransferRefusal::Decided))));
        }
        assert_eq!(world.class_of("E1").await.as_deref(), Some("991010 9"));
        assert_eq!(world.class_of("E2").await.as_deref(), Some("993010 1"));
    }
}

async fn roster_row(world: &World, number: &str) -> removal::Student {
    let (key, sitting) = (key(DocumentKind::Passport, number), SittingCode::parse("2017-2").unwrap());
    let found: Result<_, DbError> =
        world.t.db.read(async move |tx: &mut Tx<'_>| roster::store::find(tx, &sitting, key).await).await;
    let record = found.unwrap().unwrap();
    removal::Student {
        school: record.school,
        sitting: record.sitting,
        document_key: record.document_key,
        record: record.id,
    }
}

/// S2.
#[test]
fn the_school_decides_for_three_days_then_the_province() {
    let of = transfer::Transfer {
        id: 1,
        sitting: SittingCode::parse("2017-2").unwrap(),
        document_key: key(DocumentKind::Passport, "E1"),
        from_school: SchoolCode::parse("99301").unwrap(),
        from_campus: crate::words::codes::CampusCode::parse("993010").unwrap(),
        to_school: SchoolCode::parse("99101").unwrap(),
        to_campus: crate::words::codes::CampusCode::parse("991010").unwrap(),
        record_id: crate::words::ids::RecordId(1),
        state: "open".to_owned(),
        opened_at: NOON,
        decided_at: None,
        decided_by: String::new(),
        reason: String::new(),
    };
    let may = |role, scope: &str, hours, state: &str| {
        let of = transfer::Transfer { state: state.to_owned(), ..of.clone() };
        let now = NOON.plus(jiff::SignedDuration::from_hours(hours));
        transfer::may_decide(role, &Scope::parse(scope).unwrap(), &of, now)
    };
    use transfer::MayDecide::{No, Province, School};
    assert_eq!(may(Role::School, "99301", 0, "open"), School);
    assert_eq!(may(Role::School, "99101", 99, "open"), No);
    assert_eq!(may(Role::School, "993010", 0, "open"), School);
    assert_eq!(may(Role::School, "993011", 0, "open"), No);
    assert_eq!(may(Role::Province, "99", 71, "open"), No);
    assert_eq!(may(Role::Province, "99", 72, "open"), Province);
    assert_eq!(may(Role::Province, "33", 99, "open"), No);
    assert_eq!(may(Role::National, "", 72, "open"), Province);
    assert_eq!(may(Role::School, "99301", 0, "kept"), No);
    assert_eq!(may(Role::Finance, "", 99, "open"), No);
}
