//! Correcting one student's record in every column, and its history.

use super::{NEW, import, row, world};
use crate::staff::tests::world::member;
use crate::testing::{Answer, Browser};
use cet_base::on_both;
use cet_domain::audit::testing::told_of;

const ALL: &[(&str, &str)] = &[
    ("name", "钱柒"),
    ("sex", "女"),
    ("campus", "993010"),
    ("education", "研究生"),
    ("duration", "3"),
    ("entry_year", "15"),
    ("grade", "15"),
    ("college", "法学院"),
    ("major", "法学"),
    ("class", "九班"),
    ("student_number", "S7-1"),
    ("remark", "转专业"),
    ("listed", "1;2"),
    ("barred", "F"),
];

async fn made(school: &mut Browser<'_>) -> String {
    let made = school.post("/staff/students/new", NEW).await;
    assert_eq!(made.status, 303, "{:?}", made.codes());
    made.location().to_owned()
}

fn with<'v>(
    fields: &[(&'static str, &'v str)],
    more: &[(&'static str, &'v str)],
) -> Vec<(&'static str, &'v str)> {
    let kept = fields.iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
    kept.chain(more).copied().collect()
}

fn codes(answer: &Answer) -> (u16, Vec<&str>) {
    (answer.status.as_u16(), answer.codes())
}

on_both! {
    /// S2.
    async fn every_column_that_a_file_has_is_corrected_on_the_page_of_the_student(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let path = made(&mut school).await;
        let done = school.post(&path, ALL).await;
        assert_eq!((done.status.as_u16(), done.location()), (303, path.as_str()), "{:?}", done.codes());
        let page = school.get(&path).await.text;
        for value in ["钱柒", "3", "15", "法学院", "法学", "九班", "S7-1", "转专业"] {
            assert!(page.contains(&format!("value=\"{value}\"")), "{value}: {page}");
        }
        for (field, value) in [("sex", "女"), ("education", "研究生")] {
            assert!(page.contains(&format!("<option value=\"{value}\" selected")), "{field}");
        }
        for (field, value) in [("listed", "1"), ("listed", "2"), ("barred", "F")] {
            assert!(page.contains(&format!("name=\"{field}\" value=\"{value}\" checked")), "{field} {value}");
        }
        // The same once more is no second correction, and what a form lacks stays.
        assert_eq!(school.post(&path, ALL).await.location(), path);
        let few: Vec<_> = ALL.iter().copied().filter(|(name, _)| !["name", "sex", "listed", "duration"].contains(name)).collect();
        assert_eq!(school.post(&path, &few).await.location(), path);
        assert_eq!(told_of(&app.t.db, "record-corrected").await.unwrap().len(), 1);
    }

    /// S2, S7.
    async fn the_history_of_a_record_says_who_changed_what_and_no_personal_value(t: TestDb) {
        let app = world(t).await;
        import(&app, &[row("E7", "993010", "七班")]).await;
        let mut school = member(&app, "school-99301").await;
        let found = school.post("/staff/students/search", &[("document_kind", "passport"), ("document_number", "E7")]).await;
        let path = found.location().to_owned();
        assert_eq!(school.post(&path, ALL).await.status, 303);
        let page = school.get(&path).await.text;
        let history = page.split("id=\"history\"").nth(1).and_then(|rest| rest.split("</ol>").next()).unwrap();
        assert!(history.contains("更正学籍") && history.contains("school-99301"), "{history}");
        for told in ["班级：七班 → 九班", "学历：本科 → 研究生", "姓名：已修改", "资格科目：（空） → 1", "第 2 行", "新增"] {
            assert!(history.contains(told), "{told}: {history}");
        }
        for personal in ["张三", "钱柒", "S7-1", "转专业"] {
            assert!(!history.contains(personal), "{personal}: {history}");
        }
        let at = history.find("更正学籍").zip(history.find("第 2 行"));
        assert!(at.is_some_and(|(newer, older)| newer < older), "the newest first");
    }

    /// S2.
    async fn another_document_makes_another_record_and_its_form_sent_twice_leads_there(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let path = made(&mut school).await;
        let fields = with(ALL, &[("document_kind", "passport"), ("document_number", "E70")]);
        let done = school.post(&path, &fields).await;
        assert!(done.status == 303 && done.location() != path, "{:?}", done.codes());
        let new = done.location().to_owned();
        assert_eq!((school.get(&path).await.status.as_u16(), school.get(&new).await.status.as_u16()), (404, 200));
        let history = school.get(&new).await.text;
        assert!(history.contains("证件号码：已修改") && !history.contains("E70</"), "{history}");
        assert_eq!(school.post(&path, &fields).await.location(), new, "sent twice");
        assert_eq!(school.post(&path, &with(&fields, &[("class", "十班")])).await.status, 404, "another form");
        assert_eq!(told_of(&app.t.db, "record-corrected").await.unwrap().len(), 1);
        let search = |number| [("document_kind", "passport"), ("document_number", number)];
        assert_eq!(school.post("/staff/students/search", &search("E7")).await.codes(), ["record-not-found"]);
        assert_eq!(school.post("/staff/students/search", &search("E70")).await.location(), new);
        // The old number may be entered anew, and no correction takes what another record has.
        let other = made(&mut school).await;
        let taken = school.post(&other, &with(ALL, &[("document_number", "E70")])).await;
        assert_eq!(codes(&taken), (422, vec!["field-invalid"]));
        assert!(taken.text.contains(&format!("href=\"{new}\"")) && taken.text.contains("href=\"#document_number\""));
        import(&app, &[row("E71", "991010", "乙班")]).await;
        assert_eq!(codes(&school.post(&other, &with(ALL, &[("document_number", "E71")])).await), (422, vec!["field-invalid"]));
    }

    /// S2.
    async fn what_a_file_may_not_say_is_refused_beside_its_field_all_at_once(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let path = made(&mut school).await;
        let long = "长".repeat(41);
        let bad = [
            ("name", ""), ("sex", "X"), ("document_kind", "x"), ("campus", "991010"), ("education", &*long), ("duration", &*long),
            ("entry_year", &*long), ("grade", &*long), ("student_number", &*long), ("listed", "Z"), ("barred", "Z"),
        ];
        let answer = school.post(&path, &with(ALL, &bad)).await;
        assert_eq!(answer.status, 422);
        for (field, _) in bad {
            assert!(answer.text.contains(&format!("href=\"#{field}\"")), "{field}: {:?}", answer.codes());
        }
        assert_eq!(answer.codes().len(), bad.len());
        let one = school.post(&path, &with(ALL, &[("class", "a\u{1}b")])).await;
        assert!(one.status == 422 && one.text.contains("value=\"法学院\""), "what was typed stays");
        assert!(told_of(&app.t.db, "record-corrected").await.unwrap().is_empty());
    }

    /// S2.
    async fn what_only_a_correction_made_odd_is_told_once(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let path = made(&mut school).await;
        assert_eq!(school.post(&path, &with(ALL, &[("education", "高中")])).await.status, 303);
        let page = school.get(&path).await.text;
        assert!(page.contains("看起来不对") && page.contains("学历"), "{page}");
        assert_eq!(school.post(&path, &with(ALL, &[("education", "高中"), ("class", "1")])).await.status, 303);
        assert!(!school.get(&path).await.text.contains("看起来不对"), "it did not change");
    }
}
