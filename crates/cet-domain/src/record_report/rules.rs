//! What can be reported, and how a correction changes a record: facts in, decision out.

use crate::roster::StudentRecord;
use crate::roster::staff_queries::Change;
use crate::store::Value;
use crate::stored_as;
use crate::words::codes::CampusCode;
use crate::words::text::half_width;

/// The longest value of a field: as long as a column of a roster.
pub(crate) const LONGEST_VALUE: usize = 100;
/// The longest note and the longest answer.
pub const LONGEST_TEXT: usize = 500;

/// What of a record is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// 姓名.
    Name,
    /// 性别.
    Sex,
    /// 证件类型 or 证件号码.
    Document,
    /// 笔试报名校区.
    Campus,
    /// 学历.
    Education,
    /// 学制.
    Duration,
    /// 入学年份.
    EntryYear,
    /// 年级.
    Grade,
    /// 院系.
    College,
    /// 专业.
    Major,
    /// 班级.
    Class,
    /// 学号.
    StudentNumber,
    /// 备注.
    Remark,
    /// 资格科目 or anything else.
    Other,
}

impl Field {
    /// All of them, in the order of the confirmation page.
    pub const ALL: [Self; 14] = [
        Self::Name,
        Self::Sex,
        Self::Document,
        Self::Campus,
        Self::Education,
        Self::Duration,
        Self::EntryYear,
        Self::Grade,
        Self::College,
        Self::Major,
        Self::Class,
        Self::StudentNumber,
        Self::Remark,
        Self::Other,
    ];

    /// The name in the database and in forms.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Sex => "sex",
            Self::Document => "document",
            Self::Campus => "campus",
            Self::Education => "education",
            Self::Duration => "duration",
            Self::EntryYear => "entry-year",
            Self::Grade => "grade",
            Self::College => "college",
            Self::Major => "major",
            Self::Class => "class",
            Self::StudentNumber => "student-number",
            Self::Remark => "remark",
            Self::Other => "other",
        }
    }

    /// Parses a name.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.wire() == text)
    }

    /// What a record says there. A document number is never copied: pages show it masked, or for a reason.
    #[must_use]
    pub fn said(self, of: &StudentRecord) -> String {
        match self {
            Self::Name => of.name.clone(),
            Self::Sex => of.sex.clone(),
            Self::Campus => of.campus.to_string(),
            Self::Education => of.education.clone(),
            Self::Duration => of.duration.clone(),
            Self::EntryYear => of.entry_year.clone(),
            Self::Grade => of.grade.clone(),
            Self::College => of.college.clone(),
            Self::Major => of.major.clone(),
            Self::Class => of.class.clone(),
            Self::StudentNumber => of.student_number.clone(),
            Self::Remark => of.remark.clone(),
            Self::Document | Self::Other => String::new(),
        }
    }

    /// Whether the school corrects it on the page; the others come from an import only, because a student is found by
    /// them, or they are no single column.
    #[must_use]
    pub const fn is_correctable(self) -> bool {
        matches!(
            self,
            Self::Campus
                | Self::Grade
                | Self::College
                | Self::Major
                | Self::Class
                | Self::StudentNumber
                | Self::Remark
        )
    }

    /// The record with this value there; `None` if it can't be corrected so.
    #[must_use]
    pub fn corrected(self, mut of: Change, value: &str) -> Option<Change> {
        let place = match self {
            Self::Campus => {
                of.campus = CampusCode::parse(value).ok()?;
                return Some(of);
            }
            Self::Grade => &mut of.grade,
            Self::College => &mut of.college,
            Self::Major => &mut of.major,
            Self::Class => &mut of.class,
            Self::StudentNumber => &mut of.student_number,
            Self::Remark => &mut of.remark,
            Self::Name
            | Self::Sex
            | Self::Document
            | Self::Education
            | Self::Duration
            | Self::EntryYear
            | Self::Other => return None,
        };
        *place = if self == Self::StudentNumber { half_width(value).into_owned() } else { value.to_owned() };
        Some(of)
    }

    /// Whether a record holds this value there by now.
    #[must_use]
    pub fn says_already(self, of: &StudentRecord, value: &str) -> bool {
        let now = Change::of(of.clone());
        self.corrected(now.clone(), value) == Some(now)
    }
}

stored_as!(Field, String, |field| Value::Text(field.wire()), |raw| Field::from_wire(&raw));

/// A value as it was typed, trimmed, if it may stand in a record.
#[must_use]
pub fn value(typed: &str) -> Option<&str> {
    let text = typed.trim();
    let fits =
        !text.is_empty() && text.chars().count() <= LONGEST_VALUE && !text.chars().any(char::is_control);
    fits.then_some(text)
}

/// A note or an answer, trimmed, if it is not too long; it may have several lines.
#[must_use]
pub fn text(typed: &str) -> Option<&str> {
    let text = typed.trim();
    let is_plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    (text.chars().count() <= LONGEST_TEXT && text.chars().all(is_plain)).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_its_own_name() {
        for field in Field::ALL {
            assert_eq!(Field::from_wire(field.wire()), Some(field));
        }
        assert_eq!(Field::from_wire("documents"), None);
    }

    #[test]
    fn a_value_is_one_line_and_a_note_may_have_several() {
        assert_eq!(value("  三班 "), Some("三班"));
        for bad in ["", " \t ", "a\nb", &"长".repeat(101)] {
            assert_eq!(value(bad), None, "{bad}");
        }
        assert_eq!(text(" a\r\nb "), Some("a\r\nb"));
        assert_eq!(text(""), Some(""));
        assert_eq!(text("a\0b"), None);
        assert_eq!(text(&"长".repeat(501)), None);
    }
}
