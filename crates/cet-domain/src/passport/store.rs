//! The SQL of passports.

mod profile;
pub mod recovery;
pub mod session;
pub mod token;

use super::NOTICE_VERSION;
use crate::jobs::sweep::Sweep;
use crate::params;
use crate::record;
use crate::sealed::{OwnDocument, Sealed, Telephone};
use crate::store::{DbError, Tx};
use crate::texts::Lang;
use crate::words::ids::PassportId;
use crate::words::time::Time;

record! {
    /// The data for a login.
    pub struct Login {
        /// The passport.
        pub id: PassportId,
        /// The password's hash.
        pub password_hash: String,
        /// The language of its mails.
        pub lang: Lang,
    }
}

record! {
    /// Address and language for mails to a passport.
    pub struct Addressee {
        /// The address.
        pub email: String,
        /// The language that was chosen last; of the browser that registered until one was.
        pub lang: Lang,
    }
}

record! {
    /// A passport as its owner sees it.
    pub struct Account {
        /// The passport.
        pub id: PassportId,
        /// 通行证ID.
        pub public_id: String,
        /// The address.
        pub email: String,
        /// The sealed telephone.
        pub phone: Option<Sealed<Telephone>>,
        /// The kind of document.
        pub document_kind: Option<String>,
        /// Its sealed number.
        pub document: Option<Sealed<OwnDocument>>,
        /// The name; empty if not given.
        pub name: String,
        /// When the address was verified.
        pub email_verified_at: Option<Time>,
        /// Whether the mails that a candidate can do without are sent too.
        pub optional_mails: bool,
    }
}

/// A row to insert.
pub(super) struct NewRow<'a> {
    pub(super) id: PassportId,
    pub(super) public_id: &'a str,
    pub(super) email: &'a str,
    pub(super) password_hash: &'a str,
    pub(super) lang: Lang,
    pub(super) profile: ProfileRow<'a>,
}

/// The passport of an address in comparison form; excluding one that only reserves it for an undo.
pub async fn by_email(tx: &mut Tx<'_>, email_key: &str) -> Result<Option<PassportId>, DbError> {
    let row = tx
        .query_opt::<(PassportId,)>(
            "SELECT passport_id FROM passport_email WHERE email_key = $1 AND held_until IS NULL",
            params![email_key],
        )
        .await?;
    Ok(row.map(|(id,)| id))
}

/// The data for a login with an address; for an unknown address, passport 0 without a hash. The same queries are run
/// and each returns one row, known or not (TH4).
pub(crate) async fn login_of(tx: &mut Tx<'_>, email_key: &str) -> Result<Login, DbError> {
    let (id,) = tx
        .query_one::<(PassportId,)>(
            "SELECT COALESCE(MAX(passport_id), 0) FROM passport_email WHERE email_key = $1 AND held_until IS NULL",
            params![email_key],
        )
        .await?;
    tx.query_one(
        "SELECT COALESCE(MAX(id), 0), COALESCE(MAX(password_hash), ''), COALESCE(MAX(lang), 'zh')
           FROM passport
          WHERE id = $1",
        params![id],
    )
    .await
}

/// The passport of a 通行证ID. Only for staff: for others it is a label, never a credential (TH69).
pub async fn by_public_id(tx: &mut Tx<'_>, public_id: &str) -> Result<Option<PassportId>, DbError> {
    let row = tx
        .query_opt::<(PassportId,)>("SELECT id FROM passport WHERE public_id = $1", params![public_id])
        .await?;
    Ok(row.map(|(id,)| id))
}

/// Records a change of credentials: older sessions and links become invalid (I14).
pub(crate) async fn note_credential_change(tx: &mut Tx<'_>, id: PassportId) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute("UPDATE passport SET credential_changed_at = $2 WHERE id = $1", params![id, now]).await?;
    Ok(())
}

/// The data for a login.
pub async fn login(tx: &mut Tx<'_>, id: PassportId) -> Result<Option<Login>, DbError> {
    tx.query_opt("SELECT id, password_hash, lang FROM passport WHERE id = $1", params![id]).await
}

/// Address and language for mails to a passport: a mail is not always caused by the owner's browser.
pub(crate) async fn addressee(tx: &mut Tx<'_>, id: PassportId) -> Result<Option<Addressee>, DbError> {
    tx.query_opt("SELECT email, lang FROM passport WHERE id = $1", params![id]).await
}

/// Whether the mails that a candidate can do without are sent too.
pub async fn wants_optional_mails(tx: &mut Tx<'_>, id: PassportId) -> Result<bool, DbError> {
    let row: Option<(bool,)> =
        tx.query_opt("SELECT optional_mails FROM passport WHERE id = $1", params![id]).await?;
    Ok(row.is_none_or(|(wanted,)| wanted))
}

/// Sets that; answers whether it was otherwise.
pub(super) async fn set_optional_mails(
    tx: &mut Tx<'_>,
    id: PassportId,
    wanted: bool,
) -> Result<bool, DbError> {
    let changed = tx
        .execute(
            "UPDATE passport SET optional_mails = $2 WHERE id = $1 AND optional_mails <> $2",
            params![id, wanted],
        )
        .await?;
    Ok(changed == 1)
}

/// Stores the chosen language for future mails.
pub(super) async fn set_lang(tx: &mut Tx<'_>, id: PassportId, lang: Lang) -> Result<(), DbError> {
    tx.execute("UPDATE passport SET lang = $2 WHERE id = $1 AND lang <> $2", params![id, lang]).await?;
    Ok(())
}

/// When its password or address was last changed; `None` if never since its creation.
pub async fn credentials_changed_at(tx: &mut Tx<'_>, id: PassportId) -> Result<Option<Time>, DbError> {
    let row: Option<(Time,)> = tx
        .query_opt(
            "SELECT credential_changed_at FROM passport WHERE id = $1 AND credential_changed_at > created_at",
            params![id],
        )
        .await?;
    Ok(row.map(|(changed,)| changed))
}

/// When a passport was created.
pub async fn created_at(tx: &mut Tx<'_>, id: PassportId) -> Result<Option<Time>, DbError> {
    let row: Option<(Time,)> =
        tx.query_opt("SELECT created_at FROM passport WHERE id = $1", params![id]).await?;
    Ok(row.map(|(made,)| made))
}

/// Which version of the notice about personal data stood on the form by which it was registered.
pub async fn notice_version(tx: &mut Tx<'_>, id: PassportId) -> Result<i64, DbError> {
    let row: Option<(i64,)> =
        tx.query_opt("SELECT notice_version FROM passport WHERE id = $1", params![id]).await?;
    Ok(row.map_or(0, |(version,)| version))
}

/// The passport as its owner sees it.
pub async fn account(tx: &mut Tx<'_>, id: PassportId) -> Result<Option<Account>, DbError> {
    tx.query_opt(
        "SELECT id, public_id, email, phone_sealed, document_kind, document_sealed, name, email_verified_at,
                optional_mails
           FROM passport
          WHERE id = $1",
        params![id],
    )
    .await
}

/// Claims an address; returns whether it was free. One reserved for an undo is free for its holder, and for all once
/// the reservation has expired.
pub(crate) async fn claim_email(tx: &mut Tx<'_>, email_key: &str, id: PassportId) -> Result<bool, DbError> {
    let now = tx.now().await?;
    tx.execute(
        "DELETE FROM passport_email
          WHERE email_key = $1
            AND held_until IS NOT NULL
            AND (held_until <= $2 OR passport_id = $3)",
        params![email_key, now, id],
    )
    .await?;
    let rows = tx
        .execute(
            "INSERT INTO passport_email (email_key, passport_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            params![email_key, id],
        )
        .await?;
    Ok(rows == 1)
}

/// Whether `id` could claim an address now; without an `id`, a new passport.
pub(crate) async fn is_free(
    tx: &mut Tx<'_>,
    email_key: &str,
    id: Option<PassportId>,
) -> Result<bool, DbError> {
    let now = tx.now().await?;
    let row: Option<(PassportId, Option<Time>)> = tx
        .query_opt(
            "SELECT passport_id, held_until FROM passport_email WHERE email_key = $1",
            params![email_key],
        )
        .await?;
    Ok(row.is_none_or(|(owner, held)| Some(owner) == id || held.is_some_and(|until| until <= now)))
}

/// Releases an address; a verified one stays reserved until `until`.
pub(crate) async fn give_up_email(
    tx: &mut Tx<'_>,
    email_key: &str,
    id: PassportId,
    until: Option<Time>,
) -> Result<(), DbError> {
    match until {
        Some(until) => {
            tx.execute(
                "UPDATE passport_email SET held_until = $3 WHERE email_key = $1 AND passport_id = $2",
                params![email_key, id, until],
            )
            .await?
        }
        None => {
            tx.execute(
                "DELETE FROM passport_email WHERE email_key = $1 AND passport_id = $2",
                params![email_key, id],
            )
            .await?
        }
    };
    Ok(())
}

/// Expired reservations of addresses.
pub(super) fn held_for_long() -> Sweep<String> {
    Sweep::new(
        "held-addresses",
        500,
        &[jiff::SignedDuration::ZERO],
        "SELECT email_key FROM passport_email WHERE held_until <= $2 LIMIT $1",
        "DELETE FROM passport_email WHERE email_key = $1 AND held_until <= $2",
    )
}

record! {
    /// The current state before a change of a passport.
    pub struct Locked {
        /// The address.
        pub email: String,
        /// When it was verified.
        pub email_verified_at: Option<Time>,
        /// The password's hash.
        pub password_hash: String,
    }
}

/// Locks the passport until the transaction ends: changes are serialised.
pub async fn lock(tx: &mut Tx<'_>, id: PassportId) -> Result<Option<Locked>, DbError> {
    tx.query_opt(
        "SELECT email, email_verified_at, password_hash FROM passport WHERE id = $1 FOR UPDATE",
        params![id],
    )
    .await
}

/// Sets the address and whether it is verified: a change of credentials, which ends older sessions.
pub async fn set_email(
    tx: &mut Tx<'_>,
    id: PassportId,
    email: &str,
    verified_at: Option<Time>,
) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "UPDATE passport SET email = $2, email_verified_at = $3, credential_changed_at = $4 WHERE id = $1",
        params![id, email, verified_at, now],
    )
    .await?;
    Ok(())
}

/// Changes the spelling of the address, if it is equal in comparison form.
pub(crate) async fn respell_email(tx: &mut Tx<'_>, id: PassportId, email: &str) -> Result<(), DbError> {
    tx.execute("UPDATE passport SET email = $2 WHERE id = $1", params![id, email]).await?;
    Ok(())
}

/// Sets the password: a change of credentials, which ends older sessions.
pub async fn set_password(tx: &mut Tx<'_>, id: PassportId, hash: &str) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "UPDATE passport SET password_hash = $2, credential_changed_at = $3 WHERE id = $1",
        params![id, hash, now],
    )
    .await?;
    Ok(())
}

/// Erases what is personal (A11). The row stays: orders and the log name its id.
pub(crate) async fn erase(tx: &mut Tx<'_>, id: PassportId) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "UPDATE passport
            SET email = '', password_hash = '', phone_sealed = NULL, document_kind = NULL, document_sealed = NULL,
                name = '', email_verified_at = NULL, optional_mails = FALSE, credential_changed_at = $2
          WHERE id = $1",
        params![id, now],
    )
    .await?;
    Ok(())
}

/// Erases the optional part.
pub(crate) async fn erase_profile(tx: &mut Tx<'_>, id: PassportId) -> Result<(), DbError> {
    set_profile(tx, id, ProfileRow { phone: None, document_kind: None, document: None, name: "" }).await
}

/// The optional part of a passport as stored.
pub(super) struct ProfileRow<'a> {
    pub(super) phone: Option<Sealed<Telephone>>,
    pub(super) document_kind: Option<&'static str>,
    pub(super) document: Option<Sealed<OwnDocument>>,
    pub(super) name: &'a str,
}

pub(super) async fn set_profile(
    tx: &mut Tx<'_>,
    id: PassportId,
    profile: ProfileRow<'_>,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE passport SET phone_sealed = $2, document_kind = $3, document_sealed = $4, name = $5 WHERE id = $1",
        params![id, profile.phone, profile.document_kind, profile.document, profile.name],
    )
    .await?;
    Ok(())
}

pub(super) async fn insert(tx: &mut Tx<'_>, row: NewRow<'_>) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "INSERT INTO passport
            (id, public_id, email, password_hash, lang, phone_sealed, document_kind, document_sealed, name, created_at,
             credential_changed_at, notice_version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11)",
        params![
            row.id,
            row.public_id,
            row.email,
            row.password_hash,
            row.lang,
            row.profile.phone,
            row.profile.document_kind,
            row.profile.document,
            row.profile.name,
            now,
            NOTICE_VERSION,
        ],
    )
    .await?;
    Ok(())
}
