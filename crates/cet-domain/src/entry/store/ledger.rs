//! What stands for many accounts at once, for whoever compares it with what their owners were told (O6).

use crate::store::{DbError, Tx};
use crate::{params, record};

record! {
    /// A live entry of an account, or an account without one.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct AccountEntry {
        /// The address that the account was registered with.
        pub email: String,
        /// Whether it has a live registration.
        pub registered: bool,
        /// The subject; `None` without an entry.
        pub subject: Option<String>,
        /// Whether the entry is paid.
        pub paid: bool,
    }
}

/// Everything that stands for the accounts whose address is at least `from` and less than `to`, by address.
pub async fn of_emails(tx: &mut Tx<'_>, from: &str, to: &str) -> Result<Vec<AccountEntry>, DbError> {
    let now = tx.now().await?;
    tx.query(
        concat!(
            "SELECT m.email_key, r.id IS NOT NULL AS registered, e.subject, COALESCE(e.state = 'paid', FALSE) AS paid
               FROM passport_email m
               LEFT JOIN registration r ON r.passport_id = m.passport_id AND r.state = 'live'
               LEFT JOIN entry e ON e.school = r.school AND e.registration_id = r.id AND ",
            crate::fragments::live!("e.", "$3"),
            " WHERE m.email_key >= $1 AND m.email_key < $2
              ORDER BY m.email_key, e.subject"
        ),
        params![from, to, now],
    )
    .await
}
