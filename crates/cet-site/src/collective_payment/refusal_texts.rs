//! User-visible texts of this module's refusals.

use crate::web::page::{OnPage, Page, Refused};

use cet_domain::collective_payment::refusal::CollectiveRefusal;

impl OnPage for CollectiveRefusal {
    fn on(self, page: &Page) -> Refused {
        let refused = Refused::new(page.t, self.code());
        match self {
            Self::NotFound => refused,
            Self::NothingChosen => refused.saying(page.m("collective-refused-nothing")),
            Self::TooMany => {
                let most = cet_domain::collective_payment::rules::MOST_ENTRIES.to_string();
                refused.saying(page.f("collective-refused-many", &[("n", &most)]))
            }
            Self::Changed => refused.saying(page.m("collective-refused-changed")),
            Self::Settled => refused.saying(page.m("collective-refused-settled")),
            Self::TimeUp(at) => refused.saying(page.f("collective-refused-time", &[("time", &at.page())])),
            Self::SubjectUnknown => refused.at("subject").saying(page.m("collective-refused-subject")),
        }
    }
}
