//! A subject (科目) of a sitting.

use crate::eligibility::rules::OfferedSubject;
use crate::words::codes::SubjectCode;
use crate::words::subject::{Level, Mode};
use crate::words::time::Time;

/// One subject of a sitting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// Its code, as `1`.
    pub code: SubjectCode,
    /// Its position in lists, from 1.
    pub place: i64,
    /// Its Chinese name, as 英语四级笔试.
    pub name: String,
    /// Its English name.
    pub name_en: String,
    /// Written or oral.
    pub mode: Mode,
    /// 四级 or 六级; only one written subject of a level can be entered (R8).
    pub level: Level,
    /// Its language: 英语, 日语 … 英语 and 小语种 are shown as two groups (R8).
    pub language: String,
    /// For an oral subject: it requires one of these written ones; empty means any of its level (R10).
    pub needs: Vec<SubjectCode>,
    /// When the exam begins; an oral subject without a date can't be entered (R10, `date-unset`).
    pub exam_from: Option<Time>,
    /// When the exam ends.
    pub exam_to: Option<Time>,
    /// When printing of admission tickets starts (T2).
    pub printing_from: Option<Time>,
    /// When printing ends; `None`: it does not.
    pub printing_to: Option<Time>,
}

impl Subject {
    /// The language whose subjects form the group 英语; all others are 小语种.
    pub const ENGLISH: &'static str = "英语";

    /// The name in the language of a page (`zh` or `en`).
    #[must_use]
    pub fn name_in(&self, lang: &str) -> &str {
        if lang == "en" { &self.name_en } else { &self.name }
    }

    /// Whether it belongs to the group 英语, and not to 小语种.
    #[must_use]
    pub fn is_english(&self) -> bool {
        self.language == Self::ENGLISH || self.language.eq_ignore_ascii_case("english")
    }

    /// The facts for the rules of eligibility.
    #[must_use]
    pub fn offered(&self) -> OfferedSubject {
        OfferedSubject { code: self.code, mode: self.mode, level: self.level, needs: self.needs.clone() }
    }
}
