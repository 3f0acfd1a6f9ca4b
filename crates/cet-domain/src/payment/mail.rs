//! Mails to candidates about refunds (Y4). Money that pays for entries is shown on the page.

use super::desk::BookingContext;
use super::rules::RefundReason;
use super::store::Order;
use crate::outbox::{self, Mail, Part};
use crate::passport;
use crate::store::{DbError, Tx};
use crate::texts::texts;
use crate::words::email::Email;
use crate::words::fen::FenSum;
use crate::words::ids::PassportId;

/// Notifies a candidate of a refund and its reason, in the transaction that booked it; one mail per receipt.
pub(super) async fn tell_of_refund(
    tx: &mut Tx<'_>,
    books: &BookingContext,
    (order, receipt): (&Order, i64),
    to: PassportId,
    (amount, reason): (FenSum, RefundReason),
) -> Result<(), DbError> {
    let Some(addressee) = passport::store::addressee(tx, to).await? else { return Ok(()) };
    let Ok(to) = Email::parse(&addressee.email) else { return Ok(()) };
    let t = texts(addressee.lang);
    let facts = [("number", order.number.as_str()), ("amount", &amount.to_string())];
    let mail = Mail {
        to,
        lang: addressee.lang,
        subject: t.m("payment-mail-refund-subject").to_owned(),
        parts: vec![
            Part::Text(t.f("payment-mail-refund", &facts)),
            Part::Text(t.m(why(reason)).to_owned()),
            Part::Text(t.m("payment-mail-refund-way").to_owned()),
            Part::Link(t.m("payment-mail-information").to_owned(), format!("{}/registration", books.origin)),
        ],
    };
    outbox::post(tx, &books.vault, order.school, "refund", &receipt.to_string(), &mail).await
}

const fn why(reason: RefundReason) -> &'static str {
    match reason {
        RefundReason::Surplus => "payment-mail-why-surplus",
        RefundReason::Replaced => "payment-mail-why-replaced",
        RefundReason::Locked => "payment-mail-why-locked",
        RefundReason::Cancelled => "payment-mail-why-cancelled",
        RefundReason::NoSeat => "payment-mail-why-no-seat",
        RefundReason::NeedsWritten => "payment-mail-why-needs-written",
    }
}
