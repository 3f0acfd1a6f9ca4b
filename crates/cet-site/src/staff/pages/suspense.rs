//! `/staff/suspense`: payments that match no order, for finance staff.

use std::sync::Arc;

use axum::extract::Path;
use axum::response::Response;
use gateway::{GatewayCode, OrderNumber};

use super::orders::{self, gateway_words};
use super::refunds::one::key;
use super::{by, refused};
use crate::staff::StaffMember;
use crate::staff::list::{Asked, Limited, List, Pager};
use crate::staff::views::{SuspenseOneView, SuspenseRow, SuspenseView};
use crate::web::answer::{PageError, refusal, see_other};
use crate::web::form_data::FormData;
use crate::web::page::{Choice, OnPage as _, Page, Refused, Typed};
use cet_base::store::{DbError, Stop, Tx};
use cet_base::words::codes::SchoolCode;
use cet_base::words::fen::Fen;
use cet_base::words::staff::Scope;
use cet_base::words::time::Time;
use cet_domain::payment::gateways::Gateways;
use cet_domain::payment::store::dossier;
use cet_domain::payment::store::settling::{self, Settled};
use cet_domain::payment::store::suspense::{self, BookedTrade, SuspenseSeen};
use cet_domain::payment::suspense::Doubt;
use cet_domain::payment::verbs::{SettleRefusal, SettledAs, Settlement, settle_suspense};
use cet_domain::staff::Permission;

const PATH: &str = "/staff/suspense";

/// Money in suspense: what is unsettled, unless the filter asks for the rest.
pub(super) enum InSuspense {}

impl List for InSuspense {
    type Row = SuspenseSeen;

    const NAME: &'static str = "suspense";
    const NEEDS: Permission = Permission::Refunds;
    const FILTERS: &'static [&'static str] = &["state", "gateway"];
    const HEADINGS: &'static [&'static str] = &[
        "staff-suspense-trade-number",
        "payment-order-number",
        "staff-col-school",
        "staff-col-gateway",
        "staff-col-amount",
        "staff-reason",
        "staff-state",
        "staff-suspense-received",
    ];

    fn limited(_: &StaffMember) -> Vec<Limited> {
        vec![Limited::to("state", ["settled"]), orders::of_gateway()]
    }

    async fn read(who: &StaffMember, asked: &Asked, limit: i64) -> Result<Vec<SuspenseSeen>, PageError> {
        let (scope, before) = (who.scope.clone(), asked.after.parse().unwrap_or(i64::MAX));
        let (settled, gateway) = (asked.get("state") == "settled", asked.get("gateway").to_owned());
        let list =
            async move |tx: &mut Tx<'_>| suspense::list(tx, &scope, (settled, &gateway), before, limit).await;
        let found: Result<_, DbError> = who.app.db.read_long(list).await;
        Ok(found?)
    }

    fn key(of: &SuspenseSeen) -> String {
        of.id.to_string()
    }

    fn cells(_: &StaffMember, page: &Page, of: &SuspenseSeen, _: bool) -> Result<Vec<String>, PageError> {
        let row = row(page, of);
        let state = if row.open { "staff-suspense-open" } else { "staff-suspense-settled" };
        let (gateway, reason) = (row.gateway.to_owned(), row.reason.to_owned());
        let amount = of.sum().map_or_else(|| page.m("staff-sum-unknown").to_owned(), |sum| sum.to_string());
        let state = page.m(state).to_owned();
        let at = of.received_at.to_string();
        Ok(vec![row.trade_no, row.order, row.school, gateway, amount, reason, state, at])
    }

    async fn view(
        who: &StaffMember,
        asked: Asked,
        pager: Pager,
        rows: Vec<SuspenseSeen>,
        (said, typed): (Vec<Refused>, Typed),
    ) -> Result<Response, PageError> {
        let (page, menu) = who.frame_at(PATH, "staff-suspense").await?;
        let view = SuspenseView {
            gateways: orders::gateway_choices(&page),
            rows: rows.iter().map(|of| row(&page, of)).collect(),
            page: page.refusing(said.clone(), typed),
            menu,
            asked,
            pager,
        };
        refused(&said, &[], &view)
    }
}

pub(super) fn row(page: &Page, of: &SuspenseSeen) -> SuspenseRow {
    SuspenseRow {
        href: format!("{PATH}/{}-{}", of.school, of.id),
        open: of.state == "open",
        received_at: of.received_at.page(),
        gateway: gateway_words(page, &of.gateway),
        order: of.order_number.clone(),
        school: if of.school == SchoolCode::NONE { String::new() } else { of.school.to_string() },
        trade_no: of.trade_no.clone(),
        amount: of.sum().map_or_else(|| page.m("staff-sum-unknown").to_owned(), |sum| format!("¥{sum}")),
        reason: reason_words(page, &of.reason),
        booked: of.booked_at.map_or_else(String::new, Time::page),
    }
}

/// `/staff/suspense/{school}-{id}`.
pub(super) async fn one(who: StaffMember, Path(text): Path<String>) -> Result<Response, PageError> {
    who.needs(Permission::Refunds)?;
    detail(&who, &text, Vec::new(), Typed::default()).await
}

async fn detail(
    who: &StaffMember,
    text: &str,
    said: Vec<Refused>,
    typed: Typed,
) -> Result<Response, PageError> {
    let (scope, (school, id)) = (who.scope.clone(), key(text)?);
    let gateways = Arc::clone(&who.app.payments.gateways);
    let found: Result<_, DbError> = who
        .app
        .db
        .read(async move |tx: &mut Tx<'_>| {
            let Some(seen) = suspense::one(tx, &scope, school, id).await? else { return Ok(None) };
            let Some(settled) = settling::suspense(tx, &scope, school, id).await? else { return Ok(None) };
            let names = names(tx, &scope, &gateways, &seen).await?;
            Ok(Some((seen, settled, names)))
        })
        .await;
    let found: Option<(SuspenseSeen, Settled, Names)> = found?;
    let (seen, settled, names) = found.ok_or(PageError::NotFound)?;
    let (page, menu) = who.frame_at(&format!("{PATH}/{text}"), "staff-suspense").await?;
    let words = |settled: SettledAs| page.t.find(settled_words(settled)).unwrap_or_default().to_owned();
    let was = settled.settled_as.as_deref().and_then(SettledAs::from_wire);
    let view = SuspenseOneView {
        row: row(&page, &seen),
        order_href: names.order.map(|number| orders::one::address(number.as_str())).unwrap_or_default(),
        booked: names.booked.map(|booked| {
            let words = format!("¥{} {}", booked.amount, booked.received_at.page());
            (words, orders::one::address(&booked.number))
        }),
        open: settled.state == "open",
        console: seen.reason == Doubt::Refunded.wire(),
        needs_sum: seen.reason == Doubt::Refunded.wire() && seen.sum().is_none(),
        settled_as: was.map(words).unwrap_or_default(),
        settled_by: settled.settled_by.unwrap_or_default(),
        settled_at: settled.settled_at.map(Time::page).unwrap_or_default(),
        note: settled.note,
        choices: SettledAs::ALL
            .map(|settled| Choice { value: settled.wire().to_owned(), text: words(settled) })
            .to_vec(),
        page: page.refusing(said.clone(), typed),
        menu,
    };
    refused(&said, &[], &view)
}

/// What money in suspense names of ours.
struct Names {
    /// An order.
    order: Option<OrderNumber>,
    /// A trade that was booked.
    booked: Option<BookedTrade>,
}

/// Reads what of ours it names: whoever sends back money that was booked since sends it back twice.
async fn names(
    tx: &mut Tx<'_>,
    scope: &Scope,
    gateways: &Gateways,
    of: &SuspenseSeen,
) -> Result<Names, DbError> {
    let gateway = GatewayCode::parse(&of.gateway).and_then(|code| gateways.gateway(code));
    let own = gateway.and_then(|gateway| gateway.code().order_number(&of.order_number, gateway.merchant()));
    let Some(number) = own.or_else(|| of.order_number.parse().ok()) else {
        return Ok(Names { order: None, booked: None });
    };
    let Some(found) = dossier::find(tx, scope, &number).await? else {
        return Ok(Names { order: None, booked: None });
    };
    let booked = suspense::booked(tx, found.school, (&of.gateway, &of.trade_no)).await?;
    Ok(Names { order: Some(number), booked })
}

const fn settled_words(settled: SettledAs) -> &'static str {
    match settled {
        SettledAs::Ours => "staff-suspense-as-ours",
        SettledAs::Refund => "staff-suspense-as-refund",
        SettledAs::Foreign => "staff-suspense-as-foreign",
        SettledAs::Explained => "staff-suspense-as-explained",
    }
}

pub(super) async fn settle(
    who: StaffMember,
    Path(text): Path<String>,
    form: FormData,
) -> Result<Response, PageError> {
    who.needs(Permission::Refunds)?;
    let typed = form.typed(&["as", "note", "amount"]);
    let Some(settled) = SettledAs::from_wire(form.one("as")?) else {
        // What is not there stays not found, whatever else is wrong.
        let said = Refused::new(who.page().t, "field-invalid").at("as");
        return detail(&who, &text, vec![said], typed).await;
    };
    let typed_sum = Some(form.one("amount")?.trim()).filter(|typed| !typed.is_empty());
    let Ok(sum) = typed_sum.map(Fen::from_yuan).transpose() else {
        let page = who.page();
        let said =
            Refused::new(page.t, "field-invalid").at("amount").saying(page.m("staff-refund-amount-wrong"));
        return detail(&who, &text, vec![said], typed).await;
    };
    let (by, key, catalogue) = (by(&who), key(&text)?, who.app.catalogue.get());
    let wanted = Settlement { settled, sum, note: form.one("note")?.to_owned() };
    let done: Result<(), Stop<SettleRefusal>> = who
        .app
        .db
        .write_again(async move |tx: &mut Tx<'_>| {
            settle_suspense(tx, &catalogue, by.clone(), key, wanted.clone()).await
        })
        .await;
    match refusal(done)? {
        Ok(()) => Ok(see_other(&format!("{PATH}/{text}"))),
        Err(SettleRefusal::NotFound) => Err(PageError::NotFound),
        Err(SettleRefusal::Over) => {
            let on = who.page();
            let said = SettleRefusal::Over.on(&on).saying(ended(&who, &on, key).await?);
            detail(&who, &text, vec![said], typed).await
        }
        Err(why) => detail(&who, &text, vec![why.on(&who.page())], typed).await,
    }
}

/// Who settled money in suspense, as what and when.
async fn ended(who: &StaffMember, page: &Page, (school, id): (SchoolCode, i64)) -> Result<String, PageError> {
    let scope = who.scope.clone();
    let read: Result<Option<Settled>, DbError> =
        who.app.db.read(async move |tx: &mut Tx<'_>| settling::suspense(tx, &scope, school, id).await).await;
    let of = read?.ok_or(PageError::NotFound)?;
    let decided = of.settled_as.as_deref().and_then(SettledAs::from_wire);
    let decided = decided.and_then(|settled| page.t.find(settled_words(settled))).unwrap_or_default();
    let (by, time) = (of.settled_by.unwrap_or_default(), of.settled_at.map(Time::page).unwrap_or_default());
    Ok(page.f("staff-settled-money", &[("who", &by), ("time", &time), ("as", decided)]))
}

pub(super) fn reason_words(page: &Page, reason: &str) -> &'static str {
    match Doubt::from_wire(reason) {
        Some(Doubt::Sum) => page.m("staff-suspense-sum"),
        Some(Doubt::Trade) => page.m("staff-suspense-trade"),
        Some(Doubt::Gateway) => page.m("staff-suspense-gateway"),
        Some(Doubt::Merchant) => page.m("staff-suspense-merchant"),
        Some(Doubt::Application) => page.m("staff-suspense-application"),
        Some(Doubt::Currency) => page.m("staff-suspense-currency"),
        Some(Doubt::Refunded) => page.m("staff-suspense-refunded"),
        Some(Doubt::State) => page.m("staff-suspense-state"),
        Some(Doubt::Order) | None => page.m("staff-suspense-order"),
    }
}
