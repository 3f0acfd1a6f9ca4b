//! Every field of every candidate's form with values that no form would send: each gets a refusal that says why and
//! keeps what was typed, never an internal error (TH55, TH56).

use std::fmt::Write as _;

use http::{Method, StatusCode};

use super::forms::{FORMS, Field, Form, Kind, PASSWORD};
use crate::registration::pages::tests::{accept, bound, enrolled, look_up};
use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_base::store::DbError;
use cet_base::words::ids::PassportId;
use cet_domain::passport::token::{self, Issued, Purpose};

const EMAIL: &str = "own@example.cn";
const HTML: &str = "\"'><script>alert(1)</script>&amp;";
const LONG: usize = 60_000;

/// What is sent in a field, or instead of it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Sent {
    Absent,
    Twice,
    Text(&'static str, String),
    /// Percent-encoded bytes that are not UTF-8.
    Broken,
    /// More than the body limit.
    TooLong,
}

fn all_kinds(field: &Field) -> Vec<Sent> {
    let text = |what, text: &str| Sent::Text(what, text.to_owned());
    let wide: String = field.good.chars().map(|c| if c.is_ascii_graphic() { wide(c) } else { c }).collect();
    vec![
        Sent::Absent,
        Sent::Twice,
        Sent::Broken,
        Sent::TooLong,
        text("empty", ""),
        text("blank", " \t\r\n"),
        text("long", &"长".repeat(LONG / 9)),
        text("nul", "a\0b"),
        text("full width", &wide),
        text("right to left", "\u{202E}\u{200F}cba\u{2066}"),
        text("html", HTML),
        text("sql", "1' OR '1'='1'; DROP TABLE entry; --"),
        text("unknown", "ZZ-9999"),
        text("zero", "0"),
        text("negative", "-1"),
        text("huge", "99999999999999999999999999"),
        text("path", "//evil.example/../\\x"),
    ]
}

fn wide(c: char) -> char {
    char::from_u32(u32::from(c).wrapping_add(0xFEE0)).unwrap_or(c)
}

/// HTML-escaped as in templates.
fn escaped(text: &str) -> String {
    let entity = |c: char| match c {
        '<' => "&#60;".to_owned(),
        '>' => "&#62;".to_owned(),
        '&' => "&#38;".to_owned(),
        '"' => "&#34;".to_owned(),
        '\'' => "&#39;".to_owned(),
        other => other.to_string(),
    };
    text.chars().map(entity).collect()
}

/// The valid values of one request.
struct Filled {
    version: String,
    entry: String,
    turn: usize,
}

impl Filled {
    fn value(&self, good: &str) -> String {
        good.replace("{new}", &format!("new{}", self.turn))
            .replace("{version}", &self.version)
            .replace("{command}", &format!("c{}", self.turn))
            .replace("{entry}", &self.entry)
    }

    fn body(&self, form: &Form, target: &Field, sent: &Sent) -> String {
        let mut body = String::new();
        let mut push = |name: &str, value: &str| {
            let pair: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
            write!(body, "{}{name}={pair}", if body.is_empty() { "" } else { "&" }).unwrap();
        };
        for field in form.fields {
            let good = self.value(field.good);
            match sent {
                _ if field.name != target.name => push(field.name, &good),
                Sent::Absent | Sent::Broken => {}
                Sent::Twice => {
                    push(field.name, &good);
                    push(field.name, &good);
                }
                Sent::Text(_, text) => push(field.name, text),
                Sent::TooLong => push(field.name, &"x".repeat(100_000)),
            }
        }
        if *sent == Sent::Broken {
            write!(body, "&{}=%C3%28%FF", target.name).unwrap();
        }
        body
    }
}

/// A browser for which the form's valid values would be accepted, and the form's path.
async fn ready<'a>(app: &'a TestApp, form: &Form) -> (Browser<'a>, String) {
    let address = form.address.to_owned();
    match form.address {
        "/agreement" => (app.signed_in(1).await, address),
        "/qualification" | "/qualification/record" | "/review" | "/record-report" => {
            let mut browser = app.signed_in(5).await;
            accept(&mut browser).await;
            look_up(&mut browser, 5).await;
            (browser, address)
        }
        "/dispute" => {
            crate::dispute::tests::held(app, 6, 5).await;
            let mut browser = app.signed_in(5).await;
            accept(&mut browser).await;
            look_up(&mut browser, 5).await;
            (browser, address)
        }
        "/registration/written" => (bound(app, 1).await, address),
        "/registration/waiting-list" => {
            let full = "UPDATE seat_pool SET capacity = 0 WHERE subject = '1'";
            app.t.db.write(async move |tx| tx.execute(full, &[]).await).await.unwrap();
            (bound(app, 1).await, address)
        }
        "/registration/oral" | "/payment" => {
            let mut browser = bound(app, 1).await;
            assert_eq!(browser.post("/registration/written", &[("subject", "1")]).await.status, 303);
            (browser, address)
        }
        own if own.starts_with("/account/") => (member(app).await, address),
        "/login" | "/recover" => {
            member(app).await;
            (app.browser(), address)
        }
        "/recover/{token}" => {
            member(app).await;
            let issued: Result<Issued, DbError> = app
                .t
                .db
                .write({
                    let node = app.app.clone();
                    async move |tx| {
                        let found: (PassportId,) = tx.query_one("SELECT id FROM passport", &[]).await?;
                        token::issue(tx, &node.vault, found.0, Purpose::Recovery, EMAIL).await
                    }
                })
                .await;
            (app.browser(), address.replace("{token}", &issued.unwrap().text))
        }
        _ => (app.browser(), address),
    }
}

async fn member(app: &TestApp) -> Browser<'_> {
    let mut browser = app.browser();
    let fields = [("email", EMAIL), ("password", PASSWORD), ("password_again", PASSWORD)];
    assert_eq!(browser.post("/register", &fields).await.status, 303);
    assert_eq!(browser.post("/login", &fields).await.status, 303);
    browser
}

async fn filled(browser: &mut Browser<'_>, form: &Form) -> Filled {
    let version = match form.address {
        "/agreement" => browser.get("/agreement").await.value("version").unwrap_or_default().to_owned(),
        _ => String::new(),
    };
    let page =
        if form.address == "/payment" { browser.get("/registration").await.text } else { String::new() };
    let entry = page.split("data-entry=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("");
    Filled { version, entry: entry.to_owned(), turn: 0 }
}

/// Whether the form may be accepted with this in place of the field's value: the field is optional, or the value means
/// the same.
fn passes(form: &Form, field: &Field, sent: &Sent) -> bool {
    let Sent::Text(what, _) = sent else {
        let ranked = form.address == "/registration/waiting-list" && field.name == "campus";
        let may_repeat = *sent == Sent::Twice && (ranked || matches!(field.name, "subject" | "entry"));
        return may_repeat || (*sent == Sent::Absent && is_optional(form, field));
    };
    match (form.address, field.name, *what) {
        (_, _, "empty" | "blank") => is_optional(form, field),
        // Width does not matter in what people type by hand; profile data is kept as it is, if it can be read at all.
        (_, "email" | "document_number" | "phone" | "name" | "ticket_number", "full width")
        // An invalid redirect target or command id is ignored.
        | ("/login", "next", _)
        | (_, "command", _) => true,
        ("/register" | "/account/profile", "name" | "document_number", what) => {
            !matches!(what, "long" | "nul")
        }
        // What a candidate writes to a school is any text of its length.
        ("/record-report", "right" | "note", what) | ("/dispute", "student_number" | "note", what) => {
            !matches!(what, "long" | "nul")
        }
        _ => false,
    }
}

fn is_optional(form: &Form, field: &Field) -> bool {
    matches!(
        (form.address, field.name),
        ("/register" | "/account/profile", "phone" | "name")
            | ("/login", "next")
            | ("/retrieve", "student_number")
            | ("/record-report" | "/dispute", "note")
            | (_, "command" | "campus" | "entry")
            | ("/verify-ticket", "q")
    )
}

fn check(form: &Form, field: &Field, sent: &Sent, filled: &Filled, answer: &Answer) -> Result<(), String> {
    let status = answer.status;
    if answer.text.contains("<script>alert") || answer.text.contains("onerror=") {
        return Err("HTML goes through".to_owned());
    }
    if answer.location().starts_with("//") || answer.location().contains('\\') {
        return Err(format!("leads away: {}", answer.location()));
    }
    if status.is_redirection() || status.is_success() {
        return if passes(form, field, sent) {
            Ok(())
        } else {
            Err(format!("{status} {}", answer.location()))
        };
    }
    if !status.is_client_error() {
        return Err(format!("{status}"));
    }
    match sent {
        Sent::Broken if status == StatusCode::BAD_REQUEST => return Ok(()),
        Sent::TooLong if status == StatusCode::PAYLOAD_TOO_LARGE => return Ok(()),
        Sent::Absent | Sent::Twice | Sent::Text(..) if !answer.codes().is_empty() => {}
        other => return Err(format!("{status} without a code: {other:?}")),
    }
    if !answer.text.contains(&format!("action=\"{}\"", form.address)) {
        return Ok(());
    }
    // The page shows the form again: what was typed is in it, except for passwords.
    for shown in form.fields {
        let value = match sent {
            Sent::Text(_, text) if shown.name == field.name => text.clone(),
            _ if shown.name == field.name => continue,
            _ => filled.value(shown.good),
        };
        let there = !value.trim().is_empty() && answer.text.contains(&escaped(&value));
        match shown.kind {
            Kind::Text if !there && !value.trim().is_empty() => {
                return Err(format!("{} is not kept", shown.name));
            }
            Kind::Secret if there && value.len() > 4 => return Err(format!("{} is shown", shown.name)),
            Kind::Text | Kind::Secret | Kind::Choice => {}
        }
    }
    Ok(())
}

/// One test per form, on both databases, with none left out.
macro_rules! attacked {
    ($($name:ident $address:literal)*) => {
        on_both! {
            $(async fn $name(t: TestDb) {
                let app = enrolled(t).await;
                let form = FORMS.iter().find(|form| form.address == $address).unwrap();
                let wrong = attack(form, &app).await;
                assert!(wrong.is_empty(), "\n  {}", wrong.join("\n  "));
            })*
        }

        /// TH55, TH56.
        #[test]
        fn every_form_that_has_fields_is_attacked() {
            let with_fields = FORMS.iter().filter(|form| !form.fields.is_empty()).map(|form| form.address);
            assert_eq!(with_fields.collect::<Vec<_>>(), [$($address),*]);
        }
    };
}

attacked! {
    hostile_fields_of_registering "/register"
    hostile_fields_of_logging_in "/login"
    hostile_fields_of_recovering "/recover"
    hostile_fields_of_a_new_password "/recover/{token}"
    hostile_fields_of_retrieving "/retrieve"
    hostile_fields_of_a_profile "/account/profile"
    hostile_fields_of_changing_a_password "/account/password"
    hostile_fields_of_choosing_mails "/account/messages"
    hostile_fields_of_closing "/account/closing"
    hostile_fields_of_withdrawing_a_consent "/account/consents/withdrawal"
    hostile_fields_of_giving_a_consent_again "/account/consents/giving"
    hostile_fields_of_the_agreement "/agreement"
    hostile_fields_of_a_look_up "/qualification"
    hostile_fields_of_saving "/qualification/record"
    hostile_fields_of_a_review "/review"
    hostile_fields_of_a_report "/record-report"
    hostile_fields_of_a_dispute "/dispute"
    hostile_fields_of_written_entry "/registration/written"
    hostile_fields_of_oral_entry "/registration/oral"
    hostile_fields_of_waiting "/registration/waiting-list"
    hostile_fields_of_paying "/payment"
    hostile_fields_of_checking_a_ticket "/verify-ticket"
}

/// Each form has a node of its own, so that forms can't affect each other.
async fn attack(form: &Form, app: &TestApp) -> Vec<String> {
    let (mut browser, address) = ready(app, form).await;
    let mut filled = filled(&mut browser, form).await;
    let mut wrong = Vec::new();
    for field in form.fields {
        for sent in all_kinds(field) {
            filled.turn += 1;
            // Rate limits apply per network, so each request comes from another one.
            let [high, low] = u16::try_from(filled.turn).unwrap_or(u16::MAX).to_be_bytes();
            browser.address = ([10, 1, high, low], 40_000).into();
            let kind = [("content-type", "application/x-www-form-urlencoded")];
            let body = filled.body(form, field, &sent);
            let answer = browser.send(Method::POST, &address, &kind, body).await;
            if let Err(why) = check(form, field, &sent, &filled, &answer) {
                let what = match &sent {
                    Sent::Text(what, _) => (*what).to_owned(),
                    other => format!("{other:?}"),
                };
                wrong.push(format!("{} {} {what}: {why} {:?}", form.address, field.name, answer.codes()));
            }
        }
    }
    wrong
}

on_both! {
    async fn what_is_somebody_elses_is_answered_as_what_is_not_there(t: TestDb) {
        let app = enrolled(t).await;
        let mut theirs = bound(&app, 1).await;
        assert_eq!(theirs.post("/registration/written", &[("subject", "1")]).await.status, 303);
        let page = theirs.get("/registration").await.text;
        let entry = page.split("data-entry=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
        let order = an_order(&app).await;
        let mut mine = bound(&app, 2).await;
        for (theirs, path) in [
            (&entry, "/registration/entries/{}/cancellation"),
            (&entry, "GET /registration/entries/{}/cancellation"),
            (&entry, "/payment"),
            (&entry, "/tickets/{}.pdf"),
            (&order, "/payment/{}"),
            (&order, "/payment/{}/code"),
            (&order, "/payment/{}/code.svg"),
        ] {
            let nobodys: String = theirs.chars().map(|c| if c == '7' { '3' } else { '7' }).collect();
            let mut answers = Vec::new();
            for id in [theirs, &nobodys] {
                let to = path.replace("{}", id);
                let answer = match path {
                    path if path.starts_with("GET ") => mine.get(&to[4..]).await,
                    "/payment" => mine.post(&to, &[("entry", id), ("gateway", "alipay")]).await,
                    path if path.ends_with("/cancellation") => mine.post(&to, &[]).await,
                    _ => mine.get(&to).await,
                };
                let codes = if path == "/payment" { vec!["gateway-unknown", "not-found"] } else { vec!["not-found"] };
                assert_eq!((answer.status.as_u16(), answer.codes()), (404, codes), "{to}");
                answers.push(answer.text);
            }
            assert_eq!(answers[0], answers[1], "{path}");
        }
        assert!(theirs.get("/registration").await.text.contains(&format!("data-entry=\"{entry}\"")));
    }
}

/// An open order of the only registration, created without a gateway.
async fn an_order(app: &TestApp) -> String {
    let id: i64 = 1_234_567_890_123;
    let made: Result<u64, DbError> = app.t.db.write(async move |tx| {
        tx.execute(
            "INSERT INTO payment_order (school, id, number, registration_id, passport_id, sitting, gateway, bank,
                amount, state, opened_at, deadline_at, settled_at, ask_at, asked)
             SELECT school, $1, '99301124938177207600', id, passport_id, sitting, 'alipay', '', 1, 'open', 0, 9000000000000000, NULL, NULL, 0
               FROM registration",
            cet_base::params![id],
        )
        .await
    }).await;
    assert_eq!(made.unwrap(), 1);
    id.to_string()
}
