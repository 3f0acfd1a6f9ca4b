//! Code 128 (ISO/IEC 15417): the bars of a ticket number.

/// Bars and gaps of each value in modules, bar first; 103 to 105 start in code A, B, C, 106 ends.
pub(crate) const WIDTHS: [&str; 107] = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213",
    "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132",
    "221231", "213212", "223112", "312131", "311222", "321122", "321221", "312212", "322112", "322211",
    "212123", "212321", "232121", "111323", "131123", "131321", "112313", "132113", "132311", "211313",
    "231113", "231311", "112133", "112331", "132131", "113123", "113321", "133121", "313121", "211331",
    "231131", "213113", "213311", "213131", "311123", "311321", "331121", "312113", "312311", "332111",
    "314111", "221411", "431111", "111224", "111422", "121124", "121421", "141122", "141221", "112214",
    "112412", "122114", "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111",
    "111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311", "113141",
    "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
];

const CODE_C: u8 = 99;
const CODE_B: u8 = 100;
const START_B: u8 = 104;
const START_C: u8 = 105;
const STOP: u8 = 106;

/// The maximum length of a text whose bars fit the ticket's width and still scan.
const MOST_CHARACTERS: usize = 24;

/// The widths of bar, gap, bar, … in modules, without the quiet zones; `None` when `text` is empty, longer than 24
/// characters or not printable ASCII.
pub(crate) fn bars(text: &str) -> Option<Vec<u8>> {
    let values = values(text)?;
    let mut widths = Vec::new();
    for value in values {
        let row = WIDTHS.get(usize::from(value))?;
        widths.extend(row.bytes().map(|digit| digit.wrapping_sub(b'0')));
    }
    Some(widths)
}

/// Start code, the text (pairs of digits in code C for runs of four or more), check value, stop code.
fn values(text: &str) -> Option<Vec<u8>> {
    if text.is_empty() || text.len() > MOST_CHARACTERS || !text.bytes().all(|b| (b' '..=b'~').contains(&b)) {
        return None;
    }
    let mut values = Vec::new();
    let mut rest = text.as_bytes();
    let mut in_c = false;
    while let [first, tail @ ..] = rest {
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        if digits >= 4 || (in_c && digits >= 2) {
            if !in_c {
                values.push(if values.is_empty() { START_C } else { CODE_C });
                in_c = true;
            }
            let (pair, after) = rest.split_at_checked(2)?;
            values.push(std::str::from_utf8(pair).ok()?.parse().ok()?);
            rest = after;
        } else {
            if in_c || values.is_empty() {
                values.push(if values.is_empty() { START_B } else { CODE_B });
                in_c = false;
            }
            values.push(first.checked_sub(b' ')?);
            rest = tail;
        }
    }
    values.push(check(&values)?);
    values.push(STOP);
    Some(values)
}

/// The weighted sum of all values, modulo 103.
fn check(values: &[u8]) -> Option<u8> {
    let sum: usize =
        values.iter().enumerate().map(|(at, value)| at.max(1).saturating_mul(usize::from(*value))).sum();
    u8::try_from(sum.checked_rem(103)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_is_eleven_modules_wide_and_unlike_the_others() {
        let mut seen = std::collections::BTreeSet::new();
        for row in &WIDTHS[..106] {
            assert_eq!(row.bytes().map(|b| u32::from(b - b'0')).sum::<u32>(), 11, "{row}");
            assert!(seen.insert(row), "{row}");
        }
    }

    #[test]
    fn fifteen_digits_take_pairs_and_one_digit_alone() {
        let values = values("993010171100312").unwrap();
        assert_eq!(values[..10], [START_C, 99, 30, 10, 17, 11, 0, 31, CODE_B, 18]);
        assert_eq!(values.len(), 12);
    }

    #[test]
    fn an_oral_number_begins_with_its_letter() {
        assert_eq!(values("F17199301001001").unwrap()[..3], [START_B, 38, CODE_C]);
    }

    #[test]
    fn what_code_128_cannot_hold_is_refused() {
        assert_eq!(bars(""), None);
        assert_eq!(bars("准考证"), None);
        assert_eq!(bars(&"1".repeat(25)), None);
    }
}
