//! Whose photo a file is: matches the words of its name against the roster of one school.

use std::collections::{BTreeMap, HashMap};

use unicode_normalization::UnicodeNormalization as _;

use super::names::{without_copy_mark, words};
use crate::roster::DocumentKey;
use crate::roster::store::Listed;
use crate::sheet::words::Phrase;
use crate::vault::Vault;
use crate::words::document::{Document, DocumentKind};
use crate::words::name::PersonName;
use crate::words::staff::Scope;

/// The students of a school, found by number and by document.
pub(super) struct Roster<'v> {
    vault: &'v Vault,
    students: Vec<Listed>,
    /// Which of them belong to the place of whoever sent the photos: no others are found (TH22).
    own: Vec<bool>,
    by_document: HashMap<DocumentKey, usize>,
    /// By the number as spelled in the roster.
    by_number: HashMap<String, Vec<usize>>,
    /// With width and case normalised.
    by_folded: HashMap<String, Vec<usize>>,
}

/// The result of matching a file's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Match {
    /// It contains the document number of this student.
    Document(usize),
    /// It contains the student number of this student, which no other has.
    Number(usize),
    /// It matches nobody.
    Nobody,
    /// It is ambiguous.
    Doubtful(Doubt),
}

/// Why an ambiguous photo is assigned to nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doubt {
    /// This many students have the student number.
    Shared(usize),
    /// It names several students.
    Several,
    /// It contains a person's name other than the one in the roster.
    OtherName,
}

impl Doubt {
    /// What is said about it.
    #[must_use]
    pub(super) fn phrase(self) -> Phrase {
        match self {
            Self::Shared(count) => Phrase::of("upload-photo-shared").with("count", count),
            Self::Several => Phrase::of("upload-photo-several"),
            Self::OtherName => Phrase::of("upload-photo-other-name"),
        }
    }
}

impl<'v> Roster<'v> {
    /// The students of one school, of which those `within` a place are found; `None`: all.
    #[must_use]
    pub(super) fn of(vault: &'v Vault, students: Vec<Listed>, within: Option<&Scope>) -> Self {
        let is_own = |student: &Listed| within.is_none_or(|within| within.holds(student.campus.as_str()));
        let own = students.iter().map(is_own).collect();
        let mut this = Self {
            vault,
            students,
            own,
            by_document: HashMap::new(),
            by_number: HashMap::new(),
            by_folded: HashMap::new(),
        };
        for (at, student) in this.students.iter().enumerate() {
            if this.own.get(at) == Some(&true) {
                this.by_document.insert(student.document_key, at);
            }
            if !student.student_number.is_empty() {
                this.by_number.entry(student.student_number.clone()).or_default().push(at);
                this.by_folded.entry(folded(&student.student_number)).or_default().push(at);
            }
        }
        this
    }

    /// The student at this index.
    #[must_use]
    pub(super) fn student(&self, at: usize) -> Option<&Listed> {
        self.students.get(at)
    }

    /// Whether any of them is of the sender's place.
    #[must_use]
    pub(super) fn has_own(&self) -> bool {
        self.own.contains(&true)
    }

    /// All of them.
    #[must_use]
    pub(super) fn students(&self) -> &[Listed] {
        &self.students
    }

    /// How many students have this number.
    #[must_use]
    pub(super) fn with_number(&self, number: &str) -> usize {
        self.by_number.get(number).map_or(0, Vec::len)
    }

    /// The owner of a photo by its file name, without extension.
    #[must_use]
    pub(super) fn find(&self, stem: &str) -> Match {
        let stem: String = stem.trim().nfkc().collect();
        let plain = without_copy_mark(&stem);
        let mut found = Found::default();
        self.look(&stem, &mut found);
        if found.is_empty() {
            self.look(plain, &mut found);
        }
        let (numbers, names) = words(plain);
        if found.is_empty() {
            for word in &numbers {
                self.look(word, &mut found);
            }
        }
        let mut hits = found.hits.iter();
        match (hits.next(), hits.next(), found.shared) {
            (None, _, None) => Match::Nobody,
            (Some(_), Some(_), _) => Match::Doubtful(Doubt::Several),
            (None | Some((_, false)), _, Some(count)) => Match::Doubtful(Doubt::Shared(count)),
            (Some((at, _)), None, _) if self.has_another_name(*at, &names) => {
                Match::Doubtful(Doubt::OtherName)
            }
            (Some((at, true)), None, _) => Match::Document(*at),
            (Some((at, false)), None, None) => Match::Number(*at),
        }
    }

    fn look(&self, text: &str, found: &mut Found) {
        // A number that nobody of the place has is nobody's; one that somebody has may still be another student's, too.
        let own = |with: &&Vec<usize>| with.iter().any(|at| self.own.get(*at) == Some(&true));
        let spelled = self.by_number.get(text).filter(own);
        let with = spelled.or_else(|| self.by_folded.get(&folded(text)).filter(own));
        match with.map(Vec::as_slice) {
            None | Some([]) => {}
            Some([one]) => {
                found.hits.entry(*one).or_insert(false);
            }
            Some(several) => found.shared = Some(several.len()),
        }
        for kind in DocumentKind::ALL {
            let Ok(document) = Document::parse(kind, text) else { continue };
            if let Some(at) = self.by_document.get(&DocumentKey::of(self.vault, &document)) {
                found.hits.insert(*at, true);
            }
        }
    }

    /// Whether a word looks like a name, and none is the student's own. The student's class, major or college in the
    /// roster do not count as names.
    fn has_another_name(&self, at: usize, words: &[String]) -> bool {
        let Some(student) = self.students.get(at) else { return false };
        let key = |word: &str| PersonName::parse(word).map(|name| name.key().as_str().to_owned());
        if words.iter().any(|word| key(word).is_ok_and(|key| key.contains(&student.name_key))) {
            return false;
        }
        let about = [&student.grade, &student.college, &student.major, &student.class];
        words.iter().any(|word| {
            let letters = word.chars().count();
            (2..=4).contains(&letters)
                && !WORDS_OF_PHOTOS.iter().any(|known| word.contains(known))
                && !about.iter().any(|text| text.contains(word.as_str()))
        })
    }
}

/// Words in the names of photos that are nobody's name.
const WORDS_OF_PHOTOS: [&str; 14] =
    ["照", "相片", "图片", "学号", "姓名", "学生", "考生", "本科", "专科", "专业", "院", "系", "级", "班"];

/// The students found by the words of a name, and whether by the document.
#[derive(Default)]
struct Found {
    hits: BTreeMap<usize, bool>,
    shared: Option<usize>,
}

impl Found {
    fn is_empty(&self) -> bool {
        self.hits.is_empty() && self.shared.is_none()
    }
}

fn folded(number: &str) -> String {
    number.nfkc().flat_map(char::to_lowercase).filter(|c| !c.is_whitespace()).collect()
}

#[cfg(test)]
#[path = "../tests/matching.rs"]
mod tests;
