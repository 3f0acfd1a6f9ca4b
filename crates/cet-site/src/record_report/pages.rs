//! `/record-report` (R4), and the schools' answers below `/staff/record-reports`.

mod staff;

use std::sync::Arc;

use crate::web::route::{boxed, get, post};
use axum::Router;
use axum::response::Response;
use http::StatusCode;

use super::views::{ReportRows, ReportView, fields, note};
use crate::app::App;
use crate::passport::candidate::Candidate;
use crate::passport::kept;
use crate::staff::list;
use crate::web::answer::{PageError, html, refusal, refused_html, see_other};
use crate::web::error_views::ErrorView;
use crate::web::form_data::FormData;
use crate::web::page::{Link, Notice, OnPage as _, Page, Refused, Typed};
use cet_base::store::{DbError, Tx};
use cet_base::vault::Vault;
use cet_base::words::codes::SchoolCode;
use cet_base::words::ids::RecordId;
use cet_base::words::time::Time;
use cet_domain::passport::session::Session;
use cet_domain::record_report::verbs::{ReportCommand, record_of, report};
use cet_domain::record_report::{Field, Report, ReportRefusal, ReportState, rules, store};
use cet_domain::situation::ReportStands;

const PATH: &str = "/record-report";
/// The most reports that a candidate's page lists.
const MOST: i64 = 20;

/// Routes of this module.
pub fn routes() -> Router<App> {
    Router::new()
        .route(PATH, get(page).post(boxed(send)))
        .route("/staff/record-reports", get(list::show::<staff::Reports>))
        .route("/staff/record-reports.csv", get(list::csv::<staff::Reports>))
        .route("/staff/record-reports.xlsx", get(list::xlsx::<staff::Reports>))
        .route("/staff/record-reports/{id}/correction", post(staff::correct))
        .route("/staff/record-reports/{id}/answer", post(staff::answer))
        .route("/staff/record-reports/{id}/document", post(staff::document))
        .route("/staff/record-reports/{id}", get(staff::one))
}

/// The record that the page is about: the bound one, else the one looked up.
fn record(session: &Session) -> Option<(SchoolCode, RecordId)> {
    session.registration.as_ref().map(|of| (of.school, of.record)).or(session.looked_up)
}

async fn page(who: Candidate) -> Result<Response, PageError> {
    let shown = show(&who, &[], kept::typed(&who)).await?;
    Ok(kept::given_back_with_record(&who, shown, record(&who.session).is_some()))
}

async fn send(who: Candidate, form: FormData) -> Result<Response, PageError> {
    let (_, plan) = who.sitting()?;
    let field = Field::from_wire(form.one("field")?);
    let (right, note) = (rules::value(form.one("right")?), rules::text(form.one("note")?));
    let typed = form.typed(&["field", "right", "note"]);
    let (Some(field), Some(right), Some(note)) = (field, right, note) else {
        let wrong = [
            field.is_none().then_some(ReportRefusal::Wrong("field")),
            right.is_none().then_some(ReportRefusal::Wrong("right")),
            note.is_none().then_some(ReportRefusal::Wrong("note")),
        ];
        let nobody = record(&who.session).is_none().then_some(ReportRefusal::NotLookedUp);
        let why: Vec<ReportRefusal> = nobody.into_iter().chain(wrong.into_iter().flatten()).collect();
        return again(&who, &why, typed).await;
    };
    let cmd = ReportCommand {
        passport: who.session.passport,
        sitting: plan.code.clone(),
        record: record(&who.session),
        field,
        right: right.to_owned(),
        note: note.to_owned(),
        address: who.address.to_string(),
    };
    let vault = Arc::clone(&who.app.vault);
    let done = who.app.db.write_again(async move |tx: &mut Tx<'_>| report(tx, &vault, &cmd).await);
    match refusal(done.await)? {
        Ok(_) => Ok(see_other(PATH)),
        Err(why) => again(&who, &[why], typed).await,
    }
}

/// The page again; what was typed before a record was looked up waits for that.
async fn again(who: &Candidate, why: &[ReportRefusal], typed: Typed) -> Result<Response, PageError> {
    let shown = show(who, why, typed.clone()).await?;
    Ok(if why.contains(&ReportRefusal::NotLookedUp) { kept::keeping(who, shown, &typed) } else { shown })
}

async fn show(who: &Candidate, why: &[ReportRefusal], typed: Typed) -> Result<Response, PageError> {
    let (_, plan) = who.sitting()?;
    let (session, sitting) = (who.session.clone(), plan.code.clone());
    let read = who.app.db.read(async move |tx: &mut Tx<'_>| {
        let found = record_of(tx, &sitting, record(&session)).await?;
        let reports = store::of_passport(tx, session.passport, &sitting, MOST).await?;
        Ok::<_, DbError>((found, reports))
    });
    let (found, reports) = read.await?;
    let page = who.page_at(PATH).titled("report-title").described("report-about").at_step(3);
    let said: Vec<Refused> = why.iter().map(|refusal| refusal.on(&page)).collect();
    let Some(found) = found else { return nobody(page, &said) };
    let of_record = |of: &&Report| (of.school, of.record) == (found.school, found.id);
    let own: Vec<&Report> = reports.iter().filter(of_record).collect();
    let rows = own.iter().map(|of| ReportRows::new(&page, &who.app.vault, of));
    let rows = rows.collect::<Result<Vec<_>, _>>().map_err(PageError::fault)?;
    // While one waits no other is taken, so it is the newest.
    let waits = own.first().is_some_and(|of| of.state == ReportState::Open);
    let back = if who.session.registration.is_some() { "/registration" } else { "/qualification/record" };
    let fields = fields(&page);
    let page = page.refusing(said.clone(), typed);
    refused_html(
        &said,
        None,
        &ReportView { page, name: found.name, reports: rows, asks: !waits, fields, back },
    )
}

/// There is no record to report: the page says so and links to the look-up.
fn nobody(page: Page, said: &[Refused]) -> Result<Response, PageError> {
    let text = page.m("report-none").to_owned();
    let title = page.m("registration-qualification-title").to_owned();
    let ways = vec![Link { href: "/qualification".to_owned(), text: title }];
    let page = page.refusing(said.to_vec(), Typed::default());
    let view = ErrorView { page, code: None, text, ways, incident: None };
    if said.is_empty() { html(StatusCode::OK, &view) } else { refused_html(said, None, &view) }
}

/// How the newest report stands, for the page of its record: while it waits, and for some days after the answer.
///
/// # Errors
/// [`PageError`] if the installation's keys can't open the answer.
pub(crate) fn standing(
    page: &Page,
    vault: &Vault,
    reports: &[Report],
    now: Time,
) -> Result<Option<Notice>, PageError> {
    let Some(of) = reports.first() else { return Ok(None) };
    let stands = ReportStands::from(of);
    if !stands.is_told(now) {
        return Ok(None);
    }
    let answer = of.answer_sealed.as_deref().map(|sealed| vault.open(sealed)).transpose();
    Ok(Some(note(page, &stands, answer.map_err(PageError::fault)?.as_deref())))
}
