//! What ends along with paid entries whose money goes back (R10).

use super::{carries, is_free, is_live};
use crate::entry::{Entry, EntryState};
use crate::words::codes::SubjectCode;
use crate::words::ids::EntryId;
use crate::words::subject::Mode;
use crate::words::time::Time;

/// The unpaid oral entries that end with the entries `going`, because no other written one carries them.
///
/// # Errors
/// An oral entry that stands in the way: it is paid, locked, or its payment is pending.
pub fn withdrawal(
    entries: &[Entry],
    going: &[EntryId],
    needs: &impl Fn(&Entry) -> Vec<SubjectCode>,
    now: Time,
) -> Result<Vec<EntryId>, EntryId> {
    let mut along = Vec::new();
    let orals = entries.iter().filter(|entry| {
        entry.mode == Mode::Oral
            && !going.contains(&entry.id)
            && (is_live(entry, now) || entry.state == EntryState::Held)
    });
    for oral in orals {
        let needed = needs(oral);
        let carrying = |entry: &Entry| carries(entry, oral.level, &needed);
        let hung_on_it = entries.iter().any(|entry| going.contains(&entry.id) && carrying(entry));
        // A paid oral entry needs a paid written one.
        let stays = |entry: &&Entry| {
            is_live(entry, now)
                && !going.contains(&entry.id)
                && (oral.state != EntryState::Paid || entry.state == EntryState::Paid)
        };
        if !hung_on_it || entries.iter().filter(stays).any(carrying) {
            continue;
        }
        if !is_free(oral) {
            return Err(oral.id);
        }
        along.push(oral.id);
    }
    Ok(along)
}
