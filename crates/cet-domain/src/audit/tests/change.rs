use super::*;
use crate::words::codes::SubjectCode;

fn only(changes: &Changes) -> (&Value, &Value) {
    assert_eq!(changes.list().len(), 1, "{changes:?}");
    (&changes.list()[0].before, &changes.list()[0].after)
}

#[test]
fn a_field_that_stays_as_it_was_is_left_out() {
    let campus = |code| CampusCode::parse(code).unwrap();
    let changes = Changes::NONE
        .field("campus", campus("993010"), campus("993010"))
        .field("class", Value::text("1"), Value::text("2"))
        .withheld("phone", "13812345678", "13812345678");
    assert_eq!(only(&changes), (&Value::text("1"), &Value::text("2")));
    assert_eq!(changes.list()[0].field, "class");
    assert!(Changes::NONE.field("class", Value::text(""), Value::Nothing).is_empty());
}

#[test]
fn a_withheld_field_tells_only_whether_there_was_and_is_a_value() {
    let phone = |before: &str, after: &str| Changes::NONE.withheld("phone", before, after);
    assert_eq!(only(&phone("", "13812345678")), (&Value::Nothing, &Value::Withheld));
    assert_eq!(only(&phone("13812345678", "")), (&Value::Withheld, &Value::Nothing));
    let changed = phone("13812345678", "13900000000");
    assert_eq!(only(&changed), (&Value::Withheld, &Value::Withheld));
    assert!(!format!("{changed:?}").contains("138"));
    assert_eq!(only(&Changes::NONE.replaced("password")), (&Value::Withheld, &Value::Withheld));
}

#[test]
fn text_that_may_hold_a_document_number_is_withheld_and_long_text_is_cut() {
    for text in ["11010519491231002X", "证件 110105194912310020", "110105491231002"] {
        assert_eq!(Value::text(text), Value::Withheld, "{text}");
    }
    assert_eq!(Value::text("2017级 3班 20170914123456"), Value::Text("2017级 3班 20170914123456".to_owned()));
    let Value::Text(cut) = Value::text(&"学".repeat(LONGEST_TEXT + 1)) else { panic!("not a text") };
    assert_eq!((cut.chars().count(), cut.ends_with('…')), (LONGEST_TEXT + 1, true));
    assert_eq!(Value::text(&"学".repeat(LONGEST_TEXT)), Value::Text("学".repeat(LONGEST_TEXT)));
}

#[test]
fn of_more_fields_than_a_line_holds_it_says_how_many() {
    let changes = (0..53).fold(Changes::NONE, |changes, n| {
        changes.field_of("name", format!("99{n:04}"), Value::text("a"), Value::text("b"))
    });
    assert_eq!((changes.list().len(), changes.more()), (MOST_FIELDS, 3));
}

#[test]
fn empty_codes_are_none_and_the_whole_tree_has_a_name() {
    assert_eq!(Value::codes::<SubjectCode>([]), Value::Nothing);
    assert_eq!(Value::code(""), Value::Nothing);
    assert_eq!(Value::place(""), Value::code("nation"));
    assert_eq!(Value::place("99301"), Value::code("99301"));
    assert_eq!(Value::from(None::<i64>), Value::Nothing);
}

/// S7: what was changed stands in the line, however long the text before that place is.
#[test]
fn of_long_texts_the_log_shows_where_they_differ() {
    let long = "一".repeat(500);
    let changed = Changes::NONE.text_of("class", String::new(), &long, &format!("{long}尾"));
    let (before, after) = only(&changed);
    assert_ne!(before, after);
    let Value::Text(after) = after else { panic!("not a text") };
    assert!(after.starts_with('…') && after.ends_with("一尾"), "{after}");
    assert!(Changes::NONE.text_of("class", String::new(), &long, &long).is_empty());
    // Whatever the length before it: with the name of its field none is cut before the place.
    for length in [0, 20, 99, 101, 194, 195, 199, 200, 201] {
        let (text, longer) = ("一".repeat(length), "一".repeat(length + 1));
        let (before, after) = differing(&text, &longer);
        let named = |text: &str| Value::text(&format!("guidance={text}"));
        assert_ne!(named(&before), named(&after), "{length}");
    }
    let shorter = Changes::NONE.text_of("class", String::new(), &format!("{long}{long}"), &long);
    assert_eq!(shorter.list().len(), 1);
    // Also where neither is shown.
    let hidden = Changes::NONE.text_of("class", String::new(), "110105194912310021", "110105194912310022");
    assert_eq!(only(&hidden), (&Value::Withheld, &Value::Withheld));
}
