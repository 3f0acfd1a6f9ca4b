//! Formats export requests.

use crate::staff::pages::{orders, refunds, registrations};
use crate::staff::views::ExportRow;
use crate::web::page::Page;
use cet_base::words::time::Time;
use cet_domain::audit::codes;
use cet_domain::staff::exports::What;
use cet_domain::staff::store::exports::Export;

pub(super) fn state(page: &Page, state: &str) -> &'static str {
    match state {
        "asked" => page.m("staff-export-state-asked"),
        "ready" => page.m("staff-export-state-ready"),
        "over" => page.m("staff-rebind-state-over"),
        _ => page.m("staff-rebind-state-refused"),
    }
}

pub(super) fn row(page: &Page, of: &Export, now: Time) -> ExportRow {
    let over = now >= of.expires_at && of.state != "refused";
    let list = What::from_wire(&of.what).and_then(|what| page.t.find(what.words()));
    ExportRow {
        href: format!("/staff/exports/{}", of.id),
        list: list.unwrap_or_default(),
        form: of.form.to_uppercase(),
        rows: of.row_count,
        whole: if of.whole { page.m("staff-export-whole-yes") } else { page.m("staff-export-whole-no") },
        state: state(page, if over { "over" } else { &of.state }),
        class: match of.state.as_str() {
            _ if over => "",
            "asked" => "warn",
            "ready" => "ok",
            _ => "bad",
        },
        scope: of.scope.prefix().to_owned(),
        requester: of.requester.clone(),
        asked_at: of.asked_at.page(),
        approver: of.approver.clone().unwrap_or_default(),
        decided_at: of.decided_at.map(Time::page).unwrap_or_default(),
    }
}

/// The filters of a list's stored query in words, or that there are none.
pub(super) fn filters(page: &Page, what: Option<What>, query: &str) -> String {
    let pairs: Vec<String> = form_urlencoded::parse(query.as_bytes())
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{} = {}", label(page, &name), worded(page, what, &name, &value)))
        .collect();
    if pairs.is_empty() { page.m("staff-all").to_owned() } else { pairs.join(page.m("staff-list-and")) }
}

/// A filter's name as its list writes it.
fn label<'n>(page: &Page, name: &'n str) -> &'n str {
    match name {
        "campus" => page.m("staff-col-campus"),
        "college" => page.m("staff-college"),
        "class" => page.m("staff-class"),
        "subject" => page.m("staff-col-subjects"),
        "payment" => page.m("staff-payment"),
        "number" => page.m("payment-order-number"),
        "school" => page.m("staff-col-school"),
        "state" => page.m("staff-state"),
        "gateway" => page.m("staff-col-gateway"),
        "reason" => page.m("staff-reason"),
        "line" => page.m("staff-audit-line"),
        "actor" => page.m("staff-col-actor"),
        "object" => page.m("staff-col-object"),
        "action" => page.m("staff-col-action"),
        "from" => page.m("staff-from"),
        "to" => page.m("staff-to"),
        name => name,
    }
}

/// A filter's value as its list writes it; what is typed stays as it is.
fn worded<'v>(page: &Page, what: Option<What>, name: &str, value: &'v str) -> &'v str {
    let words = match (name, what) {
        ("payment", _) => registrations::payments_words(page, value),
        ("gateway", _) => orders::gateway_words(page, value),
        ("state", Some(What::Orders)) => orders::state_words(page, value),
        ("state", Some(What::Refunds)) => refunds::state_words(page, value),
        ("reason", Some(What::Refunds)) => refunds::reason_words(page, value),
        ("action", _) => codes::words(page.t, codes::ACTIONS, value),
        _ => "",
    };
    if words.is_empty() { value } else { words }
}
