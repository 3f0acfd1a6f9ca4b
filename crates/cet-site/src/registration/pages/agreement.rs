//! 报名协议: read, check the box, 同意 or 不同意 (R2).

use std::sync::Arc;

use axum::response::Response;

use crate::passport::candidate::Candidate;
use crate::registration::views::AgreementView;
use crate::web::answer::{PageError, refusal, refused_html, see_other};
use crate::web::form_data::FormData;
use crate::web::markdown;
use crate::web::page::{Refused, Typed};
use cet_base::store::Tx;
use cet_domain::registration::verbs::{accept_agreement, agreement_version};
use cet_domain::sitting::{Plan, TextKind};

pub(super) async fn page(who: Candidate) -> Result<Response, PageError> {
    let (_, plan) = who.sitting()?;
    show(&who, &plan, &[])
}

pub(super) async fn answer(who: Candidate, form: FormData) -> Result<Response, PageError> {
    let (accept, version) = (form.one("accept")?, form.one("version")?);
    // Whoever does not agree goes home, with or without a sitting.
    if accept == "no" {
        return Ok(see_other("/home"));
    }
    let (_, plan) = who.sitting()?;
    if accept == "yes" {
        return accept_version(&who, plan, version).await;
    }
    let refused = Refused::new(who.page().t, "field-invalid").at("accept");
    show(&who, &plan, &[refused])
}

async fn accept_version(who: &Candidate, plan: Arc<Plan>, version: &str) -> Result<Response, PageError> {
    let (passport, address) = (who.session.passport, who.address.to_string());
    if agreement_version(&plan).is_none() {
        return Ok(see_other("/qualification"));
    }
    // A value that is not a number is not a version that was ever shown.
    let read = version.trim().parse::<i64>().unwrap_or(0);
    let shown = Arc::clone(&plan);
    let done = who.app.db.write_again(async move |tx: &mut Tx<'_>| {
        accept_agreement(tx, &shown, passport, read, &address).await
    });
    if refusal(done.await)?.is_ok() {
        return Ok(see_other("/qualification"));
    }
    // The text has changed since it was shown: the new one must be read first.
    let page = who.page();
    let text = page.m("registration-agreement-changed");
    show(who, &plan, &[Refused::new(page.t, "field-invalid").at("version").saying(text)])
}

fn show(who: &Candidate, plan: &Plan, refused: &[Refused]) -> Result<Response, PageError> {
    let page = who.page().refusing(refused.to_vec(), Typed::default());
    let text = plan.text(TextKind::Agreement, page.lang().code());
    let body = text.map(|text| markdown::rendered(&text.body).to_string()).unwrap_or_default();
    let version = agreement_version(plan).unwrap_or(0).to_string();
    refused_html(refused, None, &AgreementView::new(page, version, body))
}
