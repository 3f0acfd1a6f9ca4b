//! `/payment`, `/payment/{order}`, the return pages of the gateways, their notifications, and 更新; all payments at
//! `/account/payments`.

mod code;
mod history;

use std::collections::BTreeSet;

use axum::Router;
use axum::extract::{Path, Request};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use gateway::{GatewayCode, PayFlow};
use http::{HeaderValue, StatusCode, header};

use super::views::{
    BankChoice, GatewayChoice, OpenOrder, OrderLine, OrderStory, OrderView, PayRow, PaymentView, Speaker,
    Start, locked_remark, oral_remark,
};
use crate::app::App;
use crate::passport::Candidate;
use crate::passport::candidate::MaybeCandidate;
use crate::passport::notice::asking_to_verify;
use crate::situation::{self, Lead, On, Wording};
use crate::web::answer::{PageError, html, refreshing, refusal, refused_html, see_other};
use crate::web::flash;
use crate::web::form_data::{FormData, MOST, read_body};
use crate::web::guard::Plain;
use crate::web::page::{Notice, Page, Refused};
use crate::web::visitor::Visitor;
use cet_base::store::Tx;
use cet_base::words::ids::{EntryId, OrderId};
use cet_base::words::time::Time;
use cet_domain::limit;
use cet_domain::payment::choice::{self, Method, Needs};
use cet_domain::payment::refusal::PaymentRefusal;
use cet_domain::payment::rules::{ClosedFor, OrderState};
use cet_domain::payment::store::Order;
use cet_domain::payment::verbs::{self, Confirmation, NotHeard, OrderLook, PassportMoney, Pay, Refreshed};
use cet_domain::sitting::Catalogue;
use cet_domain::sitting::plan::Plan;
use cet_domain::situation::Situation;

/// Routes of this module.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/payment", get(confirm).post(open))
        .route("/payment/{order}", get(order))
        .route("/payment/{order}/code", get(code::show).post(code::scan))
        .route("/payment/{order}/code.svg", get(code::picture))
        .route("/payment/{order}/phone", post(code::phone))
        .route("/payment/return/{gateway}", get(back))
        .route("/notify/{gateway}", post(notice))
        .route("/registration/refresh", post(refresh))
        .route("/account/payments", get(history::list))
        .route("/account/payments/{order}/receipt.pdf", get(history::receipt))
}

async fn confirm(who: Candidate) -> Result<Response, PageError> {
    confirmation_page(&who, &Wish::default(), Vec::new()).await
}

/// The submitted form, as far as it is shown again.
#[derive(Default)]
struct Wish {
    entries: BTreeSet<EntryId>,
    gateway: String,
    bank: String,
}

impl Wish {
    /// Parses the form; an invalid entry id belongs to no entry.
    fn read(form: &FormData) -> Result<Self, PageError> {
        let entries: Option<BTreeSet<EntryId>> = form.many("entry").map(EntryId::parse).collect();
        Ok(Self {
            entries: entries.ok_or(PageError::NotFound)?,
            gateway: form.one("gateway")?.to_owned(),
            bank: form.one("bank")?.to_owned(),
        })
    }
}

async fn open(who: Candidate, form: FormData) -> Result<Response, PageError> {
    let (_, plan) = who.sitting()?;
    let wish = Wish::read(&form)?;
    let payments = &who.app.payments;
    let pay = Pay {
        passport: who.session.passport,
        sitting: plan.code.clone(),
        entries: wish.entries.clone(),
        method: choice::method(&wish.gateway, &wish.bank, &payments.gateways.offered()),
        address: who.address.to_string(),
    };
    match refusal(verbs::pay(payments, pay).await)? {
        Ok(order) => Ok(see_other(&format!("/payment/{order}"))),
        Err(refusals) if refusals.contains(&PaymentRefusal::NotFound) => Err(PageError::NotFound),
        Err(refusals) => match refusals.iter().find_map(|why| why.wait()) {
            Some(seconds) => Err(PageError::TooMany(seconds)),
            None => confirmation_page(&who, &wish, refusals).await,
        },
    }
}

/// `/payment` with what can be paid, and the reasons after a refusal.
async fn confirmation_page(
    who: &Candidate,
    wish: &Wish,
    refusals: Vec<PaymentRefusal>,
) -> Result<Response, PageError> {
    let (catalogue, plan) = who.sitting()?;
    let needs = Needs::of(&catalogue, &plan.code);
    let (passport, sitting, chosen) = (who.session.passport, plan.code.clone(), wish.entries.clone());
    let read = who
        .app
        .db
        .read(async move |tx: &mut Tx<'_>| verbs::confirm(tx, passport, &sitting, &chosen, &needs).await);
    // Without a registration there is nothing to pay; only submitting the form is refused.
    let facts = refusal(read.await)?.ok();
    let mut refusals = refusals;
    refusals.dedup();
    let page = asking_to_verify(who, who.page_at("/payment"))
        .titled("payment-title")
        .described("payment-about")
        .at_step(4);
    let shown: Vec<Refused> = refusals.iter().map(|refusal| refused(&page, *refusal)).collect();
    let page = page.refusing(shown.clone(), crate::web::page::Typed::default());
    refused_html(&shown, None, &confirmation_view(who, page, facts, &plan, wish))
}

fn refused(page: &Page, refusal: PaymentRefusal) -> Refused {
    let refused = Refused::new(page.t, refusal.code());
    let refused = match refusal.field() {
        Some(field) => refused.at(field),
        None => refused,
    };
    match refusal {
        PaymentRefusal::OrderOpen(id) => refused.linked(format!("/payment/{id}"), page.m("payment-go-on")),
        _ => refused,
    }
}

fn confirmation_view(
    who: &Candidate,
    page: Page,
    facts: Option<Confirmation>,
    plan: &Plan,
    wish: &Wish,
) -> PaymentView {
    let t = page.t;
    let lang = t.lang().code();
    let offered = &who.app.payments.gateways;
    let rows = facts.iter().flat_map(|facts| &facts.rows).map(|row| PayRow {
        id: row.entry.id.to_string(),
        subject_name: subject_name(plan, row.entry.subject, lang),
        campus_name: format!("({}){}", row.entry.campus, row.entry.campus_name),
        fee: row.entry.fee.to_string(),
        payable: row.payable,
        ticked: row.ticked,
        why: match (row.payable, row.needs_written) {
            (false, _) => locked_remark(t).to_owned(),
            (true, true) => oral_remark(t).to_owned(),
            (true, false) => String::new(),
        },
    });
    let gateways = offered.all.iter().map(|gateway| {
        let code = gateway.code();
        GatewayChoice::of(code, t, wish.gateway == code.as_str())
    });
    let banks = offered.banks.iter().map(|bank| BankChoice {
        number: bank.number.clone(),
        name: bank.name.clone(),
        chosen: bank.number == wish.bank,
    });
    PaymentView {
        rows: rows.collect(),
        total: facts.as_ref().map_or_else(|| "¥0.00".to_owned(), |facts| format!("¥{}", facts.total)),
        due: facts
            .as_ref()
            .and_then(|facts| facts.due)
            .map_or_else(String::new, cet_base::words::time::Time::page),
        gateways: gateways.collect(),
        banks: banks.collect(),
        asking: facts.as_ref().is_some_and(|facts| facts.open_is_over),
        open_order: facts.and_then(|facts| facts.open).map(|order| open_order(&order)),
        command: None,
        page,
    }
}

/// The link to an open order.
#[must_use]
pub fn open_order(order: &Order) -> OpenOrder {
    OpenOrder {
        href: format!("/payment/{}", order.id),
        number: order.number.to_string(),
        sum: format!("¥{}", order.amount),
        until: order.deadline_at.page(),
    }
}

fn subject_name(plan: &Plan, code: cet_base::words::codes::SubjectCode, lang: &str) -> String {
    let name = plan.subject(code).map_or("", |subject| subject.name_in(lang));
    format!("({code}) {name}")
}

async fn order(who: Candidate, Path(id): Path<String>) -> Result<Response, PageError> {
    let id = OrderId::parse(&id).ok_or(PageError::NotFound)?;
    let (catalogue, plan) = who.told_sitting()?;
    let (passport, current, prints) =
        (who.session.passport, std::sync::Arc::clone(&plan), who.app.printer.key().is_some());
    let read = who.app.db.read(async move |tx: &mut Tx<'_>| {
        let look = verbs::order_page(tx, passport, id).await?;
        let read = cet_domain::situation::verbs::read(tx, &current, passport, (None, prints)).await?;
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
    let page = who.page().titled(OrderView::title_key(start.is_some())).at_step(4);
    let page = code::said(&who, page);
    let words = Wording { page: &page, plan: &plan, money: &read.money, reason: None, now: read.now };
    let lead = Lead::of(&words, &own, On::Order);
    let again = lead.refresh_header(&who.path);
    let seated = speaker(&who, &page, &catalogue, read.now).seated_again(std::slice::from_ref(&truth));
    let notes = situation::notices(&words, note.as_slice()).into_iter().chain(seated);
    // They lead here.
    let page = notes.map(|notice| Notice { link: None, ..notice }).fold(page, Page::noting);
    let story = speaker(&who, &page, &catalogue, read.now).story(&truth);
    let view = order_view((page, story), &look, &plan, (own, lead, start));
    Ok(crate::web::flash::clear(&who, refreshing(html(StatusCode::OK, &view)?, again)))
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
    plan: &Plan,
    (told, lead, start): (Situation, Lead, Option<Start>),
) -> OrderView {
    let lang = page.t.lang().code();
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
        due: if look.order.state == OrderState::Open { look.order.deadline_at.page() } else { String::new() },
        outcome: look.outcome,
        // Nobody pays while a gateway is asked, whichever order it is asked of.
        pay_again: look.pay_again && !is_asked(&told),
        takes_late_money: look.order.state == OrderState::Closed(ClosedFor::Deadline),
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
        Some(bank) => format!("{gateway} {}", bank.name),
        None => gateway.to_owned(),
    }
}

/// Coming back decides nothing (Y3): whatever the browser brings, the information page shows what is known. It has the
/// gateway asked at once.
async fn back(who: MaybeCandidate, Path(gateway): Path<String>) -> Result<Response, PageError> {
    GatewayCode::parse(&gateway).ok_or(PageError::NotFound)?;
    if let Some(session) = &who.session
        && let Err(error) = verbs::came_back(&who.app.payments, session.passport).await
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
