//! The second factor: at the log-in, and again before a decision about money.

use super::verbs::{DOUBLING, PERIOD, record};
use super::{mails, session, store, totp};
use crate::audit::{Actor, Changes, Value};
use crate::limit::{self, Rule, Wait};
use crate::store::{DbError, Stop, Tx};
use crate::vault::{Vault, VaultError, to_hex, token_hash};
use crate::words::time::Time;

/// Wrong second factors of one account from one network in a quarter of an hour: there are a million codes, three of which are
/// valid. Other networks are not kept waiting, so that whoever stole a password can't lock its owner out (TH3).
const CODES: Rule = Rule { what: "staff-code", most: 5, period: PERIOD, then: DOUBLING };
/// Wrong second factors of one session, from whatever networks: then it ends.
const OF_SESSION: Rule = Rule { what: "staff-code-session", most: 5, period: PERIOD, then: DOUBLING };
/// How many recovery codes an account gets.
const RECOVERY_CODES: usize = 8;

/// The result of an accepted second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passed {
    /// Logged in.
    In,
    /// Logged in, and there are new recovery codes to write down.
    Enrolled,
}

/// Why a second factor was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotPassed {
    /// Wrong, expired or used; the failure is counted.
    Wrong,
    /// Too many wrong ones.
    Wait(Wait),
    /// The session has ended.
    Gone,
}

/// A second factor as it was typed.
#[derive(Clone)]
pub struct Attempt {
    /// The session that waits for it.
    pub session: session::StaffSession,
    /// What was typed.
    pub typed: String,
    /// The token that replaces the session's.
    pub token: String,
    /// Recovery codes for an account that has none yet.
    pub fresh: Vec<String>,
    /// The real time, which an authenticator uses: not that of a rehearsal.
    pub world: Time,
    /// The network address of the request.
    pub address: String,
}

/// Checks the second factor and gives the session access. A refusal is an `Ok`, so that its count is committed.
pub async fn second_factor(
    tx: &mut Tx<'_>,
    vault: &Vault,
    attempt: &Attempt,
) -> Result<Result<Passed, NotPassed>, DbError> {
    let name = attempt.session.account.as_str();
    if let Err(not_passed) = checked(tx, vault, attempt).await? {
        return Ok(Err(not_passed));
    }
    let enrolled = store::enrol(tx, name).await?;
    let mut note = None;
    if enrolled {
        for code in &attempt.fresh {
            store::insert_recovery(tx, name, &recovery_hash(name, code)).await?;
        }
        note = Some(vault.seal(&attempt.fresh.join("\n")).map_err(fault)?);
    }
    if !session::pass(tx, &attempt.session.token_hash, &attempt.token, note).await? {
        return Ok(Err(NotPassed::Gone));
    }
    store::logged_in(tx, name).await?;
    if enrolled {
        mails::secret_changed(tx, vault, name, mails::Secret::SecondFactor).await?;
    }
    let (detail, changes) = if enrolled {
        ("enrolled", Changes::NONE.set("second-factor", Value::Withheld))
    } else {
        ("", Changes::NONE)
    };
    let logged_in = ("staff-logged-in", changes);
    record(tx, Actor::Staff(name.to_owned()), logged_in, name, &attempt.address, detail).await?;
    Ok(Ok(if enrolled { Passed::Enrolled } else { Passed::In }))
}

/// Checks the second factor again, before a decision about money by somebody whose session is not fresh. A refusal is an `Ok`,
/// so that its count is committed.
///
/// # Errors
/// [`DbError`]
pub async fn second_factor_again(
    tx: &mut Tx<'_>,
    vault: &Vault,
    attempt: &Attempt,
) -> Result<Result<(), NotPassed>, DbError> {
    if let Err(not_passed) = checked(tx, vault, attempt).await? {
        return Ok(Err(not_passed));
    }
    let is_there = session::pass_again(tx, &attempt.session.token_hash).await?;
    Ok(if is_there { Ok(()) } else { Err(NotPassed::Gone) })
}

/// Whether what was typed is right. It is counted before it is looked at, so that of many codes at once no more are looked
/// at than one after another (TH63); what is wrong stays counted and is logged.
async fn checked(
    tx: &mut Tx<'_>,
    vault: &Vault,
    attempt: &Attempt,
) -> Result<Result<(), NotPassed>, DbError> {
    let name = attempt.session.account.as_str();
    let (network, session) = whom(attempt);
    // Before its counts, as a reset of the account does.
    store::lock(tx, name).await?;
    let mut spent = Vec::new();
    for (rule, whom) in [(&CODES, &network), (&OF_SESSION, &session)] {
        match limit::spend(tx, rule, whom).await {
            Ok(one) => spent.push(one),
            Err(Stop::Refused(wait)) => return Ok(Err(NotPassed::Wait(wait))),
            Err(Stop::Fault(fault)) => return Err(fault),
        }
    }
    let Some(factor) = store::factor(tx, name).await? else { return Ok(Err(NotPassed::Gone)) };
    let typed: String = attempt.typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    if is_right(tx, vault, name, &factor, &typed, attempt.world).await? {
        for one in &spent {
            limit::give_back(tx, one).await?;
        }
        limit::clear(tx, &CODES, &network).await?;
        return Ok(Ok(()));
    }
    let refused = ("staff-code-refused", Changes::NONE);
    record(tx, Actor::Staff(name.to_owned()), refused, name, &attempt.address, "").await?;
    for one in &spent {
        if let Some(wait) = one.wait(tx).await? {
            lock(tx, vault, attempt).await?;
            return Ok(Err(NotPassed::Wait(wait)));
        }
    }
    Ok(Err(NotPassed::Wrong))
}

/// Under what wrong ones are counted: the account from this network, and the session.
fn whom(attempt: &Attempt) -> (String, String) {
    let network = attempt.address.parse().map_or_else(|_| attempt.address.clone(), limit::network);
    let session = to_hex(attempt.session.token_hash.get(..12).unwrap_or_default());
    (format!("{}:{network}", attempt.session.account), session)
}

/// Ends the session, and tells the account's holder and the auditors: whoever types wrong codes knows the password.
async fn lock(tx: &mut Tx<'_>, vault: &Vault, attempt: &Attempt) -> Result<(), DbError> {
    let name = attempt.session.account.as_str();
    session::end(tx, &attempt.session.token_hash).await?;
    let locked = ("staff-code-locked", Changes::NONE);
    record(tx, Actor::Staff(name.to_owned()), locked, name, &attempt.address, "").await?;
    mails::codes_refused(tx, vault, name).await
}

async fn is_right(
    tx: &mut Tx<'_>,
    vault: &Vault,
    name: &str,
    factor: &store::Factor,
    typed: &str,
    world: Time,
) -> Result<bool, DbError> {
    let secret = factor.totp_sealed.open(vault, name).map_err(fault)?;
    let secret = totp::from_base32(&secret).ok_or(DbError::Decode("secret of a second factor"))?;
    if let Some(step) = totp::matching_step(&secret, typed, world) {
        return store::use_step(tx, name, step).await;
    }
    if factor.enrolled_at.is_none() {
        return Ok(false);
    }
    store::use_recovery(tx, name, &recovery_hash(name, &typed.to_lowercase())).await
}

#[expect(clippy::needless_pass_by_value, reason = "made for map_err")]
fn fault(error: VaultError) -> DbError {
    DbError::Other(error.to_string())
}

/// The hash under which a recovery code is stored; 128 random bits need no slow hash.
fn recovery_hash(name: &str, code: &str) -> Vec<u8> {
    let plain: String = code.chars().filter(|c| *c != '-').collect();
    token_hash(&format!("{name}\n{plain}"))
}

/// New recovery codes, as `a1b2c3d4-e5f6a7b8-c9d0e1f2-a3b4c5d6`.
///
/// # Errors
/// [`VaultError::Chance`].
pub fn recovery_codes(vault: &Vault) -> Result<Vec<String>, VaultError> {
    (0..RECOVERY_CODES)
        .map(|_| {
            let hex = to_hex(&vault.random::<16>()?);
            let groups: Vec<&str> = (0..4_usize).filter_map(|n| hex.get(n * 8..(n + 1) * 8)).collect();
            Ok(groups.join("-"))
        })
        .collect()
}

/// Forgets the wrong second factors of an account that got a new one.
pub(super) async fn forget_failures(tx: &mut Tx<'_>, name: &str) -> Result<(), DbError> {
    limit::clear_all(tx, &CODES, &format!("{name}:")).await
}
