//! What a sitting's file may say, and how its faults are told.

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
            "2: year = of type float: expected a whole number from 1987 to 2200",
            "4: fees is not known here: expected code, name, name_en, year, half, ask_student_number, agreement, \
             agreement_en, guidance_written, guidance_written_en, guidance_oral, guidance_oral_en, province, school, \
             campus, subject, window, fee, pool, notice, oral, arrangement",
            "7: subject.code = \"11\": expected a subject code: one digit or upper-case letter",
            "9: subject.mode = \"spoken\": expected \"written\" or \"oral\"",
            "10: subject.level = 12: expected a whole number from 1 to 9",
        ]
    );
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
