//! Bulk work with ticked students: asked first, done one by one, told by cause; never outside the scope.

use super::lists::world;
use super::world::{member, places};
use crate::registration::pages::tests::bound;
use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_base::store::{DbError, Tx};
use cet_domain::audit::testing::told_of;

/// The keys of the students that the list shows.
async fn keys(school: &mut Browser<'_>) -> Vec<String> {
    let list = school.get("/staff/students").await;
    let after = list.text.split("name=\"student\" value=\"").skip(1);
    after.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

fn form<'a>(keys: &'a [String], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let ticks = keys.iter().map(|key| ("student", key.as_str()));
    ticks.chain(more.iter().copied()).collect()
}

/// How many students are barred from the oral test; the roster itself bars nobody from it.
async fn barred(app: &TestApp) -> i64 {
    let read: Result<(i64,), DbError> = app
        .t
        .db
        .read(async |tx: &mut Tx<'_>| {
            tx.query_one("SELECT COUNT(*) FROM student_record WHERE barred_subjects LIKE '%F%'", &[]).await
        })
        .await;
    read.unwrap().0
}

fn people(answer: &Answer, is_done: bool) -> Vec<usize> {
    let start = format!("data-done=\"{is_done}\"><h2>");
    let parts = answer.text.split(&start).skip(1);
    parts.map(|part| part.split(' ').next().unwrap().parse().unwrap()).collect()
}

const BAR: &str = "/staff/students/ticked/bar";
const LIFT: &str = "/staff/students/ticked/lift";
const ACTS: [&str; 6] = [
    BAR,
    LIFT,
    "/staff/students/ticked/csv",
    "/staff/students/ticked/xlsx",
    "/staff/group-entry/ticked",
    "/staff/collective-payments/ticked",
];

on_both! {
    /// S2, R4, R6.
    async fn ticked_students_are_barred_after_a_question_and_each_outcome_is_told_by_its_cause(t: TestDb) {
        let app = world(t).await;
        let _saved = bound(&app, 1).await;
        let mut school = member(&app, "school-99301").await;
        let all = keys(&mut school).await;
        assert_eq!(all.len(), 6);
        let asked = school.post(BAR, &form(&all, &[("list", "class=&college=&after=")])).await;
        assert_eq!((asked.status.as_u16(), barred(&app).await), (200, 0), "asking does nothing");
        assert!(asked.text.contains("6 人") && asked.text.contains("学生1（20160001）"), "{}", asked.text);
        assert!(asked.text.contains("name=\"confirm\" value=\"yes\""));
        let none = school.post(BAR, &form(&all, &[("confirm", "yes")])).await;
        assert_eq!((none.status.as_u16(), none.codes(), barred(&app).await), (422, vec!["nothing-chosen"], 0));
        let strange = school.post(BAR, &form(&all, &[("confirm", "yes"), ("subject", "Z")])).await;
        assert_eq!((strange.status.as_u16(), strange.codes()), (422, vec!["field-invalid"]));
        let done = school.post(BAR, &form(&all, &[("confirm", "yes"), ("subject", "F")])).await;
        // The roster lists F for three of them, so that their bar is told as one without effect.
        assert_eq!((people(&done, true), people(&done, false)), (vec![3, 2], vec![1]), "{}", done.text);
        assert!(done.text.contains("考生已保存报名信息") && barred(&app).await == 5);
        assert_eq!(told_of(&app.t.db, "record-corrected").await.unwrap().len(), 5);
        let again = school.post(BAR, &form(&all, &[("confirm", "yes"), ("subject", "F")])).await;
        assert!(again.text.contains("原来就已限制") && people(&again, true) == [5], "{}", again.text);
        assert_eq!(told_of(&app.t.db, "record-corrected").await.unwrap().len(), 5, "a repeat changes nothing");
        let lifted = school.post(LIFT, &form(&all, &[("confirm", "yes"), ("subject", "F")])).await;
        assert_eq!((lifted.status.as_u16(), barred(&app).await), (200, 0), "{}", lifted.text);
    }

    /// TH22.
    async fn one_ticked_row_of_another_scope_refuses_the_whole_form(t: TestDb) {
        let app = world(t).await;
        let own = keys(&mut member(&app, "school-99301").await).await;
        let mut far = member(&app, "school-99101").await;
        let mut school = member(&app, "school-99301").await;
        for act in ACTS {
            for strange in ["99101-1", "99301-1", "x", "99301-", &*own[0]] {
                let (browser, mut fields) = if strange == own[0] {
                    (&mut far, form(&own, &[]))
                } else {
                    (&mut school, form(&own, &[("student", strange)]))
                };
                fields.extend([("confirm", "yes"), ("subject", "F"), ("command", "abc")]);
                assert_eq!(browser.post(act, &fields).await.status, 404, "{act} {strange}");
            }
            let nobody = school.post(act, &[("confirm", "yes"), ("subject", "1")]).await;
            assert_eq!((nobody.status.as_u16(), nobody.codes()), (422, vec!["nothing-chosen"]), "{act}");
        }
        assert_eq!((barred(&app).await, places(&app).await.len()), (0, 0), "nothing was written");
        let many: Vec<String> = (0..501).map(|n| format!("99301-{n}")).collect();
        assert_eq!(school.post(BAR, &form(&many, &[])).await.codes(), ["nothing-chosen"]);
    }

    /// S2.
    async fn ticked_students_are_entered_in_several_subjects_and_each_refusal_is_named(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let all = keys(&mut school).await;
        let act = "/staff/group-entry/ticked";
        let asked = school.post(act, &form(&all, &[])).await;
        assert_eq!((asked.status.as_u16(), places(&app).await.len()), (200, 0));
        let command = asked.value("command").unwrap().to_owned();
        let fields = form(&all, &[("confirm", "yes"), ("subject", "1"), ("subject", "2"), ("command", &command)]);
        for _ in 0..2 {
            let sent = school.post(act, &fields).await;
            assert_eq!(sent.status, 303, "{:?}", sent.codes());
            let done = school.get(sent.location()).await;
            // The campus has five seats; two students are not eligible for CET6.
            assert!(done.text.contains("(1) 英语四级笔试: 已报考") && people(&done, true) == [5, 4], "{}", done.text);
            assert!(done.text.contains("已报满") && done.text.contains("(2) "), "{}", done.text);
            assert_eq!(people(&done, false), [1, 2]);
        }
        assert_eq!(places(&app).await.len(), 5);
        // Whoever is alone in a form that enters nobody makes it a refused one.
        let mut refused = 0;
        for key in &all {
            let one = form(std::slice::from_ref(key), &[("confirm", "yes"), ("subject", "2"), ("command", "abc")]);
            let sent = school.post(act, &one).await;
            if sent.status != 303 {
                assert_eq!((sent.status.as_u16(), sent.codes()), (422, vec!["not-eligible"]), "{}", sent.text);
                assert_eq!(people(&sent, false), [1], "{}", sent.text);
                refused += 1;
            }
        }
        assert_eq!(refused, 2);
    }

    /// Y6.
    async fn a_school_pays_for_the_ticked_students_only(t: TestDb) {
        let app = world(t).await;
        for n in [1, 2] {
            bound(&app, n).await.post("/registration/written", &[("subject", "1")]).await;
        }
        let mut school = member(&app, "school-99301").await;
        let all = keys(&mut school).await;
        let act = "/staff/collective-payments/ticked";
        let both = school.post(act, &form(&all, &[])).await;
        assert_eq!(both.value("entries"), Some("2"), "{}", both.text);
        assert!(both.text.contains("4 人没有报名信息"), "{}", both.text);
        let mut one = None;
        for key in &all {
            let page = school.post(act, &form(std::slice::from_ref(key), &[])).await;
            if page.value("entries") == Some("1") {
                one = Some(page);
            }
        }
        let one = one.unwrap();
        let value = |name: &str| one.value(name).unwrap().to_owned();
        let (registration, amount, seen) = (value("registration"), value("amount"), value("seen"));
        let fields = [("registration", &*registration), ("entries", "1"), ("amount", &*amount), ("seen", &*seen), ("note", "")];
        let wrong = [("entries", "1"), ("amount", &*amount), ("seen", &*seen), ("note", "")];
        assert_eq!(school.post("/staff/collective-payments", &wrong).await.codes(), ["changed-meanwhile"]);
        let made = school.post("/staff/collective-payments", &fields).await;
        assert_eq!(made.status, 303, "{:?}", made.codes());
        let again = school.post("/staff/collective-payments", &fields).await;
        assert_eq!(again.location(), made.location(), "the same again");
        let locked: Result<(i64,), DbError> = app.t.db.read(async |tx: &mut Tx<'_>| {
            tx.query_one("SELECT COUNT(*) FROM entry WHERE locked_by IS NOT NULL", &[]).await
        }).await;
        assert_eq!(locked.unwrap().0, 1);
    }

    /// TH27, TH29.
    async fn a_file_of_ticked_students_holds_them_alone_and_is_in_the_log(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let all = keys(&mut school).await;
        let file = school.post("/staff/students/ticked/csv", &form(&all[..2], &[])).await;
        assert_eq!((file.status.as_u16(), file.text.matches("学生").count()), (200, 2), "{}", file.text);
        assert!(!file.text.contains("99301000001"), "masked");
        let book = school.post("/staff/students/ticked/xlsx", &form(&all[..1], &[])).await;
        assert!(book.bytes.starts_with(b"PK"));
        let log = member(&app, "auditor").await.get("/staff/audit?action=list-exported").await;
        assert!(log.text.contains("<div>行数：2</div><div>范围：99301</div><div>按勾选：是</div>"), "{}", log.text);
    }

    async fn a_page_is_ticked_without_script_and_details_stay_open_beside_the_list(t: TestDb) {
        let app = world(t).await;
        let _saved = bound(&app, 1).await;
        let mut school = member(&app, "school-99301").await;
        let all = keys(&mut school).await;
        assert!(!school.get("/staff/students").await.text.contains(" checked>"));
        let list = school.get("/staff/students?campus=993010&ticks=page").await;
        assert_eq!(list.text.matches(" checked>").count(), 6);
        let open = school.get(&format!("/staff/students?campus=993010&open={}", all[0])).await;
        assert!(open.text.contains("<aside class=\"sheet sidesheet") && open.text.matches("aria-current=\"true\"").count() == 1);
        assert!(open.text.contains(&format!("href=\"/staff/students/{}\"", all[0])), "{}", open.text);
        assert!(open.text.contains("href=\"/staff/students?campus=993010\">关闭"), "{}", open.text);
        for strange in ["99101-1", "x", ""] {
            let list = school.get(&format!("/staff/students?open={strange}")).await;
            assert!(list.status == 200 && !list.text.contains("<aside"), "{strange}");
        }
        let own = places(&app).await[0].trim_start_matches("/staff/registrations/").replace('/', "-");
        let path = format!("/staff/registrations?open={own}");
        assert!(school.get(&path).await.text.contains("<aside class=\"sheet sidesheet"));
        let far = member(&app, "school-99101").await.get(&path).await;
        assert!(far.status == 200 && !far.text.contains("<aside") && !far.text.contains("学生1"));
    }

    /// S2, TH22.
    async fn a_name_is_found_by_any_part_in_every_scope_that_holds_it(t: TestDb) {
        let app = world(t).await;
        let _saved = bound(&app, 1).await;
        let own = places(&app).await[0].clone();
        for (name, parts) in [
            ("王晓明", &["王晓", "晓明", "王晓明"][..]),
            ("欧阳小玉", &["欧阳", "阳小", "小玉", "阳小玉"]),
            ("阿依努尔买买提江", &["阿依", "努尔", "买买", "提江", "努尔买买提"]),
        ] {
            let named: Result<u64, DbError> = app.t.db.write(async move |tx: &mut Tx<'_>| {
                tx.execute("UPDATE registration SET name = $1, name_key = $1", cet_base::params![name.to_owned()]).await
            }).await;
            named.unwrap();
            for account in ["school-99301", "province-99", "national", "service"] {
                let mut browser = member(&app, account).await;
                for part in parts {
                    let answer = browser.post("/staff/registrations/search", &[("q", part)]).await;
                    assert_eq!(answer.location(), own, "{account} {part} {:?}", answer.codes());
                }
                for part in ["明王", "小欧", "%%", "江阿", "王_"] {
                    let answer = browser.post("/staff/registrations/search", &[("q", part)]).await;
                    assert_eq!(answer.codes(), ["record-not-found"], "{account} {part}");
                }
            }
            for part in parts {
                let far = member(&app, "school-99101").await.post("/staff/registrations/search", &[("q", part)]).await;
                assert_eq!(far.codes(), ["record-not-found"], "{part}");
            }
        }
        let mut national = member(&app, "national").await;
        let short = national.post("/staff/registrations/search", &[("q", "买")]).await;
        assert!(short.status == 422 && short.text.contains("至少要写两个字"), "{}", short.text);
        assert_eq!(member(&app, "school-99301").await.post("/staff/registrations/search", &[("q", "买")]).await.location(), own);
        assert_eq!(national.post("/staff/registrations/search", &[("q", "20160001")]).await.location(), own);
    }
}
