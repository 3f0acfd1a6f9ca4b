//! Views of the payment pages: confirming a payment, and one order (Y1).

use askama::Template;
use gateway::{GatewayCode, PayForm};

mod code;
mod history;
mod line;
mod past;
mod steps;

pub use crate::entry::views::OpenOrder;
use crate::situation::Lead;
use crate::web::page::Page;
use cet_base::texts::Texts;
use cet_domain::payment::rules::outcome::Outcome;
use cet_domain::situation::Situation;
pub use code::CodeView;
pub use history::{HistoryRow, HistoryView, RefundRow, money_words, outcome_words, reason_words};
pub(in crate::payment) use line::doubted;
pub use line::{OrderStory, Speaker};
pub use past::MoneyBack;
pub use steps::StepView;

/// One unpaid entry that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayRow {
    /// The id of the entry.
    pub id: String,
    /// The subject with its code: `(1) 英语四级笔试`.
    pub subject_name: String,
    /// The campus with its code.
    pub campus_name: String,
    /// The fee in yuan without a currency sign: `0.01`.
    pub fee: String,
    /// Whether it can be paid now.
    pub payable: bool,
    /// Whether its checkbox is checked.
    pub ticked: bool,
    /// A remark, such as why it can't be paid; may be empty.
    pub why: String,
}

/// One selectable gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GatewayChoice {
    /// The value of `gateway`.
    pub code: &'static str,
    /// Its name in the page's language.
    pub name: &'static str,
    /// A hint on this choice.
    pub hint: &'static str,
    /// Whether it is selected.
    pub chosen: bool,
}

impl GatewayChoice {
    /// A gateway.
    #[must_use]
    pub fn of(gateway: GatewayCode, t: &'static Texts, chosen: bool) -> Self {
        let profile = gateway.profile();
        Self { code: profile.code, name: t.m(profile.name), hint: t.m(profile.hint), chosen }
    }
}

/// The configured gateways in the words of a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ways {
    /// By which one can pay: 支付宝、首信易支付或微信支付.
    pub names: String,
    /// What one needs for that.
    pub needs: String,
}

impl Ways {
    /// The words for these gateways.
    #[must_use]
    pub fn of(gateways: impl Iterator<Item = GatewayCode>, t: &'static Texts) -> Self {
        let (names, needs): (Vec<&str>, Vec<&str>) =
            gateways.map(GatewayCode::profile).map(|profile| (t.m(profile.name), t.m(profile.needs))).unzip();
        Self {
            names: alternatives(t, &names).unwrap_or_else(|| t.m("payment-any").to_owned()),
            needs: alternatives(t, &needs).unwrap_or_else(|| t.m("payment-any-needs").to_owned()),
        }
    }
}

/// `a、b或c`, `a, b or c`; `None` of nothing.
fn alternatives(t: &'static Texts, all: &[&str]) -> Option<String> {
    let (last, before) = all.split_last()?;
    if before.is_empty() {
        return Some((*last).to_owned());
    }
    Some(format!("{}{}{last}", before.join(t.m("payment-comma")), t.m("payment-or")))
}

/// One bank of 首信易支付.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BankChoice {
    /// The gateway's own number (`v_pmode`).
    pub number: String,
    /// The bank's name.
    pub name: String,
    /// Whether it is selected.
    pub chosen: bool,
}

/// Why the candidate can't pay an entry: a collective payment locks it.
#[must_use]
pub fn locked_remark(t: &'static Texts) -> &'static str {
    t.m("payment-locked")
}

/// Why an oral entry can't be paid while its written entry is unpaid.
#[must_use]
pub fn oral_remark(t: &'static Texts) -> &'static str {
    t.m("payment-oral-needs-written")
}

/// `/payment`: confirm entries and sum, choose the payment method.
#[derive(Template)]
#[template(path = "payment/confirm.html")]
pub struct PaymentView {
    /// The page frame.
    pub page: Page,
    /// The unpaid entries; without any the page says so and has no form.
    pub rows: Vec<PayRow>,
    /// The sum of the selected entries: `¥0.03`.
    pub total: String,
    /// Deadline for payment, `YYYY-MM-DD HH:MM`; empty if there is none.
    pub due: String,
    /// Whether it is past.
    pub is_late: bool,
    /// The gateways.
    pub gateways: Vec<GatewayChoice>,
    /// The banks of 首信易支付; empty hides the choice.
    pub banks: Vec<BankChoice>,
    /// An order that is already open.
    pub open_order: Option<OpenOrder>,
    /// Whether its gateway is being asked, so that nothing is paid meanwhile.
    pub is_asked: bool,
    /// Whether the bank refused it, so that the page says so beside the form.
    pub is_refused: bool,
    /// Where the candidate stands (R18): said first where nothing is to be paid here now.
    pub lead: Lead,
    /// The command id that makes a repeated submission idempotent.
    pub command: Option<String>,
}

/// The icon of an order's state in the sprite.
#[must_use]
pub const fn outcome_icon(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Waiting | Outcome::Asking => "clock",
        Outcome::Paid => "check",
        Outcome::Closed | Outcome::GoingBack | Outcome::Back => "info",
    }
}

impl PaymentView {
    /// Whether the candidate can pay anything now; what the school pays for is no choice.
    fn is_payable(&self) -> bool {
        !self.is_asked && self.rows.iter().any(|row| row.payable)
    }
}

/// One line of an order; it does not change after the order was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderLine {
    /// The subject with its code.
    pub subject_name: String,
    /// The campus with its code.
    pub campus_name: String,
    /// The fee in yuan without a currency sign: `0.01`.
    pub fee: String,
}

/// `/payment/{order}`: confirm again and go to the gateway, or the state of the order.
#[derive(Template)]
#[template(path = "payment/order.html")]
pub struct OrderView {
    /// The page frame.
    pub page: Page,
    /// The order's number.
    pub number: String,
    /// Its lines.
    pub lines: Vec<OrderLine>,
    /// Its sum in yuan without a currency sign: `0.02`.
    pub sum: String,
    /// Gateway and bank: `支付宝`, `首信易支付 中国银行`.
    pub method: String,
    /// When it was made, `YYYY-MM-DD HH:MM`.
    pub created: String,
    /// Deadline for payment, `YYYY-MM-DD HH:MM`; empty if there is none.
    pub due: String,
    /// Whether it is past.
    pub is_late: bool,
    /// What has become of it.
    pub outcome: Outcome,
    /// How the payer gets to the gateway; `None` for an order that can't be paid (any more).
    pub start: Option<Start>,
    /// What is said first where it can't be paid (R18).
    pub lead: Lead,
    /// The situation that the lead tells.
    pub told: Situation,
    /// What happened to it and to its money.
    pub story: OrderStory,
    /// Whether its entries still wait for payment, so that a closed order leads to a new one.
    pub pay_again: bool,
    /// Whether money that comes after its closing still pays for its subjects, if they have a seat (Y4).
    pub takes_late_money: bool,
}

/// How the payer of an order gets to its gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// By the gateway's own form.
    Form(PayForm),
    /// By a code to scan, on a telephone by a page of the gateway, or as the payer likes.
    Code {
        /// By a code.
        scan: bool,
        /// On a telephone.
        phone: bool,
    },
}

impl OrderView {
    /// The text key of the page's title, depending on whether the order can be paid here.
    #[must_use]
    pub const fn title_key(payable: bool) -> &'static str {
        if payable { "payment-order-title" } else { "payment-order-over-title" }
    }

    /// Whether the form needs `accept-charset`. ASCII is the same in every charset, and HTML allows only UTF-8 there.
    fn needs_charset(&self) -> bool {
        matches!(&self.start, Some(Start::Form(form)) if form.fields.iter().any(|(_, value)| !value.is_ascii()))
    }

    /// Whether the order's own fate is another than what the lead tells of the candidate.
    const fn says_more(&self) -> bool {
        !matches!(
            (self.outcome, &self.told),
            (Outcome::Waiting, Situation::BankRefused(_))
                | (Outcome::Asking, Situation::Asking(_) | Situation::GatewaySilent(_))
                | (Outcome::GoingBack, Situation::Refunding(_))
                | (Outcome::Back, Situation::Refunded(_))
        )
    }

    /// Its state in a word, and the class beside `tag`: the same as in its line and in the history.
    const fn tag(&self) -> (&'static str, &'static str) {
        (self.story.word, self.story.class)
    }

    /// Whether the bank has refused it, and it can be paid again.
    const fn is_refused(&self) -> bool {
        matches!((self.outcome, &self.told), (Outcome::Waiting, Situation::BankRefused(_)))
    }

    fn icon(&self) -> &'static str {
        outcome_icon(self.outcome)
    }

    /// What became of it, if it can't be paid here.
    fn title(&self) -> &'static str {
        self.page.m(match self.outcome {
            Outcome::Waiting | Outcome::Asking => "payment-order-waiting-title",
            Outcome::Paid => "payment-order-paid-title",
            Outcome::Closed => "payment-order-closed-title",
            Outcome::GoingBack if self.story.is_with_staff => "payment-order-staff-title",
            Outcome::GoingBack => "payment-order-refunding-title",
            Outcome::Back => "payment-order-refunded-title",
        })
    }

    /// What follows from it: of a closed order, also whether anything is left to pay.
    fn text(&self) -> &'static str {
        self.page.m(match self.outcome {
            Outcome::Waiting | Outcome::Asking => "payment-order-waiting-text",
            Outcome::Paid => "payment-order-paid-text",
            Outcome::Closed => match (self.pay_again, self.takes_late_money) {
                (false, false) => "payment-order-closed-over-text",
                (false, true) => "payment-order-closed-late-text",
                (true, false) => "payment-order-closed-text",
                (true, true) => "payment-order-closed-late-again-text",
            },
            Outcome::GoingBack if self.story.is_with_staff => "payment-order-staff-text",
            Outcome::GoingBack => "payment-order-refunding-text",
            Outcome::Back => "payment-order-refunded-text",
        })
    }

    /// 您选择首信易支付 中国银行进行支付, 支付金额为0.02元人民币。
    fn confirmation(&self) -> String {
        self.page.f("payment-order-confirm", &[("method", &self.method), ("amount", &self.sum)])
    }
}

#[cfg(test)]
#[path = "views_tests.rs"]
mod tests;
