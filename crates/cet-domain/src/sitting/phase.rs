//! Where a sitting stands as its dates say (P5): which phase it is in, and what has happened and comes next.

use std::collections::BTreeMap;

use super::plan::{Plan, SittingState};
use super::subject::Subject;
use super::window::{Window, WindowState};
use crate::words::subject::Mode;
use crate::words::time::Time;

/// The phase of a sitting for all of its candidates together, with the date that matters next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Registration opens at this time, if that is set; also between two windows.
    Before(Option<Time>),
    /// Registration is open somewhere.
    Open {
        /// When the first of the open windows closes.
        first: Time,
        /// When the last of them closes.
        last: Time,
    },
    /// Registration is over; tickets print from this time, if that is set.
    Closed(Option<Time>),
    /// Tickets print, until the exam that begins at this time, if that is set; also between the oral and the written days.
    Printing(Option<Time>),
    /// There are exams today: the first of those that are not over begins at this time.
    Exams(Time),
    /// The last exam is over: scores are what people wait for.
    Scores,
}

impl Phase {
    /// The name in pages.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Before(_) => "before",
            Self::Open { .. } => "open",
            Self::Closed(_) => "closed",
            Self::Printing(_) => "printing",
            Self::Exams(_) => "exams",
            Self::Scores => "scores",
        }
    }
}

/// The dates of one subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubjectDates {
    /// Written or oral.
    pub mode: Mode,
    /// From when tickets print.
    pub prints: Option<Time>,
    /// Beginning and end of the exam.
    pub exam: Option<(Time, Time)>,
}

/// All dates of a sitting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dates {
    /// Every window of every place.
    pub windows: Vec<Window>,
    /// Every subject.
    pub subjects: Vec<SubjectDates>,
    /// Whether the sitting was closed by hand.
    pub over: bool,
}

impl Dates {
    /// The dates of a sitting.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        let dates = |subject: &Subject| SubjectDates {
            mode: subject.mode,
            prints: subject.printing_from,
            exam: subject.exam_from.map(|from| (from, subject.exam_to.unwrap_or(from))),
        };
        Self {
            windows: plan.windows().iter().map(|line| line.window).collect(),
            subjects: plan.subjects().iter().map(dates).collect(),
            over: matches!(plan.state, SittingState::Closed | SittingState::Archived),
        }
    }

    /// The phase at `now`. An exam today goes before everything; an open window before tickets that print already.
    #[must_use]
    pub fn phase(&self, now: Time) -> Phase {
        if self.over {
            return Phase::Scores;
        }
        let mut ahead: Vec<(Time, Time)> = self.exams().filter(|(_, to)| now < *to).collect();
        ahead.sort_unstable();
        let next = ahead.first().map(|(from, _)| *from);
        if let Some(from) = next.filter(|from| from.day_begins() <= now) {
            return Phase::Exams(from);
        }
        let open = || self.windows.iter().filter(move |window| window.state(now) == WindowState::Open);
        let closes = || open().map(|window| window.closes());
        if let (Some(first), Some(last)) = (closes().min(), closes().max()) {
            return Phase::Open { first, last };
        }
        if next.is_none() && self.exams().next().is_some() {
            return Phase::Scores;
        }
        let opens = self.windows.iter().map(|window| window.opens()).filter(|opens| now < *opens).min();
        let closed = self.windows.iter().any(|window| matches!(window.state(now), WindowState::Closed(_)));
        match (closed, opens) {
            (false, opens) => Phase::Before(opens),
            (true, _) if self.prints(now) => Phase::Printing(next),
            (true, Some(opens)) => Phase::Before(Some(opens)),
            (true, None) => {
                let prints = self.subjects.iter().filter_map(|subject| subject.prints);
                Phase::Closed(prints.filter(|from| now < *from).min())
            }
        }
    }

    /// When what [`Self::phase`] and [`Self::news`] answer changed last; `None` before anything happened.
    #[must_use]
    pub fn turned(&self, now: Time) -> Option<Time> {
        let windows = self.windows.iter().flat_map(|window| [window.opens(), window.closes()]);
        let subjects = self.subjects.iter().flat_map(|subject| {
            let exam = subject.exam.map(|(from, to)| [from.day_begins(), from, to]);
            exam.into_iter().flatten().chain(subject.prints)
        });
        windows.chain(subjects).filter(|at| *at <= now).max()
    }

    /// What comes next, then what has happened, the newest first: all that can be said before anybody writes news.
    #[must_use]
    pub fn news(&self, now: Time) -> Vec<(Time, Event)> {
        let mut all = self.events();
        all.sort_unstable_by_key(|(at, _)| *at);
        let past = all.iter().take_while(|(at, _)| *at <= now).count();
        all.truncate(past.saturating_add(1));
        all.reverse();
        all
    }

    fn events(&self) -> Vec<(Time, Event)> {
        let opens = self.windows.iter().map(|window| window.opens()).min();
        let closes = self.windows.iter().map(|window| window.closes()).max();
        let prints = self.subjects.iter().filter_map(|subject| subject.prints).min();
        let mut days: BTreeMap<(Time, bool), Time> = BTreeMap::new();
        for subject in &self.subjects {
            if let Some((from, _)) = subject.exam {
                let first = days.entry((from.day_begins(), subject.mode == Mode::Oral)).or_insert(from);
                *first = from.min(*first);
            }
        }
        let exam = |((_, oral), at): ((Time, bool), Time)| {
            (at, Event::Exam(if oral { Mode::Oral } else { Mode::Written }))
        };
        let once = [(opens, Event::Opens), (closes, Event::Closes), (prints, Event::Prints)];
        once.into_iter()
            .filter_map(|(at, event)| Some((at?, event)))
            .chain(days.into_iter().map(exam))
            .collect()
    }

    fn exams(&self) -> impl Iterator<Item = (Time, Time)> {
        self.subjects.iter().filter_map(|subject| subject.exam)
    }

    /// Whether tickets of an exam that is not over print.
    fn prints(&self, now: Time) -> bool {
        self.subjects.iter().any(|subject| {
            let ahead = subject.exam.is_none_or(|(_, to)| now < to);
            ahead && subject.prints.is_some_and(|from| from <= now)
        })
    }
}

/// What happens once, or on one day, in a sitting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Registration opens, at the earliest place.
    Opens,
    /// Registration closes, at the last place.
    Closes,
    /// Tickets print from now on.
    Prints,
    /// A day of written or of oral exams.
    Exam(Mode),
}

#[cfg(test)]
#[path = "tests/phase.rs"]
mod tests;
