//! Formats export requests.

use crate::staff::views::ExportRow;
use crate::web::page::Page;
use cet_base::words::time::Time;
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

/// The filters of the stored query, or that there are none.
pub(super) fn filters(page: &Page, query: &str) -> String {
    let pairs: Vec<String> = form_urlencoded::parse(query.as_bytes())
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name} = {value}"))
        .collect();
    if pairs.is_empty() { page.m("staff-all").to_owned() } else { pairs.join(page.m("staff-list-and")) }
}
