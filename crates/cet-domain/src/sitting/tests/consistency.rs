//! Consistency of the dates of a sitting.

use super::*;
use crate::sitting::window::Window;
use crate::words::subject::Level;

fn at(text: &str) -> Time {
    Time::parse_local(text).unwrap()
}

fn subject(code: &str, mode: Mode) -> Subject {
    Subject {
        code: SubjectCode::parse(code).unwrap(),
        place: 1,
        name: code.to_owned(),
        name_en: code.to_owned(),
        mode,
        level: Level::FOUR,
        language: "英语".to_owned(),
        needs: Vec::new(),
        exam_from: Some(at("2017-12-16 09:00")),
        exam_to: Some(at("2017-12-16 11:20")),
        printing_from: Some(at("2017-12-01 09:00")),
        printing_to: None,
    }
}

fn window(mode: Mode, from: &str, to: &str) -> WindowLine {
    let window = Window::new(at(from), at(to)).unwrap();
    WindowLine { line: 1, scope: Scope::National, mode, window, outsiders_from: None }
}

fn good() -> WindowLine {
    window(Mode::Written, "2017-09-20 12:00", "2017-10-10 17:00")
}

fn told(subject: &Subject, window: WindowLine) -> Vec<String> {
    let all = misfits(Some(2017), std::slice::from_ref(subject), &[window]);
    all.into_iter().map(|misfit| misfit.text).collect()
}

#[test]
fn good_dates_are_taken_and_so_are_none() {
    let whole = subject("1", Mode::Written);
    assert_eq!(told(&whole, good()), [""; 0]);
    let unset = Subject { exam_from: None, exam_to: None, printing_from: None, ..whole };
    assert_eq!(told(&unset, good()), [""; 0]);
}

#[test]
fn each_pair_of_dates_in_the_wrong_order_is_told() {
    let whole = subject("1", Mode::Written);
    let cases: [(Subject, &str); 6] = [
        (
            Subject { exam_to: Some(at("2017-12-16 09:00")), ..whole.clone() },
            "exam_to: expected a time after",
        ),
        (Subject { exam_to: Some(at("2018-01-17 09:00")), ..whole.clone() }, "at most 31 days"),
        (Subject { exam_to: None, ..whole.clone() }, "exam_to is missing"),
        (Subject { exam_from: None, printing_from: None, ..whole.clone() }, "exam_from is missing"),
        (Subject { printing_from: Some(at("2017-12-16 09:00")), ..whole.clone() }, "before the exam begins"),
        (Subject { exam_from: None, exam_to: None, ..whole.clone() }, "only beside exam_from"),
    ];
    for (wrong, words) in cases {
        let told = told(&wrong, good());
        assert!(told.len() == 1 && told[0].contains(words), "{told:?}");
    }
    let late = window(Mode::Written, "2017-09-20 12:00", "2017-12-16 09:00");
    assert!(told(&whole, late)[0].contains("before the exam of subject 1 (2017-12-16 09:00)"));
    let oral = window(Mode::Oral, "2017-09-20 12:00", "2018-12-16 09:00");
    assert_eq!(told(&whole, oral), [""; 0], "of another mode");
    for outside in ["2017-09-20 11:59", "2017-10-10 17:00"] {
        let odd = WindowLine { outsiders_from: Some(at(outside)), ..good() };
        assert!(told(&whole, odd)[0].contains("inside the window"));
    }
}

#[test]
fn a_year_long_after_the_exams_is_a_slip_of_the_pen() {
    let all = [subject("1", Mode::Written)];
    for (year, wrong) in [(2016, 0), (2017, 0), (2018, 0), (2019, 1), (2071, 1)] {
        assert_eq!(misfits(Some(year), &all, &[good()]).len(), wrong, "{year}");
    }
}

/// R10.
#[test]
fn an_oral_subject_needs_written_ones_of_the_sitting() {
    let written = subject("1", Mode::Written);
    let needs = |code: &str| vec![SubjectCode::parse(code).unwrap()];
    let oral = |code: &str| Subject { needs: needs(code), ..subject("F", Mode::Oral) };
    let count = |subjects: &[Subject]| misfits(Some(2017), subjects, &[]).len();
    assert_eq!(count(&[written.clone(), oral("1")]), 0);
    assert_eq!(count(&[written.clone(), oral("2")]), 1);
    assert_eq!(count(&[written.clone(), oral("F")]), 1);
    assert_eq!(count(&[Subject { needs: needs("1"), ..written }]), 1);
}
