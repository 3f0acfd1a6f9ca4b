//! Time windows, and whose setting applies to a campus.

use crate::words::codes::{CampusCode, ProvinceCode, SchoolCode};
use crate::words::subject::Mode;
use crate::words::time::Time;

/// A time window: open from its first instant on, closed from its last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Window {
    from: Time,
    to: Time,
}

/// A window that would end before it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowError;

impl std::fmt::Display for WindowError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a window has to end after it begins")
    }
}

impl std::error::Error for WindowError {}

/// The state of a window at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowState {
    /// It opens at this time (code `window-not-open`).
    NotYet(Time),
    /// It is open.
    Open,
    /// It closed at this time (code `window-closed`).
    Closed(Time),
}

impl Window {
    /// A window from an instant (included) to another (excluded).
    ///
    /// # Errors
    /// [`WindowError`] when it would be empty.
    pub fn new(from: Time, to: Time) -> Result<Self, WindowError> {
        if from < to { Ok(Self { from, to }) } else { Err(WindowError) }
    }

    /// When it opens.
    #[must_use]
    pub fn opens(self) -> Time {
        self.from
    }

    /// When it closes: the first instant at which it is not open.
    #[must_use]
    pub fn closes(self) -> Time {
        self.to
    }

    /// Its state at `now`.
    #[must_use]
    pub fn state(self, now: Time) -> WindowState {
        if now < self.from {
            WindowState::NotYet(self.from)
        } else if now < self.to {
            WindowState::Open
        } else {
            WindowState::Closed(self.to)
        }
    }
}

/// The scope of a window, a fee or a notice; narrower scopes are greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// For all.
    National,
    /// For the campuses of one province.
    Province(ProvinceCode),
    /// For the campuses of one school.
    School(SchoolCode),
    /// For one campus.
    Campus(CampusCode),
}

impl Scope {
    /// Parses the code of a province, school or campus; the empty text is the nation.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.len() {
            0 => Some(Self::National),
            2 => ProvinceCode::parse(text).ok().map(Self::Province),
            5 => SchoolCode::parse(text).ok().map(Self::School),
            6 => CampusCode::parse(text).ok().map(Self::Campus),
            _ => None,
        }
    }

    /// Whether it contains the campus.
    #[must_use]
    pub fn holds(self, campus: CampusCode) -> bool {
        match self {
            Self::National => true,
            Self::Province(province) => province == campus.province(),
            Self::School(school) => school == campus.school(),
            Self::Campus(own) => own == campus,
        }
    }
}

impl std::fmt::Display for Scope {
    /// The code that [`Scope::parse`] parses.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::National => Ok(()),
            Self::Province(code) => code.fmt(f),
            Self::School(code) => code.fmt(f),
            Self::Campus(code) => code.fmt(f),
        }
    }
}

/// The scopes that contain a campus. The first one with a setting applies, campus before school before province before
/// nation: a closed window of the campus is not opened by the province's.
pub(super) fn narrowest_first(campus: CampusCode) -> [Scope; 4] {
    [
        Scope::Campus(campus),
        Scope::School(campus.school()),
        Scope::Province(campus.province()),
        Scope::National,
    ]
}

/// A `[[window]]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WindowLine {
    /// Its line in the file; 0 for one of the database.
    pub line: usize,
    /// Its scope.
    pub scope: Scope,
    /// Written or oral.
    pub mode: Mode,
    /// The window.
    pub window: Window,
    /// When candidates of other campuses may enter.
    pub outsiders_from: Option<Time>,
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    const OPENS: Time = Time::from_micros(1_000);
    const CLOSES: Time = Time::from_micros(2_000);

    fn at(micros: i64) -> Time {
        Time::from_micros(micros)
    }

    fn window(from: i64, to: i64) -> Window {
        Window::new(at(from), at(to)).unwrap()
    }

    fn campus(code: &str) -> CampusCode {
        CampusCode::parse(code).unwrap()
    }

    fn scopes() -> [Scope; 4] {
        [
            Scope::Campus(campus("993010")),
            Scope::School(SchoolCode::parse("99301").unwrap()),
            Scope::Province(ProvinceCode::parse("99").unwrap()),
            Scope::National,
        ]
    }

    #[test]
    fn a_window_is_open_at_its_first_instant_and_closed_at_its_last() {
        let window = Window::new(OPENS, CLOSES).unwrap();
        assert_eq!(window.state(at(999)), WindowState::NotYet(OPENS));
        assert_eq!(window.state(OPENS), WindowState::Open);
        assert_eq!(window.state(at(1_999)), WindowState::Open);
        assert_eq!(window.state(CLOSES), WindowState::Closed(CLOSES));
    }

    #[test]
    fn a_window_without_any_instant_is_refused() {
        assert_eq!(Window::new(OPENS, OPENS), Err(WindowError));
        assert_eq!(Window::new(CLOSES, OPENS), Err(WindowError));
    }

    fn most_specific<T>(settings: impl IntoIterator<Item = (Scope, T)>, campus: CampusCode) -> Option<T> {
        let mut all: HashMap<Scope, T> = settings.into_iter().collect();
        narrowest_first(campus).iter().find_map(|scope| all.remove(scope))
    }

    #[test]
    fn the_narrowest_scope_counts() {
        let all = scopes();
        for narrowest in 0..all.len() {
            let given = all.iter().copied().enumerate().skip(narrowest);
            assert_eq!(most_specific(given.clone().map(|(i, s)| (s, i)), campus("993010")), Some(narrowest));
            let reversed: Vec<_> = given.map(|(i, s)| (s, i)).rev().collect();
            assert_eq!(most_specific(reversed, campus("993010")), Some(narrowest));
        }
    }

    #[test]
    fn settings_of_other_places_do_not_count() {
        let settings = || scopes().into_iter().enumerate().map(|(i, scope)| (scope, i));
        assert_eq!(most_specific(settings(), campus("993011")), Some(1));
        assert_eq!(most_specific(settings(), campus("991010")), Some(2));
        assert_eq!(most_specific(settings(), campus("110010")), Some(3));
        assert_eq!(most_specific(settings().take(3), campus("110010")), None);
    }

    #[test]
    fn a_campus_whose_own_window_closed_is_not_opened_by_the_provinces() {
        let [own, _, province, _] = scopes();
        let windows = [(own, window(0, 10)), (province, window(0, 100))];
        let counts = |code| most_specific(windows, campus(code)).unwrap();
        assert_eq!(counts("993010").state(at(50)), WindowState::Closed(at(10)));
        assert_eq!(counts("991010").state(at(50)), WindowState::Open);
    }

    #[test]
    fn scopes_are_read_back_from_their_codes() {
        for scope in scopes() {
            assert_eq!(Scope::parse(&scope.to_string()), Some(scope));
        }
        for text in ["9", "999", "9930100", "99301a", " "] {
            assert_eq!(Scope::parse(text), None, "{text}");
        }
    }
}
