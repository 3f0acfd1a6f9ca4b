//! 这是我本人: a squatter is braked, the real candidate asks, two people decide, and both are told (R24, W3).

use jiff::SignedDuration;

use crate::registration::pages::tests::{accept, enrolled, look_up, refused};
use crate::staff::tests::world::{member, staffed};
use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_base::store::testing::NOON;
use cet_base::store::{DbError, Tx};

const SAVE: [(&str, &str); 1] = [("checked", "yes")];
const CLAIM: [(&str, &str); 3] =
    [("student_number", "20160005"), ("phone", "138 0000 0000"), ("note", "白天可以接电话")];

async fn looking(app: &TestApp, passport: i64, student: i64) -> Browser<'_> {
    let mut browser = app.signed_in(passport).await;
    accept(&mut browser).await;
    assert_eq!(look_up(&mut browser, student).await.status, 303);
    browser
}

/// A browser whose passport holds a student of another number.
pub(crate) async fn held(app: &TestApp, passport: i64, student: i64) -> Browser<'_> {
    let mut browser = looking(app, passport, student).await;
    let saved = browser.post("/qualification/record", &SAVE).await;
    assert_eq!(saved.status, 303, "{:?}", saved.codes());
    browser
}

/// A browser whose passport has looked up a student of its number, whom another passport holds.
pub(crate) async fn disputing(app: &TestApp, n: i64) -> Browser<'_> {
    held(app, 50 + n, n).await;
    looking(app, n, n).await
}

/// The value of a hidden field in the form with this action.
fn hidden(page: &Answer, address: &str, name: &str) -> String {
    let form = page.text.split(&format!("action=\"{address}\" method=\"post\"")).nth(1);
    let form = form.and_then(|rest| rest.split("</form>").next()).unwrap();
    let field = form.split(&format!("name=\"{name}\" value=\"")).nth(1);
    field.and_then(|rest| rest.split('"').next()).unwrap().to_owned()
}

/// Opens the dispute and returns the path of the school's page.
async fn disputed(app: &TestApp, browser: &mut Browser<'_>) -> String {
    let sent = browser.post("/dispute", &CLAIM).await;
    assert_eq!((sent.status.as_u16(), sent.location()), (303, "/dispute"), "{:?}", sent.codes());
    let list = member(app, "school-99301").await.get("/staff/disputes").await;
    let id = list.text.split("href=\"/staff/disputes/").nth(1).and_then(|rest| rest.split('"').next());
    format!("/staff/disputes/{}", id.unwrap())
}

async fn decided(app: &TestApp, place: &str, decision: &str) {
    let fields = [("decision", decision), ("evidence", "看过学生证"), ("answer", "请按学校的说明办理")];
    let sent = member(app, "school-99301").await.post(&format!("{place}/decision"), &fields).await;
    assert_eq!((sent.status.as_u16(), sent.location()), (303, place), "{:?}", sent.codes());
}

async fn number(app: &TestApp, sql: &'static str) -> i64 {
    let read: Result<(i64,), DbError> =
        app.t.db.read(async move |tx: &mut Tx<'_>| tx.query_one(sql, &[]).await).await;
    read.unwrap().0
}

on_both! {
    /// R24: a stranger who was first shuts nobody out, and who decides sees both.
    async fn two_who_say_that_a_student_is_theirs_are_seen_side_by_side_and_one_is_decided_for(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        held(&app, 20, 5).await;
        let (mut stranger, mut owner) = (looking(&app, 6, 5).await, looking(&app, 5, 5).await);
        let claim = [("student_number", "2016999"), ("phone", "139 0000 0000"), ("note", "我才是")];
        let of_stranger = {
            assert_eq!(stranger.post("/dispute", &claim).await.status, 303);
            let list = member(&app, "school-99301").await.get("/staff/disputes").await;
            let id = list.text.split("href=\"/staff/disputes/").nth(1).and_then(|rest| rest.split('"').next());
            format!("/staff/disputes/{}", id.unwrap())
        };
        let old = member(&app, "school-99301").await.get(&of_stranger).await;
        assert!(!old.text.contains("id=\"rivals\""));
        assert_eq!(owner.post("/dispute", &CLAIM).await.status, 303);
        let mut school = member(&app, "school-99301").await;
        let page = school.get(&of_stranger).await.text;
        for shown in ["id=\"rivals\"", "2016999", "与学籍不一致", "我才是", "20160005", "与学籍一致", "138 0000 0000", "白天可以接电话"] {
            assert!(page.contains(shown), "{shown}");
        }
        let seen = hidden(&old, &format!("{of_stranger}/decision"), "seen");
        let stale = [("decision", "move"), ("evidence", "看过学生证"), ("answer", ""), ("seen", seen.as_str())];
        let answer = school.post(&format!("{of_stranger}/decision"), &stale).await;
        assert_eq!(refused(&answer), (409, vec!["changed-meanwhile"]), "the other claim was not on that page");
        let rival = page.split("data-rival=").nth(1).and_then(|rest| rest.split("href=\"").nth(1));
        let of_owner = rival.and_then(|rest| rest.split('"').next()).unwrap().to_owned();
        decided(&app, &of_owner, "move").await;
        let approved = member(&app, "province-99").await.post(&format!("{of_owner}/approval"), &[]).await;
        assert_eq!(approved.status, 303, "{:?}", approved.codes());
        assert!(owner.get("/account/messages").await.text.contains("报名信息已移交给您"));
        assert!(stranger.get("/account/messages").await.text.contains("已移交给另一个通行证账号"));
        assert!(stranger.get("/dispute").await.text.contains("data-dispute=\"refused\""));
    }

    /// R24, W3.
    async fn th71_fresh_passports_from_one_network_hold_a_student_once_and_then_have_to_show_more(t: TestDb) {
        let app = enrolled(t).await;
        held(&app, 20, 5).await;
        let mut now = NOON;
        for passport in 21..30 {
            now = now.plus(SignedDuration::from_hours(24));
            app.t.clock.set(now);
            let mut fresh = looking(&app, passport, 5).await;
            // What no job has released yet the page can't know, but saving does.
            let shown = fresh.get("/qualification/record").await.text.contains("name=\"student_number\"");
            assert_eq!(shown, passport > 21, "passport {passport}");
            let answer = fresh.post("/qualification/record", &SAVE).await;
            assert_eq!(refused(&answer), (422, vec!["proof-needed"]), "passport {passport}");
            assert!(answer.text.contains("name=\"student_number\""));
            cet_domain::entry::jobs::sweep(&app.t.db, app.app.catalogue.get()).await.unwrap();
        }
        let sql = "SELECT COUNT(*) FROM registration WHERE state = 'live' AND passport_id <> 20";
        assert_eq!(number(&app, sql).await, 0);
        // The real candidate is not locked out: the number is enough.
        let mut real = looking(&app, 40, 5).await;
        let wrong = real.post("/qualification/record", &[SAVE[0], ("student_number", "20160006")]).await;
        assert_eq!(refused(&wrong), (422, vec!["proof-needed"]));
        assert!(wrong.text.contains("value=\"20160006\"") && wrong.text.contains("学号和学籍不一致"));
        let right = real.post("/qualification/record", &[SAVE[0], ("student_number", " 20160005 ")]).await;
        assert_eq!((right.status.as_u16(), right.location()), (303, "/registration/written"));
        let again = real.post("/qualification/record", &SAVE).await;
        assert_eq!(again.status, 303, "what was saved stays saved, whatever is sent again");
    }

    /// R24: a passport has five wrong numbers an hour, also where it sends twenty at once.
    async fn th71_of_twenty_student_numbers_at_once_five_are_compared(t: TestDb) {
        let app = enrolled(t).await;
        held(&app, 20, 5).await;
        app.t.clock.set(NOON.plus(SignedDuration::from_hours(24)));
        cet_domain::entry::jobs::sweep(&app.t.db, app.app.catalogue.get()).await.unwrap();
        let thief = looking(&app, 21, 5).await;
        let guesses = (0..20).map(async |n| {
            let mut browser = app.browser();
            browser.cookies.clone_from(&thief.cookies);
            let guess = format!("2017{n:04}");
            let answer = browser.post("/qualification/record", &[SAVE[0], ("student_number", &guess)]).await;
            answer.codes().iter().map(|code| (*code).to_owned()).collect::<Vec<_>>()
        });
        let answers = futures_util::future::join_all(guesses).await;
        let with = |code: &str| answers.iter().filter(|codes| codes.as_slice() == [code]).count();
        assert_eq!((with("proof-needed"), with("too-many")), (5, 15), "{answers:?}");
        let mut thief = thief;
        let right = [SAVE[0], ("student_number", "20160005")];
        let late = thief.post("/qualification/record", &right).await;
        assert_eq!(refused(&late), (429, vec!["too-many"]));
        assert!(late.headers.contains_key("retry-after"));
        // Another passport has its own, and what was right costs none.
        assert_eq!(looking(&app, 22, 5).await.post("/qualification/record", &right).await.status, 303);
    }

    /// R24.
    async fn ten_misses_of_one_student_ask_for_more_and_lock_nobody_out(t: TestDb) {
        let app = enrolled(t).await;
        for passport in 20..30 {
            let mut stranger = app.signed_in(passport).await;
            accept(&mut stranger).await;
            let fields = [("document_kind", "macau-id"), ("document_number", "99301000005"), ("name", "谁")];
            assert_eq!(refused(&stranger.post("/qualification", &fields).await), (422, vec!["record-not-found"]));
        }
        let mut real = looking(&app, 5, 5).await;
        let page = real.get("/qualification/record").await.text;
        assert!(page.contains("name=\"student_number\"") && page.contains("保存还需要一项证明"));
        assert_eq!(refused(&real.post("/qualification/record", &SAVE).await), (422, vec!["proof-needed"]));
        let verified: Result<u64, DbError> = app.t.db.write(async move |tx: &mut Tx<'_>| {
            tx.execute("UPDATE passport SET email_verified_at = 1 WHERE id = 5", &[]).await
        }).await;
        assert_eq!(verified.unwrap(), 1);
        assert!(!real.get("/qualification/record").await.text.contains("name=\"student_number\""));
        assert_eq!(real.post("/qualification/record", &SAVE).await.status, 303, "a verified address is enough");
        let mut other = looking(&app, 6, 6).await;
        assert_eq!(other.post("/qualification/record", &SAVE).await.status, 303, "another student is not braked");
    }

    /// R24.
    async fn the_real_candidate_finds_the_way_from_the_refusal_and_sees_how_it_stands(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let mut holder = held(&app, 20, 5).await;
        let mut real = looking(&app, 5, 5).await;
        let answer = real.post("/qualification/record", &SAVE).await;
        assert_eq!(refused(&answer), (409, vec!["student-bound"]));
        assert!(answer.text.contains("href=\"/dispute\"") && answer.text.contains("href=\"/retrieve\""));
        let form = real.get("/dispute").await;
        assert!(form.text.contains("action=\"/dispute\"") && form.text.contains("出示证件和学生证"));
        for (field, value) in [("student_number", " "), ("phone", "打给我"), ("note", &"长".repeat(501))] {
            let mut fields = CLAIM.to_vec();
            for sent in fields.iter_mut().filter(|sent| sent.0 == field) {
                sent.1 = value;
            }
            let answer = real.post("/dispute", &fields).await;
            assert_eq!(refused(&answer), (422, vec!["field-invalid"]), "{field}");
        }
        let place = disputed(&app, &mut real).await;
        assert_eq!(real.post("/dispute", &CLAIM).await.status, 303, "the same again is the same");
        let other = real.post("/dispute", &[CLAIM[0], ("phone", "13900000000"), CLAIM[2]]).await;
        assert_eq!(refused(&other), (409, vec!["dispute-open"]));
        assert!(real.get("/dispute").await.text.contains("data-dispute=\"open\""));
        assert!(real.get("/account/messages").await.text.contains("学校已收到您提出的异议"));
        let told = holder.get("/account/messages").await.text;
        assert!(told.contains("有人对您绑定的报名信息提出异议") && !told.contains("138 0000 0000"));
        let mut school = member(&app, "school-99301").await;
        assert!(school.get("/staff").await.text.contains("1 份异议待处理"));
        let page = school.get(&place).await.text;
        for shown in ["学生5", "20160005", "与学籍一致", "138 0000 0000", "白天可以接电话", "未验证", "2017-09-20 12:00"] {
            assert!(page.contains(shown), "{shown}");
        }
        assert!(!page.contains("candidate20@"), "addresses are masked");
        assert!(member(&app, "school-99101").await.get(&place).await.status == 404);
        let file = school.get("/staff/disputes.csv?state=open").await.text;
        assert!(file.contains("学生5,20160005,993010,2017-09-20T12:00:00+08:00"), "{file}");
        assert!(!school.get("/staff/disputes?state=refused").await.text.contains("学生5"));
        app.t.clock.set(NOON.plus(SignedDuration::from_hours(80)));
        assert!(member(&app, "school-99301").await.get("/staff/disputes").await.text.contains("已等 3 天"));
    }

    /// R24.
    async fn a_dispute_needs_a_student_whom_somebody_else_holds(t: TestDb) {
        let app = enrolled(t).await;
        let mut nobody = app.signed_in(5).await;
        assert_eq!(nobody.get("/dispute").await.status, 200, "nothing to do yet");
        assert_eq!(refused(&nobody.post("/dispute", &CLAIM).await), (403, vec!["not-looked-up"]));
        let mut early = looking(&app, 5, 5).await;
        let answer = early.post("/dispute", &CLAIM).await;
        assert_eq!(refused(&answer), (409, vec!["changed-meanwhile"]));
        assert!(answer.text.contains("href=\"/qualification/record\""));
        assert_eq!(early.post("/qualification/record", &SAVE).await.status, 303);
        early.get("/dispute").await;
        assert_eq!(refused(&early.post("/dispute", &CLAIM).await), (409, vec!["changed-meanwhile"]), "one's own");
    }

    /// R24.
    async fn a_registration_moves_when_a_second_person_approves_what_the_page_showed(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let mut holder = held(&app, 20, 5).await;
        assert_eq!(holder.post("/registration/written", &[("subject", "1")]).await.status, 303);
        let mut real = looking(&app, 5, 5).await;
        let place = disputed(&app, &mut real).await;
        let (approval, decision) = (format!("{place}/approval"), format!("{place}/decision"));
        let mut school = member(&app, "school-99301").await;
        assert_eq!(refused(&school.post(&approval, &[]).await), (409, vec!["changed-meanwhile"]), "nothing is decided");
        let empty = school.post(&decision, &[("decision", ""), ("evidence", "")]).await;
        assert_eq!(refused(&empty), (422, vec!["field-invalid", "field-invalid"]));
        decided(&app, &place, "move").await;
        assert_eq!(refused(&school.post(&approval, &[]).await), (403, vec!["needs-second"]), "the same person");
        let mut province = member(&app, "province-99").await;
        let page = province.get(&place).await;
        for shown in ["看过学生证", "移交给提出异议的人", "1 个科目保留考位", "请按学校的说明办理"] {
            assert!(page.text.contains(shown), "{shown}");
        }
        let seen = hidden(&page, &approval, "seen");
        // The holder enters another subject meanwhile: whoever approves has not seen that.
        assert_eq!(holder.post("/registration/oral", &[("subject", "F")]).await.status, 303);
        let stale = province.post(&approval, &[("seen", &*seen)]).await;
        assert_eq!(refused(&stale), (409, vec!["changed-meanwhile"]));
        let seen = hidden(&province.get(&place).await, &approval, "seen");
        for _ in 0..2 {
            let done = province.post(&approval, &[("seen", &*seen)]).await;
            assert_eq!((done.status.as_u16(), done.location()), (303, &*place), "{:?}", done.codes());
        }
        assert!(real.get("/home").await.text.contains("学生5"));
        let own = real.get("/registration").await.text;
        assert_eq!(own.matches("data-payment=\"unpaid\"").count(), 2, "both go on");
        assert!(!holder.get("/registration").await.text.contains("data-registration="));
        assert!(holder.get("/account/messages").await.text.contains("已移交给提出异议的人"));
        let told = real.get("/account/messages").await.text;
        assert!(told.contains("已移交给您的通行证账号") && told.contains("请按学校的说明办理"));
        let mut back = looking(&app, 20, 5).await;
        assert_eq!(refused(&back.post("/qualification/record", &SAVE).await), (409, vec!["student-bound"]));
        let page = province.get(&place).await.text;
        assert!(page.contains("data-dispute=\"approved\"") && page.contains("province-99"));
    }

    /// R24, Y4.
    async fn a_page_that_is_out_of_date_ends_no_order_of_the_holder(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let mut holder = held(&app, 20, 5).await;
        assert_eq!(holder.post("/registration/written", &[("subject", "1")]).await.status, 303);
        let mut real = looking(&app, 5, 5).await;
        let place = disputed(&app, &mut real).await;
        decided(&app, &place, "move").await;
        let approval = format!("{place}/approval");
        let mut province = member(&app, "province-99").await;
        let stale = hidden(&province.get(&place).await, &approval, "seen");
        assert_eq!(holder.post("/registration/oral", &[("subject", "F")]).await.status, 303);
        // At a gateway that is not configured here, and so is silent.
        let made: Result<u64, DbError> = app.t.db.write(async move |tx: &mut Tx<'_>| {
            tx.execute(
                "INSERT INTO payment_order
                    (school, id, number, registration_id, passport_id, sitting, gateway, bank, amount, state, opened_at,
                     deadline_at, settled_at, closed_for, ask_at, asked)
                 SELECT '99301', 77, '99301000000000000077', registration_id, 20, '2017-2', 'payease', '85', fee, 'open',
                        entered_at, expires_at - 600000000, NULL, NULL, expires_at, 0
                   FROM entry
                  WHERE subject = '1'",
                &[],
            ).await
        }).await;
        assert_eq!(made.unwrap(), 1);
        let answer = province.post(&approval, &[("seen", &*stale)]).await;
        assert_eq!(refused(&answer), (409, vec!["changed-meanwhile"]), "its gateway was not asked");
        let seen = hidden(&province.get(&place).await, &approval, "seen");
        let answer = province.post(&approval, &[("seen", &*seen)]).await;
        assert_eq!(refused(&answer), (409, vec!["order-open"]));
    }

    /// R24.
    async fn a_released_student_is_free_for_the_real_candidate_and_closed_to_the_other(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let mut holder = held(&app, 20, 5).await;
        assert_eq!(holder.post("/registration/written", &[("subject", "1")]).await.status, 303);
        let mut real = looking(&app, 5, 5).await;
        let place = disputed(&app, &mut real).await;
        decided(&app, &place, "release").await;
        let done = member(&app, "province-99").await.post(&format!("{place}/approval"), &[]).await;
        assert_eq!(done.status, 303, "{:?}", done.codes());
        assert_eq!(number(&app, "SELECT CAST(SUM(taken) AS BIGINT) FROM seat_pool").await, 0);
        let mut back = looking(&app, 20, 5).await;
        let answer = back.post("/qualification/record", &[SAVE[0], ("student_number", "20160005")]).await;
        assert_eq!(refused(&answer), (409, vec!["dispute-decided"]), "not even with the number");
        assert!(real.get("/dispute").await.text.contains("绑定已解除"));
        let saved = real.post("/qualification/record", &[SAVE[0], ("student_number", "20160005")]).await;
        assert_eq!(saved.status, 303, "{:?}", saved.codes());
    }

    /// R24.
    async fn a_false_claim_is_turned_down_by_two_people_and_changes_nothing(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let mut holder = held(&app, 20, 5).await;
        let mut other = looking(&app, 5, 5).await;
        let place = disputed(&app, &mut other).await;
        decided(&app, &place, "refuse").await;
        let done = member(&app, "province-99").await.post(&format!("{place}/approval"), &[]).await;
        assert_eq!(done.status, 303, "{:?}", done.codes());
        assert!(holder.get("/registration").await.text.contains("data-registration="));
        let told = other.get("/account/messages").await.text;
        assert!(told.contains("异议不成立") && told.contains("请按学校的说明办理"));
        assert!(holder.get("/account/messages").await.text.contains("报名信息仍属于您的通行证账号"));
        assert!(other.get("/dispute").await.text.contains("data-dispute=\"refused\""));
        // Again, with something new to say; but not for ever.
        for phone in ["13900000001", "13900000002"] {
            assert_eq!(other.post("/dispute", &[CLAIM[0], ("phone", phone), CLAIM[2]]).await.status, 303);
            let done: Result<u64, DbError> = app.t.db.write(async move |tx: &mut Tx<'_>| {
                tx.execute("UPDATE dispute SET state = 'lapsed', ended_at = opened_at WHERE state = 'open'", &[]).await
            }).await;
            assert_eq!(done.unwrap(), 1);
        }
        let answer = other.post("/dispute", &CLAIM).await;
        assert_eq!(refused(&answer), (429, vec!["too-many"]));
    }
}
