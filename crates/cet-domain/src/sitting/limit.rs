//! What a place allows the places below it: when their windows may open and close, and how many seats a campus may have
//! (season.md section 1, kind `limit`).

use super::window::{Scope, Window};
use crate::words::codes::SubjectCode;
use crate::words::subject::Mode;
use crate::words::time::Time;

/// The settings that a limit applies to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LimitOn {
    /// Windows of a mode.
    Windows(Mode),
    /// Capacities of a subject at one campus.
    Capacity(SubjectCode),
}

impl LimitOn {
    /// Parses the name in the database: a mode or a subject's code.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        Mode::from_wire(text).map(Self::Windows).or_else(|| SubjectCode::parse(text).ok().map(Self::Capacity))
    }
}

impl std::fmt::Display for LimitOn {
    /// The name that [`LimitOn::from_wire`] parses.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Windows(mode) => f.write_str(mode.wire()),
            Self::Capacity(subject) => subject.fmt(f),
        }
    }
}

/// A limit that a place sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// The earliest opening and the latest closing; at least one is set.
    Span(Option<Time>, Option<Time>),
    /// The largest capacity.
    Seats(i64),
}

impl Limit {
    /// Whether a window keeps the limit; a limit on capacities says nothing of windows.
    #[must_use]
    pub(crate) fn allows_window(self, window: Window) -> bool {
        match self {
            Self::Span(from, to) => {
                from.is_none_or(|from| window.opens() >= from) && to.is_none_or(|to| window.closes() <= to)
            }
            Self::Seats(_) => true,
        }
    }

    /// Whether a capacity keeps the limit; a limit on windows says nothing of capacities.
    #[must_use]
    pub(crate) const fn allows_capacity(self, capacity: i64) -> bool {
        match self {
            Self::Seats(most) => capacity <= most,
            Self::Span(..) => true,
        }
    }
}

/// The places whose limits apply to a place: those above it, the widest first.
#[must_use]
pub fn above(place: Scope) -> Vec<Scope> {
    match place {
        Scope::National => Vec::new(),
        Scope::Province(_) => vec![Scope::National],
        Scope::School(school) => vec![Scope::National, Scope::Province(school.province())],
        Scope::Campus(campus) => {
            vec![Scope::National, Scope::Province(campus.province()), Scope::School(campus.school())]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Time {
        Time::from_micros(second * 1_000_000)
    }

    #[test]
    fn a_window_keeps_a_limit_that_it_touches_and_no_other() {
        let window = Window::new(at(10), at(20)).unwrap();
        for (from, to, allowed) in [
            (Some(10), Some(20), true),
            (Some(11), Some(20), false),
            (Some(10), Some(19), false),
            (None, Some(20), true),
            (Some(11), None, false),
        ] {
            let limit = Limit::Span(from.map(at), to.map(at));
            assert_eq!(limit.allows_window(window), allowed, "{limit:?}");
            assert!(limit.allows_capacity(i64::MAX));
        }
        assert!(Limit::Seats(5).allows_capacity(5) && !Limit::Seats(5).allows_capacity(6));
        assert!(Limit::Seats(0).allows_window(window));
    }

    #[test]
    fn the_limits_of_all_places_above_apply() {
        let of =
            |text: &str| above(Scope::parse(text).unwrap()).iter().map(Scope::to_string).collect::<Vec<_>>();
        assert_eq!(of("993010"), ["", "99", "99301"]);
        assert_eq!(of("99301"), ["", "99"]);
        assert_eq!(of("99"), [""]);
        assert!(of("").is_empty());
    }

    #[test]
    fn what_a_limit_is_about_is_read_back() {
        for text in ["written", "oral", "1", "F"] {
            assert_eq!(LimitOn::from_wire(text).unwrap().to_string(), text);
        }
        assert_eq!(LimitOn::from_wire(""), None);
        assert_eq!(LimitOn::from_wire("both"), None);
    }
}
