//! One registration: masked, with its entries; its full document number is shown if a reason is given.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;

use super::{Full, PATH, live_entries, row};
use crate::passport;
use crate::staff::StaffMember;
use crate::staff::pages::{orders, refused};
use crate::staff::reveal::{self, Holder};
use crate::staff::views::{EntryRow, OtherOrderRow, Panel, RegistrationView, Shown};
use crate::web::answer::{PageError, html};
use crate::web::form_data::FormData;
use crate::web::page::{Page, Refused, Typed};
use cet_base::store::DbError;
use cet_base::words::codes::SchoolCode;
use cet_base::words::email::Email;
use cet_base::words::ids::{OrderId, RegistrationId};
use cet_domain::entry::Entry;
use cet_domain::payment::store::dossier;
use cet_domain::registration::store::scoped;
use cet_domain::staff::Permission;

type Place = (String, String);

pub(in crate::staff::pages) async fn show(
    who: StaffMember,
    Path(path): Path<Place>,
) -> Result<Response, PageError> {
    who.needs(Permission::FindRegistrations)?;
    detail(&who, path, None, None).await
}

/// Shows the full document number once, after the reason was recorded in the audit log.
pub(in crate::staff::pages) async fn document(
    who: StaffMember,
    Path(path): Path<Place>,
    form: FormData,
) -> Result<Response, PageError> {
    who.needs(Permission::ShowDocument)?;
    let (seen, _) = seen(&who, &path).await?;
    let object = (Holder::Registration, seen.id.0);
    match reveal::recorded(&who, seen.school, object, form.one("reason")?).await? {
        Ok(()) => {
            let number = seen.number(&who.app.vault).map_err(PageError::fault)?;
            detail(&who, path, Some(number), None).await
        }
        Err(refusal) => detail(&who, path, None, Some(refusal)).await,
    }
}

async fn seen(who: &StaffMember, (school, id): &Place) -> Result<Full, PageError> {
    let school = SchoolCode::parse(school).map_err(|_| PageError::NotFound)?;
    let id = RegistrationId::parse(id).ok_or(PageError::NotFound)?;
    let scope = who.scope.clone();
    let found: Result<_, DbError> = who
        .app
        .db
        .read(async move |tx| {
            let Some(seen) = scoped::one(tx, &scope, school, id).await? else { return Ok(None) };
            let entries = live_entries(tx, school, id).await?;
            Ok(Some((seen, entries)))
        })
        .await;
    found?.ok_or(PageError::NotFound)
}

/// A subject with its state: paid, locked by the school, or unpaid until when.
fn entry_row(who: &StaffMember, page: &Page, of: &Entry) -> EntryRow {
    let plan = who.list_sitting();
    let subject = plan.as_ref().and_then(|plan| plan.subject(of.subject));
    let (class, state) = match (of.paid_at, of.locked_by) {
        (Some(_), _) => ("ok", page.m("staff-col-paid")),
        (None, Some(_)) => ("info", page.m("staff-entry-locked")),
        (None, None) => ("warn", page.m("staff-col-unpaid")),
    };
    let until = match (of.paid_at, of.locked_by) {
        (Some(at), _) => at.page(),
        (None, Some(_)) => String::new(),
        (None, None) => page.f("staff-entry-until", &[("time", &of.expires_at.page())]),
    };
    EntryRow {
        subject: subject
            .map_or_else(|| of.subject.to_string(), |subject| subject.name_in(page.lang().code()).to_owned()),
        campus: format!("({}){}", of.campus, of.campus_name),
        class,
        state,
        until,
    }
}

/// The orders of a registration, for whom may see one, and whether money that names them waits for finance.
async fn money(
    who: &StaffMember,
    page: &Page,
    seen: &scoped::Seen,
) -> Result<(Vec<OtherOrderRow>, bool), PageError> {
    if !who.may(Permission::SeeOrder) {
        return Ok((Vec::new(), false));
    }
    let (school, id) = (seen.school, seen.id);
    let found: Result<_, DbError> = who
        .app
        .db
        .read(async move |tx| {
            let orders = dossier::others(tx, school, id, OrderId(0)).await?;
            Ok((orders, dossier::doubts(tx, school, id).await?))
        })
        .await;
    let (orders, doubts) = found?;
    Ok((orders.iter().map(|of| orders::one::other_row(page, of)).collect(), doubts > 0))
}

/// The details of a registration; `None` for whom is not in the scope or has none any more.
pub(super) async fn panel(who: &StaffMember, page: &Page, key: &str) -> Result<Option<Panel>, PageError> {
    let Some((school, id)) = key.split_once('-') else { return Ok(None) };
    match seen(who, &(school.to_owned(), id.to_owned())).await {
        Ok(of) => Ok(Some(details(who, page, &of, None).await?)),
        Err(PageError::NotFound) => Ok(None),
        Err(fault) => Err(fault),
    }
}

async fn details(
    who: &StaffMember,
    page: &Page,
    (seen, entries): &Full,
    number: Option<String>,
) -> Result<Panel, PageError> {
    let passport = seen.passport;
    let account: Result<_, DbError> =
        who.app.db.read(async move |tx| cet_domain::passport::store::account(tx, passport).await).await;
    let account = account?;
    let row = row(who, seen, entries)?;
    let kind = passport::views::document_kind_name(page.t, &seen.document_kind).to_owned();
    let masked = |email: &str| Email::parse(email).map_or_else(|_| "***".to_owned(), |email| email.masked());
    let shown = Shown {
        whole: number.is_some(),
        document: number.unwrap_or_else(|| row.document.clone()),
        kind,
        email: account.as_ref().map(|account| masked(&account.email)).unwrap_or_default(),
        passport_id: account.map(|account| account.public_id).unwrap_or_default(),
        may_show: who.may(Permission::ShowDocument),
        may_rebind: passport.is_one() && who.may(Permission::AskRebind),
    };
    let (orders, doubts) = money(who, page, seen).await?;
    let entries = entries.iter().map(|entry| entry_row(who, page, entry)).collect();
    Ok(Panel { row, shown, entries, reasons: reveal::reasons(page), orders, doubts })
}

async fn detail(
    who: &StaffMember,
    path: Place,
    number: Option<String>,
    refusal: Option<Refused>,
) -> Result<Response, PageError> {
    let found = seen(who, &path).await?;
    let address = format!("{PATH}/{}/{}", found.0.school, found.0.id);
    let (frame, menu) = who.frame_at(&address, "staff-registration").await?;
    let of = details(who, &frame, &found, number).await?;
    let refusals: Vec<Refused> = refusal.into_iter().collect();
    let page = frame.refusing(refusals.clone(), Typed::default());
    let view = RegistrationView { page, menu, of };
    if refusals.is_empty() { html(StatusCode::OK, &view) } else { refused(&refusals, &[], &view) }
}
