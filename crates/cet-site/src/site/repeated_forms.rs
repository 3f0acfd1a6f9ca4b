//! Every candidate's form submitted again because its response was lost: same response, and nothing is done twice (O7).
//!
//! The response is lost on the way to the browser (which then sends its old cookies), or on the way from the database:
//! each COMMIT of each form loses its response once (committed or not), and twice, so that the page can only say that
//! the outcome is unknown.

#[path = "tests/books.rs"]
mod books;

use std::sync::Arc;

use jiff::SignedDuration;

use self::books::{HOLDS, books, number};
use super::forms::{FORMS, PASSWORD};
use crate::registration::pages::tests::{accept, look_up};
use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_base::params;
use cet_base::store::testing::{Folder, Lost};
use cet_base::store::{DbError, Tx};
use cet_base::words::ids::PassportId;
use cet_domain::passport::token::{self, Issued, Purpose};
use cet_domain::roster;
use cet_domain::score;
use cet_domain::testing::keys;
use cet_domain::testing::{File, HEAD};

/// Each submission starts a session, looks at someone's data, or requests a new mail (TH6), so each adds a line to the
/// audit log.
const LOGGED_EACH_TIME: [&str; 4] = ["/login", "/qualification", "/recover", "/retrieve"];
/// The session that sent it ended with it (TH10). A client that did not receive the new session must log in again.
const ENDS_THE_SESSION: [(&str, &str); 2] = [
    ("/account/password", "/login?next=%2Faccount%2Fpassword"),
    (CLOSES, "/login?next=%2Faccount%2Fclosing"),
];
/// It ends every session, also that of a client that got the answer.
const CLOSES: &str = "/account/closing";
/// Usable once: a mailed link does not work a second time (TH15, I13), even if the first response was lost.
const ONCE: [&str; 1] = ["/recover/{token}"];
/// Forms that write nothing; the first only when no order is open, those of an order because no gateway answers.
const WRITES_NOTHING: [&str; 4] =
    ["/registration/refresh", "/payment/{order}/code", "/payment/{order}/phone", "/verify-ticket"];

async fn sql(app: &TestApp, sql: &'static str, n: i64) {
    app.t.db.write(async move |tx: &mut Tx<'_>| tx.execute(sql, params![n]).await).await.unwrap();
}

/// A node with a gateway, whose roster has students 1 to 99 listed for CET6, and 100 to 199 who may apply for it.
async fn world(t: cet_base::store::testing::TestDb) -> (TestApp, Folder) {
    let folder = Folder::new();
    let file = |name: &str, text: &str| {
        cet_base::private_file::write(&folder.0.join(name), text.as_bytes()).unwrap();
        folder.0.join(name).display().to_string()
    };
    let (private, public) = (file("app.pem", &keys().app_private), file("alipay.pem", &keys().alipay_public));
    let gateway = format!(
        "{{ endpoint = \"http://127.0.0.1:9/gateway.do\", app_id = \"2021000000000001\", seller_id = \"2088000000000001\", \
         private_key_file = \"{private}\", alipay_public_key_file = \"{public}\" }}"
    );
    let app = TestApp::with(t, &[("CET_GATEWAY__ALIPAY", &gateway), TestApp::WECHAT]).await;
    let student = |n: i64| {
        let listed = if n < 100 { "1;2;3;F;S" } else { "1;3;F" };
        format!(
            "学生{n},女,澳门身份证,9930100000{n},99301,993010,本科,4,16,2,化学学院,化学,1,2016000{n},,{listed},\n"
        )
    };
    let score = |n: i64| format!("{},学生{n},澳门身份证,9930100000{n},1,430,2015年上半年\n", ticket(n));
    let students = File::of(format!("{HEAD}\n{}", (1..200).map(student).collect::<String>()));
    let scores = (100..200).map(score).collect::<String>();
    let scores = File::of(format!("准考证号,姓名,证件类型,证件号码,科目,成绩,考次\n{scores}"));
    let (db, vault) = (&app.app.db, Arc::clone(&app.app.vault));
    let quiet = || Arc::new(|_, _, _| {});
    roster::file::import(db, Arc::clone(&vault), &students.path(), "2017-2", false, quiet()).await.unwrap();
    score::file::import(db, vault, &scores.path(), false, quiet()).await.unwrap();
    sql(&app, "UPDATE seat_pool SET capacity = $1", 100).await;
    (app, folder)
}

fn ticket(n: i64) -> String {
    format!("993010151{}{:05}", 1, n)
}

/// A filled-in form, and its sender.
struct Sent<'a> {
    browser: Browser<'a>,
    path: String,
    fields: Vec<(&'static str, String)>,
}

impl Sent<'_> {
    async fn post(&mut self) -> Answer {
        let fields: Vec<_> = self.fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.browser.post(&self.path, &fields).await
    }
}

fn email(n: i64) -> String {
    format!("own{n}@example.cn")
}

async fn register(app: &TestApp, n: i64) {
    let mut browser = app.browser();
    browser.address = network(n);
    let fields = [("email", &*email(n)), ("password", PASSWORD), ("password_again", PASSWORD)];
    assert_eq!(browser.post("/register", &fields).await.status, 303);
}

fn network(n: i64) -> std::net::SocketAddr {
    ([10, 1, 0, u8::try_from(n).unwrap()], 40_000).into()
}

async fn looked_up(app: &TestApp, n: i64) -> Browser<'_> {
    let mut browser = app.signed_in(n).await;
    accept(&mut browser).await;
    assert_eq!(look_up(&mut browser, n).await.location(), "/qualification/record");
    browser
}

async fn entered<'a>(app: &'a TestApp, n: i64, subjects: &[&str]) -> (Browser<'a>, String) {
    let mut browser = looked_up(app, n).await;
    assert_eq!(browser.post("/qualification/record", &[("checked", "yes")]).await.status, 303);
    for subject in subjects {
        assert_eq!(browser.post("/registration/written", &[("subject", subject)]).await.status, 303);
    }
    let page = browser.get("/registration").await.text;
    let entry = page.split("data-entry=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("");
    (browser, entry.to_owned())
}

async fn issue(app: &TestApp, n: i64, purpose: Purpose) -> String {
    let node = app.app.clone();
    let issued: Result<Issued, DbError> = app
        .t
        .db
        .write(async move |tx: &mut Tx<'_>| {
            let (id,): (PassportId,) = tx
                .query_one("SELECT passport_id FROM passport_email WHERE email_key = $1", params![email(n)])
                .await?;
            token::issue(tx, &node.vault, id, purpose, &email(n)).await
        })
        .await;
    issued.unwrap().text
}

/// What the mailed link of a form is for.
fn purpose_of(address: &str) -> Purpose {
    match address {
        "/recover/{token}" => Purpose::Recovery,
        "/account/undo/{token}" => Purpose::Undo,
        _ => Purpose::Verification,
    }
}

/// All steps up to submitting a form, for the `n`th candidate.
async fn ready<'a>(app: &'a TestApp, address: &'static str, n: i64) -> Sent<'a> {
    let form = FORMS.iter().find(|form| form.address == address).unwrap();
    let (mut browser, mut id) = (app.browser(), String::new());
    match address {
        "/register" | "/verify-ticket" => {}
        "/login" | "/recover" => register(app, n).await,
        "/logout" | "/agreement" => browser = app.signed_in(n).await,
        "/recover/{token}" | "/account/verification/{token}" | "/account/undo/{token}" => {
            register(app, n).await;
            id = issue(app, n, purpose_of(address)).await;
        }
        _ if address.starts_with("/account/") => {
            register(app, n).await;
            // A password that was never changed is not submitted again.
            app.t.clock.set(app.t.clock.process_now().plus(SignedDuration::from_secs(1)));
            let fields = [("email", &*email(n)), ("password", PASSWORD)];
            if address.starts_with("/account/sessions") {
                assert_eq!(app.browser().post("/login", &fields).await.status, 303);
            }
            assert_eq!(browser.post("/login", &fields).await.status, 303);
            let page = browser.get("/account/sessions").await;
            id = super::form_marks::other_session(&page).unwrap_or_default();
        }
        "/qualification" => {
            browser = app.signed_in(n).await;
            accept(&mut browser).await;
        }
        "/qualification/record" | "/review" | "/record-report" => browser = looked_up(app, n).await,
        "/dispute" => browser = crate::dispute::tests::disputing(app, n).await,
        "/review/withdrawal" => {
            browser = looked_up(app, n).await;
            let fields = [("ticket_number", &*ticket(n)), ("confirmed", "yes")];
            assert_eq!(browser.post("/review", &fields).await.status, 303);
            let refuse =
                "UPDATE eligibility_review SET state = 'refused', decided_by = 'x' WHERE passport_id = $1";
            sql(app, refuse, n).await;
        }
        "/registration/written" | "/registration/refresh" | "/retrieve" => {
            (browser, id) = entered(app, n, &[]).await;
        }
        _ if address.starts_with("/registration/waiting-list") => {
            browser = entered(app, n, &[]).await.0;
            id = super::form_marks::in_line(app, &mut browser, "1", address.ends_with("/leaving")).await;
        }
        _ if address.starts_with("/payment/") => {
            (browser, _) = entered(app, n, &["1"]).await;
            id = browser.post("/payment", &[("gateway", "wechat")]).await.location()[9..].to_owned();
        }
        _ => (browser, id) = entered(app, n, &["1"]).await,
    }
    browser.address = network(n);
    let version = match address {
        "/agreement" => browser.get("/agreement").await.value("version").unwrap().to_owned(),
        _ => String::new(),
    };
    let value = |name: &str, good: &str| match name {
        // Without a command id the natural key must detect the repeat.
        "command" => String::new(),
        "email" => email(n),
        "document_number" => format!("9930100000{n}"),
        "name" => format!("学生{n}"),
        "student_number" => format!("2016000{n}"),
        "ticket_number" => ticket(n),
        _ => good.replace("{version}", &version).replace("{entry}", &id),
    };
    let fields = form.fields.iter().map(|field| (field.name, value(field.name, field.good))).collect();
    let path = form.address.replace("{token}", &id).replace("{id}", &id).replace("{order}", &id);
    Sent { browser, path, fields }
}

/// The part of a response that must be the same again; for a page, all of it.
fn said(answer: &Answer) -> (u16, String) {
    let page = if answer.status == 200 { answer.text.clone() } else { answer.location().to_owned() };
    (answer.status.as_u16(), page)
}

/// The response without an order's number, to compare two candidates' responses.
fn alike((status, location): (u16, String)) -> (u16, String) {
    let order = location.starts_with("/payment/");
    (status, if order || status == 200 { String::new() } else { location })
}

/// Submitted three times: the response received, lost, and received again.
async fn three_times(app: &TestApp, address: &'static str, first: i64) -> (Vec<i64>, (u16, String)) {
    let mut sent = ready(app, address, first).await;
    let before = books(app).await;
    let cookies = sent.browser.cookies.clone();
    let expected = said(&sent.post().await);
    assert!([200, 303].contains(&expected.0) || WRITES_NOTHING.contains(&address), "{address} {expected:?}");
    let (after, holds) = (books(app).await, number(app, HOLDS).await);
    let ends = ENDS_THE_SESSION.iter().find(|(of, _)| *of == address);
    let heard = std::mem::replace(&mut sent.browser.cookies, cookies);
    for unheard in [true, false] {
        app.t.clock.set(app.t.clock.process_now().plus(SignedDuration::from_secs(5)));
        let answer = sent.post().await;
        match ends.filter(|_| unheard || address == CLOSES) {
            Some((_, login)) => assert_eq!(answer.location(), *login, "{address}"),
            None if ONCE.contains(&address) => assert_eq!(answer.codes(), ["token-invalid"], "{address}"),
            None => assert_eq!(said(&answer), expected, "{address} unheard={unheard} {:?}", answer.codes()),
        }
        if !LOGGED_EACH_TIME.contains(&address) {
            assert_eq!(books(app).await, after, "{address} unheard={unheard}");
            assert_eq!(number(app, HOLDS).await, holds, "{address}");
        }
        sent.browser.cookies.clone_from(&heard);
    }
    (after.iter().zip(before).map(|(after, before)| after - before).collect(), alike(expected))
}

/// The response to one COMMIT is lost once or twice; returns whether there was such a COMMIT.
async fn lost(
    app: &TestApp,
    (address, n): (&'static str, i64),
    (skip, times, lost): (usize, usize, Lost),
    (effect, expected): &(Vec<i64>, (u16, String)),
) -> bool {
    let what = format!("{address} skip={skip} times={times} {lost:?}");
    let mut sent = ready(app, address, n).await;
    let before = books(app).await;
    let cookies = sent.browser.cookies.clone();
    app.t.db.lose_answers(skip, times, lost);
    let answer = sent.post().await;
    if !app.t.db.all_lost() {
        return false;
    }
    if times == 1 {
        assert_eq!(alike(said(&answer)), *expected, "{what} {:?} {}", answer.codes(), answer.text);
    } else {
        let unknown = answer.status == 503 && answer.text.contains("data-outcome=\"unknown\"");
        assert!(unknown && answer.codes().is_empty(), "{what} {} {}", answer.status, answer.text);
        assert!(!answer.header(http::header::RETRY_AFTER).is_empty());
        sent.browser.cookies = cookies;
    }
    let did = books(app).await != before;
    let again = sent.post().await;
    let ended =
        ENDS_THE_SESSION.iter().find(|(of, _)| *of == address && again.location().starts_with("/login?"));
    match ended {
        Some((_, login)) => {
            let lost = address == CLOSES || times == 2 && lost == Lost::Kept;
            assert!(lost && again.location() == *login, "{what}");
        }
        None if ONCE.contains(&address) && did => assert_eq!(again.codes(), ["token-invalid"], "{what}"),
        None => assert_eq!(alike(said(&again)), *expected, "{what} {:?}", again.codes()),
    }
    if !LOGGED_EACH_TIME.contains(&address) {
        let done: Vec<i64> =
            books(app).await.iter().zip(before).map(|(after, before)| after - before).collect();
        assert_eq!(done, *effect, "{what}");
    }
    true
}

async fn repeat(t: cet_base::store::testing::TestDb, address: &'static str) {
    let (app, _folder) = world(t).await;
    let mut n = if address.starts_with("/review") { 100 } else { 1 };
    let once = three_times(&app, address, n).await;
    let mut commits = 0;
    for skip in 0..8 {
        let mut any = false;
        for how in
            [(skip, 1, Lost::Kept), (skip, 1, Lost::NotKept), (skip, 2, Lost::Kept), (skip, 2, Lost::NotKept)]
        {
            n += 1;
            any |= lost(&app, (address, n), how, &once).await;
        }
        if !any {
            break;
        }
        commits += 1;
    }
    assert_eq!(commits == 0, WRITES_NOTHING.contains(&address), "{address}");
}

/// One test per form, on both databases, with none left out.
macro_rules! repeated {
    ($($name:ident $address:literal)*) => {
        on_both! {
            $(async fn $name(t: TestDb) {
                repeat(t, $address).await;
            })*
        }

        /// O7.
        #[test]
        fn every_form_is_repeated() {
            let all = FORMS.iter().map(|form| form.address);
            assert_eq!(all.collect::<Vec<_>>(), [$($address),*]);
        }
    };
}

repeated! {
    registering "/register"
    logging_in "/login"
    logging_out "/logout"
    asking_for_a_new_password "/recover"
    setting_a_new_password "/recover/{token}"
    retrieving "/retrieve"
    changing_a_profile "/account/profile"
    changing_a_password "/account/password"
    choosing_mails "/account/messages"
    closing_a_passport "/account/closing"
    withdrawing_a_consent "/account/consents/withdrawal"
    giving_a_consent_again "/account/consents/giving"
    ending_other_sessions "/account/sessions"
    ending_a_session "/account/sessions/{id}/end"
    asking_for_a_verification "/account/verification"
    verifying "/account/verification/{token}"
    undoing_a_change_of_address "/account/undo/{token}"
    accepting_the_agreement "/agreement"
    looking_up "/qualification"
    saving "/qualification/record"
    applying_for_a_review "/review"
    withdrawing_a_review "/review/withdrawal"
    reporting_a_record "/record-report"
    disputing "/dispute"
    entering_a_written_subject "/registration/written"
    entering_an_oral_subject "/registration/oral"
    cancelling "/registration/entries/{id}/cancellation"
    waiting "/registration/waiting-list"
    leaving_a_line "/registration/waiting-list/{id}/leaving"
    refreshing "/registration/refresh"
    paying "/payment"
    asking_for_a_code "/payment/{order}/code"
    asking_for_a_page "/payment/{order}/phone"
    checking_a_ticket "/verify-ticket"
}
