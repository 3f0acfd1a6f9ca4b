//! Choices at the size of what is possible: subjects that are granted, campuses that are near or searched.

use super::tests::{offer, saved, sql, tags};
use crate::registration::pages::tests::{bound, enrolled, refused};
use crate::testing::{Answer, TestApp};
use cet_base::on_both;
use cet_base::store::{DbError, Tx};

/// The campuses of the list, in its order.
fn listed(page: &Answer) -> Vec<&str> {
    let list = page.text.split("<ul class=\"camps\">").nth(1).and_then(|rest| rest.split("</ul>").next());
    let links = list.unwrap_or_default().split("href=\"/registration/oral?campus=").skip(1);
    links.map(|link| &link[..6]).collect()
}

/// A campus of the home school, two of the province, and one in Beijing that opens in two hours, with seats of F each.
async fn with_campuses(app: &TestApp) {
    for statement in [
        "INSERT INTO campus (code, name) VALUES ('993011', '测试校区机构002'), ('992020', '滨海校区'), ('110010', '北京大学')",
        "INSERT INTO seat_pool (school, sitting, campus, subject, capacity, taken)
         VALUES ('99301', '2017-2', '993011', 'F', 4, 0), ('99202', '2017-2', '992020', 'F', 4, 4),
                ('11001', '2017-2', '110010', 'F', 4, 0)",
        "INSERT INTO registration_window (sitting, scope, mode, from_at, to_at, outsiders_from)
         SELECT sitting, '11', mode, from_at + 10800000000, to_at, NULL FROM registration_window WHERE mode = 'oral'",
        "UPDATE oral_setting SET elsewhere = '99;11' WHERE scope = '99301'",
        "UPDATE catalogue_version SET version = version + 1",
    ] {
        sql(app, statement).await;
    }
    app.app.catalogue.refresh(&app.app.db).await.unwrap();
}

on_both! {
    /// R11, R12.
    async fn campuses_are_listed_with_their_seats_the_nearest_first_and_found_by_name_or_code(t: TestDb) {
        let app = enrolled(t).await;
        with_campuses(&app).await;
        let mut browser = bound(&app, 1).await;
        saved(&mut browser, "written", &["1"]).await;
        let page = browser.get("/registration/oral").await;
        assert_eq!(listed(&page), ["993010", "993011", "991010", "992020", "110010"]);
        assert!(page.text.contains("共 5 个校区"));
        for told in ["本校区", "本校其他校区", "(99202)滨海校区　本省", "北京市", "2017-09-20 14:00 起可以报考", "有 · 余 4", "无（已报满）"] {
            assert!(page.text.contains(told), "{told}");
        }
        assert_eq!(page.text.matches("aria-current=\"true\"").count(), 1);
        for (wanted, found) in [
            ("滨海", &["993010", "992020"][..]),
            ("1100", &["993010", "110010"]),
            ("北京", &["993010", "110010"]),
            ("nobody", &["993010"]),
            ("测试学校机构01", &["993010", "993011"]),
            ("%3Cscript%3E", &["993010"]),
        ] {
            let page = browser.get(&format!("/registration/oral?q={wanted}")).await;
            assert_eq!(listed(&page), found, "{wanted}");
            assert_eq!((refused(&page), page.text.contains("<script>")), ((200, vec![]), false));
            assert!(page.text.contains("href=\"/registration/oral\">显示全部校区"));
            let none = ["nobody", "%3Cscript%3E"].contains(&wanted);
            assert_eq!(page.text.contains("没有找到这样的校区"), none, "{wanted}");
            // The picked one stands there besides, and is not what was found.
            let fits = wanted == "测试学校机构01";
            let found = found.len() - usize::from(!fits);
            assert!(none || page.text.contains(&format!("找到 {found} 个校区。")), "{wanted}: {}", page.text);
            assert_eq!(page.text.contains("您已选择的校区列在最前"), !fits, "{wanted}");
        }
        let picked = browser.get("/registration/oral?campus=110010&q=99").await;
        assert_eq!(listed(&picked).len(), 5, "the picked one stays among those that fit");
        assert!(picked.text.contains("type=\"hidden\" name=\"campus\" value=\"110010\""));
        assert_eq!(offer(&picked, "F"), "window-not-open");
    }

    /// R11: the list is cut, and says of how many it shows how many.
    async fn a_list_that_is_cut_counts_neither_the_picked_campus_nor_more_than_it_shows(t: TestDb) {
        let app = enrolled(t).await;
        with_campuses(&app).await;
        let of = |row: &dyn Fn(i64) -> String| (21..36).map(row).collect::<Vec<_>>().join(", ");
        let names = of(&|n| format!("('9930{n}', '分校{n}')"));
        let pools = of(&|n| format!("('99301', '2017-2', '9930{n}', 'F', 4, 0)"));
        let insert = async move |tx: &mut Tx<'_>| {
            tx.execute(&format!("INSERT INTO campus (code, name) VALUES {names}"), &[]).await?;
            let pool = "INSERT INTO seat_pool (school, sitting, campus, subject, capacity, taken) VALUES";
            tx.execute(&format!("{pool} {pools}"), &[]).await?;
            tx.execute("UPDATE catalogue_version SET version = version + 1", &[]).await
        };
        let inserted: Result<u64, DbError> = app.t.db.write(insert).await;
        assert_eq!(inserted.unwrap(), 1);
        app.app.catalogue.refresh(&app.app.db).await.unwrap();
        let mut browser = bound(&app, 1).await;
        for (query, said, rows) in [
            ("", "共 20 个校区，以下是最近的 12 个。", 12),
            ("?campus=110010", "共 20 个校区，以下是最近的 12 个。", 13),
            ("?q=%E5%88%86%E6%A0%A1", "找到 15 个校区，以下是最近的 12 个。", 13),
            ("?campus=993022&q=%E5%88%86%E6%A0%A1", "找到 15 个校区，以下是最近的 12 个。", 12),
            ("?campus=993021&q=99303", "找到 6 个校区。", 7),
        ] {
            let page = browser.get(&format!("/registration/oral{query}")).await;
            assert_eq!(listed(&page).len(), rows, "{query}");
            assert!(page.text.contains(said), "{query}: {}", page.text);
            assert_eq!(page.text.contains("您已选择的校区列在最前"), rows == 13 || rows == 7, "{query}");
        }
    }

    /// R10, R11.
    async fn each_campus_says_when_its_exam_is_and_no_seats_are_offered_for_a_day_that_is_not_set(t: TestDb) {
        let app = enrolled(t).await;
        with_campuses(&app).await;
        let mut browser = bound(&app, 1).await;
        let dated = browser.get("/registration/oral").await;
        let list = |page: &Answer| page.text.split("<ul class=\"camps\">").nth(1).unwrap().split("</ul>").next().unwrap().to_owned();
        assert!(list(&dated).contains("考试日期 2017-") && list(&dated).contains("有 · 余"), "{}", list(&dated));
        for statement in [
            "UPDATE subject SET exam_from = NULL, exam_to = NULL WHERE mode = 'oral'",
            "UPDATE catalogue_version SET version = version + 1",
        ] {
            sql(&app, statement).await;
        }
        app.app.catalogue.refresh(&app.app.db).await.unwrap();
        let page = browser.get("/registration/oral").await;
        let list = list(&page);
        assert!(list.contains("考试日期还没有确定") && !list.contains("有 · 余"), "{list}");
    }

    /// R12.
    async fn a_full_pool_says_where_there_are_seats(t: TestDb) {
        let app = enrolled(t).await;
        with_campuses(&app).await;
        let mut browser = bound(&app, 1).await;
        saved(&mut browser, "written", &["1"]).await;
        sql(&app, "UPDATE seat_pool SET taken = capacity WHERE campus = '993010' AND subject = 'F'").await;
        let page = browser.get("/registration/oral").await;
        assert_eq!(offer(&page, "F"), "pool-full");
        // 992020 is full too, and 110010 is not open yet.
        assert!(page.text.contains("其他 2 个校区有考位"), "{}", page.text);
        let rows = page.text.split("其他 2 个校区有考位").nth(1).unwrap();
        let links = rows.split("</span>").next().unwrap();
        assert!(links.contains("?campus=993011#subject") && links.contains("?campus=991010#subject"));
        sql(&app, "UPDATE seat_pool SET taken = capacity WHERE subject = 'F'").await;
        let page = browser.get("/registration/oral").await;
        assert_eq!(offer(&page, "F"), "pool-full");
        assert!(!page.text.contains("个校区有考位"));
        sql(&app, "UPDATE seat_pool SET taken = 0 WHERE subject = 'F'").await;
    }

    /// R11.
    async fn a_candidate_who_may_go_nowhere_else_has_no_list(t: TestDb) {
        let app = enrolled(t).await;
        sql(&app, "DELETE FROM oral_setting").await;
        sql(&app, "UPDATE catalogue_version SET version = version + 1").await;
        app.app.catalogue.refresh(&app.app.db).await.unwrap();
        let mut browser = bound(&app, 1).await;
        let page = browser.get("/registration/oral?q=99").await;
        assert!(listed(&page).is_empty() && page.text.contains("只能在本校区报考"));
        saved(&mut browser, "written", &["1"]).await;
        let sent = browser.post("/registration/oral", &[("subject", "F"), ("campus", "991010")]).await;
        assert_eq!(refused(&sent), (422, vec!["oral-campus-not-allowed"]));
        assert!(sent.text.contains("(991010)99101-0校区：您的学校不允许"), "{}", sent.text);
    }
    /// R4, R8.
    async fn subjects_that_are_not_granted_are_folded_and_the_guidance_too_once_it_was_read(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 6).await;
        let page = browser.get("/registration/written").await;
        let (shown, folded) = page.text.split_once("<details").unwrap();
        assert!(shown.contains("data-subject=\"1\"") && shown.contains("written.zh.md"), "guidance is read first");
        assert!(folded.contains("没有资格（1 科）") && folded.contains("data-subject=\"3\""));
        assert_eq!((offer(&page, "1"), offer(&page, "2"), offer(&page, "3")), ("open", "not-eligible", "not-eligible"));
        assert_eq!(tags(&page, "data-offer").len(), 3, "each offered subject bears its marks");
        assert!(page.text.contains("¥{s}\"></b>"), "no sum while nothing is ticked");
        let back = browser.post("/registration/written", &[("subject", "1"), ("subject", "3")]).await;
        assert_eq!(refused(&back), (422, vec!["level-taken", "level-taken", "not-eligible"]));
        assert!(back.text.contains("¥{s}\">已选 ¥0.01</b>"), "the sum of what can be chosen");
        assert!(back.text.contains("<details class=\"sheet\" open>"));
        saved(&mut browser, "written", &["1"]).await;
        let page = browser.get("/registration/written").await;
        let guidance = page.text.split("<details").nth(1).unwrap();
        assert!(guidance.contains("<summary>笔试科目报考须知</summary>") && guidance.contains("written.zh.md"));
    }

    /// interface.md 1: the text says what to do.
    async fn a_subject_of_the_other_kind_is_led_to_its_page_and_an_empty_one_is_none(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = bound(&app, 1).await;
        for (page, subject, says, leads) in [
            ("written", "F", "这是口试科目", "/registration/oral"),
            ("oral", "1", "这是笔试科目", "/registration/written"),
        ] {
            let answer = browser.post(&format!("/registration/{page}"), &[("subject", subject)]).await;
            assert_eq!(refused(&answer), (422, vec!["pool-unknown"]), "{page}");
            let said = answer.text.split("data-code=").nth(1).unwrap().split("</li>").next().unwrap();
            assert!(said.contains(says) && said.contains(&format!("href=\"{leads}\"")), "{said}");
        }
        let empty = browser.post("/registration/written", &[("subject", "")]).await;
        assert_eq!(refused(&empty), (422, vec!["nothing-chosen"]));
        saved(&mut browser, "written", &["1"]).await;
        let taken = browser.post("/registration/written", &[("subject", "3"), ("subject", "1")]).await;
        assert_eq!(refused(&taken), (409, vec!["already-entered", "level-taken"]), "each refusal once");
    }
}
