//! The SQL of what became of forms of 集体报名: an account reads its own only.

use jiff::SignedDuration;

use crate::collective_payment::outcome::{Line, Outcome, Place};
use crate::params;
use crate::store::{DbError, Tx};
use crate::words::codes::{SchoolCode, SittingCode};

/// How long an outcome is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Stores an outcome in place of the one that the same command had.
pub(in crate::collective_payment) async fn put(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    (account, command): (&str, &str),
    of: &Outcome,
) -> Result<(), DbError> {
    let now = tx.now().await?;
    let lines: Vec<String> = of.lines.iter().map(Line::text).collect();
    tx.execute(
        "INSERT INTO group_outcome (school, account, command, made_at, sitting, place, back, gone, lines)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (school, account, command) DO UPDATE
            SET made_at = excluded.made_at, sitting = excluded.sitting, place = excluded.place, back = excluded.back,
                gone = excluded.gone, lines = excluded.lines",
        params![
            school,
            account,
            command,
            now,
            of.sitting,
            of.place.wire(),
            of.back,
            of.gone,
            lines.join("\n")
        ],
    )
    .await?;
    Ok(())
}

/// Deletes what an account has kept long enough.
pub(in crate::collective_payment) async fn forget(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    account: &str,
) -> Result<(), DbError> {
    let before = tx.now().await?.minus(KEPT);
    tx.execute(
        "DELETE FROM group_outcome WHERE school = $1 AND account = $2 AND made_at <= $3",
        params![school, account, before],
    )
    .await?;
    Ok(())
}

/// What became of a form of this account.
///
/// # Errors
/// [`DbError`].
pub async fn find(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    account: &str,
    command: &str,
) -> Result<Option<Outcome>, DbError> {
    let row: Option<(SittingCode, String, String, i64, String)> = tx
        .query_opt(
            "SELECT sitting, place, back, gone, lines
               FROM group_outcome
              WHERE school = $1
                AND account = $2
                AND command = $3",
            params![school, account, command],
        )
        .await?;
    let Some((sitting, place, back, gone, lines)) = row else { return Ok(None) };
    let place = Place::parse(&place).ok_or(DbError::Decode("place of a group outcome"))?;
    let lines: Option<Vec<Line>> = lines.lines().map(Line::parse).collect();
    let lines = lines.ok_or(DbError::Decode("line of a group outcome"))?;
    Ok(Some(Outcome { sitting, place, back, gone, lines }))
}
