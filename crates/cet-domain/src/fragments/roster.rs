//! The shared parts of statements and rows of rosters: the columns of a record, a row's data of a student, and which
//! row is current.

use std::borrow::Cow;

use crate::words::codes::CampusCode;
use crate::words::subject_list::{SubjectList, join_codes};

/// The columns of a [`StudentRecord`](crate::roster::StudentRecord), of the table as `r`.
macro_rules! record_columns {
    () => {
        "r.school, r.id, r.sitting, r.campus, r.name, r.name_key, r.sex, r.document_kind, r.document_sealed, r.document_key,
         r.education, r.duration, r.entry_year, r.grade, r.college, r.major, r.class, r.student_number, r.remark,
         r.listed_subjects, r.barred_subjects"
    };
}

/// The condition that a row is the current one among all published rows of a document: none was published later. The
/// row is `r`, its import `i`, which must be published. In Rust: the greatest `Standing::order` of `import::standing`.
macro_rules! stands {
    () => {
        "NOT EXISTS (SELECT 1
                       FROM student_record n
                       JOIN import j
                         ON j.id = n.import_id
                      WHERE n.sitting = r.sitting
                        AND n.document_key = r.document_key
                        AND j.state = 'published'
                        AND (j.published_at > i.published_at
                             OR (j.published_at = i.published_at
                                 AND (j.id > i.id OR (j.id = i.id AND n.id > r.id)))))"
    };
}

/// The condition that an import does not name the person of the row `r`, also in no row that can't be imported.
macro_rules! is_not_in {
    ($import:literal) => {
        concat!(
            "NOT EXISTS (SELECT 1
                           FROM student_record m
                          WHERE m.sitting = r.sitting
                            AND m.document_key = r.document_key
                            AND m.import_id = ",
            $import,
            ") AND NOT EXISTS (SELECT 1
                                 FROM import_named m
                                WHERE m.document_key = r.document_key
                                  AND m.import_id = ",
            $import,
            ")"
        )
    };
}

/// A row's data of a student besides the number of the document, in this order: the same for a row of a file, a stored
/// one, and the data of pages.
macro_rules! said {
    ($of:expr) => {{
        use $crate::fragments::roster::Said;
        [
            $of.campus.said(),
            $of.name.said(),
            $of.sex.said(),
            $of.document_kind.said(),
            $of.education.said(),
            $of.duration.said(),
            $of.entry_year.said(),
            $of.grade.said(),
            $of.college.said(),
            $of.major.said(),
            $of.class.said(),
            $of.student_number.said(),
            $of.remark.said(),
            $of.listed.said(),
            $of.barred.said(),
        ]
    }};
}

pub(crate) use {is_not_in, record_columns, said, stands};

/// A column in its database form.
pub(crate) trait Said {
    /// The text.
    fn said(&self) -> Cow<'_, str>;
}

impl Said for String {
    fn said(&self) -> Cow<'_, str> {
        self.as_str().into()
    }
}

impl Said for &str {
    fn said(&self) -> Cow<'_, str> {
        (*self).into()
    }
}

impl Said for CampusCode {
    fn said(&self) -> Cow<'_, str> {
        self.as_str().into()
    }
}

impl Said for SubjectList {
    fn said(&self) -> Cow<'_, str> {
        join_codes(&self.0).into()
    }
}
