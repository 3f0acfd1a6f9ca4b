//! The content of the log, for tests next to the verbs that write it.

use super::line::Line;
use super::wording::told;
use crate::params;
use crate::store::{Db, DbError, Tx};
use crate::texts::{Lang, texts};

/// The lines of an action as English text, in the order in which they were written: codes, then each change.
pub async fn told_of(db: &Db, action: &'static str) -> Result<Vec<String>, DbError> {
    let lines: Vec<Line> = db
        .read(async move |tx: &mut Tx<'_>| {
            tx.query(
                "SELECT school, id, at, actor_kind, actor, action, object_kind, object, address, detail, hash
                   FROM audit_log
                  WHERE action = $1
                  ORDER BY id",
                params![action],
            )
            .await
        })
        .await?;
    Ok(lines.iter().map(|line| told(texts(Lang::En), line).cell()).collect())
}
