//! The SQL of imports as the operator sees them.

use crate::store::{DbError, Tx};
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

macro_rules! imports {
    ($rest:literal) => {
        concat!(
            "SELECT i.id, i.kind, i.sitting, i.file_name, i.row_count, i.state, i.started_at, i.published_at, u.id
               FROM import i
               LEFT JOIN upload u
                 ON u.import_id = i.id
              WHERE i.file_name <> ''",
            $rest
        )
    };
}

/// The newest imports, without those that only hold rows which were taken out of others.
pub async fn list(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Import>, DbError> {
    tx.query(imports!(" ORDER BY i.id DESC LIMIT $1"), params![limit]).await
}

/// One of them.
pub async fn one(tx: &mut Tx<'_>, id: i64) -> Result<Option<Import>, DbError> {
    tx.query_opt(imports!(" AND i.id = $1"), params![id]).await
}
