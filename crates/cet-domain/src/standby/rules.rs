//! When a line gives seats, for how long, when it closes, and what the chance is: facts and `now` in, decision out (R16).

use jiff::SignedDuration;

use crate::words::time::Time;

/// How many campuses an oral subject may be waited for.
pub const MOST_CAMPUSES: usize = 3;

/// How long a seat that was given is held: as long as one that somebody entered (R13).
pub(crate) const HOLD: SignedDuration = SignedDuration::from_hours(24);

/// So long before registration closes the line closes: whoever got a seat later could not pay for it in time. From then
/// on a seat is anybody's again.
pub(crate) const LAST_CALL: SignedDuration = SignedDuration::from_mins(30);

/// From when to when, in hours of Beijing, nobody is given a seat: half the time to pay would be slept away.
const NIGHT_FROM: i64 = 23;
const NIGHT_TO: i64 = 7;

/// How far back is looked for what came free.
pub(crate) const LOOK_BACK: SignedDuration = SignedDuration::from_hours(3 * 24);

/// Before registration has been open for so long no hold can have expired: nothing can be said of the chance.
const TOO_EARLY: SignedDuration = SignedDuration::from_hours(24);

/// When the line of a campus closes whose registration closes then.
#[must_use]
pub fn line_closes(window_closes: Time) -> Time {
    window_closes.minus(LAST_CALL)
}

/// Until when a seat is held that is given now: a day, but not longer than registration is open.
#[must_use]
pub(crate) fn hold_until(window_closes: Time, now: Time) -> Time {
    now.plus(HOLD).min(window_closes)
}

/// When the night ends that it is at `now`; `None` by day.
#[must_use]
pub(crate) fn night_until(now: Time) -> Option<Time> {
    let hour = |hours: i64| SignedDuration::from_hours(hours);
    let day = now.day_begins();
    if now < day.plus(hour(NIGHT_TO)) {
        Some(day.plus(hour(NIGHT_TO)))
    } else if now >= day.plus(hour(NIGHT_FROM)) {
        Some(day.plus(hour(24_i64.saturating_add(NIGHT_TO))))
    } else {
        None
    }
}

/// Whether seats are given now: not at night, unless the line closes before the morning.
#[must_use]
pub(crate) fn gives_now(window_closes: Time, now: Time) -> bool {
    let closes = line_closes(window_closes);
    now < closes && night_until(now).is_none_or(|morning| closes <= morning)
}

/// How likely it is to get a seat, by what came free lately.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Chance {
    /// 较大: at this rate at least twice as many seats come free as are needed.
    Good,
    /// 一般: about as many.
    Even,
    /// 不大: fewer.
    Small,
    /// 无法估计: nothing was measured yet.
    Unknown,
}

impl Chance {
    /// The value of `data-chance`.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Even => "even",
            Self::Small => "small",
            Self::Unknown => "unknown",
        }
    }
}

/// What the chance is told from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Freed {
    /// Seats of the pool that came free.
    pub seats: i64,
    /// Since when they were counted.
    pub since: Time,
}

/// Since when what came free is counted: three days, but not from before registration opened; `None` where it has not
/// been open for a day.
#[must_use]
pub(crate) fn count_since(window_opens: Time, now: Time) -> Option<Time> {
    let since = now.minus(LOOK_BACK).max(window_opens);
    (now.since(window_opens) >= TOO_EARLY).then_some(since)
}

/// The chance of a place in line, the first being 1.
#[must_use]
pub fn chance(place: i64, freed: Option<Freed>, line_closes: Time, now: Time) -> Chance {
    let Some(freed) = freed else { return Chance::Unknown };
    let hours = |span: SignedDuration| span.as_hours().max(0);
    let (counted, left) = (hours(now.since(freed.since)).max(1), hours(line_closes.since(now)));
    // In whole seats, rounded down: a promise would be worse than a doubt.
    let expected = freed.seats.max(0).saturating_mul(left).checked_div(counted).unwrap_or(0);
    if expected >= place.saturating_mul(2) {
        Chance::Good
    } else if expected >= place {
        Chance::Even
    } else {
        Chance::Small
    }
}

#[cfg(test)]
#[path = "tests/rules.rs"]
mod tests;
