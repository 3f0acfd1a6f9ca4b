//! A refund on a page (Y4).

use crate::web::page::Page;
use cet_domain::payment::rules::outcome::Course;
use cet_domain::payment::store::RefundShown;

/// A refund of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoneyBack {
    /// The amount: `¥0.02`.
    pub sum: String,
    /// The state in a word.
    pub word: &'static str,
    /// The CSS class next to `tag`.
    pub class: &'static str,
    /// When the refund was due, or when the gateway accepted it: `YYYY-MM-DD HH:MM`.
    pub at: String,
}

impl MoneyBack {
    /// A refund in words.
    #[must_use]
    pub fn of(page: &Page, refund: &RefundShown) -> Self {
        Self {
            sum: format!("¥{}", refund.amount),
            word: page.m(match refund.course() {
                Course::OnItsWay => "payment-back-due",
                Course::WithStaff => "payment-line-staff",
                Course::Back => "payment-back-done",
                Course::ByHand => "payment-back-by-hand",
            }),
            class: if refund.done_at.is_some() { "" } else { " warn" },
            at: refund.done_at.unwrap_or(refund.due_at).page(),
        }
    }
}
