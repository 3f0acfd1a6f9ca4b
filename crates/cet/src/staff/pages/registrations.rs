//! `/staff/registrations`: find and see registrations, masked; a whole document number only for a reason.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;

use crate::audit::{self, Event};
use crate::entry;
use crate::passport;
use crate::registration::store as registrations;
use crate::registration::store::scoped::{self, Filter, Seen};
use crate::roster::{self, DocumentKey};
use crate::staff::list::{self, Asked, FILE_ROWS, Form, PAGE, Pager, Sheet, too_long};
use crate::staff::refusal::StaffRefusal;
use crate::staff::views::{RegistrationRow, RegistrationView, RegistrationsView, Shown};
use crate::staff::{Permission, Scope, StaffMember};
use crate::store::{DbError, Tx};
use crate::web::answer::{PageError, html, see_other};
use crate::web::form_data::FormData;
use crate::web::page::Refused;
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::document::{Document, DocumentKind, DocumentNumber};
use crate::words::email::Email;
use crate::words::ids::RegistrationId;

use super::refused;

const PATH: &str = "/staff/registrations";
const FILTERS: [&str; 3] = ["campus", "college", "class"];
/// Why somebody may see a whole number.
pub(in crate::staff) const REASONS: [(&str, &str); 4] = [
    ("record", "staff-reason-record"),
    ("candidate", "staff-reason-candidate"),
    ("review", "staff-reason-review"),
    ("rebind", "staff-reason-rebind"),
];

/// Live registrations of the current sitting with their entries.
async fn rows(
    member: &StaffMember,
    asked: &Asked,
    limit: i64,
) -> Result<Vec<(Seen, Vec<entry::Entry>)>, PageError> {
    let Some(sitting) = current(member) else { return Ok(Vec::new()) };
    let filter = Filter {
        campus: asked.get("campus").chars().filter(char::is_ascii_digit).collect(),
        college: asked.get("college").to_owned(),
        class: asked.get("class").to_owned(),
    };
    let after = key(&asked.after);
    let scope = member.scope.clone();
    let found: Result<_, DbError> = member
        .app
        .db
        .read(async move |tx| {
            let mut rows = Vec::new();
            for seen in scoped::list(tx, &scope, &sitting, &filter, after, limit).await? {
                let entries = live_entries(tx, &seen).await?;
                rows.push((seen, entries));
            }
            Ok(rows)
        })
        .await;
    Ok(found?)
}

fn current(member: &StaffMember) -> Option<SittingCode> {
    member.app.catalogue.get().current().map(|plan| plan.code.clone())
}

async fn live_entries(tx: &mut Tx<'_>, of: &Seen) -> Result<Vec<entry::Entry>, DbError> {
    let now = tx.now().await?;
    let all = entry::store::of_registration(tx, of.school, of.id).await?;
    Ok(all.into_iter().filter(|entry| entry::rules::is_live(entry, now)).collect())
}

/// `99301-12`, the key of a list and of a request.
pub(super) fn key(text: &str) -> Option<(SchoolCode, RegistrationId)> {
    let (school, id) = text.split_once('-')?;
    Some((SchoolCode::parse(school).ok()?, RegistrationId::parse(id)?))
}

pub(super) async fn show(who: StaffMember) -> Result<Response, PageError> {
    who.needs(Permission::FindRegistrations)?;
    page(&who, Vec::new()).await
}

async fn page(who: &StaffMember, refusals: Vec<Refused>) -> Result<Response, PageError> {
    let asked = Asked::read(who, &FILTERS);
    let mut rows = rows(who, &asked, PAGE.saturating_add(1)).await?;
    let pager = Pager::cut(PATH, &asked, &mut rows, |(seen, _)| format!("{}-{}", seen.school, seen.id));
    let (frame, menu) = who.frame_at(PATH, "staff-registrations").await?;
    let rows = rows.iter().map(|(seen, entries)| row(who, seen, entries)).collect::<Result<_, _>>()?;
    let kinds = passport::views::document_kinds(frame.t);
    let page = frame.refusing(refusals.clone(), crate::web::page::Typed::default());
    refused(&refusals, &[], &RegistrationsView { page, menu, asked, pager, rows, kinds })
}

/// A registration as a list shows it: nothing whole that a number could be misused with.
fn row(who: &StaffMember, seen: &Seen, entries: &[entry::Entry]) -> Result<RegistrationRow, PageError> {
    let catalogue = who.app.catalogue.get();
    let plan = catalogue.current();
    let name = |entry: &entry::Entry| {
        plan.and_then(|plan| plan.subject(entry.subject))
            .map_or_else(|| entry.subject.to_string(), |subject| subject.name.clone())
    };
    let paid = entries.iter().filter(|entry| entry.paid_at.is_some()).count();
    let number = who.app.vault.open(&seen.document_sealed).map_err(PageError::fault)?;
    Ok(RegistrationRow {
        href: format!("{PATH}/{}/{}", seen.school, seen.id),
        key: format!("{}-{}", seen.school, seen.id),
        name: seen.name.clone(),
        student_number: seen.student_number.clone(),
        class: format!("{} {}", seen.college, seen.class),
        campus: seen.campus.to_string(),
        document: DocumentNumber::parse(&number).map_or_else(|_| "***".to_owned(), |number| number.masked()),
        subjects: entries.iter().map(name).collect::<Vec<_>>().join("；"),
        paid: i64::try_from(paid).unwrap_or(0),
        unpaid: i64::try_from(entries.len().saturating_sub(paid)).unwrap_or(0),
        saved_at: seen.saved_at.page(),
    })
}

pub(super) async fn csv(who: StaffMember) -> Result<Response, PageError> {
    file(who, Form::Csv).await
}

pub(super) async fn xlsx(who: StaffMember) -> Result<Response, PageError> {
    file(who, Form::Xlsx).await
}

async fn file(who: StaffMember, form: Form) -> Result<Response, PageError> {
    who.needs(Permission::FindRegistrations)?;
    let asked = Asked::read(&who, &FILTERS);
    let rows = rows(&who, &asked, FILE_ROWS.saturating_add(1)).await?;
    if too_long(&rows) {
        let said = StaffRefusal::TooManyRows.on(&who.page());
        return page(&who, vec![said]).await;
    }
    let page = who.page();
    let headings = [
        "staff-col-name",
        "staff-col-number",
        "staff-col-class",
        "staff-col-campus",
        "staff-col-document",
        "staff-col-subjects",
        "staff-col-paid",
        "staff-col-unpaid",
        "staff-col-saved",
    ];
    let cells = |(seen, entries): &(Seen, Vec<entry::Entry>)| {
        let row = row(&who, seen, entries)?;
        let (paid, unpaid) = (row.paid.to_string(), row.unpaid.to_string());
        let saved = seen.saved_at.to_string();
        Ok::<_, PageError>(vec![
            row.name,
            row.student_number,
            row.class,
            row.campus,
            row.document,
            row.subjects,
            paid,
            unpaid,
            saved,
        ])
    };
    let sheet = Sheet {
        headings: headings.map(|key| page.m(key).to_owned()).to_vec(),
        rows: rows.iter().map(cells).collect::<Result<_, _>>()?,
    };
    list::download(&who, "registrations", form, sheet).await
}

/// Finds one registration by 通行证ID or document. A POST, because neither belongs into an address.
pub(super) async fn search(who: StaffMember, form: FormData) -> Result<Response, PageError> {
    who.needs(Permission::FindRegistrations)?;
    let public_id = form.one("passport")?.trim().to_ascii_uppercase();
    let kind = DocumentKind::from_wire(form.one("document_kind")?.trim());
    let document = kind.and_then(|kind| Document::parse(kind, form.one("document_number").ok()?).ok());
    let found = match (public_id.is_empty(), document, current(&who)) {
        (_, _, None) | (true, None, _) => None,
        (false, _, Some(sitting)) => by_passport(&who, public_id, sitting).await?,
        (true, Some(document), Some(sitting)) => by_document(&who, &document, sitting).await?,
    };
    if let Some(seen) = found {
        return Ok(see_other(&format!("{PATH}/{}/{}", seen.school, seen.id)));
    }
    let said = Refused::new(who.page().t, "record-not-found").saying(who.page().m("staff-not-found"));
    page(&who, vec![said]).await
}

async fn by_passport(
    who: &StaffMember,
    public_id: String,
    sitting: SittingCode,
) -> Result<Option<Seen>, PageError> {
    let scope = who.scope.clone();
    let found: Result<_, DbError> = who
        .app
        .db
        .read(async move |tx| {
            let Some(passport) = passport::store::by_public_id(tx, &public_id).await? else {
                return Ok(None);
            };
            let Some((school, id)) = registrations::claim(tx, passport, &sitting).await? else {
                return Ok(None);
            };
            scoped::one(tx, &scope, school, id).await
        })
        .await;
    Ok(found?)
}

/// The live registration of a document in a scope.
pub(super) async fn of_document(
    tx: &mut Tx<'_>,
    scope: &Scope,
    document: DocumentKey,
    sitting: &SittingCode,
) -> Result<Option<Seen>, DbError> {
    let Some(record) = roster::store::find(tx, sitting, document).await? else { return Ok(None) };
    let held = registrations::live_of_student(tx, record.school, sitting, &document.bytes()).await?;
    match held {
        Some(id) => scoped::one(tx, scope, record.school, id).await,
        None => Ok(None),
    }
}

async fn by_document(
    who: &StaffMember,
    document: &Document,
    sitting: SittingCode,
) -> Result<Option<Seen>, PageError> {
    let (scope, key) = (who.scope.clone(), DocumentKey::of(&who.app.vault, document));
    let found: Result<_, DbError> =
        who.app.db.read(async move |tx| of_document(tx, &scope, key, &sitting).await).await;
    Ok(found?)
}

pub(super) async fn one(who: StaffMember, Path(path): Path<(String, String)>) -> Result<Response, PageError> {
    who.needs(Permission::FindRegistrations)?;
    detail(&who, path, None, None).await
}

/// Shows the whole document number once, after the reason is in the log.
pub(super) async fn document(
    who: StaffMember,
    Path(path): Path<(String, String)>,
    form: FormData,
) -> Result<Response, PageError> {
    who.needs(Permission::ShowDocument)?;
    let (seen, _) = seen(&who, &path).await?;
    let reason = form.one("reason")?;
    let Some((reason, _)) = REASONS.iter().find(|(known, _)| *known == reason) else {
        let refusal = Refused::new(who.page().t, "field-invalid")
            .at("reason")
            .saying(who.page().m("staff-reason-needed"));
        return detail(&who, path, None, Some(refusal)).await;
    };
    let (actor, from, school, id) = (who.actor(), who.from(), seen.school, seen.id);
    let detail_text = format!("reason={reason}");
    let written: Result<(), DbError> = who
        .app
        .db
        .write(async move |tx| {
            let event = Event {
                school,
                actor: actor.clone(),
                action: "document-shown",
                object_kind: "registration",
                object: &id.to_string(),
                address: &from,
                detail: &detail_text,
            };
            audit::record(tx, &event).await
        })
        .await;
    written?;
    let number = who.app.vault.open(&seen.document_sealed).map_err(PageError::fault)?;
    detail(&who, path, Some(number), None).await
}

async fn seen(
    who: &StaffMember,
    (school, id): &(String, String),
) -> Result<(Seen, Vec<entry::Entry>), PageError> {
    let school = SchoolCode::parse(school).map_err(|_| PageError::NotFound)?;
    let id = RegistrationId::parse(id).ok_or(PageError::NotFound)?;
    let scope = who.scope.clone();
    let found: Result<_, DbError> = who
        .app
        .db
        .read(async move |tx| {
            let Some(seen) = scoped::one(tx, &scope, school, id).await? else { return Ok(None) };
            let entries = live_entries(tx, &seen).await?;
            Ok(Some((seen, entries)))
        })
        .await;
    found?.ok_or(PageError::NotFound)
}

async fn detail(
    who: &StaffMember,
    path: (String, String),
    number: Option<String>,
    refusal: Option<Refused>,
) -> Result<Response, PageError> {
    let (seen, entries) = seen(who, &path).await?;
    let passport = seen.passport;
    let account: Result<_, DbError> =
        who.app.db.read(async move |tx| passport::store::account(tx, passport).await).await;
    let account = account?;
    let address = format!("{PATH}/{}/{}", seen.school, seen.id);
    let (frame, menu) = who.frame_at(&address, "staff-registration").await?;
    let refusals: Vec<Refused> = refusal.into_iter().collect();
    let shown = number.is_some();
    let row = row(who, &seen, &entries)?;
    let kind = passport::views::document_kind_name(frame.t, &seen.document_kind).to_owned();
    let reasons = REASONS.map(|(value, key)| crate::web::page::Choice {
        value: value.to_owned(),
        text: frame.m(key).to_owned(),
    });
    let masked = |email: &str| Email::parse(email).map_or_else(|_| "***".to_owned(), |email| email.masked());
    let shown = Shown {
        document: number.unwrap_or_else(|| row.document.clone()),
        whole: shown,
        kind,
        email: account.as_ref().map(|account| masked(&account.email)).unwrap_or_default(),
        passport_id: account.map(|account| account.public_id).unwrap_or_default(),
        may_show: who.may(Permission::ShowDocument),
        may_rebind: who.may(Permission::AskRebind),
    };
    let page = frame.refusing(refusals.clone(), crate::web::page::Typed::default());
    let view = RegistrationView { page, menu, row, shown, reasons: reasons.to_vec() };
    if refusals.is_empty() { html(StatusCode::OK, &view) } else { refused(&refusals, &[], &view) }
}
