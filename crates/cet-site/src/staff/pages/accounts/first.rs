//! First passwords: shown once, and again to the very form that made them, so that a double click loses none.
//!
//! The form holds a random text. The password is a keyed hash of it, of the account and of who acts, so that nothing keeps it: it
//! can be made again only from that form, and is shown again only while the stored hash is still its own.

use jiff::SignedDuration;

use crate::staff::StaffMember;
use crate::staff::pages::hashed;
use crate::web::answer::{BUSY_SECONDS, PageError};
use crate::web::form_data::FormData;
use crate::web::page::Page;
use cet_base::store::{DbError, Tx};
use cet_base::vault::to_hex;
use cet_base::words::time::Time;
use cet_domain::passport::turns::Asker;
use cet_domain::staff::store;

/// The field with the form's random text.
const ONCE: &str = "once";
/// Its length: 128 bits.
const LENGTH: usize = 32;
/// How long a repeated form is shown its password again.
const REPEATED: SignedDuration = SignedDuration::from_mins(10);

/// What a password is made for.
#[derive(Clone, Copy)]
pub(super) enum For {
    /// A new account.
    Account,
    /// One whose holder lost the password.
    Reset,
}

/// The page whose forms hold a random text.
pub(super) fn marked(who: &StaffMember, page: Page) -> Result<Page, PageError> {
    let once = who.app.vault.random::<16>().map_err(PageError::fault)?;
    Ok(page.marked(ONCE, to_hex(&once)))
}

/// The password that a form makes for an account; `None` for a form without its text.
fn made(who: &StaffMember, form: &FormData, (what, name): (For, &str)) -> Result<Option<String>, PageError> {
    let once = form.one(ONCE)?;
    if once.len() != LENGTH || !once.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(None);
    }
    let what = match what {
        For::Account => "account",
        For::Reset => "reset",
    };
    // No part holds a line end.
    let content = [what, who.name.as_str(), name, once].join("\n");
    let hash = who.app.vault.sign_token("staff-first-password", content.as_bytes());
    Ok(hash.first_chunk::<16>().map(|half| to_hex(half)))
}

/// A new first password of 128 bits, with its hash.
pub(super) async fn password(
    who: &StaffMember,
    form: &FormData,
    of: (For, &str),
) -> Result<(String, String), PageError> {
    match made(who, form, of)? {
        Some(password) => with_hash(who, password).await,
        None => random(who).await,
    }
}

/// A random one, of no form.
pub(super) async fn random(who: &StaffMember) -> Result<(String, String), PageError> {
    let password = who.app.vault.random::<16>().map_err(PageError::fault)?;
    with_hash(who, to_hex(&password)).await
}

async fn with_hash(who: &StaffMember, password: String) -> Result<(String, String), PageError> {
    let asker = Asker::staff(who.address);
    match hashed(who.app.passwords.hash(&who.app.vault, &password, &asker).await)? {
        Ok(hash) => Ok((password, hash)),
        Err(_) => Err(PageError::TooBusy(BUSY_SECONDS)),
    }
}

/// The password that this form made for an account since `made_at`, if it is still in force.
pub(super) async fn again(
    who: &StaffMember,
    form: &FormData,
    (what, name): (For, &str),
    made_at: Time,
) -> Result<Option<String>, PageError> {
    let Some(password) = made(who, form, (what, name))? else { return Ok(None) };
    let account = name.to_owned();
    let read: Result<_, DbError> = who
        .app
        .db
        .read(async move |tx: &mut Tx<'_>| Ok((store::login(tx, &account).await?, tx.now().await?)))
        .await;
    let (login, now) = read?;
    let Some(login) = login.filter(|_| now < made_at.plus(REPEATED)) else { return Ok(None) };
    let asker = Asker::staff(who.address);
    let checked = who.app.passwords.is_right(&password, Some(&login.password_hash), &asker).await;
    match hashed(checked)? {
        Ok(right) => Ok(Some(password).filter(|_| right)),
        Err(_) => Err(PageError::TooBusy(BUSY_SECONDS)),
    }
}
