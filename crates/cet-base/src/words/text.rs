//! One line of text from outside, and which characters are invisible or variants of ASCII.

use std::borrow::Cow;
use std::fmt;

use unicode_normalization::UnicodeNormalization;

/// Whether a character is invisible and only comes with copy and paste, or changes the text direction: soft hyphen,
/// joiners, bidi marks and overrides, byte order mark, tags.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}'
    )
}

/// Whether a text of several lines can be stored and shown as it was written: no control characters but line ends and tabs
/// (PostgreSQL refuses NUL), and none that turns the direction of what is shown after it.
#[must_use]
pub fn is_free_text(text: &str) -> bool {
    let is_plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    let turns = |c: char| matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    text.chars().all(|c| is_plain(c) && !turns(c))
}

/// The ASCII characters that a character is a variant of (full-width, circled, Roman numeral …), itself included;
/// `None` when it is not a variant of ASCII.
#[must_use]
pub fn ascii_form(c: char) -> Option<impl Iterator<Item = char>> {
    std::iter::once(c).nfkc().all(|folded| folded.is_ascii()).then(|| std::iter::once(c).nfkc())
}

/// A text whose variants of ASCII characters are ASCII: codes and numbers as an input method in full-width mode types them.
#[must_use]
pub fn half_width(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return text.into();
    }
    let fold = |c: char| ascii_form(c).map_or_else(|| c.to_string(), Iterator::collect);
    text.chars().map(fold).collect::<String>().into()
}

/// Why a text is not accepted as a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineError {
    /// Nothing but blanks.
    Empty,
    /// More characters than the field allows.
    TooLong {
        /// The limit.
        max: usize,
    },
    /// It holds NUL, a line break or another control character.
    Control,
    /// It holds a character that this field never has.
    Unexpected,
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the text is empty"),
            Self::TooLong { max } => write!(f, "the text is longer than {max} characters"),
            Self::Control => f.write_str("the text holds a control character"),
            Self::Unexpected => f.write_str("the text holds a character that does not belong there"),
        }
    }
}

impl std::error::Error for LineError {}

/// One line of at most `MAX` characters (class, college, major, note …): trimmed, without control characters, invisible
/// characters or bidi marks.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line<const MAX: usize>(String);

impl<const MAX: usize> Line<MAX> {
    /// Parses a line that must not be blank.
    ///
    /// # Errors
    /// [`LineError`]: empty, too long, or with control characters.
    pub fn parse(text: &str) -> Result<Self, LineError> {
        Self::optional(text)?.ok_or(LineError::Empty)
    }

    /// Parses an optional line: blank is `None`.
    ///
    /// # Errors
    /// [`LineError`]: too long, or with control characters.
    pub fn optional(text: &str) -> Result<Option<Self>, LineError> {
        let line = visible_line(text, MAX)?;
        Ok((!line.is_empty()).then_some(Self(line)))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> fmt::Debug for Line<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Line(..)")
    }
}

/// The text trimmed and without invisible marks.
pub(super) fn visible_line(text: &str, max: usize) -> Result<String, LineError> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
    let mut line = String::new();
    for (count, c) in text.chars().filter(|&c| !is_invisible(c)).enumerate() {
        if count >= max {
            return Err(LineError::TooLong { max });
        }
        if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') {
            return Err(LineError::Control);
        }
        line.push(c);
    }
    Ok(line)
}

/// A telephone number as typed: at least five digits, `-` and spaces, a `+` only at the start, at most 20 characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);

impl Phone {
    /// The most characters a telephone number has, signs and spaces included.
    pub const MAX: usize = 20;
    /// The fewest digits: those of a service number.
    const FEWEST: usize = 5;

    /// Parses a telephone number; full-width digits and signs become ASCII.
    ///
    /// # Errors
    /// [`LineError`]: empty (also without any digit), too long, with other characters, or with fewer than five digits.
    pub fn parse(text: &str) -> Result<Self, LineError> {
        Self::optional(text)?.ok_or(LineError::Empty)
    }

    /// Parses an optional telephone number: blank is `None`.
    ///
    /// # Errors
    /// As [`Self::parse`], except for blank.
    pub fn optional(text: &str) -> Result<Option<Self>, LineError> {
        let line = visible_line(text, Self::MAX)?;
        let mut phone = String::new();
        for typed in line.chars() {
            for c in ascii_form(typed).ok_or(LineError::Unexpected)? {
                match c {
                    '0'..='9' | '+' | '-' | ' ' => phone.push(c),
                    _ => return Err(LineError::Unexpected),
                }
            }
        }
        if phone.len() > Self::MAX {
            return Err(LineError::TooLong { max: Self::MAX });
        }
        if phone.is_empty() {
            return Ok(None);
        }
        match phone.chars().filter(char::is_ascii_digit).count() {
            0 => Err(LineError::Empty),
            digits if digits < Self::FEWEST || phone.rfind('+').is_some_and(|at| at > 0) => {
                Err(LineError::Unexpected)
            }
            _ => Ok(Some(Self(phone))),
        }
    }

    /// The number as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number with all but its last three characters hidden.
    #[must_use]
    pub fn masked(&self) -> String {
        let hidden = self.0.len().saturating_sub(3);
        format!("{}{}", "*".repeat(hidden), self.0.get(hidden..).unwrap_or_default())
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_text_has_lines_but_nothing_that_a_database_refuses_or_that_turns_what_follows() {
        for text in ["", "补录：学籍晚到\r\n\t见附件", "\u{200F}نص", "𬭸"] {
            assert!(is_free_text(text), "{text:?}");
        }
        for text in ["a\0b", "a\u{1b}[2J", "a\u{7f}", "a\u{85}b", "a\u{202E}b", "a\u{2066}b"] {
            assert!(!is_free_text(text), "{text:?}");
        }
    }

    #[test]
    fn a_line_is_trimmed_and_keeps_its_inner_spaces() {
        let line = Line::<20>::parse("\u{3000} 高分子化学 与物理\u{FEFF}\n").unwrap();
        assert_eq!(line.as_str(), "高分子化学 与物理");
    }

    #[test]
    fn a_line_refuses_nul_and_line_breaks_inside() {
        for text in ["a\0b", "a\nb", "a\tb", "a\u{7f}b", "a\u{85}b", "a\u{2028}b"] {
            assert_eq!(Line::<20>::parse(text), Err(LineError::Control), "{text:?}");
        }
    }

    #[test]
    fn marks_that_turn_text_around_do_not_get_in() {
        assert_eq!(Line::<20>::parse("a\u{202E}b\u{2066}c\u{200B}").unwrap().as_str(), "abc");
    }

    #[test]
    fn a_line_has_a_longest_length_in_characters() {
        assert!(Line::<3>::parse("化学系").is_ok());
        assert_eq!(Line::<3>::parse("化学系一"), Err(LineError::TooLong { max: 3 }));
    }

    #[test]
    fn a_blank_line_is_none_where_it_may_be_missing_and_refused_where_not() {
        assert_eq!(Line::<3>::optional(" \u{3000}"), Ok(None));
        assert_eq!(Line::<3>::parse(" \u{200B}"), Err(LineError::Empty));
    }

    #[test]
    fn telephones_hold_digits_plus_hyphen_and_space() {
        assert_eq!(Phone::parse(" ＋86 010－62987880").unwrap().as_str(), "+86 010-62987880");
        assert_eq!(Phone::parse("1380000000a"), Err(LineError::Unexpected));
        assert_eq!(Phone::parse("138<script>"), Err(LineError::Unexpected));
        assert_eq!(Phone::parse("--"), Err(LineError::Empty));
        for none in ["0", "-1", "1234", "138+12345678", "++8613812345678"] {
            assert_eq!(Phone::parse(none), Err(LineError::Unexpected), "{none}");
        }
        assert!(Phone::parse("95105").is_ok());
        assert_eq!(Phone::parse("123456789012345678901"), Err(LineError::TooLong { max: 20 }));
        assert_eq!(Phone::optional(""), Ok(None));
    }

    #[test]
    fn debug_shows_neither_lines_nor_telephones() {
        assert_eq!(format!("{:?}", Line::<9>::parse("班级").unwrap()), "Line(..)");
        assert_eq!(format!("{:?}", Phone::parse("62987880").unwrap()), "Phone(..)");
        assert_eq!(Phone::parse("62987880").unwrap().masked(), "*****880");
    }
}
