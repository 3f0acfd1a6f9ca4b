//! Mails that come too late: what makes each kind stale, and what is said then.

use super::mails::context;
use super::*;
use crate::message::late::{afterwards, ends};
use crate::outbox::delivery::Delivery;
use crate::outbox::jobs::send_due;
use crate::outbox::store::mailbox;
use crate::words::time::Time;
use jiff::SignedDuration;

/// What ends the words of a kind of mail, and what becomes of it then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Late {
    /// It tells of what happened: never.
    Stays,
    /// The time to pay, or to enter a subject: it is left out.
    LeftOut,
    /// The time to pay, or the exam: it says something else.
    SaysElse,
}

const TABLE: [(Kind, Late); 21] = [
    (Kind::Saved, Late::LeftOut),
    (Kind::Entered, Late::LeftOut),
    (Kind::Paid, Late::Stays),
    (Kind::Reminder, Late::LeftOut),
    (Kind::Expired, Late::Stays),
    (Kind::Cancelled, Late::Stays),
    (Kind::Released, Late::Stays),
    (Kind::ReviewDecided, Late::Stays),
    (Kind::ReportAnswered, Late::Stays),
    (Kind::DisputeOpened, Late::Stays),
    (Kind::DisputeReceived, Late::Stays),
    (Kind::DisputeEnded, Late::SaysElse),
    (Kind::Seated, Late::LeftOut),
    (Kind::SeatChanged, Late::SaysElse),
    (Kind::RefundDue, Late::Stays),
    (Kind::RefundDone, Late::Stays),
    (Kind::RefundRefused, Late::Stays),
    (Kind::SettingChanged, Late::SaysElse),
    (Kind::StandbyGiven, Late::SaysElse),
    (Kind::StandbyEnded, Late::Stays),
    (Kind::FromStaff, Late::Stays),
];

/// Whether a sample asks for something until a time: what the school entered, and a dispute without entries, do not.
fn asks(facts: &Facts) -> bool {
    match facts {
        Facts::Saved { entered, .. } => entered.is_empty(),
        Facts::DisputeEnded { until, .. } => until.is_some(),
        _ => true,
    }
}

/// I20: what can't be switched off is never left out.
#[test]
fn each_kind_of_mail_is_true_left_out_or_says_what_is_true_when_it_comes_late() {
    assert_eq!(TABLE.map(|(kind, _)| kind), Kind::ALL);
    for (facts, _) in samples() {
        let (kind, late) = TABLE.into_iter().find(|(kind, _)| *kind == facts.kind()).unwrap();
        let end = ends(&facts);
        assert_eq!(end.is_some(), late != Late::Stays && asks(&facts), "{facts:?}");
        assert!(kind.is_optional() || late != Late::LeftOut, "{kind:?}");
        // What is to be paid ends with its deadline, all else with what it is about.
        let is_paid =
            matches!(kind, Kind::Entered | Kind::Reminder | Kind::StandbyGiven | Kind::DisputeEnded);
        let minutes = if is_paid { 10 } else { 0 };
        let expected = Time::from_micros(NOON.micros()).minus(SignedDuration::from_mins(minutes));
        assert!(end.is_none_or(|end| end == expected), "{facts:?}: {end:?}");
        for lang in [Lang::Zh, Lang::En] {
            let written = Some("看过 CET4 成绩单").filter(|_| says_why(&facts));
            let (now, then) = (composed(&facts, lang), afterwards(&facts, written, texts(lang)));
            assert_eq!(then.is_none(), late == Late::LeftOut, "{facts:?}");
            let Some(then) = then else { continue };
            assert_eq!(then == now, late == Late::Stays || !asks(&facts), "{lang:?} {facts:?}");
            let all = format!("{}\n{}", then.title, then.paragraphs.join("\n"));
            assert!(!all.contains("{ $") && !all.contains("message-") && !all.contains("entry-"), "{all}");
            if late == Late::SaysElse && asks(&facts) {
                for asked in ["请在", "请重新打印", "Pay by", "print them again"] {
                    assert!(!all.contains(asked), "{asked}: {all}");
                }
            }
        }
    }
}

#[test]
fn a_seat_is_told_of_until_the_last_of_its_exams_begins_and_for_ever_where_one_is_not_set() {
    let at = |begins| Seat { begins, ..seat(0) };
    let noon = NOON.micros();
    for (seats, end) in [
        (vec![at(Some(noon)), at(Some(noon + 5))], Some(noon + 5)),
        (vec![at(Some(noon)), at(None)], None),
        (Vec::new(), None),
    ] {
        assert_eq!(ends(&Facts::Seated { seats }).map(Time::micros), end);
    }
}

/// Told at noon of what ends within the hour.
async fn told(world: &World) {
    let who = world.passport(1, "zh").await;
    let until = world.now().plus(SignedDuration::from_mins(60)).micros();
    let told: Result<(), DbError> = world
        .t
        .db
        .write(async move |tx: &mut Tx<'_>| {
            let lines = vec![written()];
            tell(tx, who, "1", &Facts::Entered { lines: lines.clone(), until, by_school: false }).await?;
            tell(tx, who, "2", &Facts::Reminder { lines: lines.clone(), until }).await?;
            tell(tx, who, "3", &Facts::StandbyGiven { lines: lines.clone(), until }).await?;
            tell(tx, who, "4", &Facts::Cancelled { lines }).await
        })
        .await;
    told.unwrap();
}

/// The subjects of the mails that came, and what is broken then.
async fn came(world: &World) -> (Vec<String>, Vec<&'static str>) {
    while send_due(&world.t.db, &context(world).vault, &Delivery::Mailbox).await.unwrap().done > 0 {}
    let mails = world.t.db.read(async |tx: &mut Tx<'_>| mailbox(tx, 9).await).await.unwrap();
    let found = crate::verify::run(&world.t.db, &world.catalogue).await.unwrap();
    let broken = found.into_iter().filter(|one| !one.violations.is_empty()).map(|one| one.says).collect();
    let mut subjects: Vec<String> = mails.into_iter().map(|mail| mail.subject).collect();
    subjects.sort();
    (subjects, broken)
}

on_both! {
    async fn a_mail_that_is_sent_in_time_says_until_when(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        told(&world).await;
        jobs::mail_owed(&context(&world)).await.unwrap();
        world.advance(SignedDuration::from_mins(49));
        let (subjects, broken) = came(&world).await;
        assert_eq!(subjects.len(), 4, "{subjects:?}");
        assert!(subjects.iter().filter(|subject| subject.contains("前支付")).count() == 3 && broken.is_empty(), "{subjects:?} {broken:?}");
    }

    /// F12: the mail server was away.
    async fn a_mail_that_waited_in_the_outbox_beyond_its_end_is_left_out_or_says_what_is_true(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        told(&world).await;
        jobs::mail_owed(&context(&world)).await.unwrap();
        assert_eq!(world.count("SELECT COUNT(*) FROM outbox WHERE try_at IS NOT NULL").await, 4);
        world.advance(SignedDuration::from_mins(50));
        let (subjects, broken) = came(&world).await;
        assert_eq!(subjects, ["候补的考位：支付时间已过", "已取消报考"]);
        assert_eq!(broken, Vec::<&str>::new());
        // What was left out is not sent, and waits no more.
        assert_eq!(world.count("SELECT COUNT(*) FROM outbox WHERE sent_at IS NULL AND try_at IS NULL").await, 2);
        assert_eq!(world.count("SELECT COUNT(*) FROM outbox WHERE try_at IS NOT NULL OR LENGTH(sealed) > 0").await, 0);
        assert_eq!(world.count("SELECT COUNT(*) FROM message").await, 4, "its page keeps all of it");
    }

    /// The job of messages was away.
    async fn a_mail_that_is_made_after_its_end_is_not_made_or_says_what_is_true(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        told(&world).await;
        world.advance(SignedDuration::from_mins(50));
        assert_eq!(jobs::mail_owed(&context(&world)).await.unwrap().done, 4);
        assert_eq!(world.count("SELECT COUNT(*) FROM outbox").await, 2);
        assert_eq!(came(&world).await, (vec!["候补的考位：支付时间已过".to_owned(), "已取消报考".to_owned()], Vec::new()));
        assert_eq!(world.count("SELECT COUNT(*) FROM message WHERE mail_at IS NOT NULL").await, 0);
    }
}
