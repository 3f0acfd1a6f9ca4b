//! From payment to printing, with a browser without JavaScript.

use std::sync::Arc;

use ticket_pdf::{Content, SigningKey};

use crate::registration::pages::tests::{bound, enrolled, refused};
use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_base::store::DbError;
use cet_base::words::ids::PassportId;
use cet_base::words::time::Time;
use cet_domain::arrangement::whole::{self, Outcome, Task};
use cet_domain::audit::Actor;
use cet_domain::entry;
use cet_domain::registration::verbs::of_passport;
use cet_domain::roster;
use cet_domain::testing::{File, HEAD};
use cet_domain::testing::{JPEG, archive};
use cet_domain::ticket::photo;

pub(crate) fn mark(answer: &Answer, name: &str) -> Vec<String> {
    let start = format!(" {name}=\"");
    answer.text.split(&start).skip(1).filter_map(|part| part.split('"').next()).map(str::to_owned).collect()
}

pub(crate) fn clock(app: &TestApp, now: &str) {
    app.t.clock.set(Time::parse_local(now).unwrap());
}

/// Enters subjects as passport `n` and marks them as paid; returns the ids in the order of the information page.
pub(crate) async fn paid(app: &TestApp, n: i64, written: &[&str], oral: &[&str]) -> Vec<String> {
    let mut browser = bound(app, n).await;
    for (page, subjects) in [("written", written), ("oral", oral)] {
        let fields: Vec<_> = subjects.iter().map(|code| ("subject", *code)).collect();
        if !fields.is_empty() {
            let answer = browser.post(&format!("/registration/{page}"), &fields).await;
            assert_eq!(answer.location(), "/registration", "{:?}", answer.codes());
        }
    }
    let sitting = app.app.catalogue.get().current().unwrap().code.clone();
    let done: Result<(), DbError> = app
        .t
        .db
        .write(async move |tx| {
            let of = of_passport(tx, PassportId(n), &sitting).await?.unwrap();
            let ids: Vec<_> = entry::verbs::entries_of(tx, &of).await?.iter().map(|entry| entry.id).collect();
            let now = tx.now().await?;
            assert!(entry::verbs::mark_paid(tx, of.school, &ids, None, now).await?.is_empty());
            Ok(())
        })
        .await;
    done.unwrap();
    mark(&browser.get("/registration").await, "data-entry")
}

/// Draws and publishes everything, one day after registration has closed.
pub(crate) async fn publish(app: &TestApp) {
    clock(app, "2017-10-01 12:00");
    app.app.catalogue.refresh(&app.app.db).await.unwrap();
    let plan = Arc::clone(app.app.catalogue.get().current().unwrap());
    let task = Task::Arrange { seed: 7, publish: true, actor: Actor::Command("arrange") };
    let all = whole::run(&app.t.db, &plan, None, &task, Arc::new(|_, _| ())).await.unwrap();
    assert!(all.iter().any(|(_, outcome)| matches!(outcome, Outcome::Published(_))), "{all:?}");
}

async fn at<'a>(app: &'a TestApp, n: i64, now: &str) -> Browser<'a> {
    clock(app, now);
    // A session does not last for weeks, so log in again.
    app.signed_in(n).await
}

async fn photos(app: &TestApp, files: &[(&str, &[u8])]) {
    let (zip, options) = (archive(files), photo::Options::default());
    let stored = photo::import(&app.t.db, &app.app.vault, zip.path(), "2017-2", options, &|_, _, _| {}).await;
    let stored = stored.unwrap();
    assert!(stored.stored && stored.good == files.len(), "{stored:?}");
}

on_both! {
    /// T2.
    async fn th52_a_ticket_prints_from_its_time_to_the_day_of_the_exam(t: TestDb) {
        let app = enrolled(t).await;
        let own = paid(&app, 1, &["1"], &["F"]).await;
        let path = format!("/tickets/{}.pdf", own[0]);
        let mut browser = at(&app, 1, "2017-11-02 09:00").await;
        // Nothing is arranged: being paid and past the printing time is not enough.
        assert_eq!(refused(&browser.get(&path).await), (403, vec!["not-printable"]));
        assert!(!browser.get("/registration").await.text.contains("/tickets/"));
        publish(&app).await;
        let mut browser = at(&app, 1, "2017-11-01 08:59").await;
        for path in [&path, "/tickets.pdf"] {
            let early = browser.get(path).await;
            assert_eq!(refused(&early), (403, vec!["not-printable"]));
            assert!(early.text.contains("2017-11-01 09:00"));
        }
        let page = browser.get("/registration").await;
        assert_eq!(mark(&page, "data-arrangement"), ["arranged", "arranged"]);
        assert!(page.text.contains("准考证号 993010172100101，考场 001，座位 01") && !page.text.contains("/tickets/"));
        assert!(!browser.get("/home").await.text.contains("/tickets.pdf"));
        let mut browser = at(&app, 1, "2017-11-01 09:00").await;
        let page = browser.get("/registration").await;
        assert!(own.iter().all(|id| page.text.contains(&format!("href=\"/tickets/{id}.pdf\""))));
        assert!(browser.get("/home").await.text.contains("href=\"/tickets.pdf\""));
        let ticket = browser.get(&path).await;
        assert_eq!(ticket.status, 200);
        assert!(ticket.bytes.starts_with(b"%PDF-"));
        let header = |name: &str| ticket.headers[name].to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "application/pdf");
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(header("content-disposition"), "attachment; filename=\"ticket-2017-2-1.pdf\"");
        let both = browser.get("/tickets.pdf").await;
        assert!(both.status == 200 && both.bytes.starts_with(b"%PDF-"));
        // After the oral day its ticket is gone; the written one is still there.
        let mut browser = at(&app, 1, "2017-11-19 00:00").await;
        assert_eq!(browser.get(&format!("/tickets/{}.pdf", own[1])).await.status, 403);
        assert_eq!(browser.get(&path).await.status, 200);
        let mut browser = at(&app, 1, "2017-12-16 23:59").await;
        assert_eq!(browser.get(&path).await.status, 200);
        let mut browser = at(&app, 1, "2017-12-17 00:00").await;
        assert_eq!(refused(&browser.get(&path).await), (403, vec!["not-printable"]));
    }

    /// T2, Y5: whoever has kept the address of a ticket is told that its test was ended, and when.
    async fn the_ticket_of_a_test_that_staff_ended_says_so(t: TestDb) {
        let app = enrolled(t).await;
        let own = paid(&app, 1, &["1"], &["F"]).await;
        publish(&app).await;
        let path = format!("/tickets/{}.pdf", own[1]);
        assert_eq!(at(&app, 1, "2017-11-02 09:00").await.get(&path).await.status, 200);
        let end = "UPDATE entry SET state = 'withdrawn', ended_at = 1509588000000000 WHERE subject = 'F'";
        app.t.db.write(async move |tx| tx.execute(end, &[]).await).await.unwrap();
        let told = at(&app, 1, "2017-11-02 10:30").await.get(&path).await;
        assert_eq!(refused(&told), (403, vec!["not-printable"]));
        assert!(told.text.contains("已由工作人员于 2017-11-02 10:00 结束"), "{}", told.text);
        assert_eq!(refused(&at(&app, 2, "2017-11-02 10:30").await.get(&path).await), (404, vec!["not-found"]));
    }

    /// T3.
    async fn a_photo_that_a_school_delivered_stands_on_the_ticket(t: TestDb) {
        let app = enrolled(t).await;
        let own = paid(&app, 1, &["1"], &[]).await;
        publish(&app).await;
        // The printed photo is the re-encoded one.
        let jpeg = cet_domain::ticket::photo::picture::prepare(JPEG).unwrap().jpeg;
        let has_photo = |ticket: &Answer| ticket.bytes.windows(jpeg.len()).any(|part| part == jpeg);
        let mut browser = at(&app, 1, "2017-11-02 09:00").await;
        let path = format!("/tickets/{}.pdf", own[0]);
        assert!(!has_photo(&browser.get(&path).await));
        photos(&app, &[("99301/20160001.jpg", JPEG)]).await;
        let ticket = browser.get(&path).await;
        assert!(ticket.status == 200 && has_photo(&ticket));
        assert!(ticket.bytes.len() <= 120_000);
    }

    /// A11, T3: who takes the consent back gets tickets with an empty frame, until it is given again.
    async fn a_ticket_has_no_photo_while_the_consent_to_it_is_withdrawn(t: TestDb) {
        let app = enrolled(t).await;
        let own = paid(&app, 1, &["1"], &[]).await;
        publish(&app).await;
        photos(&app, &[("99301/20160001.jpg", JPEG)]).await;
        let jpeg = cet_domain::ticket::photo::picture::prepare(JPEG).unwrap().jpeg;
        let mut browser = at(&app, 1, "2017-11-02 09:00").await;
        for (act, printed) in [("withdrawal", false), ("giving", true)] {
            let done = browser.post(&format!("/account/consents/{act}"), &[("consent", "photo")]).await;
            assert_eq!(done.status, 303, "{:?}", done.codes());
            let ticket = browser.get(&format!("/tickets/{}.pdf", own[0])).await;
            assert_eq!(ticket.status, 200);
            assert_eq!(ticket.bytes.windows(jpeg.len()).any(|part| part == jpeg), printed, "{act}");
        }
    }

    async fn two_students_of_one_number_never_print_one_face(t: TestDb) {
        let app = enrolled(t).await;
        let own = paid(&app, 1, &["1"], &[]).await;
        publish(&app).await;
        // Taken with a phone held upright: the sensor's picture is rotated.
        let lying = photo::testing::held(&photo::testing::lying(JPEG), 6);
        photos(&app, &[("99301/20160001.jpg", &lying)]).await;
        let mut browser = at(&app, 1, "2017-11-02 09:00").await;
        let path = format!("/tickets/{}.pdf", own[0]);
        let with = browser.get(&path).await.bytes.len();
        // A mistake in a later file of the school: another student has the same number.
        let row = "学生9,女,澳门身份证,99301000009,99301,993010,本科,4,16,2,化学学院,化学,1,20160001,,1,";
        let file = File::of(format!("{HEAD}\n{row}\n"));
        let watch = Arc::new(|_, _, _| {});
        let vault = Arc::clone(&app.app.vault);
        roster::file::import(&app.t.db, vault, &file.path(), "2017-2", false, watch).await.unwrap();
        let without = browser.get(&path).await;
        assert!(without.status == 200 && without.bytes.len() + 1_000 < with, "{} {with}", without.bytes.len());
    }

    async fn the_chart_goes_on_with_printing_sitting_and_the_end(t: TestDb) {
        let app = enrolled(t).await;
        paid(&app, 1, &["1"], &[]).await;
        publish(&app).await;
        for (now, last) in [
            ("2017-11-01 08:59", ["todo", "todo", "todo"]),
            ("2017-11-01 09:00", ["current", "todo", "todo"]),
            ("2017-12-16 10:00", ["current", "current", "todo"]),
            ("2017-12-16 11:20", ["done", "done", "done"]),
        ] {
            let mut browser = at(&app, 1, now).await;
            assert_eq!(mark(&browser.get("/registration").await, "data-state")[5..], last, "{now}");
        }
    }

    async fn th52_what_is_not_ones_own_is_not_there(t: TestDb) {
        let app = enrolled(t).await;
        let own = paid(&app, 1, &["1"], &[]).await;
        paid(&app, 2, &["1"], &[]).await;
        publish(&app).await;
        let path = format!("/tickets/{}.pdf", own[0]);
        let mut neighbour = at(&app, 2, "2017-11-02 09:00").await;
        for path in [path.as_str(), "/tickets/1.pdf", "/tickets/x.pdf", "/tickets/1", "/tickets/..%2f1.pdf"] {
            assert_eq!(refused(&neighbour.get(path).await), (404, vec!["not-found"]), "{path}");
        }
        let mut stranger = app.signed_in(9).await;
        assert_eq!(refused(&stranger.get(&path).await), (404, vec!["not-found"]));
        assert_eq!(refused(&stranger.get("/tickets.pdf").await), (403, vec!["not-printable"]));
        assert!(app.browser().get(&path).await.location().starts_with("/login?next="));
    }

    async fn an_unpaid_entry_has_no_ticket(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        browser.post("/registration/written", &[("subject", "1")]).await;
        let own = mark(&browser.get("/registration").await, "data-entry");
        let path = format!("/tickets/{}.pdf", own[0]);
        assert_eq!(refused(&browser.get(&path).await), (403, vec!["not-printable"]));
    }

    /// T3.
    async fn a_good_text_is_shown_and_a_changed_one_is_refused(t: TestDb) {
        let app = TestApp::on(t).await;
        let text = app.app.printer.key().unwrap().sign(&content()).unwrap();
        let mut browser = app.browser();
        assert!(browser.get("/verify-ticket").await.text.contains("action=\"/verify-ticket\""));
        let good = browser.post("/verify-ticket", &[("q", &format!(" {text}\r\n"))]).await;
        assert_eq!((good.status.as_u16(), good.codes().len()), (200, 0));
        assert!(good.text.contains("廖晓儿") && good.text.contains("993010171100312"));
        assert_eq!(browser.get(&format!("/verify-ticket?q={text}")).await.text, good.text);
        let changed = text.replacen('.', ".A", 2).replacen(".A", ".", 1);
        let pkcs8 = SigningKey::generate(&ring::rand::SystemRandom::new()).unwrap();
        let other = SigningKey::from_pkcs8("other", &pkcs8).unwrap().sign(&content()).unwrap();
        for bad in [changed.as_str(), &text[..text.len() - 1], other.as_str(), "hello", "<script>"] {
            let answer = browser.post("/verify-ticket", &[("q", bad)]).await;
            assert_eq!(refused(&answer), (422, vec!["field-invalid"]), "{bad}");
            assert!(answer.text.contains("data-field=\"q\"") && !answer.text.contains("廖晓儿"));
            assert!(!answer.text.contains("<script>"));
        }
        let changed = browser.get(&format!("/verify-ticket?q={changed}")).await;
        assert_eq!(refused(&changed), (422, vec!["field-invalid"]));
        assert_eq!(browser.get("/verify-ticket/other.html").await.status, 404);
        let page = browser.get("/verify-ticket/offline.html").await;
        assert!(page.text.contains(&app.app.printer.public_keys()[0].name));
        assert!(page.headers["content-disposition"].to_str().unwrap().starts_with("attachment"));
    }

    async fn a_ticket_that_an_earlier_key_signed_is_still_one_of_ours(t: TestDb) {
        let app = TestApp::on(t).await;
        let pkcs8 = SigningKey::generate(&ring::rand::SystemRandom::new()).unwrap();
        let earlier = SigningKey::from_pkcs8("earlier", &pkcs8).unwrap();
        let text = earlier.sign(&content()).unwrap();
        let mut browser = app.browser();
        assert_eq!(browser.post("/verify-ticket", &[("q", &text)]).await.status, 422);
        // A node records this key when it starts, whether or not it is the first start.
        let keys = [earlier.public().unwrap()];
        cet_domain::ticket::keys::remember(&app.app.db, &keys).await.unwrap();
        cet_domain::ticket::keys::remember(&app.app.db, &keys).await.unwrap();
        let shown = browser.post("/verify-ticket", &[("q", &text)]).await;
        assert!(shown.status == 200 && shown.text.contains("廖晓儿"), "{}", shown.text);
        let offline = browser.get("/verify-ticket/offline.html").await.text;
        assert!(offline.contains("earlier") && offline.contains(&app.app.printer.public_keys()[0].name));
        assert_eq!(cet_domain::ticket::keys::known(&app.app.db).await.unwrap().len(), 2);
    }
}

fn content() -> Content {
    Content {
        ticket_number: "993010171100312".into(),
        name: "廖晓儿".into(),
        document_number: "330101199001010000".into(),
        sitting: "2017年上半年".into(),
        subject: "英语四级笔试".into(),
        starts_at: "2017-06-17 09:00".into(),
        campus: "993010".into(),
        room: "003".into(),
        seat: "12".into(),
    }
}
