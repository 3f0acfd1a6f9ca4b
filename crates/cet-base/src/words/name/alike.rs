//! Whether what somebody typed is a stored name, for a look-up whose document fits already.
//!
//! The key of a name ([`PersonName::key`]) decides where a name stands for a person by itself. Beside a document it only
//! confirms whom the document names, so that here more of what people leave out, add or turn round may differ: everything
//! but the letters. Letters are never guessed: two names that fit each other have the same ones.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{PersonName, comparison_form, is_ideograph};

/// Words of a name that are tried in another order; no name has as many.
const MOST_WORDS: usize = 16;

/// How letters with an umlaut are spelled without it.
#[derive(Clone, Copy)]
enum Spelling {
    /// By leaving the mark out: MULLER.
    Plain,
    /// As machine-readable passports do (ICAO 9303, part 3): MUELLER.
    Passport,
    /// As Chinese passports spell lü and nü: LYU.
    Pinyin,
    /// As they did before 2012: LV.
    OldPinyin,
}

impl Spelling {
    const ALL: [Self; 4] = [Self::Plain, Self::Passport, Self::Pinyin, Self::OldPinyin];

    fn of(self, c: char) -> Option<&'static str> {
        match (self, c) {
            (Self::Passport, 'Ä' | 'ä' | 'Æ' | 'æ') => Some("AE"),
            (Self::Passport, 'Ö' | 'ö' | 'Ø' | 'ø' | 'Œ' | 'œ') => Some("OE"),
            (Self::Passport, 'Ü' | 'ü') => Some("UE"),
            (Self::Passport, 'Å' | 'å') => Some("AA"),
            (Self::Passport, 'Ñ' | 'ñ') => Some("NXX"),
            (Self::Passport, 'Ə' | 'ə') => Some("E"),
            (Self::Passport, 'Ŋ' | 'ŋ') => Some("N"),
            (Self::Pinyin, 'Ü' | 'ü') => Some("YU"),
            (Self::OldPinyin, 'Ü' | 'ü') => Some("V"),
            _ => None,
        }
    }
}

impl PersonName {
    /// Whether this is another way to write a stored name: with other signs between the letters or none (dots, hyphens,
    /// apostrophes, slashes, stars, spaces), with the given name first, with umlauts as passports spell them.
    ///
    /// For a look-up by document only: two people may well fit each other.
    #[must_use]
    pub fn is_written_for(&self, stored: &str) -> bool {
        if comparison_form(stored) == self.key().as_str() {
            return true;
        }
        let stored = writings(stored);
        writings(self.as_str()).iter().any(|typed| stored.contains(typed))
    }
}

/// The letters of a name in each spelling and each order that it may have.
fn writings(name: &str) -> Vec<String> {
    let mut all = Vec::new();
    for spelling in Spelling::ALL {
        let words = words(name, spelling);
        for first in 0..words.len().clamp(1, MOST_WORDS) {
            let (given, family) = words.split_at_checked(first).unwrap_or((&words, &[]));
            let letters: String = family.iter().chain(given).map(String::as_str).collect();
            if !letters.is_empty() && !all.contains(&letters) {
                all.push(letters);
            }
        }
    }
    all
}

/// The words of a name, each of its letters only.
fn words(name: &str, spelling: Spelling) -> Vec<String> {
    let mut spelled = String::with_capacity(name.len());
    // Signs go before the letters are put together: some of them would come apart into an accent.
    for c in name.chars().filter(|&c| is_letter(c) || parts_words(c)).nfkc() {
        match spelling.of(c) {
            Some(letters) => spelled.push_str(letters),
            None if parts_words(c) => spelled.push(' '),
            None => spelled.push(c),
        }
    }
    let form = comparison_form(&spelled);
    let words = form.split(' ').map(|word| word.chars().filter(|&c| is_letter(c)).collect());
    words.filter(|word: &String| !word.is_empty()).collect()
}

/// What stands between surname and given name: spaces, commas, the slash of tickets, the filler of passports.
fn parts_words(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | '，' | '、' | '/' | '／' | '<' | '＜' | '\\')
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() || is_combining_mark(c) || is_ideograph(c)
}

#[cfg(test)]
#[path = "../tests/alike.rs"]
mod tests;
