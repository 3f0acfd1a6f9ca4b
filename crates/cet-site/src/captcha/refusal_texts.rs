//! User-visible texts of this module's refusals.

use crate::web::page::{OnPage, Page, Refused};

use cet_domain::captcha::CaptchaRefusal;

impl OnPage for CaptchaRefusal {
    fn on(self, page: &Page) -> Refused {
        Refused::new(page.t, "captcha").at("captcha")
    }
}
