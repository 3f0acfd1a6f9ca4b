//! How large a part is.

/// A part of a whole in tenths of a percent, rounded half up: 679 is 67.9 %. Neither is less than all of it everything, nor
/// is more than nothing of it nothing.
#[must_use]
pub fn tenths(part: i64, whole: i64) -> i64 {
    let half = whole.checked_div(2).unwrap_or(0);
    let rounded = part.saturating_mul(1000).saturating_add(half).checked_div(whole).unwrap_or(0);
    if part <= 0 || whole <= 0 {
        0
    } else if part < whole {
        rounded.clamp(1, 999)
    } else {
        rounded
    }
}

#[cfg(test)]
mod tests {
    use super::tenths;

    /// S6.
    #[test]
    fn a_share_is_rounded_half_up_and_never_says_all_or_nothing_of_less_or_more() {
        for (part, whole, share) in [
            (19, 28, 679),
            (33, 40, 825),
            (1, 3, 333),
            (2, 3, 667),
            (1, 8, 125),
            // A half goes up.
            (1, 16, 63),
            (3, 16, 188),
            (1, 2_000, 1),
            (1_999, 2_000, 999),
            (1, 1_000_000, 1),
            (999_999, 1_000_000, 999),
            (0, 5, 0),
            (5, 5, 1000),
            (7, 5, 1400),
            (0, 0, 0),
            (3, 0, 0),
            (-3, 5, 0),
        ] {
            assert_eq!(tenths(part, whole), share, "{part} of {whole}");
        }
    }
}
