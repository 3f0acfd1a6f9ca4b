//! Ids: made by the application, 41 bits of milliseconds, 10 bits of node, 12 bits of counter.

use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};

use crate::words::time::Time;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl $name {
            /// Parses the decimal text of HTML and JSON; `None` for anything else, also for leading zeros (`007`), so that
            /// one thing has one address.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                let digits = !text.is_empty() && text.len() <= 19 && text.bytes().all(|b| b.is_ascii_digit());
                let plain = digits && (text.len() == 1 || !text.starts_with('0'));
                if plain { text.parse().ok().map(Self) } else { None }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// A collective payment of a school.
    CollectivePaymentId
);
id!(
    /// A place in the line of full pools.
    StandbyId
);
id!(
    /// A passport's row; its public id (通行证ID) is another, random one.
    PassportId
);
id!(
    /// A row of a roster.
    RecordId
);
id!(
    /// The binding of one passport to one student record for one sitting.
    RegistrationId
);
id!(
    /// One subject entered under a registration.
    EntryId
);
id!(
    /// One application for a review of CET6.
    ReviewId
);
id!(
    /// One report of a wrong record.
    ReportId
);
id!(
    /// One dispute about who a student is.
    DisputeId
);
id!(
    /// One attempt to pay.
    OrderId
);

impl PassportId {
    /// No passport: of a registration that a school made and no candidate has taken over yet.
    pub const NONE: Self = Self(0);

    /// Whether it is a passport.
    #[must_use]
    pub const fn is_one(self) -> bool {
        self.0 != Self::NONE.0
    }
}

/// 2017-01-01 UTC in milliseconds: ids count from here, so that 41 bits last until 2086.
const EPOCH_MS: i64 = 1_483_228_800_000;

/// Makes ids that are unique among nodes with different numbers.
#[derive(Debug)]
pub struct IdMaker {
    node: i64,
    last: AtomicI64,
}

impl IdMaker {
    /// An id maker for one node; only the lowest ten bits of `node` count.
    #[must_use]
    pub fn new(node: u16) -> Self {
        Self { node: i64::from(node & 0x3ff), last: AtomicI64::new(0) }
    }

    /// The next id; never the same twice, even when the clock stops or goes back.
    pub fn next(&self, now: Time) -> i64 {
        let ms = (now.micros() / 1000).saturating_sub(EPOCH_MS).clamp(0, (1 << 41) - 1);
        let floor = ms << 12;
        // The counter overflows into the milliseconds, so that a burst borrows from the future instead of repeating.
        let step = |last: i64| Some(if floor > last { floor } else { last.saturating_add(1) });
        let before =
            self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step).unwrap_or_else(|last| last);
        let tick = if floor > before { floor } else { before.saturating_add(1) };
        ((tick >> 12) << 22) | (self.node << 12) | (tick & 0xfff)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn ids_of_one_instant_differ() {
        let maker = IdMaker::new(3);
        let now = Time::parse_rfc3339("2026-11-24T00:00:00Z").unwrap();
        let ids: BTreeSet<i64> = (0..10_000).map(|_| maker.next(now)).collect();
        assert_eq!(ids.len(), 10_000);
        assert!(ids.iter().all(|id| *id > 0));
    }

    #[test]
    fn an_id_is_plain_decimal_text() {
        assert_eq!(EntryId::parse("42"), Some(EntryId(42)));
        for text in ["", "-1", "+1", "0x1", "4 2", "99999999999999999999", "４", "042", "00"] {
            assert_eq!(EntryId::parse(text), None, "{text}");
        }
    }
}
