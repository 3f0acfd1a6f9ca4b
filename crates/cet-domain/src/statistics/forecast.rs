//! How many there will be when registration closes, estimated from how the last sitting went at the same point: pure. An
//! estimate is told as one, with what it rests on; where it would rest on nothing there is none.

use std::collections::BTreeMap;

use super::share::tenths;
use super::{DAY_MICROS, Detail, OfDay, PACE_HOURS, day_begins, day_of};
use crate::words::time::Time;

/// The fewest entries of a whole sitting that something can be learned from.
const LEAST: i64 = 30;
/// The least share of the last sitting's entries, in tenths of a percent, that must have been made at this point.
const LEAST_SHARE: i64 = 50;

/// How a sitting went at a place.
#[derive(Clone, Copy, Debug)]
pub struct Course<'a> {
    /// Its kept figures.
    pub detail: &'a Detail,
    /// From the first opening to the last closing of its registration.
    pub span: (Time, Time),
}

/// What is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlook {
    /// Registration has not opened.
    Before,
    /// Registration has closed: the figures are the last ones.
    After,
    /// The days of an earlier sitting were not kept from its opening on.
    NoLast,
    /// The earlier sitting had too few entries here.
    TooFew,
    /// At this point the earlier sitting had hardly any of its entries.
    TooEarly,
    /// An estimate.
    Estimate(Estimate),
}

/// An estimate, and what it rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// Entries that will have been made.
    pub entered: i64,
    /// Entries that will have been paid.
    pub paid: i64,
    /// The same point of the earlier sitting: as far through its registration.
    pub at: Time,
    /// The share of its entries that the earlier sitting had then, in tenths of a percent.
    pub share: i64,
}

/// What is expected at a time of a sitting, from the one before it.
#[must_use]
pub fn outlook(now: Time, this: &Course<'_>, last: Option<&Course<'_>>) -> Outlook {
    let (opens, closes) = this.span;
    if now < opens {
        return Outlook::Before;
    }
    if now >= closes {
        return Outlook::After;
    }
    let whole = |last: &&Course<'_>| last.detail.since.is_some_and(|since| since <= day_of(last.span.0));
    let Some(last) = last.filter(whole) else { return Outlook::NoLast };
    let at = same_point(now, this.span, last.span);
    let entered = |of: &OfDay| of.entered;
    let paid = |of: &OfDay| of.paid;
    let (all, then) = (sum(&last.detail.days, entered), until(&last.detail.days, at, entered));
    if all < LEAST {
        return Outlook::TooFew;
    }
    if then.saturating_mul(1000) < all.saturating_mul(LEAST_SHARE) {
        return Outlook::TooEarly;
    }
    let share = tenths(then, all);
    let expected = |so_far: i64, then: i64, all: i64| so_far.saturating_mul(all).checked_div(then);
    let days = &this.detail.days;
    let entered = expected(sum(days, entered), then, all);
    let paid = expected(sum(days, paid), until(&last.detail.days, at, paid), sum(&last.detail.days, paid));
    match (entered, paid) {
        (Some(entered), Some(paid)) => Outlook::Estimate(Estimate { entered, paid, at, share }),
        _ => Outlook::TooEarly,
    }
}

/// The time at which the other sitting was as far through its registration.
fn same_point(now: Time, (opens, closes): (Time, Time), (from, to): (Time, Time)) -> Time {
    let (gone, length) = (now.since(opens).as_secs(), closes.since(opens).as_secs());
    let there = gone.saturating_mul(to.since(from).as_secs()).checked_div(length).unwrap_or(0);
    from.plus(jiff::SignedDuration::from_secs(there))
}

fn sum(days: &BTreeMap<i64, OfDay>, part: fn(&OfDay) -> i64) -> i64 {
    days.values().map(part).fold(0, i64::saturating_add)
}

/// The sum until a time, whose own day counts evenly.
fn until(days: &BTreeMap<i64, OfDay>, at: Time, part: fn(&OfDay) -> i64) -> i64 {
    let today = day_of(at);
    let before = days.range(..today).map(|(_, of)| part(of)).fold(0, i64::saturating_add);
    let gone = at.micros().saturating_sub(day_begins(today).micros()) / 1_000_000;
    let own = days.get(&today).map_or(0, part).saturating_mul(gone) / (DAY_MICROS / 1_000_000);
    before.saturating_add(own)
}

/// When a pool will be full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fills {
    /// It is.
    Full,
    /// At about this time, if it goes on as in the last hours.
    At(Time),
    /// Not before registration closes.
    Never,
    /// Registration is not open: nothing goes on.
    Shut,
}

/// When a pool with so many free seats will be full, of which `pace` were taken in the last [`PACE_HOURS`], in a window from
/// its opening to its closing.
#[must_use]
pub fn fills(now: Time, (left, pace): (i64, i64), window: Option<(Time, Time)>) -> Fills {
    if left <= 0 {
        return Fills::Full;
    }
    let Some((_, closes)) = window.filter(|(opens, closes)| *opens <= now && now < *closes) else {
        return Fills::Shut;
    };
    let seconds = left.saturating_mul(PACE_HOURS).saturating_mul(3_600).checked_div(pace);
    let Some(seconds) = seconds.filter(|seconds| *seconds < closes.since(now).as_secs()) else {
        return Fills::Never;
    };
    Fills::At(now.plus(jiff::SignedDuration::from_secs(seconds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Entries of each day from the tenth on, four fifths of which are paid.
    fn detail(entered: &[i64]) -> Detail {
        let of = |entered: i64| OfDay { saved: entered, entered, paid: entered * 4 / 5 };
        let days = (10..).zip(entered).map(|(day, entered)| (day, of(*entered))).collect();
        Detail { days, since: Some(10), ..Detail::default() }
    }

    fn span(from: i64, days: i64) -> (Time, Time) {
        (day_begins(from), day_begins(from + days))
    }

    fn expect(now: Time, this: &Detail, last: &Detail) -> Outlook {
        let this = Course { detail: this, span: span(10, 10) };
        outlook(now, &this, Some(&Course { detail: last, span: span(10, 5) }))
    }

    /// S6.
    #[test]
    fn what_is_expected_is_what_there_is_divided_by_the_last_sittings_share_at_the_same_point() {
        let last = detail(&[50, 20, 10, 10, 10]);
        // Four of ten days are as far as two of five: then the last sitting had 70 of its 100.
        let this = detail(&[80, 20, 20, 20]);
        let Outlook::Estimate(of) = expect(day_begins(14), &this, &last) else { panic!("no estimate") };
        assert_eq!((of.entered, of.paid, of.share, of.at), (200, 160, 700, day_begins(12)));
        // In the middle of a day of the last sitting half of that day counts.
        let Outlook::Estimate(of) = expect(day_begins(11), &detail(&[50]), &last) else {
            panic!("no estimate")
        };
        assert_eq!((of.entered, of.share), (200, 250));
    }

    /// S6.
    #[test]
    fn where_an_estimate_would_rest_on_nothing_there_is_none() {
        let last = detail(&[50, 20, 10, 10, 10]);
        let this = detail(&[80]);
        assert_eq!(expect(day_begins(9), &this, &last), Outlook::Before);
        assert_eq!(expect(day_begins(20), &this, &last), Outlook::After);
        assert_eq!(expect(day_begins(12), &this, &detail(&[20, 9])), Outlook::TooFew);
        assert_eq!(expect(day_begins(12), &this, &detail(&[0, 0, 0, 0, 100])), Outlook::TooEarly);
        let unpaid = Detail {
            days: BTreeMap::from([(10, OfDay { entered: 90, ..OfDay::default() })]),
            ..last.clone()
        };
        assert_eq!(expect(day_begins(12), &this, &unpaid), Outlook::TooEarly);
        for since in [None, Some(11)] {
            let part = Detail { since, ..last.clone() };
            assert_eq!(expect(day_begins(12), &this, &part), Outlook::NoLast, "{since:?}");
        }
        let this = Course { detail: &this, span: span(10, 10) };
        assert_eq!(outlook(day_begins(12), &this, None), Outlook::NoLast);
    }

    /// S6.
    #[test]
    fn a_pool_is_full_when_its_free_seats_are_taken_at_the_pace_of_the_last_hours() {
        let at = |hours: i64| Time::from_micros(hours * 3_600_000_000);
        let open = Some((at(0), at(100)));
        for (now, left, pace, window, fills) in [
            (10, 0, 9, open, Fills::Full),
            (10, -3, 0, None, Fills::Full),
            (10, 20, 4, open, Fills::At(at(20))),
            (10, 1, 2, open, Fills::At(at(11))),
            (10, 20, 0, open, Fills::Never),
            (10, 180, 4, open, Fills::Never),
            (10, 20, 4, None, Fills::Shut),
            (100, 20, 4, open, Fills::Shut),
            (-1, 20, 4, open, Fills::Shut),
        ] {
            assert_eq!(super::fills(at(now), (left, pace), window), fills, "{now} {left} {pace}");
        }
    }
}
