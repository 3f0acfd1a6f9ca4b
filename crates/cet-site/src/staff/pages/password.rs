//! `/staff/password`: the only page that opens until the first password was changed.

use axum::response::Response;
use http::{StatusCode, header};

use super::{hashed, language, refused, waited};
use crate::staff::cookies;
use crate::staff::views::PasswordView;
use crate::staff::{Menu, StaffMember};
use crate::web::answer::{PageError, html, see_other};
use crate::web::flash;
use crate::web::form_data::FormData;
use crate::web::page::{OnPage as _, Page};
use cet_base::store::DbError;
use cet_domain::passport::refusal::PassportRefusal;
use cet_domain::passport::rules::refused_password_of;
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
    for refusal in refused_password_of(new, again, None, &[who.name.as_str()]) {
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

/// Whether it is the current password; each attempt counts towards the login limit before it is looked at, and a right one
/// forgets them. The session is a challenge that was solved.
async fn right_password(who: &StaffMember, typed: &str) -> Result<Result<(), StaffRefusal>, PageError> {
    let app = &who.app;
    let brakes = verbs::Brakes::new(&app.config.limits, &who.name, who.address);
    let (name, held) = (who.name.clone(), brakes.clone());
    let known = app
        .db
        .write(async move |tx| {
            let spent = held.spend(tx).await?;
            Ok((store::login(tx, &name).await?, spent))
        })
        .await;
    let (login, spent): (Option<store::Login>, _) = match waited(known)? {
        Ok(known) => known,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let hash = login.as_ref().map(|login| login.password_hash.as_str());
    let right = match hashed(app.passwords.is_right(typed, hash, &Asker::staff(who.address)).await)? {
        Ok(right) => right,
        Err(refusal) => {
            app.give_back(spent).await?;
            return Ok(Err(refusal));
        }
    };
    let (name, address) = (who.name.clone(), who.from());
    let counted: Result<(), DbError> = app
        .db
        .write(async move |tx| {
            if right {
                return brakes.clear(tx).await;
            }
            verbs::password_refused(tx, &brakes, Some(&name), &address).await
        })
        .await;
    counted?;
    Ok(if right { Ok(()) } else { Err(StaffRefusal::CurrentPassword) })
}
