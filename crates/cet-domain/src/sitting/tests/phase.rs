use super::*;

fn at(text: &str) -> Time {
    Time::parse_local(text).unwrap()
}

fn window(from: &str, to: &str) -> Window {
    Window::new(at(from), at(to)).unwrap()
}

fn subject(mode: Mode, prints: &str, exam: &str) -> SubjectDates {
    let time = |text: &str| (!text.is_empty()).then(|| at(text));
    let hours = |(day, hours): (&str, &str)| {
        let (from, to) = hours.split_once('-').unwrap();
        (at(&format!("{day} {from}")), at(&format!("{day} {to}")))
    };
    SubjectDates { mode, prints: time(prints), exam: exam.split_once(' ').map(hours) }
}

/// As the spring of 2017: oral days before the written ones, tickets between.
fn spring() -> Dates {
    Dates {
        windows: vec![
            window("2017-03-08 08:00", "2017-03-31 17:00"),
            window("2017-03-10 08:00", "2017-03-25 17:00"),
        ],
        subjects: vec![
            subject(Mode::Written, "2017-06-01 09:00", "2017-06-17 09:00-11:20"),
            subject(Mode::Written, "2017-06-01 09:00", "2017-06-17 15:00-17:25"),
            subject(Mode::Oral, "2017-05-15 09:00", "2017-05-20 08:30-18:15"),
            subject(Mode::Oral, "2017-05-15 09:00", "2017-05-21 08:30-18:15"),
            subject(Mode::Oral, "", ""),
        ],
        over: false,
    }
}

/// P5.
#[test]
fn every_date_of_a_sitting_leads_to_its_phase() {
    let first = at("2017-03-25 17:00");
    let last = at("2017-03-31 17:00");
    let written = Some(at("2017-06-17 09:00"));
    let table = [
        ("2016-12-01 00:00", Phase::Before(Some(at("2017-03-08 08:00")))),
        ("2017-03-08 07:59", Phase::Before(Some(at("2017-03-08 08:00")))),
        ("2017-03-08 08:00", Phase::Open { first: last, last }),
        ("2017-03-10 08:00", Phase::Open { first, last }),
        ("2017-03-25 17:00", Phase::Open { first: last, last }),
        ("2017-03-31 17:00", Phase::Closed(Some(at("2017-05-15 09:00")))),
        ("2017-05-15 09:00", Phase::Printing(Some(at("2017-05-20 08:30")))),
        ("2017-05-19 23:59", Phase::Printing(Some(at("2017-05-20 08:30")))),
        ("2017-05-20 00:00", Phase::Exams(at("2017-05-20 08:30"))),
        ("2017-05-20 18:15", Phase::Printing(Some(at("2017-05-21 08:30")))),
        ("2017-05-21 12:00", Phase::Exams(at("2017-05-21 08:30"))),
        // The oral tickets are over, the written ones do not print yet.
        ("2017-05-21 18:15", Phase::Closed(Some(at("2017-06-01 09:00")))),
        ("2017-06-01 09:00", Phase::Printing(written)),
        ("2017-06-17 11:19", Phase::Exams(at("2017-06-17 09:00"))),
        ("2017-06-17 11:20", Phase::Exams(at("2017-06-17 15:00"))),
        ("2017-06-17 17:25", Phase::Scores),
        ("2018-01-01 00:00", Phase::Scores),
    ];
    let dates = spring();
    for (now, phase) in table {
        assert_eq!(dates.phase(at(now)), phase, "{now}");
    }
    assert_eq!(Dates { over: true, ..dates }.phase(at("2017-03-10 08:00")), Phase::Scores);
}

/// P5.
#[test]
fn a_date_that_is_not_set_is_not_made_up() {
    let now = at("2017-04-01 12:00");
    assert_eq!(Dates::default().phase(now), Phase::Before(None));
    let windows = vec![window("2017-03-08 08:00", "2017-03-31 17:00")];
    let closed = Dates { windows, ..Dates::default() };
    assert_eq!(closed.phase(now), Phase::Closed(None));
    let exam =
        Dates { subjects: vec![subject(Mode::Written, "", "2017-06-17 09:00-11:20")], ..closed.clone() };
    assert_eq!(exam.phase(now), Phase::Closed(None));
    let prints = Dates { subjects: vec![subject(Mode::Written, "2017-04-01 09:00", "")], ..closed };
    assert_eq!(prints.phase(now), Phase::Printing(None));
    let unopened = Dates { windows: Vec::new(), ..prints };
    assert_eq!(unopened.phase(now), Phase::Before(None), "nobody has registered");
    let over = Dates { windows: Vec::new(), ..spring() };
    assert_eq!(over.phase(at("2017-07-01 12:00")), Phase::Scores);
}

/// P5.
#[test]
fn between_two_windows_the_next_one_counts_until_tickets_print() {
    let mut dates = spring();
    dates.windows.push(window("2017-04-10 08:00", "2017-04-12 17:00"));
    dates.windows.push(window("2017-05-16 08:00", "2017-05-17 17:00"));
    let (first, second) = (at("2017-04-10 08:00"), at("2017-05-16 08:00"));
    let late = at("2017-05-17 17:00");
    for (now, phase) in [
        ("2017-04-01 08:00", Phase::Before(Some(first))),
        ("2017-04-20 08:00", Phase::Before(Some(second))),
        ("2017-05-15 12:00", Phase::Printing(Some(at("2017-05-20 08:30")))),
        ("2017-05-16 12:00", Phase::Open { first: late, last: late }),
    ] {
        assert_eq!(dates.phase(at(now)), phase, "{now}");
    }
}

/// P5.
#[test]
fn what_is_said_changes_only_at_a_turn() {
    let dates = spring();
    let (mut now, end) = (at("2017-03-01 00:00"), at("2017-07-01 00:00"));
    let mut before = (dates.turned(now), dates.phase(now), dates.news(now));
    assert_eq!(before.0, None);
    while now < end {
        now = now.plus(jiff::SignedDuration::from_mins(5));
        let after = (dates.turned(now), dates.phase(now), dates.news(now));
        assert!(after.0 != before.0 || after == before, "{now}");
        before = after;
    }
}

/// P5.
#[test]
fn the_news_are_what_comes_next_and_what_has_happened_the_newest_first() {
    let dates = spring();
    let news = |now: &str| -> Vec<(String, Event)> {
        dates.news(at(now)).into_iter().map(|(at, event)| (at.page_date(), event)).collect()
    };
    let day = |text: &str, event| (text.to_owned(), event);
    assert_eq!(news("2017-01-01 00:00"), [day("2017-03-08", Event::Opens)]);
    assert_eq!(
        news("2017-05-20 12:00"),
        [
            day("2017-05-21", Event::Exam(Mode::Oral)),
            day("2017-05-20", Event::Exam(Mode::Oral)),
            day("2017-05-15", Event::Prints),
            day("2017-03-31", Event::Closes),
            day("2017-03-08", Event::Opens),
        ]
    );
    assert_eq!(news("2017-07-01 00:00").first(), Some(&day("2017-06-17", Event::Exam(Mode::Written))));
    assert_eq!(Dates::default().news(at("2017-07-01 00:00")), []);
}
