//! The front page of somebody who is signed in: it leads with where they stand (R18).

use std::sync::Arc;

use axum::response::Response;
use http::StatusCode;

use super::views::PortalView;
use crate::passport::candidate::{frame, session_of};
use crate::situation::{self, Lead, On, Wording, Written};
use crate::web::answer::{PageError, html, refreshing};
use crate::web::visitor::Visitor;
use cet_base::store::{DbError, Tx};
use cet_domain::sitting::Plan;

/// The front page with the reader's situation; `None` for a visitor without a session.
///
/// # Errors
/// [`PageError`], also when the database is away: the public page must be shown then.
pub(super) async fn page(
    visitor: &Visitor,
    plan: &Arc<Plan>,
    view: impl FnOnce() -> PortalView,
) -> Result<Option<Response>, PageError> {
    let Some(session) = session_of(visitor).await? else { return Ok(None) };
    let ((passport, looked_up), current, prints) =
        ((session.passport, session.looked_up), Arc::clone(plan), visitor.app.printer.key().is_some());
    let read: Result<_, DbError> = visitor
        .app
        .db
        .read(async move |tx: &mut Tx<'_>| {
            cet_domain::situation::verbs::read(tx, &current, passport, (looked_up, prints)).await
        })
        .await;
    let read = read?;
    let mut view = view();
    view.page = frame(visitor, &session, view.page);
    let standpoint = cet_domain::situation::decide(&read.facts, plan, read.now);
    let written = Written::of(&visitor.app.vault, &read)?;
    let told = Wording { page: &view.page, plan, money: &read.money, written: &written, now: read.now };
    let lead = Lead::of(&told, &standpoint.situation, On::Portal);
    let again = lead.refresh_header("/");
    let notes = situation::notices(&told, &standpoint.notes);
    view.notes = view.page.that_fit(notes);
    view.standing = Some(lead);
    Ok(Some(refreshing(html(StatusCode::OK, &view)?, again)))
}
