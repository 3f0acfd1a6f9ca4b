//! Whether an entry is live, and whether it is free, in SQL: the counterparts of
//! [`rules::Standing`](crate::entry::rules::Standing) and [`rules::is_free`](crate::entry::rules::is_free). No other
//! statement repeats these conditions; `entry/tests/live.rs` compares both for every entry that can be stored.

pub(crate) mod roster;

/// An SQL condition for live entries: `live!("e.", "$2")`, with the prefix of their columns and the parameter that is
/// now.
macro_rules! live {
    ($of:literal, $now:literal) => {
        concat!("(", $of, "state = 'paid' OR ", crate::fragments::unpaid!($of, $now), ")")
    };
}

/// The same for entries that are live and not paid (R13, Y4, Y6).
macro_rules! unpaid {
    ($of:literal, $now:literal) => {
        concat!(
            "(",
            $of,
            "state = 'held' AND (",
            $of,
            "expires_at > ",
            $now,
            " OR ",
            $of,
            "locked_by IS NOT NULL OR ",
            $of,
            "order_id IS NOT NULL))"
        )
    };
}

/// The same for entries that are held, unpaid, and neither reserved by a collective payment nor attached to an order,
/// whatever the time: only they may end, be locked, or be paid for (Y1, Y4, Y6). `free!("e.")`.
macro_rules! free {
    ($of:literal) => {
        concat!("(", $of, "state = 'held' AND ", $of, "locked_by IS NULL AND ", $of, "order_id IS NULL)")
    };
}

/// The same for entries that still hold a seat but have expired (R13).
macro_rules! overdue {
    ($of:literal, $now:literal) => {
        concat!("(", $of, "expires_at <= ", $now, " AND ", crate::fragments::free!($of), ")")
    };
}

pub(crate) use {free, live, overdue, unpaid};
