//! The pictures of an archive that somebody is to look at: faces, so they go with the file.

use super::super::Failure;
use super::kept::KEPT;
use crate::params;
use crate::record;
use crate::store::{DbError, Tx};

/// Pictures that are deleted per transaction.
const AT_ONCE: i64 = 100;

/// A picture to keep. Its Debug does not show it.
#[derive(Clone)]
pub(in crate::upload) struct NewPicture {
    pub(in crate::upload) name: String,
    /// Why it is shown, in both languages.
    pub(in crate::upload) why: Failure,
    pub(in crate::upload) jpeg: Vec<u8>,
}

impl std::fmt::Debug for NewPicture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NewPicture({})", self.name)
    }
}

record! {
    /// A picture without its bytes.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct PictureOf {
        /// Its place among those of the upload.
        pub number: i64,
        /// The file in the archive.
        pub name: String,
        /// Why it is shown, in Chinese.
        pub zh: String,
        /// In English.
        pub en: String,
    }
}

/// Keeps the pictures of a check in place of those of the last one.
pub(super) async fn replace(tx: &mut Tx<'_>, upload: i64, pictures: &[NewPicture]) -> Result<(), DbError> {
    tx.execute("DELETE FROM upload_picture WHERE upload_id = $1", params![upload]).await?;
    for (number, picture) in (0_i64..).zip(pictures) {
        tx.execute(
            "INSERT INTO upload_picture (upload_id, number, name, zh, en, body) VALUES ($1, $2, $3, $4, $5, $6)",
            params![upload, number, picture.name, picture.why.zh, picture.why.en, picture.jpeg],
        )
        .await?;
    }
    Ok(())
}

/// The pictures of an upload.
pub async fn pictures(tx: &mut Tx<'_>, upload: i64) -> Result<Vec<PictureOf>, DbError> {
    let sql = "SELECT number, name, zh, en FROM upload_picture WHERE upload_id = $1 ORDER BY number";
    tx.query(sql, params![upload]).await
}

/// One of them, as JPEG.
pub async fn picture(tx: &mut Tx<'_>, upload: i64, number: i64) -> Result<Option<Vec<u8>>, DbError> {
    let sql = "SELECT body FROM upload_picture WHERE upload_id = $1 AND number = $2";
    let found: Option<(Vec<u8>,)> = tx.query_opt(sql, params![upload, number]).await?;
    Ok(found.map(|(body,)| body))
}

/// Deletes a batch of pictures that nobody needs any more; returns how many.
pub(in crate::upload) async fn delete_pictures(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    let kept_since = tx.now().await?.minus(KEPT);
    let old: Vec<(i64, i64)> = tx
        .query(
            "SELECT p.upload_id, p.number
               FROM upload_picture p
               JOIN upload u ON u.id = p.upload_id
              WHERE u.state = 'discarded'
                 OR (u.state IN ('published', 'withdrawn') AND u.changed_at < $1)
              LIMIT $2",
            params![kept_since, AT_ONCE],
        )
        .await?;
    for (upload, number) in &old {
        let sql = "DELETE FROM upload_picture WHERE upload_id = $1 AND number = $2";
        tx.execute(sql, params![upload, number]).await?;
    }
    Ok(i64::try_from(old.len()).unwrap_or(i64::MAX))
}
