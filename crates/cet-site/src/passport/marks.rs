//! The hidden marks of candidates' forms (R19): which passport, and which student's record, a form was made for.
//!
//! Every page for candidates carries the marks, and every POST that needs a candidate passes [`check`]. Both happen in
//! the extractor, so that no form can forget them. A form without marks comes from a client that is no browser: it acts
//! on the record that its page showed last in this session, or on any record if no page showed one.

use data_encoding::HEXLOWER;
use http::Method;

use super::candidate;
use crate::web::answer::PageError;
use crate::web::form_marks::{Marks, Stale};
use crate::web::page::{Page, Refused};
use crate::web::visitor::Visitor;
use cet_base::form_mark::mark;
use cet_base::store::{DbError, Tx};
use cet_base::texts::{Texts, texts};
use cet_base::vault::{Vault, to_hex};
use cet_base::words::codes::SchoolCode;
use cet_base::words::email::Email;
use cet_base::words::ids::{PassportId, RecordId};
use cet_base::words::name::masked;
use cet_domain::passport::session::{Session, ShownOn};
use cet_domain::passport::store;
use cet_domain::roster;

/// A student's record: its school and id.
type Record = (SchoolCode, RecordId);

/// The hidden field with the mark of the passport that a form was made for.
pub const PASSPORT: &str = "passport";
/// The hidden field with the mark of the record that a form was made for.
pub const RECORD: &str = "record";

/// Length in bytes of the tag that a record's mark begins with.
const TAG: usize = 16;

/// The mark of a passport: a keyed hash, so that it reveals nothing and can't be forged.
#[must_use]
pub fn passport_mark(vault: &Vault, passport: PassportId) -> String {
    mark(vault, "form-passport", &passport.0.to_be_bytes())
}

/// The mark of a record: the record's key, masked with its own keyed hash, so that the page that is shown again can say
/// whose record it was. The same record has a different mark for each passport.
#[must_use]
pub fn record_mark(vault: &Vault, passport: PassportId, (school, id): Record) -> String {
    let plain = format!("{school}-{id}");
    let tag = record_tag(vault, passport, &plain);
    let hidden = hide(vault, &tag, plain.as_bytes());
    format!("{}{}", to_hex(&tag), to_hex(&hidden))
}

/// Decodes a mark, if it was made for this passport.
fn record_of(vault: &Vault, passport: PassportId, mark: &str) -> Option<Record> {
    let bytes = from_hex(mark)?;
    let (tag, hidden) = bytes.split_first_chunk::<TAG>()?;
    let plain = String::from_utf8(hide(vault, tag, hidden)).ok()?;
    let record = parse_kept(&plain)?;
    (record_mark(vault, passport, record) == mark).then_some(record)
}

fn record_tag(vault: &Vault, passport: PassportId, plain: &str) -> [u8; TAG] {
    let tag = vault.sign_token("form-record", format!("{passport}:{plain}").as_bytes());
    tag.first_chunk().copied().unwrap_or_default()
}

/// Masks or unmasks `bytes` (XOR).
fn hide(vault: &Vault, tag: &[u8; TAG], bytes: &[u8]) -> Vec<u8> {
    let mask = vault.sign_token("form-record-mask", tag);
    bytes.iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect()
}

/// Decodes lower-case hex; no mark is longer than its record and tag.
fn from_hex(text: &str) -> Option<Vec<u8>> {
    let length = HEXLOWER.decode_len(text.len()).ok()?;
    if length > TAG.saturating_mul(3) {
        return None;
    }
    HEXLOWER.decode(text.as_bytes()).ok()
}

/// Which record the pages at a path show and act on.
fn shown_at(path: &str, session: &Session) -> Option<Record> {
    let bound = session.registration.as_ref().map(|of| (of.school, of.record));
    match path {
        "/qualification/record" | "/dispute" => session.looked_up,
        path if path.starts_with("/review") || path == "/record-report" => bound.or(session.looked_up),
        path if path.starts_with("/registration") || path.starts_with("/payment") => bound,
        _ => None,
    }
}

/// The pages whose record changes with another look-up: what they showed is stored in the session.
fn kept_for(path: &str) -> Option<ShownOn> {
    match path {
        "/qualification/record" => Some(ShownOn::Record),
        "/review" | "/review/withdrawal" => Some(ShownOn::Review),
        "/record-report" => Some(ShownOn::Report),
        "/dispute" => Some(ShownOn::Dispute),
        _ => None,
    }
}

/// The session's stored form of a record.
fn kept((school, id): Record) -> String {
    format!("{school}-{id}")
}

/// Adds the marks to the forms of a page.
#[must_use]
pub fn marked(page: Page, vault: &Vault, path: &str, session: &Session) -> Page {
    let page = page.marked(PASSPORT, passport_mark(vault, session.passport));
    match shown_at(path, session) {
        Some(record) => page.marked(RECORD, record_mark(vault, session.passport, record)),
        None => page,
    }
}

/// The record that this view shows for the first time, to be stored in the session.
#[must_use]
pub fn newly_shown(method: &Method, path: &str, session: &Session) -> Option<(ShownOn, String)> {
    let page = kept_for(path).filter(|_| *method == Method::GET)?;
    let now = kept(shown_at(path, session)?);
    (session.shown(page) != Some(&now)).then_some((page, now))
}

/// Accepts a form that was made for this passport and for the record that its page shows now.
///
/// # Errors
/// [`PageError::Stale`] with `passport-changed` or `record-changed`; [`PageError::Doubled`].
pub async fn check(visitor: &Visitor, session: &Session, sent: Option<&Marks>) -> Result<(), PageError> {
    let get = |name| sent.map_or(Ok(None), |marks| marks.get(name));
    let (passport, record) = (get(PASSPORT)?, get(RECORD)?);
    let vault = &visitor.app.vault;
    if passport.is_some_and(|mark| mark != passport_mark(vault, session.passport)) {
        return Err(ends(visitor, passport_changed(visitor, session).await?));
    }
    let Some(now) = shown_at(&visitor.path, session) else { return Ok(()) };
    let made = match record {
        Some(mark) if mark == record_mark(vault, session.passport, now) => return Ok(()),
        Some(mark) => record_of(vault, session.passport, mark),
        None => {
            let shown = kept_for(&visitor.path).and_then(|page| session.shown(page));
            match shown {
                Some(shown) if *shown != kept(now) => parse_kept(shown),
                Some(_) | None => return Ok(()),
            }
        }
    };
    Err(ends(visitor, record_changed(visitor, session, made, now).await?))
}

fn parse_kept(text: &str) -> Option<Record> {
    let (school, id) = SchoolCode::parse_row(text)?;
    Some((school, RecordId(id)))
}

fn ends(visitor: &Visitor, refused: Refused) -> PageError {
    // Of who is signed in now there is no such entry to ask about, and no such order.
    let page = match visitor.path.as_str() {
        path if path.starts_with("/registration/entries/") || path.starts_with("/payment/") => {
            "/registration".to_owned()
        }
        path => candidate::way_back(&Method::POST, path, ""),
    };
    Stale::ends(page, refused)
}

/// Another person is signed in by now. Nothing is said about the form's account: it may be anyone's.
async fn passport_changed(visitor: &Visitor, session: &Session) -> Result<Refused, PageError> {
    let passport = session.passport;
    let read: Result<_, DbError> =
        visitor.app.db.read(async move |tx| store::account(tx, passport).await).await;
    let email = read?.and_then(|account| Email::parse(&account.email).ok());
    let t = texts(visitor.lang);
    let email = email.map_or_else(|| "***".to_owned(), |email| email.masked());
    Ok(Refused::new(t, "passport-changed")
        .saying(t.f("passport-mark-passport", &[("email", &email)]))
        .linked("/login", t.m("passport-mark-log-in"))
        .or("#main", t.f("passport-mark-go-on", &[("email", &email)])))
}

/// The page now shows another record.
async fn record_changed(
    visitor: &Visitor,
    session: &Session,
    made: Option<Record>,
    now: Record,
) -> Result<Refused, PageError> {
    let read: Result<_, DbError> = visitor
        .app
        .db
        .read(async move |tx| {
            let before = match made {
                Some(record) => name_of(tx, record).await?,
                None => None,
            };
            Ok((before, name_of(tx, now).await?))
        })
        .await;
    let (before, now) = read?;
    let t = texts(visitor.lang);
    let refused = Refused::new(t, "record-changed");
    let (before, now) = told(t, before.as_deref(), now.as_deref());
    let names: [(&str, &str); 2] = [("before", &before), ("now", &now)];
    let go_on = t.f("passport-mark-go-on-for", &[("name", &now)]);
    if session.registration.is_some() && !visitor.path.starts_with("/qualification") {
        return Ok(refused
            .saying(t.f("passport-mark-registration", &names))
            .linked("/registration", t.f("passport-mark-to-registration", &names))
            .or("#main", go_on));
    }
    Ok(refused
        .saying(t.f("passport-mark-record", &names))
        .linked("/qualification", t.f("passport-mark-look-up", &names))
        .or("#main", go_on))
}

async fn name_of(tx: &mut Tx<'_>, (school, id): Record) -> Result<Option<String>, DbError> {
    Ok(roster::store::find_by_id(tx, school, id).await?.map(|found| found.name))
}

/// Both names, masked; in full if masking would make them equal. Both were already shown to this passport in full.
fn told(t: &'static Texts, before: Option<&str>, now: Option<&str>) -> (String, String) {
    let alike = before != now && before.map(masked) == now.map(masked);
    let words = |name: Option<&str>| match name {
        Some(name) if alike => name.to_owned(),
        Some(name) => masked(name),
        None => t.m("passport-mark-somebody").to_owned(),
    };
    (words(before), words(now))
}

#[cfg(test)]
#[path = "tests/marks.rs"]
mod tests;
