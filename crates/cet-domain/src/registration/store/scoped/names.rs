//! Registrations by what a person is called or numbered, in any scope: the statements of ADR 10.

use super::Seen;
use crate::params;
use crate::registration::store::find::anywhere;
use crate::store::{DbError, Tx};
use crate::words::codes::SittingCode;
use crate::words::staff::Scope;
use cet_base::{in_scope, scoped};

/// A part of a name in comparison form, to be found in any place of a name.
pub struct NamePart {
    /// Its first two letters: what the indexes of names hold.
    pair: String,
    /// The whole part as a pattern.
    pattern: String,
}

impl NamePart {
    /// Reads a part; `None` if it is shorter than two letters, which only one school's rows can be read through for.
    #[must_use]
    pub fn of(part: &str) -> Option<Self> {
        let pair: String = part.chars().take(2).collect();
        (pair.chars().count() == 2).then(|| Self { pair, pattern: anywhere(part) })
    }
}

/// The live registrations of the sitting `$5` at the time `$6` that fit a condition: where it is one of an index, word for word
/// (ADR 10).
macro_rules! seen_where {
    ($condition:literal) => {
        concat!(
            "SELECT ",
            seen_columns!(),
            "
               FROM registration
              WHERE ",
            in_scope!("school", "campus"),
            "
                AND sitting = $5
                AND state = 'live'
                AND (release_at IS NULL OR release_at > $6)
                AND ",
            $condition
        )
    };
}

/// Those of them whose name holds the part `$7`.
macro_rules! named {
    ($condition:literal) => {
        concat!(seen_where!($condition), " AND name_key LIKE $7 ESCAPE '!'")
    };
}

/// Live registrations of a scope with this part in their name.
pub async fn of_name(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    part: &NamePart,
    limit: i64,
) -> Result<Vec<Seen>, DbError> {
    let now = tx.now().await?;
    scope
        .query(
            tx,
            scoped!(
                named!("substr(name_key, 1, 2) = $8 AND length(name_key) > 1"),
                " UNION ",
                named!("substr(name_key, 2, 2) = $8 AND length(name_key) > 2"),
                " UNION ",
                named!("substr(name_key, 3, 2) = $8 AND length(name_key) > 3"),
                " UNION ",
                named!("length(name_key) > 4"),
                " ORDER BY school, id LIMIT $9"
            ),
            params![sitting, now, part.pattern, part.pair, limit],
        )
        .await
}

/// Live registrations of a scope with this letter in their name. It reads the whole scope: use it for one school.
pub async fn of_letter(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    letter: &str,
    limit: i64,
) -> Result<Vec<Seen>, DbError> {
    let now = tx.now().await?;
    scope
        .query(
            tx,
            scoped!(seen_where!("name_key LIKE $7 ESCAPE '!'"), " ORDER BY school, id LIMIT $8"),
            params![sitting, now, anywhere(letter), limit],
        )
        .await
}

/// Live registrations of a scope with this student number.
pub async fn of_student_number(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    number: &str,
    limit: i64,
) -> Result<Vec<Seen>, DbError> {
    let now = tx.now().await?;
    scope
        .query(
            tx,
            scoped!(
                seen_where!("student_number = $7 AND student_number <> ''"),
                " ORDER BY school, id LIMIT $8"
            ),
            params![sitting, now, number, limit],
        )
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_name_has_two_letters_at_least() {
        let pair = |part: &str| NamePart::of(part).map(|part| (part.pair, part.pattern));
        assert_eq!(pair("晓明"), Some(("晓明".to_owned(), "%晓明%".to_owned())));
        assert_eq!(pair("𠮷努尔"), Some(("𠮷努".to_owned(), "%𠮷努尔%".to_owned())));
        assert_eq!(pair("a%b"), Some(("a%".to_owned(), "%a!%b%".to_owned())));
        assert_eq!((pair("明"), pair("")), (None, None));
    }
}
