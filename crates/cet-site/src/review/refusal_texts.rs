//! User-visible texts of this module's refusals.

use crate::web::page::{OnPage, Page, Refused};

use cet_domain::review::refusal::ReviewRefusal;

impl OnPage for ReviewRefusal {
    fn on(self, page: &Page) -> Refused {
        let refused = Refused::new(page.t, self.code());
        match self {
            Self::NotLookedUp => refused.linked("/qualification", page.m("registration-qualification-title")),
            Self::NotChecked => refused.at("confirmed"),
            Self::TicketUnknown => refused.at("ticket_number").saying(page.m("review-unknown")),
            Self::Closed => refused.saying(page.m("review-closed-text")),
            Self::TooMany(_) => refused.saying(page.m("review-too-many")),
            Self::Changed => refused.saying(page.m("review-changed")),
            Self::TicketTaken => refused.saying(page.m("review-ticket-taken")),
            Self::TooFew => refused.at("decision").saying(page.m("review-too-few")),
            Self::NoEvidence => refused.at("evidence").saying(page.m("review-no-evidence")),
            Self::NoDecision => refused.at("decision").saying(page.m("review-no-decision")),
            Self::RecordNotFound | Self::DocumentNumber => refused.at("document_number"),
            Self::DocumentKind => refused.at("document_kind"),
            Self::NoName => refused.at("name"),
            // A candidate is told when it is possible.
            Self::NotOpen if !page.path.starts_with("/staff") => {
                let why = [("why", refused.text.as_str()), ("when", page.m("review-when"))];
                let text = page.f("review-nothing", &why);
                refused.saying(text)
            }
            Self::Nothing => refused.saying(page.m("review-refused-nothing")),
            Self::NotOpen | Self::Exists | Self::Pending | Self::Final | Self::NotFound => refused,
        }
    }
}
