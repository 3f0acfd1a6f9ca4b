//! 集体报名 of students without a passport: the school enters and pays, each student takes his own over (S2).

use jiff::SignedDuration;

use crate::registration::pages::tests::{accept, enrolled, look_up, refused};
use crate::staff::tests::world::{member, places, staffed};
use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_base::store::testing::NOON;
use cet_base::store::{DbError, Tx};

/// Enters everybody whom the page lists for English 4; returns the page of what became of each.
async fn group(school: &mut Browser<'_>, students: usize) -> Answer {
    let form = school.get("/staff/group-entry?subject=1&class=1").await;
    let ids: Vec<String> = form
        .text
        .split("name=\"student\" value=\"")
        .skip(1)
        .map(|part| part.split('"').next().unwrap().to_owned())
        .collect();
    assert_eq!(ids.len(), students, "{}", form.text);
    assert_eq!(form.text.matches("checked><span").count(), students, "a class is ticked beforehand");
    let all = school.get("/staff/group-entry?subject=1").await.text;
    assert!(all.contains("name=\"student\"") && !all.contains("checked><span"), "a whole school is not");
    let command = form.value("command").unwrap().to_owned();
    let mut fields = vec![("subject", "1"), ("class", "1"), ("college", ""), ("command", command.as_str())];
    fields.extend(ids.iter().map(|id| ("student", id.as_str())));
    let first = school.post("/staff/group-entry", &fields).await;
    let again = school.post("/staff/group-entry", &fields).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (303, 303), "{:?}", first.codes());
    assert_eq!(first.location(), again.location());
    school.get(first.location()).await
}

/// The school locks what is unpaid and confirms it as paid.
async fn pay(school: &mut Browser<'_>) {
    let page = school.get("/staff/collective-payments/new?look=1").await;
    let (entries, amount) = (page.value("entries").unwrap(), page.value("amount").unwrap());
    let fields = [("entries", entries), ("amount", amount), ("note", "")];
    let made = school.post("/staff/collective-payments", &fields).await;
    assert_eq!(made.status, 303, "{:?}", made.codes());
    let done = school.post(&format!("{}/confirmation", made.location()), &[]).await;
    assert_eq!(done.status, 303, "{:?}", done.codes());
}

async fn looking(app: &TestApp, n: i64, student: i64) -> Browser<'_> {
    let mut browser = app.signed_in(n).await;
    accept(&mut browser).await;
    assert_eq!(look_up(&mut browser, student).await.location(), "/qualification/record");
    browser
}

const RECORD: &str = "/qualification/record";

on_both! {
    /// S2.
    async fn who_enters_a_class_is_led_back_to_it_and_a_second_time_enters_nobody_twice(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let mut school = member(&app, "school-99301").await;
        let form = school.get("/staff/group-entry?subject=3&class=1").await;
        let ids: Vec<&str> =
            form.text.split("name=\"student\" value=\"").skip(1).map(|part| part.split('"').next().unwrap()).collect();
        // 学生5 and 学生6 may not enter it.
        let able = &ids[..4];
        let fields = |command: &'static str| {
            let all = [("subject", "3"), ("class", "1"), ("college", "化学学院"), ("command", command)];
            all.into_iter().chain(able.iter().map(|id| ("student", *id))).collect::<Vec<_>>()
        };
        let back = "/staff/group-entry?college=%E5%8C%96%E5%AD%A6%E5%AD%A6%E9%99%A2&class=1&subject=3";
        for _ in 0..2 {
            let done = school.post("/staff/group-entry", &fields("a1")).await;
            assert_eq!((done.status.as_u16(), done.location()), (303, back), "{}", done.text);
        }
        let page = school.get(back).await.text;
        assert!(page.contains("已为 4 人报考"), "{page}");
        assert!(page.contains("href=\"/staff/collective-payments/new?look=1&#38;college="), "{page}");
        assert!(!school.get(back).await.text.contains("已为 4 人报考"), "it is said once");

        // Another form with the same people: what they have counts, and nobody is entered twice.
        let again = school.post("/staff/group-entry", &fields("b2")).await;
        assert_eq!((again.status.as_u16(), again.location()), (303, back), "{}", again.text);
        assert!(school.get(back).await.text.contains("不会重复报考"));
        let none = [("subject", "3"), ("class", "1"), ("command", "c3"), ("student", ids[4]), ("student", ids[5])];
        let refused = school.post("/staff/group-entry", &none).await;
        assert_eq!((refused.status.as_u16(), refused.codes()), (422, vec!["not-eligible"]), "{}", refused.text);
        assert_eq!(refused.text.matches("<dd class=\"num\">2</dd>").count(), 1, "{}", refused.text);
        let entries: Result<(i64,), DbError> =
            app.t.db.read(async |tx: &mut Tx<'_>| tx.query_one("SELECT COUNT(*) FROM entry", &[]).await).await;
        assert_eq!(entries.unwrap().0, 4);
    }

    /// S2, R6.
    async fn a_class_without_passports_is_entered_and_paid_and_each_student_takes_his_own_over(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let mut school = member(&app, "school-99301").await;
        let done = group(&mut school, 6).await;
        // The campus has five seats: the last one is refused by the candidates' rules, and is not registered either.
        assert!(done.text.contains("<dd class=\"num\">5</dd>") && done.text.contains("已报满"), "{}", done.text);
        assert!(done.status == 200 && done.codes().is_empty(), "no refusal of this request: {:?}", done.codes());
        let left = school.get("/staff/group-entry?subject=1").await.text;
        assert!(left.matches("name=\"student\"").count() == 1 && left.contains("学生6"));
        pay(&mut school).await;
        let of = places(&app).await;
        assert_eq!(of.len(), 5);
        assert!(school.get(&of[0]).await.text.contains("学校代报，考生还没有保存"));

        let mut one = looking(&app, 9, 5).await;
        let page = one.get(RECORD).await;
        assert!(page.text.contains("学校已为您报名") && page.text.contains("data-by-school"));
        assert!(page.text.contains("英语四级笔试</b> <span class=\"tag ok\">已支付</span>"), "{}", page.text);
        let seen = page.value("seen").unwrap().to_owned();
        let saved = one.post(RECORD, &[("checked", "yes"), ("seen", &seen)]).await;
        assert_eq!((saved.status.as_u16(), saved.location()), (303, "/registration/written"), "{:?}", saved.codes());
        let own = one.get("/registration").await.text;
        assert!(own.contains("data-channel=\"school\"") && own.contains("data-payment=\"paid\""));
        assert!(one.get("/account/messages").await.text.contains("学校已为您报名下列科目"));
        // The student's own forms work from then on.
        let oral = one.post("/registration/oral", &[("subject", "F")]).await;
        assert_eq!(oral.location(), "/registration", "{:?}", oral.codes());
        assert_eq!(places(&app).await.len(), 5, "no second registration");

        let mut two = looking(&app, 10, 5).await;
        assert!(!two.get(RECORD).await.text.contains("学校已为您报名"), "it is somebody's by now");
        assert_eq!(refused(&two.post(RECORD, &[("checked", "yes")]).await), (409, vec!["student-bound"]));
        // After the window too: nothing is entered by that, and a ticket must be printed.
        app.t.clock.set(NOON.plus(SignedDuration::from_hours(240)));
        let mut late = looking(&app, 11, 4).await;
        let page = late.get(RECORD).await.text;
        assert!(page.contains("学校已为您报名") && page.contains("name=\"checked\""));
        assert_eq!(late.post(RECORD, &[("checked", "yes")]).await.status, 303);
    }

    /// S2, TH22: whoever goes back, or loads the page again, enters nobody.
    async fn what_became_of_a_class_has_a_page_of_its_own_for_the_account_that_entered_it(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let mut school = member(&app, "school-99301").await;
        let form = school.get("/staff/group-entry?subject=1&class=1").await;
        let ids: Vec<&str> =
            form.text.split("name=\"student\" value=\"").skip(1).map(|part| part.split('"').next().unwrap()).collect();
        let mut fields = vec![("subject", "1"), ("class", "1"), ("college", "")];
        fields.extend(ids.iter().map(|id| ("student", *id)));
        // Without a command id too.
        let done = school.post("/staff/group-entry", &fields).await;
        assert_eq!(done.status, 303, "{:?}", done.codes());
        let at = done.location().to_owned();
        assert_eq!(school.post("/staff/group-entry", &fields).await.location(), at, "a repeat is answered as the first");
        for _ in 0..2 {
            let page = school.get(&at).await;
            let (refused, entered) = page.text.split_once("<section class=\"sheet flow-s\"><h2>已报考").unwrap();
            assert!(refused.contains("学生6") && refused.contains("已报满") && !refused.contains("学生5"), "{}", page.text);
            assert!(entered.contains("学生5") && !entered.contains("学生6"), "{}", page.text);
            assert!(page.text.contains("href=\"/staff/group-entry?college=&#38;class=1&#38;subject=1\""), "{}", page.text);
        }
        assert_eq!(places(&app).await.len(), 5);
        let english = school.get(&format!("{at}&lang=en")).await.text;
        assert!(english.contains("Not entered"), "{english}");
        assert_eq!(member(&app, "school-99101").await.get(&at).await.status, 404);
        assert_eq!(school.get("/staff/group-entry?done=abc").await.status, 404);
    }

    /// R19.
    async fn a_page_from_before_the_school_entered_the_student_saves_nothing(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let mut one = looking(&app, 9, 5).await;
        let seen = one.get(RECORD).await.value("seen").unwrap().to_owned();
        group(&mut member(&app, "school-99301").await, 6).await;
        let answer = one.post(RECORD, &[("checked", "yes"), ("seen", &seen)]).await;
        assert_eq!(refused(&answer), (409, vec!["record-changed"]));
        assert!(answer.text.contains("学校已为您报名") && answer.text.contains("待支付"));
        let seen = answer.value("seen").unwrap().to_owned();
        assert_eq!(one.post(RECORD, &[("checked", "yes"), ("seen", &seen)]).await.status, 303);
    }

    /// A7.
    async fn a_registration_without_a_passport_is_not_moved_and_tells_no_account(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        group(&mut member(&app, "school-99301").await, 6).await;
        let of = places(&app).await[0].trim_start_matches("/staff/registrations/").replace('/', "-");
        app.signed_in(9).await;
        let mut service = member(&app, "service").await;
        let public_id = format!("{:032X}", 9);
        let fields = [
            ("registration", of.as_str()), ("new_passport", &public_id), ("new_email", "candidate9@example.cn"),
            ("evidence", "x"),
        ];
        assert_eq!(refused(&service.post("/staff/rebinds", &fields).await), (403, vec!["not-bound"]));
        let fields = [("document_kind", "macau-id"), ("document_number", "99301000001"), ("name", "学生1")];
        let nobody = member(&app, "school-99301").await.post("/staff/retrieval", &fields).await;
        assert!(!nobody.text.contains("example.cn") && nobody.status != 500, "{}", nobody.status);
    }
}
