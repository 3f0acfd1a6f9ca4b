//! 取消报考: what would go, before it goes (R10, R13).

use askama::Template;

use super::Place;
use crate::web::page::Page;

/// An entry that would be cancelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Going {
    /// The subject with its code: `(1) 英语四级笔试`.
    pub subject: String,
    /// Where the seat is.
    pub place: Place,
    /// The fee: `¥0.01`.
    pub fee: String,
}

/// The page that asks. Where it says why not, it holds no form.
#[derive(Template)]
#[template(path = "entry/cancellation.html")]
pub struct CancellationView {
    /// What every page has; its path is the form's address.
    pub page: Page,
    /// The entry.
    pub entry: Going,
    /// The unpaid oral ones that go along.
    pub with_it: Vec<Going>,
    /// Until when it can be paid, `YYYY-MM-DD HH:MM`.
    pub pay_until: String,
    /// Whether an open order ends first.
    pub order_ends: bool,
    /// Whether it can be cancelled now.
    pub may: bool,
}
