use gateway::bill::{BillKind, BillRow, BillSums};
use jiff::civil::date;
use proptest::prelude::*;

use crate::entry::testing::minutes;
use crate::reconciliation::bill::Bill;
use crate::reconciliation::rules::{
    Comparison, Differing, Known, Ours, Verdict, across_days, of_ours, of_theirs,
};
use crate::reconciliation::{Class, Day};

const DAY: Day = Day(date(2017, 10, 12));

fn ours(n: u32, fen: i64) -> Ours {
    Ours {
        kind: BillKind::Payment,
        key: format!("{n:020}"),
        order_number: format!("{n:020}"),
        trade_no: format!("T{n}"),
        amount: fen,
        divided: fen,
        at: DAY.begins(),
    }
}

fn theirs(n: u32, fen: i64) -> BillRow {
    BillRow {
        kind: BillKind::Payment,
        wire_number: format!("{n:020}"),
        trade_no: format!("T{n}"),
        reference: format!("T{n}"),
        amount_fen: fen,
        at: DAY.begins().timestamp(),
    }
}

fn sums(rows: &[BillRow]) -> BillSums {
    rows.iter().try_fold(BillSums::default(), |sums, row| sums.with(row.kind, row.amount_fen)).unwrap()
}

/// What becomes of one trade in either book.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Both,
    OursOnly,
    TheirsOnly,
    OtherSum,
    NotDivided,
}

fn fates() -> impl Strategy<Value = Vec<Fate>> {
    let one = prop_oneof![
        4 => Just(Fate::Both),
        1 => Just(Fate::OursOnly),
        1 => Just(Fate::TheirsOnly),
        1 => Just(Fate::OtherSum),
        1 => Just(Fate::NotDivided),
    ];
    proptest::collection::vec(one, 0..60)
}

proptest! {
    /// Whatever the order of either book, each trade is found in its place, and the sums add up.
    #[test]
    fn every_trade_is_matched_or_named_once(fates in fates(), turn in any::<prop::sample::Index>()) {
        let (mut own, mut bill) = (Vec::new(), Vec::new());
        for (n, fate) in (1_u32..).zip(&fates) {
            let fen = i64::from(n) * 10;
            match fate {
                Fate::Both => { own.push(ours(n, fen)); bill.push(theirs(n, fen)); }
                Fate::OursOnly => own.push(ours(n, fen)),
                Fate::TheirsOnly => bill.push(theirs(n, fen)),
                Fate::OtherSum => { own.push(ours(n, fen)); bill.push(theirs(n, fen + 1)); }
                Fate::NotDivided => { own.push(Ours { divided: fen - 1, ..ours(n, fen) }); bill.push(theirs(n, fen)); }
            }
        }
        if !own.is_empty() {
            let at = turn.index(own.len());
            own.rotate_left(at);
        }
        bill.reverse();
        let count = |wanted: fn(&Fate) -> bool| fates.iter().filter(|fate| wanted(fate)).count();
        let all = sums(&bill);
        let mut comparison = Comparison::new(Bill::of(bill, all).unwrap());
        for ours in own {
            prop_assert!(comparison.ours(ours));
        }
        prop_assert_eq!(comparison.matched, u64::try_from(count(|fate| matches!(fate, Fate::Both))).unwrap());
        prop_assert_eq!(comparison.alone.len(), count(|fate| matches!(fate, Fate::OursOnly)));
        prop_assert_eq!(comparison.left().unwrap().len(), count(|fate| matches!(fate, Fate::TheirsOnly)));
        let found = |class| comparison.found.iter().filter(|found| found.class == class).count();
        prop_assert_eq!(found(Class::Sum), count(|fate| matches!(fate, Fate::OtherSum)));
        prop_assert_eq!(found(Class::Entries), count(|fate| matches!(fate, Fate::NotDivided)));
        let apart: i64 = comparison.found.iter().map(|found| found.theirs.unwrap_or(0) - found.ours.unwrap_or(0)).sum();
        let alone: i64 = comparison.alone.iter().map(|ours| ours.amount).sum();
        let left: i64 = comparison.left().unwrap().iter().map(|(row, _)| row.amount_fen).sum();
        prop_assert_eq!(all.paid_fen - comparison.ours.paid_fen, apart + left - alone);
    }
}

#[test]
fn a_second_trade_of_an_order_is_there_twice() {
    let second = BillRow { trade_no: "T9".to_owned(), reference: "T9".to_owned(), ..theirs(1, 10) };
    let rows = vec![theirs(1, 10), second.clone()];
    let all = sums(&rows);
    let mut comparison = Comparison::new(Bill::of(rows, all).unwrap());
    assert!(comparison.ours(ours(1, 10)));
    assert_eq!(comparison.left().unwrap(), [(second.clone(), true)]);
    let known = Known::Owed { order_number: "1".to_owned(), is_paid: true };
    for (again, known) in [(true, known.clone()), (false, known)] {
        let Verdict::Differs(found) = of_theirs(&second, again, &known) else { panic!() };
        assert_eq!(found.class, Class::Twice);
    }
}

#[test]
fn money_of_another_day_is_late_unless_a_bill_has_it_already() {
    let booked = |amount, is_taken| Known::Booked { order_number: "1".to_owned(), amount, is_taken };
    let class = |known: &Known| match of_theirs(&theirs(1, 10), false, known) {
        Verdict::Late => None,
        Verdict::Differs(found) => Some(found.class),
    };
    assert_eq!(class(&booked(10, false)), None);
    assert_eq!(class(&booked(10, true)), Some(Class::Twice));
    assert_eq!(class(&booked(11, false)), Some(Class::Sum));
    assert_eq!(class(&Known::Nothing), Some(Class::UnknownOrder));
}

#[test]
fn what_no_difference_explains_of_two_sides_apart_is_across_days() {
    use BillKind::{Payment, Refund};
    let of = |class, kind, ours, theirs| Differing { class, kind, ours, theirs };
    // Each alone explains all of it.
    for (apart, one) in [
        (5, of(Class::OursOnly, Payment, 5, 0)),
        (-5, of(Class::TheirsOnly, Payment, 0, 5)),
        (-1, of(Class::Sum, Payment, 4, 5)),
        (1, of(Class::Sum, Refund, 4, 5)),
        // The first of the two payments is matched, so that ours says nothing of this day.
        (-5, of(Class::Twice, Payment, 5, 5)),
        (-5, of(Class::UnknownOrder, Payment, 0, 5)),
        (-5, of(Class::RefundMissing, Refund, 5, 0)),
        (5, of(Class::RefundExtra, Refund, 5, 5)),
        (0, of(Class::Entries, Payment, 5, 5)),
    ] {
        assert_eq!(across_days(apart, &[one]), 0, "{one:?}");
    }
    assert_eq!(across_days(0, &[]), 0);
    assert_eq!(across_days(7, &[]), 7, "booked before midnight, and in the next day's bill");
    assert_eq!(across_days(2, &[of(Class::OursOnly, Payment, 5, 0)]), -3);
}

#[test]
fn only_money_near_midnight_waits_for_the_next_days_bill() {
    let end = DAY.next().begins();
    for (before, elsewhere, next, wanted) in [
        (10, false, false, Some(true)),
        (10, false, true, Some(false)),
        (40, false, false, Some(false)),
        (10, true, false, None),
    ] {
        let ours = Ours { at: end.minus(minutes(before)), ..ours(1, 10) };
        let found = of_ours(&ours, DAY, elsewhere, next);
        assert_eq!(found.map(|found| found.may_be_next_day), wanted, "{before} {elsewhere} {next}");
    }
}
