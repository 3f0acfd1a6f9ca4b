use super::*;
use crate::audit::{Changes, Detail};
use crate::web::texts::{Lang, texts};
use crate::words::codes::SchoolCode;
use crate::words::fen::FenSum;
use crate::words::ids::PassportId;
use crate::words::time::Time;

fn of(about: &str, changes: &Changes) -> Line {
    Line {
        school: SchoolCode::NONE,
        id: 1,
        at: Time::from_micros(1),
        actor_kind: "staff".to_owned(),
        actor: "school".to_owned(),
        action: "record-corrected".to_owned(),
        object_kind: "student".to_owned(),
        object: "1".to_owned(),
        address: String::new(),
        detail: Detail::write(about, changes).unwrap(),
        hash: Vec::new(),
    }
}

fn cell(lang: Lang, changes: &Changes) -> String {
    told(texts(lang), &of("", changes)).cell()
}

#[test]
fn each_change_is_a_sentence_in_both_languages() {
    for (changes, zh, en) in [
        (
            Changes::NONE.field("class", Value::Nothing, Value::text("2班")),
            "班级：（空） → 2班",
            "Class: (none) → 2班",
        ),
        (
            Changes::NONE.field("role", Value::code("school"), Value::code("finance")),
            "角色：学校 → 财务",
            "Role: school → finance",
        ),
        (
            Changes::NONE.field("needs", Value::codes(["extra-time", "hearing"]), Value::Nothing),
            "合理便利：延长考试时间、免除听力 → （空）",
            "Accommodations: extra time, no listening part → (none)",
        ),
        (
            Changes::NONE.set("amount", FenSum::new(3_005).unwrap()),
            "金额：（空） → 30.05 元",
            "Amount: (none) → 30.05 yuan",
        ),
        (Changes::NONE.field("malicious", false, true), "恶意申请：否 → 是", "Marked as malicious: no → yes"),
        (Changes::NONE.field("passport", PassportId(1), PassportId(9)), "通行证：1 → 9", "Passport: 1 → 9"),
        (
            Changes::NONE.replaced("password"),
            "密码：已修改（内容不记录）",
            "Password: changed (value not recorded)",
        ),
        (
            Changes::NONE.withheld("phone", "13812345678", ""),
            "电话：（内容不记录） → （空）",
            "Telephone: (not recorded) → (none)",
        ),
        (
            Changes::NONE.field_of("name", "993010".to_owned(), Value::text("甲"), Value::text("乙")),
            "名称 993010：甲 → 乙",
            "Name 993010: 甲 → 乙",
        ),
        (
            Changes::NONE.set("of-a-later-version", Time::from_micros(0)),
            "of-a-later-version：（空） → 1970-01-01 08:00:00",
            "of-a-later-version: (none) → 1970-01-01 08:00:00",
        ),
    ] {
        assert_eq!((cell(Lang::Zh, &changes), cell(Lang::En, &changes)), (zh.to_owned(), en.to_owned()));
    }
}

#[test]
fn codes_come_first_and_what_a_line_had_no_room_for_is_counted() {
    let many =
        (0..52).fold(Changes::NONE, |changes, n| changes.field_of("name", n.to_string(), 0_i64, 1_i64));
    let told = told(texts(Lang::En), &of("campuses=52", &many));
    assert_eq!((told.about.as_str(), told.changes.len()), ("campuses=52", 51));
    assert_eq!(told.changes.last().map(String::as_str), Some("and 2 more"));
    assert!(told.cell().starts_with("campuses=52; Name 0: 0 → 1; "));
    let old = Line { detail: "campus=993010 barred=2".to_owned(), ..of("", &Changes::NONE) };
    assert_eq!(super::told(texts(Lang::En), &old).cell(), "campus=993010 barred=2");
    assert_eq!(super::told(texts(Lang::En), &of("", &Changes::NONE)).cell(), "");
}
