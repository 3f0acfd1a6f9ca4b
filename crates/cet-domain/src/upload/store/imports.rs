//! The SQL of imports as the operator sees them.

use crate::store::{DbError, Tx};
use crate::upload::Summary;
use crate::words::time::Time;
use crate::{params, record};

record! {
    /// An import.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Import {
        /// Its id.
        pub id: i64,
        /// `roster` or `scores`; of an upload without rows of its own `photos` or `campuses`.
        pub kind: String,
        /// The sitting of a roster or of photos; else it is empty.
        pub sitting: String,
        /// The name of its file.
        pub file_name: String,
        /// Its rows.
        pub rows: i64,
        /// `staging`, `ready`, `published`, `withdrawn` or `abandoned`; of an upload the state that its page shows.
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
            "SELECT i.id, i.kind, i.sitting, i.file_name, i.row_count, COALESCE(u.state, i.state), i.started_at,
                    i.published_at, u.id
               FROM import i
               LEFT JOIN upload u
                 ON u.import_id = i.id
              WHERE i.file_name <> ''",
            $rest
        )
    };
}

macro_rules! replacing {
    ($rest:literal) => {
        concat!(
            "SELECT id, kind, sitting, file_name, summary, state, created_at, published_at
               FROM upload
              WHERE kind IN ('photos', 'campuses')
                AND state IN ('published', 'withdrawn')",
            $rest
        )
    };
}

/// An upload that replaces what was there: its rows are not kept by an import.
type Replacing = (i64, String, String, String, String, String, Time, Option<Time>);

fn replaced(of: Replacing) -> Import {
    let (id, kind, sitting, file_name, summary, state, started_at, published_at) = of;
    let summary: Summary = serde_json::from_str(&summary).unwrap_or_default();
    let rows = i64::try_from(summary.good).unwrap_or(i64::MAX);
    Import { id, kind, sitting, file_name, rows, state, started_at, published_at, upload: Some(id) }
}

/// The newest imports, without those that only hold rows which were taken out of others; photos and campuses by their upload.
pub async fn list(tx: &mut Tx<'_>, limit: i64) -> Result<Vec<Import>, DbError> {
    let mut all: Vec<Import> = tx.query(imports!(" ORDER BY i.id DESC LIMIT $1"), params![limit]).await?;
    let uploads: Vec<Replacing> = tx.query(replacing!(" ORDER BY id DESC LIMIT $1"), params![limit]).await?;
    all.extend(uploads.into_iter().map(replaced));
    all.sort_by_key(|of| std::cmp::Reverse(of.id));
    all.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    Ok(all)
}

/// One of them.
pub async fn one(tx: &mut Tx<'_>, id: i64) -> Result<Option<Import>, DbError> {
    if let Some(import) = tx.query_opt(imports!(" AND i.id = $1"), params![id]).await? {
        return Ok(Some(import));
    }
    let upload: Option<Replacing> = tx.query_opt(replacing!(" AND id = $1"), params![id]).await?;
    Ok(upload.map(replaced))
}
