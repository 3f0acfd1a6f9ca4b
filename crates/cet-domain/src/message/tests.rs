//! What each message says, in both languages; and that one event is one message, of one passport.

use std::collections::BTreeSet;

use super::facts::{Decided, PaidBy, Rescheduled};
use super::words::{Composed, compose};
use super::*;
use crate::entry::testing::World;
use crate::on_both;
use crate::store::testing::NOON;
use crate::texts::{Lang, texts};

mod late;
mod mails;

fn line(zh: &str, en: &str, fee: i64) -> Line {
    Line { entry: fee, zh: zh.to_owned(), en: en.to_owned(), campus: "测试校区机构001".to_owned(), fee }
}

fn written() -> Line {
    line("英语四级笔试", "CET 4 written", 3000)
}

fn oral() -> Line {
    line("英语四级口试", "CET 4 oral", 5050)
}

fn school_of() -> String {
    "测试学校机构01".to_owned()
}

fn campus_of() -> String {
    "测试校区机构001".to_owned()
}

/// R24.
fn ended(end: DisputeEnd, lines: Vec<Line>, until: Option<i64>) -> Facts {
    Facts::DisputeEnded { end, lines, until }
}

fn seat(session: i64) -> Seat {
    Seat {
        entry: 1,
        zh: "英语四级笔试".to_owned(),
        en: "CET 4 written".to_owned(),
        campus: "测试校区机构001".to_owned(),
        code: "993010".to_owned(),
        session,
        room: 12,
        room_name: "教三-201".to_owned(),
        seat: 7,
        begins: Some(NOON.micros()),
        prints: Some(NOON.micros()),
    }
}

/// Every kind of message, each beside what both of its languages must say: names, sums, times, numbers.
#[expect(clippy::too_many_lines, reason = "one row for each kind")]
fn samples() -> Vec<(Facts, Vec<&'static str>)> {
    let (until, lines) = (NOON.micros(), vec![written(), oral()]);
    let order = PaidBy::Order { number: "99301124938177207600".to_owned(), gateway: "alipay".to_owned() };
    let (school, campus) = ("测试学校机构01".to_owned(), "测试校区机构001".to_owned());
    // What ends a hold at noon is to be paid before.
    let (noon, in_time) = ("2017-09-20 12:00", "2017-09-20 11:50");
    vec![
        (
            Facts::Saved { school: school.clone(), campus: campus.clone(), until, entered: Vec::new() },
            vec!["测试学校机构01", "测试校区机构001", noon, "24"],
        ),
        (
            Facts::Saved { school: school.clone(), campus: campus.clone(), until, entered: lines.clone() },
            vec!["测试学校机构01", "¥30.00", "¥50.50"],
        ),
        (
            Facts::Entered { lines: lines.clone(), until, by_school: false },
            vec!["测试校区机构001", "¥30.00", "¥50.50", "¥80.50", in_time, noon],
        ),
        (
            Facts::Paid { lines: vec![written()], by: order.clone(), unpaid: vec![oral()], late: false },
            vec!["¥30.00", "99301124938177207600", "¥50.50"],
        ),
        (
            Facts::Paid { lines: lines.clone(), by: PaidBy::School, unpaid: Vec::new(), late: true },
            vec!["¥80.50"],
        ),
        (Facts::Reminder { lines: lines.clone(), until }, vec!["¥80.50", in_time, noon]),
        (Facts::Expired { lines: lines.clone(), at: until, released: false }, vec!["¥30.00", noon]),
        (Facts::Expired { lines: lines.clone(), at: until, released: true }, vec!["¥50.50", noon]),
        (Facts::Cancelled { lines }, vec!["¥30.00", "¥50.50"]),
        (Facts::Released { school, campus, saved: until }, vec!["测试学校机构01", noon]),
        (Facts::ReviewDecided { decision: Decided::Refused }, vec!["CET", "看过 CET4 成绩单"]),
        (Facts::ReviewDecided { decision: Decided::Approved }, vec!["CET"]),
        (Facts::ReportAnswered { field: "class".to_owned(), corrected: true }, vec!["看过 CET4 成绩单"]),
        (Facts::ReportAnswered { field: "name".to_owned(), corrected: false }, vec!["看过 CET4 成绩单"]),
        (
            Facts::DisputeOpened { school: school_of(), campus: campus_of(), at: until },
            vec!["测试学校机构01", "测试校区机构001", noon],
        ),
        (
            Facts::DisputeReceived { school: school_of(), campus: campus_of(), at: until },
            vec!["测试学校机构01", "测试校区机构001", noon],
        ),
        (ended(DisputeEnd::LetGo, vec![written()], None), vec!["¥30.00", "看过 CET4 成绩单"]),
        (ended(DisputeEnd::GivenAway, vec![written()], None), vec!["¥30.00"]),
        (ended(DisputeEnd::Stays, Vec::new(), None), vec!["看过 CET4 成绩单"]),
        (ended(DisputeEnd::Free, Vec::new(), None), vec!["看过 CET4 成绩单"]),
        (ended(DisputeEnd::Given, vec![oral()], Some(until)), vec!["¥50.50", in_time]),
        (ended(DisputeEnd::Refused, Vec::new(), None), vec!["看过 CET4 成绩单"]),
        (ended(DisputeEnd::GivenToAnother, Vec::new(), None), vec![]),
        (ended(DisputeEnd::Lapsed, Vec::new(), None), vec![]),
        (Facts::Seated { seats: vec![seat(0)] }, vec!["测试校区机构001", "12", "教三-201", "7", noon]),
        (
            Facts::SeatChanged { seats: vec![seat(3)] },
            vec!["测试校区机构001", "12", "教三-201", "7", "3", noon],
        ),
        (
            Facts::RefundDue {
                number: "9930112".to_owned(),
                amount: 3000,
                reason: "no-seat".to_owned(),
                lines: vec![written()],
                ended: None,
            },
            vec!["9930112", "30.00", "测试校区机构001"],
        ),
        (
            Facts::RefundDone {
                number: "9930112".to_owned(),
                amount: 3000,
                gateway: "payease".to_owned(),
                lines: vec![written()],
            },
            vec!["9930112", "30.00", "测试校区机构001"],
        ),
        (
            Facts::RefundRefused {
                number: "9930112".to_owned(),
                amount: 3000,
                gateway: "alipay".to_owned(),
                unknown: false,
                lines: vec![written()],
            },
            vec!["9930112", "30.00", "测试校区机构001"],
        ),
        (
            Facts::RefundRefused {
                number: "9930112".to_owned(),
                amount: 3000,
                gateway: "payease".to_owned(),
                unknown: true,
                lines: vec![written()],
            },
            vec!["9930112", "30.00", "测试校区机构001"],
        ),
        (
            Facts::SettingChanged {
                what: ["closing", "exam", "fee"].map(str::to_owned).to_vec(),
                lines: vec![Rescheduled {
                    entry: 1,
                    zh: "英语四级笔试".to_owned(),
                    en: "CET 4 written".to_owned(),
                    campus: "测试校区机构001".to_owned(),
                    begins: Some(NOON.micros()),
                    closes: None,
                    fee: 3000,
                }],
            },
            vec!["测试校区机构001", "30.00", noon],
        ),
        (Facts::FromStaff { from: school_of() }, vec!["测试学校机构01", "看过 CET4 成绩单"]),
        (
            Facts::StandbyGiven { lines: vec![written()], until: NOON.micros() },
            vec!["测试校区机构001", "30.00", in_time],
        ),
        (
            Facts::StandbyEnded {
                zh: "英语四级笔试".to_owned(),
                en: "CET 4 written".to_owned(),
                campuses: ["测试校区机构001", "99101-0校区"].map(str::to_owned).to_vec(),
                why: "closed".to_owned(),
            },
            vec!["测试校区机构001", "99101-0校区"],
        ),
    ]
}

/// Y4.
#[test]
fn why_money_goes_back_is_told_by_what_became_of_it() {
    let told = |reason: &str, lang| {
        let (number, reason) = ("9930112".to_owned(), reason.to_owned());
        let facts = Facts::RefundDue { number, amount: 3000, reason, lines: vec![written()], ended: None };
        composed(&facts, lang).paragraphs.join("\n")
    };
    for (reason, zh, en) in [
        ("given-up", "您取消科目时", "when you cancelled"),
        ("given-up-owed", "时间前支付", "that are not paid"),
        ("replaced", "这笔支付单已经关闭", "had been closed"),
        ("no-seat", "考位已满", "no seat was left"),
        ("window-closed", "报名已经结束", "registration had closed"),
        ("not-allowed", "不能再次占位", "could not be entered again"),
        ("exam-cancelled", "不再报考", "no longer entered"),
    ] {
        let (in_zh, in_en) = (told(reason, Lang::Zh), told(reason, Lang::En));
        assert!(in_zh.contains(zh) && in_zh.contains("英语四级笔试"), "{reason}: {in_zh}");
        assert!(in_en.contains(en) && in_en.contains("CET 4 written"), "{reason}: {in_en}");
        assert_eq!(in_zh.contains("考位已满"), reason == "no-seat", "{in_zh}");
        assert_eq!(in_zh.contains("前支付"), reason == "given-up-owed", "{in_zh}");
    }
}

/// What was kept before lines were named is still read.
#[test]
fn a_refund_that_was_told_without_its_subjects_is_still_told() {
    let kept = r#"{"refund-done":{"number":"9930112","amount":3000,"gateway":"alipay"}}"#;
    let facts: Facts = serde_json::from_str(kept).unwrap();
    assert!(composed(&facts, Lang::Zh).paragraphs.join("").contains("30.00"));
}

fn composed(facts: &Facts, lang: Lang) -> Composed {
    compose(facts, Some("看过 CET4 成绩单").filter(|_| says_why(facts)), texts(lang))
}

fn says_why(facts: &Facts) -> bool {
    matches!(
        facts,
        Facts::ReviewDecided { decision: Decided::Refused }
            | Facts::ReportAnswered { .. }
            | Facts::DisputeEnded { .. }
            | Facts::FromStaff { .. }
    )
}

/// A10.
#[test]
fn each_message_says_what_and_how_much_and_until_when_in_both_languages() {
    let kinds: BTreeSet<Kind> = samples().iter().map(|(facts, _)| facts.kind()).collect();
    assert_eq!(kinds.len(), Kind::ALL.len(), "each kind has a sample");
    for (facts, must_say) in samples() {
        for lang in [Lang::Zh, Lang::En] {
            let Composed { title, paragraphs, links } = composed(&facts, lang);
            let all = format!("{title}\n{}", paragraphs.join("\n"));
            for words in &must_say {
                assert!(all.contains(words), "{lang:?} {facts:?} does not say {words}:\n{all}");
            }
            assert!(!links.is_empty() && links.iter().all(|link| link.path.starts_with('/')), "{facts:?}");
            // Nothing is left unfilled, and no key stands where words should.
            assert!(!all.contains("{ $") && !all.contains("message-") && !all.contains("entry-"), "{all}");
            // What staff wrote, and their school's name, are in their own language.
            let own = title.replace("测试学校机构01", "").replace("看过 CET4 成绩单", "");
            let chinese = own.chars().any(|c| !c.is_ascii() && c != '¥');
            assert_eq!(chinese, lang == Lang::Zh, "{title}");
        }
    }
}

/// A10.
#[test]
fn subjects_are_named_in_the_language_of_the_mail() {
    let facts = Facts::Reminder { lines: vec![written()], until: NOON.micros() };
    assert!(composed(&facts, Lang::Zh).paragraphs.concat().contains("英语四级笔试"));
    let english = composed(&facts, Lang::En).paragraphs.concat();
    assert!(english.contains("CET 4 written") && !english.contains("英语"), "{english}");
}

/// Y4.
#[test]
fn a_receipt_says_that_late_money_took_the_seat_again_and_what_is_left_to_pay() {
    let by = PaidBy::School;
    let say = |late, unpaid: Vec<Line>| {
        composed(&Facts::Paid { lines: vec![written()], by: by.clone(), unpaid, late }, Lang::Zh).paragraphs
    };
    assert!(say(true, Vec::new()).contains(&texts(Lang::Zh).m("message-paid-late").to_owned()));
    assert!(!say(false, Vec::new()).contains(&texts(Lang::Zh).m("message-paid-late").to_owned()));
    assert!(say(false, Vec::new()).concat().contains("没有还要您支付的科目"));
    assert!(!say(false, vec![oral()]).concat().contains("没有还要您支付的科目"));
}

#[test]
fn what_is_kept_is_read_again_and_kinds_have_names_of_their_own() {
    for (facts, _) in samples() {
        let text = serde_json::to_string(&facts).unwrap();
        assert_eq!(serde_json::from_str::<Facts>(&text).unwrap(), facts);
    }
    for kind in Kind::ALL {
        assert_eq!(Kind::from_wire(kind.wire()), Some(kind));
    }
    let must: Vec<&str> =
        Kind::ALL.iter().filter(|kind| !kind.is_optional()).map(|kind| kind.wire()).collect();
    assert_eq!(
        must,
        [
            "paid",
            "expired",
            "review-decided",
            "report-answered",
            "dispute-opened",
            "dispute-received",
            "dispute-ended",
            "seat-changed",
            "refund-due",
            "refund-done",
            "refund-refused",
            "setting-changed",
            "standby-given",
            "standby-ended",
            "from-staff"
        ]
    );
    // `verify` names them again, in SQL.
    assert!(must.iter().all(|kind| verify::QUESTIONS[1].sql.contains(&format!("'{kind}'"))));
    assert!(Kind::ALL.iter().all(|kind| verify::QUESTIONS[2].sql.contains(&format!("'{}'", kind.wire()))));
}

on_both! {
    /// A10, I20.
    async fn one_event_is_one_message_however_often_and_on_however_many_nodes(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let (one, two) = (world.passport(1, "zh").await, world.passport(2, "en").await);
        let other = world.t.another_node().await;
        let tell_it = async |db: &crate::store::Db, to: PassportId, event: &'static str| {
            let told = db.write(async move |tx: &mut Tx<'_>| {
                tell(tx, to, event, &Facts::Cancelled { lines: vec![written()] }).await?;
                tell(tx, to, event, &Facts::Cancelled { lines: vec![oral()] }).await
            });
            let told: Result<(), DbError> = told.await;
            told.unwrap();
        };
        tokio::join!(tell_it(&world.t.db, one, "1"), tell_it(&other, one, "1"));
        tell_it(&other, one, "1").await;
        tell_it(&other, two, "2").await;
        assert_eq!(world.told(one).await, [Facts::Cancelled { lines: vec![written()] }]);
        assert_eq!(world.told(two).await.len(), 1);
        // Nobody is told whom there is not.
        tell_it(&world.t.db, PassportId(9), "3").await;
        assert_eq!(world.count("SELECT COUNT(*) FROM message").await, 2);
    }

    /// A10.
    async fn the_mail_of_an_optional_message_is_owed_only_where_it_is_wanted(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let who = world.passport(1, "zh").await;
        world.sql("UPDATE passport SET optional_mails = FALSE").await;
        let told: Result<(), DbError> = world.t.db.write(async move |tx: &mut Tx<'_>| {
            for (place, (facts, _)) in samples().into_iter().enumerate() {
                tell(tx, who, &place.to_string(), &facts).await?;
            }
            Ok(())
        }).await;
        told.unwrap();
        assert_eq!(world.told(who).await.len(), samples().len(), "all of them are kept");
        let owed = world.count("SELECT COUNT(*) FROM message WHERE mail_at IS NOT NULL").await;
        let must = samples().iter().filter(|(facts, _)| !facts.kind().is_optional()).count();
        assert_eq!(usize::try_from(owed).unwrap(), must);
    }

    /// I20.
    async fn a_message_without_its_passport_or_its_mail_and_a_mail_without_its_message_are_found(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let who = world.passport(1, "zh").await;
        let told: Result<(), DbError> = world.t.db.write(async move |tx: &mut Tx<'_>| {
            let facts = Facts::RefundDue { number: "1".to_owned(), amount: 1, reason: "no-seat".to_owned(), lines: Vec::new(), ended: None };
            tell(tx, who, "7", &facts).await
        }).await;
        told.unwrap();
        let broken = async || {
            let found = crate::verify::run(&world.t.db, &world.catalogue).await.unwrap();
            let found = found.into_iter().filter(|one| !one.violations.is_empty());
            found.map(|one| one.says).collect::<Vec<_>>()
        };
        assert_eq!(broken().await, Vec::<&str>::new(), "its mail is owed");
        world.sql("UPDATE message SET mail_at = NULL").await;
        assert_eq!(broken().await, ["each message that must be mailed is owed its mail, or has it"]);
        world.sql("INSERT INTO outbox (school, id, kind, event, lang, sealed, created_at, tries)
                   VALUES ('00000', 1, 'refund-due', '7', 'zh', '', 0, 0)").await;
        assert_eq!(broken().await, Vec::<&str>::new());
        world.sql("UPDATE message SET event = '8', mail_at = 1").await;
        assert_eq!(broken().await, ["each mail of a message has its message"]);
        world.sql("UPDATE message SET event = '7', passport_id = 2").await;
        assert_eq!(broken().await, ["each message belongs to a passport that is there"]);
    }

    /// A7.
    async fn what_a_passport_was_told_goes_along_with_its_registration(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let (old, new) = (world.passport(1, "zh").await, world.passport(2, "zh").await);
        let moved: Result<(), DbError> = world.t.db.write(async move |tx: &mut Tx<'_>| {
            tell(tx, old, "1", &Facts::Cancelled { lines: vec![written()] }).await?;
            store::move_all(tx, old, new).await
        }).await;
        moved.unwrap();
        assert_eq!((world.told(old).await.len(), world.told(new).await.len()), (0, 1));
    }
}
