//! The SQL of places: provinces, schools and campuses.

use std::collections::BTreeMap;

use crate::params;
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
