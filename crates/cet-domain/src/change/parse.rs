//! Settings as people type them.

use crate::words::fen::Fen;
use crate::words::text::{half_width, is_free_text, is_invisible};
use crate::words::time::Time;

/// 1987: the first sitting. Earlier times are typing errors.
const EARLIEST: Time = Time::from_micros(536_428_800_000_000);
/// 2101, exclusive.
const LATEST: Time = Time::from_micros(4_133_952_000_000_000);
/// No campus has that many seats; catches typing errors.
pub const LARGEST_POOL: i64 = 1_000_000;
/// In fen; no subject costs that much.
const HIGHEST_FEE: i64 = 1_000_000;
/// The longest Markdown text, in bytes.
pub const LONGEST_TEXT: usize = 48 * 1024;
/// The longest name, in characters.
pub const LONGEST_NAME: usize = 200;

/// A time of China, as `2017-09-20 12:00`, or RFC 3339. A date alone would mean its first instant, which is rarely
/// intended for an end.
#[must_use]
pub fn time(text: &str) -> Option<Time> {
    let text = half_width(text.trim());
    let time = text.contains(':').then(|| Time::parse_local(&text).ok()).flatten();
    time.filter(|time| (EARLIEST..LATEST).contains(time))
}

/// A fee in yuan. One of zero equals none: the subject could not be entered (R10).
#[must_use]
pub fn fee(text: &str) -> Option<Fen> {
    Fen::from_yuan(&half_width(text.trim())).ok().filter(|fee| (1..=HIGHEST_FEE).contains(&fee.get()))
}

/// A whole number within bounds: digits only.
#[must_use]
pub fn number(text: &str, bounds: std::ops::RangeInclusive<i64>) -> Option<i64> {
    let text = half_width(text.trim());
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten().filter(|number| bounds.contains(number))
}

/// The first 1 to 6 digits of campus codes.
#[must_use]
pub fn prefix(text: &str) -> Option<String> {
    let text = half_width(text);
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    ((1..=6).contains(&text.len()) && digits).then(|| text.into_owned())
}

/// A name on one line that shows something, at most [`LONGEST_NAME`] characters.
#[must_use]
pub fn name(text: &str) -> Option<String> {
    let text = text.trim();
    let shows = text.chars().any(|c| !c.is_whitespace() && !is_invisible(c));
    let one_line = !text.contains(char::is_control) && is_free_text(text);
    let fits = shows && text.chars().count() <= LONGEST_NAME && one_line;
    fits.then(|| text.to_owned())
}

/// Markdown as it is stored: lines end in `\n`, nothing at its end.
#[must_use]
pub fn markdown(text: &str) -> Option<String> {
    let text = plain_lines(text);
    (text.len() <= LONGEST_TEXT && is_free_text(&text)).then_some(text)
}

/// A text with one kind of line end, and nothing at its end: a browser sends `\r\n`, and an editor ends a file with a line
/// end.
#[must_use]
pub fn plain_lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_times_that_a_sitting_can_have_are_taken() {
        for text in ["2017-09-20 12:00", "2017-09-20T12:00", " 2017-09-20 12:00:00 ", "2017-09-20T04:00:00Z"]
        {
            assert_eq!(time(text).map(Time::page), Some("2017-09-20 12:00".to_owned()), "{text}");
        }
        for text in [
            "",
            "x",
            "2017-09-20",
            "2017-02-31 08:00",
            "0001-01-01 00:00",
            "9999-12-31 00:00",
            "12:00",
            "20/9/2017 12:00",
            "2017-09-20 25:00",
            "-2017-09-20 12:00",
        ] {
            assert_eq!(time(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_are_digits_within_bounds() {
        assert_eq!(number(" 12 ", 0..=12), Some(12));
        for text in ["", "-1", "13", "1e3", "一", "0x1", "1.0", "1000000000000", "99999999999999999999"] {
            assert_eq!(number(text, 0..=12), None, "{text}");
        }
        assert_eq!(fee("30"), Fen::new(3_000).ok());
        assert_eq!((number("１２", 0..=12), fee("３０．５０")), (Some(12), Fen::new(3_050).ok()));
        assert_eq!(prefix("９９３").as_deref(), Some("993"));
        assert_eq!(time("２０１７－０９－２０　１２：００"), time("2017-09-20 12:00"));
        for text in ["0", "0.00", "-1", "1.234", "10000.01", "1e2", "x", ""] {
            assert_eq!(fee(text), None, "{text}");
        }
    }

    #[test]
    fn texts_have_one_kind_of_line_end_and_a_limit() {
        assert_eq!(markdown("a\r\nb\rc\n\n").as_deref(), Some("a\nb\nc"));
        assert_eq!(markdown(&"x".repeat(LONGEST_TEXT + 1)), None);
        assert_eq!(markdown("a\0"), None);
        assert_eq!(markdown("a\u{1b}[2J"), None);
        assert_eq!(markdown("a\u{202E}b"), None);
        assert_eq!(name("英语\u{202E}四级"), None, "it turns what is written behind it");
        assert_eq!(name(" x\ty "), None);
        assert_eq!(name(&"长".repeat(LONGEST_NAME + 1)), None);
        assert_eq!(name(" 长 ").as_deref(), Some("长"));
        assert!(
            prefix("993010").is_some()
                && prefix("9930101").is_none()
                && prefix("9a").is_none()
                && prefix("").is_none()
        );
    }
}
