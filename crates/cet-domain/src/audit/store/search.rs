//! Queries of the log: for the auditor, and for the check of the chain.

use crate::audit::line::Line;
use crate::params;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::staff::Scope;
use crate::words::time::Time;
use cet_base::{school_in_scope, scoped};

/// Search conditions; an empty text matches anything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sought {
    /// The actor, exact.
    pub actor: String,
    /// The object, exact.
    pub object: String,
    /// The action or a prefix of it.
    pub action: String,
    /// From this time on.
    pub from: Option<Time>,
    /// Before this time.
    pub to: Option<Time>,
}

/// The cursor of a page: it begins after the row of this time, school and id, newest first. `None`: at the newest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    /// Its time.
    pub at: Time,
    /// Its school.
    pub school: SchoolCode,
    /// Its id.
    pub id: i64,
}

impl After {
    /// Parses the text of [`After::of`].
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (at, school, id) = (parts.next()?, parts.next()?, parts.next()?);
        let (at, id) = (at.parse().ok()?, id.parse().ok()?);
        let school = SchoolCode::parse(school).ok()?;
        parts.next().is_none().then_some(Self { at: Time::from_micros(at), school, id })
    }

    /// The cursor after a line.
    #[must_use]
    pub fn of(line: &Line) -> String {
        format!("{}-{}-{}", line.at.micros(), line.school, line.id)
    }
}

/// The columns of a [`Line`].
macro_rules! columns {
    () => {
        "school, id, at, actor_kind, actor, action, object_kind, object, address, detail, hash"
    };
}

/// Lines of a scope, the newest first.
pub async fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sought: &Sought,
    after: Option<&After>,
    limit: i64,
) -> Result<Vec<Line>, DbError> {
    let from = sought.from.unwrap_or(Time::from_micros(0));
    let to = sought.to.unwrap_or(Time::from_micros(i64::MAX));
    let (at, school, id) = match after {
        Some(after) => (after.at.min(to), after.school.to_string(), after.id),
        None => (to, ":".to_owned(), i64::MAX),
    };
    scope
        .query(
            tx,
            scoped!(
                "SELECT ",
                columns!(),
                "
           FROM audit_log
          WHERE ",
                school_in_scope!("school"),
                "
            AND at >= $3
            AND at <= $4
            AND at < $5
            AND (at < $4 OR school < $6 OR (school = $6 AND id < $7))
            AND (CAST($8 AS TEXT) = '' OR actor = $8)
            AND (CAST($9 AS TEXT) = '' OR object = $9)
            AND (CAST($10 AS TEXT) = '' OR (action >= $10 AND action < $11))
          ORDER BY at DESC, school DESC, id DESC
          LIMIT $12"
            ),
            params![
                from,
                at,
                to,
                school,
                id,
                sought.actor,
                sought.object,
                sought.action,
                format!("{}~", sought.action),
                limit,
            ],
        )
        .await
}

/// How many lines of these actions a scope's logs have since a time.
pub async fn tally(
    tx: &mut Tx<'_>,
    scope: &Scope,
    since: Time,
    (one, other): (&str, &str),
) -> Result<i64, DbError> {
    let (count,) = scope
        .query_one::<(i64,)>(
            tx,
            scoped!(
                "SELECT COUNT(*)
               FROM audit_log
              WHERE at >= $3
                AND ",
                school_in_scope!("school"),
                "
                AND action IN ($4, $5)"
            ),
            params![since, one, other],
        )
        .await?;
    Ok(count)
}

/// One line.
pub async fn one(tx: &mut Tx<'_>, school: SchoolCode, id: i64) -> Result<Option<Line>, DbError> {
    tx.query_opt(
        concat!(
            "SELECT ",
            columns!(),
            "
           FROM audit_log
          WHERE school = $1
            AND id = $2"
        ),
        params![school, id],
    )
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_was_written_and_nothing_else() {
        assert!(
            After::parse("12-99301-7")
                .is_some_and(|after| after.id == 7 && after.at == Time::from_micros(12))
        );
        for text in ["", "12", "12-99301", "12-99301-7-8", "x-99301-7", "12-9930-7"] {
            assert_eq!(After::parse(text), None, "{text}");
        }
    }
}
