//! Messages above the content of the information page.

use crate::web::page::{Notice, Tone};
use cet_base::texts::Texts;

/// A message about entries or payments, shown as a notice on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Message {
    /// Entries were just saved.
    Saved,
    /// An entry was just cancelled.
    Cancelled,
    /// The gateway was asked (更新).
    Refreshed,
    /// The gateway was queried and did not answer.
    RefreshFailed,
}

impl Message {
    /// The notice in the language of `t`.
    #[must_use]
    pub fn notice(self, t: &'static Texts) -> Notice {
        let (tone, title, text) = match self {
            Self::Saved => (Tone::Ok, t.m("entry-saved"), ""),
            Self::Cancelled => (Tone::Ok, t.m("entry-cancelled"), ""),
            Self::Refreshed => (Tone::Info, t.m("entry-refreshed"), ""),
            Self::RefreshFailed => {
                (Tone::Warn, t.m("entry-refresh-failed-title"), t.m("entry-refresh-failed"))
            }
        };
        Notice::new(tone, title, text)
    }
}
