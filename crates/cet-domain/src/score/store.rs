//! Queries of the scores: for a ticket the row that was published last is the current one.

use super::{Score, Ticket};
use crate::params;
use crate::store::{DbError, Tx};
use crate::words::codes::SubjectCode;
use crate::words::document_key::DocumentKey;

/// The best CET4 score under a document (R4).
pub async fn best_cet4(tx: &mut Tx<'_>, document: DocumentKey) -> Result<Option<i64>, DbError> {
    // A correction may assign the ticket to another document: its older rows are ignored.
    let (best,): (Option<i64>,) = tx
        .query_one(
            "SELECT MAX(s.points)
               FROM score s
               JOIN import i ON i.id = s.import_id
              WHERE s.document_key = $1
                AND s.subject = $2
                AND i.state = 'published'
                AND NOT EXISTS (SELECT 1
                                  FROM score n
                                  JOIN import j ON j.id = n.import_id
                                 WHERE n.ticket = s.ticket
                                   AND j.state = 'published'
                                   AND (j.published_at > i.published_at
                                        OR (j.published_at = i.published_at AND j.id > i.id)))",
            params![document, SubjectCode::CET4],
        )
        .await?;
    Ok(best)
}

/// The score of a ticket for a candidate (V3): of the rows that were published last the one with the same document,
/// else the one with the same name, else any.
pub async fn by_ticket(
    tx: &mut Tx<'_>,
    ticket: Ticket,
    document_key: &[u8],
    name_key: &str,
) -> Result<Option<Score>, DbError> {
    tx.query_opt(
        "SELECT s.ticket, s.name, s.name_key, s.document_key, s.subject, s.points, s.sitting
           FROM score s
           JOIN import i ON i.id = s.import_id
          WHERE s.ticket = $1
            AND i.state = 'published'
          ORDER BY i.published_at DESC, i.id DESC,
                   CASE WHEN s.document_key = $2 THEN 0 WHEN s.name_key = $3 THEN 1 ELSE 2 END, s.document_key
          LIMIT 1",
        params![ticket, document_key, name_key],
    )
    .await
}

/// How many rows of a staged import have a ticket that no published one has, and how many are as they are published.
pub async fn compared(tx: &mut Tx<'_>, import: i64) -> Result<(i64, i64), DbError> {
    let (new,): (i64,) = tx
        .query_one(
            "SELECT COUNT(*)
               FROM score s
              WHERE s.import_id = $1
                AND NOT EXISTS (SELECT 1
                                  FROM score o
                                  JOIN import i ON i.id = o.import_id
                                 WHERE o.ticket = s.ticket
                                   AND i.state = 'published')",
            params![import],
        )
        .await?;
    let (unchanged,): (i64,) = tx
        .query_one(
            "SELECT COUNT(*)
               FROM score s
              WHERE s.import_id = $1
                AND EXISTS (SELECT 1
                              FROM score o
                              JOIN import i ON i.id = o.import_id
                             WHERE o.ticket = s.ticket
                               AND i.state = 'published'
                               AND o.document_key = s.document_key
                               AND o.name = s.name
                               AND o.subject = s.subject
                               AND o.points = s.points
                               AND o.sitting = s.sitting
                               AND NOT EXISTS (SELECT 1
                                                 FROM score n
                                                 JOIN import j ON j.id = n.import_id
                                                WHERE n.ticket = o.ticket
                                                  AND j.state = 'published'
                                                  AND (j.published_at > i.published_at
                                                       OR (j.published_at = i.published_at AND j.id > i.id))))",
            params![import],
        )
        .await?;
    Ok((new, unchanged))
}
