//! The SQL of registrations for staff: no statement without its scope (TH22).

use crate::fragments::{live, unpaid};
use crate::params;
use crate::record;
use crate::registration::Registration;
use crate::sealed::{Document, Sealed};
use crate::store::{DbError, Tx};
use crate::vault::{Vault, VaultError};
use crate::words::codes::{CampusCode, SchoolCode, SittingCode};
use crate::words::ids::{PassportId, RegistrationId};
use crate::words::staff::Scope;
use crate::words::time::Time;
use cet_base::{in_scope, scoped};

record! {
    /// A registration as staff see it. It has no Debug: it is personal data.
    pub struct Seen {
        /// The home school.
        pub school: SchoolCode,
        /// Its id.
        pub id: RegistrationId,
        /// Its passport.
        pub passport: PassportId,
        /// The home campus.
        pub campus: CampusCode,
        /// 姓名.
        pub name: String,
        /// 学号.
        pub student_number: String,
        /// 院系.
        pub college: String,
        /// 专业.
        pub major: String,
        /// 班级.
        pub class: String,
        /// 证件类型, by its name in the database.
        pub document_kind: String,
        /// 证件号码, sealed.
        pub document_sealed: Sealed<Document>,
        /// The lookup key of the document.
        pub document_key: Vec<u8>,
        /// When it was saved.
        pub saved_at: Time,
    }
}

impl Seen {
    /// 证件号码; empty once the person was taken out (A11).
    ///
    /// # Errors
    /// [`VaultError::Sealed`] when the keys of the installation do not open it.
    pub fn number(&self, vault: &Vault) -> Result<String, VaultError> {
        self.document_sealed.open_if_kept(vault, &self.document_key)
    }
}

/// The columns of [`Seen`].
macro_rules! seen_columns {
    () => {
        "school, id, passport_id, campus, name, student_number, college, major, class, document_kind, document_sealed,
         document_key, saved_at"
    };
}

mod names;
pub mod ticked;

pub use names::{NamePart, of_letter, of_name, of_student_number};
pub use ticked::Ticked;

/// Filter of a list; an empty text matches any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// 校区, or a prefix of its code.
    pub campus: String,
    /// 院系, exact.
    pub college: String,
    /// 班级, exact.
    pub class: String,
    /// An entered subject, by its code.
    pub subject: String,
    /// The payment state of the entries.
    pub payment: Option<Payment>,
}

/// The payment state of a registration's live entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payment {
    /// At least one is unpaid.
    Unpaid,
    /// There are some, all paid.
    Paid,
    /// There are none.
    None,
}

impl Payment {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Unpaid, Self::Paid, Self::None];

    /// The name in URLs and statements.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Unpaid => "unpaid",
            Self::Paid => "paid",
            Self::None => "none",
        }
    }

    /// Parses a name.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|payment| payment.wire() == text)
    }
}

/// The rows that a filter leaves: `$5` the sitting, `$6` now, `$7` to `$12` the filter. EXISTS stops at the first entry, which
/// a count of them does not.
macro_rules! filtered {
    () => {
        concat!(
            in_scope!("school", "campus"),
            "
            AND sitting = $5
            AND state = 'live'
            AND (release_at IS NULL OR release_at > $6)
            AND (CAST($7 AS TEXT) = '' OR (campus >= $7 AND campus < $8))
            AND (CAST($9 AS TEXT) = '' OR college = $9)
            AND (CAST($10 AS TEXT) = '' OR class = $10)
            AND (CAST($11 AS TEXT) = ''
                 OR EXISTS (SELECT 1
                              FROM entry e
                             WHERE e.school = registration.school
                               AND e.registration_id = registration.id
                               AND e.subject = $11
                               AND ",
            live!("e.", "$6"),
            "))
            AND (CAST($12 AS TEXT) = ''
                 OR CASE $12
                    WHEN 'none' THEN NOT EXISTS (SELECT 1
                              FROM entry e
                             WHERE e.school = registration.school
                               AND e.registration_id = registration.id
                               AND ",
            live!("e.", "$6"),
            ")
                    WHEN 'unpaid' THEN EXISTS (SELECT 1
                              FROM entry e
                             WHERE e.school = registration.school
                               AND e.registration_id = registration.id
                               AND ",
            unpaid!("e.", "$6"),
            ")
                    ELSE EXISTS (SELECT 1
                              FROM entry e
                             WHERE e.school = registration.school
                               AND e.registration_id = registration.id
                               AND e.state = 'paid')
                     AND NOT EXISTS (SELECT 1
                              FROM entry e
                             WHERE e.school = registration.school
                               AND e.registration_id = registration.id
                               AND ",
            unpaid!("e.", "$6"),
            ")
                    END)"
        )
    };
}

/// The key of a registration in the order of lists. Statements compare it as one row, before the scope: SQLite takes the
/// first condition that bounds the index, PostgreSQL all of them.
pub type Key = (SchoolCode, RegistrationId);

/// The key that stands `rows` behind the cursor `after`, whatever the state of the rows between; `None` if there are not
/// so many. A filter that few rows fit would read a whole nation for one page: its page ends here.
pub async fn reach(
    tx: &mut Tx<'_>,
    scope: &Scope,
    after: Option<Key>,
    rows: i64,
) -> Result<Option<Key>, DbError> {
    let (school, id) = scope.behind(after.map(|(school, id)| (school, id.0)), 0);
    scope
        .query_opt(
            tx,
            scoped!(
                "SELECT school, id
                   FROM registration
                  WHERE (school, id) > ($5, $6)
                    AND ",
                in_scope!("school", "campus"),
                "
                  ORDER BY school, id
                  LIMIT 1 OFFSET $7"
            ),
            params![school, id, rows],
        )
        .await
}

/// Live registrations of a scope by school and id, behind the cursor `after` and up to `until`.
pub async fn list(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    filter: &Filter,
    (after, until): (Option<Key>, Option<Key>),
    limit: i64,
) -> Result<Vec<Seen>, DbError> {
    let now = tx.now().await?;
    let (school, id) = scope.behind(after.map(|(school, id)| (school, id.0)), 0);
    let (last, last_id) = scope.until(until.map(|(school, id)| (school, id.0)));
    scope
        .query(
            tx,
            scoped!(
                "SELECT ",
                seen_columns!(),
                "
           FROM registration
          WHERE (school, id) > ($13, $14)
            AND (school, id) <= ($16, $17)
            AND ",
                filtered!(),
                "
          ORDER BY school, id
          LIMIT $15"
            ),
            params![
                sitting,
                now,
                filter.campus,
                format!("{}:", filter.campus),
                filter.college,
                filter.class,
                filter.subject,
                filter.payment.map_or("", Payment::wire),
                school,
                id,
                limit,
                last,
                last_id,
            ],
        )
        .await
}

/// How many registrations of a scope a filter leaves. It reads the whole scope: use it for one school.
pub async fn count(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    filter: &Filter,
) -> Result<i64, DbError> {
    let now = tx.now().await?;
    let (count,) = scope
        .query_one::<(i64,)>(
            tx,
            scoped!("SELECT COUNT(*) FROM registration WHERE ", filtered!()),
            params![
                sitting,
                now,
                filter.campus,
                format!("{}:", filter.campus),
                filter.college,
                filter.class,
                filter.subject,
                filter.payment.map_or("", Payment::wire),
            ],
        )
        .await?;
    Ok(count)
}

/// How many live registrations of a scope a sitting has.
pub async fn live_in(tx: &mut Tx<'_>, scope: &Scope, sitting: &SittingCode) -> Result<i64, DbError> {
    let (count,): (i64,) = scope
        .query_one(
            tx,
            scoped!(
                "SELECT COUNT(*) FROM registration r WHERE r.sitting = $5 AND r.state = 'live' AND ",
                in_scope!("r.school", "r.campus")
            ),
            params![sitting],
        )
        .await?;
    Ok(count)
}

/// One live registration, if it is in the scope.
pub async fn one(
    tx: &mut Tx<'_>,
    scope: &Scope,
    school: SchoolCode,
    id: RegistrationId,
) -> Result<Option<Seen>, DbError> {
    let now = tx.now().await?;
    scope
        .query_opt(
            tx,
            scoped!(
                "SELECT ",
                seen_columns!(),
                "
           FROM registration
          WHERE school = $5
            AND id = $6
            AND state = 'live'
            AND (release_at IS NULL OR release_at > $7)
            AND ",
                in_scope!("school", "campus")
            ),
            params![school, id, now],
        )
        .await
}

/// Moves a live registration to another passport; returns whether it still was the old one's.
pub async fn move_to(tx: &mut Tx<'_>, of: &Registration, new: PassportId) -> Result<bool, DbError> {
    let moved = tx
        .execute(
            "UPDATE registration
                SET passport_id = $4, version = version + 1
              WHERE school = $1
                AND id = $2
                AND passport_id = $3
                AND state = 'live'",
            params![of.school, of.id, of.passport, new],
        )
        .await?;
    Ok(moved == 1)
}
