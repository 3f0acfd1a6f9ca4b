use super::*;
use crate::roster::tests::{key, vault};

const ID: &str = "330101199601011231";

fn student(number: &str, name: &str, document: (DocumentKind, &str)) -> Listed {
    Listed {
        campus: crate::words::codes::CampusCode::parse("993010").unwrap(),
        document_key: key(document.0, document.1),
        student_number: number.to_owned(),
        name: name.to_owned(),
        name_key: PersonName::parse(name).unwrap().key().as_str().to_owned(),
        grade: "2016级".to_owned(),
        college: "计算机学院".to_owned(),
        major: "软件工程".to_owned(),
        class: "软件1班".to_owned(),
    }
}

fn students() -> Vec<Listed> {
    vec![
        student("T000001", "王测试", (DocumentKind::ResidentId, ID)),
        student("2016-01", "阿依古丽·买买提", (DocumentKind::MacauId, "12345678")),
        student("77", "同号甲", (DocumentKind::Passport, "E12345678")),
        student("77", "同号乙", (DocumentKind::HongKongId, "A123456(7)")),
        student("", "无学号", (DocumentKind::Passport, "E00000009")),
        student("t9", "小写", (DocumentKind::Passport, "E00000010")),
        student("T9", "大写", (DocumentKind::Passport, "E00000011")),
        student("330101199601011231", "学号即证号", (DocumentKind::Passport, "E00000012")),
    ]
}

#[test]
fn a_photo_is_found_by_any_reasonable_name() {
    let vault = vault();
    let roster = Roster::of(&vault, students(), None);
    let shared = Match::Doubtful(Doubt::Shared(2));
    for (stem, wanted) in [
        ("T000001", Match::Number(0)),
        ("t000001", Match::Number(0)),
        ("Ｔ０００００１", Match::Number(0)),
        (" T000001 ", Match::Number(0)),
        ("T000001 王测试", Match::Number(0)),
        ("王测试T000001", Match::Number(0)),
        ("王测试_T000001_计算机学院", Match::Number(0)),
        ("2016级软件1班-T000001-王测试照片", Match::Number(0)),
        ("T000001(1)", Match::Number(0)),
        ("T000001（1）", Match::Number(0)),
        ("T000001 - 副本", Match::Number(0)),
        ("T000001 计算机", Match::Number(0)),
        ("2016-01", Match::Number(1)),
        ("2016-01 阿依古丽·买买提", Match::Nobody),
        ("12345678", Match::Document(1)),
        ("T000001_李四", Match::Doubtful(Doubt::OtherName)),
        ("T000001 12345678", Match::Doubtful(Doubt::Several)),
        ("77", shared),
        ("77 同号甲", shared),
        ("E12345678", Match::Document(2)),
        ("E12345678 77", Match::Document(2)),
        ("A123456(7)", Match::Document(3)),
        ("A1234567_同号乙", Match::Document(3)),
        ("E12345678_同号乙", Match::Doubtful(Doubt::OtherName)),
        ("t9", Match::Number(5)),
        ("T9", Match::Number(6)),
        ("王测试", Match::Nobody),
        ("NOSUCH9999", Match::Nobody),
        ("", Match::Nobody),
        ("(1)", Match::Nobody),
        // One student's student number is another one's document number.
        (ID, Match::Doubtful(Doubt::Several)),
    ] {
        assert_eq!(roster.find(stem), wanted, "{stem}");
    }
    let without: Vec<Listed> = students().into_iter().take(7).collect();
    let roster = Roster::of(&vault, without, None);
    for stem in [ID, "33010119960101123 1", "330101960101123", "王测试330101199601011231"] {
        assert_eq!(roster.find(stem), Match::Document(0), "{stem}");
    }
    // Two numbers differ in case only: a third spelling matches neither.
    assert_eq!(roster.find("Ｔ９"), Match::Number(6));
}

/// TH22.
#[test]
fn a_campus_finds_its_own_students_and_of_all_others_says_the_same_as_of_nobody() {
    let vault = vault();
    let mut all = students();
    all[1].campus = crate::words::codes::CampusCode::parse("993011").unwrap();
    all[3].campus = all[1].campus;
    let within = Scope::parse("993010");
    let roster = Roster::of(&vault, all, within.as_ref());
    for stem in
        ["2016-01", "12345678", "2016-01 李四", "12345678 李四", "A123456(7)", "NOSUCH9999", "H00000001"]
    {
        assert_eq!(roster.find(stem), Match::Nobody, "{stem}");
    }
    assert_eq!(roster.find("T000001 12345678"), roster.find("T000001 87654321"));
    assert_eq!(roster.find("T000001"), Match::Number(0));
    assert_eq!(roster.find("77"), Match::Doubtful(Doubt::Shared(2)), "no face by a number that two have");
    assert!(roster.has_own());
}
