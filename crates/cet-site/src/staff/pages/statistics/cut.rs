//! What of the figures a page shows: the subjects of one mode, some days.

use jiff::civil::Date;

use super::Read;
use crate::change::{tree, words};
use crate::staff::StaffMember;
use crate::staff::list::{Asked, Limited, unknown};
use crate::web::page::{Choice, Page, Refused};
use cet_base::words::codes::SubjectCode;
use cet_base::words::subject::Mode;
use cet_base::words::time::Time;
use cet_domain::sitting::window::Scope as Place;
use cet_domain::sitting::{Catalogue, Plan};
use cet_domain::statistics::{Figures, OfDay, day_of, jobs};

/// The filters, by their names in the query.
const FILTERS: &[&str] = &["mode", "from", "to", "sitting"];
/// The most days that a page shows.
const MOST_DAYS: i64 = 92;

/// The filters as they were asked for.
pub(super) struct Cut {
    pub(super) asked: Asked,
    pub(super) mode: Option<Mode>,
    from: Option<i64>,
    to: Option<i64>,
}

impl Cut {
    /// Reads them, with the refusal of days that are none: they must not widen what is shown.
    pub(super) fn read(who: &StaffMember, page: &Page) -> (Self, Vec<Refused>) {
        let mut asked = Asked::read(who, FILTERS);
        let modes = [Mode::Written, Mode::Oral].map(Mode::wire);
        let mut said = unknown(page, &mut asked, &[Limited::to("mode", modes)]);
        let mut day = |name: &'static str| match asked.get(name) {
            "" => None,
            text => {
                let day = day(text);
                if day.is_none() {
                    said.push(Refused::new(page.t, "field-invalid").at(name));
                }
                day
            }
        };
        let (mut from, mut to) = (day("from"), day("to"));
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            said.push(Refused::new(page.t, "date-order").at("to"));
            (from, to) = (None, None);
        }
        (Self { mode: Mode::from_wire(asked.get("mode")), asked, from, to }, said)
    }

    /// Leaves only what was asked for.
    pub(super) fn apply(&self, read: &mut Read, plan: &Plan) {
        let today = day_of(read.now);
        let to = self.to.unwrap_or(today).min(today);
        let default = if self.to.is_some() { MOST_DAYS } else { jobs::DAYS };
        let from = self.from.unwrap_or(to.saturating_sub(default).saturating_add(1));
        let from = from.max(to.saturating_sub(MOST_DAYS).saturating_add(1));
        // Before the first counted day nothing is known.
        read.first = read.own.detail.since.map_or(from, |since| from.max(since.min(to)));
        read.last = to;
        read.is_cut = self.from.is_some() || self.to.is_some();
        read.keep = match self.asked.query("") {
            query if query.is_empty() => query,
            query => format!("&{query}"),
        };
        let Some(mode) = self.mode else { return };
        let is_of = |code: &str| {
            let subject = SubjectCode::parse(code).ok().and_then(|code| plan.subject(code));
            subject.is_some_and(|subject| subject.mode == mode)
        };
        of_mode(&mut read.own, mode, is_of);
        for figures in read.below.values_mut() {
            of_mode(figures, mode, is_of);
        }
    }

    /// Whether a pool is of the mode.
    pub(super) fn holds(&self, plan: &Plan, subject: SubjectCode) -> bool {
        self.mode.is_none_or(|mode| plan.subject(subject).is_some_and(|of| of.mode == mode))
    }
}

/// The number of a day of China, written as 2017-10-10.
fn day(text: &str) -> Option<i64> {
    let date: Date = text.parse().ok()?;
    let noon = Time::parse_local(&format!("{date}T12:00")).ok()?;
    Some(day_of(noon))
}

/// Figures of the subjects of one mode. Who has saved and money belong to none.
fn of_mode(figures: &mut Figures, mode: Mode, is_of: impl Fn(&str) -> bool) {
    let Figures { sums, detail } = figures;
    detail.subjects.retain(|code, _| is_of(code));
    let sum = |part: fn(&cet_domain::statistics::OfSubject) -> i64| {
        detail.subjects.values().map(part).fold(0, i64::saturating_add)
    };
    (sums.paid, sums.unpaid, sums.amount) = (sum(|of| of.paid), sum(|of| of.unpaid), sum(|of| of.amount));
    (sums.capacity, sums.taken) = (sum(|of| of.capacity), sum(|of| of.taken));
    let of = detail.modes.remove(mode.wire()).unwrap_or_default();
    (detail.people.entered, detail.people.paid) = (of.people.entered, of.people.paid);
    for (all, own) in [(&mut detail.days, of.days), (&mut detail.hours, of.hours)] {
        for (at, day) in all {
            let OfDay { entered, paid, .. } = own.get(at).copied().unwrap_or_default();
            (day.entered, day.paid) = (entered, paid);
        }
    }
}

/// The modes to choose from.
pub(super) fn modes(page: &Page) -> Vec<Choice> {
    [Mode::Written, Mode::Oral]
        .map(|mode| Choice { value: mode.wire().to_owned(), text: words::mode(page, mode).to_owned() })
        .to_vec()
}

/// The places to choose from: those above that the member sees, the place itself, and those below it.
pub(super) fn scopes(who: &StaffMember, page: &Page, catalogue: &Catalogue, top: Place) -> Vec<Choice> {
    let choice =
        |place: Place| Choice { value: tree::name(place), text: words::place(page, catalogue, place) };
    let mut above: Vec<Place> = std::iter::successors(Some(top), |place| tree::above(who, *place)).collect();
    above.reverse();
    above.into_iter().chain(tree::below(catalogue, top)).map(choice).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_one_that_the_calendar_has() {
        let first = day("2017-10-10").unwrap();
        assert_eq!(day("2017-10-11"), Some(first + 1));
        for text in ["2017-02-31", "2017-13-01", "yesterday", "", "10/10/2017", "99999-01-01"] {
            assert_eq!(day(text), None, "{text}");
        }
        assert!(day("0001-01-01").is_some() && day("9999-12-30").is_some());
    }
}
