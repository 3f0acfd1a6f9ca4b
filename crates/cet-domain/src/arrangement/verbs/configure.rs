//! The settings of arrangements.

use super::store;
use crate::arrangement::ArrangeRefusal;
use crate::arrangement::store::SettingRow;
use crate::store::{DbError, Stop, Tx};
use crate::words::codes::{CampusCode, SittingCode};

/// Replaces the settings of one scope. Sizes and times apply from the next draw on; the arranging campus can't change
/// any more once a subject of either campus is published.
///
/// # Errors
/// [`ArrangeRefusal::Published`] when the arranging campus would change after that.
pub(crate) async fn configure(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    row: &SettingRow,
) -> Result<(), Stop<ArrangeRefusal>> {
    if !is_possible(tx, sitting, row).await? {
        return Err(Stop::Refused(ArrangeRefusal::Published));
    }
    store::set(tx, sitting, row).await?;
    Ok(())
}

/// Whether the settings of a scope may be replaced by these, for a preview too.
pub(crate) async fn is_possible(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    row: &SettingRow,
) -> Result<bool, DbError> {
    if let Ok(campus) = CampusCode::parse(&row.scope) {
        let all = store::settings(tx, sitting).await?;
        let own = Some(campus.to_string());
        let before =
            all.into_iter().find(|known| known.scope == row.scope).and_then(|known| known.arrange_as);
        let (before, after) = (before.or(own.clone()), row.arrange_as.clone().or(own));
        if before != after {
            for side in [before, after].into_iter().flatten() {
                // An invalid code is reported when the campus is arranged.
                if let Ok(side) = CampusCode::parse(&side)
                    && store::any_published(tx, sitting, side, campus).await?
                {
                    return Ok(false);
                }
            }
        }
    }
    Ok(true)
}
