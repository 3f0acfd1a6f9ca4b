//! Uploads, from their bytes to what counts, on both databases.

mod ends;
mod world;

use super::State;
use super::store;
use super::verbs::{self, Asked, UploadRefusal};
use crate::on_both;
use crate::params;
use crate::roster::{removal, transfer};
use crate::sheet::Chosen;
use crate::store::testing::NOON;
use crate::store::{DbError, Stop, Tx};
use crate::testing::key;
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::document::DocumentKind;
use crate::words::staff::{Role, Scope};

use world::{World, actor, csv, refused, roster_row, row};

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
        assert!(world.class_of("E2").await.is_some(), "who is gone stays unless asked otherwise");
        assert_eq!(world.state(id).await.0, State::Published);
        world.at(40);
        world.withdraw(id, "").await.unwrap();
        world.at(50);
        world.publish(id, Asked { remove_gone: true, ..Asked::default() }).await.unwrap();
        assert_eq!((world.class_of("E2").await, world.state(id).await.0), (None, State::Published));
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
        assert_eq!((world.state(next).await.1.kept, world.state(id).await.1.kept), (0, 1));
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
        // The second is wrong in two cells.
        let rows = [row("张三", "E1", "991010", "1"), row("", "E2", "110010", "1"), row("李四", "E3", "110010", "1"),
                    row("王五", "E4", "991010", "1"), row("王五", "E4", "991010", "2")];
        let id = world.send("99101", &csv(&rows)).await;
        world.work().await;
        let (state, found) = world.state(id).await;
        assert_eq!((state, found.rows, found.good, found.errors), (State::Bad, 5, 1, 4));
        assert_eq!((found.new, found.changed, found.unchanged), (1, 0, 0), "of both rows of a person neither is new");
        let listed = world.t.db.read(async |tx: &mut Tx<'_>| crate::upload::imports::list(tx, 9).await).await.unwrap();
        let states: Vec<&str> = listed.iter().map(|of| of.state.as_str()).collect();
        assert_eq!(states, ["bad"], "the list says what the page says");
        let told: Vec<(i64, String)> = world.findings(id, "error").await.into_iter().map(|of| (of.line, of.zh)).collect();
        assert_eq!(told[0], (3, "应为姓名，这里是空的".to_owned()));
        assert!(told[1].1.contains("校区") && told[2].1.contains("校区"), "{told:?}");
        assert!(told[3].0 == 5 && told[3].1.contains("另一次在第 6 行"), "{told:?}");
        assert!(told[4].0 == 6 && told[4].1.contains("第一次在第 5 行"), "{told:?}");
        assert_eq!(told.len(), 5);
        assert_eq!(world.publish(id, Asked::default()).await, Err(UploadRefusal::HasErrors(1)));
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

    /// TH22.
    async fn a_campus_neither_takes_out_nor_changes_the_students_of_another_one(t: TestDb) {
        let world = World::new(t).await;
        let more = "INSERT INTO campus (code, name) VALUES ('991011', 'c')";
        world.t.db.write(async move |tx: &mut Tx<'_>| tx.execute(more, &[]).await).await.unwrap();
        let rows = [row("张三", "E1", "991010", "1"), row("李四", "E2", "991011", "1"), row("王五", "E3", "991011", "1")];
        world.published("99101", &rows).await;
        world.at(10);
        let id = world.send("991010", &csv(&[row("李四", "E2", "991010", "9"), row("钱七", "E4", "991010", "1")])).await;
        world.work().await;
        let (state, found) = world.state(id).await;
        assert_eq!((state, found.errors, found.good, found.gone), (State::Bad, 1, 1, 1));
        world.publish(id, Asked { good_only: true, remove_gone: true, ..Asked::default() }).await.unwrap();
        assert_eq!(world.class_of("E1").await, None);
        for number in ["E2", "E3"] {
            assert_eq!(world.class_of(number).await.as_deref(), Some("991011 1"), "{number}");
        }
    }

    /// S2: one slip in another column must not cost a student the record.
    async fn who_stands_in_a_row_that_cannot_be_imported_is_not_gone(t: TestDb) {
        let world = World::new(t).await;
        let rows = [row("张三", "E1", "991010", "1"), row("李四", "E2", "991010", "1"), row("王五", "E3", "991010", "1")];
        world.published("99101", &rows).await;
        world.at(10);
        // 李四 has a campus that there is not, 王五 stands there twice.
        let rows = [
            row("张三", "E1", "991010", "2"),
            row("李四", "E2", "999999", "2"),
            row("王五", "E3", "991010", "2"),
            row("王五", "E3", "991010", "3"),
        ];
        let id = world.send("99101", &csv(&rows)).await;
        world.work().await;
        let (state, found) = world.state(id).await;
        assert_eq!((state, found.good, found.gone, found.unknown), (State::Bad, 1, 0, 0));
        world.publish(id, Asked { good_only: true, remove_gone: true, ..Asked::default() }).await.unwrap();
        for number in ["E2", "E3"] {
            assert_eq!(world.class_of(number).await.as_deref(), Some("991010 1"), "{number}");
        }
    }

    /// S2.
    async fn while_a_row_does_not_say_whom_it_is_about_nobody_is_taken_out(t: TestDb) {
        let world = World::new(t).await;
        world.published("99101", &[row("张三", "E1", "991010", "1"), row("李四", "E2", "991010", "1")]).await;
        world.at(10);
        let id = world.send("99101", &csv(&[row("张三", "E1", "991010", "2"), row("李四", "", "991010", "2")])).await;
        world.work().await;
        let (state, found) = world.state(id).await;
        assert_eq!((state, found.good, found.gone, found.unknown), (State::Bad, 1, 1, 1));
        world.publish(id, Asked { good_only: true, remove_gone: true, ..Asked::default() }).await.unwrap();
        assert_eq!(world.class_of("E2").await.as_deref(), Some("991010 1"));
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

/// S2.
#[test]
fn the_school_decides_for_three_days_then_the_province() {
    use transfer::MayDecide::{No, Province, School};
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
