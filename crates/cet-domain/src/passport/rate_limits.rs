//! Rate limits of passwords and addresses (TH2, TH3, TH5), and the known devices of an account.

use std::net::IpAddr;

use jiff::SignedDuration;

use crate::config::Limits;
use crate::limit::{self, Rule, Spent, Then, Wait};
use crate::store::{DbError, Stop, Tx};
use crate::vault::{Vault, VaultError, to_hex, token_hash};

/// The period in which wrong passwords are counted.
const PASSWORD_PERIOD: SignedDuration = SignedDuration::from_mins(15);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// The first wait after too many wrong passwords; it doubles.
const FIRST_WAIT: SignedDuration = SignedDuration::from_mins(5);
/// The longest wait: a delay, never a lockout.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(2);

const fn passwords(what: &'static str, most: i64) -> Rule {
    Rule {
        what,
        most,
        period: PASSWORD_PERIOD,
        then: Then::Doubling { first: FIRST_WAIT, longest: LONGEST_WAIT },
    }
}

/// The limits that apply to a login attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginLimits {
    /// The account from this network; from a known device, the account on this device.
    account: (Rule, String),
    /// All accounts from this network; not for an exempt network, nor for a known device.
    network: Option<(Rule, String)>,
}

impl LoginLimits {
    /// The limits of one attempt; `device` is the result of [`known_device`] for the cookie.
    #[must_use]
    pub fn new(limits: &Limits, email_key: &str, address: IpAddr, device: Option<&str>) -> Self {
        let account = short(email_key);
        let network = limit::network(address);
        match device {
            Some(device) => Self {
                account: (passwords("login-device", limits.passwords), format!("{account}:{device}")),
                network: None,
            },
            None => Self {
                account: (passwords("login-account", limits.passwords), format!("{account}:{network}")),
                network: (!limits.is_exempt(address))
                    .then(|| (passwords("login-network", limits.network_passwords), network)),
            },
        }
    }

    /// Counts an attempt at the account before the password is looked at; one that is right is forgotten by
    /// [`LoginLimits::clear`].
    ///
    /// # Errors
    /// [`Wait`]; a [`DbError`].
    pub async fn spend(&self, tx: &mut Tx<'_>) -> Result<Spent, Stop<Wait>> {
        self.check_network(tx).await?;
        limit::spend(tx, &self.account.0, &self.account.1).await
    }

    /// Whether the network may try: asked again after a right password, since a network's attempts do not wait for each
    /// other.
    ///
    /// # Errors
    /// [`Wait`]; a [`DbError`].
    pub async fn check_network(&self, tx: &mut Tx<'_>) -> Result<(), Stop<Wait>> {
        match &self.network {
            Some((rule, whom)) => limit::check(tx, rule, whom).await,
            None => Ok(()),
        }
    }

    /// Counts a wrong password for the network; the account's is counted already.
    pub async fn fail(&self, tx: &mut Tx<'_>) -> Result<(), DbError> {
        match &self.network {
            Some((rule, whom)) => limit::fail(tx, rule, whom).await,
            None => Ok(()),
        }
    }

    /// Resets the account's failures; those of the network stay.
    pub async fn clear(&self, tx: &mut Tx<'_>) -> Result<(), DbError> {
        limit::clear(tx, &self.account.0, &self.account.1).await
    }
}

/// The count of wrong passwords of candidates from a network; none for an exempt one.
#[must_use]
pub fn of_network(limits: &Limits, address: IpAddr) -> Option<(Rule, String)> {
    LoginLimits::new(limits, "", address, None).network
}

/// Successful registrations from one network.
pub(super) fn registrations(limits: &Limits) -> Rule {
    Rule { what: "register", most: limits.registrations, period: HOUR, then: Then::Rest }
}

/// `email-taken` refusals for one network.
pub(super) fn taken_emails(limits: &Limits) -> Rule {
    Rule { what: "email-taken", most: limits.taken_emails, period: HOUR, then: Then::Rest }
}

/// Password recovery requests from one network.
pub(super) fn recoveries(limits: &Limits) -> Rule {
    Rule { what: "recover", most: limits.recoveries, period: HOUR, then: Then::Rest }
}

/// Account retrievals from one network, successful or not: a script must not turn a list of names into addresses (W1).
pub(super) fn retrievals(limits: &Limits) -> Rule {
    Rule { what: "retrieve", most: limits.retrievals, period: HOUR, then: Then::Rest }
}

/// Account retrievals of one document from one network (TH7). By network, so that nobody elsewhere can use them up for its
/// owner.
pub(super) const RETRIEVALS_OF_DOCUMENT: Rule =
    Rule { what: "retrieve-document", most: 5, period: HOUR, then: Then::Rest };

/// Account retrievals of one document without the student number, from all networks together: names could be guessed from
/// many. Whoever knows the student number too is never kept waiting by it.
pub(super) const RETRIEVALS_BY_NAME: Rule =
    Rule { what: "retrieve-by-name", most: 20, period: HOUR, then: Then::Rest };

/// Mails to unverified addresses that one passport can cause.
pub(super) const VERIFICATION_MAILS: Rule =
    Rule { what: "verification-mail", most: 5, period: HOUR, then: Then::Rest };

/// Wrong current passwords of one passport on its own pages.
#[must_use]
pub fn current_passwords(limits: &Limits) -> Rule {
    passwords("current-password", limits.passwords)
}

/// A digest, so that no address is stored in the table of counts.
fn short(email_key: &str) -> String {
    to_hex(token_hash(email_key).get(..12).unwrap_or_default())
}

/// The value of the cookie that makes this device known to the account.
///
/// # Errors
/// [`VaultError::Chance`].
pub fn new_device(vault: &Vault, email_key: &str) -> Result<String, VaultError> {
    let id = to_hex(&vault.random::<12>()?);
    Ok(format!("{id}.{}", device_proof(vault, &id, email_key)))
}

/// The device's id, if its cookie was made for this account.
#[must_use]
pub fn known_device<'c>(vault: &Vault, email_key: &str, cookie: &'c str) -> Option<&'c str> {
    let (id, proof) = cookie.split_once('.')?;
    (id.len() == 24 && proof == device_proof(vault, id, email_key)).then_some(id)
}

fn device_proof(vault: &Vault, id: &str, email_key: &str) -> String {
    to_hex(vault.sign_token("device", format!("{id}\n{email_key}").as_bytes()).get(..16).unwrap_or_default())
}
