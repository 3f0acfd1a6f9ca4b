//! The statements of those who are still to be told.

use crate::entry::EntryState;
use crate::fragments::live;
use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::codes::{CampusCode, SchoolCode, SittingCode, SubjectCode};
use crate::words::ids::{EntryId, RegistrationId};

record! {
    /// A change of which somebody is still to be told.
    #[derive(Clone, Debug)]
    pub(super) struct Touch {
        pub(super) change_id: i64,
        pub(super) sitting: SittingCode,
        pub(super) pools: String,
        after_school: String,
        after_id: i64,
    }
}

record! {
    /// A live entry and its registration.
    #[derive(Clone, Debug)]
    pub(super) struct Owner {
        pub(super) school: SchoolCode,
        pub(super) id: EntryId,
        pub(super) registration_id: RegistrationId,
        pub(super) campus: CampusCode,
        pub(super) subject: SubjectCode,
        pub(super) state: EntryState,
    }
}

/// Keeps whom a change touches.
pub(super) async fn insert(tx: &mut Tx<'_>, change: i64, sitting: &str, pools: &str) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO change_touch (change_id, sitting, pools, after_school, after_id) VALUES ($1, $2, $3, '', 0)",
        params![change, sitting, pools],
    )
    .await?;
    Ok(())
}

/// The oldest change of which somebody is still to be told.
pub(super) async fn first(tx: &mut Tx<'_>) -> Result<Option<Touch>, DbError> {
    let sql = "SELECT change_id, sitting, pools, after_school, after_id FROM change_touch ORDER BY change_id LIMIT 1";
    tx.query_opt(sql, &[]).await
}

/// Locks it until the transaction ends; returns whether it is still there.
pub(super) async fn lock(tx: &mut Tx<'_>, change: i64) -> Result<bool, DbError> {
    let sql = "UPDATE change_touch SET sitting = sitting WHERE change_id = $1";
    Ok(tx.execute(sql, params![change]).await? == 1)
}

/// The next live entries of its sitting, in order of their keys.
pub(super) async fn next(tx: &mut Tx<'_>, of: &Touch, most: i64) -> Result<Vec<Owner>, DbError> {
    let now = tx.now().await?;
    tx.query(
        concat!(
            "SELECT e.school, e.id, e.registration_id, e.campus, e.subject, e.state
           FROM entry e
          WHERE (e.school, e.id) > ($1, $2)
            AND e.sitting = $3
            AND ",
            live!("e.", "$4"),
            "
          ORDER BY e.school, e.id
          LIMIT $5"
        ),
        params![of.after_school, of.after_id, of.sitting, now, most],
    )
    .await
}

/// Records up to whom was told.
pub(super) async fn advance(tx: &mut Tx<'_>, change: i64, last: &Owner) -> Result<(), DbError> {
    let sql = "UPDATE change_touch SET after_school = $2, after_id = $3 WHERE change_id = $1";
    tx.execute(sql, params![change, last.school, last.id]).await?;
    Ok(())
}

/// Everybody was told.
pub(super) async fn done(tx: &mut Tx<'_>, change: i64) -> Result<(), DbError> {
    tx.execute("DELETE FROM change_touch WHERE change_id = $1", params![change]).await?;
    Ok(())
}
