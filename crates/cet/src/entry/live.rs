//! Whether an entry is live, and whether it is free, as statements ask it: the twins in SQL of
//! [`rules::Standing`](super::rules::Standing) and [`rules::is_free`](super::rules::is_free). No other statement words them
//! again; `tests/live.rs` compares both for every entry that can be stored.

/// A condition of SQL that holds for live entries: `live!("e.", "$2")`, with the prefix of their columns and the parameter
/// that is now.
macro_rules! live {
    ($of:literal, $now:literal) => {
        concat!("(", $of, "state = 'paid' OR ", crate::entry::live::unpaid!($of, $now), ")")
    };
}

/// The same for those that are live and not paid.
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

/// The same for those that hold a seat unpaid and that neither a collective payment nor an order keeps, whatever the time:
/// only they may end, or be locked or paid for by somebody (Y1, Y4, Y6). `free!("e.")`.
macro_rules! free {
    ($of:literal) => {
        concat!("(", $of, "state = 'held' AND ", $of, "locked_by IS NULL AND ", $of, "order_id IS NULL)")
    };
}

/// The same for those that hold a seat and are gone: what is to expire.
macro_rules! overdue {
    ($of:literal, $now:literal) => {
        concat!("(", $of, "expires_at <= ", $now, " AND ", crate::entry::live::free!($of), ")")
    };
}

pub(crate) use {free, live, overdue, unpaid};

#[cfg(test)]
#[path = "tests/live.rs"]
mod tests;
