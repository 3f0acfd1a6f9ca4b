//! The SQL of archiving: reading chains, anchors, and cutting what a file holds.

use std::collections::BTreeMap;

use crate::audit::archive::Contents;
use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::time::Time;

/// What can be archived of one chain: what lies after `place` and before its last link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::audit) struct Chain {
    pub(in crate::audit) school: SchoolCode,
    /// The last archived link; 0 before the first archive.
    pub(in crate::audit) place: i64,
    pub(in crate::audit) hash: Vec<u8>,
    /// The last link, which stays: the next one is made from it.
    pub(in crate::audit) last: i64,
}

record! {
    /// A line of the log with its link.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub(in crate::audit) struct Linked {
        pub(in crate::audit) place: i64,
        pub(in crate::audit) link: Vec<u8>,
        pub(in crate::audit) id: i64,
        pub(in crate::audit) at: Time,
        pub(in crate::audit) actor_kind: String,
        pub(in crate::audit) actor: String,
        pub(in crate::audit) action: String,
        pub(in crate::audit) object_kind: String,
        pub(in crate::audit) object: String,
        pub(in crate::audit) address: String,
        pub(in crate::audit) detail: String,
        pub(in crate::audit) hash: Vec<u8>,
    }
}

record! {
    /// The last archived link of a chain.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub(in crate::audit) struct Anchor {
        pub(in crate::audit) school: SchoolCode,
        pub(in crate::audit) place: i64,
        pub(in crate::audit) hash: Vec<u8>,
        pub(in crate::audit) proof: Vec<u8>,
    }
}

record! {
    /// A file whose lines are not all cut yet.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub(in crate::audit) struct Unfinished {
        pub(in crate::audit) id: i64,
        pub(in crate::audit) file: String,
        pub(in crate::audit) line_count: i64,
        pub(in crate::audit) digest: Vec<u8>,
    }
}

/// All anchors.
pub(in crate::audit) async fn anchors(tx: &mut Tx<'_>) -> Result<BTreeMap<SchoolCode, Anchor>, DbError> {
    let all: Vec<Anchor> = tx.query("SELECT school, place, hash, proof FROM audit_anchor", &[]).await?;
    Ok(all.into_iter().map(|anchor| (anchor.school, anchor)).collect())
}

/// All chains with their anchors and last links.
pub(in crate::audit) async fn chains(tx: &mut Tx<'_>) -> Result<Vec<Chain>, DbError> {
    let mut anchors = anchors(tx).await?;
    let lasts: Vec<(SchoolCode, i64)> =
        tx.query("SELECT school, MAX(place) FROM audit_chain GROUP BY school ORDER BY school", &[]).await?;
    let chain = |(school, last): (SchoolCode, i64)| {
        let anchor = anchors.remove(&school);
        let (place, hash) = anchor.map_or_else(|| (0, Vec::new()), |anchor| (anchor.place, anchor.hash));
        Chain { school, place, hash, last }
    };
    Ok(lasts.into_iter().map(chain).collect())
}

/// Lines of a chain after a place and before another, in their order.
pub(in crate::audit) async fn linked(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    after: i64,
    before: i64,
    most: i64,
) -> Result<Vec<Linked>, DbError> {
    tx.query(
        "SELECT c.place, c.hash AS link, a.id, a.at, a.actor_kind, a.actor, a.action, a.object_kind, a.object, a.address,
                a.detail, a.hash
           FROM audit_chain c
           JOIN audit_log a
             ON a.school = c.school
            AND a.id = c.audit_id
          WHERE c.school = $1
            AND c.place > $2
            AND c.place < $3
          ORDER BY c.place
          LIMIT $4",
        params![school, after, before, most],
    )
    .await
}

/// Whom the lines of a part of a chain are about, by the line.
pub(in crate::audit) async fn about(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    after: i64,
    to: i64,
) -> Result<BTreeMap<i64, Vec<String>>, DbError> {
    let rows: Vec<(i64, String)> = tx
        .query(
            "SELECT s.audit_id, s.subject
               FROM audit_chain c
               JOIN audit_subject s
                 ON s.audit_id = c.audit_id
                AND s.school = c.school
              WHERE c.school = $1
                AND c.place > $2
                AND c.place <= $3
              ORDER BY s.audit_id, s.subject",
            params![school, after, to],
        )
        .await?;
    let mut about = BTreeMap::<i64, Vec<String>>::new();
    for (line, subject) in rows {
        about.entry(line).or_default().push(subject);
    }
    Ok(about)
}

/// The file whose lines are not all cut yet.
pub(in crate::audit) async fn unfinished(tx: &mut Tx<'_>) -> Result<Option<Unfinished>, DbError> {
    tx.query_opt(
        "SELECT id, file, line_count, digest FROM audit_archive WHERE cut_at IS NULL ORDER BY id LIMIT 1",
        &[],
    )
    .await
}

/// Notes a file.
pub(in crate::audit) async fn insert(tx: &mut Tx<'_>, of: &Contents, file: &str) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "INSERT INTO audit_archive (id, file, until_at, line_count, digest, made_at) VALUES ($1, $2, $3, $4, $5, $6)",
        params![of.id, file, of.until, of.lines, of.digest, now],
    )
    .await?;
    Ok(())
}

/// Moves an anchor on from the place where the file begins; returns whether it was there.
pub(in crate::audit) async fn move_anchor(
    tx: &mut Tx<'_>,
    to: &Anchor,
    from: i64,
    archive: i64,
) -> Result<bool, DbError> {
    let moved = if from == 0 {
        tx.execute(
            "INSERT INTO audit_anchor (school, place, hash, archive_id, proof)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT DO NOTHING",
            params![to.school, to.place, to.hash, archive, to.proof],
        )
        .await?
    } else {
        tx.execute(
            "UPDATE audit_anchor
                SET place = $2, hash = $3, archive_id = $4, proof = $5
              WHERE school = $1
                AND place = $6",
            params![to.school, to.place, to.hash, archive, to.proof, from],
        )
        .await?
    };
    // What the file says is what the chain holds.
    let kept: Option<(i64,)> = tx
        .query_opt(
            "SELECT place FROM audit_chain WHERE school = $1 AND place = $2 AND hash = $3",
            params![to.school, to.place, to.hash],
        )
        .await?;
    Ok(moved == 1 && kept.is_some())
}

/// Cuts the first lines of a chain up to a place, with their links and whom they are about; returns how many.
pub(in crate::audit) async fn cut(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    to: i64,
    most: i64,
) -> Result<u64, DbError> {
    let (upto, seats): (Option<i64>, i64) = tx
        .query_one(
            "SELECT MAX(f.place),
                    CAST(COALESCE(SUM(CASE WHEN a.object_kind <> 'entry' THEN 0
                                           WHEN a.action IN ('entry-entered', 'entry-retaken') THEN 1
                                           WHEN a.action IN ('entry-cancelled', 'entry-expired', 'entry-withdrawn') THEN -1
                                           ELSE 0 END), 0) AS BIGINT)
               FROM (SELECT place, audit_id
                       FROM audit_chain
                      WHERE school = $1
                        AND place <= $2
                      ORDER BY place
                      LIMIT $3) f
               JOIN audit_log a
                 ON a.school = $1
                AND a.id = f.audit_id",
            params![school, to, most],
        )
        .await?;
    let Some(upto) = upto else { return Ok(0) };
    tx.execute("UPDATE audit_anchor SET seats = seats + $2 WHERE school = $1", params![school, seats])
        .await?;
    tx.execute(
        "DELETE FROM audit_subject
          WHERE school = $1
            AND audit_id IN (SELECT audit_id FROM audit_chain WHERE school = $1 AND place <= $2)",
        params![school, upto],
    )
    .await?;
    // The link stays until its line is gone: the database asks for it.
    tx.execute(
        "DELETE FROM audit_log
          WHERE school = $1
            AND id IN (SELECT audit_id FROM audit_chain WHERE school = $1 AND place <= $2)",
        params![school, upto],
    )
    .await?;
    tx.execute("DELETE FROM audit_chain WHERE school = $1 AND place <= $2", params![school, upto]).await
}

/// Notes that all lines of a file are cut.
pub(in crate::audit) async fn finished(tx: &mut Tx<'_>, id: i64) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute("UPDATE audit_archive SET cut_at = $2 WHERE id = $1 AND cut_at IS NULL", params![id, now])
        .await?;
    Ok(())
}
