//! `/staff/account/language`: in which language the holder of an account is told by mail (A9). Its form stands on
//! `/staff/password`, the page of the own account.

use axum::response::Response;

use crate::staff::StaffMember;
use crate::web::answer::{PageError, see_other};
use crate::web::flash;
use crate::web::form_data::FormData;
use crate::web::page::{Choice, Notice, Page, Refused, Tone, Typed};
use cet_base::store::{DbError, Tx};
use cet_base::texts::Lang;
use cet_domain::staff::{language, store};

/// The flash message after the choice.
const SAVED: &str = "language-saved";

/// The languages to choose from.
pub(super) fn choices(page: &Page) -> Vec<Choice> {
    [Lang::Zh, Lang::En]
        .map(|lang| {
            let words = match lang {
                Lang::Zh => "staff-language-zh",
                Lang::En => "staff-language-en",
            };
            Choice { value: lang.code().to_owned(), text: page.m(words).to_owned() }
        })
        .to_vec()
}

/// The page with the language that the account has now, and with what was just saved.
pub(super) async fn chosen(who: &StaffMember, page: Page) -> Result<Page, PageError> {
    let name = who.name.clone();
    let scope = who.scope.clone();
    let read: Result<_, DbError> =
        who.app.db.read(async move |tx: &mut Tx<'_>| store::accounts::one(tx, &scope, &name).await).await;
    let Some(of) = read? else { return Ok(page) };
    let page = match flash::get(who) {
        Some(SAVED) => {
            let (title, text) = (page.m("staff-language-saved"), page.m("staff-language-saved-text"));
            page.noting(Notice::new(Tone::Ok, title, text))
        }
        _ => page,
    };
    Ok(page.refusing(Vec::new(), Typed::default().with("language", of.lang.code())))
}

pub(super) async fn set(who: StaffMember, form: FormData) -> Result<Response, PageError> {
    let Some(lang) = Lang::parse(form.one("language")?) else {
        let (page, menu) = who.frame_at(super::password::PATH, "staff-password-title").await?;
        let said = vec![Refused::new(page.t, "field-invalid").at("language")];
        let page = page.refusing(said.clone(), Typed::default());
        return super::refused(&said, &[], &super::password::view(&who, page, menu));
    };
    let (session, address) = (who.session.clone(), who.from());
    let done: Result<(), DbError> =
        who.app.db.write_again(async move |tx| language::set(tx, &session, lang, &address).await).await;
    done?;
    Ok(flash::set(&who, see_other(super::password::PATH), SAVED))
}
