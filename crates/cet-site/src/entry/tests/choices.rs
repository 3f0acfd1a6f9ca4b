//! Choices at the size of what is possible: subjects that are granted, campuses that are near or searched.

use super::tests::{offer, saved, sql, tags};
use crate::registration::pages::tests::{bound, enrolled, refused};
use crate::testing::{Answer, TestApp};
use cet_base::on_both;

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
        }
        let picked = browser.get("/registration/oral?campus=110010&q=99").await;
        assert_eq!(listed(&picked).len(), 5, "the picked one stays among those that fit");
        assert!(picked.text.contains("type=\"hidden\" name=\"campus\" value=\"110010\""));
        assert_eq!(offer(&picked, "F"), "window-not-open");
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
}
