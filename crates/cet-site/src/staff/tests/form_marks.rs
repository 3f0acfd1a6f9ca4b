//! Staff forms act only for the account, and on the values, that they were made for (R19).

use super::access::posts;
use super::world::{member, places, staffed};
use crate::registration::pages::tests::{bound, enrolled};
use crate::testing::{Answer, TestApp};
use cet_base::on_both;
use cet_base::store::testing::TestDb;
use cet_base::store::{DbError, Tx};

async fn world(t: TestDb) -> TestApp {
    let app = enrolled(t).await;
    staffed(&app).await;
    app
}

async fn logged(app: &TestApp) -> i64 {
    let read: Result<(i64,), DbError> = app
        .t
        .db
        .read(async |tx: &mut Tx<'_>| tx.query_one("SELECT COUNT(*) FROM audit_log", &[]).await)
        .await;
    read.unwrap().0
}

fn refused(answer: &Answer) -> (u16, Vec<&str>) {
    (answer.status.as_u16(), answer.codes())
}

async fn student(app: &TestApp) -> String {
    let mut school = member(app, "school-99301").await;
    let list = school.get("/staff/students?campus=993010").await;
    let href =
        list.text.split("name=\"student\" value=\"99301-").nth(1).and_then(|rest| rest.split('"').next());
    format!("/staff/students/99301-{}", href.unwrap())
}

const RECORD: [(&str, &str); 7] = [
    ("campus", "993010"),
    ("college", "物理学院"),
    ("major", "物理"),
    ("grade", "3"),
    ("class", "2"),
    ("student_number", "20160009"),
    ("remark", ""),
];

on_both! {
    /// R19.
    async fn no_form_of_staff_is_done_for_another_account_than_it_was_made_for(t: TestDb) {
        let app = world(t).await;
        let theirs = member(&app, "national").await.get("/staff/accounts").await;
        let theirs = theirs.value("member").unwrap().to_owned();
        let mut school = member(&app, "school-99301").await;
        let before = logged(&app).await;
        let mut tried = 0;
        for path in posts() {
            let path = path.replace("{school}", "99301").replace("{id}", "1").replace("{key}", "99301-1");
            let path = path.replace("{name}", "spare");
            let answer = school.post(&path, &[("member", &theirs)]).await;
            // What the page itself has to tell is no refusal of this request.
            assert_eq!(refused(&answer), (409, vec!["passport-changed"]), "{path}");
            assert!(answer.text.contains("school-99301") && !answer.text.contains("national"), "{path}");
            tried += 1;
        }
        assert!(tried > 20, "only {tried}");
        assert_eq!(logged(&app).await, before);
        // Anyone may sign out, and an account's own forms are accepted.
        let own = school.get("/staff/accommodations").await.value("member").unwrap().to_owned();
        assert_eq!(refused(&school.post("/staff/accommodations", &[("member", &own), ("member", &own)]).await), (422, vec!["field-invalid"]));
        assert_eq!(school.post("/staff/students/search", &[("member", &own), ("person", "学生1")]).await.status, 303);
        assert_eq!(school.post("/staff/logout", &[("member", &theirs)]).await.location(), "/staff/login");
    }

    /// R19.
    async fn a_record_that_somebody_else_corrected_is_not_overwritten_unseen(t: TestDb) {
        let app = world(t).await;
        let path = student(&app).await;
        let (mut one, mut two) = (member(&app, "school-99301").await, member(&app, "school-99301").await);
        let seen = one.get(&path).await.value("seen").unwrap().to_owned();
        let mut theirs = RECORD.to_vec();
        theirs[1].1 = "生物学院";
        assert_eq!(two.post(&path, &theirs).await.status, 303);
        let mut mine = RECORD.to_vec();
        mine.push(("seen", &seen));
        let answer = one.post(&path, &mine).await;
        assert_eq!(refused(&answer), (409, vec!["changed-meanwhile"]));
        assert!(answer.text.contains("生物学院") && answer.text.contains("物理学院"), "both are shown");
        assert!(one.get(&path).await.text.contains("生物学院"));
        // The form that was saved, submitted again as if the response had been lost.
        theirs.push(("seen", &seen));
        assert_eq!(two.post(&path, &theirs).await.status, 303);
        // A reader of the newer values may save again.
        let seen = answer.value("seen").unwrap().to_owned();
        mine.pop();
        mine.push(("seen", &seen));
        assert_eq!(one.post(&path, &mine).await.status, 303);
        assert!(one.get(&path).await.text.contains("value=\"物理学院\""));
    }

    async fn an_account_that_somebody_else_changed_is_not_overwritten_unseen(t: TestDb) {
        let app = world(t).await;
        let path = "/staff/accounts/school-99301";
        let mut one = member(&app, "national").await;
        let seen = one.get(path).await.value("seen").unwrap().to_owned();
        let grant = format!("{path}/grant");
        assert_eq!(one.post(&grant, &[("role", "school"), ("scope", "993010")]).await.status, 303);
        let late = [("role", "school"), ("scope", "99101"), ("seen", &*seen)];
        let answer = one.post(&grant, &late).await;
        assert_eq!(refused(&answer), (409, vec!["changed-meanwhile"]));
        assert!(answer.text.contains("(993010)"), "what it is now");
        // Another error first does not make a stale form current.
        let wrong = [("role", "school"), ("scope", "x"), ("seen", &*seen)];
        let kept = one.post(&grant, &wrong).await;
        assert_eq!(kept.value("seen"), Some(&*seen));
        let fresh = answer.value("seen").unwrap().to_owned();
        let fields = [("role", "school"), ("scope", "99101"), ("seen", &*fresh)];
        assert_eq!(one.post(&grant, &fields).await.status, 303);
    }

    async fn an_address_that_somebody_else_set_is_not_overwritten_unseen(t: TestDb) {
        let app = world(t).await;
        let (path, form) = ("/staff/accounts/school-99301", "/staff/accounts/school-99301/email");
        let (mut one, mut two) = (member(&app, "national").await, member(&app, "province-99").await);
        let seen = one.get(path).await.value("seen").unwrap().to_owned();
        let theirs = [("email", "theirs@school.example.cn"), ("seen", &*seen)];
        assert_eq!(two.post(form, &theirs).await.status, 303);
        let answer = one.post(form, &[("email", "mine@school.example.cn"), ("seen", &*seen)]).await;
        assert_eq!(refused(&answer), (409, vec!["changed-meanwhile"]));
        assert!(answer.text.contains("theirs@school.example.cn") && answer.text.contains("mine@school.example.cn"), "both");
        let grant = [("role", "school"), ("scope", "99101"), ("seen", &*seen)];
        assert_eq!(refused(&one.post("/staff/accounts/school-99301/grant", &grant).await), (409, vec!["changed-meanwhile"]));
        // The form that was saved, sent again as if its answer had been lost.
        assert_eq!(two.post(form, &theirs).await.status, 303);
        let fresh = answer.value("seen").unwrap().to_owned();
        assert_eq!(one.post(form, &[("email", "mine@school.example.cn"), ("seen", &*fresh)]).await.status, 303);
    }

    async fn a_school_locks_the_entries_that_it_was_shown_and_no_others_of_the_same_sum(t: TestDb) {
        let app = world(t).await;
        let mut leaving = bound(&app, 1).await;
        assert_eq!(leaving.post("/registration/written", &[("subject", "1")]).await.status, 303);
        let mut school = member(&app, "school-99301").await;
        let page = school.get("/staff/collective-payments/new?look=1").await;
        let field = |name: &str| page.value(name).unwrap().to_owned();
        let (entries, amount, seen) = (field("entries"), field("amount"), field("seen"));
        let fields = [("entries", &*entries), ("amount", &*amount), ("seen", &*seen)];
        let id = leaving.get("/registration").await.text;
        let id = id.split("data-entry=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
        assert_eq!(leaving.post(&format!("/registration/entries/{id}/cancellation"), &[]).await.status, 303);
        let mut coming = bound(&app, 2).await;
        assert_eq!(coming.post("/registration/written", &[("subject", "1")]).await.status, 303);
        let answer = school.post("/staff/collective-payments", &fields).await;
        assert_eq!(refused(&answer), (409, vec!["changed-meanwhile"]));
        assert_eq!(answer.value("entries"), Some("1"), "the same number and sum, of somebody else");
        let seen = answer.value("seen").unwrap().to_owned();
        let fields = [("entries", &*entries), ("amount", &*amount), ("seen", &*seen)];
        assert_eq!(school.post("/staff/collective-payments", &fields).await.status, 303);
    }

    async fn an_accommodation_that_somebody_else_set_is_not_overwritten_unseen(t: TestDb) {
        let app = world(t).await;
        bound(&app, 1).await.post("/registration/written", &[("subject", "1")]).await;
        assert_eq!(places(&app).await.len(), 1);
        let path = "/staff/accommodations";
        let mut one = member(&app, "school-99301").await;
        let seen = one.get(path).await.value("seen").unwrap().to_owned();
        app.t.clock.set(cet_base::store::testing::NOON.plus(jiff::SignedDuration::from_mins(1)));
        let mut one = member(&app, "school-99301").await;
        let fields = |needs: &'static str, seen| [("student_number", "20160001"), ("subject", "1"), ("needs", needs), ("seen", seen)];
        assert_eq!(one.post(path, &fields("extra-time", "")).await.status, 303);
        let answer = one.post(path, &fields("hearing", &*seen)).await;
        assert_eq!(refused(&answer), (409, vec!["changed-meanwhile"]));
        // An identical submission changes nothing, and a page that shows the same values may change them.
        assert_eq!(one.post(path, &fields("extra-time", &*seen)).await.status, 303);
        let fresh = answer.value("seen").unwrap().to_owned();
        assert_eq!(one.post(path, &fields("hearing", &*fresh)).await.status, 303);
    }
}
