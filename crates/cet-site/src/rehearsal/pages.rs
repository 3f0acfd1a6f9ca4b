//! `/rehearsal` and below it.

use std::sync::Arc;

use crate::web::route::{boxed, get, post};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Json, Router};
use http::StatusCode;
use serde::Serialize;

use super::gateways::{self, NoConsole};
use super::store;
use super::views::{ClockView, GatewayBehaviour, GatewayView, MailView, MailboxView, RehearsalView};
use crate::app::App;
use crate::web::answer::{PageError, html, see_other};
use crate::web::form_data::FormData;
use crate::web::page::{Page, Refused};
use crate::web::visitor::Visitor;
use cet_base::store::{DbError, Tx};
use cet_base::words::time::Time;
use cet_domain::outbox;
use cet_domain::sitting::Plan;

/// Maximum number of mails on the mailbox page.
const MAILS: i64 = 500;
/// The same in its JSON, which scripts read: every mail of a rehearsal of some size.
const MAILS_JSON: i64 = 20_000;
/// The farthest that the clock can be moved at once: two years, longer than any sitting.
const FARTHEST_SECONDS: i64 = 2 * 366 * 86_400;

/// Routes of this module; empty outside a rehearsal.
pub fn routes(app: &App) -> Router<App> {
    if !app.config.rehearsal {
        return Router::new();
    }
    Router::new()
        .route("/rehearsal", get(home))
        .route("/rehearsal/mailbox", get(mailbox))
        .route("/rehearsal/mailbox.json", get(mailbox_json))
        .route("/rehearsal/clock", get(clock).post(boxed(move_clock)))
        .route("/rehearsal/gateway", get(gateways_now).post(boxed(set_gateways)))
        .route("/rehearsal/gateway/refund", post(refund_in_console))
        .merge(crate::waiting::rehearsal_routes())
}

async fn home(visitor: Visitor) -> Result<Response, PageError> {
    let page = visitor.page().titled("rehearsal-title");
    let shifted = visitor.app.catalogue.get().current().and_then(|plan| shifted(plan, page.lang().code()));
    html(StatusCode::OK, &RehearsalView { page, shifted })
}

/// Name and year of a sitting whose registration opens in another year than its name says: `cet demo` uses the manual's
/// name, but counts the dates from its first start.
fn shifted(plan: &Plan, lang: &str) -> Option<(String, String)> {
    let (opens, _) = plan.registration_span()?;
    let year = opens.local("%Y");
    (year != plan.year.to_string()).then(|| (plan.name_in(lang).to_owned(), year))
}

async fn mailbox(visitor: Visitor) -> Result<Response, PageError> {
    let page = visitor.page().titled("rehearsal-mailbox-title");
    let boxed = visitor.app.db.read(async |tx: &mut Tx<'_>| outbox::store::mailbox(tx, MAILS).await).await?;
    let mails = boxed
        .iter()
        .map(|mail| MailView::new(&mail.recipient, &mail.subject, mail.at.page(), &mail.body))
        .collect();
    html(StatusCode::OK, &MailboxView { page, mails })
}

/// One mail in the mailbox's JSON, for scripts.
#[derive(Serialize)]
struct MailJson {
    to: String,
    subject: String,
    text: String,
    at: String,
}

async fn mailbox_json(State(app): State<App>) -> Result<Response, PageError> {
    let boxed =
        app.db.read_long(async |tx: &mut Tx<'_>| outbox::store::mailbox(tx, MAILS_JSON).await).await?;
    let mails: Vec<MailJson> = boxed
        .into_iter()
        .map(|mail| MailJson {
            to: mail.recipient,
            subject: mail.subject,
            text: mail.body,
            at: mail.at.to_string(),
        })
        .collect();
    Ok(Json(mails).into_response())
}

async fn clock(visitor: Visitor) -> Result<Response, PageError> {
    clock_page(&visitor, visitor.page(), StatusCode::OK).await
}

async fn clock_page(visitor: &Visitor, page: Page, status: StatusCode) -> Result<Response, PageError> {
    let read = visitor
        .app
        .db
        .read(async |tx: &mut Tx<'_>| Ok::<_, DbError>((tx.now().await?, store::shift(tx).await?)));
    let (now, shift) = read.await?;
    let seconds = shift / 1_000_000;
    let shift = format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    let view = ClockView {
        page: page.titled("rehearsal-clock-title"),
        now: now.local("%Y-%m-%d %H:%M:%S"),
        now_machine: now.to_string(),
        shift,
    };
    html(status, &view)
}

/// Neither seconds nor a time that the clock can be moved to.
const CLOCK_REFUSED: &str = "rehearsal-clock-refused";

/// How far to move the clock.
enum Move {
    Seconds(i64),
    To(Time),
}

async fn move_clock(visitor: Visitor, form: FormData) -> Result<Response, PageError> {
    let (advance, now) = (form.one("advance")?.trim(), form.one("now")?.trim());
    let seconds = advance.parse::<i64>().ok().filter(|seconds| (0..=FARTHEST_SECONDS).contains(seconds));
    let wanted = match (advance.is_empty(), now.is_empty(), seconds) {
        // Of two ways to go neither is meant more than the other.
        (false, false, _) => Err(("now", "rehearsal-clock-both")),
        (false, true, Some(seconds)) => Ok(Move::Seconds(seconds)),
        (true, false, _) => Time::parse_local(now).map(Move::To).map_err(|_| ("now", CLOCK_REFUSED)),
        (false, true, None) | (true, true, _) => Err(("advance", CLOCK_REFUSED)),
    };
    let moved = match wanted {
        Ok(to) => visitor
            .app
            .db
            .write(async move |tx: &mut Tx<'_>| carry_out(tx, &to).await)
            .await?
            .then_some(())
            .ok_or(("now", CLOCK_REFUSED)),
        Err(why) => Err(why),
    };
    match moved {
        Ok(()) => {
            visitor.app.wake_jobs();
            // The portal uses the clock as of the last refresh.
            visitor.app.catalogue.refresh(&visitor.app.db).await?;
            Ok(see_other("/rehearsal/clock"))
        }
        Err((field, why)) => {
            let page = visitor.page();
            let refused = Refused::new(page.t, "field-invalid").at(field).saying(page.m(why));
            let page = page.refusing(vec![refused], form.typed(&["advance", "now"]));
            clock_page(&visitor, page, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

/// Moves the clock. It can't go back, nor beyond the limit: then this returns `false`.
async fn carry_out(tx: &mut Tx<'_>, to: &Move) -> Result<bool, DbError> {
    match to {
        Move::Seconds(seconds) => store::advance(tx, 0, *seconds).await?,
        Move::To(time) => {
            let now = tx.now().await?;
            let micros = time.micros().saturating_sub(now.micros());
            if micros < 0 || micros / 1_000_000 > FARTHEST_SECONDS {
                return Ok(false);
            }
            let part = u32::try_from(micros % 1_000_000).unwrap_or(0);
            store::advance(tx, part, micros / 1_000_000).await?;
        }
    }
    Ok(true)
}

async fn gateways_now(visitor: Visitor) -> Result<Response, PageError> {
    let behaviour = gateways::to_view(&gateways::behaviour(&visitor.app.db).await?);
    let page = visitor.page().titled("rehearsal-gateway-title");
    html(StatusCode::OK, &GatewayView { page, behaviour })
}

async fn set_gateways(visitor: Visitor, form: FormData) -> Result<Response, PageError> {
    let number = |text: &str| if text.is_empty() { 0 } else { text.trim().parse().unwrap_or(-1) };
    let behaviour = GatewayBehaviour {
        outcome: form.one("outcome")?.to_owned(),
        delay: number(form.one("delay")?),
        drop: form.one("drop")? == "yes",
        duplicates: number(form.one("duplicates")?),
        reorder: form.one("reorder")? == "yes",
        falsify: form.one("falsify")?.to_owned(),
        trouble: form.one("trouble")?.to_owned(),
        late: form.one("late")? == "yes",
        bill: form.many("bill").map(str::to_owned).collect(),
    };
    match gateways::from_view(&behaviour) {
        Ok(wanted) => {
            let set =
                visitor.app.db.write(async move |tx: &mut Tx<'_>| gateways::change(tx, wanted.clone()).await);
            set.await?;
            Ok(see_other("/rehearsal/gateway"))
        }
        Err(field) => {
            let page = visitor.page().titled("rehearsal-gateway-title");
            let refused = Refused::new(page.t, "field-invalid").at(field);
            let page = page.refusing(vec![refused], form.typed(&[]));
            html(StatusCode::UNPROCESSABLE_ENTITY, &GatewayView { page, behaviour })
        }
    }
}

/// Somebody refunds in a gateway's own console: nobody asked this system.
async fn refund_in_console(visitor: Visitor, form: FormData) -> Result<Response, PageError> {
    let (number, amount) = (form.one("number")?.trim().to_owned(), form.one("amount")?.trim().to_owned());
    let gateways = Arc::clone(&visitor.app.payments.gateways);
    let done = visitor
        .app
        .db
        .write(async move |tx: &mut Tx<'_>| {
            gateways::refund_in_console(tx, &gateways, (&number, &amount)).await
        })
        .await?;
    let (field, key) = match done {
        Ok(()) => return Ok(see_other("/rehearsal/gateway")),
        Err(NoConsole::Order) => ("number", "rehearsal-console-no-order"),
        Err(NoConsole::Amount) => ("amount", "rehearsal-console-no-amount"),
    };
    let behaviour = gateways::to_view(&gateways::behaviour(&visitor.app.db).await?);
    let page = visitor.page().titled("rehearsal-gateway-title");
    let refused = Refused::new(page.t, "field-invalid").at(field).saying(page.m(key));
    let page = page.refusing(vec![refused], form.typed(&["number", "amount"]));
    html(StatusCode::UNPROCESSABLE_ENTITY, &GatewayView { page, behaviour })
}

#[cfg(test)]
mod tests;
