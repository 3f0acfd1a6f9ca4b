//! `/staff/refunds/{school}-{id}`: one refund, and what finance decides where no job can finish it.

use axum::extract::Path;
use axum::response::Response;

use super::{request, row};
use crate::staff::StaffMember;
use crate::staff::pages::{by, refused};
use crate::staff::views::RefundView;
use crate::web::answer::{PageError, refusal, see_other};
use crate::web::form_data::FormData;
use crate::web::page::{OnPage as _, Page, Refused, Typed};
use cet_base::store::{DbError, Stop, Tx};
use cet_base::words::codes::SchoolCode;
use cet_base::words::time::Time;
use cet_domain::payment::store::scoped::{self, RefundSeen};
use cet_domain::payment::store::settling::{self, Stopped};
use cet_domain::payment::verbs::{SettleRefusal, refund_by_hand, retry_refund};
use cet_domain::staff::Permission;

/// The key in an address.
pub(in crate::staff::pages) fn key(text: &str) -> Result<(SchoolCode, i64), PageError> {
    SchoolCode::parse_row(text).ok_or(PageError::NotFound)
}

async fn found(
    who: &StaffMember,
    (school, id): (SchoolCode, i64),
) -> Result<(RefundSeen, Stopped), PageError> {
    let scope = who.scope.clone();
    let found: Result<_, DbError> = who
        .app
        .db
        .read(async move |tx: &mut Tx<'_>| {
            let seen = scoped::refund(tx, &scope, school, id).await?;
            Ok(seen.zip(settling::refund(tx, &scope, school, id).await?))
        })
        .await;
    found?.ok_or(PageError::NotFound)
}

pub(super) async fn page(
    who: &StaffMember,
    text: &str,
    said: Vec<Refused>,
    typed: Typed,
) -> Result<Response, PageError> {
    let (seen, stopped) = found(who, key(text)?).await?;
    let (page, menu) = who.frame_at(&format!("/staff/refunds/{text}"), "staff-refund").await?;
    let view = RefundView {
        row: row(&page, &seen),
        is_due: seen.state == "due" && stopped.stopped_at.is_none(),
        waits: stopped.stopped_at.is_some(),
        stopped_at: stopped.stopped_at.map(Time::page).unwrap_or_default(),
        unknown: stopped.state == "unknown",
        answer: stopped.answer,
        settled_by: stopped.settled_by,
        note: stopped.note,
        request: stopped.request.map(request::address).unwrap_or_default(),
        page: page.refusing(said.clone(), typed),
        menu,
    };
    refused(&said, &[], &view)
}

/// Why a refund needs no decision: who settled it and when, or what the system does.
fn settled(page: &Page, (seen, stopped): &(RefundSeen, Stopped)) -> String {
    let time = seen.done_at.map(Time::page).unwrap_or_default();
    match seen.state.as_str() {
        "by-hand" => page.f("staff-settled-by-hand", &[("who", &stopped.settled_by), ("time", &time)]),
        "done" => page.f("staff-settled-done", &[("time", &time)]),
        "due" => page.m("staff-settled-due").to_owned(),
        _ => page.m("staff-settled-over").to_owned(),
    }
}

async fn decided(
    who: &StaffMember,
    text: &str,
    done: Result<(), SettleRefusal>,
    typed: Typed,
) -> Result<Response, PageError> {
    match done {
        Ok(()) => Ok(see_other(&format!("/staff/refunds/{text}"))),
        Err(SettleRefusal::NotFound) => Err(PageError::NotFound),
        Err(SettleRefusal::Over) => {
            let on = who.page();
            let said = SettleRefusal::Over.on(&on).saying(settled(&on, &found(who, key(text)?).await?));
            page(who, text, vec![said], typed).await
        }
        Err(why) => page(who, text, vec![why.on(&who.page())], typed).await,
    }
}

pub(in crate::staff::pages) async fn retry(
    who: StaffMember,
    Path(text): Path<String>,
) -> Result<Response, PageError> {
    who.needs(Permission::Refunds)?;
    let (by, key) = (by(&who), key(&text)?);
    let done: Result<(), Stop<SettleRefusal>> =
        who.app.db.write_again(async move |tx: &mut Tx<'_>| retry_refund(tx, by.clone(), key).await).await;
    decided(&who, &text, refusal(done)?, Typed::default()).await
}

pub(in crate::staff::pages) async fn by_hand(
    who: StaffMember,
    Path(text): Path<String>,
    form: FormData,
) -> Result<Response, PageError> {
    who.needs(Permission::Refunds)?;
    let (by, key, note) = (by(&who), key(&text)?, form.one("note")?.to_owned());
    let catalogue = who.app.catalogue.get();
    let done: Result<(), Stop<SettleRefusal>> = who
        .app
        .db
        .write_again(async move |tx: &mut Tx<'_>| {
            refund_by_hand(tx, &catalogue, by.clone(), key, note.clone()).await
        })
        .await;
    decided(&who, &text, refusal(done)?, form.typed(&["note"])).await
}
