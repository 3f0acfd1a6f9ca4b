//! The scope of a member of staff in SQL (TH22): which rows an account may read and change is defined only here.
//!
//! A store function for staff takes the [`Scope`] and queries through it: `scope.query(tx, scoped!("…",
//! in_scope!("school", "campus"), "…"), params![…])`. The scope's own values come first, as `$1` and so on; those of
//! the statement follow. A text without exactly one of the three conditions is no [`Scoped`] and does not compile, and
//! nothing else can access a scope's range. The Rust counterparts are [`Scope::contains`], [`Scope::reaches`] and
//! [`Scope::holds`].

use super::{DbError, FromRow, Param, Tx};
use crate::words::codes::{CampusCode, SchoolCode};
use crate::words::staff::{Scope, SqlRange};

/// The condition that a row is in the scope, by its columns of school and campus: `in_scope!("r.school", "r.campus")`.
/// It uses `$1` to `$4`. The second column alone restricts an account of one campus; the first one is for the index.
#[macro_export]
macro_rules! in_scope {
    ($school:literal, $campus:literal) => {
        concat!(
            "/*scope*/ (",
            $school,
            " >= $1 AND ",
            $school,
            " < $2 AND ",
            $campus,
            " >= $3 AND ",
            $campus,
            " < $4)"
        )
    };
}

/// The same for tables without a campus: `$1` and `$2`. An account of one campus reaches its school's rows.
#[macro_export]
macro_rules! school_in_scope {
    ($school:literal) => {
        concat!("/*scope of schools*/ (", $school, " >= $1 AND ", $school, " < $2)")
    };
}

/// The same for requests by staff, by the column that holds the requester's scope: `$1` and `$2`.
#[macro_export]
macro_rules! asked_in_scope {
    ($scope:literal) => {
        concat!("/*scope of whoever asked*/ (", $scope, " >= $1 AND ", $scope, " < $2)")
    };
}

/// A statement for staff, concatenated from texts. One without a scope does not compile.
#[macro_export]
macro_rules! scoped {
    ($($part:tt)+) => {
        const { $crate::store::Scoped::new(concat!($($part)+)) }
    };
}

/// What a scope is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Campuses,
    Schools,
    Scopes,
}

/// The text of a statement that is restricted to a scope; made by `scoped!`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scoped {
    sql: &'static str,
    of: Of,
}

impl Scoped {
    /// Checks that a text has exactly one kind of condition.
    ///
    /// # Panics
    /// For any other text; `scoped!` calls this at compile time.
    #[must_use]
    pub const fn new(sql: &'static str) -> Self {
        let text = sql.as_bytes();
        let campuses = holds(text, b"/*scope*/");
        let schools = holds(text, b"/*scope of schools*/");
        let scopes = holds(text, b"/*scope of whoever asked*/");
        assert!(
            matches!(
                (campuses, schools, scopes),
                (true, false, false) | (false, true, false) | (false, false, true)
            ),
            "a statement for staff names the scope that it is confined to, in one way"
        );
        let of = if campuses {
            Of::Campuses
        } else if schools {
            Of::Schools
        } else {
            Of::Scopes
        };
        Self { sql, of }
    }
}

const fn holds(mut text: &[u8], mark: &[u8]) -> bool {
    loop {
        if begins(text, mark) {
            return true;
        }
        let [_, rest @ ..] = text else { return false };
        text = rest;
    }
}

const fn begins(mut text: &[u8], mut mark: &[u8]) -> bool {
    while let [expected, marks @ ..] = mark {
        let [found, rest @ ..] = text else { return false };
        if *found != *expected {
            return false;
        }
        (text, mark) = (rest, marks);
    }
    true
}

impl Scope {
    /// All rows of a query.
    ///
    /// # Errors
    /// As [`Tx::query`].
    pub async fn query<T: FromRow>(
        &self,
        tx: &mut Tx<'_>,
        sql: Scoped,
        rest: &[&dyn Param],
    ) -> Result<Vec<T>, DbError> {
        let own = self.values(sql.of);
        tx.query(sql.sql, &all(&own, rest)).await
    }

    /// The only row of a query, or `None`.
    ///
    /// # Errors
    /// As [`Tx::query_opt`].
    pub async fn query_opt<T: FromRow>(
        &self,
        tx: &mut Tx<'_>,
        sql: Scoped,
        rest: &[&dyn Param],
    ) -> Result<Option<T>, DbError> {
        let own = self.values(sql.of);
        tx.query_opt(sql.sql, &all(&own, rest)).await
    }

    /// The only row of a query that always has one.
    ///
    /// # Errors
    /// As [`Tx::query_one`].
    pub async fn query_one<T: FromRow>(
        &self,
        tx: &mut Tx<'_>,
        sql: Scoped,
        rest: &[&dyn Param],
    ) -> Result<T, DbError> {
        let own = self.values(sql.of);
        tx.query_one(sql.sql, &all(&own, rest)).await
    }

    /// Runs a statement that changes rows; returns how many it changed.
    ///
    /// # Errors
    /// As [`Tx::execute`].
    pub async fn execute(&self, tx: &mut Tx<'_>, sql: Scoped, rest: &[&dyn Param]) -> Result<u64, DbError> {
        let own = self.values(sql.of);
        tx.execute(sql.sql, &all(&own, rest)).await
    }

    /// Whether a row of this school and campus is in the scope: `in_scope!` in Rust.
    #[must_use]
    pub fn contains(&self, school: SchoolCode, campus: CampusCode) -> bool {
        self.reaches(school) && self.holds(campus.as_str())
    }

    /// Whether rows of this school without a campus are in the scope: `school_in_scope!` in Rust. What belongs to
    /// another campus is excluded by [`Scope::contains`] only.
    #[must_use]
    pub fn reaches(&self, school: SchoolCode) -> bool {
        let school = school.as_str();
        school.starts_with(self.prefix()) || self.prefix().starts_with(school)
    }

    /// Where a list by school and id goes on: behind the row `after`, at the earliest with the scope's first row; `first` is
    /// what stands before all ids in the order of the list. SQLite begins in the index at the cursor's school and forgets
    /// the scope's: from an earlier one it would read the rows of all schools before the scope.
    #[must_use]
    pub fn behind(&self, after: Option<(SchoolCode, i64)>, first: i64) -> (String, i64) {
        let SqlRange { from, .. } = self.sql_range();
        match after {
            Some((school, id)) if school.as_str() >= from.as_str() => (school.to_string(), id),
            _ => (from, first),
        }
    }

    /// Where a list by school and id ends: with the row `last`, at the latest with the scope's last one, for the reason of
    /// [`Scope::behind`].
    #[must_use]
    pub fn until(&self, last: Option<(SchoolCode, i64)>) -> (String, i64) {
        let SqlRange { below, .. } = self.sql_range();
        match last {
            Some((school, id)) if school.as_str() < below.as_str() => (school.to_string(), id),
            _ => (below, 0),
        }
    }

    fn values(&self, of: Of) -> Vec<String> {
        let ranges = match of {
            Of::Campuses => vec![self.sql_range(), self.campus_range()],
            Of::Schools => vec![self.sql_range()],
            Of::Scopes => vec![self.campus_range()],
        };
        ranges.into_iter().flat_map(|SqlRange { from, below }| [from, below]).collect()
    }
}

fn all<'p>(own: &'p [String], rest: &[&'p dyn Param]) -> Vec<&'p dyn Param> {
    own.iter().map(|value| value as &dyn Param).chain(rest.iter().copied()).collect()
}

#[cfg(test)]
#[path = "tests/scoped.rs"]
mod tests;
