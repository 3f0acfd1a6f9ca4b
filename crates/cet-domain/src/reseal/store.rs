//! The sealed columns, and the SQL that goes through them by their primary keys.

use crate::params;
use crate::store::{DbError, Tx};

/// A primary key: where a value stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// `school`, `id`.
    Place(String, i64),
    /// `id`.
    Number(i64),
    /// `name`.
    Name(String),
    /// `token_hash`.
    Hash(Vec<u8>),
    /// `passport_id`, `kind`, `event`.
    Event(i64, String, String),
}

/// The form of a table's primary key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyForm {
    Place,
    Number,
    Name,
    Hash,
    Event,
}

impl KeyForm {
    /// Before every key.
    pub(super) const fn first(self) -> Key {
        match self {
            Self::Place => Key::Place(String::new(), i64::MIN),
            Self::Number => Key::Number(i64::MIN),
            Self::Name => Key::Name(String::new()),
            Self::Hash => Key::Hash(Vec::new()),
            Self::Event => Key::Event(i64::MIN, String::new(), String::new()),
        }
    }
}

/// To what the values of a column are bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bound {
    /// Nothing yet.
    No,
    /// The look-up key beside it.
    Document,
    Passport,
    PassportsTelephone,
    DisputesTelephone,
    Account,
}

/// A sealed column.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub(super) name: &'static str,
    table: &'static str,
    value: &'static str,
    pub(super) key: KeyForm,
    pub(super) bound: Bound,
}

macro_rules! columns {
    ($($table:literal . $column:literal : $key:ident $bound:ident),* $(,)?) => {
        &[$(Column {
            name: concat!($table, ".", $column),
            table: $table,
            value: $column,
            key: KeyForm::$key,
            bound: Bound::$bound,
        }),*]
    };
}

/// All of them; a test compares the list with the schema.
pub(super) const COLUMNS: &[Column] = columns![
    "passport"."phone_sealed": Number PassportsTelephone,
    "passport"."document_sealed": Number Passport,
    "student_record"."document_sealed": Place Document,
    "registration"."document_sealed": Place Document,
    "eligibility_review"."document_sealed": Place Document,
    "eligibility_review"."evidence_sealed": Place No,
    "record_report"."said_sealed": Place No,
    "record_report"."right_sealed": Place No,
    "record_report"."note_sealed": Place No,
    "record_report"."answer_sealed": Place No,
    "dispute"."number_sealed": Place No,
    "dispute"."phone_sealed": Place DisputesTelephone,
    "dispute"."note_sealed": Place No,
    "dispute"."evidence_sealed": Place No,
    "dispute"."answer_sealed": Place No,
    "staff_rebind"."new_email_sealed": Place No,
    "staff_rebind"."evidence_sealed": Place No,
    "staff_account"."totp_sealed": Name Account,
    "staff_account"."person_sealed": Name No,
    "staff_account"."email_sealed": Name No,
    "staff_session"."note_sealed": Hash No,
    "message"."words_sealed": Event No,
    "recovery_request"."sealed": Number No,
    "outbox"."sealed": Place No,
];

/// A value as it was read.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) key: Key,
    pub(super) sealed: Option<Vec<u8>>,
    /// The look-up key beside a document number.
    pub(super) document_key: Vec<u8>,
}

/// The row of a document number: its place, the value, and the look-up key beside it.
type Document = (String, i64, Option<Vec<u8>>, Vec<u8>);

/// A value to be replaced.
#[derive(Clone, Debug)]
pub(super) struct Anew {
    pub(super) key: Key,
    pub(super) old: Vec<u8>,
    pub(super) new: Vec<u8>,
}

impl Column {
    /// The next values behind a key.
    pub(super) async fn page(&self, tx: &mut Tx<'_>, after: &Key, most: i64) -> Result<Vec<Held>, DbError> {
        let Self { table, value: column, .. } = self;
        let beside = if self.bound == Bound::Document { ", document_key" } else { "" };
        let by = |keys: &str, values: &str, limit: &str| {
            format!(
                "SELECT {keys}, {column}{beside} FROM {table} WHERE ({keys}) > ({values}) ORDER BY {keys} LIMIT {limit}"
            )
        };
        let held = |key, sealed| Held { key, sealed, document_key: Vec::new() };
        Ok(match after {
            Key::Place(school, id) if self.bound == Bound::Document => {
                let sql = by("school, id", "$1, $2", "$3");
                let rows: Vec<Document> = tx.query(&sql, params![school, id, most]).await?;
                rows.into_iter()
                    .map(|(school, id, sealed, document_key)| Held {
                        key: Key::Place(school, id),
                        sealed,
                        document_key,
                    })
                    .collect()
            }
            Key::Place(school, id) => {
                let sql = by("school, id", "$1, $2", "$3");
                let rows: Vec<(String, i64, Option<Vec<u8>>)> =
                    tx.query(&sql, params![school, id, most]).await?;
                rows.into_iter().map(|(school, id, sealed)| held(Key::Place(school, id), sealed)).collect()
            }
            Key::Number(id) => {
                let rows: Vec<(i64, Option<Vec<u8>>)> =
                    tx.query(&by("id", "$1", "$2"), params![id, most]).await?;
                rows.into_iter().map(|(id, sealed)| held(Key::Number(id), sealed)).collect()
            }
            Key::Name(name) => {
                let rows: Vec<(String, Option<Vec<u8>>)> =
                    tx.query(&by("name", "$1", "$2"), params![name, most]).await?;
                rows.into_iter().map(|(name, sealed)| held(Key::Name(name), sealed)).collect()
            }
            Key::Hash(hash) => {
                let rows: Vec<(Vec<u8>, Option<Vec<u8>>)> =
                    tx.query(&by("token_hash", "$1", "$2"), params![hash, most]).await?;
                rows.into_iter().map(|(hash, sealed)| held(Key::Hash(hash), sealed)).collect()
            }
            Key::Event(passport, kind, event) => {
                let sql = by("passport_id, kind, event", "$1, $2, $3", "$4");
                let rows: Vec<(i64, String, String, Option<Vec<u8>>)> =
                    tx.query(&sql, params![passport, kind, event, most]).await?;
                rows.into_iter()
                    .map(|(passport, kind, event, sealed)| held(Key::Event(passport, kind, event), sealed))
                    .collect()
            }
        })
    }

    /// Replaces those that are still as they were read; returns how many.
    pub(super) async fn replace(&self, tx: &mut Tx<'_>, all: &[Anew]) -> Result<i64, DbError> {
        let mut done = 0_u64;
        for of in all {
            done = done.saturating_add(self.replace_one(tx, of).await?);
        }
        Ok(i64::try_from(done).unwrap_or(i64::MAX))
    }

    async fn replace_one(&self, tx: &mut Tx<'_>, of: &Anew) -> Result<u64, DbError> {
        let Self { table, value: column, .. } = self;
        let by = |keys: &str| format!("UPDATE {table} SET {column} = $1 WHERE {column} = $2 AND {keys}");
        match &of.key {
            Key::Place(school, id) => {
                tx.execute(&by("school = $3 AND id = $4"), params![of.new, of.old, school, id]).await
            }
            Key::Number(id) => tx.execute(&by("id = $3"), params![of.new, of.old, id]).await,
            Key::Name(name) => tx.execute(&by("name = $3"), params![of.new, of.old, name]).await,
            Key::Hash(hash) => tx.execute(&by("token_hash = $3"), params![of.new, of.old, hash]).await,
            Key::Event(passport, kind, event) => {
                let sql = by("passport_id = $3 AND kind = $4 AND event = $5");
                tx.execute(&sql, params![of.new, of.old, passport, kind, event]).await
            }
        }
    }
}
