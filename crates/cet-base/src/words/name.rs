//! Names of persons: shown as received, compared by a key that ignores only how a name was typed (facts 2.2).

use std::fmt;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::text::{LineError, visible_line};

/// Why a text is not a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameError {
    /// It holds no letter.
    Empty,
    /// More than [`PersonName::MAX`] characters.
    TooLong,
    /// It holds NUL, a line break or another control character.
    Control,
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the name is empty",
            Self::TooLong => "the name is longer than 200 characters",
            Self::Control => "the name holds a control character",
        })
    }
}

impl std::error::Error for NameError {}

/// A name as received, trimmed and without invisible characters; rare and foreign characters are kept.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonName(String);

/// The first character of a name, and a star for each other one.
#[must_use]
pub fn masked(name: &str) -> String {
    name.chars().enumerate().map(|(at, c)| if at == 0 { c } else { '*' }).collect()
}

impl PersonName {
    /// The longest name in characters; the national standard requires at least 25, passports exceed 100.
    pub const MAX: usize = 200;

    /// Reads a name.
    ///
    /// # Errors
    /// [`NameError`]: nothing to compare, too long, or with control characters.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let name = visible_line(text, Self::MAX).map_err(|error| match error {
            LineError::TooLong { .. } => NameError::TooLong,
            LineError::Control => NameError::Control,
            LineError::Empty | LineError::Unexpected => NameError::Empty,
        })?;
        if comparison_form(&name).chars().all(|c| c == DOT || c == ' ') {
            return Err(NameError::Empty);
        }
        Ok(Self(name))
    }

    /// The name to show and print.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key under which two spellings of one name are equal.
    ///
    /// Width, case, kinds of middle dot, apostrophe and hyphen, spaces, `SURNAME, GIVEN`, accents of Latin letters,
    /// compatibility ideographs and the private code points of older systems are normalised. Variants of one character
    /// (吕 and 呂) are not: whether they are one name is the school's decision.
    #[must_use]
    pub fn key(&self) -> NameKey {
        NameKey(comparison_form(&self.0))
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonName(..)")
    }
}

/// A name for comparison only; never shown.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameKey(String);

impl NameKey {
    /// The text to store beside the name and to compare.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for NameKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NameKey(..)")
    }
}

/// The middle dot of the national standard for names.
const DOT: char = '·';

fn comparison_form(name: &str) -> String {
    let real = name.chars().filter(|&c| !is_variation_selector(c)).map(|c| from_private_use(c).unwrap_or(c));
    // Marks are normalised before decomposition, which would split some of them (´) into a space and an accent, and
    // once more after it, for those it produces.
    let decomposed: String =
        real.map(one_mark).nfkd().flat_map(char::to_uppercase).nfkd().map(one_mark).collect();
    let plain: String = without_latin_accents(&decomposed).nfc().collect();
    join_words(&plain)
}

/// One form for each mark that is written in many ways. A comma only separates surname and given name.
fn one_mark(c: char) -> char {
    match c {
        // Middle dots by facts 2.2, and others that look the same.
        '•' | '‧' | '・' | '･' | '．' | '.' | '。' | '｡' | '●' | '⋅' | '∙' | '᛫' | '\u{0387}'
        | '\u{2024}' | '\u{2E31}' | '\u{A78F}' | '\u{FE52}' => DOT,
        '‘' | '’' | '‛' | 'ʹ' | 'ʻ' | 'ʼ' | '´' | '`' | '′' | '＇' => '\'',
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '－' => '-',
        ',' | '，' => ' ',
        c if c.is_whitespace() => ' ',
        other => other,
    }
}

/// Removes the accents of Latin letters, also those that decomposition does not separate. Other scripts keep theirs: й
/// is not и.
fn without_latin_accents(decomposed: &str) -> String {
    let mut plain = String::with_capacity(decomposed.len());
    let mut after_latin = false;
    for c in decomposed.chars() {
        if is_combining_mark(c) {
            if !after_latin {
                plain.push(c);
            }
            continue;
        }
        let letter = match c {
            'Đ' | 'Ð' | 'Ɖ' => 'D',
            'Ø' => 'O',
            'Ł' => 'L',
            'Ħ' => 'H',
            'Ŧ' => 'T',
            other => other,
        };
        after_latin = letter.is_ascii_alphabetic() || matches!(letter, 'Æ' | 'Œ' | 'Þ' | 'Ə' | 'Ŋ');
        match letter {
            'Æ' => plain.push_str("AE"),
            'Œ' => plain.push_str("OE"),
            'Þ' => plain.push_str("TH"),
            letter => plain.push(letter),
        }
    }
    plain
}

/// Leaves one space between words, and none beside a middle dot or between two ideographs (tables pad 张　三).
fn join_words(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let last = joined.chars().next_back();
        let first = word.chars().next();
        let apart = match (last, first) {
            (None | Some(DOT), _) | (_, None | Some(DOT)) => false,
            (Some(left), Some(right)) => !(is_ideograph(left) && is_ideograph(right)),
        };
        if apart {
            joined.push(' ');
        }
        joined.push_str(word);
    }
    joined
}

/// Han characters with all extensions, 〇, and private code points, which stand for ideographs in old rosters.
fn is_ideograph(c: char) -> bool {
    matches!(
        c,
        '\u{3005}' | '\u{3007}' | '\u{2E80}'..='\u{2FDF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}'
        | '\u{E000}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFD}' | '\u{F0000}'..='\u{10FFFD}'
    )
}

/// Variation selectors choose between glyphs of one character; the ideographic ones too.
fn is_variation_selector(c: char) -> bool {
    matches!(c, '\u{180B}'..='\u{180D}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// The characters for which GBK and GB18030-2000 used the private code points U+E815-E864 (bytes FE50-FE7E and
/// FE80-FEA0), in order, as GB18030-2005 and -2022 map them. This is the whole row, 80 characters.
const GBK_FE50: &str = "⺁𠂇𠂉𠃌⺄㑳㑇⺈⺋龴㖞㘚㘎⺌⺗㥮㤘龵㧏㧟㩳㧐龶龷㭎㱮㳠⺧𡗗龸⺪䁖䅟⺮䌷⺳⺶⺷𢦏䎱䎬⺻䏝䓖䙡䙌龹\
䜣䜩䝼䞍⻊䥇䥺䥽䦂䦃䦅䦆䦟䦛䦷䦶龺𤇾䲣䲟䲠䲡䱷䲢䴓䴔䴕䴖䴗䴘䴙䶮龻";

/// The standard character for a private code point of GBK and GB18030-2000: the 80 ideographs and radicals of
/// [`GBK_FE50`], and the letters ḿ and ǹ (A8BC, A8BF). The 10 vertical punctuation marks (A6D9 …) and the 13
/// ideographic description characters (A989 …) are left out; no name has them.
fn from_private_use(c: char) -> Option<char> {
    match c {
        '\u{E7C7}' => Some('ḿ'),
        '\u{E7C8}' => Some('ǹ'),
        '\u{E815}'..='\u{E864}' => {
            GBK_FE50.chars().nth(usize::try_from(u32::from(c).checked_sub(0xE815)?).ok()?)
        }
        _ => None,
    }
}

#[cfg(test)]
#[path = "tests/name.rs"]
mod tests;
