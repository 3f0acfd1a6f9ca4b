//! Refunds that staff ask for: of one line, of an order, of all paid entries of a subject, of a campus, or of both, or of a
//! whole sitting (an exam that is cancelled). One person asks, another approves within seven days; what was asked for is frozen in between.

use gateway::OrderNumber;
use jiff::SignedDuration;

use super::rules::RefundReason;
use super::rules::refunding::{Effect, Unfit};
use super::store::refund_requests::Candidate;
use crate::words::codes::{CampusCode, SittingCode, SubjectCode};
use crate::words::fen::{Fen, FenSum};
use crate::words::ids::EntryId;

/// How long a request can be approved.
pub const LIFE: SignedDuration = SignedDuration::from_hours(24 * 7);
/// The longest reason or note, in characters.
pub const LONGEST: usize = 500;
/// The most lines of one request.
pub(crate) const MOST_LINES: i64 = 20_000;
/// The reasons that staff may give; candidates are told them.
pub const REASONS: [RefundReason; 4] =
    [RefundReason::Surplus, RefundReason::ExamCancelled, RefundReason::Mistaken, RefundReason::Instructed];

/// What is to be refunded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of {
    /// Lines of an order.
    Order(OrderNumber),
    /// All that candidates paid for a subject, at a campus, or for a whole sitting.
    Exam {
        /// The sitting.
        sitting: SittingCode,
        /// The subject; `None`: every one.
        subject: Option<SubjectCode>,
        /// The campus of the seats; `None`: every one in the scope.
        campus: Option<CampusCode>,
    },
}

/// A request as it is typed.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Of what.
    pub of: Of,
    /// The lines of an order with their sums, `None`: all that is left. No line: all lines, as for an exam.
    pub lines: Vec<(EntryId, Option<Fen>)>,
    /// What candidates are told.
    pub why: RefundReason,
    /// What the second person reads.
    pub reason: String,
}

/// A line of a proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposed {
    /// The entry with its money.
    pub of: Candidate,
    /// What goes back, in fen.
    pub amount: i64,
    /// What becomes of the entry, or why nothing can.
    pub effect: Result<Effect, Unfit>,
}

/// What a request would do now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Of which sitting.
    pub sitting: SittingCode,
    /// Its lines; of an order also those that were not chosen, with nothing to go back.
    pub lines: Vec<Proposed>,
}

impl Proposal {
    /// The lines that would be carried out.
    pub fn going(&self) -> impl Iterator<Item = (&Proposed, Effect)> {
        self.lines.iter().filter_map(|line| line.effect.ok().map(|effect| (line, effect)))
    }

    /// Their sum.
    #[must_use]
    pub fn amount(&self) -> FenSum {
        FenSum::of(self.going().filter_map(|(line, _)| FenSum::new(line.amount).ok()))
    }

    /// How many entries end.
    #[must_use]
    pub fn ending(&self) -> usize {
        self.going().filter(|(_, effect)| *effect == Effect::Withdraw).count()
    }

    /// Why it can't be asked for, with these lines chosen (none: all): one of them can't go back as it is, or nothing would.
    #[must_use]
    pub fn refusal(&self, chosen: &[(EntryId, Option<Fen>)]) -> Option<RequestRefusal> {
        let unfit = |line: &Proposed| line.effect.err().map(|why| (line.of.entry, why));
        let is_chosen = |line: &&Proposed| chosen.iter().any(|(id, _)| *id == line.of.entry);
        if let Some((entry, why)) = self.lines.iter().filter(is_chosen).find_map(unfit) {
            return Some(RequestRefusal::Unfit(entry, why));
        }
        if self.going().next().is_some() {
            return None;
        }
        let only = self.lines.first().filter(|_| self.lines.len() == 1).and_then(unfit);
        Some(match only {
            Some((entry, why)) if why != Unfit::Nothing => RequestRefusal::Unfit(entry, why),
            _ => RequestRefusal::Nothing,
        })
    }

    /// What a form made from it must still find, for its mark.
    #[must_use]
    pub fn facts(&self) -> Vec<String> {
        let line = |(line, effect): (&Proposed, Effect)| {
            format!("{} {} {} {} {}", line.of.school, line.of.entry, line.of.back, line.amount, effect.wire())
        };
        self.going().map(line).collect()
    }
}

/// Why a request, or a decision about one, is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestRefusal {
    /// No such order, subject, campus or request in the scope.
    NotFound,
    /// The reason or the note is missing, or too long.
    NoReason,
    /// There is nothing to refund.
    Nothing,
    /// More lines than one request may have.
    TooMany,
    /// A line that is not of this order.
    LineUnknown(EntryId),
    /// A line whose sum can't go back.
    Unfit(EntryId, Unfit),
    /// The requester can't approve, under whatever account.
    SamePerson,
    /// One of the two accounts was made lately by the other's person, or by who made both.
    TooClose,
    /// Already decided, or lapsed.
    Over,
    /// What was asked for is no longer as it was.
    Changed,
    /// A refund of the gateway's console waits for finance, and may be of the same money.
    Unexplained,
}
