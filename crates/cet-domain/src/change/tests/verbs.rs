//! Changes in the database.

#[path = "copies.rs"]
mod copies;
#[path = "printed.rs"]
mod printed;
#[path = "states.rs"]
mod states;
#[path = "time.rs"]
mod time;
#[path = "told.rs"]
mod told;
#[path = "twice.rs"]
mod twice;

use super::*;
use crate::arrangement::store::SettingRow;
use crate::change::{Key, SettingValue};
use crate::on_both;
use crate::params;
use crate::setup::file::{SAMPLE, parse};
use crate::setup::import::import;
use crate::sitting::consistency::Missing as M;
use crate::sitting::limit::{Limit, LimitOn};
use crate::sitting::plan::SittingState as S;
use crate::sitting::plan::TextKind;
use crate::sitting::window::{Scope as Place, Window};
use crate::store::Db;
use crate::texts::Lang;
use crate::words::codes::{CampusCode, SubjectCode};
use crate::words::fen::Fen;
use crate::words::subject::Mode;
use crate::words::time::Time;

fn code() -> SittingCode {
    SittingCode::parse("2017-2").unwrap()
}

fn at(text: &str) -> Time {
    Time::parse_local(text).unwrap()
}

fn by(account: &str, person: &str, role: Role, scope: &str) -> By {
    By::Staff {
        account: account.to_owned(),
        person: person.to_owned(),
        role,
        scope: Scope::parse(scope).unwrap(),
        address: String::new(),
    }
}

fn nation() -> By {
    by("wu", "p1", Role::National, "")
}

fn policy() -> Policy {
    Policy { two_people: TwoPeople::ALL.into_iter().collect() }
}

async fn world(db: &Db, publish: bool) {
    let file = parse(SAMPLE, |_| Ok("# 协议".to_owned())).unwrap();
    db.write(async move |tx| import(tx, &file, publish).await).await.unwrap();
}

fn web(wanted: Vec<Wanted>) -> Proposal {
    Proposal {
        sitting: code(),
        origin: "web",
        wanted,
        reason: "because".to_owned(),
        undoes: None,
        from: None,
        seen: None,
    }
}

async fn change(db: &Db, by: By, wanted: Vec<Wanted>) -> Result<Made, Vec<ChangeRefusal>> {
    let done = db.write(async move |tx| make(tx, &by, &policy(), &web(wanted.clone())).await);
    done.await.map_err(|stop| match stop {
        Stop::Refused(refusals) => refusals,
        Stop::Fault(fault) => panic!("{fault}"),
    })
}

async fn decide(db: &Db, by: By, id: i64) -> Result<(), Vec<ChangeRefusal>> {
    let done = db.write(async move |tx| approve(tx, &by, &policy(), id).await);
    done.await.map_err(|stop| match stop {
        Stop::Refused(refusals) => refusals,
        Stop::Fault(fault) => panic!("{fault}"),
    })
}

async fn take_back(db: &Db, by: By, id: i64) -> Result<Made, Vec<ChangeRefusal>> {
    let done = db.write(async move |tx| undo(tx, &by, &policy(), id, "wrong").await);
    done.await.map_err(|stop| match stop {
        Stop::Refused(refusals) => refusals,
        Stop::Fault(fault) => panic!("{fault}"),
    })
}

async fn plan(db: &Db) -> Plan {
    db.read(async |tx: &mut Tx<'_>| sittings::load_one(tx, &code()).await).await.unwrap().unwrap()
}

async fn sound(db: &Db) -> Vec<String> {
    crate::change::verify::finding(db).await.unwrap().violations
}

fn pool(capacity: i64) -> Wanted {
    (Key::Pool(CampusCode::parse("993010").unwrap(), SubjectCode::CET4), Some(SettingValue::Pool(capacity)))
}

fn fee(fen: i64) -> Wanted {
    (Key::Fee(Place::National, SubjectCode::CET4), Some(SettingValue::Fee(Fen::new(fen).unwrap())))
}

fn fee_of(place: &str, fen: i64) -> Wanted {
    (
        Key::Fee(Place::parse(place).unwrap(), SubjectCode::CET4),
        Some(SettingValue::Fee(Fen::new(fen).unwrap())),
    )
}

fn window(place: &str, to: &str) -> Wanted {
    let window = Window::new(at("2017-09-20 12:00"), at(to)).unwrap();
    (Key::Window(Place::parse(place).unwrap(), Mode::Written), Some(SettingValue::Window(window, None)))
}

on_both! {
    /// I24, R20.
    async fn a_change_takes_effect_at_once_and_is_recorded_with_before_and_after(t: TestDb) {
        world(&t.db, true).await;
        let version = t.db.read(async |tx: &mut Tx<'_>| sittings::version(tx).await).await.unwrap();
        let school = by("wang", "p2", Role::School, "99301");
        let made = change(&t.db, school, vec![pool(5)]).await.unwrap();
        assert!(matches!(made, Made::Done(_)));
        let lines = t.db.read(async move |tx: &mut Tx<'_>| stored_lines(tx, made.id()).await).await.unwrap();
        let (key, after) = pool(5);
        assert_eq!(lines, [Line { key, before: Some(SettingValue::Pool(2)), after }]);
        let told = crate::audit::testing::told_of(&t.db, "change-made").await.unwrap();
        assert_eq!(told.last().unwrap(), "sitting=2017-2 place=993010; Capacity 993010 1: 2 → 5");
        assert_eq!(t.db.read(async |tx: &mut Tx<'_>| sittings::version(tx).await).await.unwrap(), version + 1);
        assert_eq!(sound(&t.db).await, [""; 0]);
        assert_eq!(change(&t.db, nation(), vec![pool(5)]).await, Err(vec![ChangeRefusal::Nothing]));
    }

    /// I24.
    async fn a_setting_that_was_changed_beside_the_verbs_is_found(t: TestDb) {
        world(&t.db, true).await;
        assert_eq!(sound(&t.db).await, [""; 0]);
        t.db.write(async |tx: &mut Tx<'_>| tx.execute("UPDATE fee SET amount = 3 WHERE subject = '1'", &[]).await).await.unwrap();
        t.db.write(async |tx: &mut Tx<'_>| tx.execute("DELETE FROM notice", &[]).await).await.unwrap();
        assert_eq!(sound(&t.db).await, ["sitting 2017-2: fee  1", "sitting 2017-2: notice 99"]);
    }

    /// R20.
    async fn nobody_changes_what_is_not_theirs(t: TestDb) {
        world(&t.db, true).await;
        let other = by("li", "p3", Role::School, "99101");
        assert_eq!(change(&t.db, other, vec![pool(5)]).await, Err(vec![ChangeRefusal::NotFound]));
        let school = by("wang", "p2", Role::School, "99301");
        assert_eq!(change(&t.db, school, vec![pool(5), fee(2)]).await, Err(vec![ChangeRefusal::NotFound]), "not even in part");
        assert_eq!(plan(&t.db).await.fee_of(Place::National, SubjectCode::CET4), Fen::new(1).ok());
    }

    /// R21.
    async fn a_fee_of_a_published_sitting_waits_for_another_person_of_the_same_or_a_wider_scope(t: TestDb) {
        world(&t.db, true).await;
        let Made::Asked(id) = change(&t.db, nation(), vec![fee(2)]).await.unwrap() else { panic!("it took effect") };
        let now = async || plan(&t.db).await.fee_of(Place::National, SubjectCode::CET4);
        assert_eq!(now().await, Fen::new(1).ok());
        let same = by("wu-2", "p1", Role::National, "");
        assert_eq!(decide(&t.db, same, id).await, Err(vec![ChangeRefusal::SamePerson]), "two accounts of one person");
        let province = by("he", "p4", Role::Province, "99");
        assert_eq!(decide(&t.db, province, id).await, Err(vec![ChangeRefusal::NotFound]));
        let second = by("zhao", "p5", Role::National, "");
        decide(&t.db, second.clone(), id).await.unwrap();
        assert_eq!(now().await, Fen::new(2).ok());
        decide(&t.db, second, id).await.unwrap();
        let third = by("qian", "p6", Role::National, "");
        assert_eq!(decide(&t.db, third, id).await, Err(vec![ChangeRefusal::Over]));
        assert_eq!(sound(&t.db).await, [""; 0]);
    }

    /// R21.
    async fn a_higher_place_approves_what_only_the_place_itself_may_ask_and_no_other_role_decides(t: TestDb) {
        world(&t.db, true).await;
        let on = LimitOn::Windows(Mode::Written);
        let limit = SettingValue::Limit(Limit::Span(None, Some(at("2017-11-01 00:00"))));
        let key = Key::Limit(Place::parse("99").unwrap(), on);
        let province = by("he", "p4", Role::Province, "99");
        assert_eq!(change(&t.db, nation(), vec![(key, Some(limit.clone()))]).await, Err(vec![ChangeRefusal::NotFound]));
        let Made::Asked(id) = change(&t.db, province, vec![(key, Some(limit))]).await.unwrap() else { panic!("it took effect") };
        let finance = || by("qian", "p6", Role::Finance, "");
        assert_eq!(decide(&t.db, finance(), id).await, Err(vec![ChangeRefusal::NotFound]));
        let refused = t.db.write(async move |tx| refuse(tx, &finance(), id).await).await;
        assert!(matches!(refused, Err(Stop::Refused(refusals)) if refusals == [ChangeRefusal::NotFound]));
        decide(&t.db, nation(), id).await.unwrap();
        assert!(plan(&t.db).await.limit(Place::parse("99").unwrap(), on).is_some());
    }

    /// R20, R21.
    async fn what_whoever_asked_may_no_longer_change_is_not_approved(t: TestDb) {
        world(&t.db, false).await;
        let head = |allowed| {
            let head = crate::sitting::store::write::Head {
                name: "x".to_owned(), name_en: "x".to_owned(), year: 2017, half: 2, ask_student_number: false, province_fees: allowed,
            };
            vec![(Key::Sitting, Some(SettingValue::Sitting(head)))]
        };
        change(&t.db, nation(), head(true)).await.unwrap();
        let publish = vec![(Key::State, Some(SettingValue::State(S::Published)))];
        let second = || by("zhao", "p5", Role::National, "");
        let published = change(&t.db, nation(), publish).await.unwrap();
        decide(&t.db, second(), published.id()).await.unwrap();
        let asked = change(&t.db, by("he", "p4", Role::Province, "99"), vec![fee_of("99301", 5)]).await.unwrap();
        change(&t.db, nation(), head(false)).await.unwrap();
        assert_eq!(decide(&t.db, second(), asked.id()).await, Err(vec![ChangeRefusal::NotFound]));
        assert_eq!(plan(&t.db).await.fee_of(Place::parse("99301").unwrap(), SubjectCode::CET4), None);
    }

    /// R21.
    async fn a_change_that_waited_seven_days_lapses(t: TestDb) {
        world(&t.db, true).await;
        let Made::Asked(id) = change(&t.db, nation(), vec![fee(2)]).await.unwrap() else { panic!("it took effect") };
        let now = t.db.read(async |tx: &mut Tx<'_>| tx.now().await).await.unwrap();
        t.clock.set(now.plus(LIFE));
        let second = by("zhao", "p5", Role::National, "");
        assert_eq!(decide(&t.db, second, id).await, Err(vec![ChangeRefusal::Over]));
    }

    /// R21.
    async fn what_was_asked_is_approved_only_as_it_was_asked(t: TestDb) {
        world(&t.db, true).await;
        let second = || by("zhao", "p5", Role::National, "");
        let Made::Asked(id) = change(&t.db, nation(), vec![fee(2)]).await.unwrap() else { panic!("it took effect") };
        t.db.write(async move |tx: &mut Tx<'_>| {
            let sql = "UPDATE setting_change_line SET value_after = '{\"fee\":\"9.00\"}' WHERE change_id = $1";
            tx.execute(sql, params![id]).await
        }).await.unwrap();
        assert_eq!(decide(&t.db, second(), id).await, Err(vec![ChangeRefusal::Tampered]));
        let first = change(&t.db, nation(), vec![fee(3)]).await.unwrap().id();
        let other = change(&t.db, nation(), vec![fee(4)]).await.unwrap().id();
        decide(&t.db, second(), first).await.unwrap();
        let refused = decide(&t.db, second(), other).await.unwrap_err();
        assert!(matches!(&refused[..], [ChangeRefusal::Meanwhile(_)]), "{refused:?}");
    }

    /// R19.
    async fn nobody_overwrites_unseen(t: TestDb) {
        world(&t.db, false).await;
        let seen = t.db.read(async |tx: &mut Tx<'_>| sittings::version(tx).await).await.unwrap();
        change(&t.db, nation(), vec![fee_of("99301", 7)]).await.unwrap();
        let with = move |wanted| Proposal { seen: Some(seen), ..web(wanted) };
        let other = t.db.write(async move |tx| make(tx, &nation(), &policy(), &with(vec![pool(4)])).await).await;
        assert!(other.is_ok(), "only what the form changes is compared");
        let done = t.db.write(async move |tx| make(tx, &nation(), &policy(), &with(vec![pool(6)])).await).await;
        let Err(Stop::Refused(refused)) = done else { panic!("it was overwritten") };
        assert!(matches!(&refused[..], [ChangeRefusal::Meanwhile(lines)] if lines[0].before == Some(SettingValue::Pool(4))), "{refused:?}");
        let again = t.db.write(async move |tx| make(tx, &nation(), &policy(), &with(vec![pool(4)])).await).await;
        assert!(matches!(again, Err(Stop::Refused(refused)) if refused == [ChangeRefusal::Nothing]), "a repeat finds its own value");
    }

    async fn a_change_is_undone_as_long_as_its_settings_stand(t: TestDb) {
        world(&t.db, true).await;
        let first = change(&t.db, nation(), vec![window("99301", "2017-10-11 17:00"), pool(5)]).await.unwrap();
        let undone = take_back(&t.db, nation(), first.id()).await.unwrap();
        let Made::Asked(id) = undone else { panic!("the school's window would close earlier again") };
        decide(&t.db, by("zhao", "p5", Role::National, ""), id).await.unwrap();
        assert_eq!(plan(&t.db).await.window_of(Place::parse("99301").unwrap(), Mode::Written), None);
        assert_eq!(sound(&t.db).await, [""; 0]);
        let second = change(&t.db, nation(), vec![pool(7)]).await.unwrap();
        change(&t.db, nation(), vec![pool(8)]).await.unwrap();
        assert_eq!(take_back(&t.db, nation(), second.id()).await, Err(vec![ChangeRefusal::UndoImpossible(vec![pool(0).0])]));
        let by_whom = t.db.read(async move |tx: &mut Tx<'_>| store::undone_by(tx, first.id()).await).await.unwrap();
        assert_eq!(by_whom, Some(id));
    }

    /// R15, R22.
    async fn every_reason_against_a_change_is_told_at_once(t: TestDb) {
        world(&t.db, false).await;
        t.db.write(async |tx: &mut Tx<'_>| tx.execute("UPDATE seat_pool SET taken = 2", &[]).await).await.unwrap();
        let limit = Limit::Span(None, Some(at("2017-10-05 17:00")));
        let on = LimitOn::Windows(Mode::Written);
        change(&t.db, nation(), vec![(Key::Limit(Place::National, on), Some(SettingValue::Limit(limit)))]).await.unwrap();
        let unknown = Key::Fee(Place::parse("98301").unwrap(), SubjectCode::CET4);
        let wanted = vec![
            pool(1),
            window("99301", "2017-10-06 17:00"),
            window("", "2018-01-01 00:00"),
            (unknown, Some(SettingValue::Fee(Fen::new(5).unwrap()))),
        ];
        let refused = change(&t.db, nation(), wanted).await.unwrap_err();
        let mut codes: Vec<_> = refused.iter().map(ChangeRefusal::code).collect();
        codes.sort_unstable();
        assert_eq!(codes, ["below-taken", "date-order", "outside-limits", "place-unknown"]);
        assert_eq!(sound(&t.db).await, [""; 0]);
    }

    /// season.md 1.
    async fn nobody_is_arranged_with_a_campus_that_is_not_there(t: TestDb) {
        world(&t.db, false).await;
        let place = Place::parse("993010").unwrap();
        let with = |campus: &str| {
            let row = SettingRow { scope: place.to_string(), arrange_as: Some(campus.to_owned()), ..SettingRow::default() };
            vec![(Key::Arrangement(place), Some(SettingValue::Arrangement(Box::new(row))))]
        };
        let refused = change(&t.db, nation(), with("993019")).await;
        assert_eq!(refused, Err(vec![ChangeRefusal::PlaceUnknown(Key::Arrangement(place))]));
        let done = change(&t.db, nation(), with("991010")).await;
        assert!(matches!(done, Ok(Made::Done(_))), "{done:?}");
    }

    /// T1.
    async fn candidates_are_arranged_with_another_schools_campus_by_whoever_is_responsible_for_both(t: TestDb) {
        world(&t.db, false).await;
        let place = Place::parse("993010").unwrap();
        let key = Key::Arrangement(place);
        let with = |campus: Option<&str>, size: Option<i64>| {
            let row = SettingRow {
                scope: place.to_string(), arrange_as: campus.map(str::to_owned), room_size: size, ..SettingRow::default()
            };
            vec![(key, Some(SettingValue::Arrangement(Box::new(row))))]
        };
        let school = || by("li", "p2", Role::School, "99301");
        let refused = change(&t.db, school(), with(Some("991010"), None)).await;
        assert_eq!(refused, Err(vec![ChangeRefusal::CampusElsewhere(key)]));
        let province = by("qian", "p3", Role::Province, "99");
        let Ok(Made::Done(sent)) = change(&t.db, province.clone(), with(Some("991010"), None)).await else { panic!() };
        // What the province laid down stays where the school sets something else.
        assert!(matches!(change(&t.db, school(), with(Some("991010"), Some(40))).await, Ok(Made::Done(_))));
        assert!(matches!(change(&t.db, school(), with(None, Some(40))).await, Ok(Made::Done(_))));
        let back = change(&t.db, school(), with(Some("991010"), Some(40))).await;
        assert_eq!(back, Err(vec![ChangeRefusal::CampusElsewhere(key)]));
        assert!(take_back(&t.db, province, sent).await.is_err(), "the school's own setting stands by now");
    }

    /// R23.
    async fn a_sitting_goes_from_draft_to_archive_and_back_only_as_its_states_allow(t: TestDb) {
        world(&t.db, false).await;
        let second = || by("zhao", "p5", Role::National, "");
        let to = |state| vec![(Key::State, Some(SettingValue::State(state)))];
        let refused = change(&t.db, nation(), to(S::Closed)).await;
        assert_eq!(refused, Err(vec![ChangeRefusal::State(S::Draft)]));
        let id = change(&t.db, nation(), to(S::Published)).await.unwrap().id();
        decide(&t.db, second(), id).await.unwrap();
        assert_eq!(plan(&t.db).await.state, S::Published);
        assert_eq!(change(&t.db, nation(), to(S::Closed)).await, Err(vec![ChangeRefusal::NotOver]));
        let id = change(&t.db, nation(), to(S::Draft)).await.unwrap().id();
        decide(&t.db, second(), id).await.unwrap();
        let id = change(&t.db, nation(), to(S::Published)).await.unwrap().id();
        decide(&t.db, second(), id).await.unwrap();
        t.clock.set(at("2017-12-16 11:20"));
        change(&t.db, nation(), to(S::Closed)).await.unwrap();
        assert_eq!(change(&t.db, nation(), vec![pool(5)]).await, Err(vec![ChangeRefusal::State(S::Closed)]));
        change(&t.db, nation(), to(S::Archived)).await.unwrap();
        assert_eq!(sound(&t.db).await, [""; 0]);
    }

    /// R23.
    async fn publishing_names_what_is_missing(t: TestDb) {
        let head = crate::sitting::store::write::Head {
            name: "x".to_owned(), name_en: String::new(), year: 2017, half: 2,
            ask_student_number: false, province_fees: false,
        };
        let wanted = vec![
            (Key::Sitting, Some(SettingValue::Sitting(head))),
            (Key::State, Some(SettingValue::State(SittingState::Draft))),
        ];
        assert!(matches!(change(&t.db, nation(), wanted).await, Ok(Made::Done(_))), "a draft needs one person");
        let publish = vec![(Key::State, Some(SettingValue::State(SittingState::Published)))];
        let refused = change(&t.db, nation(), publish).await.unwrap_err();
        assert_eq!(refused, [ChangeRefusal::Missing(vec![M::Subject, M::Window, M::Pool, M::Agreement])]);
    }

    async fn a_new_text_is_a_new_version_and_undoing_it_another(t: TestDb) {
        world(&t.db, false).await;
        let key = Key::Text(TextKind::Agreement, Lang::Zh);
        let made = change(&t.db, nation(), vec![(key, Some(SettingValue::Text("two".to_owned())))]).await.unwrap();
        take_back(&t.db, nation(), made.id()).await.unwrap();
        let text = plan(&t.db).await.own_text(TextKind::Agreement, Lang::Zh).cloned().unwrap();
        assert_eq!((text.version, &*text.body), (3, "# 协议"));
        assert_eq!(sound(&t.db).await, [""; 0]);
    }

    /// I24.
    async fn settings_from_before_changes_were_recorded_are_found_once(t: TestDb) {
        world(&t.db, true).await;
        for table in ["setting_change_line", "setting_change"] {
            let sql = format!("DELETE FROM {table}");
            t.db.write(async move |tx: &mut Tx<'_>| tx.execute(&sql, &[]).await).await.unwrap();
        }
        assert!(!sound(&t.db).await.is_empty());
        let found = async || t.db.write(async |tx: &mut Tx<'_>| crate::change::found::record(tx).await).await.unwrap();
        assert_eq!(found().await, 1);
        assert_eq!(sound(&t.db).await, [""; 0]);
        assert_eq!(found().await, 0);
    }
}
