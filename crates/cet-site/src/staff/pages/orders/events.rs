//! 资金去向 of an order for staff: its events as they were written, with their codes.

use crate::staff::views::EventRow;
use crate::web::page::Page;
use cet_domain::payment::events::{Kind, PastEvent};

const fn words(kind: Kind) -> &'static str {
    match kind {
        Kind::Opened => "staff-event-opened",
        Kind::SentToGateway => "staff-event-sent-to-gateway",
        Kind::Returned => "staff-event-returned",
        Kind::Asked => "staff-event-asked",
        Kind::Answered => "staff-event-answered",
        Kind::Silent => "staff-event-silent",
        Kind::Notified => "staff-event-notified",
        Kind::NoticeRefused => "staff-event-notice-refused",
        Kind::Booked => "staff-event-booked",
        Kind::SeatedAgain => "staff-event-seated-again",
        Kind::NotBooked => "staff-event-not-booked",
        Kind::Closed => "staff-event-closed",
        Kind::RefundDue => "staff-event-refund-due",
        Kind::RefundAsked => "staff-event-refund-asked",
        Kind::RefundApproved => "staff-event-refund-approved",
        Kind::RefundTurnedDown => "staff-event-refund-turned-down",
        Kind::RefundSent => "staff-event-refund-sent",
        Kind::RefundRefused => "staff-event-refund-refused",
        Kind::RefundUnknown => "staff-event-refund-unknown",
        Kind::RefundDone => "staff-event-refund-done",
        Kind::ByHand => "staff-event-by-hand",
        Kind::SuspenseOpened => "staff-event-suspense-opened",
        Kind::SuspenseResolved => "staff-event-suspense-resolved",
        Kind::Reconciled => "staff-event-reconciled",
    }
}

/// An event as a row: the answer sheet's mark is filled, or red where something did not fit.
pub(super) fn row(page: &Page, of: &PastEvent) -> EventRow {
    // Most gateways take a refund first and confirm it when they are asked: without a reason nothing is wrong.
    let is_pending = of.kind == Kind::RefundUnknown && of.detail.reason.is_none();
    let bad = matches!(
        of.kind,
        Kind::NoticeRefused | Kind::Silent | Kind::RefundRefused | Kind::RefundUnknown | Kind::SuspenseOpened
    ) && !is_pending;
    let key = if is_pending { "staff-event-refund-pending" } else { words(of.kind) };
    let amount = of.amount.map(|amount| format!("¥{amount}")).unwrap_or_default();
    EventRow {
        class: if bad { "bad" } else { "done" },
        at: of.at.local("%Y-%m-%d %H:%M:%S"),
        words: page.t.find(key).unwrap_or_default(),
        amount,
        raw: raw(of),
    }
}

/// The facts, as they are stored.
fn raw(of: &PastEvent) -> String {
    let number = |number: i64| number.to_string();
    let detail = &of.detail;
    let facts = [
        ("entry", of.entry.map(|entry| entry.to_string())),
        ("receipt", of.receipt.map(number)),
        ("refund", of.refund.map(number)),
        ("gateway", detail.gateway.clone()),
        ("bank", detail.bank.clone()),
        ("trade", detail.trade.clone()),
        ("proof", detail.proof.clone()),
        ("reason", detail.reason.clone()),
        ("answer", detail.answer.clone()),
        ("by", detail.by.clone()),
    ];
    let told = facts.into_iter().filter_map(|(name, value)| value.map(|value| format!("{name}={value}")));
    told.collect::<Vec<_>>().join("  ")
}
