//! `/account` (A3).

use axum::response::Response;
use http::StatusCode;

use crate::passport::Candidate;
use crate::passport::views::{AccountRows, AccountView, document_kind_name};
use crate::web::answer::{PageError, html};
use crate::web::flash;
use crate::web::page::{Notice, Page, Tone};
use cet_base::store::DbError;
use cet_base::vault::Vault;
use cet_base::words::document::DocumentNumber;
use cet_base::words::email::Email;
use cet_base::words::name::masked;
use cet_base::words::text::Phone;
use cet_domain::passport::store::{self, Account};

pub(super) async fn show(who: Candidate) -> Result<Response, PageError> {
    let id = who.session.passport;
    let found: Result<Option<Account>, DbError> =
        who.app.db.read(async move |tx| store::account(tx, id).await).await;
    let account = found?.ok_or(PageError::NotFound)?;
    let shown = who.query("show").as_deref() == Some("yes");
    let page = match flash::get(&who).and_then(|word| told(&who.page(), word)) {
        Some(notice) => who.page().noting(notice),
        None => who.page(),
    };
    let page = match unverified(&page, &account) {
        Some(notice) => page.noting(notice),
        None => page,
    };
    let mut view = AccountView::new(page, rows(&who, &account, shown)?, shown);
    view.optional_mails = account.optional_mails;
    Ok(flash::clear(&who, html(StatusCode::OK, &view)?))
}

/// The message for a flash word.
fn told(page: &Page, word: &str) -> Option<Notice> {
    let (title, text) = match word {
        "profile-saved" => ("passport-profile-saved", ""),
        "email-changed" => ("passport-email-changed", "passport-email-changed-text"),
        "password-changed" => ("passport-password-changed", "passport-password-changed-text"),
        "verification-sent" => ("passport-verification-sent", "passport-verification-sent-text"),
        "email-verified" => ("passport-email-verified", ""),
        "mails-on" => ("message-mails-changed-on", ""),
        "mails-off" => ("message-mails-changed-off", ""),
        _ => return None,
    };
    let text = if text.is_empty() { "" } else { page.m(text) };
    Some(Notice::new(Tone::Ok, page.m(title), text))
}

/// The permanent notice about an unverified address (W4), with the address that was probably meant.
pub(super) fn unverified(page: &Page, account: &Account) -> Option<Notice> {
    if account.email_verified_at.is_some() {
        return None;
    }
    let meant = Email::parse(&account.email).ok().and_then(|email| email.suggestion());
    Some(match meant {
        Some(meant) => {
            let text = page.f("passport-email-typo", &[("email", &meant.masked())]);
            Notice::new(Tone::Warn, page.m("passport-email-unverified"), text)
                .linked("/account/profile", page.m("passport-change-profile"))
        }
        None => Notice::new(
            Tone::Warn,
            page.m("passport-email-unverified"),
            page.m("passport-email-unverified-text"),
        ),
    })
}

/// The telephone and the document number in clear; empty if not given.
pub(super) fn opened(vault: &Vault, account: &Account) -> Result<(String, String), PageError> {
    let number = account.document_number(vault).map_err(PageError::fault)?;
    Ok((account.telephone(vault).map_err(PageError::fault)?, number))
}

fn rows(who: &Candidate, account: &Account, shown: bool) -> Result<AccountRows, PageError> {
    let (phone, number) = opened(&who.app.vault, account)?;
    let kind = account.document_kind.as_deref().unwrap_or("");
    Ok(AccountRows {
        passport_id: account.public_id.clone(),
        email: if shown { account.email.clone() } else { masked_email(&account.email) },
        verified: account.email_verified_at.is_some(),
        phone: if shown {
            phone
        } else {
            Phone::parse(&phone).map_or_else(|_| String::new(), |phone| phone.masked())
        },
        document_kind: document_kind_name(who.page().t, kind).to_owned(),
        document_number: if shown {
            number
        } else {
            DocumentNumber::parse(&number).map_or_else(|_| String::new(), |number| number.masked())
        },
        name: if shown { account.name.clone() } else { masked(&account.name) },
    })
}

/// `zh***3@163.com`.
pub(super) fn masked_email(email: &str) -> String {
    Email::parse(email).map_or_else(|_| "***".to_owned(), |email| email.masked())
}
