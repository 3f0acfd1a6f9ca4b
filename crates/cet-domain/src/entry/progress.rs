//! The progress chart of the information page (R9).

use crate::words::subject::Mode;
use crate::words::time::Time;

/// The steps of the chart, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// 笔试报考.
    WrittenEntered,
    /// 笔试缴费.
    WrittenPaid,
    /// 口试报考(选).
    OralEntered,
    /// 口试缴费(选).
    OralPaid,
    /// 完成报名.
    Complete,
    /// 打印准考证.
    PrintTicket,
    /// 参加考试.
    Sit,
    /// 结束.
    End,
}

impl Step {
    /// The value of `data-step` in pages.
    #[must_use]
    pub fn wire(self) -> &'static str {
        match self {
            Self::WrittenEntered => "written-entered",
            Self::WrittenPaid => "written-paid",
            Self::OralEntered => "oral-entered",
            Self::OralPaid => "oral-paid",
            Self::Complete => "complete",
            Self::PrintTicket => "print-ticket",
            Self::Sit => "sit",
            Self::End => "end",
        }
    }
}

/// The state of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StepState {
    /// Completed.
    Done,
    /// Possible now; two steps may be current at once, as both payments.
    Current,
    /// Not yet possible.
    Todo,
    /// Possible, but not required.
    Optional,
}

impl StepState {
    /// The value of `data-state` in pages.
    #[must_use]
    pub fn wire(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Current => "current",
            Self::Todo => "todo",
            Self::Optional => "optional",
        }
    }
}

/// The facts about one live entry for the chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryProgress {
    /// Written or oral.
    pub mode: Mode,
    /// Whether it is paid.
    pub paid: bool,
    /// When its ticket can be printed; `None` until that is set and its seat is published.
    pub prints_from: Option<Time>,
    /// Start and end of its exam; `None` until the date is set.
    pub exam: Option<(Time, Time)>,
}

/// The chart at `now`, every step once and in order. `entries` holds the live ones only.
#[must_use]
pub fn chart(entries: &[EntryProgress], now: Time) -> [(Step, StepState); 8] {
    let (written, oral) = (Part::of(entries, Mode::Written), Part::of(entries, Mode::Oral));
    let complete = written == Part::Paid && oral != Part::Unpaid;
    let exams = Exams::of(entries, now);
    [
        (Step::WrittenEntered, written.entered(StepState::Current)),
        (Step::WrittenPaid, written.paid(StepState::Todo)),
        (Step::OralEntered, oral.entered(StepState::Optional)),
        (Step::OralPaid, oral.paid(StepState::Optional)),
        (Step::Complete, if complete { StepState::Done } else { StepState::Todo }),
        (Step::PrintTicket, exams.print()),
        (Step::Sit, exams.sit()),
        (Step::End, if exams.all_over { StepState::Done } else { StepState::Todo }),
    ]
}

/// The combined state of the entries of one mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Missing,
    Unpaid,
    Paid,
}

impl Part {
    fn of(entries: &[EntryProgress], mode: Mode) -> Self {
        let mut of_mode = entries.iter().filter(|entry| entry.mode == mode).peekable();
        if of_mode.peek().is_none() {
            Self::Missing
        } else if of_mode.all(|entry| entry.paid) {
            Self::Paid
        } else {
            Self::Unpaid
        }
    }

    fn entered(self, missing: StepState) -> StepState {
        match self {
            Self::Missing => missing,
            Self::Unpaid | Self::Paid => StepState::Done,
        }
    }

    fn paid(self, missing: StepState) -> StepState {
        match self {
            Self::Missing => missing,
            Self::Unpaid => StepState::Current,
            Self::Paid => StepState::Done,
        }
    }
}

/// The state of the paid entries' exams; unpaid ones will never be sat (R14).
struct Exams {
    printable: bool,
    any_begun: bool,
    all_over: bool,
}

impl Exams {
    fn of(entries: &[EntryProgress], now: Time) -> Self {
        let paid = || entries.iter().filter(|entry| entry.paid);
        let begun = |entry: &EntryProgress| entry.exam.is_some_and(|(begins, _)| begins <= now);
        let over = |entry: &EntryProgress| entry.exam.is_some_and(|(_, ends)| ends <= now);
        Self {
            printable: paid().any(|entry| !over(entry) && entry.prints_from.is_some_and(|from| from <= now)),
            any_begun: paid().any(begun),
            all_over: paid().next().is_some() && paid().all(over),
        }
    }

    fn print(&self) -> StepState {
        match (self.all_over, self.printable) {
            (true, _) => StepState::Done,
            (false, true) => StepState::Current,
            (false, false) => StepState::Todo,
        }
    }

    /// Between an oral and the written exam the candidate is still sitting.
    fn sit(&self) -> StepState {
        match (self.all_over, self.any_begun) {
            (true, _) => StepState::Done,
            (false, true) => StepState::Current,
            (false, false) => StepState::Todo,
        }
    }
}

#[cfg(test)]
#[path = "tests/progress.rs"]
mod tests;
