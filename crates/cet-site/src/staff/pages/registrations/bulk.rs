//! A file of the registrations that are ticked in the list, masked as the list's files are.

use axum::response::Response;

use super::{Registrations, with_entries};
use crate::staff::StaffMember;
use crate::staff::downloads::Download;
use crate::staff::list::{self, Form, List as _, Sheet};
use crate::staff::ticked;
use crate::web::answer::PageError;
use crate::web::form_data::FormData;
use crate::web::page::Typed;

pub(in crate::staff::pages) async fn csv(who: StaffMember, form: FormData) -> Result<Response, PageError> {
    file(&who, &form, Form::Csv).await
}

pub(in crate::staff::pages) async fn xlsx(who: StaffMember, form: FormData) -> Result<Response, PageError> {
    file(&who, &form, Form::Xlsx).await
}

async fn file(who: &StaffMember, form: &FormData, ending: Form) -> Result<Response, PageError> {
    who.needs(Registrations::NEEDS)?;
    let sitting = who.shown_sitting().await?.code.clone();
    let page = who.page();
    let Some(keys) = ticked::registrations(form)? else {
        return list::page::<Registrations>(who, vec![ticked::nobody(&page)], Typed::default()).await;
    };
    let begun = Download::of(who)?;
    let found = ticked::find_registrations(who, &sitting, &keys).await?;
    let full = with_entries(who, found.current).await?;
    let rows = full.iter().map(|of| Registrations::cells(who, &page, of, false));
    let sheet = Sheet { headings: Registrations::headings(&page), rows: rows.collect::<Result<_, _>>()? };
    list::download_noted(who, Registrations::NAME, ending, (begun, sheet), " ticked=true").await
}
