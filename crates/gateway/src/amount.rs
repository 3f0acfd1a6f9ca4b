//! Yuan on the wire, whole fen internally; no floating point.

/// The largest amount of one payment: 100 000 000.00 yuan (Alipay's own limit).
pub const MAX_FEN: i64 = 10_000_000_000;

/// Parses `"12"`, `"12.3"` or `"12.34"` yuan as fen; `None` for a sign, blanks, an exponent, leading zeros, more than
/// two decimals or more than [`MAX_FEN`].
#[must_use]
pub fn parse_yuan(text: &str) -> Option<i64> {
    let (yuan, decimals) = match text.split_once('.') {
        Some((yuan, decimals)) => (yuan, decimals),
        None => (text, "00"),
    };
    if yuan.is_empty() || yuan.len() > 9 || (yuan.len() > 1 && yuan.starts_with('0')) {
        return None;
    }
    if decimals.is_empty() || decimals.len() > 2 {
        return None;
    }
    if !yuan.bytes().chain(decimals.bytes()).all(|b| b.is_ascii_digit()) {
        return None;
    }
    let whole: i64 = yuan.parse().ok()?;
    let part: i64 = decimals.parse().ok()?;
    let part = if decimals.len() == 1 { part.checked_mul(10)? } else { part };
    let fen = whole.checked_mul(100)?.checked_add(part)?;
    (fen <= MAX_FEN).then_some(fen)
}

/// Parses yuan with exactly two decimals, the only format that PayEase writes.
///
/// PayEase's signatures join the fields without a separator, so a second spelling of an amount would shift their
/// boundaries.
#[must_use]
pub fn parse_yuan_two_decimals(text: &str) -> Option<i64> {
    let fen = parse_yuan(text)?;
    (format_yuan(fen) == text).then_some(fen)
}

/// Formats fen as yuan with two decimals: 1 is `0.01`; a negative amount is treated as zero.
#[must_use]
pub fn format_yuan(fen: i64) -> String {
    let fen = fen.max(0).unsigned_abs();
    format!("{}.{:02}", fen / 100, fen % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yuan_becomes_fen_without_rounding() {
        for (text, fen) in [("0.01", 1), ("0.1", 10), ("1", 100), ("88.88", 8_888), ("100000000.00", MAX_FEN)]
        {
            assert_eq!(parse_yuan(text), Some(fen), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_amount() {
        for text in [
            "",
            ".",
            "1.",
            ".1",
            "0.001",
            "-0.01",
            "+1",
            " 1",
            "1 ",
            "1e2",
            "00.01",
            "01",
            "1,00",
            "１.00",
            "100000000.01",
            "99999999999999999999",
            "0.0.1",
            "NaN",
        ] {
            assert_eq!(parse_yuan(text), None, "{text}");
        }
    }

    #[test]
    fn payease_amounts_have_one_spelling() {
        assert_eq!(parse_yuan_two_decimals("0.10"), Some(10));
        assert_eq!(parse_yuan_two_decimals("0.1"), None);
        assert_eq!(parse_yuan_two_decimals("1"), None);
    }
}
