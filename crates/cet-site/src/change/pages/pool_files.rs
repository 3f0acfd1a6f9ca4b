//! `/staff/pools.csv` and `.xlsx`: the seats of a place's campuses.

use axum::response::Response;

use super::pool_rows;
use crate::change::{tree, words};
use crate::staff::StaffMember;
use crate::staff::downloads::Download;
use crate::staff::list::{Form, Sheet, download, download_empty};
use crate::web::answer::PageError;
use crate::web::page::Page;
use cet_base::store::{DbError, Tx};
use cet_base::words::codes::CampusCode;
use cet_domain::seat_pool::scoped;
use cet_domain::sitting::window::Scope as Place;
use cet_domain::staff::{Permission, Scope};

/// The first three are those of a file that is sent.
fn headings(page: &Page) -> Vec<String> {
    let [campus, subject, capacity] = pool_rows::COLUMNS.map(str::to_owned);
    let own = |key: &'static str| page.m(key).to_owned();
    vec![
        campus,
        own("setting-campus"),
        subject,
        own("setting-subject-name"),
        capacity,
        own("setting-taken"),
        own("setting-left"),
        own("setting-waiting"),
    ]
}

/// The pools of a place as a file, which can be uploaded again.
async fn file(who: &StaffMember, form: Form) -> Result<Response, PageError> {
    who.needs(Permission::Pools)?;
    let (page, place) = (who.page(), tree::top(who)?);
    let Some(plan) = super::chosen_or_none(who)? else {
        return download_empty(who, "pools", form, headings(&page)).await;
    };
    let scope = Scope::parse(&place.to_string()).ok_or(PageError::NotFound)?;
    let sitting = plan.code.clone();
    let ends = CampusCode::parse("000000").ok().zip(CampusCode::parse("999999").ok());
    let ends = ends.ok_or(PageError::NotFound)?;
    let list = async move |tx: &mut Tx<'_>| scoped::between(tx, &scope, &sitting, ends).await;
    let begun = Download::of(who)?;
    let read: Result<Vec<scoped::PoolShown>, DbError> = who.app.db.read_long(list).await;
    let catalogue = who.app.catalogue.get();
    let row = |pool: scoped::PoolShown| {
        vec![
            pool.campus.to_string(),
            words::place(&page, &catalogue, Place::Campus(pool.campus)),
            pool.subject.to_string(),
            words::subject(&page, &plan, pool.subject),
            pool.capacity.to_string(),
            pool.taken.to_string(),
            pool.capacity.saturating_sub(pool.taken).to_string(),
            pool.waiting.to_string(),
        ]
    };
    let rows = read?.into_iter().map(row).collect();
    download(who, "pools", form, (begun, Sheet { headings: headings(&page), rows })).await
}

pub(super) async fn csv(who: StaffMember) -> Result<Response, PageError> {
    file(&who, Form::Csv).await
}

pub(super) async fn xlsx(who: StaffMember) -> Result<Response, PageError> {
    file(&who, Form::Xlsx).await
}
