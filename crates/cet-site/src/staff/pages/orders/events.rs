//! 资金去向 of an order for staff: its events as they were written, with their codes.

use crate::staff::pages::refunds::reason_words;
use crate::staff::pages::suspense::reason_words as doubt_words;
use crate::staff::views::EventRow;
use crate::web::page::Page;
use cet_domain::payment::events::{Kind, PastEvent};
use cet_domain::payment::suspense::Doubt;

fn words(of: &PastEvent) -> &'static str {
    match of.kind {
        Kind::Opened => "staff-event-opened",
        Kind::SentToGateway => "staff-event-sent-to-gateway",
        Kind::Returned => "staff-event-returned",
        Kind::Asked => "staff-event-asked",
        Kind::Answered => answered(of.detail.answer.as_deref()),
        Kind::Silent => "staff-event-silent",
        Kind::Notified => "staff-event-notified",
        Kind::NoticeRefused => "staff-event-notice-refused",
        Kind::Booked => "staff-event-booked",
        Kind::SeatedAgain => "staff-event-seated-again",
        Kind::NotBooked => "staff-event-not-booked",
        Kind::Closed => match of.detail.reason.as_deref() {
            Some("deadline") => "staff-event-closed-deadline",
            Some("replaced") => "staff-event-closed-replaced",
            Some("given-up") => "staff-event-closed-given-up",
            _ => "staff-event-closed",
        },
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
        Kind::Reconciled => match of.detail.answer.as_deref() {
            Some("same") => "staff-event-reconciled-same",
            Some("different") => "staff-event-reconciled-different",
            Some("resolved") => "staff-event-reconciled-resolved",
            _ => "staff-event-reconciled",
        },
    }
}

fn answered(answer: Option<&str>) -> &'static str {
    match answer {
        Some("paid") => "staff-event-answered-paid",
        Some("waiting") => "staff-event-answered-waiting",
        Some("missing") => "staff-event-answered-missing",
        Some("declined") => "staff-event-answered-declined",
        _ => "staff-event-answered",
    }
}

/// Why money was not used, goes back, or does not fit; empty where the words say it, or only a gateway knows.
fn why(page: &Page, of: &PastEvent) -> &'static str {
    let Some(reason) = of.detail.reason.as_deref() else { return "" };
    match of.kind {
        Kind::NotBooked | Kind::RefundDue | Kind::RefundAsked => match reason {
            "window-closed" => page.m("staff-event-window-closed"),
            "not-allowed" => page.m("staff-event-not-allowed"),
            "bound-elsewhere" => page.m("staff-event-bound-elsewhere"),
            "not-granted" => page.m("staff-event-not-granted"),
            "given-up" => page.m("staff-refund-cancelled"),
            reason => reason_words(page, reason),
        },
        Kind::NoticeRefused | Kind::SuspenseOpened if Doubt::from_wire(reason).is_some() => {
            doubt_words(page, reason)
        }
        _ => "",
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
    let key = if is_pending { "staff-event-refund-pending" } else { words(of) };
    let amount = of.amount.map(|amount| format!("¥{amount}")).unwrap_or_default();
    EventRow {
        class: if bad { "bad" } else { "done" },
        at: of.at.local("%Y-%m-%d %H:%M:%S"),
        words: page.t.find(key).unwrap_or_default(),
        why: why(page, of),
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
