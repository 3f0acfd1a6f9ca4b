//! User-visible texts of this module's refusals.

use crate::web::page::{OnPage, Page, Refused};

use cet_domain::record_report::refusal::ReportRefusal;

impl OnPage for ReportRefusal {
    fn on(self, page: &Page) -> Refused {
        let refused = Refused::new(page.t, self.code());
        match self {
            Self::NotLookedUp => refused.linked("/qualification", page.m("registration-qualification-title")),
            Self::Wrong("field") => refused.at("field").saying(page.m("report-wrong-field")),
            Self::Wrong("note") => refused.at("note").saying(page.m("report-wrong-text")),
            Self::Wrong("answer") => refused.at("answer").saying(page.m("report-wrong-answer")),
            Self::Wrong(field) => refused.at(field).saying(page.m("report-wrong-value")),
            Self::Same => refused.at("value").saying(page.m("report-says-already")),
            Self::Changed => refused.saying(page.m("report-changed")),
            Self::Over => refused.saying(page.m("report-over")),
            Self::Saved => refused.saying(page.m("report-saved")),
            Self::ByImport => refused.saying(page.m("report-by-import")),
            Self::Open | Self::NotFound => refused,
        }
    }
}
