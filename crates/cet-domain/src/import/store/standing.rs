//! The SQL of current rows of earlier imports, with which a file is compared.

use std::fmt::Write as _;

use crate::fragments::roster::{said, stands};
use crate::import::identity::digest;
use crate::params;
use crate::record;
use crate::store::{Db, DbError, Param};
use crate::words::codes::SchoolCode;

/// Keys per query.
pub(crate) const KEYS_AT_ONCE: usize = 400;
/// Rows of a school per query.
const PAGE: i64 = 2_000;

record! {
    /// A published row of a roster.
    pub(crate) struct Standing {
        document_key: Vec<u8>,
        pub(crate) school: SchoolCode,
        id: i64,
        pub(crate) import: i64,
        published_at: i64,
        campus: String,
        name: String,
        sex: String,
        document_kind: String,
        education: String,
        duration: String,
        entry_year: String,
        grade: String,
        college: String,
        major: String,
        class: String,
        student_number: String,
        remark: String,
        listed: String,
        barred: String,
    }
}

impl Standing {
    pub(crate) fn key(&self) -> Option<[u8; 16]> {
        self.document_key.as_slice().try_into().ok()
    }

    /// 校区.
    pub(crate) fn campus(&self) -> &str {
        &self.campus
    }

    /// The sort key: of two rows of a person the current one is greater.
    pub(crate) fn order(&self) -> (i64, i64, i64) {
        (self.published_at, self.import, self.id)
    }

    /// The digest of its data, as for a row of a file.
    pub(crate) fn digest(&self) -> u32 {
        digest(&said!(self))
    }
}

/// The published rows of these documents, including those that are no longer current.
pub(crate) async fn of(db: &Db, sitting: &str, keys: &[[u8; 16]]) -> Result<Vec<Standing>, DbError> {
    let Some(last) = keys.last().copied() else { return Ok(Vec::new()) };
    let sitting = sitting.to_owned();
    // Padded to a fixed number of parameters, so that the statement is prepared once.
    let keys: Vec<[u8; 16]> =
        keys.iter().copied().chain(std::iter::repeat(last)).take(KEYS_AT_ONCE).collect();
    db.read_long(async move |tx| {
        let mut sql = String::from(
            "SELECT r.document_key, r.school, r.id, r.import_id, i.published_at, r.campus, r.name, r.sex,
                    r.document_kind, r.education, r.duration, r.entry_year, r.grade, r.college, r.major, r.class,
                    r.student_number, r.remark, r.listed_subjects, r.barred_subjects
               FROM student_record r
               JOIN import i ON i.id = r.import_id
              WHERE r.sitting = $1
                AND i.state = 'published'
                AND r.document_key IN (",
        );
        for number in 2..KEYS_AT_ONCE.saturating_add(2) {
            let _infallible = write!(sql, "{}${number}", if number == 2 { "" } else { ", " });
        }
        sql.push(')');
        let values: Vec<&dyn Param> =
            std::iter::once(&sitting as &dyn Param).chain(keys.iter().map(|key| key as &dyn Param)).collect();
        tx.query(&sql, &values).await
    })
    .await
}

record! {
    /// The student number of a current row.
    pub(crate) struct NumberOf {
        pub(crate) school: SchoolCode,
        pub(crate) id: i64,
        pub(crate) campus: String,
        pub(crate) student_number: String,
        document_key: Vec<u8>,
    }
}

impl NumberOf {
    pub(crate) fn key(&self) -> Option<[u8; 16]> {
        self.document_key.as_slice().try_into().ok()
    }
}

/// The current student numbers of a school's roster, from the row after `after`.
pub(crate) async fn numbers_of(
    db: &Db,
    sitting: &str,
    school: SchoolCode,
    after: i64,
) -> Result<Vec<NumberOf>, DbError> {
    let sitting = sitting.to_owned();
    db.read_long(async move |tx| {
        tx.query(
            concat!(
                "SELECT r.school, r.id, r.campus, r.student_number, r.document_key
               FROM student_record r
               JOIN import i ON i.id = r.import_id
              WHERE r.school = $1
                AND r.sitting = $2
                AND r.id > $3
                AND r.student_number <> ''
                AND i.state = 'published'
                AND ",
                stands!(),
                "
              ORDER BY r.id
              LIMIT $4"
            ),
            params![school, sitting, after, PAGE],
        )
        .await
    })
    .await
}

/// Whether all rows of the last of these imports of one file are current: no ticket was corrected since.
pub(crate) async fn scores_stand(db: &Db, same: &[i64]) -> Result<bool, DbError> {
    let Some(import) = same.iter().max().copied() else { return Ok(false) };
    let corrected: Option<(i64,)> = db
        .read_long(async move |tx| {
            tx.query_opt(
                "SELECT j.id
                   FROM import i
                   JOIN score s ON s.import_id = i.id
                   JOIN score n ON n.ticket = s.ticket
                   JOIN import j ON j.id = n.import_id
                  WHERE i.id = $1
                    AND j.state = 'published'
                    AND (j.published_at > i.published_at OR (j.published_at = i.published_at AND j.id > i.id))
                  LIMIT 1",
                params![import],
            )
            .await
        })
        .await?;
    Ok(corrected.is_none())
}
