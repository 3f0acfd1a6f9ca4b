//! Free seats of a pool, and how they are shown (R12).

/// The seats left; never negative, even if a pool held more than its capacity.
#[must_use]
pub fn seats_left(capacity: i64, taken: i64) -> i64 {
    capacity.max(0).saturating_sub(taken.max(0)).max(0)
}

/// The colour of 剩余容量; pages also show it as text (R12).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SeatColour {
    /// Green: at least half of the seats are left.
    Plenty,
    /// Yellow: less than half is left.
    Few,
    /// Red, 无: nothing is left, and the subject cannot be ticked.
    None,
}

impl SeatColour {
    /// The colour of a pool.
    #[must_use]
    pub fn of(capacity: i64, taken: i64) -> Self {
        let left = seats_left(capacity, taken);
        // Not `2 * left`, which could overflow.
        if left == 0 {
            Self::None
        } else if left >= capacity - left {
            Self::Plenty
        } else {
            Self::Few
        }
    }

    /// The value of `data-seats` in pages.
    #[must_use]
    pub fn wire(self) -> &'static str {
        match self {
            Self::Plenty => "plenty",
            Self::Few => "few",
            Self::None => "none",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R12.
    #[test]
    fn exactly_half_is_green_and_one_less_is_yellow() {
        assert_eq!(SeatColour::of(10, 5), SeatColour::Plenty);
        assert_eq!(SeatColour::of(10, 6), SeatColour::Few);
        assert_eq!(SeatColour::of(3, 1), SeatColour::Plenty);
        assert_eq!(SeatColour::of(3, 2), SeatColour::Few);
        assert_eq!(SeatColour::of(1, 0), SeatColour::Plenty);
    }

    /// R12.
    #[test]
    fn no_seat_left_is_red_also_without_any_capacity() {
        assert_eq!(SeatColour::of(10, 10), SeatColour::None);
        assert_eq!(SeatColour::of(0, 0), SeatColour::None);
    }

    #[test]
    fn impossible_counts_neither_panic_nor_offer_a_seat() {
        for (capacity, taken) in [(10, 11), (0, 1), (-5, 0), (i64::MIN, i64::MAX)] {
            assert_eq!(SeatColour::of(capacity, taken), SeatColour::None, "{capacity} {taken}");
            assert_eq!(seats_left(capacity, taken), 0);
        }
        assert_eq!(SeatColour::of(i64::MAX, 0), SeatColour::Plenty);
        assert_eq!(seats_left(10, -3), 10);
    }
}
