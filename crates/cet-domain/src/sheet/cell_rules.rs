//! The meaning of a cell's text: one table of rules for every reader, so that CSV and XLSX can't differ.
//!
//! Spreadsheet programs and their users add marks around a text to keep it a text. None of them is part of the value: a
//! name must be found as its person writes it, a student number must match the photo's name.

use std::borrow::Cow;

/// Characters that a spreadsheet takes for the beginning of a formula (TH29).
const FORMULA: [char; 11] = ['=', '+', '-', '@', '\t', '\r', '\0', '＝', '＋', '－', '＠'];

/// The text that a cell stands for:
/// 1. `'` before a formula is the guard of our own exports, and before a digit or an ideograph the mark by which
///    spreadsheets keep a text: it is removed;
/// 2. `="…"`, the other trick to keep leading zeros: the text between the quotes;
/// 3. line breaks and tabs: one space.
pub(crate) fn meant(raw: &str) -> Cow<'_, str> {
    // Nearly every cell is plain, and a file has tens of millions.
    let odd = |byte: u8| byte < b' ' || matches!(byte, 0xC2 | 0xE2);
    if !matches!(raw.as_bytes().first(), Some(b'\'' | b'=' | b' ')) && !raw.bytes().any(odd) {
        return Cow::Borrowed(raw);
    }
    let text = raw.trim_start_matches(' ');
    let meant = match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(FORMULA) => Cow::Borrowed(rest),
        Some(rest) if rest.starts_with(keeps_text) => Cow::Borrowed(rest),
        Some(_) => Cow::Borrowed(raw),
        None => in_quotes(raw).unwrap_or(Cow::Borrowed(raw)),
    };
    if meant.contains(is_break) { Cow::Owned(without_breaks(&meant)) } else { meant }
}

/// The number in a cell of a numeric column: neither apostrophes nor `="…"` ever belong to the value there.
pub(crate) fn number(meant: &str) -> Cow<'_, str> {
    let text = meant.trim();
    let text = text.trim_start_matches(['\'', '’', '‘', '`', '＇']).trim();
    in_quotes(text).unwrap_or(Cow::Borrowed(text))
}

/// A digit or an ideograph: no name begins with an apostrophe before them, unlike `'Abd`.
fn keeps_text(c: char) -> bool {
    c.is_numeric()
        || matches!(c, '\u{2E80}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFD}')
}

/// The text between the quotes of `="…"`, if there is nothing else.
fn in_quotes(text: &str) -> Option<Cow<'_, str>> {
    let inner = text.trim().strip_prefix('=')?.trim_start().strip_prefix('"')?.strip_suffix('"')?;
    if !inner.contains('"') {
        return Some(Cow::Borrowed(inner));
    }
    // A quote within is doubled; a single one would be the end, followed by more of a formula.
    let plain = inner.replace("\"\"", "");
    (!plain.contains('"')).then(|| Cow::Owned(inner.replace("\"\"", "\"")))
}

fn is_break(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\u{B}' | '\u{C}' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// One space for each run of line breaks and surrounding blanks; none at the ends.
fn without_breaks(text: &str) -> String {
    let parts = text.split(is_break).map(|part| part.trim_matches(' ')).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Each way of writing and its meaning; `sheet::tests` reads the same table from CSV and from XLSX.
    pub(crate) const TABLE: &[(&str, &str)] = &[
        ("张三", "张三"),
        ("=\"2016000001\"", "2016000001"),
        (" = \"00012\" ", "00012"),
        ("=\"他说\"\"好\"\"\"", "他说\"好\""),
        ("=\"a\"&\"b\"", "=\"a\"&\"b\""),
        ("=1+1", "=1+1"),
        ("'=1+1", "=1+1"),
        ("'=\"a\"", "=\"a\""),
        ("'@王", "@王"),
        ("'＋x", "＋x"),
        ("'00012", "00012"),
        (" '2016000001", "2016000001"),
        ("'王", "王"),
        ("'Abd", "'Abd"),
        ("O'Neil", "O'Neil"),
        ("外\n语\r\n学院", "外 语 学院"),
        ("a \n\n b\n", "a b"),
        ("\t2016", "2016"),
        ("", ""),
    ];

    #[test]
    fn each_way_of_writing_a_text_means_what_was_meant() {
        for (raw, means) in TABLE {
            assert_eq!(meant(raw).trim(), *means, "{raw:?}");
        }
    }

    #[test]
    fn in_a_column_of_numbers_no_mark_belongs_to_the_value() {
        for raw in ["T01", "'T01", "’T01", " 'T01 ", "=\"T01\"", "'=\"T01\"", "\tT01\n"] {
            assert_eq!(number(&meant(raw)), "T01", "{raw:?}");
        }
    }
}
