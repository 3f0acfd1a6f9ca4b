//! What may be typed, who may approve, and what a decision does to a registration's entries: facts and `now` in, decision out.

use jiff::SignedDuration;

use super::{Decision, Dispute, DisputeRefusal, DisputeState};
use crate::entry::rules::{is_live, withdrawal};
use crate::entry::verbs::Handover;
use crate::entry::{Entry, EntryChannel, EntryState};
use crate::limit::{Rule, Then};
use crate::words::codes::SubjectCode;
use crate::words::ids::EntryId;
use crate::words::staff::By;
use crate::words::time::Time;

/// How long a decision can be approved; after it somebody decides again.
pub const LIFE: SignedDuration = SignedDuration::from_hours(24 * 7);
/// The longest student number or telephone number.
pub(crate) const LONGEST_LINE: usize = 40;
/// The longest note, evidence or answer.
pub const LONGEST_TEXT: usize = 500;

const DAY: SignedDuration = SignedDuration::from_hours(24);
const WEEK: SignedDuration = SignedDuration::from_hours(24 * 7);

/// Disputes of one passport.
pub(crate) const BY_PASSPORT: Rule = Rule {
    what: "dispute-passport",
    most: 3,
    period: DAY,
    then: Then::Doubling { first: DAY, longest: WEEK },
};
/// Disputes about one student by who does not know the student number: they fill no school's list, and who knows it is not kept out.
pub(crate) const OF_STUDENT: Rule = Rule { what: "dispute-student", most: 5, period: DAY, then: Then::Rest };
/// Disputes from one network.
pub(crate) const FROM_NETWORK: Rule =
    Rule { what: "dispute-network", most: 10, period: SignedDuration::from_hours(1), then: Then::Rest };

/// One line as it was typed, trimmed, if there is one and it is not too long.
#[must_use]
pub fn line(typed: &str) -> Option<&str> {
    let text = typed.trim();
    let fits =
        !text.is_empty() && text.chars().count() <= LONGEST_LINE && !text.chars().any(char::is_control);
    fits.then_some(text)
}

/// A telephone number as it was typed: digits, with what people write between them.
#[must_use]
pub fn phone(typed: &str) -> Option<&str> {
    let known = |c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | ' ' | '(' | ')');
    line(typed).filter(|text| text.chars().all(known) && text.bytes().filter(u8::is_ascii_digit).count() >= 5)
}

/// A note, evidence or answer, trimmed, if it is not too long; it may have several lines.
#[must_use]
pub fn text(typed: &str) -> Option<&str> {
    let text = typed.trim();
    let is_plain = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    (text.chars().count() <= LONGEST_TEXT && text.chars().all(is_plain)).then_some(text)
}

/// Whether this member of staff may approve the decision now: another person, of the same or a higher place (R24).
///
/// # Errors
/// [`DisputeRefusal::Over`], [`DisputeRefusal::NeedsSecond`].
pub fn may_approve(of: &Dispute, by: &By, now: Time) -> Result<Decision, DisputeRefusal> {
    let (DisputeState::Decided, Some(decision), Some(lapses)) = (of.state, of.decision, of.lapses_at())
    else {
        return Err(DisputeRefusal::Over);
    };
    if now >= lapses {
        return Err(DisputeRefusal::Over);
    }
    let same_person = of.decided_person.as_ref() == Some(&by.person);
    let as_high = of.decided_scope.as_ref().is_some_and(|scope| by.scope.holds(scope.prefix()));
    if same_person || !as_high { Err(DisputeRefusal::NeedsSecond) } else { Ok(decision) }
}

/// A live entry with what decides.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// The entry.
    pub entry: &'a Entry,
    /// Whether a gateway received money for it: then it is the passport that paid. A paid one without is the school's.
    pub by_gateway: bool,
    /// Whether its exam has begun.
    pub begun: bool,
}

impl Standing<'_> {
    /// Whether the school pays or has paid for it.
    fn is_schools(&self) -> bool {
        self.entry.locked_by.is_some() || (self.entry.state == EntryState::Paid && !self.by_gateway)
    }
}

/// What becomes of the live entries (R24, ADR 11). What the school pays for stays with the student. What the passport entered
/// or paid for ends; where the registration moves, and where the school had entered it, it goes on unpaid on the same seat.
///
/// # Errors
/// [`DisputeRefusal::Begun`]: it can't be let go once an exam has begun; moved, such an entry stays as it is.
/// [`DisputeRefusal::Locked`]: an oral entry that the school pays for would be left without its written one (R10).
pub(crate) fn handover(
    all: &[Entry],
    live: &[Standing<'_>],
    decision: Decision,
    needs: &impl Fn(&Entry) -> Vec<SubjectCode>,
    now: Time,
) -> Result<Handover, DisputeRefusal> {
    let mut what = Handover::default();
    for one in live {
        let (id, channel) = (one.entry.id, one.entry.channel);
        match decision {
            Decision::Refuse => {}
            _ if one.is_schools() => {
                if decision == Decision::Release && channel == EntryChannel::Own {
                    what.adopted.push(id);
                }
            }
            Decision::Move if one.begun => {}
            Decision::Release if one.begun => return Err(DisputeRefusal::Begun),
            _ if channel == EntryChannel::School && one.entry.state == EntryState::Held => {}
            Decision::Release if channel == EntryChannel::Own => what.ending.push(id),
            Decision::Move | Decision::Release => what.renewed.push(id),
        }
    }
    let going: Vec<EntryId> = what.ending.iter().chain(&what.renewed).copied().collect();
    withdrawal(all, &going, needs, now).map_err(|_| DisputeRefusal::Locked)?;
    let along = withdrawal(all, &what.ending, needs, now).map_err(|_| DisputeRefusal::Locked)?;
    what.ending.extend(
        along.into_iter().filter(|id| {
            !going.contains(id) && all.iter().any(|entry| entry.id == *id && is_live(entry, now))
        }),
    );
    Ok(what)
}

#[cfg(test)]
#[path = "tests/rules.rs"]
mod tests;
