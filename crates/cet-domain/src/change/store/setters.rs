//! Who set a setting, and who agreed.

use crate::change::setting::Key;
use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::time::Time;

record! {
    /// A change that gave a setting a value: who, and who agreed.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Setter {
        /// The change's id.
        pub id: i64,
        /// The account, or the command.
        pub account: String,
        /// Who decided.
        pub approver: Option<String>,
        /// When it took effect.
        pub decided_at: Option<Time>,
        /// The value, as it is stored.
        pub after: Option<String>,
    }
}

/// The changes that set a setting, the newest first.
pub(crate) async fn setters(tx: &mut Tx<'_>, sitting: &str, key: &Key) -> Result<Vec<Setter>, DbError> {
    let sql = "SELECT c.id, c.account, c.approver, c.decided_at, l.value_after
                 FROM setting_change_line l
                 JOIN setting_change c
                   ON c.id = l.change_id
                WHERE l.sitting = $1
                  AND l.kind = $2
                  AND l.scope = $3
                  AND l.item = $4
                  AND c.state = 'done'
                ORDER BY c.decided_at DESC, c.id DESC";
    let (kind, place, item) = (key.kind().wire(), key.place().to_string(), key.item());
    tx.query(sql, params![sitting, kind, place, item]).await
}
