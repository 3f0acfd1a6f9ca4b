//! `/staff/retrieval`: which account holds a candidate's registration (A6), told to the candidate by staff.

use axum::response::Response;
use http::StatusCode;

use super::refused;
use super::registrations::find::of_document;
use crate::passport;
use crate::staff::StaffMember;
use crate::staff::views::RetrievalView;
use crate::web::answer::{PageError, html};
use crate::web::form_data::FormData;
use crate::web::page::Refused;
use cet_base::store::DbError;
use cet_base::words::codes::SchoolCode;
use cet_base::words::document::{Document, DocumentKind};
use cet_base::words::name::PersonName;
use cet_domain::audit::{self, Changes, Event};
use cet_domain::registration::store::scoped::Seen;
use cet_domain::roster::DocumentKeys;
use cet_domain::staff::Permission;

const TYPED: [&str; 3] = ["document_kind", "document_number", "name"];

pub(super) async fn form(who: StaffMember) -> Result<Response, PageError> {
    who.needs(Permission::RetrieveAccount)?;
    let (page, menu) = who.frame("staff-retrieval").await?;
    let kinds = passport::views::document_kinds(page.t);
    html(StatusCode::OK, &RetrievalView { page, menu, kinds, found: None })
}

pub(super) async fn retrieve(who: StaffMember, form: FormData) -> Result<Response, PageError> {
    who.needs(Permission::RetrieveAccount)?;
    let kind = DocumentKind::from_wire(form.one("document_kind")?.trim());
    let number = form.one("document_number")?;
    let document = kind.and_then(|kind| Document::parse(kind, number).ok());
    let name = PersonName::parse(form.one("name")?).ok();
    let found = match (document, name) {
        (Some(document), Some(name)) => look_up(&who, &document, &name).await?,
        (_, None) | (None, _) => None,
    };
    let (page, menu) = who.frame("staff-retrieval").await?;
    let kinds = passport::views::document_kinds(page.t);
    if found.is_some() {
        return html(StatusCode::OK, &RetrievalView { page, menu, kinds, found });
    }
    let said = vec![Refused::new(page.t, "record-not-found").saying(page.m("staff-not-found"))];
    let page = page.refusing(said.clone(), form.typed(&TYPED));
    refused(&said, &[], &RetrievalView { page, menu, kinds, found: None })
}

/// The e-mail address; every look-up is recorded in the audit log, even one that finds nothing.
async fn look_up(
    who: &StaffMember,
    document: &Document,
    name: &PersonName,
) -> Result<Option<String>, PageError> {
    let Some(sitting) = who.list_sitting().map(|plan| plan.code.clone()) else { return Ok(None) };
    let (scope, key) = (who.scope.clone(), DocumentKeys::of(&who.app.vault, document));
    let meant = name.clone();
    let (actor, from) = (who.actor(), who.from());
    let found: Result<_, DbError> = who
        .app
        .db
        .write(async move |tx| {
            let seen = of_document(tx, &scope, &key, &sitting).await?;
            let seen = seen.filter(|seen: &Seen| meant.is_written_for(&seen.name));
            let object = seen.as_ref().map(|seen| seen.id.to_string()).unwrap_or_default();
            let event = Event {
                school: seen
                    .as_ref()
                    .map_or_else(|| scope.school().unwrap_or(SchoolCode::NONE), |seen| seen.school),
                actor: actor.clone(),
                action: "account-looked-up",
                object_kind: "registration",
                object: &object,
                address: &from,
                detail: if seen.is_some() { "whole" } else { "nothing" },
                changes: Changes::NONE,
            };
            audit::record(tx, &event).await?;
            match seen {
                Some(seen) => cet_domain::passport::store::account(tx, seen.passport).await,
                None => Ok(None),
            }
        })
        .await;
    Ok(found?.map(|account| account.email))
}
