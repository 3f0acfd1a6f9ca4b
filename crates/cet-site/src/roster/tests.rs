//! The pages of transfers, of a student entered by hand and of one taken out, on both databases.

use std::sync::Arc;

use jiff::SignedDuration;

use crate::registration::pages::tests::{bound, enrolled};
use crate::staff::tests::world::{member, staffed};
use crate::testing::{Answer, TestApp};
use cet_base::on_both;
use cet_base::store::testing::TestDb;
use cet_base::store::{DbError, Tx};
use cet_domain::testing::{File, HEAD};

mod corrected;
mod twice;

async fn world(t: TestDb) -> TestApp {
    let app = enrolled(t).await;
    staffed(&app).await;
    app
}

fn row(number: &str, campus: &str, class: &str) -> String {
    format!("张三,女,护照,{number},{},{campus},本科,4,16,16,外语学院,英语,{class},S{number},,,", &campus[..5])
}

async fn import(app: &TestApp, rows: &[String]) {
    app.t.clock.set(app.t.clock.process_now().plus(SignedDuration::from_secs(1)));
    let file = File::of(format!("{HEAD}\n{}\n", rows.join("\n")));
    let vault = Arc::clone(&app.app.vault);
    let watch: Arc<cet_domain::import::Watch> = Arc::new(|_, _, _| {});
    cet_domain::roster::file::import(&app.app.db, vault, &file.path(), "2017-2", false, watch).await.unwrap();
}

fn href(answer: &Answer, start: &str) -> String {
    let rest = answer.text.split(&format!("href=\"{start}")).nth(1).unwrap_or_default();
    format!("{start}{}", rest.split(['"', '/']).next().unwrap_or_default())
}

async fn campus_of(app: &TestApp, class: &'static str) -> i64 {
    let read: Result<(i64,), DbError> = app
        .t
        .db
        .read(async move |tx: &mut Tx<'_>| {
            tx.query_one(
                "SELECT COUNT(*) FROM student_record r JOIN import i ON i.id = r.import_id
                  WHERE i.state = 'published' AND r.class = $1",
                cet_base::params![class],
            )
            .await
        })
        .await;
    read.unwrap().0
}

const NEW: &[(&str, &str)] = &[
    ("name", "钱七"),
    ("document_kind", "护照"),
    ("document_number", "E7"),
    ("campus", "993010"),
    ("education", "本科"),
    ("student_number", "S7"),
    ("class", "七班"),
];

on_both! {
    /// S2.
    async fn the_holding_school_sees_both_records_and_lets_the_student_go(t: TestDb) {
        let app = world(t).await;
        import(&app, &[row("E1", "993010", "甲班"), row("E2", "993010", "甲班")]).await;
        import(&app, &[row("E1", "991010", "乙班"), row("E2", "991010", "乙班"), row("E3", "991010", "乙班")]).await;
        let mut school = member(&app, "school-99301").await;
        let list = school.get("/staff/transfers").await;
        assert_eq!(list.text.matches("<tr>").count(), 3, "two of them, and the head");
        let one = href(&list, "/staff/transfers/");
        let page = school.get(&one).await;
        assert!(page.text.contains("甲班") && page.text.contains("乙班") && !page.text.contains("class=\"id\">E1"), "{}", page.text);
        let mut asking = member(&app, "school-99101").await;
        assert_eq!(asking.get(&one).await.status, 200);
        assert_eq!(asking.post(&format!("{one}/release"), &[]).await.status, 404);
        let mut province = member(&app, "province-99").await;
        let early = province.post(&format!("{one}/decision"), &[("decision", "release")]).await;
        assert_eq!((early.status.as_u16(), early.codes()), (409, vec!["changed-meanwhile"]));
        assert_eq!(campus_of(&app, "乙班").await, 1);
        assert_eq!(school.post(&format!("{one}/release"), &[("reason", "转学")]).await.location(), one);
        assert_eq!((campus_of(&app, "甲班").await, campus_of(&app, "乙班").await), (1, 2));
        let decided = school.get(&one).await.text;
        let told = format!("school-99301 于 {} 决定", app.t.clock.process_now().page());
        assert!(decided.contains("已放行") && decided.contains(&told), "{told}: {decided}");
        let file = school.get("/staff/transfers.csv").await.text;
        assert!(file.contains("原学校,申请的学校") && !file.contains("现在的学校"), "who was let go is not there now: {file}");
        assert_eq!(school.post(&format!("{one}/keep"), &[]).await.status, 409);
    }

    /// S2.
    async fn the_boards_of_both_schools_tell_of_a_transfer_until_some_days_after_its_decision(t: TestDb) {
        let app = world(t).await;
        let mut all = Vec::new();
        for account in ["school-99301", "school-99101", "province-99", "province-98"] {
            all.push((account, member(&app, account).await));
        }
        import(&app, &["E1", "E2", "E3"].map(|number| row(number, "993010", "甲班"))).await;
        import(&app, &["E1", "E2", "E3"].map(|number| row(number, "991010", "乙班"))).await;
        let list = all[0].1.get("/staff/transfers").await.text;
        let ids: std::collections::BTreeSet<i64> =
            list.split("href=\"/staff/transfers/").skip(1).filter_map(|rest| rest.split(['"', '/']).next()?.parse().ok()).collect();
        for (id, act) in ids.iter().zip(["release", "keep"]) {
            assert_eq!(all[0].1.post(&format!("/staff/transfers/{id}/{act}"), &[]).await.status, 303);
        }
        let holds = ("1 个学生两所学校都有", "/staff/transfers?state=open");
        let asks = ("名单里有 1 个学生还在别的学校", "/staff/transfers?state=open");
        let decided = [("1 个转学的学生已放行", "/staff/transfers?state=released"), ("1 个转学的学生留在原来的学校", "/staff/transfers?state=kept")];
        let told: [(&[_], &[_]); 4] = [
            (&[holds], &[asks, decided[0], decided[1]]),
            (&[asks, decided[0], decided[1]], &[holds]),
            (&[holds, decided[0], decided[1]], &[asks]),
            (&[], &[holds, asks, decided[0], decided[1]]),
        ];
        for ((account, browser), (tells, tells_not)) in all.iter_mut().zip(told) {
            let board = browser.get("/staff").await.text;
            for (words, href) in tells {
                assert!(board.contains(words) && board.contains(&format!("href=\"{href}\"")), "{account} {words}: {board}");
                assert!(browser.get(href).await.text.contains("乙班") || browser.get(href).await.text.contains("张三"), "{account}");
            }
            for (words, _) in tells_not {
                assert!(!board.contains(words), "{account} {words}");
            }
        }
        app.t.clock.set(app.t.clock.process_now().plus(SignedDuration::from_hours(7 * 24 + 1)));
        let mut asking = member(&app, "school-99101").await;
        let board = asking.get("/staff").await.text;
        assert!(board.contains(asks.0) && !board.contains(decided[0].0) && !board.contains(decided[1].0), "{board}");
    }

    /// S2.
    async fn a_transfer_shows_the_names_that_both_schools_give_and_says_that_they_differ(t: TestDb) {
        let app = world(t).await;
        import(&app, &[row("E1", "993010", "甲班"), row("E2", "993010", "甲班")]).await;
        import(&app, &[row("E1", "991010", "乙班").replace("张三", "章珊"), row("E2", "991010", "乙班")]).await;
        for account in ["school-99301", "school-99101", "province-99"] {
            let mut browser = member(&app, account).await;
            let list = browser.get("/staff/transfers").await;
            let links: std::collections::BTreeSet<&str> = list.text.split("href=\"/staff/transfers/").skip(1).map(|rest| rest.split(['"', '/']).next().unwrap()).collect();
            let both = "张三（申请的学校写作章珊）";
            assert_eq!(list.text.matches(both).count(), 1, "{account}: {}", list.text);
            let mut told = 0;
            for id in links {
                let Ok(_) = id.parse::<i64>() else { continue };
                let page = browser.get(&format!("/staff/transfers/{id}")).await.text;
                let is_other = page.contains("章珊");
                assert_eq!(page.contains(both), is_other, "{account}: {page}");
                told += i32::from(is_other);
            }
            assert_eq!(told, 1, "{account}");
            assert!(browser.get("/staff/transfers.csv").await.text.contains(both), "{account}");
        }
    }

    /// S2.
    async fn after_three_days_the_province_decides(t: TestDb) {
        let app = world(t).await;
        import(&app, &[row("E1", "993010", "甲班")]).await;
        import(&app, &[row("E1", "991010", "乙班")]).await;
        let one = href(&member(&app, "school-99301").await.get("/staff/transfers").await, "/staff/transfers/");
        app.t.clock.set(app.t.clock.process_now().plus(SignedDuration::from_hours(73)));
        let mut province = member(&app, "province-99").await;
        for bad in ["", "x"] {
            let answer = province.post(&format!("{one}/decision"), &[("decision", bad)]).await;
            assert_eq!((answer.status.as_u16(), answer.codes()), (422, vec!["field-invalid"]), "{bad}");
        }
        let long = "长".repeat(201);
        assert_eq!(province.post(&format!("{one}/decision"), &[("decision", "keep"), ("reason", &long)]).await.status, 422);
        assert_eq!(province.post(&format!("{one}/decision"), &[("decision", "keep")]).await.status, 303);
        assert_eq!((campus_of(&app, "甲班").await, campus_of(&app, "乙班").await), (1, 0));
    }

    /// S2.
    async fn a_student_is_entered_by_hand_and_taken_out_again(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        assert!(school.get("/staff/students/new").await.text.contains("证件号码"));
        let english = school.get("/staff/students/new?lang=en").await.text;
        assert!(english.contains("Document number") && english.contains("Year of entry"), "{english}");
        assert!(!english.contains("证件号码") && !english.contains("护照"), "{english}");
        school.get("/staff/students/new?lang=zh").await;
        let masked: Vec<_> = NEW.iter().map(|(name, value)| (*name, if *name == "document_number" { "E1****8" } else { *value })).collect();
        let refused = school.post("/staff/students/new", &masked).await;
        assert!(refused.text.contains("被星号遮住"), "what an export left out: {}", refused.text);
        let made = school.post("/staff/students/new", NEW).await;
        assert_eq!(made.status, 303, "{:?}", made.codes());
        let page = school.get(made.location()).await;
        assert!(page.text.contains("钱七") && page.text.contains("手工录入"));
        let other: Vec<_> = NEW.iter().map(|(name, value)| (*name, if *name == "class" { "八班" } else { *value })).collect();
        let again = school.post("/staff/students/new", &other).await;
        assert_eq!((again.status.as_u16(), again.codes()), (422, vec!["field-invalid"]));
        assert!(again.text.contains(made.location()));
        for (field, bad) in [("name", ""), ("document_kind", "x"), ("document_number", ""), ("campus", "991010"), ("campus", "x"), ("barred", "Z"), ("class", "a\u{1}b")] {
            let mut fields: Vec<(&str, &str)> = NEW.iter().copied().filter(|(name, _)| *name != field && *name != "document_number").collect();
            fields.extend([("document_number", "E8"), (field, bad)].into_iter().filter(|(name, _)| *name != "document_number" || field != "document_number"));
            if field == "document_number" {
                fields.push((field, bad));
            }
            let answer = school.post("/staff/students/new", &fields).await;
            assert_eq!((answer.status.as_u16(), answer.codes()), (422, vec!["field-invalid"]), "{field} {bad:?}");
            assert!(answer.text.contains(&format!("href=\"#{field}\"")), "{field}");
        }
        assert_eq!(school.post(&format!("{}/removal", made.location()), &[]).await.location(), "/staff/students");
        assert_eq!((school.get(made.location()).await.status.as_u16(), campus_of(&app, "七班").await), (404, 0));
    }

    /// R3.
    async fn what_a_file_would_warn_of_is_told_of_a_student_entered_by_hand(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let changed = |name: &str| match name {
            "document_kind" => Some("居民身份证"),
            "document_number" => Some("456"),
            "education" => Some("高中"),
            _ => None,
        };
        let fields: Vec<_> = NEW.iter().map(|(name, value)| (*name, changed(name).unwrap_or(value))).collect();
        let made = school.post("/staff/students/new", &fields).await;
        assert_eq!(made.status, 303, "{:?}", made.codes());
        let page = school.get(made.location()).await.text;
        assert!(page.contains("看起来不对") && page.contains("证件号码") && page.contains("学历"), "{page}");
        assert!(!school.get(made.location()).await.text.contains("看起来不对"), "it is told once");
    }

    /// R6.
    async fn who_has_saved_a_registration_is_taken_out_with_a_reason_alone(t: TestDb) {
        let app = world(t).await;
        let _saved = bound(&app, 1).await;
        let mut school = member(&app, "school-99301").await;
        let list = school.get("/staff/students").await;
        let key = list.text.split("name=\"student\" value=\"").nth(1).and_then(|rest| rest.split('"').next());
        let one = format!("/staff/students/{}", key.unwrap());
        let refused = school.post(&format!("{one}/removal"), &[("reason", " ")]).await;
        assert_eq!((refused.status.as_u16(), refused.codes()), (422, vec!["field-invalid"]));
        assert_eq!(school.get(&one).await.status, 200);
        assert_eq!(school.post(&format!("{one}/removal"), &[("reason", "退学")]).await.status, 303);
        assert_eq!(school.get(&one).await.status, 404);
    }
}
