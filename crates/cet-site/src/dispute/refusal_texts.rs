//! User-visible texts of this module's refusals.

use crate::web::page::{OnPage, Page, Refused};

use cet_domain::dispute::refusal::DisputeRefusal;

impl OnPage for DisputeRefusal {
    fn on(self, page: &Page) -> Refused {
        let refused = Refused::new(page.t, self.code());
        match self {
            Self::NotLookedUp => refused.linked("/qualification", page.m("registration-qualification-title")),
            Self::Wrong("student_number") => {
                refused.at("student_number").saying(page.m("dispute-wrong-number"))
            }
            Self::Wrong("phone") => refused.at("phone").saying(page.m("dispute-wrong-phone")),
            Self::Wrong("evidence") => refused.at("evidence").saying(page.m("dispute-wrong-evidence")),
            Self::Wrong("decision") => refused.at("decision").saying(page.m("dispute-wrong-decision")),
            Self::Wrong(field) => refused.at(field).saying(page.m("dispute-wrong-text")),
            Self::Free => {
                refused.saying(page.m("dispute-free")).linked("/qualification/record", page.m("dispute-save"))
            }
            Self::TooMany(until) => {
                refused.saying(page.f("registration-refused-until", &[("time", &until.page())]))
            }
            Self::PassportBound => refused.linked("/registration", page.m("registration-to-information")),
            Self::ClaimantBound => refused.saying(page.m("dispute-claimant-bound")),
            Self::ClaimantGone => refused.saying(page.m("dispute-claimant-closed")),
            Self::Changed => refused.saying(page.m("dispute-changed")),
            Self::Over => refused.saying(page.m("dispute-over")),
            Self::NeedsSecond => refused.saying(page.m("dispute-needs-second")),
            Self::OrderOpen => refused.saying(page.m("dispute-order-open")),
            Self::Begun => refused.saying(page.m("dispute-begun")),
            Self::Locked => refused.saying(page.m("dispute-locked")),
            Self::Open | Self::NotFound => refused,
        }
    }
}
