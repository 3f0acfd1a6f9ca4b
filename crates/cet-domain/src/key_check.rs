//! Whether the keys of the vault belong to this database. Keys of another installation would find no document and seal
//! new values that nobody can read: they are refused, with the file and what to do.
//!
//! The database stores a mark of each key. A database without marks, new or of an earlier version, gets them from the
//! first keys used with it; but if it already holds sealed values, only from keys that can open them.

use std::collections::BTreeMap;
use std::fmt;

use crate::params;
use crate::sealed::{self, Sealed, SecondFactor};
use crate::store::{Db, DbError, Stop, Tx};
use crate::vault::Vault;
use crate::words::document::{Document, DocumentKind};
use crate::words::document_key::DocumentKey;

/// The name of the lookup key's mark.
const LOOKUP: &str = "lookup";
/// How the name of the mark of a key begins that nothing is sealed with any more: a file without it is taken.
const RETIRED: &str = "retired ";
/// The plaintext of the marks of sealing keys.
const MARK_TEXT: &str = "cet";
/// How many sealed values of each table are tried, from both ends: a single one that does not open may be damaged.
const SAMPLES: usize = 4;

/// Why the keys do not belong to the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// Documents were stored under another lookup key.
    Lookup,
    /// Values were sealed with another key of this number.
    Seal(u8),
    /// Values were sealed with a key whose number the file does not have.
    MissingSeal(u8),
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let other = "Put the file back with which this database was made, or correct database.url if it names the \
                     database of another installation. Nothing was changed";
        match self {
            Self::Lookup => write!(
                f,
                "its `lookup` key is not the one of this database: no document would be found. {other}"
            ),
            Self::Seal(id) => write!(
                f,
                "its key `seal {id}` is not the one of this database: nothing that was sealed could be read. {other}"
            ),
            Self::MissingSeal(id) => write!(
                f,
                "the key `seal {id}` is missing, with which this database has sealed: write its line back, below the \
                 key that seals now. If the file never had it: {other}"
            ),
        }
    }
}

/// The marks still to be stored; empty if all exist.
type Marks = Vec<(String, Vec<u8>)>;

/// Whether the keys match the database's marks. Read-only.
///
/// # Errors
/// [`Unfit`], or a database error.
pub async fn fits(tx: &mut Tx<'_>, vault: &Vault) -> Result<(), Stop<Unfit>> {
    missing_marks(tx, vault).await.map(|_| ())
}

/// As [`fits`]; also stores the marks of matching keys if there are none yet.
///
/// # Errors
/// [`Unfit`], or a database error.
pub async fn settle(db: &Db, vault: &std::sync::Arc<Vault>) -> Result<(), Stop<Unfit>> {
    let reader = std::sync::Arc::clone(vault);
    let marks = db.read_long(async move |tx: &mut Tx<'_>| missing_marks(tx, &reader).await).await?;
    bring_back(db, vault).await?;
    if marks.is_empty() {
        return Ok(());
    }
    db.write(async move |tx: &mut Tx<'_>| {
        let now = tx.now().await?;
        for (name, mark) in &marks {
            let sql =
                "INSERT INTO vault_check (name, mark, made_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
            tx.execute(sql, params![*name, *mark, now]).await?;
        }
        Ok::<_, DbError>(())
    })
    .await?;
    // Two concurrent calls with different keys: only the first has stored marks.
    let reader = std::sync::Arc::clone(vault);
    db.read(async move |tx: &mut Tx<'_>| fits(tx, &reader).await).await
}

/// A key that was retired and seals again is in use again.
async fn bring_back(db: &Db, vault: &Vault) -> Result<(), DbError> {
    let name = format!("{RETIRED}{}", vault.sealing_key());
    let sought = name.clone();
    let is_retired: Option<(String,)> = db
        .read(async move |tx: &mut Tx<'_>| {
            tx.query_opt("SELECT name FROM vault_check WHERE name = $1", params![sought]).await
        })
        .await?;
    if is_retired.is_none() {
        return Ok(());
    }
    db.write(async move |tx: &mut Tx<'_>| {
        tx.execute("DELETE FROM vault_check WHERE name = $1", params![name]).await.map(|_| ())
    })
    .await
}

/// Notes of every key but the sealing one that nothing is sealed with it any more; returns their numbers.
pub(crate) async fn retire(db: &Db, vault: &std::sync::Arc<Vault>) -> Result<Vec<u8>, DbError> {
    let vault = std::sync::Arc::clone(vault);
    db.write(async move |tx: &mut Tx<'_>| {
        let now = tx.now().await?;
        let rows: Vec<(String,)> = tx.query("SELECT name FROM vault_check ORDER BY name", &[]).await?;
        let keys = rows.iter().filter_map(|(name,)| name.strip_prefix("seal ")?.parse::<u8>().ok());
        let old: Vec<u8> = keys.filter(|id| *id != vault.sealing_key()).collect();
        for id in &old {
            let mark = vault.seal(MARK_TEXT).map_err(|error| DbError::Other(error.to_string()))?;
            let sql =
                "INSERT INTO vault_check (name, mark, made_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
            tx.execute(sql, params![format!("{RETIRED}{id}"), mark, now]).await?;
        }
        Ok(old)
    })
    .await
}

/// Compares the keys with the marks, or with sealed values if there are no marks.
async fn missing_marks(tx: &mut Tx<'_>, vault: &Vault) -> Result<Marks, Stop<Unfit>> {
    let rows: Vec<(String, Vec<u8>)> = tx.query("SELECT name, mark FROM vault_check", &[]).await?;
    let is_retired = |name: &str| {
        name.strip_prefix("seal ")
            .is_some_and(|id| rows.iter().any(|(of, _)| of.strip_prefix(RETIRED) == Some(id)))
    };
    for (name, mark) in &rows {
        if !is_retired(name) || vault.names_key_of(mark) {
            compare(vault, name, mark).map_err(Stop::Refused)?;
        }
    }
    if !rows.iter().any(|(name, _)| name == LOOKUP) {
        proved(tx, vault).await?;
    }
    let mut marks = vec![(LOOKUP.to_owned(), lookup_mark(vault))];
    let sealed = vault.seal_with_each(MARK_TEXT).map_err(|error| DbError::Other(error.to_string()))?;
    marks.extend(sealed.into_iter().map(|(id, mark)| (format!("seal {id}"), mark)));
    marks.retain(|(name, _)| !rows.iter().any(|(known, _)| known == name));
    Ok(marks)
}

fn lookup_mark(vault: &Vault) -> Vec<u8> {
    vault.sign_token("key-check", LOOKUP.as_bytes()).to_vec()
}

fn compare(vault: &Vault, name: &str, mark: &[u8]) -> Result<(), Unfit> {
    if name == LOOKUP {
        return if mark == lookup_mark(vault) { Ok(()) } else { Err(Unfit::Lookup) };
    }
    let id = mark.first().copied().unwrap_or_default();
    match vault.open(mark) {
        Ok(text) if text == MARK_TEXT => Ok(()),
        Ok(_) | Err(_) if vault.names_key_of(mark) => Err(Unfit::Seal(id)),
        Ok(_) | Err(_) => Err(Unfit::MissingSeal(id)),
    }
}

/// Tries the keys on the values of a database without marks.
///
/// # Errors
/// [`Unfit`] when a key opens none of the values with its number, or no document is found under its key.
pub async fn proved(tx: &mut Tx<'_>, vault: &Vault) -> Result<(), Stop<Unfit>> {
    let mut opened: BTreeMap<u8, bool> = BTreeMap::new();
    let mut found = None;
    for sample in samples(tx).await? {
        let id = sample.sealed.first().copied().unwrap_or_default();
        let plain = sample.opened(vault);
        *opened.entry(id).or_default() |= plain.is_some();
        if let (Some((kind, key)), Some(number)) = (sample.document, plain)
            && let Some(kind) = DocumentKind::from_wire(&kind)
            && let Ok(document) = Document::parse(kind, &number)
        {
            let fits = DocumentKey::of(vault, &document).bytes().as_slice() == key.as_slice();
            found = Some(found.unwrap_or(false) || fits);
        }
    }
    let unopened = opened.iter().find(|(_, opened)| !**opened).map(|(id, _)| *id);
    match unopened {
        Some(id) if vault.names_key_of(&[id]) => Err(Stop::Refused(Unfit::Seal(id))),
        Some(id) => Err(Stop::Refused(Unfit::MissingSeal(id))),
        None if found == Some(false) => Err(Stop::Refused(Unfit::Lookup)),
        None => Ok(()),
    }
}

struct Sample {
    sealed: Vec<u8>,
    /// Kind of document, and its lookup key.
    document: Option<(String, Vec<u8>)>,
    /// The account of a second factor.
    account: Option<String>,
}

impl Sample {
    fn opened(&self, vault: &Vault) -> Option<String> {
        let sealed = self.sealed.clone();
        match (&self.document, &self.account) {
            (Some((_, key)), _) => Sealed::<sealed::Document>::stored(sealed).open(vault, key).ok(),
            (_, Some(name)) => Sealed::<SecondFactor>::stored(sealed).open(vault, name).ok(),
            _ => vault.open(&sealed).ok(),
        }
    }
}

/// A few of the oldest and newest sealed values of the tables that every installation fills.
async fn samples(tx: &mut Tx<'_>) -> Result<Vec<Sample>, DbError> {
    let mut samples = Vec::new();
    for direction in ["ASC", "DESC"] {
        for table in ["student_record", "registration"] {
            let sql = format!(
                "SELECT document_sealed, document_kind, document_key FROM {table}
                  ORDER BY school {direction}, id {direction} LIMIT {SAMPLES}"
            );
            let rows: Vec<(Vec<u8>, String, Vec<u8>)> = tx.query(&sql, &[]).await?;
            samples.extend(rows.into_iter().map(|(sealed, kind, key)| Sample {
                sealed,
                document: Some((kind, key)),
                account: None,
            }));
        }
        let sql =
            format!("SELECT totp_sealed, name FROM staff_account ORDER BY name {direction} LIMIT {SAMPLES}");
        let rows: Vec<(Vec<u8>, String)> = tx.query(&sql, &[]).await?;
        samples.extend(rows.into_iter().map(|(sealed, name)| Sample {
            sealed,
            document: None,
            account: Some(name),
        }));
        let sql =
            format!("SELECT sealed FROM outbox ORDER BY school {direction}, id {direction} LIMIT {SAMPLES}");
        let rows: Vec<(Vec<u8>,)> = tx.query(&sql, &[]).await?;
        samples.extend(rows.into_iter().map(|(sealed,)| Sample { sealed, document: None, account: None }));
    }
    // Values are cleared when they are released or sent.
    samples.retain(|sample| !sample.sealed.is_empty());
    Ok(samples)
}

#[cfg(test)]
#[path = "key_check/tests.rs"]
mod tests;
