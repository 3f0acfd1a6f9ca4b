//! `/retrieve` (A6).

use axum::response::Response;
use http::StatusCode;

use super::{status_of, waited, with_wait};
use crate::captcha;
use crate::passport::MaybeCandidate;
use crate::passport::views::RetrieveView;
use crate::web::answer::{PageError, html};
use crate::web::even_time::EvenTime;
use crate::web::form_data::FormData;
use crate::web::page::OnPage as _;
use cet_base::words::document::{Document, DocumentKind, DocumentNumber};
use cet_base::words::name::PersonName;
use cet_domain::passport::refusal::PassportRefusal;
use cet_domain::passport::rules::check_digit_hint;
use cet_domain::passport::verbs::retrieve::{self, Sought};

const PATH: &str = "/retrieve";
const KEPT: [&str; 4] = ["document_kind", "document_number", "name", "student_number"];

pub(super) async fn form(who: MaybeCandidate) -> Result<Response, PageError> {
    let captcha = captcha::challenge(&who, PATH, None).await?;
    html(StatusCode::OK, &RetrieveView::new(who.page(), captcha, None, false))
}

pub(super) async fn retrieve(who: MaybeCandidate, form: FormData) -> Result<Response, PageError> {
    let (sought, mut refused) = read(&who, &form)?;
    if captcha::check(&who, PATH, None, &form).await?.is_err() {
        refused.push(PassportRefusal::Captcha);
    }
    let Some(sought) = sought.filter(|_| refused.is_empty()) else {
        return again(&who, &form, &refused).await;
    };
    let app = who.app.clone();
    let sitting = who.app.catalogue.get().told().map(|plan| plan.code.clone());
    let even = EvenTime::begin();
    let found = who
        .app
        .db
        .write_again(async move |tx| retrieve::retrieve(tx, &app, sitting.as_ref(), &sought).await)
        .await;
    match waited(found)? {
        Ok(Some(account)) => {
            let captcha = captcha::challenge_again(&who, PATH, None, &form).await?;
            let page = who.page().refusing(Vec::new(), form.typed(&KEPT));
            html(StatusCode::OK, &RetrieveView::new(page, captcha, Some(account), false))
        }
        Ok(None) => {
            even.pass().await;
            again(&who, &form, &[PassportRefusal::RecordNotFound]).await
        }
        Err(refusal) => again(&who, &form, &[refusal]).await,
    }
}

fn read(who: &MaybeCandidate, form: &FormData) -> Result<(Option<Sought>, Vec<PassportRefusal>), PageError> {
    let mut refused = Vec::new();
    let kind = DocumentKind::from_wire(form.one("document_kind")?.trim());
    let number = DocumentNumber::parse(form.one("document_number")?);
    let name = PersonName::parse(form.one("name")?);
    let student_number = form.one("student_number")?;
    if kind.is_none() {
        refused.push(PassportRefusal::DocumentKind);
    }
    if number.is_err() {
        refused.push(PassportRefusal::DocumentNumber);
    }
    if name.is_err() {
        refused.push(PassportRefusal::Field("name"));
    }
    let (Some(kind), Ok(number), Ok(name)) = (kind, number, name) else { return Ok((None, refused)) };
    let sought = Sought {
        document: Document { kind, number },
        name,
        student_number: student_number.to_owned(),
        asker: who.session.as_ref().map(|session| session.passport),
        address: who.address,
    };
    Ok((Some(sought), refused))
}

async fn again(
    who: &MaybeCandidate,
    form: &FormData,
    refused: &[PassportRefusal],
) -> Result<Response, PageError> {
    let page = who.page();
    let said = refused.iter().map(|refusal| refusal.on(&page)).collect();
    let hint = check_digit_hint(form.one("document_kind")?, form.one("document_number")?);
    let captcha = captcha::challenge_again(who, PATH, None, form).await?;
    let view = RetrieveView::new(page.refusing(said, form.typed(&KEPT)), captcha, None, hint);
    Ok(with_wait(html(status_of(refused), &view)?, refused))
}
