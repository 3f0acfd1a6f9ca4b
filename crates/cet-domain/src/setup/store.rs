//! The SQL of places: provinces, schools and campuses.

use std::collections::BTreeMap;

use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::codes::{CampusCode, ProvinceCode, SchoolCode};

/// Adds a province or renames it.
pub(super) async fn set_province(tx: &mut Tx<'_>, code: ProvinceCode, name: &str) -> Result<(), DbError> {
    let sql = "INSERT INTO province (code, name) VALUES ($1, $2) ON CONFLICT (code) DO UPDATE SET name = $2";
    tx.execute(sql, params![code, name]).await?;
    Ok(())
}

/// Adds a school or renames it.
pub(super) async fn set_school(tx: &mut Tx<'_>, code: SchoolCode, name: &str) -> Result<(), DbError> {
    let sql = "INSERT INTO school (code, name) VALUES ($1, $2) ON CONFLICT (code) DO UPDATE SET name = $2";
    tx.execute(sql, params![code, name]).await?;
    Ok(())
}

/// Adds a campus or renames it.
pub(super) async fn set_campus(tx: &mut Tx<'_>, code: CampusCode, name: &str) -> Result<(), DbError> {
    let sql = "INSERT INTO campus (code, name) VALUES ($1, $2) ON CONFLICT (code) DO UPDATE SET name = $2";
    tx.execute(sql, params![code, name]).await?;
    Ok(())
}

/// The known campuses and their names.
pub(super) async fn campuses(tx: &mut Tx<'_>) -> Result<BTreeMap<CampusCode, String>, DbError> {
    let rows: Vec<(CampusCode, String)> = tx.query("SELECT code, name FROM campus", &[]).await?;
    Ok(rows.into_iter().collect())
}

record! {
    /// The name of a campus where an upload gave it another one.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub(super) struct Before {
        /// The campus.
        pub(super) campus: CampusCode,
        /// Its name before; `None`: it was new.
        pub(super) name: Option<String>,
        /// The name that the upload gave it.
        pub(super) name_after: String,
    }
}

/// Notes the name of a campus that an upload gives another one.
pub(super) async fn note(tx: &mut Tx<'_>, upload: i64, of: &Before) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO campus_before (upload_id, campus, name, name_after) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
        params![upload, of.campus, of.name, of.name_after],
    )
    .await?;
    Ok(())
}

/// The notes of an upload.
pub(super) async fn noted(tx: &mut Tx<'_>, upload: i64) -> Result<Vec<Before>, DbError> {
    tx.query(
        "SELECT campus, name, name_after FROM campus_before WHERE upload_id = $1 ORDER BY campus",
        params![upload],
    )
    .await
}

/// Deletes a note of an upload that is taken back. Where a later upload found the name that it gave, that one found what was
/// before: otherwise taking the later one back would bring the name of this one again.
pub(super) async fn forget(tx: &mut Tx<'_>, upload: i64, of: &Before) -> Result<(), DbError> {
    tx.execute(
        "UPDATE campus_before SET name = $3 WHERE campus = $2 AND upload_id > $1 AND name = $4",
        params![upload, of.campus, of.name, of.name_after],
    )
    .await?;
    tx.execute("DELETE FROM campus_before WHERE upload_id = $1 AND campus = $2", params![upload, of.campus])
        .await?;
    Ok(())
}

/// Whether anything refers to a campus: students, capacities, settings or accounts.
pub(super) async fn is_used(tx: &mut Tx<'_>, campus: CampusCode) -> Result<bool, DbError> {
    let found: Option<(i64,)> = tx
        .query_opt(
            "SELECT CAST(1 AS BIGINT) FROM student_record WHERE school = $1 AND campus = $2
             UNION ALL
             SELECT CAST(1 AS BIGINT) FROM seat_pool WHERE school = $1 AND campus = $2
             UNION ALL
             SELECT CAST(1 AS BIGINT) FROM setting_change_line WHERE scope = $2
             UNION ALL
             SELECT CAST(1 AS BIGINT) FROM staff_account WHERE scope = $2
              LIMIT 1",
            params![campus.school(), campus],
        )
        .await?;
    Ok(found.is_some())
}

/// Removes a campus that nothing refers to.
pub(super) async fn remove_campus(tx: &mut Tx<'_>, campus: CampusCode) -> Result<(), DbError> {
    tx.execute("DELETE FROM campus WHERE code = $1", params![campus]).await?;
    Ok(())
}
