//! `/account` (A3).

use axum::response::Response;
use http::StatusCode;

use crate::passport::Candidate;
use crate::passport::store::{self, Account};
use crate::passport::views::{AccountRows, AccountView, document_kind_name};
use crate::store::DbError;
use crate::web::answer::{PageError, html};
use crate::words::document::DocumentNumber;
use crate::words::email::Email;
use crate::words::text::Phone;

pub(super) async fn show(who: Candidate) -> Result<Response, PageError> {
    let id = who.session.passport;
    let found: Result<Option<Account>, DbError> = who.app.db.read(async move |tx| store::account(tx, id).await).await;
    let account = found?.ok_or(PageError::NotFound)?;
    let shown = who.query("show").as_deref() == Some("yes");
    html(StatusCode::OK, &AccountView::new(who.page(), rows(&who, &account, shown)?, shown))
}

fn rows(who: &Candidate, account: &Account, shown: bool) -> Result<AccountRows, PageError> {
    let open = |sealed: Option<&Vec<u8>>| {
        sealed.map_or(Ok(String::new()), |sealed| who.app.vault.open(sealed)).map_err(PageError::fault)
    };
    let (phone, number) = (open(account.phone.as_ref())?, open(account.document.as_ref())?);
    let kind = account.document_kind.as_deref().unwrap_or("");
    Ok(AccountRows {
        passport_id: account.public_id.clone(),
        email: if shown { account.email.clone() } else { masked_email(&account.email) },
        verified: account.email_verified_at.is_some(),
        phone: if shown { phone } else { Phone::parse(&phone).map_or_else(|_| String::new(), |phone| phone.masked()) },
        document_kind: document_kind_name(who.page().t, kind).to_owned(),
        document_number: if shown {
            number
        } else {
            DocumentNumber::parse(&number).map_or_else(|_| String::new(), |number| number.masked())
        },
        name: if shown { account.name.clone() } else { masked_name(&account.name) },
    })
}

/// `zh***3@163.com`.
pub(super) fn masked_email(email: &str) -> String {
    Email::parse(email).map_or_else(|_| "***".to_owned(), |email| email.masked())
}

/// The first character, and a star for each other one.
fn masked_name(name: &str) -> String {
    name.chars().enumerate().map(|(at, c)| if at == 0 { c } else { '*' }).collect()
}
