//! Forms of settings that are sent twice, as by a double click without script; texts as a browser sends them back; and
//! previews that refuse what the change itself would.

use crate::registration::pages::tests::enrolled;
use crate::staff::tests::world::{member, staffed, twice};
use crate::testing::{Answer, TestApp};
use cet_base::on_both;
use cet_base::params;
use cet_base::store::testing::TestDb;
use cet_base::store::{DbError, Tx};

async fn world(t: TestDb) -> TestApp {
    let app = enrolled(t).await;
    staffed(&app).await;
    app
}

fn told(answer: &Answer) -> (u16, Vec<&str>) {
    (answer.status.as_u16(), answer.codes())
}

async fn sql(app: &TestApp, sql: &'static str, text: &'static str) {
    let done: Result<u64, DbError> =
        app.t.db.write(async move |tx: &mut Tx<'_>| tx.execute(sql, params![text]).await).await;
    assert!(done.unwrap() > 0, "{sql}");
}

const SITTING: &[(&str, &str)] = &[
    ("from", "2017-2"),
    ("code", "2018-1"),
    ("name", "2018年上半年"),
    ("year", "2018"),
    ("half", "1"),
    ("shift_days", "182"),
];
const SUBJECT: &[(&str, &str)] = &[
    ("code", "7"),
    ("name", "俄语"),
    ("mode", "written"),
    ("level", "4"),
    ("language", "俄语"),
    ("confirm", "yes"),
    ("reason", "x"),
];

on_both! {
    async fn a_form_of_settings_that_is_sent_twice_is_answered_as_the_first_time_and_done_once(t: TestDb) {
        let app = world(t).await;
        let notice = [("body", "一、带证件\r\n"), ("confirm", "yes"), ("reason", "x")];
        let news = [("id", "17"), ("title", "x"), ("body", "x"), ("publish_at", "2017-09-20 12:00"), ("confirm", "yes"), ("reason", "x")];
        let empty = [("code", "2019-1"), ("name", "空"), ("year", "2019"), ("half", "1")];
        for (account, path, fields) in [
            ("school-99301", "/staff/notices/99301/all", &notice[..]),
            ("national", "/staff/portal/news", &news),
            ("national", "/staff/sittings", SITTING),
            ("national", "/staff/sittings", &empty),
            ("national", "/staff/sittings/2018-1/subjects/new", SUBJECT),
        ] {
            let to = twice(&app, account, path, fields).await;
            let mut browser = member(&app, account).await;
            assert_eq!(browser.post(path, fields).await.location(), to, "{path}");
            assert!(browser.get(&to).await.text.contains("没有再办一次"), "{path}");
            assert!(!browser.get(&to).await.text.contains("没有再办一次"), "{path}: said once");
        }
        // What is not the same is not taken for it.
        let mut national = member(&app, "national").await;
        let other: Vec<_> = SITTING.iter().map(|(name, value)| (*name, if *name == "name" { "别名" } else { *value })).collect();
        assert_eq!(told(&national.post("/staff/sittings", &other).await), (422, vec!["field-invalid"]));
        let mut second = member(&app, "national-2").await;
        assert_eq!(told(&second.post("/staff/sittings", SITTING).await), (422, vec!["field-invalid"]), "somebody else's");
        let other: Vec<_> = SUBJECT.iter().map(|(name, value)| (*name, if *name == "level" { "6" } else { *value })).collect();
        assert_eq!(told(&national.post("/staff/sittings/2018-1/subjects/new", &other).await), (422, vec!["field-invalid"]));
    }

    async fn a_decision_on_a_change_that_is_sent_twice_is_made_once(t: TestDb) {
        let app = world(t).await;
        let fee = |fee| [("fee.1", fee), ("confirm", "yes"), ("reason", "x")];
        let path = "/staff/sittings/2017-2/fees/nation";
        let asked = twice(&app, "national", path, &fee("31")).await;
        assert!(asked.starts_with("/staff/changes/"));
        assert_eq!(twice(&app, "national-2", &format!("{asked}/approval"), &[]).await, asked);
        let refused = twice(&app, "national", path, &fee("32")).await;
        assert_eq!(twice(&app, "national-2", &format!("{refused}/refusal"), &[]).await, refused);
        let late = member(&app, "national").await.post(&format!("{refused}/refusal"), &[]).await;
        assert_eq!(late.codes(), ["review-final"], "somebody else decided");
        let publication = "/staff/sittings/2017-2/withdrawal";
        twice(&app, "national", publication, &[("confirm", "yes"), ("reason", "x")]).await;
        let notice = [("body", "一"), ("confirm", "yes"), ("reason", "x")];
        assert_eq!(member(&app, "school-99301").await.post("/staff/notices/99301/all", &notice).await.status, 303);
        let list = member(&app, "school-99301").await.get("/staff/changes").await.text;
        let id = list.split("href=\"/staff/changes/").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
        twice(&app, "school-99301", &format!("/staff/changes/{id}/undo"), &[("reason", "x")]).await;
    }

    async fn an_unchanged_text_is_no_change_whatever_ends_its_lines(t: TestDb) {
        let app = world(t).await;
        let confirmed = |body| [("body", body), ("confirm", "yes"), ("reason", "x")];
        let mut school = member(&app, "school-99301").await;
        assert_eq!(school.post("/staff/notices/99301/all", &confirmed("一、\n二、")).await.status, 303);
        let mut national = member(&app, "national").await;
        for kind in ["agreement", "guidance-written"] {
            let path = format!("/staff/sittings/2017-2/texts/{kind}/zh");
            let made = national.post(&path, &confirmed("# 一\n\n二")).await;
            if made.location().starts_with("/staff/changes/") {
                let approval = format!("{}/approval", made.location());
                assert_eq!(member(&app, "national-2").await.post(&approval, &[]).await.status, 303);
            }
        }
        // As a file that an editor wrote is stored.
        sql(&app, "UPDATE notice SET body = body || $1", "\n").await;
        sql(&app, "UPDATE sitting_text SET body = body || $1", "\r\n").await;
        for body in ["一、\r\n二、", "一、\r\n二、\r\n", "一、\n二、\n\n"] {
            assert_eq!(told(&school.post("/staff/notices/99301/all", &[("body", body)]).await), (422, vec!["nothing-chosen"]), "{body:?}");
        }
        for kind in ["agreement", "guidance-written"] {
            let path = format!("/staff/sittings/2017-2/texts/{kind}/zh");
            assert_eq!(told(&national.post(&path, &[("body", "# 一\r\n\r\n二\r\n")]).await), (422, vec!["nothing-chosen"]), "{kind}");
            assert_eq!(national.post(&path, &[("body", "# 一\r\n\r\n三")]).await.status, 200, "{kind}");
        }
    }

    /// P2.
    async fn a_text_of_the_portal_that_is_sent_back_as_shipped_is_no_version(t: TestDb) {
        let app = world(t).await;
        let mut national = member(&app, "national").await;
        for path in ["/staff/portal/faq/zh", "/staff/portal/tips/en"] {
            let form = national.get(path).await.text;
            let body = form.split("<textarea").nth(1).unwrap().split_once('>').unwrap().1.split("</textarea>").next().unwrap();
            let body = ["&#60;/<", "&#62;/>", "&#34;/\"", "&#39;/'", "&#38;/&"].iter().fold(body.trim_start_matches('\n').to_owned(), |text, pair| {
                let (name, plain) = pair.split_once('/').unwrap();
                text.replace(name, plain)
            });
            assert!(body.len() > 50, "{body}");
            for body in [body.clone(), body.replace('\n', "\r\n"), format!("{body}\n\n")] {
                let same = national.post(path, &[("body", &*body)]).await;
                assert_eq!(told(&same), (422, vec!["nothing-chosen"]), "{path}");
                assert!(same.text.contains("没有改动"), "{}", same.text);
                assert_eq!(national.post(path, &[("body", &*body), ("confirm", "yes"), ("reason", "x")]).await.status, 303);
            }
            assert_eq!(national.post(path, &[("body", &*format!("{body}\n\n多一句"))]).await.status, 200, "{path}");
        }
        let versions: Result<(i64,), DbError> =
            app.t.db.read(async |tx: &mut Tx<'_>| tx.query_one("SELECT COUNT(*) FROM portal_text", &[]).await).await;
        assert_eq!(versions.unwrap().0, 0);
    }

    async fn what_only_the_database_forbids_is_refused_by_the_preview_too(t: TestDb) {
        let app = world(t).await;
        let mut national = member(&app, "national").await;
        for confirm in ["", "yes"] {
            let fields = [("remove", "yes"), ("confirm", confirm), ("reason", "x")];
            let answer = national.post("/staff/sittings/2017-2/subjects/1", &fields).await;
            assert!(answer.status == 409 && answer.codes().contains(&"sitting-state"), "{confirm:?} {:?}", answer.codes());
        }
        assert_eq!(national.post("/staff/sittings", SITTING).await.status, 303);
        assert_eq!(national.post("/staff/sittings/2018-1/subjects/new", SUBJECT).await.status, 303);
        let path = "/staff/sittings/2018-1/subjects/7";
        assert_eq!(national.post(path, &[("remove", "yes")]).await.status, 200, "nothing refers to it");
        assert_eq!(national.post(path, &[("remove", "yes"), ("confirm", "yes"), ("reason", "x")]).await.status, 303);
        assert_eq!(national.get(path).await.status, 404);
    }

    /// season.md 1.3.
    async fn a_change_that_a_second_person_refused_says_by_whom(t: TestDb) {
        let app = world(t).await;
        let path = "/staff/sittings/2017-2/fees/nation";
        let fields = [("fee.1", "30"), ("confirm", "yes"), ("reason", "新标准")];
        let asked = member(&app, "national").await.post(path, &fields).await;
        let href = asked.location().to_owned();
        let mut other = member(&app, "national-2").await;
        assert_eq!(other.post(&format!("{href}/refusal"), &[]).await.status, 303);
        for page in [&href, "/staff/changes?state=refused"] {
            let page = other.get(page).await.text;
            assert!(page.contains("被 national-2 拒绝") && !page.contains("由提出人收回"), "{page}");
        }
        let english = other.get(&format!("{href}?lang=en")).await.text;
        assert!(english.contains("Refused by national-2"), "{english}");
    }

    /// season.md 2.
    async fn a_fee_that_is_not_sent_stays_and_an_emptied_one_inherits(t: TestDb) {
        let app = world(t).await;
        let path = "/staff/sittings/2017-2/fees/nation";
        let mut national = member(&app, "national").await;
        let before = national.get(path).await.value("fee.2").unwrap().to_owned();
        assert!(!before.is_empty());
        let asked = national.post(path, &[("fee.1", "31.50"), ("confirm", "yes"), ("reason", "x")]).await;
        let approval = format!("{}/approval", asked.location());
        assert_eq!(member(&app, "national-2").await.post(&approval, &[]).await.status, 303);
        let form = national.get(path).await;
        assert_eq!((form.value("fee.1"), form.value("fee.2")), (Some("31.50"), Some(&*before)));
        let look = national.post(path, &[("fee.2", "")]).await;
        assert_eq!(look.status, 200, "{:?}", look.codes());
        assert!(look.text.contains("英语六级笔试") && look.text.contains(&before) && !look.text.contains("31.50"), "{}", look.text);
        let wrong = national.post(path, &[("fee.1", "免费"), ("fee.2", "0")]).await;
        assert_eq!(told(&wrong), (422, vec!["field-invalid"; 2]));
        assert!(wrong.text.contains("请填 0.01 到 10000.00 元") && wrong.value("fee.1") == Some("免费"), "{}", wrong.text);
    }

    /// season.md 1.3.
    async fn a_change_with_a_time_waits_for_it_after_the_second_person_and_can_be_taken_back(t: TestDb) {
        let app = world(t).await;
        let path = "/staff/sittings/2017-2/fees/nation";
        let (mut one, mut other) = (member(&app, "national").await, member(&app, "national-2").await);
        let mut sent = vec![("fee.1", "30"), ("confirm", "yes"), ("reason", "新标准")];
        for (from, code) in [("2017-01-01 00:00", "date-order"), ("明天", "field-invalid"), ("2017-09-21", "field-invalid")] {
            sent.push(("change_from", from));
            let refused = one.post(path, &sent).await;
            assert_eq!(told(&refused), (422, vec![code]), "{from}");
            assert!(refused.text.contains("href=\"#change_from\""), "{from}: {}", refused.text);
            sent.pop();
        }
        sent.push(("change_from", "2017-09-21 08:00"));
        let asked = one.post(path, &sent).await.location().to_owned();
        let page = other.get(&asked).await.text;
        assert!(page.contains("data-state=\"asked\"") && page.contains("2017-09-21 08:00"), "{page}");
        assert_eq!(other.post(&format!("{asked}/approval"), &[]).await.location(), asked);
        let page = other.get(&asked).await.text;
        assert!(page.contains("data-state=\"scheduled\"") && page.contains("等到时间生效") && page.contains("2017-09-21 08:00"), "{page}");
        assert_ne!(one.get(path).await.value("fee.1"), Some("30.00"), "it is not time yet");
        assert_eq!(one.post(&format!("{asked}/refusal"), &[]).await.status, 303);
        let page = one.get(&asked).await.text;
        assert!(page.contains("data-state=\"refused\"") && page.contains("由提出人收回"), "{page}");
    }
}
