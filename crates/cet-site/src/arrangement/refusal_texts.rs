//! User-visible texts of this module's refusals.

use crate::web::page::{OnPage, Page, Refused};

use cet_domain::arrangement::refusal::{AccommodateRefusal, RoomNameRefusal};

impl OnPage for AccommodateRefusal {
    fn on(self, page: &Page) -> Refused {
        let refused = Refused::new(page.t, self.code());
        match self {
            Self::NoEntry => refused.at("student_number").saying(page.m("arrangement-refused-no-entry")),
            Self::Several => refused.at("student_number").saying(page.m("arrangement-refused-several")),
            Self::Published => refused.saying(page.m("arrangement-refused-published")),
            Self::Meanwhile => refused.saying(page.m("arrangement-refused-meanwhile")),
            Self::Field(field) => refused.at(field),
            Self::Settings(refusal) => refused.saying(refusal.to_string()),
        }
    }
}

impl OnPage for RoomNameRefusal {
    fn on(self, page: &Page) -> Refused {
        let refused = Refused::new(page.t, self.code());
        match self {
            Self::NoUnit => refused,
            Self::Meanwhile => refused.saying(page.m("arrangement-names-meanwhile")),
            Self::Unconfirmed => refused.at("confirmed").saying(page.m("arrangement-names-unconfirmed")),
        }
    }
}
