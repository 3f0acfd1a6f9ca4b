//! The SQL of passports.

use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::ids::PassportId;
use crate::words::time::Time;

record! {
    /// What logging in needs of a passport.
    pub struct Login {
        /// Whose it is.
        pub id: PassportId,
        /// The password's hash.
        pub password_hash: String,
    }
}

record! {
    /// A passport as its owner sees it.
    pub struct Account {
        /// 通行证ID.
        pub public_id: String,
        /// The address.
        pub email: String,
        /// The sealed telephone.
        pub phone: Option<Vec<u8>>,
        /// The kind of document.
        pub document_kind: Option<String>,
        /// Its sealed number.
        pub document: Option<Vec<u8>>,
        /// The name; empty if not given.
        pub name: String,
        /// When the address was verified.
        pub email_verified_at: Option<Time>,
    }
}

/// A row to insert.
pub(super) struct NewRow<'a> {
    pub(super) id: PassportId,
    pub(super) public_id: &'a str,
    pub(super) email: &'a str,
    pub(super) password_hash: &'a str,
    pub(super) phone: Option<Vec<u8>>,
    pub(super) document_kind: Option<&'static str>,
    pub(super) document: Option<Vec<u8>>,
    pub(super) name: &'a str,
}

/// The passport of an address in its comparison form.
///
/// # Errors
/// [`DbError`].
pub async fn by_email(tx: &mut Tx<'_>, email_key: &str) -> Result<Option<PassportId>, DbError> {
    let row = tx
        .query_opt::<(PassportId,)>("SELECT passport_id FROM passport_email WHERE email_key = $1", params![email_key])
        .await?;
    Ok(row.map(|(id,)| id))
}

/// The passport of a 通行证ID. Only for staff: to others it is a label, never a way in (T69).
///
/// # Errors
/// [`DbError`].
pub async fn by_public_id(tx: &mut Tx<'_>, public_id: &str) -> Result<Option<PassportId>, DbError> {
    let row = tx.query_opt::<(PassportId,)>("SELECT id FROM passport WHERE public_id = $1", params![public_id]).await?;
    Ok(row.map(|(id,)| id))
}

/// Notes a change of who may act for a passport: sessions and links that are older count no more (I14).
///
/// # Errors
/// [`DbError`].
pub async fn note_credential_change(tx: &mut Tx<'_>, id: PassportId) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute("UPDATE passport SET credential_changed_at = $2 WHERE id = $1", params![id, now]).await?;
    Ok(())
}

/// What logging in needs.
///
/// # Errors
/// [`DbError`].
pub async fn login(tx: &mut Tx<'_>, id: PassportId) -> Result<Option<Login>, DbError> {
    tx.query_opt("SELECT id, password_hash FROM passport WHERE id = $1", params![id]).await
}

/// The passport as its owner sees it.
///
/// # Errors
/// [`DbError`].
pub async fn account(tx: &mut Tx<'_>, id: PassportId) -> Result<Option<Account>, DbError> {
    tx.query_opt(
        "SELECT public_id, email, phone_sealed, document_kind, document_sealed, name, email_verified_at
           FROM passport
          WHERE id = $1",
        params![id],
    )
    .await
}

/// Claims an address; whether nobody had it.
///
/// # Errors
/// [`DbError`].
pub async fn claim_email(tx: &mut Tx<'_>, email_key: &str, id: PassportId) -> Result<bool, DbError> {
    let rows = tx
        .execute(
            "INSERT INTO passport_email (email_key, passport_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            params![email_key, id],
        )
        .await?;
    Ok(rows == 1)
}

pub(super) async fn insert(tx: &mut Tx<'_>, row: NewRow<'_>) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "INSERT INTO passport
            (id, public_id, email, password_hash, phone_sealed, document_kind, document_sealed, name, created_at,
             credential_changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
        params![
            row.id,
            row.public_id,
            row.email,
            row.password_hash,
            row.phone,
            row.document_kind,
            row.document,
            row.name,
            now,
        ],
    )
    .await?;
    Ok(())
}
