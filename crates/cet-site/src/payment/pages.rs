//! `/payment`, `/payment/{order}`, the return pages of the gateways, their notifications, and 更新; all payments at
//! `/account/payments`.

mod code;
mod confirm;
mod history;

use crate::web::route::{boxed, get, post};
use axum::Router;
use axum::extract::{Path, Request};
use axum::response::{IntoResponse, Response};
use gateway::{GatewayCode, PayFlow};
use http::{HeaderValue, StatusCode, header};

use super::views::{OrderLine, OrderStory, OrderView, Speaker, Start};
use crate::app::App;
use crate::passport::Candidate;
use crate::passport::candidate::MaybeCandidate;
use crate::situation::{self, Lead, On, Wording, Written};
use crate::web::answer::{PageError, html, refreshing, refusal, see_other};
use crate::web::flash;
use crate::web::form_data::{MOST, read_body};
use crate::web::guard::Plain;
use crate::web::known;
use crate::web::page::{Notice, Page};
use crate::web::visitor::Visitor;
use cet_base::store::Tx;
use cet_base::words::codes::CampusCode;
use cet_base::words::ids::OrderId;
use cet_base::words::subject::Mode;
use cet_base::words::time::Time;
use cet_domain::limit;
use cet_domain::payment::choice::{self, Method};
use cet_domain::payment::rules::{ClosedFor, OrderState, pay_until};
use cet_domain::payment::verbs::{self, CameFrom, NotHeard, OrderLook, PassportMoney, Refreshed};
use cet_domain::sitting::Catalogue;
use cet_domain::sitting::plan::Plan;
use cet_domain::sitting::window::WindowState;
use cet_domain::situation::Situation;

/// Routes of this module.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/payment", get(confirm::show).post(boxed(confirm::open)))
        .route("/payment/{order}", get(order))
        .route("/payment/{order}/code", get(code::show).post(boxed(code::scan)))
        .route("/payment/{order}/code.svg", get(code::picture))
        .route("/payment/{order}/phone", post(code::phone))
        .route("/payment/return/{gateway}", get(back))
        .route("/notify/{gateway}", post(notice))
        .route("/registration/refresh", post(refresh))
        .route("/account/payments", get(history::list))
        .route("/account/payments/{order}/receipt.pdf", get(history::receipt))
}

fn subject_name(plan: &Plan, code: cet_base::words::codes::SubjectCode, lang: &str) -> String {
    let name = plan.subject(code).map_or("", |subject| subject.name_in(lang));
    format!("({code}) {name}")
}

async fn order(who: Candidate, Path(id): Path<String>) -> Result<Response, PageError> {
    let (catalogue, plan) = code::sitting_of(&who, &id).await?;
    let id = OrderId::parse(&id).ok_or(PageError::NotFound)?;
    let (passport, current, prints) =
        (who.session.passport, std::sync::Arc::clone(&plan), who.app.printer.key().is_some());
    let looked_up = who.session.looked_up;
    let read = who.app.db.read(async move |tx: &mut Tx<'_>| {
        let look = verbs::order_page(tx, passport, id).await?;
        let read = cet_domain::situation::verbs::read(tx, &current, passport, (looked_up, prints)).await?;
        let money = PassportMoney {
            orders: vec![look.order.clone()],
            refunds: look.refunds.clone(),
            returned: look.returned.clone(),
        };
        let truth = verbs::truths(tx, passport, &money).await?.pop();
        let truth = truth.ok_or(cet_base::store::DbError::Decode("order"))?;
        Ok::<_, cet_domain::payment::refusal::Stop>((look, read, truth))
    });
    let (look, read, truth) = refusal(read.await)?.map_err(|_| PageError::NotFound)?;
    let whole = cet_domain::situation::decide(&read.facts, &plan, read.now).situation;
    let (own, note) =
        cet_domain::situation::rules::of_order(look.outcome, (&look.refunds, &look.returned), &whole);
    let start = if look.payable && !is_asked(&own) { start(&who, &plan, &look).await? } else { None };
    let is_refused = matches!(own, Situation::BankRefused(_));
    let page = who
        .page()
        .titled(OrderView::title_key(start.is_some() && !is_refused))
        .described("payment-order-about")
        .at_step(4);
    let page = code::said(&who, page);
    let written = Written::of(&who.app.vault, &read)?;
    let words = Wording { page: &page, plan: &plan, money: &read.money, written: &written, now: read.now };
    let lead = Lead::of(&words, &own, On::Order);
    // The way to pay is on this page.
    let lead = if start.is_some() { Lead { action: None, ..lead } } else { lead };
    let again = lead.refresh_header(&who.path);
    let seated = speaker(&who, &page, &catalogue, read.now).seated_again(std::slice::from_ref(&truth));
    let notes = situation::notices(&words, note.as_slice()).into_iter().chain(seated);
    // They lead here.
    let page = notes.map(|notice| Notice { link: None, ..notice }).fold(page, Page::noting);
    let story = speaker(&who, &page, &catalogue, read.now).story_here(&truth);
    let view = order_view((page, story), &look, (&plan, read.now), (own, lead, start));
    Ok(crate::web::flash::clear(&who, refreshing(html(StatusCode::OK, &view)?, again)))
}

/// Whether registration is open there, so that late money can take a seat again (Y4).
fn is_open(plan: &Plan, campus: CampusCode, mode: Mode, now: Time) -> bool {
    plan.window(campus, mode).is_some_and(|window| window.state(now) == WindowState::Open)
}

const fn is_asked(told: &Situation) -> bool {
    matches!(told, Situation::Asking(_) | Situation::GatewaySilent(_))
}

/// The way to the gateway; nothing once the order's time is over.
async fn start(who: &Candidate, plan: &Plan, look: &OrderLook) -> Result<Option<Start>, PageError> {
    let gateway = look.order.method.gateway;
    if who.app.payments.gateways.gateway(gateway).is_none() {
        // The operator has taken this gateway out of the configuration: another way to pay can be chosen.
        return Ok(None);
    }
    if !gateway.profile().ways.contains(&PayFlow::Form) {
        let order = look.order.clone();
        let read = async move |tx: &mut Tx<'_>| verbs::ways_of(tx, &order).await;
        let ways = who.app.db.read(read).await?;
        let [scan, phone] = [PayFlow::Scan, PayFlow::Phone].map(|way| ways.contains(&way));
        return Ok(Some(Start::Code { scan, phone }));
    }
    let now = who.app.payments.now().await?;
    let subject = choice::sold_as(plan);
    match who.app.payments.gateways.pay_form(&look.order, &subject, now) {
        Ok(form) => Ok(Some(Start::Form(form))),
        Err(gateway::BuildError::Expired) => Ok(None),
        Err(error) => Err(PageError::fault(error)),
    }
}

fn order_view(
    (page, story): (Page, OrderStory),
    look: &OrderLook,
    (plan, now): (&Plan, Time),
    (told, lead, start): (Situation, Lead, Option<Start>),
) -> OrderView {
    let lang = page.t.lang().code();
    let ends = look.order.deadline_at;
    let until = look.lines.iter().map(|line| pay_until(now, line.entry.expires_at, Some(ends))).min();
    let due = until.filter(|_| look.order.state == OrderState::Open);
    let lines = look.lines.iter().map(|line| OrderLine {
        subject_name: subject_name(plan, line.entry.subject, lang),
        campus_name: format!("({}){}", line.entry.campus, line.entry.campus_name),
        fee: line.amount.to_string(),
    });
    OrderView {
        number: look.order.number.to_string(),
        lines: lines.collect(),
        sum: look.order.amount.to_string(),
        method: story.method.clone(),
        created: look.order.opened_at.page(),
        due: due.map_or_else(String::new, Time::page),
        is_late: due.is_some_and(|due| due <= now),
        outcome: look.outcome,
        // Nobody pays while a gateway is asked, whichever order it is asked of.
        pay_again: look.pay_again && !is_asked(&told),
        takes_late_money: look.order.state == OrderState::Closed(ClosedFor::Deadline)
            && look.lines.iter().any(|line| is_open(plan, line.entry.campus, line.entry.mode, now)),
        lead,
        told,
        story,
        start,
        page,
    }
}

/// Who tells what became of money.
fn speaker<'s>(who: &'s Candidate, page: &'s Page, catalogue: &'s Catalogue, now: Time) -> Speaker<'s> {
    Speaker { page, catalogue, banks: &who.app.payments.gateways.banks, now }
}

/// `首信易支付 中国银行`.
fn method_words(who: &Candidate, page: &Page, method: &Method) -> String {
    let gateway = page.m(method.gateway.profile().name);
    match who.app.payments.gateways.banks.iter().find(|bank| bank.number == method.bank) {
        Some(bank) => format!("{gateway} {}", known::bank(page.lang(), &bank.name)),
        None => gateway.to_owned(),
    }
}

/// Coming back decides nothing (Y3): whatever the browser brings, the information page shows what is known. It has the
/// gateway asked at once, for the order that it names.
async fn back(who: MaybeCandidate, Path(gateway): Path<String>) -> Result<Response, PageError> {
    let gateway = GatewayCode::parse(&gateway).ok_or(PageError::NotFound)?;
    let values = form_urlencoded::parse(who.raw_query().as_bytes()).map(|(_, value)| value.into_owned());
    let from = CameFrom { gateway, brought: values.collect() };
    if let Some(session) = &who.session
        && let Err(error) = verbs::came_back(&who.app.payments, session.passport, Some(&from)).await
    {
        // The job asks in any case, only later: whoever comes back from paying must not meet an error page.
        tracing::warn!(%error, "coming back from a gateway could not be recorded");
    }
    Ok(see_other("/registration"))
}

async fn notice(visitor: Visitor, Path(gateway): Path<String>, request: Request) -> Response {
    let app = &visitor.app;
    let Some(code) = GatewayCode::parse(&gateway) else { return PageError::NotFound.into_response() };
    let (headers, network) = (text_of(request.headers()), limit::network(visitor.address));
    let body = match read_body(MOST, request.into_body()).await {
        Ok(body) => body,
        Err(error) => return error.into_response(),
    };
    let answer = match verbs::receive(&app.payments, code, &network, (&headers, &body)).await {
        Ok(answer) => answer,
        Err(NotHeard::NoGateway) => return PageError::NotFound.into_response(),
        Err(NotHeard::TooMany(seconds)) => return PageError::TooMany(seconds).into_response(),
    };
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
    let mut response = (status, [kind], answer.body).into_response();
    response.extensions_mut().insert(Plain);
    response
}

/// Headers that are text: signatures stand there.
fn text_of(headers: &http::HeaderMap) -> Vec<(String, String)> {
    let text = |(name, value): (&http::HeaderName, &HeaderValue)| {
        value.to_str().ok().map(|value| (name.as_str().to_owned(), value.to_owned()))
    };
    headers.iter().filter_map(text).collect()
}

async fn refresh(who: Candidate) -> Result<Response, PageError> {
    let message = match verbs::refresh(&who.app.payments, who.session.passport).await? {
        Refreshed::Answered | Refreshed::NothingOpen => "refreshed",
        Refreshed::Silent => "refresh-failed",
        Refreshed::TooOften(seconds) => return Err(PageError::TooMany(seconds)),
    };
    Ok(flash::set(&who, see_other("/registration"), message))
}

#[cfg(test)]
#[path = "tests/pages.rs"]
mod tests;
