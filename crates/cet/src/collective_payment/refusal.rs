//! Why a collective payment is refused, as staff are told.

use crate::web::page::{Page, Refused};
use crate::words::time::Time;

/// What staff can cause in this room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CollectiveRefusal {
    /// There is none of this id in the scope (TH21, TH22).
    NotFound,
    /// Nothing that was asked for can be paid by the school.
    NothingChosen,
    /// More than one collective payment may hold.
    TooMany,
    /// Since the confirmation page was shown, number or sum of the entries have changed.
    Changed,
    /// It was confirmed or released before.
    Settled,
    /// Its time limit is over: it unlocks itself.
    TimeUp(Time),
    /// A subject that the sitting does not have.
    SubjectUnknown,
}

impl CollectiveRefusal {
    /// The code of `data-code`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::NothingChosen => "nothing-chosen",
            Self::Changed => "changed-meanwhile",
            Self::TooMany | Self::Settled | Self::TimeUp(_) | Self::SubjectUnknown => "field-invalid",
        }
    }

    /// The refusal on a page, in its language.
    #[must_use]
    pub fn on(self, page: &Page) -> Refused {
        let refused = Refused::new(page.t, self.code());
        match self {
            Self::NotFound => refused,
            Self::NothingChosen => refused.saying(page.m("collective-refused-nothing")),
            Self::TooMany => {
                let most = super::rules::MOST_ENTRIES.to_string();
                refused.saying(page.f("collective-refused-many", &[("n", &most)]))
            }
            Self::Changed => refused.saying(page.m("collective-refused-changed")),
            Self::Settled => refused.saying(page.m("collective-refused-settled")),
            Self::TimeUp(at) => refused.saying(page.f("collective-refused-time", &[("time", &at.page())])),
            Self::SubjectUnknown => refused.at("subject").saying(page.m("collective-refused-subject")),
        }
    }
}
