//! `/staff/accounts/{name}/reset`: a new password and second factor, asked by one person and approved by another.

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;

use super::first::{self, For};
use super::{PATH, granter, made, row};
use crate::staff::StaffMember;
use crate::staff::pages::refused;
use crate::staff::views::{ResetRow, ResetView};
use crate::web::answer::{PageError, html, refusal, see_other};
use crate::web::form_data::FormData;
use crate::web::page::OnPage as _;
use crate::web::page::{Page, Typed};
use cet_base::sealed::Sealed;
use cet_base::store::{DbError, Stop};
use cet_base::words::time::Time;
use cet_domain::staff::Permission;
use cet_domain::staff::reset::{self, NewSecrets, ResetRefusal};
use cet_domain::staff::store::resets::{self, Reset};
use cet_domain::staff::store::{self, Listed};
use cet_domain::staff::totp;

/// The title of the page with the new password.
const MADE: &str = "staff-reset-made";
/// How many requests are shown.
const SHOWN: i64 = 10;

struct Found {
    of: Listed,
    resets: Vec<Reset>,
    now: Time,
}

async fn found(who: &StaffMember, name: &str) -> Result<Found, PageError> {
    let (scope, name) = (who.scope.clone(), name.to_owned());
    let found: Result<_, DbError> = who
        .app
        .db
        .read(async move |tx| {
            let Some(of) = store::accounts::one(tx, &scope, &name).await? else { return Ok(None) };
            let resets = resets::of_account(tx, &name, SHOWN).await?;
            let now = tx.now().await?;
            Ok(Some(Found { of, resets, now }))
        })
        .await;
    found?.ok_or(PageError::NotFound)
}

pub(super) fn state(page: &Page, of: &Reset, now: Time) -> (&'static str, &'static str) {
    match of.state.as_str() {
        "done" => ("ok", page.m("staff-reset-state-done")),
        "asked" if now < of.expires_at => ("warn", page.m("staff-reset-state-asked")),
        "asked" => ("", page.m("staff-reset-state-over")),
        // A lapsed request that made way for another one was decided by nobody.
        _ if of.approver.as_deref() == Some("") => ("", page.m("staff-reset-state-over")),
        _ => ("bad", page.m("staff-reset-state-refused")),
    }
}

pub(in crate::staff::pages) async fn show(
    who: StaffMember,
    Path(name): Path<String>,
) -> Result<Response, PageError> {
    who.needs(Permission::Accounts)?;
    page(&who, &name, None, Typed::default()).await
}

async fn page(
    who: &StaffMember,
    name: &str,
    why: Option<ResetRefusal>,
    typed: Typed,
) -> Result<Response, PageError> {
    let Found { of, resets, now } = found(who, name).await?;
    let (page, menu) = who.frame_at(&format!("{PATH}/{}/reset", of.name), "staff-reset").await?;
    let page = first::marked(who, page)?;
    let open = |of: &&Reset| of.state == "asked" && now < of.expires_at;
    let waits = resets.iter().find(open);
    let allowed = reset::allowed(&granter(who), &of);
    let higher = waits.is_some_and(|waits| who.scope.holds(waits.scope.prefix()));
    let rows = resets.iter().map(|of| {
        let (class, state) = state(&page, of, now);
        ResetRow {
            class,
            state,
            reason: of.reason.clone(),
            requester: of.requester.clone(),
            asked_at: of.asked_at.page(),
            expires_at: of.expires_at.page(),
            approver: of.approver.clone().unwrap_or_default(),
            decided_at: of.decided_at.map(Time::page).unwrap_or_default(),
        }
    });
    let said: Vec<_> = why.or(allowed.err()).iter().map(|why| why.on(&page)).collect();
    let view = ResetView {
        rows: rows.collect(),
        may_ask: allowed.is_ok() && waits.is_none(),
        may_refuse: allowed.is_ok() && higher,
        may_approve: allowed.is_ok()
            && higher
            && waits.is_some_and(|waits| waits.requester_person != who.person),
        row: row(who, &page, &of)?,
        page: page.refusing(if why.is_some() { said.clone() } else { Vec::new() }, typed),
        menu,
    };
    if why.is_some() { refused(&said, &[], &view) } else { html(StatusCode::OK, &view) }
}

async fn answered(
    who: &StaffMember,
    name: &str,
    done: Result<(), ResetRefusal>,
    typed: Typed,
) -> Result<Response, PageError> {
    match done {
        Ok(()) => Ok(see_other(&format!("{PATH}/{name}/reset"))),
        Err(ResetRefusal::NotFound) => Err(PageError::NotFound),
        Err(why) => page(who, name, Some(why), typed).await,
    }
}

pub(in crate::staff::pages) async fn ask(
    who: StaffMember,
    Path(name): Path<String>,
    form: FormData,
) -> Result<Response, PageError> {
    who.needs(Permission::Accounts)?;
    let (by, asked, reason) = (granter(&who), name.clone(), form.one("reason")?.to_owned());
    let vault = std::sync::Arc::clone(&who.app.vault);
    let done: Result<(), Stop<ResetRefusal>> =
        who.app.db.write_again(async move |tx| reset::ask(tx, &vault, &by, &asked, &reason).await).await;
    answered(&who, &name, refusal(done)?, form.typed(&["reason"])).await
}

/// Approves. The new first password is shown only now; the second factor is set up at the next log-in.
pub(in crate::staff::pages) async fn approve(
    who: StaffMember,
    Path(name): Path<String>,
    form: FormData,
) -> Result<Response, PageError> {
    who.needs(Permission::Accounts)?;
    // A hash is costly: not for an account that this member does not see.
    found(&who, &name).await?;
    let (password, password_hash) = first::password(&who, &form, (For::Reset, &name)).await?;
    let vault = std::sync::Arc::clone(&who.app.vault);
    let secret = totp::base32(&vault.random::<{ totp::SECRET }>().map_err(PageError::fault)?);
    let new = NewSecrets {
        password_hash,
        totp_sealed: Sealed::new(&vault, name.as_str(), &secret).map_err(PageError::fault)?,
    };
    let (by, asked) = (granter(&who), name.clone());
    let done: Result<(), Stop<ResetRefusal>> =
        who.app.db.write_again(async move |tx| reset::approve(tx, &vault, &by, &asked, &new).await).await;
    match refusal(done)? {
        Ok(()) => made(&who, MADE, (name, password), false).await,
        Err(ResetRefusal::Over) => over(&who, &form, name).await,
        Err(why) => answered(&who, &name, Err(why), Typed::default()).await,
    }
}

/// It was decided: by this very form, which was sent twice, or otherwise.
async fn over(who: &StaffMember, form: &FormData, name: String) -> Result<Response, PageError> {
    let last = found(who, &name).await?.resets.into_iter().next();
    let own = last.filter(|of| of.state == "done" && of.approver.as_ref() == Some(&who.name));
    let at = own.and_then(|of| of.decided_at);
    if let Some(at) = at
        && let Some(password) = first::again(who, form, (For::Reset, &name), at).await?
    {
        return made(who, MADE, (name, password), true).await;
    }
    answered(who, &name, Err(ResetRefusal::Over), Typed::default()).await
}

pub(in crate::staff::pages) async fn refuse(
    who: StaffMember,
    Path(name): Path<String>,
) -> Result<Response, PageError> {
    who.needs(Permission::Accounts)?;
    let (by, asked) = (granter(&who), name.clone());
    let done: Result<(), Stop<ResetRefusal>> =
        who.app.db.write_again(async move |tx| reset::refuse(tx, &by, &asked).await).await;
    answered(&who, &name, refusal(done)?, Typed::default()).await
}
