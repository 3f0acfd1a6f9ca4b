//! Values kept over the login: a form that was submitted after its session had ended, and the e-mail address of someone
//! who has just registered or reset the password.
//!
//! Both can be personal data, so they are not put into URLs: they are kept in sealed cookies for 15 minutes. A form is
//! restored only on its own page, and only for the passport it was rendered for.

use axum::response::Response;
use data_encoding::BASE64URL_NOPAD;
use http::HeaderValue;
use http::header::SET_COOKIE;

use super::marks::{PASSPORT, passport_mark};
use super::{Candidate, MaybeCandidate};
use crate::web::cookies::{header, own, put};
use crate::web::form_marks::Marks;
use crate::web::page::Typed;
use crate::web::visitor::Visitor;
use cet_base::vault::Use;
use cet_base::words::time::Time;

/// The cookie with a form.
const FORM: &str = "cet-kept";
/// The cookie with an e-mail address.
const EMAIL: &str = "cet-email";
/// The lifetime of both, in seconds.
const SECONDS: i64 = 15 * 60;
/// The longest plain text that is kept, a note of 500 characters included; a cookie has at most 4096 bytes.
const MOST: usize = 2_800;
/// Between a name and its value; after each pair. Not encoded as in URLs, which makes Chinese three times as long.
const BETWEEN: char = '\u{1f}';
const END: char = '\u{1e}';

/// The pages whose forms are kept, with the fields to keep.
const FORMS: [(&str, &[&str]); 9] = [
    ("/qualification", &["document_kind", "document_number", "name", "student_number"]),
    ("/registration/written", &["subject"]),
    ("/registration/oral", &["subject", "campus"]),
    ("/registration/waiting-list", &["subject", "campus"]),
    ("/payment", &["entry", "gateway", "bank"]),
    ("/record-report", &["field", "right", "note"]),
    ("/review", &["ticket_number"]),
    ("/dispute", &["student_number", "phone", "note"]),
    ("/account/profile", &["email", "phone", "document_kind", "document_number", "name"]),
];

/// Whether the form of this page is kept.
#[must_use]
pub fn keeps(path: &str) -> bool {
    FORMS.iter().any(|(page, _)| *page == path)
}

/// The cookie that keeps a submitted form over the login. A form without the mark of its passport is not kept.
#[must_use]
pub fn form(visitor: &Visitor, sent: Option<&Marks>) -> Option<HeaderValue> {
    let (page, names) = FORMS.iter().find(|(page, _)| *page == visitor.path)?;
    let form = sent?.form();
    let mark = form.one(PASSPORT).ok().filter(|mark| !mark.is_empty())?;
    let mut pairs = vec![("page", *page), (PASSPORT, mark)];
    for name in *names {
        pairs.extend(form.many(name).map(|value| (*name, value)));
    }
    cookie(visitor, FORM, &pairs)
}

/// Keeps what was typed in a form of this page until the step that it lacks is done. Whose it is, is known: the form was sent in
/// this session.
#[must_use]
pub fn keeping(who: &Candidate, mut response: Response, typed: &Typed) -> Response {
    let Some((page, names)) = FORMS.iter().find(|(page, _)| *page == who.path) else { return response };
    let mark = passport_mark(&who.app.vault, who.session.passport);
    let mut pairs = vec![("page", *page), (PASSPORT, mark.as_str())];
    for name in *names {
        pairs.extend(typed.all(name).map(|value| (*name, value)));
    }
    if let Some(cookie) = cookie(who, FORM, &pairs) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// Whether a form of this page is kept.
#[must_use]
pub fn waits(visitor: &Visitor, page: &str) -> bool {
    let page = page.split('?').next().unwrap_or_default();
    opened(visitor, FORM).is_some_and(|pairs| value(&pairs, "page") == Some(page))
}

/// The kept values of this page's form; empty for any other passport.
#[must_use]
pub fn typed(who: &Candidate) -> Typed {
    let Some(pairs) = opened(who, FORM) else { return Typed::default() };
    let own = passport_mark(&who.app.vault, who.session.passport);
    if value(&pairs, "page") != Some(who.path.as_str()) || value(&pairs, PASSPORT) != Some(own.as_str()) {
        return Typed::default();
    }
    let names =
        FORMS.iter().filter(|(page, _)| *page == who.path).flat_map(|(_, names)| names.iter().copied());
    names.fold(Typed::default(), |typed, name| {
        let values = pairs.iter().filter(|(known, _)| known == name);
        values.fold(typed, |typed, (_, value)| typed.with(name, value.as_str()))
    })
}

/// Deletes the cookie with the form, once its page has shown it; that of another page waits for that one.
#[must_use]
pub fn given_back(who: &Candidate, mut response: Response) -> Response {
    let is_of_another =
        || opened(who, FORM).is_some_and(|pairs| value(&pairs, "page") != Some(who.path.as_str()));
    if who.cookie(FORM).is_some() && !is_of_another() {
        put(&mut response, own(&who.app, FORM, "", Some(0)));
    }
    response
}

/// The same for a form about a record, which a new session has to look up again: until then the page has no form, and what was
/// typed waits for it.
#[must_use]
pub fn given_back_with_record(who: &Candidate, response: Response, has_record: bool) -> Response {
    if has_record { given_back(who, response) } else { response }
}

/// Keeps an e-mail address for the login page.
#[must_use]
pub fn address(who: &MaybeCandidate, mut response: Response, email: &str) -> Response {
    if let Some(cookie) = cookie(who, EMAIL, &[("email", email)]) {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    response
}

/// The kept e-mail address; empty without one.
#[must_use]
pub fn kept_address(who: &MaybeCandidate) -> String {
    opened(who, EMAIL).and_then(|pairs| value(&pairs, "email").map(str::to_owned)).unwrap_or_default()
}

/// Deletes the cookie with the e-mail address, after a login.
#[must_use]
pub fn address_used(who: &MaybeCandidate, mut response: Response) -> Response {
    if who.cookie(EMAIL).is_some() {
        put(&mut response, own(&who.app, EMAIL, "", Some(0)));
    }
    response
}

/// The time by which the age of a cookie is checked, whatever the browser does with `Max-Age`.
fn now(visitor: &Visitor) -> Time {
    visitor.app.catalogue.about_now(&visitor.app.db)
}

/// Failures are ignored: without the cookie the form is empty, and nothing else is lost.
fn cookie(visitor: &Visitor, name: &str, pairs: &[(&str, &str)]) -> Option<HeaderValue> {
    let at = now(visitor).micros().to_string();
    let mut text = String::new();
    for &(key, value) in [("cookie", name), ("at", at.as_str())].iter().chain(pairs) {
        if value.contains([BETWEEN, END]) {
            return None;
        }
        text.push_str(key);
        text.push(BETWEEN);
        text.push_str(value);
        text.push(END);
    }
    if text.len() > MOST {
        return None;
    }
    let sealed = visitor.app.vault.seal_for(Use::KeptForm, &[], &text).ok()?;
    header(own(&visitor.app, name, &BASE64URL_NOPAD.encode(&sealed), Some(SECONDS)))
}

fn opened(visitor: &Visitor, name: &str) -> Option<Vec<(String, String)>> {
    let sealed = visitor.cookie(name).filter(|sealed| sealed.len() <= MOST.saturating_mul(3))?;
    let text = visitor
        .app
        .vault
        .open_for(Use::KeptForm, &[], &BASE64URL_NOPAD.decode(sealed.as_bytes()).ok()?)
        .ok()?;
    let pair = |pair: &str| pair.split_once(BETWEEN).map(|(key, value)| (key.to_owned(), value.to_owned()));
    let pairs: Vec<(String, String)> = text.split(END).filter_map(pair).collect();
    let made = Time::from_micros(value(&pairs, "at")?.parse().ok()?);
    let lives = now(visitor).since(made).as_secs() < SECONDS;
    (lives && value(&pairs, "cookie") == Some(name)).then_some(pairs)
}

fn value<'p>(pairs: &'p [(String, String)], name: &str) -> Option<&'p str> {
    pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}
