//! Messages above the content of the information page.

use crate::texts::Texts;
use crate::web::page::{Notice, Tone};

/// A message about entries or payments, shown as a notice on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Message {
    /// Entries were just saved.
    Saved,
    /// An entry was just cancelled.
    Cancelled,
    /// The payment of an order was just received.
    PaidNow,
    /// The gateway was queried (更新).
    Refreshed,
    /// The gateway was queried and did not answer.
    RefreshFailed,
    /// Payment received for entries that are gone, and no seat is left: being refunded (Y4).
    LateRefund,
    /// The same, and the refund is complete.
    PaidRefunded,
    /// Payment received late, and a seat was still available (Y4).
    LateSeated,
    /// Paid twice for the same entries: being refunded.
    ExtraRefund,
    /// Payment received for entries that could no longer be paid (cancelled, replaced, or paid by the school): being
    /// refunded.
    OtherRefund,
    /// Every entry is paid.
    Complete,
}

impl Message {
    /// The notice in the language of `t`.
    #[must_use]
    pub fn notice(self, t: &'static Texts) -> Notice {
        let (tone, title, text) = match self {
            Self::Saved => (Tone::Ok, t.m("entry-saved"), ""),
            Self::Cancelled => (Tone::Ok, t.m("entry-cancelled"), ""),
            Self::PaidNow => (Tone::Ok, t.m("entry-paid-now"), ""),
            Self::Refreshed => (Tone::Info, t.m("entry-refreshed"), ""),
            Self::RefreshFailed => {
                (Tone::Warn, t.m("entry-refresh-failed-title"), t.m("entry-refresh-failed"))
            }
            Self::LateRefund => (Tone::Warn, t.m("entry-late-refund-title"), t.m("entry-late-refund")),
            Self::PaidRefunded => (Tone::Warn, t.m("entry-paid-refunded-title"), t.m("entry-paid-refunded")),
            Self::LateSeated => (Tone::Ok, t.m("entry-late-seated-title"), t.m("entry-late-seated")),
            Self::ExtraRefund => (Tone::Info, t.m("entry-extra-refund-title"), t.m("entry-extra-refund")),
            Self::OtherRefund => (Tone::Info, t.m("entry-other-refund-title"), t.m("entry-other-refund")),
            Self::Complete => (Tone::Ok, t.m("entry-complete-title"), t.m("entry-complete")),
        };
        Notice::new(tone, title, text)
    }
}
