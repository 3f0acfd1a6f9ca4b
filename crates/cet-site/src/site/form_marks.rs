//! A form acts only on what it showed (R19): each candidate's form says for whose passport, and for which record, it
//! was made.

use std::path::Path;

use http::Method;

use super::forms::FORMS;
use crate::passport::marks;
use crate::registration::pages::tests::{accept, bound, enrolled, enrolled_in, look_up};
use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_base::params;
use cet_base::store::{DbError, Tx};
use cet_domain::passport::session::{self, Life};

/// The value of a hidden field in the form with this action.
fn mark(page: &Answer, address: &str, name: &str) -> Option<String> {
    let form =
        page.text.split(&format!("action=\"{address}\" method=\"post\"")).nth(1)?.split("</form>").next()?;
    let field = form.split(&format!("name=\"{name}\" value=\"")).nth(1)?;
    field.split('"').next().map(str::to_owned)
}

/// The name of another session of the same passport, on the page that lists them.
pub(super) fn other_session(page: &Answer) -> Option<String> {
    let other = page.text.split("data-session=\"other\"").nth(1)?;
    other.split("/account/sessions/").nth(1)?.split('/').next().map(str::to_owned)
}

fn refused(answer: &Answer, code: &str) -> bool {
    answer.status == 409 && answer.codes().contains(&code)
}

/// Another person logs in on the same computer.
fn hand_over(from: &mut Browser<'_>, to: &Browser<'_>) {
    from.cookies.clone_from(&to.cookies);
}

/// All rows that a candidate's form can write.
async fn written(app: &TestApp) -> Vec<String> {
    let read: Result<_, DbError> = app
        .t
        .db
        .read(async |tx: &mut Tx<'_>| {
            let mut all = Vec::new();
            for sql in [
                "SELECT COUNT(*) FROM audit_log",
                "SELECT COUNT(*) FROM agreement_acceptance",
                "SELECT COUNT(*) FROM consent",
                "SELECT COUNT(*) FROM document_lookup",
                "SELECT COUNT(*) FROM registration",
                "SELECT COUNT(*) FROM entry",
                "SELECT COUNT(*) FROM payment_order",
                "SELECT COUNT(*) FROM eligibility_review WHERE state = 'refused'",
                "SELECT COUNT(*) FROM record_report",
                "SELECT COUNT(*) FROM dispute",
                "SELECT COUNT(*) FROM outbox",
                "SELECT COUNT(*) FROM message",
                "SELECT COUNT(*) FROM passport WHERE optional_mails",
                "SELECT COUNT(*) FROM attempt",
                "SELECT CAST(SUM(taken) AS BIGINT) FROM seat_pool",
            ] {
                let row: (Option<i64>,) = tx.query_one(sql, &[]).await?;
                all.push(format!("{sql}: {:?}", row.0));
            }
            let rows: Vec<(String, String, String)> =
                tx.query("SELECT email, password_hash, name FROM passport ORDER BY id", &[]).await?;
            all.extend(rows.into_iter().map(|row| format!("{row:?}")));
            Ok(all)
        })
        .await;
    read.unwrap()
}

/// Passport `n` has a refused application for a review.
async fn refused_review(app: &TestApp, n: i64) {
    let sealed = app.app.vault.seal("99301000005").unwrap();
    let made: Result<u64, DbError> = app.t.db.write(async move |tx: &mut Tx<'_>| {
        tx.execute(
            "INSERT INTO eligibility_review
                (school, id, sitting, campus, origin, passport_id, document_key, document_kind, document_sealed, name,
                 ticket, state, malicious, submissions, submitted_at, decided_by, decided_at, evidence_sealed)
             SELECT school, $1, sitting, campus, 'candidate', $1, document_key, document_kind, document_sealed, name,
                    '993010151100102', 'refused', FALSE, 1, 0, 'school-99301', 1, $2
               FROM student_record
              WHERE name = '学生5'",
            params![n, sealed],
        ).await?;
        tx.execute(
            "INSERT INTO passport_claim (passport_id, sitting, kind, school, id) VALUES ($1, '2017-2', 'review', '99301', $1)",
            params![n],
        ).await
    }).await;
    assert_eq!(made.unwrap(), 1);
}

async fn looking(app: &TestApp, n: i64) -> Browser<'_> {
    let mut browser = app.signed_in(n).await;
    accept(&mut browser).await;
    assert_eq!(look_up(&mut browser, 5).await.status, 303);
    browser
}

/// Makes a subject full, and puts somebody in its line; returns the place.
pub(super) async fn in_line(app: &TestApp, browser: &mut Browser<'_>, subject: &str, joins: bool) -> String {
    let code = subject.to_owned();
    let full = "UPDATE seat_pool SET capacity = taken WHERE subject = $1";
    app.t.db.write(async move |tx| tx.execute(full, params![code]).await).await.unwrap();
    if !joins {
        return String::new();
    }
    let list = "/registration/waiting-list";
    assert_eq!(browser.post(list, &[("subject", subject)]).await.status, 303);
    let page = browser.get(list).await.text;
    page.split("data-standby=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned()
}

async fn entered(app: &TestApp, n: i64) -> (Browser<'_>, String) {
    let mut browser = bound(app, n).await;
    assert_eq!(browser.post("/registration/written", &[("subject", "1")]).await.status, 303);
    let page = browser.get("/registration").await.text;
    let entry =
        page.split("data-entry=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    (browser, entry)
}

on_both! {
    /// R19.
    async fn each_form_of_one_passport_is_refused_in_the_session_of_another(t: TestDb) {
        let app = enrolled_in(TestApp::with(t, &[TestApp::WECHAT]).await).await;
        for n in [11, 12] {
            refused_review(&app, n).await;
        }
        let mut unbound = [looking(&app, 11).await, looking(&app, 12).await];
        let (mut one, entry) = entered(&app, 1).await;
        let opened = one.post("/payment", &[("gateway", "wechat")]).await;
        let order = opened.location().strip_prefix("/payment/").unwrap().to_owned();
        let (two, _) = entered(&app, 2).await;
        let mut bound = [one, two];
        let place = in_line(&app, &mut bound[0], "2", true).await;
        for form in FORMS {
            let Some(page) = form.signed_in else { continue };
            let is_bound = ["/registration", "/payment"].iter().any(|path| form.address.starts_with(path));
            let [mine, theirs] = if is_bound { &mut bound } else { &mut unbound };
            if page == "/account/sessions" {
                drop(app.signed_in(11).await);
            }
            let own = if page.ends_with("/leaving") { &place } else { &entry };
            let shown = mine.get(&page.replace("{id}", own).replace("{order}", &order)).await;
            let other = other_session(&shown);
            let address = form.address.replace("{id}", other.as_deref().unwrap_or(own));
            let address = address.replace("{order}", &order);
            let version = shown.value("version").unwrap_or_default().to_owned();
            let passport = mark(&shown, &address, "passport");
            let passport = passport.unwrap_or_else(|| panic!("{address} on {page} carries no mark"));
            let mut fields: Vec<(&str, &str)> = form.fields.iter().map(|field| {
                let good = match field.good {
                    "{entry}" => entry.as_str(),
                    "{version}" => version.as_str(),
                    "{command}" => "c1",
                    good => good,
                };
                (field.name, good)
            }).collect();
            fields.push(("passport", &passport));
            let own = mine.cookies.clone();
            hand_over(mine, theirs);
            let before = written(&app).await;
            let answer = mine.post(&address, &fields).await;
            mine.cookies = own;
            assert!(refused(&answer, "passport-changed"), "{address}: {} {:?}", answer.status, answer.codes());
            assert_eq!(written(&app).await, before, "{address}");
            assert!(answer.text.contains("href=\"/login\"") && answer.text.contains("href=\"#main\""), "{address}");
            assert!(answer.text.contains("ca***2@example.cn"), "{address} says who is signed in");
            assert!(!answer.text.contains("13812345678"), "{address} shows what somebody else typed");
            // Its own passport does not get this refusal. Cancelling is skipped, because the following forms need the
            // entry.
            if form.address.ends_with("/cancellation") {
                continue;
            }
            let answer = mine.post(&address, &[("passport", &passport)]).await;
            assert!(!refused(&answer, "passport-changed"), "{address}");
        }
    }

    /// R19.
    async fn of_two_tabs_the_one_that_showed_another_student_binds_nobody(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = app.signed_in(9).await;
        accept(&mut browser).await;
        look_up(&mut browser, 1).await;
        let first = browser.get("/qualification/record").await;
        look_up(&mut browser, 2).await;
        let second = browser.get("/qualification/record").await;
        let address = "/qualification/record";
        let (one, two) = (mark(&first, address, "record").unwrap(), mark(&second, address, "record").unwrap());
        let before = written(&app).await;
        for record in [one.as_str(), "00", "nonsense"] {
            let answer = browser.post(address, &[("checked", "yes"), ("record", record)]).await;
            assert_eq!((answer.status.as_u16(), answer.codes()), (409, vec!["record-changed"]), "{record}");
            assert!(!answer.text.contains("checked required") && !answer.text.contains("value=\"yes\" checked"));
            assert!(answer.text.contains("href=\"/qualification\"") && answer.text.contains("href=\"#main\""));
            // The form that follows is for the record that the session has now.
            assert_eq!(mark(&answer, address, "record").as_ref(), Some(&two));
            let made_for = if record == one { "显示的是学生1，" } else { "显示的是另一名学生，" };
            assert!(answer.text.contains(made_for), "{record}");
        }
        assert_eq!(written(&app).await, before);
        let answer = browser.post(address, &[("checked", "yes"), ("record", &two)]).await;
        assert_eq!(answer.location(), "/registration/written");
        assert!(browser.get("/registration").await.text.contains("学生2"));
    }

    async fn a_form_without_marks_acts_on_what_its_page_showed_last_or_on_anything(t: TestDb) {
        let app = enrolled(t).await;
        let address = "/qualification/record";
        let mut seen = app.signed_in(9).await;
        accept(&mut seen).await;
        look_up(&mut seen, 1).await;
        seen.get(address).await;
        look_up(&mut seen, 2).await;
        let answer = seen.post(address, &[("checked", "yes")]).await;
        assert_eq!((answer.status.as_u16(), answer.codes()), (409, vec!["record-changed"]));
        assert!(answer.text.contains("重新查询学生1"), "who it was is told");
        // The page that was shown again showed the other record.
        assert_eq!(seen.post(address, &[("checked", "yes")]).await.status, 303);
        let mut unseen = app.signed_in(10).await;
        accept(&mut unseen).await;
        look_up(&mut unseen, 3).await;
        look_up(&mut unseen, 4).await;
        assert_eq!(unseen.post(address, &[("checked", "yes")]).await.status, 303, "no page was shown");
        assert!(unseen.get("/registration").await.text.contains("学生4"));
    }

    async fn a_review_is_for_the_student_that_its_page_showed(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = looking(&app, 9).await;
        let page = browser.get("/review").await;
        let record = mark(&page, "/review", "record").unwrap();
        look_up(&mut browser, 6).await;
        let fields = [("ticket_number", "993010151100102"), ("confirmed", "yes"), ("record", &*record)];
        for fields in [&fields[..], &fields[..2]] {
            let before = written(&app).await;
            let answer = browser.post("/review", fields).await;
            assert!(refused(&answer, "record-changed"), "{} {:?}", answer.status, answer.codes());
            assert_eq!(written(&app).await, before);
            look_up(&mut browser, 5).await;
            browser.get("/review").await;
            look_up(&mut browser, 6).await;
        }
        // Saving the same student in another tab does not change the record.
        look_up(&mut browser, 5).await;
        assert_eq!(browser.post("/qualification/record", &[("checked", "yes")]).await.status, 303);
        assert!(!refused(&browser.post("/review", &fields).await, "record-changed"));
    }

    async fn a_registration_that_took_the_place_of_another_is_not_entered_from_its_page(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        let page = browser.get("/registration/written").await;
        let record = mark(&page, "/registration/written", "record").unwrap();
        app.t.clock.set(cet_base::store::testing::NOON.plus(jiff::SignedDuration::from_hours(25)));
        let mut browser = app.signed_in(1).await;
        look_up(&mut browser, 2).await;
        let saved = browser.post("/qualification/record", &[("checked", "yes")]).await;
        assert_eq!(saved.location(), "/registration/written", "{:?}", saved.codes());
        let before = written(&app).await;
        for address in ["/registration/written", "/registration/oral", "/registration/refresh", "/payment"] {
            let answer = browser.post(address, &[("subject", "1"), ("gateway", "alipay"), ("record", &record)]).await;
            assert!(refused(&answer, "record-changed"), "{address} {} {:?}", answer.status, answer.codes());
        }
        assert_eq!(written(&app).await, before);
        assert_eq!(browser.post("/registration/written", &[("subject", "1")]).await.status, 303);
    }

    async fn a_record_that_the_school_corrected_is_checked_again(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = looking(&app, 9).await;
        let page = browser.get("/qualification/record").await;
        let seen = mark(&page, "/qualification/record", "seen").unwrap();
        let done: Result<u64, DbError> = app.t.db.write(async |tx: &mut Tx<'_>| {
            tx.execute("UPDATE student_record SET college = '物理学院' WHERE name = '学生5'", &[]).await
        }).await;
        assert_eq!(done.unwrap(), 1);
        let answer = browser.post("/qualification/record", &[("checked", "yes"), ("seen", &seen)]).await;
        assert_eq!((answer.status.as_u16(), answer.codes()), (409, vec!["record-changed"]));
        let seen = mark(&answer, "/qualification/record", "seen").unwrap();
        let answer = browser.post("/qualification/record", &[("checked", "yes"), ("seen", &seen)]).await;
        assert_eq!(answer.location(), "/registration/written");
    }

    async fn a_doubled_mark_is_refused_and_an_empty_one_is_none(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = looking(&app, 9).await;
        for name in ["passport", "record"] {
            let answer = browser.post("/qualification/record", &[("checked", "yes"), (name, "a"), (name, "a")]).await;
            assert_eq!((answer.status.as_u16(), answer.codes()), (422, vec!["field-invalid"]), "{name}");
            assert!(answer.text.contains(&format!("data-field=\"{name}\"")));
        }
        let fields = [("checked", "yes"), ("passport", ""), ("record", "")];
        assert_eq!(browser.post("/qualification/record", &fields).await.status, 303);
    }

    async fn a_view_of_the_same_record_writes_nothing(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = looking(&app, 9).await;
        let shown = async || {
            let row: Result<(Option<String>,), DbError> = app.t.db.read(async |tx: &mut Tx<'_>| {
                tx.query_one("SELECT record_shown FROM session WHERE looked_up_record IS NOT NULL", &[]).await
            }).await;
            row.unwrap().0
        };
        assert_eq!(shown().await, None);
        browser.get("/qualification/record").await;
        assert!(shown().await.is_some_and(|shown| shown.starts_with("99301-")));
        let (token, life) = (browser.cookies[0].1.clone(), Life::from(&app.app.config.session));
        let session: Result<_, DbError> =
            app.t.db.read(async move |tx: &mut Tx<'_>| session::find(tx, &token, life, None).await).await;
        let session = session.unwrap().unwrap();
        assert_eq!(marks::newly_shown(&Method::GET, "/qualification/record", &session), None);
        assert!(marks::newly_shown(&Method::GET, "/review", &session).is_some());
        assert_eq!(marks::newly_shown(&Method::GET, "/home", &session), None);
    }
}

/// Forms that act for no signed-in person, or that end the session they are sent with.
const FREE: [&str; 15] = [
    "/logout",
    "/login",
    "/register",
    "/recover",
    "/retrieve",
    "/verify-ticket",
    "/staff/login",
    "/staff/logout",
    "/staff/second-factor",
    "/rehearsal/gateway",
    "/rehearsal/gateway/refund",
    "/rehearsal/clock",
    "/rehearsal/waiting",
    // A mailed link's token says for whom it is; the gateway's form leaves the site.
    "{{ page.path }}",
    "{{ form.action }}",
];

#[test]
fn every_other_form_of_the_templates_carries_the_marks() {
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("templates")];
    let mut marked = 0;
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        for form in text.split("<form ").skip(1) {
            let (tag, rest) = form.split_once('>').unwrap();
            let address =
                form.split("action=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default();
            if !tag.contains("method=\"post\"") {
                continue;
            }
            let has = rest.starts_with("{% include \"parts/marks.html\" %}");
            assert!(has || FREE.contains(&address), "{}: {address} carries no marks", path.display());
            marked += usize::from(has);
        }
    }
    assert!(marked > 30, "only {marked}");
}
