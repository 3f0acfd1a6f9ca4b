//! From what was counted by campus to the figures of every place above: pure.

use std::collections::BTreeMap;

use super::{Detail, Figures, OfDay, OfMoney, Since};

/// What a counted row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `a` registrations.
    Registrations,
    /// Of a subject: `a` paid, `b` unpaid, `c` fen.
    Subject,
    /// Of a subject: `a` seats, `b` taken.
    Pool,
    /// Of a subject: `a` seats that were taken in the last hours.
    Pace,
    /// `a` passports that have accepted the agreement; of the nation.
    Agreed,
    /// `a` candidates with an entry, `b` of them with nothing left to pay; of a mode, or of all.
    People,
    /// Of an hour: `a` registrations saved.
    Saved,
    /// Of an hour and a mode: `a` entries made.
    Entered,
    /// Of an hour and a mode: `a` entries paid.
    Paid,
    /// Of a day and a gateway: `a` fen received, by `b` payments.
    Received,
    /// Of a day and a gateway: `a` fen sent back, by `b` refunds.
    Refunded,
}

impl Kind {
    const ALL: [(Self, &'static str); 11] = [
        (Self::Registrations, "registrations"),
        (Self::Subject, "subject"),
        (Self::Pool, "pool"),
        (Self::Pace, "pace"),
        (Self::Agreed, "agreed"),
        (Self::People, "people"),
        (Self::Saved, "saved"),
        (Self::Entered, "entered"),
        (Self::Paid, "paid"),
        (Self::Received, "received"),
        (Self::Refunded, "refunded"),
    ];

    /// Its name in the statement.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, wire)| *wire == text).map(|(kind, _)| kind)
    }
}

/// One row of the count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// What it is about.
    pub kind: Kind,
    /// The campus's code; empty for what the nation alone has.
    pub campus: String,
    /// The subject, the mode or the gateway.
    pub item: String,
    /// The day; of [`Kind::Saved`], [`Kind::Entered`] and [`Kind::Paid`] the hour, which is the first of the day where hours
    /// are not counted.
    pub day: i64,
    /// The numbers, as the kind says.
    pub numbers: [i64; 3],
}

/// The places above a campus and itself: the nation, its province, its school.
fn places(campus: &str) -> impl Iterator<Item = &str> {
    [0, 2, 5, 6].into_iter().filter_map(|digits| campus.get(..digits))
}

/// The place above; `None` for the nation.
#[must_use]
pub fn above(place: &str) -> Option<&str> {
    match place.len() {
        0 => None,
        1..=2 => place.get(..0),
        3..=5 => place.get(..2),
        _ => place.get(..5),
    }
}

fn add(to: &mut i64, number: i64) {
    *to = to.saturating_add(number);
}

/// Adds what was done in an hour to its day, and to the hour where those are counted.
fn count_hour(detail: &mut Detail, row: &Counted, since: Since) {
    let with = |of: &mut OfDay| {
        let to = match row.kind {
            Kind::Saved => &mut of.saved,
            Kind::Paid => &mut of.paid,
            _ => &mut of.entered,
        };
        add(to, row.numbers[0]);
    };
    let day = row.day.div_euclid(24);
    with(detail.days.entry(day).or_default());
    if row.day >= since.hour {
        with(detail.hours.entry(row.day).or_default());
    }
    if row.kind == Kind::Saved {
        return;
    }
    let of_mode = detail.modes.entry(row.item.clone()).or_default();
    with(of_mode.days.entry(day).or_default());
    if row.day >= since.hour {
        with(of_mode.hours.entry(row.day).or_default());
    }
}

/// Adds a row to the figures of a place.
fn count(figures: &mut Figures, row: &Counted, since: Since) {
    let [a, b, c] = row.numbers;
    let Figures { sums, detail } = figures;
    let money = |detail: &mut super::Detail, with: fn(&mut OfMoney, i64, i64)| {
        with(detail.money.entry(row.day).or_default().entry(row.item.clone()).or_default(), a, b);
    };
    match row.kind {
        Kind::Registrations => add(&mut sums.registrations, a),
        Kind::Subject => {
            let of = detail.subjects.entry(row.item.clone()).or_default();
            for (to, number) in [
                (&mut of.paid, a),
                (&mut of.unpaid, b),
                (&mut of.amount, c),
                (&mut sums.paid, a),
                (&mut sums.unpaid, b),
                (&mut sums.amount, c),
            ] {
                add(to, number);
            }
        }
        Kind::Pool => {
            let of = detail.subjects.entry(row.item.clone()).or_default();
            for (to, number) in
                [(&mut of.capacity, a), (&mut of.taken, b), (&mut sums.capacity, a), (&mut sums.taken, b)]
            {
                add(to, number);
            }
        }
        Kind::Pace => add(&mut detail.subjects.entry(row.item.clone()).or_default().pace, a),
        Kind::Agreed => add(&mut detail.people.agreed, a),
        Kind::People => {
            let people = match row.item.as_str() {
                "" => &mut detail.people,
                mode => &mut detail.modes.entry(mode.to_owned()).or_default().people,
            };
            add(&mut people.entered, a);
            add(&mut people.paid, b);
        }
        Kind::Saved | Kind::Entered | Kind::Paid => count_hour(detail, row, since),
        Kind::Received => {
            add(&mut sums.received, a);
            money(detail, |of, fen, payments| {
                add(&mut of.received, fen);
                add(&mut of.payments, payments);
            });
        }
        Kind::Refunded => {
            add(&mut sums.refunded, a);
            money(detail, |of, fen, refunds| {
                add(&mut of.refunded, fen);
                add(&mut of.refunds, refunds);
            });
        }
    }
}

/// The figures of every place that has any; the nation always has some.
#[must_use]
pub(crate) fn roll_up(rows: &[Counted], since: Since) -> BTreeMap<String, Figures> {
    let none = || {
        let detail = Detail { since: Some(since.day), ..Detail::default() };
        Figures { detail, ..Figures::default() }
    };
    let mut all: BTreeMap<String, Figures> = BTreeMap::from([(String::new(), none())]);
    for row in rows {
        for place in places(&row.campus) {
            // Most places are known after their first row.
            match all.get_mut(place) {
                Some(figures) => count(figures, row, since),
                None => count(all.entry(place.to_owned()).or_insert_with(none), row, since),
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::Sums;
    use super::*;

    const SINCE: Since = Since { day: 2, hour: 50 };

    fn row(kind: Kind, campus: &str, item: &str, numbers: [i64; 3]) -> Counted {
        Counted { kind, campus: campus.to_owned(), item: item.to_owned(), day: 3, numbers }
    }

    /// S6, I25.
    #[test]
    fn every_place_is_the_sum_of_its_campuses() {
        let rows = [
            row(Kind::Registrations, "993010", "", [2, 0, 0]),
            row(Kind::Registrations, "993011", "", [3, 0, 0]),
            row(Kind::Registrations, "993020", "", [5, 0, 0]),
            row(Kind::Registrations, "110010", "", [7, 0, 0]),
            row(Kind::Subject, "993010", "1", [1, 2, 30]),
            row(Kind::Subject, "993020", "1", [4, 0, 120]),
            row(Kind::Pool, "993010", "1", [9, 3, 0]),
            row(Kind::Pace, "993010", "1", [2, 0, 0]),
            row(Kind::Agreed, "", "", [20, 0, 0]),
            row(Kind::Received, "993010", "alipay", [30, 1, 0]),
            row(Kind::Refunded, "993020", "alipay", [7, 1, 0]),
        ];
        let all = roll_up(&rows, SINCE);
        let registrations = |place: &str| all.get(place).map(|of| of.sums.registrations);
        assert_eq!(registrations(""), Some(17));
        assert_eq!(registrations("99"), Some(10));
        assert_eq!(registrations("99301"), Some(5));
        assert_eq!(registrations("993011"), Some(3));
        assert_eq!(registrations("98"), None);
        let province = &all["99"];
        assert_eq!((province.sums.paid, province.sums.unpaid, province.sums.amount), (5, 2, 150));
        assert_eq!((province.sums.capacity, province.sums.taken), (9, 3));
        let subject = province.detail.subjects["1"];
        assert_eq!((subject.paid, subject.unpaid, subject.capacity, subject.pace), (5, 2, 9, 2));
        assert_eq!((all[""].detail.people.agreed, province.detail.people.agreed), (20, 0));
        let money = all[""].detail.money[&3]["alipay"];
        assert_eq!((money.received, money.payments, money.refunded, money.refunds), (30, 1, 7, 1));
        let none = roll_up(&[], SINCE);
        assert_eq!((none[""].sums, none[""].detail.since), (Sums::default(), Some(2)));
    }

    /// S6.
    #[test]
    fn what_was_done_in_an_hour_is_done_on_its_day_and_early_hours_are_days_only() {
        let of =
            |kind, hour, mode, number| Counted { day: hour, ..row(kind, "993010", mode, [number, 0, 0]) };
        let at = |kind, hour, number| of(kind, hour, "written", number);
        let rows = [
            at(Kind::Entered, 24, 7),
            at(Kind::Entered, 50, 2),
            of(Kind::Entered, 71, "oral", 3),
            at(Kind::Saved, 50, 1),
            at(Kind::Paid, 72, 4),
            row(Kind::People, "993010", "", [6, 5, 0]),
            row(Kind::People, "993011", "", [1, 0, 0]),
        ];
        let all = roll_up(&rows, SINCE);
        let detail = &all["99301"].detail;
        let days: Vec<_> =
            detail.days.iter().map(|(day, of)| (*day, of.saved, of.entered, of.paid)).collect();
        assert_eq!(days, [(1, 0, 7, 0), (2, 1, 5, 0), (3, 0, 0, 4)]);
        let hours: Vec<_> =
            detail.hours.iter().map(|(hour, of)| (*hour, of.saved, of.entered, of.paid)).collect();
        assert_eq!(hours, [(50, 1, 2, 0), (71, 0, 3, 0), (72, 0, 0, 4)]);
        assert_eq!((detail.people.entered, detail.people.paid), (7, 5));
        let oral = &detail.modes["oral"];
        let oral = (oral.days.get(&2).map(|of| (of.saved, of.entered)), oral.hours.len());
        assert_eq!(oral, (Some((0, 3)), 1));
        let written = &detail.modes["written"];
        let days: Vec<_> = written.days.iter().map(|(day, of)| (*day, of.entered, of.paid)).collect();
        assert_eq!(days, [(1, 7, 0), (2, 2, 0), (3, 0, 4)]);
    }

    #[test]
    fn above_a_place_is_the_next_wider_one() {
        let all = ["", "99", "99301", "993010"].map(above);
        assert_eq!(all, [None, Some(""), Some("99"), Some("99301")]);
    }
}
