//! The rows of an import against those of earlier ones, for the page that shows them before and after publication.
//! Whoever calls this has checked that the import belongs to their scope.

use std::borrow::Cow;

use crate::fragments::roster::{is_not_in, said, stands};
use crate::params;
use crate::record;
use crate::roster::DocumentKey;
use crate::sealed::{Document, Sealed};
use crate::store::{DbError, Tx};
use crate::vault::{Vault, VaultError};
use crate::words::codes::{CampusCode, SchoolCode, SittingCode};
use crate::words::ids::RecordId;
use crate::words::staff::Scope;
use crate::words::time::Time;
use cet_base::{in_scope, scoped};

/// The names of the columns that are compared, in the order of [`Row::values`].
const NAMES: [&str; 15] = [
    "校区代码",
    "姓名",
    "性别",
    "证件类型",
    "学历",
    "学制",
    "入学年份",
    "年级",
    "院系",
    "专业",
    "班级",
    "学号",
    "备注",
    "资格科目",
    "限制科目",
];

record! {
    /// A row of an import. It has no Debug: it is personal data.
    pub struct Row {
        /// The school.
        pub school: SchoolCode,
        /// Its id.
        pub id: RecordId,
        /// The sheet; empty if only one was read.
        pub sheet: String,
        /// The line in the file.
        pub line: i64,
        /// `new`, `changed`, `unchanged` or `transfer`.
        pub fate: String,
        /// The person.
        pub document_key: DocumentKey,
        /// 证件号码, sealed.
        pub document_sealed: Sealed<Document>,
        /// 校区.
        pub campus: CampusCode,
        /// 姓名.
        pub name: String,
        sex: String,
        document_kind: String,
        education: String,
        duration: String,
        entry_year: String,
        grade: String,
        college: String,
        major: String,
        class: String,
        /// 学号.
        pub student_number: String,
        remark: String,
        listed: String,
        barred: String,
        /// How many live registrations the person has here: 0 or 1.
        pub saved: i64,
        /// How many of its entries are paid.
        pub paid: i64,
    }
}

impl Row {
    /// 证件号码.
    ///
    /// # Errors
    /// [`VaultError::Sealed`] when the keys of the installation do not open it.
    pub fn number(&self, vault: &Vault) -> Result<String, VaultError> {
        self.document_sealed.open(vault, &self.document_key.bytes())
    }

    fn values(&self) -> [Cow<'_, str>; 15] {
        said!(self)
    }

    /// The columns that differ from another row of the person, with both values.
    #[must_use]
    pub fn differs(&self, before: &Self) -> Vec<(&'static str, String, String)> {
        NAMES
            .into_iter()
            .zip(before.values().into_iter().zip(self.values()))
            .filter(|(_, (before, after))| before != after)
            .map(|(name, (before, after))| (name, before.into_owned(), after.into_owned()))
            .collect()
    }
}

/// The columns of a [`Row`], of the table as `r`.
macro_rules! rows {
    () => {
        "SELECT r.school, r.id, r.sheet, r.line, r.fate, r.document_key, r.document_sealed, r.campus, r.name, r.sex,
                    r.document_kind, r.education, r.duration, r.entry_year, r.grade, r.college, r.major, r.class,
                    r.student_number, r.remark, r.listed_subjects, r.barred_subjects,
                    (SELECT COUNT(*)
                       FROM registration g
                      WHERE g.school = r.school
                        AND g.sitting = r.sitting
                        AND g.document_key = r.document_key
                        AND g.state = 'live'),
                    (SELECT COUNT(*)
                       FROM registration g
                       JOIN entry e ON e.school = g.school AND e.registration_id = g.id
                      WHERE g.school = r.school
                        AND g.sitting = r.sitting
                        AND g.document_key = r.document_key
                        AND g.state = 'live'
                        AND e.state = 'paid')
               FROM student_record r "
    };
}

/// Rows of an import with this fate, from the line after `after`.
pub async fn page(
    tx: &mut Tx<'_>,
    import: i64,
    fate: &str,
    (after_line, after_id): (i64, i64),
    limit: i64,
) -> Result<Vec<Row>, DbError> {
    tx.query(
        concat!(
            rows!(),
            "WHERE r.import_id = $1
               AND r.fate = $2
               AND (r.line, r.id) > ($3, $4)
             ORDER BY r.line, r.id
             LIMIT $5"
        ),
        params![import, fate, after_line, after_id, limit],
    )
    .await
}

/// The row of a person that stood before an import: the newest published one of others.
pub async fn before(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    document_key: DocumentKey,
    (import, published_at): (i64, Option<Time>),
) -> Result<Option<Row>, DbError> {
    tx.query_opt(
        concat!(
            rows!(),
            "JOIN import i ON i.id = r.import_id
            WHERE r.sitting = $1
              AND r.document_key = $2
              AND r.import_id <> $3
              AND i.state = 'published'
              AND (CAST($4 AS BIGINT) IS NULL OR i.published_at < $4)
            ORDER BY i.published_at DESC, i.id DESC, r.id DESC
            LIMIT 1"
        ),
        params![sitting, document_key, import, published_at],
    )
    .await
}

/// The students of the school's last file who are not in this import, from the row after `after`.
pub async fn gone(
    tx: &mut Tx<'_>,
    within: &Scope,
    (school, sitting): (SchoolCode, &SittingCode),
    (last, import): (i64, i64),
    after: i64,
    limit: i64,
) -> Result<Vec<Row>, DbError> {
    within
        .query(
            tx,
            scoped!(
                rows!(),
                "JOIN import i ON i.id = r.import_id
            WHERE r.import_id = $7
              AND r.school = $5
              AND r.sitting = $6
              AND r.id > $9
              AND i.state = 'published'
              AND ",
                is_not_in!("$8"),
                " AND ",
                in_scope!("r.school", "r.campus"),
                " AND ",
                stands!(),
                "
            ORDER BY r.id
            LIMIT $10"
            ),
            params![school, sitting, last, import, after, limit],
        )
        .await
}

record! {
    /// Where a row of a student came from.
    #[derive(Clone, Debug)]
    pub struct Origin {
        /// The row.
        pub id: RecordId,
        /// Who published the file; empty for what was entered by hand or came by a command.
        pub account: String,
        /// The file; empty for what was entered by hand.
        pub file_name: String,
        /// The line in it.
        pub line: i64,
        /// `new`, `changed`, `unchanged` or `transfer`.
        pub fate: String,
        /// `published`, `withdrawn` or another state of its import.
        pub state: String,
        /// When it was published.
        pub published_at: Option<Time>,
    }
}

/// The rows of a student at a school, the newest first.
pub async fn history(
    tx: &mut Tx<'_>,
    (school, sitting): (SchoolCode, &SittingCode),
    document_key: DocumentKey,
    limit: i64,
) -> Result<Vec<Origin>, DbError> {
    tx.query(
        "SELECT r.id, COALESCE(u.publisher, ''), i.file_name, r.line, r.fate, i.state, i.published_at
           FROM student_record r
           JOIN import i ON i.id = r.import_id
           LEFT JOIN upload u ON u.import_id = i.id
          WHERE r.school = $1
            AND r.sitting = $2
            AND r.document_key = $3
            AND i.state IN ('published', 'withdrawn')
          ORDER BY COALESCE(i.published_at, i.started_at) DESC, i.id DESC, r.id DESC
          LIMIT $4",
        params![school, sitting, document_key, limit],
    )
    .await
}

/// How many changed rows of an import belong to persons who have saved a registration, and who have paid.
pub(crate) async fn changed_saved(tx: &mut Tx<'_>, import: i64) -> Result<(i64, i64), DbError> {
    tx.query_one(
        "SELECT COUNT(*),
                COALESCE(SUM(CASE WHEN EXISTS (SELECT 1
                                                 FROM entry e
                                                WHERE e.school = g.school
                                                  AND e.registration_id = g.id
                                                  AND e.state = 'paid')
                                  THEN 1 ELSE 0 END), 0)
           FROM student_record r
           JOIN registration g
             ON g.school = r.school
            AND g.sitting = r.sitting
            AND g.document_key = r.document_key
            AND g.state = 'live'
          WHERE r.import_id = $1
            AND r.fate = 'changed'",
        params![import],
    )
    .await
}
