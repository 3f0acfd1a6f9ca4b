//! Queries by a school's staff over the entries of many candidates: who has unpaid ones, who has not entered a subject.

use std::collections::BTreeSet;

use crate::fragments::{live, unpaid};
use crate::params;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::codes::{CampusCode, SchoolCode, SittingCode, SubjectCode};
use crate::words::ids::RegistrationId;
use crate::words::staff::Scope;
use cet_base::{in_scope, scoped};

record! {
    /// A registered candidate, with the data of the school's lists.
    #[derive(Clone)]
    pub struct Person {
        /// The home school.
        pub school: SchoolCode,
        /// The registration.
        pub registration: RegistrationId,
        /// The home campus.
        pub campus: CampusCode,
        /// 姓名.
        pub name: String,
        /// 学号.
        pub student_number: String,
        /// 院系.
        pub college: String,
        /// 班级.
        pub class: String,
    }
}

/// The columns of [`Person`], of a registration as `r`.
macro_rules! columns {
    () => {
        "r.school, r.id, r.campus, r.name, r.student_number, r.college, r.class"
    };
}

/// Filter of candidates; an empty text matches all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// 院系, exact.
    pub college: String,
    /// 班级, exact.
    pub class: String,
    /// A subject.
    pub subject: Option<SubjectCode>,
}

impl Filter {
    fn subject(&self) -> &str {
        self.subject.as_ref().map_or("", SubjectCode::as_str)
    }
}

/// The candidates with an unpaid entry that a filter leaves: `$5` the sitting, `$6` to `$8` the filter, `$9` now.
macro_rules! with_unpaid {
    ($rest:literal) => {
        scoped!(
            "SELECT ",
            columns!(),
            "
           FROM registration r
          WHERE ",
            in_scope!("r.school", "r.campus"),
            "
            AND r.sitting = $5
            AND r.state = 'live'
            AND (CAST($6 AS TEXT) = '' OR r.college = $6)
            AND (CAST($7 AS TEXT) = '' OR r.class = $7)
            AND EXISTS (SELECT 1
                          FROM entry e
                         WHERE e.school = r.school
                           AND e.registration_id = r.id
                           AND ",
            unpaid!("e.", "$9"),
            "
                           AND (CAST($8 AS TEXT) = '' OR e.subject = $8))
            ",
            $rest
        )
    };
}

/// The candidates with an unpaid entry, in the order in which registrations are locked.
pub(crate) async fn with_unpaid(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    filter: &Filter,
    limit: i64,
) -> Result<Vec<Person>, DbError> {
    let now = tx.now().await?;
    scope
        .query(
            tx,
            with_unpaid!("ORDER BY r.school, r.id LIMIT $10"),
            params![sitting, filter.college, filter.class, filter.subject(), now, limit],
        )
        .await
}

/// Those of them who were ticked, in the order of the keys.
pub(crate) async fn ticked_with_unpaid(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    filter: &Filter,
    ticked: &BTreeSet<(SchoolCode, RegistrationId)>,
) -> Result<Vec<Person>, DbError> {
    let now = tx.now().await?;
    let mut found = Vec::with_capacity(ticked.len());
    for (school, id) in ticked {
        let person: Option<Person> = scope
            .query_opt(
                tx,
                with_unpaid!("AND r.school = $10 AND r.id = $11"),
                params![sitting, filter.college, filter.class, filter.subject(), now, school, id],
            )
            .await?;
        found.extend(person);
    }
    Ok(found)
}

/// The candidates without an entry in the filter's subject, by class and student number.
pub async fn without(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    filter: &Filter,
    limit: i64,
) -> Result<Vec<Person>, DbError> {
    let now = tx.now().await?;
    scope
        .query(
            tx,
            scoped!(
                "SELECT ",
                columns!(),
                "
           FROM registration r
          WHERE ",
                in_scope!("r.school", "r.campus"),
                "
            AND r.sitting = $5
            AND r.state = 'live'
            AND (CAST($6 AS TEXT) = '' OR r.college = $6)
            AND (CAST($7 AS TEXT) = '' OR r.class = $7)
            AND NOT EXISTS (SELECT 1
                              FROM entry e
                             WHERE e.school = r.school
                               AND e.registration_id = r.id
                               AND ",
                live!("e.", "$10"),
                "
                               AND e.subject = $8)
          ORDER BY r.college, r.class, r.student_number, r.id
          LIMIT $9"
            ),
            params![sitting, filter.college, filter.class, filter.subject(), limit, now],
        )
        .await
}

/// A candidate by the registration, live or not; a released one has no name any more.
pub async fn person(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    registration: RegistrationId,
) -> Result<Option<Person>, DbError> {
    tx.query_opt(
        "SELECT school, id, campus, name, student_number, college, class
           FROM registration
          WHERE school = $1
            AND id = $2",
        params![school, registration],
    )
    .await
}
