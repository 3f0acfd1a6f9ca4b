//! A repeated submission: it gets the first result again, also without a command id (TH39).

use super::Entered;
use crate::entry::rules::Standing;
use crate::entry::{Entry, rules, store};
use crate::registration::Registration;
use crate::store::{DbError, Tx};
use crate::words::codes::{CampusCode, SubjectCode};
use crate::words::ids::EntryId;
use crate::words::subject::Mode;
use crate::words::time::Time;

/// The live entries of a repeated submission: every chosen subject is entered at this campus. `None` for a mix of
/// entered and new ones, and if an entry is past its hold and waits for its gateway, which the page shows (Y4).
pub(super) fn entered_before<'e>(
    entries: &(impl Iterator<Item = &'e Entry> + Clone),
    chosen: &[SubjectCode],
    (mode, campus): (Mode, CampusCode),
    now: Time,
) -> Option<Vec<EntryId>> {
    let of = |code: &SubjectCode| {
        let is_it = |entry: &&Entry| {
            entry.subject == *code
                && entry.mode == mode
                && entry.campus == campus
                && !matches!(rules::standing(entry, now), Standing::Gone | Standing::AwaitingGateway)
        };
        entries.clone().find(is_it).map(|entry| entry.id)
    };
    chosen.iter().map(of).collect::<Option<Vec<_>>>().filter(|found| !found.is_empty())
}

/// Returns the existing entries as the result of a repeat, and stores it under the command id for further repeats.
pub(super) async fn answer(
    tx: &mut Tx<'_>,
    of: &Registration,
    command: Option<&str>,
    entries: Vec<EntryId>,
) -> Result<Entered, DbError> {
    if let Some(command) = command {
        store::remember_instead(tx, of, command, &super::enter::outcome(&entries)).await?;
    }
    Ok(Entered { entries })
}
