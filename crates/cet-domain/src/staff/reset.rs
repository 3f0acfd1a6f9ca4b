//! A new password and second factor for whoever lost them (TH26): asked by one person with a reason, approved by another
//! one of the same or a wider place within seven days, effective at once. Both, and the holder, are told by mail.

use jiff::SignedDuration;

use super::accounts::Granter;
use super::rules::Permission;
use super::store::resets::{self, Reset};
use super::store::{self, Listed, NewAccount};
use super::{mails, session, verbs};
use crate::audit::{Actor, Changes, Value};
use crate::sealed::{Sealed, SecondFactor};
use crate::store::{DbError, Stop, Tx};
use crate::texts::texts;
use crate::vault::Vault;
use crate::words::text::is_free_text;

/// How long a request can be approved.
pub const LIFE: SignedDuration = SignedDuration::from_hours(24 * 7);
/// The longest reason, in characters.
pub(crate) const LONGEST_REASON: usize = 500;

/// Why a reset is not asked for, or not decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResetRefusal {
    /// No such account or request for this member of staff.
    NotFound,
    /// The reason is missing, or too long.
    NoReason,
    /// The account belongs to the person who acts.
    Own,
    /// The account is disabled.
    Ended,
    /// There is already an open request for this account.
    Open,
    /// Only another person can approve.
    SamePerson,
    /// Already decided, or lapsed.
    Over,
    /// Whoever asked has lost the right to.
    Lost,
}

/// Whether this member may ask for a reset of an account, or approve one.
///
/// # Errors
/// [`ResetRefusal`].
pub fn allowed(by: &Granter, of: &Listed) -> Result<(), ResetRefusal> {
    if !by.role.may(Permission::Accounts) || !by.scope.holds(of.scope.prefix()) {
        return Err(ResetRefusal::NotFound);
    }
    if of.name == by.account || of.person == by.person {
        return Err(ResetRefusal::Own);
    }
    if of.disabled_at.is_some() { Err(ResetRefusal::Ended) } else { Ok(()) }
}

/// What an account may do now, by the database: a role that was taken away since the page was loaded does not count.
async fn current(tx: &mut Tx<'_>, name: &str, address: &str) -> Result<Option<Granter>, DbError> {
    let of = store::accounts::of_anyone(tx, name).await?.filter(|of| of.disabled_at.is_none());
    Ok(of.map(|of| Granter {
        account: of.name,
        person: of.person,
        role: of.role,
        scope: of.scope,
        address: address.to_owned(),
    }))
}

/// The member as the database has it now, and the account that it acts on, locked.
async fn both(tx: &mut Tx<'_>, by: &Granter, name: &str) -> Result<(Granter, Listed), Stop<ResetRefusal>> {
    let gone = Stop::Refused(ResetRefusal::NotFound);
    let Some(by) = current(tx, &by.account, &by.address).await? else { return Err(gone) };
    let Some(of) = store::accounts::lock(tx, &by.scope, name).await? else { return Err(gone) };
    allowed(&by, &of).map_err(Stop::Refused)?;
    Ok((by, of))
}

/// Stores a request and warns the holder.
///
/// # Errors
/// [`ResetRefusal`]; [`DbError`].
pub async fn ask(
    tx: &mut Tx<'_>,
    vault: &Vault,
    by: &Granter,
    name: &str,
    reason: &str,
) -> Result<(), Stop<ResetRefusal>> {
    let (by, of) = both(tx, by, name).await?;
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > LONGEST_REASON || !is_free_text(reason) {
        return Err(Stop::Refused(ResetRefusal::NoReason));
    }
    resets::end_lapsed(tx, name).await?;
    let now = tx.now().await?;
    let new = Reset {
        id: tx.new_id(),
        account: name.to_owned(),
        reason: reason.to_owned(),
        scope: by.scope.clone(),
        state: "asked".to_owned(),
        requester: by.account.clone(),
        requester_person: by.person.clone(),
        asked_at: now,
        expires_at: now.plus(LIFE),
        approver: None,
        decided_at: None,
    };
    if !resets::insert(tx, &new).await? {
        // A repeat of the form whose first answer was lost succeeds too.
        let open = resets::lock_open(tx, name).await?;
        let same = open.is_some_and(|open| open.requester == by.account && open.reason == reason);
        return if same { Ok(()) } else { Err(Stop::Refused(ResetRefusal::Open)) };
    }
    tell(tx, vault, &new, &of, ResetMail::Asked).await?;
    let changes = Changes::NONE.set("state", Value::code("asked"));
    record(tx, &by, &new, ("staff-reset-asked", changes)).await?;
    Ok(())
}

/// Approves the open request of an account: the new password and second factor are in force, and its sessions end. A
/// repeat with the same `new` succeeds again.
///
/// # Errors
/// [`ResetRefusal`]; [`DbError`].
pub async fn approve(
    tx: &mut Tx<'_>,
    vault: &Vault,
    by: &Granter,
    name: &str,
    new: &NewSecrets,
) -> Result<(), Stop<ResetRefusal>> {
    let (by, of) = both(tx, by, name).await?;
    let Some(request) = resets::lock_open(tx, name).await? else {
        let held = store::login(tx, name).await?;
        let done = held.is_some_and(|held| held.password_hash == new.password_hash);
        return if done { Ok(()) } else { Err(Stop::Refused(ResetRefusal::Over)) };
    };
    decidable(tx, &by, &request).await?;
    if request.requester_person == by.person {
        return Err(Stop::Refused(ResetRefusal::SamePerson));
    }
    let asker = current(tx, &request.requester, "").await?;
    let asker = asker.filter(|asker| asker.person == request.requester_person);
    if asker.is_none_or(|asker| allowed(&asker, &of).is_err()) {
        return Err(Stop::Refused(ResetRefusal::Lost));
    }
    if !resets::decide(tx, request.id, "done", (&by.account, &by.person)).await? {
        return Err(Stop::Refused(ResetRefusal::Over));
    }
    resets::replace(tx, name, &new.password_hash, &new.totp_sealed).await?;
    session::end_all(tx, name).await?;
    super::second_factor::forget_failures(tx, name).await?;
    let done = Reset { approver: Some(by.account.clone()), ..request };
    tell(tx, vault, &done, &of, ResetMail::Done).await?;
    for whom in [&done.requester, &by.account] {
        if let Some(one) = store::accounts::of_anyone(tx, whom).await? {
            tell(tx, vault, &done, &one, ResetMail::Colleague).await?;
        }
    }
    let changes = Changes::NONE
        .field("state", Value::code("asked"), Value::code("done"))
        .replaced("password")
        .replaced("second-factor");
    record(tx, &by, &done, ("staff-reset-approved", changes)).await?;
    Ok(())
}

/// Refuses the open request of an account; whoever asked may take it back the same way.
///
/// # Errors
/// [`ResetRefusal`]; [`DbError`].
pub async fn refuse(tx: &mut Tx<'_>, by: &Granter, name: &str) -> Result<(), Stop<ResetRefusal>> {
    let (by, _) = both(tx, by, name).await?;
    let Some(request) = resets::lock_open(tx, name).await? else {
        let last = resets::of_account(tx, name, 1).await?.into_iter().next();
        let done = last.is_some_and(|last| last.state == "refused" && last.approver == Some(by.account));
        return if done { Ok(()) } else { Err(Stop::Refused(ResetRefusal::Over)) };
    };
    decidable(tx, &by, &request).await?;
    if !resets::decide(tx, request.id, "refused", (&by.account, &by.person)).await? {
        return Err(Stop::Refused(ResetRefusal::Over));
    }
    let changes = Changes::NONE.field("state", Value::code("asked"), Value::code("refused"));
    record(tx, &by, &request, ("staff-reset-refused", changes)).await?;
    Ok(())
}

/// Whether the request waits, and this member has the same or a wider place than whoever asked.
async fn decidable(tx: &mut Tx<'_>, by: &Granter, request: &Reset) -> Result<(), Stop<ResetRefusal>> {
    if !by.scope.holds(request.scope.prefix()) {
        return Err(Stop::Refused(ResetRefusal::NotFound));
    }
    let now = tx.now().await?;
    if now >= request.expires_at { Err(Stop::Refused(ResetRefusal::Over)) } else { Ok(()) }
}

/// What an account is given.
#[derive(Clone)]
pub struct NewSecrets {
    /// The hash of the new first password.
    pub password_hash: String,
    /// The sealed secret of the second factor, which the next log-in sets up.
    pub totp_sealed: Sealed<SecondFactor>,
}

impl From<NewAccount> for NewSecrets {
    fn from(new: NewAccount) -> Self {
        Self { password_hash: new.password_hash, totp_sealed: new.totp_sealed }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ResetMail {
    /// The holder: somebody asked.
    Asked,
    /// The holder: it was done.
    Done,
    /// Whoever asked or approved.
    Colleague,
}

/// Tells an account; one without an address can't be told.
async fn tell(
    tx: &mut Tx<'_>,
    vault: &Vault,
    of: &Reset,
    whom: &Listed,
    told: ResetMail,
) -> Result<(), DbError> {
    let Some(to) = mails::address(vault, whom.email_sealed.as_deref())? else { return Ok(()) };
    let t = texts(whom.lang);
    let approver = of.approver.as_deref().unwrap_or_default();
    let names = [("account", of.account.as_str()), ("requester", &of.requester), ("approver", approver)];
    let (kind, subject, text) = match told {
        ResetMail::Asked => (
            "staff-reset-asked",
            t.m("staff-mail-reset-asked-subject"),
            t.f("staff-mail-reset-asked", &names),
        ),
        ResetMail::Done => ("staff-reset", t.m("staff-mail-reset-subject"), t.f("staff-mail-reset", &names)),
        ResetMail::Colleague => {
            ("staff-reset", t.m("staff-mail-reset-subject"), t.f("staff-mail-reset-done", &names))
        }
    };
    let event = format!("{}-{}", of.id, whom.name);
    mails::post(tx, vault, kind, &event, (to, whom.lang), (subject, text)).await
}

async fn record(
    tx: &mut Tx<'_>,
    by: &Granter,
    of: &Reset,
    what: (&'static str, Changes),
) -> Result<(), DbError> {
    let detail = format!("reset={} requester={}", of.id, of.requester);
    verbs::record(tx, Actor::Staff(by.account.clone()), what, &of.account, &by.address, &detail).await
}
