//! Imports for the operator: what was imported, by file or by upload, and taking one back.

use super::verbs::{self, By};
use super::{Kind, store};
use crate::import::ImportError;
use crate::store::{DbError, Stop, Tx};
use crate::words::staff::Scope;
use crate::words::time::Time;
use crate::{params, record};

record! {
    /// An import.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Import {
        /// Its id.
        pub id: i64,
        /// `roster` or `scores`.
        pub kind: String,
        /// The sitting of a roster; of scores it is empty.
        pub sitting: String,
        /// The name of its file.
        pub file_name: String,
        /// Its rows.
        pub rows: i64,
        /// `staging`, `ready`, `published`, `withdrawn` or `abandoned`.
        pub state: String,
        /// When it was begun.
        pub started_at: Time,
        /// When it was published last.
        pub published_at: Option<Time>,
        /// The upload that it is of.
        pub upload: Option<i64>,
    }
}

/// Why an import can't be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WithdrawRefusal {
    /// There is none with this id.
    Unknown,
    /// It is not published, but in this state.
    State(String),
}

macro_rules! columns {
    () => {
        "i.id, i.kind, i.sitting, i.file_name, i.row_count, i.state, i.started_at, i.published_at, u.id"
    };
}

/// The newest imports, without those that only hold rows which were taken out of others.
pub async fn list(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Import>, DbError> {
    tx.query(
        concat!(
            "SELECT ",
            columns!(),
            " FROM import i LEFT JOIN upload u ON u.import_id = i.id
              WHERE i.file_name <> ''
              ORDER BY i.id DESC
              LIMIT $1"
        ),
        params![limit],
    )
    .await
}

/// Takes an import back as its page does; returns it and how many students stay because they have saved.
///
/// # Errors
/// [`WithdrawRefusal`].
pub async fn withdraw(
    tx: &mut Tx<'_>,
    id: i64,
    reason: &str,
    by: By<'_>,
) -> Result<(Import, i64), Stop<WithdrawRefusal>> {
    let sql = concat!(
        "SELECT ",
        columns!(),
        " FROM import i LEFT JOIN upload u ON u.import_id = i.id WHERE i.id = $1 AND i.file_name <> ''"
    );
    let found: Option<Import> = tx.query_opt(sql, params![id]).await?;
    let import = found.ok_or(Stop::Refused(WithdrawRefusal::Unknown))?;
    let refused = || Stop::Refused(WithdrawRefusal::State(import.state.clone()));
    let kind = Kind::from_wire(&import.kind).ok_or(DbError::Decode("kind"))?;
    if import.state != "published" {
        return Err(refused());
    }
    let kept = match import.upload {
        None => match verbs::take_back(tx, (kind, id), &import.sitting, reason, by).await {
            Ok(kept) => kept,
            Err(Stop::Refused(ImportError::Fault(fault)) | Stop::Fault(fault)) => {
                return Err(Stop::Fault(fault));
            }
            Err(Stop::Refused(_)) => return Err(refused()),
        },
        Some(upload) => {
            let of = store::one(tx, &Scope::nation(), kind, upload).await?.ok_or_else(refused)?;
            match verbs::withdraw(tx, &of, reason, by).await {
                Ok(kept) => kept,
                Err(Stop::Refused(_)) => return Err(refused()),
                Err(Stop::Fault(fault)) => return Err(Stop::Fault(fault)),
            }
        }
    };
    Ok((import, kept))
}
