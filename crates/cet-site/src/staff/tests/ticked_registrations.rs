//! Bulk work with ticked registrations, and messages to whom is ticked in either list: asked first, told by cause, never
//! outside the scope.

use super::lists::world;
use super::world::{member, places};
use crate::passport::mail_tests::mails;
use crate::registration::pages::tests::bound;
use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_base::store::{DbError, Tx};
use cet_domain::audit::testing::told_of;

const MESSAGE: &str = "/staff/messages/ticked";
const ENTER: &str = "/staff/group-entry/ticked";
const ACTS: [&str; 5] = [
    ENTER,
    "/staff/collective-payments/ticked",
    MESSAGE,
    "/staff/registrations/ticked/csv",
    "/staff/registrations/ticked/xlsx",
];

/// The keys of a list's rows.
async fn keys(browser: &mut Browser<'_>, path: &str, field: &str) -> Vec<String> {
    let list = browser.get(path).await;
    let start = format!("name=\"{field}\" value=\"");
    let after = list.text.split(start.as_str()).skip(1);
    after.map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

async fn registrations(browser: &mut Browser<'_>) -> Vec<String> {
    keys(browser, "/staff/registrations", "registration").await
}

fn form<'a>(field: &'a str, keys: &'a [String], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let ticks = keys.iter().map(|key| (field, key.as_str()));
    ticks.chain(more.iter().copied()).collect()
}

const WORDS: [(&str, &str); 3] =
    [("title", "请在周五前缴费"), ("body", "第一行。\n<b>第二行</b>"), ("confirm", "yes")];

fn people(answer: &Answer, is_done: bool) -> Vec<usize> {
    let start = format!("data-done=\"{is_done}\"><h2>");
    let parts = answer.text.split(&start).skip(1);
    parts.map(|part| part.split(' ').next().unwrap().parse().unwrap()).collect()
}

async fn count(app: &TestApp, sql: &'static str) -> i64 {
    let read: Result<(i64,), DbError> =
        app.t.db.read(async move |tx: &mut Tx<'_>| tx.query_one(sql, &[]).await).await;
    read.unwrap().0
}

const ENTRIES: &str = "SELECT COUNT(*) FROM entry";
const MESSAGES: &str = "SELECT COUNT(*) FROM message WHERE kind = 'from-staff'";

on_both! {
    /// S2.
    async fn ticked_registrations_are_entered_after_a_question_and_each_outcome_is_told_by_its_cause(t: TestDb) {
        let app = world(t).await;
        for n in [1, 2, 3] {
            bound(&app, n).await;
        }
        let mut school = member(&app, "school-99301").await;
        let all = registrations(&mut school).await;
        assert_eq!(all.len(), 3);
        assert!(!school.get("/staff/registrations").await.text.contains("action=\"/staff/group-entry\""));
        let asked = school.post(ENTER, &form("registration", &all, &[("list", "subject=1&after=")])).await;
        assert_eq!((asked.status.as_u16(), count(&app, ENTRIES).await), (200, 0), "asking does nothing");
        assert!(asked.text.contains("3 人") && asked.text.contains("学生1（20160001）"), "{}", asked.text);
        assert_eq!(asked.value("confirm"), Some("yes"));
        assert!(asked.text.contains("href=\"/staff/registrations?subject=1\""), "{}", asked.text);
        let command = asked.value("command").unwrap().to_owned();
        let more = [("confirm", "yes"), ("subject", "1"), ("subject", "2"), ("command", &*command)];
        let fields = form("registration", &all, &more);
        for _ in 0..2 {
            let sent = school.post(ENTER, &fields).await;
            assert_eq!(sent.status, 303, "{:?}", sent.codes());
            let done = school.get(sent.location()).await;
            let (did, not) = (people(&done, true).iter().sum::<usize>(), people(&done, false).iter().sum::<usize>());
            assert!(did + not == 6 && did >= 3, "{}", done.text);
            assert!(done.text.contains("(1) 英语四级笔试: 已报考"), "{}", done.text);
        }
        assert_eq!(count(&app, "SELECT COUNT(DISTINCT registration_id) FROM entry").await, 3);
    }

    /// TH22.
    async fn one_ticked_registration_of_another_scope_refuses_the_whole_form(t: TestDb) {
        let app = world(t).await;
        bound(&app, 1).await;
        let own = registrations(&mut member(&app, "school-99301").await).await;
        let mut far = member(&app, "school-99101").await;
        let mut school = member(&app, "school-99301").await;
        for act in ACTS {
            for strange in ["99101-1", "99301-1", "x", "99301-", &*own[0]] {
                let (browser, mut fields) = if strange == own[0] {
                    (&mut far, form("registration", &own, &[]))
                } else {
                    (&mut school, form("registration", &own, &[("registration", strange)]))
                };
                fields.extend(WORDS);
                fields.extend([("subject", "1"), ("command", "abc")]);
                assert_eq!(browser.post(act, &fields).await.status, 404, "{act} {strange}");
            }
            let nobody = school.post(act, &[("confirm", "yes")]).await;
            assert_eq!((nobody.status.as_u16(), nobody.codes()), (422, vec!["nothing-chosen"]), "{act}");
        }
        assert_eq!((count(&app, ENTRIES).await, count(&app, MESSAGES).await), (0, 0), "nothing was written");
        assert_eq!(mails(&app).await.iter().filter(|mail| mail.subject.contains("周五")).count(), 0);
        let many: Vec<String> = (0..501).map(|n| format!("99301-{n}")).collect();
        assert_eq!(school.post(MESSAGE, &form("registration", &many, &[])).await.codes(), ["nothing-chosen"]);
    }

    /// S2, A10.
    async fn a_message_to_ticked_candidates_is_asked_for_and_reaches_page_and_mailbox_once(t: TestDb) {
        let app = world(t).await;
        let mut one = bound(&app, 1).await;
        bound(&app, 2).await;
        let mut school = member(&app, "school-99301").await;
        let all = registrations(&mut school).await;
        let asked = school.post(MESSAGE, &form("registration", &all, &[])).await;
        assert_eq!((asked.status.as_u16(), count(&app, MESSAGES).await), (200, 0), "asking sends nothing");
        assert!(asked.text.contains("2 人") && asked.text.contains("学生1（20160001）"), "{}", asked.text);
        let command = asked.value("command").unwrap().to_owned();
        let mut fields = form("registration", &all, &WORDS);
        fields.push(("command", &command));
        for _ in 0..2 {
            let sent = school.post(MESSAGE, &fields).await;
            assert_eq!((sent.status.as_u16(), people(&sent, true)), (200, vec![2]), "{}", sent.text);
        }
        assert_eq!(count(&app, MESSAGES).await, 2, "a repeat sends nothing again");
        assert_eq!(told_of(&app.t.db, "candidates-written-to").await.unwrap().len(), 1);
        let log = member(&app, "auditor").await.get("/staff/audit?action=candidates-written-to").await;
        assert!(log.text.contains("<div>人数：2</div><div>范围：99301</div>") && log.text.contains("给选中的考生发消息"), "{}", log.text);
        assert!(!log.text.contains("周五"), "the log keeps no words");
        let page = one.get("/account/messages").await;
        assert!(page.text.contains("data-message=\"from-staff\"") && page.text.contains("的通知：请在周五前缴费"), "{}", page.text);
        assert!(page.text.contains("第一行。") && page.text.contains("&#60;b&#62;第二行"), "{}", page.text);
        let mails: Vec<_> = mails(&app).await.into_iter().filter(|mail| mail.subject.contains("周五")).collect();
        assert_eq!(mails.len(), 2);
        assert!(mails[0].subject.ends_with("的通知：请在周五前缴费"), "{}", mails[0].subject);
        // The same words from a new form are another message.
        let mut again = form("registration", &all, &WORDS);
        again.push(("command", "another"));
        school.post(MESSAGE, &again).await;
        assert_eq!(count(&app, MESSAGES).await, 4);
    }

    /// S2.
    async fn students_without_an_account_are_named_and_get_no_message(t: TestDb) {
        let app = world(t).await;
        bound(&app, 1).await;
        let mut school = member(&app, "school-99301").await;
        let all = keys(&mut school, "/staff/students", "student").await;
        let entered = form("student", &all[1..2], &[("confirm", "yes"), ("subject", "1"), ("command", "abc")]);
        school.post(ENTER, &entered).await;
        let asked = school.post(MESSAGE, &form("student", &all, &[])).await;
        assert!(asked.text.contains("4 人没有保存报名信息"), "{}", asked.text);
        let sent = school.post(MESSAGE, &form("student", &all, &WORDS)).await;
        assert_eq!((people(&sent, true), people(&sent, false)), (vec![1], vec![1, 4]), "{}", sent.text);
        assert!(sent.text.contains("还没有通行证") && sent.text.contains("没有保存报名信息，收不到消息"), "{}", sent.text);
        assert_eq!(count(&app, MESSAGES).await, 1);
        // Without a command id the same words are the same message.
        school.post(MESSAGE, &form("student", &all, &WORDS)).await;
        assert_eq!(count(&app, MESSAGES).await, 1);
    }

    async fn the_words_of_a_message_are_bounded_and_what_was_typed_stays(t: TestDb) {
        let app = world(t).await;
        bound(&app, 1).await;
        let mut school = member(&app, "school-99301").await;
        let all = registrations(&mut school).await;
        let (long, longer) = ("长".repeat(61), "长".repeat(1_001));
        for (title, body, wrong) in [
            ("", "x", vec!["field-invalid"]), ("x", "", vec!["field-invalid"]), ("", " ", vec!["field-invalid"; 2]),
            (&long, "x", vec!["field-invalid"]), ("x", &longer, vec!["field-invalid"]), ("a\r\nBcc: x@y", "x", vec!["field-invalid"]),
            ("x", "a\u{0}", vec!["field-invalid"]),
        ] {
            let fields = form("registration", &all, &[("title", title), ("body", body), ("confirm", "yes"), ("command", "abc")]);
            let refused = school.post(MESSAGE, &fields).await;
            assert_eq!((refused.status.as_u16(), refused.codes()), (422, wrong), "{title:?} {body:?}");
        }
        let kept = school.post(MESSAGE, &form("registration", &all, &[("title", ""), ("body", "留着<"), ("confirm", "yes")])).await;
        assert!(kept.text.contains("留着&#60;</textarea>"), "{}", kept.text);
        assert_eq!(count(&app, MESSAGES).await, 0);
    }

    /// TH5.
    async fn an_account_that_has_sent_thirty_messages_in_an_hour_waits(t: TestDb) {
        let app = world(t).await;
        bound(&app, 1).await;
        let mut school = member(&app, "school-99301").await;
        let all = registrations(&mut school).await;
        let commands: Vec<String> = (0..31).map(|n| format!("c{n}")).collect();
        for (n, command) in commands.iter().enumerate() {
            let mut fields = form("registration", &all, &WORDS);
            fields.push(("command", command));
            let sent = school.post(MESSAGE, &fields).await;
            assert_eq!(sent.status.as_u16(), if n < 30 { 200 } else { 429 }, "{n} {:?}", sent.codes());
        }
        assert_eq!(count(&app, MESSAGES).await, 30);
        let mut national = member(&app, "national").await;
        let sent = national.post(MESSAGE, &form("registration", &all, &WORDS)).await;
        assert_eq!(people(&sent, true), [1], "another account may");
    }

    /// TH27.
    async fn a_file_of_ticked_registrations_holds_them_alone_and_is_in_the_log(t: TestDb) {
        let app = world(t).await;
        bound(&app, 1).await;
        bound(&app, 2).await;
        let mut school = member(&app, "school-99301").await;
        let all = registrations(&mut school).await;
        let file = school.post("/staff/registrations/ticked/csv", &form("registration", &all[..1], &[])).await;
        assert_eq!((file.status.as_u16(), file.text.matches("学生").count()), (200, 1), "{}", file.text);
        let book = school.post("/staff/registrations/ticked/xlsx", &form("registration", &all, &[])).await;
        assert!(book.bytes.starts_with(b"PK"));
        let log = member(&app, "auditor").await.get("/staff/audit?action=list-exported").await;
        assert!(log.text.contains("<div>行数：1</div><div>范围：99301</div><div>按勾选：是</div>"), "{}", log.text);
    }

    /// Y6.
    async fn a_school_pays_for_the_ticked_registrations_only(t: TestDb) {
        let app = world(t).await;
        for n in [1, 2] {
            bound(&app, n).await.post("/registration/written", &[("subject", "1")]).await;
        }
        let mut school = member(&app, "school-99301").await;
        let all = registrations(&mut school).await;
        let act = "/staff/collective-payments/ticked";
        assert_eq!(school.post(act, &form("registration", &all, &[])).await.value("entries"), Some("2"));
        let one = school.post(act, &form("registration", &all[..1], &[])).await;
        assert_eq!(one.value("entries"), Some("1"), "{}", one.text);
        let of_one = places(&app).await.iter().any(|place| place.ends_with(one.value("registration").unwrap().split('-').next_back().unwrap()));
        assert!(of_one);
    }
}
