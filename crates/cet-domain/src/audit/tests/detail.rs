use super::*;
use crate::words::ids::PassportId;

/// One field of each type.
fn every_type() -> Changes {
    Changes::NONE
        .field("class", Value::text("1班 \"甲\"; {x}"), Value::Nothing)
        .field("candidates", 29_i64, 32_i64)
        .field("malicious", false, true)
        .field("amount", FenSum::new(3_000).unwrap(), FenSum::new(i64::MAX).unwrap())
        .set("printing-from", Time::from_micros(1_505_880_000_000_001))
        .field("passport", PassportId(1), PassportId(i64::MAX))
        .field("state", Value::code("held"), Value::code("paid"))
        .field("barred", Value::codes(["1", "F"]), Value::Nothing)
        .field_of("name", "993010".to_owned(), Value::Withheld, Value::Nothing)
}

#[test]
fn values_are_read_as_they_were_written() {
    let column = Detail::write("sitting=2017-2", &every_type()).unwrap();
    let detail = Detail::read(&column);
    assert_eq!((detail.about.as_str(), &detail.changes), ("sitting=2017-2", &every_type()));
    assert_eq!(detail.changes.list().len(), 9);
    let many =
        (0..60).fold(Changes::NONE, |changes, n| changes.field_of("name", n.to_string(), 0_i64, 1_i64));
    let read = Detail::read(&Detail::write("", &many).unwrap());
    assert_eq!((read.about.as_str(), &read.changes), ("", &many));
}

#[test]
fn what_is_written_stays_readable_for_other_programs() {
    let changes = Changes::NONE
        .field("state", Value::code("held"), Value::code("paid"))
        .set("amount", FenSum::new(3_000).unwrap())
        .field("passport", PassportId(7), Value::Nothing)
        .withheld("phone", "", "13812345678");
    assert_eq!(
        Detail::write("order=9", &changes).unwrap(),
        "{\"about\":\"order=9\",\"changes\":[\
         {\"field\":\"state\",\"before\":{\"code\":\"held\"},\"after\":{\"code\":\"paid\"}},\
         {\"field\":\"amount\",\"after\":{\"fen\":3000}},\
         {\"field\":\"passport\",\"before\":{\"id\":\"7\"}},\
         {\"field\":\"phone\",\"after\":\"withheld\"}]}"
    );
    let at = Detail::write("", &Changes::NONE.set("printing-from", Time::from_micros(1_500_000))).unwrap();
    assert_eq!(
        at,
        "{\"changes\":[{\"field\":\"printing-from\",\"after\":{\"at\":\"1970-01-01T00:00:01.5Z\"}}]}"
    );
}

#[test]
fn a_line_without_changes_holds_its_codes_alone() {
    assert_eq!(Detail::write("subject=1 campus=993010", &Changes::NONE).unwrap(), "subject=1 campus=993010");
}

#[test]
fn lines_of_earlier_and_of_later_versions_are_shown_as_they_stand() {
    for column in [
        "",
        "campus=993010 barred=2",
        "reason=sum amount=3000 proof=notice",
        "{\"changes\":[{\"field\":\"class\",\"after\":{\"of-a-later-version\":1}}]}",
        "{broken",
    ] {
        assert_eq!(
            Detail::read(column),
            Detail { about: column.to_owned(), changes: Changes::NONE },
            "{column}"
        );
    }
    // Additions of a later version to a line are ignored.
    let later = "{\"about\":\"x\",\"why\":\"y\",\"changes\":[{\"field\":\"class\",\"unit\":1,\"after\":{\"text\":\"2\"}}]}";
    assert_eq!(Detail::read(later).changes, Changes::NONE.set("class", Value::text("2")));
}
