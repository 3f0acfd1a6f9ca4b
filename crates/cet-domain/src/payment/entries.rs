//! Entries from the viewpoint of payment: their facts in the terms of [`rules`](super::rules), and the changes to them.

use super::choice::EntryFacts;
use super::rules::EntryState;
use crate::entry::{self, Entry};
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::RegistrationId;

impl From<Entry> for EntryFacts {
    fn from(entry: Entry) -> Self {
        let state = match (entry.state, entry.locked_by) {
            (entry::EntryState::Held, None) => EntryState::Held,
            (entry::EntryState::Held, Some(_)) => EntryState::Locked,
            (entry::EntryState::Paid, _) => EntryState::Paid,
            (entry::EntryState::Expired, _) => EntryState::Expired,
            (entry::EntryState::Withdrawn, _) => EntryState::Withdrawn,
            (entry::EntryState::Cancelled, _) => EntryState::Cancelled,
        };
        Self {
            id: entry.id,
            subject: entry.subject,
            mode: entry.mode,
            level: entry.level,
            campus: entry.campus,
            campus_name: entry.campus_name,
            state,
            fee: entry.fee,
            expires_at: entry.expires_at,
            order: entry.order,
        }
    }
}

/// Every entry of a registration, live or not.
pub(super) async fn all(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    registration: RegistrationId,
) -> Result<Vec<EntryFacts>, DbError> {
    let entries = entry::store::of_registration(tx, school, registration).await?;
    Ok(entries.into_iter().map(EntryFacts::from).collect())
}
