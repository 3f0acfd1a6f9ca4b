use super::*;

const BEFORE: i64 = 0;
const PRINTING: i64 = 100;
const EXAM: i64 = 200;
const EXAM_END: i64 = 210;

fn at(micros: i64) -> Time {
    Time::from_micros(micros)
}

fn entry(mode: Mode, paid: bool) -> EntryProgress {
    EntryProgress { mode, paid, prints_from: Some(at(PRINTING)), exam: Some((at(EXAM), at(EXAM_END))) }
}

/// The states of all steps in the format of the pages.
fn states(entries: &[EntryProgress], now: i64) -> String {
    chart(entries, at(now)).map(|(_, state)| state.wire()).join(" ")
}

/// R9.
#[test]
fn every_step_stands_once_and_in_order() {
    let steps = chart(&[], at(BEFORE)).map(|(step, _)| step.wire()).join(" ");
    assert_eq!(steps, "written-entered written-paid oral-entered oral-paid complete print-ticket sit end");
}

#[test]
fn an_empty_registration_waits_for_a_written_subject() {
    assert_eq!(states(&[], BEFORE), "current todo optional optional todo todo todo todo");
}

#[test]
fn an_unpaid_written_subject_waits_for_payment() {
    let entries = [entry(Mode::Written, false)];
    assert_eq!(states(&entries, BEFORE), "done current optional optional todo todo todo todo");
}

#[test]
fn both_payments_can_wait_at_once() {
    let entries = [entry(Mode::Written, false), entry(Mode::Written, false), entry(Mode::Oral, false)];
    assert_eq!(states(&entries, BEFORE), "done current done current todo todo todo todo");
}

/// R14.
#[test]
fn a_paid_written_subject_alone_completes_the_registration() {
    let entries = [entry(Mode::Written, true)];
    assert_eq!(states(&entries, BEFORE), "done done optional optional done todo todo todo");
}

#[test]
fn what_is_unpaid_keeps_the_registration_incomplete() {
    let one_of_two = [entry(Mode::Written, true), entry(Mode::Written, false)];
    assert_eq!(states(&one_of_two, BEFORE), "done current optional optional todo todo todo todo");
    let oral_unpaid = [entry(Mode::Written, true), entry(Mode::Oral, false)];
    assert_eq!(states(&oral_unpaid, BEFORE), "done done done current todo todo todo todo");
    let all = [entry(Mode::Written, true), entry(Mode::Oral, true)];
    assert_eq!(states(&all, BEFORE), "done done done done done todo todo todo");
}

#[test]
fn tickets_print_from_their_time_to_the_end_of_the_exam() {
    let entries = [entry(Mode::Written, true)];
    assert_eq!(states(&entries, PRINTING - 1), "done done optional optional done todo todo todo");
    assert_eq!(states(&entries, PRINTING), "done done optional optional done current todo todo");
    assert_eq!(states(&entries, EXAM), "done done optional optional done current current todo");
    assert_eq!(states(&entries, EXAM_END), "done done optional optional done done done done");
}

#[test]
fn after_the_oral_exam_the_written_one_is_still_to_sit() {
    let mut oral = entry(Mode::Oral, true);
    oral.exam = Some((at(150), at(160)));
    let entries = [entry(Mode::Written, true), oral];
    assert_eq!(states(&entries, 170), "done done done done done current current todo");
    assert_eq!(states(&entries, EXAM_END), "done done done done done done done done");
}

/// R14.
#[test]
fn exams_of_unpaid_entries_do_not_count() {
    let entries = [entry(Mode::Written, false)];
    assert_eq!(states(&entries, EXAM_END), "done current optional optional todo todo todo todo");
}

#[test]
fn an_exam_without_a_date_does_not_end() {
    let undated = EntryProgress { prints_from: None, exam: None, ..entry(Mode::Written, true) };
    assert_eq!(states(&[undated], i64::MAX), "done done optional optional done todo todo todo");
    assert_eq!(states(&[entry(Mode::Written, true), undated], EXAM_END).split(' ').next_back(), Some("todo"));
}
