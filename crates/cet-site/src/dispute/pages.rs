//! `/dispute` (R24), and the decisions of staff below `/staff/disputes`.

mod staff;

use std::sync::Arc;

use crate::web::route::{boxed, get, post};
use axum::Router;
use axum::response::Response;
use http::StatusCode;

use super::views::{DisputeView, OwnDispute};
use crate::app::App;
use crate::passport::candidate::Candidate;
use crate::passport::kept;
use crate::staff::list;
use crate::web::answer::{PageError, html, refusal, refused_html, see_other};
use crate::web::error_views::ErrorView;
use crate::web::form_data::FormData;
use crate::web::page::{Link, OnPage as _, Page, Refused, Typed};
use cet_base::store::{DbError, Tx};
use cet_base::words::time::Time;
use cet_domain::dispute::verbs::{OpenCommand, open};
use cet_domain::dispute::{Dispute, DisputeRefusal, rules, store};
use cet_domain::limit::network;
use cet_domain::roster;

const PATH: &str = "/dispute";
/// The most disputes of a passport that are read.
const MOST: i64 = 20;

/// Routes of this module.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/staff/disputes", get(list::show::<staff::Disputes>))
        .route("/staff/disputes.csv", get(list::csv::<staff::Disputes>))
        .route("/staff/disputes.xlsx", get(list::xlsx::<staff::Disputes>))
        .route("/staff/disputes/{id}/decision", post(staff::decide))
        .route("/staff/disputes/{id}/approval", post(staff::approve))
        .route("/staff/disputes/{id}", get(staff::one))
        .route(PATH, get(page).post(boxed(send)))
}

async fn page(who: Candidate) -> Result<Response, PageError> {
    let shown = show(&who, &[], kept::typed(&who)).await?;
    Ok(kept::given_back_with_record(&who, shown, who.session.looked_up.is_some()))
}

async fn send(who: Candidate, form: FormData) -> Result<Response, PageError> {
    let (_, plan) = who.sitting()?;
    let number = rules::line(form.one("student_number")?);
    let (phone, note) = (rules::phone(form.one("phone")?), rules::text(form.one("note")?));
    let typed = form.typed(&["student_number", "phone", "note"]);
    let (Some(number), Some(phone), Some(note)) = (number, phone, note) else {
        let wrong = [
            number.is_none().then_some(DisputeRefusal::Wrong("student_number")),
            phone.is_none().then_some(DisputeRefusal::Wrong("phone")),
            note.is_none().then_some(DisputeRefusal::Wrong("note")),
        ];
        let nobody = who.session.looked_up.is_none().then_some(DisputeRefusal::NotLookedUp);
        let why: Vec<DisputeRefusal> = nobody.into_iter().chain(wrong.into_iter().flatten()).collect();
        return show(&who, &why, typed).await;
    };
    let exempt = who.app.config.limits.is_exempt(who.address);
    let cmd = OpenCommand {
        passport: who.session.passport,
        sitting: plan.code.clone(),
        record: who.session.looked_up,
        student_number: number.to_owned(),
        phone: phone.to_owned(),
        note: note.to_owned(),
        network: (!exempt).then(|| network(who.address)),
        address: who.address.to_string(),
    };
    let vault = Arc::clone(&who.app.vault);
    let done = who.app.db.write_again(async move |tx: &mut Tx<'_>| open(tx, &vault, &cmd).await);
    match refusal(done.await)? {
        Ok(_) => Ok(see_other(PATH)),
        Err(why) => show(&who, &[why], typed).await,
    }
}

async fn show(who: &Candidate, why: &[DisputeRefusal], typed: Typed) -> Result<Response, PageError> {
    let (_, plan) = who.sitting()?;
    let (session, sitting) = (who.session.clone(), plan.code.clone());
    let read = who.app.db.read(async move |tx: &mut Tx<'_>| {
        let now = tx.now().await?;
        let Some((school, id)) = session.looked_up else { return Ok::<_, DbError>((None, Vec::new(), now)) };
        let found = roster::store::find_by_id(tx, school, id).await?;
        let found = found.filter(|found| found.sitting == sitting);
        let disputes = store::of_claimant(tx, session.passport, &sitting, MOST).await?;
        Ok((found, disputes, now))
    });
    let (found, disputes, now) = read.await?;
    let page = who.page_at(PATH).titled("dispute-title").described("dispute-about").at_step(3);
    let said: Vec<Refused> = why.iter().map(|refusal| refusal.on(&page)).collect();
    let Some(found) = found else { return nobody(page, &said) };
    let key = found.document_key.bytes();
    let own: Vec<&Dispute> = disputes.iter().filter(|of| of.document_key == key).collect();
    let asks = !own.iter().any(|of| of.state.waits());
    let rows = own.iter().map(|of| OwnDispute::new(&page, of)).collect();
    let page = page.refusing(said.clone(), typed);
    let until = why.iter().filter_map(|refusal| refusal.retry_at()).max();
    refused_html(
        &said,
        until.map(|until| seconds(until, now)),
        &DisputeView { page, name: found.name, disputes: rows, asks },
    )
}

fn seconds(until: Time, now: Time) -> u64 {
    u64::try_from(until.since(now).as_secs()).unwrap_or_default().saturating_add(1)
}

/// There is no record to dispute: the page says so and links to the look-up.
fn nobody(page: Page, said: &[Refused]) -> Result<Response, PageError> {
    let text = page.m("dispute-none").to_owned();
    let title = page.m("registration-qualification-title").to_owned();
    let ways = vec![Link { href: "/qualification".to_owned(), text: title }];
    let page = page.refusing(said.to_vec(), Typed::default());
    let view = ErrorView { page, code: None, text, ways, incident: None };
    if said.is_empty() { html(StatusCode::OK, &view) } else { refused_html(said, None, &view) }
}
