//! The SQL of what somebody said about the columns of a file.

use crate::params;
use crate::store::{DbError, Tx};
use crate::upload::Kind;
use crate::words::staff::Scope;

/// Keeps a choice of columns for an upload.
pub(in crate::upload) async fn choose(tx: &mut Tx<'_>, id: i64, chosen: &str) -> Result<(), DbError> {
    tx.execute("UPDATE upload SET chosen = $2 WHERE id = $1", params![id, chosen]).await?;
    Ok(())
}

/// Keeps a choice of columns for the next files of a place with the same header.
pub(in crate::upload) async fn remember(
    tx: &mut Tx<'_>,
    place: &Scope,
    kind: Kind,
    header: &str,
    chosen: &str,
) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "INSERT INTO column_choice (place, kind, header, chosen, kept_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (place, kind, header) DO UPDATE SET chosen = $4, kept_at = $5",
        params![place, kind.wire(), header, chosen, now],
    )
    .await?;
    Ok(())
}

/// The choice that a place has made for files with this header.
pub(in crate::upload) async fn remembered(
    tx: &mut Tx<'_>,
    place: &Scope,
    kind: Kind,
    header: &str,
) -> Result<Option<String>, DbError> {
    let found: Option<(String,)> = tx
        .query_opt(
            "SELECT chosen FROM column_choice WHERE place = $1 AND kind = $2 AND header = $3",
            params![place, kind.wire(), header],
        )
        .await?;
    Ok(found.map(|(chosen,)| chosen))
}
