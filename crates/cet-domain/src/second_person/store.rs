//! The SQL of the second person: who gave an account its roles.

use crate::store::{DbError, Tx};
use crate::words::time::Time;
use crate::{params, record};

record! {
    /// A role that a person gave.
    #[derive(Clone, Debug)]
    pub(super) struct Grant {
        /// Who gave it.
        pub(super) by: String,
        /// When.
        pub(super) at: Time,
    }
}

/// The roles that people gave an account, the newest first: few are ever given.
pub(super) async fn grants(tx: &mut Tx<'_>, account: &str) -> Result<Vec<Grant>, DbError> {
    tx.query(
        "SELECT by_person, from_at
           FROM staff_grant
          WHERE account = $1
            AND by_person IS NOT NULL
          ORDER BY from_at DESC
          LIMIT 100",
        params![account],
    )
    .await
}
