//! 谁看过我的信息 (A11) over HTTP, on both databases.

use crate::registration::pages::tests::{bound, enrolled};
use crate::staff::tests::world::{member, staffed};
use crate::testing::TestApp;
use cet_base::on_both;
use cet_base::params;
use cet_base::sealed::{Sealed, Telephone, TelephoneOf};
use cet_base::store::{DbError, Tx};
use cet_base::words::codes::SchoolCode;
use cet_base::words::ids::DisputeId;

const ACCESS: &str = "/account/access";

/// The pages of the registrations of students 1 and 2, for staff.
async fn places(app: &TestApp) -> Vec<String> {
    let found: Result<Vec<(String, i64)>, DbError> = app
        .t
        .db
        .read(async |tx: &mut Tx<'_>| {
            tx.query("SELECT school, id FROM registration WHERE passport_id > 0 ORDER BY name", params![])
                .await
        })
        .await;
    found.unwrap().into_iter().map(|(school, id)| format!("/staff/registrations/{school}/{id}")).collect()
}

on_both! {
    /// A11.
    async fn a_person_sees_by_role_and_office_who_looked_and_why_and_another_sees_nothing(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let (mut one, mut two) = (bound(&app, 1).await, bound(&app, 2).await);
        let place = places(&app).await.remove(0);
        assert!(one.get(ACCESS).await.text.contains("还没有记录"));
        let mut clerk = member(&app, "school-99301").await;
        let shown = clerk.post(&format!("{place}/document"), &[("reason", "record")]).await;
        assert_eq!(shown.status, 200, "{:?}", shown.codes());
        let page = one.get(ACCESS).await.text;
        assert_eq!(page.matches("data-access=\"").count(), 1, "passport and student, one line: {page}");
        assert!(page.contains("data-access=\"document-shown\"") && page.contains("核对学籍"), "{page}");
        assert!(page.contains("(99301)") && !page.contains("school-99301"), "an office, never a name");
        assert_eq!(two.get(ACCESS).await.text.matches("data-access=\"").count(), 0);
        // By the number the auditor finds the line, and with it the account.
        let number = page.split("class=\"id s mut\">").nth(1).and_then(|rest| rest.split('<').next()).unwrap();
        let mut auditor = member(&app, "auditor").await;
        let found = auditor.get(&format!("/staff/audit?line={number}")).await.text;
        assert!(found.contains("school-99301") && found.matches("<th scope=\"row\"").count() == 1, "{found}");
        let none = auditor.get("/staff/audit?line=99301-1").await.text;
        assert_eq!(none.matches("<th scope=\"row\"").count(), 0);
    }

    /// A11: a file is told to everybody of the place that it was taken for, and to nobody else.
    async fn a_file_is_told_to_those_of_its_place_with_its_rows(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let mut one = bound(&app, 1).await;
        let mut unbound = app.signed_in(9).await;
        let mut far = member(&app, "school-99101").await;
        assert_eq!(far.get("/staff/students.csv").await.status, 200);
        assert_eq!(one.get(ACCESS).await.text.matches("data-access=\"").count(), 0, "of another school");
        let mut near = member(&app, "school-99301").await;
        assert_eq!(near.get("/staff/students.csv").await.status, 200);
        let page = one.get(ACCESS).await.text;
        assert!(page.contains("data-access=\"list-exported\"") && page.contains("可能有您"), "{page}");
        assert!(page.contains("证件号码已遮盖"));
        assert_eq!(unbound.get(ACCESS).await.text.matches("data-access=\"").count(), 0);
    }

    /// A11.
    async fn older_lines_stand_on_the_next_page_and_none_twice(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let mut one = bound(&app, 1).await;
        let place = places(&app).await.remove(0);
        let mut clerk = member(&app, "school-99301").await;
        for _ in 0..23 {
            assert_eq!(clerk.post(&format!("{place}/document"), &[("reason", "record")]).await.status, 200);
        }
        let numbers = |page: &str| -> Vec<String> {
            let parts = page.split("class=\"id s mut\">").skip(1);
            parts.filter_map(|part| part.split('<').next()).map(str::to_owned).collect()
        };
        let first = one.get(ACCESS).await.text;
        let next = first.split("rel=\"next\" href=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let second = one.get(next).await.text;
        let mut all = [numbers(&first), numbers(&second)].concat();
        assert_eq!((numbers(&first).len(), all.len()), (20, 23));
        all.dedup();
        assert_eq!(all.len(), 23);
        assert!(!second.contains("rel=\"next\""));
    }
}

on_both! {
    /// A11: a copy holds one's own data and nobody else's, is noted, and is made five times an hour at most.
    async fn a_copy_holds_ones_own_data_and_nobody_elses_and_is_noted_and_limited(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let (mut one, mut two) = (bound(&app, 1).await, bound(&app, 2).await);
        for browser in [&mut one, &mut two] {
            assert_eq!(browser.post("/registration/written", &[("subject", "1")]).await.status, 303);
        }
        let copy = one.get("/account/copy.json").await;
        assert_eq!(copy.header(http::header::CACHE_CONTROL), "no-store");
        let all: serde_json::Value = serde_json::from_slice(&copy.bytes).unwrap();
        let count = |section: &str| all[section].as_array().unwrap().len();
        assert_eq!((count("account"), count("registration"), count("entries")), (1, 1, 1));
        assert_eq!(all["registration"][0]["name"], "学生1");
        assert_eq!(all["registration"][0]["document_number"], "99301000001");
        assert_eq!(all["registration"][0]["sitting"], "2017-2");
        assert_eq!(all["entries"][0]["state"], "held");
        assert_eq!(all["account"][0]["email"], "candidate1@example.cn");
        assert_eq!((all["account"][0]["notice_version"].as_str(), count("disputes")), (Some("0"), 0));
        assert!(count("sessions") == 1 && count("messages") >= 2, "{all}");
        for other in ["学生2", "99301000002", "candidate2@example.cn"] {
            assert!(!copy.text.contains(other), "{other}");
        }
        for _ in 0..3 {
            let again = one.get("/account/copy.json").await;
            assert_eq!(again.status, 200);
        }
        let pdf = one.get("/account/copy.pdf").await;
        assert_eq!((pdf.status.as_u16(), pdf.bytes.starts_with(b"%PDF")), (200, true));
        let sixth = one.get("/account/copy.json").await;
        assert_eq!(sixth.status, 429);
        assert!(!sixth.header(http::header::RETRY_AFTER).is_empty());
        assert_eq!(two.get("/account/copy.json").await.status, 200, "each passport by itself");
        let noted = crate::passport::mail_tests::count(
            &app,
            "SELECT COUNT(*) FROM audit_log WHERE action = 'copy-taken'",
        )
        .await;
        assert_eq!(noted, 6);
        let stranger = app.browser().get("/account/copy.pdf").await;
        assert!(stranger.location().starts_with("/login"));
    }

    /// A1, A11: the notice stands on the form, its version goes with the passport, and the form of interface.md goes on working.
    async fn the_version_of_the_notice_is_kept_at_registering_and_stands_in_the_copy(t: TestDb) {
        let app = enrolled(t).await;
        let form = app.browser().get("/register").await.text;
        assert!(form.contains("data-notice=\"1\"") && form.contains("第 1 版") && form.contains("监护人"), "{form}");
        let mut one = crate::passport::mail_tests::member(&app, "notice@163.com").await;
        let copy = one.get("/account/copy.json").await;
        let all: serde_json::Value = serde_json::from_slice(&copy.bytes).unwrap();
        assert_eq!(all["account"][0]["notice_version"], "1");
    }

    /// A11, R24: what one said about a record that another passport held.
    async fn a_copy_holds_ones_own_disputes_with_their_answer_once_they_ended(t: TestDb) {
        let app = enrolled(t).await;
        let (_holder, mut mine) = (bound(&app, 1).await, app.signed_in(2).await);
        let sealed = ["17", "说明", "答复"].map(|text| app.app.vault.seal(text).unwrap());
        let at = TelephoneOf::Dispute(SchoolCode::parse("99301").unwrap(), DisputeId(5));
        let phone = Sealed::<Telephone>::new(&app.app.vault, at, "13800000000").unwrap();
        let made: Result<u64, DbError> = app.t.db.write(async move |tx: &mut Tx<'_>| {
            let [number, note, answer] = &sealed;
            tx.execute(
                "INSERT INTO dispute
                    (school, id, sitting, campus, record_id, document_key, name, student_number, registration_id, holder,
                     claimant, number_sealed, number_fits, phone_sealed, note_sealed, state, opened_at, ended_at, answer_sealed)
                 SELECT school, 5, sitting, campus, 1, document_key, name, '17', id, 1, 2, $1, TRUE, $2, $3, 'lapsed', 1, 2, $4
                   FROM registration",
                params![number, phone, note, answer],
            ).await
        }).await;
        assert_eq!(made.unwrap(), 1);
        let copy = mine.get("/account/copy.json").await;
        let all: serde_json::Value = serde_json::from_slice(&copy.bytes).unwrap();
        let of = &all["disputes"][0];
        assert_eq!((&of["student_number"], &of["phone"], &of["state"]), (&"17".into(), &"13800000000".into(), &"lapsed".into()));
        assert_eq!((&of["note"], &of["answer"]), (&"说明".into(), &"答复".into()));
        assert_eq!(mine.get("/account/copy.pdf").await.status, 200);
        app.t.db.write(async |tx: &mut Tx<'_>| {
            tx.execute("UPDATE dispute SET state = 'open', ended_at = NULL", &[]).await
        }).await.unwrap();
        let copy = mine.get("/account/copy.json").await;
        let all: serde_json::Value = serde_json::from_slice(&copy.bytes).unwrap();
        assert_eq!(all["disputes"][0]["answer"], "", "what is not approved yet is not told");
    }
}
