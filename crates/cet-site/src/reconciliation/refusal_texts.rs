//! User-visible texts of this module's refusals.

use crate::web::page::{OnPage, Page, Refused};
use cet_domain::reconciliation::ReconciliationRefusal;
use cet_domain::reconciliation::bill::BillFault;

impl OnPage for ReconciliationRefusal {
    fn on(self, page: &Page) -> Refused {
        let refused = Refused::new(page.t, self.code());
        match self {
            Self::NotFound | Self::Signed | Self::NotConfirmed => refused,
            Self::GatewayUnknown => refused.at("gateway"),
            Self::DayInvalid => refused.at("day").saying(page.m("reconciliation-refused-day")),
            Self::DayTooEarly => refused.at("day").saying(page.m("reconciliation-refused-early")),
            Self::EmptyFile => refused.at("file").saying(page.m("reconciliation-refused-empty")),
            Self::NoFile => refused.at("file").saying(page.m("reconciliation-refused-file")),
            Self::NotCompared => refused.saying(page.m("reconciliation-refused-not-compared")),
            Self::Open(open, next_day) => {
                let (open, next_day) = (open.to_string(), next_day.to_string());
                refused.saying(page.f("reconciliation-refused-open", &[("open", &open), ("next", &next_day)]))
            }
            Self::Handled => refused.saying(page.m("reconciliation-refused-handled")),
            Self::DecisionUnknown => refused.at("as").saying(page.m("reconciliation-refused-as")),
            Self::NoteMissing => refused.at("note").saying(page.m("reconciliation-refused-note")),
            Self::NoteLong => {
                let most = cet_domain::reconciliation::verbs::LONGEST_NOTE.to_string();
                refused.at("note").saying(page.f("reconciliation-refused-note-long", &[("n", &most)]))
            }
            Self::Resolved => refused.saying(page.m("reconciliation-refused-resolved")),
            Self::Bill(fault) => of_bill(page, fault),
        }
    }
}

/// Why a bill is bad, with its line.
fn of_bill(page: &Page, fault: BillFault) -> Refused {
    let refused = Refused::new(page.t, fault.code());
    if fault.line() == 0 {
        return refused;
    }
    let text = page.f("reconciliation-line", &[("line", &fault.line().to_string()), ("why", &refused.text)]);
    refused.saying(text)
}
