//! What the information page may have to say above its content.

use crate::texts::Texts;
use crate::web::page::{Notice, Tone};

/// A message about entries or money, made into a notice of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Message {
    /// Entries were just saved.
    Saved,
    /// An entry was just cancelled.
    Cancelled,
    /// Money of an order just came in.
    PaidNow,
    /// The gateway was asked (更新).
    Refreshed,
    /// The gateway was asked and gave no answer.
    RefreshFailed,
    /// Money came for entries that are gone and no seat is left: on its way back (Y4).
    LateRefund,
    /// The same, and the money is back.
    PaidRefunded,
    /// Money came late and a seat was taken again (Y4).
    LateSeated,
    /// Money came twice for the same entries: on its way back.
    ExtraRefund,
    /// Money came for entries that could not take it any more: cancelled, replaced, or paid by the school.
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
