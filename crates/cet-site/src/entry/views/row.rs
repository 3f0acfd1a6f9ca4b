//! The rows of entered subjects on the information page.

use super::Place;
use cet_base::texts::Texts;

/// The payment state of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaymentShown {
    /// Unpaid, without an open order.
    Unpaid,
    /// The candidate has an open order for it.
    Paying,
    /// The same, but past its hold: the gateway is being queried, and the seat is kept meanwhile (Y4).
    Asking,
    /// The same, and the bank has refused it: it can be paid again.
    Declined,
    /// Locked by a collective payment of the school.
    Locked,
    /// Paid.
    Paid,
    /// Paid, and being refunded.
    Refunding,
    /// Refunded; the entry no longer counts as paid.
    Refunded,
}

impl PaymentShown {
    /// The value of `data-payment`.
    #[must_use]
    pub const fn mark(self) -> &'static str {
        match self {
            Self::Unpaid | Self::Paying | Self::Declined | Self::Asking | Self::Locked | Self::Refunded => {
                "unpaid"
            }
            Self::Paid | Self::Refunding => "paid",
        }
    }

    /// The CSS class next to `tag`.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Unpaid | Self::Declined | Self::Asking | Self::Refunding => " warn",
            Self::Paying | Self::Locked => " info",
            Self::Paid => " ok",
            Self::Refunded => "",
        }
    }

    /// The text of the tag.
    #[must_use]
    pub fn word(self, t: &'static Texts) -> &'static str {
        match self {
            Self::Unpaid => t.m("entry-unpaid"),
            Self::Paying => t.m("entry-paying"),
            Self::Declined => t.m("payment-line-declined"),
            Self::Asking => t.m("entry-asking"),
            Self::Locked => t.m("entry-locked"),
            Self::Paid => t.m("entry-paid"),
            Self::Refunding => t.m("entry-refunding"),
            Self::Refunded => t.m("entry-refunded"),
        }
    }

    /// Whether 集体缴费 should be explained below the tag.
    #[must_use]
    pub const fn is_locked(self) -> bool {
        matches!(self, Self::Locked)
    }
}

/// 科目报考方式: who entered a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelShown {
    /// 考生注册: the candidate.
    Own,
    /// 集体报名: the school.
    School,
}

/// One entered subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryRow {
    /// The id of the entry.
    pub id: String,
    /// The subject's code.
    pub subject: String,
    /// The subject with its code: `(1) 英语四级笔试`.
    pub subject_name: String,
    /// The code of the campus whose seat it uses.
    pub campus: String,
    /// School and campus in words.
    pub place: Place,
    /// The fee in yuan without a currency sign: `0.01`.
    pub fee: String,
    /// The payment state.
    pub payment: PaymentShown,
    /// Which school locks it and until when; empty unless locked by a collective payment.
    pub locked: String,
    /// Ticket number, room and seat in words, once assigned (已编排).
    pub seat: Option<String>,
    /// 科目报考方式.
    pub channel: ChannelShown,
    /// Until when it is held unpaid, RFC 3339; empty if it does not expire.
    pub expires: String,
    /// Until when it can be paid, `YYYY-MM-DD HH:MM`; empty unless the row should show it (unpaid and not locked).
    pub pay_until: String,
    /// Whether the candidate may cancel it now.
    pub cancellable: bool,
    /// Whether its ticket can be downloaded now.
    pub ticket: bool,
}

impl EntryRow {
    /// The value of `data-arrangement`.
    #[must_use]
    pub const fn arrangement_mark(&self) -> &'static str {
        if self.seat.is_some() { "arranged" } else { "none" }
    }

    /// The CSS class next to `tag` of the arrangement.
    #[must_use]
    pub const fn arrangement_class(&self) -> &'static str {
        if self.seat.is_some() { " ok" } else { "" }
    }

    /// 已编排 or 未编排.
    #[must_use]
    pub fn arrangement_word(&self, t: &'static Texts) -> &'static str {
        if self.seat.is_some() { t.m("entry-arranged") } else { t.m("entry-unarranged") }
    }

    /// The value of `data-channel`.
    #[must_use]
    pub const fn channel_mark(&self) -> &'static str {
        match self.channel {
            ChannelShown::Own => "self",
            ChannelShown::School => "school",
        }
    }

    /// Whether the row offers any action.
    #[must_use]
    pub const fn has_action(&self) -> bool {
        self.cancellable || self.ticket
    }

    /// 考生注册 or 集体报名.
    #[must_use]
    pub fn channel_word(&self, t: &'static Texts) -> &'static str {
        match self.channel {
            ChannelShown::Own => t.m("entry-channel-self"),
            ChannelShown::School => t.m("entry-channel-school"),
        }
    }
}

/// How many of a table's entries are paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PaidHow {
    /// 全未支付.
    None,
    /// 部分支付.
    Some,
    /// 全部支付.
    All,
}

/// The table of written or oral tests, with its sums.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryTable {
    /// The live entries.
    pub rows: Vec<EntryRow>,
    /// The sum of all rows: `¥0.02`.
    pub total: String,
    /// The sum of the unpaid rows: `¥0.02`.
    pub unpaid: String,
    /// Whether something can be entered now.
    pub open: bool,
}

impl EntryTable {
    /// Whether a ticket of a row can be downloaded now.
    #[must_use]
    pub fn has_tickets(&self) -> bool {
        self.rows.iter().any(|row| row.ticket)
    }

    /// How many of the rows are paid.
    #[must_use]
    pub fn paid_how(&self) -> PaidHow {
        let paid = self.rows.iter().filter(|row| row.payment.mark() == "paid").count();
        if paid == 0 {
            PaidHow::None
        } else if paid == self.rows.len() {
            PaidHow::All
        } else {
            PaidHow::Some
        }
    }

    /// 全未支付, 部分支付 or 全部支付.
    #[must_use]
    pub fn paid_word(&self, t: &'static Texts) -> &'static str {
        match self.paid_how() {
            PaidHow::None => t.m("entry-payment-none-paid"),
            PaidHow::Some => t.m("entry-payment-some-paid"),
            PaidHow::All => t.m("entry-payment-all-paid"),
        }
    }
}
