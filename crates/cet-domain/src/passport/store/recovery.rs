//! The SQL of requests to recover a password, which a job processes.

use std::net::IpAddr;

use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::texts::Lang;

record! {
    /// A pending request.
    pub struct Request {
        /// Its id.
        pub id: i64,
        /// The address that was typed, sealed.
        pub sealed: Vec<u8>,
        /// The language of the page.
        pub lang: String,
        /// The network address.
        pub address: String,
    }
}

/// Inserts a request.
pub(in crate::passport) async fn insert(
    tx: &mut Tx<'_>,
    id: i64,
    sealed: &[u8],
    lang: Lang,
    address: IpAddr,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO recovery_request (id, sealed, lang, address) VALUES ($1, $2, $3, $4)",
        params![id, sealed, lang.code(), address.to_string()],
    )
    .await?;
    Ok(())
}

/// The pending requests, the oldest first.
pub async fn waiting(tx: &mut Tx<'_>, most: i64) -> Result<Vec<i64>, DbError> {
    let rows: Vec<(i64,)> =
        tx.query("SELECT id FROM recovery_request ORDER BY id LIMIT $1", params![most]).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// A request, locked; `None` when it is gone or another node processes it.
pub(in crate::passport) async fn lock_if_idle(tx: &mut Tx<'_>, id: i64) -> Result<Option<Request>, DbError> {
    tx.query_opt(
        "SELECT id, sealed, lang, address FROM recovery_request WHERE id = $1 FOR UPDATE SKIP LOCKED",
        params![id],
    )
    .await
}

/// Deletes a request.
pub(in crate::passport) async fn delete(tx: &mut Tx<'_>, id: i64) -> Result<(), DbError> {
    tx.execute("DELETE FROM recovery_request WHERE id = $1", params![id]).await?;
    Ok(())
}
