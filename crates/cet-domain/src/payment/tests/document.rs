//! The tables of `docs/money.md` say what the code does.

use crate::payment::events::Kind;
use crate::payment::rules::{EntryState, Event, LineStep, OrderState, Step, line, step};

const DOCUMENT: &str = include_str!("../../../../../docs/money.md");

/// The rows of the first table after a heading's line that holds these words; each row without its first cell's name.
fn table(after: &str) -> Vec<(String, Vec<String>)> {
    let from = DOCUMENT.lines().skip_while(|line| !line.contains(after)).skip(1);
    let rows = from.skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    let cells =
        |row: &str| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let row = |row: &str| {
        let mut cells = cells(row).into_iter();
        (cells.next().unwrap(), cells.collect())
    };
    rows.skip(2).map(row).collect()
}

fn of_step(step: Step) -> String {
    match step {
        Step::Book => "book".to_owned(),
        Step::Keep => "keep".to_owned(),
        Step::Alarm => "alarm".to_owned(),
        Step::End(why) => format!("end: {}", why.wire()),
        Step::Close(why) => format!("close: {}", why.wire()),
    }
}

fn of_line(step: LineStep) -> String {
    match step {
        LineStep::Pay => "pay".to_owned(),
        LineStep::Retake => "retake".to_owned(),
        LineStep::Refund(why) => format!("back: {}", why.wire()),
    }
}

#[test]
fn the_document_names_each_event_in_each_state_with_its_step() {
    let expected: Vec<_> = Event::ALL
        .iter()
        .map(|event| {
            let steps = OrderState::ALL.map(|order| of_step(step(order, *event, None)));
            (format!("{event:?}"), steps.to_vec())
        })
        .collect();
    assert_eq!(table("What each event does to an order"), expected);
}

#[test]
fn the_document_names_where_the_money_of_each_line_goes() {
    let expected: Vec<_> = EntryState::ALL
        .iter()
        .map(|entry| {
            let steps = OrderState::ALL.map(|order| of_line(line(order, *entry, false)));
            (format!("{entry:?}"), steps.to_vec())
        })
        .collect();
    assert_eq!(table("For each line, by the state of its entry"), expected);
}

#[test]
fn the_document_names_each_kind_of_event() {
    let named: Vec<String> = table("order (资金去向) on").into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(named, Kind::ALL.map(Kind::wire));
}
