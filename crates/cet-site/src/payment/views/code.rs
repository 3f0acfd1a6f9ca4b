//! The page with a code to scan.

use askama::Template;

use crate::web::page::Page;

/// `/payment/{order}/code`.
#[derive(Template)]
#[template(path = "payment/code.html")]
pub struct CodeView {
    /// The page frame.
    pub page: Page,
    /// The order's id.
    pub id: String,
    /// The order's number.
    pub number: String,
    /// The sum in yuan without a currency sign: `0.02`.
    pub sum: String,
    /// Deadline for payment, `YYYY-MM-DD HH:MM`.
    pub due: String,
    /// The gateway's name.
    pub gateway: &'static str,
    /// In a rehearsal, what the code says, as a link.
    pub link: Option<String>,
}

impl CodeView {
    /// 请用微信扫描二维码，支付 0.02 元。
    fn what(&self) -> String {
        self.page.f("payment-code-what", &[("gateway", self.gateway), ("amount", &self.sum)])
    }
}
