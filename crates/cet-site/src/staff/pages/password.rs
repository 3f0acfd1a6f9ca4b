//! `/staff/password`: the only page that opens until the first password was changed.

use axum::response::Response;
use http::{StatusCode, header};

use super::{hashed, language, refused};
use crate::staff::cookies;
use crate::staff::views::PasswordView;
use crate::staff::{Menu, StaffMember};
use crate::web::answer::{PageError, html, see_other};
use crate::web::flash;
use crate::web::form_data::FormData;
use crate::web::page::{OnPage as _, Page};
use cet_base::store::DbError;
use cet_domain::passport::refusal::PassportRefusal;
use cet_domain::passport::rules::refused_password;
use cet_domain::passport::session::new_token;
use cet_domain::passport::turns::Asker;
use cet_domain::passport::weakness::Weakness;
use cet_domain::staff::refusal::StaffRefusal;
use cet_domain::staff::rules::long_enough;
use cet_domain::staff::{store, verbs};

/// The page's address.
pub(super) const PATH: &str = "/staff/password";

pub(super) fn view(who: &StaffMember, page: Page, menu: Menu) -> PasswordView {
    PasswordView { languages: language::choices(&page), first: who.session.must_change, page, menu }
}

pub(super) async fn form(who: StaffMember) -> Result<Response, PageError> {
    let (page, menu) = who.frame("staff-password-title").await?;
    let page = language::chosen(&who, page).await?;
    Ok(flash::clear(&who, html(StatusCode::OK, &view(&who, page, menu))?))
}

pub(super) async fn change(who: StaffMember, form: FormData) -> Result<Response, PageError> {
    let (current, new, again) =
        (form.one("current_password")?, form.one("password")?, form.one("password_again")?);
    let mut why = Vec::new();
    if !long_enough(new) {
        why.push(StaffRefusal::PasswordWeak(Weakness::Length));
    } else if new == current {
        why.push(StaffRefusal::PasswordWeak(Weakness::Unchanged));
    }
    for refusal in refused_password(new, again, None) {
        match refusal {
            PassportRefusal::PasswordMismatch => why.push(StaffRefusal::PasswordMismatch),
            PassportRefusal::PasswordWeak(weakness) if why.is_empty() => {
                why.push(StaffRefusal::PasswordWeak(weakness));
            }
            _ => {}
        }
    }
    if why.is_empty()
        && let Err(refusal) = right_password(&who, current).await?
    {
        why.push(refusal);
    }
    if !why.is_empty() {
        let (page, menu) = who.frame("staff-password-title").await?;
        let said: Vec<_> = why.iter().map(|refusal| refusal.on(&page)).collect();
        let page = language::chosen(&who, page).await?;
        let typed = page.typed.clone();
        return refused(&said, &why, &view(&who, page.refusing(said.clone(), typed), menu));
    }
    let Ok(hash) = hashed(who.app.passwords.hash(&who.app.vault, new, &Asker::staff(who.address)).await)?
    else {
        return Err(PageError::TooBusy(crate::web::answer::BUSY_SECONDS));
    };
    let token = new_token(&who.app.vault).map_err(PageError::fault)?;
    let (session, given, address) = (who.session.clone(), token.clone(), who.from());
    let vault = std::sync::Arc::clone(&who.app.vault);
    let done: Result<(), DbError> = who
        .app
        .db
        .write(async move |tx| verbs::set_password(tx, &vault, &session, &hash, &given, &address).await)
        .await;
    done?;
    let mut response = see_other("/staff");
    if let Some(cookie) = cookies::cookie(&who.app, &token) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Whether it is the current password; failed attempts count towards the login limit.
async fn right_password(who: &StaffMember, typed: &str) -> Result<Result<(), StaffRefusal>, PageError> {
    let brakes = verbs::Brakes::new(&who.app.config.limits, &who.name, who.address);
    let (name, held) = (who.name.clone(), brakes.clone());
    let known = who.app.db.read(async move |tx| verbs::before_login(tx, &held, &name).await).await;
    let login: Option<store::Login> = match crate::web::answer::refusal(known)? {
        // The session is a challenge that was solved.
        Ok((login, _)) => login,
        Err(wait) => return Ok(Err(StaffRefusal::TooMany(wait.seconds))),
    };
    let hash = login.as_ref().map(|login| login.password_hash.as_str());
    match hashed(who.app.passwords.is_right(typed, hash, &Asker::staff(who.address)).await)? {
        Ok(true) => Ok(Ok(())),
        Ok(false) => {
            let (name, address) = (who.name.clone(), who.from());
            let counted: Result<(), DbError> = who
                .app
                .db
                .write(async move |tx| verbs::password_refused(tx, &brakes, Some(&name), &address).await)
                .await;
            counted?;
            Ok(Err(StaffRefusal::CurrentPassword))
        }
        Err(refusal) => Ok(Err(refusal)),
    }
}
