//! A candidate reports a wrong record, the school corrects it or answers (R4).

use jiff::SignedDuration;

use crate::registration::pages::tests::{accept, bound, enrolled, look_up, refused};
use crate::staff::tests::world::{member, staffed};
use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_base::store::testing::NOON;
use cet_base::store::{DbError, Tx};

const CLASS: [(&str, &str); 3] = [("field", "class"), ("right", "三班"), ("note", "学生证上是三班")];

async fn looking(app: &TestApp, n: i64, student: i64) -> Browser<'_> {
    let mut browser = app.signed_in(n).await;
    accept(&mut browser).await;
    assert_eq!(look_up(&mut browser, student).await.status, 303);
    browser
}

/// Reports and returns the path of the school's page.
async fn reported(app: &TestApp, browser: &mut Browser<'_>, fields: &[(&str, &str)]) -> String {
    let sent = browser.post("/record-report", fields).await;
    assert_eq!((sent.status.as_u16(), sent.location()), (303, "/record-report"), "{:?}", sent.codes());
    let list = member(app, "school-99301").await.get("/staff/record-reports?state=open").await;
    let id = list.text.split("href=\"/staff/record-reports/").nth(1).and_then(|rest| rest.split('"').next());
    format!("/staff/record-reports/{}", id.unwrap())
}

/// The value of a hidden field in the form with this action.
fn hidden(page: &Answer, address: &str, name: &str) -> String {
    let form = page.text.split(&format!("action=\"{address}\" method=\"post\"")).nth(1);
    let form = form.and_then(|rest| rest.split("</form>").next()).unwrap();
    let field = form.split(&format!("name=\"{name}\" value=\"")).nth(1);
    field.and_then(|rest| rest.split('"').next()).unwrap().to_owned()
}

async fn class_of(app: &TestApp, name: &'static str) -> String {
    let read: Result<(String,), DbError> = app
        .t
        .db
        .read(async move |tx: &mut Tx<'_>| {
            tx.query_one(
                "SELECT class FROM student_record WHERE name = $1",
                cet_base::params![name.to_owned()],
            )
            .await
        })
        .await;
    read.unwrap().0
}

async fn logged(app: &TestApp) -> Vec<(String, String)> {
    let read: Result<Vec<(String, String)>, DbError> = app
        .t
        .db
        .read(async |tx: &mut Tx<'_>| {
            tx.query(
                "SELECT action, detail
                   FROM audit_log
                  WHERE action IN ('record-reported', 'report-answered', 'record-corrected')
                  ORDER BY at, id",
                &[],
            )
            .await
        })
        .await;
    read.unwrap()
}

on_both! {
    async fn a_report_is_seen_by_its_candidate_there_and_at_home_and_by_the_school_with_its_age(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let mut browser = looking(&app, 9, 5).await;
        let record = browser.get("/qualification/record").await.text;
        assert!(record.contains("href=\"/record-report\""));
        let place = reported(&app, &mut browser, &CLASS).await;
        for path in ["/qualification/record", "/home", "/registration", "/"] {
            let page = browser.get(path).await.text;
            assert!(page.contains("您报告“班级”有误，学校还没有答复") && page.contains("2017-09-20 12:00"), "{path}");
        }
        let own = browser.get("/record-report").await.text;
        assert!(own.contains("data-report=\"open\"") && own.contains("三班") && !own.contains("<select"));
        app.t.clock.set(NOON.plus(SignedDuration::from_mins(190)));
        let mut school = member(&app, "school-99301").await;
        let list = school.get("/staff/record-reports").await.text;
        assert!(list.contains("学生5") && list.contains("已等 3 小时") && list.contains("待处理"));
        assert!(!school.get("/staff/record-reports?state=answered").await.text.contains("学生5"));
        assert!(!school.get("/staff/record-reports?field=name").await.text.contains("学生5"));
        assert!(school.get("/staff/record-reports?student_number=20160005").await.text.contains("学生5"));
        let file = school.get("/staff/record-reports.csv").await.text;
        assert!(file.contains("学生5,20160005,993010,班级,2017-09-20T12:00:00+08:00,已等 3 小时,待处理,"), "{file}");
        assert!(school.get("/staff").await.text.contains("1 份信息有误的报告待处理"));
        let one = school.get(&place).await.text;
        assert!(one.contains("三班") && one.contains("学生证上是三班") && one.contains("<dd><span lang=\"zh-CN\">1</span></dd>"));
        assert!(one.contains("href=\"/staff/students/99301-"));
        app.t.clock.set(NOON.plus(SignedDuration::from_hours(80)));
        let list = member(&app, "school-99301").await.get("/staff/record-reports").await.text;
        assert!(list.contains("已等 3 天"), "days from two on");
    }

    async fn one_report_of_a_record_waits_at_a_time_and_the_same_again_is_the_same(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = looking(&app, 9, 5).await;
        for _ in 0..2 {
            assert_eq!(browser.post("/record-report", &CLASS).await.status, 303);
        }
        let other = [("field", "major"), ("right", "物理"), ("note", "")];
        let answer = browser.post("/record-report", &other).await;
        assert_eq!(refused(&answer), (409, vec!["report-open"]));
        // Another record of the same passport is another matter.
        look_up(&mut browser, 6).await;
        browser.get("/record-report").await;
        assert_eq!(browser.post("/record-report", &other).await.status, 303);
        let mut twice = looking(&app, 10, 5).await;
        assert_eq!(twice.post("/record-report", &CLASS).await.status, 303, "somebody else who looked it up");
        assert_eq!(logged(&app).await.len(), 3);
    }

    async fn of_two_tabs_the_one_that_showed_another_student_reports_nothing(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = looking(&app, 9, 5).await;
        let page = browser.get("/record-report").await;
        let record = hidden(&page, "/record-report", "record");
        look_up(&mut browser, 6).await;
        let mut marked = CLASS.to_vec();
        marked.push(("record", &record));
        for fields in [&marked[..], &CLASS[..]] {
            let answer = browser.post("/record-report", fields).await;
            assert_eq!(refused(&answer), (409, vec!["record-changed"]));
            // The page that was shown again showed the other record: back to the first.
            look_up(&mut browser, 5).await;
            browser.get("/record-report").await;
            look_up(&mut browser, 6).await;
        }
        assert_eq!(logged(&app).await, vec![]);
    }

    async fn a_correction_is_looked_at_first_then_changes_the_record_and_tells_the_candidate(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let mut browser = looking(&app, 9, 5).await;
        let place = reported(&app, &mut browser, &CLASS).await;
        let mut school = member(&app, "school-99301").await;
        let address = format!("{place}/correction");
        let page = school.get(&place).await;
        let seen = hidden(&page, &address, "seen");
        let sent = [("value", "3 班"), ("answer", "已按学生证更正"), ("seen", &*seen)];
        let preview = school.post(&address, &sent).await;
        assert_eq!(preview.status, 200);
        assert!(preview.text.contains("<del lang=\"zh-CN\">1</del> <ins lang=\"zh-CN\">3 班</ins>") && preview.text.contains("还没有写入任何数据"));
        assert_eq!(class_of(&app, "学生5").await, "1", "nothing is written yet");
        let confirmed = [("value", "3 班"), ("answer", "已按学生证更正"), ("seen", &*seen), ("confirm", "yes")];
        for _ in 0..2 {
            let done = school.post(&address, &confirmed).await;
            assert_eq!((done.status.as_u16(), done.location()), (303, &*place), "{:?}", done.codes());
        }
        assert_eq!(class_of(&app, "学生5").await, "3 班");
        let lines: Vec<String> = logged(&app).await.into_iter().map(|(action, _)| action).collect();
        assert_eq!(lines, ["record-reported", "record-corrected", "report-answered"]);
        let over = school.post(&address, &[("value", "4 班"), ("answer", "又改"), ("confirm", "yes")]).await;
        assert_eq!(refused(&over), (409, vec!["changed-meanwhile"]));
        for path in ["/home", "/registration", "/", "/record-report", "/account/messages"] {
            let page = browser.get(path).await.text;
            assert!(page.contains("已按学生证更正") && page.contains("更正"), "{path}");
        }
        let record = browser.get("/qualification/record").await.text;
        assert!(record.contains("3 班") && record.contains("已按学生证更正"));
        app.t.clock.set(NOON.plus(SignedDuration::from_hours(8 * 24)));
        let mut later = app.signed_in(9).await;
        for path in ["/home", "/registration", "/"] {
            assert!(!later.get(path).await.text.contains("已按学生证更正"), "not for ever");
        }
    }

    async fn what_the_record_says_already_is_no_correction(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let mut browser = looking(&app, 9, 5).await;
        let place = reported(&app, &mut browser, &CLASS).await;
        let mut school = member(&app, "school-99301").await;
        for confirm in ["", "yes"] {
            let same = [("value", " 1 "), ("answer", "已更正"), ("confirm", confirm)];
            let answer = school.post(&format!("{place}/correction"), &same).await;
            assert_eq!(refused(&answer), (422, vec!["field-invalid"]));
            assert!(answer.text.contains("没有要更正的") && answer.text.contains("href=\"#value\""), "{confirm}");
        }
        assert_eq!(logged(&app).await.len(), 1, "nothing was answered or corrected");
        assert!(!browser.get("/home").await.text.contains("已更正"));
        // The value of another form that came first is not taken for one's own.
        let mine = |value| [("value", value), ("answer", "已按学生证更正"), ("confirm", "yes")];
        assert_eq!(school.post(&format!("{place}/correction"), &mine("3 班")).await.status, 303);
        assert_eq!(school.post(&format!("{place}/correction"), &mine("3 班")).await.location(), place);
        assert_eq!(refused(&school.post(&format!("{place}/correction"), &mine("4 班")).await), (409, vec!["changed-meanwhile"]));
    }

    async fn an_answer_alone_changes_no_record_and_another_report_can_follow(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let mut browser = looking(&app, 9, 5).await;
        let place = reported(&app, &mut browser, &CLASS).await;
        let mut school = member(&app, "school-99301").await;
        let done = school.post(&format!("{place}/answer"), &[("answer", "学籍无误，请看学生证背面")]).await;
        assert_eq!((done.status.as_u16(), done.location()), (303, &*place), "{:?}", done.codes());
        assert_eq!(class_of(&app, "学生5").await, "1");
        for path in ["/home", "/registration", "/"] {
            let page = browser.get(path).await.text;
            assert!(page.contains("学校已经答复") && page.contains("学籍无误，请看学生证背面"), "{path}: {page}");
        }
        assert!(!app.browser().get("/").await.text.contains("学籍无误"));
        assert!(school.get("/staff/record-reports?state=answered").await.text.contains("不改，已答复"));
        assert_eq!(browser.post("/record-report", &CLASS).await.status, 303, "it may be reported again");
    }

    /// R6.
    async fn what_a_candidate_has_saved_is_answered_and_not_corrected(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let mut browser = bound(&app, 5).await;
        let place = reported(&app, &mut browser, &CLASS).await;
        let mut school = member(&app, "school-99301").await;
        let page = school.get(&place).await.text;
        assert!(page.contains("学籍信息不能再更正") && !page.contains("/correction\""));
        for confirm in ["", "yes"] {
            let fields = [("value", "3 班"), ("answer", "x"), ("confirm", confirm)];
            let answer = school.post(&format!("{place}/correction"), &fields).await;
            assert_eq!(refused(&answer), (409, vec!["student-bound"]));
        }
        assert_eq!(class_of(&app, "学生5").await, "1");
        let done = school.post(&format!("{place}/answer"), &[("answer", "报名信息不变，请联系老师")]).await;
        assert_eq!(done.status, 303);
        // Beside what is entered it is a note, and no page has more than two.
        assert_eq!(browser.post("/registration/written", &[("subject", "1")]).await.status, 303);
        for path in ["/home", "/registration", "/"] {
            let page = browser.get(path).await.text;
            assert!(page.contains("data-situation=\"unpaid\"") && page.contains("报名信息不变，请联系老师"), "{path}: {page}");
        }
    }

    async fn a_form_made_before_the_record_changed_writes_nothing(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let mut browser = looking(&app, 9, 5).await;
        let place = reported(&app, &mut browser, &CLASS).await;
        let mut school = member(&app, "school-99301").await;
        let address = format!("{place}/correction");
        let seen = hidden(&school.get(&place).await, &address, "seen");
        let done: Result<u64, DbError> = app.t.db.write(async |tx: &mut Tx<'_>| {
            tx.execute("UPDATE student_record SET class = '2' WHERE name = '学生5'", &[]).await
        }).await;
        assert_eq!(done.unwrap(), 1);
        let fields = [("value", "3 班"), ("answer", "x"), ("seen", &*seen), ("confirm", "yes")];
        assert_eq!(refused(&school.post(&address, &fields).await), (409, vec!["changed-meanwhile"]));
        assert_eq!(class_of(&app, "学生5").await, "2");
        assert_eq!(logged(&app).await.len(), 1);
    }

    async fn a_number_that_a_candidate_typed_is_hidden_until_a_reason_is_given(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let mut browser = looking(&app, 9, 5).await;
        let fields = [("field", "document"), ("right", "99301999777"), ("note", "")];
        let place = reported(&app, &mut browser, &fields).await;
        let mut school = member(&app, "school-99301").await;
        let page = school.get(&place).await.text;
        assert!(!page.contains("99301999777") && page.contains("请用更正后的学籍文件重新导入"));
        let address = format!("{place}/document");
        assert_eq!(refused(&school.post(&address, &[]).await), (422, vec!["field-invalid"]));
        let told = school.post(&address, &[("reason", "record")]).await;
        assert!(told.status == 200 && told.text.contains("99301999777"));
        let fields = [("value", "1"), ("answer", "x"), ("confirm", "yes")];
        let by_import = school.post(&format!("{place}/correction"), &fields).await;
        assert_eq!(refused(&by_import), (422, vec!["not-eligible"]));
    }

    async fn nonsense_is_refused_at_its_field_and_stores_nothing(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let mut browser = looking(&app, 9, 5).await;
        let (long, longer) = ("长".repeat(101), "长".repeat(501));
        for (name, bad) in [
            ("field", ""), ("field", "documents"), ("right", ""), ("right", "  "), ("right", "a\nb"), ("right", &long),
            ("note", &longer), ("note", "a\u{1}b"),
        ] {
            let fields: Vec<(&str, &str)> =
                CLASS.iter().map(|(known, good)| (*known, if *known == name { bad } else { *good })).collect();
            let answer = browser.post("/record-report", &fields).await;
            assert_eq!(refused(&answer), (422, vec!["field-invalid"]), "{name} {bad:?}");
            assert!(answer.text.contains(&format!("href=\"#{name}\"")), "{name} {bad:?}");
        }
        assert_eq!(logged(&app).await, vec![]);
        let campus = [("field", "campus"), ("right", "东校区"), ("note", "")];
        let place = reported(&app, &mut browser, &campus).await;
        let mut school = member(&app, "school-99301").await;
        let (correction, answering) = (format!("{place}/correction"), format!("{place}/answer"));
        for (address, name, bad) in [
            (&correction, "value", ""), (&correction, "value", "东校区"), (&correction, "value", "991010"),
            (&correction, "value", "99301"), (&correction, "answer", ""), (&correction, "answer", &longer),
            (&answering, "answer", " "), (&answering, "answer", &longer), (&answering, "answer", "a\u{1}b"),
        ] {
            let good = [("value", "993010"), ("answer", "好"), ("confirm", "yes")];
            let fields: Vec<(&str, &str)> =
                good.iter().map(|(known, good)| (*known, if *known == name { bad } else { *good })).collect();
            let answer = school.post(address, &fields).await;
            assert_eq!(refused(&answer), (422, vec!["field-invalid"]), "{address} {name} {bad:?}");
            assert!(answer.text.contains(&format!("href=\"#{name}\"")), "{address} {name} {bad:?}");
        }
        assert_eq!(logged(&app).await.len(), 1);
        for path in ["/staff/record-reports/x", "/staff/record-reports/1", "/staff/record-reports/007"] {
            assert_eq!(school.get(path).await.status, 404, "{path}");
        }
    }

    async fn without_a_record_there_is_nothing_to_report(t: TestDb) {
        let app = enrolled(t).await;
        let mut browser = app.signed_in(9).await;
        let page = browser.get("/record-report").await;
        assert_eq!((page.status.as_u16(), page.codes()), (200, vec![]));
        assert!(page.text.contains("href=\"/qualification\""));
        assert_eq!(refused(&browser.post("/record-report", &CLASS).await), (403, vec!["not-looked-up"]));
    }
}
