//! The content of a sitting's file, and the reports of its faults.

use super::*;

const GOOD: &str = SAMPLE;

fn beside(name: &str) -> Result<String, String> {
    if name == "agreement.zh.md" { Ok("# 报名协议".to_owned()) } else { Err("no such file".to_owned()) }
}

fn faults(text: &str) -> Vec<String> {
    parse(text, beside).unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn a_good_file_is_read_whole() {
    let file = parse(GOOD, beside).unwrap();
    assert_eq!(file.code.as_str(), "2017-2");
    assert_eq!(file.name_en, "2017年下半年");
    assert_eq!(file.subjects.len(), 2);
    assert_eq!(file.subjects[0].exam_from.unwrap().page(), "2017-12-16 09:00");
    assert_eq!(file.subjects[0].exam_to.unwrap().page(), "2017-12-16 11:20");
    assert_eq!(file.windows[0].window.opens().page(), "2017-09-20 12:00");
    assert_eq!(file.windows[0].window.closes().page(), "2017-10-10 17:00");
    assert_eq!(file.fees.len(), 2);
    assert_eq!(file.pools.len(), 2);
    assert_eq!(file.orals[0].1, ["99101"]);
    assert_eq!(file.texts, [(TextKind::Agreement, "zh", "# 报名协议".to_owned())]);
}

#[test]
fn every_fault_is_told_at_once_with_its_line() {
    let text = "code = \"2017/2\"\nyear = 2017.5\nhalf = 2\nfees = 3\n\n[[subject]]\ncode = \"11\"\nname = \"x\"\nmode = \"spoken\"\nlevel = 12\n";
    assert_eq!(
        faults(text),
        [
            "1: code = \"2017/2\": expected up to 16 letters, digits and dashes",
            "1: name is missing",
            "2: year = of type float: expected a whole number from 1987 to 2100",
            "4: fees is not known here: expected code, name, name_en, year, half, ask_student_number, province_fees, agreement, \
             agreement_en, guidance_written, guidance_written_en, guidance_oral, guidance_oral_en, province, school, \
             campus, subject, window, limit, fee, pool, notice, oral, arrangement",
            "7: subject.code = \"11\": expected a subject code: one digit or upper-case letter",
            "9: subject.mode = \"spoken\": expected \"written\" or \"oral\"",
            "10: subject.level = 12: expected 4 or 6",
        ]
    );
}

#[test]
fn numbers_and_times_that_no_sitting_has_are_told_all_at_once_where_they_stand() {
    let slips = [
        ("half = 2", "half = 3", "half = 3: expected 1 or 2"),
        ("level = 4\nexam", "level = 5\nexam", "subject.level = 5: expected 4 or 6"),
        ("year = 2017", "year = 20017", "year = 20017: expected a whole number"),
        ("name = \"2017年下半年\"", "name = \"\u{200b} \"", "expected a text"),
        (
            "amount = \"0.01\"",
            "amount = \"0.00\"",
            "fee.amount = \"0.00\": expected yuan in quotes from 0.01",
        ),
        ("capacity = 2", "capacity = -1", "pool.capacity = -1: expected a whole number from 0"),
        (
            "\"2017-12-16 11:20\"",
            "\"2017-02-31 11:20\"",
            "subject.exam_to = \"2017-02-31 11:20\": expected a time",
        ),
        (
            "\"2017-09-20 12:00\"",
            "\"0001-09-20 12:00\"",
            "window.from = \"0001-09-20 12:00\": expected a time",
        ),
        ("2017-10-10T17:00:00", "9999-10-10T17:00:00", "window.to = 9999-10-10T17:00:00: expected a time"),
    ];
    let mut all = GOOD.to_owned();
    for (good, bad, words) in slips {
        assert!(GOOD.contains(good), "{good}");
        let found = faults(&GOOD.replacen(good, bad, 1));
        let line = GOOD.split(good).next().unwrap().lines().count().max(1);
        assert!(found[0].contains(words), "{found:?}");
        assert!(
            found[0].starts_with(&format!("{line}: ")) || found[0].starts_with(&format!("{}: ", line + 1)),
            "{found:?}"
        );
        all = all.replacen(good, bad, 1);
    }
    let found = faults(&all);
    for (_, _, words) in slips {
        assert!(found.iter().any(|fault| fault.contains(words)), "{words} in {found:?}");
    }
    for highest in ["10000.01", "-1", "1e3"] {
        assert_eq!(faults(&GOOD.replace("0.01", highest)).len(), 1, "{highest}");
    }
    for day_alone in ["\"2017-10-10\"", "2017-10-10", "\"2017-10-10 24:00\"", "\"2017-10-10 17\""] {
        assert_eq!(faults(&GOOD.replace("2017-10-10T17:00:00", day_alone)).len(), 1, "{day_alone}");
    }
}

#[test]
fn dates_in_the_wrong_order_are_told_where_they_stand() {
    let late = GOOD.replace("2017-10-10T17:00:00", "2017-12-17T17:00:00");
    let window = GOOD.lines().position(|line| line == "[[window]]").unwrap() + 1;
    let found = faults(&late);
    assert!(
        found[0].starts_with(&format!("{window}: window.to = 2017-12-17 17:00: expected a time before")),
        "{found:?}"
    );
    assert_eq!(found.len(), 1);
    let subject = GOOD.lines().position(|line| line == "[[subject]]").unwrap() + 1;
    let printing = GOOD.replace("level = 4\nexam", "level = 4\nprinting_from = \"2017-12-16 10:00\"\nexam");
    assert!(faults(&printing)[0].starts_with(&format!("{subject}: subject.printing_from")));
}

#[test]
fn the_school_that_stands_for_none_is_no_place() {
    for (kind, code) in [("school", "00000"), ("campus", "000001")] {
        let found = faults(&format!("{GOOD}\n[[{kind}]]\ncode = \"{code}\"\nname = \"x\"\n"));
        assert!(found.len() == 1 && found[0].contains("not 00000"), "{found:?}");
    }
}

#[test]
fn an_empty_text_file_is_no_text() {
    let found = parse(GOOD, |_| Ok(" \n".to_owned())).unwrap_err();
    assert!(found[0].text.contains("not empty"), "{found:?}");
}

#[test]
fn what_is_no_toml_is_told_with_its_line() {
    let faults = faults("code = \"2017-2\"\nname = \n");
    assert!(faults.iter().any(|fault| fault.starts_with("2: ")), "{faults:?}");
}

#[test]
fn pools_and_fees_name_subjects_of_the_file() {
    let text = GOOD.replace("subjects = [\"1\", \"F\"]", "subjects = [\"1\", \"Z\"]");
    let found = faults(&text);
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found.iter().all(|fault| fault.contains("\"Z\": expected a [[subject]] of this file")));
}

#[test]
fn a_window_that_ends_before_it_begins_and_doubled_rows_are_faults() {
    let text = GOOD.replace("2017-10-10T17:00:00", "2017-09-10T17:00:00");
    assert!(faults(&text)[0].contains("expected a time after from"));
    let doubled = format!("{GOOD}\n[[pool]]\ncampus = \"993010\"\nsubject = \"1\"\ncapacity = 3\n");
    assert!(faults(&doubled)[0].contains("the pool of subject 1 at 993010 stands twice"));
}

#[test]
fn a_text_file_outside_the_folder_is_refused() {
    for name in ["../secret.md", "/etc/passwd", "missing.md"] {
        let text = GOOD.replace("agreement.zh.md", name);
        assert_eq!(faults(&text).len(), 1, "{name}");
    }
}

#[test]
fn what_an_arrangement_sets_is_read_and_checked() {
    let file = parse(GOOD, beside).unwrap();
    let (line, row) = &file.arrangements[0];
    assert_eq!(*line, GOOD.lines().position(|line| line == "[[arrangement]]").unwrap() + 1);
    assert_eq!((row.scope.as_str(), row.room_size, row.machines), ("993010", Some(28), Some(20)));
    assert_eq!(row.oral_sessions.as_deref(), Some("08:30;09:15"));
    assert_eq!((row.tail.as_deref(), row.arrange_as.as_deref()), (Some("merged"), None));
    for (good, bad, told) in [
        ("room_size = 28", "room_size = 100", "from 1 to 99"),
        ("tail = \"merged\"", "tail = \"long\"", "\"short\", \"balanced\" or \"merged\""),
        ("\"09:15\"", "\"9.15\"", "times of a day"),
        ("machines = 20", "oral_ticket = \"F\"", "15 characters"),
        ("machines = 20", "arrange_as = \"99\"", "6 digits"),
        ("machines = 20", "machine = 20", "is not known here"),
    ] {
        let found = faults(&GOOD.replace(good, bad));
        assert!(found.len() == 1 && found[0].contains(told), "{found:?}");
    }
    let twice = format!("{GOOD}\n[[arrangement]]\ncampus = \"993010\"\n");
    assert!(faults(&twice)[0].contains("stands twice"));
    let school = format!("{GOOD}\n[[arrangement]]\nschool = \"99301\"\narrange_as = \"991010\"\n");
    assert!(faults(&school)[0].contains("beside campus only"));
}
