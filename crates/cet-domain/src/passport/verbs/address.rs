//! 验证邮箱 and the undo of a change of address (W4, W5).

use std::net::IpAddr;

use crate::audit::Changes;
use crate::context::Context;
use crate::limit::{self, Wait};
use crate::passport::token::{self, Purpose};
use crate::passport::{mails, rate_limits, session, store};
use crate::store::{DbError, Stop, Tx};
use crate::texts::Lang;
use crate::words::email::Email;
use crate::words::ids::PassportId;

/// The result of requesting a verification mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A mail is queued.
    Mailed,
    /// The address is verified already.
    Verified,
}

/// Queues a mail with a link that verifies the address; an immediate repeat gets the same result and no second mail.
///
/// # Errors
/// [`Wait`] when the passport caused too many of them; [`DbError`].
pub async fn ask_verification(
    tx: &mut Tx<'_>,
    context: &Context,
    id: PassportId,
    lang: Lang,
    address: IpAddr,
) -> Result<Asked, Stop<Wait>> {
    let Some(passport) = store::lock(tx, id).await? else { return Ok(Asked::Verified) };
    if passport.email_verified_at.is_some() {
        return Ok(Asked::Verified);
    }
    let just_now = tx.now().await?.minus(token::ONE_MAIL);
    if token::made_since(tx, id, Purpose::Verification, just_now).await? > 0 {
        return Ok(Asked::Mailed);
    }
    mail_verification(tx, context, id, &passport.email, lang).await?;
    super::record(tx, id, ("verification-mailed", Changes::NONE), address).await?;
    Ok(Asked::Mailed)
}

/// Queues a verification mail to an address; the caller has locked the passport.
pub(super) async fn mail_verification(
    tx: &mut Tx<'_>,
    context: &Context,
    id: PassportId,
    email: &str,
    lang: Lang,
) -> Result<(), Stop<Wait>> {
    let whom = id.to_string();
    limit::spend(tx, &rate_limits::VERIFICATION_MAILS, &whom).await?;
    let Ok(to) = Email::parse(email) else { return Ok(()) };
    let issued = token::issue(tx, &context.vault, id, Purpose::Verification, email).await?;
    mails::post(tx, context, lang, &to, Purpose::Verification, &issued).await?;
    Ok(())
}

/// Verifies the address of a link. Every older session and pending link ends (W4); the session `own`, if it is of this
/// passport, continues under `token` as a new one. Returns the passport, and whether the session continues.
pub async fn verify(
    tx: &mut Tx<'_>,
    text: &str,
    own: Option<&session::Session>,
    new_token: &str,
    address: IpAddr,
) -> Result<Option<bool>, DbError> {
    let Some(link) = super::recover::take(tx, text, Purpose::Verification).await? else {
        return Ok(session::is_begun(tx, new_token).await?.then_some(true));
    };
    let id = link.passport;
    let now = tx.now().await?;
    store::set_email(tx, id, &link.email, Some(now)).await?;
    token::revoke_pending(tx, id).await?;
    let own = own.filter(|own| own.passport == id);
    match own {
        Some(own) => session::renew(tx, id, &own.token_hash, new_token).await?,
        None => {
            session::end_all(tx, id).await?;
        }
    }
    let changes = Changes::NONE.field("email-verified", false, true);
    super::record(tx, id, ("email-verified", changes), address).await?;
    Ok(Some(own.is_some()))
}

/// The passport whose address a used link has verified or restored, if it still is its verified address: nothing is
/// left to do. A scanner of the mail server may have opened the link first.
pub async fn is_done(tx: &mut Tx<'_>, text: &str, purpose: Purpose) -> Result<Option<PassportId>, DbError> {
    let Some(past) = token::find_past(tx, text, purpose).await? else { return Ok(None) };
    if purpose != Purpose::Verification && past.used.is_none() {
        return Ok(None);
    }
    let account = store::account(tx, past.passport).await?;
    let key = |email: &str| Email::parse(email).map(|email| email.key()).ok();
    let same = |account: &store::Account| {
        account.email_verified_at.is_some() && key(&account.email) == key(&past.email)
    };
    Ok(account.filter(same).map(|_| past.passport))
}

/// Restores a verified address (TH70): all sessions end, and all links except older undo links, which restore earlier
/// addresses. Both mailboxes are told (A9). Returns whether the link was still valid.
pub async fn undo(tx: &mut Tx<'_>, context: &Context, text: &str, address: IpAddr) -> Result<bool, DbError> {
    let Some(link) = super::recover::take(tx, text, Purpose::Undo).await? else { return Ok(false) };
    let id = link.passport;
    let (Some(passport), Ok(old)) = (store::lock(tx, id).await?, Email::parse(&link.email)) else {
        return Ok(false);
    };
    // It is reserved for this passport as long as the link was to be valid; but the mail may have been late.
    if !store::is_free(tx, &old.key(), Some(id)).await? {
        return Ok(false);
    }
    if let Ok(current) = Email::parse(&passport.email)
        && current.key() != old.key()
    {
        store::give_up_email(tx, &current.key(), id, None).await?;
        store::claim_email(tx, &old.key(), id).await?;
    }
    let now = tx.now().await?;
    store::set_email(tx, id, &link.email, Some(now)).await?;
    session::end_all(tx, id).await?;
    token::revoke_pending(tx, id).await?;
    token::revoke_undo_since(tx, id, link.created).await?;
    let displaced = Email::parse(&passport.email).ok();
    // One that nobody has verified may be anybody's (W5).
    let told = displaced.filter(|of| of.key() != old.key() && passport.email_verified_at.is_some());
    mails::address_restored(tx, context, id, told).await?;
    let changes = Changes::NONE.withheld("email", &passport.email, &link.email).field(
        "email-verified",
        passport.email_verified_at.is_some(),
        true,
    );
    super::record(tx, id, ("email-change-undone", changes), address).await?;
    Ok(true)
}
