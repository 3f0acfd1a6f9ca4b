//! Taking a consent back, and giving it again (A11, PIPL 15): what does not need it any more goes at once.

use std::net::IpAddr;

use crate::audit::{self, Actor, Changes, Event, Value};
use crate::consent::rules::{Effect, Said, Standing, effect, standing};
use crate::consent::{self, Kind};
use crate::passport::{self, session};
use crate::registration::claim;
use crate::store::{DbError, Tx};
use crate::vault::Vault;
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::ids::PassportId;

/// Who says so, and from where.
#[derive(Clone, Copy, Debug)]
pub struct By {
    /// The passport.
    pub passport: PassportId,
    /// The network address, for the log.
    pub address: IpAddr,
}

/// Takes a consent back. One that was never said is taken back too: it keeps what was done before it was asked for from being taken
/// for a consent. A repeat changes nothing.
///
/// Locks: the passport.
pub async fn withdraw(
    tx: &mut Tx<'_>,
    vault: &Vault,
    by: By,
    kind: Kind,
    sitting: Option<&SittingCode>,
) -> Result<Effect, DbError> {
    let id = by.passport;
    passport::store::lock(tx, id).await?;
    let registered = match sitting {
        Some(sitting) => claim::find(tx, id, sitting, claim::Kind::Registration).await?.is_some(),
        None => false,
    };
    let does = effect(kind, registered);
    let before = standing(&consent::store::all(tx, id).await?, kind);
    if matches!(before, Standing::Withdrawn { .. }) {
        return Ok(does);
    }
    let version = match before {
        Standing::Given { version, .. } => version,
        Standing::Unsaid | Standing::Withdrawn { .. } => kind.version(),
    };
    let said = Said { kind, given: false, version, at: tx.now().await? };
    consent::store::put(tx, id, &said).await?;
    let mut changes = Changes::NONE.field("state", value(before), Value::code("withdrawn"));
    match does {
        Effect::Erased => {
            if let Some(account) = passport::store::account(tx, id).await? {
                let [_, phone, _, document, name] = passport::verbs::change::profile_values(vault, &account)?;
                changes = changes
                    .withheld("phone", phone, "")
                    .withheld("document", document, "")
                    .withheld("name", name, "");
            }
            passport::store::erase_profile(tx, id).await?;
        }
        Effect::Forgotten => session::forget_lookups(tx, id).await?,
        Effect::StaysWithRegistration | Effect::PrintedWithout | Effect::KeptByLaw => {}
    }
    record(tx, by, "consent-withdrawn", &said, changes).await?;
    Ok(does)
}

/// Gives a consent again, by the page that lists them. A repeat changes nothing.
///
/// Locks: the passport.
pub async fn give(tx: &mut Tx<'_>, by: By, kind: Kind) -> Result<(), DbError> {
    passport::store::lock(tx, by.passport).await?;
    let before = standing(&consent::store::all(tx, by.passport).await?, kind);
    if matches!(before, Standing::Given { version, .. } if version == kind.version()) {
        return Ok(());
    }
    let said = Said { kind, given: true, version: kind.version(), at: tx.now().await? };
    consent::store::put(tx, by.passport, &said).await?;
    let changes = Changes::NONE.field("state", value(before), Value::code("given"));
    // Given again under a newer text: the state is the same, the line says which version.
    let changes = if changes.is_empty() { Changes::NONE.set("state", Value::code("given")) } else { changes };
    record(tx, by, "consent-given", &said, changes).await
}

fn value(of: Standing) -> Value {
    match of {
        Standing::Unsaid => Value::Nothing,
        Standing::Given { .. } => Value::code("given"),
        Standing::Withdrawn { .. } => Value::code("withdrawn"),
    }
}

async fn record(
    tx: &mut Tx<'_>,
    by: By,
    action: &'static str,
    said: &Said,
    changes: Changes,
) -> Result<(), DbError> {
    let event = Event {
        school: SchoolCode::NONE,
        actor: Actor::Passport(by.passport),
        action,
        object_kind: "passport",
        object: &by.passport.to_string(),
        address: &by.address.to_string(),
        detail: &format!("consent={} version={}", said.kind.wire(), said.version),
        changes,
    };
    audit::record(tx, &event).await
}
