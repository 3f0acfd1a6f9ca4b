//! `/account/closing` (A11): asks, and closes the passport.

use askama::Template;
use axum::response::Response;
use http::{HeaderName, HeaderValue, StatusCode, header};

use super::{current, status_of, with_wait};
use crate::passport::{Candidate, cookies};
use crate::web::answer::{PageError, html, refused_html, see_other};
use crate::web::form_data::FormData;
use crate::web::page::{OnPage as _, Page, Refused, Typed};
use cet_base::store::Stop;
use cet_domain::passport::refusal::PassportRefusal;
use cet_domain::privacy::closing::{self, ClosingRefusal};

/// `/account/closing`.
#[derive(Template)]
#[template(path = "privacy/closing.html")]
pub(super) struct ClosingView {
    page: Page,
}

fn view(page: Page) -> ClosingView {
    ClosingView { page: page.titled("privacy-closing-title").described("privacy-closing-about") }
}

pub(super) async fn form(who: Candidate) -> Result<Response, PageError> {
    html(StatusCode::OK, &view(who.page()))
}

pub(super) async fn close(who: Candidate, form: FormData) -> Result<Response, PageError> {
    let mut refused: Vec<Refused> = Vec::new();
    let page = who.page();
    if form.one("confirm")? != "yes" {
        refused.push(
            Refused::new(page.t, "not-checked").at("confirm").saying(page.m("privacy-closing-unconfirmed")),
        );
    }
    let proven = match current::prove(&who, form.one("current_password")?).await? {
        Ok(proven) => proven,
        Err(refusal) if refused.is_empty() => {
            let view = view(page.clone().refusing(vec![refusal.on(&page)], Typed::default()));
            return Ok(with_wait(html(status_of(&[refusal]), &view)?, &[refusal]));
        }
        Err(refusal) => {
            refused.push(refusal.on(&page));
            return again(&who, &refused);
        }
    };
    if !refused.is_empty() {
        return again(&who, &refused);
    }
    let app = who.app.clone();
    let sitting = who.app.catalogue.get().current().map(|plan| plan.code.clone());
    let closed = who
        .app
        .db
        .write_again(async move |tx| closing::close(tx, &app, &proven, sitting.as_ref()).await)
        .await;
    match closed {
        Ok(()) => Ok(gone(&who)),
        Err(Stop::Refused(refusal)) => again(&who, &[said(&page, refusal)]),
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

fn said(page: &Page, refusal: ClosingRefusal) -> Refused {
    let in_use = |key: &'static str, to: (&'static str, &'static str)| {
        Refused::new(page.t, "passport-in-use").saying(page.m(key)).linked(to.0, page.m(to.1))
    };
    match refusal {
        ClosingRefusal::Registered => {
            in_use("privacy-closing-registered", ("/registration", "privacy-closing-to-registration"))
        }
        ClosingRefusal::Money => {
            in_use("privacy-closing-money", ("/account/payments", "payment-history-title"))
        }
        ClosingRefusal::Stale => PassportRefusal::CurrentPassword.on(page),
    }
}

fn again(who: &Candidate, refused: &[Refused]) -> Result<Response, PageError> {
    let page = who.page().refusing(refused.to_vec(), Typed::default());
    refused_html(refused, None, &view(page))
}

/// The session has ended, and what this browser keeps of it goes too.
fn gone(who: &Candidate) -> Response {
    let mut response = see_other("/");
    let headers = response.headers_mut();
    if let Some(cookie) = cookies::ended_cookie(&who.app) {
        headers.append(header::SET_COOKIE, cookie);
    }
    let clear = HeaderName::from_static("clear-site-data");
    headers.insert(clear, HeaderValue::from_static("\"cookies\", \"storage\""));
    response
}
