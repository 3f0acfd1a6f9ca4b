//! From what was counted by campus to the figures of every place above: pure.

use std::collections::BTreeMap;

use super::{Figures, OfMoney};

/// What a counted row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `a` registrations.
    Registrations,
    /// Of a subject: `a` paid, `b` unpaid, `c` fen.
    Subject,
    /// Of a subject: `a` seats, `b` taken.
    Pool,
    /// Of a day: `a` entries made.
    Entered,
    /// Of a day: `a` entries paid.
    Paid,
    /// Of a day and a gateway: `a` fen received, by `b` payments.
    Received,
    /// Of a day and a gateway: `a` fen sent back, by `b` refunds.
    Refunded,
}

impl Kind {
    const ALL: [(Self, &'static str); 7] = [
        (Self::Registrations, "registrations"),
        (Self::Subject, "subject"),
        (Self::Pool, "pool"),
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
    /// The campus's code.
    pub campus: String,
    /// The subject, or the gateway.
    pub item: String,
    /// The day.
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

/// Adds a row to the figures of a place.
fn count(figures: &mut Figures, row: &Counted) {
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
        Kind::Entered => add(&mut detail.days.entry(row.day).or_default().entered, a),
        Kind::Paid => add(&mut detail.days.entry(row.day).or_default().paid, a),
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
pub fn roll_up(rows: &[Counted]) -> BTreeMap<String, Figures> {
    let mut all: BTreeMap<String, Figures> = BTreeMap::from([(String::new(), Figures::default())]);
    for row in rows {
        for place in places(&row.campus) {
            // Most places are known after their first row.
            match all.get_mut(place) {
                Some(figures) => count(figures, row),
                None => count(all.entry(place.to_owned()).or_default(), row),
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

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
            row(Kind::Received, "993010", "alipay", [30, 1, 0]),
            row(Kind::Refunded, "993020", "alipay", [7, 1, 0]),
        ];
        let all = roll_up(&rows);
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
        assert_eq!((subject.paid, subject.unpaid, subject.capacity), (5, 2, 9));
        let money = all[""].detail.money[&3]["alipay"];
        assert_eq!((money.received, money.payments, money.refunded, money.refunds), (30, 1, 7, 1));
        assert_eq!(roll_up(&[])[""], Figures::default());
    }

    #[test]
    fn above_a_place_is_the_next_wider_one() {
        let all = ["", "99", "99301", "993010"].map(above);
        assert_eq!(all, [None, Some(""), Some("99"), Some("99301")]);
    }
}
