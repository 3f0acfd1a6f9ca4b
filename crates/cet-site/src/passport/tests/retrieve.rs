//! 账号找回 (A6), following the manual's steps, TH7 and W1.

use jiff::SignedDuration;

use super::mail_tests::*;
use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_base::params;
use cet_base::sealed::Sealed;
use cet_base::store::DbError;
use cet_base::store::testing::NOON;
use cet_base::words::document::{Document, DocumentKind};
use cet_base::words::name::PersonName;
use cet_domain::roster::DocumentKey;

pub(super) const NUMBER: &str = "330101199001010000";
pub(super) const NAME: &str = "廖晓儿";

/// Adds one student to the roster and saves the registration with this browser's passport.
pub(super) async fn registered(app: &TestApp, browser: &mut Browser<'_>) {
    let document = Document::parse(DocumentKind::ResidentId, NUMBER).unwrap();
    let key = DocumentKey::of(&app.app.vault, &document);
    let sealed = Sealed::<cet_base::sealed::Document>::new(&app.app.vault, &key.bytes(), NUMBER).unwrap();
    let name_key = PersonName::parse(NAME).unwrap().key().as_str().to_owned();
    let done: Result<(), DbError> = app.t.db.write(async move |tx| {
        tx.execute(
            "INSERT INTO import (id, kind, sitting, file_name, file_hash, row_count, state, started_at, published_at)
             VALUES (1, 'roster', '2017-2', '', '', 1, 'published', 1, 1)",
            params![],
        ).await?;
        tx.execute(
            "INSERT INTO student_record (school, id, sitting, import_id, campus, name, name_key, sex, document_kind,
                document_sealed, document_key, education, duration, entry_year, grade, college, major, class,
                student_number, remark, listed_subjects, barred_subjects)
             VALUES ('99301', 1, '2017-2', 1, '993010', $1, $2, '女', 'resident-id', $3, $4, '专科', '6', '16', '11',
                '化学学院', '高分子化学与物理', '1', 'A-00001', '', '1;F', '')",
            params![NAME, name_key, sealed, key],
        ).await?;
        Ok(())
    }).await;
    done.unwrap();
    let version = browser.get("/agreement").await.value("version").unwrap().to_owned();
    browser.post("/agreement", &[("accept", "yes"), ("version", &version)]).await;
    let asked = [("document_kind", "resident-id"), ("document_number", NUMBER), ("name", NAME)];
    assert_eq!(browser.post("/qualification", &asked).await.location(), "/qualification/record");
    let saved = browser.post("/qualification/record", &[("checked", "yes")]).await;
    assert_eq!(saved.location(), "/registration/written", "{}", saved.text);
}

/// What was saved has another name.
async fn renamed(app: &TestApp, name: &'static str) {
    let done: Result<u64, DbError> = app
        .t
        .db
        .write(async move |tx| {
            tx.execute("UPDATE registration SET name = $1, name_key = $1", params![name]).await
        })
        .await;
    assert_eq!(done.unwrap(), 1);
}

pub(super) async fn retrieve(app: &TestApp, number: &str, name: &str, student_number: &str) -> Answer {
    let fields = [
        ("document_kind", "resident-id"),
        ("document_number", number),
        ("name", name),
        ("student_number", student_number),
    ];
    app.browser().post("/retrieve", &fields).await
}

on_both! {
    /// A6.
    async fn manual_2_3_an_account_is_found_masked_and_with_the_student_number_whole(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = member(&app, EMAIL).await;
        registered(&app, &mut browser).await;
        assert_eq!(app.browser().get("/retrieve").await.status, 200);
        let masked = retrieve(&app, NUMBER, " 廖晓儿 ", "").await;
        assert_eq!(masked.status, 200, "{}", masked.text);
        assert!(masked.text.contains("找回成功！") && masked.text.contains("zh***3@163.com"), "{}", masked.text);
        assert!(!masked.text.contains(EMAIL));
        assert_eq!(masked.value("document_number"), Some(NUMBER));
        let whole = retrieve(&app, NUMBER, NAME, "ａ-00001").await;
        assert!(whole.status == 200 && whole.text.contains(EMAIL), "{}", whole.text);
        let subjects: Vec<String> = mails(&app).await.into_iter().map(|mail| mail.subject).collect();
        assert_eq!(subjects, ["报名信息已保存"], "nothing is mailed about a look-up");
    }

    /// A6.
    async fn an_account_is_found_under_a_name_that_was_saved_with_a_dot_and_typed_without(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = member(&app, EMAIL).await;
        registered(&app, &mut browser).await;
        renamed(&app, "买买提·艾力").await;
        for name in ["买买提艾力", "买买提▪艾力"] {
            let masked = retrieve(&app, NUMBER, name, "").await;
            assert!(masked.text.contains("zh***3@163.com"), "{name} {:?}", masked.codes());
        }
        assert_eq!(retrieve(&app, NUMBER, "艾力买买提", "").await.codes(), ["record-not-found"]);
    }

    async fn th7_not_found_and_wrong_names_are_one_page_and_the_sixth_try_is_refused(t: TestDb) {
        let app = TestApp::with(t, &[("CET_LIMITS__EXEMPT", "[\"127.0.0.0/8\"]")]).await;
        let mut browser = member(&app, EMAIL).await;
        registered(&app, &mut browser).await;
        let wrong_name = retrieve(&app, NUMBER, "廖小儿", "").await;
        assert_eq!((wrong_name.status.as_u16(), wrong_name.codes()), (422, vec!["record-not-found"]));
        let nobody = retrieve(&app, "110105194912310020", "廖小儿", "").await;
        assert_eq!(nobody.text.replace("110105194912310020", NUMBER), wrong_name.text);
        let wrong_number = retrieve(&app, NUMBER, NAME, "00002").await;
        assert_eq!(wrong_number.codes(), ["record-not-found"]);
        for _ in 0..3 {
            assert_eq!(retrieve(&app, NUMBER, NAME, "").await.status, 200);
        }
        let sixth = retrieve(&app, NUMBER, NAME, "A-00001").await;
        assert_eq!((sixth.status.as_u16(), sixth.codes()), (429, vec!["too-many"]));
        assert!(!sixth.text.contains(EMAIL));
        let logged = "SELECT COUNT(*) FROM audit_log WHERE action = 'account-looked-up' AND actor_kind = 'visitor'";
        assert_eq!(count(&app, logged).await, 6);
        app.t.clock.set(NOON.plus(SignedDuration::from_hours(1)));
        assert_eq!(retrieve(&app, NUMBER, NAME, "A-00001").await.status, 200);
    }

    async fn w1_one_network_looks_up_five_accounts_an_hour(t: TestDb) {
        let app = TestApp::on(t).await;
        for n in 0..5 {
            assert_eq!(retrieve(&app, &format!("A{n}"), NAME, "").await.codes(), ["record-not-found"]);
        }
        assert_eq!(retrieve(&app, "A6", NAME, "").await.codes(), ["too-many"]);
        let mut elsewhere = app.browser();
        elsewhere.address = ([10, 0, 0, 1], 1).into();
        let fields = [("document_kind", "passport"), ("document_number", "A7"), ("name", NAME)];
        assert_eq!(elsewhere.post("/retrieve", &fields).await.codes(), ["record-not-found"]);
    }

    /// TH7, TH3: what strangers look up, from however many networks, keeps the owner from nothing.
    async fn th7_a_stranger_uses_up_the_look_ups_of_a_document_and_its_owner_still_does_everything(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut own = member(&app, EMAIL).await;
        registered(&app, &mut own).await;
        let ask = async |network: u8, name: &str, student_number: &str| {
            let mut browser = app.browser();
            browser.address = ([10, 9, 9, network], 1).into();
            let fields = [("document_kind", "resident-id"), ("document_number", NUMBER), ("name", name), ("student_number", student_number)];
            browser.post("/retrieve", &fields).await
        };
        for n in 0..5 {
            assert_eq!(ask(1, "廖小儿", "").await.codes(), ["record-not-found"], "{n}");
        }
        assert_eq!(ask(1, NAME, "").await.status, 429, "this network had its five");
        assert!(ask(2, NAME, "").await.text.contains("zh***3@163.com"), "the owner is somewhere else");
        // From many networks names could be guessed: then the student number is asked for as well.
        for n in 0..14 {
            assert_eq!(ask(10 + n, "廖小儿", "").await.codes(), ["record-not-found"], "{n}");
        }
        assert_eq!(ask(2, NAME, "").await.status, 429);
        assert_eq!(ask(3, NAME, "").await.status, 429);
        assert!(ask(3, NAME, "A-00001").await.text.contains(EMAIL));
        // These counts are none of those of logging in, of recovering, of the own pages.
        let mut again = app.browser();
        again.address = ([10, 9, 9, 1], 1).into();
        assert_eq!(log_in(&mut again, EMAIL, PASSWORD).await.status, 303);
        assert_eq!(again.post("/recover", &[("email", EMAIL)]).await.status, 200);
        assert_eq!(again.get("/registration").await.status, 200);
    }

    async fn what_is_missing_is_named_and_not_counted(t: TestDb) {
        let app = TestApp::on(t).await;
        for _ in 0..6 {
            let answer = app.browser().post("/retrieve", &[]).await;
            assert_eq!(answer.codes(), ["document-kind", "document-number", "field-invalid"]);
        }
        assert_eq!(count(&app, "SELECT COUNT(*) FROM audit_log WHERE action = 'account-looked-up'").await, 0);
    }
}
