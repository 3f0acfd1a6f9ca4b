//! The words in which each gateway writes its bills.

use super::BillKind;

/// The first line of the summary that 支付宝 packs beside the bill itself.
pub(super) const SUMMARY: &str = "#支付宝业务汇总查询";

/// A column that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Trade,
    Order,
    Kind,
    Done,
    Amount,
    Reference,
    Currency,
}

/// What of a bill is more than its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Alipay,
    PayEase,
}

/// The words of one gateway.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dialect {
    pub(super) style: Style,
    pub(super) title: &'static str,
    pub(super) account: &'static str,
    pub(super) day: &'static str,
    /// How a day begins in the line of the day.
    pub(super) day_format: &'static str,
    /// The head of the columns, in the order in which the gateway writes them.
    pub(super) columns: &'static [&'static str],
    pub(super) needed: &'static [(Column, &'static str)],
    pub(super) payment: &'static str,
    pub(super) refund: &'static str,
    /// The sign of a refund's amount.
    pub(super) minus: &'static str,
    pub(super) payments: &'static str,
    pub(super) refunds: &'static str,
}

pub(crate) static ALIPAY: Dialect = Dialect {
    style: Style::Alipay,
    title: "#支付宝业务明细查询",
    account: "#账号：[",
    day: "#起始日期：[",
    day_format: "%Y年%m月%d日",
    columns: &[
        "支付宝交易号",
        "商户订单号",
        "业务类型",
        "商品名称",
        "创建时间",
        "完成时间",
        "门店编号",
        "门店名称",
        "操作员",
        "终端号",
        "对方账户",
        "订单金额（元）",
        "商家实收（元）",
        "支付宝红包（元）",
        "集分宝（元）",
        "支付宝优惠（元）",
        "商家优惠（元）",
        "券核销金额（元）",
        "券名称",
        "商家红包消费金额（元）",
        "卡消费金额（元）",
        "退款批次号/请求号",
        "服务费（元）",
        "分润（元）",
        "备注",
    ],
    needed: &[
        (Column::Trade, "支付宝交易号"),
        (Column::Order, "商户订单号"),
        (Column::Kind, "业务类型"),
        (Column::Done, "完成时间"),
        (Column::Amount, "订单金额（元）"),
        (Column::Reference, "退款批次号/请求号"),
    ],
    payment: "交易",
    refund: "退款",
    minus: "-",
    payments: "#交易合计：",
    refunds: "#退款合计：",
};

pub(crate) static PAYEASE: Dialect = Dialect {
    style: Style::PayEase,
    title: "#首信易支付日对账单",
    account: "#商户编号：[",
    day: "#对账日期：[",
    day_format: "%Y%m%d",
    columns: &["订单号", "类型", "金额（元）", "币种", "完成时间", "流水号", "退款原因"],
    needed: &[
        (Column::Order, "订单号"),
        (Column::Kind, "类型"),
        (Column::Amount, "金额（元）"),
        (Column::Currency, "币种"),
        (Column::Done, "完成时间"),
        (Column::Trade, "流水号"),
        (Column::Reference, "退款原因"),
    ],
    payment: "支付",
    refund: "退款",
    minus: "",
    payments: "#支付合计：",
    refunds: "#退款合计：",
};

impl Dialect {
    pub(super) const fn word(&self, kind: BillKind) -> &'static str {
        match kind {
            BillKind::Payment => self.payment,
            BillKind::Refund => self.refund,
        }
    }

    /// Whether an account in the heading is this merchant's: 支付宝 writes the seller's number with four more digits.
    pub(super) fn is_account(&self, account: &str, merchant: &str) -> bool {
        let rest = account.strip_prefix(merchant);
        match self.style {
            Style::Alipay => rest.is_some_and(|rest| rest.is_empty() || rest.len() == 4 && is_digits(rest)),
            Style::PayEase => rest == Some(""),
        }
    }
}

pub(super) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}
