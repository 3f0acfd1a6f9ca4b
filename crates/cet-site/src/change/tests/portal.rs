//! P2, P5: national staff write the portal's pages and news, see them first, and take them back.

use crate::registration::pages::tests::enrolled;
use crate::staff::tests::world::{member, staffed};
use crate::testing::{Browser, TestApp};
use cet_base::on_both;
use cet_base::store::testing::TestDb;
use cet_base::words::time::Time;
use cet_domain::audit::testing::told_of;

const FAQ: &str = "/staff/portal/faq/zh";
const NEWS: &str = "/staff/portal/news";

async fn world(t: TestDb) -> TestApp {
    let app = enrolled(t).await;
    staffed(&app).await;
    app
}

/// The link of the newest item of a list.
async fn first(browser: &mut Browser<'_>, list: &str, start: &str) -> String {
    let page = browser.get(list).await.text;
    let href = page.split(&format!("href=\"{start}")).nth(1).and_then(|rest| rest.split('"').next());
    format!("{start}{}", href.unwrap())
}

async fn broken(app: &TestApp) -> Vec<&'static str> {
    let findings = cet_domain::verify::run(&app.t.db, &app.app.catalogue.get()).await.unwrap();
    findings.iter().filter(|found| !found.violations.is_empty()).map(|found| found.invariant).collect()
}

async fn send(browser: &mut Browser<'_>, fields: [(String, String); 3]) -> crate::testing::Answer {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
    browser.post(FAQ, &fields).await
}

on_both! {
    /// P2.
    async fn a_page_of_the_portal_is_seen_first_then_published_and_can_be_undone(t: TestDb) {
        let app = world(t).await;
        let shipped = app.browser().get("/faq?lang=zh").await.text;
        let english = app.browser().get("/faq?lang=en").await.text;
        let mut national = member(&app, "national").await;
        let form = national.get(FAQ).await;
        assert!(form.status == 200 && form.text.contains("安装时的文本"), "{}", form.text);
        let seen = form.value("seen").unwrap().to_owned();
        let body = "# 常见问题\n\n**找回密码**<script>alert(1)</script>";
        let look = national.post(FAQ, &[("body", body), ("seen", &seen)]).await;
        assert!(look.status == 200 && look.text.contains("<strong>找回密码</strong>"), "{}", look.text);
        assert_eq!(app.browser().get("/faq?lang=zh").await.text, shipped, "nothing is published yet");
        let done = national.post(FAQ, &[("body", body), ("seen", &seen), ("confirm", "yes"), ("reason", "x")]).await;
        assert_eq!((done.status.as_u16(), done.location()), (303, "/staff/portal"), "{:?}", done.codes());
        let page = app.browser().get("/faq?lang=zh").await.text;
        assert!(page.contains("<strong>找回密码</strong>") && !page.contains("<script>alert"), "{page}");
        assert_eq!(app.browser().get("/faq?lang=en").await.text, english, "the other language stays");
        // Whoever wrote it from the old text does not overwrite it unseen.
        let late = [("body", "other"), ("seen", &*seen), ("confirm", "yes"), ("reason", "x")];
        let late = member(&app, "national-2").await.post(FAQ, &late).await;
        assert_eq!((late.status.as_u16(), late.codes()), (409, vec!["changed-meanwhile"]));
        let versions = national.get(FAQ).await.text;
        assert!(versions.contains("<details><summary><span class=\"num\">1</span>"), "{versions}");
        assert_eq!(broken(&app).await, Vec::<&str>::new());
        let told = told_of(&app.t.db, "change-made").await.unwrap();
        assert!(told.last().unwrap().contains("Portal"), "{told:?}");
        let change = first(&mut national, "/staff/changes?sitting=portal", "/staff/changes/").await;
        assert!(national.get(&change).await.text.contains("常见问题 · 中文"));
        let undone = national.post(&format!("{change}/undo"), &[("reason", "x")]).await;
        assert_eq!(undone.status, 303, "{:?}", undone.codes());
        assert_eq!(app.browser().get("/faq?lang=zh").await.text, shipped);
        assert_eq!(broken(&app).await, Vec::<&str>::new());
    }

    /// P2.
    async fn a_draft_is_seen_by_national_staff_only_and_is_gone_once_published(t: TestDb) {
        let app = world(t).await;
        let shipped = app.browser().get("/faq?lang=zh").await.text;
        let mut national = member(&app, "national").await;
        let body = "# 常见问题\n\n**还没写完**";
        let seen = national.get(FAQ).await.value("draft_seen").unwrap().to_owned();
        let draft = [("body", body), ("draft", "save"), ("draft_seen", &*seen)];
        for _ in 0..2 {
            // The form once more, because its first answer was lost, is the same draft.
            assert_eq!(national.post(FAQ, &draft).await.location(), FAQ);
        }
        assert_eq!(app.browser().get("/faq?lang=zh").await.text, shipped, "visitors see the published text");
        let mut other = member(&app, "national-2").await;
        let form = other.get(FAQ).await;
        assert!(form.text.contains("**还没写完**</textarea>") && form.text.contains("上面是 national 于"), "{}", form.text);
        assert!(other.get("/staff/portal").await.text.contains("<td class=\"num\">20"), "the list says since when");
        let told = told_of(&app.t.db, "portal-draft-saved").await.unwrap();
        assert_eq!(told.len(), 1, "{told:?}");
        for (body, code) in [("", "field-invalid"), (" \n ", "field-invalid")] {
            let refused = other.post(FAQ, &[("body", body), ("draft", "save")]).await;
            assert_eq!((refused.status.as_u16(), refused.codes()), (422, vec![code]));
        }
        let of_form = |name: &str| form.value(name).unwrap().to_owned();
        let (seen, draft_seen) = (of_form("seen"), of_form("draft_seen"));
        let publish = [("body", body), ("seen", &*seen), ("draft_seen", &*draft_seen), ("confirm", "yes"), ("reason", "x")];
        let look = other.post(FAQ, &publish[..3]).await;
        assert!(look.status == 200 && look.text.contains("<strong>还没写完</strong>"), "{}", look.text);
        assert_eq!(other.post(FAQ, &publish).await.location(), "/staff/portal");
        assert!(app.browser().get("/faq?lang=zh").await.text.contains("<strong>还没写完</strong>"));
        let after = other.get(FAQ).await;
        assert!(after.value("draft_seen") == Some("0") && after.text.contains("没有草稿"), "{}", after.text);
        assert_eq!(broken(&app).await, Vec::<&str>::new());
    }

    /// P2, R19.
    async fn of_two_people_who_write_a_draft_nobody_overwrites_the_other_unseen(t: TestDb) {
        let app = world(t).await;
        let mut one = member(&app, "national").await;
        let mut other = member(&app, "national-2").await;
        let save = |body: &'static str, seen: &str| {
            [("body".to_owned(), body.to_owned()), ("draft".to_owned(), "save".to_owned()), ("draft_seen".to_owned(), seen.to_owned())]
        };
        assert_eq!(send(&mut one, save("第一份", "0")).await.status, 303);
        // Both opened the form when there was none; and both opened it when there was the first.
        for (seen, first) in [("0".to_owned(), false), (one.get(FAQ).await.value("draft_seen").unwrap().to_owned(), true)] {
            if first {
                assert_eq!(send(&mut one, save("第二份", &seen)).await.status, 303);
            }
            let late = send(&mut other, save("另一份", &seen)).await;
            assert_eq!((late.status.as_u16(), late.codes()), (409, vec!["changed-meanwhile"]), "{seen}");
            assert!(late.text.contains("另一份</textarea>") && late.text.contains("national 于"), "{}", late.text);
            let kept = if first { "第二份" } else { "第一份" };
            assert!(one.get(FAQ).await.text.contains(&format!("{kept}</textarea>")));
            if first {
                // Nor does it drop a draft that it has not seen.
                let gone = other.post(FAQ, &[("body", "x"), ("draft", "drop"), ("draft_seen", &seen)]).await;
                assert_eq!((gone.status.as_u16(), gone.codes()), (409, vec!["changed-meanwhile"]));
                // The page shown with the refusal has the draft of now: sent again, it is saved.
                let now = late.value("draft_seen").unwrap().to_owned();
                assert_eq!(send(&mut other, save("另一份", &now)).await.location(), FAQ);
            }
        }
        let now = one.get(FAQ).await.value("draft_seen").unwrap().to_owned();
        let drop = [("body", "x"), ("draft", "drop"), ("draft_seen", &*now)];
        for _ in 0..2 {
            assert_eq!(one.post(FAQ, &drop).await.location(), FAQ);
        }
        assert!(one.get(FAQ).await.text.contains("没有草稿"));
        // A draft that was published or dropped does not come back by a form from before.
        let late = send(&mut other, save("旧的", &now)).await;
        assert_eq!((late.status.as_u16(), late.codes()), (409, vec!["changed-meanwhile"]));
        for account in ["province-99", "school-99301"] {
            let refused = send(&mut member(&app, account).await, save("x", "0")).await;
            assert_eq!(refused.status, 404, "{account}");
        }
        assert!(one.get(FAQ).await.text.contains("没有草稿"));
    }

    /// TH58.
    async fn a_text_as_long_as_its_page_says_is_taken_in_chinese_too(t: TestDb) {
        let app = world(t).await;
        let mut national = member(&app, "national").await;
        let body = "协".repeat(16_384);
        for path in [FAQ, "/staff/notices/nation/all", "/staff/sittings/2017-2/texts/guidance-oral/zh"] {
            let look = national.post(path, &[("body", &*body)]).await;
            assert_eq!(look.status, 200, "{path}");
            assert_eq!(look.value("body").map(str::len), Some(48 * 1024), "the confirmation repeats it: {path}");
        }
        let news = [("title", "x"), ("body", &*body), ("body_en", &*body), ("publish_at", "2017-09-20 12:00")];
        assert_eq!(national.post("/staff/portal/news/new", &news).await.status, 200);
        let longer = format!("{body}协");
        let refused = national.post(FAQ, &[("body", &*longer)]).await;
        assert_eq!((refused.status.as_u16(), refused.codes()), (422, vec!["field-invalid"]));
        assert_eq!(national.post(FAQ, &[("body", &*body.repeat(3))]).await.status, 413);
        assert_eq!(national.post("/staff/sittings", &[("name", &*body)]).await.status, 413, "only where texts are written");
    }

    /// P5.
    async fn news_appear_at_their_time_in_both_languages_and_are_gone_once_withdrawn(t: TestDb) {
        let app = world(t).await;
        let mut national = member(&app, "national").await;
        let form = national.get("/staff/portal/news/new").await;
        let (id, seen) = (form.value("id").unwrap().to_owned(), form.value("seen").unwrap().to_owned());
        let at = app.t.clock.process_now().plus(jiff::SignedDuration::from_hours(2));
        let at = at.local("%Y-%m-%dT%H:%M");
        let item = [
            ("title", "报名公告"), ("body", "详见 **时间**"), ("title_en", "Registration"), ("body_en", ""),
            ("publish_at", &*at), ("id", &*id), ("seen", &*seen), ("confirm", "yes"), ("reason", "x"),
        ];
        for path in ["/staff/portal/news/new", NEWS] {
            let made = national.post(path, &item).await;
            assert_eq!(made.location(), NEWS, "{:?}", made.codes());
        }
        assert_eq!(national.get(NEWS).await.text.matches("data-news").count(), 1, "the form once more makes no other");
        assert!(national.get("/staff/portal/news.csv").await.text.contains("报名公告"));
        let page = format!("/news/{id}");
        let dates = app.browser().get("/").await.text;
        assert!(!dates.contains("报名公告"));
        assert_eq!(app.browser().get(&page).await.status, 404, "before its time");
        let later = Time::parse_local(&at).unwrap();
        app.t.clock.set(later);
        let front = app.browser().get("/?lang=zh").await.text;
        assert!(front.contains(&format!("href=\"{page}\"")) && front.contains("报名公告"), "{front}");
        assert!(app.browser().get("/?lang=en").await.text.contains("Registration"));
        let shown = app.browser().get(&format!("{page}?lang=en")).await.text;
        assert!(shown.contains("<strong>时间</strong>") && shown.contains("<h1>Registration</h1>"), "{shown}");
        let mut national = member(&app, "national").await;
        let one = format!("{NEWS}/{id}");
        let form = national.get(&one).await;
        let seen = form.value("seen").unwrap().to_owned();
        let mut back = item.to_vec();
        back[6].1 = &seen;
        back.push(("withdraw", "yes"));
        let withdrawn = national.post(&one, &back).await;
        assert_eq!(withdrawn.location(), NEWS, "{:?} {}", withdrawn.codes(), withdrawn.text);
        assert_eq!(app.browser().get(&page).await.status, 404);
        assert!(!app.browser().get("/?lang=zh").await.text.contains("报名公告"));
        assert!(national.get(&format!("{NEWS}?state=withdrawn")).await.text.contains("报名公告"));
        assert_eq!(broken(&app).await, Vec::<&str>::new());
    }

    /// P5.
    async fn the_form_of_a_preview_makes_one_item_however_often_it_is_sent(t: TestDb) {
        let app = world(t).await;
        let mut national = member(&app, "national").await;
        let typed = [("title", "报名公告"), ("body", "详见"), ("publish_at", "2017-09-20 12:00")];
        let look = national.post("/staff/portal/news/new", &typed).await;
        let id = look.value("id").unwrap().to_owned();
        let confirmed = [&typed[..], &[("id", &*id), ("confirm", "yes"), ("reason", "x")]].concat();
        for _ in 0..2 {
            let made = national.post("/staff/portal/news/new", &confirmed).await;
            assert_eq!(made.location(), NEWS, "{:?}", made.codes());
        }
        assert_eq!(national.get(NEWS).await.text.matches("data-news").count(), 1);
    }

    /// P5.
    async fn news_without_a_time_appear_at_once_and_keep_their_time_later(t: TestDb) {
        let app = world(t).await;
        let mut national = member(&app, "national").await;
        let typed = [("title", "报名公告"), ("body", "详见"), ("reason", "x")];
        let form = national.get("/staff/portal/news/new").await;
        assert!(form.text.contains("留空就立即发布"), "{}", form.text);
        let look = national.post("/staff/portal/news/new", &typed).await;
        assert_eq!(look.status, 200, "{:?}", look.codes());
        let (id, seen) = (look.value("id").unwrap().to_owned(), look.value("seen").unwrap().to_owned());
        let made_at = app.t.clock.process_now();
        let confirmed = [&typed[..], &[("id", &*id), ("seen", &*seen), ("confirm", "yes")]].concat();
        for minutes in [0, 5] {
            app.t.clock.set(made_at.plus(jiff::SignedDuration::from_mins(minutes)));
            let made = national.post("/staff/portal/news/new", &confirmed).await;
            assert_eq!(made.location(), NEWS, "{:?}", made.codes());
        }
        let row = format!("<td class=\"num\">{}</td>", made_at.page());
        let list = national.get(NEWS).await.text;
        assert!(list.matches("data-news").count() == 1 && list.contains(&row), "{list}");
        assert_eq!(app.browser().get(&format!("/news/{id}")).await.status, 200);
        let one = format!("{NEWS}/{id}");
        let seen = national.get(&one).await.value("seen").unwrap().to_owned();
        let other = [("title", "公告"), ("body", "详见"), ("seen", &*seen), ("confirm", "yes"), ("reason", "x")];
        let changed = national.post(&one, &other).await;
        assert_eq!(changed.location(), NEWS, "{:?}", changed.codes());
        assert!(national.get(NEWS).await.text.contains(&row));
        let wrong = national.post(&one, &[&other[..], &[("publish_at", "31 February")]].concat()).await;
        assert_eq!((wrong.status.as_u16(), wrong.codes()), (422, vec!["field-invalid"]));
        assert!(wrong.text.contains("href=\"#publish_at\"") && wrong.text.contains("请填日期和时间"), "{}", wrong.text);
    }

    async fn nobody_but_the_nation_writes_the_portal_and_no_sitting_takes_its_name(t: TestDb) {
        let app = world(t).await;
        for account in ["province-99", "school-99301"] {
            let mut browser = member(&app, account).await;
            for path in [FAQ, NEWS, "/staff/portal"] {
                assert_eq!(browser.get(path).await.status, 404, "{account} {path}");
            }
            assert!(!browser.get("/staff").await.text.contains("href=\"/staff/portal\""));
        }
        let mut national = member(&app, "national").await;
        for path in ["/staff/portal/x/zh", "/staff/portal/faq/fr", "/staff/portal/news/17", "/staff/portal/news/x"] {
            assert_eq!(national.get(path).await.status, 404, "{path}");
        }
        let sitting = [("code", "portal"), ("name", "x"), ("year", "2018"), ("half", "1"), ("confirm", "yes"), ("reason", "x")];
        let made = national.post("/staff/sittings", &sitting).await;
        assert_ne!(made.status, 303, "{}", made.location());
        assert_eq!(broken(&app).await, Vec::<&str>::new());
    }
}
