//! `/account/consents` (A11): what was agreed to, and taking it back as easily.

use axum::response::Response;
use http::StatusCode;

use super::views::{ConsentRow, ConsentView, ConsentsView};
use crate::passport::Candidate;
use crate::web::answer::{PageError, html, refused_html, see_other};
use crate::web::flash;
use crate::web::form_data::FormData;
use crate::web::page::{Notice, Page, Refused, Tone, Typed};
use cet_base::store::{DbError, Tx};
use cet_base::words::time::Time;
use cet_domain::consent::rules::{Effect, Said, effect, standing};
use cet_domain::consent::{Kind, Standing, store};
use cet_domain::privacy::withdrawing::{self, By};

/// The page's address.
const PATH: &str = "/account/consents";
/// The field, and the query parameter, with the kind.
const FIELD: &str = "consent";

/// What a page of asking is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ask {
    Withdrawal,
    Giving,
}

pub(super) async fn show(who: Candidate) -> Result<Response, PageError> {
    let said = said(&who).await?;
    let mut page = who.page().titled("privacy-consents-title").described("privacy-consents-about");
    let done = match flash::get(&who) {
        Some("consent-given") => Some(("privacy-consent-given", "privacy-consent-given-text")),
        // What it did, which may be another thing than the page had said that asked.
        Some(word) => EFFECTS
            .into_iter()
            .find(|of| effect_key(*of) == word)
            .map(|of| ("privacy-consent-withdrawn", effect_key(of))),
        None => None,
    };
    if let Some((title, text)) = done {
        let (title, text) = (page.m(title), page.m(text));
        page = page.noting(Notice::new(Tone::Ok, title, text));
    }
    let rows = Kind::ALL.map(|kind| row(&who, &page, &said, kind)).to_vec();
    Ok(flash::clear(&who, html(StatusCode::OK, &ConsentsView { page, rows })?))
}

pub(super) async fn ask_withdrawal(who: Candidate) -> Result<Response, PageError> {
    ask(&who, Ask::Withdrawal, asked(&who), &[]).await
}

pub(super) async fn ask_giving(who: Candidate) -> Result<Response, PageError> {
    ask(&who, Ask::Giving, asked(&who), &[]).await
}

pub(super) async fn withdraw(who: Candidate, form: FormData) -> Result<Response, PageError> {
    let Some(kind) = Kind::from_wire(form.one(FIELD)?) else { return again(&who, Ask::Withdrawal).await };
    let (app, by) = (who.app.clone(), by(&who));
    let sitting = app.catalogue.get().current().map(|plan| plan.code.clone());
    let done: Result<Effect, DbError> = who
        .app
        .db
        .write_again(async move |tx: &mut Tx<'_>| {
            withdrawing::withdraw(tx, &app.vault, by, kind, sitting.as_ref()).await
        })
        .await;
    Ok(flash::set(&who, see_other(PATH), effect_key(done?)))
}

pub(super) async fn give(who: Candidate, form: FormData) -> Result<Response, PageError> {
    let Some(kind) = Kind::from_wire(form.one(FIELD)?) else { return again(&who, Ask::Giving).await };
    let by = by(&who);
    let done: Result<(), DbError> =
        who.app.db.write_again(async move |tx: &mut Tx<'_>| withdrawing::give(tx, by, kind).await).await;
    done?;
    Ok(flash::set(&who, see_other(PATH), "consent-given"))
}

fn by(who: &Candidate) -> By {
    By { passport: who.session.passport, address: who.address }
}

/// The kind that the address names. The page always has its form, so without one it is about the document's number.
fn asked(who: &Candidate) -> Kind {
    who.query(FIELD).and_then(|name| Kind::from_wire(&name)).unwrap_or(Kind::Document)
}

async fn again(who: &Candidate, what: Ask) -> Result<Response, PageError> {
    ask(who, what, asked(who), &[Refused::new(who.page().t, "field-invalid").at(FIELD)]).await
}

async fn ask(who: &Candidate, what: Ask, kind: Kind, refused: &[Refused]) -> Result<Response, PageError> {
    let said = said(who).await?;
    let withdraws = what == Ask::Withdrawal;
    let title = if withdraws { "privacy-consent-withdrawal" } else { "privacy-consent-giving" };
    let page = who
        .page()
        .titled(title)
        .described("privacy-consents-about")
        .refusing(refused.to_vec(), Typed::default());
    let row = row(who, &page, &said, kind);
    refused_html(refused, None, &ConsentView { page, row, withdraws })
}

async fn said(who: &Candidate) -> Result<Vec<Said>, PageError> {
    let passport = who.session.passport;
    let said: Result<Vec<Said>, DbError> =
        who.app.db.read(async move |tx: &mut Tx<'_>| store::all(tx, passport).await).await;
    Ok(said?)
}

fn row(who: &Candidate, page: &Page, said: &[Said], kind: Kind) -> ConsentRow {
    let since = |key: &'static str, at: Time, version: i64| {
        (page.f(key, &[("version", version.to_string().as_str())]), at.page())
    };
    let (state, (standing, at)) = match standing(said, kind) {
        Standing::Unsaid => ("unsaid", (page.m("privacy-consent-unsaid").to_owned(), String::new())),
        Standing::Given { at, version } => ("given", since("privacy-consent-since", at, version)),
        Standing::Withdrawn { at, version } => ("withdrawn", since("privacy-consent-ended", at, version)),
    };
    let (title, purpose) = words(kind);
    let effect = effect_key(effect(kind, who.session.registration.is_some()));
    ConsentRow {
        kind: kind.wire(),
        state,
        title: page.m(title),
        purpose: page.m(purpose),
        standing,
        at,
        effect: page.m(effect),
    }
}

/// What taking back can do.
const EFFECTS: [Effect; 5] = [
    Effect::Erased,
    Effect::Forgotten,
    Effect::StaysWithRegistration,
    Effect::PrintedWithout,
    Effect::KeptByLaw,
];

/// The key of what taking back does, or has done.
const fn effect_key(effect: Effect) -> &'static str {
    match effect {
        Effect::Erased => "privacy-effect-erased",
        Effect::Forgotten => "privacy-effect-forgotten",
        Effect::StaysWithRegistration => "privacy-effect-stays",
        Effect::PrintedWithout => "privacy-effect-photo",
        Effect::KeptByLaw => "privacy-effect-payment",
    }
}

/// The keys of what a kind is, and what it is for.
pub(super) const fn words(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Profile => ("privacy-consent-profile", "privacy-consent-profile-for"),
        Kind::Document => ("privacy-consent-document", "privacy-consent-document-for"),
        Kind::Photo => ("privacy-consent-photo", "privacy-consent-photo-for"),
        Kind::Payment => ("privacy-consent-payment", "privacy-consent-payment-for"),
    }
}

#[cfg(test)]
#[path = "tests/consents.rs"]
mod tests;
