use super::*;

fn at(text: &str) -> Time {
    Time::parse_local(text).unwrap()
}

fn facts() -> PrintFacts {
    PrintFacts {
        paid: true,
        arranged: true,
        prints_from: Some(at("2017-11-01 09:00")),
        prints_to: None,
        exam_to: Some(at("2017-12-16 11:20")),
    }
}

/// T2.
#[test]
fn it_prints_from_its_time_to_the_end_of_the_day_of_the_exam() {
    let print = |now: &str| may_print(&facts(), at(now));
    assert_eq!(print("2017-11-01 08:59:59"), Err(NotPrintable::TooEarly(Some(at("2017-11-01 09:00")))));
    assert_eq!(print("2017-11-01 09:00"), Ok(()));
    assert_eq!(print("2017-12-16 23:59:59"), Ok(()));
    assert_eq!(print("2017-12-17 00:00"), Err(NotPrintable::Over));
}

#[test]
fn what_is_unpaid_unarranged_or_without_a_date_does_not_print() {
    let now = at("2017-12-01 09:00");
    let with = |change: fn(&mut PrintFacts)| {
        let mut facts = facts();
        change(&mut facts);
        may_print(&facts, now)
    };
    assert_eq!(with(|facts| facts.paid = false), Err(NotPrintable::Unpaid));
    assert_eq!(with(|facts| facts.arranged = false), Err(NotPrintable::Unarranged));
    assert_eq!(with(|facts| facts.prints_to = Some(at("2017-12-01 09:01"))), Ok(()));
    assert_eq!(
        with(|facts| facts.prints_to = Some(at("2017-12-01 09:00"))),
        Err(NotPrintable::TooLate(at("2017-12-01 09:00")))
    );
    assert_eq!(with(|facts| facts.prints_from = None), Err(NotPrintable::TooEarly(None)));
    assert_eq!(with(|facts| facts.exam_to = None), Err(NotPrintable::TooEarly(None)));
}

#[test]
fn an_exam_stands_in_the_calendar_as_soon_as_it_is_paid_and_has_a_date() {
    let date = at("2017-12-16 09:00");
    assert_eq!(may_be_dated(true, Some(date)), Ok(date));
    assert_eq!(may_be_dated(true, None), Err(NotPrintable::Undated));
    assert_eq!(may_be_dated(false, Some(date)), Err(NotPrintable::Unpaid));
}
