//! The changes of windows, for whoever asks how one stood.

use super::StoredLine;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::time::Time;

record! {
    /// A window that was set, changed or removed.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub(crate) struct WindowChanged {
        /// The sitting.
        pub sitting: String,
        /// The place.
        pub place: String,
        /// Written or oral.
        pub mode: String,
        /// The value before.
        pub before: Option<String>,
        /// The value after.
        pub after: Option<String>,
        /// Where the change came from.
        pub origin: String,
        /// When it took effect.
        pub at: Time,
    }
}

impl WindowChanged {
    /// Its line.
    pub(crate) fn stored(&self) -> StoredLine {
        let setting = ["window".to_owned(), self.place.clone(), self.mode.clone()];
        StoredLine { setting, before: self.before.clone(), after: self.after.clone() }
    }
}

/// Every change of a window that took effect, in that order.
pub(crate) async fn windows(tx: &mut Tx<'_>) -> Result<Vec<WindowChanged>, DbError> {
    tx.query(
        "SELECT l.sitting, l.scope, l.item, l.value_before, l.value_after, c.origin, c.decided_at
           FROM setting_change_line l
           JOIN setting_change c
             ON c.id = l.change_id
          WHERE l.kind = 'window'
            AND c.state = 'done'
            AND c.decided_at IS NOT NULL
          ORDER BY c.decided_at, c.id, l.line",
        &[],
    )
    .await
}
