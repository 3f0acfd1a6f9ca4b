//! A reminder before the hold of unpaid entries ends (R13): one mail a registration and deadline.

use std::collections::BTreeSet;

use crate::entry::{Entry, messages, rules, store};
use crate::message::{self, Facts};
use crate::registration;
use crate::sitting::Catalogue;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::RegistrationId;
use crate::words::time::Time;

/// Registrations with entries of which a reminder is due, over all schools.
pub(crate) async fn due_for_reminder(
    tx: &mut Tx<'_>,
    limit: i64,
) -> Result<Vec<(SchoolCode, RegistrationId)>, DbError> {
    let now = tx.now().await?;
    store::due_for_reminder(tx, now, limit).await
}

/// Reminds those of these registrations that still have such entries; answers how many. Those that somebody works on wait
/// for the next round.
///
/// Locks: registrations without waiting, in the order of their keys.
pub(crate) async fn remind_some(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    some: &[(SchoolCode, RegistrationId)],
) -> Result<usize, DbError> {
    let now = tx.now().await?;
    let mut found = some.to_vec();
    found.sort_unstable();
    let mut done = 0_usize;
    for (school, id) in found {
        let Some(of) = registration::store::lock_if_idle(tx, school, id).await? else { continue };
        let entries = store::of_registration(tx, school, id).await?;
        let due: Vec<&Entry> = entries.iter().filter(|entry| rules::is_reminder_due(entry, now)).collect();
        let deadlines: BTreeSet<Time> = due.iter().map(|entry| entry.expires_at).collect();
        for until in deadlines {
            let lines = due.iter().filter(|entry| entry.expires_at == until);
            let lines = lines.map(|entry| messages::line(catalogue, entry)).collect();
            let facts = Facts::Reminder { lines, until: until.micros() };
            message::tell(tx, of.passport, &format!("{id}-{}", until.micros()), &facts).await?;
        }
        store::reminded(tx, school, id, now).await?;
        done = done.saturating_add(1);
    }
    Ok(done)
}
